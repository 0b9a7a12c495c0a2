//! A desk, its connection, and the mock broker's server, all on this machine.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_bridge::text::Name;
use phantom_broker_mock::MockSettings;
use phantom_broker_ninjatrader::{
    ConnectionConfig, ConnectionStory, DeskName, Handle, Stage, Timing, connect,
};
use phantom_broker_server::{
    Books, Control, HallSettings, Market, Server, ServerSettings, Traded, Venue, VenueSettings, serve,
};
use phantom_compliance::{Limits, Ticket, TicketKind};
use phantom_engine::fact::{Absence, GapPolicy};
use phantom_engine::{Book, Engine, Timing as EngineTiming};
use phantom_model::{
    ArenaKey, ContractId, InstrumentTable, MarketRecord, Money, OrderStatus, Price, Print, Side, Timestamp,
    trading_day,
};
use phantom_runtime::{Clock, Desk, DeskHandle, Listing, MarketClock, MemoryJournal, Returning};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// 2026-11-24 10:00 in Chicago.
pub(crate) const OPEN: Timestamp = Timestamp::from_nanos(1_795_536_000_000_000_000);
/// Far longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn listing() -> Arc<Listing> {
    let table = Arc::new(InstrumentTable::built_in().unwrap());
    Arc::new(Listing::new(table, [], trading_day(OPEN)).unwrap())
}

pub(crate) fn nq() -> ContractId {
    listing().resolve("NQ").unwrap().contract
}

/// The broker's side.
pub(crate) struct Side1 {
    pub(crate) address: SocketAddr,
    pub(crate) controls: mpsc::Sender<Control>,
    pub(crate) task: JoinHandle<()>,
}

pub(crate) struct Server1 {
    pub(crate) account: &'static str,
    pub(crate) env: Env,
    pub(crate) secret: [u8; 32],
    pub(crate) hall: HallSettings,
    pub(crate) mock: MockSettings,
    pub(crate) address: SocketAddr,
}

impl Default for Server1 {
    fn default() -> Self {
        Self {
            account: "Sim101",
            env: Env::Sim,
            secret: [7; 32],
            hall: HallSettings::default(),
            mock: MockSettings::frictionless(1),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }
}

impl Server1 {
    pub(crate) async fn start(self, books: Option<&Path>) -> Side1 {
        self.start_with(books, Market::quiet()).await
    }

