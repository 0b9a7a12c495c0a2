//! The connection of a desk that trades: its task, its prices, its state for the window.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_broker::Incoming;
use phantom_broker_ninjatrader::{
    BridgeBroker, ConnectFault, Connection, ConnectionStory, Handle, NoDeskName, Stage, connect,
};
use phantom_model::{ContractId, Timestamp, front_contract, next_roll, trading_day};
use phantom_runtime::{Clock, DeskHandle, Listing};
use phantom_wire::NinjaTrader;
use tokio::sync::mpsc;

use super::board::LinkBoard;
use super::{Found, Reach, config, jitter};
use crate::market::{PacedClock, QuoteBoard};

/// How often the desk's clock is compared with the wall's, and the roll with the day.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// From so many days before its roll on, a contract is warned of.
const ROLL_DAYS: i64 = 7;

/// What a session keeps of its connection.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) board: Arc<LinkBoard>,
    handle: Option<Handle>,
    watched: Arc<Mutex<BTreeSet<ContractId>>>,
    quotes: Arc<QuoteBoard>,
}

/// A connection before its thread runs.
pub(crate) struct Wired {
    connection: Connection,
    handle: Handle,
    brought: mpsc::Receiver<Incoming>,
    found: Found,
    reach: Reach,
}

impl Link {
    /// Of a desk that has no way to the market yet.
    pub(crate) fn seeking(board: Arc<LinkBoard>, quotes: Arc<QuoteBoard>) -> Self {
        Self { board, handle: None, watched: Arc::default(), quotes }
    }

    /// Trades of this contract are wanted from now on.
    pub(crate) async fn watch(&self, contract: ContractId) {
        let Some(handle) = &self.handle else { return };
        let is_new = self.watched.lock().unwrap_or_else(PoisonError::into_inner).insert(contract);
        if is_new {
            self.quotes.watch(contract);
            handle.watch(contract).await;
        }
    }

    /// A person has typed the name of the account with real money: whether it was right.
    pub(crate) async fn confirm_live(&self, typed: &str) -> bool {
        match &self.handle {
            Some(handle) => handle.confirm_live(typed).await,
            None => false,
        }
    }
}

impl Wired {
    /// Puts the connection of a desk together: the desk's broker, and what its thread runs.
    pub(crate) fn new(
        to: &NinjaTrader,
        found: Found,
        reach: Reach,
        desk: &str,
        (listing, clock): (&Listing, &PacedClock),
    ) -> Result<(BridgeBroker, Self), NoDeskName> {
        let contracts = listing.iter().map(|(_, contract)| contract.clone()).collect();
        let config = config(to, (found.secret.clone(), found.env), desk, contracts)?;
        let clock = clock.clone();
        let (broker, connection, handle, brought) = connect(config, move || clock.now(), jitter);
        Ok((broker, Self { connection, handle, brought, found, reach }))
    }

    /// What the session keeps of it, with the contracts that are watched from the start.
    pub(crate) fn link(
        &self,
        quotes: &Arc<QuoteBoard>,
        watched: impl IntoIterator<Item = ContractId>,
    ) -> Link {
        let watched: BTreeSet<ContractId> = watched.into_iter().collect();
        for &contract in &watched {
            quotes.watch(contract);
        }
        Link {
            board: Arc::clone(&self.found.board),
            handle: Some(self.handle.clone()),
            watched: Arc::new(Mutex::new(watched)),
            quotes: Arc::clone(quotes),
        }
    }

    /// Carries the connection until the desk has ended.
    pub(crate) async fn run(self, link: &Link, desk: DeskHandle, clock: PacedClock, listing: Arc<Listing>) {
        let Self { connection, handle, brought, found, reach } = self;
        let quotes = Arc::clone(&link.quotes);
        let watched = Arc::clone(&link.watched);
        for contract in snapshot(&watched) {
            handle.watch(contract).await;
        }
        let board = Arc::clone(&found.board);
        let carried = async {
            tokio::join!(connection.run(), forward(brought, &desk, &quotes));
        };
        tokio::select! {
            () = carried => {}
            () = follow_story(handle, found, reach) => {}
            () = follow_wall(&clock, &listing, &watched, &board) => {}
        }
    }
}

