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
{"seq":1,"at":"2013-10-07T14:00:00.0000000Z","kind":"orderSubmitted","order":"T1","contract":"GC 12-13","side":"BUY","qty":2,"type":"MARKET","purpose":{"entry":{"stop":"1319.2"}},"origin":{"signal":"S0"},"signal":"a"}
{"seq":2,"at":"2013-10-07T14:00:00.0000000Z","kind":"orderAccepted","order":"T1","market":"GC 12-13"}
{"seq":3,"at":"2013-10-07T14:00:00.0000000Z","kind":"orderRejected","order":"T2","what":{"asked":{"ticket":{"symbol":"GC","side":"BUY","qty":"1","type":"LIMIT","price":"1319.05"}},"refusal":{"priceOffGrid":{"field":"limit","given":"1319.05","fault":{"between":{"below":"1319.0","above":"1319.1"}}}}},"origin":{"signal":"S1"},"signal":"b","words":"price_off_grid: limit price 1319.05 is off the tick grid: 1319.0 or 1319.1"}
{"seq":4,"at":"2013-10-07T14:00:01.0000000Z","kind":"orderFilled","order":"T1","exec":"E1","qty":2,"price":"1320.1","fee":"4.20","market":"GC 12-13"}
{"seq":5,"at":"2013-10-07T14:00:01.0000000Z","kind":"lotOpened","lot":"L0","order":"T1","qty":2,"price":"1320.1","market":"GC 12-13"}
{"seq":6,"at":"2013-10-07T14:00:01.0000000Z","kind":"orderRejected","order":"T3","what":{"asked":{"request":{"contract":"GC 12-13","side":"SELL","qty":3,"type":{"LIMIT":"1321.0"}}},"refusal":{"wouldCrossZero":{"position":2,"wanted":3,"left":2}}},"origin":{"signal":"S2"},"market":"GC 12-13","signal":"c","words":"would_cross_zero: position is 2: 3 would cross zero, up to 2 can be closed; close first, then open the other side"}
{"seq":7,"at":"2013-10-07T14:00:02.0000000Z","kind":"phantomFired","lot":"L0","leg":"stop","print":"1319.0","level":"1319.2","printedAt":"2013-10-07T14:00:02.0000000Z","market":"GC 12-13"}
{"seq":8,"at":"2013-10-07T14:00:02.0000000Z","kind":"orderSubmitted","order":"L0-X1","contract":"GC 12-13","side":"SELL","qty":2,"type":"MARKET","purpose":{"lotExit":{"lot":"L0","leg":"stop"}}}
{"seq":9,"at":"2013-10-07T14:00:02.0000000Z","kind":"orderAccepted","order":"L0-X1","market":"GC 12-13"}
{"seq":10,"at":"2013-10-07T14:00:03.0000000Z","kind":"orderFilled","order":"L0-X1","exec":"E2","qty":2,"price":"1318.7","fee":"4.20","market":"GC 12-13"}
{"seq":11,"at":"2013-10-07T14:00:03.0000000Z","kind":"lotReduced","lot":"L0","by":"L0-X1","qty":2,"entry":"1320.1","exit":"1318.7","realized":"-280.00","market":"GC 12-13"}
{"seq":12,"at":"2013-10-07T14:00:03.0000000Z","kind":"orderClosed","order":"T1","market":"GC 12-13"}
{"seq":13,"at":"2013-10-07T14:00:03.0000000Z","kind":"orderClosed","order":"L0-X1","market":"GC 12-13"}
{"seq":14,"at":"2013-10-07T14:00:03.0000000Z","kind":"flattenStarted","flatten":"F0","origin":{"signal":"S3"},"signal":"f"}
{"seq":15,"at":"2013-10-07T14:00:03.0000000Z","kind":"flattenExiting","flatten":"F0"}
{"seq":16,"at":"2013-10-07T14:00:03.0000000Z","kind":"flattenAnswered","flatten":"F0","flat":true}
"#;
    let (head, facts) = journal.split_at(journal.find("{\"seq\":1,").unwrap());
    assert_eq!(facts, expected.trim_start());
    assert!(head.starts_with(
        "{\"journal\":{\"form\":1,\"environment\":\"MOCK\",\"account\":\"replay\"}}\n{\"contract\":{\"name\":\"GC 12-13\",\"tickSize\":\"0.1\",\"tickValue\":\"10.00\",\"weight\":\"1\",\"feePerSide\":\"2.10\"}}\n"
    ));
    for line in journal.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
}

