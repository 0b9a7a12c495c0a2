//! The exit authority: who may close what, when, and what happens when the broker says no.

use phantom_engine::HaltChange;
use phantom_model::{ContractId, ListedStanding, OrderId, OrderKind};
use phantom_testkit::{Account, Draft, World, buy, contract, price, sell};

/// A world with one filled lot at 1320.0 that has seen 1320.0.
pub(crate) fn holding(draft: Draft) -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(draft, "1320.0");
    world.hush();
    world
}

/// A long lot of two with a resting reduction of one, at the moment its stop is hit.
fn waiting() -> World {
    let mut world = holding(buy(2).stop("1319.2"));
    world.place(sell(1).limit("1322.0"));
    world.accept("T2");
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | waiting L0 | cancel T2");
    world.expect_requests("cancel T2");
    world
}

#[test]
fn a_phantom_alone_leaves_at_once_for_all_that_is_open() {
    for (draft, print, fired) in [
        (buy(2).stop("1319.2"), "1319.2", "fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET"),
        (sell(3).target("1319.2"), "1319.2", "fired L0 target 1319.2 | submit L0-X1 BUY 3 GC MARKET"),
    ] {
        let mut world = holding(draft);
        world.print(print);
        world.expect(fired);
        world.expect_requests("send L0-X1");
    }
}

#[test]
fn a_phantom_waits_for_the_cancel_of_a_resting_exit_and_leaves_on_the_confirmation() {
    let mut world = waiting();
    world.advance_ms(120);
    world.expect("");
    world.cancelled("T2");
    world.expect("cancelled T2 | submit L0-X1 SELL 2 GC MARKET");
    world.advance_ms(2_000);
    world.expect("");
}

#[test]
fn without_a_confirmation_what_can_no_longer_fill_leaves_after_half_a_second() {
    let mut world = waiting();
    world.advance_ms(499);
    world.expect("");
    world.advance_ms(1);
    // One of the two may still be filled by T2.
    world.expect("submit L0-X1 SELL 1 GC MARKET");
    world.advance_ms(499);
    world.expect("");
    world.advance_ms(1);
    world.expect("alarm exit_slow L0");
    world.fill("L0-X1", 1, "1319.1");
    world.hush();
    world.cancelled("T2");
    world.expect("cancelled T2 | submit L0-X2 SELL 1 GC MARKET");
}

#[test]
fn all_that_no_resting_exit_can_fill_leaves_in_one_order() {
    let mut world = holding(buy(5).stop("1319.2"));
    world.place(sell(2).limit("1322.0"));
    world.accept("T2");
    world.print("1319.2");
    world.hush();
    world.advance_ms(500);
    world.expect("submit L0-X1 SELL 3 GC MARKET");
}

#[test]
fn the_alarm_after_a_second_is_silent_when_the_lot_has_left() {
    let mut world = waiting();
    world.cancelled("T2");
    world.hush();
    world.advance_ms(1_500);
    world.expect("");
}

#[test]
fn a_fill_that_wins_the_race_against_the_cancel_counts_and_the_rest_leaves() {
    let mut world = waiting();
    world.fill("T2", 1, "1322.0");
    world.expect(
        "fill T2 1@1322.0 | reduced L0 1 by T2 1320.0>1322.0 200.00 | closed T2
         submit L0-X1 SELL 1 GC MARKET",
    );
}

#[test]
fn a_refused_cancel_of_an_order_that_works_is_asked_for_again_but_not_at_once() {
    let mut world = waiting();
    world.refuse_cancel("T2");
    world.expect("uncancelled T2");
    world.expect_requests("query T2");
    // The broker did not know the order, and now it does: without a further cancel the lot would wait
    // behind it for ever.
    world.accept("T2");
    world.expect("accept T2");
    world.expect_requests("");
    world.advance_ms(500);
    world.expect("cancel T2 | submit L0-X1 SELL 1 GC MARKET");
    world.expect_requests("cancel T2 | send L0-X1");
    world.cancelled("T2");
    world.expect("cancelled T2 | submit L0-X2 SELL 1 GC MARKET");
}

