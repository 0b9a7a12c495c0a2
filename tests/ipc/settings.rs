//! Settings, the password, the broker connection.

use std::fs;
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::world::{World, quick};

fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut settings = quick();
    change(&mut settings);
    json!({ "settings": settings })
}

fn kept(world: &World) -> Value {
    serde_json::from_str(&fs::read_to_string(world.folder.path().join("settings.json")).unwrap()).unwrap()
}

#[test]
fn settings_are_saved_answered_kept_and_hold_from_the_next_order_on() {
    let world = World::new();
    assert_eq!(world.get("getSettings", json!({})), quick());
    let body = changed(|it| {
        it["trading"]["shortSelling"] = json!(false);
        it["mock"]["speed"] = json!(10);
    });
    assert_eq!(world.get("saveSettings", body.clone()), body["settings"]);
    assert_eq!(world.get("getSettings", json!({})), body["settings"]);
    assert_eq!(kept(&world), body["settings"]);
    let sell = json!({ "order": { "symbol": "ES", "qty": 1, "type": "MARKET" } });
    assert_eq!(world.get("placeSell", sell)["reason"], "short_selling_off");
    assert_eq!(world.get("snapshot", json!({}))["desk"]["shortSelling"], false);
}

#[test]
fn wrong_settings_are_refused_by_name_and_nothing_changes() {
    let world = World::new();
    for (field, body) in [
        ("mock.seed", changed(|it| it["mock"]["seed"] = json!("x"))),
        ("mock.delayMsMin", changed(|it| it["mock"]["delayMsMin"] = json!(1))),
        ("mock.symbols", changed(|it| it["mock"]["symbols"] = json!(["ES", "XX"]))),
        ("trading.defaultSymbol", changed(|it| it["trading"]["defaultSymbol"] = json!("XX"))),
    ] {
        let detail = world.fault("saveSettings", body, "settings_invalid");
        assert_eq!(detail["field"], field);
        assert!(!detail["message"].as_str().unwrap().is_empty());
    }
    assert_eq!((world.get("getSettings", json!({})), kept(&world)), (quick(), quick()));
}

#[test]
fn a_new_market_needs_that_nothing_is_open_and_starts_an_empty_log() {
    let world = World::new();
    let resting = json!({ "order": { "symbol": "ES", "qty": 1, "type": "LIMIT", "price": "4000" } });
    world.get("placeBuy", resting);
    for body in
        [changed(|it| it["mock"]["seed"] = json!("8")), changed(|it| it["broker"] = json!("NINJATRADER"))]
    {
        assert!(world.fault("saveSettings", body, "positions_open").is_string());
    }
    assert_eq!(kept(&world), quick());
    world.get("setKill", json!({ "on": true }));
    world.get("flattenAll", json!({}));
    let before = world.get("snapshot", json!({}))["seq"].as_u64().unwrap();
    world.get("saveSettings", changed(|it| it["mock"]["seed"] = json!("8")));
    let after = world.wait_for("the kill switch of the old desk", |now| now["desk"]["killed"] == true);
    assert!(after["seq"].as_u64().unwrap() > before + 1, "the numbers go on, with one left out");
    assert!(after["log"].as_array().unwrap().iter().all(|row| row["action"] == "HALT"));
}

#[test]
fn a_tick_file_is_played_to_its_end() {
    let world = World::new();
    let path = world.folder.path().join("GC 12-13.Last.txt");
    fs::write(&path, "20131007 140001;1320.1;2\n20131007 140002;1320.2;1\n20131007 140003;1320.3;1\n")
        .unwrap();
    let source = json!({ "kind": "FILE", "path": path.to_str().unwrap() });
    world.get(
        "saveSettings",
        changed(|it| {
            it["mock"]["source"] = source;
            it["mock"]["speed"] = json!(0);
        }),
    );
    let end = world.wait_for("the end of the file", |now| now["desk"]["feed"] == "ENDED");
    assert_eq!(end["quotes"].as_array().unwrap().len(), 1);
    assert_eq!((&end["quotes"][0]["symbol"], &end["quotes"][0]["last"]), (&json!("GC"), &json!("1320.3")));
    assert!(end["desk"]["marketTime"].as_str().unwrap().starts_with("2013-10-07T14:00:03"));
    world.get("marketControl", json!({ "what": { "speed": "max" } }));
}

#[test]
fn a_tick_file_that_cannot_be_read_changes_nothing() {
    let world = World::new();
    let source = json!({ "kind": "FILE", "path": world.folder.path().join("gone.txt").to_str().unwrap() });
    let words = world.fault("saveSettings", changed(|it| it["mock"]["source"] = source), "market_file");
    assert!(words.as_str().unwrap().contains("cannot be opened"), "{words}");
    assert_eq!(kept(&world), quick());
    world.wait_for_price("ES");
}

