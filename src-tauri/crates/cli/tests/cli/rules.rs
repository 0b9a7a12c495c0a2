//! Replays under a rule pack: what it refuses, what it does by itself, and what it writes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::phantom;

const PROFILE: [&str; 4] = ["--profile", "topstep-combine-50k", "--profile-set", "daily_loss=on"];

/// Runs signals over ticks of one day of December gold under the combine.
fn replay(ticks: &[(&str, &str)], signals: &[&str], more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = ticks.iter().map(|(at, price)| format!("{at} 0000000;{price};9")).collect();
    fs::write(folder.path().join("GC 12-26.Last.txt"), lines.join("\n")).unwrap();
    fs::write(folder.path().join("signals.jsonl"), signals.join("\n")).unwrap();
    let arguments = ["replay", "--json", "--ticks", "GC 12-26.Last.txt", "--signals", "signals.jsonl"];
    phantom(folder.path(), &[&arguments[..], more].concat()).json()
}

fn rows(result: &Value, list: &str, fields: &[&str]) -> Vec<String> {
    let rows = result[list].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rows.map(|row| fields.iter().map(|field| text(&row[*field])).collect::<Vec<_>>().join(" ")).collect()
}

/// 2026-10-06 is an ordinary Tuesday; Chicago is five hours behind UTC.
const DAY: [(&str, &str); 6] = [
    ("20261006 150000", "1320.0"),
    ("20261006 150001", "1320.0"),
    ("20261006 150002", "1320.0"),
    ("20261006 150030", "1320.0"),
    ("20261006 200430", "1321.0"),
    ("20261006 200501", "1321.5"),
];

#[test]
fn the_cap_of_the_pack_counts_minis_and_the_fees_are_half_a_round_turn() {
    let signals = [
        r#"{"id":"a","at":"2026-10-06T15:00:00Z","action":"placeBuy","symbol":"GC","qty":5,"type":"MARKET"}"#,
        r#"{"id":"b","at":"2026-10-06T15:00:02Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET"}"#,
        r#"{"id":"c","at":"2026-10-06T15:00:30Z","action":"placeSell","symbol":"GC","qty":5,"type":"MARKET"}"#,
    ];
    let result = replay(&DAY, &signals, &PROFILE);
    assert_eq!(
        rows(&result, "orders", &["signalId", "status", "reason"]),
        ["a CLOSED null", "b REJECTED position_limit", "c CLOSED null"],
    );
    // 4.32 for gold, both sides: 2.16 for each of ten.
    assert_eq!(result["fees"], "21.60");
    assert_eq!(result["profile"]["id"], "topstep-combine-50k");
    assert_eq!(result["profile"]["markers"], Value::Array(Vec::new()), "the day is in the calendar");
}

#[test]
fn the_desk_is_flat_before_the_firm_wants_it_and_takes_no_entry_from_then_on() {
    let signals = [
        r#"{"id":"a","at":"2026-10-06T15:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET"}"#,
        r#"{"id":"b","at":"2026-10-06T20:05:01Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET"}"#,
    ];
    let result = replay(&DAY, &signals, &PROFILE);
    assert_eq!(
        rows(&result, "closed", &["exitTime", "exitPrice", "exitReason"]),
        ["2026-10-06T20:05:01.0000000Z 1321.5 LOCKOUT"],
    );
    assert_eq!(
        rows(&result, "orders", &["orderId", "role", "origin", "reason"]),
        ["T1 ENTRY SIGNAL null", "F0-C0-X1 EXIT LOCKOUT null", "T2 ENTRY SIGNAL no_new_entries"],
    );
}

#[test]
fn a_limit_order_lives_to_the_close_of_the_session() {
    let ticks =
        [DAY[0], ("20261006 205959", "1320.0"), ("20261006 210001", "1320.0"), ("20261006 220000", "1310.0")];
    let signals = [
        r#"{"id":"a","at":"2026-10-06T15:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"LIMIT","price":"1319.0"}"#,
    ];
    let result = replay(&ticks, &signals, &["--profile", "shape-static"]);
    assert_eq!(rows(&result, "orders", &["status", "filledQty"]), ["CANCELLED 0"]);
    let without = replay(&ticks, &signals, &[]);
    assert_eq!(rows(&without, "orders", &["status", "filledQty"]), ["FILLED 1"], "without a pack it goes on");
    assert_eq!(without["profile"], Value::Null);
}

#[test]
fn a_losing_series_of_real_trades_ends_in_the_daily_lock() {
    let folder = std::env::var_os("PHANTOM_TICKS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/ticks"),
        Into::into,
    );
    let ticks = folder.join("GC 12-13.20131007.Last.txt");
    if !ticks.exists() {
        println!("skipped: there is no {}; PHANTOM_TICKS can name another folder", ticks.display());
        return;
    }
    let here = tempfile::tempdir().unwrap();
    let signals = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/examples/losing-series.jsonl");
    let arguments = ["replay", "--json", "--ticks", ticks.to_str().unwrap(), "--signals", signals];
    let journal = ["--journal", "journal.jsonl"];
    let result = phantom(here.path(), &[&arguments[..], &PROFILE, &journal].concat()).json();
    let orders = rows(&result, "orders", &["signalId", "origin", "status", "reason"]);
    assert_eq!(
        orders,
        [
            "s1 SIGNAL CLOSED null",
            "null STOP CLOSED null",
            "s2 SIGNAL CLOSED null",
            "null STOP CLOSED null",
            "s3 SIGNAL CLOSED null",
            "null LOCKOUT CLOSED null",
            "s4 SIGNAL REJECTED locked_out",
        ],
    );
    let reasons = rows(&result, "closed", &["signalId", "exitReason"]);
    assert_eq!(reasons, ["s1 STOP", "s2 STOP", "s3 LOCKOUT"]);
    assert!(result["netPnl"].as_str().unwrap().starts_with("-10"), "{}", result["netPnl"]);
    assert_eq!(result["profile"]["markers"][0], "calendar_unverified");
    let lines = fs::read_to_string(here.path().join("journal.jsonl")).unwrap();
    for part in ["dailyLoss", "locked", "adopted", "judged"] {
        assert!(lines.lines().any(|line| line.contains(part)), "{part} is in the journal");
    }
}
