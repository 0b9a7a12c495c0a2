//! Stops at the broker for the desk's phantoms: the real desk arms them by itself, and takes over what they
//! did while it was away.

use phantom_compliance::protection::StopWords;
use phantom_compliance::{ProtectTicket, Ticket};
use phantom_engine::book::LotState;
use phantom_engine::{Book, Handling, Origin, Protected};
use phantom_model::{ArenaKey, LotId, Offset, OrderId, OrderStatus, Side, StopRole};
use phantom_runtime::{TriggerReceipt, TriggerReceipts};

use crate::platform::{Platform, platform};
use crate::up;
use crate::world::{Desk1, PATIENCE, config, desk_on, ticket};

/// A desk's process: dropped whole, as when it dies.
fn process() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn with_stop(qty: &str, stop: &str) -> Ticket {
    Ticket { stop: Some(stop.into()), ..ticket(Side::Buy, qty) }
}

fn stop_of_lot(role: StopRole, nth: u16) -> OrderId {
    OrderId::LotStop { lot: LotId::from_row(0), role, nth }
}

/// Waits until the journal of the `AddOn` has this in it.
async fn journaled(platform: &Platform, part: &str) {
    let reading = async {
        while !platform.journal().contains(part) {
            tokio::task::yield_now().await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, reading).await;
    assert!(came.is_ok(), "{part} is not in {}", platform.journal());
}

/// A desk that holds two with a stop at 22980 and has died. What its journal says.
fn died_long_two(platform: &mut Platform) -> Book {
    let first = process();
    let book = first.block_on(async {
        let desk = up(platform).await;
        desk.desk.place(with_stop("2", "22980.00"), Origin::Window).await.unwrap();
        desk.holds(2).await;
        journaled(platform, "\"phantom\":\"L0\",\"exit_id\":\"pd-d1-L0-X1\"").await;
        desk.desk.snapshot().await.unwrap().book
    });
    first.shutdown_background();
    book
}

async fn receipts(desk: &Desk1) -> TriggerReceipts {
    desk.desk.triggers().await.unwrap()
}

#[test]
fn a_dead_desk_is_covered_by_what_it_had_armed_and_the_next_one_takes_the_stop_back() {
    let Some(mut platform) = platform() else { return };
    let book = died_long_two(&mut platform);
    let second = process();
    second.block_on(async {
        platform.waits_for("orders", "pd-d1-L0-X1.s1 Working").await;
        let desk = desk_on(config(platform.address), Some(book));
        desk.up().await;
        let stop = stop_of_lot(StopRole::Shadow, 1);
        desk.book(|book| {
            book.find(stop).is_some_and(|key| book.orders().at(key).status == OrderStatus::Cancelled)
        })
        .await;
        let book = desk.desk.snapshot().await.unwrap().book;
        assert_eq!(book.lots().at(LotId::from_row(0)).state, LotState::Armed);
    });
    assert!(platform.say("orders").contains(".s1 Cancelled"), "{}", platform.say("orders"));
    assert_eq!(platform.say("positions"), "NQ 2 23000");
    assert_eq!(platform.say("submitted"), "2", "the entry and the stop");
}

#[test]
fn a_stop_that_filled_while_the_desk_was_dead_has_closed_its_lot_and_no_second_exit_is_sent() {
    let Some(mut platform) = platform() else { return };
    let book = died_long_two(&mut platform);
    let second = process();
    second.block_on(async {
        platform.waits_for("orders", "pd-d1-L0-X1.s1 Working").await;
        platform.trades("22980");
        platform.waits_for("orders", ".s1 Filled").await;
        let desk = desk_on(config(platform.address), Some(book));
        desk.holds(0).await;
        desk.up().await;
        platform.trades("22970");
        platform.trades("22969");
        desk.priced().await;
        let receipts = receipts(&desk).await;
        let [TriggerReceipt { stood, exits, .. }] = receipts.rows() else { panic!("{receipts:?}") };
        assert_eq!(*stood, Some(StopRole::Shadow));
        let exits: Vec<_> = exits.iter().map(|exit| exit.order).collect();
        assert_eq!(exits, [stop_of_lot(StopRole::Shadow, 1)]);
        let report = desk.desk.recovery().await.unwrap().unwrap();
        assert_eq!(report.stood, [stop_of_lot(StopRole::Shadow, 1)]);
        let book = desk.desk.snapshot().await.unwrap().book;
        assert!(!book.halt().latched && book.latches().is_empty(), "nothing is in doubt");
        // It is armed for nothing any more.
        journaled(&platform, "\"k\":\"disarm\",\"phantom\":\"L0\"").await;
    });
    assert_eq!(platform.say("positions"), "");
    assert_eq!(platform.say("submitted"), "2", "the entry and the stop");
}

#[tokio::test]
async fn the_copy_there_follows_the_phantom_through_fills_moves_and_its_exit() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    desk.desk.place(with_stop("3", "22980.00"), Origin::Window).await.unwrap();
    desk.holds(3).await;
    journaled(&platform, "\"qty\":3,\"stop\":\"22980.00\"").await;
    desk.desk.place(ticket(Side::Sell, "1"), Origin::Window).await.unwrap();
    journaled(&platform, "\"qty\":2,\"stop\":\"22980.00\"").await;
    let higher = ProtectTicket { stop: StopWords::Fix("22990.00".into()), ..ProtectTicket::default() };
    desk.desk.protect(Protected::Lot(LotId::from_row(0)), higher, Origin::Window).await.unwrap();
    journaled(&platform, "\"qty\":2,\"stop\":\"22990.00\"").await;
    platform.trades("22990");
    desk.holds(0).await;
    journaled(&platform, "\"k\":\"disarm\",\"phantom\":\"L0\"").await;
    assert_eq!(platform.say("positions"), "");
}

