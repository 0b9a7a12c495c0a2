//! The rules of the account through the window's commands.

use serde_json::{Value, json};

use crate::world::{World, quick};

/// A desk under the firm's rules.
fn under(pack: &str, settings: &[&str]) -> World {
    let mut file = quick();
    file["rules"] = json!({ "pack": pack, "settings": settings });
    World::with_file(Some(&file.to_string()))
}

fn panel(world: &World) -> Value {
    world.get("rulesPanel", json!({ "symbols": ["ES", "XX"] }))
}

#[test]
fn without_a_pack_the_panel_says_so_and_packs_can_be_looked_at() {
    let world = World::new();
    let now = panel(&world);
    assert_eq!((&now["pack"], &now["rules"], &now["lockouts"]), (&Value::Null, &json!([]), &json!([])));
    let packs = world.get("rulePacks", json!({}));
    let ids: Vec<&str> = packs.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"topstep-combine-50k"), "{ids:?}");
    let choice = json!({ "pack": "topstep-combine-50k", "settings": ["daily_loss=on"] });
    let settings = world.get("ruleSettings", json!({ "choice": choice }));
    let row = settings.as_array().unwrap().iter().find(|row| row["key"] == "daily_loss").unwrap();
    assert_eq!(row["value"], "on");
    for wrong in [
        json!({ "pack": "none-such", "settings": [] }),
        json!({ "pack": "topstep-combine-50k", "settings": ["x"] }),
    ] {
        let detail = world.fault("ruleSettings", json!({ "choice": wrong }), "settings_invalid");
        assert!(detail["field"].as_str().unwrap().starts_with("rules."), "{detail}");
    }
}

#[test]
fn under_a_pack_the_panel_has_its_limits_and_what_may_still_be_opened() {
    let world = under("topstep-combine-50k", &["daily_loss=on"]);
    world.wait_for_price("ES");
    let now = panel(&world);
    assert_eq!((&now["pack"], &now["balance"]), (&json!("topstep-combine-50k"), &json!("50000.00")), "{now}");
    let rules: Vec<&str> =
        now["rules"].as_array().unwrap().iter().map(|row| row["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"max_loss") && rules.contains(&"daily_loss"), "{rules:?}");
    assert_eq!(now["floor"], "48000.00");
    assert_eq!(now["allowed"].as_array().unwrap().len(), 1, "a symbol that is none is left out");
}

#[test]
fn a_lock_by_hand_closes_everything_and_no_change_of_the_desk_ends_it() {
    let world = under("topstep-combine-50k", &[]);
    world.wait_for_price("ES");
    world.get("lockOut", json!({}));
    let locked = world.wait_for("the lock", |now| now["desk"]["lockedOut"] == true);
    assert_eq!(locked["positions"], json!([]));
    let lock = &panel(&world)["lockouts"][0];
    assert_eq!(lock["cause"], "by_hand");
    assert!(lock["until"].is_string(), "{lock}");
    let order = json!({ "symbol": "ES", "qty": 1, "type": "MARKET" });
    assert_eq!(world.get("placeBuy", json!({ "order": order }))["reason"], "locked_out");
    let words = world.fault("saveSettings", json!({ "settings": quick() }), "positions_open");
    assert!(words.as_str().unwrap().contains("locked"), "{words}");
}

#[test]
fn limits_that_are_locked_say_until_when() {
    let world = under("topstep-combine-50k", &["personal_daily_loss=500"]);
    world.wait_for_price("ES");
    assert!(panel(&world)["limitsLockedUntil"].is_null());
    world.get("lockLimits", json!({}));
    assert!(panel(&world)["limitsLockedUntil"].is_string());
}
