//! What the server is told of the desk's phantoms, and what becomes of the stops that it has placed for them.

use phantom_bridge::command::Disarm;
use phantom_model::{Cover, Price, Side, StopReport, StopRole};

use super::account_tests::{pong, position};
use super::*;

fn cover(lot: u32, qty: u32, stop: i64) -> Cover {
    let (lot, contract, qty) = (LotId::from_row(lot), ContractId::from_row(0), Qty::new(qty).unwrap());
    Cover { lot, contract, side: Side::Sell, qty, stop: Price::new(stop).unwrap(), disaster: None }
}

fn stop_id(nth: u16) -> OrderId {
    OrderId::LotStop { lot: LotId::from_row(17), role: StopRole::Shadow, nth }
}

fn shadow(state: OrderState, filled: i64) -> Order {
    Order {
        client_id: Id::try_from("pd-d1-L17-X1.s1").ok(),
        kind: OrderKindWord::Stop,
        stop: Amount::try_from("22990").ok(),
        role: Some(OrderRole::Shadow),
        ..order(state, filled)
    }
}

fn stands(qty: u32) -> BrokerReport {
    let (contract, qty) = (ContractId::from_row(0), Qty::new(qty).unwrap());
    BrokerReport::StopStands(StopReport { order: stop_id(1), contract, side: Side::Sell, qty })
}

/// What is told of phantoms, in words, each answered.
fn said(world: &mut World) -> Vec<String> {
    let sent = world.sent();
    let words = sent.iter().map(|(_, command)| match command {
        Command::Arm(it) => format!("arm {} {} {} {}", it.phantom, it.exit_id, it.qty.get(), it.stop),
        Command::Disarm(Disarm { phantom: Some(phantom), .. }) => format!("disarm {phantom}"),
        Command::Disarm(it) => {
            let kept: Vec<&str> = it.but.iter().flatten().map(Id::as_str).collect();
            format!("disarm all but {}", kept.join(" "))
        }
        other @ (Command::Place(_)
        | Command::Change(_)
        | Command::Cancel(_)
        | Command::Flatten(_)
        | Command::Query(_)
        | Command::Snapshot
        | Command::Subscribe(_)
        | Command::Unsubscribe(_)
        | Command::Accounts) => other.op().to_owned(),
    });
    let words = words.collect();
    for (id, _) in &sent {
        world.answer(id, Ok(Answer::of(&Empty {})));
    }
    words
}

#[test]
fn only_what_differs_is_told_and_what_is_gone_is_disarmed() {
    let mut world = World::up();
    world.session.cover(ms(0), &[cover(1, 2, 91_960), cover(2, 1, 91_900)]);
    assert_eq!(said(&mut world), ["arm L1 pd-d1-L1-X1 2 22990.00", "arm L2 pd-d1-L2-X1 1 22975.00"]);
    world.session.cover(ms(0), &[cover(1, 2, 91_960), cover(2, 1, 91_900)]);
    assert_eq!(said(&mut world), [""; 0]);
    world.session.cover(ms(1), &[cover(1, 1, 91_960)]);
    assert_eq!(said(&mut world), ["disarm L2", "arm L1 pd-d1-L1-X1 1 22990.00"]);
    world.session.cover(ms(2), &[]);
    assert_eq!(said(&mut world), ["disarm L1"]);
}

#[test]
fn a_stop_that_trails_is_told_a_few_times_a_second_and_its_last_level_is_never_left_out() {
    let mut world = World::up();
    // The first beat has gone out.
    world.at(0);
    world.session.cover(ms(0), &[cover(1, 2, 91_960)]);
    said(&mut world);
    for (millis, stop) in [(10, 91_961), (20, 91_962), (199, 91_970)] {
        world.session.cover(ms(millis), &[cover(1, 2, stop)]);
        assert_eq!(said(&mut world), [""; 0]);
    }
    assert_eq!(world.session.next_due(), ms(200));
    world.at(200);
    assert_eq!(said(&mut world), ["arm L1 pd-d1-L1-X1 2 22992.50"]);
    // Another size is told at once.
    world.session.cover(ms(201), &[cover(1, 3, 91_971)]);
    assert_eq!(said(&mut world), ["arm L1 pd-d1-L1-X1 3 22992.75"]);
}

#[test]
fn what_the_server_holds_already_is_not_told_again_by_the_next_connection() {
    let mut world = World::up();
    world.session.cover(ms(0), &[]);
    assert_eq!(said(&mut world), [""; 0], "its digest says that it holds nothing");
    world.session.cover(ms(0), &[cover(1, 2, 91_960)]);
    said(&mut world);
    let kept = world.session.into_kept();
    let mut again = World::with(Env::Sim, kept);
    again.snapshot("r-0", vec![]);
    assert_eq!(said(&mut again), ["subscribe"], "nothing before the desk has compared the account");
    // It has forgotten: told anew, and nothing is taken away for that.
    again.session.cover(ms(0), &[cover(1, 2, 91_960)]);
    assert_eq!(said(&mut again), ["arm L1 pd-d1-L1-X1 2 22990.00"]);
}

#[test]
fn a_server_that_holds_something_else_is_rid_of_all_that_is_not_wanted_before_anything_is_armed() {
    let mut world = World::up();
    world.line(pong("0000000000000000"));
    world.session.cover(ms(0), &[cover(1, 2, 91_960), cover(2, 1, 91_900)]);
    let arms = ["arm L1 pd-d1-L1-X1 2 22990.00", "arm L2 pd-d1-L2-X1 1 22975.00"];
    assert_eq!(said(&mut world), ["disarm all but L1 L2", arms[0], arms[1]]);
    // Told once, each change goes by itself.
    world.session.cover(ms(1), &[cover(2, 1, 91_900)]);
    assert_eq!(said(&mut world), ["disarm L1"]);
    // Nothing is wanted, and it holds something: it is told that, too.
    let mut world = World::up();
    world.line(pong("0000000000000000"));
    world.session.cover(ms(0), &[]);
    assert_eq!(said(&mut world), ["disarm all but "]);
}

