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
    if is_wanted("states") {
        flattening(&folder).await;
        locked(&folder).await;
    }
    if is_wanted("ninjatrader") {
        ninjatrader(&folder).await;
    }
    if is_wanted("live") {
        live(&folder).await;
    }
}

/// The smallest screen that the desk is made for, and a common large one.
const SMALL: (u32, u32) = (1280, 720);
const LARGE: (u32, u32) = (1920, 1080);

async fn size(desk: &Program, (width, height): (u32, u32)) {
    desk.resize(width, height).await;
    let reached = format!("return outerWidth === {width} && outerHeight === {height}");
    desk.wait_until(&reached, "the size").await;
}

/// The simulated market.
async fn simulated(folder: &Path) {
    let start = Start::quick().with("/mock/speed", json!(5)).with("/trading/defaultSymbol", json!("GC"));
    let program = Program::start(&start).await;
    size(&program, SMALL).await;
    trade(&program, folder).await;
    program.end();
}

/// A flatten that waits for the broker: each answer takes seconds.
async fn flattening(folder: &Path) {
    let slow = json!(4_000);
    let start = Start::quick().with("/mock/delayMsMin", slow.clone()).with("/mock/delayMsMax", slow);
    let desk = Program::start(&start).await;
    size(&desk, SMALL).await;
    open(&desk, "ENQ", "Buy", 200).await;
    open(&desk, "ES", "Sell", 0).await;
    desk.click("button", "Flatten all").await;
    desk.wait_until(
        "return [...document.querySelectorAll('h2, h3')].some((it) => nameOf(it) === 'Flattening…')",
        "the flatten under way",
    )
    .await;
    save(&desk, folder, "flattening").await;
    desk.end();
}

/// A position without a stop; then the account locked with it, which nothing but time ends.
async fn locked(folder: &Path) {
    let desk = Program::start(&Start::quick()).await;
    size(&desk, SMALL).await;
    desk.click("button", "Settings").await;
    desk.click("checkbox", "A button that reverses a position").await;
    desk.close("Settings").await;
    open(&desk, "ENQ", "Buy", 0).await;
    desk.wait_until("return document.body.textContent.includes('UNPROTECTED')", "the word for it").await;
    save(&desk, folder, "unprotected").await;
    desk.click("tab", "Rules").await;
    desk.click("button", "Lock the account…").await;
    desk.click("button", "Lock the account now").await;
    desk.wait_for_words("status", "Gate", "lock").await;
    save(&desk, folder, "lockout").await;
    desk.end();
}

/// Opens a position, with a stop and a target so many ticks away, and waits for its row.
async fn open(desk: &Program, symbol: &str, side: &str, stop_ticks: u32) {
    desk.choose("Symbol", symbol).await;
    if stop_ticks > 0 {
        bracket(desk, side, stop_ticks).await;
    }
    desk.wait_for_words("status", "Gate", &format!("{side}: allowed")).await;
    desk.click("button", side).await;
    let root = if symbol == "ENQ" { "NQ" } else { symbol };
    let sign = if side == "Buy" { "+1" } else { "−1" };
    desk.wait_for_row("Positions", &[("Contract", root), ("Qty", sign)]).await;
}

/// Connects to the stand-in in the settings, which stay open.
async fn connect(desk: &Program, platform: &StandIn, account: &str) {
    desk.click("button", "Settings").await;
    desk.find("radiogroup", "Broker").await;
    desk.click("radio", "NinjaTrader").await;
    desk.type_into("Port", &platform.port().to_string()).await;
    desk.type_into("Account", account).await;
    desk.type_into("Username", "trader").await;
    desk.type_into("Password", SECRET).await;
    desk.click("button", "Connect").await;
    desk.wait_for_words("status", "Connection", "Connected").await;
}

/// The same desk with real money, as far as the stand-in has any.
async fn live(folder: &Path) {
    let Some(mut platform) = StandIn::start() else { return };
    platform.trades("NQ", "23000");
    let desk = Program::start(&Start::quick()).await;
    size(&desk, SMALL).await;
    connect(&desk, &platform, "LIVE-777").await;
    desk.wait_until("return document.title.startsWith('LIVE')", "the mode in the title").await;
    desk.close("Settings").await;
    desk.choose("Symbol", "ENQ").await;
    save(&desk, folder, "live-locked").await;
    desk.type_into("Account name", "LIVE-777").await;
    desk.click("button", "Let orders out").await;
    desk.type_into("Stop loss", "22950.00").await;
    desk.type_into("Take profit", "23100.00").await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    save(&desk, folder, "live").await;
    desk.end();
}

/// The same desk on `NinjaTrader`'s simulation account: its settings with who is there, and an order filled.
async fn ninjatrader(folder: &Path) {
    let Some(mut platform) = StandIn::start() else { return };
    platform.trades("NQ", "23000");
    let desk = Program::start(&Start::quick()).await;
    size(&desk, SMALL).await;
    connect(&desk, &platform, "Sim101").await;
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
        open(desk, symbol, side, stop_ticks).await;
    }
    desk.choose("Symbol", "GC").await;
    desk.choose("Order type", "LIMIT").await;
    rest(desk).await;
    desk.type_into("Quantity", "60").await;
    desk.wait_for_words("status", "Gate", "Buy: ").await;
    save(desk, folder, "window").await;
    size(desk, LARGE).await;
    save(desk, folder, "window-large").await;
    size(desk, SMALL).await;

    desk.type_into("Quantity", "1").await;
    desk.click("button", "Flatten all").await;
    desk.wait_for_words("status", "Flatten result", "3 positions closed").await;
    save(desk, folder, "flatten").await;
    // What is told stands in front of the settings.
    let dismiss = "for (const button of document.querySelectorAll('button')) if (button.textContent.trim() === 'Dismiss') button.click()";
    desk.run(dismiss).await;
    // Every choice of this page is in sight then.
    size(desk, (1280, 1040)).await;
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
