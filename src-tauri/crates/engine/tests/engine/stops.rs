//! Stops that the broker's side has placed for lots: shadows and disaster stops, and the copy that it keeps
//! of the phantoms.

use phantom_compliance::{Protect, StopChange};
use phantom_engine::{Handling, Input, Origin};
use phantom_model::{
    BrokerReport, Cover, Link, ListedFill, ListedOrder, ListedStanding, Offset, OrderKind, Side,
};
use phantom_testkit::{Account, World, buy, contract, price, sell};

use crate::exits::holding;

/// Long two at 1320.0 with a stop, and the stop's shadow that stands since the desk was away.
fn shadowed() -> World {
    let mut world = holding(buy(2).stop("1319.2"));
    world.feed(Input::Link(Link::Down));
    world.hush();
    world.stop_stands("L0-X1.s1", 2);
    world.expect("stands L0-X1.s1 2");
    world.expect_requests("");
    world
}

/// Long two at 1320.0 with a stop, and the disaster stop beside it.
fn beside() -> World {
    let mut world = holding(buy(2).stop("1319.2"));
    world.stop_stands("L0-X1.d1", 2);
    world.expect("stands L0-X1.d1 2");
    world.expect_requests("");
    world
}

/// The broker's account, in which the shadow of the lot of two has filled.
pub(crate) fn filled_shadow(world: &World) -> Account {
    let (order, broker_order) = ("L0-X1.s1".parse().ok(), phantom_model::BrokerOrderId::new(77));
    let (contract, side, qty) = (contract("GC"), Side::Sell, phantom_model::Qty::new(2).unwrap());
    let (kind, standing, filled) = (OrderKind::Market, ListedStanding::Filled, 2);
    let listed = ListedOrder { order, broker_order, contract, side, qty, kind, filled, standing };
    let (exec, price) = (phantom_model::ExecId::new(500), price("GC", "1319.1"));
    let broker_time = None;
    let fill = ListedFill { order, broker_order, contract, side, exec, qty, price, broker_time };
    let mut account = Account::of(world).lists(listed).holds("GC", 0);
    let mut fills = account.fills.told().to_vec();
    fills.push(fill);
    account.fills = phantom_model::Listed::Complete(fills);
    account
}

/// Whether what has just happened has the order asked back.
fn asks_back(world: &mut World, order: &str) -> bool {
    world.said().contains(&format!("cancel {order}"))
}

fn covers(world: &World) -> Vec<(u32, Side, u32, &'static str, Option<&'static str>)> {
    let text = |it: phantom_model::Price| -> &'static str {
        let all = ["1317.0", "1318.0", "1318.2", "1318.5", "1319.0", "1319.2", "1320.5", "1321.5"];
        all.into_iter().find(|text| price("GC", text) == it).unwrap_or("another")
    };
    let rows = world.engine().covers();
    let row = |it: &Cover| {
        let lot = phantom_model::ArenaKey::row(it.lot);
        (lot, it.side, it.qty.contracts(), text(it.stop), it.disaster.map(text))
    };
    rows.iter().map(row).collect()
}

#[test]
fn a_shadow_that_has_filled_is_the_exit_of_its_lot_and_no_other_one_is_sent() {
    let mut world = shadowed();
    world.fill("L0-X1.s1", 2, "1319.1");
    world.expect(
        "fill L0-X1.s1 2@1319.1 | reduced L0 2 by L0-X1.s1 1320.0>1319.1 -180.00 | closed T1 | closed L0-X1.s1",
    );
    world.feed(Input::Link(Link::Up));
    let account = Account::of(&world);
    world.answer(&account);
    world.hush();
    world.print("1319.0");
    world.advance_ms(60_000);
    world.expect("");
    assert_eq!(world.book().positions().at(contract("GC")).net.signed(), 0);
}

#[test]
fn a_shadow_that_stands_is_asked_back_and_the_phantom_fires_on_the_proof_of_its_end_alone() {
    let mut world = shadowed();
    world.feed(Input::Link(Link::Up));
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("link up | cancel L0-X1.s1 | reconciled");
    world.expect_requests("snapshot | cancel L0-X1.s1");
    world.print("1319.0");
    world.expect("");
    world.cancelled("L0-X1.s1");
    world.expect("cancelled L0-X1.s1");
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 2 GC MARKET");
    world.expect_requests("send L0-X1");
}