fn snapshot(watched: &Mutex<BTreeSet<ContractId>>) -> BTreeSet<ContractId> {
    watched.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What the connection brings goes to the desk; prices are shown on their way.
async fn forward(mut brought: mpsc::Receiver<Incoming>, desk: &DeskHandle, quotes: &QuoteBoard) {
    while let Some(incoming) = brought.recv().await {
        if let Incoming::Record(record) = &incoming {
            quotes.show(record);
        }
        if desk.bring(incoming).await.is_err() {
            return;
        }
    }
}

/// Shows how the connection stands. An account that has become one of the other kind is told: where nothing
/// is open, the desk of that side takes over.
async fn follow_story(handle: Handle, found: Found, reach: Reach) {
    let Found { search, secret, board, .. } = found;
    let mut stories = handle.story();
    loop {
        let story: ConnectionStory = stories.borrow_and_update().clone();
        if let Some(env) = other_kind(&story) {
            reach.tell(Found { search, env, secret: Secret::clone(&secret), board: Arc::clone(&board) });
        }
        board.show(story);
        if stories.changed().await.is_err() {
            // The connection has ended with its desk.
            return std::future::pending().await;
        }
    }
}

fn other_kind(story: &ConnectionStory) -> Option<Env> {
    let Stage::Waiting { fault: ConnectFault::WrongEnv { is, .. }, .. } = &story.stage else { return None };
    [Env::Sim, Env::Live].into_iter().find(|env| env.word() == *is)
}

/// The desk's clock runs on the machine's monotonic clock, which stands still while the computer sleeps: it
/// is put forward to the wall's, and never back.
async fn follow_wall(
    clock: &PacedClock,
    listing: &Listing,
    watched: &Mutex<BTreeSet<ContractId>>,
    board: &LinkBoard,
) {
    loop {
        clock.put_forward(Timestamp::from(jiff::Timestamp::now()));
        board.set_rolls(rolls(listing, &snapshot(watched), trading_day(clock.now())));
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}

/// Contracts that roll within a week, or have rolled while the desk ran.
fn rolls(listing: &Listing, watched: &BTreeSet<ContractId>, today: jiff::civil::Date) -> Vec<String> {
    let words = |&id: &ContractId| {
        let contract = listing.contract(id);
        let name = contract.ninjatrader_name();
        let front = front_contract(contract.instrument(), today).ok()?;
        if front != *contract {
            let front = front.ninjatrader_name();
            return Some(format!(
                "{name} has rolled: {front} is traded now; close it, then start the program again"
            ));
        }
        let (roll, next) = next_roll(contract.instrument(), today).ok()?;
        let days = i64::from(today.until(roll).ok()?.get_days());
        let next = next.ninjatrader_name();
        (days <= ROLL_DAYS).then(|| format!("{name} rolls on {roll}: from then on {next} is traded"))
    };
    watched.iter().filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use phantom_model::InstrumentTable;

    #[test]
    fn a_contract_is_warned_of_a_week_before_its_roll_and_after_it() {
        let table = Arc::new(InstrumentTable::built_in().unwrap());
        let listing = Listing::new(table, [], date(2026, 11, 25)).unwrap();
        let nq = listing.resolve("NQ").unwrap().contract;
        let watched = BTreeSet::from([nq]);
        assert!(rolls(&listing, &BTreeSet::new(), date(2026, 12, 10)).is_empty(), "what nobody trades");
        assert!(rolls(&listing, &watched, date(2026, 12, 6)).is_empty());
        let soon = rolls(&listing, &watched, date(2026, 12, 7));
        assert_eq!(soon, ["NQ 12-26 rolls on 2026-12-14: from then on NQ 03-27 is traded"]);
        let after = rolls(&listing, &watched, date(2026, 12, 14));
        assert!(after[0].starts_with("NQ 12-26 has rolled: NQ 03-27"), "{after:?}");
    }
}
