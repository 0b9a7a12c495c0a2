//! Everything that can be given and not be right: exit status 2, the reason on standard error,
//! nothing on standard output, and no file left behind.

use std::fs;
use std::path::Path;

use crate::program::phantom;

const GOOD: &str = "20131007 140000;1320.0;1\n20131007 140001;1320.1;1\n";
const SIGNAL: &str =
    r#"{"id":"a","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET"}"#;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs a replay of these files with these arguments, and checks how it ends.
fn check(what: &str, files: &[(&str, &str)], arguments: &[&str], stderr: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let before = names(folder.path());
    let head = ["replay", "--json", "--journal", "journal.jsonl"];
    let ended = phantom(folder.path(), &[&head, arguments].concat());
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{what}: {}", ended.stderr);
    assert!(ended.stderr.starts_with(stderr), "{what}\n  expected {stderr}\n  found    {}", ended.stderr);
    assert_eq!(names(folder.path()), before, "{what} leaves a file");
}

#[test]
fn bad_tick_files() {
    let name = "GC 12-13.Last.txt";
    let with = |line: &str| format!("{GOOD}{line}\n20131007 140005;1320.0;1\n");
    for (what, text, reason) in [
        ("a bad line", with("20131007 140002;1320.0"), "3: 2 fields where this file has 3"),
        (
            "a price off the grid",
            with("20131007 140002;1320.05;1"),
            "3: price 1320.05 is off the tick grid of 0.1; its neighbours are 1320.0 and 1320.1",
        ),
        (
            "time going back",
            with("20131007 140000;1320.0;1"),
            "3: 2013-10-07T14:00:00.0000000Z is before 2013-10-07T14:00:01.0000000Z of the line before; \
             times may repeat but not go back",
        ),
        (
            "a volume of nothing",
            with("20131007 140002;1320.0;0"),
            "3: volume \"0\" is not a whole number from 1",
        ),
        ("a blank line", with(""), "3: the line is empty; every line holds one record"),
        ("no tick file", "PK\u{3}\u{4}".to_owned(), "1: byte 0x03 in column 3 is not plain text"),
        ("a text of another kind", "Date,Price\n".to_owned(), "1: 1 field where a tick file has 3"),
        ("an empty file", String::new(), "1: the file holds no record; its first line would be right as"),
    ] {
        check(what, &[(name, text.as_str())], &["--ticks", name], &format!("{name}:{reason}"));
    }
}

#[test]
fn a_bad_line_far_into_the_data_stops_a_run_with_orders() {
    let text = GOOD.to_owned() + &"20131007 140002;1320.0;1\n".repeat(10_000) + "20131007 140002;oops;1\n";
    let files = [("GC 12-13.Last.txt", text.as_str()), ("s.jsonl", SIGNAL)];
    check(
        "a late bad line",
        &files,
        &["--ticks", "GC 12-13.Last.txt", "--signals", "s.jsonl"],
        "GC 12-13.Last.txt:10003: price \"oops\" is not a decimal number",
    );
}

