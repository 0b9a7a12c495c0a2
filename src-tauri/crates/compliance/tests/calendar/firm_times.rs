//! Until when entries are taken and by when everything is flat: Topstep's table of 2026, the rule for
//! 2027, days on which the clocks change, and the trader's own earlier times.

use std::sync::Arc;

use phantom_compliance::ProductHours::{self, EnergyMetals, EquityIndex, Fx, Grains, Livestock};
use phantom_compliance::calendar::Certainty;
use phantom_compliance::{Calendar, Pack, Profile};
use phantom_model::Timestamp;

use super::{calendar, chicago, clock, day, wall};

fn profile(id: &str, settings: &[&str]) -> Profile {
    Profile::with_settings(Arc::new(Pack::named(id).unwrap()), settings.iter().copied()).unwrap()
}

/// No new entries, the desk's own flatten, flat by; `-` when nothing trades.
fn times(profile: &Profile, product: ProductHours, on: &str) -> String {
    let calendar = calendar();
    let Some(times) = profile.day_times(&calendar, product, day(on)) else { return "-".to_owned() };
    let shown = |at: Option<Timestamp>| at.map_or("open".to_owned(), clock);
    format!("{} {} {}", clock(times.no_new_entries_from), shown(times.flatten_at), shown(times.flat_by))
}

/// Without any time of the trader's own: the firm's times alone.
fn topstep() -> Profile {
    profile("topstep-combine-50k", &["flatten_before_min=0"])
}

fn flat_by(on: &str) -> String {
    let firm = topstep();
    let all = [EquityIndex, EnergyMetals, Fx].map(|product| times(&firm, product, on));
    let flat = all.iter().filter_map(|times| times.split(' ').nth(2)).collect::<Vec<_>>();
    let Some(first) = flat.first() else { return "closed".to_owned() };
    assert!(flat.iter().all(|other| other == first), "one time for all products on {on}: {all:?}");
    (*first).to_owned()
}

#[test]
fn flat_by_2026_topstep_table() {
    for (on, expected) in [
        ("2026-01-01", "closed"),
        ("2026-01-19", "11:45"),
        ("2026-02-16", "11:45"),
        ("2026-04-03", "08:00"),
        ("2026-05-25", "11:45"),
        ("2026-06-19", "11:45"),
        ("2026-07-03", "11:45"),
        ("2026-09-07", "11:45"),
        ("2026-11-26", "11:45"),
        ("2026-11-27", "12:00"),
        ("2026-12-24", "12:00"),
        ("2026-12-25", "closed"),
        ("2026-12-31", "15:10"),
        ("2027-01-01", "closed"),
    ] {
        assert_eq!(flat_by(on), expected, "{on}");
    }
}

#[test]
fn flat_by_2027_is_a_quarter_of_an_hour_before_the_early_close() {
    for (on, expected) in [
        ("2027-01-18", "11:45"),
        ("2027-02-15", "11:45"),
        ("2027-03-26", "closed"),
        ("2027-05-31", "11:45"),
        ("2027-06-18", "11:45"),
        ("2027-07-05", "11:45"),
        ("2027-09-06", "11:45"),
        ("2027-11-25", "11:45"),
        ("2027-11-26", "12:00"),
        ("2027-12-24", "closed"),
        ("2027-12-31", "15:10"),
    ] {
        assert_eq!(flat_by(on), expected, "{on}");
    }
}

#[test]
fn flat_by_2026_11_27_is_noon_for_gold_too_which_trades_on() {
    let calendar = calendar();
    let times = topstep().day_times(&calendar, EnergyMetals, day("2026-11-27")).unwrap();
    assert_eq!(wall(times.entries_from), "2026-11-26 17:00");
    assert_eq!(
        [times.no_new_entries_from, times.flat_by.unwrap(), times.close].map(clock),
        ["11:58", "12:00", "13:45"]
    );
    assert_eq!((times.early, times.certainty), (Some("Day after Thanksgiving"), Certainty::Published));
}

#[test]
fn flat_by_on_an_ordinary_day_is_15_10_and_entries_end_at_15_08() {
    let firm = topstep();
    for product in [EquityIndex, EnergyMetals, Fx] {
        assert_eq!(times(&firm, product, "2026-11-24"), "15:08 15:10 15:10");
    }
    // Products that close earlier are flat by their own close, and entries end as long before it.
    assert_eq!(times(&firm, Grains, "2026-11-24"), "13:18 13:20 13:20");
    assert_eq!(times(&firm, Livestock, "2026-11-24"), "13:03 13:05 13:05");
    assert_eq!(times(&firm, Grains, "2026-11-26"), "-");
}