#[tokio::test]
async fn a_disaster_stop_stands_beside_the_phantom_in_its_size_and_goes_with_proof_once_the_exit_has_left() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    let handling = Handling { disaster: Offset::new(40), ..Handling::STANDARD };
    desk.desk.set_handling(handling).unwrap();
    desk.desk.place(with_stop("2", "22980.00"), Origin::Window).await.unwrap();
    desk.holds(2).await;
    let stop = stop_of_lot(StopRole::Disaster, 1);
    platform.waits_for("orders", "pd-d1-L0-X1.d1 Working Sell StopMarket NQ 0/2 0 22970").await;
    desk.book(|book| book.find(stop).is_some_and(|key| book.orders().at(key).leaves() == 2)).await;
    desk.desk.place(ticket(Side::Sell, "1"), Origin::Window).await.unwrap();
    desk.book(|book| book.find(stop).is_some_and(|key| book.orders().at(key).leaves() == 1)).await;
    platform.trades("22980");
    desk.holds(0).await;
    desk.book(|book| {
        book.find(stop).is_some_and(|key| book.orders().at(key).status == OrderStatus::Cancelled)
    })
    .await;
    assert_eq!(platform.say("positions"), "");
    let book = desk.desk.snapshot().await.unwrap().book;
    assert!(!book.halt().latched, "{:?}", book.latches());
}

#[tokio::test]
async fn a_disaster_stop_that_the_market_jumps_through_is_the_exit_of_its_lot() {
    let Some(mut platform) = platform() else { return };
    let desk = up(&mut platform).await;
    let handling = Handling { disaster: Offset::new(40), ..Handling::STANDARD };
    desk.desk.set_handling(handling).unwrap();
    desk.desk.place(with_stop("2", "22980.00"), Origin::Window).await.unwrap();
    desk.holds(2).await;
    platform.waits_for("orders", ".d1 Working").await;
    let stop = stop_of_lot(StopRole::Disaster, 1);
    desk.book(|book| book.find(stop).is_some()).await;
    // Too far off for one print to be believed here, so the phantom waits; the native stop does not.
    platform.trades("22500");
    desk.holds(0).await;
    let receipts = receipts(&desk).await;
    assert_eq!(receipts.rows().iter().map(|row| row.stood).collect::<Vec<_>>(), [Some(StopRole::Disaster)]);
    assert_eq!(platform.say("positions"), "");
}
