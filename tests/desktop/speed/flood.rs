//! Two thousand events a second for a minute, then the long log that they have left.

use std::time::Duration;

use desktop::Program;
use serde_json::json;

use crate::{figures, quantiles};

/// How long the flood lasts.
const FLOOD: Duration = Duration::from_mins(1);
/// Order log rows that the flood makes in a second.
const ROWS_PER_S: u64 = 2_000;

pub(crate) async fn measure(desk: &Program) {
    let before = desk.page_cpu();
    desk.run(&format!("const ROWS_PER_S = {ROWS_PER_S};\n{}", include_str!("flood.js"))).await;
    let mut memory = Vec::new();
    for _ in 0..FLOOD.as_secs() / 5 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        memory.push(desk.memory_kb() / 1024);
    }
    let seen = desk.run("return window.flood.end()").await;
    let worked = desk.page_cpu().saturating_sub(before);
    let mut frames = figures(&seen["frames"]);
    println!(
        "  flood of {} log rows in {} s ({} a second): frames {}",
        seen["rows"],
        FLOOD.as_secs(),
        seen["rows"].as_u64().unwrap_or(0) / FLOOD.as_secs(),
        quantiles(&mut frames)
    );
    let each = worked.as_micros() / u128::try_from(frames.len().max(1)).unwrap_or(1);
    println!("  the page's own thread worked {each} us a frame: scripts, layout and painting together");
    println!("  memory of program and web view every 5 s, MiB: {memory:?}");
    long_log(desk).await;
}

async fn long_log(desk: &Program) {
    desk.run(include_str!("long_log.js")).await;
    desk.wait_until("return window.longLog.done", "the end of the scrolling").await;
    let seen = desk.run("return window.longLog").await;
    let mut frames = figures(&seen["frames"]);
    println!("  scrolling {} rows: frames {}", seen["rows"], quantiles(&mut frames));
    let mut filter = figures(&seen["filterMs"]);
    println!("  a filter over them, until painted: {}", quantiles(&mut filter));
    assert_ne!(seen["rows"], json!(0));
}
