//! A desk on the mock broker, with gold at 0.1 per tick.

use std::sync::Arc;

use phantom_broker::Broker;
use phantom_broker_mock::{MockBroker, MockSettings};
use phantom_compliance::{Limits, Ticket, TicketKind};
use phantom_engine::{Engine, Timing};
use phantom_model::{
    ArenaKey, ContractId, InstrumentTable, MarketRecord, Money, Price, Print, Side, Timestamp,
};
use phantom_runtime::{Desk, DeskHandle, Journal, Listing, MarketClock, MemoryJournal};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// 2013-10-07 08:30 in Chicago.
pub(crate) const OPEN: Timestamp = Timestamp::from_nanos(1_381_152_600_000_000_000);

/// The day begins, the broker is there, and its own account has been compared.
pub(crate) const FACTS_AT_START: u64 = 3;

pub(crate) fn listing() -> Arc<Listing> {
    let table = Arc::new(InstrumentTable::built_in().unwrap());
    let date = phantom_model::trading_day(OPEN);
    Arc::new(Listing::new(table, [], date).unwrap())
}

pub(crate) fn engine(listing: &Listing, limits: Limits) -> Engine {
    engine_timed(listing, limits, Timing::STANDARD)
}

fn engine_timed(listing: &Listing, limits: Limits, timing: Timing) -> Engine {
    Engine::new(listing.terms(|_| Money::ZERO), limits, timing)
}

/// A running desk and what is needed to speak with it.
pub(crate) struct Running<J = MemoryJournal> {
    pub(crate) desk: DeskHandle,
    pub(crate) gold: ContractId,
    pub(crate) task: JoinHandle<J>,
}

pub(crate) fn run(broker: impl Broker + Send + 'static, limits: Limits) -> Running {
    run_timed(broker, limits, Timing::STANDARD)
}

pub(crate) fn run_timed(broker: impl Broker + Send + 'static, limits: Limits, timing: Timing) -> Running {
    let listing = listing();
    let gold = listing.resolve("GC").unwrap().contract;
    let engine = engine_timed(&listing, limits, timing);
    let (desk, handle) =
        Desk::new(engine, broker, MemoryJournal::new(), MarketClock::starting_at(OPEN), listing);
    Running { desk: handle, gold, task: tokio::spawn(desk.run()) }
}

/// A desk on another journal.
pub(crate) fn run_on<J: Journal + Send + 'static>(
    broker: impl Broker + Send + 'static,
    (journal, wakes): (J, Arc<Notify>),
    limits: Limits,
) -> Running<J> {
    let listing = listing();
    let gold = listing.resolve("GC").unwrap().contract;
    let engine = engine(&listing, limits);
    let (desk, handle) = Desk::new(engine, broker, journal, MarketClock::starting_at(OPEN), listing);
    Running { desk: handle, gold, task: tokio::spawn(desk.woken_by(wakes).run()) }
}

pub(crate) fn mock() -> MockBroker {
    MockBroker::new(MockSettings::frictionless(1))
}

impl<J> Running<J> {
    pub(crate) async fn last_price(&self) -> Option<Price> {
        let snapshot = self.desk.snapshot().await.unwrap();
        snapshot.marks[self.gold.row() as usize].0
    }

    /// Feeds a trade and waits until the desk has worked on it; its stamp is old, and the desk's clock rules.
    pub(crate) async fn print(&self, ticks: i64) {
        let price = Price::new(ticks).unwrap();
        let record = MarketRecord { contract: self.gold, at: OPEN, print: Print::Trade { price, size: 10 } };
        self.desk.feed(record).await.unwrap();
        while self.last_price().await != Some(price) {}
    }
}

pub(crate) fn ticket(side: Side, qty: &str) -> Ticket {
    Ticket {
        symbol: "GC".into(),
        side,
        qty: qty.into(),
        kind: TicketKind::Market,
        price: None,
        stop: None,
        target: None,
        guard: Box::default(),
    }
}