#[test]
fn flat_by_follows_the_wall_when_the_clocks_change() {
    let calendar = calendar();
    let firm = topstep();
    for (on, utc) in [
        ("2026-03-06", "2026-03-06T21:10:00Z"),
        ("2026-03-09", "2026-03-09T20:10:00Z"),
        ("2026-10-30", "2026-10-30T20:10:00Z"),
        ("2026-11-02", "2026-11-02T21:10:00Z"),
        ("2027-03-15", "2027-03-15T20:10:00Z"),
        ("2027-11-08", "2027-11-08T21:10:00Z"),
    ] {
        let times = firm.day_times(&calendar, EquityIndex, day(on)).unwrap();
        assert_eq!(times.flat_by, Some(Timestamp::from(utc.parse::<jiff::Timestamp>().unwrap())), "{on}");
    }
    let monday = firm.day_times(&calendar, EquityIndex, day("2026-03-09")).unwrap();
    assert_eq!(monday.entries_from, chicago("2026-03-08T17:00:00"), "Sunday evening");
}

#[test]
fn the_desk_closes_five_minutes_before_unless_told_otherwise() {
    let new = profile("topstep-combine-50k", &[]);
    assert_eq!(times(&new, EquityIndex, "2026-11-24"), "15:05 15:05 15:10");
    assert_eq!(times(&new, EquityIndex, "2026-11-27"), "11:55 11:55 12:00");
    assert_eq!(times(&new, Grains, "2026-11-24"), "13:15 13:15 13:20");
}

#[test]
fn a_time_of_ones_own_counts_where_it_is_the_earlier_one() {
    let own = profile("topstep-combine-50k", &["flat_by=14:55"]);
    assert_eq!(times(&own, EquityIndex, "2026-11-24"), "14:55 14:55 14:55");
    assert_eq!(times(&own, EquityIndex, "2026-11-27"), "11:55 11:55 12:00", "the day ends before it");
    let late = profile("topstep-combine-50k", &["flat_by=15:08"]);
    assert_eq!(times(&late, EquityIndex, "2026-11-24"), "15:05 15:05 15:08", "the desk's own comes first");
    let morning = profile("topstep-combine-50k", &["flat_by=10:00"]);
    assert_eq!(times(&morning, EquityIndex, "2026-11-27"), "10:00 10:00 10:00");
    assert_eq!(times(&morning, Grains, "2026-11-24"), "10:00 10:00 10:00");
}

#[test]
fn times_of_new_york_are_an_hour_ahead() {
    let firm = profile("shape-static", &["flatten_before_min=0"]);
    assert_eq!(times(&firm, EquityIndex, "2026-11-24"), "15:55 15:59 15:59");
    // Each product's own early close, less a minute.
    assert_eq!(times(&firm, EquityIndex, "2026-11-26"), "11:55 11:59 11:59");
    assert_eq!(times(&firm, EnergyMetals, "2026-11-26"), "13:25 13:29 13:29");
    assert_eq!(times(&firm, EnergyMetals, "2026-04-03"), "-");
}

#[test]
fn a_firm_without_an_end_of_day_lets_positions_stay() {
    let firm = profile("shape-micros-are-minis", &[]);
    assert_eq!(times(&firm, EquityIndex, "2026-11-24"), "16:00 open open");
    let calendar = calendar();
    let monday = firm.day_times(&calendar, EquityIndex, day("2026-11-23")).unwrap();
    assert_eq!(wall(monday.entries_from), "2026-11-22 18:00", "the firm opens an hour after the exchange");
    let own = profile("shape-micros-are-minis", &["flat_by=15:00"]);
    assert_eq!(times(&own, EquityIndex, "2026-11-24"), "15:00 15:00 15:00");
    assert_eq!(times(&own, EquityIndex, "2026-11-26"), "12:00 12:00 12:00");
}

/// The shipped calendar with one text in place of another.
fn other_calendar(from: &str, to: &str) -> Calendar {
    let text = include_str!("../../data/calendar.toml");
    assert!(text.contains(from), "{from:?} is not in the calendar");
    Calendar::from_toml("other.toml", &text.replacen(from, to, 1)).unwrap()
}

#[test]
fn a_firm_that_goes_by_the_equity_index_is_closed_with_it() {
    let calendar = other_calendar("equity_index = \"08:15\"", "equity_index = \"closed\"");
    let good_friday = day("2026-04-03");
    assert!(calendar.day(Fx, good_friday).closes().is_some(), "currencies trade");
    assert_eq!(topstep().day_times(&calendar, Fx, good_friday), None);
    let by_product = profile("shape-static", &[]).day_times(&calendar, Fx, good_friday).unwrap();
    assert_eq!(by_product.flat_by.map(clock), Some("10:14".to_owned()));
}

#[test]
fn a_firms_day_is_no_surer_than_the_early_close_it_goes_by() {
    let projected = "name = \"Thanksgiving\"\nprojected = [\"equity_index\"]\n";
    let calendar = other_calendar("name = \"Thanksgiving\"\n", projected);
    let times = topstep().day_times(&calendar, EnergyMetals, day("2026-11-26")).unwrap();
    assert_eq!(
        (calendar.day(EnergyMetals, day("2026-11-26")).certainty, times.certainty),
        (Certainty::Published, Certainty::Projected)
    );
}
