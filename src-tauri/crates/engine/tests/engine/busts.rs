//! Executions that the exchange takes back or changes: hand-computed positions and money.

use phantom_compliance::Limits;
use phantom_engine::HaltChange;
use phantom_model::{Listed, ListedFill, Money, OrderStatus};
use phantom_testkit::{Account, World, buy, contract, sell};

/// A desk that pays 1.00 per contract and side, and has seen a price.
fn world() -> World {
    let mut world = World::with(Limits::NONE, Money::from_units(10_000));
    world.print("1320.0");
    world
}

fn fees(world: &World) -> String {
    world.book().positions().at(contract("GC")).fees.to_string()
}

#[test]
fn a_bust_of_what_is_open_takes_it_out_of_its_lot_and_gives_the_fee_back() {
    let mut world = world();
    world.place(buy(3).stop("1319.0"));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 2, "1320.2");
    assert_eq!(fees(&world), "3.00");
    world.hush();
    world.bust(2);
    world.expect("busted T1 E2 | alarm busted T1 | unwound L0 2@1320.2");
    assert_eq!((world.net("GC"), world.armed(0), fees(&world).as_str()), (1, 1, "1.00"));
    world.print("1320.5");
    // 5 ticks of 10.00 for the one that is left.
    assert_eq!(world.engine().unrealized_total().to_string(), "50.00");
    world.print("1319.0");
    world.fill("L0-X1", 1, "1319.0");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "-100.00"));
}

#[test]
fn what_is_left_after_a_bust_of_the_first_part_closes_at_the_price_of_the_second() {
    let mut world = world();
    world.place(buy(3));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 2, "1321.0");
    world.bust(1);
    world.place(sell(2));
    world.hush();
    world.fill("T2", 2, "1321.0");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "0.00"));
}

#[test]
fn a_bust_takes_no_more_out_of_a_lot_than_it_took_back() {
    let mut world = world();
    world.place(buy(3));
    for _ in 0..3 {
        world.fill("T1", 1, "1320.0");
    }
    world.bust(2);
    world.place(sell(2));
    world.hush();
    world.fill("T2", 2, "1321.0");
    world.expect("fill T2 2@1321.0 | reduced L0 1 by T2 1320.0>1321.0 100.00 | reduced L0 1 by T2 1320.0>1321.0 100.00 | closed T1 | closed T2");
}

#[test]
fn a_bust_of_an_entry_undoes_what_closed_its_own_lot_and_not_its_twin() {
    let mut world = world();
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.enter(buy(1).stop("1318.0"), "1320.0");
    world.print("1319.0");
    world.fill("L0-X1", 1, "1319.0");
    world.place(sell(1));
    world.fill("T3", 1, "1318.5");
    world.hush();
    world.bust(1);
    let said = world.said().join(" | ");
    assert!(said.contains("undone L0 1 by L0-X1 1320.0>1319.0 -100.00"), "{said}");
    assert!(!said.contains("undone L1"), "{said}");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (-1, "-150.00"));
}

#[test]
fn a_lot_that_was_taken_back_whole_has_no_stop_until_it_opens_again() {
    let mut world = world();
    world.place(buy(2).stop_ticks(10));
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    world.bust(1);
    world.hush();
    world.print("1318.9");
    world.expect("");
    assert_eq!((world.net("GC"), world.armed(0)), (0, 0));
    world.fill("T1", 1, "1318.8");
    world.hush();
    world.print("1317.9");
    world.expect("");
    world.print("1317.8");
    world.expect("fired L0 stop 1317.8 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_correction_that_fills_the_rest_of_an_order_ends_it() {
    let mut world = world();
    world.place(buy(2).stop("1319.0"));
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    assert_eq!(world.status("T1"), OrderStatus::PartiallyFilled);
    world.correct(1, 2, "1320.0");
    assert_eq!((world.status("T1"), world.armed(0), world.net("GC")), (OrderStatus::Filled, 2, 2));
    world.print("1319.0");
    world.fill("L0-X1", 2, "1319.0");
    assert_eq!(world.status("T1"), OrderStatus::Closed);
}

#[test]
fn a_bust_reported_twice_counts_once_and_its_execution_does_not_come_back() {
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.bust(1);
    world.hush();
    world.bust(1);
    world.fill_again();
    world.expect("");
    assert_eq!(world.net("GC"), 0);
    world.bust(77);
    world.expect("alarm unknown_exec E77");
}

#[test]
fn a_bust_of_an_exit_opens_its_lot_again_and_takes_the_profit_back() {
    let mut world = world();
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.place(sell(1));
    world.fill("T2", 1, "1321.0");
    assert_eq!((world.realized("GC").as_str(), world.armed(0)), ("100.00", 1));
    world.hush();
    world.bust(2);
    world.expect(
        "busted T2 E2 | alarm busted T2 | undone L0 1 by T2 1320.0>1321.0 100.00
         latch on GC undone T2",
    );
    assert_eq!((world.net("GC"), world.realized("GC").as_str(), world.armed(0)), (2, "0.00", 2));
}

#[test]
fn a_lot_that_had_fired_leaves_again_when_its_exit_is_busted() {
    let mut world = world();
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.print("1319.0");
    world.fill("L0-X1", 1, "1318.9");
    assert_eq!(world.status("T1"), OrderStatus::Closed);
    world.hush();
    world.bust(2);
    world.expect(
        "busted L0-X1 E2 | alarm busted L0-X1 | undone L0 1 by L0-X1 1320.0>1318.9 -110.00
         latch on GC undone L0-X1 | submit L0-X2 SELL 1 GC MARKET",
    );
    world.fill("L0-X2", 1, "1318.0");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "-200.00"));
}

