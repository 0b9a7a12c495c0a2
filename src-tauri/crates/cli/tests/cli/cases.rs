//! Whole runs with their whole results: the project's golden cases, and further ones by hand.
//!
//! Every expectation was worked out on paper from the rules, none was taken from a run. A case has
//! the golden tick file unless it brings files of its own. Of a row or of the whole result only what
//! is expected is compared; lists, positions and dispositions are compared whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::program::phantom;

const GOLDEN_TICKS: &str = "GC 12-13.Last.txt";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The rule that the case is about.
    why: String,
    args: Vec<String>,
    /// Tick files by name, line by line, in the order of the arguments.
    #[serde(default)]
    files: Files,
    /// Lines as they are written: numbers keep their digits.
    signals: Option<Vec<Box<RawValue>>>,
    expect: BTreeMap<String, Value>,
}

/// Files in the order in which they are written.
#[derive(Default)]
struct Files(Vec<(String, Vec<String>)>);

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Files;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("files by name")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Files, A::Error> {
                let mut files = vec![];
                while let Some(file) = map.next_entry()? {
                    files.push(file);
                }
                Ok(Files(files))
            }
        }
        source.deserialize_map(InOrder)
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Runs every case of a file twice and complains about all that differ.
fn check(file: &str) {
    let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(data().join(file)).unwrap()).unwrap();
    assert!(cases.len() >= 15);
    let complaints: Vec<String> = cases.iter().flat_map(complaints).collect();
    assert!(complaints.is_empty(), "{} complaints\n\n{}", complaints.len(), complaints.join("\n\n"));
}

#[test]
fn golden_cases_give_what_is_written() {
    check("golden/cases.json");
}

#[test]
fn cases_by_hand_give_what_is_written() {
    check("by_hand.json");
}

fn complaints(case: &Case) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let arguments = arguments(case, folder.path());
    let [first, second] = [0, 1].map(|_| phantom(folder.path(), &arguments));
    let head = format!("{} ({})", case.name, case.why);
    if first.status != Some(0) || !first.stderr.is_empty() {
        return vec![format!("{head}\n  ended with {:?}: {}", first.status, first.stderr)];
    }
    let mut complaints = vec![];
    if first.bytes_to_compare() != second.bytes_to_compare() {
        complaints.push(format!("{head}\n  two runs differ"));
    }
    let result = first.json();
    for (key, expected) in &case.expect {
        let found = found(&result, key);
        if !fits(key, expected, &found) {
            complaints.push(format!("{head}\n  {key}\n  expected {expected}\n  found    {found}"));
        }
    }
    complaints
}

fn arguments(case: &Case, folder: &Path) -> Vec<String> {
    let mut arguments = vec!["replay".to_owned(), "--ticks".to_owned()];
    if case.files.0.is_empty() {
        fs::copy(data().join("golden").join(GOLDEN_TICKS), folder.join(GOLDEN_TICKS)).unwrap();
        arguments.push(GOLDEN_TICKS.to_owned());
    }
    for (name, lines) in &case.files.0 {
        fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
        arguments.push(name.clone());
    }
    if let Some(signals) = &case.signals {
        let lines: Vec<String> = signals.iter().map(|line| line.get().replace('\n', " ")).collect();
        fs::write(folder.join("signals.jsonl"), lines.join("\n") + "\n").unwrap();
        arguments.extend(["--signals".to_owned(), "signals.jsonl".to_owned()]);
    }
    arguments.extend(case.args.iter().cloned());
    arguments.push("--json".to_owned());
    arguments
}

/// A value of the result. `rejected` is drawn from its orders.
fn found(result: &Value, key: &str) -> Value {
    if key != "rejected" {
        return result[key].clone();
    }
    let rejected = result["orders"].as_array().unwrap().iter().filter(|order| order["status"] == "REJECTED");
    rejected.map(|order| json!({"signalId": order["signalId"], "reason": order["reason"]})).collect()
}

/// Whether a value is what is expected. Rows may have more than that.
fn fits(key: &str, expected: &Value, found: &Value) -> bool {
    match (key, expected, found) {
        ("closed" | "orders", Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len()
                && expected.iter().zip(found).all(|(expected, found)| {
                    expected.as_object().unwrap().iter().all(|(field, value)| found.get(field) == Some(value))
                })
        }
        (_, expected, found) => expected == found,
    }
}

#[test]
fn a_result_has_its_fields_in_the_published_order() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(data().join("golden").join(GOLDEN_TICKS), folder.path().join(GOLDEN_TICKS)).unwrap();
    let line = r#"{"id":"a","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET","stopPrice":"1319.2"}"#;
    fs::write(folder.path().join("s"), line).unwrap();
    let ended = phantom(folder.path(), &["replay", "--ticks", GOLDEN_TICKS, "--signals", "s", "--json"]);
    let expected = concat!(
        r#"{"ticks":16,"orders":[{"orderId":"T1","signalId":"a","symbol":"GC","side":"BUY","qty":1,"type":"MARKET","#,
        r#""price":null,"role":"ENTRY","origin":"SIGNAL","status":"CLOSED","reason":null,"filledQty":1,"#,
        r#""avgFillPrice":"1320.1","submittedAt":"2013-10-07T14:00:00.0000000Z","filledAt":"2013-10-07T14:00:01.0000000Z"},"#,
        r#"{"orderId":"L0-X1","signalId":null,"symbol":"GC","side":"SELL","qty":1,"type":"MARKET","#,
        r#""price":null,"role":"EXIT","origin":"STOP","status":"CLOSED","reason":null,"filledQty":1,"#,
        r#""avgFillPrice":"1318.7","submittedAt":"2013-10-07T14:00:03.0000000Z","filledAt":"2013-10-07T14:00:04.0000000Z"}],"#,
        r#""closed":[{"signalId":"a","orderId":"T1","exitOrderId":"L0-X1","symbol":"GC","side":"BUY","qty":1,"#,
        r#""entryPrice":"1320.1","entryTime":"2013-10-07T14:00:01.0000000Z","exitPrice":"1318.7","#,
        r#""exitTime":"2013-10-07T14:00:04.0000000Z","exitReason":"STOP","realizedPnl":"-140.00","fees":"0.00"}],"#,
        r#""realizedPnl":"-140.00","fees":"0.00","netPnl":"-140.00","position":{},"signals":{"a":"submitted"}"#,
    );
    assert_eq!(ended.bytes_to_compare(), expected);
    assert!(ended.json()["elapsedSeconds"].is_number());
    assert!(ended.stdout.ends_with("}\n"));
}
