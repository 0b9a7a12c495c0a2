//! What lies before a snapshot that a start has used: checked and folded once more while the desk runs, with
//! the integrity of the whole database; and the next snapshot is kept. Nobody waits for either.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use crate::chain::Digest;
use crate::connection;
use crate::contracts::ListedContract;
use crate::fault::{Damage, DamageKind, OpenFault};
use crate::reading::{self, Walked};
use crate::snapshot::Snapshot;
use crate::state_hash::StateHash;
use crate::store::integrity_check;

/// How many steps of the database's own engine pass between two looks at whether to stop: some milliseconds.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// What is to be done.
pub(crate) struct Audit {
    pub(crate) journal: PathBuf,
    pub(crate) vfs: Option<String>,
    pub(crate) build: String,
    pub(crate) contracts: Vec<ListedContract>,
    /// The snapshot to keep.
    pub(crate) keep: Option<Snapshot>,
    /// What the start has taken on trust.
    pub(crate) trusted: Option<Trusted>,
    /// How long after the start that is checked: first the desk is to be up.
    pub(crate) after: Duration,
}

/// A snapshot that was used.
#[derive(Clone, Copy)]
pub(crate) struct Trusted {
    pub(crate) seq: u64,
    pub(crate) digest: Digest,
    pub(crate) state: StateHash,
}

impl Trusted {
    pub(crate) fn of(it: &Snapshot) -> Self {
        Self { seq: it.place.seq, digest: it.place.digest, state: StateHash::of(&it.book) }
    }
}

/// An audit under way, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Audit {
    /// Begins in a thread of its own. `damaged` is told what is wrong with the records, where something is.
    pub(crate) fn begin(self, damaged: impl FnOnce(Damage) + Send + 'static) -> std::io::Result<UnderWay> {
        let stop = Arc::new(Stop::default());
        let its_stop = Arc::clone(&stop);
        let thread = thread::Builder::new().name("journal-audit".to_owned()).spawn(move || {
            if let Some(damage) = self.run(&its_stop) {
                damaged(damage);
            }
        })?;
        Ok(UnderWay { stop, thread: Some(thread) })
    }

    fn run(mut self, stop: &Arc<Stop>) -> Option<Damage> {
        if let Some(snapshot) = self.keep.take()
            && let Err(fault) = snapshot.keep(&self.journal, &self.build, &self.contracts)
        {
            tracing::warn!(%fault, "the snapshot of the journal could not be kept");
        }
        let trusted = self.trusted?;
        if stop.is_asked_within(self.after) {
            return None;
        }
        let damage = self.check(trusted, stop);
        // Cut short, it has shown nothing.
        damage.filter(|_| !stop.is_asked())
    }

    fn check(&self, trusted: Trusted, stop: &Arc<Stop>) -> Option<Damage> {
        let db = match self.open(stop) {
            Ok(db) => db,
            Err(fault) => {
                // The world refuses: that says nothing of the records.
                tracing::warn!(%fault, "what lies before the snapshot could not be checked");
                return None;
            }
        };
        let (book, Walked { end, damage, .. }) = reading::fold_up_to(&db, &self.contracts, trusted.seq);
        let same = (end.seq, end.digest) == (trusted.seq, trusted.digest);
        let kind = damage.or_else(|| {
            let same = same && StateHash::of(&book) == trusted.state;
            (!same).then_some(DamageKind::OtherBook { seq: trusted.seq })
        });
        let kind = kind.or_else(|| integrity_check(&db));
        if kind.is_none() {
            tracing::info!(records = trusted.seq, "what lies before the snapshot is whole");
        }
        kind.map(|kind| Damage { kind, last_whole: end.seq, quarantined: None })
    }

    /// The journal to read, until somebody asks to stop.
    fn open(&self, stop: &Arc<Stop>) -> Result<Connection, OpenFault> {
        let mut db = connection::to_read(&self.journal, self.vfs.as_deref())?;
        let stop = Arc::clone(stop);
        db.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || stop.is_asked()))?;
        Ok(db)
    }
}

impl UnderWay {
    fn end(&mut self) {
        self.stop.ask();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the audit of the journal has panicked");
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.end();
    }
}

