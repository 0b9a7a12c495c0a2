//! The broker's own account, the link, the feed's heartbeat and the trading day, around a running desk.

use std::time::Duration;

use phantom_compliance::Limits;
use phantom_engine::{Origin, Timing};
use phantom_model::{Link, Side};

use crate::brokers::Asked;
use crate::world::{OPEN, mock, run, run_timed, ticket};

#[tokio::test(start_paused = true)]
async fn nothing_opens_before_the_brokers_own_account_has_come() {
    let world = run(Asked::answering(false), Limits::NONE);
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(answer.refusal.unwrap().reason(), "reconciling");
}

#[tokio::test(start_paused = true)]
async fn the_account_is_asked_for_at_the_start_and_every_thirty_seconds() {
    let broker = Asked::answering(true);
    let questions = broker.questions.clone();
    let world = run_timed(broker, Limits::NONE, Timing::LIVE);
    tokio::time::sleep(Duration::from_secs(95)).await;
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert!(answer.refusal.is_none());
    let seconds: Vec<i64> =
        questions.lock().unwrap().iter().map(|at| at.since(OPEN).nanos() / 1_000_000_000).collect();
    assert_eq!(seconds, [0, 30, 60, 90]);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_down_refuses_openings_and_asks_when_it_is_up_again() {
    let broker = Asked::answering(true);
    let questions = broker.questions.clone();
    let world = run(broker, Limits::NONE);
    world.desk.link(Link::Down).unwrap();
    let refused = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(refused.refusal.unwrap().reason(), "not_connected");
    world.desk.link(Link::Up).unwrap();
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert!(answer.refusal.is_none());
    assert_eq!(questions.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_feed_whose_heart_stops_makes_the_stops_blind() {
    let world = run(mock(), Limits::NONE);
    world.desk.feed_alive().unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!world.desk.snapshot().await.unwrap().book.is_blind());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(world.desk.snapshot().await.unwrap().book.is_blind());
    world.desk.feed_alive().unwrap();
    assert!(!world.desk.snapshot().await.unwrap().book.is_blind());
}

#[tokio::test(start_paused = true)]
async fn profit_is_counted_by_trading_day_and_the_day_turns_at_five() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    world.desk.place(ticket(Side::Sell, "1"), Origin::Window).await.unwrap();
    world.print(13_206).await;
    let money = world.desk.snapshot().await.unwrap().money;
    assert_eq!(
        (money.day.unwrap().to_string(), money.realized.to_string()),
        ("2013-10-07".into(), "50.00".into())
    );
    // From 08:30 to 17:00.
    tokio::time::sleep(Duration::from_mins(510)).await;
    let money = world.desk.snapshot().await.unwrap().money;
    assert_eq!(
        (money.day.unwrap().to_string(), money.realized.to_string()),
        ("2013-10-08".into(), "0.00".into())
    );
}
