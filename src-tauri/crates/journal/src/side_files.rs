//! Files beside a journal: how far it was written, the reserve for a full disk, the note that a run lost its
//! journal, a snapshot of the book.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::chain::Digest;

/// The reserve that is given back when the disk is full, in bytes.
pub(crate) const RESERVE_BYTES: u64 = 16 * 1024 * 1024;

/// A file beside the journal: the same name with another ending.
fn beside(journal: &Path, ending: &str) -> PathBuf {
    journal.with_extension(ending)
}

/// Where a snapshot of the book is kept.
pub(crate) fn snapshot(journal: &Path) -> PathBuf {
    beside(journal, "snapshot")
}

/// How far the journal was written, kept outside of it: a journal that ends earlier has lost something,
/// which it cannot know by itself. Never synced: after a loss of power it may be behind, never ahead.
#[derive(Debug)]
pub(crate) struct Mark {
    file: File,
}

/// Digits of a number, a blank, a hash, a line end.
const MARK_BYTES: usize = 20 + 1 + 64 + 1;

impl Mark {
    pub(crate) fn open(journal: &Path) -> io::Result<Self> {
        let path = beside(journal, "mark");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Self { file })
    }

    /// What the mark of a journal says, with nothing made where there is none.
    pub(crate) fn look(journal: &Path) -> Option<(u64, String)> {
        Self { file: File::open(beside(journal, "mark")).ok()? }.read()
    }

    /// The number of the last record and its hash; `None` where nothing whole is written.
    pub(crate) fn read(&mut self) -> Option<(u64, String)> {
        let mut text = String::with_capacity(MARK_BYTES);
        self.file.seek(SeekFrom::Start(0)).ok()?;
        self.file.read_to_string(&mut text).ok()?;
        let (seq, hash) = text.strip_suffix('\n')?.split_once(' ')?;
        (text.len() == MARK_BYTES).then_some((seq.parse().ok()?, hash.to_owned()))
    }

    pub(crate) fn write(&mut self, seq: u64, digest: &Digest) -> io::Result<()> {
        let text = format!("{seq:020} {}\n", hex(digest));
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)
    }
}

/// A hash as text.
pub(crate) fn hex(digest: &Digest) -> String {
    blake3::Hash::from_bytes(*digest).to_hex().to_string()
}

/// Makes the reserve, where it is not there. Its bytes are written: a hole would reserve nothing.
pub(crate) fn keep_reserve(journal: &Path, bytes: u64) -> io::Result<()> {
    let path = beside(journal, "reserve");
    if fs::metadata(&path).is_ok_and(|found| found.len() >= bytes) {
        return Ok(());
    }
    let mut file = File::create(&path)?;
    let block = [0xA5_u8; 8_192];
    let mut left = bytes;
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(block.len()).min(block.len());
        let written = block.get(..part).map_or(Ok(()), |part| file.write_all(part));
        if let Err(fault) = written {
            drop(file);
            fs::remove_file(&path)?;
            return Err(fault);
        }
        left -= part as u64;
    }
    file.sync_all()
}

/// Gives the reserve back to the disk.
pub(crate) fn give_reserve(journal: &Path) -> io::Result<()> {
    fs::remove_file(beside(journal, "reserve"))
}

/// Notes that this run lost its journal, for the next start: what the file system then shows of it may
/// never have reached the disk.
pub(crate) fn note_lost(journal: &Path, why: &str) -> io::Result<()> {
    let mut file = File::create(beside(journal, "lost"))?;
    file.write_all(why.as_bytes())?;
    file.sync_all()
}

pub(crate) fn was_lost(journal: &Path) -> bool {
    beside(journal, "lost").exists()
}

/// The new file is there: the note has done its work.
pub(crate) fn forget_lost(journal: &Path) -> io::Result<()> {
    forget(&beside(journal, "lost"))
}

/// A new file begins: what was written of the old one says nothing of it.
pub(crate) fn forget_mark(journal: &Path) -> io::Result<()> {
    forget(&beside(journal, "mark"))
}

/// A new file begins: its book is to come from its own facts.
pub(crate) fn forget_snapshot(journal: &Path) -> io::Result<()> {
    forget(&snapshot(journal))
}

fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_what_was_written_last_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("j.db");
        let mut mark = Mark::open(&journal).unwrap();
        assert_eq!(mark.read(), None);
        mark.write(7, &[1; 32]).unwrap();
        mark.write(12, &[2; 32]).unwrap();
        drop(mark);
        assert_eq!(Mark::open(&journal).unwrap().read(), Some((12, "02".repeat(32))));
        fs::write(folder.path().join("j.mark"), "00000000000000000012 02").unwrap();
        assert_eq!(Mark::open(&journal).unwrap().read(), None, "half a mark says nothing");
    }

    #[test]
    fn the_reserve_takes_its_room_and_gives_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("j.db");
        keep_reserve(&journal, 100_000).unwrap();
        assert_eq!(fs::metadata(folder.path().join("j.reserve")).unwrap().len(), 100_000);
        give_reserve(&journal).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
