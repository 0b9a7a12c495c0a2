//! Stops that a person moves, that follow the market, and that go to the entry.

use phantom_compliance::{EvenChange, Protect, StopChange, TargetChange};
use phantom_engine::book::LotState;
use phantom_model::{ArenaKey, BreakEven, FailReason, LotId};
use phantom_testkit::{Draft, buy, offset, price, sell};
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

/// The stop goes to a price; one that trails goes on from there.
fn stop_at(at: &str) -> Protect {
    Protect { stop: StopChange::At(price("GC", at)), ..Protect::default() }
}

/// One order fills one contract at one price and three at another: break-even counts from the mean of all
/// four, weighted by contracts, and puts the stop there.
#[test]
fn s_09_break_even_counts_from_the_average_entry_weighted_by_contracts() {
    for (draft, fills, near, far, stop, exit) in [
        // (1320.0 + 3 x 1320.4) / 4 = 1320.3
        (
            buy(4).limit("1321.0").even(5, 0),
            [(1, "1320.0"), (3, "1320.4")],
            "1320.7",
            "1320.8",
            "1320.3",
            "SELL",
        ),
        (
            buy(4).limit("1321.0").even(5, 2),
            [(3, "1320.0"), (1, "1320.4")],
            "1320.5",
            "1320.6",
            "1320.3",
            "SELL",
        ),
        (
            sell(4).limit("1319.0").even(5, 0),
            [(1, "1320.4"), (3, "1320.0")],
            "1319.7",
            "1319.6",
            "1320.1",
            "BUY",
        ),
    ] {
        let mut story = Story::by_hand();
        story.print("1320.0");
        story.place(draft);
        for (contracts, at) in fills {
            story.fill("T1", contracts, at);
        }
        story.print(near);
        assert_eq!(story.legs(0), "- -", "not far enough");
        story.print(far);
        assert_eq!(story.legs(0), format!("{stop} -"));
        story.hush();
        story.print(stop);
        story.expect_sent(&format!("send L0-X1 {exit} 4 GC MARKET"));
    }
}

/// Two entries are two lots, each with a stop of its own: break-even for all of the position puts each stop
/// to the entry of its own lot.
#[test]
fn s_09_each_lot_goes_to_its_own_entry() {
    let mut story = holding(buy(1).stop("1319.0"));
    story.enter(buy(3).stop("1319.0"), "1320.4");
    let even = EvenChange::Set(BreakEven::new(offset(5), 0).expect("0 is below 5"));
    story.protect_all(Protect { even, ..Protect::default() });
    story.print("1320.6");
    assert_eq!((story.legs(0).as_str(), story.legs(1).as_str()), ("1320.0 -", "1319.0 -"));
    story.print("1320.9");
    assert_eq!((story.legs(0).as_str(), story.legs(1).as_str()), ("1320.0 -", "1320.4 -"));
    story.hush();
    story.print("1320.2");
    story.expect_sent("send L1-X1 SELL 3 GC MARKET");
}

/// A stop is put where the market already is, or beyond it: refused with a reason, with an order as with a
/// move, and what protected the lot before goes on doing so.
#[test]
fn s_12_a_stop_that_the_market_has_reached_is_refused_and_never_silently_idle() {
    for (draft, wrong, old, exit) in [
        (buy(2).stop("1319.2"), ["1320.0", "1320.1", "1325.0"], "1319.2", "send L0-X1 SELL 2 GC MARKET"),
        (sell(2).stop("1320.8"), ["1320.0", "1319.9", "1315.0"], "1320.8", "send L0-X1 BUY 2 GC MARKET"),
    ] {
        let mut story = holding(draft);
        for at in wrong {
            story.protect(0, stop_at(at));
            story.expect_said("reject_protection L0 stop_wrong_side");
            assert_eq!(story.legs(0), format!("{old} -"));
        }
        for at in wrong {
            let more = if old == "1319.2" { buy(1).stop(at) } else { sell(1).stop(at) };
            let id = story.place(more);
            story.expect_said(&format!("reject {id} stop_wrong_side"));
        }
        story.expect_sent("");
        story.print(old);
        story.expect_sent(exit);
    }
}