#[test]
fn a_bust_of_an_entry_that_was_closed_leaves_what_closed_it_open() {
    // Bought at 1320.0, sold at 1321.0; without the purchase the sale is short at 1321.0.
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.place(sell(1));
    world.fill("T2", 1, "1321.0");
    world.hush();
    world.bust(1);
    world.expect(
        "busted T1 E1 | alarm busted T1 | undone L0 1 by T2 1320.0>1321.0 100.00
         unwound L0 1@1320.0 | lot L1 T2 1@1321.0 | latch exit_opened T2 | latch on GC undone T1",
    );
    assert_eq!((world.net("GC"), world.realized("GC").as_str(), fees(&world).as_str()), (-1, "0.00", "1.00"));
    world.print("1320.4");
    // Short from 1321.0: 6 ticks won.
    assert_eq!(world.engine().unrealized_total().to_string(), "60.00");
    // Openings are blocked, the way out is not.
    world.place(sell(1));
    world.place(buy(1));
    world.fill("T4", 1, "1320.5");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "50.00"));
}

#[test]
fn what_a_bust_leaves_on_both_sides_closes_itself() {
    // Long 1 at 1320.0, sold at 1321.0, then short 1 at 1322.0. Without the first sale the short was the
    // exit: 20 ticks.
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.place(sell(1));
    world.fill("T2", 1, "1321.0");
    world.enter(sell(1), "1322.0");
    assert_eq!(world.net("GC"), -1);
    world.bust(2);
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "200.00"));
    assert_eq!(world.status("T3"), OrderStatus::Closed);
}

#[test]
fn a_corrected_price_of_an_open_lot_changes_its_entry_and_nothing_else() {
    let mut world = world();
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.hush();
    world.correct(1, 2, "1319.8");
    world.expect("corrected T1 E1 2@1319.8 | alarm corrected T1 | unwound L0 2@1320.0 | grew L0 2@1319.8");
    assert_eq!((world.net("GC"), world.armed(0), fees(&world).as_str()), (2, 2, "2.00"));
    // The same correction again, and the execution as it was first told, say nothing new.
    world.correct(1, 2, "1319.8");
    world.fill_again();
    world.expect("");
    world.place(sell(2));
    world.fill("T2", 2, "1320.0");
    assert_eq!(world.realized("GC"), "40.00");
}

#[test]
fn a_corrected_exit_is_counted_at_its_new_price() {
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.place(sell(1));
    world.fill("T2", 1, "1321.0");
    world.hush();
    world.correct(2, 1, "1320.5");
    world.expect(
        "corrected T2 E2 1@1320.5 | alarm corrected T2 | undone L0 1 by T2 1320.0>1321.0 100.00
         reduced L0 1 by T2 1320.0>1320.5 50.00",
    );
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "50.00"));
    assert!(!world.book().is_latched(contract("GC")), "no contract came or went");
}

