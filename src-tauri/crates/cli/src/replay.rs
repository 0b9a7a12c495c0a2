//! `phantom replay`: recorded trades in, what would have happened out.

mod journal_file;
mod json;
mod progress;
mod result;
mod rows;
mod rules;
mod run;
mod setup;
mod table;

use std::io::{self, BufWriter, Write};
use std::time::Instant;

use crate::args::ReplayOptions;
use crate::fault::Fault;
use journal_file::{JournalFile, WrittenJournal};
use result::ReplayResult;
use rules::RunRules;

pub(crate) use setup::Setup;

pub(crate) use run::Run;

/// Replays, and prints what came of it. Nothing is printed unless all of it went well.
///
/// # Errors
/// The first thing that was given and is not right, or that the result cannot be written.
pub(crate) fn replay(options: &ReplayOptions) -> Result<(), Fault> {
    let started = clock();
    let rules = RunRules::new(options)?;
    let journal = options.journal.as_deref().map(JournalFile::new).transpose()?;
    let signals = options.signals.as_deref().map(phantom_signals::open).transpose()?.unwrap_or_default();
    let setup = Setup::new(&options.ticks, options.symbol.as_deref())?;
    let run = Run::new(options, setup.listing, signals, rules).replay(setup.market)?;
    let journal = journal.map(|journal| journal.write(&run)).transpose()?;
    let result = ReplayResult::of(&run);
    let elapsed = clock().saturating_duration_since(started);
    let out = BufWriter::new(io::stdout().lock());
    let written =
        if options.json { json::write(out, &result, elapsed) } else { table::write(out, &result, elapsed) };
    written.and_then(|mut out| out.flush()).map_err(Fault::Output)?;
    // Last, so that a journal is there only when everything else went well.
    journal.map_or(Ok(()), WrittenJournal::keep)
}

#[expect(clippy::disallowed_methods, reason = "only to say how long the run took; nothing depends on it")]
fn clock() -> Instant {
    Instant::now()
}
