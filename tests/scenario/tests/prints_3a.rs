//! Which trades fire a stop or a target, and which do not.

use phantom_engine::{Handling, Input, PrintBand};
use phantom_model::{Link, Print};
use phantom_testkit::{Draft, buy, contract, price, sell};
use scenario::account::Account;
use scenario::brokers::ByHand;
use scenario::story::Story;

/// A lot of one order, filled at 1320.0 after a trade there.
fn holding(draft: Draft) -> Story<ByHand> {
    let mut story = Story::by_hand();
    story.print("1320.0");
    story.enter(draft, "1320.0");
    story.wait_ms(1_000);
    story.hush();
    story
}

/// Trades decide, not quotes: a bid or an ask beyond the stop fires nothing while nothing trades there.
#[test]
fn s_10_a_quote_through_the_stop_without_a_trade_there_fires_nothing() {
    for (draft, bid, ask, exit) in [
        (buy(1).stop("1319.2"), "1319.0", "1319.1", "send L0-X1 SELL 1 GC MARKET"),
        (sell(1).stop("1320.8"), "1320.9", "1321.0", "send L0-X1 BUY 1 GC MARKET"),
        (buy(1).target("1320.8"), "1320.9", "1321.0", "send L0-X1 SELL 1 GC MARKET"),
        (sell(1).target("1319.2"), "1319.0", "1319.1", "send L0-X1 BUY 1 GC MARKET"),
    ] {
        let mut story = holding(draft);
        for _ in 0..5 {
            story.quoted("1320.0", bid, ask);
        }
        story.expect_sent("");
        assert_eq!(story.armed(0), 1);
        story.quoted(bid, bid, ask);
        story.expect_sent(exit);
    }
}

/// The feed comes back and shows an old price first: it fires nothing, and the first trade of now does.
#[test]
fn s_13_an_old_price_after_a_reconnect_fires_nothing() {
    for age_ms in [5_001, 60_000, 3_600_000] {
        for (draft, net, through, exit) in [
            (buy(2).stop("1319.2"), 2, "1319.0", "send L0-X1 SELL 2 GC MARKET"),
            (sell(2).stop("1320.8"), -2, "1321.0", "send L0-X1 BUY 2 GC MARKET"),
        ] {
            let mut story = holding(draft);
            story.wait_ms(4_000_000);
            story.link(Link::Down);
            story.wait_ms(10_000);
            story.link(Link::Up);
            story.answer(Account::holds(&[("GC", net)]));
            story.hush();
            let print = Print::Trade { price: price("GC", through), size: 1 };
            story.record("GC", print, age_ms);
            story.expect_sent("");
            assert_eq!(story.armed(0), 2);
            story.record("GC", print, 0);
            story.expect_sent(exit);
        }
    }
}

/// The same after a restart, which begins with the way to the broker: the stop is armed from the journal, and
/// an old price that the feed shows first does not fire it.
#[test]
fn s_13_an_old_price_after_a_restart_fires_nothing() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.wait_ms(4_000_000);
    story.restart();
    story.link(Link::Up);
    story.answer(Account::holds(&[("GC", 2)]));
    story.hush();
    let print = |at| Print::Trade { price: price("GC", at), size: 1 };
    story.record("GC", print("1319.0"), 60_000);
    story.expect_sent("");
    assert_eq!(story.armed(0), 2);
    story.record("GC", print("1319.0"), 0);
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

/// The same when only the feed was dead, not the way to the broker.
#[test]
fn s_13_an_old_price_after_a_dead_feed_fires_nothing() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.feed(Input::FeedAlive);
    story.wait_ms(60_000);
    story.expect_said("feed lost | alarm stops_blind");
    story.feed(Input::FeedAlive);
    let print = |at| Print::Trade { price: price("GC", at), size: 1 };
    story.record("GC", print("1319.0"), 30_000);
    story.expect_sent("");
    story.record("GC", print("1319.0"), 0);
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

/// One trade far off the market fires nothing and moves no price; the market goes on where it was. A second
/// one that confirms it fires.
#[test]
fn s_14_a_single_print_far_off_the_market_fires_nothing() {
    for (draft, far, exit) in [
        (buy(1).stop("1300.0"), "1299.0", "send L0-X1 SELL 1 GC MARKET"),
        (sell(1).stop("1340.0"), "1341.0", "send L0-X1 BUY 1 GC MARKET"),
        (buy(1).target("1340.0"), "1341.0", "send L0-X1 SELL 1 GC MARKET"),
    ] {
        let mut story = holding(draft);
        story.quoted(far, "1319.9", "1320.0");
        story.quoted("1320.0", "1319.9", "1320.0");
        story.expect_sent("");
        assert_eq!(story.armed(0), 1);
        let last = story.core().engine().last_price(contract("GC"));
        assert_eq!(last, Some(price("GC", "1320.0")));
        story.hush();
        story.print(far);
        story.expect_sent("");
        story.expect_said(&format!("suspect GC {far} after 1320.0"));
        story.print(far);
        story.expect_sent(exit);
    }
}

/// How far off a trade is suspect is the trader's to set: within a wider band the same single trade fires.
#[test]
fn s_14_how_far_off_a_print_is_suspect_is_a_setting() {
    for (band, sent) in [
        (PrintBand::STANDARD, ""),
        (PrintBand::new(210, 0).unwrap(), "send L0-X1 SELL 1 GC MARKET"),
        (PrintBand::new(209, 0).unwrap(), ""),
        (PrintBand::new(20, 160).unwrap(), "send L0-X1 SELL 1 GC MARKET"),
    ] {
        let mut story = holding(buy(1).stop("1300.0"));
        story.set_handling(Handling { band, ..Handling::STANDARD });
        story.print("1299.0");
        story.expect_sent(sent);
        assert_eq!(story.times("suspect GC 1299.0 after 1320.0"), usize::from(sent.is_empty()));
    }
}

/// A spike goes through the stop and back within a fifth of a second: it fires, and once.
#[test]
fn s_22_a_spike_through_the_stop_and_back_fires() {
    for (draft, path, exit) in [
        (buy(2).stop("1319.2"), ["1319.8", "1319.5", "1319.2", "1319.6", "1320.0"], "SELL 2 GC MARKET"),
        (sell(2).stop("1320.8"), ["1320.2", "1320.5", "1320.9", "1320.4", "1320.0"], "BUY 2 GC MARKET"),
    ] {
        let mut story = holding(draft);
        for at in path {
            story.print(at);
            story.wait_ms(40);
        }
        story.expect_sent(&format!("send L0-X1 {exit}"));
        story.print("1320.0");
        story.expect_sent("");
    }
}
