//! Flatten all: from the press to the end of its watch.

use phantom_engine::{HaltChange, Input};
use phantom_model::{FailReason, Link};
use phantom_testkit::{Account, World, buy, sell};

/// A world that has seen 1320.0 in `GC` and 5000.00 in `NQ`.
pub(crate) fn open_market() -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.print_on("NQ", "5000.00");
    world
}

/// Long two in `GC`, armed.
pub(crate) fn long() -> World {
    let mut world = open_market();
    world.enter(buy(2).stop("1319.2").target("1321.0"), "1320.0");
    world.hush();
    world
}

#[test]
fn a_flat_desk_answers_at_once() {
    let mut world = open_market();
    world.flatten();
    world.expect("flatten F0 | exiting F0 | answer F0 FLAT");
    world.expect_requests("");
    world.advance_ms(30_000);
    world.expect("ended F0");
}

#[test]
fn openings_are_blocked_from_the_press_to_the_answer_and_exits_never() {
    let mut world = long();
    world.enter(buy(1).on("NQ"), "5000.00");
    world.place(sell(1).on("NQ").limit("5010.00"));
    world.hush();
    world.flatten();
    world.expect("flatten F0 | cancel T3");
    world.place(buy(1));
    world.expect("reject T4 flattening");
    world.place(sell(1));
    world.expect("submit T5 SELL 1 GC MARKET reduces");
    world.cancelled("T3");
    world.expect(
        "cancelled T3 | exiting F0
         submit F0-C0-X1 SELL 1 GC MARKET | submit F0-C1-X1 SELL 1 NQ MARKET",
    );
    world.place(buy(1));
    world.expect("reject T6 flattening");
    world.fill("T5", 1, "1320.0");
    world.fill("F0-C0-X1", 1, "1320.0");
    world.fill("F0-C1-X1", 1, "5000.00");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
    world.place(buy(1));
    world.expect("submit T7 BUY 1 GC MARKET");
}

#[test]
fn working_orders_are_cancelled_and_the_exits_leave_on_the_answers() {
    let mut world = long();
    world.place(buy(1).limit("1318.0"));
    world.place(sell(1).limit("1322.0"));
    world.hush();
    world.flatten();
    world.expect("flatten F0 | cancel T2 | cancel T3");
    world.expect_requests("cancel T2 | cancel T3");
    world.advance_ms(200);
    world.cancelled("T2");
    world.expect("cancelled T2");
    world.advance_ms(200);
    world.cancelled("T3");
    world.expect("cancelled T3 | exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET");
    world.fill("F0-C0-X1", 2, "1319.9");
    world.expect(
        "fill F0-C0-X1 2@1319.9 | reduced L0 2 by F0-C0-X1 1320.0>1319.9 -20.00
         closed T1 | closed F0-C0-X1 | answer F0 FLAT",
    );
}

#[test]
fn a_cancel_that_is_never_answered_holds_the_exits_back_for_half_a_second_only() {
    let mut world = long();
    world.place(buy(1).limit("1318.0"));
    world.hush();
    world.flatten();
    world.advance_ms(499);
    world.expect("flatten F0 | cancel T2");
    world.advance_ms(1);
    world.expect("exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET");
    world.fill("F0-C0-X1", 2, "1319.9");
    // Flat, but T2 may still fill: no answer yet.
    assert!(!world.said().iter().any(|line| line.starts_with("answer")));
    world.cancelled("T2");
    world.expect("cancelled T2 | answer F0 FLAT");
}

#[test]
fn a_refused_cancel_lets_the_exits_go_and_keeps_the_answer_back_until_the_order_is_proved_dead() {
    let mut world = long();
    world.place(buy(1).limit("1318.0"));
    world.hush();
    world.flatten();
    world.refuse_cancel("T2");
    world.expect("flatten F0 | cancel T2 | uncancelled T2 | exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET");
    world.expect_requests("cancel T2 | query T2 | send F0-C0-X1");
    world.fill("F0-C0-X1", 2, "1319.9");
    world.hush();
    // The answer to the query: it had been filled. That fill gets its own exit.
    world.fill("T2", 1, "1318.0");
    world.expect("fill T2 1@1318.0 | lot L1 T2 1@1318.0 | submit F0-C0-X2 SELL 1 GC MARKET");
    world.fill("F0-C0-X2", 1, "1317.9");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
}

