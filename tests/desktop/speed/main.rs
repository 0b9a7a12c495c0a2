//! How fast the window is: from the click to the painted row, under a flood of events, with a long log,
//! at the start, and when nobody does anything.
//!
//! A row counts as painted when, after it came into the page, a frame has begun and its work is done.
//! The clock is the page's own (it ticks in milliseconds) and starts with the time stamp that the web
//! view gave the click.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "a measurement that fails ends")]

mod figures;
mod flood;
mod idle;
mod orders;
mod start;

/// What can be measured, in this order.
const PARTS: [&str; 5] = ["click", "invoke", "flood", "start", "idle"];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|name| !PARTS.contains(&name.as_str())) {
        panic!("no part {unknown:?}: there are {PARTS:?}");
    }
    let mut figures = Vec::new();
    for part in PARTS.into_iter().filter(|part| named.is_empty() || named.iter().any(|name| name == part)) {
        match part {
            "click" => figures.push(orders::clicks().await),
            "invoke" => figures.push(orders::questions().await),
            "flood" => figures.extend(flood::flood_and_log().await),
            "start" => figures.extend(start::starts().await),
            _ => figures.extend(idle::idle().await),
        }
    }
    figures::print(&figures);
}