#[test]
fn what_a_shadow_has_left_open_when_it_ends_is_the_phantoms_again() {
    let mut world = shadowed();
    world.fill("L0-X1.s1", 1, "1319.1");
    world.hush();
    assert_eq!(covers(&world), [(0, Side::Sell, 1, "1319.2", None)]);
    world.cancelled("L0-X1.s1");
    world.expect("cancelled L0-X1.s1");
    world.feed(Input::Link(Link::Up));
    let account = Account::of(&world);
    world.answer(&account);
    world.hush();
    world.print("1319.1");
    world.expect("fired L0 stop 1319.1 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn an_exit_that_has_not_left_is_taken_back_when_the_shadow_stands_or_has_filled() {
    for fills in [false, true] {
        let mut world = holding(buy(2).stop("1319.2"));
        // It has fired, and the way goes before a byte of the exit has left.
        world.print("1319.2");
        world.feed(Input::Link(Link::Down));
        world.hush();
        world.stop_stands("L0-X1.s1", 2);
        assert!(asks_back(&mut world, "L0-X1"));
        world.fail_for("L0-X1", phantom_model::FailReason::NeverSent);
        world.hush();
        if fills {
            world.fill("L0-X1.s1", 2, "1319.1");
            world.hush();
            assert_eq!(world.book().positions().at(contract("GC")).net.signed(), 0);
        } else {
            world.cancelled("L0-X1.s1");
            world.expect("cancelled L0-X1.s1 | alarm exit_slow L0");
            world.feed(Input::Link(Link::Up));
            let account = Account::of(&world);
            world.answer(&account);
            world.expect("link up | reconciled | submit L0-X2 SELL 2 GC MARKET");
        }
    }
}

#[test]
fn shadows_beside_an_exit_that_nobody_has_answered_stop_nothing_but_it() {
    let mut world = holding(buy(1).stop("1319.2"));
    world.enter(buy(1).stop("1318.2"), "1320.0");
    world.hush();
    world.print("1319.2");
    world.feed(Input::Link(Link::Down));
    world.hush();
    // The exit of the first lot never came there; its shadow has filled, and that of the second stands.
    world.stop_stands("L0-X1.s1", 1);
    world.fill("L0-X1.s1", 1, "1319.1");
    world.hush();
    world.stop_stands("L1-X1.s1", 1);
    world.expect("stands L1-X1.s1 1");
    world.feed(Input::Link(Link::Up));
    let account = Account::of(&world).without("L0-X1");
    world.answer(&account);
    assert!(!world.book().halt().latched, "{:?}", world.said());
    assert!(asks_back(&mut world, "L1-X1.s1"));
}

#[test]
fn the_account_tells_of_a_shadow_that_filled_while_the_desk_was_gone() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.feed(Input::Link(Link::Down));
    world.advance_ms(1);
    world.feed(Input::Link(Link::Up));
    world.hush();
    let account = filled_shadow(&world);
    world.answer(&account);
    world.expect(
        "stands L0-X1.s1 2 | fill L0-X1.s1 2@1319.1 | reduced L0 2 by L0-X1.s1 1320.0>1319.1 -180.00 | closed T1 | closed L0-X1.s1 | reconciled",
    );
}

#[test]
fn a_stop_that_a_complete_list_does_not_have_has_ended() {
    let mut world = shadowed();
    world.advance_ms(1);
    world.feed(Input::Link(Link::Up));
    world.hush();
    let account = Account::of(&world).without("L0-X1.s1");
    world.answer(&account);
    world.expect("failed L0-X1.s1 absent_at_broker | reconciled");
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn the_exit_leaves_first_and_then_the_disaster_stop_is_asked_back() {
    let mut world = beside();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET | cancel L0-X1.d1");
    world.expect_requests("send L0-X1 | cancel L0-X1.d1");
    world.fill("L0-X1", 2, "1319.1");
    world.hush();
    world.cancelled("L0-X1.d1");
    world.expect("cancelled L0-X1.d1");
    world.advance_ms(60_000);
    world.expect("");
}

#[test]
fn a_disaster_stop_that_is_not_answered_for_is_asked_about() {
    let mut world = beside();
    world.print("1319.2");
    world.fill("L0-X1", 2, "1319.1");
    world.hush();
    world.advance_ms(5_000);
    world.expect("unknown L0-X1.d1 | alarm cancel_unanswered L0-X1.d1");
    world.expect_requests("query L0-X1.d1");
}

#[test]
fn a_disaster_stop_that_fills_closes_its_lot_and_nothing_is_sent() {
    let mut world = beside();
    world.fill("L0-X1.d1", 2, "1317.0");
    world.expect(
        "fill L0-X1.d1 2@1317.0 | reduced L0 2 by L0-X1.d1 1320.0>1317.0 -600.00 | closed T1 | closed L0-X1.d1",
    );
    world.print("1316.0");
    world.expect("");
    world.expect_requests("");
}

#[test]
fn a_disaster_stop_grows_with_its_lot_and_counts_against_nobody() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(3).stop("1319.2"));
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    world.stop_stands("L0-X1.d1", 1);
    world.fill("T1", 2, "1320.0");
    world.hush();
    world.stop_stands("L0-X1.d1", 3);
    world.expect("stands L0-X1.d1 3");
    world.stop_stands("L0-X1.d1", 3);
    world.expect("");
    assert_eq!(world.book().positions().at(contract("GC")).exits_outstanding(), 0);
    world.place(sell(3));
    world.hush();
    world.fill("T2", 3, "1320.1");
    world.hush();
    world.cancelled("L0-X1.d1");
    world.expect("cancelled L0-X1.d1");
}

