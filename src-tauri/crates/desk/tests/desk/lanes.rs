//! Openings wait for the disk; nothing that closes, cancels or asks does.

#![expect(clippy::similar_names, reason = "a desk and its disk")]

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use phantom_broker::Message;
use phantom_compliance::{Limits, Outbound, Ticket, TicketKind};
use phantom_engine::{Fact, HaltChange, Origin};
use phantom_model::{FailReason, OrderId, OrderStatus, Side};
use phantom_runtime::{Journal, JournalHealth};
use tokio::sync::Notify;

use crate::brokers::Noted;
use crate::world::{FACTS_AT_START, run_on, ticket};

/// A disk that is as fast as the test says.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Plate>>);

#[derive(Default)]
struct Plate {
    facts: Vec<Fact>,
    durable: u64,
    lost: bool,
    desk: Arc<Notify>,
}

impl Disk {
    fn plate(&self) -> MutexGuard<'_, Plate> {
        self.0.lock().unwrap()
    }

    /// What wakes the desk.
    pub(crate) fn wakes(&self) -> Arc<Notify> {
        Arc::clone(&self.plate().desk)
    }

    fn appended(&self) -> u64 {
        self.plate().facts.last().map_or(0, |fact| fact.seq)
    }

    fn has(&self, durable: u64) {
        self.plate().durable = durable;
        self.plate().desk.notify_one();
    }

    fn commits(&self) {
        self.has(self.appended());
    }

    fn is_lost(&self) {
        self.plate().lost = true;
        self.plate().desk.notify_one();
    }
}

impl Journal for Disk {
    fn append(&mut self, facts: &[Fact]) {
        self.plate().facts.extend_from_slice(facts);
    }

    fn durable(&self) -> u64 {
        self.plate().durable
    }

    fn health(&self) -> JournalHealth {
        if self.plate().lost { JournalHealth::Lost } else { JournalHealth::Sound }
    }
}

fn resting() -> Ticket {
    Ticket { kind: TicketKind::Limit, price: Some("1300.0".into()), ..ticket(Side::Buy, "2") }
}

/// Lets the desk do everything that it can do now.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

