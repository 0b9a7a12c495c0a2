//! The lease of a data folder: at most one program uses it, whichever way that program ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that is locked. Its content means nothing.
const NAME: &str = "desk.lock";

/// A data folder that is ours until this is dropped, or the process ends.
#[derive(Debug)]
pub struct Lease {
    folder: PathBuf,
    /// The system gives the lock back with the handle, also after a kill.
    _lock: File,
}

/// Why the folder is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LeaseFault {
    /// Another program has it.
    #[error(
        "another Phantom Desk uses {folder}: stops are watched there, and only there; \
         close it, or choose another data folder",
        folder = folder.display()
    )]
    Taken {
        /// The folder.
        folder: PathBuf,
    },
    /// The file system says no.
    #[error("the data folder {folder} cannot be used: {source}", folder = folder.display())]
    File {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Lease {
    /// Takes the folder, which is made where it is not there.
    ///
    /// # Errors
    /// [`LeaseFault::Taken`] when another program has it.
    pub fn take(folder: &Path) -> Result<Self, LeaseFault> {
        let fault = |source| LeaseFault::File { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(fault)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(NAME))
            .map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(LeaseFault::Taken { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
