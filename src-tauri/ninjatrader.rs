//! The desk on `NinjaTrader`: how its account is found, and what connects it.
//!
//! Which kind of account it is, is told by the other side and by nothing else. So a desk begins without a
//! way to the market ([`seek`]), looks who is there, and only then is the desk on that account's own journal
//! started ([`trade`]). Every later connection of it must be to the same kind.

pub(crate) mod board;
pub(crate) mod seek;
pub(crate) mod test;
pub(crate) mod trade;
pub(crate) mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_bridge::text::Name;
use phantom_broker_ninjatrader::{ConnectionConfig, DeskName, NoDeskName, Timing};
use phantom_model::Contract;
use phantom_wire::NinjaTrader;
use tokio::sync::mpsc;

use crate::settings::Vault;
use board::LinkBoard;

/// What this program calls itself in the log of the other side.
const CLIENT: &str = concat!("phantom-desk ", env!("CARGO_PKG_VERSION"));

/// What a desk on `NinjaTrader` needs of the program around it.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    vault: Arc<Vault>,
    found: mpsc::UnboundedSender<Found>,
    searches: Arc<AtomicU64>,
}

/// The account was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Of which search. One that was given up since then changes nothing.
    pub(crate) search: u64,
    /// What kind of account it is.
    pub(crate) env: Env,
    pub(crate) secret: Secret,
    pub(crate) board: Arc<LinkBoard>,
}

impl Reach {
    /// Passwords come from the vault; what is found goes to `found`.
    pub(crate) fn new(vault: Arc<Vault>, found: mpsc::UnboundedSender<Found>) -> Self {
        Self { vault, found, searches: Arc::default() }
    }

    /// Another desk begins: what earlier searches find does not count any more.
    pub(crate) fn begin_search(&self) -> u64 {
        self.searches.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Whether this search is still wanted.
    pub(crate) fn is_current(&self, search: u64) -> bool {
        self.searches.load(Ordering::Acquire) == search
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    fn tell(&self, found: Found) {
        // A program that ends needs to know nothing more.
        self.found.send(found).ok();
    }
}

/// The place that the settings name.
pub(crate) fn place(to: &NinjaTrader) -> String {
    format!("{}:{}", to.host, to.port)
}

/// A connection as the settings want it.
fn config(
    to: &NinjaTrader,
    (secret, env): (Secret, Env),
    desk: &str,
    contracts: Vec<Contract>,
) -> Result<ConnectionConfig, NoDeskName> {
    Ok(ConnectionConfig {
        host: to.host.clone(),
        port: u16::try_from(to.port).unwrap_or(0),
        account: Name::cut(&to.account),
        client: Name::cut(CLIENT),
        secret,
        env,
        desk: DeskName::new(desk)?,
        contracts,
        watch_all: false,
        timing: Timing::default(),
    })
}

/// A number from 0 to 1 000 that no two desks share.
fn jitter() -> u16 {
    getrandom::u32().map_or(500, |number| u16::try_from(number % 1_001).unwrap_or(0))
}
