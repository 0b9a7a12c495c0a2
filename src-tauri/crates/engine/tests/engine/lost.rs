//! Orders at the broker that the journal has lost in a crash: which of them are ours, and what they were for.

use phantom_engine::Input;
use phantom_engine::book::FlattenPhase;
use phantom_engine::fact::{Absence, GapPolicy, Leg, Purpose};
use phantom_model::{
    BrokerOrderId, BrokerReport, ContractStanding, Link, ListedOrder, ListedStanding, OrderKind, OrderStatus,
    Qty, Side,
};
use phantom_testkit::{Account, World, buy, contract, sell};

/// An order at the market that works at the broker.
fn listed(order: &str, root: &str, side: Side, contracts: u32) -> ListedOrder {
    ListedOrder {
        order: Some(order.parse().unwrap()),
        broker_order: BrokerOrderId::new(500),
        contract: contract(root),
        side,
        qty: Qty::new(contracts).unwrap(),
        kind: OrderKind::Market,
        filled: 0,
        standing: ListedStanding::Working,
    }
}

/// What is said once the broker lists it.
fn told(world: &mut World, order: ListedOrder) -> String {
    world.hush();
    let account = Account::of(world).lists(order);
    world.reconcile(&account);
    world.said().join(" | ")
}

fn purpose(world: &World, order: &str) -> Option<Purpose> {
    world.book().find(order.parse().unwrap()).map(|key| world.book().orders().at(key).purpose)
}

fn crashed(world: &mut World) {
    let (absence, since, policy) = (Absence::Crashed, world.now(), GapPolicy::Fire);
    world.feed(Input::Returned { absence, since, policy });
}

#[test]
fn the_exit_of_an_armed_lot_is_found_and_none_leaves_beside_it() {
    for (draft, side, leg) in [
        (buy(2).stop("1315.0"), Side::Sell, "stop"),
        (sell(2).stop("1325.0").target("1310.0"), Side::Buy, "stop"),
        (buy(2).target("1330.0"), Side::Sell, "target"),
    ] {
        let mut world = World::new();
        world.print("1320.0");
        world.enter(draft, "1320.0");
        let said = told(&mut world, listed("L0-X1", "GC", side, 2));
        assert!(said.contains(&format!("found L0 {leg}")), "{said}");
        assert!(matches!(purpose(&world, "L0-X1"), Some(Purpose::LotExit { .. })));
        world.fill("L0-X1", 2, "1319.0");
        assert_eq!((world.net("GC"), world.status("L0-X1")), (0, OrderStatus::Closed));
    }
}

#[test]
fn what_does_not_fit_what_is_open_is_not_taken_for_ours() {
    for (draft, order) in [
        (buy(2).stop("1315.0"), listed("L0-X1", "GC", Side::Buy, 2)),
        (buy(2).stop("1315.0"), listed("L0-X1", "NQ", Side::Sell, 2)),
        (buy(2).stop("1315.0"), listed("L7-X1", "GC", Side::Sell, 2)),
        // Nothing of this lot could have fired.
        (buy(2), listed("L0-X1", "GC", Side::Sell, 2)),
        // No flatten was begun.
        (buy(2).stop("1315.0"), listed("F3-C0-X1", "GC", Side::Sell, 2)),
        // No crash has left a ticket out.
        (buy(2).stop("1315.0"), listed("T2", "GC", Side::Sell, 2)),
    ] {
        let mut world = World::new();
        world.print("1320.0");
        world.print_on("NQ", "24500.00");
        world.enter(draft, "1320.0");
        let said = told(&mut world, order);
        assert!(!said.contains("found"), "{order:?}: {said}");
        let id = order.order.unwrap().to_string();
        assert_eq!(purpose(&world, &id), None, "{said}");
    }
}

#[test]
fn the_exit_of_a_lot_that_has_fired_without_a_way_is_found_and_not_sent_again() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.feed(Input::Link(Link::Down));
    world.print("1319.0");
    assert_eq!(world.newest_order().as_deref(), Some("T1"), "nothing could leave");
    world.feed(Input::Link(Link::Up));
    told(&mut world, listed("L0-X1", "GC", Side::Sell, 2));
    assert!(matches!(purpose(&world, "L0-X1"), Some(Purpose::LotExit { leg: Leg::Stop, .. })));
    world.expect_requests("");
}

#[test]
fn what_does_not_close_a_lot_that_leaves_is_no_exit_of_it() {
    for (root, side) in [("GC", Side::Buy), ("NQ", Side::Sell)] {
        let mut world = World::new();
        world.print("1320.0");
        world.print_on("NQ", "24500.00");
        world.enter(buy(2).stop("1319.0"), "1320.0");
        world.print("1319.0");
        let said = told(&mut world, listed("L0-X2", root, side, 2));
        assert_eq!(purpose(&world, "L0-X2"), None, "{root} {side:?}: {said}");
    }
}

#[test]
fn a_lot_that_is_closed_has_lost_no_exit() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.enter(buy(1).stop("1310.0"), "1320.0");
    world.print("1319.0");
    world.fill("L0-X1", 1, "1319.0");
    let said = told(&mut world, listed("L0-X2", "GC", Side::Sell, 1));
    assert_eq!(purpose(&world, "L0-X2"), None, "{said}");
    assert_eq!(world.armed(1), 1);
}

#[test]
fn after_a_crash_a_ticket_that_closes_and_an_exit_of_a_flatten_are_ours() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1315.0"), "1320.0");
    crashed(&mut world);
    let flattens: Vec<_> = world.book().flattens().iter().map(|(_, flatten)| flatten.phase).collect();
    assert!(!flattens.is_empty() && flattens.iter().all(|phase| *phase == FlattenPhase::Ended));
    assert!(world.book().last_flatten().is_none());
    told(&mut world, listed("T2", "GC", Side::Sell, 1));
    assert_eq!(purpose(&world, "T2"), Some(Purpose::Reduction));
    let flatten = world.book().flattens().iter().next().unwrap().0;
    told(&mut world, listed(&format!("{flatten}-C0-X1"), "GC", Side::Sell, 1));
    assert_eq!(purpose(&world, &format!("{flatten}-C0-X1")), Some(Purpose::Flatten(flatten)));
    for opens in ["T3", &format!("{flatten}-C0-X2")] {
        let said = told(&mut world, listed(opens, "GC", Side::Buy, 1));
        assert_eq!(purpose(&world, opens), None, "it would open more: {said}");
    }
    let elsewhere = listed(&format!("{flatten}-C1-X1"), "GC", Side::Sell, 1);
    told(&mut world, elsewhere);
    assert_eq!(purpose(&world, &elsewhere.order.unwrap().to_string()), None, "its id is of another contract");
}

#[test]
fn a_contract_in_which_only_an_entry_works_concerns_somebody() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1).limit("1310.0"));
    world.accept("T1");
    world.hush();
    let standing = ContractStanding::RolledAway;
    world.feed(Input::Report(BrokerReport::Contract { contract: contract("GC"), standing }));
    assert!(world.said().join(" | ").contains("alarm GC is RolledAway"));
}
