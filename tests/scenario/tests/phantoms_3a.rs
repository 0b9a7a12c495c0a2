//! Stops and targets when the market, the broker or the line to it misbehaves.

use std::collections::VecDeque;

use phantom_broker::{SendEnd, SendFault};
use phantom_broker_mock::{MockSettings, Range};
use phantom_compliance::Limits;
use phantom_engine::{Decision, Input, Timing};
use phantom_model::{FailReason, Side};
use phantom_testkit::{Draft, buy, sell};
use scenario::account::Account;
use scenario::brokers::{ByHand, ByLine};
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

/// A stop is hit, and a hundred more trades go through it before the broker has said a word: one exit for
/// all of the lot has left, and no second one.
#[test]
fn s_01_one_exit_for_a_hundred_prints_below_the_stop() {
    for (draft, from, step, exit) in [
        (buy(2).stop("1319.2"), 13_192, -1, "send L0-X1 SELL 2 GC MARKET"),
        (buy(2).stop("1319.2"), 13_150, 0, "send L0-X1 SELL 2 GC MARKET"),
        (sell(2).stop("1320.8"), 13_208, 1, "send L0-X1 BUY 2 GC MARKET"),
        (buy(7).target("1320.6"), 13_206, 1, "send L0-X1 SELL 7 GC MARKET"),
        (sell(1).target("1319.4"), 13_194, -1, "send L0-X1 BUY 1 GC MARKET"),
    ] {
        let mut story = holding(draft);
        for n in 0..100 {
            story.print(&tenths(from + n * step));
        }
        story.expect_sent(exit);
        assert_eq!(story.history().iter().filter(|line| line.starts_with("fired")).count(), 1);
    }
}

/// The same with several lots under one stop: each leaves once, and together no more than is held.
#[test]
fn s_01_every_lot_of_a_position_leaves_once() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.enter(buy(3).stop("1319.2"), "1320.0");
    story.enter(buy(1).stop("1318.9"), "1320.0");
    story.hush();
    for n in 0..100 {
        story.print(&tenths(13_192 - n));
    }
    story.expect_sent(
        "send L0-X1 SELL 2 GC MARKET | send L1-X1 SELL 3 GC MARKET | send L2-X1 SELL 1 GC MARKET",
    );
}

/// The same at a market that takes half a second for each message: the position is closed once.
#[test]
fn s_01_a_slow_broker_gets_one_exit_too() {
    let slow = MockSettings { delay_nanos: Range::always(500_000_000), ..MockSettings::frictionless(1) };
    for stop in ["1319.2", "1319.9"] {
        let mut story = Story::at_mock(slow.clone());
        story.print("1320.0");
        story.place(buy(2).stop(stop));
        story.wait_ms(600);
        story.print("1320.0");
        for _ in 0..100 {
            story.print("1319.0");
            story.wait_ms(10);
        }
        assert_eq!(story.exits_sent("GC"), [("L0-X1".to_owned(), 2)]);
        assert!(story.is_flat());
        assert_eq!(story.broker().position(phantom_testkit::contract("GC")).signed(), 0);
    }
}

/// Nobody knows whether the exit left, and nothing is heard of it: it is asked about and never sent again,
/// however often the stop is crossed, until the broker's complete account proves that it is not there.
#[test]
fn s_01_an_exit_that_may_have_left_is_not_sent_again() {
    let mut story = Story::at(ByLine { next: VecDeque::new(), then: SendEnd::Sent }, Limits::NONE);
    story.print("1320.0");
    story.enter(buy(2).stop("1319.2"), "1320.0");
    story.broker_mut().then = SendEnd::Unknown;
    for n in 0..60 {
        story.print(&tenths(13_192 - n));
        story.wait_ms(1_000);
    }
    assert_eq!(story.exits_sent("GC"), [("L0-X1".to_owned(), 2)]);
    assert_eq!(story.times("unknown L0-X1"), 1);
    story.wait_ms(20_000);
    story.account(Account::holds(&[("GC", 2)]));
    assert_eq!(story.times("failed L0-X1 absent_at_broker"), 1);
    assert_eq!(story.exits_sent("GC").last(), Some(&("L0-X2".to_owned(), 2)));
}