/// The fill itself has passed the stop: it fires on the next trade, and is not forgotten.
#[test]
fn s_12_a_stop_that_its_own_fill_has_passed_fires_on_the_next_trade() {
    let mut story = Story::by_hand();
    story.print("1320.0");
    story.place(buy(1).limit("1320.0").stop("1319.2"));
    story.print("1318.0");
    story.fill("T1", 1, "1320.0");
    story.hush();
    story.print("1318.0");
    story.expect_sent("send L0-X1 SELL 1 GC MARKET");
}

/// A trailing stop is at its best when the program dies. Whatever is traded after the restart, it is where
/// it was or tighter.
#[test]
fn s_18_a_trailing_stop_is_never_looser_after_a_restart() {
    for (draft, path, stop, between, better, tighter, exit) in [
        (buy(2).trail(10), ["1320.5", "1321.0", "1320.4"], "1320.0", "1320.1", "1321.3", "1320.3", "SELL"),
        (sell(2).trail(10), ["1319.5", "1319.0", "1319.6"], "1320.0", "1319.9", "1318.7", "1319.7", "BUY"),
    ] {
        for prints_before in 2..=3 {
            for goes_on in [false, true] {
                let mut story = holding(draft);
                for at in path.into_iter().take(prints_before) {
                    story.print(at);
                }
                story.restart();
                assert_eq!(story.legs(0), format!("{stop} -"));
                story.print(between);
                assert_eq!(story.legs(0), format!("{stop} -"));
                let mut at = stop;
                if goes_on {
                    story.print(better);
                    assert_eq!(story.legs(0), format!("{tighter} -"));
                    at = tighter;
                }
                story.hush();
                story.print(at);
                story.expect_sent(&format!("send L0-X1 {exit} 2 GC MARKET"));
            }
        }
    }
}

/// A trailing stop is moved by hand, closer or further away: it goes on from there at the distance that it
/// then has, and no trade brings it back to where it was.
#[test]
fn s_20_a_dragged_trailing_stop_goes_on_from_where_it_was_put() {
    for (draft, best, dragged, back, new_best, after) in [
        (buy(1).trail(10), "1321.0", "1320.4", "1320.6", "1321.2", "1320.6"),
        (buy(1).trail(10), "1321.0", "1319.0", "1320.0", "1321.2", "1319.2"),
        (sell(1).trail(10), "1319.0", "1319.6", "1319.4", "1318.8", "1319.4"),
        (sell(1).trail(10), "1319.0", "1321.0", "1320.0", "1318.8", "1320.8"),
    ] {
        let mut story = holding(draft);
        story.print(best);
        story.protect(0, stop_at(dragged));
        assert_eq!(story.legs(0), format!("{dragged} -"));
        for _ in 0..3 {
            story.print(back);
            story.print(best);
            assert_eq!(story.legs(0), format!("{dragged} -"), "it never snaps back");
        }
        story.print(new_best);
        assert_eq!(story.legs(0), format!("{after} -"));
        story.restart();
        assert_eq!(story.legs(0), format!("{after} -"));
    }
}

/// A stop is moved many times: there is one before, one after, and none of it is at the broker. The old
/// price fires nothing, the new one fires once.
#[test]
fn s_21_a_moved_stop_is_one_stop_all_the_time() {
    for (draft, moves, old, new, exit) in [
        (
            buy(2).stop("1319.0"),
            ["1319.2", "1318.8", "1318.5"],
            "1319.0",
            "1318.5",
            "send L0-X1 SELL 2 GC MARKET",
        ),
        (
            buy(2).stop("1318.0"),
            ["1318.5", "1319.5", "1319.2"],
            "1319.5",
            "1319.2",
            "send L0-X1 SELL 2 GC MARKET",
        ),
        (
            sell(2).stop("1321.0"),
            ["1320.8", "1321.2", "1321.5"],
            "1321.0",
            "1321.5",
            "send L0-X1 BUY 2 GC MARKET",
        ),
    ] {
        let mut story = holding(draft);
        for at in moves {
            story.protect(0, stop_at(at));
            assert_eq!((story.legs(0), story.armed(0)), (format!("{at} -"), 2));
        }
        story.expect_sent("");
        story.print(old);
        story.expect_sent("");
        story.print(new);
        story.expect_sent(exit);
        story.print(old);
        story.print(new);
        story.expect_sent("");
    }
}

