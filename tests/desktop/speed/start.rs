//! From the start of the program to a window that an order can be sent from.
//!
//! The beginning is when the system made the process, the end the mark that the page sets with the frame
//! that shows the gate's first answer. The file cache is warm; nothing of the program runs before.

use std::path::Path;

use desktop::{Program, Start};
use phantom_journal::{Session, Store, verify};
use phantom_runtime::Journal as _;
use phantom_testkit::rounds::Rounds;

use crate::figures::{Figure, Load, quantiles};

/// Starts that are measured.
const STARTS: usize = 10;
/// Round trips in the long journal, and the facts of one.
const ROUNDS: u32 = 90_910;
const FACTS_PER_ROUND: u32 = 11;

/// Starts with an empty data folder, then with a long journal.
pub(crate) async fn starts() -> Vec<Figure> {
    let load = Load::at_start();
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let desk = Program::start(&Start::quick()).await;
        took.push(took_ms(&desk).await);
        desk.end();
    }
    let empty = load.figure("cold start to usable window, empty journal", "≤ 2 500 ms", quantiles(took));
    let [snapshot, whole] = long_journal().await;
    vec![empty, snapshot, whole]
}

/// Starts from a snapshot, as nearly all are, and the one start that must fold all facts since none has left a
/// snapshot yet.
async fn long_journal() -> [Figure; 2] {
    let desk = Program::start(&Start::quick()).await;
    took_ms(&desk).await;
    let mut desk = desk.killed_and_started_after(lengthen).await;
    let load = Load::at_start();
    let first = took_ms(&desk).await;
    let mut took = Vec::new();
    while took.len() < STARTS {
        desk = desk.killed_and_started_again().await;
        took.push(took_ms(&desk).await);
    }
    desk.end();
    let what = format!("cold start, journal of {} facts", ROUNDS * FACTS_PER_ROUND);
    [
        load.figure(&what, "≤ 4 000 ms", quantiles(took)),
        load.figure(format!("{what}, without a snapshot"), "≤ 4 000 ms", format!("{first} ms")),
    ]
}

async fn took_ms(desk: &Program) -> u64 {
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.wait_until("return performance.getEntriesByName('usable').length > 0", "the usable window").await;
    let script =
        "return Math.round(performance.timeOrigin + performance.getEntriesByName('usable')[0].startTime)";
    let usable = desk.run(script).await.as_u64().unwrap_or(0);
    let processes = desk.processes();
    let program = processes.iter().find(|process| process.is_program());
    usable - program.unwrap_or_else(|| panic!("no program among {processes:?}")).started_ms()
}

/// Round trips behind what the desk itself has written, through the journal's own writer.
fn lengthen(folder: &Path) {
    let journal = desktop::journal_in(folder);
    let whose = verify(&journal).unwrap_or_else(|fault| panic!("{}: {fault}", journal.display()));
    let session = Session {
        environment: whose.environment,
        account: whose.account,
        build: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: String::new(),
    };
    let data = journal.parent().unwrap_or(folder);
    let opened = Store::new(data).open(&session, &[], || ());
    let mut opened = opened.unwrap_or_else(|fault| panic!("the journal cannot be opened: {fault}"));
    let book = &opened.recovered.book;
    let mut rounds = Rounds::after(book.seq(), book.last_at());
    for _ in 0..ROUNDS {
        rounds.entry();
        rounds.exit();
    }
    for group in rounds.facts.chunks(4_096) {
        opened.writer.append(group);
        while opened.writer.durable() < group.last().map_or(0, |fact| fact.seq) {
            std::thread::yield_now();
        }
    }
}
