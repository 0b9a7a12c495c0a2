//! Changes of orders and of protection, met by the broker's own account, by executions that are taken
//! back, by adjustments, and by a way to the broker that comes and goes.

use phantom_compliance::{Protect, StopChange};
use phantom_engine::{Decision, Input, Origin};
use phantom_model::{Link, ListedStanding, MarketRecord, OrderId, OrderStatus, Print, Side, Timestamp};
use phantom_testkit::{Account, World, buy, contract, offset, price, sell};

fn world() -> World {
    let mut world = World::new();
    world.print("1320.0");
    world
}

/// A buy of 3 at 1319.0 works, and its change to 5 at 1319.5 is on the way for a millisecond.
fn changing() -> World {
    let mut world = world();
    world.place(buy(3).limit("1319.0"));
    world.accept("T1");
    world.change("T1", Some(5), Some("1319.5"));
    world.advance_ms(1);
    world.hush();
    world
}

/// A lot of 3 bought at 1320.0 that trails by 10 ticks and has seen 1322.0.
fn trailing() -> World {
    let mut world = world();
    world.enter(buy(3).trail(10), "1320.0");
    world.print("1322.0");
    world.hush();
    world
}

fn levels(world: &World) -> usize {
    let levels = &world.book().positions().at(contract("GC")).levels;
    levels.len() + levels.trailing() + levels.evens()
}

/// The broker says steadily that it holds `net`, and a person takes its number.
fn take_brokers(world: &mut World, net: i64) {
    world.advance_ms(1);
    let account = Account::of(world).holds("GC", net);
    world.reconcile(&account);
    world.advance_ms(5_000);
    world.answer(&account);
    world.hush();
    let (contract, decision) = (contract("GC"), Decision::TakeBrokers);
    world.feed(Input::Decide { contract, decision, origin: Origin::Window });
}

#[test]
fn a_list_with_the_new_terms_is_the_answer_to_a_change_and_one_with_the_old_says_nothing() {
    let mut old = changing();
    let account = Account::of(&old);
    old.reconcile(&account);
    old.expect("");
    assert_eq!(old.leaves("T1"), 5, "it still counts with the larger quantity");

    let mut new = changing();
    let account = Account::of(&new).on_terms("T1", 5, "1319.5");
    new.reconcile(&account);
    new.expect("changed T1 5@1319.5");
    new.reconcile(&account);
    new.expect("");
    new.change("T1", Some(4), None);
    new.expect("change T1 4@1319.5");
}

#[test]
fn an_order_whose_change_was_lost_has_the_terms_that_the_broker_lists() {
    for (contracts, limit, said, leaves) in
        [(3, "1319.0", "accept T1", 3), (5, "1319.5", "changed T1 5@1319.5 | accept T1", 5)]
    {
        let mut world = changing();
        world.advance_ms(5_000);
        world.hush();
        let account = Account::of(&world).on_terms("T1", contracts, limit);
        world.reconcile(&account);
        world.expect(said);
        assert_eq!(world.leaves("T1"), leaves);
    }
}

#[test]
fn a_list_that_may_be_older_than_the_change_says_nothing_of_an_order_that_is_unknown() {
    let mut world = world();
    world.place(buy(3).limit("1319.0"));
    world.advance_ms(4_000);
    world.feed(Input::Reconcile);
    world.change("T1", Some(5), None);
    world.advance_ms(1_000);
    world.hush();
    let account = Account::of(&world).on_terms("T1", 3, "1319.0");
    world.answer(&account);
    world.expect("");
    assert_eq!(world.leaves("T1"), 5);
}

#[test]
fn a_list_that_has_the_order_filled_on_its_old_terms_ends_the_change() {
    let mut world = changing();
    world.fill("T1", 3, "1319.0");
    assert_eq!(world.status("T1"), OrderStatus::PartiallyFilled);
    world.advance_ms(1);
    world.hush();
    let account = Account::of(&world).says("T1", ListedStanding::Filled);
    world.reconcile(&account);
    world.expect("changed T1 3@1319.0");
    assert_eq!(world.status("T1"), OrderStatus::Filled);
}

#[test]
fn other_terms_that_nobody_asked_for_are_asked_about_and_a_larger_quantity_counts_at_once() {
    for (contracts, limit, said, leaves) in
        [(4, "1319.0", "changed T1 4@1319.0", 4), (2, "1319.0", "", 3), (3, "1319.3", "", 3)]
    {
        let mut world = world();
        world.place(buy(3).limit("1319.0"));
        world.accept("T1");
        world.hush();
        let account = Account::of(&world).on_terms("T1", contracts, limit);
        world.reconcile(&account);
        world.expect(said);
        world.expect_requests(if said.is_empty() { "snapshot | query T1" } else { "snapshot" });
        assert_eq!(world.leaves("T1"), leaves);
    }
}

