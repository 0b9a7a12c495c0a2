//! How fast the window is: from the click to the painted row, and under a flood of events.
//!
//! A row counts as painted when, after it came into the page, a frame has begun and its work is done.
//! The clock is the page's own (it ticks in milliseconds) and starts with the time stamp that the web
//! view gave the click.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "a measurement that fails ends")]

use std::time::Duration;

use desktop::{Program, Start};
use serde_json::Value;

/// Clicks that are measured.
const CLICKS: usize = 200;
/// How long the flood lasts.
const FLOOD: Duration = Duration::from_secs(30);
/// Order log rows that the flood makes in a second.
const ROWS_PER_S: u64 = 2_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let program = Program::start(&Start::quick()).await;
    clicks(&program).await;
    program.end();
    let program = Program::start(&Start::quick()).await;
    flood(&program).await;
    program.end();
}

async fn clicks(desk: &Program) {
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.run(include_str!("click_clock.js")).await;
    for click in 0..CLICKS {
        // Each side has its own guard against double clicks; in turn they keep the position small.
        desk.click("button", if click % 2 == 0 { "Buy" } else { "Sell" }).await;
        let painted = format!("return window.clock.painted.length > {click}");
        desk.wait_until(&painted, "the row of the click").await;
        tokio::time::sleep(Duration::from_millis(160)).await;
    }
    let mut took = figures(&desk.run("return window.clock.painted").await);
    println!("click to painted row, {CLICKS} clicks, delay 0: {}", quantiles(&mut took));
}

async fn flood(desk: &Program) {
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.run(&format!("const ROWS_PER_S = {ROWS_PER_S};\n{}", include_str!("flood.js"))).await;
    let mut memory = Vec::new();
    for _ in 0..FLOOD.as_secs() / 5 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        memory.push(desk.memory_kb() / 1024);
    }
    let seen = desk.run("return window.flood.end()").await;
    let mut frames = figures(&seen["frames"]);
    println!(
        "flood of {} log rows in {} s ({} a second): frames {}",
        seen["rows"],
        FLOOD.as_secs(),
        seen["rows"].as_u64().unwrap_or(0) / FLOOD.as_secs(),
        quantiles(&mut frames)
    );
    println!("memory of program and web view every 5 s, MiB: {memory:?}");
}

fn figures(list: &Value) -> Vec<u64> {
    let list = list.as_array().unwrap_or_else(|| panic!("no figures: {list}"));
    list.iter().filter_map(Value::as_u64).collect()
}

fn quantiles(values: &mut [u64]) -> String {
    values.sort_unstable();
    let at =
        |share: usize| values.get((values.len() * share / 100).min(values.len() - 1)).copied().unwrap_or(0);
    format!("p50 {} ms, p95 {} ms, p99 {} ms, max {} ms of {}", at(50), at(95), at(99), at(100), values.len())
}
