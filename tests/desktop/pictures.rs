//! Takes the pictures of the README from the running program, in the themes and states that it shows.

#![expect(clippy::panic, reason = "a picture that cannot be taken ends the round")]

use std::path::{Path, PathBuf};

use desktop::standin::{SECRET, StandIn};
use desktop::{Program, Start};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    // One round alone, by its name.
    let wanted = std::env::args().nth(1);
    let is_wanted = |round: &str| wanted.as_deref().is_none_or(|wanted| wanted == round);
    if is_wanted("desk") {
        simulated(&folder).await;
    }
    if is_wanted("ninjatrader") {
        ninjatrader(&folder).await;
    }
}

/// The simulated market.
async fn simulated(folder: &Path) {
    let start = Start::quick().with("/mock/speed", json!(5)).with("/trading/defaultSymbol", json!("GC"));
    let program = Program::start(&start).await;
    trade(&program, folder).await;
    program.end();
}

/// The same desk on `NinjaTrader`'s simulation account: its settings with who is there, and an order filled.
async fn ninjatrader(folder: &Path) {
    let Some(mut platform) = StandIn::start() else { return };
    platform.trades("NQ", "23000");
    let desk = Program::start(&Start::quick()).await;
    desk.click("button", "Settings").await;
    desk.find("radiogroup", "Broker").await;
    desk.click("radio", "NinjaTrader").await;
    desk.type_into("Port", &platform.port().to_string()).await;
    desk.type_into("Username", "trader").await;
    desk.type_into("Password", SECRET).await;
    desk.click("button", "Connect").await;
    desk.wait_for_words("status", "Connection", "Connected").await;
    desk.wait_until("return document.title.startsWith('SIM')", "the mode in the title").await;
    desk.click("button", "Test connection").await;
    desk.wait_for_words("status", "Connection test", "Simulator").await;
    save(&desk, folder, "ninjatrader-settings").await;
    desk.click("tab", "Sounds").await;
    desk.find("slider", "Volume").await;
    save(&desk, folder, "sounds").await;
    desk.close("Settings").await;
    desk.choose("Symbol", "ENQ").await;
    desk.type_into("Stop loss", "22950.00").await;
    desk.type_into("Take profit", "23100.00").await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.click("button", "Buy").await;
    desk.wait_for_count("Phantoms", 1).await;
    desk.wait_for_row("Order log", &[("Action", "FILL")]).await;
    save(&desk, folder, "ninjatrader").await;
    desk.end();
}

/// A morning: three positions, two protected, an order that rests, a refusal, a flatten.
async fn trade(desk: &Program, folder: &Path) {
    for (symbol, side, stop_ticks) in [("GC", "Buy", 60), ("ENQ", "Sell", 200), ("ES", "Buy", 0)] {
        desk.choose("Symbol", symbol).await;
        if stop_ticks > 0 {
            bracket(desk, side, stop_ticks).await;
        }
        desk.wait_for_words("status", "Gate", &format!("{side}: allowed")).await;
        desk.click("button", side).await;
        let root = symbol.trim_start_matches('E');
        let root = if root == "S" { "ES" } else { root };
        desk.wait_for_row("Positions", &[("Contract", root)]).await;
    }
    desk.choose("Symbol", "GC").await;
    desk.choose("Order type", "LIMIT").await;
    rest(desk).await;
    desk.type_into("Quantity", "60").await;
    desk.wait_for_words("status", "Gate", "Buy: ").await;
    save(desk, folder, "window").await;

    desk.type_into("Quantity", "1").await;
    desk.click("button", "Flatten all").await;
    desk.wait_for_words("status", "Flatten result", "3 positions closed").await;
    save(desk, folder, "flatten").await;
    desk.click("button", "Settings").await;
    desk.find("radiogroup", "Broker").await;
    save(desk, folder, "settings").await;
    desk.click("radio", "Light").await;
    desk.close("Settings").await;
    save(desk, folder, "light").await;
}

/// A stop so many ticks away, by the price field's own arrow keys: ten ticks a press.
async fn bracket(desk: &Program, side: &str, ticks: u32) {
    let (stop, target) = if side == "Buy" { (DOWN, UP) } else { (UP, DOWN) };
    for (field, arrow) in [("Stop loss", stop), ("Take profit", target)] {
        desk.click("textbox", field).await;
        for _ in 0..ticks / 10 {
            desk.press_with(&[desktop::Key::Shift], arrow).await;
        }
    }
}

const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";

/// A limit order that does not fill soon.
async fn rest(desk: &Program) {
    desk.click("textbox", "Limit price").await;
    for _ in 0..12 {
        desk.press_with(&[desktop::Key::Shift], DOWN).await;
    }
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.click("button", "Buy").await;
    desk.wait_for_count("Working orders", 1).await;
}

async fn save(desk: &Program, folder: &Path, name: &str) {
    let path = folder.join(format!("{name}.png"));
    desk.take_picture(&path).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
    println!("{}", path.display());
}
