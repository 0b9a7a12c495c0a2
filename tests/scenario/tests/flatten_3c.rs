//! Flatten all when cancels, exits and late fills get into each other's way.

use phantom_broker_mock::{FillSize, MockSettings, Range};
use phantom_compliance::{Limits, Minis};
use phantom_engine::Origin;
use phantom_model::SignalRef;
use phantom_testkit::{buy, contract, sell};
use scenario::brokers::ByHand;
use scenario::openings::{holding, open_market, with_targets};
use scenario::story::Story;

/// One of three targets fills before its cancel, in whichever place among the answers: the flatten closes
/// the two that are left, and at the end nothing is held and nothing works.
#[test]
fn f_01_a_target_that_fills_before_its_cancel_is_not_closed_again() {
    for place in 0..3 {
        for winner in ["T2", "T3", "T4"] {
            let mut story = with_targets();
            story.flatten();
            story.expect_sent("cancel T2 | cancel T3 | cancel T4");
            let mut losers = ["T2", "T3", "T4"].into_iter().filter(|target| *target != winner);
            for answer in 0..3 {
                story.expect_sent("");
                if answer == place {
                    story.fill(winner, 1, "1322.0");
                    story.refuse_cancel(winner);
                } else if let Some(target) = losers.next() {
                    story.cancelled(target);
                }
            }
            story.expect_sent("send F0-C0-X1 SELL 2 GC MARKET");
            story.fill("F0-C0-X1", 2, "1320.0");
            assert!(story.is_flat() && story.receipt().flat);
            assert_eq!(story.times("answer F0 FLAT"), 1);
            assert_eq!((story.realized("GC").as_str(), story.net("GC")), ("200.00", 0));
        }
    }
}

/// The same when no answer comes within half a second: nothing leaves for what the targets may still take.
#[test]
fn f_01_what_a_target_may_still_take_is_counted() {
    let mut story = with_targets();
    story.flatten();
    story.hush();
    story.wait_ms(2_000);
    story.expect_sent("");
    story.cancelled("T3");
    story.expect_sent("send F0-C0-X1 SELL 1 GC MARKET");
    story.fill("T2", 1, "1322.0");
    story.cancelled("T4");
    story.expect_sent("send F0-C0-X2 SELL 1 GC MARKET");
    story.fill("F0-C0-X1", 1, "1320.0");
    story.fill("F0-C0-X2", 1, "1320.0");
    assert!(story.is_flat() && story.receipt().flat);
}

/// The same at the mock broker, whose market runs through the targets while the cancels travel.
#[test]
fn f_01_flatten_in_a_market_that_fills_targets_ends_flat_at_the_broker_too() {
    for seed in 0..40 {
        let mut story =
            Story::at_mock(MockSettings { fill_size: FillSize::Printed, ..MockSettings::window(seed) });
        story.print("1320.0");
        for limit in ["1320.4", "1320.6", "1320.8"] {
            story.place(buy(1).stop("1318.0"));
            story.wait_ms(600);
            story.print("1320.0");
            story.place(sell(1).limit(limit));
            story.wait_ms(600);
        }
        story.flatten();
        for n in 0..60 {
            story.print(["1320.5", "1320.7", "1320.9", "1320.3"][n % 4]);
            story.wait_ms(40);
        }
        assert!(story.is_flat(), "seed {seed}");
        assert_eq!(story.broker().position(contract("GC")).signed(), 0, "seed {seed}");
        assert_eq!(story.times("answer F0 FLAT"), 1, "seed {seed}");
    }
}

/// Five clicks while the broker takes fifteen seconds to answer: one exit in all. Each further click says
/// that a flatten is under way; one after the answer of ten seconds begins a new one, which finds the exit
/// of the first on its way.
#[test]
fn f_02_five_clicks_send_one_exit() {
    let slow = MockSettings { delay_nanos: Range::always(15_000_000_000), ..MockSettings::frictionless(1) };
    for waits in [[0, 0, 0, 0, 0], [0, 1_000, 1_000, 2_000, 500], [0, 3_000, 4_000, 4_000, 3_000]] {
        let mut story = Story::at_mock(slow.clone());
        story.print("1320.0");
        story.place(buy(1).stop("1319.2"));
        story.wait_ms(15_000);
        story.print("1320.0");
        story.hush();
        for wait in waits {
            story.wait_ms(wait);
            story.flatten();
        }
        let joined = story.history().iter().filter(|line| line.starts_with("joined")).count();
        let begun = story.history().iter().filter(|line| line.starts_with("flatten ")).count();
        assert_eq!(joined + begun, 5, "each click is told what it became");
        let asked_before_ten_seconds = waits.iter().sum::<u32>() < 10_000;
        assert_eq!(joined, if asked_before_ten_seconds { 4 } else { 3 });
        story.wait_ms(16_000);
        story.print("1320.0");
        assert_eq!(story.exits_sent("GC"), [("F0-C0-X1".to_owned(), 1)]);
        assert!(story.is_flat());
    }
}

