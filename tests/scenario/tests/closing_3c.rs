//! Closing when the broker refuses, when others close too, and after the end.

use phantom_broker_mock::{MockSettings, Refusals};
use phantom_compliance::{Limits, ShortSelling};
use phantom_engine::{Decision, Handling, Input, Origin};
use phantom_model::{FailReason, OrderStatus, Qty, Side, SignalRef};
use phantom_testkit::{buy, contract, sell};
use scenario::account::Account;
use scenario::brokers::ByHand;
use scenario::openings::{holding, open_market, with_targets};
use scenario::story::Story;

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

/// Net 40 and a clip of ten: four orders of ten, each counted, and at the end nothing is held.
#[test]
fn f_13_a_position_leaves_in_the_clips_that_the_trader_has_set() {
    let mut story = holding(buy(40).stop("1319.2"));
    story.set_handling(Handling { clip: Qty::new(10).unwrap(), ..Handling::STANDARD });
    story.flatten();
    let exits: Vec<String> = (1..=4).map(|n| format!("F0-C0-X{n}")).collect();
    let sent: Vec<String> = exits.iter().map(|id| format!("send {id} SELL 10 GC MARKET")).collect();
    story.expect_sent(&sent.join("|"));
    for (n, id) in exits.iter().enumerate() {
        assert_eq!(story.net("GC"), 40 - 10 * i64::try_from(n).unwrap());
        story.fill(id, 10, "1320.0");
    }
    assert!(story.is_flat() && story.receipt().flat);
    let closed: Vec<u32> = story.receipt().closed.iter().map(|row| row.qty).collect();
    assert_eq!(closed, [10, 10, 10, 10]);
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

/// The same when nothing at all is heard of one contract's exit.
#[test]
fn f_14_a_contract_of_which_nothing_is_heard_does_not_hold_the_other_up() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.enter(sell(2).on("NQ").stop("5010.00"), "5000.00");
    story.flatten();
    story.fill("F0-C0-X1", 2, "1320.0");
    assert_eq!((story.net("GC"), story.times("answer F0 FLAT")), (0, 0));
    story.wait_ms(10_000);
    assert!(!story.receipt().flat);
    assert_eq!(
        story.receipt().still_open.first().map(|(it, net)| (*it, net.signed())),
        Some((contract("NQ"), -2))
    );
    assert_eq!((story.exits_sent("NQ").len(), story.times("unknown F0-C1-X1")), (1, 1));
    story.fill("F0-C1-X1", 2, "5000.00");
    assert!(story.is_flat());
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
        // The receipt is open again: what it had called closed is not.
        let reopened = story.revised_receipt();
        assert_eq!((reopened.flat, reopened.revisions, reopened.still_open.len()), (false, 1, 1));
        story.fill("F0-C0-X1", 2, "1320.0");
        assert!(story.is_flat());
        let settled = story.revised_receipt();
        assert_eq!((settled.flat, settled.revisions, settled.still_open.len()), (true, 2, 0));
        let closed: Vec<(String, u32)> =
            settled.closed.iter().map(|row| (row.order.to_string(), row.qty)).collect();
        assert_eq!(closed, [("F0-C0-X1".to_owned(), 2)]);
        assert!(story.receipt().closed.is_empty(), "the answer itself stays what it was");
    }
}

/// What somebody trades after the answer is no part of the revised receipt.
#[test]
fn f_21_a_revised_receipt_tells_of_nothing_newer_than_the_flatten() {
    let mut story = holding(buy(2));
    story.place(buy(1).limit("1319.0"));
    story.flatten();
    story.cancelled("T2");
    story.fill("F0-C0-X1", 2, "1320.0");
    assert!(story.receipt().flat);
    story.enter(buy(1), "1320.0");
    story.enter(sell(1), "1321.0");
    story.fill("T2", 1, "1319.0");
    story.fill("F0-C0-X2", 1, "1319.5");
    let receipt = story.revised_receipt();
    assert_eq!((receipt.flat, receipt.revisions), (true, 2));
    let closed: Vec<String> = receipt.closed.iter().map(|row| row.order.to_string()).collect();
    assert_eq!(closed, ["F0-C0-X1", "F0-C0-X2"]);
    story.expect_history("answer F0 FLAT | reopened F0 | settled F0");
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

/// The same at the mock broker, which takes its time: whatever was sent closes the position once.
#[test]
fn f_25_a_rule_that_polls_a_slow_broker_closes_once() {
    for seed in 0..20 {
        let mut story = Story::at_mock(MockSettings::window(seed));
        story.print("1320.0");
        story.place(buy(3).stop("1319.2"));
        story.wait_ms(600);
        story.print("1320.0");
        for _ in 0..80 {
            story.feed(Input::Flatten { origin: Origin::Rule });
            story.wait_ms(50);
            story.print("1319.0");
        }
        let exits = story.exits_sent("GC");
        assert_eq!(exits.iter().map(|(_, qty)| qty).sum::<u32>(), 3, "seed {seed}: {exits:?}");
        assert!(story.is_flat());
        assert_eq!(story.broker().position(contract("GC")).signed(), 0);
    }
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

/// The market goes through the stop while the exits of the flatten are refused one by one. While an exit is
/// on its way to the market the stop leaves it to that; after the last refusal the next trade fires it.
#[test]
fn f_26_a_stop_crossed_during_the_refusals_fires_after_the_last() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.flatten();
    for exit in 1..=4 {
        if exit != 3 {
            story.print("1319.1");
        }
        story.fail(&format!("F0-C0-X{exit}"), FailReason::PriceBand);
    }
    assert_eq!(story.exits_sent("GC").len(), 4);
    story.hush();
    story.print("1319.0");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

/// The third exit of the flatten is a limit that rests. A stop that is hit then takes over: the limit is
/// asked back, and the stop's exit leaves with its end. The flatten sends none beside it.
#[test]
fn f_26_a_stop_takes_over_from_an_exit_of_the_flatten_that_rests() {
    let mut story = holding(buy(2).stop("1319.2"));
    story.flatten();
    story.fail("F0-C0-X1", FailReason::PriceBand);
    story.fail("F0-C0-X2", FailReason::PriceBand);
    story.hush();
    story.print("1319.1");
    story.expect_sent("cancel F0-C0-X3");
    story.cancelled("F0-C0-X3");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    story.fill("L0-X1", 2, "1319.0");
    assert!(story.is_flat() && story.receipt().flat);
    story.expect_sent("");
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
