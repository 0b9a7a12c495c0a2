//! Where journals live, and the way from a file to a running journal.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use phantom_engine::Book;
use rusqlite::Connection;

use crate::audit::Audit;
use crate::commit::Ledger;
use crate::connection;
use crate::contracts::{self, ListedContract};
use crate::day::DaySoFar;
use crate::fault::{ContractFault, Damage, DamageKind, OpenFault};
use crate::folded::{Folded, Source};
use crate::noted::NotedState;
use crate::quarantine;
use crate::reading::Place;
use crate::runs::{self, Run, RunStatus};
use crate::schema::{self, Standing};
use crate::session::{Environment, Session};
use crate::side_files::{self, Mark};
use crate::snapshot::Snapshot;
use crate::wall;
use crate::writer::{Terms, Writer};

/// A folder of journals.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    slow_after: Duration,
    reserve_bytes: u64,
    snapshot_every: u64,
    audit_after: Duration,
    vfs: Option<String>,
}

/// Records between two snapshots at least: what a start folds in less than a tenth of a second.
const SNAPSHOT_EVERY: u64 = 10_000;
/// How long after a start from a snapshot the records before it are checked: the desk is up by then.
const AUDIT_AFTER: Duration = Duration::from_secs(30);

/// A journal that runs, and what was in it.
pub struct Opened {
    /// The one that writes.
    pub writer: Writer,
    /// What was there.
    pub recovered: Recovered,
}

/// What a journal held when it was opened.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The name of the journal, 12 small letters and digits that no other journal has: orders are named after
    /// it at a broker. A journal that was rebuilt after damage keeps it: what works there is still its own.
    pub name: String,
    /// The state of record: every fact that can be trusted, folded.
    pub book: Book,
    /// The last trading day of it, fact by fact.
    pub day: DaySoFar,
    /// The contracts that facts name, by their ids: those of the journal first, then those that the caller
    /// added. The desk's own list must have this order.
    pub contracts: Vec<ListedContract>,
    /// The run that begins now.
    pub run: i64,
    /// The run before; `None` for a new journal.
    pub before: Option<Run>,
    /// What is wrong with the file, if anything is.
    pub damage: Option<Damage>,
    /// What became of the book that an earlier run of the same build has noted.
    pub noted: NotedState,
    /// The record whose book was taken from a snapshot, so that only what comes after it was folded; 0 when
    /// everything was. What lies before is checked while the desk runs.
    pub from: u64,
    /// How long checking and folding took.
    pub took: Duration,
}

impl Recovered {
    /// Whether openings must wait for a person: something that had happened may not be in the book.
    #[must_use]
    pub const fn exits_only(&self) -> bool {
        self.damage.is_some()
    }

    /// Whether the run before crashed or was killed.
    #[must_use]
    pub fn after_crash(&self) -> bool {
        self.before.as_ref().is_some_and(|run| run.status == RunStatus::Running)
    }
}

/// A journal in the folder that belongs to another environment or account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Its environment.
    pub environment: Environment,
    /// Its account.
    pub account: String,
}