/// The value of a line such as `State      4f53...`.
fn said<'a>(text: &'a str, label: &str) -> &'a str {
    let line = text.lines().find(|line| line.starts_with(label)).unwrap();
    line.trim_start_matches(label).trim()
}

#[test]
fn the_journal_of_a_replay_is_imported_verified_and_exported_to_the_same_state() {
    let folder = folder();
    let run = |arguments: &[&str]| phantom(folder.path(), arguments);
    let ended = run(&[&ARGUMENTS[..], &["--journal", "out.jsonl"]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let imported = run(&["journal", "import", "out.jsonl", "--into", "j.db"]);
    assert_eq!((imported.status, imported.stderr.as_str()), (Some(0), ""), "{}", imported.stdout);
    assert_eq!(said(&imported.stdout, "Records"), "16");
    let verified = run(&["journal", "verify", "j.db"]);
    assert_eq!((verified.status, verified.stderr.as_str()), (Some(0), ""));
    for label in ["Records", "Chain", "State"] {
        assert_eq!(said(&verified.stdout, label), said(&imported.stdout, label));
    }
    assert_eq!(said(&verified.stdout, "Found"), "nothing is wrong");
    let exported = run(&["journal", "export", "j.db", "--format", "jsonl"]);
    assert_eq!(exported.status, Some(0));
    fs::write(folder.path().join("again.jsonl"), &exported.stdout).unwrap();
    let again = run(&["journal", "import", "again.jsonl", "--into", "again.db"]);
    assert_eq!(again.stdout, imported.stdout);
    let of_day = run(&["journal", "export", "j.db", "--format", "csv", "--day", "2013-10-07"]);
    assert_eq!(of_day.stdout.lines().count(), 17);
    let bundled = run(&["journal", "bundle", "j.db", "--out", "dispute"]);
    assert_eq!((bundled.status, bundled.stderr.as_str()), (Some(0), ""));
    assert!(bundled.stdout.starts_with("16 facts, 1 stops and targets that fired\n"), "{}", bundled.stdout);
    let shown = run(&["journal", "show", "j.db", "--json"]).json();
    assert_eq!((&shown["records"], &shown["armedLots"]), (&Value::from(16), &Value::from(0)));
}

#[test]
fn one_flipped_byte_is_named_and_is_exit_status_1() {
    let folder = folder();
    let run = |arguments: &[&str]| phantom(folder.path(), arguments);
    run(&[&ARGUMENTS[..], &["--journal", "out.jsonl"]].concat());
    run(&["journal", "import", "out.jsonl", "--into", "j.db"]);
    let path = folder.path().join("j.db");
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.windows(9).position(|bytes| bytes == b"\"-280.00\"").unwrap();
    bytes[place + 2] = b'9';
    fs::write(&path, bytes).unwrap();
    let verified = run(&["journal", "verify", "j.db"]);
    assert_eq!(verified.status, Some(1));
    let expected = "j.db: record 11 is not what was written: its hash is wrong; whole up to record 10\n";
    assert_eq!(verified.stderr, expected);
    assert_eq!(said(&verified.stdout, "Records"), "10");
    let exported = run(&["journal", "export", "j.db", "--format", "csv"]);
    assert_eq!((exported.status, exported.stderr.as_str()), (Some(1), expected));
    assert_eq!(exported.stdout.lines().count(), 11);
}

#[test]
fn what_is_no_journal_is_refused_in_words() {
    let folder = folder();
    let run = |arguments: &[&str]| phantom(folder.path(), arguments);
    let ended = run(&["journal", "verify", "no.db"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(2), "no.db: there is no file no.db\n"));
    let ended = run(&["journal", "verify", "s.jsonl"]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.starts_with("s.jsonl: the file is no database"), "{}", ended.stderr);
    let ended = run(&["journal", "import", "s.jsonl", "--into", "j.db"]);
    assert_eq!(ended.status, Some(2));
    assert_eq!(ended.stderr, "s.jsonl: line 1: it is no line of a journal\n");
    assert!(!folder.path().join("j.db").exists());
    let ended = run(&["journal", "export", "j.db", "--format", "xml"]);
    assert_eq!(ended.status, Some(2));
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
