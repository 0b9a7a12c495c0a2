//! The journal of a run as a new file: whole, or not there at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use phantom_journal::{Environment, ListedContract, Session};
use phantom_model::SignalRef;
use tempfile::NamedTempFile;

use super::run::Run;
use crate::fault::Fault;

/// A path at which a journal can be written.
pub(crate) struct JournalFile {
    path: PathBuf,
}

impl JournalFile {
    /// Checks before the run that nothing is there and that the folder takes files.
    ///
    /// # Errors
    /// [`Fault::JournalExists`], [`Fault::JournalFolder`].
    pub(crate) fn new(path: &Path) -> Result<Self, Fault> {
        let journal = Self { path: path.to_owned() };
        if path.symlink_metadata().is_ok() {
            return Err(Fault::JournalExists { file: journal.name() });
        }
        match NamedTempFile::new_in(journal.folder()).and_then(NamedTempFile::close) {
            Ok(()) => Ok(journal),
            Err(source) => Err(Fault::JournalFolder { file: journal.name(), source }),
        }
    }

    /// Writes the facts of a run to a file beside the path, which goes away again unless it is kept.
    ///
    /// # Errors
    /// [`Fault::JournalWrite`]; nothing is left then.
    pub(crate) fn write(self, run: &Run) -> Result<WrittenJournal, Fault> {
        match self.try_write(run) {
            Ok(file) => Ok(WrittenJournal { journal: self, file }),
            Err(source) => Err(self.fault(source)),
        }
    }

    fn try_write(&self, run: &Run) -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::new_in(self.folder())?;
        let mut out = BufWriter::new(file.as_file_mut());
        let signal = |place| run.signal_id(SignalRef::new(place));
        phantom_journal::write_lines(&mut out, &session(), &listed(run), run.facts(), signal)?;
        out.flush()?;
        drop(out);
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn fault(&self, source: io::Error) -> Fault {
        Fault::JournalWrite { file: self.name(), source }
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            Some(_) | None => Path::new("."),
        }
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// A whole journal that does not have its name yet.
pub(crate) struct WrittenJournal {
    journal: JournalFile,
    file: NamedTempFile,
}

impl WrittenJournal {
    /// Gives the file its name. A file that has come there meanwhile is not overwritten.
    ///
    /// # Errors
    /// [`Fault::JournalWrite`]; nothing is left then.
    pub(crate) fn keep(self) -> Result<(), Fault> {
        let kept = self.file.persist_noclobber(&self.journal.path);
        kept.map(|_| ()).map_err(|error| self.journal.fault(error.error))
    }
}

/// A replay trades against the simulated broker.
fn session() -> Session {
    Session {
        environment: Environment::Mock,
        account: "replay".to_owned(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: String::new(),
    }
}

/// The contracts of a run, in the order of their ids.
fn listed(run: &Run) -> Vec<ListedContract> {
    let listing = run.listing();
    let terms = run.terms().iter();
    let named = terms.map(|(id, terms)| (listing.contract(id).to_string(), terms.clone()));
    named.map(|(name, terms)| ListedContract { name, terms }).collect()
}
