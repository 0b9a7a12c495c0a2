//! `phantom journal`: a journal checked, shown, written out, read in.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use phantom_journal::{Format, Verification, bundle, export, import, verification_text, verify};
use phantom_model::TradingDay;
use serde_json::json;

use crate::args::{BundleOptions, ExportForm, ExportOptions, ImportOptions, JournalAction, JournalFile};
use crate::fault::Fault;

/// Does what is asked.
///
/// # Errors
/// A file that is no journal, a line that is wrong, damage, or output that cannot be written.
pub(crate) fn run(action: &JournalAction) -> Result<(), Fault> {
    match action {
        JournalAction::Verify(options) => check(options, false),
        JournalAction::Show(options) => check(options, true),
        JournalAction::Export(options) => write_out(options),
        JournalAction::Import(options) => read_in(options),
        JournalAction::Bundle(options) => make_bundle(options),
    }
}

/// Damage ends a check with an error, after everything that is known was said.
fn check(options: &JournalFile, with_runs: bool) -> Result<(), Fault> {
    let file = name(&options.file);
    let seen = verify(&options.file).map_err(|source| Fault::Journal { file: file.clone(), source })?;
    let text = if options.json { as_json(&seen) } else { as_words(&options.file, &seen, with_runs) };
    say(&text)?;
    match seen.damage {
        None => Ok(()),
        Some(damage) => Err(Fault::Damaged { file, damage: damage.to_string() }),
    }
}

fn as_words(file: &Path, seen: &Verification, with_runs: bool) -> String {
    let runs = seen.runs.iter().filter(|_| with_runs).map(|run| {
        let (id, build, first, status) = (run.id, &run.build, run.first_seq, run.status.word());
        format!("Run {id:<6} build {build}, from fact {first}, {status}\n")
    });
    std::iter::once(verification_text(file, seen)).chain(runs).collect()
}

fn as_json(seen: &Verification) -> String {
    let runs = seen.runs.iter().map(|run| {
        json!({ "id": run.id, "build": run.build, "firstSeq": run.first_seq, "status": run.status.word() })
    });
    let (open, armed) = seen.open_lots;
    let damage = seen
        .damage
        .as_ref()
        .map(|damage| json!({ "lastWhole": damage.last_whole, "message": damage.to_string() }));
    let all = json!({
        "environment": seen.environment.word(),
        "account": seen.account,
        "records": seen.records,
        "openLots": open,
        "armedLots": armed,
        "chain": seen.chain,
        "state": seen.state.to_string(),
        "runs": runs.collect::<Vec<_>>(),
        "damage": damage,
    });
    format!("{all}\n")
}

fn write_out(options: &ExportOptions) -> Result<(), Fault> {
    let format = match options.format {
        ExportForm::Jsonl => Format::JsonLines,
        ExportForm::Csv => Format::Csv,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let exported = export(&options.file, format, options.day.map(TradingDay::on), &mut out)?;
    match exported.damage {
        None => Ok(()),
        Some(kind) => {
            let damage = phantom_journal::Damage { kind, last_whole: exported.last, quarantined: None };
            Err(Fault::Damaged { file: name(&options.file), damage: damage.to_string() })
        }
    }
}

fn read_in(options: &ImportOptions) -> Result<(), Fault> {
    let file = name(&options.file);
    let lines = File::open(&options.file).map_err(|source| Fault::Lines { file: file.clone(), source })?;
    let imported = import(&mut BufReader::new(lines), &options.into);
    let imported = imported.map_err(|source| Fault::Import { file, source })?;
    let (facts, chain, state) = (imported.facts, imported.chain, imported.state);
    say(&format!("Records    {facts}\nChain      {chain}\nState      {state}\n"))
}

fn make_bundle(options: &BundleOptions) -> Result<(), Fault> {
    let made = bundle(&options.file, &options.out, options.day.map(TradingDay::on))?;
    let head = format!("{} facts, {} stops and targets that fired\n", made.facts, made.firings);
    let files = made.files.iter().map(|file| format!("{}\n", file.display()));
    let text: String = std::iter::once(head).chain(files).collect();
    say(&text)?;
    match made.verification.damage {
        None => Ok(()),
        Some(damage) => Err(Fault::Damaged { file: name(&options.file), damage: damage.to_string() }),
    }
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

fn say(text: &str) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Fault::Output)
}
