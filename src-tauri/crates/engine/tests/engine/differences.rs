//! Positions of which the broker says another number: when that is believed, and what a person decides.

use phantom_engine::{Decision, HaltChange, Input, Origin};
use phantom_testkit::{Account, World, buy, contract};

fn priced() -> World {
    let mut world = World::new();
    world.print("1320.0");
    world
}

/// A desk long 3 at 1320.0 without a stop.
fn long_three() -> World {
    let mut world = priced();
    world.enter(buy(3), "1320.0");
    world.advance_ms(1);
    world.hush();
    world
}

/// A desk long 3 at 1320.0 with a stop, of which the broker has steadily said that it is `broker`.
pub(crate) fn confirmed(broker: i64) -> World {
    let mut world = priced();
    world.enter(buy(3).stop("1319.0"), "1320.0");
    world.advance_ms(1);
    world.hush();
    let account = Account::of(&world).holds("GC", broker);
    world.reconcile(&account);
    world.advance_ms(5_000);
    world.answer(&account);
    world
}

fn decide(world: &mut World, decision: Decision) {
    world.feed(Input::Decide { contract: contract("GC"), decision, origin: Origin::Window });
}

#[test]
fn a_difference_is_believed_the_second_time_after_five_seconds() {
    let mut world = long_three();
    let account = Account::of(&world).holds("GC", 1);
    world.reconcile(&account);
    world.expect("differs GC 3 broker 1");
    world.reconcile(&account);
    world.expect("");
    assert!(!world.book().is_latched(contract("GC")), "positions may lag");
    world.advance_ms(5_000);
    world.answer(&account);
    world.expect("confirmed GC | alarm mismatch GC 3 broker 1 | latch on GC mismatch GC");
    world.reconcile(&account);
    world.expect("");
    world.place(buy(1));
    world.expect("reject T2 latched");
    // Lifting does not help while it stands.
    world.halt(HaltChange::LiftLatch);
    world.expect("lift_latch | latch on GC mismatch GC");
}

#[test]
fn two_numbers_that_differ_from_each_other_are_not_one_difference_seen_twice() {
    let mut world = long_three();
    let (one, none) = (Account::of(&world).holds("GC", 1), Account::of(&world).holds("GC", 0));
    world.reconcile(&one);
    world.advance_ms(5_000);
    world.answer(&none);
    world.expect("differs GC 3 broker 1 | differs GC 3 broker 0");
    world.advance_ms(5_000);
    world.answer(&none);
    world.expect("confirmed GC | alarm mismatch GC 3 broker 0 | latch on GC mismatch GC");
}

#[test]
fn the_same_distance_from_another_position_is_another_difference() {
    let mut world = long_three();
    let account = Account::of(&world).holds("GC", 1);
    world.reconcile(&account);
    world.expect("differs GC 3 broker 1");
    world.enter(buy(1), "1320.0");
    world.advance_ms(5_000);
    world.hush();
    let account = Account::of(&world).holds("GC", 2);
    world.reconcile(&account);
    world.expect("differs GC 4 broker 2");
}

#[test]
fn a_number_that_lags_behind_the_fills_settles_by_itself() {
    let mut world = long_three();
    let lagging = Account::of(&world).holds("GC", 0);
    world.reconcile(&lagging);
    world.advance_ms(5_000);
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("differs GC 3 broker 0 | agrees GC");
}

#[test]
fn a_fill_after_the_question_makes_it_another_moment() {
    let mut world = priced();
    world.feed(Input::Reconcile);
    world.enter(buy(2), "1320.0");
    world.hush();
    world.answer(&Account::empty());
    world.expect("");
    assert_eq!(world.book().positions().at(contract("GC")).difference, None);
}

#[test]
fn exits_take_the_smaller_number_once_the_difference_is_believed() {
    for (broker, sent) in [
        (2, "fired L0 stop 1319.0 | submit L0-X1 SELL 2 GC MARKET"),
        (5, "fired L0 stop 1319.0 | submit L0-X1 SELL 3 GC MARKET"),
        (0, "fired L0 stop 1319.0"),
        (-1, "fired L0 stop 1319.0"),
    ] {
        let mut world = confirmed(broker);
        world.hush();
        world.print("1319.0");
        world.expect(sent);
    }
}

