//! The real adapter, with a real desk behind it, over real TCP into the real `AddOn` on the stand-in
//! `NinjaTrader`. Needs Mono; where it is missing the tests say so and pass by (`scripts/addon` installs it).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod platform;
mod protection;
mod speed;
#[expect(dead_code, reason = "the mock broker's server is not used here")]
#[path = "../adapter/world.rs"]
mod world;

use phantom_broker_ninjatrader::{Stage, Warning};
use phantom_compliance::Refusal;
use phantom_engine::Origin;
use phantom_model::{OrderStatus, Side};

use crate::platform::{Platform, platform};
use crate::world::{Desk1, config, desk, limit, ticket};

pub(crate) async fn up(platform: &mut Platform) -> Desk1 {
    let desk = desk(config(platform.address));
    desk.up().await;
    platform.trades("23000");
    desk.priced().await;
    desk
}

#[tokio::test]
async fn a_market_order_is_filled_in_the_platform_and_counted_here() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    let story = desk.story(|story| story.stage == Stage::Up).await;
    let shown = (story.account.unwrap(), story.provider.unwrap());
    assert_eq!((shown.0.as_str(), shown.1.as_str()), ("Sim101", "Simulator"));
    desk.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    desk.holds(2).await;
    assert_eq!(platform.say("positions"), "NQ 2 23000");
    assert_eq!(platform.say("faults"), "0");
}

#[tokio::test]
async fn partial_fills_and_a_bust_are_counted_to_the_contract() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    desk.desk.place(limit(Side::Buy, "5", "22990.00"), Origin::Window).await.unwrap();
    desk.accepted().await;
    platform.say("partial * 2");
    desk.holds(2).await;
    platform.say("partial * 1");
    desk.holds(3).await;
    platform.say("bust *");
    desk.holds(2).await;
}

#[tokio::test]
async fn a_resting_order_is_changed_and_cancelled_there() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    desk.desk.place(limit(Side::Buy, "1", "22990.00"), Origin::Window).await.unwrap();
    desk.accepted().await;
    let order = {
        let snapshot = desk.desk.snapshot().await.unwrap();
        snapshot.book.live_orders().map(|(_, row)| row.id).next().unwrap()
    };
    let change = phantom_compliance::ChangeTicket { qty: Some("3".into()), price: Some("22991.00".into()) };
    desk.desk.change(order, change, Origin::Window).await.unwrap();
    // While the change is on its way the larger quantity counts already: it must be in force as well.
    desk.book(|book| {
        book.live_orders().any(|(key, row)| row.qty.contracts() == 3 && book.change_of(key).is_none())
    })
    .await;
    assert!(platform.say("orders").contains("0/3 22991"), "{}", platform.say("orders"));
    desk.desk.cancel(order, Origin::Window).await.unwrap();
    desk.book(|book| book.live_orders().count() == 0).await;
    assert!(platform.say("orders").contains("Cancelled"));
}

#[tokio::test]
async fn a_rejected_order_has_failed_here() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    platform.say("reject-next 1 Insufficient margin");
    let answer = desk.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert!(answer.failed.is_some(), "{answer:?}");
    desk.book(|book| book.orders().iter().all(|(_, row)| row.status == OrderStatus::Failed)).await;
}

#[tokio::test]
async fn flatten_closes_what_is_open_there_once() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    desk.desk.place(ticket(Side::Buy, "3"), Origin::Window).await.unwrap();
    desk.holds(3).await;
    desk.desk.place(limit(Side::Sell, "1", "23100.00"), Origin::Window).await.unwrap();
    desk.desk.flatten_all(Origin::Window).await.unwrap();
    desk.holds(0).await;
    assert_eq!(platform.say("positions"), "");
    // A person pressed: the platform and the exchange are told so.
    let orders = platform.say("orders");
    let exit = orders.split("; ").find(|it| it.contains("-F0-")).unwrap();
    assert!(exit.contains("Manual"), "{exit}");
}

#[tokio::test]
async fn an_order_lives_on_over_a_recompile_and_nothing_is_sent_again() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    desk.desk.place(limit(Side::Buy, "1", "22990.00"), Origin::Window).await.unwrap();
    desk.accepted().await;
    platform.say("f5");
    desk.story(|story| story.connections == 2 && story.stage == Stage::Up).await;
    desk.up().await;
    platform.say("fill *");
    desk.holds(1).await;
    assert_eq!(platform.say("submitted"), "1");
    assert_eq!(platform.say("listeners"), "1 1");
}

#[tokio::test]
async fn an_order_that_the_platform_has_forgotten_is_said_to_be_lost() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    desk.desk.place(limit(Side::Buy, "1", "22990.00"), Origin::Window).await.unwrap();
    desk.accepted().await;
    platform.say("restart names-lost");
    let is_lost = |warning: &Warning| matches!(warning, Warning::LostOrder { .. });
    desk.story(|story| story.warnings.iter().any(is_lost)).await;
    assert_eq!(platform.say("submitted"), "1");
}

#[tokio::test]
async fn nothing_opens_while_the_platform_is_not_connected() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    platform.say("lost");
    desk.down().await;
    let answer = desk.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(answer.refusal, Some(Refusal::NotConnected));
    platform.say("reconnect");
    desk.up().await;
    desk.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    desk.holds(1).await;
    assert_eq!(platform.say("submitted"), "1");
}
