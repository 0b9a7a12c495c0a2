//! A journal that cannot be trusted as it is: it is put aside under another name, and what can be trusted
//! of it is copied into a new file. Nothing is deleted, nothing is repaired in place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::connection;
use crate::fault::OpenFault;
use crate::schema;
use crate::session::Session;

/// Where a journal was put.
pub(crate) struct Aside {
    pub(crate) file: PathBuf,
}

/// The endings of the files that belong to one database.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

fn part(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Gives a journal another name, with everything that belongs to it. `now` is for people.
pub(crate) fn put_aside(path: &Path, now: &str) -> Result<Aside, OpenFault> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut file = path.with_file_name(format!("{stem}.quarantined-{now}.db"));
    for n in 2_u32.. {
        if !file.exists() {
            break;
        }
        file = path.with_file_name(format!("{stem}.quarantined-{now}-{n}.db"));
    }
    for ending in PARTS {
        let (from, to) = (part(path, ending), part(&file, ending));
        match fs::rename(&from, &to) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(OpenFault::File { what: "could not put aside", path: from, source });
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(Aside { file })
}

/// Copies everything up to a record into a new journal beside the old one.
pub(crate) fn copy_up_to(
    old: &Connection,
    path: &Path,
    vfs: Option<&str>,
    session: &Session,
    last_whole: u64,
    now_ns: i64,
) -> Result<PathBuf, OpenFault> {
    let rebuilt = path.with_extension("rebuilding");
    remove_parts(&rebuilt)?;
    let mut new = connection::to_write(&rebuilt, vfs)?;
    // The same journal still: its orders keep their names at the broker.
    schema::create(&mut new, session, schema::made_ns(old).unwrap_or(now_ns))?;
    connection::close(new)?;
    old.execute("ATTACH ?1 AS rebuilt", [rebuilt.to_string_lossy()])?;
    let copied = old.execute_batch(&format!(
        "BEGIN;
         INSERT INTO rebuilt.contract SELECT * FROM main.contract;
         INSERT INTO rebuilt.run SELECT * FROM main.run;
         INSERT INTO rebuilt.signal SELECT * FROM main.signal;
         INSERT INTO rebuilt.event SELECT * FROM main.event WHERE seq <= {last_whole};
         INSERT INTO rebuilt.state SELECT * FROM main.state WHERE seq <= {last_whole};
         COMMIT;"
    ));
    if copied.is_err() && !old.is_autocommit() {
        old.execute_batch("ROLLBACK")?;
    }
    old.execute_batch("DETACH rebuilt")?;
    copied?;
    // Into the one file, so that it can be given its name.
    connection::close(connection::to_write(&rebuilt, vfs)?)?;
    Ok(rebuilt)
}

/// Gives the rebuilt journal its name.
pub(crate) fn give_name(rebuilt: &Path, path: &Path) -> Result<(), OpenFault> {
    let named = fs::rename(rebuilt, path).and_then(|()| sync_folder(path));
    named.map_err(|source| OpenFault::File { what: "could not name", path: path.to_owned(), source })
}

fn remove_parts(file: &Path) -> Result<(), OpenFault> {
    PARTS.iter().try_for_each(|ending| remove(&part(file, ending)))
}

fn remove(file: &Path) -> Result<(), OpenFault> {
    match fs::remove_file(file) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(OpenFault::File { what: "could not remove", path: file.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A name is only as durable as its folder. Windows has no handle for that and needs none.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = file.parent()
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