/// A wish to end.
#[derive(Debug, Default)]
struct Stop {
    asked: Mutex<bool>,
    told: Condvar,
}

impl Stop {
    fn asked(&self) -> MutexGuard<'_, bool> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self) {
        *self.asked() = true;
        self.told.notify_all();
    }

    fn is_asked(&self) -> bool {
        *self.asked()
    }

    fn is_asked_within(&self, time: Duration) -> bool {
        let waited = self.told.wait_timeout_while(self.asked(), time, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use phantom_compliance::Minis;
    use phantom_engine::{Book, ContractTerms};
    use phantom_model::price::Grid;
    use phantom_model::{Money, Span, Timestamp};
    use phantom_runtime::Journal as _;
    use phantom_testkit::rounds::Rounds;
    use tempfile::TempDir;

    use super::*;
    use crate::{Environment, Session, Store};

    fn contracts() -> Vec<ListedContract> {
        let terms = ContractTerms {
            grid: Grid::new("0.25".parse().unwrap()).unwrap(),
            tick_value: Money::from_units(50_000),
            weight: Minis::whole(1),
            fee_per_side: Money::ZERO,
        };
        vec![ListedContract { name: "NQ 12-26".to_owned(), terms }]
    }

    /// A journal of two days whose first is in a snapshot, and what a start from that has taken on trust.
    fn audit() -> (TempDir, Audit, Trusted) {
        let folder = tempfile::tempdir().unwrap();
        let text = || "test".to_owned();
        let session =
            Session { environment: Environment::Mock, account: text(), build: text(), configuration: text() };
        let store = Store::new(folder.path()).reserve_bytes(0).snapshot_every(1);
        let mut rounds = Rounds::after(0, Timestamp::from_nanos(1_764_000_000_000_000_000));
        rounds.entry();
        rounds.exit();
        let first_day = rounds.facts.len();
        rounds.entry();
        for fact in rounds.facts.iter_mut().skip(first_day) {
            fact.at = fact.at + Span::from_millis(86_400_000);
        }
        store.open(&session, &contracts(), || ()).unwrap().writer.append(&rounds.facts);
        drop(store.open(&session, &contracts(), || ()).unwrap());
        let journal = store.path(&session);
        let db = connection::to_read(&journal, None).unwrap();
        let snapshot = Snapshot::load(&journal, &db, "test", &contracts()).unwrap();
        assert_eq!(snapshot.place.seq, first_day as u64);
        let trusted = Trusted::of(&snapshot);
        let audit = Audit {
            journal,
            vfs: None,
            build: text(),
            contracts: contracts(),
            keep: None,
            trusted: Some(trusted),
            after: Duration::ZERO,
        };
        (folder, audit, trusted)
    }

    fn wrong(trusted: Trusted) -> Trusted {
        let other = Book::new(&crate::contracts::terms(&contracts()));
        Trusted { state: StateHash::of(&other), ..trusted }
    }

    #[test]
    fn records_that_lead_to_the_snapshot_are_whole() {
        let (_folder, audit, _) = audit();
        assert_eq!(audit.run(&Arc::default()), None);
    }

    #[test]
    fn records_that_lead_to_another_book_are_told() {
        let (_folder, audit, trusted) = audit();
        let damage = Audit { trusted: Some(wrong(trusted)), ..audit }.run(&Arc::default()).unwrap();
        assert_eq!(
            (damage.kind, damage.last_whole),
            (DamageKind::OtherBook { seq: trusted.seq }, trusted.seq)
        );
    }

    #[test]
    fn a_check_that_is_cut_short_has_shown_nothing() {
        let (_folder, audit, trusted) = audit();
        let stop = Arc::new(Stop::default());
        stop.ask();
        assert_eq!(Audit { trusted: Some(wrong(trusted)), ..audit }.run(&stop), None);
    }

    #[test]
    fn a_journal_that_cannot_be_opened_to_be_checked_is_not_called_damaged() {
        let (folder, audit, _) = audit();
        let journal = folder.path().join("elsewhere.db");
        assert_eq!(Audit { journal, ..audit }.run(&Arc::default()), None);
    }
}
