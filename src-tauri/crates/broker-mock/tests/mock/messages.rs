//! Messages on their way, and what the broker does with them.

use phantom_broker::{Broker, Message};
use phantom_broker_mock::{FillSize, MockSettings, Range, Refusals};
use phantom_compliance::{
    ChangeRequest, Halt, Limits, Minis, Rules, Standing, WorkingAim, WorkingOrder, can_change,
};
use phantom_model::price::Grid;
use phantom_model::{
    Bracket, BrokerReport, ContractStanding, FailReason, NetQty, OrderId, OrderKind, Qty, Side, SnapshotId,
};

use crate::world::{World, exit, gold, opening, price};

const SMOOTH: MockSettings = MockSettings::frictionless(1);
const SECOND: MockSettings = MockSettings { delay_nanos: Range::always(1_000_000_000), ..SMOOTH };
const T1: OrderId = OrderId::Ticket(1);

#[test]
fn an_order_is_at_the_market_only_once_it_has_arrived() {
    let mut world = World::new(SECOND);
    assert_eq!(world.submit(0, 1, Side::Buy, 1, OrderKind::Market), "");
    assert_eq!(world.print(999, 100, 1), "");
    assert_eq!(world.print(1_000, 101, 1), "ok T1, fill T1 1@101");
}

#[test]
fn a_cancel_travels_too_and_can_come_too_late() {
    let limit = OrderKind::Limit(price(100));
    let mut world = World::new(SECOND);
    world.submit(0, 1, Side::Buy, 1, limit);
    world.submit(0, 2, Side::Buy, 1, limit);
    world.send(500, Message::Cancel(T1));
    assert_eq!(world.print(1_200, 99, 1), "ok T1, ok T2, fill T1 1@100, fill T2 1@100");
    assert_eq!(world.advance(1_500), "cancel refused T1");

    let mut world = World::new(SECOND);
    world.submit(0, 1, Side::Buy, 1, limit);
    world.send(500, Message::Cancel(T1));
    assert_eq!(world.print(1_500, 99, 1), "ok T1, cancelled T1", "it arrives before the print of its time");
    assert_eq!(world.send(2_000, Message::Cancel(OrderId::Ticket(9))), "");
    assert_eq!(world.advance(3_000), "cancel refused T9");
}

#[test]
fn one_connection_keeps_the_order_of_its_messages() {
    let delay_nanos = Range::between(0, 400_000_000);
    for seed in 0..50 {
        let mut world = World::new(MockSettings { seed, delay_nanos, ..SMOOTH });
        let mut said = vec![world.submit(0, 1, Side::Buy, 1, OrderKind::Limit(price(1)))];
        said.push(world.send(1, Message::Cancel(T1)));
        said.push(world.advance(1_000));
        said.retain(|text| !text.is_empty());
        assert_eq!(said.join(", "), "ok T1, cancelled T1", "seed {seed}");
    }
}

#[test]
fn a_repeated_id_answers_what_is_known_and_opens_nothing() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 2, OrderKind::Market);
    world.print(1, 100, 1);
    assert_eq!(world.submit(2, 1, Side::Buy, 2, OrderKind::Market), "fill T1 2@100");
    assert_eq!(world.print(3, 100, 1), "");
    assert_eq!(world.broker.position(crate::world::gold()).signed(), 2);
}

#[test]
fn a_query_reports_the_state_and_every_execution_again() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 1, OrderKind::Limit(price(100)));
    assert_eq!(world.send(1, Message::Query(T1)), "ok T1");
    world.print(2, 99, 1);
    assert_eq!(world.send(3, Message::Query(T1)), "fill T1 1@100");
    world.submit(4, 2, Side::Buy, 1, OrderKind::Limit(price(1)));
    world.send(5, Message::Cancel(OrderId::Ticket(2)));
    assert_eq!(world.send(6, Message::Query(OrderId::Ticket(2))), "cancelled T2");
    assert_eq!(world.send(7, Message::Query(OrderId::Ticket(3))), "", "it knows nothing of it");
}

#[test]
fn refusals_give_their_reason_and_leave_nothing_at_the_market() {
    let refusals = Refusals::Chance { per_mille: 1_000, reason: FailReason::Margin };
    let mut world = World::new(MockSettings { refusals, ..SMOOTH });
    assert_eq!(world.submit(0, 1, Side::Buy, 1, OrderKind::Market), "failed T1 broker_margin");
    assert_eq!(world.print(1, 100, 1), "");
    assert_eq!(world.send(2, Message::Query(T1)), "failed T1 broker_margin");
}

#[test]
fn the_native_close_looks_at_the_brokers_own_position() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 2, OrderKind::Market);
    world.print(1, 100, 1);
    // The desk believes in 5; the broker has 2.
    assert_eq!(world.send(2, Message::NativeClose(exit(2, 5, 5))), "ok T2");
    assert_eq!(world.print(3, 101, 1), "fill T2 2@101, cancelled T2", "the rest is cut");
    assert_eq!(world.send(4, Message::NativeClose(exit(3, 5, 5))), "cancelled T3", "nothing to close");
    let same_way = opening(4, Side::Buy, 1, OrderKind::Market);
    assert_eq!(world.send(5, Message::NativeClose(same_way)), "cancelled T4");
}

