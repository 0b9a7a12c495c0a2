//! Flatten all when cancels, exits and late fills get into each other's way.

use phantom_broker_mock::{FillSize, MockSettings, Range, Refusals};
use phantom_compliance::{Limits, Minis, ShortSelling};
use phantom_engine::{Decision, Input, Origin};
use phantom_model::{FailReason, OrderStatus, Side, SignalRef};
use phantom_testkit::{Draft, buy, contract, sell};
use scenario::brokers::ByHand;
use scenario::story::{Account, Story};

/// The desk has seen 1320.0 in gold and 5000.00 in NQ.
fn open_market() -> Story<ByHand> {
    let mut story = Story::by_hand();
    story.print("1320.0");
    story.trade("NQ", "5000.00", 1);
    story
}

/// A lot of one order, filled at 1320.0.
fn holding(draft: Draft) -> Story<ByHand> {
    let mut story = open_market();
    story.enter(draft, "1320.0");
    story.wait_ms(1_000);
    story.hush();
    story
}

/// Long three with a stop, and three targets of one that rest at the broker.
fn with_targets() -> Story<ByHand> {
    let mut story = holding(buy(3).stop("1319.2"));
    for limit in ["1322.0", "1323.0", "1324.0"] {
        let target = story.place(sell(1).limit(limit));
        story.accept(&target);
    }
    story.hush();
    story
}

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
    assert_eq!(story.times("unknown T2"), 1);
    story.wait_ms(5_000);
    assert_eq!(story.times("answer F0 NOT_FLAT"), 1);
    assert!(!story.receipt().flat);
    assert_eq!(story.receipt().still_open.len(), 1);
    story.hush();
    story.cancelled("T2");
    story.expect_sent("send F0-C0-X2 SELL 1 GC MARKET");
    story.fill("F0-C0-X2", 1, "1320.0");
    assert!(story.is_flat());
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

/// The account is locked and the broker refuses everything: four tries, then no more; an alarm, the answer
/// that it is not flat, and the position goes on being watched, with its stop. A new press tries again.
#[test]
fn f_12_a_locked_account_is_not_hammered_and_the_position_is_not_forgotten() {
    for (draft, net) in [(buy(2).stop("1319.2"), 2), (sell(2).stop("1320.8"), -2), (buy(2), 2)] {
        let mut story = holding(draft);
        story.flatten();
        for exit in 1..=4 {
            story.fail(&format!("F0-C0-X{exit}"), FailReason::NotPermitted);
        }
        assert_eq!(story.exits_sent("GC").len(), 4);
        assert_eq!(story.times("alarm flatten_stuck GC"), 1);
        story.hush();
        for _ in 0..60 {
            story.wait_ms(1_000);
            story.print("1320.0");
        }
        story.expect_sent("");
        assert_eq!((story.times("answer F0 NOT_FLAT"), story.times("answer F0 FLAT")), (1, 0));
        assert_eq!(story.net("GC"), net);
        story.flatten();
        story.fill("F1-C0-X1", 2, "1320.0");
        assert_eq!(story.times("answer F1 FLAT"), 1);
        assert!(story.is_flat());
    }
}

/// More contracts than one order may hold leave in parts; each part is counted, and the position ends at
/// zero in whatever order and in however many fills they come.
#[test]
fn f_13_a_large_position_leaves_in_parts_that_add_up() {
    for order in [["F0-C0-X1", "F0-C0-X2", "F0-C0-X3"], ["F0-C0-X3", "F0-C0-X1", "F0-C0-X2"]] {
        let mut story = open_market();
        for _ in 0..3 {
            story.enter(buy(800), "1320.0");
        }
        story.hush();
        story.flatten();
        story.expect_sent(
            "send F0-C0-X1 SELL 1000 GC MARKET | send F0-C0-X2 SELL 1000 GC MARKET
             send F0-C0-X3 SELL 400 GC MARKET",
        );
        let sizes = |id: &str| if id.ends_with('3') { 400 } else { 1_000 };
        let mut left = 2_400;
        for id in order {
            story.fill(id, 100, "1320.0");
            story.fill(id, sizes(id) - 100, "1320.0");
            left -= i64::from(sizes(id));
            assert_eq!(story.net("GC"), left);
        }
        assert_eq!(story.exits_sent("GC").len(), 3);
        assert!(story.is_flat() && story.receipt().flat);
    }
}

