//! What is read and what is refused.

use phantom_wire::{
    DecimalText, MarketControl, MarketSource, MarketSpeed, Maximum, OrderRequest, OrderType, SettingFault,
    WireFault,
};
use serde_json::{from_value, json, to_value};

#[test]
fn a_decimal_is_text_or_a_number_and_stays_the_same_digits() {
    for (given, text) in [
        (json!("5000.50"), "5000.50"),
        (json!("abc"), "abc"),
        (json!(3), "3"),
        (json!(-37), "-37"),
        (json!(1319.7), "1319.7"),
        (json!(0.006_500_5), "0.0065005"),
        (json!(1e3), "1000"),
    ] {
        assert_eq!(from_value::<DecimalText>(given).unwrap(), DecimalText(text.into()));
    }
    for wrong in [json!(null), json!(true), json!([1]), json!({ "qty": 1 })] {
        assert!(from_value::<DecimalText>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn prices_of_an_order_may_be_left_out_or_null_and_other_fields_are_refused() {
    let market: OrderRequest = from_value(json!({ "symbol": "ES", "qty": 2, "type": "MARKET" })).unwrap();
    assert_eq!((market.r#type, &market.price, &market.stop_price), (OrderType::Market, &None, &None));
    let with_nulls = json!({
        "symbol": "ES", "qty": 2, "type": "MARKET", "price": null, "stopPrice": null, "takeProfit": null,
    });
    assert_eq!(from_value::<OrderRequest>(with_nulls).unwrap(), market);
    for wrong in [
        json!({ "symbol": "ES", "qty": 2, "type": "MARKET", "stopLoss": "4990" }),
        json!({ "symbol": "ES", "qty": 2, "type": "MARKET", "side": "BUY" }),
        json!({ "symbol": "ES", "qty": 2, "type": "market" }),
        json!({ "symbol": "ES", "type": "MARKET" }),
        json!({ "symbol": 5, "qty": 2, "type": "MARKET" }),
        json!({ "symbol": "ES", "qty": 2, "type": "STOP" }),
    ] {
        assert!(from_value::<OrderRequest>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn the_market_is_paused_or_sped_up_and_nothing_else() {
    let speed = |speed| MarketControl::Speed(phantom_wire::order::Speed { speed });
    for (given, expected) in [
        (json!({ "pause": true }), MarketControl::Pause(phantom_wire::order::Pause { pause: true })),
        (json!({ "speed": 10 }), speed(MarketSpeed::Times(10))),
        (json!({ "speed": "max" }), speed(MarketSpeed::Max(Maximum::Max))),
    ] {
        assert_eq!(from_value::<MarketControl>(given).unwrap(), expected);
    }
    for wrong in [json!({}), json!({ "speed": "fast" }), json!({ "speed": -1 }), json!({ "pause": 1 })] {
        assert!(from_value::<MarketControl>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_source_is_told_by_its_kind() {
    for (source, shape) in [
        (MarketSource::Simulated {}, json!({ "kind": "SIMULATED" })),
        (MarketSource::File { path: "a.txt".into() }, json!({ "kind": "FILE", "path": "a.txt" })),
    ] {
        assert_eq!(to_value(&source).unwrap(), shape);
        assert_eq!(from_value::<MarketSource>(shape).unwrap(), source);
    }
}

#[test]
fn a_fault_is_a_code_and_its_detail() {
    let setting = SettingFault { field: "mock.seed".into(), message: "no number".into() };
    for (fault, shape) in [
        (WireFault::BadRequest("why".into()), json!({ "code": "bad_request", "detail": "why" })),
        (
            WireFault::SettingsInvalid(setting),
            json!({ "code": "settings_invalid", "detail": { "field": "mock.seed", "message": "no number" } }),
        ),
        (WireFault::NoCredentialStore(String::new()), json!({ "code": "no_credential_store", "detail": "" })),
        (WireFault::MarketFile("x".into()), json!({ "code": "market_file", "detail": "x" })),
    ] {
        assert_eq!(to_value(fault).unwrap(), shape);
    }
}
