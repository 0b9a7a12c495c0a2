//! The one that writes: a thread of its own, so that nobody ever waits for the disk.
//!
//! Facts that come while a group is being written make up the next one: under load groups grow by
//! themselves, and a fact alone is written at once. The first error ends it: what a failed write or sync
//! has left behind cannot be known, so nothing is written to that handle again. Only a full disk, which is
//! told before anything was written, is met with the reserve and a new handle.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use phantom_engine::{Book, Fact};
use phantom_runtime::{Journal, JournalHealth};

use crate::audit::{Audit, UnderWay};
use crate::backup;
use crate::commit::{Group, Ledger};
use crate::connection;
use crate::encoding::{End, Stamped};
use crate::fault::WriteFault;
use crate::side_files::{self, Mark};
use crate::{runs, wall};

/// Facts that may wait for the disk: several minutes of the busiest desk.
const WAITING_MAX: usize = 200_000;
/// Facts in one group: what is committed at once must be there in time.
const GROUP_MAX: usize = 4_096;

/// What a writer works with beside its file.
pub(crate) struct Terms {
    pub(crate) slow_after: Duration,
    pub(crate) mark: Mark,
    pub(crate) wake: Arc<dyn Fn() + Send + Sync>,
    pub(crate) audit: Option<Audit>,
}

/// Writes facts to a journal, in a thread of its own. Dropped, it writes what waits and leaves the run
/// open, as a crash would; [`Writer::end`] closes it.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Option<Ledger>>>,
    audit: Option<UnderWay>,
}

/// How commits went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Commits {
    /// Groups that are on the disk.
    pub groups: u64,
    /// Facts in them.
    pub facts: u64,
    /// How long the last group took.
    pub last: Duration,
    /// How long the slowest took.
    pub slowest: Duration,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
    durable: AtomicU64,
    health: AtomicU8,
    /// When the group that is being written was begun, in nanoseconds since `origin`, plus 1; 0 for none.
    writing_since: AtomicU64,
    origin: Instant,
    slow_after: Duration,
}

#[derive(Debug, Default)]
struct Queue {
    facts: Vec<Stamped>,
    signals: Vec<(u32, String)>,
    closing: bool,
    commits: Commits,
    /// Why the journal is lost.
    lost: Option<Arc<WriteFault>>,
}

const SOUND: u8 = 0;
const FULL: u8 = 1;
const LOST: u8 = 2;

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic while it was held left plain lists behind, which are whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn nanos(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn is_slow(&self) -> bool {
        let since = self.writing_since.load(Ordering::Acquire);
        since != 0 && Duration::from_nanos(self.nanos().saturating_sub(since - 1)) > self.slow_after
    }

    fn lose(&self, why: WriteFault) {
        let mut queue = self.queue();
        queue.facts.clear();
        queue.signals.clear();
        queue.lost.get_or_insert(Arc::new(why));
        self.health.store(LOST, Ordering::Release);
    }
}

impl Journal for Writer {
    fn append(&mut self, facts: &[Fact]) {
        if facts.is_empty() || self.shared.health.load(Ordering::Acquire) == LOST {
            return;
        }
        let (wall_ns, mono_ns) = (Some(wall::now_ns()), i64::try_from(self.shared.nanos()).ok());
        let mut queue = self.shared.queue();
        if queue.facts.len() + facts.len() > WAITING_MAX {
            let waiting = queue.facts.len();
            drop(queue);
            self.shared.lose(WriteFault::Behind(waiting));
            return;
        }
        queue.facts.extend(facts.iter().map(|fact| Stamped { fact: fact.clone(), wall_ns, mono_ns }));
        drop(queue);
        self.shared.work.notify_one();
    }

    fn durable(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }

    fn health(&self) -> JournalHealth {
        match self.shared.health.load(Ordering::Acquire) {
            LOST => JournalHealth::Lost,
            FULL => JournalHealth::Full,
            _ if self.shared.is_slow() => JournalHealth::Slow,
            _ => JournalHealth::Sound,
        }
    }
}

impl Writer {
    pub(crate) fn start(ledger: Ledger, end: End, terms: Terms) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            work: Condvar::new(),
            durable: AtomicU64::new(end.seq),
            health: AtomicU8::new(SOUND),
            writing_since: AtomicU64::new(0),
            origin: wall::stopwatch(),
            slow_after: terms.slow_after,
        });
        let Terms { mark, wake, audit, slow_after: _ } = terms;
        let audit = audit.map(|audit| {
            let (shared, wake, journal) = (Arc::clone(&shared), Arc::clone(&wake), ledger.path.clone());
            audit.begin(move |damage| lose(&shared, wake.as_ref(), &journal, WriteFault::Damaged(damage)))
        });
        let audit = audit.transpose()?;
        let pen = Pen { shared: Arc::clone(&shared), end, mark, wake, journal: ledger.path.clone() };
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || pen.run(ledger))?;
        Ok(Self { shared, thread: Some(thread), audit })
    }

    /// Tells the name that a signal has at its source; facts name it by its place.
    pub fn name_signal(&mut self, place: u32, name: &str) {
        self.shared.queue().signals.push((place, name.to_owned()));
        self.shared.work.notify_one();
    }

    /// How commits went so far.
    #[must_use]
    pub fn commits(&self) -> Commits {
        self.shared.queue().commits
    }

    /// Why the journal is lost; `None` while it is not.
    #[must_use]
    pub fn lost(&self) -> Option<Arc<WriteFault>> {
        self.shared.queue().lost.clone()
    }

    /// Writes what waits, notes how the run ended and what the book was, and makes a copy of the journal in
    /// the folder `backups` beside it, of which the newest 30 are kept.
    ///
    /// # Errors
    /// [`WriteFault`] when not everything is on the disk, or the copy could not be made. The journal is as
    /// after a crash then.
    pub fn end(mut self, book: &Book) -> Result<(), WriteFault> {
        let Some(ledger) = self.close() else {
            return Err(WriteFault::Lost(self.lost().map_or_else(String::new, |why| why.to_string())));
        };
        let now = wall::now_ns();
        runs::note_state(&ledger.db, ledger.run, book)?;
        runs::end(&ledger.db, ledger.run, now)?;
        let copied = backup::make(&ledger.db, &ledger.path, now);
        connection::close(ledger.db)?;
        copied
    }

    fn close(&mut self) -> Option<Ledger> {
        drop(self.audit.take());
        self.shared.queue().closing = true;
        self.shared.work.notify_one();
        // A thread that panicked has lost the journal.
        let ledger = self.thread.take()?.join().ok().flatten()?;
        if self.shared.health.load(Ordering::Acquire) == LOST {
            ledger.abandon();
            return None;
        }
        Some(ledger)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.close());
    }
}

