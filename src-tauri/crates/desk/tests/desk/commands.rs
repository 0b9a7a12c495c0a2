//! Commands and their answers.

use phantom_compliance::Limits;
use phantom_engine::{HaltChange, Handling, Origin, RulesInput};
use phantom_model::{ArenaKey, NetQty, OrderId, OrderStatus, Qty, Side};
use phantom_runtime::{CancelAnswer, Effect};

use crate::brokers::Mute;
use crate::world::{FACTS_AT_START, mock, run, ticket};

#[tokio::test(start_paused = true)]
async fn a_placed_order_is_answered_at_its_acknowledgement() {
    let world = run(mock(), Limits::NONE);
    let answer = world.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    assert_eq!((answer.order, answer.status), (OrderId::Ticket(1), OrderStatus::Accepted));
    assert!(answer.refusal.is_none() && answer.failed.is_none() && !answer.unknown);
}

#[tokio::test(start_paused = true)]
async fn a_refused_order_is_answered_with_its_reason_and_what_would_be_right() {
    let world = run(mock(), Limits::NEW_INSTALL);
    for (asked, reason) in [
        (ticket(Side::Sell, "1"), "short_selling_off"),
        (ticket(Side::Buy, "0"), "bad_qty"),
        (ticket(Side::Buy, "6"), "order_size"),
    ] {
        let answer = world.desk.place(asked, Origin::Window).await.unwrap();
        assert_eq!(answer.status, OrderStatus::Rejected);
        assert_eq!(answer.refusal.unwrap().reason(), reason);
    }
    let snapshot = world.desk.snapshot().await.unwrap();
    assert_eq!(snapshot.book.seq(), FACTS_AT_START + 3, "each refusal is recorded");
    assert!(snapshot.book.orders().is_empty(), "nothing was submitted");
}

#[tokio::test(start_paused = true)]
async fn an_order_without_an_answer_is_told_after_five_seconds_as_it_is() {
    let broker = Mute::default();
    let messages = broker.messages.clone();
    let world = run(broker, Limits::NONE);
    let began = tokio::time::Instant::now();
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 5);
    assert_eq!((answer.status, answer.unknown), (OrderStatus::Pending, true));
    let sent = messages.lock().unwrap();
    let kinds: Vec<bool> = sent.iter().map(|m| matches!(m, phantom_broker::Message::Submit(_))).collect();
    assert_eq!(kinds, [true, false], "asked about once, never sent again");
}

#[tokio::test(start_paused = true)]
async fn flatten_answers_with_a_receipt_of_what_it_closed_and_cancelled() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    let mut resting = ticket(Side::Buy, "1");
    resting.kind = phantom_compliance::TicketKind::Limit;
    resting.price = Some("1300.0".into());
    let resting = world.desk.place(resting, Origin::Window).await.unwrap();

    let desk = world.desk.clone();
    let first = tokio::spawn(async move { desk.flatten_all(Origin::Window).await.unwrap() });
    let desk = world.desk.clone();
    let second = tokio::spawn(async move { desk.flatten_all(Origin::Hotkey).await.unwrap() });
    tokio::task::yield_now().await;
    world.print(13_196).await;

    let receipt = first.await.unwrap();
    assert_eq!(second.await.unwrap(), receipt, "pressing twice is the same as once");
    assert!(receipt.flat && receipt.still_open.is_empty());
    assert_eq!(receipt.cancelled, [resting.order]);
    assert_eq!(receipt.closed.len(), 1);
    let closed = receipt.closed[0];
    assert_eq!((closed.contract, closed.qty, closed.exit_cost_ticks), (world.gold, 2, 26_392));
    assert_eq!(closed.realized.cents_text(), "-100.00");
}

