//! Runs of the program: who wrote when, and how it ended.

use phantom_engine::Book;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::noted;
use crate::session::Session;

/// One run of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Counts from 1.
    pub id: i64,
    /// The build that ran.
    pub build: String,
    /// A hash of the configuration that it ran with.
    pub configuration: String,
    /// When it began, in nanoseconds since 1970 on the wall's clock.
    pub began_ns: i64,
    /// When it ended; `None` while it runs, and after a crash.
    pub ended_ns: Option<i64>,
    /// The number of its first fact.
    pub first_seq: i64,
    /// How it stands.
    pub status: RunStatus,
}

/// How a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RunStatus {
    /// It writes, or it was killed and nobody has looked since.
    Running,
    /// It ended of its own accord.
    Ended,
    /// It crashed or was killed; a later run has taken over from its facts.
    CrashedRecovered,
    /// Its file was damaged and put aside; what could be trusted was taken over.
    Quarantined,
}

impl RunStatus {
    const ALL: [Self; 4] = [Self::Running, Self::Ended, Self::CrashedRecovered, Self::Quarantined];

    /// The word in the journal.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Ended => "Ended",
            Self::CrashedRecovered => "CrashedRecovered",
            Self::Quarantined => "Quarantined",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

pub(crate) fn last(db: &Connection) -> rusqlite::Result<Option<Run>> {
    db.query_row(&format!("SELECT {COLUMNS} FROM run ORDER BY id DESC LIMIT 1"), [], read).optional()
}

pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Run>> {
    db.prepare(&format!("SELECT {COLUMNS} FROM run ORDER BY id"))?.query_map([], read)?.collect()
}

const COLUMNS: &str = "id, build, began_ns, ended_ns, first_seq, status, configuration";

fn read(row: &Row<'_>) -> rusqlite::Result<Run> {
    let word: String = row.get(5)?;
    Ok(Run {
        id: row.get(0)?,
        build: row.get(1)?,
        configuration: row.get(6)?,
        began_ns: row.get(2)?,
        ended_ns: row.get(3)?,
        first_seq: row.get(4)?,
        status: RunStatus::of(&word).unwrap_or(RunStatus::Quarantined),
    })
}

/// Closes the run before, where it did not end, and begins the next one.
pub(crate) fn begin(
    db: &Connection,
    session: &Session,
    before: RunStatus,
    now_ns: i64,
    first_seq: i64,
) -> rusqlite::Result<i64> {
    db.execute("UPDATE run SET status = ?1 WHERE status = 'Running'", [before.word()])?;
    db.query_row(
        "INSERT INTO run (build, configuration, began_ns, first_seq, status)
         VALUES (?1, ?2, ?3, ?4, 'Running') RETURNING id",
        params![session.build, session.configuration, now_ns, first_seq],
        |row| row.get(0),
    )
}

/// Writes a run as it was, from an export.
pub(crate) fn restore(db: &Connection, run: &Run) -> rusqlite::Result<usize> {
    db.execute(
        "INSERT INTO run (id, build, configuration, began_ns, ended_ns, first_seq, status)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            run.id,
            run.build,
            run.configuration,
            run.began_ns,
            run.ended_ns,
            run.first_seq,
            run.status.word()
        ],
    )
}

pub(crate) fn end(db: &Connection, run: i64, now_ns: i64) -> rusqlite::Result<usize> {
    db.execute("UPDATE run SET status = 'Ended', ended_ns = ?2 WHERE id = ?1", params![run, now_ns])
}

/// Notes what the book is, so that a later start can tell whether the same facts still lead to the same
/// book.
pub(crate) fn note_state(db: &Connection, run: i64, book: &Book) -> rusqlite::Result<usize> {
    db.execute(
        "INSERT OR REPLACE INTO state (seq, run, hash) VALUES (?1, ?2, ?3)",
        params![book.seq().cast_signed(), run, noted::words(book)],
    )
}