/// An exit that surely did not leave is tried again under its own id; when the line stays dead, each exit of
/// the ladder is tried in vain, a bounded number of times, and the lot is called unprotected.
#[test]
fn s_02_an_exit_that_cannot_leave_is_tried_again_and_then_called_unprotected() {
    let dead = SendEnd::SurelyNotSent(SendFault::NotConnected);
    // Four rungs of four tries; the limit of the third is asked back after half a second, before its last try.
    for (fails, tries, unprotected) in [(2, 3, 0), (usize::MAX, 15, 1)] {
        let mut story = Story::at(ByLine { next: VecDeque::new(), then: SendEnd::Sent }, Limits::NONE);
        story.print("1320.0");
        story.enter(buy(2).stop("1319.2"), "1320.0");
        story.hush();
        let line = story.broker_mut();
        line.next.extend(std::iter::repeat_n(dead, fails.min(64)));
        for _ in 0..100 {
            story.print("1319.2");
            story.wait_ms(100);
        }
        let sent = story.sent();
        assert_eq!(sent.iter().filter(|line| line.contains("SELL 2 GC")).count(), tries, "{sent:?}");
        assert_eq!(story.times("alarm unprotected L0"), unprotected);
        assert_eq!((story.net("GC"), story.times("unprotected L0")), (2, unprotected));
    }
}

/// The broker refuses the exit of a fired stop, whatever its reason: four tries and no more, then an alarm
/// and a lot that is called unprotected and is never called done. A person can still close it.
#[test]
fn s_02_a_refused_exit_is_tried_a_few_times_and_then_called_unprotected() {
    for reason in FailReason::ALL {
        for (draft, print, tries) in [
            (
                buy(2).stop("1319.2"),
                "1319.2",
                "send L0-X1 SELL 2 GC MARKET | send L0-X2 SELL 2 GC MARKET
                 send L0-X3 SELL 2 GC LIMIT 1317.2 | native L0-X4 SELL 2 GC MARKET",
            ),
            (
                sell(3).stop("1320.8"),
                "1320.8",
                "send L0-X1 BUY 3 GC MARKET | send L0-X2 BUY 3 GC MARKET
                 send L0-X3 BUY 3 GC LIMIT 1322.8 | native L0-X4 BUY 3 GC MARKET",
            ),
        ] {
            let mut story = holding(draft);
            let held = story.net("GC");
            story.print(print);
            for exit in ["L0-X1", "L0-X2", "L0-X3", "L0-X4"] {
                story.fail(exit, reason);
            }
            story.expect_sent(tries);
            assert_eq!(story.times("unprotected L0"), 1, "{reason}");
            assert_eq!(story.times("alarm unprotected L0"), 1, "{reason}");
            for _ in 0..100 {
                story.print(print);
                story.wait_ms(1_000);
            }
            story.expect_sent("");
            assert_eq!(story.net("GC"), held, "still held, {reason}");
            assert!(!story.history().iter().any(|line| line.starts_with("reduced")));
            let size = u32::try_from(held.abs()).unwrap_or(0);
            if reason == FailReason::Margin {
                story.flatten();
                story.fill("F0-C0-X1", size, print);
                assert!(story.is_flat(), "a flatten closes it too");
                continue;
            }
            let close = story.place(if held > 0 { sell(size) } else { buy(size) });
            story.fill(&close, size, print);
            assert!(story.is_flat());
        }
    }
}

/// The broker is asked for its positions and answers nothing, an error, or half a list: nothing is disarmed,
/// and the stop leaves for all of its lot.
#[test]
fn s_04_an_unanswered_question_about_the_position_disarms_nothing() {
    for answer in [
        Some(Account::unanswered()),
        Some(Account::cut_after(&[])),
        Some(Account::cut_after(&[("NQ", 1)])),
        None,
    ] {
        let mut story = holding(buy(2).stop("1319.2"));
        match answer {
            Some(account) => story.account(account),
            None => story.feed(Input::Reconcile),
        }
        story.wait_ms(20_000);
        assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
        assert_eq!(story.times("alarm snapshot_incomplete"), 1, "and a person is told");
        story.hush();
        story.print("1319.2");
        story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    }
}