/// The position is as large as it may be, with a target at rest. The exit waits for the confirmation of the
/// cancel, so that the broker does not refuse it for its size; our own gate does not stand in its way.
#[test]
fn f_04_the_exit_of_a_full_position_waits_for_the_cancels() {
    let full =
        Limits { position_max: Some(Minis::whole(3)), order_max: Some(Minis::whole(3)), ..Limits::NONE };
    let mut story = Story::at(ByHand, full);
    story.print("1320.0");
    story.enter(buy(3).stop("1319.2"), "1320.0");
    story.place(sell(3).limit("1322.0"));
    story.accept("T2");
    story.hush();
    story.flatten();
    story.wait_ms(400);
    story.expect_sent("cancel T2");
    story.cancelled("T2");
    story.expect_sent("send F0-C0-X1 SELL 3 GC MARKET");
    story.fill("F0-C0-X1", 3, "1320.0");
    assert!(story.receipt().flat);
    // Only one side of it rests: the same.
    let mut story = Story::at(ByHand, full);
    story.print("1320.0");
    story.enter(sell(3).stop("1320.8"), "1320.0");
    story.place(buy(1).limit("1318.0"));
    story.hush();
    story.flatten();
    story.expect_sent("cancel T2");
    story.cancelled("T2");
    story.expect_sent("send F0-C0-X1 BUY 3 GC MARKET");
}

/// A cancel is never answered. After half a second the exit leaves for what the order cannot fill any more;
/// at five seconds the order is unknown and the broker is asked, again and again; at ten the answer says
/// that it is not flat, and the work goes on.
#[test]
fn f_05_a_cancel_that_is_never_answered_does_not_hold_the_flatten_up() {
    let mut story = holding(buy(3).stop("1319.2"));
    story.place(sell(1).limit("1322.0"));
    story.accept("T2");
    story.hush();
    story.flatten();
    story.expect_sent("cancel T2");
    story.wait_ms(499);
    story.expect_sent("");
    story.wait_ms(1);
    story.expect_sent("send F0-C0-X1 SELL 2 GC MARKET");
    story.fill("F0-C0-X1", 2, "1320.0");
    story.wait_ms(4_500);
    story.expect_sent("query T2");
    assert_eq!((story.times("unknown T2"), story.times("alarm cancel_unanswered T2")), (1, 1));
    story.wait_ms(5_000);
    assert_eq!(story.times("answer F0 NOT_FLAT"), 1);
    assert!(!story.receipt().flat);
    assert_eq!(story.receipt().still_open.len(), 1);
    story.hush();
    story.cancelled("T2");
    story.expect_sent("send F0-C0-X2 SELL 1 GC MARKET");
    story.fill("F0-C0-X2", 1, "1320.0");
    assert!(story.is_flat());
    // What was called open is closed: the receipt is revised.
    let receipt = story.revised_receipt();
    assert_eq!((receipt.flat, receipt.revisions, receipt.still_open.len()), (true, 1, 0));
}

/// The same, and no answer ever comes: the broker is asked a few times, then a person is told.
#[test]
fn f_05_an_order_that_stays_unknown_is_a_persons_in_the_end() {
    let mut story = holding(buy(1));
    story.place(buy(1).limit("1318.0"));
    story.accept("T2");
    story.flatten();
    story.hush();
    story.wait_ms(500);
    story.expect_sent("send F0-C0-X1 SELL 1 GC MARKET");
    story.fill("F0-C0-X1", 1, "1320.0");
    story.wait_ms(200_000);
    let queries = story.sent().iter().filter(|line| *line == "query T2").count();
    assert_eq!(queries, 6, "at 5 s, then after 2, 6, 14, 30 and 60");
    assert_eq!(story.times("alarm still_unknown T2"), 1);
    assert_eq!((story.times("answer F0 NOT_FLAT"), story.times("answer F0 FLAT")), (1, 0));
}