#[test]
fn tick_files_that_cannot_be_used() {
    let contract = |name: &str| format!("{name}: ");
    for (names, arguments, reason) in [
        (
            &["GC 12-13.Bid.txt"][..],
            &[][..],
            contract("GC 12-13.Bid.txt") + "holds bids; a replay needs trades",
        ),
        (
            &["GC 12-13.x.ask.txt"],
            &["--symbol", "GC"],
            contract("GC 12-13.x.ask.txt") + "holds asks; a replay needs trades",
        ),
        (&["ticks.csv"], &[], contract("ticks.csv") + "the name says no contract, such as GC 12-13.Last.txt"),
        (
            &["XX 12-13.Last.txt"],
            &[],
            contract("XX 12-13.Last.txt") + "\"XX\" is no symbol that the desk knows; name the file like",
        ),
        (&["NQM 12-26.Last.txt"], &[], contract("NQM 12-26.Last.txt") + "\"NQM\" is no symbol"),
        (
            &["NQ 11-26.Last.txt"],
            &[],
            contract("NQ 11-26.Last.txt") + "NQ has no contract that expires in 11-26; its months are HMUZ",
        ),
        (
            &["NQ 13-26.Last.txt"],
            &["--symbol", "GC"],
            contract("NQ 13-26.Last.txt") + "\"13-26\" is no expiry; one is written 12-26; rename the file",
        ),
        (
            &["ticks.txt"],
            &["--symbol", "XX"],
            "no instrument \"XX\"; `phantom instruments` lists them".to_owned(),
        ),
        (&["ticks.txt"], &["--symbol", "gc"], "no instrument \"gc\"; did you mean GC?".to_owned()),
        (
            &["GC 12-13.Last.txt", "GC 02-14.Last.txt"],
            &[],
            "GC 12-13 and GC 02-14 are both given: one run trades one contract of a root".to_owned(),
        ),
    ] {
        let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, GOOD)).collect();
        check(&reason, &files, &[&["--ticks"], names, arguments].concat(), &reason);
    }
}

#[test]
fn files_that_are_not_there() {
    let good = ("GC 12-13.Last.txt", GOOD);
    check("no tick file", &[], &["--ticks", good.0], "GC 12-13.Last.txt: cannot be opened: ");
    check(
        "no second tick file",
        &[good],
        &["--ticks", good.0, "SI 12-13.Last.txt"],
        "SI 12-13.Last.txt: cannot be opened: ",
    );
    check(
        "no signal file",
        &[good],
        &["--ticks", good.0, "--signals", "none.jsonl"],
        "none.jsonl: cannot be opened: ",
    );
    check("a folder", &[], &["--ticks", ".", "--symbol", "GC"], ".:1: cannot be read: ");
}

