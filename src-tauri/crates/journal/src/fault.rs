//! What can be wrong with a journal: damage that is told, and faults that stop the way.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::session::Environment;

/// Damage of a journal's file. What stands before it was used; nothing of it was deleted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// What is wrong.
    pub kind: DamageKind,
    /// The number of the last record that can be trusted; 0 for none.
    pub last_whole: u64,
    /// Where the damaged file is now; `None` while it is where it was.
    pub quarantined: Option<PathBuf>,
}

/// What is wrong with a journal's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DamageKind {
    /// It cannot be read as a database at all.
    Unreadable(String),
    /// The structure of the database is broken.
    Structure(String),
    /// A record is not what was written: its hash is wrong.
    Changed {
        /// Its number.
        seq: u64,
    },
    /// Records are missing in the middle.
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// A record cannot be read as a fact.
    NoFact {
        /// Its number.
        seq: u64,
        /// Why not.
        why: String,
    },
    /// The journal ends before what is known to have been written: its `-wal` file, or its end, is gone.
    CutOff {
        /// The number of the last record that had been written.
        written: u64,
    },
    /// The table of contracts is not what was written.
    Contracts(String),
    /// The last run lost its journal: the disk did not take what was written.
    LostBefore,
    /// The records up to this one are whole and lead to another book than the snapshot that was used: the desk
    /// must start anew from the records.
    OtherBook {
        /// The record of the snapshot.
        seq: u64,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.last_whole;
        match &self.kind {
            DamageKind::Unreadable(why) => write!(f, "the file is no database that can be read: {why}"),
            DamageKind::Structure(why) => {
                write!(f, "the database is broken: {why}; whole up to record {last}")
            }
            DamageKind::Changed { seq } => {
                write!(
                    f,
                    "record {seq} is not what was written: its hash is wrong; whole up to record {last}"
                )
            }
            DamageKind::Gap { expected, found } => {
                write!(f, "record {expected} is missing: {found} follows; whole up to record {last}")
            }
            DamageKind::NoFact { seq, why } => {
                write!(f, "record {seq} is no fact: {why}; whole up to record {last}")
            }
            DamageKind::CutOff { written } => write!(
                f,
                "the journal ends with record {last}, but {written} had been written: the -wal file is gone"
            ),
            DamageKind::Contracts(why) => write!(f, "the table of contracts is broken: {why}"),
            DamageKind::OtherBook { seq } => write!(
                f,
                "the snapshot after record {seq} is not what the records lead to: close the program and start it again"
            ),
            DamageKind::LostBefore => write!(
                f,
                "the last run lost its journal: the disk did not take it; what is there ends with record {last}"
            ),
        }
    }
}

/// Why a journal cannot be opened. Nothing was written to it.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// A newer build has written it.
    #[error("{path} was written by a newer version (form {found}; this one knows {known}): update the program", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The form of the file.
        found: i64,
        /// The newest form that this build knows.
        known: i64,
    },
    /// It belongs to another environment or account.
    #[error("{path} belongs to {environment} {account:?}, not to this session", path = path.display())]
    OtherSession {
        /// The file.
        path: PathBuf,
        /// Its environment.
        environment: Environment,
        /// Its account.
        account: String,
    },
    /// Prices of a contract would mean something else than when they were written.
    #[error("the tick of {name} is not what it was when the journal was written")]
    ContractChanged {
        /// The contract.
        name: String,
    },
    /// It is no journal of this program.
    #[error("{path} is no journal of this program", path = path.display())]
    NoJournal {
        /// The file.
        path: PathBuf,
    },
    /// The `SQLite` that is built in, or how it was set up, cannot be trusted with facts.
    #[error("the database engine is not as it must be: {0}")]
    Engine(String),
    /// The file system says no.
    #[error("{what} {path}: {source}", path = path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database says no.
    #[error("the journal cannot be opened: {0}")]
    Database(#[from] rusqlite::Error),
    /// The writer's thread could not be started.
    #[error("the journal's thread could not be started: {0}")]
    Thread(io::Error),
}

/// What went wrong while facts were written. The handle is not used again.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// The database says no.
    #[error("facts could not be written: {0}")]
    Database(#[from] rusqlite::Error),
    /// A fact could not be put into words.
    #[error("a fact could not be written as text: {0}")]
    Text(#[from] serde_json::Error),
    /// Facts came out of order: a bug, and the journal stops before it says something wrong.
    #[error("fact {found} came where {expected} should")]
    OutOfOrder {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// A fact that cannot follow those before it: a bug, or an import from a strange hand.
    #[error("fact {seq} cannot follow those before it: {why}")]
    Unfit {
        /// Its number.
        seq: u64,
        /// Why not.
        why: String,
    },
    /// After a full disk the file could not be opened again.
    #[error("the journal could not be opened again on a full disk: {0}")]
    Reopen(String),
    /// The journal had been lost before.
    #[error("the journal is lost: {0}")]
    Lost(String),
    /// The copy at the end of the session could not be made or kept in order.
    #[error("the copy of the journal: {0}")]
    Backup(io::Error),
    /// Records that lie before the snapshot which the start has used.
    #[error("a check of older records has found damage: {0}")]
    Damaged(Damage),
    /// More facts waited for the disk than may wait.
    #[error("{0} facts wait for the disk: it does not keep up")]
    Behind(usize),
}

impl WriteFault {
    /// Whether the disk, or the room that we may have on it, is used up.
    pub(crate) fn is_full(&self) -> bool {
        let Self::Database(fault) = self else { return false };
        fault.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
    }
}

/// Why the contracts of a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContractFault {
    #[error("contract {place} is not what was written")]
    Broken { place: i64 },
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}