/// What rests at the broker is moved as one order under one id: no second order is sent for it, a second
/// move waits for the answer to the first, and the stop protects what it protected.
#[test]
fn s_21_a_moved_resting_exit_stays_one_order() {
    for refused in [false, true] {
        let mut story = holding(buy(2).stop("1319.2"));
        story.place(sell(1).limit("1322.0"));
        story.accept("T2");
        story.hush();
        story.change("T2", None, Some("1321.0"));
        story.expect_sent("change T2 1 at 1321.0");
        assert_eq!(story.armed(0), 1);
        story.change("T2", None, Some("1321.5"));
        story.expect_sent("");
        if refused {
            story.refuse_change("T2");
            story.expect_sent("query T2");
        } else {
            story.changed("T2", 1, "1321.0");
            story.expect_sent("");
        }
        assert_eq!(story.armed(0), 1);
        story.print("1319.2");
        story.expect_sent("cancel T2");
        story.cancelled("T2");
        story.expect_sent("send L0-X1 SELL 2 GC MARKET");
        assert_eq!(story.exits_sent("GC").len(), 2);
    }
}

/// An exit that is to rest, or new terms of one that rests, is refused for a reason that says nothing of the
/// market: nothing is sent in its place, and the stop covers all of the lot again.
#[test]
fn s_26_a_refused_resting_exit_is_never_turned_into_a_market_order() {
    for reason in [FailReason::PriceBand, FailReason::RateLimit, FailReason::Margin, FailReason::Unspecified]
    {
        for accepted_first in [false, true] {
            let mut story = holding(buy(2).stop("1319.2"));
            story.place(sell(2).limit("1322.0"));
            if accepted_first {
                story.accept("T2");
            }
            story.hush();
            story.fail("T2", reason);
            for at in ["1322.5", "1320.0", "1319.3"] {
                story.print(at);
                story.wait_ms(10_000);
            }
            story.expect_sent("");
            assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
            // It is placed again as a person corrects it; or the stop is hit.
            story.place(sell(2).limit("1321.0"));
            story.expect_sent("send T3 SELL 2 GC LIMIT 1321.0");
            story.fail("T3", reason);
            story.print("1319.2");
            story.expect_sent("send L0-X1 SELL 2 GC MARKET");
        }
    }
}

/// The same for new terms: the order keeps its old ones, the broker is asked, and nothing else is sent.
#[test]
fn s_26_refused_new_terms_leave_the_order_and_the_stop_as_they_were() {
    let mut story = holding(buy(3).stop("1319.2"));
    story.place(sell(1).limit("1322.0"));
    story.accept("T2");
    story.change("T2", Some(2), Some("1321.0"));
    assert_eq!(story.armed(0), 1, "it may fill two");
    story.hush();
    story.refuse_change("T2");
    story.expect_sent("query T2");
    assert_eq!(story.armed(0), 2);
    story.print("1321.5");
    story.wait_ms(60_000);
    story.expect_sent("");
    story.print("1319.2");
    story.expect_sent("cancel T2");
    story.cancelled("T2");
    story.expect_sent("send L0-X1 SELL 3 GC MARKET");
}

/// A lot has a stop and a target, and a person takes one of them away: what stays is told in the same fact,
/// and a lot with neither is called bare. What stays works; what was taken away does not.
#[test]
fn o_04_taking_one_leg_away_says_what_stays() {
    let without_stop = Protect { stop: StopChange::Remove, ..Protect::default() };
    let without_target = Protect { target: TargetChange::Remove, ..Protect::default() };
    for (change, told, gone, stays) in [
        (without_stop, "protect L0 #1 target 1320.8", "1319.0", "1320.8"),
        (without_target, "protect L0 #1 stop 1319.2", "1321.0", "1319.2"),
    ] {
        let mut story = holding(buy(1).stop("1319.2").target("1320.8"));
        story.protect(0, change);
        story.expect_said(told);
        story.print(gone);
        story.expect_sent("");
        story.print(stays);
        story.expect_sent("send L0-X1 SELL 1 GC MARKET");
    }
    let mut story = holding(sell(1).stop("1320.8").target("1319.2"));
    story.protect(0, without_stop);
    story.protect(0, without_target);
    story.expect_said("protect L0 #1 target 1319.2 | protect L0 #2");
    assert_eq!(story.book().lots().at(LotId::from_row(0)).state, LotState::Bare);
    for at in ["1321.0", "1319.0"] {
        story.print(at);
    }
    story.expect_sent("");
}