/// The answer comes when nobody waits for it any more: it proves nothing.
#[test]
fn s_04_a_late_answer_disarms_nothing() {
    let mut story = holding(buy(2).stop("1319.2"));
    for _ in 0..2 {
        story.feed(Input::Reconcile);
        story.wait_ms(5_001);
        story.answer(Account::holds(&[]));
    }
    assert!(!story.history().iter().any(|line| line.starts_with("differs")));
    story.hush();
    story.print("1319.2");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

/// A complete list without the position is still only one look: the stop leaves.
#[test]
fn s_04_one_look_at_a_flat_account_disarms_nothing() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.account(Account::holds(&[]));
    story.expect_history("differs GC 2 broker 0");
    assert_eq!(story.armed(0), 2);
    story.hush();
    story.print("1319.2");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

/// The position was turned in another program while a stop was armed here: the stop goes with its lot, and
/// a trade through its old price sends nothing.
#[test]
fn s_05_a_stop_of_a_position_that_was_turned_elsewhere_sends_nothing() {
    for (draft, side, contracts, net, through) in [
        (buy(2).stop("1319.2"), Side::Sell, 5, -3, "1319.0"),
        (buy(2).stop("1319.2"), Side::Sell, 2, 0, "1319.0"),
        (sell(2).stop("1320.8"), Side::Buy, 5, 3, "1321.0"),
        (sell(2).target("1319.2"), Side::Buy, 3, 1, "1319.0"),
    ] {
        for listed in [false, true] {
            let mut story = holding(draft);
            if listed {
                let account = Account::holds(&[("GC", net)]);
                story.account(account.and_traded(7, side, contracts, "1320.1"));
            } else {
                story.elsewhere("GC", side, contracts, "1320.1");
            }
            assert_eq!((story.net("GC"), story.armed(0)), (net, 0));
            assert_eq!(story.times("closed T1"), 1, "its lot is closed, and so the stop is gone");
            story.hush();
            for _ in 0..3 {
                story.print(through);
            }
            story.expect_sent("");
            assert_eq!(story.net("GC"), net);
        }
    }
}

/// Nobody has told how the position was turned, only that it is: while a person decides, no exit leaves
/// that would add to it, and with the broker's number the stop is gone.
#[test]
fn s_05_a_confirmed_number_of_the_other_side_holds_the_stop_back() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.account(Account::holds(&[("GC", -3)]));
    story.wait_ms(5_000);
    story.account(Account::holds(&[("GC", -3)]));
    story.expect_history("confirmed GC | alarm mismatch GC 2 broker -3 | latch on GC mismatch GC");
    story.hush();
    story.decide("GC", Decision::TakeBrokers);
    assert_eq!((story.net("GC"), story.armed(0)), (-3, 0));
    story.print("1319.0");
    story.expect_sent("");
    // The same, and the stop is hit before anybody has decided.
    let mut story = holding(buy(2).stop("1319.2"));
    story.account(Account::holds(&[("GC", -3)]));
    story.wait_ms(5_000);
    story.account(Account::holds(&[("GC", -3)]));
    story.hush();
    story.print("1319.0");
    story.expect_sent("");
    story.decide("GC", Decision::TakeBrokers);
    story.expect_sent("");
    assert_eq!(story.net("GC"), -3);
}

