//! A flood of events for a minute, and the long order log that it leaves.

use std::time::Duration;

use desktop::{Process, Program, Start};
use serde_json::Value;

use crate::figures::{Figure, Load, at, numbers, quantiles};

/// How long the flood lasts.
const FLOOD: Duration = Duration::from_mins(1);
/// Order log rows that the flood makes in a second.
const ROWS_PER_S: u64 = 2_000;
/// Rows that the page keeps.
const ROWS: u64 = 90_000;
/// How often it is looked whether they are there.
const TRIES_MAX: u32 = 60;
/// How often memory is read.
const STEP: Duration = Duration::from_secs(5);
/// What is typed into the filter: rare, frequent, nothing, no row, and back to all.
const WORDS: &str = "['t1234', '', 'sell', 'filled', 'es', 'no such row', '', 'buy', 't99', '']";

/// The flood, then the log of 100 000 rows.
pub(crate) async fn flood_and_log() -> Vec<Figure> {
    let desk = Program::start(&Start::quick()).await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    let mut figures = flood(&desk).await;
    figures.extend(long_log(&desk).await);
    desk.end();
    figures
}

async fn flood(desk: &Program) -> Vec<Figure> {
    let load = Load::at_start();
    let mut memory = vec![desk.memory_kb() / 1024];
    let page_before = page_ms(desk);
    let script = [include_str!("scripting.js"), include_str!("flood.js")].join("\n");
    desk.run(&format!("const ROWS_PER_S = {ROWS_PER_S};\n{script}")).await;
    for _ in 0..FLOOD.as_secs() / STEP.as_secs() {
        tokio::time::sleep(STEP).await;
        memory.push(desk.memory_kb() / 1024);
    }
    let seen = desk.run("return window.flood.look()").await;
    let page = page_ms(desk) - page_before;
    let mut frames = numbers(&seen["frames"]);
    let count = u64::try_from(frames.len()).unwrap_or(1).max(1);
    let sent = whole(&seen["sent"]);
    frames.sort_unstable();
    let rarest = at(&frames, 999);
    vec![
        load.figure(
            format!(
                "frames under a flood of {} log rows a second, {} s",
                sent / FLOOD.as_secs(),
                FLOOD.as_secs()
            ),
            "p99.9 ≤ 100 ms",
            format!("p99.9 {rarest} ms; {}", quantiles(frames)),
        ),
        load.figure(
            "script per frame meanwhile, mean (in brackets all that the page's thread worked)",
            "≤ 4 ms",
            format!("{} ({}) ms", tenths(whole(&seen["scriptMs"]), count), tenths(page, count)),
        ),
        load.figure(
            format!("memory of program and web view, before it and every {} s", STEP.as_secs()),
            "flat",
            format!("{memory:?} MiB"),
        ),
    ]
}

async fn long_log(desk: &Program) -> Vec<Figure> {
    // The flood goes on until the log is full; what it has left is worked off then. A full log drops its
    // oldest tenth at once, so that there are never less than nine tenths of the 100 000 and seldom all.
    let mut tries = 0;
    while whole(&desk.run("return window.flood.rows()").await) < ROWS {
        tries += 1;
        assert!(tries <= TRIES_MAX, "the log is never full");
        tokio::time::sleep(STEP).await;
    }
    desk.run("window.flood.end()").await;
    tokio::time::sleep(STEP).await;
    let rows = whole(&desk.run("return window.flood.rows()").await);
    let load = Load::at_start();
    let mut figures = Vec::new();
    for (what, px) in [("five rows a frame", 120), ("4 000 rows a frame", 96_000)] {
        let answer = measured(desk, &format!("scroll({px}, 400)")).await;
        let frames = quantiles(numbers(&answer["seen"]));
        let empty = whole(&answer["empty"]);
        figures.push(load.figure(
            format!("scroll through {rows} rows, {what}"),
            "smooth",
            format!("{frames}; {empty} frames without a row"),
        ));
    }
    let took = numbers(&measured(desk, &format!("filter({WORDS})")).await);
    figures.push(load.figure(
        format!("filter of {rows} rows, key to painted answer"),
        "≤ 100 ms",
        format!("{took:?} ms"),
    ));
    figures
}

/// Runs one of the page's measurements and answers what it found.
async fn measured(desk: &Program, call: &str) -> Value {
    let script = include_str!("log.js");
    desk.run(&format!("{script}\nwindow.found = null;\n{call}.then((it) => (window.found = it));")).await;
    // Asked seldom: whoever watches the page meanwhile slows it down.
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let found = desk.run("return window.found").await;
        if !found.is_null() {
            return found;
        }
    }
}

/// How long the page's own thread, that of scripts, styles and layout, was on a processor so far.
fn page_ms(desk: &Program) -> u64 {
    let processes = desk.processes();
    processes.iter().filter(|process| process.is_page()).map(Process::main_thread_ms).sum()
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// A quotient with one decimal place.
fn tenths(sum: u64, count: u64) -> String {
    let tenths = sum * 10 / count;
    format!("{}.{}", tenths / 10, tenths % 10)
}