#[test]
fn bad_signal_files() {
    let order = |from: &str, to: &str| SIGNAL.replace(from, to);
    for (line, reason) in [
        ("{".to_owned(), "not JSON: "),
        ("[]".to_owned(), "not a JSON object; a line looks like "),
        (order("}", r#","stop":"1"}"#), "unknown field \"stop\"; a signal has id, at, action, symbol, qty"),
        (order(r#""id":"a","#, ""), "field \"id\" is missing; a signal needs id, at, action"),
        (order(r#""a""#, r#""""#), "field \"id\" is blank"),
        (order(r#""a""#, r#""first""#), "id \"first\" is already on line 1"),
        (order(r#""qty":1"#, r#""qty":1,"qty":2"#), "field \"qty\" is there twice"),
        (order(r#""symbol":"GC","#, ""), "field \"symbol\" is missing; placeBuy needs"),
        (
            order(r#""qty":1"#, r#""qty":true"#),
            "field \"qty\" is true or false; it must be a number or a text",
        ),
        (order("MARKET", "STOP"), "type \"STOP\" is unknown; it is LIMIT or MARKET"),
        (order("placeBuy", "buy"), "action \"buy\" is unknown; it is placeBuy, placeSell or flattenAll"),
        (order("placeBuy", "flattenAll"), "field \"symbol\" does not go with flattenAll"),
        (order("00Z", "00"), "at \"2013-10-07T14:00:00\" is no RFC 3339 time with an offset; one looks like"),
        (order("2013-10-07T14", "2013-10-07 14"), "at \"2013-10-07 14:00:00Z\" is no RFC 3339 time"),
        (String::new(), "the line is blank; every line holds one signal"),
        ("x".repeat(70_000), "the line is longer than 65536 bytes"),
    ] {
        let (first, last) = (order(r#""a""#, r#""first""#), order(r#""a""#, r#""last""#));
        let text = format!("{first}\r\n{line}\r\n{last}\r\n");
        let files = [("GC 12-13.Last.txt", GOOD), ("signals.jsonl", text.as_str())];
        let arguments = ["--ticks", "GC 12-13.Last.txt", "--signals", "signals.jsonl"];
        check(reason, &files, &arguments, &format!("signals.jsonl:2: {reason}"));
    }
}

#[test]
fn bad_flags() {
    let ticks = ["--ticks", "GC 12-13.Last.txt"];
    for (arguments, reason) in [
        (
            &["--latency-ms", "-5"][..],
            "error: invalid value '-5' for '--latency-ms <N>': it must be a whole number of milliseconds from 0",
        ),
        (
            &["--latency-ms", "1.5"],
            "error: invalid value '1.5' for '--latency-ms <N>': it must be a whole number",
        ),
        (
            &["--slippage-ticks", "-1"],
            "error: invalid value '-1' for '--slippage-ticks <N>': it must be a whole number of ticks from 0",
        ),
        (&["--seed", "-1"], "error: invalid value '-1' for '--seed <N>': it must be a whole number from 0"),
        (
            &["--fee-per-side", "-1"],
            "error: invalid value '-1' for '--fee-per-side <D>': it must be an amount from 0",
        ),
        (
            &["--fee-per-side", "0.00001"],
            "error: invalid value '0.00001' for '--fee-per-side <D>': it must be an amount",
        ),
        (&["--limit-fill", "never"], "error: invalid value 'never' for '--limit-fill <RULE>'"),
        (&["--what"], "error: unexpected argument '--what' found"),
        (&["--json"], "error: the argument '--json' cannot be used multiple times"),
        (
            &["--profile", "topstep_50k"],
            "no rule pack named \"topstep_50k\"; there are: topstep-combine-50k, ",
        ),
        (&["--profile", "topstep-combine-50k", "--profile-set", "daily_loss=maybe"], "daily_loss"),
        (&["--profile", "no-such-file.toml"], "no-such-file.toml: cannot be read"),
        (
            &["--profile-set", "a=b"],
            "error: the following required arguments were not provided:\n  --profile <ID>",
        ),
    ] {
        check(reason, &[("GC 12-13.Last.txt", GOOD)], &[&ticks, arguments].concat(), reason);
    }
    check(
        "no --ticks",
        &[],
        &[],
        "error: the following required arguments were not provided:\n  --ticks <FILE>...",
    );
}

#[test]
fn a_journal_never_takes_the_place_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("GC 12-13.Last.txt"), GOOD).unwrap();
    fs::write(folder.path().join("old.jsonl"), "").unwrap();
    for (journal, reason) in [
        ("old.jsonl", "old.jsonl: exists already and is not overwritten; name a new file for --journal"),
        (".", ".: exists already and is not overwritten"),
        ("no/such/folder.jsonl", "no/such/folder.jsonl: cannot be made: "),
    ] {
        let ended = phantom(
            folder.path(),
            &["replay", "--ticks", "GC 12-13.Last.txt", "--json", "--journal", journal],
        );
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{journal}");
        assert!(ended.stderr.starts_with(reason), "{}", ended.stderr);
    }
    assert_eq!(names(folder.path()), ["GC 12-13.Last.txt", "old.jsonl"]);
    assert_eq!(fs::read(folder.path().join("old.jsonl")).unwrap(), b"");
}

#[test]
fn a_result_that_cannot_be_written_is_exit_status_1() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        println!("skipped: there is no {}", full.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("GC 12-13.Last.txt"), GOOD).unwrap();
    for arguments in [&["replay", "--ticks", "GC 12-13.Last.txt", "--journal", "j"][..], &["instruments"]] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_phantom"))
            .current_dir(folder.path())
            .args(arguments)
            .stdout(fs::OpenOptions::new().write(true).open(full).unwrap())
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with("the result cannot be written to standard output: "), "{stderr}");
        assert_eq!(names(folder.path()), ["GC 12-13.Last.txt"]);
    }
}
