//! The stop and the target of one lot, and what else works on the same contracts.

use std::collections::BTreeSet;

use phantom_engine::Input;
use phantom_model::{FailReason, Side};
use phantom_testkit::{Draft, buy, sell};
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

/// Long one, with a stop at 1319.2 and a target at 1320.8.
const LONG: Draft = buy(1).stop("1319.2").target("1320.8");
/// Short one, the same way round.
const SHORT: Draft = sell(1).stop("1320.8").target("1319.2");

/// A bar reaches both levels, and nobody knows which came first: the stop wins, unless the bar already
/// opened beyond the target. One exit.
#[test]
fn o_01_the_stop_wins_where_a_bar_reaches_both() {
    for (draft, bar, fired) in [
        (LONG, ["1320.0", "1321.0", "1319.0", "1320.0"], "fired L0 stop 1319.2"),
        (LONG, ["1320.0", "1321.0", "1319.0", "1321.0"], "fired L0 stop 1319.2"),
        (LONG, ["1320.9", "1321.0", "1319.0", "1319.0"], "fired L0 target 1320.9"),
        (SHORT, ["1320.0", "1321.0", "1319.0", "1319.0"], "fired L0 stop 1320.8"),
        (SHORT, ["1319.1", "1321.0", "1319.0", "1321.0"], "fired L0 target 1319.1"),
    ] {
        let mut story = holding(draft);
        story.bar(bar);
        assert_eq!(story.times(fired), 1, "{bar:?}");
        assert_eq!(story.exits_sent("GC"), [("L0-X1".to_owned(), 1)]);
        story.bar(bar);
        assert_eq!(story.exits_sent("GC").len(), 1);
    }
}

/// Both levels are crossed by trades that come together, before any answer: the first one in the feed's
/// order decides, whichever it is, and the other level is gone with it.
#[test]
fn o_01_the_first_of_two_trades_decides_and_there_is_one_exit() {
    for (draft, prints, fired) in [
        (LONG, ["1319.2", "1320.8"], "fired L0 stop 1319.2"),
        (LONG, ["1320.8", "1319.2"], "fired L0 target 1320.8"),
        (SHORT, ["1320.8", "1319.2"], "fired L0 stop 1320.8"),
        (SHORT, ["1319.2", "1320.8"], "fired L0 target 1319.2"),
    ] {
        let mut story = holding(draft);
        for at in prints.into_iter().chain(prints) {
            story.print(at);
        }
        assert_eq!(story.times(fired), 1, "{prints:?}");
        assert_eq!(story.history().iter().filter(|line| line.starts_with("fired")).count(), 1);
        assert_eq!(story.exits_sent("GC"), [("L0-X1".to_owned(), 1)]);
        story.fill("L0-X1", 1, "1320.0");
        assert!(story.is_flat());
        story.print(prints[1]);
        assert_eq!(story.exits_sent("GC").len(), 1);
    }
}

/// Long three with a stop, and a limit order for three at the broker as a target, of which one has filled.
fn one_of_three_taken() -> Story<ByHand> {
    let mut story = holding(buy(3).stop("1319.2"));
    story.place(sell(3).limit("1322.0"));
    story.accept("T2");
    story.fill("T2", 1, "1322.0");
    story.hush();
    story.print("1319.2");
    story.expect_sent("cancel T2");
    story
}

/// A target at the broker has filled one of three when the stop is hit: the stop leaves with two, and only
/// once the rest of the target is proved to be out of the market.
#[test]
fn o_02_the_stop_leaves_with_what_the_target_has_not_taken() {
    let mut story = one_of_three_taken();
    for _ in 0..10 {
        story.print("1319.0");
        story.wait_ms(30);
    }
    story.expect_sent("");
    story.cancelled("T2");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    story.fill("L0-X1", 2, "1319.0");
    assert!(story.is_flat());
}

/// The target takes one more while its cancel is on the way: the stop leaves with one.
#[test]
fn o_02_a_target_that_fills_against_its_cancel_is_counted() {
    let mut story = one_of_three_taken();
    story.fill("T2", 1, "1322.0");
    story.expect_sent("");
    story.cancelled("T2");
    story.expect_sent("send L0-X1 SELL 1 GC MARKET");
    story.fill("L0-X1", 1, "1319.0");
    assert!(story.is_flat());
    // All of it: nothing is left for the stop.
    let mut story = one_of_three_taken();
    story.fill("T2", 2, "1322.0");
    story.refuse_cancel("T2");
    story.wait_ms(20_000);
    story.expect_sent("");
    assert!(story.is_flat());
}

/// Nobody confirms the cancel: the two that the target may still take are counted, so that no exit leaves
/// for them; the broker is asked, an alarm is raised, and the first answer decides.
#[test]
fn o_02_an_unconfirmed_target_is_counted_until_it_is_proved_dead() {
    for refused in [false, true] {
        let mut story = one_of_three_taken();
        if refused {
            story.refuse_cancel("T2");
            story.expect_sent("query T2");
        }
        story.wait_ms(3_000);
        assert_eq!(story.exits_sent("GC"), [("T2".to_owned(), 3)]);
        assert_eq!(story.times("alarm exit_slow L0"), 1);
        story.hush();
        story.cancelled("T2");
        story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    }
}

/// The firm puts orders of its own behind every entry. They are seen in the broker's account, shown as
/// somebody else's, and openings in the contract are refused until a person has looked.
#[test]
fn o_05_brackets_of_the_firm_are_detected_and_openings_refused() {
    for (draft, side, limit, more) in [
        (buy(2).stop("1319.2"), Side::Sell, "1322.0", buy(1)),
        (sell(2).stop("1320.8"), Side::Buy, "1318.0", sell(1)),
    ] {
        let mut story = holding(draft);
        let net = story.net("GC");
        story.account(Account::holds(&[("GC", net)]).and_works(7, side, 2, limit));
        assert!(story.history().iter().any(|line| line == "latch on GC outside X1"));
        story.hush();
        story.place(more);
        story.place(more.on("NQ"));
        assert_eq!(story.said().first().map(String::as_str), Some("reject T2 latched"));
        assert_eq!(story.sent().len(), 1, "another contract is not blocked");
    }
}

