//! How a product stands at a moment, since when and until when.

use phantom_compliance::ProductHours::{self, EquityIndex, Grains, Livestock};
use phantom_compliance::calendar::{Closure, SessionState};

use phantom_model::Timestamp;

use super::{calendar, chicago, wall};

/// The state in a word, with its ends.
fn stands(product: ProductHours, at: &str) -> String {
    let calendar = calendar();
    let session = calendar.session(product, chicago(at));
    let word = match session.state {
        SessionState::Open => "open".to_owned(),
        SessionState::Pause => "pause".to_owned(),
        SessionState::Break => "break".to_owned(),
        SessionState::Closed(Closure::Weekend) => "weekend".to_owned(),
        SessionState::Closed(Closure::Holiday(name)) => name.to_owned(),
    };
    format!("{word} {} to {}", wall(session.since), wall(session.until))
}

#[test]
fn the_day_has_an_hour_of_break() {
    for (at, expected) in [
        ("2026-11-24T15:59:59", "open 2026-11-23 17:00 to 2026-11-24 16:00"),
        ("2026-11-24T16:00:00", "break 2026-11-24 16:00 to 2026-11-24 17:00"),
        ("2026-11-24T16:59:59", "break 2026-11-24 16:00 to 2026-11-24 17:00"),
        ("2026-11-24T17:00:00", "open 2026-11-24 17:00 to 2026-11-25 16:00"),
    ] {
        assert_eq!(stands(EquityIndex, at), expected, "{at}");
    }
}

#[test]
fn the_weekend_is_one_state_from_friday_to_sunday() {
    let weekend = "weekend 2026-11-20 16:00 to 2026-11-22 17:00";
    for at in ["2026-11-20T16:00:00", "2026-11-20T17:00:00", "2026-11-21T12:00:00", "2026-11-22T16:59:59"] {
        assert_eq!(stands(EquityIndex, at), weekend, "{at}");
    }
    assert_eq!(stands(EquityIndex, "2026-11-22T17:00:00"), "open 2026-11-22 17:00 to 2026-11-23 16:00");
    assert_eq!(stands(Livestock, "2026-11-21T12:00:00"), "weekend 2026-11-20 13:05 to 2026-11-23 08:30");
    assert_eq!(stands(Grains, "2026-11-22T18:00:00"), "weekend 2026-11-20 13:20 to 2026-11-22 19:00");
}

#[test]
fn grains_pause_in_the_morning() {
    for (at, expected) in [
        ("2026-11-24T07:44:59", "open 2026-11-23 19:00 to 2026-11-24 07:45"),
        ("2026-11-24T07:45:00", "pause 2026-11-24 07:45 to 2026-11-24 08:30"),
        ("2026-11-24T08:30:00", "open 2026-11-24 08:30 to 2026-11-24 13:20"),
        ("2026-11-24T18:00:00", "break 2026-11-24 13:20 to 2026-11-24 19:00"),
    ] {
        assert_eq!(stands(Grains, at), expected, "{at}");
    }
}

#[test]
fn a_holiday_is_told_by_its_name() {
    for (product, at, expected) in [
        (EquityIndex, "2026-11-26T12:00:00", "Thanksgiving 2026-11-26 12:00 to 2026-11-26 17:00"),
        (EquityIndex, "2026-11-26T17:00:00", "open 2026-11-26 17:00 to 2026-11-27 12:15"),
        (EquityIndex, "2026-11-27T12:15:00", "Day after Thanksgiving 2026-11-27 12:15 to 2026-11-27 17:00"),
        (EquityIndex, "2026-11-27T17:00:00", "weekend 2026-11-27 17:00 to 2026-11-29 17:00"),
        (EquityIndex, "2026-12-24T18:00:00", "Christmas 2026-12-24 17:00 to 2026-12-25 17:00"),
        (EquityIndex, "2026-12-31T16:30:00", "break 2026-12-31 16:00 to 2026-12-31 17:00"),
        (EquityIndex, "2026-12-31T17:00:00", "New Year's Day 2026-12-31 17:00 to 2027-01-01 17:00"),
        (Grains, "2026-01-19T12:00:00", "Martin Luther King Day 2026-01-16 17:00 to 2026-01-19 17:00"),
        (Grains, "2026-11-26T20:00:00", "Day after Thanksgiving 2026-11-26 17:00 to 2026-11-27 08:30"),
        // Livestock opens as always on that day.
        (Livestock, "2026-11-26T20:00:00", "break 2026-11-26 17:00 to 2026-11-27 08:30"),
    ] {
        assert_eq!(stands(product, at), expected, "{product} at {at}");
    }
}

#[test]
fn a_day_of_changing_clocks_opens_and_closes_on_the_wall() {
    for (at, expected) in [
        // Sunday 8 March 2026: 02:00 becomes 03:00 before the market opens.
        ("2026-03-08T17:00:00", "open 2026-03-08 17:00 to 2026-03-09 16:00"),
        ("2026-11-01T17:00:00", "open 2026-11-01 17:00 to 2026-11-02 16:00"),
        ("2027-03-14T12:00:00", "weekend 2027-03-12 16:00 to 2027-03-14 17:00"),
        ("2027-11-07T17:00:00", "open 2027-11-07 17:00 to 2027-11-08 16:00"),
    ] {
        assert_eq!(stands(EquityIndex, at), expected, "{at}");
    }
    let calendar = calendar();
    let hours = |at| {
        let weekend = calendar.session(EquityIndex, chicago(at));
        weekend.until.since(weekend.since).nanos() / 3_600_000_000_000
    };
    // A weekend of 49 hours; one less in spring, one more in autumn.
    assert_eq!(["2026-11-21T12:00", "2026-03-07T12:00", "2026-10-31T12:00"].map(hours), [49, 48, 50]);
}

#[test]
fn beyond_the_calendar_the_weekly_hours_are_all_there_is() {
    // Thanksgiving 2013: no holiday is known there.
    assert_eq!(stands(EquityIndex, "2013-11-28T13:00:00"), "open 2013-11-27 17:00 to 2013-11-28 16:00");
    assert_eq!(stands(EquityIndex, "2028-07-04T13:00:00"), "open 2028-07-03 17:00 to 2028-07-04 16:00");
    assert_eq!(stands(EquityIndex, "2013-11-30T13:00:00"), "weekend 2013-11-29 16:00 to 2013-12-01 17:00");
}

#[test]
fn the_ends_of_time_have_a_session_too() {
    let calendar = calendar();
    for product in ProductHours::ALL {
        for at in [Timestamp::MIN, Timestamp::MAX] {
            let session = calendar.session(product, at);
            assert!(session.since <= at && at <= session.until, "{product} at {at}");
        }
    }
}