/// An entry of five fills in parts: what is filled is protected with the fill, and never less in between.
#[test]
fn s_06_each_part_of_an_entry_is_protected_with_its_fill() {
    for (draft, through, exit) in [
        (buy(5).limit("1320.0").stop("1319.2"), "1319.2", "SELL"),
        (sell(5).limit("1320.0").stop("1320.8"), "1320.8", "BUY"),
    ] {
        for parts in [&[2, 3][..], &[1, 1, 1, 1, 1], &[4, 1], &[5]] {
            let mut story = Story::by_hand();
            story.print("1320.0");
            story.place(draft);
            let mut filled = 0;
            for &part in parts {
                story.fill("T1", part, "1320.0");
                filled += part;
                assert_eq!(story.armed(0), filled, "{parts:?}");
                story.accept("T1");
                story.print("1320.0");
                assert_eq!(story.armed(0), filled, "{parts:?}");
            }
            story.hush();
            story.print(through);
            story.expect_sent(&format!("send L0-X1 {exit} 5 GC MARKET"));
        }
    }
}

/// The stop is hit between two parts: what is filled leaves, the rest of the entry is called back, and a
/// part that fills all the same leaves too.
#[test]
fn s_06_a_part_that_fills_after_the_stop_leaves_with_it() {
    let mut story = Story::by_hand();
    story.print("1320.0");
    story.place(buy(5).limit("1320.0").stop("1319.2"));
    story.fill("T1", 2, "1320.0");
    story.hush();
    story.print("1319.2");
    story.expect_sent("cancel T1 | send L0-X1 SELL 2 GC MARKET");
    story.fill("T1", 3, "1320.0");
    story.expect_sent("send L0-X2 SELL 3 GC MARKET");
    story.fill("L0-X1", 2, "1319.1");
    story.fill("L0-X2", 3, "1319.1");
    assert!(story.is_flat());
}

/// One of four is sold by hand: from the moment that it leaves the stop protects three, and a stop hit in
/// the same breath sends three.
#[test]
fn s_08_a_stop_shrinks_when_a_reduction_leaves() {
    for (draft, reduction, through, exit) in [
        (buy(4).stop("1319.2"), sell(1), "1319.2", "send L0-X1 SELL 3 GC MARKET"),
        (sell(4).stop("1320.8"), buy(1), "1320.8", "send L0-X1 BUY 3 GC MARKET"),
        (buy(4).target("1320.8"), sell(3), "1320.8", "send L0-X1 SELL 1 GC MARKET"),
    ] {
        // Hit before the reduction has filled, or after it.
        for fills_first in [false, true] {
            let mut story = holding(draft);
            let order = story.place(reduction);
            let rest = 4 - reduction.request().qty.contracts();
            assert_eq!(story.armed(0), rest);
            if fills_first {
                story.fill(&order, reduction.request().qty.contracts(), "1320.0");
                assert_eq!(story.armed(0), rest);
            }
            story.hush();
            story.print(through);
            story.expect_sent(exit);
        }
    }
}

/// The same by another program's order, whose fill is the first that is heard of it; and a reduction that
/// the broker refuses gives the stop back what it had.
#[test]
fn s_08_a_stop_follows_what_really_happens_to_its_lot() {
    let mut story = holding(buy(4).stop("1319.2"));
    story.elsewhere("GC", Side::Sell, 1, "1320.0");
    assert_eq!(story.armed(0), 3);
    story.hush();
    story.print("1319.2");
    story.expect_sent("send L0-X1 SELL 3 GC MARKET");
    let mut story = holding(buy(4).stop("1319.2"));
    let order = story.place(sell(1));
    story.fail(&order, FailReason::RateLimit);
    assert_eq!(story.armed(0), 4);
    story.hush();
    story.print("1319.2");
    story.expect_sent("send L0-X1 SELL 4 GC MARKET");
}

/// A resting sale fills a part and the rest is taken back: the stop has what is left, whichever report comes
/// first.
#[test]
fn s_08_a_stop_has_back_what_a_resting_sale_does_not_take() {
    for fill_last in [false, true] {
        let mut story = holding(buy(4).stop("1319.2"));
        story.place(sell(3).limit("1321.0"));
        assert_eq!(story.armed(0), 1);
        if fill_last {
            story.cancel("T2");
            story.fill("T2", 1, "1321.0");
        } else {
            story.fill("T2", 1, "1321.0");
            story.cancel("T2");
        }
        assert_eq!(story.armed(0), 1);
        story.cancelled("T2");
        assert_eq!(story.armed(0), 3);
        story.hush();
        story.print("1319.2");
        story.expect_sent("send L0-X1 SELL 3 GC MARKET");
    }
}