#[test]
fn a_marketable_limit_whose_cancel_was_refused_is_asked_to_make_room_again() {
    let mut world = holding(buy(1).stop("1319.2"));
    world.print("1319.2");
    world.fail("L0-X1");
    world.fail("L0-X2");
    world.accept("L0-X3");
    world.advance_ms(500);
    world.hush();
    world.refuse_cancel("L0-X3");
    world.accept("L0-X3");
    world.hush();
    world.advance_ms(500);
    world.expect("cancel L0-X3");
}

#[test]
fn a_refused_cancel_is_queried_once_and_never_repeated() {
    let mut world = waiting();
    world.refuse_cancel("T2");
    world.expect("uncancelled T2");
    world.expect_requests("query T2");
    world.advance_ms(500);
    world.expect("submit L0-X1 SELL 1 GC MARKET");
    world.expect_requests("send L0-X1");
    world.refuse_cancel("T2");
    world.expect("");
    // The answer to the query: it had been filled.
    world.fill("T2", 1, "1322.0");
    world.expect("fill T2 1@1322.0 | reduced L0 1 by T2 1320.0>1322.0 200.00 | closed T2");
    world.fill("L0-X1", 1, "1319.0");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "100.00"));
}

#[test]
fn a_resting_exit_for_all_of_the_lot_keeps_it_until_it_is_proved_dead() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.place(sell(2).limit("1322.0"));
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | waiting L0 | cancel T2");
    world.advance_ms(999);
    world.expect("");
    world.advance_ms(1);
    world.expect("alarm exit_slow L0");
    world.advance_ms(4_000);
    world.expect("unknown T2 | alarm cancel_unanswered T2");
    world.expect_requests("cancel T2 | query T2");
    world.cancelled("T2");
    world.expect("cancelled T2 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn a_resting_exit_that_works_on_another_lot_is_left_alone() {
    let mut world = holding(buy(2).stop("1319.0"));
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.place(sell(2).limit("1322.0"));
    world.hush();
    world.print("1319.2");
    world.expect("fired L1 stop 1319.2 | submit L1-X1 SELL 2 GC MARKET");
    world.expect_requests("send L1-X1");
}

#[test]
fn every_resting_exit_on_the_lot_is_cancelled() {
    let mut world = holding(buy(3).stop("1319.2"));
    world.place(sell(1).limit("1322.0"));
    world.place(sell(1).limit("1323.0"));
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | waiting L0 | cancel T2 | cancel T3");
    world.cancelled("T3");
    world.expect("cancelled T3");
    world.cancelled("T2");
    world.expect("cancelled T2 | submit L0-X1 SELL 3 GC MARKET");
}

#[test]
fn a_reduction_by_the_trader_shrinks_the_phantoms_when_it_leaves() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.hush();
    world.place(sell(3));
    world.expect("submit T3 SELL 3 GC MARKET reduces");
    assert_eq!((world.armed(0), world.armed(1)), (0, 1));
    world.fill("T3", 3, "1320.2");
    world.expect(
        "fill T3 3@1320.2 | reduced L0 2 by T3 1320.0>1320.2 40.00 | closed T1
         reduced L1 1 by T3 1320.0>1320.2 20.00 | closed T3",
    );
}

#[test]
fn nobody_sends_a_second_exit_for_a_lot_that_leaves() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.hush();
    world.place(sell(2));
    world.expect("reject T2 would_cross_zero");
    world.place(sell(1));
    world.expect("reject T3 would_cross_zero");
    world.expect_requests("");
    // Neither while the exit is in flight, nor while it waits to leave.
    let mut world = waiting();
    world.place(sell(1));
    world.expect("reject T3 would_cross_zero");
    world.expect_requests("");
}

#[test]
fn a_reduction_takes_the_lot_that_stays_while_another_leaves() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.enter(buy(2), "1320.0");
    world.print("1319.2");
    world.hush();
    world.place(sell(2));
    world.fill("T3", 2, "1319.1");
    world.expect(
        "submit T3 SELL 2 GC MARKET reduces | fill T3 2@1319.1
         reduced L1 2 by T3 1320.0>1319.1 -180.00 | closed T2 | closed T3",
    );
    assert_eq!(world.net("GC"), 2);
}

