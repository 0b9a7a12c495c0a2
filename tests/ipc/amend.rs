//! Changing what is there: working orders, stops and targets, positions, what a person must decide.

use serde_json::{Value, json};

use crate::world::{World, is_taken};

fn resting(world: &World) -> Value {
    let order = json!({ "symbol": "ES", "qty": 2, "type": "LIMIT", "price": "4000.00" });
    let order = world.get("placeBuy", json!({ "order": order }))["orderId"].clone();
    world.wait_for("the working order", |now| now["working"][0]["status"] == "ACCEPTED");
    order
}

/// Two contracts at the market with a stop and a target far away.
fn protected(world: &World) {
    world.wait_for_price("ES");
    let order =
        json!({ "symbol": "ES", "qty": 2, "type": "MARKET", "stopPrice": "4000", "takeProfit": "9000" });
    world.get("placeBuy", json!({ "order": order }));
    world.wait_for("the phantom", |now| now["phantoms"][0]["qty"] == 2);
}

fn protect(world: &World, what: &Value) -> Value {
    let mut body = json!({ "whom": { "kind": "LOT", "lot": "L0" } });
    let (body_fields, fields) = (body.as_object_mut().unwrap(), what.as_object().unwrap());
    body_fields.extend(fields.clone());
    world.get("protect", json!({ "what": body }))
}

fn log_has(snapshot: &Value, action: &str, reason: &str) -> bool {
    let log = snapshot["log"].as_array().unwrap();
    log.iter().any(|row| row["action"] == action && row["reason"] == reason)
}

#[test]
fn a_working_order_gets_other_terms_and_keeps_its_id() {
    let world = World::new();
    let order = resting(&world);
    let row = world.get("snapshot", json!({}))["working"][0].clone();
    assert_eq!(
        (&row["changeable"], &row["changing"], &row["reduces"]),
        (&json!(true), &json!(false), &json!(false))
    );
    let change = json!({ "orderId": order, "qty": "1", "price": 4000.25 });
    let answer = world.get("changeOrder", json!({ "change": change }));
    assert_eq!(answer, json!({ "accepted": true, "reason": null, "message": null }));
    let after = world.wait_for("the new terms", |now| now["working"][0]["price"] == "4000.25");
    assert_eq!((&after["working"][0]["orderId"], &after["working"][0]["qty"]), (&order, &json!(1)));
    for reason in ["change_requested", "changed"] {
        world.wait_for("the row", |now| log_has(now, "CHANGE", reason));
    }
}

