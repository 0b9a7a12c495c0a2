//! Changes of orders and of protection, and their answers.

use phantom_compliance::{ChangeTicket, Limits, ProtectTicket, StopWords, TargetWords, Ticket, TicketKind};
use phantom_engine::{Origin, Protected};
use phantom_model::{ArenaKey, LotId, OrderId, OrderStatus, Price, Side, Ticks};
use phantom_runtime::{ChangeAnswer, LotAnswer, ProtectAnswer};

use crate::world::{Running, mock, run, ticket};

const T1: OrderId = OrderId::Ticket(1);

fn limit(text: &str) -> Ticket {
    Ticket { kind: TicketKind::Limit, price: Some(text.into()), ..ticket(Side::Buy, "2") }
}

fn to(qty: &str, price: &str) -> ChangeTicket {
    ChangeTicket { qty: Some(qty.into()), price: Some(price.into()) }
}

async fn change(world: &Running, order: OrderId, ticket: ChangeTicket) -> Result<(), &'static str> {
    match world.desk.change(order, ticket, Origin::Window).await.unwrap() {
        ChangeAnswer::Asked => Ok(()),
        ChangeAnswer::Refused(refusal) => Err(refusal.reason()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_working_order_takes_other_terms() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(limit("1300.0"), Origin::Window).await.unwrap();
    assert_eq!(change(&world, T1, to("3", "1301.5")).await, Ok(()));
    let snapshot = world.desk.snapshot().await.unwrap();
    let order = snapshot.book.orders().at(snapshot.book.find(T1).unwrap());
    assert_eq!((order.qty.contracts(), order.kind.limit()), (3, Price::new(13_015)));
    assert_eq!(order.status, OrderStatus::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_cannot_be_is_answered_with_its_reason() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(limit("1300.0"), Origin::Window).await.unwrap();
    for (order, ticket, reason) in [
        (T1, to("0", ""), "bad_qty"),
        (T1, to("", "1300.05"), "price_off_grid"),
        (T1, to("", ""), "nothing_changes"),
        (OrderId::Ticket(9), to("3", ""), "not_working"),
    ] {
        assert_eq!(change(&world, order, ticket).await, Err(reason));
    }
}

async fn protect(world: &Running, whom: Protected, stop: StopWords, target: TargetWords) -> ProtectAnswer {
    let ticket = ProtectTicket { stop, target, ..ProtectTicket::default() };
    world.desk.protect(whom, ticket, Origin::Window).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_answer_tells_what_protects_each_lot_now() {
    let world = run(mock(), Limits::NONE);
    let lot = LotId::from_row(0);
    world.print(13_200).await;
    world.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    world.print(13_200).await;
    world.print(13_201).await;
    let (stop, target) = (StopWords::Trail("8".into()), TargetWords::At("1322.0".into()));
    let answer = protect(&world, Protected::Position(world.gold), stop, target).await;
    let ProtectAnswer::Lots(lots) = answer else { panic!("{answer:?}") };
    let [(first, LotAnswer::Set(now))] = lots.as_slice() else { panic!("{lots:?}") };
    assert_eq!((*first, now.bracket.target), (lot, Price::new(13_220)));
    assert_eq!(now.trail.unwrap().distance, Ticks::new(8));

    let answer = protect(&world, Protected::Lot(lot), StopWords::Remove, TargetWords::Leave).await;
    let ProtectAnswer::Lots(lots) = answer else { panic!("{answer:?}") };
    let [(_, LotAnswer::Set(now))] = lots.as_slice() else { panic!("{lots:?}") };
    assert_eq!((now.levels(Side::Buy).stop, now.bracket.target), (None, Price::new(13_220)));

    let answer =
        protect(&world, Protected::Lot(lot), StopWords::At("1330.0".into()), TargetWords::Leave).await;
    let ProtectAnswer::Lots(lots) = answer else { panic!("{answer:?}") };
    let [(_, LotAnswer::Refused(refusal))] = lots.as_slice() else { panic!("{lots:?}") };
    assert_eq!(refusal.reason(), "stop_wrong_side");
}

#[tokio::test(start_paused = true)]
async fn where_no_lot_is_open_nothing_is_protected() {
    let world = run(mock(), Limits::NONE);
    let nowhere = [Protected::Position(world.gold), Protected::Lot(LotId::from_row(0))];
    for whom in nowhere {
        let answer = protect(&world, whom, StopWords::At("1300.0".into()), TargetWords::Leave).await;
        let ProtectAnswer::Refused(refusal) = answer else { panic!("{answer:?}") };
        assert_eq!(refusal.reason(), "no_open_lot");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_carries_distances() {
    let world = run(mock(), Limits::NONE);
    let mut order = ticket(Side::Buy, "1");
    order.guard.stop_ticks = Some("8".into());
    order.guard.trail_ticks = Some("12".into());
    let answer = world.desk.place(order.clone(), Origin::Window).await.unwrap();
    assert!(answer.refusal.is_none(), "distances need no last trade");
    world.print(13_200).await;
    let snapshot = world.desk.snapshot().await.unwrap();
    assert_eq!(snapshot.book.bracket(LotId::from_row(0)).stop, Price::new(13_192));
    order.guard.trail_ticks = Some("no".into());
    let answer = world.desk.place(order, Origin::Window).await.unwrap();
    assert_eq!(answer.refusal.unwrap().reason(), "bad_bracket");
}