#[test]
fn an_entry_that_fills_during_the_flatten_gets_its_own_exit() {
    let mut world = long();
    world.place(buy(3));
    world.hush();
    world.flatten();
    world.expect("flatten F0 | cancel T2");
    world.fill("T2", 1, "1320.1");
    world.expect("fill T2 1@1320.1 | lot L1 T2 1@1320.1");
    world.advance_ms(500);
    world.expect("exiting F0 | submit F0-C0-X1 SELL 3 GC MARKET");
    world.fill("T2", 1, "1320.1");
    world.expect("fill T2 1@1320.1 | grew L1 1@1320.1 | submit F0-C0-X2 SELL 1 GC MARKET");
    world.fill("F0-C0-X1", 3, "1320.0");
    world.fill("F0-C0-X2", 1, "1320.0");
    world.hush();
    world.cancelled("T2");
    world.expect("cancelled T2 | answer F0 FLAT");
}

#[test]
fn each_position_gets_one_market_exit_long_or_short() {
    let mut world = long();
    world.enter(buy(1), "1320.0");
    world.enter(sell(3).on("NQ").stop("5010.00"), "5000.00");
    world.enter(buy(4).on("MGC"), "1320.0");
    world.hush();
    world.flatten();
    world.expect(
        "flatten F0 | exiting F0 | submit F0-C0-X1 SELL 3 GC MARKET
         submit F0-C1-X1 BUY 3 NQ MARKET | submit F0-C2-X1 SELL 4 MGC MARKET",
    );
}

#[test]
fn a_flatten_closes_only_what_no_other_exit_will_close() {
    let mut world = long();
    world.enter(buy(2), "1320.0");
    world.place(sell(1));
    world.print("1319.2");
    // Of four: one in flight by T3, one more of the first lot by its stop.
    world.hush();
    world.flatten();
    world.expect("flatten F0 | exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET");
    world.fill("L0-X1", 1, "1319.1");
    world.fill("T3", 1, "1319.1");
    world.fill("F0-C0-X1", 2, "1319.1");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
}

