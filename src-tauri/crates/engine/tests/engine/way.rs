//! Exits while there is no way to the broker: they wait for it and for the account, and spend no rung.

use phantom_engine::Input;
use phantom_model::{FailReason, Link, Side};
use phantom_testkit::{Account, World, buy};

use crate::exits::holding;
use crate::stops::filled_shadow;

/// Long two at 1320.0; the stop has fired, and the way has broken before a byte of its exit left.
fn cut_off() -> World {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
    world.feed(Input::Link(Link::Down));
    world.hush();
    world.fail_for("L0-X1", FailReason::NeverSent);
    world.expect("failed L0-X1 never_sent | alarm exit_slow L0");
    world
}

#[test]
fn a_stop_that_fires_without_a_way_is_told_at_once_and_leaves_once_the_account_is_known() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.feed(Input::Link(Link::Down));
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | alarm exit_slow L0");
    world.feed(Input::Link(Link::Up));
    world.print("1318.0");
    world.expect("link up");
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("reconciled | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn a_stop_that_fires_before_the_account_is_known_waits_for_it_and_is_told_when_that_takes_long() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.feed(Input::Link(Link::Up));
    world.print("1319.2");
    world.expect("link up | fired L0 stop 1319.2");
    world.advance_ms(999);
    world.expect("");
    world.advance_ms(1);
    world.expect("alarm exit_slow L0");
    // Half of it was closed by another hand meanwhile: what is left leaves, and not one more.
    world.foreign_fill(7, Side::Sell, 1, "1319.0");
    let account = Account::of(&world);
    world.answer(&account);
    let said = world.said();
    assert!(said.contains(&"submit L0-X1 SELL 1 GC MARKET".to_owned()), "{said:?}");
}

#[test]
fn an_exit_that_never_left_waits_for_the_way_and_for_the_account_and_spends_no_rung() {
    let mut world = cut_off();
    world.print("1318.0");
    world.advance_ms(3_600_000);
    world.expect("");
    world.feed(Input::Link(Link::Up));
    world.print("1318.0");
    world.expect("link up");
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("reconciled | submit L0-X2 SELL 2 GC MARKET");
    // The ladder begins here: the same again first.
    world.fail("L0-X2");
    world.expect("failed L0-X2 broker_refused | submit L0-X3 SELL 2 GC MARKET");
    world.fail("L0-X3");
    world.expect("failed L0-X3 broker_refused | submit L0-X4 SELL 2 GC LIMIT 1316.0");
}

#[test]
fn a_way_that_comes_and_goes_leaves_the_lot_an_exit_and_its_ladder() {
    let mut world = cut_off();
    for next in 2..=9 {
        world.feed(Input::Link(Link::Up));
        let account = Account::of(&world);
        world.answer(&account);
        world.expect(&format!("link up | reconciled | submit L0-X{next} SELL 2 GC MARKET"));
        world.feed(Input::Link(Link::Down));
        world.fail_for(&format!("L0-X{next}"), FailReason::NeverSent);
        world.expect(&format!("link down | failed L0-X{next} never_sent | alarm exit_slow L0"));
    }
}

#[test]
fn while_the_way_is_there_an_exit_that_never_leaves_climbs_the_ladder() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.hush();
    for (exit, next) in [
        ("L0-X1", "submit L0-X2 SELL 2 GC MARKET"),
        ("L0-X2", "submit L0-X3 SELL 2 GC LIMIT 1317.2"),
        ("L0-X3", "submit L0-X4 SELL 2 GC MARKET"),
        ("L0-X4", "unprotected L0 | alarm unprotected L0"),
    ] {
        world.fail_for(exit, FailReason::NeverSent);
        world.expect(&format!("failed {exit} never_sent | {next}"));
    }
}

#[test]
fn what_a_stop_at_the_broker_closed_meanwhile_leaves_no_second_time() {
    let mut world = cut_off();
    world.feed(Input::Link(Link::Up));
    world.hush();
    let account = filled_shadow(&world);
    world.answer(&account);
    world.print("1319.0");
    let said = world.said();
    assert!(!said.iter().any(|line| line.contains("submit")), "{said:?}");
    assert_eq!(world.net("GC"), 0);
}

#[test]
fn an_account_that_does_not_come_keeps_the_exit_in_for_a_while_only() {
    let mut world = cut_off();
    world.feed(Input::Link(Link::Up));
    world.hush();
    // Three answers are overdue after 5 s each, with 1 s and 2 s between them.
    world.advance_ms(17_999);
    assert!(!world.said().contains(&"submit L0-X2 SELL 2 GC MARKET".to_owned()));
    world.advance_ms(1);
    world.expect("alarm stops_unconfirmed GC | submit L0-X2 SELL 2 GC MARKET");
}

#[test]
fn a_flatten_without_a_way_waits_too_and_goes_on_with_its_first_rung() {
    let mut world = holding(buy(2));
    world.feed(Input::Link(Link::Down));
    world.hush();
    world.flatten();
    world.expect("flatten F0 | exiting F0");
    world.print("1318.0");
    world.feed(Input::Link(Link::Up));
    world.expect("link up");
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("reconciled | submit F0-C0-X1 SELL 2 GC MARKET");
    // It goes down with the way: that spends nothing.
    world.feed(Input::Link(Link::Down));
    world.fail_for("F0-C0-X1", FailReason::NeverSent);
    world.expect("link down | failed F0-C0-X1 never_sent");
    world.feed(Input::Link(Link::Up));
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("link up | reconciled | submit F0-C0-X2 SELL 2 GC MARKET");
    world.fail("F0-C0-X2");
    world.expect("failed F0-C0-X2 broker_refused | submit F0-C0-X3 SELL 2 GC MARKET");
}

#[test]
fn an_exit_that_went_down_with_the_way_is_sent_again_and_spends_no_rung() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    for next in 2..=6 {
        let lost = format!("L0-X{}", next - 1);
        world.advance_ms(1);
        world.feed(Input::Link(Link::Down));
        world.advance_ms(10_000);
        world.feed(Input::Link(Link::Up));
        world.hush();
        let account = Account::of(&world).without(&lost);
        world.answer(&account);
        let again = format!("submit L0-X{next} SELL 2 GC MARKET");
        world.expect(&format!("failed {lost} absent_at_broker | reconciled | {again}"));
    }
}

#[test]
fn an_exit_that_the_broker_has_not_though_the_way_held_climbs_the_ladder() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.hush();
    for (lost, next) in
        [("L0-X1", "submit L0-X2 SELL 2 GC MARKET"), ("L0-X2", "submit L0-X3 SELL 2 GC LIMIT 1317.2")]
    {
        world.advance_ms(10_000);
        world.hush();
        let account = Account::of(&world).without(lost);
        world.reconcile(&account);
        assert!(world.said().contains(&next.to_owned()), "{next}");
    }
}