#[test]
fn the_exit_consumes_its_own_lot_and_not_the_oldest() {
    let mut world = holding(buy(1).stop("1310.0"));
    world.enter(buy(2).stop("1319.2"), "1320.4");
    world.print("1319.2");
    world.hush();
    world.fill("L1-X1", 2, "1319.0");
    world.expect(
        "fill L1-X1 2@1319.0 | reduced L1 2 by L1-X1 1320.4>1319.0 -280.00 | closed T2 | closed L1-X1",
    );
}

#[test]
fn an_exit_never_waits_for_a_halt() {
    let mut world = holding(buy(3).stop("1319.2"));
    world.halt(HaltChange::Kill);
    world.hush();
    world.place(sell(1));
    world.expect("submit T2 SELL 1 GC MARKET reduces");
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn a_late_fill_of_a_refused_exit_latches_because_two_exits_now_close_the_same() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.fail("L0-X1");
    world.hush();
    world.fill("L0-X1", 2, "1319.0");
    world.expect(
        "fill L0-X1 2@1319.0 | alarm late_fill L0-X1
         reduced L0 2 by L0-X1 1320.0>1319.0 -200.00 | closed T1 | closed L0-X1
         cancel L0-X2 | latch ExitsWithinPosition",
    );
    // The second one fills as well: recorded, and openings stay blocked.
    world.fill("L0-X2", 2, "1318.9");
    world.expect("fill L0-X2 2@1318.9 | lot L1 L0-X2 2@1318.9 | latch exit_opened L0-X2");
    assert_eq!(world.net("GC"), -2);
    world.place(sell(1));
    world.expect("reject T2 latched");
    // The repair is a person's: an exit is never blocked.
    world.place(buy(2));
    world.fill("T3", 2, "1318.9");
    assert_eq!(world.net("GC"), 0);
}

#[test]
fn an_execution_that_is_reported_twice_counts_once_and_the_first_figures_stand() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.fill("L0-X1", 1, "1319.0");
    world.hush();
    world.fill_again();
    world.expect("");
    world.fill_again_at("1318.0");
    world.expect("alarm contradicting_exec L0-X1");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (1, "-100.00"));
}

#[test]
fn more_than_was_ordered_is_applied_and_latches() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1).stop("1319.2"));
    world.fill("T1", 1, "1320.0");
    world.hush();
    world.fill("T1", 1, "1320.0");
    world.expect("fill T1 1@1320.0 | alarm illegal_step T1 | latch overfill T1 | grew L0 1@1320.0");
    // Protected all the same.
    assert_eq!((world.net("GC"), world.armed(0)), (2, 2));
    world.place(buy(1));
    world.expect("reject T2 latched");
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
    world.fill("L0-X1", 2, "1319.2");
    world.halt(HaltChange::LiftLatch);
    world.hush();
    world.place(buy(1));
    world.expect("submit T3 BUY 1 GC MARKET");
}

#[test]
fn no_exit_is_larger_than_the_position_less_what_other_exits_may_still_fill() {
    let mut world = holding(buy(5));
    for (contracts, answer) in [
        (6, "reject T2 would_cross_zero"),
        (3, "submit T3 SELL 3 GC MARKET reduces"),
        (3, "reject T4 would_cross_zero"),
        (2, "submit T5 SELL 2 GC MARKET reduces"),
        (1, "reject T6 would_cross_zero"),
    ] {
        world.place(sell(contracts));
        world.expect(answer);
    }
    world.fail("T3");
    world.hush();
    world.place(sell(3).limit("1321.0"));
    world.expect("submit T7 SELL 3 GC LIMIT 1321.0 reduces");
}

