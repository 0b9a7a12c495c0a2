//! What many runs found, as a page to read.

use std::fmt::Write;

use crate::faults::Fault;
use crate::invariants::Invariant;
use crate::runner::Report;
use crate::shrink::Shrunk;

/// Events and lines of the trail that a failure shows at most.
const LINES_MAX: usize = 60;

/// The page of a whole run.
#[must_use]
pub fn page(report: &Report, seconds: u64) -> String {
    let tally = &report.tally;
    let mut lines = Vec::new();
    lines.push(format!(
        "seeds {}  orders {}  exits {}  refused {}  fills {}  flattens {}  restarts {}",
        report.seeds, tally.orders, tally.exits, tally.refused, tally.fills, tally.flattens, tally.restarts
    ));
    lines.push(format!(
        "prints {}  steps judged {}  facts {}  seconds {seconds}",
        tally.prints, tally.steps, tally.facts
    ));
    lines.push(String::new());
    lines.push("| fault | injected | what |".to_owned());
    lines.push("| ----- | -------: | ---- |".to_owned());
    for fault in Fault::all() {
        lines.push(format!("| {} | {} | {} |", fault.id(), tally.faults.of(fault), fault.words()));
    }
    lines.push(String::new());
    lines.push("| invariant | checks | what |".to_owned());
    lines.push("| --------- | -----: | ---- |".to_owned());
    for invariant in Invariant::all() {
        lines.push(format!(
            "| {} | {} | {} |",
            invariant.id(),
            tally.checks.of(invariant),
            invariant.words()
        ));
    }
    lines.push(String::new());
    lines.push(format!("{} seeds failed", report.failed));
    lines.join("\n")
}

/// What a full run must have reached and has not.
#[must_use]
pub fn shortfalls(report: &Report, seeds: u64, orders: u64) -> Vec<String> {
    let mut short = Vec::new();
    if report.seeds < seeds {
        short.push(format!("{} seeds of {seeds}", report.seeds));
    }
    if report.tally.orders < orders {
        short.push(format!("{} orders of {orders}", report.tally.orders));
    }
    for fault in Fault::all() {
        let count = report.tally.faults.of(fault);
        if count < fault.least() {
            short.push(format!("{fault}: injected {count} times of {}", fault.least()));
        }
    }
    short
}

/// A failing run, cut to what it takes.
#[must_use]
pub fn failure(shrunk: &Shrunk) -> String {
    let mut page = String::new();
    let written = (|| {
        writeln!(page, "{}\n", shrunk.violation)?;
        writeln!(page, "the shortest list of events that still fails ({} runs):", shrunk.runs)?;
        for event in shrunk.events.iter().take(LINES_MAX) {
            writeln!(page, "  {event}")?;
        }
        writeln!(page, "faults that strike:")?;
        for strike in shrunk.strikes.iter().take(LINES_MAX) {
            writeln!(page, "  {}", strike.fault)?;
        }
        writeln!(page, "what was seen last:")?;
        let skip = shrunk.trail.len().saturating_sub(LINES_MAX);
        shrunk.trail.iter().skip(skip).try_for_each(|line| writeln!(page, "  {line}"))
    })();
    debug_assert_eq!(written, Ok(()));
    page
}
