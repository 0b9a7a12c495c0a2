//! Flatten all, from whatever is open.

use desktop::{Program, Start, story};

async fn buy(desk: &Program, symbol: &str) {
    desk.choose("Symbol", symbol).await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.click("button", "Buy").await;
    let root = if symbol == "ENQ" { "NQ" } else { symbol };
    desk.wait_for_row("Positions", &[("Contract", root), ("Qty", "+1")]).await;
}

#[test]
fn three_positions_and_a_working_order_are_flat_after_one_press() {
    story("flatten-three", &Start::quick(), async |desk| {
        for symbol in ["ENQ", "ES", "GC"] {
            buy(desk, symbol).await;
        }
        desk.choose("Order type", "LIMIT").await;
        desk.type_into("Limit price", "100.0").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        // So far from the market it may be a slip: the first press arms, with the reason.
        desk.click("button", "Buy").await;
        desk.wait_for_words("status", "Gate", "more than 10 % away from the market").await;
        desk.click("button", "Buy").await;
        desk.wait_for_count("Working orders", 1).await;

        desk.click("button", "Flatten all").await;
        desk.wait_for_words("status", "Flatten result", "3 positions closed, 1 order cancelled").await;
        let closed = desk.rows("Closed positions").await;
        let mut symbols: Vec<&str> = closed.iter().map(|row| &*row["Symbol"]).collect();
        symbols.sort_unstable();
        assert_eq!(symbols, ["ES", "GC", "NQ"], "{closed:?}");
        for contract in ["ES", "GC", "NQ"] {
            desk.wait_for_row("Positions", &[("Contract", contract), ("Qty", "0")]).await;
        }
        desk.wait_for_count("Working orders", 0).await;
        desk.wait_for_row("Order log", &[("Action", "FLATTEN")]).await;
    });
}

#[test]
fn flatten_with_nothing_open_says_so_and_a_second_press_does_no_harm() {
    story("flatten-nothing", &Start::quick(), async |desk| {
        desk.click("button", "Flatten all").await;
        desk.wait_for_words("status", "Flatten result", "Nothing was open").await;
        desk.click("button", "Flatten all").await;
        desk.wait_for_words("status", "Flatten result", "Nothing was open").await;
        let flattens = desk.rows("Order log").await;
        assert!(flattens.iter().all(|row| row["Action"] == "FLATTEN"), "{flattens:?}");
    });
}

#[test]
fn flatten_works_while_the_settings_are_open() {
    story("flatten-under-dialog", &Start::quick(), async |desk| {
        buy(desk, "ES").await;
        desk.click("button", "Settings").await;
        desk.click("button", "Flatten all").await;
        desk.wait_for_words("status", "Flatten result", "1 position closed").await;
        assert!(desk.has("dialog", "Settings").await, "the dialog stays as it was");
    });
}
