//! A page that is loaded anew has missed nothing.

use desktop::tape::{GOLD, Tape};
use desktop::{Start, story};

#[test]
fn a_reload_in_the_middle_of_a_trade_loses_nothing() {
    let tape = Tape::new().hold("1320.0", 600, 100).hold("1319.0", 36_000, 100).text();
    let start = Start::on_tape(GOLD, tape).with("/trading/defaultSymbol", "GC".into());
    story("reload", &start, async |desk| {
        desk.wait_for_words("table", "Prices", "1320.0").await;
        desk.type_into("Stop loss", "1319.5").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        desk.wait_for_row("Phantoms", &[("Stop", "1319.5")]).await;
        desk.wait_for_row("Order log", &[("Action", "FILL")]).await;
        let before = desk.rows("Order log").await;

        desk.reload().await;
        desk.wait_for_row("Phantoms", &[("Stop", "1319.5")]).await;
        desk.wait_for_row("Order log", &[("Action", "FILL")]).await;
        assert_eq!(desk.rows("Order log").await, before, "the log after the reload");

        // The page goes away just as the market takes the stop out.
        desk.click("button", "Settings").await;
        desk.type_into("Speed, times the clock", "200").await;
        desk.click("button", "Save").await;
        desk.reload().await;
        let closed = desk.wait_for_row("Positions", &[("Contract", "GC"), ("Qty", "0")]).await;
        assert_eq!(closed["Realized"], "−100.00", "{closed:?}");
        desk.wait_for_row("Order log", &[("Action", "CLOSE"), ("Order", "T1")]).await;
        let steps: Vec<String> =
            desk.rows("Order log").await.iter().map(|row| row["Action"].clone()).collect();
        assert_eq!(
            steps,
            ["SUBMIT", "ACCEPT", "FILL", "STOP", "SUBMIT", "ACCEPT", "FILL", "CLOSE", "CLOSE"],
            "every step once, in order"
        );
    });
}