#[test]
fn an_order_without_our_id_may_be_ours_on_either_of_its_terms() {
    for (contracts, limit) in [(3, "1319.0"), (5, "1319.5")] {
        let mut world = changing();
        world.advance_ms(5_000);
        world.hush();
        let mut listed = Account::of(&world).on_terms("T1", contracts, limit).orders.told()[0];
        listed.order = None;
        world.reconcile(&Account::empty().lists(listed));
        assert!(world.said().contains(&"alarm perhaps_ours T1".to_owned()));
        assert_eq!(world.leaves("T1"), 5, "it stays unknown and counts in full");
    }
}

#[test]
fn a_fill_or_a_refused_cancel_does_not_answer_for_a_change_that_is_overdue() {
    let answers: [fn(&mut World); 2] = [
        |world| world.fill("T1", 1, "1319.0"),
        |world| {
            world.cancel("T1");
            world.refuse_cancel("T1");
        },
    ];
    for answer in answers {
        let mut world = changing();
        world.advance_ms(5_000);
        world.hush();
        answer(&mut world);
        assert!(world.said().contains(&"unknown T1".to_owned()));
        assert_eq!(world.asked().last().map(String::as_str), Some("query T1"));
        // The answer to the question has no other terms: the change was lost.
        world.accept("T1");
        world.change("T1", Some(4), None);
        world.expect("accept T1 | change T1 4@1319.0");
    }
}

#[test]
fn contracts_that_were_taken_back_do_not_fill_again_under_new_terms() {
    let mut world = world();
    world.place(buy(5).limit("1319.0"));
    world.fill("T1", 2, "1319.0");
    world.bust(1);
    world.hush();
    world.change("T1", Some(2), None);
    world.expect("reject_change T1 already_filled");
    world.change("T1", Some(3), None);
    assert_eq!(world.leaves("T1"), 3, "5 less the 2 that are gone");
    world.changed("T1", 3, "1319.0");
    assert_eq!(world.leaves("T1"), 1);
    world.fill("T1", 1, "1319.0");
    assert_eq!((world.status("T1"), world.net("GC")), (OrderStatus::Filled, 1));
}

#[test]
fn a_contract_that_is_latched_takes_no_change_that_raises_risk_and_every_other_one() {
    let mut world = world();
    for limit in ["1319.0", "1319.0", "1319.0"] {
        world.place(buy(3).limit(limit));
    }
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.foreign_fill(7, Side::Buy, 1, "1320.0");
    world.hush();
    world.change("T1", Some(4), None);
    world.change("T1", None, Some("1319.5"));
    world.change("T2", Some(2), None);
    world.change("T3", None, Some("1318.5"));
    world.protect(0, Protect { stop: StopChange::At(price("GC", "1319.5")), ..Protect::default() });
    world.expect(
        "reject_change T1 latched
         reject_change T1 latched
         change T2 2@1319.0
         change T3 3@1318.5
         protect L0 #1 stop 1319.5",
    );
}

#[test]
fn an_order_that_is_not_ours_is_neither_changed_nor_cancelled() {
    let mut world = world();
    world.foreign_fill(7, Side::Buy, 1, "1320.0");
    world.hush();
    world.change("X1", Some(2), None);
    world.cancel("X1");
    world.expect("reject_change X1 order_not_ours");
    world.expect_requests("");
}

#[test]
fn a_lot_that_somebody_else_opened_can_be_given_a_stop_that_trails() {
    let mut world = world();
    world.foreign_fill(7, Side::Buy, 2, "1320.0");
    world.hush();
    world.protect(0, Protect { stop: StopChange::Trail(offset(5)), ..Protect::default() });
    world.print("1321.0");
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1320.5 -", 2));
    world.hush();
    world.print("1320.5");
    world.expect("fired L0 stop 1320.5 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn a_reduction_does_not_grow_into_what_the_broker_does_not_hold() {
    let mut world = world();
    world.enter(buy(3), "1320.0");
    world.place(sell(1).limit("1322.0"));
    world.accept("T2");
    world.advance_ms(1);
    let account = Account::of(&world).holds("GC", 2);
    world.reconcile(&account);
    world.advance_ms(5_000);
    world.answer(&account);
    world.hush();
    world.change("T2", Some(3), None);
    world.change("T2", Some(2), None);
    world.expect("reject_change T2 would_cross_zero | change T2 2@1322.0");
}

#[test]
fn legs_with_a_distance_follow_the_average_of_the_executions_that_count() {
    let mut world = world();
    world.place(buy(3).stop_ticks(10).target_ticks(20));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 2, "1320.3");
    assert_eq!(world.legs(0), "1319.2 1322.2");
    world.bust(2);
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1319.0 1322.0", 1));
    world.correct(1, 1, "1320.6");
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1319.6 1322.6", 1));
    world.hush();
    world.print("1319.6");
    world.expect("fired L0 stop 1319.6 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_break_even_waits_at_the_average_of_the_executions_that_count() {
    let mut world = world();
    world.place(buy(3).even(5, 1));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 2, "1320.3");
    world.bust(2);
    world.hush();
    world.print("1320.4");
    world.expect("");
    world.print("1320.5");
    assert_eq!(world.legs(0), "1320.1 -");
}

