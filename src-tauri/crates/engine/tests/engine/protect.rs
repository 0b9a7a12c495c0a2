//! Stops and targets that people move, and those that move by themselves.

use phantom_compliance::{EvenChange, Protect, StopChange, TargetChange};
use phantom_engine::HaltChange;
use phantom_model::BreakEven;
use phantom_testkit::{World, buy, offset, price, sell};

fn stop(change: StopChange) -> Protect {
    Protect { stop: change, ..Protect::default() }
}

fn stop_at(text: &str) -> Protect {
    stop(StopChange::At(price("GC", text)))
}

fn target(change: TargetChange) -> Protect {
    Protect { target: change, ..Protect::default() }
}

/// Two long at 1320.0, watched from 1319.0 to 1322.0.
fn long() -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.0").target("1322.0"), "1320.0");
    world.hush();
    world
}

#[test]
fn a_stop_is_one_stop_before_during_and_after_it_moves() {
    let mut world = long();
    let legs = |world: &World| world.book().positions().at(phantom_testkit::contract("GC")).levels.len();
    assert_eq!(legs(&world), 2);
    world.protect(0, stop_at("1319.5"));
    world.expect("protect L0 #1 stop 1319.5 target 1322.0");
    assert_eq!(legs(&world), 2);
    world.print("1319.5");
    world.expect("fired L0 stop 1319.5 | submit L0-X1 SELL 2 GC MARKET");
    world.print("1319.0");
    world.expect("");
}

#[test]
fn a_stop_or_a_target_is_added_and_taken_away_and_what_stays_is_told() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1), "1320.0");
    world.hush();
    world.protect(0, stop_at("1319.0"));
    world.protect(0, target(TargetChange::At(price("GC", "1321.0"))));
    world.protect(0, stop(StopChange::Remove));
    world.protect(0, target(TargetChange::Remove));
    world.expect(
        "protect L0 #1 stop 1319.0
         protect L0 #2 stop 1319.0 target 1321.0
         protect L0 #3 target 1321.0
         protect L0 #4",
    );
    world.print("1318.9");
    world.print("1321.0");
    world.expect("");
    world.protect(0, stop(StopChange::Remove));
    world.expect("reject_protection L0 nothing_changes");
}

#[test]
fn a_leg_that_the_market_has_reached_is_refused_and_never_silently_idle() {
    for (change, reason) in [
        (stop_at("1320.0"), "stop_wrong_side"),
        (stop_at("1321.0"), "stop_wrong_side"),
        (target(TargetChange::At(price("GC", "1320.0"))), "target_wrong_side"),
        (stop(StopChange::Fix(price("GC", "1320.5"))), "stop_wrong_side"),
    ] {
        let mut world = long();
        world.protect(0, change);
        world.expect(&format!("reject_protection L0 {reason}"));
        assert_eq!(world.legs(0), "1319.0 1322.0", "everything stays as it was");
    }
    let mut world = World::new();
    world.enter(sell(1), "1320.0");
    world.hush();
    world.protect(0, stop_at("1321.0"));
    world.protect(0, stop(StopChange::Trail(offset(5))));
    world.expect("reject_protection L0 stop_wrong_side | reject_protection L0 no_last_trade");
}

#[test]
fn a_lot_whose_exit_is_on_its_way_keeps_its_stop() {
    let mut world = long();
    world.print("1319.0");
    world.hush();
    world.protect(0, stop_at("1318.0"));
    world.protect(7, stop_at("1318.0"));
    world.expect("reject_protection L0 lot_exiting");
    world.fill("L0-X1", 2, "1318.9");
    world.hush();
    world.protect(0, stop_at("1318.0"));
    world.expect("reject_protection L0 lot_exiting");
}

#[test]
fn protection_is_set_while_openings_are_stopped_and_never_stands_in_the_way_of_an_exit() {
    let mut world = long();
    world.halt(HaltChange::Kill);
    world.place(sell(1).limit("1321.0"));
    world.hush();
    world.protect(0, stop_at("1319.5"));
    world.expect("protect L0 #1 stop 1319.5 target 1322.0");
    world.place(sell(1));
    world.expect("submit T3 SELL 1 GC MARKET reduces");
}