#[test]
fn what_is_due_is_told() {
    let mut world = World::new(SECOND);
    assert_eq!(world.broker.next_due(), phantom_model::Timestamp::MAX);
    world.submit(0, 1, Side::Buy, 1, OrderKind::Market);
    assert_eq!(world.broker.next_due(), crate::world::at(1_000));
}

#[test]
fn a_snapshot_tells_everything_in_its_place_among_the_reports() {
    let question = || Message::Snapshot(SnapshotId::new(1));
    let mut world = World::new(SECOND);
    assert_eq!(world.send(0, question()), "snapshot 0 orders 0 fills holds ");
    world.submit(0, 1, Side::Buy, 2, OrderKind::Market);
    world.submit(0, 2, Side::Buy, 1, OrderKind::Limit(price(50)));
    // Behind what is on its way.
    assert_eq!(world.send(0, question()), "");
    assert_eq!(world.advance(1_000), "ok T1, ok T2, snapshot 2 orders 0 fills holds ");
    world.print(1_100, 100, 1);
    assert_eq!(world.send(1_100, question()), "snapshot 2 orders 1 fills holds 2");
}

/// New terms for a resting buy of 4 at 100, as the gate lets them through.
fn change_of(n: u32, contracts: u32, limit: i64) -> Message {
    let grid = Grid::new("0.1".parse().unwrap()).unwrap();
    let standing = Standing {
        halt: Halt::default(),
        position: NetQty::FLAT,
        exits_outstanding: 0,
        buy_entry_leaves: 0,
        sell_entry_leaves: 0,
        worst_elsewhere: Minis::ZERO,
        weight: Minis::whole(1),
        contract: ContractStanding::Current,
        last_trade: None,
        grid: &grid,
        lock: None,
        rules: Rules::None,
    };
    let order = WorkingOrder {
        id: OrderId::Ticket(n),
        contract: gold(),
        side: Side::Buy,
        qty: Qty::new(4).unwrap(),
        filled: 0,
        kind: OrderKind::Limit(price(100)),
        aim: WorkingAim::Opens(Bracket::NONE),
    };
    let change = ChangeRequest { qty: Qty::new(contracts), limit: Some(price(limit)) };
    Message::Change(can_change(&Limits::NONE, &standing, &order, &change).unwrap())
}

#[test]
fn a_change_travels_too_and_holds_from_its_arrival() {
    let mut world = World::new(SECOND);
    world.submit(0, 1, Side::Buy, 4, OrderKind::Limit(price(100)));
    world.send(500, change_of(1, 2, 90));
    assert_eq!(world.print(1_499, 95, 9), "ok T1, fill T1 4@100", "the old terms fill until then");
    assert_eq!(world.advance(1_500), "change refused T1");

    let mut world = World::new(SECOND);
    world.submit(0, 1, Side::Buy, 4, OrderKind::Limit(price(100)));
    world.send(500, change_of(1, 2, 90));
    assert_eq!(
        world.print(1_500, 95, 9),
        "ok T1, changed T1 2@90",
        "it arrives before the print of its time"
    );
    assert_eq!(world.print(1_600, 89, 9), "fill T1 2@90");
}

#[test]
fn a_change_leaves_what_the_fills_have_not_taken_and_not_less_than_one() {
    let settings = MockSettings { fill_size: FillSize::Printed, ..SMOOTH };
    for (contracts, said) in [(3, "changed T1 3@100"), (2, "change refused T1"), (1, "change refused T1")] {
        let mut world = World::new(settings.clone());
        world.submit(0, 1, Side::Buy, 4, OrderKind::Limit(price(100)));
        assert_eq!(world.print(1, 99, 2), "fill T1 2@100");
        assert_eq!(world.send(2, change_of(1, contracts, 100)), said);
        let rest = if contracts == 3 { "fill T1 1@100" } else { "fill T1 2@100" };
        assert_eq!(world.print(3, 99, 9), rest);
    }
}

#[test]
fn what_is_at_the_market_or_not_there_is_not_changed() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 4, OrderKind::Market);
    assert_eq!(world.send(1, change_of(1, 5, 90)), "change refused T1");
    assert_eq!(world.send(2, change_of(9, 5, 90)), "change refused T9");
}

#[test]
fn the_answer_to_a_query_tells_the_terms_of_an_order_that_was_changed() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 4, OrderKind::Limit(price(100)));
    assert_eq!(world.send(1, Message::Query(T1)), "ok T1");
    world.send(2, change_of(1, 5, 90));
    assert_eq!(world.send(3, Message::Query(T1)), "changed T1 5@90, ok T1");
}

#[test]
fn a_snapshot_lists_an_order_on_the_terms_that_it_was_changed_to() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 4, OrderKind::Limit(price(100)));
    world.send(1, change_of(1, 5, 90));
    world.broker.send(crate::world::at(2), Message::Snapshot(SnapshotId::new(1)));
    let Some(BrokerReport::Snapshot(told)) = world.broker.next_report() else { panic!("no snapshot") };
    let listed = told.orders.told()[0];
    assert_eq!((listed.qty.contracts(), listed.kind), (5, OrderKind::Limit(price(90))));
}
