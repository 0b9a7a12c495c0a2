//! What happens at the broker without us.

use phantom_engine::HaltChange;
use phantom_model::Side;
use phantom_testkit::{World, buy, contract, sell};

fn holding(contracts: u32) -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(contracts).stop("1319.0").target("1325.0"), "1320.0");
    world.hush();
    world
}

#[test]
fn a_foreign_fill_moves_the_position_and_blocks_openings_in_its_contract_alone() {
    let mut world = World::new();
    world.print("1320.0");
    world.print_on("NQ", "5000.00");
    world.hush();
    world.foreign_fill(9, Side::Buy, 2, "1320.0");
    world.expect("outside X1 BUY 2 GC | latch on GC outside X1 | fill X1 2@1320.0 | lot L0 X1 2@1320.0");
    world.expect_requests("");
    assert_eq!(world.net("GC"), 2);
    world.place(buy(1));
    world.expect("reject T1 latched");
    world.place(buy(1).on("NQ"));
    world.expect("submit T2 BUY 1 NQ MARKET");
    // What came from outside can be closed from here.
    world.place(sell(2));
    world.fill("T3", 2, "1320.5");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "100.00"));
    world.halt(HaltChange::LiftContractLatch(contract("GC")));
    world.hush();
    world.place(buy(1));
    world.expect("submit T4 BUY 1 GC MARKET");
}

#[test]
fn a_position_closed_by_hand_at_the_broker_disarms_its_phantom_and_sends_nothing() {
    let mut world = holding(2);
    world.foreign_fill(9, Side::Sell, 2, "1320.3");
    world.expect(
        "outside X1 SELL 2 GC | latch on GC outside X1 | fill X1 2@1320.3
         reduced L0 2 by X1 1320.0>1320.3 60.00 | closed T1 | closed X1",
    );
    world.print("1318.0");
    world.expect("");
    world.expect_requests("");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "60.00"));
}

#[test]
fn a_position_closed_in_part_by_hand_shrinks_its_phantom() {
    let mut world = holding(3);
    world.foreign_fill(9, Side::Sell, 1, "1320.3");
    assert_eq!(world.armed(0), 2);
    world.hush();
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn resting_exits_are_asked_back_when_somebody_else_closes_what_they_were_for() {
    let mut world = holding(2);
    world.place(sell(2).limit("1324.0"));
    world.accept("T2");
    world.hush();
    world.foreign_fill(9, Side::Sell, 2, "1320.0");
    world.expect_requests("cancel T2");
    world.cancelled("T2");
    assert_eq!(world.net("GC"), 0);
}

#[test]
fn more_fills_of_the_same_foreign_order_belong_to_one_row() {
    let mut world = World::new();
    world.foreign_fill(9, Side::Buy, 1, "1320.0");
    world.foreign_fill(9, Side::Buy, 2, "1320.1");
    world.foreign_fill(10, Side::Sell, 1, "1320.2");
    assert_eq!(world.net("GC"), 2);
    let outside = world.said().iter().filter(|line| line.starts_with("outside")).count();
    assert_eq!(outside, 2);
    // A person closes the rest there too.
    world.foreign_fill(10, Side::Sell, 2, "1320.2");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "40.00"));
}

#[test]
fn a_foreign_order_that_goes_on_closing_is_no_late_fill_of_ours() {
    let mut world = holding(3);
    world.foreign_fill(9, Side::Sell, 1, "1320.3");
    world.hush();
    world.foreign_fill(9, Side::Sell, 1, "1320.4");
    world.expect("fill X1 1@1320.4 | reduced L0 1 by X1 1320.0>1320.4 40.00 | closed X1");
    world.expect_requests("");
}

#[test]
fn every_cause_of_a_latch_is_recorded_once_and_a_person_lifts_them_all() {
    let mut world = holding(1);
    world.foreign_fill(9, Side::Buy, 1, "1320.0");
    world.foreign_fill(10, Side::Buy, 1, "1320.0");
    world.foreign_fill(10, Side::Buy, 1, "1320.0");
    let causes = world.said().into_iter().filter(|line| line.starts_with("latch"));
    assert_eq!(causes.collect::<Vec<_>>(), ["latch on GC outside X1", "latch on GC outside X2"]);
    world.halt(HaltChange::LiftLatch);
    world.expect("lift_latch");
    assert!(!world.book().is_latched(contract("GC")));
}

#[test]
fn a_trade_from_outside_that_turns_the_position_under_a_resting_exit_latches_the_account() {
    let mut world = holding(1);
    world.place(sell(1).limit("1322.0"));
    world.accept("T2");
    world.foreign_fill(9, Side::Sell, 3, "1320.0");
    assert_eq!(world.net("GC"), -2);
    // One contract that is out to close the long would now add to the short, and is smaller than it.
    assert!(world.halts().latched);
}