/// The phantom's exit and the disaster stop have both filled: short two that nobody wanted.
fn closed_twice() -> World {
    let mut world = beside();
    world.print("1319.2");
    world.fill("L0-X1", 2, "1319.1");
    world.hush();
    world.fill("L0-X1.d1", 2, "1317.0");
    world.expect(
        "fill L0-X1.d1 2@1317.0 | lot L1 L0-X1.d1 2@1317.0 | latch exit_opened L0-X1.d1 | alarm double_exit L0-X1.d1 | latch double_exit L0-X1.d1",
    );
    world.expect_requests("snapshot");
    world
}

#[test]
fn what_an_exit_and_a_disaster_stop_have_opened_together_is_closed_once_the_broker_says_the_same() {
    let mut world = closed_twice();
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("repair L1 | submit L1-X1 BUY 2 GC MARKET");
    world.expect_requests("send L1-X1");
    world.reconcile(&account);
    world.expect("");
    world.fill("L1-X1", 2, "1317.1");
    world.hush();
    assert_eq!(world.book().positions().at(contract("GC")).net.signed(), 0);
    assert!(world.book().halt().latched);
}

#[test]
fn nothing_is_repaired_while_the_broker_says_another_position() {
    let mut world = closed_twice();
    let account = Account::of(&world).holds("GC", 0);
    // The first answer is about the moment of the fill.
    world.answer(&account);
    world.expect("");
    world.advance_ms(5_000);
    world.answer(&account);
    world.expect("differs GC -2 broker 0");
    world.expect_requests("snapshot");
}

#[test]
fn an_exit_beside_a_filled_stop_is_asked_back_before_it_can_fill() {
    let mut world = beside();
    world.print("1319.2");
    world.hush();
    world.fill("L0-X1.d1", 2, "1317.0");
    assert!(asks_back(&mut world, "L0-X1"));
    world.hush();
    world.cancelled("L0-X1");
    world.expect("cancelled L0-X1");
    assert_eq!(world.book().positions().at(contract("GC")).net.signed(), 0);
}

#[test]
fn an_exit_that_fills_beside_a_filled_stop_is_a_double_exit_too() {
    let mut world = beside();
    world.print("1319.2");
    world.fill("L0-X1.d1", 2, "1317.0");
    world.hush();
    world.fill("L0-X1", 2, "1319.1");
    let said = world.said().join(" | ");
    assert!(said.contains("alarm double_exit L0-X1 | latch double_exit L0-X1"), "{said}");
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("repair L1 | submit L1-X1 BUY 2 GC MARKET");
}

#[test]
fn a_shadow_takes_nothing_back_in_another_contract() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print_on("NQ", "24500.00");
    world.enter(buy(1).on("NQ"), "24500.00");
    world.place(sell(2));
    world.place(sell(1).on("NQ"));
    world.feed(Input::Link(Link::Down));
    world.hush();
    world.stop_stands("L0-X1.s1", 2);
    world.expect("stands L0-X1.s1 2 | cancel T3");
}

#[test]
fn flatten_takes_stops_back_before_its_exits_leave() {
    for stop in ["L0-X1.s1", "L0-X1.d1"] {
        let mut world = holding(buy(2).stop("1319.2"));
        world.stop_stands(stop, 2);
        world.hush();
        world.feed(Input::Flatten { origin: Origin::Window });
        world.hush();
        world.cancelled(stop);
        world.expect(&format!("cancelled {stop} | exiting F0 | submit F0-C0-X1 SELL 2 GC MARKET"));
    }
}

#[test]
fn a_stop_for_a_lot_that_is_not_ours_is_somebody_elses() {
    let mut world = holding(buy(2).stop("1319.2"));
    let order = "L7-X1.s1".parse().unwrap();
    let (contract, side, qty) = (contract("GC"), Side::Sell, phantom_model::Qty::ONE);
    world.report(BrokerReport::StopStands(phantom_model::StopReport { order, contract, side, qty }));
    world.expect("latch foreign L7-X1.s1");
}