/// What waits for the disk: facts, and names of signals.
type Waiting = (Vec<Stamped>, Vec<(u32, String)>);

/// Why a group is not on the disk, and the file as far as it is still there.
type Failed = Box<(WriteFault, Option<Ledger>)>;

/// The thread's own side.
struct Pen {
    shared: Arc<Shared>,
    end: End,
    mark: Mark,
    wake: Arc<dyn Fn() + Send + Sync>,
    journal: PathBuf,
}

impl Pen {
    /// Writes until it is closed; the file is given back unless it is lost.
    fn run(mut self, mut ledger: Ledger) -> Option<Ledger> {
        while let Some(work) = self.next() {
            ledger = self.write(ledger, work)?;
        }
        Some(ledger)
    }

    /// What waits, at most a group; `None` when there is nothing and nothing will come.
    fn next(&self) -> Option<Waiting> {
        let mut queue = self.shared.queue();
        while queue.facts.is_empty() && queue.signals.is_empty() {
            if queue.closing {
                return None;
            }
            queue = self.shared.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let signals = std::mem::take(&mut queue.signals);
        if queue.facts.len() <= GROUP_MAX {
            return Some((std::mem::take(&mut queue.facts), signals));
        }
        let later = queue.facts.split_off(GROUP_MAX);
        Some((std::mem::replace(&mut queue.facts, later), signals))
    }

    fn write(&mut self, ledger: Ledger, work: Waiting) -> Option<Ledger> {
        let began = wall::stopwatch();
        self.shared.writing_since.store(self.shared.nanos() + 1, Ordering::Release);
        let written = match self.encode(ledger.run, work) {
            Err(why) => Err(Box::new((why, Some(ledger)))),
            Ok(group) => self.commit(ledger, &group).map(|ledger| (ledger, group.records.len())),
        };
        self.shared.writing_since.store(0, Ordering::Release);
        match written {
            Ok((ledger, count)) => {
                self.note(count, began.elapsed());
                (self.wake)();
                Some(ledger)
            }
            Err(failed) => {
                let (why, ledger) = *failed;
                self.give_up(why, ledger);
                None
            }
        }
    }

    fn encode(&mut self, run: i64, work: Waiting) -> Result<Group, WriteFault> {
        let (facts, signals) = work;
        let records = facts.iter().map(|fact| self.end.encode(run, fact)).collect::<Result<_, _>>()?;
        Ok(Group { records, signals })
    }

    fn commit(&self, mut ledger: Ledger, group: &Group) -> Result<Ledger, Failed> {
        let why = match ledger.commit(group) {
            Ok(()) => return Ok(ledger),
            Err(why) => why,
        };
        let has_reserve = self.shared.health.load(Ordering::Acquire) == SOUND;
        if !(why.is_full() && has_reserve) {
            return Err(Box::new((why, Some(ledger))));
        }
        // The database has rolled the group back: nothing of it was written, so it may be written again.
        if side_files::give_reserve(&ledger.path).is_err() {
            return Err(Box::new((why, Some(ledger))));
        }
        tracing::error!(%why, "the disk is full; the journal goes on from its reserve");
        self.shared.health.store(FULL, Ordering::Release);
        let mut ledger =
            ledger.reopened().map_err(|fault| Box::new((WriteFault::Reopen(fault.to_string()), None)))?;
        match ledger.commit(group) {
            Ok(()) => Ok(ledger),
            Err(why) => Err(Box::new((why, Some(ledger)))),
        }
    }

    fn note(&mut self, count: usize, took: Duration) {
        if let Err(fault) = self.mark.write(self.end.seq, &self.end.digest) {
            tracing::warn!(%fault, "the mark of the journal could not be written");
        }
        self.shared.durable.store(self.end.seq, Ordering::Release);
        let mut queue = self.shared.queue();
        let commits = &mut queue.commits;
        commits.groups += 1;
        commits.facts += count as u64;
        commits.last = took;
        commits.slowest = commits.slowest.max(took);
    }

    fn give_up(&self, why: WriteFault, ledger: Option<Ledger>) {
        lose(&self.shared, self.wake.as_ref(), &self.journal, why);
        if let Some(ledger) = ledger {
            ledger.abandon();
        }
    }
}

fn lose(shared: &Shared, wake: &(dyn Fn() + Send + Sync), journal: &Path, why: WriteFault) {
    let text = why.to_string();
    // First the desk: it must know before anything else can take time.
    shared.lose(why);
    wake();
    tracing::error!(why = %text, "the journal is lost");
    if let Err(fault) = side_files::note_lost(journal, &text) {
        tracing::error!(%fault, "and it could not be noted for the next start");
    }
}
