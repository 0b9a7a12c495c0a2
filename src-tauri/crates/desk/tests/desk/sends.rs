//! Sends that did not leave are tried again; everything else is not.

use std::time::Duration;

use phantom_compliance::{ChangeTicket, Limits, Ticket, TicketKind};
use phantom_engine::Origin;
use phantom_model::{FailReason, Link, OrderId, OrderStatus, Side};
use phantom_runtime::ChangeAnswer;

use crate::brokers::Stuck;
use crate::world::{OPEN, run, ticket};

#[tokio::test(start_paused = true)]
async fn a_send_that_surely_never_left_is_tried_again_under_the_same_id() {
    let (broker, tries) = Stuck::for_the_first(2);
    let world = run(broker, Limits::NONE);
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(answer.status, OrderStatus::Accepted);
    let tries = tries.lock().unwrap();
    assert!(tries.iter().all(|(_, order)| *order == OrderId::Ticket(1)));
    let millis: Vec<i64> = tries.iter().map(|(at, _)| at.since(OPEN).nanos() / 1_000_000).collect();
    assert_eq!(millis, [0, 50, 250], "further and further apart");
}

#[tokio::test(start_paused = true)]
async fn after_the_last_try_the_order_has_failed_for_a_proved_reason() {
    let (broker, tries) = Stuck::for_the_first(usize::MAX);
    let world = run(broker, Limits::NONE);
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!((answer.status, answer.failed), (OrderStatus::Failed, Some(FailReason::NeverSent)));
    assert_eq!(tries.lock().unwrap().len(), 4, "bounded");
}

#[tokio::test(start_paused = true)]
async fn a_change_that_never_left_has_changed_nothing() {
    let (broker, tries) = Stuck::after(1);
    let world = run(broker, Limits::NONE);
    let resting = Ticket { kind: TicketKind::Limit, price: Some("1300.0".into()), ..ticket(Side::Buy, "2") };
    let order = world.desk.place(resting, Origin::Window).await.unwrap().order;
    let change = ChangeTicket { qty: Some("5".into()), price: None };
    let answer = world.desk.change(order, change, Origin::Window).await.unwrap();
    assert_eq!(answer, ChangeAnswer::Asked);
    let qty = async || {
        let book = world.desk.snapshot().await.unwrap().book;
        book.orders().at(book.find(order).unwrap()).qty.contracts()
    };
    assert_eq!(qty().await, 5, "the larger counts while it may be on its way");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(qty().await, 2);
    assert_eq!(tries.lock().unwrap().len(), 6, "one order, four tries of the change, one question");
}

#[tokio::test(start_paused = true)]
async fn no_order_is_tried_again_once_the_way_has_broken_or_come_back() {
    let (broker, tries) = Stuck::for_the_first(usize::MAX);
    let world = run(broker, Limits::NONE);
    let placed = tokio::spawn({
        let desk = world.desk.clone();
        async move { desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    world.desk.link(Link::Down).unwrap();
    world.desk.link(Link::Up).unwrap();
    let answer = placed.await.unwrap();
    assert_eq!((answer.status, answer.failed), (OrderStatus::Failed, Some(FailReason::NeverSent)));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let orders = tries.lock().unwrap().iter().filter(|(_, order)| *order == OrderId::Ticket(1)).count();
    assert_eq!(orders, 1, "the first try alone");
}
