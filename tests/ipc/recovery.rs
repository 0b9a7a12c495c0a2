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
    let bundle = world.get("disputeBundle", json!({ "day": "" }));
    assert!(std::path::Path::new(bundle["path"].as_str().unwrap()).join("timeline.jsonl").is_file());
}

#[test]
fn r_14_a_second_program_on_the_same_folder_is_told_so() {
    let world = World::new();
    let fault = world.start_again().unwrap_err();
    assert!(fault.contains("another Phantom Desk"), "{fault}");
}
