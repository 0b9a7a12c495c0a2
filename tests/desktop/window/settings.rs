//! The settings: the broker switch and its honest answer, what is refused, what is kept.

use std::fs;

use desktop::{Program, Start, story};
use serde_json::Value;

fn kept(desk: &Program) -> Value {
    let path = desk.folder().join("config/app.phantom-desk/settings.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn connecting_to_ninjatrader_where_nobody_listens_says_so_and_no_order_leaves() {
    story("ninjatrader", &Start::quick(), async |desk| {
        desk.click("button", "Settings").await;
        desk.find("radiogroup", "Broker").await;
        desk.click("radio", "NinjaTrader").await;
        // Nobody listens on port 1.
        desk.type_into("Port", "1").await;
        desk.type_into("Password", "a secret").await;
        desk.click("button", "Connect").await;
        desk.wait_for_words("status", "Password", "no credential store").await;
        desk.wait_for_words("status", "Connection", "never your broker's password").await;
        desk.type_into("Password", &"07".repeat(32)).await;
        desk.click("button", "Connect").await;
        desk.wait_for_words("status", "Connection", "refused").await;
        let said = desk.words("status", "Connection").await;
        assert!(said.contains("127.0.0.1:1"), "{said}");
        desk.close("Settings").await;
        desk.wait_for_words("status", "Broker", "start NinjaTrader").await;

        desk.wait_for_words("status", "Gate", "cannot be reached").await;
        desk.click("button", "Buy").await;
        let row = desk.wait_for_row("Order log", &[("Action", "REJECT")]).await;
        assert!(row["Reason"].contains("not_connected"), "{row:?}");
        desk.wait_for_count("Positions", 0).await;

        assert_eq!(kept(desk)["broker"], "NINJATRADER");
        assert!(!kept(desk).to_string().contains("a secret"), "the password is in no file");
    });
}

#[test]
fn the_broker_cannot_be_switched_while_a_position_is_open() {
    story("switch-refused", &Start::quick(), async |desk| {
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        desk.wait_for_row("Positions", &[("Qty", "+1")]).await;
        desk.click("button", "Settings").await;
        desk.click("radio", "NinjaTrader").await;
        desk.click("button", "Save").await;
        desk.wait_for_words("status", "Settings", "close and cancel everything first").await;
        assert_eq!(kept(desk)["broker"], "MOCK");
    });
}

#[test]
fn a_setting_out_of_range_is_marked_beside_its_field_and_nothing_is_saved() {
    story("bad-setting", &Start::quick(), async |desk| {
        desk.click("button", "Settings").await;
        desk.type_into("Longest delay, ms", "soon").await;
        desk.click("button", "Save").await;
        desk.wait_for_words("status", "Settings", "Not saved").await;
        let field = desk.find("textbox", "Longest delay, ms").await;
        assert_eq!(field.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
        assert_eq!(kept(desk)["mock"]["delayMsMax"], 0);
    });
}

/// A real credential store, in a folder of its own.
#[test]
fn the_password_goes_to_the_credential_store_where_there_is_one() {
    let start = Start { keyring: true, ..Start::quick() };
    story("credential-store", &start, async |desk| {
        desk.click("button", "Settings").await;
        desk.click("radio", "NinjaTrader").await;
        desk.type_into("Password", "a secret").await;
        desk.click("button", "Save").await;
        desk.wait_for_words("status", "Password", "kept in this computer's credential store").await;
        assert_eq!(desk.find("textbox", "Password").await.prop("value").await.unwrap().as_deref(), Some(""));
        let stores = fs::read_dir(desk.folder().join("data/keyrings")).unwrap();
        let kept = stores.map(|file| fs::read(file.unwrap().path()).unwrap());
        let kept: Vec<u8> = kept.flatten().collect();
        assert!(!kept.is_empty(), "the store has written");
        assert!(!String::from_utf8_lossy(&kept).contains("a secret"), "and not in the clear");
    });
}