#[test]
fn the_whole_position_is_every_open_lot_by_itself() {
    let mut world = long();
    world.enter(buy(1).stop("1319.5"), "1320.0");
    world.enter(buy(1).stop("1319.9"), "1320.0");
    world.print("1319.9");
    world.hush();
    world.protect_all(stop_at("1319.5"));
    world.expect("protect L0 #1 stop 1319.5 target 1322.0 | reject_protection L2 lot_exiting");
}

#[test]
fn distances_are_counted_from_the_average_entry_and_follow_it() {
    let mut world = World::new();
    // Nothing has traded: a bracket of distances needs no price.
    world.place(buy(4).stop_ticks(8).target_ticks(10));
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    assert_eq!(world.legs(0), "1319.2 1321.0");
    world.fill("T1", 1, "1320.1");
    // 1320.05: the stop is not looser than asked, the target not further.
    assert_eq!(world.legs(0), "1319.3 1321.0");
    world.fill("T1", 2, "1320.3");
    // 1320.175
    assert_eq!(world.legs(0), "1319.4 1321.1");
    world.print("1319.4");
    world.fill("L0-X1", 4, "1319.3");
    assert_eq!(world.net("GC"), 0);

    let mut world = World::new();
    world.place(sell(2).stop_ticks(8).target_ticks(10));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 1, "1320.1");
    assert_eq!(world.legs(0), "1320.8 1319.1");
}

#[test]
fn a_leg_that_has_been_moved_follows_no_further_fill() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(2).stop_ticks(8).target_ticks(10));
    world.fill("T1", 1, "1320.0");
    world.protect(0, stop_at("1319.5"));
    world.fill("T1", 1, "1319.8");
    assert_eq!(world.legs(0), "1319.5 1320.9");
    world.protect(0, stop(StopChange::Away(offset(6))));
    assert_eq!(world.legs(0), "1319.3 1320.9");
}

#[test]
fn a_trailing_stop_follows_the_best_trade_and_never_loosens() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).trail(10), "1320.0");
    world.hush();
    for (trade, legs, said) in [
        ("1319.5", "1319.0 -", ""),
        ("1320.0", "1319.0 -", ""),
        ("1320.3", "1319.3 -", "trails GC 1320.3"),
        ("1319.4", "1319.3 -", ""),
        ("1321.0", "1320.0 -", "trails GC 1321.0"),
        ("1320.0", "1320.0 -", "fired L0 stop 1320.0 | submit L0-X1 SELL 1 GC MARKET"),
    ] {
        world.print(trade);
        world.expect(said);
        assert_eq!(world.legs(0), legs, "after {trade}");
    }

    let mut world = World::new();
    world.print("1320.0");
    world.enter(sell(1).trail(10), "1320.0");
    for (trade, legs) in [("1320.9", "1321.0 -"), ("1318.0", "1319.0 -"), ("1318.5", "1319.0 -")] {
        world.print(trade);
        assert_eq!(world.legs(0), legs, "after {trade}");
    }
}

#[test]
fn one_fact_moves_every_stop_that_trails() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).trail(10), "1320.0");
    world.enter(buy(1).trail(5), "1320.0");
    world.print("1319.8");
    world.enter(buy(1).trail(10), "1319.8");
    world.hush();
    world.print("1319.9");
    world.expect("trails GC 1319.9");
    assert_eq!([0, 1, 2].map(|lot| world.legs(lot)), ["1319.0 -", "1319.5 -", "1318.9 -"]);
    world.print("1320.2");
    world.expect("trails GC 1320.2");
    assert_eq!([0, 1, 2].map(|lot| world.legs(lot)), ["1319.2 -", "1319.7 -", "1319.2 -"]);
    world.print("1319.7");
    world.expect("fired L1 stop 1319.7 | submit L1-X1 SELL 1 GC MARKET");
}

#[test]
fn a_trailing_stop_that_is_dragged_goes_on_from_there_and_never_snaps_back() {
    for (dragged, next) in [("1319.8", "1319.9 -"), ("1319.2", "1319.3 -")] {
        let mut world = World::new();
        world.print("1320.0");
        world.enter(buy(1).trail(5), "1320.0");
        world.print("1320.3");
        world.print("1320.1");
        world.protect(0, stop_at(dragged));
        assert_eq!(world.legs(0), format!("{dragged} -"));
        world.print("1320.3");
        assert_eq!(world.legs(0), format!("{dragged} -"), "no better trade than before");
        world.print("1320.4");
        assert_eq!(world.legs(0), next, "one tick further, as the market");
    }
}

