//! One group of records into the database: all of it or nothing, and on the disk when it is done.

use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior, params};

use crate::connection;
use crate::encoding::Encoded;
use crate::fault::{OpenFault, WriteFault};

/// What is written in one group.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) records: Vec<Encoded>,
    /// Names of signals, by their places.
    pub(crate) signals: Vec<(u32, String)>,
}

/// A database that is open for writing.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
    pub(crate) vfs: Option<String>,
    pub(crate) run: i64,
}

const INSERT: &str = "INSERT INTO event
    (seq, run, at_ns, wall_ns, mono_ns, day, kind, entity, contract, cause, schema, body, prev, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

impl Ledger {
    /// Writes a group and waits until it is on the disk. After an error nothing of it counts, and nothing
    /// may be written through this handle again.
    pub(crate) fn commit(&mut self, group: &Group) -> Result<(), WriteFault> {
        let work = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (place, name) in &group.signals {
            work.prepare_cached("INSERT OR REPLACE INTO signal (run, place, name) VALUES (?1, ?2, ?3)")?
                .execute(params![self.run, place, name])?;
        }
        write_records(&work, &group.records)?;
        work.commit()?;
        Ok(())
    }

    /// The same file through a new handle, after the old one met a full disk and was rolled back.
    pub(crate) fn reopened(self) -> Result<Self, OpenFault> {
        let Self { db, path, vfs, run } = self;
        drop(db);
        let db = connection::to_write(&path, vfs.as_deref())?;
        Ok(Self { db, path, vfs, run })
    }

    /// Leaves the handle alone for good. Closing it would sync what an error has put in doubt, so it is not
    /// even closed: its file is freed when the program ends.
    pub(crate) fn abandon(self) {
        std::mem::forget(self.db);
    }
}

/// Writes records inside a transaction of the caller.
pub(crate) fn write_records(db: &Connection, records: &[Encoded]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(INSERT)?;
    for record in records {
        let it = record.columns();
        insert.execute(params![
            it.seq,
            it.run,
            it.at_ns,
            it.wall_ns,
            it.mono_ns,
            it.day,
            it.kind,
            it.entity,
            it.contract,
            it.cause,
            it.schema,
            it.body,
            record.prev,
            record.hash
        ])?;
    }
    Ok(())
}