#[test]
fn a_phantom_stays_armed_until_the_flattens_exit_leaves() {
    let mut world = long();
    world.place(buy(1).limit("1318.0"));
    world.hush();
    world.flatten();
    assert_eq!(world.armed(0), 2);
    world.print("1319.2");
    world.expect("flatten F0 | cancel T2 | fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
    world.cancelled("T2");
    world.expect("cancelled T2 | exiting F0");
    // The other way round: the exit of the flatten has left, and the stop is hit.
    let mut world = long();
    world.flatten();
    world.hush();
    assert_eq!(world.armed(0), 0);
    world.print("1319.2");
    world.expect("");
}

#[test]
fn pressing_it_twice_is_the_same_as_once() {
    let mut world = long();
    world.flatten();
    world.hush();
    world.flatten();
    world.flatten();
    world.expect("joined F0 | joined F0");
    world.expect_requests("");
    world.fill("F0-C0-X1", 2, "1319.9");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
}

#[test]
fn at_ten_seconds_it_answers_not_flat_and_goes_on() {
    let mut world = long();
    world.flatten();
    world.accept("F0-C0-X1");
    world.hush();
    world.advance_ms(9_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("answer F0 NOT_FLAT");
    world.fill("F0-C0-X1", 1, "1319.9");
    world.hush();
    // What the broker took out of the market after the answer is sent again.
    world.cancelled("F0-C0-X1");
    world.expect("cancelled F0-C0-X1 | submit F0-C0-X2 SELL 1 GC MARKET");
}

#[test]
fn a_resting_exit_that_comes_in_during_the_flatten_is_cancelled_too() {
    let mut world = long();
    world.place(buy(1).limit("1318.0"));
    world.flatten();
    world.place(sell(2).limit("1325.0"));
    world.hush();
    world.cancelled("T2");
    world.expect("cancelled T2 | exiting F0 | cancel T3");
    world.cancelled("T3");
    world.expect("cancelled T3 | submit F0-C0-X1 SELL 2 GC MARKET");
}

#[test]
fn more_than_a_thousand_contracts_leave_in_several_orders() {
    let mut world = open_market();
    for _ in 0..3 {
        world.enter(buy(800), "1320.0");
    }
    world.hush();
    world.flatten();
    world.expect(
        "flatten F0 | exiting F0 | submit F0-C0-X1 SELL 1000 GC MARKET
         submit F0-C0-X2 SELL 1000 GC MARKET | submit F0-C0-X3 SELL 400 GC MARKET",
    );
    world.fill("F0-C0-X2", 1000, "1320.0");
    world.fill("F0-C0-X1", 1000, "1320.0");
    world.fill("F0-C0-X3", 400, "1320.0");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
}

#[test]
fn refused_exits_climb_the_ladder_and_the_last_refusal_raises_the_alarm() {
    let mut world = long();
    world.flatten();
    world.hush();
    for (exit, next) in [
        ("F0-C0-X1", "submit F0-C0-X2 SELL 2 GC MARKET"),
        ("F0-C0-X2", "submit F0-C0-X3 SELL 2 GC LIMIT 1318.0"),
        ("F0-C0-X3", "submit F0-C0-X4 SELL 2 GC MARKET"),
        ("F0-C0-X4", "alarm flatten_stuck GC"),
    ] {
        world.fail(exit);
        world.expect(&format!("failed {exit} broker_refused | {next}"));
    }
    world.expect_requests("send F0-C0-X2 | send F0-C0-X3 | native F0-C0-X4");
    world.advance_ms(10_000);
    world.expect("answer F0 NOT_FLAT");
    // Its phantom is armed again, and the one-click exit works.
    assert_eq!(world.armed(0), 2);
    world.place(sell(2));
    world.fill("T2", 2, "1319.0");
    assert_eq!(world.net("GC"), 0);
}

#[test]
fn a_ladder_that_ends_after_the_answer_raises_the_alarm_too() {
    let mut world = open_market();
    world.place(buy(1).limit("1319.0"));
    world.flatten();
    world.cancelled("T1");
    world.fill("T1", 1, "1319.0");
    world.fail("F0-C0-X1");
    world.fail("F0-C0-X2");
    world.fail("F0-C0-X3");
    world.hush();
    world.fail("F0-C0-X4");
    world.expect("failed F0-C0-X4 broker_refused | alarm flatten_stuck GC");
}

#[test]
fn a_contract_that_was_closed_by_hand_is_not_called_stuck() {
    let mut world = long();
    world.enter(buy(1).on("NQ"), "5000.00");
    world.flatten();
    for exit in ["F0-C0-X1", "F0-C0-X2", "F0-C0-X3", "F0-C0-X4"] {
        world.fail(exit);
    }
    world.place(sell(2));
    world.fill("T3", 2, "1319.0");
    world.accept("F0-C1-X1");
    world.hush();
    world.advance_ms(10_000);
    world.expect("answer F0 NOT_FLAT");
}

#[test]
fn a_marketable_limit_of_a_flatten_that_rests_makes_room_for_the_native_close() {
    let mut world = long();
    world.flatten();
    world.fail("F0-C0-X1");
    world.fail("F0-C0-X2");
    world.accept("F0-C0-X3");
    world.hush();
    world.advance_ms(500);
    world.expect("cancel F0-C0-X3");
    world.cancelled("F0-C0-X3");
    world.expect("cancelled F0-C0-X3 | submit F0-C0-X4 SELL 2 GC MARKET");
    world.expect_requests("cancel F0-C0-X3 | native F0-C0-X4");
}

#[test]
fn the_kill_switch_does_not_hold_a_flatten_back() {
    let mut world = long();
    world.halt(HaltChange::Kill);
    world.hush();
    world.flatten();
    world.expect("flatten F0 | exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET");
    world.fill("F0-C0-X1", 2, "1319.0");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
    world.place(buy(1));
    assert!(world.said()[0].starts_with("reject T2"));
}

#[test]
fn a_lock_closes_everything_and_a_flatten_joins_what_it_does() {
    let mut world = long();
    world.hush();
    world.lock_out();
    world.expect(
        "locked by by_hand until 1970-01-01 17:00 CT
         flatten F0 | exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET",
    );
    world.flatten();
    world.expect("joined F0");
    world.fill("F0-C0-X1", 2, "1319.0");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
    world.place(buy(1));
    assert!(world.said()[0].starts_with("reject T2"));
}

#[test]
fn the_answer_is_not_flat_while_a_single_order_may_still_fill() {
    let mut world = open_market();
    world.place(buy(1).limit("1318.0"));
    world.hush();
    world.flatten();
    world.advance_ms(10_000);
    world.expect(
        "flatten F0 | cancel T1 | exiting F0 | unknown T1 | alarm cancel_unanswered T1 | answer F0 NOT_FLAT",
    );
    world.cancelled("T1");
    world.expect("cancelled T1 | settled F0");
}

#[test]
fn a_target_in_flight_is_waited_for_and_not_closed_again() {
    let mut world = long();
    world.print("1321.0");
    world.hush();
    world.flatten();
    world.expect("flatten F0 | exiting F0");
    world.fill("L0-X1", 1, "1321.0");
    // The broker takes the rest out of the market: the lot goes on by itself.
    world.cancelled("L0-X1");
    world.expect(
        "fill L0-X1 1@1321.0 | reduced L0 1 by L0-X1 1320.0>1321.0 100.00
         cancelled L0-X1 | submit L0-X2 SELL 1 GC MARKET",
    );
    world.fill("L0-X2", 1, "1320.9");
    assert_eq!(world.said().last().unwrap(), "answer F0 FLAT");
}

#[test]
fn a_cancel_that_was_lost_is_asked_for_again_once_the_broker_says_that_the_order_works() {
    let mut world = long();
    world.place(buy(1).limit("1318.0"));
    world.accept("T2");
    world.flatten();
    world.advance_ms(5_000);
    world.hush();
    world.accept("T2");
    world.expect("accept T2 | cancel T2");
    world.expect_requests("cancel T2");
}

#[test]
fn the_marketable_limit_of_a_flatten_has_its_half_second_whatever_is_reported_meanwhile() {
    let mut world = long();
    world.flatten();
    world.fail("F0-C0-X1");
    world.fail("F0-C0-X2");
    world.hush();
    world.fill("F0-C0-X3", 1, "1318.0");
    world.expect("fill F0-C0-X3 1@1318.0 | reduced L0 1 by F0-C0-X3 1320.0>1318.0 -200.00");
}

#[test]
fn each_part_of_a_large_position_has_a_ladder_of_its_own() {
    let mut world = World::new();
    world.print("1320.0");
    for _ in 0..3 {
        world.enter(buy(1_000), "1320.0");
    }
    world.flatten();
    let asked = world.asked();
    assert!(asked.ends_with(&["send F0-C0-X1", "send F0-C0-X2", "send F0-C0-X3"].map(str::to_owned)));
    // Each part is refused once: each goes out the same again.
    for (part, again) in [("F0-C0-X1", "X4"), ("F0-C0-X2", "X5"), ("F0-C0-X3", "X6")] {
        world.hush();
        world.fail(part);
        world.expect(&format!("failed {part} broker_refused | submit F0-C0-{again} SELL 1000 GC MARKET"));
    }
    // One part goes up its whole ladder; the others are not touched by that.
    for (part, next) in [("X4", "X7 SELL 1000 GC LIMIT 1318.0"), ("X7", "X8 SELL 1000 GC MARKET")] {
        world.hush();
        world.fail(&format!("F0-C0-{part}"));
        world.expect(&format!("failed F0-C0-{part} broker_refused | submit F0-C0-{next}"));
    }
    world.hush();
    world.fail("F0-C0-X8");
    world.expect("failed F0-C0-X8 broker_refused | alarm flatten_stuck GC");
    world.fail("F0-C0-X5");
    world.expect("failed F0-C0-X5 broker_refused | submit F0-C0-X9 SELL 1000 GC LIMIT 1318.0");
    world.fill("F0-C0-X9", 1_000, "1318.0");
    world.fill("F0-C0-X6", 1_000, "1318.0");
    world.hush();
    world.advance_ms(10_000);
    world.expect("answer F0 NOT_FLAT");
    assert_eq!(world.net("GC"), 1_000);
}

#[test]
fn the_last_exit_that_a_flatten_can_send_says_so() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(300).limit("1319.0"));
    world.accept("T1");
    world.enter(buy(1), "1320.0");
    world.flatten();
    world.advance_ms(500);
    world.fill("F0-C0-X1", 1, "1319.0");
    for exit in 2..=255 {
        assert!(!world.said().contains(&"alarm flatten_stuck GC".to_owned()), "before exit {exit}");
        world.fill("T1", 1, "1319.0");
        world.fill(&format!("F0-C0-X{exit}"), 1, "1319.0");
    }
    assert!(world.said().contains(&"alarm flatten_stuck GC".to_owned()));
    world.fill("T1", 1, "1319.0");
    assert_eq!(world.net("GC"), 1, "a person has been told");
}

#[test]
fn an_exit_that_never_came_costs_no_rung_and_the_next_one_stands_where_it_stood() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2), "1320.0");
    world.flatten();
    world.fail("F0-C0-X1");
    world.fail("F0-C0-X2");
    assert!(world.said().contains(&"submit F0-C0-X3 SELL 2 GC LIMIT 1318.0".to_owned()));
    world.feed(Input::Link(Link::Down));
    world.fail_for("F0-C0-X3", FailReason::NeverSent);
    world.feed(Input::Link(Link::Up));
    world.hush();
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("reconciled | submit F0-C0-X4 SELL 2 GC LIMIT 1318.0");
}