#[test]
fn a_person_takes_the_brokers_smaller_number_and_protection_shrinks() {
    let mut world = confirmed(1);
    world.hush();
    decide(&mut world, Decision::TakeBrokers);
    world.expect("adjusted X1 SELL 2 GC | unwound L0 2@1320.0 | closed X1 | agrees GC");
    world.expect_requests("");
    assert_eq!((world.net("GC"), world.armed(0), world.realized("GC").as_str()), (1, 1, "0.00"));
    world.advance_ms(1);
    world.halt(HaltChange::LiftContractLatch(contract("GC")));
    world.hush();
    let account = Account::of(&world);
    world.reconcile(&account);
    world.expect("");
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_person_takes_the_brokers_larger_number_from_the_last_price() {
    let mut world = confirmed(4);
    world.print("1320.5");
    world.hush();
    decide(&mut world, Decision::TakeBrokers);
    world.expect("adjusted X1 BUY 1 GC | lot L1 X1 1@1320.5 | agrees GC");
    assert_eq!(world.net("GC"), 4);
    // 3 x 5 ticks; what was taken over counts from the price at which it was.
    assert_eq!(world.engine().unrealized_total().to_string(), "150.00");
}

#[test]
fn a_person_takes_the_brokers_other_side() {
    let mut world = confirmed(-2);
    world.hush();
    decide(&mut world, Decision::TakeBrokers);
    world.expect("adjusted X1 SELL 5 GC | unwound L0 3@1320.0 | closed T1 | lot L1 X1 2@1320.0 | agrees GC");
    world.expect_requests("");
    assert_eq!(world.net("GC"), -2);
}

#[test]
fn a_person_keeps_our_number_and_the_same_difference_is_let_be() {
    let mut world = confirmed(1);
    world.hush();
    decide(&mut world, Decision::KeepOurs);
    world.halt(HaltChange::LiftContractLatch(contract("GC")));
    world.expect("dismissed GC | lift_contract_latch");
    let account = Account::of(&world).holds("GC", 1);
    world.reconcile(&account);
    world.advance_ms(30_000);
    world.reconcile(&account);
    world.expect("");
    // All of it may be closed again.
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 3 GC MARKET");
}

#[test]
fn nobody_decides_about_a_difference_that_is_not_confirmed() {
    let mut world = long_three();
    let account = Account::of(&world).holds("GC", 1);
    world.reconcile(&account);
    world.hush();
    decide(&mut world, Decision::TakeBrokers);
    decide(&mut world, Decision::KeepOurs);
    world.expect("");
}

/// The broker's own numbers, told until they are believed.
fn believed(world: &mut World, account: &Account) {
    world.advance_ms(1);
    world.reconcile(account);
    world.advance_ms(5_000);
    world.answer(account);
    world.hush();
}

#[test]
fn what_nobody_knows_the_price_of_is_not_taken_over() {
    let mut world = priced();
    let account = Account::of(&world).holds("NQ", 2);
    believed(&mut world, &account);
    let decision = Decision::TakeBrokers;
    let take = |world: &mut World| {
        world.feed(Input::Decide { contract: contract("NQ"), decision, origin: Origin::Window });
    };
    take(&mut world);
    world.expect("alarm no_price_to_adjust NQ");
    assert_eq!(world.net("NQ"), 0);
    world.print_on("NQ", "24500.00");
    take(&mut world);
    world.expect("adjusted X1 BUY 2 NQ | lot L0 X1 2@24500.00 | agrees NQ");
}

#[test]
fn what_is_only_closed_needs_no_price() {
    let mut world = World::new();
    world.place(buy(3).limit("1320.0"));
    world.accept("T1");
    world.fill("T1", 3, "1320.0");
    let account = Account::of(&world).holds("GC", 1);
    believed(&mut world, &account);
    decide(&mut world, Decision::TakeBrokers);
    world.expect("adjusted X1 SELL 2 GC | unwound L0 2@1320.0 | closed X1 | agrees GC");
}

#[test]
fn an_execution_taken_back_after_an_adjustment_leaves_lots_that_add_up() {
    type Change = fn(&mut World);
    let changes: [(Change, i64); 3] = [
        (|world| world.correct(1, 3, "1320.4"), 1),
        (|world| world.correct(1, 2, "1320.0"), 0),
        (|world| world.bust(1), -2),
    ];
    for (change, net) in changes {
        let mut world = confirmed(1);
        decide(&mut world, Decision::TakeBrokers);
        world.halt(HaltChange::LiftLatch);
        world.hush();
        change(&mut world);
        assert_eq!(world.net("GC"), net);
        let lots = &world.book().positions().at(contract("GC")).lots;
        let in_lots: i64 = lots
            .iter()
            .map(|&lot| world.book().lots().at(lot))
            .map(|lot| lot.side.sign() * i64::from(lot.open))
            .sum();
        assert_eq!(in_lots, net);
        assert!(!world.halts().latched, "the books are not in doubt");
    }
}
