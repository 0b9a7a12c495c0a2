//! A journal from its lines: a new file with the same facts, the same chain and the same book.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use phantom_engine::Book;
use rusqlite::config::DbConfig;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use crate::commit::write_records;
use crate::connection;
use crate::contracts::{self, ListedContract};
use crate::encoding::{Encoded, End, Stamped};
use crate::fault::OpenFault;
use crate::line;
use crate::lines::{FORM, Head, JournalLine};
use crate::runs::{self, Run, RunStatus};
use crate::schema;
use crate::session::Session;
use crate::side_files;
use crate::state_hash::StateHash;
use crate::wall;

/// Facts that are written at once.
const AT_ONCE: usize = 10_000;

/// What an import made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// How many facts.
    pub facts: u64,
    /// The hash of the last record, which stands for all.
    pub chain: String,
    /// The hash of the book that they lead to.
    pub state: StateHash,
}

/// Why an import is not there. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// A file has that name already.
    #[error("{} is there already; an import makes a new file", .0.display())]
    Exists(PathBuf),
    /// A line is wrong.
    #[error("line {line}: {why}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The lines cannot be read.
    #[error("line {line}: {source}")]
    Input {
        /// Which one, from 1.
        line: usize,
        /// What the system says.
        source: io::Error,
    },
    /// The new file cannot be made.
    #[error("the journal could not be made: {0}")]
    Make(#[from] OpenFault),
    /// The new file cannot be written.
    #[error("the journal could not be written: {0}")]
    Database(#[from] rusqlite::Error),
    /// The new file cannot be made or named.
    #[error("the journal could not be made: {0}")]
    File(#[from] io::Error),
}

/// Makes a journal of lines that [`crate::export()`] or a replay has written.
///
/// # Errors
/// [`ImportFault`]; then there is no file.
pub fn import(lines: &mut dyn BufRead, into: &Path) -> Result<Imported, ImportFault> {
    if into.symlink_metadata().is_ok() {
        return Err(ImportFault::Exists(into.to_owned()));
    }
    let folder = match into.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    let file = NamedTempFile::new_in(folder)?;
    let imported = Import::new(file.path())?.run(lines)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(into).map_err(|fault| fault.error)?;
    Ok(imported)
}

struct Import {
    db: rusqlite::Connection,
    journal: Option<JournalLine>,
    contracts: Vec<ListedContract>,
    run: Option<Run>,
    end: Option<(End, Book)>,
    waiting: Vec<Encoded>,
    signals: BTreeMap<(i64, u32), String>,
    line: usize,
}

impl Import {
    fn new(path: &Path) -> Result<Self, ImportFault> {
        let db = connection::to_write(path, None)?;
        // Whatever becomes of it, nothing is left beside the file when it is closed.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self {
            db,
            journal: None,
            contracts: Vec::new(),
            run: None,
            end: None,
            waiting: Vec::new(),
            signals: BTreeMap::new(),
            line: 0,
        })
    }

    fn run(mut self, lines: &mut dyn BufRead) -> Result<Imported, ImportFault> {
        let mut text = String::new();
        loop {
            text.clear();
            self.line += 1;
            let read = lines.read_line(&mut text);
            let count = read.map_err(|source| ImportFault::Input { line: self.line, source })?;
            if count == 0 {
                break;
            }
            let object: Map<String, Value> =
                serde_json::from_str(&text).map_err(|fault| self.wrong(&fault.to_string()))?;
            if object.contains_key("seq") {
                self.fact(object)?;
            } else if object.len() != 1 {
                return Err(self.wrong("it is no line of a journal"));
            } else {
                let head = serde_json::from_value(Value::Object(object));
                self.head(head.map_err(|fault| self.wrong(&fault.to_string()))?)?;
            }
        }
        self.finish()
    }

    fn wrong(&self, why: &str) -> ImportFault {
        ImportFault::Line { line: self.line, why: why.to_owned() }
    }

    fn head(&mut self, head: Head) -> Result<(), ImportFault> {
        match head {
            Head::Journal(journal) => self.journal(journal),
            Head::Contract(_) | Head::Run(_) if self.journal.is_none() => {
                Err(self.wrong("a journal begins with the line of the journal"))
            }
            Head::Contract(_) if self.end.is_some() => Err(self.wrong("a contract after the first fact")),
            Head::Contract(contract) => {
                let contract = contract.listed().map_err(|why| self.wrong(&why))?;
                if self.contracts.iter().any(|known| known.name == contract.name) {
                    return Err(self.wrong("the contract was listed before"));
                }
                self.contracts.push(contract);
                Ok(())
            }
            Head::Run(run) => {
                let status = run.status().map_err(|why| self.wrong(&why))?;
                let first_seq = self.end.as_ref().map_or(0, |(end, _)| end.seq).cast_signed() + 1;
                let run = Run {
                    id: run.id,
                    build: run.build,
                    configuration: run.configuration,
                    began_ns: run.began.nanos(),
                    ended_ns: run.ended.map(phantom_model::Timestamp::nanos),
                    first_seq,
                    status,
                };
                self.begin_run(run)
            }
        }
    }

    fn journal(&mut self, journal: JournalLine) -> Result<(), ImportFault> {
        if self.line != 1 {
            return Err(self.wrong("a second journal begins"));
        }
        if journal.form != FORM {
            return Err(self.wrong(&format!("the form is {}, this version reads {FORM}", journal.form)));
        }
        let environment = journal.environment.parse();
        let environment =
            environment.map_err(|fault: crate::session::NoEnvironment| self.wrong(&fault.to_string()))?;
        let session = Session {
            environment,
            account: journal.account.clone(),
            build: format!("import by {}", env!("CARGO_PKG_VERSION")),
            configuration: String::new(),
        };
        schema::create(&mut self.db, &session, wall::now_ns())?;
        self.journal = Some(journal);
        Ok(())
    }

    fn begin_run(&mut self, run: Run) -> Result<(), ImportFault> {
        self.flush()?;
        runs::restore(&self.db, &run)?;
        self.run = Some(run);
        Ok(())
    }

    /// Everything that is no fact is known: the first one comes.
    fn begin_facts(&mut self) -> Result<(), ImportFault> {
        if self.journal.is_none() {
            return Err(self.wrong("a journal begins with the line of the journal"));
        }
        contracts::write(&self.db, &self.contracts)?;
        if self.run.is_none() {
            // A replay has no runs: its facts are those of the import.
            self.begin_run(Run {
                id: 1,
                build: "import".to_owned(),
                configuration: String::new(),
                began_ns: wall::now_ns(),
                ended_ns: None,
                first_seq: 1,
                status: RunStatus::Ended,
            })?;
        }
        let book = Book::new(&contracts::terms(&self.contracts));
        self.end = Some((End::before_all(self.contracts.len()), book));
        Ok(())
    }

    fn fact(&mut self, object: Map<String, Value>) -> Result<(), ImportFault> {
        if self.end.is_none() {
            self.begin_facts()?;
        }
        let read = line::read(&self.contracts, object).map_err(|why| self.wrong(&why))?;
        let run = self.run.as_ref().map_or(1, |run| run.id);
        if let Some((place, name)) = read.signal {
            self.signals.insert((run, place), name);
        }
        let stamped = Stamped { fact: read.fact, wall_ns: read.wall_ns, mono_ns: read.mono_ns };
        if let Some((end, book)) = &mut self.end {
            match end.encode(run, &stamped) {
                Ok(record) => {
                    book.fold(&stamped.fact);
                    self.waiting.push(record);
                }
                Err(why) => return Err(self.wrong(&why.to_string())),
            }
        }
        if self.waiting.len() >= AT_ONCE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ImportFault> {
        let work = self.db.transaction()?;
        write_records(&work, &self.waiting)?;
        work.commit()?;
        self.waiting.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Imported, ImportFault> {
        if self.end.is_none() {
            self.begin_facts()?;
        }
        self.flush()?;
        let work = self.db.transaction()?;
        for ((run, place), name) in &self.signals {
            work.execute(
                "INSERT INTO signal (run, place, name) VALUES (?1, ?2, ?3)",
                rusqlite::params![run, place, name],
            )?;
        }
        work.commit()?;
        let Some((end, book)) = self.end.take() else {
            return Err(self.wrong("there is no journal"));
        };
        connection::close(self.db)?;
        Ok(Imported { facts: end.seq, chain: side_files::hex(&end.digest), state: StateHash::of(&book) })
    }
}