#[test]
fn the_ids_of_exits_are_a_pure_function_of_the_lot_and_count_up() {
    let mut world = World::new();
    world.print("1320.0");
    for _ in 0..3 {
        world.enter(buy(1).stop("1319.2"), "1320.0");
    }
    world.print("1319.2");
    world.fail("L2-X1");
    world.fail("L0-X1");
    world.fail("L2-X2");
    let exits = world.book().orders().iter().map(|(_, order)| order.id.to_string());
    let exits: Vec<String> = exits.filter(|id| id.starts_with('L')).collect();
    assert_eq!(exits, ["L0-X1", "L1-X1", "L2-X1", "L2-X2", "L0-X2", "L2-X3"]);
    let parsed: Vec<OrderId> = exits.iter().map(|id| id.parse().unwrap()).collect();
    assert!(parsed.iter().all(|&id| world.book().find(id).is_some()));
}

#[test]
fn the_first_price_of_all_is_enough_for_a_marketable_limit() {
    // No trade of this contract was ever seen: the bracket is judged by the limit of the entry.
    let mut world = World::new();
    let gc: ContractId = contract("GC");
    world.place(buy(1).limit("1320.0").stop("1319.2"));
    world.fill("T1", 1, "1320.0");
    assert_eq!(world.engine().last_price(gc), None);
    world.print("1319.0");
    world.fail("L0-X1");
    world.fail("L0-X2");
    let key = world.book().find("L0-X3".parse().unwrap()).unwrap();
    assert_eq!(world.book().orders().at(key).kind, OrderKind::Limit(price("GC", "1317.0")));
}

#[test]
fn a_marketable_limit_without_a_price_goes_at_the_market_and_nothing_rests() {
    let mut world = World::new();
    world.place(buy(1).limit("1320.0"));
    world.fill("T1", 1, "1320.0");
    world.flatten();
    world.fail("F0-C0-X1");
    world.hush();
    world.fail("F0-C0-X2");
    world.expect("failed F0-C0-X2 broker_refused | submit F0-C0-X3 SELL 1 GC MARKET");
    world.accept("F0-C0-X3");
    world.hush();
    world.advance_ms(2_000);
    world.expect("");
    world.expect_requests("");
}

#[test]
fn a_lot_that_can_send_no_further_exit_says_so() {
    // Three hundred fills of one contract each, all after the lot has fired. Each leaves by an exit
    // of its own, until the ids of the lot are used up.
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(300).limit("1320.0").stop("1319.2"));
    world.fill("T1", 1, "1320.0");
    world.print("1319.2");
    for _ in 0..260 {
        world.fill("T1", 1, "1320.0");
    }
    let said = world.said();
    assert!(said.iter().any(|line| line == "submit L0-X255 SELL 1 GC MARKET"));
    assert!(said.iter().any(|line| line == "alarm unprotected L0"), "{:?}", said.last());
}

#[test]
fn a_late_fill_that_turns_the_position_latches_while_an_exit_is_out() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(4).limit("1319.0"));
    world.cancelled("T1");
    world.enter(sell(1).target("1319.9"), "1320.0");
    world.print("1319.9");
    world.hush();
    // The exit buys one, which closed a short position and would now add to a long one.
    world.fill("T1", 4, "1319.0");
    world.expect(
        "fill T1 4@1319.0 | alarm late_fill T1
         reduced L0 1 by T1 1320.0>1319.0 100.00 | closed T2 | lot L1 T1 3@1319.0
         latch ExitsWithinPosition",
    );
}

#[test]
fn a_latch_whose_cause_still_stands_does_not_stay_lifted() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.fail("L0-X1");
    world.fill("L0-X1", 2, "1319.0");
    world.hush();
    world.halt(HaltChange::LiftLatch);
    world.expect("lift_latch | latch ExitsWithinPosition");
    world.cancelled("L0-X2");
    world.hush();
    world.halt(HaltChange::LiftLatch);
    world.expect("lift_latch");
    world.place(buy(1));
    world.expect("submit T2 BUY 1 GC MARKET");
}

#[test]
fn a_lot_that_waits_asks_again_when_the_broker_says_that_its_resting_exit_works() {
    let mut world = waiting();
    world.advance_ms(5_000);
    world.hush();
    // The cancel was lost.
    world.accept("T2");
    world.expect("accept T2 | cancel T2");
    world.cancelled("T2");
    world.expect("cancelled T2 | submit L0-X2 SELL 1 GC MARKET");
}

