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

#[test]
fn a_lock_lasts_until_the_time_that_was_chosen_and_needs_no_pack() {
    let world = World::new();
    world.wait_for_price("ES");
    for wrong in ["2000-01-01T00:00:00Z", "half past two"] {
        world.fault("lockOut", json!({ "until": wrong }), "bad_request");
    }
    assert_eq!(panel(&world)["lockouts"], json!([]));
    world.get("lockOut", json!({ "until": "2099-01-01T00:00:00.000Z" }));
    world.wait_for("the lock", |now| now["desk"]["lockedOut"] == true);
    let locked = panel(&world);
    assert!(locked["pack"].is_null());
    assert!(locked["lockouts"][0]["until"].as_str().unwrap().starts_with("2099-01-01T00:00:00"), "{locked}");
}

#[test]
fn choosing_no_rules_lifts_the_pack_with_the_next_session_where_something_was_traded() {
    let world = under("topstep-combine-50k", &[]);
    world.wait_for_price("ES");
    let order = json!({ "symbol": "ES", "qty": 1, "type": "MARKET" });
    world.get("placeBuy", json!({ "order": order }));
    world.wait_for("the position", |now| now["positions"][0]["qty"] == 1);
    world.get("flattenAll", json!({}));
    world.get("saveSettings", json!({ "settings": quick() }));
    let kept = panel(&world);
    assert_eq!((&kept["pack"], &kept["lifts"]), (&json!("topstep-combine-50k"), &json!(true)), "{kept}");
}

#[test]
fn choosing_no_rules_lifts_the_pack_at_once_where_nothing_was_traded() {
    let world = under("topstep-combine-50k", &[]);
    world.wait_for_price("ES");
    world.get("saveSettings", json!({ "settings": quick() }));
    assert!(panel(&world)["pack"].is_null());
}

#[test]
fn under_a_pack_the_gate_tells_warnings_and_the_worst_case() {
    let world = under("topstep-combine-50k", &["daily_loss=on"]);
    world.wait_for_price("ES");
    let order = json!({ "symbol": "ES", "qty": 1, "type": "MARKET", "side": "BUY" });
    let verdict = world.get("canSubmitOrder", json!({ "order": order }));
    assert_eq!(verdict["warnings"][0]["code"], "no_stop", "{verdict}");
    let worst = &verdict["worst"];
    assert!(worst["loss"].as_str().unwrap().parse::<f64>().unwrap() > 0.0, "{worst}");
    let rules: Vec<&str> =
        worst["left"].as_array().unwrap().iter().map(|row| row["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"max_loss") && rules.contains(&"daily_loss"), "{rules:?}");
}

#[test]
fn how_prints_are_judged_and_a_flatten_works_is_saved_and_checked() {
    let world = World::new();
    let mut settings = quick();
    settings["trading"]["handling"] = json!({ "bandTicks": 40, "bandBasisPoints": 100, "clip": 2, "flattenWaitMs": 0, "disasterTicks": 40 });
    settings["trading"]["passedPolicy"] = json!("ASK");
    world.get("saveSettings", json!({ "settings": settings }));
    assert_eq!(world.get("getSettings", json!({}))["trading"], settings["trading"]);
    settings["trading"]["handling"]["clip"] = json!(0);
    let fault = world.fault("saveSettings", json!({ "settings": settings }), "settings_invalid");
    assert_eq!(fault["field"], "trading.handling.clip");
    // The clip of two is in force: three contracts leave in two exits.
    world.wait_for_price("ES");
    let order = json!({ "symbol": "ES", "qty": 3, "type": "MARKET" });
    world.get("placeBuy", json!({ "order": order }));
    world.wait_for("the position", |now| now["positions"][0]["qty"] == 3);
    let answer = world.get("flattenAll", json!({}));
    let mut sizes: Vec<u64> = answer["closedPositions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["qty"].as_u64().unwrap())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2], "{answer}");
}