/// A cancel is refused. What is proved to be open is closed at once, less what the order may still close;
/// the broker is asked what became of the order.
#[test]
fn f_06_a_refused_cancel_does_not_hold_the_exit_back() {
    for (order, sent) in [
        (buy(1).limit("1318.0"), "query T2 | send F0-C0-X1 SELL 3 GC MARKET"),
        (sell(1).limit("1322.0"), "query T2 | send F0-C0-X1 SELL 2 GC MARKET"),
        (sell(3).limit("1322.0"), "query T2"),
    ] {
        let mut story = holding(buy(3).stop("1319.2"));
        story.place(order);
        story.accept("T2");
        story.flatten();
        story.hush();
        story.refuse_cancel("T2");
        story.expect_sent(sent);
        let first = story.exits_sent("GC").last().map_or(0, |(id, qty)| if id == "T2" { 0 } else { *qty });
        if first > 0 {
            story.fill("F0-C0-X1", first, "1320.0");
        }
        assert_eq!(story.times("answer F0 FLAT"), 0, "T2 may still fill");
        // The answer to the question: it is out of the market.
        story.hush();
        story.cancelled("T2");
        if first < 3 {
            let next = if first == 0 { 1 } else { 2 };
            story.expect_sent(&format!("send F0-C0-X{next} SELL {} GC MARKET", 3 - first));
            story.fill(&format!("F0-C0-X{next}"), 3 - first, "1320.0");
        }
        assert!(story.is_flat() && story.receipt().flat);
    }
}

/// An entry left 20 ms before the press and was not answered yet. Whenever and in how many parts it fills,
/// the same flatten closes it.
#[test]
fn f_09_an_entry_that_fills_under_the_flatten_is_closed_by_it() {
    for (entry, close) in [(buy(2), "SELL"), (sell(2), "BUY")] {
        for (waits, parts) in
            [([100, 100], [2, 0]), ([600, 100], [2, 0]), ([100, 900], [1, 1]), ([4_000, 5_000], [1, 1])]
        {
            let mut story = open_market();
            story.place(entry);
            story.wait_ms(20);
            story.hush();
            story.flatten();
            story.expect_sent("cancel T1");
            for (wait, part) in waits.into_iter().zip(parts) {
                story.wait_ms(wait);
                if part > 0 {
                    story.fill("T1", part, "1320.0");
                }
            }
            story.wait_ms(500);
            let exits: Vec<String> =
                story.sent().into_iter().filter(|line| line.starts_with("send")).collect();
            let closed: u32 = story.exits_sent("GC").iter().map(|(_, qty)| qty).sum();
            assert_eq!(closed, 2, "{waits:?}");
            assert!(exits.iter().all(|line| line.starts_with("send F0-C0-X") && line.contains(close)));
            for (id, qty) in story.exits_sent("GC") {
                story.fill(&id, qty, "1320.0");
            }
            assert!(story.is_flat());
        }
    }
}

/// The same at the mock broker, with a delay on every message: the cancel comes too late.
#[test]
fn f_09_an_entry_on_its_way_is_closed_at_the_mock_broker_too() {
    for seed in 0..40 {
        for wait in [0, 20, 120, 480] {
            let mut story = Story::at_mock(MockSettings::window(seed));
            story.print("1320.0");
            story.place(if seed % 2 == 0 { buy(2) } else { sell(2) });
            story.wait_ms(wait);
            story.flatten();
            for _ in 0..60 {
                story.wait_ms(50);
                story.print("1320.0");
            }
            assert!(story.is_flat(), "seed {seed}");
            assert_eq!(story.broker().position(contract("GC")).signed(), 0, "seed {seed}");
            assert!(story.receipt().flat);
        }
    }
}

/// A strategy goes on signalling during the flatten: every new entry is refused with its reason, in every
/// contract, until the answer; then they are let through again.
#[test]
fn f_10_entries_are_refused_with_a_reason_until_the_flatten_has_answered() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.flatten();
    story.accept("F0-C0-X1");
    story.hush();
    let drafts =
        [buy(1), buy(1).limit("1318.0"), buy(1).on("NQ"), sell(1).on("NQ"), buy(1).stop("1319.0"), sell(3)];
    for n in 0..60 {
        let signal = Origin::Signal(SignalRef::new(n));
        let id = story.place_by(drafts[n as usize % drafts.len()], signal);
        story.expect_said(&format!("reject {id} flattening"));
        story.wait_ms(100);
    }
    story.expect_sent("");
    story.fill("F0-C0-X1", 2, "1320.0");
    assert!(story.receipt().flat);
    story.hush();
    story.place_by(buy(1), Origin::Signal(SignalRef::new(60)));
    story.expect_sent("send T62 BUY 1 GC MARKET");
}
