//! The broker's side of the bridge, in this process: the mock broker's server on a port of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_bridge::text::Name;
use phantom_broker_mock::MockSettings;
use phantom_broker_server::{
    Books, Control, HallSettings, Market, Server, ServerSettings, Traded, Venue, VenueSettings, serve,
};
use phantom_model::{ContractId, InstrumentTable, MarketRecord, Price, Print, Span, Timestamp, trading_day};
use phantom_runtime::Listing;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::world::quick;

/// What both sides share here.
pub(crate) const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A running server; it ends with the test.
pub(crate) struct Bridge {
    pub(crate) address: SocketAddr,
    controls: mpsc::Sender<Control>,
    /// Where ES trades, in ticks: fifty times a second.
    ticks: Arc<AtomicI64>,
    // Last: what runs on it is dropped with it.
    runtime: Runtime,
}

/// What a server is to be.
pub(crate) struct Side {
    pub(crate) account: &'static str,
    pub(crate) env: Env,
    pub(crate) secret: [u8; 32],
    /// With port 0 a free one.
    pub(crate) address: SocketAddr,
}

impl Default for Side {
    fn default() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { account: "Sim101", env: Env::Sim, secret: [7; 32], address }
    }
}

impl Side {
    /// Starts it, with its books in a folder where they are to outlive it.
    pub(crate) fn start(self, books: Option<&Path>) -> Bridge {
        let now = Timestamp::from(jiff::Timestamp::now());
        let table = Arc::new(InstrumentTable::built_in().unwrap());
        let listing = Listing::new(table, [], trading_day(now)).unwrap();
        let es = listing.resolve("ES").unwrap().contract;
        let ticks = Arc::new(AtomicI64::new(16_000));
        let market = market(es, now, Arc::clone(&ticks));
        let traded = listing.iter().filter_map(|(_, it)| Traded::new(it.clone())).collect();
        let venue = VenueSettings {
            account: Name::cut(self.account),
            provider: Name::cut("Simulator"),
            env: self.env,
            mock: MockSettings::frictionless(1),
        };
        let books = books.map_or_else(Books::in_memory, |folder| Books::open(folder).unwrap());
        let settings = ServerSettings {
            address: self.address,
            beyond_loopback: false,
            secret: Secret::from_bytes(self.secret),
            hall: HallSettings::default(),
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (controls, steered) = mpsc::channel(64);
        let address = runtime.block_on(async {
            // After a restart the port may be busy for a moment.
            let server = loop {
                match Server::bind(settings.clone()).await {
                    Ok(server) => break server,
                    Err(_) => tokio::task::yield_now().await,
                }
            };
            let address = server.address();
            tokio::spawn(serve(server, Venue::new(venue, traded, books), market, now, steered));
            address
        });
        Bridge { address, controls, ticks, runtime }
    }
}

impl Bridge {
    /// The settings of a desk that trades here.
    pub(crate) fn settings(&self) -> Value {
        settings_at(self.address.port())
    }

    /// ES trades there from now on.
    pub(crate) fn trades_at(&self, ticks: i64) {
        self.ticks.store(ticks, Ordering::Release);
    }

    pub(crate) fn steer(&self, control: Control) {
        self.controls.blocking_send(control).unwrap();
    }

    /// Ends it, and waits until its port is free.
    pub(crate) fn stop(self) -> SocketAddr {
        self.controls.blocking_send(Control::Stop).ok();
        self.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        self.address
    }
}

/// A market that trades one contract wherever the test wants it.
fn market(contract: ContractId, from: Timestamp, ticks: Arc<AtomicI64>) -> Market {
    let record = move |n: u32| {
        let price = Price::new(ticks.load(Ordering::Acquire))?;
        let print = Print::Trade { price, size: 10 };
        Some(MarketRecord { contract, at: from + Span::from_millis(n * 20), print })
    };
    Market::playing((0..).map_while(record), 1)
}

/// The settings of a desk on `NinjaTrader` at a port of this machine.
pub(crate) fn settings_at(port: u16) -> Value {
    let mut settings = quick();
    settings["broker"] = json!("NINJATRADER");
    settings["ninjatrader"]["port"] = json!(port);
    settings
}
