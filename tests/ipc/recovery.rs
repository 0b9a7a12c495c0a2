//! What the journal holds, over the wire: nothing to recover at first, the history, exports, one program only.

use serde_json::{Value, json};

use crate::world::World;

fn question(more: &Value) -> Value {
    let mut wanted = json!({ "text": "", "symbol": "", "kinds": [], "day": "", "before": null });
    for (key, value) in more.as_object().unwrap() {
        wanted[key] = value.clone();
    }
    json!({ "wanted": wanted })
}

#[test]
fn a_new_desk_has_nothing_to_recover_and_what_happens_is_in_its_history() {
    let world = World::new();
    assert_eq!(world.get("recovery", json!({})), Value::Null);
    world.wait_for_price("ES");
    let order = json!({ "symbol": "ES", "qty": 1, "type": "MARKET" });
    let placed = world.get("placeBuy", json!({ "order": order }));
    let id = placed["orderId"].as_str().unwrap().to_owned();
    world.wait_for("the fill", |snapshot| !snapshot["positions"].as_array().unwrap().is_empty());
    // The history reads the disk; the fill is there within a commit or two.
    let page = loop {
        let page = world.get("history", question(&json!({ "kinds": ["orderFilled"], "symbol": "ES" })));
        if !page["rows"].as_array().unwrap().is_empty() {
            break page;
        }
    };
    assert_eq!(page["rows"][0]["about"], id);
    assert!(page["rows"][0]["line"].as_str().unwrap().contains("\"price\""));
    world.fault("history", question(&json!({ "symbol": "WHAT" })), "bad_request");
    let written = world.get("exportHistory", json!({ "day": "" }));
    let text = std::fs::read_to_string(written["path"].as_str().unwrap()).unwrap();
    assert!(text.lines().count() > 3, "{text}");
    let index = world.get("historyIndex", json!({}));
    assert!(index["symbols"].as_array().unwrap().contains(&json!("ES")), "{index}");
    let day = index["days"][0].as_str().unwrap().to_owned();
    let of_day = world.get("history", question(&json!({ "day": day, "text": id })));
    assert!(of_day["rows"].as_array().unwrap().len() >= 3, "sent, accepted, filled: {of_day}");
    let bundle = world.get("disputeBundle", json!({ "day": "" }));
    let folder = std::path::Path::new(bundle["path"].as_str().unwrap());
    for file in bundle["files"].as_array().unwrap() {
        assert!(folder.join(file.as_str().unwrap()).is_file(), "{file}");
    }
    assert_eq!((&bundle["damage"], bundle["chain"].as_str().unwrap().len()), (&Value::Null, 64));
    assert!(bundle["facts"].as_u64().unwrap() <= bundle["records"].as_u64().unwrap(), "{bundle}");
}

#[test]
fn a_stop_that_fired_and_a_flatten_have_receipts_that_their_rows_lead_to() {
    let world = World::new();
    world.wait_for_price("ES");
    // A stop one tick away from the fill: the first trade against it fires it.
    let order = json!({ "symbol": "ES", "qty": 2, "type": "MARKET", "stopTicks": 1 });
    world.get("placeBuy", json!({ "order": order }));
    let after = world.wait_for("the stop's exit", |now| {
        now["trades"].as_array().unwrap().iter().any(|trade| trade["by"] == "STOP")
    });
    let lot = after["trades"][0]["lot"].clone();
    let rows = after["log"].as_array().unwrap();
    let fired = rows.iter().find(|row| row["action"] == "STOP").unwrap();
    assert_eq!((&fired["receipt"], &fired["sinceMs"]), (&lot, &Value::Null));
    let exit = rows.iter().rfind(|row| row["action"] == "FILL").unwrap();
    assert_eq!(exit["receipt"], lot, "{exit}");
    assert!(exit["sinceMs"].is_u64(), "{exit}");
    let receipt = world.get("triggerReceipt", json!({ "lot": lot }));
    assert_eq!(
        (&receipt["leg"], &receipt["side"], &receipt["symbol"]),
        (&json!("STOP"), &json!("BUY"), &json!("ES"))
    );
    assert_eq!(receipt["print"], fired["price"]);
    assert_eq!(receipt["exits"][0]["orderId"], exit["orderId"]);
    assert_eq!(receipt["exits"][0]["fills"][0]["price"], exit["fillPrice"]);
    assert!(receipt["ageMicros"].is_u64() && receipt["printedAt"].is_string(), "{receipt}");
    world.fault("triggerReceipt", json!({ "lot": "L77" }), "bad_request");

    assert_eq!(world.get("flattenReceipts", json!({})), json!([]));
    let answer = world.get("flattenAll", json!({}));
    let receipts = world.get("flattenReceipts", json!({}));
    assert_eq!((&receipts[0]["flatten"], &receipts[0]["answer"]), (&json!("F0"), &answer));
    assert!(receipts[0]["beganAt"].as_str().unwrap() <= receipts[0]["answeredAt"].as_str().unwrap());
    world.wait_for("the row that leads to it", |now| {
        now["log"].as_array().unwrap().iter().any(|row| row["action"] == "FLATTEN" && row["receipt"] == "F0")
    });
}

#[test]
fn r_14_a_second_program_on_the_same_folder_is_told_so() {
    let world = World::new();
    let fault = world.start_again().unwrap_err();
    assert!(fault.contains("another Phantom Desk"), "{fault}");
}
