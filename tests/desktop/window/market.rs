//! The markets of the mock broker: the simulated session, recorded trades.

use std::env;
use std::path::PathBuf;

use desktop::{Start, story};

/// Where real recorded trades lie, if they are on this machine.
fn recorded_gold() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ticks");
    let folder = env::var_os("PHANTOM_TICKS").map_or(beside, PathBuf::from);
    let file = folder.join("GC 12-13.20131007.Last.txt").canonicalize().ok();
    if file.is_none() {
        eprintln!("no recorded trades here: set PHANTOM_TICKS to their folder; passed by");
    }
    file
}

fn cents(price: &str) -> i64 {
    let digits: String = price.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn a_new_install_shows_a_market_that_ticks_for_all_three() {
    story("new-install", &Start::new_install(), async |desk| {
        assert_eq!(desk.title().await, "MOCK · Phantom Desk");
        for symbol in ["ENQ", "ES", "GC"] {
            desk.choose("Symbol", symbol).await;
            let moved = format!(
                "const now = rowLike('Prices', {{ Symbol: '{symbol}' }})?.Last;\n\
                 window.seen ??= {{}}; window.seen['{symbol}'] ??= now;\n\
                 return now !== undefined && /[0-9]/.test(now) && window.seen['{symbol}'] !== now"
            );
            desk.wait_until(&moved, &format!("a second price of {symbol}")).await;
        }
        // Figures stand under one another at the right: a style of some other part must not reach them.
        let figures = "const cells = [...document.querySelectorAll('[role=table] .right')];\n\
             const touches = (cell) => { const range = document.createRange(); range.selectNodeContents(cell);\n\
             return Math.abs(cell.getBoundingClientRect().right - range.getBoundingClientRect().right) < 12; };\n\
             return cells.length > 6 && cells.filter((cell) => cell.textContent !== '').every(touches)";
        desk.wait_until(figures, "figures at the right of their columns").await;
    });
}

#[test]
fn recorded_gold_is_traded_to_the_stop_or_the_target() {
    let Some(file) = recorded_gold() else { return };
    story("recorded-gold", &Start::quick(), async |desk| {
        desk.click("button", "Settings").await;
        desk.click("radio", "Tick file").await;
        desk.type_into("Path of the tick file", file.to_str().unwrap()).await;
        desk.click("button", "Save").await;
        desk.wait_for_words("status", "Settings", "Saved.").await;
        desk.close("Settings").await;

        desk.choose("Symbol", "GC").await;
        let first = desk.wait_for_row("Prices", &[("Symbol", "GC"), ("Last", "1313.")]).await;
        let last = cents(&first["Last"]);
        let price = |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10);
        desk.type_into("Stop loss", &price(last - 20)).await;
        desk.type_into("Take profit", &price(last + 20)).await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        desk.click("button", "Settings").await;
        desk.tick("As fast as possible", true).await;
        desk.click("button", "Save").await;
        desk.wait_for_words("status", "Settings", "Saved.").await;
        desk.close("Settings").await;

        desk.wait_for_row("Order log", &[("Action", "CLOSE"), ("Order", "T1")]).await;
        let log = desk.rows("Order log").await;
        let fills: Vec<i64> =
            log.iter().filter(|row| row["Action"] == "FILL").map(|row| cents(&row["Fill"])).collect();
        let [entry, exit] = fills[..] else { panic!("an entry and an exit: {log:?}") };
        let fired = log.iter().find(|row| row["Action"] == "STOP" || row["Action"] == "TARGET").unwrap();
        match &*fired["Action"] {
            "STOP" => assert!(exit <= last - 20, "{log:?}"),
            _ => assert!(exit >= last + 20 - 1, "{log:?}"),
        }
        let closed = desk.wait_for_row("Positions", &[("Contract", "GC 12-13"), ("Qty", "0")]).await;
        // A tenth of a point of gold is ten dollars.
        let (sign, won) = (if exit < entry { '−' } else { '+' }, (exit - entry).abs() * 10);
        assert_eq!(closed["Realized"], format!("{sign}{won}.00"), "{log:?}");
    });
}

#[test]
fn a_paused_market_stands_still_and_goes_on() {
    story("pause", &Start::quick(), async |desk| {
        desk.wait_for_words("table", "Prices", "ES").await;
        desk.click("button", "Settings").await;
        desk.click("button", "Pause the market").await;
        desk.find("button", "Resume the market").await;
        desk.close("Settings").await;
        // The last prices of before may still be on their way to the list, which moves twice a second.
        let settled = "
            const words = wordsOf('table', 'Prices');
            if (window.lastWords !== words) [window.lastWords, window.lastMs] = [words, performance.now()];
            return performance.now() - window.lastMs > 1500;";
        desk.wait_until(settled, "prices that stand still").await;
        let still = desk.words("table", "Prices").await;
        desk.type_into("Quantity", "3").await;
        assert_eq!(desk.words("table", "Prices").await, still);
        desk.click("button", "Settings").await;
        desk.click("button", "Resume the market").await;
        desk.close("Settings").await;
        let moved = format!("return wordsOf('table', 'Prices') !== {}", serde_json::json!(still));
        desk.wait_until(&moved, "another price").await;
    });
}
