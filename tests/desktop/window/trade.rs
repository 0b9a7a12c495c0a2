//! Buying and selling, from the click to the closed order.

use desktop::tape::{GOLD, Tape};
use desktop::{Program, Start, story};

/// Prices stand at 1320.0, and a minute later, at a hundred times the clock within a second, at `then`.
fn gold_that_goes_to(then: &str) -> Start {
    let text = Tape::new().hold("1320.0", 600, 100).hold(then, 36_000, 100).text();
    Start::on_tape(GOLD, text).with("/trading/defaultSymbol", "GC".into())
}

/// Lets the market run, through the settings as a trader would.
async fn speed_up(desk: &Program) {
    desk.click("button", "Settings").await;
    desk.type_into("Speed, times the clock", "100").await;
    desk.click("button", "Save").await;
    desk.wait_for_words("status", "Settings", "Saved.").await;
    desk.close("Settings").await;
}

async fn bracket(desk: &Program, stop: &str, target: &str) {
    desk.wait_for_words("table", "Prices", "1320.0").await;
    desk.type_into("Quantity", "2").await;
    desk.type_into("Stop loss", stop).await;
    desk.type_into("Take profit", target).await;
}

/// Every step of the trade in the log, oldest first.
async fn log_actions(desk: &Program) -> Vec<String> {
    desk.rows("Order log").await.iter().map(|row| row["Action"].clone()).collect()
}

#[test]
fn a_bracket_is_bought_filled_armed_stopped_and_closed_at_its_price() {
    story("buy-with-bracket", &gold_that_goes_to("1319.0"), async |desk| {
        bracket(desk, "1319.5", "1321.0").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        let position = desk.wait_for_row("Positions", &[("Contract", "GC 12-13"), ("Qty", "+2")]).await;
        assert_eq!((&*position["Side"], &*position["Average"]), ("↑ long", "1320.0"), "{position:?}");
        let phantom = desk.wait_for_row("Phantoms", &[("Symbol", "GC"), ("Qty", "2")]).await;
        assert_eq!((&*phantom["Stop"], &*phantom["Target"]), ("1319.5", "1321.0"), "{phantom:?}");

        speed_up(desk).await;
        desk.wait_for_row("Order log", &[("Action", "STOP"), ("Price", "1319.0")]).await;
        let closed = desk.wait_for_row("Positions", &[("Contract", "GC 12-13"), ("Qty", "0")]).await;
        // Two contracts, one point at 100 dollars, against the trader.
        assert_eq!(closed["Realized"], "−200.00", "{closed:?}");
        desk.wait_for_count("Phantoms", 0).await;
        desk.wait_for_row("Order log", &[("Action", "CLOSE"), ("Order", "T1")]).await;
        let steps = log_actions(desk).await;
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        assert_eq!(
            steps,
            ["SUBMIT", "ACCEPT", "FILL", "STOP", "SUBMIT", "ACCEPT", "FILL", "CLOSE", "CLOSE"],
            "the story in the log"
        );
    });
}

#[test]
fn a_short_bracket_takes_its_profit() {
    story("sell-with-bracket", &gold_that_goes_to("1318.0"), async |desk| {
        bracket(desk, "1321.0", "1318.5").await;
        desk.wait_for_words("status", "Gate", "Sell: allowed").await;
        desk.click("button", "Sell").await;
        let position = desk.wait_for_row("Positions", &[("Contract", "GC 12-13"), ("Side", "↓ short")]).await;
        assert_eq!(position["Qty"], "−2", "{position:?}");
        speed_up(desk).await;
        desk.wait_for_row("Order log", &[("Action", "TARGET"), ("Price", "1318.")]).await;
        let closed = desk.wait_for_row("Positions", &[("Contract", "GC 12-13"), ("Qty", "0")]).await;
        assert_eq!(closed["Realized"], "+400.00", "{closed:?}");
    });
}

#[test]
fn a_position_is_turned_around_with_two_presses_and_keeps_the_distance_of_its_stop() {
    let tape = Tape::new().hold("1320.0", 6_000, 100).text();
    let start = Start::on_tape(GOLD, tape).with("/trading/defaultSymbol", "GC".into());
    story("reverse", &start, async |desk| {
        desk.click("button", "Settings").await;
        desk.click("checkbox", "A button that reverses a position").await;
        desk.close("Settings").await;
        desk.wait_for_words("table", "Prices", "1320.0").await;
        desk.type_into("Stop loss, ticks", "50").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        desk.wait_for_row("Phantoms", &[("Side", "↑ Long"), ("Stop", "1315.0")]).await;
        let position = desk.wait_for_row("Positions", &[("Contract", "GC")]).await;
        let button = format!("Reverse {}", position["Contract"]);
        desk.click("button", &button).await;
        let words = "textOf(document.body).includes('then sells 1: stop 50 ticks, no target')";
        desk.wait_until(&format!("return {words}"), "what the second press does").await;
        desk.click("button", &button).await;
        desk.wait_for_row("Phantoms", &[("Side", "↓ Short"), ("Qty", "1"), ("Stop", "1325.0")]).await;
        desk.wait_for_row("Positions", &[("Side", "↓ short"), ("Protected", "1 of 1")]).await;
        desk.wait_for_count("Phantoms", 1).await;
    });
}
