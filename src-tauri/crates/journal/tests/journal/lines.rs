//! Out as lines and in again: the same facts, the same chain, the same book.

use std::fs;
use std::path::{Path, PathBuf};

use phantom_journal::{Format, ImportFault, StateHash, Store, bundle, export, import, verify};
use serde_json::Value;

use crate::stories::{day, folded, open, session, settle};

/// A journal of two runs with the whole day in it.
pub(crate) fn written(folder: &Path) -> PathBuf {
    let (store, facts) = (Store::new(folder), day());
    let half = facts.len() / 2;
    let mut first = open(&store);
    first.writer.name_signal(0, "a, \"b\"");
    first.writer.append(&facts[..half]);
    settle(&first, half as u64);
    drop(first);
    let mut second = open(&store);
    second.writer.append(&facts[half..]);
    second.writer.end(&folded(&facts)).unwrap();
    store.path(&session())
}

use phantom_runtime::Journal as _;

fn lines(path: &Path, format: Format) -> String {
    let mut out = Vec::new();
    let exported = export(path, format, None, &mut out).unwrap();
    assert_eq!((exported.facts, exported.damage), (day().len() as u64, None));
    String::from_utf8(out).unwrap()
}

#[test]
fn an_export_is_imported_to_the_same_chain_and_the_same_state() {
    let folder = tempfile::tempdir().unwrap();
    let journal = written(folder.path());
    let text = lines(&journal, Format::JsonLines);
    let into = folder.path().join("again.db");
    let imported = import(&mut text.as_bytes(), &into).unwrap();
    let (old, new) = (verify(&journal).unwrap(), verify(&into).unwrap());
    assert_eq!(imported.state, StateHash::of(&folded(&day())));
    assert_eq!((imported.state, &imported.chain), (old.state, &old.chain));
    assert_eq!((new.state, &new.chain, new.records), (old.state, &old.chain, old.records));
    assert_eq!(new.runs, old.runs);
    assert_eq!(lines(&into, Format::JsonLines), text, "and the export of it is the same to the byte");
    let left = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp"));
    assert_eq!(left.count(), 0, "nothing is left beside it");
}

#[test]
fn a_line_has_prices_as_decimals_and_contracts_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = lines(&written(folder.path()), Format::JsonLines);
    for line in [
        r#""kind":"orderSubmitted","order":"T1","contract":"GC 12-26","side":"BUY","qty":2,"type":"MARKET""#,
        r#""kind":"orderFilled","order":"T1","exec":"E1","qty":1,"price":"1319.1","fee":"0.00","market":"GC 12-26""#,
        r#""kind":"phantomFired","lot":"L0","leg":"stop","print":"1316.5","level":"#,
        r#""words":"would_cross_zero: position is 2: 5 would cross zero"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("\"raw\""), "every fact has a readable form");
    for line in text.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
    }
}

#[test]
fn an_export_of_a_day_has_the_facts_of_that_day() {
    let folder = tempfile::tempdir().unwrap();
    let journal = written(folder.path());
    let mut out = Vec::new();
    let none = export(&journal, Format::Csv, Some("2026-11-27".parse().unwrap()), &mut out).unwrap();
    assert_eq!((none.facts, String::from_utf8(out).unwrap().lines().count()), (0, 1));
    let mut out = Vec::new();
    // The world's time begins at the first second of 1970, which is Thursday's session in Chicago.
    let all = export(&journal, Format::Csv, Some("1970-01-01".parse().unwrap()), &mut out).unwrap();
    assert_eq!(all.facts, day().len() as u64);
}

#[test]
fn a_table_has_a_row_for_every_fact() {
    let folder = tempfile::tempdir().unwrap();
    let text = lines(&written(folder.path()), Format::Csv);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), day().len() + 1);
    let fill = rows.iter().find(|row| row.contains(",orderFilled,")).unwrap();
    assert!(fill.contains(",1,orderFilled,T1,GC 12-26,,1,1319.1,0.00,,,,,"), "{fill}");
}

#[test]
fn a_line_that_is_wrong_is_named_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let text = lines(&written(folder.path()), Format::JsonLines);
    let into = folder.path().join("again.db");
    let wrong = |text: &str| {
        let before = fs::read_dir(folder.path()).unwrap().count();
        let fault = import(&mut text.as_bytes(), &into).unwrap_err();
        assert!(!into.exists() && fs::read_dir(folder.path()).unwrap().count() == before);
        fault.to_string()
    };
    assert_eq!(wrong(""), "line 1: a journal begins with the line of the journal");
    assert!(wrong("{}\n").starts_with("line 1: "));
    assert!(wrong("no json\n").starts_with("line 1: expected"));
    let without = |skipped: usize| -> String {
        let kept = text.split_inclusive('\n').enumerate().filter(|(n, _)| *n != skipped);
        kept.map(|(_, line)| line).collect()
    };
    assert_eq!(wrong(&without(0)), "line 1: a journal begins with the line of the journal");
    assert_eq!(wrong(&without(8)), "line 9: fact 4 came where 3 should");
    assert!(wrong(&without(1)).contains("is not listed"), "{}", wrong(&without(1)));
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from));
        wrong(&text.replacen(from, to, 1))
    };
    assert!(
        changed("\"order\":\"T1\",\"contract\"", "\"order\":\"T9\",\"contract\"")
            .ends_with("order T9 is not the next one")
    );
    assert!(changed("\"lot\":\"L0\"", "\"lot\":\"L7\"").contains("lot L7"));
    assert!(changed("\"price\":\"1319.1\"", "\"price\":\"1319.15\"").contains("invalid type: string"));
    assert!(changed("\"form\":1", "\"form\":2").contains("the form is 2, this version reads 1"));
    assert!(changed("\"qty\":2", "\"qty\":2,\"more\":1").contains("unknown field `more`"));
    fs::write(&into, "mine").unwrap();
    assert!(matches!(import(&mut text.as_bytes(), &into), Err(ImportFault::Exists(_))));
    assert_eq!(fs::read_to_string(&into).unwrap(), "mine");
}

#[test]
fn a_bundle_has_the_timeline_the_receipts_and_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    let journal = written(folder.path());
    let out = folder.path().join("dispute");
    let made = bundle(&journal, &out, None).unwrap();
    assert_eq!((made.facts, made.firings, made.files.len()), (day().len() as u64, 1, 7));
    let receipts = fs::read_to_string(out.join("receipts.csv")).unwrap();
    // Fired by 1316.5, filled at 1316.4: one tick worse for each of two contracts.
    let row = receipts.lines().nth(1).unwrap();
    assert!(
        row.contains(",L0,GC 12-26,stop,1319.3,1316.5,") && row.contains(",L0-X1,2,1316.400,2,20.00,-530.00"),
        "{row}"
    );
    let proof = fs::read_to_string(out.join("verification.txt")).unwrap();
    assert!(proof.contains("Found      nothing is wrong\n"), "{proof}");
    let sums = fs::read_to_string(out.join("checksums.txt")).unwrap();
    let timeline = blake3::hash(&fs::read(out.join("timeline.jsonl")).unwrap());
    assert!(sums.contains(&format!("{}  timeline.jsonl", timeline.to_hex())));
    assert!(bundle(&journal, &out, None).unwrap_err().to_string().contains("is not empty"));
}
