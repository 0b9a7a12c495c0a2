//! How fast orders, ticks and stops go through the `AddOn`. The figures are printed with `--nocapture`;
//! `scripts/addon --speed` asks for many of each, built with optimisation.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use phantom_broker::{Broker, Incoming, Message, SendEnd};
use phantom_broker_ninjatrader::{BridgeBroker, Stage, connect};
use phantom_compliance::{ClosingBudget, Limits, Outbound, Ticket};
use phantom_engine::{Book, Engine, Origin, Timing};
use phantom_model::{
    ArenaKey, BrokerReport, ContractId, Cover, Link, LotId, MarketRecord, Money, NetQty, OrderId, OrderKind,
    Price, Print, Qty, Side, Span, Timestamp,
};
use phantom_runtime::{Clock as _, Desk, MarketClock, MemoryJournal};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::platform::platform;
use crate::world::{Desk1, OPEN, PATIENCE, config, listing, nq, ticket};

/// A number that the environment may raise.
fn asked(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |number| number.parse().unwrap())
}

/// Orders that go round.
fn orders() -> usize {
    asked("PHANTOM_ORDERS", 50)
}

fn exit(n: usize, contract: ContractId) -> Message {
    let id = OrderId::LotExit { lot: LotId::from_row(u32::try_from(n).unwrap()), exit: 1 };
    let budget = ClosingBudget::new(NetQty::new(1_000), 0);
    Message::Submit(Outbound::Exit(budget.exit(id, contract, Qty::ONE, OrderKind::Market).unwrap()))
}

fn clock() -> impl Fn() -> Timestamp + Send + Sync + 'static {
    let began = Instant::now();
    move || OPEN + Span::from_nanos(i64::try_from(began.elapsed().as_nanos()).unwrap())
}

fn print(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |per_mille: usize| took[(took.len() * per_mille / 1_000).min(took.len() - 1)];
    println!(
        "{what}: p50 {:?}, p90 {:?}, p99 {:?}, most {:?} of {}",
        at(500),
        at(900),
        at(990),
        at(999),
        took.len()
    );
}

#[tokio::test]
async fn orders_go_round_through_the_addon() {
    let Some(mut platform) = platform() else { return };
    platform.trades("23000");
    let (mut broker, connection, handle, mut brought) = connect(config(platform.address), clock(), || 0);
    tokio::spawn(connection.run());
    let mut story = handle.story();
    let up = tokio::time::timeout(PATIENCE, story.wait_for(|story| story.stage == Stage::Up));
    up.await.unwrap().unwrap();
    while !matches!(brought.recv().await.unwrap(), Incoming::Link(Link::Up)) {}
    let (contract, orders) = (nq(), orders());
    // The first hundred let the platform compile what it runs.
    let warm = orders / 10;
    let (mut accepted, mut filled) = (Vec::new(), Vec::new());
    for n in 0..warm + orders {
        let sent = Instant::now();
        broker.send(OPEN, exit(n, contract));
        let (mut answered_after, mut filled_after) = (None, None);
        while filled_after.is_none() {
            let next = tokio::time::timeout(PATIENCE, brought.recv()).await.unwrap().unwrap();
            match next {
                Incoming::Report(BrokerReport::Accepted { .. }) => answered_after = Some(sent.elapsed()),
                Incoming::Report(BrokerReport::Filled(_)) => filled_after = Some(sent.elapsed()),
                Incoming::Report(_) | Incoming::Link(_) | Incoming::Record(_) | Incoming::FeedAlive => {}
            }
        }
        if n >= warm {
            accepted.extend(answered_after);
            filled.extend(filled_after);
        }
    }
    assert_eq!(filled.len(), orders);
    if !accepted.is_empty() {
        print("order to answer", &mut accepted);
    }
    print("order to fill  ", &mut filled);
}

/// Ticks in a second that the bridge must carry whole.
const TICKS_PER_S: usize = 5_000;

/// The platform's trades go up ten ticks and start over, with sizes of one to seven: each is known by its place.
fn tick_of(n: usize, from: i64) -> (Price, u32) {
    let (up, size) = (i64::try_from(n % 10).unwrap(), u32::try_from(1 + n % 7).unwrap());
    (Price::new(from + up).unwrap(), size)
}

