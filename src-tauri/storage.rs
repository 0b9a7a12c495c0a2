//! The data folder: whose it is, the journals in it, and what of a session survives the program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use phantom_broker_mock::{KeptBroker, MockSettings};
use phantom_engine::Timing;
use phantom_journal::{Environment, Session as Owner, Store};
use phantom_runtime::Listing;
use phantom_station::{Lease, MarketPlace, OpenedDesk, Start, Station};

use crate::account_rules::terms_under;
use crate::session::SessionFault;
use crate::settings::rules::Checked;

/// How long a session waits until the one before has closed the same journal.
const CLOSING_MAX: Duration = Duration::from_secs(10);

/// The data folder of this program.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    lease: Arc<Lease>,
    open: Arc<(Mutex<BTreeSet<String>>, Condvar)>,
}

/// An account that this program has open, until this is dropped.
#[derive(Debug)]
pub(crate) struct Holding {
    account: String,
    open: Arc<(Mutex<BTreeSet<String>>, Condvar)>,
}

/// What survives of a session.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The journal's file.
    pub(crate) journal: PathBuf,
    /// How long reading it took.
    pub(crate) took: Duration,
    /// What was wrong with it.
    pub(crate) damage: Option<String>,
}

/// A simulated account as it was left.
pub(crate) struct Restored {
    pub(crate) account: Account,
    pub(crate) broker: KeptBroker,
    pub(crate) was: MarketPlace,
    pub(crate) place: PathBuf,
}

/// An account whose journal was opened.
pub(crate) struct Account {
    pub(crate) desk: OpenedDesk,
    pub(crate) kept: Kept,
    pub(crate) holding: Holding,
}

impl Storage {
    /// The folder of a lease.
    pub(crate) fn new(lease: Lease) -> Self {
        Self { lease: Arc::new(lease), open: Arc::default() }
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        self.lease.folder()
    }

    /// Opens the account of a simulated market: its journal, the broker's own account, where prices were.
    pub(crate) fn restore(&self, checked: &Checked, wanted: &Listing) -> Result<Restored, SessionFault> {
        let mock = &checked.mock;
        let name = account_of(mock);
        let account = self.open(Environment::Mock, &name, &format!("{mock:?}"), checked, wanted)?;
        let folder = self.lease.folder();
        let names: Vec<String> = account.desk.listing.iter().map(|(_, it)| it.ninjatrader_name()).collect();
        let newest = account.desk.engine.book().fills().iter().map(|(_, fill)| fill.exec).max();
        let path = folder.join(format!("broker-{name}.jsonl"));
        let broker = KeptBroker::open(&path, mock.clone(), &names)?.numbering_after(newest);
        let place = folder.join(format!("market-{name}.json"));
        Ok(Restored { was: MarketPlace::load(&place), account, broker, place })
    }

    /// Opens the journal of an account, which is nobody else's in this program until the desk has ended.
    pub(crate) fn open(
        &self,
        environment: Environment,
        account: &str,
        configuration: &str,
        checked: &Checked,
        wanted: &Listing,
    ) -> Result<Account, SessionFault> {
        let owner = Owner {
            environment,
            account: account.to_owned(),
            build: env!("CARGO_PKG_VERSION").to_owned(),
            configuration: configuration.to_owned(),
        };
        let holding = self.hold(&owner.file_name())?;
        let journal = Store::new(self.lease.folder()).path(&owner);
        let terms = |listing: &Listing| terms_under(listing, checked.profile.as_deref());
        let start =
            Start { limits: checked.limits, timing: Timing::LIVE, terms: &terms, policy: checked.policy };
        let desk = Station::new(Arc::clone(&self.lease), owner).open(wanted, &start)?;
        let damage = desk.damage.as_ref().map(ToString::to_string);
        let kept = Kept { journal, took: desk.took, damage };
        Ok(Account { desk, kept, holding })
    }

    /// Waits until every journal of this program is closed, for as long as that may take.
    pub(crate) fn wait_until_closed(&self) {
        let (open, closed) = &*self.open;
        let waited = closed.wait_timeout_while(lock(open), CLOSING_MAX, |open| !open.is_empty());
        if waited.unwrap_or_else(PoisonError::into_inner).1.timed_out() {
            tracing::error!("a journal is still open at the end; the next start reads it as after a crash");
        }
    }

    /// Waits until nobody in this program has the account any more, and takes it.
    fn hold(&self, account: &str) -> Result<Holding, SessionFault> {
        let (open, closed) = &*self.open;
        let taken = |open: &mut BTreeSet<String>| open.contains(account);
        let waited =
            closed.wait_timeout_while(lock(open), CLOSING_MAX, taken).unwrap_or_else(PoisonError::into_inner);
        let mut open = waited.0;
        if !open.insert(account.to_owned()) {
            return Err(SessionFault::StillClosing);
        }
        Ok(Holding { account: account.to_owned(), open: Arc::clone(&self.open) })
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let (open, closed) = &*self.open;
        lock(open).remove(&self.account);
        closed.notify_all();
    }
}

fn lock(open: &Mutex<BTreeSet<String>>) -> MutexGuard<'_, BTreeSet<String>> {
    // Each change is one insertion or removal, so the set is right whoever panicked.
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of a simulated account: another market has another one, so that its prices and its fills
/// never meet those of this one.
fn account_of(mock: &MockSettings) -> String {
    let MockSettings { seed, delay_nanos, slippage_ticks, .. } = mock;
    let millis = |nanos: u64| nanos / 1_000_000;
    format!(
        "simulated-{seed}-{}-{}-{}-{}",
        millis(delay_nanos.min()),
        millis(delay_nanos.max()),
        slippage_ticks.min(),
        slippage_ticks.max()
    )
}