/// The one exit of ours that rests is the limit of the ladder. The market moves away from it: after half a
/// second it is called back, and the next exit leaves only once it is proved to be out of the market.
#[test]
fn s_16_a_resting_exit_that_the_market_leaves_behind_makes_room_for_the_next() {
    for (draft, through, away, limit, next) in [
        (buy(2).stop("1319.2"), "1319.2", "1316.0", "SELL 2 GC LIMIT 1317.2", "SELL 2 GC MARKET"),
        (sell(2).stop("1320.8"), "1320.8", "1324.0", "BUY 2 GC LIMIT 1322.8", "BUY 2 GC MARKET"),
    ] {
        let mut story = holding(draft);
        story.print(through);
        story.fail("L0-X1", FailReason::PriceBand);
        story.hush();
        story.fail("L0-X2", FailReason::PriceBand);
        story.expect_sent(&format!("send L0-X3 {limit}"));
        story.accept("L0-X3");
        story.print(away);
        story.wait_ms(499);
        story.expect_sent("");
        story.wait_ms(1);
        story.expect_sent("cancel L0-X3");
        for _ in 0..20 {
            story.print(away);
            story.wait_ms(100);
        }
        story.expect_sent("");
        story.cancelled("L0-X3");
        story.expect_sent(&format!("native L0-X4 {next}"));
        story.fill("L0-X4", 2, away);
        assert!(story.is_flat());
    }
}

/// The resting exit is not given back: no exit leaves beside it, a person is told after a second, and the
/// broker is asked. What it fills meanwhile counts.
#[test]
fn s_16_a_resting_exit_that_is_not_given_back_has_no_exit_beside_it() {
    for restarts in [false, true] {
        let mut story = holding(buy(2).stop("1319.2"));
        story.print("1319.2");
        story.fail("L0-X1", FailReason::PriceBand);
        story.fail("L0-X2", FailReason::PriceBand);
        story.accept("L0-X3");
        story.wait_ms(500);
        if restarts {
            story.restart();
        }
        story.wait_ms(1_000);
        assert_eq!(story.times("alarm exit_slow L0"), 1);
        story.hush();
        story.wait_ms(4_000);
        story.expect_sent("query L0-X3");
        story.fill("L0-X3", 1, "1317.2");
        story.expect_sent("query L0-X3");
        story.cancelled("L0-X3");
        story.expect_sent("native L0-X4 SELL 1 GC MARKET");
    }
}

/// An exit that fills whole, at once or in parts that come quickly, leaves nothing to ask for.
#[test]
fn s_17_an_exit_that_fills_whole_asks_the_broker_nothing() {
    for parts in [&[10][..], &[4, 6][..]] {
        let mut story = Story::timed(ByHand, Limits::NONE, Timing::LIVE);
        story.print("1320.0");
        story.enter(buy(10).stop("1319.2"), "1320.0");
        story.hush();
        story.print("1319.2");
        story.expect_sent("send L0-X1 SELL 10 GC MARKET");
        for &part in parts {
            story.fill("L0-X1", part, "1319.2");
        }
        story.wait_ms(5_000);
        story.expect_sent("");
    }
}

