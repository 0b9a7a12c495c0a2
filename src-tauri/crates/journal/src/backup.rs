//! Copies of a journal, made when a session ends.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::fault::WriteFault;
use crate::wall;

/// How many copies of one journal are kept.
const KEPT: usize = 30;

/// Copies the journal into the folder `backups` beside it, and removes the oldest copies of the same
/// journal beyond the newest 30.
pub(crate) fn make(db: &Connection, path: &Path, now_ns: i64) -> Result<(), WriteFault> {
    let folder = path.with_file_name("backups");
    fs::create_dir_all(&folder).map_err(WriteFault::Backup)?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let copy = folder.join(format!("{stem}.{}.db", wall::file_stamp(now_ns)));
    if !copy.exists() {
        db.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    }
    let mut copies = all(&folder, &stem).map_err(WriteFault::Backup)?;
    copies.sort();
    let surplus = copies.len().saturating_sub(KEPT);
    copies.iter().take(surplus).try_for_each(fs::remove_file).map_err(WriteFault::Backup)
}

fn all(folder: &Path, stem: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stamp = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".db"));
        // 20261127T041530Z: only what we have made ourselves is ever removed.
        if stamp.is_some_and(|stamp| stamp.len() == 16 && stamp.ends_with('Z')) {
            copies.push(path);
        }
    }
    Ok(copies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_thirty_copies_are_kept_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal-mock-a.db");
        let db = Connection::open(&path).unwrap();
        db.execute_batch("CREATE TABLE t (a)").unwrap();
        fs::create_dir(folder.path().join("backups")).unwrap();
        for other in ["journal-mock-ab.20200101T000000Z.db", "journal-mock-a.mine.db"] {
            fs::write(folder.path().join("backups").join(other), "").unwrap();
        }
        for second in 0..32_i64 {
            make(&db, &path, second * 1_000_000_000).unwrap();
        }
        let mut copies = all(&folder.path().join("backups"), "journal-mock-a").unwrap();
        copies.sort();
        assert_eq!(copies.len(), KEPT);
        assert!(copies[0].ends_with("journal-mock-a.19700101T000002Z.db"));
        assert_eq!(fs::read_dir(folder.path().join("backups")).unwrap().count(), KEPT + 2);
        let copy = Connection::open(&copies[29]).unwrap();
        copy.query_row("SELECT count(*) FROM t", [], |_| Ok(())).unwrap();
    }
}