/// The firm's order closes the position first: nothing is left for our stop. It closes a part: our stop
/// leaves with the rest.
#[test]
fn o_05_what_the_firms_order_has_closed_our_stop_does_not_close_again() {
    for (taken, exit) in [(2, ""), (1, "send L0-X1 SELL 1 GC MARKET")] {
        let mut story = holding(buy(2).stop("1319.2"));
        story.account(Account::holds(&[("GC", 2)]).and_works(7, Side::Sell, 2, "1319.2"));
        story.elsewhere("GC", Side::Sell, taken, "1319.2");
        story.hush();
        for _ in 0..3 {
            story.print("1319.0");
        }
        story.expect_sent(exit);
    }
}

/// Both fill at once, the firm's order and our exit: nothing can call either back. What happened is counted
/// as it is, openings are blocked with the reason, and closing what was opened is a person's.
#[test]
fn o_05_two_exits_that_both_fill_are_recorded_and_block_openings() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.account(Account::holds(&[("GC", 2)]).and_works(7, Side::Sell, 2, "1319.2"));
    story.print("1319.2");
    story.elsewhere("GC", Side::Sell, 2, "1319.2");
    assert!(!story.book().latches().is_empty(), "an exit is out for what is closed already");
    story.fill("L0-X1", 2, "1319.1");
    assert_eq!((story.net("GC"), story.times("latch exit_opened L0-X1")), (-2, 1));
    story.hush();
    story.print("1325.0");
    story.print("1319.0");
    story.place(sell(1));
    story.expect_sent("");
    story.place(buy(2));
    story.expect_sent("send T3 BUY 2 GC MARKET");
}

/// Between the entry and the exit nothing of a stop or a target is at the broker, however long the market
/// moves between the two levels: there is no pair of resting orders of which both could fill.
#[test]
fn o_06_neither_leg_ever_rests_at_the_broker() {
    for (draft, entry) in [(LONG, "send T1 BUY 1 GC MARKET"), (SHORT, "send T1 SELL 1 GC MARKET")] {
        let mut story = Story::by_hand();
        story.print("1320.0");
        story.enter(draft, "1320.0");
        story.expect_sent(entry);
        for at in ["1319.3", "1320.7", "1320.0"].into_iter().cycle().take(60) {
            story.quoted(at, "1319.3", "1320.7");
            story.wait_ms(1_000);
        }
        story.expect_sent("");
        assert_eq!(story.armed(0), 1);
    }
}

/// Every bracket has ids of its own: no id is sent twice, over many entries, refused exits and a restart.
#[test]
fn o_08_no_id_is_ever_sent_twice() {
    let mut story = Story::by_hand();
    story.print("1320.0");
    for round in 0..6 {
        story.enter(buy(1).stop("1319.2"), "1320.0");
        story.enter(buy(2).stop("1319.2").target("1321.0"), "1320.0");
        story.print("1319.2");
        let fired = [2 * round, 2 * round + 1];
        for (lot, contracts) in fired.into_iter().zip([1, 2]) {
            story.fail(&format!("L{lot}-X1"), FailReason::RateLimit);
            story.fill(&format!("L{lot}-X2"), contracts, "1319.2");
        }
        assert!(story.is_flat());
        story.restart();
        story.print("1320.0");
    }
    let sent = story.sent();
    let ids: BTreeSet<&str> = sent.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!((sent.len(), ids.len()), (36, 36));
}

/// One trade crosses two stops, and what the first one does leaves nothing for the second: it does not
/// send. Here the exits take the broker's smaller number of the position.
#[test]
fn o_09_a_second_stop_of_the_same_trade_sends_nothing_that_the_first_has_used_up() {
    let mut story = holding(buy(1).stop("1319.2"));
    story.enter(buy(1).stop("1319.1"), "1320.0");
    story.wait_ms(1_000);
    for _ in 0..2 {
        story.account(Account::holds(&[("GC", 1)]));
        story.wait_ms(5_000);
    }
    story.hush();
    story.print("1319.0");
    story.expect_sent("send L0-X1 SELL 1 GC MARKET");
    for _ in 0..10 {
        story.print("1319.0");
        story.wait_ms(1_000);
    }
    assert_eq!(story.exits_sent("GC").len(), 1);
}

/// A sale at the market is on its way for the first of two lots. One trade crosses both stops: only the
/// second lot sends an exit.
#[test]
fn o_09_a_stop_whose_lot_is_being_closed_does_not_fire_beside_another() {
    for (first, second, close, exit) in [
        (buy(1).stop("1319.2"), buy(2).stop("1319.2"), sell(1), "send L1-X1 SELL 2 GC MARKET"),
        (sell(1).stop("1320.8"), sell(2).stop("1320.8"), buy(1), "send L1-X1 BUY 2 GC MARKET"),
    ] {
        let mut story = holding(first);
        story.enter(second, "1320.0");
        story.place(close);
        story.hush();
        story.print(if exit.contains("SELL") { "1319.2" } else { "1320.8" });
        story.expect_sent(exit);
        let exits: u32 = story.exits_sent("GC").iter().map(|(_, contracts)| contracts).sum();
        assert_eq!(i64::from(exits), story.net("GC").abs());
        story.feed(Input::Clock);
        story.expect_sent("");
    }
}
