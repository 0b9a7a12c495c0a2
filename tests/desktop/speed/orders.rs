//! From the click to the painted row, and how long the desk takes to answer the page.

use std::time::Duration;

use desktop::{Program, Start};

use crate::figures::{Figure, Load, numbers, quantiles};

/// Clicks that are measured.
const CLICKS: usize = 200;
/// Questions that are measured.
const QUESTIONS: usize = 1_000;

/// Clicks on Buy and Sell in turn.
pub(crate) async fn clicks() -> Figure {
    let desk = Program::start(&Start::quick()).await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    let load = Load::at_start();
    desk.run(include_str!("click_clock.js")).await;
    for click in 0..CLICKS {
        // Each side has its own guard against double clicks; in turn they keep the position small.
        desk.click("button", if click % 2 == 0 { "Buy" } else { "Sell" }).await;
        // Asked only afterwards: whoever watches the page meanwhile slows it down.
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let took = numbers(&desk.run("return window.clock.painted").await);
    desk.end();
    load.figure("click to painted row of the order log", "p95 ≤ 50 ms", quantiles(took))
}

/// The gate's verdict, asked for as the ticket does it, one after the other.
pub(crate) async fn questions() -> Figure {
    let desk = Program::start(&Start::quick()).await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    let load = Load::at_start();
    let script = "
        const order = { symbol: 'ES', qty: '1', type: 'MARKET', side: 'BUY' };
        const took = [];
        window.asked = null;
        (async () => {
          for (let question = 0; question < COUNT; question += 1) {
            const began = performance.now();
            await window.__TAURI_INTERNALS__.invoke('canSubmitOrder', { order });
            took.push(Math.round(performance.now() - began));
            await new Promise((done) => setTimeout(done, 4));
          }
          window.asked = took;
        })();";
    desk.run(&script.replace("COUNT", &QUESTIONS.to_string())).await;
    let took = loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let asked = desk.run("return window.asked").await;
        if !asked.is_null() {
            break numbers(&asked);
        }
    };
    desk.end();
    load.figure("`invoke` there and back (the gate's verdict)", "p99 ≤ 5 ms", quantiles(took))
}
