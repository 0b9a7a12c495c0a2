//! Messages on their way, and what the broker does with them.

use phantom_broker::{Broker, Message};
use phantom_broker_mock::{MockSettings, Range, Refusals};
use phantom_model::{FailReason, OrderId, OrderKind, Side, SnapshotId};

use crate::world::{World, exit, opening, price};

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
