//! `--journal`, and what a person gets without `--json`.

use std::fs;

use serde_json::Value;

use crate::program::phantom;

const TICKS: &str = "20131007 140000;1320.0;1\n20131007 140001;1320.1;2\n20131007 140002;1319.0;1\n\
                     20131007 140003;1318.7;1\n20131007 140004;1318.9;1\n";
const SIGNALS: &str = r#"
{"id":"a","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":2,"type":"MARKET","stopPrice":"1319.2"}
{"id":"b","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"LIMIT","price":1319.05}
{"id":"c","at":"2013-10-07T14:00:01Z","action":"placeSell","symbol":"GC","qty":3,"type":"LIMIT","price":"1321"}
{"id":"f","at":"2013-10-07T14:00:03Z","action":"flattenAll"}
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("GC 12-13.Last.txt"), TICKS).unwrap();
    fs::write(folder.path().join("s.jsonl"), SIGNALS.trim_start()).unwrap();
    folder
}

const ARGUMENTS: [&str; 7] =
    ["replay", "--ticks", "GC 12-13.Last.txt", "--signals", "s.jsonl", "--fee-per-side", "2.1"];

#[test]
fn a_journal_has_every_fact_as_a_line_of_json() {
    let folder = folder();
    let ended = phantom(folder.path(), &[&ARGUMENTS[..], &["--journal", "out.jsonl"]].concat());
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    let journal = fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
    let expected = r#"
{"seq":1,"at":"2013-10-07T14:00:00.0000000Z","kind":"orderSubmitted","order":"T1","contract":"GC 12-13","side":"BUY","qty":2,"type":"MARKET","price":null,"purpose":"entry","stopPrice":"1319.2","takeProfit":null,"origin":"signal","signal":"a"}
{"seq":2,"at":"2013-10-07T14:00:00.0000000Z","kind":"orderAccepted","order":"T1"}
{"seq":3,"at":"2013-10-07T14:00:00.0000000Z","kind":"orderRejected","order":"T2","symbol":"GC","side":"BUY","qty":"1","type":"LIMIT","price":"1319.05","stopPrice":null,"takeProfit":null,"reason":"price_off_grid","message":"limit price 1319.05 is off the tick grid: 1319.0 or 1319.1","origin":"signal","signal":"b"}
{"seq":4,"at":"2013-10-07T14:00:01.0000000Z","kind":"orderFilled","order":"T1","exec":"E1","qty":2,"price":"1320.1","fee":"4.20"}
{"seq":5,"at":"2013-10-07T14:00:01.0000000Z","kind":"lotOpened","lot":"L0","order":"T1","qty":2,"price":"1320.1"}
{"seq":6,"at":"2013-10-07T14:00:01.0000000Z","kind":"orderRejected","order":"T3","contract":"GC 12-13","side":"SELL","qty":3,"type":"LIMIT","price":"1321.0","stopPrice":null,"takeProfit":null,"reason":"would_cross_zero","message":"position is 2: 3 would cross zero, up to 2 can be closed; close first, then open the other side","origin":"signal","signal":"c"}
{"seq":7,"at":"2013-10-07T14:00:02.0000000Z","kind":"phantomFired","lot":"L0","leg":"stop","print":"1319.0"}
{"seq":8,"at":"2013-10-07T14:00:02.0000000Z","kind":"orderSubmitted","order":"L0-X1","contract":"GC 12-13","side":"SELL","qty":2,"type":"MARKET","price":null,"purpose":"stop","lot":"L0"}
{"seq":9,"at":"2013-10-07T14:00:02.0000000Z","kind":"orderAccepted","order":"L0-X1"}
{"seq":10,"at":"2013-10-07T14:00:03.0000000Z","kind":"orderFilled","order":"L0-X1","exec":"E2","qty":2,"price":"1318.7","fee":"4.20"}
{"seq":11,"at":"2013-10-07T14:00:03.0000000Z","kind":"lotReduced","lot":"L0","by":"L0-X1","qty":2,"entry":"1320.1","exit":"1318.7","realized":"-280.00"}
{"seq":12,"at":"2013-10-07T14:00:03.0000000Z","kind":"orderClosed","order":"T1"}
{"seq":13,"at":"2013-10-07T14:00:03.0000000Z","kind":"orderClosed","order":"L0-X1"}
{"seq":14,"at":"2013-10-07T14:00:03.0000000Z","kind":"flattenStarted","flatten":"F0","origin":"signal","signal":"f"}
{"seq":15,"at":"2013-10-07T14:00:03.0000000Z","kind":"flattenExiting","flatten":"F0"}
{"seq":16,"at":"2013-10-07T14:00:03.0000000Z","kind":"flattenAnswered","flatten":"F0","flat":true}
"#;
    assert_eq!(journal, expected.trim_start());
    for line in journal.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn two_journals_of_the_same_run_are_the_same() {
    let folder = folder();
    let journals = ["1.jsonl", "2.jsonl"].map(|name| {
        let ended =
            phantom(folder.path(), &[&ARGUMENTS[..], &["--latency-ms", "700", "--journal", name]].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.stderr);
        fs::read_to_string(folder.path().join(name)).unwrap()
    });
    assert_eq!(journals[0], journals[1]);
}

#[test]
fn a_person_gets_a_table_the_refusals_and_a_summary() {
    let folder = folder();
    let ended = phantom(folder.path(), &ARGUMENTS);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    for words in [
        "Signal  Symbol  Side  Qty  Entered (UTC)             Entry  Left (UTC)                 Exit  By    P&L USD\n",
        "a       GC      BUY     2  2013-10-07 14:00:01.000  1320.1  2013-10-07 14:00:03.000  1318.7  STOP  -280.00\n",
        "     1  price_off_grid    limit price 1319.05 is off the tick grid: 1319.0 or 1319.1\n",
        "     1  would_cross_zero  position is 2: 3 would cross zero, up to 2 can be closed; ",
        "Ticks          5 in ",
        "Signals        4, 0 not reached\n",
        "Orders         4, 2 refused\n",
        "Closed trades  1\n",
        "Gross P&L      -280.00 USD\n",
        "Fees           8.40 USD\n",
        "Net P&L        -288.40 USD\n",
        "Still open     nothing\n",
    ] {
        assert!(ended.stdout.contains(words), "{words} is not in\n{}", ended.stdout);
    }
}

#[test]
fn a_person_gets_the_last_twenty_trades_and_how_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let minute = |n: u32| {
        format!("20131007 14{n:02}00;1320.0;1\n20131007 14{n:02}01;1320.1;1\n20131007 14{n:02}02;1320.3;1\n")
    };
    fs::write(folder.path().join("GC 12-13.Last.txt"), (0..25).map(minute).collect::<String>()).unwrap();
    let pair = |n: u32| {
        let order = r#""action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET""#;
        format!(
            "{{\"id\":\"in{n}\",\"at\":\"2013-10-07T14:{n:02}:00Z\",{order}}}\n\
             {{\"id\":\"out{n}\",\"at\":\"2013-10-07T14:{n:02}:01Z\",\"action\":\"flattenAll\"}}\n"
        )
    };
    fs::write(folder.path().join("s.jsonl"), (0..25).map(pair).collect::<String>()).unwrap();
    let ended = phantom(folder.path(), &ARGUMENTS);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert!(
        ended.stdout.starts_with("The last 20 of 25 closed trades; --json has all\n"),
        "{}",
        ended.stdout
    );
    assert!(
        !ended.stdout.contains("in4 ") && ended.stdout.contains("\nin5 ") && ended.stdout.contains("\nin24 ")
    );
    assert!(ended.stdout.contains("Gross P&L      500.00 USD\n"), "{}", ended.stdout);
}

#[test]
fn logs_go_to_standard_error_when_they_are_asked_for() {
    let folder = folder();
    let run = |filter: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_phantom"))
            .current_dir(folder.path())
            .args(ARGUMENTS)
            .env("PHANTOM_LOG", filter)
            .output()
            .unwrap()
    };
    let asked = run("info");
    let stderr = String::from_utf8(asked.stderr).unwrap();
    assert!(stderr.contains("tick file") && stderr.contains("GC 12-13"), "{stderr}");
    assert!(String::from_utf8(asked.stdout).unwrap().starts_with("Closed trades\n"));
    let wrong = run("phantom=loud");
    assert_eq!((wrong.status.code(), wrong.stdout.as_slice()), (Some(2), &b""[..]));
    assert!(
        String::from_utf8(wrong.stderr)
            .unwrap()
            .starts_with("PHANTOM_LOG holds \"phantom=loud\", which is no log filter")
    );
}
