//! `phantom instruments`.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ended, phantom};

fn instruments(arguments: &[&str]) -> Ended {
    phantom(Path::new("."), &[&["instruments"], arguments].concat())
}

#[test]
fn the_list_has_every_instrument_with_its_front_month() {
    let ended = instruments(&["--date", "2026-12-14"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    let row = |root: &str| {
        let line = ended.stdout.lines().find(|line| line.split(' ').next() == Some(root));
        line.unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("NQ"), "NQ ENQ @NQ E-mini Nasdaq-100 CME 0.25 5.00 20 03-27 1 yes");
    assert_eq!(row("MNQ"), "MNQ @MNQ Micro E-mini Nasdaq-100 CME 0.25 0.50 2 03-27 0.1 yes");
    assert!(ended.stdout.ends_with(
        "\nFront month on the trading day 2026-12-14. Minis: how much of a position limit one contract uses.\n"
    ));
}

#[test]
fn the_list_as_json_has_exact_decimals_as_text() {
    let list = instruments(&["--json", "--date", "2026-11-23"]).json();
    let find = |root: &str| list.as_array().unwrap().iter().find(|it| it["root"] == root).unwrap().clone();
    assert_eq!(
        find("NQ"),
        json!({
            "root": "NQ", "aliases": ["ENQ", "@NQ"], "name": "E-mini Nasdaq-100", "exchange": "CME",
            "tickSize": "0.25", "tickValue": "5.00", "pointValue": "20", "frontMonth": "12-26",
            "miniWeight": "1", "topstepPermitted": true,
        })
    );
    assert_eq!(find("ZF")["tickValue"], "7.8125");
    assert_eq!(list.as_array().unwrap().len(), 37);
}

#[test]
fn one_instrument_is_found_by_root_and_by_alias() {
    let by_root = instruments(&["NQ", "--date", "2026-11-23"]);
    assert_eq!(instruments(&["ENQ", "--date", "2026-11-23"]).stdout, by_root.stdout);
    for words in [
        "HMUZ",
        "third Friday of the contract month",
        "NQ 12-26 (NQZ6, CON.F.US.ENQ.Z26), rolls on 2026-12-14, last trades on 2026-12-18",
        "NQ 03-27 (NQH7, CON.F.US.ENQ.H27), rolls on 2027-03-15, last trades on 2027-03-19",
    ] {
        assert!(by_root.stdout.contains(words), "{words} is not in\n{}", by_root.stdout);
    }
    let page = instruments(&["@NQ", "--date", "2026-11-23", "--json"]).json();
    assert_eq!((&page["root"], &page["rollDay"]), (&json!("NQ"), &json!("2026-12-14")));
    assert_eq!(page["nextContract"]["tradovate"], "NQH7");
}

#[test]
fn without_a_date_it_is_the_front_month_of_today() {
    let page: Value = instruments(&["GC", "--json"]).json();
    let date = page["date"].as_str().unwrap().to_owned();
    assert_eq!(instruments(&["GC", "--json", "--date", &date]).json(), page);
}

#[test]
fn what_is_no_instrument_or_no_date_is_refused_with_what_would_be_right() {
    for (arguments, reason) in [
        (&["nq"][..], "no instrument \"nq\"; did you mean NQ? `phantom instruments` lists them"),
        (&["NQZ6"], "no instrument \"NQZ6\"; did you mean NQ?"),
        (&["XX"], "no instrument \"XX\"; `phantom instruments` lists them"),
        (
            &["--date", "23.11.2026"],
            "error: invalid value '23.11.2026' for '--date <YYYY-MM-DD>': it must be a date",
        ),
        (&["--date", "1899-01-01"], "ES has no contract to trade on 1899-01-01: the desk knows the years"),
    ] {
        let ended = instruments(arguments);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.stderr.starts_with(reason), "{}", ended.stderr);
    }
}