/// Two contracts, and every exit of one is refused: the other one is closed all the same, and the receipt
/// says of each what became of it.
#[test]
fn f_14_a_contract_that_cannot_be_closed_does_not_hold_the_other_up() {
    for (stuck, closed, stuck_row, closed_row) in [("NQ", "GC", 1, 0), ("GC", "NQ", 0, 1)] {
        let mut story = holding(buy(2).stop("1319.2"));
        story.enter(sell(2).on("NQ").stop("5010.00"), "5000.00");
        story.flatten();
        for exit in 1..=4 {
            story.fail(&format!("F0-C{stuck_row}-X{exit}"), FailReason::MarketClosed);
        }
        let exit = format!("F0-C{closed_row}-X1");
        story.fill(&exit, 2, if closed == "GC" { "1320.5" } else { "4999.50" });
        story.wait_ms(10_000);
        let receipt = story.receipt();
        assert!(!receipt.flat);
        let still_open: Vec<_> = receipt.still_open.iter().map(|(contract, _)| *contract).collect();
        assert_eq!(still_open, [contract(stuck)]);
        let rows: Vec<_> =
            receipt.closed.iter().map(|row| (row.contract, row.order.to_string(), row.qty)).collect();
        assert_eq!(rows, [(contract(closed), exit, 2)]);
        assert_eq!(story.times(&format!("alarm flatten_stuck {stuck}")), 1);
        assert_eq!((story.net(closed), story.net(stuck).abs()), (0, 2));
    }
}

/// All tries are used up and the position is still open: nobody ever says that it is done, and what comes
/// back to life later is still watched.
#[test]
fn f_16_a_flatten_without_tries_left_is_never_called_complete() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.flatten();
    for (exit, reason) in
        (1..).zip([FailReason::PriceBand, FailReason::RateLimit, FailReason::Margin, FailReason::Unspecified])
    {
        story.fail(&format!("F0-C0-X{exit}"), reason);
    }
    story.wait_ms(9_000);
    assert!(story.book().halt().flattening, "the job stays open");
    story.wait_ms(60_000);
    assert_eq!((story.times("answer F0 NOT_FLAT"), story.times("answer F0 FLAT")), (1, 0));
    assert_eq!(story.times("alarm flatten_stuck GC"), 1);
    assert_eq!(story.exits_sent("GC").len(), 4);
    assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
}

/// Two strategies hold lots in the same contract. One of them closes its own contracts: the lot of the
/// other keeps its stop. A flatten has one scope, the account: it closes both.
#[test]
fn f_17_an_exit_of_one_strategy_leaves_the_stop_of_the_other_and_a_flatten_takes_all() {
    let strategy = |n| Origin::Signal(SignalRef::new(n));
    let mut story = open_market();
    for (n, stop) in [(0, "1319.2"), (1, "1319.0")] {
        let id = story.place_by(buy(2).stop(stop), strategy(n));
        story.fill(&id, 2, "1320.0");
    }
    let exit = story.place_by(sell(2), strategy(0));
    story.fill(&exit, 2, "1320.1");
    assert_eq!((story.armed(0), story.armed(1)), (0, 2));
    story.hush();
    story.feed(Input::Flatten { origin: strategy(0) });
    story.expect_sent("send F0-C0-X1 SELL 2 GC MARKET");
    story.fill("F0-C0-X1", 2, "1320.0");
    assert!(story.receipt().flat);
}

/// Another program's exit button is pressed: what it closes here is gone from our lots with the report
/// itself, stops included; what it cancels of ours gives the stops back what they had.
#[test]
fn f_18_another_programs_exit_button_disarms_and_protects_at_once() {
    for (taken, left) in [(3, 0), (2, 1)] {
        let mut story = with_targets();
        for target in ["T2", "T3", "T4"] {
            story.cancelled(target);
        }
        assert_eq!(story.armed(0), 3, "the stop has its contracts back");
        story.elsewhere("GC", Side::Sell, taken, "1320.0");
        assert_eq!((story.net("GC"), story.armed(0)), (i64::from(left), left));
        story.hush();
        story.print("1319.2");
        let exit = format!("send L0-X1 SELL {left} GC MARKET");
        story.expect_sent(if left > 0 { &exit } else { "" });
    }
}