#[test]
fn a_fault_in_the_middle_of_a_tick_file_is_told_in_the_log() {
    let world = World::new();
    let path = world.folder.path().join("GC 12-13.Last.txt");
    fs::write(&path, "20131007 140001;1320.1;2\nhello\n").unwrap();
    let source = json!({ "kind": "FILE", "path": path.to_str().unwrap() });
    world.get("saveSettings", changed(|it| it["mock"]["source"] = source));
    let end = world.wait_for("the notice", |now| !now["log"].as_array().unwrap().is_empty());
    assert_eq!((&end["log"][0]["action"], &end["desk"]["feed"]), (&json!("ALARM"), &json!("ENDED")));
    assert!(end["log"][0]["reason"].as_str().unwrap().contains(":2: "));
}

#[test]
fn a_market_of_some_symbols_has_others_when_they_are_asked_for() {
    let world = World::new();
    let order = |symbol: &str| json!({ "order": { "symbol": symbol, "qty": 1, "type": "MARKET" } });
    let quoted = |now: &Value| -> Vec<String> {
        let quotes = now["quotes"].as_array().unwrap();
        quotes.iter().map(|it| it["symbol"].as_str().unwrap().to_owned()).collect()
    };
    let chosen = changed(|it| it["mock"]["symbols"] = json!(["GC", "6E"]));
    assert_eq!(world.get("saveSettings", chosen.clone()), chosen["settings"]);
    let now = world.wait_for("the new market", |now| now["quotes"].as_array().unwrap().len() < 5);
    assert_eq!(quoted(&now), ["ES", "GC", "6E"], "and what the ticket starts with");
    assert_eq!(world.get("placeBuy", order("CL"))["status"], "ACCEPTED");
    let filled = world.wait_for("prices of what was asked for", |now| {
        now["log"].as_array().unwrap().iter().any(|row| row["action"] == "FILL" && row["symbol"] == "CL")
    });
    assert_eq!(quoted(&filled), ["ES", "GC", "6E", "CL"]);
}

#[test]
fn a_settings_file_that_cannot_be_used_is_told_in_the_log() {
    let world = World::with_file(Some("{ not settings"));
    let first = world.wait_for("the notice", |now| !now["log"].as_array().unwrap().is_empty());
    assert!(first["log"][0]["reason"].as_str().unwrap().contains("the settings of a new install hold"));
    assert_eq!(world.get("getSettings", json!({}))["broker"], "MOCK");
}

#[test]
fn without_a_credential_store_a_password_is_kept_in_memory_and_that_is_said() {
    let world = World::new();
    assert_eq!(world.get("setPassword", json!({ "password": "s3cret" })), json!({ "stored": "MEMORY" }));
    let mut folders = vec![world.folder.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(6).any(|it| it == b"s3cret"), "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 0, "the settings and the journal were looked through");
}

#[test]
fn ninjatrader_that_nobody_answers_for_gets_no_order() {
    let world = World::new();
    assert_eq!(world.get("connectBroker", json!({})), Value::Null, "the simulated one is always there");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = changed(|it| {
        it["broker"] = json!("NINJATRADER");
        it["ninjatrader"]["port"] = json!(port);
    });
    world.get("saveSettings", settings);
    world.get("setPassword", json!({ "password": "07".repeat(32) }));
    let words = world.fault("connectBroker", json!({}), "not_connected");
    assert!(words.as_str().unwrap().contains(&format!("127.0.0.1:{port} ")), "{words}");
    let order = json!({ "symbol": "ES", "qty": 1, "type": "MARKET" });
    let answer = world.get("placeBuy", json!({ "order": order }));
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("REJECTED"), &json!("not_connected")));
    let asked = json!({ "symbol": "ES", "qty": 1, "type": "MARKET", "side": "BUY" });
    assert_eq!(world.get("canSubmitOrder", json!({ "order": asked }))["reason"], "not_connected");
    world.wait_for("the refusal in the log", |now| {
        let log = now["log"].as_array().unwrap();
        log.iter().any(|row| row["action"] == "REJECT" && row["reason"] == "not_connected")
    });
    let now = world.get("snapshot", json!({}));
    assert_eq!((&now["desk"]["mode"], &now["desk"]["feed"]), (&json!("OFFLINE"), &json!("SILENT")));
    assert_eq!(now["quotes"], json!([]), "no simulated price stands beside a real broker's name");
}