#[test]
fn the_copy_follows_every_change_of_the_phantoms() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(3).stop("1319.2"));
    assert_eq!(covers(&world), []);
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    assert_eq!(covers(&world), [(0, Side::Sell, 1, "1319.2", None)]);
    world.fill("T1", 2, "1320.0");
    assert_eq!(covers(&world), [(0, Side::Sell, 3, "1319.2", None)]);
    world.protect(0, Protect { stop: StopChange::Fix(price("GC", "1319.0")), ..Protect::default() });
    assert_eq!(covers(&world), [(0, Side::Sell, 3, "1319.0", None)]);
    // A reduction that rests protects nothing; one at the market will close one.
    world.place(sell(1).limit("1322.0"));
    assert_eq!(covers(&world), [(0, Side::Sell, 3, "1319.0", None)]);
    world.place(sell(1));
    assert_eq!(covers(&world), [(0, Side::Sell, 2, "1319.0", None)]);
    world.fill("T3", 1, "1320.0");
    assert_eq!(covers(&world), [(0, Side::Sell, 2, "1319.0", None)]);
    world.feed(Input::Cancel { order: "T2".parse().unwrap(), origin: Origin::Window });
    world.cancelled("T2");
    world.print("1319.0");
    assert_eq!(covers(&world), []);
    // The exit was refused, and the next one is out at once; then it was filled.
    world.fail("L0-X1");
    assert_eq!(covers(&world), []);
    world.fill("L0-X2", 2, "1318.9");
    assert_eq!(covers(&world), []);
}

#[test]
fn a_stop_that_trails_takes_its_copy_along_and_a_lot_that_was_given_up_keeps_it() {
    let mut world = holding(buy(1).stop("1319.0"));
    let trail = StopChange::Trail(Offset::new(20).unwrap());
    world.protect(0, Protect { stop: trail, ..Protect::default() });
    world.print("1322.5");
    assert_eq!(covers(&world), [(0, Side::Sell, 1, "1320.5", None)]);
    world.print("1320.5");
    for exit in 1..=4 {
        assert_eq!(covers(&world), []);
        world.fail(&format!("L0-X{exit}"));
    }
    assert_eq!(covers(&world), [(0, Side::Sell, 1, "1320.5", None)]);
}

#[test]
fn a_disaster_stop_is_strictly_worse_than_its_phantom_on_both_sides() {
    for (draft, stop, side, wide) in [
        (buy(2).stop("1319.2"), "1319.2", Side::Sell, "1318.2"),
        (sell(2).stop("1320.5"), "1320.5", Side::Buy, "1321.5"),
    ] {
        let mut world = holding(draft);
        world.engine_mut().set_handling(Handling { disaster: Offset::new(10), ..Handling::STANDARD });
        assert_eq!(covers(&world), [(0, side, 2, stop, Some(wide))]);
    }
}

#[test]
fn a_shadow_that_fills_beside_a_flatten_exit_that_nobody_has_answered_is_no_fault_of_the_desk() {
    let mut world = holding(buy(1).stop("1319.2"));
    world.enter(buy(1).stop("1319.2"), "1320.0");
    world.flatten();
    world.advance_ms(1);
    world.feed(Input::Link(Link::Down));
    world.hush();
    // The flatten's exit for both never came there: a shadow of one stands and fills.
    world.stop_stands("L0-X1.s1", 1);
    assert!(asks_back(&mut world, "F0-C0-X1"));
    world.fill("L0-X1.s1", 1, "1319.1");
    assert!(!world.book().halt().latched, "{:?}", world.said());
    world.advance_ms(10_000);
    world.feed(Input::Link(Link::Up));
    let account = Account::of(&world).without("F0-C0-X1");
    world.answer(&account);
    let said = world.said();
    assert!(said.contains(&"submit F0-C0-X2 SELL 1 GC MARKET".to_owned()), "{said:?}");
}

#[test]
fn a_stop_for_a_lot_that_a_crash_has_lost_waits_for_the_account_that_lists_both() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.feed(Input::Link(Link::Down));
    world.hush();
    for lost in ["L7-X1.s1", "L7-X1.d1"] {
        world.stop_stands(lost, 2);
        world.fill(lost, 2, "1319.1");
        world.cancelled(lost);
    }
    world.expect("");
    world.feed(Input::Link(Link::Up));
    world.hush();
    world.stop_stands("L7-X1.s1", 2);
    world.expect("");
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("reconciled");
    // Nothing is on its way that would explain it now.
    world.stop_stands("L7-X1.s1", 2);
    world.expect("latch foreign L7-X1.s1");
}