/// The other order: its fill is told first, and our resting targets are asked back as far as they do not
/// fit any more.
#[test]
fn f_18_exits_that_do_not_fit_any_more_are_asked_back() {
    let mut story = with_targets();
    story.elsewhere("GC", Side::Sell, 2, "1320.0");
    story.expect_sent("cancel T4 | cancel T3");
    story.cancelled("T4");
    story.cancelled("T3");
    story.print("1319.2");
    story.expect_sent("cancel T2");
    story.cancelled("T2");
    story.expect_sent("send L0-X1 SELL 1 GC MARKET");
}

/// Somebody closes by what an old display shows. More than is left is refused with nothing sent; a flatten
/// closes what is left after everything on its way.
#[test]
fn f_20_the_quantity_of_a_close_is_what_is_left_and_not_what_is_shown() {
    let mut story = holding(buy(3).stop("1319.2"));
    story.place(sell(2));
    story.hush();
    for draft in [sell(3), sell(2)] {
        story.place(draft);
        assert!(story.said()[0].ends_with("would_cross_zero"));
    }
    story.expect_sent("");
    story.flatten();
    story.expect_sent("send F0-C0-X1 SELL 1 GC MARKET");
}

/// The broker's latest number is smaller than ours, twice: closes and flattens take the smaller one until a
/// person has decided.
#[test]
fn f_20_a_close_takes_the_brokers_smaller_number() {
    for close in ["flatten", "click"] {
        let mut story = holding(buy(3).stop("1319.2"));
        for _ in 0..2 {
            story.account(Account::holds(&[("GC", 1)]));
            story.wait_ms(5_000);
        }
        story.hush();
        if close == "flatten" {
            story.flatten();
            story.expect_sent("send F0-C0-X1 SELL 1 GC MARKET");
        } else {
            story.place(sell(3));
            story.expect_sent("");
            story.place(sell(1));
            story.expect_sent("send T3 SELL 1 GC MARKET");
        }
        story.decide("GC", Decision::TakeBrokers);
        assert_eq!(story.net("GC"), 1);
    }
}

/// The flatten has answered FLAT. Eight seconds later the entry that it had cancelled fills after all: the
/// watch closes it, under the id of that flatten, with an alarm.
#[test]
fn f_21_a_late_fill_after_the_flatten_is_closed_by_its_watch() {
    for (entry, close) in
        [(buy(2).limit("1319.0").stop("1318.0"), "SELL"), (sell(2).limit("1321.0").stop("1322.0"), "BUY")]
    {
        let mut story = open_market();
        story.place(entry);
        story.accept("T1");
        story.flatten();
        story.cancelled("T1");
        assert!(story.receipt().flat);
        story.wait_ms(8_000);
        story.hush();
        story.fill("T1", 2, "1320.0");
        let sent = story.sent();
        assert!(sent.contains(&format!("send F0-C0-X1 {close} 2 GC MARKET")), "{sent:?}");
        assert_eq!(story.times("alarm late_fill T1"), 1);
        story.fill("F0-C0-X1", 2, "1320.0");
        assert!(story.is_flat());
    }
}

/// Nothing was ever traded in the contract, so that no price is known: a close leaves at the market all the
/// same, by the button, by flatten, and on every rung.
#[test]
fn f_22_a_close_needs_no_price() {
    for flattens in [true, false] {
        let mut story = Story::by_hand();
        story.enter(buy(2), "1320.0");
        story.hush();
        if flattens {
            story.flatten();
            for exit in ["F0-C0-X1", "F0-C0-X2", "F0-C0-X3"] {
                story.fail(exit, FailReason::Unspecified);
            }
            story.expect_sent(
                "send F0-C0-X1 SELL 2 GC MARKET | send F0-C0-X2 SELL 2 GC MARKET
                 send F0-C0-X3 SELL 2 GC MARKET | native F0-C0-X4 SELL 2 GC MARKET",
            );
        } else {
            story.place(sell(2));
            story.expect_sent("send T2 SELL 2 GC MARKET");
        }
    }
}

