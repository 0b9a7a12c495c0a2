//! How fast the window is: from the click to the painted row, a command there and back, a flood of events, a
//! long log, the start, and what it costs while nothing happens.
//!
//! A row counts as painted when, after it came into the page, a frame has begun and its work is done.
//! The clock is the page's own (it ticks in milliseconds) and starts with the time stamp that the web
//! view gave the click.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that fails ends"
)]

mod flood;
mod idle;
mod million;
mod start;

use std::time::Duration;

use desktop::{Program, Start};
use serde_json::Value;

/// Clicks that are measured.
const CLICKS: usize = 200;
/// Commands that are measured.
const COMMANDS: usize = 1_000;
/// All parts, in the order in which they are measured.
const PARTS: [&str; 5] = ["start", "clicks", "commands", "flood", "idle"];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    for part in PARTS.iter().filter(|part| asked.is_empty() || asked.iter().any(|it| it == *part)) {
        println!("{part} (load of this machine before it: {})", load());
        match *part {
            "start" => start::measure().await,
            "clicks" => with_a_desk(clicks).await,
            "commands" => with_a_desk(commands).await,
            "flood" => with_a_desk(flood::measure).await,
            _ => with_a_desk(idle::measure).await,
        }
    }
}

async fn with_a_desk(part: impl AsyncFnOnce(&Program)) {
    let program = Program::start(&Start::quick()).await;
    program.wait_for_words("status", "Gate", "Buy: allowed").await;
    part(&program).await;
    program.end();
}

/// What else the machine does: above 0.5 or so the figures are of a busy machine.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("not known").to_owned()
}

async fn clicks(desk: &Program) {
    desk.run(include_str!("click_clock.js")).await;
    for click in 0..CLICKS {
        // Each side has its own guard against double clicks; in turn they keep the position small.
        desk.click("button", if click % 2 == 0 { "Buy" } else { "Sell" }).await;
        // Asked only afterwards: whoever watches the page meanwhile slows it down.
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let mut took = figures(&desk.run("return window.clock.painted").await);
    println!("  click to painted row, delay 0: {}", quantiles(&mut took));
}

/// The gate's verdict, asked as the ticket asks for it: one at a time, while prices tick.
async fn commands(desk: &Program) {
    desk.run(&format!("const COMMANDS = {COMMANDS};\n{}", include_str!("commands.js"))).await;
    let done = format!("return window.commands.length === {COMMANDS}");
    desk.wait_until(&done, "the answers").await;
    let mut took = figures(&desk.run("return window.commands").await);
    println!("  a command there and back: {}", quantiles(&mut took));
}

fn figures(list: &Value) -> Vec<u64> {
    let list = list.as_array().unwrap_or_else(|| panic!("no figures: {list}"));
    list.iter().filter_map(Value::as_u64).collect()
}

fn quantiles(values: &mut [u64]) -> String {
    values.sort_unstable();
    let at = |per_mille: usize| {
        let place = (values.len() * per_mille / 1_000).min(values.len().saturating_sub(1));
        values.get(place).copied().unwrap_or(0)
    };
    format!(
        "p50 {} ms, p95 {} ms, p99 {} ms, p99.9 {} ms, max {} ms of {}",
        at(500),
        at(950),
        at(990),
        at(999),
        at(1_000),
        values.len()
    )
}