/// An exit for ten at the market fills eight, and the exchange lets two rest at its protection price. Half a
/// second later the broker is asked; it lists the order as a resting one; the rest is asked back, and only
/// when it is proved to be out of the market does the next exit leave, for two. Again and again, until
/// nothing is held.
#[test]
fn s_17_the_rest_of_a_market_exit_that_rests_is_replaced_until_nothing_is_held() {
    for (draft, side, through, exit) in [
        (buy(10).stop("1319.2"), Side::Sell, "1319.2", "SELL"),
        (sell(10).stop("1320.8"), Side::Buy, "1320.8", "BUY"),
    ] {
        let mut story = Story::timed(ByHand, Limits::NONE, Timing::LIVE);
        story.print("1320.0");
        story.enter(draft, "1320.0");
        story.wait_ms(1_000);
        story.hush();
        story.print(through);
        story.expect_sent(&format!("send L0-X1 {exit} 10 GC MARKET"));
        story.accept("L0-X1");
        for (order, contracts, filled, left) in [("L0-X1", 10, 8, 2), ("L0-X2", 2, 1, 1)] {
            story.fill(order, filled, through);
            story.wait_ms(499);
            story.expect_sent("");
            story.wait_ms(1);
            story.expect_sent("snapshot");
            let held = story.net("GC");
            story.answer(Account::holds(&[("GC", held)]).and_rests(order, side, contracts, filled, through));
            story.expect_sent(&format!("cancel {order}"));
            story.wait_ms(300);
            story.expect_sent("");
            story.cancelled(order);
            let next = if order == "L0-X1" { "send L0-X2" } else { "send L0-X3" };
            let sent = story.sent();
            assert!(sent.len() == 1 && sent[0].starts_with(&format!("{next} {exit} {left} GC")), "{sent:?}");
        }
        story.fill("L0-X3", 1, through);
        assert!(story.is_flat());
        story.wait_ms(20_000);
        assert_eq!(story.sent().iter().filter(|line| line.starts_with("send")).count(), 0);
    }
}

/// The same with a flatten, and with a sale by hand: there the rest goes back under its stop.
#[test]
fn s_17_a_rest_of_a_flatten_is_replaced_and_one_of_a_click_is_protected_again() {
    for flattens in [true, false] {
        let mut story = Story::timed(ByHand, Limits::NONE, Timing::LIVE);
        story.print("1320.0");
        story.enter(buy(10).stop("1319.2"), "1320.0");
        let order = if flattens {
            story.flatten();
            "F0-C0-X1".to_owned()
        } else {
            story.place(sell(10))
        };
        story.fill(&order, 8, "1319.9");
        story.restart();
        story.wait_ms(500);
        assert_eq!(story.sent().last().map(String::as_str), Some("snapshot"), "also after a restart");
        story.answer(Account::holds(&[("GC", 2)]).and_rests(&order, Side::Sell, 10, 8, "1319.9"));
        story.expect_sent(&format!("cancel {order}"));
        assert_eq!(story.armed(0), 0);
        story.cancelled(&order);
        if flattens {
            story.expect_sent("send F0-C0-X2 SELL 2 GC MARKET");
        } else {
            assert_eq!(story.armed(0), 2);
            story.print("1320.0");
            story.print("1319.2");
            story.expect_sent("send L0-X1 SELL 2 GC MARKET");
        }
    }
}

/// The position is rolled by hand into the next contract, in another program: the stop of the old contract
/// is gone, what was opened in the new one is shown as somebody else's, and openings there wait for a
/// person.
#[test]
fn s_25_a_rolled_position_leaves_no_stop_behind() {
    let mut story = Story::by_hand();
    story.trade("GC", "1320.0", 1);
    story.trade("MGC", "1322.0", 1);
    story.enter(buy(2).stop("1319.2"), "1320.0");
    story.elsewhere("GC", Side::Sell, 2, "1320.0");
    story.elsewhere("MGC", Side::Buy, 2, "1322.0");
    assert_eq!((story.net("GC"), story.net("MGC"), story.armed(0)), (0, 2, 0));
    story.expect_history("closed T1 | outside X2 BUY 2 MGC | latch on MGC outside X2");
    story.hush();
    story.trade("GC", "1319.0", 1);
    story.trade("MGC", "1318.0", 1);
    story.expect_sent("");
    story.place(buy(1).on("MGC"));
    story.expect_said("reject T2 latched");
}

/// A price of gold in ticks, as text.
fn tenths(ticks: i32) -> String {
    format!("{}.{}", ticks / 10, ticks % 10)
}
