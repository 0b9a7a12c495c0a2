//! Orders that the gate does not let through are read as such in the window.

use desktop::{Start, story};

#[test]
fn a_short_sale_on_a_new_install_is_refused_in_words_before_and_after_the_press() {
    story("short-selling-off", &Start::new_install(), async |desk| {
        desk.choose("Symbol", "ES").await;
        assert!(!desk.find("checkbox", "Allow short selling").await.is_selected().await.unwrap());
        desk.wait_for_words("status", "Gate", "Short selling").await;
        desk.click("button", "Sell").await;
        let row = desk.wait_for_row("Order log", &[("Action", "REJECT"), ("Symbol", "ES")]).await;
        assert!(row["Reason"].contains("short_selling_off"), "{row:?}");
        assert_eq!(row["State"], "rejected", "{row:?}");
        desk.wait_for_count("Positions", 0).await;

        desk.tick("Allow short selling", true).await;
        desk.wait_for_words("status", "Gate", "Sell: allowed").await;
        desk.click("button", "Sell").await;
        desk.wait_for_row("Positions", &[("Contract", "ES"), ("Side", "↓ short"), ("Qty", "−1")]).await;
    });
}

#[test]
fn a_price_between_two_ticks_is_refused_with_both_neighbours() {
    story("off-the-grid", &Start::quick(), async |desk| {
        desk.choose("Order type", "LIMIT").await;
        desk.type_into("Limit price", "5000.10").await;
        for neighbour in ["5000.00", "5000.25"] {
            desk.wait_for_words("status", "Gate", neighbour).await;
        }
        desk.click("button", "Buy").await;
        let row = desk.wait_for_row("Order log", &[("Action", "REJECT")]).await;
        assert!(row["Reason"].contains("price_off_grid"), "{row:?}");
    });
}
