//! What a desk that only watches takes of the processor: three instruments tick, each with a position.

use std::time::Duration;

use desktop::{Process, Program, Start};
use serde_json::json;

use crate::figures::{Figure, Load};

/// How long it is watched.
const WATCHED: Duration = Duration::from_secs(30);
/// Until what the last order and the window manager have stirred up is over.
const REST: Duration = Duration::from_secs(5);

pub(crate) async fn idle() -> Vec<Figure> {
    let start = Start { manager: true, ..Start::quick() }.with("/mock/symbols", json!(["NQ", "ES", "GC"]));
    let desk = Program::start(&start).await;
    for (symbol, root) in [("ENQ", "NQ"), ("ES", "ES"), ("GC", "GC")] {
        desk.choose("Symbol", symbol).await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        desk.wait_for_row("Positions", &[("Contract", root), ("Qty", "+1")]).await;
    }
    let visible = share(&desk, "visible", "≤ 15 %").await;
    desk.minimize().await;
    desk.wait_until("return document.visibilityState === 'hidden'", "the hidden window").await;
    let hidden = share(&desk, "hidden", "≤ 2 %").await;
    desk.end();
    vec![visible, hidden]
}

async fn share(desk: &Program, how: &str, bar: &'static str) -> Figure {
    tokio::time::sleep(REST).await;
    let load = Load::at_start();
    let before = busy_ms(desk);
    tokio::time::sleep(WATCHED).await;
    let after = busy_ms(desk);
    let whole = u64::try_from(WATCHED.as_millis()).unwrap_or(u64::MAX);
    let percent = |busy: u64| format!("{}.{} %", busy * 100 / whole, busy * 1_000 / whole % 10);
    let [program, page] = [0, 1].map(|part| after[part] - before[part]);
    let measured = format!(
        "{} of a core: {} program, {} web view",
        percent(program + page),
        percent(program),
        percent(page)
    );
    load.figure(format!("idle, three positions ticking, {how}, {} s", WATCHED.as_secs()), bar, measured)
}

/// The program's own, and all of its web view's.
fn busy_ms(desk: &Program) -> [u64; 2] {
    let processes = desk.processes();
    let sum =
        |program: bool| processes.iter().filter(|it| it.is_program() == program).map(Process::cpu_ms).sum();
    [sum(true), sum(false)]
}