impl Store {
    /// The journals of a folder, which must be there. It should lie on a disk of this machine: a network
    /// drive or a folder that some program mirrors elsewhere keeps no promise about what is durable.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            slow_after: Duration::from_millis(250),
            reserve_bytes: side_files::RESERVE_BYTES,
            snapshot_every: SNAPSHOT_EVERY,
            audit_after: AUDIT_AFTER,
            vfs: None,
        }
    }

    /// With another bound on how long a group may take before the disk counts as slow: 250 ms.
    #[must_use]
    pub fn slow_after(self, slow_after: Duration) -> Self {
        Self { slow_after, ..self }
    }

    /// With another reserve for a full disk: 16 MiB. Zero for none.
    #[must_use]
    pub fn reserve_bytes(self, reserve_bytes: u64) -> Self {
        Self { reserve_bytes, ..self }
    }

    /// With another count of records between two snapshots: 10 000.
    #[must_use]
    pub fn snapshot_every(self, records: u64) -> Self {
        Self { snapshot_every: records, ..self }
    }

    /// With another time between a start from a snapshot and the check of what lies before it: 30 s.
    #[must_use]
    pub fn audit_after(self, time: Duration) -> Self {
        Self { audit_after: time, ..self }
    }

    /// Through another layer over the file system, by the name under which `SQLite` knows it. For tests.
    #[must_use]
    pub fn through(self, vfs: &str) -> Self {
        Self { vfs: Some(vfs.to_owned()), ..self }
    }

    /// The file of a session.
    #[must_use]
    pub fn path(&self, session: &Session) -> PathBuf {
        self.folder.join(session.file_name())
    }

    /// The journals of the folder that are not this session's: what was armed there stays there, and can
    /// only be told of.
    #[must_use]
    pub fn others(&self, session: &Session) -> Vec<Found> {
        let own = self.path(session);
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let files = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| *path != own);
        let mut found: Vec<Found> = files.filter_map(|path| self.owned(path)).collect();
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found
    }

    fn owned(&self, path: PathBuf) -> Option<Found> {
        let name = path.file_name()?.to_str()?;
        let is_journal = name.starts_with("journal-")
            && path.extension().is_some_and(|ending| ending == "db")
            && !name.contains(".quarantined-")
            && !name.contains(".before-form-");
        if !is_journal {
            return None;
        }
        let db = connection::to_read(&path, self.vfs.as_deref()).ok()?;
        let (environment, account) = schema::owner(&db).ok()?;
        Some(Found { path, environment: environment?, account })
    }

    /// Opens the journal of a session, or makes it: checks it, folds it, begins a run and starts the writer.
    /// The caller holds the lease of the folder; two writers at once are its fault.
    ///
    /// `contracts` are those that the desk trades now. `wake` is called from the writer's thread whenever
    /// more has become durable or the journal's health has changed; it must not block.
    ///
    /// # Errors
    /// [`OpenFault`]. A damaged journal is none: it is put aside, what can be trusted goes on in a new
    /// file, and [`Recovered::damage`] says what happened.
    pub fn open(
        &self,
        session: &Session,
        contracts: &[ListedContract],
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Opened, OpenFault> {
        let began = wall::stopwatch();
        let path = self.path(session);
        let mut damage: Option<Damage> = None;
        // The second look is at what was rebuilt. A third would mean that the disk does not keep anything.
        for _ in 0..2 {
            match self.look(&path, session, contracts)? {
                Looked::Sound(sound) => return self.begin(*sound, session, damage, began, Arc::new(wake)),
                Looked::Rebuilt(found) => damage = Some(damage.unwrap_or(found)),
            }
        }
        Err(OpenFault::Engine("the rebuilt journal cannot be read back".to_owned()))
    }

    fn look(&self, path: &Path, session: &Session, wanted: &[ListedContract]) -> Result<Looked, OpenFault> {
        let mut db = match self.open_file(path, session)? {
            Ok(db) => db,
            Err(why) => return set_aside(path, DamageKind::Unreadable(why)),
        };
        if let Err(fault) = bring_to_form(&mut db, path, session) {
            let why = match &fault {
                OpenFault::Database(why) if !is_refusal(why) => why.to_string(),
                OpenFault::Database(_)
                | OpenFault::Newer { .. }
                | OpenFault::OtherSession { .. }
                | OpenFault::ContractChanged { .. }
                | OpenFault::NoJournal { .. }
                | OpenFault::Engine(_)
                | OpenFault::File { .. }
                | OpenFault::Thread(_) => return Err(fault),
            };
            drop(db);
            return set_aside(path, DamageKind::Unreadable(why));
        }
        let known = match contracts::read(&db) {
            Ok(known) => known,
            Err(why @ (ContractFault::Broken { .. } | ContractFault::Database(_))) => {
                drop(db);
                return set_aside(path, DamageKind::Contracts(why.to_string()));
            }
        };
        let contracts = contracts::merged(known, wanted)?;
        let structure = quick_check(&db);
        let source = Source { db: &db, path, build: &session.build, contracts: &contracts };
        match source.folded(structure) {
            Ok(folded) => {
                let path = path.to_owned();
                Ok(Looked::Sound(Box::new(Sound { db, path, contracts, folded })))
            }
            Err(damage) => self.rebuild(db, path, session, damage),
        }
    }

    /// The file as a database; in words, why it is none.
    fn open_file(&self, path: &Path, session: &Session) -> Result<Result<Connection, String>, OpenFault> {
        let is_new = !path.exists();
        if is_new {
            side_files::forget_lost(path).map_err(|source| OpenFault::File {
                what: "could not remove a note of",
                path: path.to_owned(),
                source,
            })?;
        }
        let mut db = match connection::to_write(path, self.vfs.as_deref()) {
            Ok(db) => db,
            Err(OpenFault::Database(fault)) if !is_new && !is_refusal(&fault) => {
                return Ok(Err(fault.to_string()));
            }
            Err(fault) => return Err(fault),
        };
        match schema::standing(&db) {
            Ok(Standing::Empty) => {
                schema::create(&mut db, session, wall::now_ns())?;
                quarantine::sync_folder(path).map_err(|source| OpenFault::File {
                    what: "could not sync",
                    path: path.to_owned(),
                    source,
                })?;
            }
            Ok(Standing::Form(_)) => {}
            Ok(Standing::Foreign) => return Err(OpenFault::NoJournal { path: path.to_owned() }),
            Err(fault) if is_refusal(&fault) => return Err(fault.into()),
            Err(fault) => return Ok(Err(fault.to_string())),
        }
        Ok(Ok(db))
    }

    fn rebuild(
        &self,
        db: Connection,
        path: &Path,
        session: &Session,
        mut damage: Damage,
    ) -> Result<Looked, OpenFault> {
        let now = wall::now_ns();
        let vfs = self.vfs.as_deref();
        let rebuilt = quarantine::copy_up_to(&db, path, vfs, session, damage.last_whole, now);
        drop(db);
        let aside = quarantine::put_aside(path, &wall::file_stamp(now))?;
        damage.quarantined = Some(aside.file);
        // Where even copying fails, the new journal begins empty: the old file keeps what there is.
        match rebuilt {
            Ok(rebuilt) => quarantine::give_name(&rebuilt, path)?,
            Err(fault) => {
                tracing::error!(%fault, "what can be trusted could not be copied");
                damage.last_whole = 0;
            }
        }
        forget_outside(path)?;
        Ok(Looked::Rebuilt(damage))
    }

    fn begin(
        &self,
        sound: Sound,
        session: &Session,
        damage: Option<Damage>,
        began: Instant,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Opened, OpenFault> {
        let Sound { mut db, path, contracts, folded } = sound;
        let Folded { book, end, noted, day, passed, trusted } = folded;
        let name = schema::name(&db)?;
        let before = runs::last(&db)?;
        let status = if damage.is_some() { RunStatus::Quarantined } else { RunStatus::CrashedRecovered };
        let first_seq = end.seq.cast_signed().saturating_add(1);
        let work = db.transaction()?;
        contracts::write(&work, &contracts)?;
        let run = runs::begin(&work, session, status, wall::now_ns(), first_seq)?;
        work.commit()?;
        if self.reserve_bytes > 0
            && let Err(fault) = side_files::keep_reserve(&path, self.reserve_bytes)
        {
            tracing::warn!(%fault, "no room for the reserve of the journal");
        }
        let file_fault =
            |source| OpenFault::File { what: "could not open the mark of", path: path.clone(), source };
        let mark = Mark::open(&path).map_err(file_fault)?;
        let from = trusted.map_or(0, |it| it.seq);
        let due = |it: &Place| it.seq >= from.saturating_add(self.snapshot_every.max(1));
        let keep = passed.filter(due).map(|place| Snapshot { place, book: day.before.clone() });
        let audit = (keep.is_some() || trusted.is_some()).then(|| Audit {
            journal: path.clone(),
            vfs: self.vfs.clone(),
            build: session.build.clone(),
            contracts: contracts.clone(),
            keep,
            trusted,
            after: self.audit_after,
        });
        let terms = Terms { slow_after: self.slow_after, mark, wake, audit };
        let ledger = Ledger { db, path: path.clone(), vfs: self.vfs.clone(), run };
        let writer = Writer::start(ledger, end, terms).map_err(OpenFault::Thread)?;
        let took = began.elapsed();
        let recovered = Recovered { name, book, day, contracts, run, before, damage, noted, from, took };
        Ok(Opened { writer, recovered })
    }
}

enum Looked {
    Sound(Box<Sound>),
    Rebuilt(Damage),
}

struct Sound {
    db: Connection,
    path: PathBuf,
    contracts: Vec<ListedContract>,
    folded: Folded,
}

/// The world refuses, the file is not to blame: a lock, a right, a full disk.
fn is_refusal(fault: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{
        CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, PermissionDenied, ReadOnly,
        SystemIoFailure,
    };
    matches!(
        fault.sqlite_error_code(),
        Some(
            CannotOpen
                | DatabaseBusy
                | DatabaseLocked
                | DiskFull
                | OutOfMemory
                | PermissionDenied
                | ReadOnly
                | SystemIoFailure
        )
    )
}

fn bring_to_form(db: &mut Connection, path: &Path, session: &Session) -> Result<(), OpenFault> {
    if let Standing::Form(form) = schema::standing(db)? {
        schema::migrate(db, path, form)?;
    }
    let (environment, account) = schema::owner(db)?;
    match environment {
        Some(environment) if environment == session.environment && account == session.account => Ok(()),
        Some(environment) => Err(OpenFault::OtherSession { path: path.to_owned(), environment, account }),
        None => Err(OpenFault::NoJournal { path: path.to_owned() }),
    }
}

/// The structure of the database and its definitions; `None` when they are whole.
pub(crate) fn quick_check(db: &Connection) -> Option<DamageKind> {
    check(db, "PRAGMA quick_check(1)")
}

/// The same, and whether every index has what its table has: takes several times as long.
pub(crate) fn integrity_check(db: &Connection) -> Option<DamageKind> {
    check(db, "PRAGMA integrity_check(1)")
}

fn check(db: &Connection, pragma: &str) -> Option<DamageKind> {
    match db.query_row(pragma, [], |row| row.get::<_, String>(0)) {
        Ok(said) if said == "ok" => {
            let changed = schema::changed(db).unwrap_or_else(|fault| Some(fault.to_string()));
            changed.map(DamageKind::Structure)
        }
        Ok(said) => Some(DamageKind::Structure(said)),
        Err(fault) => Some(DamageKind::Structure(fault.to_string())),
    }
}

/// Puts a file aside of which nothing can be used.
fn set_aside(path: &Path, kind: DamageKind) -> Result<Looked, OpenFault> {
    let aside = quarantine::put_aside(path, &wall::file_stamp(wall::now_ns()))?;
    forget_outside(path)?;
    Ok(Looked::Rebuilt(Damage { kind, last_whole: 0, quarantined: Some(aside.file) }))
}

/// The notes beside the old file say nothing of the new one.
fn forget_outside(path: &Path) -> Result<(), OpenFault> {
    let fault =
        |source| OpenFault::File { what: "could not remove a note of", path: path.to_owned(), source };
    side_files::forget_snapshot(path).map_err(fault)?;
    side_files::forget_lost(path).map_err(fault)?;
    side_files::forget_mark(path).map_err(fault)
}