#[tokio::test(start_paused = true)]
async fn a_flatten_that_gets_no_fill_answers_after_ten_seconds_and_names_what_is_open() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    assert_eq!(world.desk.flatten_receipts().await.unwrap(), []);
    let began = tokio::time::Instant::now();
    let receipt = world.desk.flatten_all(Origin::Window).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 10);
    assert!(!receipt.flat);
    assert_eq!(receipt.still_open, [(world.gold, NetQty::new(2))]);
    assert_eq!(world.desk.flatten_receipts().await.unwrap(), [receipt]);
    world.print(13_200).await;
    let revised = world.desk.flatten_receipts().await.unwrap().pop().unwrap();
    assert_eq!((revised.flat, revised.revisions, revised.still_open.len()), (true, 1, 0));
    assert_eq!(revised.closed.iter().map(|row| row.qty).sum::<u32>(), 2);
    assert!(revised.began_at < revised.answered_at, "{revised:?}");
    let snapshot = world.desk.snapshot().await.unwrap();
    assert_eq!(snapshot.book.positions().at(world.gold).net, NetQty::FLAT, "the work goes on");
}

#[tokio::test(start_paused = true)]
async fn a_flatten_that_a_rule_asks_for_has_a_receipt_too() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    world.desk.rules(RulesInput::LockOut { until: None, origin: Origin::Window }).unwrap();
    world.print(13_200).await;
    let receipts = world.desk.flatten_receipts().await.unwrap();
    assert_eq!((receipts.len(), receipts[0].flat, receipts[0].closed.len()), (1, true, 1));
}

#[tokio::test(start_paused = true)]
async fn the_clip_that_is_set_cuts_the_exits_of_a_flatten() {
    let world = run(mock(), Limits::NONE);
    world.desk.set_handling(Handling { clip: Qty::new(2).unwrap(), ..Handling::STANDARD }).unwrap();
    world.desk.place(ticket(Side::Buy, "5"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    let desk = world.desk.clone();
    let flatten = tokio::spawn(async move { desk.flatten_all(Origin::Window).await.unwrap() });
    tokio::task::yield_now().await;
    world.print(13_196).await;
    let closed: Vec<u32> = flatten.await.unwrap().closed.iter().map(|row| row.qty).collect();
    assert_eq!(closed, [2, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_openings_and_leaves_exits() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    world.desk.halt(HaltChange::Kill, Origin::Window).unwrap();
    let refused = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert_eq!(refused.refusal.unwrap().reason(), "killed");
    let exit = world.desk.place(ticket(Side::Sell, "1"), Origin::Window).await.unwrap();
    assert_eq!(exit.status, OrderStatus::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_says_whether_there_was_something_to_cancel() {
    let world = run(mock(), Limits::NONE);
    let mut resting = ticket(Side::Buy, "1");
    resting.kind = phantom_compliance::TicketKind::Limit;
    resting.price = Some("1300.0".into());
    let order = world.desk.place(resting, Origin::Window).await.unwrap().order;
    for (asked, expected) in [
        (OrderId::Ticket(2), CancelAnswer::NotWorking),
        (order, CancelAnswer::Asked),
        (order, CancelAnswer::NotWorking),
    ] {
        assert_eq!(world.desk.cancel(asked, Origin::Window).await.unwrap(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_verdict_says_what_an_order_would_do_and_sends_nothing() {
    let world = run(mock(), Limits::NEW_INSTALL);
    let verdict = async |side, qty: &str| {
        let verdict = world.desk.verdict(ticket(side, qty)).await.unwrap();
        verdict.map_err(|refusal| refusal.reason())
    };
    assert_eq!(verdict(Side::Buy, "2").await, Ok(Effect::Opens));
    assert_eq!(verdict(Side::Buy, "x").await, Err("bad_qty"));
    assert_eq!(verdict(Side::Sell, "1").await, Err("short_selling_off"));
    assert_eq!(world.desk.snapshot().await.unwrap().book.seq(), FACTS_AT_START);
    world.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    assert_eq!(verdict(Side::Sell, "2").await, Ok(Effect::Reduces));
    assert_eq!(verdict(Side::Sell, "3").await, Err("would_cross_zero"));
    assert_eq!(verdict(Side::Buy, "1").await, Ok(Effect::Opens));
}

#[tokio::test(start_paused = true)]
async fn marks_are_the_last_good_prices() {
    let world = run(mock(), Limits::NONE);
    world.print(13_201).await;
    let marks = world.desk.marks().await.unwrap();
    assert_eq!(marks.last[world.gold.row() as usize].unwrap().ticks(), 13_201);
    assert_eq!(marks.last.iter().flatten().count(), 1, "nothing else has traded");
}
