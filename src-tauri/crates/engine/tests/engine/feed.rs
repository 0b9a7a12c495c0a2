//! The feed's heartbeat, and the trading day.

use phantom_compliance::Limits;
use phantom_engine::{Input, Outcome};
use phantom_model::{MarketRecord, Money, Print, Timestamp, TradingDay};
use phantom_testkit::{World, buy, contract, price, sell};

/// The trading day so many days after Monday, 7 October 2013.
fn day(days: i64) -> TradingDay {
    TradingDay::of(Timestamp::from_nanos((1_381_158_000 + days * 86_400) * 1_000_000_000))
}

#[test]
fn a_feed_without_a_heartbeat_for_five_seconds_is_dead_and_the_stops_are_blind() {
    let mut world = World::new();
    world.print("1320.0");
    // Nobody expects a heart that never beat.
    world.advance_ms(60_000);
    world.expect("");
    for _ in 0..10 {
        world.feed(Input::FeedAlive);
        world.advance_ms(1_000);
    }
    world.expect("");
    world.advance_ms(3_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("feed lost | alarm stops_blind");
    world.advance_ms(60_000);
    world.expect("");
    assert!(world.book().is_blind());
    world.feed(Input::FeedAlive);
    world.expect("feed back");
    world.advance_ms(5_000);
    world.expect("feed lost | alarm stops_blind");
}

#[test]
fn an_old_price_after_the_feed_came_back_fires_nothing_and_a_fresh_one_does() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.feed(Input::FeedAlive);
    world.advance_ms(60_000);
    world.feed(Input::FeedAlive);
    world.hush();
    let print = Print::Trade { price: price("GC", "1318.0"), size: 1 };
    let old = MarketRecord { contract: contract("GC"), at: Timestamp::from_nanos(0), print };
    world.feed(Input::Market(old));
    world.expect("");
    world.print("1318.0");
    world.expect("fired L0 stop 1318.0 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_trading_day_begins_once_and_counts_its_own_money() {
    // 1.00 per contract and side; one tick of one contract is 10.00.
    let mut world = World::with(Limits::NONE, Money::from_units(10_000));
    world.feed(Input::TradingDay(day(0)));
    world.enter(buy(2), "1320.0");
    world.place(sell(1));
    world.fill("T2", 1, "1320.5");
    let money = |world: &World| {
        let position = world.book().positions().at(contract("GC"));
        [position.day_realized(), position.day_fees(), position.realized].map(|money| money.to_string())
    };
    assert_eq!(money(&world), ["50.00", "3.00", "50.00"]);
    world.hush();
    for again in [0, -3] {
        world.feed(Input::TradingDay(day(again)));
    }
    world.expect("");
    world.feed(Input::TradingDay(day(1)));
    world.expect("day 2013-10-08");
    assert_eq!(money(&world), ["0.00", "0.00", "50.00"]);
    world.place(sell(1));
    world.fill("T3", 1, "1319.0");
    assert_eq!(money(&world), ["-100.00", "1.00", "-50.00"]);
    // A bust of yesterday's sale is today's news.
    world.bust(2);
    assert_eq!(money(&world), ["-150.00", "0.00", "-100.00"]);
}

#[test]
fn a_heartbeat_that_is_not_missed_leaves_nothing_behind() {
    let mut engine = World::new().restarted(0);
    let mut out = Outcome::default();
    for second in 0..100 {
        let at = Timestamp::from_nanos(second * 1_000_000_000);
        engine.apply(at, Input::FeedAlive, &mut out);
        assert!(engine.next_due() > at);
    }
    assert_eq!(out, Outcome::default());
}

/// The heart beats once a second for so many seconds, and nothing trades.
fn beats(world: &mut World, seconds: u32) {
    for _ in 0..seconds {
        world.advance_ms(1_000);
        world.feed(Input::FeedAlive);
    }
}

#[test]
fn c_02_a_contract_with_a_stop_that_does_not_trade_for_a_minute_while_the_heart_beats_is_told_once() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.print("1320.1");
    world.hush();
    beats(&mut world, 59);
    world.expect("");
    beats(&mut world, 1);
    world.expect("alarm no_trades GC");
    beats(&mut world, 300);
    world.expect("");
    // One trade, and the next silence is another one.
    world.print("1320.0");
    beats(&mut world, 60);
    world.expect("alarm no_trades GC");
    // Nothing is armed, and nobody needs to know.
    world.print("1318.9");
    world.fill("L0-X1", 1, "1318.9");
    world.hush();
    beats(&mut world, 200);
    world.expect("");
}

#[test]
fn c_02_each_contract_that_is_silent_is_told_once() {
    let mut world = World::new();
    world.print("1320.0");
    world.print_on("NQ", "24500.00");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.enter(buy(1).on("NQ").stop("24490.00"), "24500.00");
    world.hush();
    beats(&mut world, 60);
    world.expect("alarm no_trades GC | alarm no_trades NQ");
    beats(&mut world, 60);
    world.expect("");
    world.print("1320.0");
    beats(&mut world, 60);
    world.expect("alarm no_trades GC");
}

#[test]
fn c_02_while_the_exchange_rests_nobody_is_told_that_nothing_trades() {
    // Half a minute before the daily break.
    let mut world = World::under("shape-micros-are-minis", &[], "2026-10-06T20:59:30Z");
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.hush();
    beats(&mut world, 300);
    world.expect("");
    let mut world = World::under("shape-micros-are-minis", &[], "2026-10-06T20:50:00Z");
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.hush();
    beats(&mut world, 60);
    world.expect("alarm no_trades GC");
}