#[tokio::test]
async fn five_thousand_ticks_a_second_come_whole_and_in_order() {
    let Some(mut platform) = platform() else { return };
    let (_broker, connection, _handle, mut brought) = connect(config(platform.address), clock(), || 0);
    tokio::spawn(connection.run());
    while !matches!(brought.recv().await.unwrap(), Incoming::Link(Link::Up)) {}
    let (count, wanted) = (asked("PHANTOM_BRIDGE_TICKS", 3_000), nq());
    platform.say(&format!("ticks NQ 12-26 {TICKS_PER_S} {count} 23000"));
    let began = Instant::now();
    let mut next = 0;
    while next < count {
        let incoming = tokio::time::timeout(PATIENCE, brought.recv()).await.unwrap().unwrap();
        match incoming {
            Incoming::Record(MarketRecord { contract, print: Print::Trade { price, size }, .. })
                if contract == wanted =>
            {
                assert_eq!((price, size), tick_of(next, 92_000), "tick {next}");
                next += 1;
            }
            Incoming::Link(link) => panic!("the line went {link:?} at tick {next}"),
            Incoming::Record(_) | Incoming::Report(_) | Incoming::FeedAlive => {}
        }
    }
    let ideal = Duration::from_millis(u64::try_from(count * 1_000 / TICKS_PER_S).unwrap());
    println!(
        "{count} ticks at {TICKS_PER_S} a second: none lost, the last one {:?} behind",
        began.elapsed().saturating_sub(ideal)
    );
}

/// When the trade at a stop was taken in, and when the exit that it fired was handed on.
#[derive(Default)]
struct Stamps {
    taken_in: Vec<Instant>,
    handed_on: Vec<Instant>,
}

/// The adapter's broker, with the moment of each exit noted.
struct Watched {
    broker: BridgeBroker,
    stamps: Arc<Mutex<Stamps>>,
}

impl Broker for Watched {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        let is_exit = matches!(message, Message::Submit(Outbound::Exit(_)));
        let end = self.broker.send(at, message);
        if is_exit {
            self.stamps.lock().unwrap().handed_on.push(Instant::now());
        }
        end
    }

    fn decided_by(&mut self, order: OrderId, decider: phantom_broker::Decider) {
        self.broker.decided_by(order, decider);
    }

    fn wants_covers(&self) -> bool {
        self.broker.wants_covers()
    }

    fn cover(&mut self, all: &[Cover]) {
        self.broker.cover(all);
    }

    fn link(&self) -> Link {
        self.broker.link()
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.broker.next_report()
    }
}

/// Where the stop is and the one trade that fires it.
const STOP: &str = "22990.00";
const THROUGH: &str = "22989.00";

fn is_through(incoming: &Incoming, wanted: ContractId) -> bool {
    let through = Price::new(22_989 * 4);
    matches!(incoming, Incoming::Record(MarketRecord { contract, print: Print::Trade { price, .. }, .. })
        if *contract == wanted && Some(*price) == through)
}

/// A desk on the platform, with the way of a trade through it timed.
fn watched_desk(address: std::net::SocketAddr, stamps: &Arc<Mutex<Stamps>>) -> Desk1 {
    let clock = MarketClock::starting_at(OPEN);
    let (broker, connection, handle, mut brought) = connect(config(address), move || clock.now(), || 0);
    let terms = listing().terms(|_| Money::ZERO);
    let book = Book::new(&terms);
    let engine = Engine::with_book(terms, Limits::NONE, Timing::STANDARD, book);
    let broker = Watched { broker, stamps: Arc::clone(stamps) };
    let (desk, it) = Desk::new(engine, broker, MemoryJournal::new(), clock, listing());
    let (on, relayed) = mpsc::channel(1_024);
    let (listener, stamps, wanted) = (it.clone(), Arc::clone(stamps), nq());
    tokio::spawn(desk.run());
    tokio::spawn(connection.run());
    tokio::spawn(async move {
        while let Some(incoming) = brought.recv().await {
            if is_through(&incoming, wanted) {
                stamps.lock().unwrap().taken_in.push(Instant::now());
            }
            if on.send(incoming).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move { listener.listen(relayed).await });
    Desk1 { desk: it, handle }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_fires_at_once_while_ticks_of_another_contract_pour_in() {
    let Some(mut platform) = platform() else { return };
    let stamps = Arc::default();
    let desk = watched_desk(platform.address, &stamps);
    desk.up().await;
    platform.trades("23000");
    desk.priced().await;
    platform.say(&format!("ticks ES 12-26 {TICKS_PER_S} 0 6700"));
    let count = asked("PHANTOM_TRIGGERS", 5);
    let (row, calm) = (usize::try_from(nq().row()).unwrap(), Price::new(23_000 * 4));
    for fired in 1..=count {
        // A stop that is passed already would be refused.
        let seen = async { while desk.desk.marks().await.unwrap().last[row] != calm {} };
        tokio::time::timeout(PATIENCE, seen).await.unwrap();
        let bought = Ticket { stop: Some(STOP.into()), ..ticket(Side::Buy, "1") };
        desk.desk.place(bought, Origin::Window).await.unwrap();
        desk.holds(1).await;
        platform.trades(THROUGH);
        desk.holds(0).await;
        assert_eq!(stamps.lock().unwrap().handed_on.len(), fired, "one exit for each stop");
        platform.trades("23000");
    }
    let mut took: Vec<Duration> = {
        let stamps = stamps.lock().unwrap();
        assert_eq!(stamps.taken_in.len(), count);
        stamps.taken_in.iter().zip(&stamps.handed_on).map(|(taken, handed)| *handed - *taken).collect()
    };
    print("trade at the stop to its exit", &mut took);
}
