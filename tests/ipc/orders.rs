//! Orders through the window's commands.

use serde_json::{Value, json};

use crate::world::{World, is_taken};

fn market(symbol: &str, qty: &str) -> Value {
    json!({ "order": { "symbol": symbol, "qty": qty, "type": "MARKET" } })
}

/// A limit far below the market, which rests.
fn resting() -> Value {
    json!({ "order": { "symbol": "ES", "qty": 1, "type": "LIMIT", "price": "4000.00" } })
}

fn rows_of(snapshot: &Value, order: &Value) -> Vec<String> {
    let log = snapshot["log"].as_array().unwrap();
    let rows = log.iter().filter(|row| &row["orderId"] == order);
    rows.map(|row| row["action"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_bought_contract_goes_from_submitted_to_filled_and_is_a_position() {
    let world = World::new();
    let answer = world.get("placeBuy", market("ENQ", "2"));
    assert!(is_taken(&answer), "{answer}");
    let rest = json!({ "orderId": "T1", "status": answer["status"], "reason": null, "message": null, "unknown": false });
    assert_eq!(answer, rest);
    let snapshot = world.wait_for("the fill", |now| rows_of(now, &answer["orderId"]).len() == 3);
    assert_eq!(rows_of(&snapshot, &answer["orderId"]), ["SUBMIT", "ACCEPT", "FILL"]);
    let fill = snapshot["log"].as_array().unwrap().last().unwrap();
    assert_eq!((&fill["symbol"], &fill["side"], &fill["qty"]), (&json!("NQ"), &json!("BUY"), &json!(2)));
    assert_eq!(fill["status"], "FILLED");
    let position = &snapshot["positions"][0];
    assert_eq!((&position["symbol"], &position["qty"]), (&json!("NQ"), &json!(2)));
    assert_eq!((&position["avgPrice"], &position["realizedPnl"]), (&fill["fillPrice"], &json!("0.00")));
    assert_eq!(position["protectedQty"], 0);
}

#[test]
fn a_bracket_is_watched_here_and_shown_with_its_distances() {
    let world = World::new();
    world.wait_for_price("ES");
    let order =
        json!({ "symbol": "ES", "qty": 1, "type": "MARKET", "stopPrice": 4000, "takeProfit": "9000" });
    world.get("placeBuy", json!({ "order": order }));
    let snapshot = world.wait_for("the phantom", |now| now["phantoms"].as_array().unwrap().len() == 1);
    let phantom = &snapshot["phantoms"][0];
    assert_eq!((&phantom["state"], &phantom["qty"]), (&json!("ARMED"), &json!(1)));
    assert_eq!((&phantom["stopPrice"], &phantom["takeProfit"]), (&json!("4000.00"), &json!("9000.00")));
    assert!(phantom["stopDistanceTicks"].as_i64().unwrap() > 0);
    assert!(phantom["targetDistanceTicks"].as_i64().unwrap() > 0);
    assert_eq!(snapshot["positions"][0]["protectedQty"], 1);
    assert!(snapshot["working"].as_array().unwrap().is_empty(), "the broker knows nothing of it");
}

#[test]
fn a_well_formed_order_is_always_answered_and_a_refusal_has_a_reason_and_a_row() {
    let world = World::new();
    world.wait_for_price("ES");
    for (n, (order, reason)) in [
        (json!({ "symbol": "XX", "qty": 1, "type": "MARKET" }), "unknown_symbol"),
        (json!({ "symbol": "ES", "qty": 1.5, "type": "MARKET" }), "bad_qty"),
        (json!({ "symbol": "ES", "qty": "many", "type": "MARKET" }), "bad_qty"),
        (json!({ "symbol": "ES", "qty": 1, "type": "LIMIT" }), "missing_price"),
        (json!({ "symbol": "ES", "qty": 1, "type": "LIMIT", "price": 5000.1 }), "price_off_grid"),
        (json!({ "symbol": "ES", "qty": 1, "type": "MARKET", "stopPrice": 9000 }), "stop_wrong_side"),
        (json!({ "symbol": "ES", "qty": 6, "type": "MARKET" }), "order_size"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = world.get("placeBuy", json!({ "order": order }));
        assert_eq!((&answer["status"], &answer["reason"]), (&json!("REJECTED"), &json!(reason)), "{order}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
        let snapshot = world.wait_for("the row", |now| now["log"].as_array().unwrap().len() == n + 1);
        let row = snapshot["log"].as_array().unwrap().last().unwrap();
        assert_eq!((&row["action"], &row["orderId"]), (&json!("REJECT"), &answer["orderId"]));
        assert_eq!(row["n"], n + 1);
    }
}

#[test]
fn the_gate_is_asked_without_sending() {
    let world = World::new();
    let ask = |side: &str, qty: u32| {
        let order = json!({ "symbol": "ES", "qty": qty, "type": "MARKET", "side": side });
        world.get("canSubmitOrder", json!({ "order": order }))
    };
    let opens = ask("SELL", 1);
    assert_eq!((&opens["allowed"], &opens["effect"]), (&json!(true), &json!("OPENS")));
    assert!(opens["reason"].is_null() && opens["message"].is_null() && opens["worst"].is_null());
    assert_eq!((&opens["buyLeft"], &opens["sellLeft"]), (&json!(5), &json!(5)));
    let refused = ask("BUY", 6);
    assert_eq!((&refused["allowed"], &refused["reason"]), (&json!(false), &json!("order_size")));
    assert!(refused["effect"].is_null() && refused["message"].is_string());
    assert!(world.get("snapshot", json!({}))["log"].as_array().unwrap().is_empty());
    world.get("placeBuy", market("ES", "1"));
    world.wait_for("the position", |now| now["positions"][0]["qty"] == 1);
    assert_eq!(ask("SELL", 1)["effect"], "REDUCES");
}

#[test]
fn a_resting_order_is_shown_and_cancelled_once() {
    let world = World::new();
    let order = world.get("placeBuy", resting())["orderId"].clone();
    let snapshot = world.wait_for("the working order", |now| now["working"].as_array().unwrap().len() == 1);
    let row = &snapshot["working"][0];
    assert_eq!((&row["orderId"], &row["type"], &row["price"]), (&order, &json!("LIMIT"), &json!("4000.00")));
    assert_eq!(world.get("cancelOrder", json!({ "orderId": order })), Value::Null);
    let after = world.wait_for("the cancel", |now| rows_of(now, &order).len() == 4);
    assert!(after["working"].as_array().unwrap().is_empty());
    assert_eq!(rows_of(&after, &order), ["SUBMIT", "ACCEPT", "CANCEL", "CANCEL"]);
    for gone in [order, json!("T99"), json!("nonsense")] {
        let words = world.fault("cancelOrder", json!({ "orderId": gone }), "bad_request");
        assert!(words.as_str().unwrap().contains("is not an order that works"));
    }
}

/// The menu must flatten when the page hangs, and the page must show it when it does not.
#[test]
fn a_flatten_from_the_menu_is_carried_out_and_told_with_its_receipt() {
    let world = World::new();
    world.wait_for_price("ES");
    let order = json!({ "symbol": "ES", "qty": "2", "type": "MARKET" });
    world.get("placeBuy", json!({ "order": order }));
    world.wait_for("the position", |snapshot| snapshot["positions"][0]["qty"] == 2);
    world.choose_from_menu("flatten");
    let mut news = Vec::new();
    while news.len() < 2 {
        let event = world.next_event();
        if event.name == "flatten-news" {
            news.push(event.body);
        }
    }
    assert_eq!(news[0], json!({ "stage": "UNDER_WAY" }));
    assert_eq!(news[1]["stage"], "ANSWERED", "{news:?}");
    assert_eq!(news[1]["answer"]["status"], "FLAT", "{news:?}");
    assert_eq!(news[1]["answer"]["closedPositions"][0]["qty"], 2, "{news:?}");
}

#[test]
fn flatten_all_answers_with_a_receipt_and_leaves_nothing() {
    let world = World::new();
    world.wait_for_price("ES");
    world.get("placeBuy", market("ES", "2"));
    world.get("placeSell", market("GC", "1"));
    world.wait_for("two positions", |now| now["positions"].as_array().unwrap().len() == 2);
    let resting = world.get("placeBuy", resting())["orderId"].clone();
    let receipt = world.get("flattenAll", json!({}));
    assert_eq!((&receipt["status"], &receipt["stillOpen"]), (&json!("FLAT"), &json!([])));
    assert_eq!(receipt["cancelled"], json!([resting]));
    let mut closed: Vec<_> = receipt["closedPositions"].as_array().unwrap().clone();
    closed.sort_by_key(|row| row["symbol"].as_str().unwrap().to_owned());
    let sizes: Vec<_> = closed.iter().map(|row| (row["symbol"].clone(), row["qty"].clone())).collect();
    assert_eq!(sizes, [(json!("ES"), json!(2)), (json!("GC"), json!(1))]);
    for row in &closed {
        assert!(row["exitPrice"].is_string() && row["realizedPnl"].is_string() && row["orderId"].is_string());
    }
    let after = world.get("snapshot", json!({}));
    assert!(after["positions"].as_array().unwrap().iter().all(|row| row["qty"] == 0));
    assert!(
        after["working"].as_array().unwrap().is_empty() && after["phantoms"].as_array().unwrap().is_empty()
    );
}

#[test]
fn the_kill_switch_stops_openings_until_it_is_lifted() {
    let world = World::new();
    for on in [true, false] {
        world.get("setKill", json!({ "on": on }));
        let answer = world.get("placeBuy", market("ES", "1"));
        assert_eq!((is_taken(&answer), answer["status"] == "REJECTED"), (!on, on), "{answer}");
        assert_eq!(world.get("snapshot", json!({}))["desk"]["killed"], on);
    }
}
