//! A simulator that cannot fail proves nothing: each planted bug must be found, and named.

use phantom_sim::shrink::shrink;
use phantom_sim::{Cut, Plan, Planted, Run, Violation, Wish, play};

/// Within so many seeds each planted bug must be found.
const SEEDS: u64 = 60;

fn find(planted: Planted) -> Option<(Plan, Run, Violation)> {
    (1_000..1_000 + SEEDS).find_map(|seed| {
        let plan = Plan::of(seed, &Wish { orders: 150, ..Wish::default() });
        let run = play(&plan, &Cut { planted: Some(planted), ..Cut::default() });
        let violation = run.violation.clone()?;
        Some((plan, run, violation))
    })
}

fn is_found(planted: Planted) {
    let found = find(planted).map(|(_, _, violation)| violation);
    let named = found.as_ref().is_some_and(|violation| planted.breaks().contains(&violation.invariant));
    assert!(named, "{planted:?} in {SEEDS} seeds: {found:?}");
}

#[test]
fn an_exit_that_is_sent_twice_is_found() {
    is_found(Planted::DoubleExit);
}

#[test]
fn a_late_fill_that_is_lost_is_found() {
    is_found(Planted::LostLateFill);
}

#[test]
fn a_question_without_an_answer_read_as_flat_is_found() {
    is_found(Planted::FlatOnQueryFailure);
}

#[test]
fn a_stop_that_does_not_shrink_with_its_lot_is_found() {
    is_found(Planted::StopNotShrunk);
}

#[test]
fn a_send_that_may_have_left_and_is_repeated_is_found() {
    is_found(Planted::RetryUnknown);
}

#[test]
fn a_gate_that_leaves_out_unknown_orders_is_found() {
    is_found(Planted::GateIgnoresUnknown);
}

#[test]
fn a_touch_that_does_not_fire_is_found() {
    is_found(Planted::TouchMissed);
}

#[test]
fn an_execution_that_counts_twice_is_found() {
    is_found(Planted::CountedTwice);
}

#[test]
fn a_restart_that_loses_facts_is_found() {
    is_found(Planted::LostTail);
}

#[test]
fn a_trailing_stop_that_begins_anew_after_a_restart_is_found() {
    is_found(Planted::TrailBeginsAnew);
}

#[test]
fn an_account_that_is_compared_from_scratch_each_time_is_found() {
    is_found(Planted::ToldTwice);
}

#[test]
fn a_failing_run_is_cut_to_a_short_list_that_fails_the_same_way() {
    let (plan, run, violation) = find(Planted::TouchMissed).unwrap();
    let shrunk = shrink(&plan, &run, Some(Planted::TouchMissed)).unwrap();
    assert_eq!(shrunk.violation.invariant, violation.invariant);
    assert!(shrunk.events.len() < 20, "{} events of {}", shrunk.events.len(), run.events.len());
}
