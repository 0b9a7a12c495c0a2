//! Connections to a journal: how they are set up, and the proof that they are.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::fault::OpenFault;

/// The first `SQLite` without a rare corruption of WAL files (3.7.0 to 3.51.2 have it).
const SQLITE_MIN: i32 = 3_051_003;
/// How long another program may hold the file, in milliseconds: a virus scanner, a backup.
const BUSY_MS: u64 = 5_000;

/// A connection of the one writer. `vfs` names another layer over the file system, for tests.
pub(crate) fn to_write(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let db = open(path, flags, vfs)?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    for (name, value) in
        [("synchronous", "FULL"), ("foreign_keys", "ON"), ("fullfsync", "ON"), ("checkpoint_fullfsync", "ON")]
    {
        db.pragma_update(None, name, value)?;
    }
    assert_setup(&db)?;
    Ok(db)
}

/// A connection that only reads, beside a writer or without one.
pub(crate) fn to_read(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenFault> {
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY, vfs)?;
    db.pragma_update(None, "query_only", "ON")?;
    Ok(db)
}

/// Brings everything into the one file and closes it; nothing else of it is left beside.
pub(crate) fn close(db: Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    db.close().map_err(|(_, fault)| fault)
}

fn open(path: &Path, flags: OpenFlags, vfs: Option<&str>) -> Result<Connection, OpenFault> {
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(OpenFault::Engine(format!("SQLite {} is too old", rusqlite::version())));
    }
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    db.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // What a handle did not sync is not synced by closing it: after an error nothing may be.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.pragma_update(None, "cell_size_check", "ON")?;
    db.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(())).or_else(no_answer)?;
    Ok(db)
}

/// A file system layer without memory mapping does not answer.
fn no_answer(fault: rusqlite::Error) -> rusqlite::Result<()> {
    if matches!(fault, rusqlite::Error::QueryReturnedNoRows) { Ok(()) } else { Err(fault) }
}

/// Reads back what must hold before a fact is written.
fn assert_setup(db: &Connection) -> Result<(), OpenFault> {
    let mode: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenFault::Engine(format!("journal_mode is {mode}, not wal")));
    }
    let mut wanted =
        vec![("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1)];
    if cfg!(target_os = "macos") {
        wanted.extend([("fullfsync", 1), ("checkpoint_fullfsync", 1)]);
    }
    for (name, value) in wanted {
        let found: i64 = db.pragma_query_value(None, name, |row| row.get(0))?;
        if found != value {
            return Err(OpenFault::Engine(format!("{name} is {found}, not {value}")));
        }
    }
    Ok(())
}