#[test]
fn whatever_the_exchange_takes_back_a_stop_that_trails_stays_where_it_was() {
    // Of the entry, in part and in a way that closes its lot for a moment.
    let mut world = world();
    world.place(buy(2).trail(10));
    world.fill("T1", 1, "1320.0");
    world.fill("T1", 1, "1320.2");
    world.print("1322.0");
    assert_eq!(world.legs(0), "1321.0 -");
    world.bust(2);
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1321.0 -", 1));
    world.correct(1, 1, "1319.0");
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1321.0 -", 1));

    // Of the sale that closed the lot.
    let mut world = trailing();
    world.place(sell(3));
    world.fill("T2", 3, "1321.8");
    assert_eq!(levels(&world), 0);
    world.bust(2);
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1321.0 -", 3));
    world.hush();
    world.print("1321.0");
    world.expect("fired L0 stop 1321.0 | submit L0-X1 SELL 3 GC MARKET");
}

#[test]
fn a_lot_that_opens_anew_with_a_late_fill_trails_from_that_fill() {
    let mut world = world();
    world.place(buy(2).limit("1320.0").trail(10));
    world.fill("T1", 1, "1320.0");
    world.print("1322.0");
    world.place(sell(1));
    world.fill("T2", 1, "1322.0");
    world.print("1320.0");
    world.fill("T1", 1, "1320.0");
    assert_eq!((world.legs(0).as_str(), world.armed(0)), ("1319.0 -", 1));
}

#[test]
fn an_adjustment_shrinks_a_lot_that_trails_or_ends_its_protection() {
    let mut world = trailing();
    take_brokers(&mut world, 1);
    assert_eq!((world.net("GC"), world.armed(0), world.legs(0).as_str()), (1, 1, "1321.0 -"));
    world.print("1323.0");
    assert_eq!(world.legs(0), "1322.0 -");
    world.hush();
    world.print("1322.0");
    world.expect("fired L0 stop 1322.0 | submit L0-X1 SELL 1 GC MARKET");

    let mut world = trailing();
    take_brokers(&mut world, 0);
    assert_eq!((world.net("GC"), levels(&world)), (0, 0));
    world.hush();
    world.print("1323.0");
    world.print("1321.0");
    world.expect("");
}

#[test]
fn a_stop_that_trails_closes_no_more_than_the_broker_holds() {
    let mut world = trailing();
    world.advance_ms(1);
    let account = Account::of(&world).holds("GC", 1);
    world.reconcile(&account);
    world.advance_ms(5_000);
    world.answer(&account);
    world.hush();
    world.print("1321.0");
    world.expect("fired L0 stop 1321.0 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn an_old_print_after_the_way_came_back_neither_fires_nor_trails() {
    let mut world = world();
    world.enter(buy(1).trail(10), "1320.0");
    world.enter(buy(1).even(5, 0), "1320.0");
    world.advance_ms(60_000);
    world.feed(Input::Link(Link::Down));
    world.feed(Input::Link(Link::Up));
    world.hush();
    for at in ["1323.0", "1318.0"] {
        let print = Print::Trade { price: price("GC", at), size: 1 };
        let at = Timestamp::from_nanos(0);
        world.feed(Input::Market(MarketRecord { contract: contract("GC"), at, print }));
    }
    world.expect("");
    assert_eq!((world.legs(0).as_str(), world.legs(1).as_str()), ("1319.0 -", "- -"));
    world.print("1320.6");
    assert_eq!((world.legs(0).as_str(), world.legs(1).as_str()), ("1319.6 -", "1320.0 -"));
}

#[test]
fn a_part_of_a_flatten_that_was_given_up_is_forgotten_when_a_bust_has_made_the_position_flat() {
    let mut world = world();
    world.place(buy(2).limit("1320.0"));
    world.fill("T1", 1, "1320.0");
    world.flatten();
    world.cancelled("T1");
    for _ in 0..4 {
        let exit = world.newest_order().unwrap();
        world.fail(&exit);
    }
    world.bust(1);
    assert_eq!(world.net("GC"), 0);
    world.hush();
    world.fill("T1", 1, "1320.0");
    let key = world.book().orders().iter().next_back().unwrap().1;
    assert!(matches!(key.id, OrderId::FlattenExit { exit: 5, .. }), "a late fill has its exit: {key:?}");
}