fn submitted(messages: &[Message]) -> Vec<String> {
    let orders = messages
        .iter()
        .filter_map(|message| if let Message::Submit(order) = message { Some(order) } else { None });
    orders.map(|order| order.id().to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_opening_leaves_once_its_fact_is_on_the_disk_and_not_before() {
    let (disk, broker) = (Disk::default(), Noted::default());
    let sent = broker.messages.clone();
    let world = run_on(broker, (disk.clone(), disk.wakes()), Limits::NONE);
    let first = tokio::spawn({
        let desk = world.desk.clone();
        async move { desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap() }
    });
    let second = tokio::spawn({
        let desk = world.desk.clone();
        async move { desk.place(resting(), Origin::Window).await.unwrap() }
    });
    settle().await;
    assert_eq!(disk.appended(), FACTS_AT_START + 2);
    assert!(submitted(&sent.lock().unwrap()).is_empty());
    // One fact short of the first order: still nothing.
    disk.has(FACTS_AT_START);
    settle().await;
    assert!(submitted(&sent.lock().unwrap()).is_empty());
    disk.has(FACTS_AT_START + 1);
    settle().await;
    assert_eq!(submitted(&sent.lock().unwrap()), ["T1"]);
    disk.commits();
    assert_eq!(first.await.unwrap().status, OrderStatus::Accepted);
    assert_eq!(second.await.unwrap().status, OrderStatus::Accepted);
    assert_eq!(submitted(&sent.lock().unwrap()), ["T1", "T2"]);
}

#[tokio::test(start_paused = true)]
async fn exits_cancels_and_questions_never_wait_for_the_disk() {
    let (disk, broker) = (Disk::default(), Noted::default());
    let sent = broker.messages.clone();
    let world = run_on(broker, (disk.clone(), disk.wakes()), Limits::NONE);
    disk.has(u64::MAX);
    let stop = Ticket { stop: Some("1316.0".into()), ..ticket(Side::Buy, "2") };
    world.print(13_200).await;
    let order = world.desk.place(stop, Origin::Window).await.unwrap().order;
    let limit = world.desk.place(resting(), Origin::Window).await.unwrap().order;
    world.print(13_201).await;
    disk.has(0);
    sent.lock().unwrap().clear();
    // A reduction, the cancel of an order, a stop that fires: all of it at once.
    let reduced = world.desk.place(ticket(Side::Sell, "1"), Origin::Window).await.unwrap();
    world.desk.cancel(limit, Origin::Window).await.unwrap();
    world.print(13_150).await;
    settle().await;
    let sent = sent.lock().unwrap();
    assert_eq!(order, OrderId::Ticket(1));
    assert_eq!(submitted(&sent), [reduced.order.to_string(), "L0-X1".to_owned()]);
    assert!(sent.contains(&Message::Cancel(limit)));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_cancelled_before_it_left_has_provably_never_left() {
    let (disk, broker) = (Disk::default(), Noted::default());
    let sent = broker.messages.clone();
    let world = run_on(broker, (disk.clone(), disk.wakes()), Limits::NONE);
    let desk = world.desk.clone();
    let placing = tokio::spawn(async move { desk.place(resting(), Origin::Window).await.unwrap() });
    settle().await;
    world.desk.cancel(OrderId::Ticket(1), Origin::Window).await.unwrap();
    let answer = placing.await.unwrap();
    assert_eq!((answer.status, answer.failed), (OrderStatus::Failed, Some(FailReason::NeverSent)));
    disk.commits();
    settle().await;
    let sent = sent.lock().unwrap();
    assert!(sent.iter().all(|message| message.order().is_none()), "nothing but the account was asked for");
}

#[tokio::test(start_paused = true)]
async fn a_flatten_or_a_halt_stops_what_has_not_left() {
    for flattens in [true, false] {
        let (disk, broker) = (Disk::default(), Noted::default());
        let sent = broker.messages.clone();
        let world = run_on(broker, (disk.clone(), disk.wakes()), Limits::NONE);
        let desk = world.desk.clone();
        let placing = tokio::spawn(async move { desk.place(resting(), Origin::Window).await.unwrap() });
        settle().await;
        if flattens {
            assert!(world.desk.flatten_all(Origin::Hotkey).await.unwrap().flat);
        } else {
            world.desk.halt(HaltChange::Kill, Origin::Window).unwrap();
        }
        settle().await;
        disk.commits();
        let answer = placing.await.unwrap();
        assert_eq!((answer.status, answer.failed), (OrderStatus::Failed, Some(FailReason::NeverSent)));
        settle().await;
        assert!(submitted(&sent.lock().unwrap()).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_journal_fails_what_waits_refuses_what_opens_and_lets_exits_go() {
    let (disk, broker) = (Disk::default(), Noted::default());
    let sent = broker.messages.clone();
    let world = run_on(broker, (disk.clone(), disk.wakes()), Limits::NONE);
    disk.has(u64::MAX);
    world.print(13_200).await;
    let stop = Ticket { stop: Some("1316.0".into()), ..ticket(Side::Buy, "1") };
    world.desk.place(stop, Origin::Window).await.unwrap();
    world.print(13_201).await;
    disk.has(0);
    let desk = world.desk.clone();
    let placing = tokio::spawn(async move { desk.place(resting(), Origin::Window).await.unwrap() });
    settle().await;
    disk.is_lost();
    let answer = placing.await.unwrap();
    assert_eq!((answer.status, answer.failed), (OrderStatus::Failed, Some(FailReason::NotRecorded)));
    let refused = world.desk.place(resting(), Origin::Window).await.unwrap();
    assert_eq!(refused.refusal.unwrap().reason(), "journal_lost");
    let book = world.desk.snapshot().await.unwrap().book;
    assert!(book.halt().journal_lost);
    sent.lock().unwrap().clear();
    world.print(13_150).await;
    let exits = sent.lock().unwrap().clone();
    assert!(matches!(&exits[..], [Message::Submit(Outbound::Exit(exit))] if exit_is(exit, "L0-X1")));
}

fn exit_is(exit: &phantom_compliance::ExitOrder, id: &str) -> bool {
    Outbound::Exit(exit.clone()).id().to_string() == id
}
