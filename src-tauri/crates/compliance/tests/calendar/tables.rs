//! The two tables of special days, line by line as they were published or projected.

use jiff::ToSpan;
use jiff::civil::Weekday;
use phantom_compliance::ProductHours::{
    self, Crypto, EnergyMetals, EquityIndex, Fx, Grains, Livestock, Rates,
};
use phantom_compliance::calendar::Certainty;

use super::{calendar, clock, date, day, wall};

/// Closing times of equity index, energy and metals, rates, currencies, grains, livestock; `-` is
/// closed. Crypto goes with the currencies.
const YEAR_2026: [(&str, [&str; 6]); 13] = [
    ("2026-01-01", ["-", "-", "-", "-", "-", "-"]),
    ("2026-01-19", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2026-02-16", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2026-04-03", ["08:15", "-", "10:15", "10:15", "-", "-"]),
    ("2026-05-25", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2026-06-19", ["12:00", "12:00", "12:00", "12:00", "-", "-"]),
    ("2026-07-03", ["12:00", "12:00", "12:00", "12:00", "-", "-"]),
    ("2026-09-07", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2026-11-26", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2026-11-27", ["12:15", "13:45", "12:15", "13:45", "12:05", "12:05"]),
    ("2026-12-24", ["12:15", "12:45", "12:15", "12:45", "12:05", "12:15"]),
    ("2026-12-25", ["-", "-", "-", "-", "-", "-"]),
    ("2026-12-31", ["16:00", "16:00", "16:00", "16:00", "13:20", "13:05"]),
];

const YEAR_2027: [(&str, [&str; 6]); 12] = [
    ("2027-01-01", ["-", "-", "-", "-", "-", "-"]),
    ("2027-01-18", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2027-02-15", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2027-03-26", ["-", "-", "-", "-", "-", "-"]),
    ("2027-05-31", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2027-06-18", ["12:00", "12:00", "12:00", "12:00", "-", "-"]),
    ("2027-07-05", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2027-09-06", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2027-11-25", ["12:00", "13:30", "12:00", "16:00", "-", "-"]),
    ("2027-11-26", ["12:15", "13:45", "12:15", "13:45", "12:05", "12:05"]),
    ("2027-12-24", ["-", "-", "-", "-", "-", "-"]),
    ("2027-12-31", ["16:00", "16:00", "16:00", "16:00", "13:20", "13:05"]),
];

const COLUMNS: [ProductHours; 6] = [EquityIndex, EnergyMetals, Rates, Fx, Grains, Livestock];

fn close(product: ProductHours, on: &str) -> String {
    calendar().day(product, day(on)).closes().map_or("-".to_owned(), clock)
}

fn check(table: &[(&str, [&str; 6])]) {
    for (on, expected) in table {
        assert_eq!(COLUMNS.map(|product| close(product, on)), *expected, "{on}");
        assert_eq!(close(Crypto, on), close(Fx, on), "crypto on {on}");
    }
}

#[test]
fn calendar_2026_table_closes_as_published() {
    check(&YEAR_2026);
}

#[test]
fn calendar_2027_table_closes_as_projected() {
    check(&YEAR_2027);
}

#[test]
fn every_other_weekday_is_ordinary() {
    let special: Vec<_> = YEAR_2026.iter().chain(&YEAR_2027).map(|(on, _)| date(on)).collect();
    let days = date("2026-01-01").series(1.day()).take_while(|day| *day <= date("2027-12-31"));
    let mut ordinary = 0;
    for on in days.filter(|on| !matches!(on.weekday(), Weekday::Saturday | Weekday::Sunday)) {
        if special.contains(&on) {
            continue;
        }
        let closes = COLUMNS.map(|product| close(product, &on.to_string()));
        assert_eq!(closes, ["16:00", "16:00", "16:00", "16:00", "13:20", "13:05"], "{on}");
        ordinary += 1;
    }
    assert_eq!(ordinary, 522 - special.len(), "two years have 522 weekdays");
}

#[test]
fn a_day_without_a_session_has_no_evening_before_it() {
    let calendar = calendar();
    for (closed, opens_again) in [("2026-12-25", "2026-12-27 17:00"), ("2027-01-01", "2027-01-03 17:00")] {
        assert_eq!(calendar.day(EquityIndex, day(closed)).opens(), None);
        let next = calendar.day(EquityIndex, day(closed).next()).opens().unwrap();
        assert_eq!(wall(next), opens_again);
    }
    // The last evening of the year is New Year's Day's, which has none; Thursday itself is ordinary.
    assert_eq!(calendar.holiday(day("2026-12-31")), None);
    assert_eq!(calendar.holiday(day("2027-01-01")), Some("New Year's Day"));
}

#[test]
fn grains_open_late_after_thanksgiving_and_after_new_year() {
    let calendar = calendar();
    for on in ["2026-01-02", "2026-11-27", "2027-11-26"] {
        let hours = calendar.day(Grains, day(on));
        assert_eq!(wall(hours.opens().unwrap()), format!("{on} 08:30"));
        assert_eq!(hours.windows.len(), 1, "the night's window is gone");
    }
    assert_eq!(wall(calendar.day(Grains, day("2026-12-24")).opens().unwrap()), "2026-12-23 19:00");
}

#[test]
fn what_is_not_published_says_so() {
    let calendar = calendar();
    for (product, on, certainty) in [
        (EquityIndex, "2026-11-27", Certainty::Published),
        (Fx, "2026-11-27", Certainty::Projected),
        (Crypto, "2026-12-24", Certainty::Projected),
        (EquityIndex, "2027-01-01", Certainty::Published),
        (EquityIndex, "2027-06-18", Certainty::Published),
        (EquityIndex, "2027-03-26", Certainty::Projected),
        (Fx, "2027-05-31", Certainty::Projected), // ordinary hours, but that is a projection
        (EquityIndex, "2027-03-29", Certainty::Published),
        (EquityIndex, "2025-12-31", Certainty::OutsideCalendar),
        (EquityIndex, "2028-01-03", Certainty::OutsideCalendar),
        (EquityIndex, "2013-10-07", Certainty::OutsideCalendar),
    ] {
        assert_eq!(calendar.day(product, day(on)).certainty, certainty, "{product} on {on}");
        assert_eq!(calendar.covers(day(on)), certainty != Certainty::OutsideCalendar, "{on}");
    }
}