#[test]
fn what_a_shadow_has_done_is_told_before_anything_can_be_sent() {
    let mut world = World::new(Env::Sim);
    let fill = Execution { client_id: Id::try_from("pd-d1-L17-X1.s1").ok(), ..execution(1, 2) };
    world.snapshot("r-0", vec![Row::Order(shadow(OrderState::Filled, 2)), Row::Execution(fill)]);
    world.subscribe();
    let told = world.told();
    let [Incoming::Report(first), Incoming::Report(BrokerReport::Filled(fill)), .., Incoming::Link(Link::Up)] =
        told.as_slice()
    else {
        panic!("{told:?}");
    };
    assert_eq!((first, fill.order, fill.qty.contracts()), (&stands(2), stop_id(1), 2));
}

#[test]
fn a_stop_that_stands_is_told_with_its_size_and_each_other_size_and_its_end() {
    let mut world = World::up();
    let wide = Order {
        client_id: Id::try_from("pd-d1-L17-X1.d1").ok(),
        role: Some(OrderRole::Disaster),
        ..shadow(OrderState::Working, 0)
    };
    let order = OrderId::LotStop { lot: LotId::from_row(17), role: StopRole::Disaster, nth: 1 };
    let (contract, side) = (ContractId::from_row(0), Side::Sell);
    let stands = |qty| {
        let qty = Qty::new(qty).unwrap();
        BrokerReport::StopStands(StopReport { order, contract, side, qty })
    };
    world.event(Row::Order(wide.clone()));
    assert_eq!(world.reports(), [stands(2), BrokerReport::Accepted { order }]);
    world.event(Row::Order(Order { qty: Contracts::clamped(3), changed: true, ..wide.clone() }));
    assert_eq!(world.reports(), [stands(3)]);
    world.event(Row::Order(Order { state: OrderState::Cancelled, qty: Contracts::clamped(3), ..wide }));
    assert_eq!(world.reports(), [BrokerReport::Cancelled { order }]);
}

#[test]
fn a_shadow_whose_cancel_the_platform_cannot_take_is_asked_back_until_it_can() {
    let mut world = World::new(Env::Sim);
    world.snapshot("r-0", vec![Row::Order(shadow(OrderState::Working, 0)), position("NQ", 2)]);
    let sent = world.sent();
    world.answer(&sent[0].0, Err(RefusalCode::NotConnected));
    world.at(249);
    assert_eq!(world.ops(), [""; 0]);
    world.at(250);
    assert_eq!(world.ops(), ["cancel"]);
    assert_eq!(world.session.story().stage, Stage::TakingOver { shadows: 1 });
    world.event(Row::Order(shadow(OrderState::Cancelled, 0)));
    world.at(600);
    assert_eq!(world.ops(), [""; 0]);
    assert_ne!(world.session.story().stage, Stage::TakingOver { shadows: 1 });
}

#[test]
fn a_cancel_that_comes_while_a_change_is_out_is_asked_for_again() {
    let mut world = World::up();
    for (answered_by, at) in [(None, 250), (Some(OrderState::Working), 1)] {
        world.session.message(ms(0), Message::Cancel(exit_id()), Decider::Program);
        let (id, _) = world.sent().remove(0);
        world.answer(&id, Err(RefusalCode::Pending));
        assert_eq!(world.ops(), [""; 0]);
        if let Some(state) = answered_by {
            // The change is in force, or refused: the order is free for the cancel.
            world.event(Row::Order(order(state, 0)));
        }
        world.at(at);
        assert_eq!(world.ops(), ["cancel"], "{answered_by:?}");
        world.now = ms(0);
    }
    // One that is under way needs no other.
    world.session.message(ms(0), Message::Cancel(exit_id()), Decider::Program);
    let (id, _) = world.sent().remove(0);
    world.answer(&id, Err(RefusalCode::Pending));
    world.event(Row::Order(order(OrderState::PendingCancel, 0)));
    world.at(400);
    assert_eq!(world.ops(), [""; 0]);
}

#[test]
fn c_13_a_stop_whose_answer_was_lost_is_compared_and_told_again_and_every_one_is_taken_back() {
    let mut world = World::new(Env::Sim);
    let second = Order { client_id: Id::try_from("pd-d1-L17-X1.s2").ok(), ..shadow(OrderState::Working, 0) };
    let rows = vec![Row::Order(shadow(OrderState::Working, 0)), Row::Order(second.clone())];
    world.snapshot("r-0", rows);
    world.session.cover(ms(0), &[cover(17, 2, 91_960)]);
    assert_eq!(world.ops(), ["cancel", "cancel", "subscribe", "arm"]);
    // No answer comes to any of them: what stands is asked back again, by its own id, and nothing is up.
    world.at(2_000);
    assert_eq!(world.ops(), ["cancel", "cancel"]);
    assert_eq!(world.session.story().stage, Stage::TakingOver { shadows: 2 });
    // What is armed there is told by its digest each second: it is not what was told, so it is told again.
    world.line(pong("0000000000000000"));
    assert_eq!(world.ops(), ["disarm", "arm"]);
    world.event(Row::Order(shadow(OrderState::Cancelled, 0)));
    assert_eq!(world.session.story().stage, Stage::TakingOver { shadows: 1 });
    world.event(Row::Order(Order { state: OrderState::Cancelled, ..second }));
    assert_ne!(world.session.story().stage, Stage::TakingOver { shadows: 1 });
}
