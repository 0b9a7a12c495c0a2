//! Memory of armed phantoms, read from the operating system.
//!
//! A counting allocator would need code that the workspace forbids, so the figure is the growth of
//! resident memory: whole pages, everything included that arming leaves behind.

use std::process::Command;

use crate::desk::{Desk, gold, one_leg, two_legs_at};
use crate::table::{Met, Row};
use phantom_model::Side;

/// Page size of the machines that this is measured on.
const PAGE_BYTES: u64 = 4_096;
const COUNTS: [u32; 2] = [100_000, 1_000_000];
/// Tells the measuring process that it is one.
const FLAG: &str = "--memory";

/// Which legs each phantom has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Legs {
    One,
    Two,
}

impl Legs {
    const fn word(self) -> &'static str {
        match self {
            Self::One => "one-leg",
            Self::Two => "two-legs",
        }
    }
}

/// Resident memory of this process; 0 where the system does not tell.
pub(crate) fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * PAGE_BYTES
}

/// The measuring process: arms phantoms in a fresh memory and prints the growth at each count.
pub(crate) fn measure_if_asked() -> bool {
    let mut arguments = std::env::args().skip_while(|argument| argument != FLAG).skip(1);
    let Some(word) = arguments.next() else { return false };
    let legs = if word == Legs::One.word() { Legs::One } else { Legs::Two };
    let mut desk = Desk::new(1);
    let (before, mut armed) = (resident_bytes(), 0);
    for count in COUNTS {
        for row in armed..count {
            let bracket = if legs == Legs::One { one_leg(row) } else { two_legs_at(row) };
            desk.enter(gold(), Side::Buy, bracket);
        }
        armed = count;
        let grown = resident_bytes() - before;
        println!("{}", grown / u64::from(count));
    }
    let levels = desk.engine.book().positions().at(gold()).levels.len();
    let each = if legs == Legs::One { 1 } else { 2 };
    assert_eq!(levels, each * armed as usize, "all of them are armed");
    true
}

/// Bytes of each armed phantom, each kind in a process of its own.
pub(crate) fn armed(rows: &mut Vec<Row>) {
    for (legs, bar) in [(Legs::One, "≤ 256 B"), (Legs::Two, "-")] {
        let program = std::env::current_exe().unwrap();
        let output = Command::new(program).args(["--bench", FLAG, legs.word()]).output().unwrap();
        let figures: Vec<u64> =
            String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect();
        assert_eq!(figures.len(), COUNTS.len(), "one figure for each count");
        let most = figures.iter().copied().max().unwrap_or(u64::MAX);
        rows.push(Row {
            work: format!(
                "resident memory per armed phantom ({} armed): order, execution, lot, ids, levels",
                if legs == Legs::One { "one leg" } else { "stop and target" }
            ),
            bar,
            measured: format!("{} B at 100 000, {} B at 1 000 000", figures[0], figures[1]),
            kernel: None,
            met: if bar == "-" { Met::NoBar } else { Met::when(most <= 256) },
        });
    }
}
