//! What a request must look like, and what an answer looks like.

use serde_json::{Value, json};

use crate::world::World;

#[test]
fn a_request_of_the_wrong_shape_is_a_bad_request() {
    let world = World::new();
    let order = |change: fn(&mut Value)| {
        let mut order = json!({ "symbol": "ES", "qty": 1, "type": "MARKET" });
        change(&mut order);
        json!({ "order": order })
    };
    for (command, body) in [
        ("placeBuy", json!({})),
        ("placeBuy", json!({ "order": null })),
        ("placeBuy", order(|it| it["qty"] = json!(null))),
        ("placeBuy", order(|it| it["type"] = json!("STOP"))),
        ("placeSell", order(|it| it["stopLoss"] = json!(1))),
        ("placeSell", order(|it| it["symbol"] = json!(1))),
        ("canSubmitOrder", order(|_| ())),
        ("canSubmitOrder", order(|it| it["side"] = json!("buy"))),
        ("cancelOrder", json!({ "orderId": 7 })),
        ("changeOrder", json!({ "change": { "orderId": 7 } })),
        ("protect", json!({ "what": { "whom": { "kind": "LOT" } } })),
        ("closePosition", json!({ "symbol": "ES" })),
        ("decideDifference", json!({ "decision": { "symbol": "ES" } })),
        ("liftLatch", json!({ "symbol": 7 })),
        ("rulesPanel", json!({ "symbols": "ES" })),
        ("ruleSettings", json!({ "choice": { "pack": 1 } })),
        ("saveText", json!({ "name": "../a", "text": "" })),
        ("setKill", json!({ "on": "yes" })),
        ("setPassword", json!({ "password": "" })),
        ("setPassword", json!({ "password": 5 })),
        ("marketControl", json!({ "what": {} })),
        ("marketControl", json!({ "what": { "speed": 0 } })),
        ("marketControl", json!({ "what": { "speed": 1001 } })),
        ("marketControl", json!({ "what": { "speed": "max" } })),
        ("saveSettings", json!({ "settings": { "version": 1 } })),
    ] {
        assert!(world.fault(command, body, "bad_request").is_string());
    }
    assert_eq!(world.get("snapshot", json!({}))["log"], json!([]), "nothing of it was an order");
}

#[test]
fn instruments_are_listed_with_the_name_that_traders_use() {
    let world = World::new();
    let rows = world.get("instruments", json!({}));
    let find = |symbol: &str| rows.as_array().unwrap().iter().find(|row| row["symbol"] == symbol).unwrap();
    let nasdaq = find("NQ");
    assert_eq!(
        (
            &nasdaq["alias"],
            &nasdaq["tickSize"],
            &nasdaq["tickValue"],
            &nasdaq["decimals"],
            &nasdaq["pointValue"]
        ),
        (&json!("ENQ"), &json!("0.25"), &json!("5"), &json!(2), &json!("20"))
    );
    assert!(nasdaq["contract"].as_str().unwrap().starts_with("NQ "));
    assert_eq!(find("GC")["alias"], "GC");
}

#[test]
fn an_empty_desk_shows_itself() {
    let world = World::with_file(None);
    let snapshot = world.get("snapshot", json!({}));
    for empty in ["log", "trades", "positions", "working", "phantoms"] {
        assert_eq!(snapshot[empty], json!([]), "{empty}");
    }
    let desk = &snapshot["desk"];
    let market_time = desk["marketTime"].as_str().unwrap();
    assert!(market_time.ends_with('Z') && market_time.len() == "2026-11-23T14:30:00.0000000Z".len());
    assert_eq!(
        (&desk["mode"], &desk["feed"], &desk["shortSelling"], &desk["dayRealized"]),
        (&json!("MOCK"), &json!("SIMULATED"), &json!(false), &json!("0.00"))
    );
}
