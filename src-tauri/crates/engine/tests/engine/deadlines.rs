//! What comes due does so no sooner and no later than it would have without a restart.

use phantom_engine::{Input, Outcome};
use phantom_testkit::{World, buy, sell};

/// A restart now sets the deadline that is set now, and finds nothing to do.
fn same(world: &World, what: &str) {
    let (mut restarted, mut out) = (world.restarted(world.inputs().len()), Outcome::default());
    restarted.apply(world.now(), Input::Clock, &mut out);
    assert_eq!((out.facts, out.requests), (vec![], vec![]), "{what}");
    assert!(world.engine().next_due() > world.now(), "{what}: something is still to come");
    assert_eq!(restarted.next_due(), world.engine().next_due(), "{what}");
}

#[test]
fn answers_of_orders_changes_and_cancels() {
    let mut world = World::new();
    world.print("1320.0");
    world.advance_ms(10_000);
    world.place(buy(3).limit("1319.0"));
    same(&world, "an order without an answer");
    world.accept("T1");
    world.advance_ms(7_000);
    world.change("T1", Some(2), None);
    same(&world, "a change without an answer");
    world.changed("T1", 2, "1319.0");
    world.advance_ms(7_000);
    world.cancel("T1");
    same(&world, "a cancel without an answer");
}

#[test]
fn a_lot_that_waits_for_the_cancel_of_a_resting_order() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.place(sell(2).limit("1322.0"));
    world.accept("T2");
    world.advance_ms(7_000);
    world.print("1319.2");
    same(&world, "it is to leave");
    world.advance_ms(500);
    same(&world, "its alarm is to come");
}

/// A lot of two whose exits at the market were refused: the third one is a limit through the market.
fn third_rung() -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.advance_ms(7_000);
    world.print("1319.2");
    world.advance_ms(20);
    world.fail("L0-X1");
    world.fail("L0-X2");
    world.accept("L0-X3");
    world
}

#[test]
fn a_rung_of_the_ladder_that_rests_is_asked_back_and_its_alarm_comes() {
    let mut world = third_rung();
    same(&world, "the rung has its time to fill");
    world.hush();
    world.advance_ms(500);
    world.expect("cancel L0-X3");
    same(&world, "the answer to its cancel, and the alarm before that");
    world.advance_ms(999);
    world.expect("");
    world.advance_ms(1);
    world.expect("alarm exit_slow L0");
}

#[test]
fn an_exit_at_the_market_that_is_filled_in_part() {
    let mut world = World::live();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.print("1319.2");
    world.accept("L0-X1");
    world.advance_ms(7_000);
    world.fill("L0-X1", 1, "1319.1");
    same(&world, "the broker is to be asked what its rest does");
    world.hush();
    world.advance_ms(499);
    world.expect_requests("");
    world.advance_ms(1);
    world.expect_requests("snapshot");
}

#[test]
fn an_exit_that_is_filled_asks_nothing_and_a_replay_never_does() {
    let part_filled = |mut world: World, contracts| {
        world.print("1320.0");
        world.enter(buy(2).stop("1319.2"), "1320.0");
        world.print("1319.2");
        world.accept("L0-X1");
        world.fill("L0-X1", contracts, "1319.1");
        world.hush();
        world.advance_ms(4_000);
        world.asked()
    };
    assert_eq!(part_filled(World::live(), 1), ["snapshot"]);
    assert_eq!(part_filled(World::live(), 2), [""; 0]);
    assert_eq!(part_filled(World::new(), 1), [""; 0]);
}