/// Several calls to close wait when trading begins, and come in one instant: one close leaves. Those that
/// come after its fill find nothing to close, and where selling short is off they open nothing either.
#[test]
fn f_24_closes_that_come_together_close_once() {
    let closes = |story: &mut Story<ByHand>, turn: usize| match turn % 4 {
        0 | 3 => story.flatten(),
        1 => drop(story.place(sell(2))),
        _ => drop(story.place_by(sell(2), Origin::Signal(SignalRef::new(0)))),
    };
    for begin in 0..4 {
        let mut story = Story::at(ByHand, Limits { short_selling: ShortSelling::Off, ..Limits::NONE });
        story.print("1320.0");
        story.enter(buy(2).stop("1319.2"), "1320.0");
        for n in 0..8 {
            closes(&mut story, begin + n);
        }
        let exits = story.exits_sent("GC");
        assert_eq!(exits.iter().map(|(_, qty)| qty).sum::<u32>(), 2, "{exits:?}");
        for (id, qty) in exits {
            story.fill(&id, qty, "1320.0");
        }
        story.hush();
        for n in 0..8 {
            closes(&mut story, begin + n);
        }
        story.expect_sent("");
        assert!(story.is_flat());
    }
}

/// A rule asks for a flatten on every look at the account while the position is still closing: one job, one
/// exit.
#[test]
fn f_25_a_rule_that_asks_again_and_again_makes_one_job() {
    let mut story = holding(buy(2).stop("1319.2"));
    for _ in 0..36 {
        story.feed(Input::Flatten { origin: Origin::Rule });
        story.wait_ms(250);
    }
    assert_eq!(story.exits_sent("GC"), [("F0-C0-X1".to_owned(), 2)]);
    assert_eq!((story.times("flatten F0"), story.times("joined F0")), (1, 35));
    story.fill("F0-C0-X1", 2, "1320.0");
    assert_eq!(story.times("answer F0 FLAT"), 1);
    // It has nothing to do any more: the next ones send nothing.
    story.hush();
    for _ in 0..4 {
        story.feed(Input::Flatten { origin: Origin::Rule });
    }
    story.expect_sent("");
}

/// The flatten has cancelled what rested, and its exits are refused. A refusal is never taken for a fill:
/// the position stays, a few tries, an alarm, and the stop is armed again and works.
#[test]
fn f_26_a_refused_flatten_gives_the_stop_back() {
    for reason in [FailReason::PriceBand, FailReason::RateLimit, FailReason::MarketClosed] {
        let mut story = holding(buy(2).stop("1319.2"));
        story.place(sell(2).limit("1322.0"));
        story.accept("T2");
        story.flatten();
        story.cancelled("T2");
        for exit in 1..=4 {
            assert_eq!(story.armed(0), 0, "an exit is on its way");
            story.fail(&format!("F0-C0-X{exit}"), reason);
            assert_eq!((story.net("GC"), story.times("answer F0 FLAT")), (2, 0));
        }
        assert_eq!(story.times("alarm flatten_stuck GC"), 1);
        assert_eq!(story.armed(0), 2, "protected again");
        story.wait_ms(10_000);
        assert_eq!(story.times("answer F0 NOT_FLAT"), 1);
        story.hush();
        story.print("1319.2");
        story.expect_sent("send L0-X1 SELL 2 GC MARKET");
        story.fill("L0-X1", 2, "1319.1");
        assert!(story.is_flat());
    }
}

/// The mock broker refuses a share of everything: no flatten is called flat that is not, and no more is ever
/// closed than was held.
#[test]
fn f_26_refusals_by_chance_never_pass_for_success() {
    let mut not_flat = 0;
    for seed in 0..60 {
        let refusals = Refusals::Chance { per_mille: 700, reason: FailReason::PriceBand };
        let mut story = Story::at_mock(MockSettings { refusals, ..MockSettings::window(seed) });
        story.print("1320.0");
        for _ in 0..6 {
            story.place(buy(1).stop("1319.2"));
            story.wait_ms(600);
            story.print("1320.0");
        }
        let held = story.net("GC");
        story.flatten();
        for _ in 0..60 {
            story.wait_ms(200);
            story.print("1320.0");
        }
        let answered = story.receipt().flat;
        assert_eq!(answered, story.net("GC") == 0, "seed {seed}");
        assert_eq!(story.broker().position(contract("GC")).signed(), story.net("GC"), "seed {seed}");
        assert!((0..=held).contains(&story.net("GC")));
        not_flat += u32::from(!answered);
        let refused = story.book().orders().iter().filter(|(_, it)| it.status == OrderStatus::Failed);
        assert!(refused.count() > 0 || answered);
    }
    assert!((1..60).contains(&not_flat), "some end so, some do not: {not_flat}");
}