    pub(crate) async fn start_with(self, books: Option<&Path>, market: Market) -> Side1 {
        let traded = listing().iter().filter_map(|(_, it)| Traded::new(it.clone())).collect();
        let settings = VenueSettings {
            account: Name::cut(self.account),
            provider: Name::cut("Simulator"),
            env: self.env,
            mock: self.mock,
        };
        let books = books.map_or_else(Books::in_memory, |folder| Books::open(folder).unwrap());
        let venue = Venue::new(settings, traded, books);
        let settings = ServerSettings {
            address: self.address,
            beyond_loopback: false,
            secret: Secret::from_bytes(self.secret),
            hall: self.hall,
        };
        // After a restart the port may be busy for a moment.
        let server = loop {
            match Server::bind(settings.clone()).await {
                Ok(server) => break server,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        let address = server.address();
        let (controls, steered) = mpsc::channel(64);
        let task = tokio::spawn(serve(server, venue, market, OPEN, steered));
        Side1 { address, controls, task }
    }
}

impl Side1 {
    pub(crate) async fn print(&self, ticks: i64) {
        let print = Print::Trade { price: Price::new(ticks).unwrap(), size: 10 };
        let record = MarketRecord { contract: nq(), at: OPEN, print };
        self.controls.send(Control::Record(record)).await.unwrap();
    }

    pub(crate) async fn steer(&self, control: Control) {
        self.controls.send(control).await.unwrap();
    }

    pub(crate) async fn stop(self) -> SocketAddr {
        self.controls.send(Control::Stop).await.unwrap();
        self.task.await.unwrap();
        self.address
    }
}

pub(crate) fn config(address: SocketAddr) -> ConnectionConfig {
    ConnectionConfig {
        host: address.ip().to_string(),
        port: address.port(),
        account: Name::cut("Sim101"),
        client: Name::cut("desk"),
        secret: Secret::from_bytes([7; 32]),
        env: Env::Sim,
        desk: DeskName::new("d1").unwrap(),
        contracts: listing().iter().map(|(_, it)| it.clone()).collect(),
        watch_all: true,
        timing: Timing {
            retry_min: Duration::from_millis(20),
            retry_max: Duration::from_millis(200),
            ..Timing::default()
        },
    }
}

/// A desk with its connection.
pub(crate) struct Desk1 {
    pub(crate) desk: DeskHandle,
    pub(crate) handle: Handle,
}

pub(crate) fn desk(config: ConnectionConfig) -> Desk1 {
    desk_on(config, None)
}

/// A desk that comes back after a crash to what its journal says, or a new one.
pub(crate) fn desk_on(config: ConnectionConfig, book: Option<Book>) -> Desk1 {
    let listing = listing();
    let since = book.as_ref().map_or(OPEN, Book::last_at);
    let clock = MarketClock::starting_at(since);
    let mut jitter = 0_u16;
    let (broker, connection, handle, brought) = connect(
        config,
        move || clock.now(),
        move || {
            jitter = (jitter + 377) % 1_000;
            jitter
        },
    );
    let (terms, is_back) = (listing.terms(|_| Money::ZERO), book.is_some());
    let book = book.unwrap_or_else(|| Book::new(&terms));
    let engine = Engine::with_book(terms, Limits::NONE, EngineTiming::STANDARD, book);
    let (desk, it) = Desk::new(engine, broker, MemoryJournal::new(), clock, listing);
    let (absence, policy) = (Absence::Crashed, GapPolicy::default());
    let returning = Returning { absence, since, policy, damaged: false };
    let desk = if is_back { desk.returning(returning) } else { desk };
    tokio::spawn(desk.run());
    tokio::spawn(connection.run());
    let listener = it.clone();
    tokio::spawn(async move { listener.listen(brought).await });
    Desk1 { desk: it, handle }
}

impl Desk1 {
    /// Waits until the story is so.
    pub(crate) async fn story(&self, is: impl Fn(&ConnectionStory) -> bool) -> ConnectionStory {
        let mut story = self.handle.story();
        let found = tokio::time::timeout(PATIENCE, story.wait_for(is)).await;
        found.expect("the story never came so far").unwrap().clone()
    }

    /// Waits until orders can be sent and the broker's account was compared.
    pub(crate) async fn up(&self) {
        self.story(|story| story.stage == Stage::Up).await;
        self.book(|book| !book.halt().not_connected && !book.halt().reconciling).await;
    }

    pub(crate) async fn down(&self) {
        self.book(|book| book.halt().not_connected).await;
    }

    /// Waits until the desk's book is so.
    #[track_caller]
    pub(crate) fn book(&self, is: impl Fn(&phantom_engine::Book) -> bool) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if !self.book_becomes(is).await {
                let book = self.desk.snapshot().await.unwrap().book;
                let orders: Vec<_> = book.orders().iter().map(|(_, row)| (row.id, row.status)).collect();
                let (halt, story) = (book.halt(), self.handle.story().borrow().clone());
                let net = book.positions().at(nq()).net;
                panic!("never came so far, asked at {caller}: {net:?} {orders:?} {halt:?} {story:?}");
            }
        }
    }

    async fn book_becomes(&self, is: impl Fn(&phantom_engine::Book) -> bool) -> bool {
        let looked = tokio::time::timeout(PATIENCE, async {
            loop {
                let mut snapshot = self.desk.snapshot().await.unwrap();
                if is(&snapshot.book) {
                    return;
                }
                snapshot.later.recv().await.unwrap();
            }
        });
        looked.await.is_ok()
    }

    /// A trade happens in the broker's market, and the desk has seen it.
    pub(crate) async fn sees(&self, server: &Side1, ticks: i64) {
        server.print(ticks).await;
        let seen = tokio::time::timeout(PATIENCE, async {
            let at = usize::try_from(nq().row()).unwrap();
            while self.desk.marks().await.unwrap().last[at] != Price::new(ticks) {}
        });
        seen.await.expect("the trade never came");
    }

    /// Waits until an order that the broker has taken can still fill.
    pub(crate) async fn accepted(&self) {
        self.book(|book| book.live_orders().any(|(_, row)| row.status == OrderStatus::Accepted)).await;
    }

    pub(crate) async fn held(&self) -> i64 {
        self.desk.snapshot().await.unwrap().book.positions().at(nq()).net.signed()
    }

    pub(crate) async fn holds(&self, contracts: i64) {
        self.book(|book| book.positions().at(nq()).net.signed() == contracts).await;
    }
}

pub(crate) fn ticket(side: Side, qty: &str) -> Ticket {
    Ticket {
        symbol: "NQ".into(),
        side,
        qty: qty.into(),
        kind: TicketKind::Market,
        price: None,
        stop: None,
        target: None,
        guard: Box::default(),
    }
}

pub(crate) fn limit(side: Side, qty: &str, price: &str) -> Ticket {
    Ticket { kind: TicketKind::Limit, price: Some(price.into()), ..ticket(side, qty) }
}
