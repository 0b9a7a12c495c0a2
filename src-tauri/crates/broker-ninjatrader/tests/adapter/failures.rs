//! The failure table of the bridge, row by row, over real sockets.

use phantom_bridge::body::ConnectionStatus;
use phantom_broker_ninjatrader::Stage;
use phantom_broker_server::Control;
use phantom_engine::Origin;
use phantom_model::Side;

use crate::world::{Desk1, Server1, Side1, config, desk, limit, ticket};

async fn long_two(server: &Side1, desk: &Desk1) {
    desk.up().await;
    desk.sees(server, 92_000).await;
    desk.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    server.print(92_004).await;
    desk.holds(2).await;
}

#[tokio::test]
async fn c_04_what_the_broker_filled_while_the_line_was_down_is_found_when_it_is_back() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    desk.sees(&server, 92_000).await;
    desk.desk.place(limit(Side::Buy, "1", "22990.00"), Origin::Window).await.unwrap();
    server.steer(Control::HangUp).await;
    // Through the limit, while nobody listens.
    server.print(91_000).await;
    desk.holds(1).await;
    desk.up().await;
}

#[tokio::test]
async fn c_05_phantoms_stay_armed_over_a_break_of_the_line() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    desk.sees(&server, 92_000).await;
    let mut with_stop = ticket(Side::Buy, "1");
    with_stop.stop = Some("22900.00".into());
    desk.desk.place(with_stop, Origin::Window).await.unwrap();
    server.print(92_004).await;
    desk.holds(1).await;
    server.steer(Control::HangUp).await;
    desk.story(|story| story.connections == 2 && story.stage == Stage::Up).await;
    desk.up().await;
    // The first trade after a break is only believed once another one confirms it.
    server.print(91_700).await;
    desk.sees(&server, 91_700).await;
    // At the stop: the exit leaves, and the next trade fills it.
    server.print(91_600).await;
    desk.accepted().await;
    server.print(91_500).await;
    desk.holds(0).await;
}

#[tokio::test]
async fn the_broker_that_is_started_again_knows_its_account_and_the_desk_compares_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server1::default().start(Some(folder.path())).await;
    let desk = desk(config(server.address));
    long_two(&server, &desk).await;
    desk.desk.place(limit(Side::Buy, "1", "22000.00"), Origin::Window).await.unwrap();
    let address = server.stop().await;
    desk.down().await;
    let server = Server1 { address, ..Server1::default() }.start(Some(folder.path())).await;
    desk.up().await;
    assert_eq!(desk.held().await, 2);
    desk.book(|book| book.live_orders().count() == 1).await;
    // The order that rested before the restart still fills, once.
    server.print(87_000).await;
    desk.holds(3).await;
}

#[tokio::test]
async fn a_cancel_that_died_with_the_broker_can_be_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server1::default().start(Some(folder.path())).await;
    let desk = desk(config(server.address));
    long_two(&server, &desk).await;
    let order = desk.desk.place(limit(Side::Buy, "1", "22000.00"), Origin::Window).await.unwrap().order;
    desk.accepted().await;
    let address = server.stop().await;
    desk.down().await;
    // The books end with the cancel on its way to the market.
    let books = folder.path().join("broker-account.jsonl");
    let mut text = std::fs::read_to_string(&books).unwrap();
    let rests = text.lines().rfind(|line| line.contains("\"type\":\"limit\"")).unwrap().to_owned();
    let asked = rests.replace("\"state\":\"working\"", "\"state\":\"pending_cancel\"");
    assert_ne!(asked, rests);
    text.push_str(&asked);
    text.push('\n');
    std::fs::write(&books, text).unwrap();
    let _server = Server1 { address, ..Server1::default() }.start(Some(folder.path())).await;
    desk.up().await;
    desk.desk.cancel(order, Origin::Window).await.unwrap();
    desk.book(|book| book.live_orders().count() == 0).await;
}

#[tokio::test]
async fn the_platform_without_its_market_stops_openings_and_frees_them_again() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    let (lost, connected) = (ConnectionStatus::Lost, ConnectionStatus::Connected);
    server.steer(Control::Connection(lost, lost)).await;
    desk.down().await;
    desk.story(|story| story.stage == Stage::PlatformDown(lost)).await;
    server.steer(Control::Connection(connected, connected)).await;
    desk.up().await;
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_after_three_seconds_and_found_again() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    server.steer(Control::Mute(true)).await;
    desk.down().await;
    server.steer(Control::Mute(false)).await;
    desk.up().await;
    assert!(desk.handle.story().borrow().connections >= 2);
}

#[tokio::test]
async fn nothing_opens_in_a_contract_that_was_not_compared() {
    // Every answer to a command is lost; events still come.
    let hall = phantom_broker_server::HallSettings { lost_answers: 1_000, ..Default::default() };
    let server = Server1 { hall, ..Server1::default() }.start(None).await;
    let mut config = config(server.address);
    config.watch_all = false;
    let desk = desk(config);
    // No contract is compared without an answer, so nothing opens, and what closes may leave.
    desk.up().await;
    let answer = desk.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(answer.failed, Some(phantom_model::FailReason::NotPermitted));
}
