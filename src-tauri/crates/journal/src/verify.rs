//! A journal looked at without touching it: is every record what was written, and to what does it lead.

use std::path::{Path, PathBuf};

use phantom_engine::book::{Lot, LotState};
use rusqlite::Connection;

use crate::connection;
use crate::contracts;
use crate::fault::{Damage, DamageKind, OpenFault};
use crate::reading;
use crate::runs::{self, Run};
use crate::schema::{self, Standing};
use crate::session::Environment;
use crate::side_files::{self, Mark};
use crate::state_hash::StateHash;
use crate::store::quick_check;

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    NotThere(PathBuf),
    /// It is no journal, or one of a newer version.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// It cannot be read as a database.
    #[error("the file is no database that can be read: {0}")]
    Database(#[from] rusqlite::Error),
    /// The table of contracts is broken.
    #[error("the table of contracts is broken: {0}")]
    Contracts(String),
}

/// What a look at a journal has shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// Where its orders went.
    pub environment: Environment,
    /// The account.
    pub account: String,
    /// How many records can be trusted: they are numbered from 1 to this.
    pub records: u64,
    /// The hash of the last of them, which stands for all.
    pub chain: String,
    /// The hash of the book that they lead to.
    pub state: StateHash,
    /// Every run.
    pub runs: Vec<Run>,
    /// Lots that are open at the end, and those of them whose stop or target is armed.
    pub open_lots: (u64, u64),
    /// What is wrong; `None` for nothing.
    pub damage: Option<Damage>,
}

/// Looks at a journal: the structure of the database, the chain of records, the mark beside it.
///
/// # Errors
/// [`ReadFault`] when nothing of it can be read. Damage is none.
pub fn verify(path: &Path) -> Result<Verification, ReadFault> {
    // The mark first: a desk that writes meanwhile has both go on, and the records must not be the older ones.
    let mark = Mark::look(path);
    let db = open(path)?;
    let (environment, account) = owner(&db, path)?;
    let contracts = contracts::read(&db).map_err(|fault| ReadFault::Contracts(fault.to_string()))?;
    let structure = quick_check(&db);
    let (book, walked) = reading::fold(&db, &contracts);
    let last = walked.end.seq;
    let kind = walked.damage.or(structure).or_else(|| cut_off(mark, last));
    let open_lots: Vec<&Lot> = book.lots().iter().map(|(_, lot)| lot).filter(|lot| lot.open > 0).collect();
    let armed = open_lots.iter().filter(|lot| lot.state == LotState::Armed).count();
    Ok(Verification {
        environment,
        account,
        records: last,
        chain: side_files::hex(&walked.end.digest),
        state: StateHash::of(&book),
        runs: runs::all(&db)?,
        open_lots: (open_lots.len() as u64, armed as u64),
        damage: kind.map(|kind| Damage { kind, last_whole: last, quarantined: None }),
    })
}

fn cut_off(mark: Option<(u64, String)>, last: u64) -> Option<DamageKind> {
    let (written, _) = mark?;
    (written > last).then_some(DamageKind::CutOff { written })
}

/// A journal to read, with nothing of it changed.
pub(crate) fn open(path: &Path) -> Result<Connection, ReadFault> {
    if !path.is_file() {
        return Err(ReadFault::NotThere(path.to_owned()));
    }
    let db = connection::to_read(path, None)?;
    match schema::standing(&db)? {
        Standing::Form(schema::FORM) => Ok(db),
        Standing::Form(found) if found > schema::FORM => {
            Err(OpenFault::Newer { path: path.to_owned(), found, known: schema::FORM }.into())
        }
        Standing::Form(_) | Standing::Empty | Standing::Foreign => {
            Err(OpenFault::NoJournal { path: path.to_owned() }.into())
        }
    }
}

pub(crate) fn owner(db: &Connection, path: &Path) -> Result<(Environment, String), ReadFault> {
    match schema::owner(db)? {
        (Some(environment), account) => Ok((environment, account)),
        (None, _) => Err(OpenFault::NoJournal { path: path.to_owned() }.into()),
    }
}
