//! Limit orders: resting, seen, cancelled.

use desktop::tape::{GOLD, Tape};
use desktop::{Start, story};

#[test]
fn a_limit_order_works_until_its_cancel_button_is_pressed() {
    let tape = Tape::new().hold("1320.0", 6_000, 100).text();
    let start = Start::on_tape(GOLD, tape).with("/trading/defaultSymbol", "GC".into());
    story("limit-and-cancel", &start, async |desk| {
        desk.wait_for_words("table", "Prices", "1320.0").await;
        assert!(!desk.has("textbox", "Limit price").await, "a market order has no price field");
        desk.choose("Order type", "LIMIT").await;
        desk.type_into("Limit price", "1300.5").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        let order = desk.wait_for_row("Working orders", &[("Order", "T1"), ("State", "working")]).await;
        assert_eq!(
            (&*order["Side"], &*order["Qty"], &*order["Price"]),
            ("↑ Buy", "1", "1300.5"),
            "{order:?}"
        );
        desk.click("button", "Cancel T1").await;
        desk.wait_for_row("Order log", &[("Action", "CANCEL"), ("Order", "T1"), ("State", "cancelled")])
            .await;
        desk.wait_for_count("Working orders", 0).await;
        desk.wait_for_count("Positions", 0).await;
    });
}
