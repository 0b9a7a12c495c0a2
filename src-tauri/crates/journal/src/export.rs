//! A journal out of its file: lines of JSON that can be imported again, or a table for a spreadsheet.

use std::io::{self, Write};
use std::path::Path;

use phantom_engine::Fact;
use phantom_model::{ArenaKey, ContractId, TradingDay};
use rusqlite::Connection;

use crate::columns::Columns;
use crate::contracts::{self, ListedContract};
use crate::fault::DamageKind;
use crate::line::{self, Beside};
use crate::lines::Head;
use crate::names::SignalNames;
use crate::reading;
use crate::runs::{self, Run};
use crate::session::Session;
use crate::table;
use crate::verify::{self, ReadFault};

/// The form of an export.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// One object of JSON a line; what [`crate::import`] reads.
    JsonLines,
    /// A table with a header, comma between fields, for a spreadsheet.
    Csv,
}

/// What an export wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// How many facts.
    pub facts: u64,
    /// The number of the last record of the journal that can be trusted.
    pub last: u64,
    /// What is wrong with the journal: the export ends before it.
    pub damage: Option<DamageKind>,
}

/// Why an export is not there.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadFault),
    /// The output does not take it.
    #[error("the export could not be written: {0}")]
    Write(#[from] io::Error),
}

/// Writes the facts of a journal, or those of one trading day.
///
/// # Errors
/// [`ExportFault`].
pub fn export(
    path: &Path,
    format: Format,
    day: Option<TradingDay>,
    out: &mut dyn Write,
) -> Result<Exported, ExportFault> {
    let db = verify::open(path)?;
    export_from(&db, path, format, day, out)
}

pub(crate) fn export_from(
    db: &Connection,
    path: &Path,
    format: Format,
    day: Option<TradingDay>,
    out: &mut dyn Write,
) -> Result<Exported, ExportFault> {
    let contracts = contracts::read(db).map_err(|fault| ReadFault::Contracts(fault.to_string()))?;
    let mut lines = Lines {
        contracts: &contracts,
        runs: runs::all(db).map_err(ReadFault::from)?,
        signals: SignalNames::read(db).map_err(ReadFault::from)?,
        format,
        run: 0,
        out,
    };
    lines.head(db, path)?;
    let (day, mut facts, mut failed) = (day.map(|day| day.to_string()), 0, None);
    let walked = reading::walk(db, contracts.len(), |columns, fact| {
        let wanted = day.as_deref().is_none_or(|day| day == columns.day);
        if wanted && failed.is_none() {
            failed = lines.fact(columns, &fact).err();
            facts += 1;
        }
    });
    if let Some(fault) = failed {
        return Err(fault.into());
    }
    lines.out.flush()?;
    Ok(Exported { facts, last: walked.end.seq, damage: walked.damage })
}

struct Lines<'a> {
    contracts: &'a [ListedContract],
    runs: Vec<Run>,
    signals: SignalNames,
    format: Format,
    /// The run whose line was written last.
    run: i64,
    out: &'a mut dyn Write,
}

impl Lines<'_> {
    fn head(&mut self, db: &Connection, path: &Path) -> Result<(), ExportFault> {
        if self.format == Format::Csv {
            writeln!(self.out, "{}", table::HEAD)?;
        } else {
            let (environment, account) = verify::owner(db, path)?;
            write_head(self.out, &Head::of_journal(environment, &account), self.contracts)?;
        }
        Ok(())
    }

    fn fact(&mut self, it: &Columns<'_>, fact: &Fact) -> io::Result<()> {
        let contract = it.contract.and_then(|row| u32::try_from(row).ok()).map(ContractId::from_row);
        let signal = self.signals.of(it.run, &fact.body);
        let beside = Beside { contract, signal, wall_ns: it.wall_ns, mono_ns: it.mono_ns };
        if self.format == Format::Csv {
            let row = table::row(self.contracts, it, fact, &beside)?;
            return writeln!(self.out, "{row}");
        }
        if it.run != self.run {
            self.run = it.run;
            // Runs without facts are told too, in their place.
            let (told, later): (Vec<Run>, Vec<Run>) =
                std::mem::take(&mut self.runs).into_iter().partition(|run| run.id <= it.run);
            self.runs = later;
            told.iter().try_for_each(|run| write_line(self.out, &Head::of_run(run)))?;
        }
        let line = line::write(self.contracts, fact, &beside)?;
        writeln!(self.out, "{line}")
    }
}

fn write_line(out: &mut dyn Write, head: &Head) -> io::Result<()> {
    serde_json::to_writer(&mut *out, head)?;
    out.write_all(b"\n")
}

fn write_head(out: &mut dyn Write, first: &Head, contracts: &[ListedContract]) -> io::Result<()> {
    write_line(out, first)?;
    contracts.iter().try_for_each(|contract| write_line(out, &Head::of_contract(contract)))
}

/// Writes facts that are in no journal, in the lines of one: what a replay leaves behind. `signal` answers
/// the name of the signal in a place.
///
/// # Errors
/// What the output says, or, as [`io::ErrorKind::InvalidData`], that a fact cannot follow those before it.
pub fn write_lines<'a>(
    out: &mut dyn Write,
    session: &Session,
    contracts: &[ListedContract],
    facts: impl IntoIterator<Item = &'a Fact>,
    signal: impl Fn(u32) -> Option<&'a str>,
) -> io::Result<()> {
    write_head(out, &Head::of_session(session), contracts)?;
    let mut places = crate::places::Places::new(contracts.len());
    for fact in facts {
        let written = crate::body::write(&fact.body)?;
        let about = places
            .note(&fact.body, written.fields())
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))?;
        let place =
            serde_json::from_str(written.fields()).ok().and_then(|stored| line::signal_place(&stored));
        let signal = place.and_then(&signal);
        let beside = Beside { contract: about.contract, signal, wall_ns: None, mono_ns: None };
        writeln!(out, "{}", line::write(contracts, fact, &beside)?)?;
    }
    Ok(())
}
