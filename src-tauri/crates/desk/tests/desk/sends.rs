//! Sends that did not leave are tried again; everything else is not.

use phantom_compliance::Limits;
use phantom_engine::Origin;
use phantom_model::{FailReason, OrderId, OrderStatus, Side};

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
