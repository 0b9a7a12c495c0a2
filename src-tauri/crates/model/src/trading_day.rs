//! The exchange's clock and calendar: wall time in Chicago, and the trading day that it belongs to.
//!
//! A trading day is named by the date on which it ends. Whether the exchange is open at all is the
//! session calendar's business: a holiday is a trading day here.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::Timestamp;

/// The hour at which the next trading day begins.
const SESSION_OPEN_HOUR: i8 = 17;

/// From the rules that are compiled in, so that every machine has the same.
#[expect(
    clippy::expect_used,
    reason = "a program built without the zone must not trade, and every test fails"
)]
static CHICAGO: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZoneDatabase::bundled().get("America/Chicago").expect("the zone is compiled in"));

/// What the clocks in Chicago show at a point in time, daylight saving included.
#[must_use]
pub fn chicago_time(at: Timestamp) -> DateTime {
    let end = if at.nanos() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    CHICAGO.to_datetime(at.calendar().unwrap_or(end))
}

/// The trading day of a point in time. From 17:00 in Chicago on it is the next day; Saturday and
/// Sunday belong to Monday, and so does Friday from 17:00 on.
#[must_use]
pub fn trading_day(at: Timestamp) -> Date {
    let clock = chicago_time(at);
    let days_on = i8::from(clock.hour() >= SESSION_OPEN_HOUR);
    let date = clock.date().saturating_add(jiff::Span::new().days(days_on));
    let days_to_monday = match date.weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => 0,
    };
    date.saturating_add(jiff::Span::new().days(days_to_monday))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(rows: &[(&str, &str, &str)]) {
        for (utc, clock, day) in rows {
            let at = Timestamp::from(utc.parse::<jiff::Timestamp>().unwrap());
            let found = (chicago_time(at).to_string(), trading_day(at).to_string());
            assert_eq!(found, ((*clock).to_owned(), (*day).to_owned()), "{utc}");
        }
    }

    #[test]
    fn a_session_that_opens_at_five_belongs_to_the_next_day() {
        check(&[
            ("2013-10-07T14:00:00Z", "2013-10-07T09:00:00", "2013-10-07"),
            ("2013-10-07T21:59:59Z", "2013-10-07T16:59:59", "2013-10-07"),
            ("2013-10-07T22:00:00Z", "2013-10-07T17:00:00", "2013-10-08"),
            ("2013-10-08T04:59:59Z", "2013-10-07T23:59:59", "2013-10-08"),
            ("2013-10-08T05:00:00Z", "2013-10-08T00:00:00", "2013-10-08"),
            ("2026-12-31T23:00:00Z", "2026-12-31T17:00:00", "2027-01-01"),
        ]);
    }

    #[test]
    fn the_weekend_belongs_to_monday() {
        check(&[
            ("2026-11-20T22:59:59Z", "2026-11-20T16:59:59", "2026-11-20"),
            ("2026-11-20T23:00:00Z", "2026-11-20T17:00:00", "2026-11-23"),
            ("2026-11-21T18:00:00Z", "2026-11-21T12:00:00", "2026-11-23"),
            ("2026-11-21T23:30:00Z", "2026-11-21T17:30:00", "2026-11-23"),
            ("2026-11-22T15:00:00Z", "2026-11-22T09:00:00", "2026-11-23"),
            ("2026-11-22T23:00:00Z", "2026-11-22T17:00:00", "2026-11-23"),
        ]);
    }

    #[test]
    fn the_day_begins_at_five_before_and_after_clocks_go_forward() {
        // Sunday 8 March 2026, 02:00 becomes 03:00.
        check(&[
            ("2026-03-05T22:59:59Z", "2026-03-05T16:59:59", "2026-03-05"),
            ("2026-03-05T23:00:00Z", "2026-03-05T17:00:00", "2026-03-06"),
            ("2026-03-08T07:59:59Z", "2026-03-08T01:59:59", "2026-03-09"),
            ("2026-03-08T08:00:00Z", "2026-03-08T03:00:00", "2026-03-09"),
            ("2026-03-09T21:59:59Z", "2026-03-09T16:59:59", "2026-03-09"),
            ("2026-03-09T22:00:00Z", "2026-03-09T17:00:00", "2026-03-10"),
        ]);
    }

    #[test]
    fn the_day_begins_at_five_before_and_after_clocks_go_back() {
        // Sunday 1 November 2026, 02:00 becomes 01:00.
        check(&[
            ("2026-10-29T21:59:59Z", "2026-10-29T16:59:59", "2026-10-29"),
            ("2026-10-29T22:00:00Z", "2026-10-29T17:00:00", "2026-10-30"),
            ("2026-11-01T06:30:00Z", "2026-11-01T01:30:00", "2026-11-02"),
            ("2026-11-01T07:30:00Z", "2026-11-01T01:30:00", "2026-11-02"),
            ("2026-11-02T22:59:59Z", "2026-11-02T16:59:59", "2026-11-02"),
            ("2026-11-02T23:00:00Z", "2026-11-02T17:00:00", "2026-11-03"),
        ]);
    }

    proptest! {
        #[test]
        fn a_trading_day_is_a_weekday_and_never_goes_back(nanos: i64, later in 0_i64..1_000_000_000_000_000) {
            let (at, then) = (Timestamp::from_nanos(nanos), Timestamp::from_nanos(nanos.saturating_add(later)));
            prop_assert!(trading_day(at) <= trading_day(then));
            prop_assert!(!matches!(trading_day(at).weekday(), Weekday::Saturday | Weekday::Sunday));
        }
    }
}