#[test]
fn new_terms_that_cannot_be_are_refused_with_a_reason_and_a_row() {
    let world = World::new();
    let order = resting(&world);
    let change = |change: &Value| {
        let mut body = json!({ "orderId": order });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        world.get("changeOrder", json!({ "change": body }))
    };
    for (asked, reason) in [
        (json!({}), "nothing_changes"),
        (json!({ "price": "4000.10" }), "price_off_grid"),
        (json!({ "qty": 0 }), "bad_qty"),
        (json!({ "qty": 60 }), "order_size"),
    ] {
        let answer = change(&asked);
        assert_eq!((&answer["accepted"], &answer["reason"]), (&json!(false), &json!(reason)), "{asked}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
        world.wait_for("the row", |now| log_has(now, "REJECT", reason));
    }
    world.get("cancelOrder", json!({ "orderId": order }));
    world.wait_for("the end", |now| now["working"].as_array().unwrap().is_empty());
    assert_eq!(change(&json!({ "qty": 1 }))["reason"], "not_working");
    for wrong in [json!({ "orderId": "order" }), json!({ "orderId": "T1", "stop": 1 }), json!({})] {
        world.fault("changeOrder", json!({ "change": wrong }), "bad_request");
    }
}

#[test]
fn a_stop_and_a_target_are_moved_taken_away_and_set_again() {
    let world = World::new();
    protected(&world);
    let phantom = |now: &Value| now["phantoms"][0].clone();
    let moved = protect(&world, &json!({ "stop": { "kind": "AT", "price": "4100.00" } }));
    assert_eq!(
        moved,
        json!({
            "accepted": true, "reason": null, "message": null,
            "lots": [{ "lot": "L0", "stopPrice": "4100.00", "takeProfit": "9000.00", "reason": null }],
        })
    );
    world.wait_for("the moved stop", |now| phantom(now)["stopPrice"] == "4100.00");
    protect(&world, &json!({ "target": { "kind": "REMOVE" } }));
    let bare = world.wait_for("no target", |now| phantom(now)["takeProfit"].is_null());
    assert!(phantom(&bare)["targetPnl"].is_null());
    world.wait_for("the row", |now| log_has(now, "PROTECT", "stop_stands"));
    protect(&world, &json!({ "target": { "kind": "AWAY", "ticks": 40 } }));
    let set = world.wait_for("the target", |now| phantom(now)["takeProfit"].is_string());
    // 40 ticks of 12.50 dollars for two contracts.
    assert_eq!(phantom(&set)["targetPnl"], "1000.00");
}

#[test]
fn a_stop_trails_is_fixed_again_and_goes_to_break_even() {
    let world = World::new();
    protected(&world);
    let trailing = protect(&world, &json!({ "stop": { "kind": "TRAIL", "ticks": "400" } }));
    assert_eq!(trailing["accepted"], true);
    let row = world.wait_for("the trailing stop", |now| now["phantoms"][0]["trailing"] == true);
    assert_eq!(row["phantoms"][0]["trailTicks"], 400);
    let stop = row["phantoms"][0]["stopPrice"].clone();
    protect(&world, &json!({ "stop": { "kind": "FIX", "price": "4200.00" } }));
    let fixed = world.wait_for("the fixed stop", |now| now["phantoms"][0]["trailing"] == false);
    assert_eq!(fixed["phantoms"][0]["stopPrice"], "4200.00");
    assert_ne!(stop, "4200.00");
    protect(&world, &json!({ "breakEven": { "kind": "SET", "afterTicks": 8000, "plusTicks": 2 } }));
    world.wait_for("the move that waits", |now| now["phantoms"][0]["breakEven"] == true);
    protect(&world, &json!({ "breakEven": { "kind": "REMOVE" } }));
    world.wait_for("no move", |now| now["phantoms"][0]["breakEven"] == false);
}

#[test]
fn a_change_of_protection_that_cannot_be_is_refused_and_all_stays_as_it_was() {
    let world = World::new();
    protected(&world);
    for (what, reason) in [
        (json!({ "stop": { "kind": "AT", "price": "9500.00" } }), "stop_wrong_side"),
        (json!({ "target": { "kind": "AT", "price": "4000.00" } }), "target_wrong_side"),
        (json!({ "stop": { "kind": "AT", "price": "4000.10" } }), "price_off_grid"),
        (json!({ "stop": { "kind": "TRAIL", "ticks": 0 } }), "bad_bracket"),
        (json!({}), "nothing_changes"),
    ] {
        let answer = protect(&world, &what);
        assert_eq!((&answer["accepted"], &answer["reason"]), (&json!(false), &json!(reason)), "{what}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
    let now = world.get("snapshot", json!({}));
    let row = &now["phantoms"][0];
    assert_eq!((&row["stopPrice"], &row["takeProfit"]), (&json!("4000.00"), &json!("9000.00")));
    let other =
        |whom: Value| world.get("protect", json!({ "what": { "whom": whom, "stop": { "kind": "REMOVE" } } }));
    assert_eq!(other(json!({ "kind": "LOT", "lot": "L7" }))["reason"], "no_open_lot");
    assert_eq!(other(json!({ "kind": "POSITION", "symbol": "GC" }))["reason"], "no_open_lot");
    for whom in [
        json!({ "kind": "LOT", "lot": "L07" }),
        json!({ "kind": "POSITION", "symbol": "XX" }),
        json!({ "kind": "ALL" }),
    ] {
        world.fault("protect", json!({ "what": { "whom": whom } }), "bad_request");
    }
}

#[test]
fn a_bare_position_is_given_a_stop_and_the_protection_line_follows() {
    let world = World::new();
    world.wait_for_price("ES");
    world.get("placeBuy", json!({ "order": { "symbol": "ES", "qty": 2, "type": "MARKET" } }));
    let bare = world.wait_for("the position", |now| now["positions"][0]["qty"] == 2);
    let line = &bare["standing"]["protection"];
    assert_eq!((&line["openContracts"], &line["unprotectedContracts"]), (&json!(2), &json!(2)));
    assert!(line["stopsFillPnl"].is_null());
    let what =
        json!({ "whom": { "kind": "POSITION", "symbol": "ES" }, "stop": { "kind": "AWAY", "ticks": "20" } });
    assert_eq!(world.get("protect", json!({ "what": what }))["accepted"], true);
    let after = world.wait_for("the stop", |now| now["standing"]["protection"]["inAppContracts"] == 2);
    let line = &after["standing"]["protection"];
    // 20 ticks of 12.50 dollars for two contracts, exact.
    assert_eq!((&line["stopsFillPnl"], &line["unprotectedContracts"]), (&json!("-500.00"), &json!(0)));
    assert_eq!(after["phantoms"][0]["stopPnl"], "-500.00");
}

#[test]
fn the_unit_r_of_a_position_is_what_its_first_stops_would_have_lost_wherever_they_are_now() {
    let world = World::new();
    world.wait_for_price("ES");
    let order = json!({ "symbol": "ES", "qty": 2, "type": "MARKET", "stopTicks": 400 });
    world.get("placeBuy", json!({ "order": order }));
    let now = world.wait_for("the phantom", |now| now["phantoms"][0]["qty"] == 2);
    // 400 ticks of 12.50 dollars for two contracts.
    assert_eq!(now["positions"][0]["firstRisk"], "10000.00");
    protect(&world, &json!({ "stop": { "kind": "AWAY", "ticks": 200 } }));
    let now = world.wait_for("the moved stop", |now| now["phantoms"][0]["stopPnl"] == "-5000.00");
    assert_eq!(now["positions"][0]["firstRisk"], "10000.00");
    world.get("closePosition", json!({ "symbol": "ES", "part": "HALF" }));
    let now = world.wait_for("half", |now| now["positions"][0]["qty"] == 1);
    assert_eq!(now["positions"][0]["firstRisk"], "5000.00");
    // A lot without a stop: what it risks is not known, and so there is no unit.
    world.get("placeBuy", json!({ "order": { "symbol": "ES", "qty": 1, "type": "MARKET" } }));
    let now = world.wait_for("two lots", |now| now["positions"][0]["qty"] == 2);
    assert_eq!(now["positions"][0]["firstRisk"], Value::Null);
    // Its first stop comes later.
    let what = json!({ "whom": { "kind": "LOT", "lot": "L1" }, "stop": { "kind": "AWAY", "ticks": 100 } });
    assert_eq!(world.get("protect", json!({ "what": what }))["accepted"], true);
    let now = world.wait_for("the second stop", |now| now["positions"][0]["protectedQty"] == 2);
    assert_eq!(now["positions"][0]["firstRisk"], "6250.00");
    world.get("closePosition", json!({ "symbol": "ES", "part": "ALL" }));
    let now = world.wait_for("flat", |now| now["positions"][0]["qty"] == 0);
    assert_eq!(now["positions"][0]["firstRisk"], Value::Null);
}

#[test]
fn a_bracket_of_a_ticket_may_be_given_in_ticks_from_the_fill() {
    let world = World::new();
    world.wait_for_price("ES");
    let order =
        json!({ "symbol": "ES", "qty": 1, "type": "MARKET", "stopTicks": 8, "takeProfitTicks": "16" });
    world.get("placeBuy", json!({ "order": order }));
    let now = world.wait_for("the phantom", |now| now["phantoms"][0]["qty"] == 1);
    let row = &now["phantoms"][0];
    assert_eq!((&row["stopPnl"], &row["targetPnl"]), (&json!("-100.00"), &json!("200.00")));
    let both = json!({ "symbol": "ES", "qty": 1, "type": "MARKET", "stopTicks": 8, "stopPrice": "4000" });
    assert_eq!(world.get("placeBuy", json!({ "order": both }))["reason"], "bad_bracket");
}

#[test]
fn half_of_a_position_is_closed_then_all_of_it_and_each_is_a_closed_trade() {
    let world = World::new();
    world.wait_for_price("ES");
    world.get("placeBuy", json!({ "order": { "symbol": "ES", "qty": 3, "type": "MARKET" } }));
    world.wait_for("the position", |now| now["positions"][0]["qty"] == 3);
    let close = |part: &str| world.get("closePosition", json!({ "symbol": "ES", "part": part }));
    assert!(is_taken(&close("HALF")));
    world.wait_for("two", |now| now["positions"][0]["qty"] == 2);
    assert!(is_taken(&close("ALL")));
    let flat = world.wait_for("two trades", |now| now["trades"].as_array().unwrap().len() == 2);
    assert_eq!(flat["positions"][0]["qty"], 0);
    let trades = flat["trades"].as_array().unwrap();
    let told: Vec<_> =
        trades.iter().map(|row| (&row["n"], &row["qty"], &row["by"], &row["undone"])).collect();
    let order = json!("ORDER");
    assert_eq!(
        told,
        [(&json!(1), &json!(1), &order, &json!(false)), (&json!(2), &json!(2), &order, &json!(false))]
    );
    let words = world.fault("closePosition", json!({ "symbol": "ES", "part": "ALL" }), "bad_request");
    assert!(words.as_str().unwrap().contains("no position"));
    world.fault("closePosition", json!({ "symbol": "ES", "part": "SOME" }), "bad_request");
}

#[test]
fn a_difference_that_is_not_there_is_not_decided_and_a_latch_that_is_not_there_is_lifted_without_a_row() {
    let world = World::new();
    let decision = json!({ "symbol": "ES", "decision": "TAKE_BROKERS", "ours": 1, "broker": 0 });
    let words = world.fault("decideDifference", json!({ "decision": decision }), "bad_request");
    assert!(words.as_str().unwrap().contains("agrees"));
    world.get("liftLatch", json!({ "symbol": null }));
    world.get("liftLatch", json!({ "symbol": "ES" }));
    world.get("reconcile", json!({}));
    world.fault("liftLatch", json!({ "symbol": "XX" }), "bad_request");
    let now = world.get("snapshot", json!({}));
    assert_eq!((&now["log"], &now["standing"]["latches"]), (&json!([]), &json!([])));
}

#[test]
fn a_flatten_is_told_stage_by_stage_with_counts_that_add_up() {
    let world = World::new();
    protected(&world);
    resting(&world);
    world.get("flattenAll", json!({}));
    let now = world.get("snapshot", json!({}));
    let row = &now["standing"]["flatten"];
    assert_eq!((&row["stage"], &row["exitsFailed"]), (&json!("FLAT"), &json!(0)), "{row}");
    assert_eq!((&row["cancelsAsked"], &row["cancelsAnswered"]), (&json!(1), &json!(1)), "{row}");
    assert_eq!(
        (&row["exitsSent"], &row["contractsSent"], &row["contractsFilled"]),
        (&json!(1), &json!(2), &json!(2))
    );
    assert!(row["answeredMs"].is_u64() && row["filledMs"].as_u64() <= row["answeredMs"].as_u64());
    world.wait_for("the trade", |now| now["trades"][0]["by"] == "FLATTEN");
}

#[test]
fn the_limit_the_account_and_the_brokers_answer_times_are_told() {
    let world = World::new();
    world.wait_for_price("ES");
    world.get("placeBuy", json!({ "order": { "symbol": "ES", "qty": 2, "type": "MARKET" } }));
    let now = world.wait_for("the position", |now| now["positions"][0]["qty"] == 2);
    let standing = &now["standing"];
    assert_eq!(standing["account"], "MOCK");
    assert_eq!(standing["positionLimit"], json!({ "used": "2", "limit": "5", "left": "3", "percent": 40 }));
    assert!(standing["latency"]["lastMs"].is_u64() && standing["latency"]["p95Ms"].is_u64(), "{standing}");
    assert!(standing["feedAgeMs"].is_u64());
}