#[test]
fn a_corrected_quantity_moves_the_position() {
    let mut world = world();
    world.place(buy(3).stop("1319.0"));
    world.fill("T1", 3, "1320.0");
    world.correct(1, 2, "1320.0");
    assert_eq!((world.net("GC"), world.armed(0), fees(&world).as_str()), (2, 2, "2.00"));
    let key = world.book().find("T1".parse().unwrap()).unwrap();
    let row = world.book().orders().at(key);
    assert_eq!((row.filled, row.busted, row.leaves()), (2, 1, 0));
}

#[test]
fn contracts_that_were_taken_back_do_not_fill_again() {
    let mut world = world();
    world.place(buy(3).limit("1319.0"));
    world.accept("T1");
    world.fill("T1", 2, "1319.0");
    world.bust(1);
    let position = world.book().positions().at(contract("GC"));
    assert_eq!((position.buy_entry_leaves, position.net.signed()), (1, 0));
    world.fill("T1", 1, "1319.0");
    assert_eq!((world.status("T1"), world.net("GC")), (OrderStatus::Filled, 1));
}

#[test]
fn a_bust_under_a_resting_exit_asks_it_back() {
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.enter(buy(1), "1320.1");
    world.place(sell(2).limit("1322.0"));
    world.accept("T3");
    world.hush();
    world.bust(2);
    world.expect(
        "busted T2 E2 | alarm busted T2 | unwound L1 1@1320.1 | closed T2 | cancel T3
         latch ExitsWithinPosition",
    );
    world.cancelled("T3");
    world.halt(HaltChange::LiftLatch);
    assert!(!world.halts().latched, "what stood is gone");
}

#[test]
fn the_same_execution_id_for_two_orders_is_a_contradiction() {
    use phantom_model::{BrokerReport, ExecId, FillReport, FillTiming, OrderId, Qty};
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.place(buy(1));
    world.hush();
    world.report(BrokerReport::Filled(FillReport {
        order: OrderId::Ticket(2),
        exec: ExecId::new(1),
        qty: Qty::ONE,
        price: phantom_testkit::price("GC", "1320.0"),
        timing: FillTiming::Unknown,
        broker_time: None,
    }));
    world.expect("alarm contradicting_exec T2");
    assert_eq!(world.net("GC"), 1);
}

#[test]
fn an_account_that_tells_an_execution_with_other_figures_is_a_contradiction_told_once() {
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.hush();
    let mut account = Account::of(&world);
    let price = phantom_testkit::price("GC", "1320.5");
    let other = account.fills.told().iter().map(|fill| ListedFill { price, ..*fill }).collect();
    account.fills = Listed::Complete(other);
    world.reconcile(&account);
    world.expect("alarm contradicting_exec T1");
    world.reconcile(&account);
    world.expect("");
    assert_eq!(world.net("GC"), 1);
}

#[test]
fn one_execution_under_two_ids_counts_once_where_both_cannot_be_and_is_never_silent() {
    use phantom_model::{BrokerReport, ExecId, FillReport, FillTiming, OrderId, Qty};
    let mut world = world();
    let twin = |world: &mut World, exec| {
        world.report(BrokerReport::Filled(FillReport {
            order: OrderId::Ticket(1),
            exec: ExecId::new(exec),
            qty: Qty::ONE,
            price: phantom_testkit::price("GC", "1320.0"),
            timing: FillTiming::Unknown,
            broker_time: Some(phantom_model::Timestamp::from_nanos(7)),
        }));
    };
    world.place(buy(2));
    twin(&mut world, 1);
    world.hush();
    // There is room for both: both count, and a person looks.
    twin(&mut world, 2);
    world.expect("alarm twin_exec T1 | latch on GC twin_exec T1 | fill T1 1@1320.0 | grew L0 1@1320.0");
    world.expect_requests("snapshot");
    // A third cannot be.
    twin(&mut world, 3);
    world.expect("doubted T1 E3 | alarm twin_exec T1");
    twin(&mut world, 3);
    world.expect("");
    assert_eq!(world.net("GC"), 2);
}

#[test]
fn a_bust_of_a_part_undoes_that_part_and_leaves_no_fact_of_nothing() {
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.enter(buy(1), "1320.0");
    world.place(sell(2));
    world.fill("T3", 1, "1321.0");
    world.fill("T3", 1, "1321.0");
    world.hush();
    world.bust(4);
    world.expect(
        "busted T3 E4 | alarm busted T3 | undone L1 1 by T3 1320.0>1321.0 100.00
         latch on GC undone T3",
    );
}