#[test]
fn a_refused_order_that_a_late_fill_revives_can_be_cancelled() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(2).limit("1320.0"));
    world.cancel("T1");
    world.fail("T1");
    world.fill("T1", 1, "1320.0");
    world.hush();
    world.cancel("T1");
    world.expect("cancel T1");
}

#[test]
fn a_lot_that_has_waited_leaves_beside_a_cancel_that_can_fill_another_lot_instead() {
    let mut world = holding(buy(1).stop("1319.6"));
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.place(sell(2).limit("1322.0"));
    world.hush();
    world.print("1319.6");
    world.expect("fired L0 stop 1319.6 | waiting L0 | cancel T3");
    // What the cancel can still fill is all of the second lot.
    world.advance_ms(499);
    world.expect("");
    world.advance_ms(101);
    world.expect("submit L0-X1 SELL 1 GC MARKET");
    world.print("1319.2");
    world.expect("fired L1 stop 1319.2 | waiting L1");
}

#[test]
fn what_a_resting_exit_cannot_fill_leaves_after_half_a_second_though_its_cancel_is_unanswered() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1318.0"), "1320.0");
    world.enter(buy(2).stop("1319.5"), "1320.0");
    // It would fill the older lot first, and one contract of the younger.
    world.place(sell(3).limit("1322.0"));
    world.accept("T3");
    world.hush();
    world.print("1319.5");
    world.expect("fired L1 stop 1319.5 | waiting L1 | cancel T3");
    world.advance_ms(499);
    world.expect("");
    world.advance_ms(1);
    world.expect("submit L1-X1 SELL 1 GC MARKET");
    world.fill("L1-X1", 1, "1319.4");
    world.hush();
    // The cancel is answered much later: the other contract follows.
    world.advance_ms(400);
    world.hush();
    world.cancelled("T3");
    world.expect("cancelled T3 | submit L1-X2 SELL 1 GC MARKET");
}

#[test]
fn a_replaced_exit_that_fills_after_all_has_its_replacement_cancelled() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.5"), "1320.0");
    world.print("1319.5");
    world.fail("L0-X1");
    world.hush();
    world.fill("L0-X1", 2, "1319.4");
    let said = world.said();
    assert!(said.contains(&"cancel L0-X2".to_owned()), "{said:?}");
    assert!(world.halts().latched, "and a person looks at it");
    world.expect_requests("query L0-X1 | cancel L0-X2");
    world.cancelled("L0-X2");
    assert_eq!(world.net("GC"), 0);
    assert!(!world.book().has_live_orders());
}

#[test]
fn a_flatten_exit_that_fills_after_its_refusal_has_its_replacement_cancelled() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2), "1320.0");
    world.flatten();
    world.fail("F0-C0-X1");
    world.hush();
    world.fill("F0-C0-X1", 1, "1319.4");
    world.expect_requests("query F0-C0-X1 | cancel F0-C0-X2");
}

#[test]
fn a_native_close_that_the_broker_cut_to_its_position_holds_nothing_back() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(sell(2), "1320.0");
    world.flatten();
    let exit = "F0-C0-X1";
    world.accept(exit);
    world.cancelled(exit);
    let next = world.newest_order().unwrap();
    assert_ne!(next, exit);
    // A late fill leaves one contract to close; the close that is out was asked for two.
    world.fill(exit, 1, "1320.0");
    world.cancelled(exit);
    world.accept(&next);
    world.cancelled(&next);
    world.fill(&next, 1, "1320.0");
    let last = world.newest_order().unwrap();
    world.cancelled(&last);
    assert_eq!((world.net("GC"), world.leaves(&next)), (0, 1), "as far as its reports tell");
    world.hush();
    let account = Account::of(&world).says(&next, ListedStanding::Filled);
    world.reconcile(&account);
    assert_eq!(world.leaves(&next), 0, "the broker calls it filled: nothing of it works");
    world.halt(HaltChange::LiftLatch);
    assert!(!world.halts().latched, "no exit is beyond the position any more");
}
