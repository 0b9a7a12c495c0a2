//! What the window is told without asking.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::World;

fn buy() -> Value {
    json!({ "order": { "symbol": "NQ", "qty": 1, "type": "MARKET" } })
}

#[test]
fn an_order_is_told_step_by_step_and_in_order() {
    let world = World::new();
    world.get("placeBuy", buy());
    let mut actions = Vec::new();
    while actions.len() < 3 {
        let event = world.next_event();
        if event.name == "order-log" {
            for row in event.body["rows"].as_array().unwrap() {
                assert_eq!(row["n"], actions.len() + 1, "rows are numbered without gaps");
                actions.push(row["action"].as_str().unwrap().to_owned());
            }
        }
    }
    assert_eq!(actions, ["SUBMIT", "ACCEPT", "FILL"]);
}

#[test]
fn batches_are_numbered_without_gaps_and_each_kind_once_in_a_number() {
    let world = World::new();
    world.get("placeBuy", buy());
    let mut newest = 0;
    let mut kinds = Vec::new();
    for _ in 0..60 {
        let event = world.next_event();
        let seq = event.body["seq"].as_u64().unwrap();
        if seq == newest {
            assert!(!kinds.contains(&event.name), "{} twice in {seq}", event.name);
        } else {
            assert_eq!(seq, newest + 1);
            kinds.clear();
        }
        newest = seq;
        kinds.push(event.name);
    }
}

#[test]
fn a_snapshot_and_the_batches_after_it_are_every_row_exactly_once() {
    let world = World::new();
    let mut log: Vec<Value> = Vec::new();
    for round in 1..=8_u32 {
        world.get("placeBuy", json!({ "order": { "symbol": "XX", "qty": round, "type": "MARKET" } }));
        // As a window that reloads: what it had is gone.
        let snapshot = world.get("snapshot", json!({}));
        log = snapshot["log"].as_array().unwrap().clone();
        let mut newest = snapshot["seq"].as_u64().unwrap();
        while log.len() < round as usize {
            let event = world.next_event();
            let seq = event.body["seq"].as_u64().unwrap();
            if seq <= snapshot["seq"].as_u64().unwrap() {
                continue;
            }
            assert!(seq == newest || seq == newest + 1, "no gap after the snapshot");
            newest = seq;
            if event.name == "order-log" {
                log.extend(event.body["rows"].as_array().unwrap().iter().cloned());
            }
        }
    }
    let numbers: Vec<u64> = log.iter().map(|row| row["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
}

#[test]
fn prices_of_every_instrument_are_told_and_stand_still_when_paused() {
    let world = World::new();
    for symbol in ["ES", "NQ", "GC"] {
        world.wait_for_price(symbol);
    }
    world.get("marketControl", json!({ "what": { "pause": true } }));
    let quotes = |snapshot: &Value| -> BTreeMap<String, Value> {
        let rows = snapshot["quotes"].as_array().unwrap();
        rows.iter().map(|row| (row["symbol"].as_str().unwrap().to_owned(), row["at"].clone())).collect()
    };
    // A record that was on its way may still come.
    let mut before = quotes(&world.wait_for("the pause", |now| now["desk"]["paused"] == true));
    for _ in 0..5 {
        world.next_event();
    }
    before = quotes(&world.wait_for("rest", |_| true)).into_iter().chain(before).collect();
    let still = quotes(&world.get("snapshot", json!({})));
    assert!(still.len() >= 30 && before.len() == still.len());
    // Orders are answered while prices stand still.
    assert_eq!(world.get("placeBuy", buy())["status"], "ACCEPTED");
    let rested = quotes(&world.get("snapshot", json!({})));
    assert_eq!(rested, still);
    world.get("marketControl", json!({ "what": { "pause": false } }));
    world.wait_for("prices again", |now| quotes(now) != still);
    world.wait_for("the fill", |now| now["positions"][0]["qty"] == 1);
}
