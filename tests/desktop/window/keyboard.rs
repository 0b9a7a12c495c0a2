//! A whole trade without the pointer.

use desktop::{Program, Start, story};
use thirtyfour::Key;

/// Tabs until this has the focus; a person would give up after so many.
async fn tab_to(desk: &Program, role: &str, name: &str) {
    let mut passed = Vec::new();
    for _ in 0..80 {
        let focused = desk.focused().await;
        if focused == (role.to_owned(), name.to_owned()) {
            return;
        }
        passed.push(focused);
        desk.press(Key::Tab.value().to_string()).await;
    }
    panic!("Tab never comes to {role} {name:?}: {passed:?}");
}

#[test]
fn a_trade_and_a_flatten_need_no_pointer() {
    story("keyboard", &Start::quick(), async |desk| {
        tab_to(desk, "combobox", "Symbol").await;
        desk.press("ES").await;
        tab_to(desk, "textbox", "Quantity").await;
        desk.press_with(&[Key::Control], "a").await;
        desk.press("2").await;
        // Enter in a field sends nothing.
        desk.press(Key::Enter.value().to_string()).await;
        tab_to(desk, "button", "Buy").await;
        assert!(desk.rows("Order log").await.is_empty(), "nothing was sent on the way");
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.press(" ").await;
        desk.wait_for_row("Positions", &[("Contract", "ES"), ("Qty", "+2")]).await;

        tab_to(desk, "textbox", "Stop loss").await;
        desk.press_with(&[Key::Control, Key::Shift], "f").await;
        desk.wait_for_words("status", "Flatten result", "1 position closed").await;
    });
}

#[test]
fn escape_closes_the_settings_and_the_focus_goes_back() {
    story("escape", &Start::quick(), async |desk| {
        tab_to(desk, "button", "Settings").await;
        desk.press(Key::Enter.value().to_string()).await;
        desk.find("dialog", "Settings").await;
        desk.press(Key::Escape.value().to_string()).await;
        desk.wait_until("return byRole('dialog', 'Settings') === null", "the dialog's end").await;
        desk.wait_until(
            "return nameOf(document.activeElement) === 'Settings'",
            "the focus back on the button",
        )
        .await;
    });
}

#[test]
fn the_order_keys_buy_and_sell_only_while_they_are_switched_on() {
    story("order-keys", &Start::quick(), async |desk| {
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.press_with(&[Key::Control, Key::Alt], "b").await;
        desk.click("button", "Order keys off").await;
        desk.find("button", "Order keys on").await;
        assert!(desk.rows("Order log").await.is_empty(), "switched off, the key has sent nothing");
        desk.press_with(&[Key::Control, Key::Alt], "b").await;
        desk.wait_for_row("Positions", &[("Contract", "ES"), ("Qty", "+1")]).await;
        // Two presses within a quarter of a second are one slip of the hand.
        desk.run("window.seenAt = performance.now()").await;
        desk.wait_until("return performance.now() - window.seenAt > 250", "a hand's pause").await;
        desk.press_with(&[Key::Control, Key::Alt], "s").await;
        desk.wait_for_row("Positions", &[("Contract", "ES"), ("Qty", "0")]).await;
    });
}
