//! `phantom calendar`.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ended, phantom};

fn calendar(arguments: &[&str]) -> Ended {
    phantom(Path::new("."), &[&["calendar"], arguments].concat())
}

/// The line of a day, single-spaced.
fn line(ended: &Ended, day: &str) -> String {
    let line = ended.stdout.lines().find(|line| line.starts_with(day));
    let line = line.unwrap_or_else(|| panic!("{day} is not in\n{}", ended.stdout));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_next_ten_sessions_show_closes_and_holidays() {
    let ended = calendar(&["--from", "2026-11-20", "--next", "10"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    for (day, expected) in [
        ("2026-11-20", "2026-11-20 Fri 16:00 16:00 16:00 16:00 16:00 13:20 13:05"),
        ("2026-11-26", "2026-11-26 Thu 12:00 13:30 12:00 16:00 16:00 closed closed Thanksgiving"),
        (
            "2026-11-27",
            "2026-11-27 Fri 12:15 13:45 12:15 13:45? 13:45? 08:30-12:05 12:05 Day after Thanksgiving",
        ),
        ("2026-12-03", "2026-12-03 Thu 16:00 16:00 16:00 16:00 16:00 13:20 13:05"),
    ] {
        assert_eq!(line(&ended, day), expected);
    }
    assert_eq!(ended.stdout.lines().filter(|line| line.starts_with("2026-")).count(), 10);
    assert!(ended.stdout.contains("\n? is projected by the rule of earlier years, or sources differ.\n"));
    assert!(ended.stdout.ends_with("\nCalendar checked 2026-11-27, valid 2026-01-01 to 2027-12-31.\n"));
}

#[test]
fn with_a_profile_it_shows_until_when_entries_are_taken_and_by_when_all_is_flat() {
    let shown = ["--from", "2026-11-24", "--next", "4", "--profile", "topstep-combine-50k"];
    let ended = calendar(&[&shown[..], &["--symbol", "GC"]].concat());
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.starts_with("Topstep Trading Combine 50K for GC, rules checked 2026-10-03\n"));
    for (day, expected) in [
        ("2026-11-24", "2026-11-24 Tue 16:00 15:05 15:05 15:10"),
        ("2026-11-26", "2026-11-26 Thu 13:30 11:40 11:40 11:45 Thanksgiving"),
        ("2026-11-27", "2026-11-27 Fri 13:45 11:55 11:55 12:00 Day after Thanksgiving"),
    ] {
        assert_eq!(line(&ended, day), expected);
    }
    assert!(!ended.stdout.contains('?'), "nothing about gold is projected on these days");
    let own = calendar(&[&shown[..], &["--profile-set", "flat_by=14:30"]].concat());
    assert_eq!(line(&own, "2026-11-24"), "2026-11-24 Tue 16:00 14:30 14:30 14:30");
}

#[test]
fn the_days_as_json_have_moments_in_utc() {
    let shown = ["--from", "2026-11-27", "--next", "1", "--json", "--profile", "topstep-xfa-50k"];
    let days = calendar(&shown).json();
    let day = &days[0];
    assert_eq!(
        (&day["day"], &day["weekday"], &day["inCalendar"]),
        (&json!("2026-11-27"), &json!("Fri"), &json!(true))
    );
    assert_eq!(day["holiday"], "Day after Thanksgiving");
    assert_eq!(
        day["products"][3],
        json!({
            "product": "fx", "windows": ["17:00-13:45"], "opens": "2026-11-26T23:00:00.0000000Z",
            "closes": "2026-11-27T19:45:00.0000000Z", "certainty": "projected",
        })
    );
    assert_eq!(
        day["firm"],
        json!({
            "symbol": "ES", "entriesFrom": "2026-11-26T23:00:00.0000000Z",
            "noNewEntriesFrom": "2026-11-27T17:55:00.0000000Z", "flattenAt": "2026-11-27T17:55:00.0000000Z",
            "flatBy": "2026-11-27T18:00:00.0000000Z", "certainty": "published",
        })
    );
    let plain = calendar(&["--from", "2026-12-25", "--next", "1", "--json"]).json();
    assert_eq!((plain[0].get("firm"), &plain[0]["products"][0]["windows"]), (None, &json!([])));
}

#[test]
fn beyond_the_calendar_it_says_that_it_does_not_know() {
    let ended = calendar(&["--from", "2027-12-31", "--next", "2"]);
    assert_eq!(line(&ended, "2028-01-03"), "2028-01-03 Mon 16:00 16:00 16:00 16:00 16:00 13:20 13:05 -");
    assert!(
        ended
            .stdout
            .contains("\n- is not in the calendar: weekly hours only, and a live desk takes no entries.\n")
    );
    let json = calendar(&["--from", "2028-01-01", "--next", "1", "--json"]).json();
    assert_eq!((&json[0]["day"], &json[0]["inCalendar"]), (&json!("2028-01-03"), &json!(false)));
    assert_eq!(json[0]["products"][0]["certainty"], "calendar_unverified");
}

#[test]
fn without_a_first_day_it_begins_today() {
    let days: Value = calendar(&["--next", "1", "--json"]).json();
    let today = days[0]["day"].as_str().unwrap().to_owned();
    assert_eq!(calendar(&["--next", "1", "--json", "--from", &today]).json(), days);
    assert_eq!(calendar(&["--json"]).json().as_array().unwrap().len(), 10);
}

#[test]
fn a_pack_of_ones_own_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let pack = include_str!("../../../compliance/data/packs/shapes-plain.toml");
    let own = pack.replacen("resume = \"18:00\"", "resume = \"18:00\"\nflat_by = \"14:00\"", 1);
    std::fs::write(folder.path().join("own.toml"), own).unwrap();
    let shown = ["calendar", "--from", "2026-11-24", "--next", "1", "--profile", "own.toml"];
    let ended = phantom(folder.path(), &shown);
    assert_eq!(line(&ended, "2026-11-24"), "2026-11-24 Tue 16:00 13:55 13:55 14:00");
    std::fs::write(folder.path().join("own.toml"), pack.replacen("zone", "zoon", 1)).unwrap();
    let ended = phantom(folder.path(), &shown);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""));
    assert!(
        ended.stderr.starts_with("own.toml:18: firm.times: zone is missing among day_start, "),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_is_not_right_is_refused_with_what_would_be() {
    let profile = ["--profile", "topstep-combine-50k"];
    for (arguments, reason) in [
        (
            &["--next", "0"][..],
            "error: invalid value '0' for '--next <N>': it must be a whole number of days from 1",
        ),
        (&["--from", "yesterday"], "error: invalid value 'yesterday' for '--from <YYYY-MM-DD>'"),
        (&["--symbol", "GC"], "error: the following required arguments were not provided"),
        (&["--profile", "topstep"], "no rule pack named \"topstep\"; there are: topstep-combine-50k, "),
        (&["--profile", "none.toml"], "none.toml: cannot be read: "),
        (&[profile[0], profile[1], "--symbol", "gc"], "no instrument \"gc\"; did you mean GC?"),
        (
            &[profile[0], profile[1], "--profile-set", "flat_by=16:00"],
            "flat_by=16:00: must not be after 15:10 in Chicago",
        ),
        (
            &[profile[0], profile[1], "--profile-set", "flat=1"],
            "no setting \"flat\"; there are: daily_loss, ",
        ),
    ] {
        let ended = calendar(arguments);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.stderr.starts_with(reason), "{}", ended.stderr);
    }
}