#[test]
fn a_stop_can_be_fixed_where_it_is_put_or_begin_to_trail_from_the_last_trade() {
    let mut world = long();
    world.protect(0, stop(StopChange::Trail(offset(5))));
    world.expect("protect L0 #1 target 1322.0 trail 5 from 1320.0");
    assert_eq!(world.legs(0), "1319.5 1322.0");
    world.protect(0, stop(StopChange::Fix(price("GC", "1319.7"))));
    world.expect("protect L0 #2 stop 1319.7 target 1322.0");
    world.print("1321.0");
    world.expect("");
    assert_eq!(world.legs(0), "1319.7 1322.0");
}

#[test]
fn a_fixed_stop_rules_until_the_trailing_one_is_tighter() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).stop("1319.5").trail(10), "1320.0");
    world.print("1320.4");
    assert_eq!(world.legs(0), "1319.5 -");
    world.print("1320.8");
    assert_eq!(world.legs(0), "1319.8 -");
    world.print("1319.8");
    assert_eq!(world.newest_order(), Some("L0-X1".to_owned()));
}

#[test]
fn the_stop_goes_to_the_average_entry_once() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(4).stop("1319.0").even(8, 1));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 3, "1320.2");
    world.hush();
    // 1320.15 counts as 1320.2: eight ticks beyond it is 1321.0.
    world.print("1320.9");
    world.expect("");
    world.print("1321.0");
    world.expect("even L0 #1 1320.3 by 1321.0");
    world.print("1321.5");
    world.print("1321.0");
    world.expect("");
    world.print("1320.3");
    world.expect("fired L0 stop 1320.3 | submit L0-X1 SELL 4 GC MARKET");
}

#[test]
fn break_even_never_loosens_a_tighter_stop() {
    let mut world = long();
    world.print("1321.0");
    world.protect(0, stop_at("1320.8"));
    let even = EvenChange::Set(BreakEven::new(offset(12), 0).unwrap());
    world.protect(0, Protect { even, ..Protect::default() });
    world.hush();
    world.print("1321.2");
    world.expect("even L0 #3 1320.8 by 1321.2");

    // Beside a stop that trails the entry is a floor, and the trail goes on at its own distance.
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).trail(20).even(10, 0), "1320.0");
    for (trade, legs) in [("1320.9", "1318.9 -"), ("1321.0", "1320.0 -"), ("1322.5", "1320.5 -")] {
        world.print(trade);
        assert_eq!(world.legs(0), legs, "after {trade}");
    }
}

#[test]
fn a_bar_fires_what_stood_before_it_and_moves_the_rest_by_its_ends() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).trail(10), "1320.0");
    world.enter(buy(1).trail(5), "1320.0");
    world.hush();
    world.bar(["1320.0", "1321.0", "1319.5", "1320.5"]);
    world.expect(
        "fired L1 stop 1319.5 | submit L1-X1 SELL 1 GC MARKET
         trails GC 1319.5-1321.0",
    );
    assert_eq!(world.legs(0), "1320.0 -");
}

#[test]
fn an_absurd_print_moves_nothing() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).trail(10).even(10, 0), "1320.0");
    world.hush();
    world.print("1340.0");
    world.print("1320.1");
    world.expect("suspect GC 1340.0 after 1320.0 | trails GC 1320.1");
}

#[test]
fn the_print_that_filled_a_lot_does_not_take_its_stop_to_the_entry() {
    let mut world = World::new();
    world.print("1321.0");
    world.place(buy(1).limit("1320.0").even(3, 0));
    world.fill_by_coming_print("T1", 1, "1319.0");
    world.hush();
    world.print("1319.5");
    world.expect("");
    world.print("1319.5");
    world.expect("even L0 #1 1319.0 by 1319.5");
}

#[test]
fn a_reduction_carries_no_distances() {
    let mut world = long();
    world.place(sell(1).trail(5));
    world.expect("reject T2 bracket_on_exit");
}
