//! The exchange's clock and calendar: wall time in Chicago, and the trading day that it belongs to.
//!
//! A trading day is named by the date on which it ends. Whether the exchange is open at all is the
//! session calendar's business: a holiday is a trading day here.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

use crate::Timestamp;

/// The hour at which the next trading day begins.
const SESSION_OPEN_HOUR: i8 = 17;

/// From the rules that are compiled in, so that every machine has the same.
static CHICAGO: TimeZone = jiff::tz::get!("America/Chicago");

/// A trading day as a value: counts days, so that one can be told from the next without a calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TradingDay(i32);

impl TradingDay {
    /// The trading day of a point in time.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self::on(trading_day(at))
    }

    /// The trading day that ends on this date.
    #[must_use]
    pub fn on(date: Date) -> Self {
        Self(date.since(EPOCH).map_or(0, |days| days.get_days()))
    }

    /// The date on which it ends.
    #[must_use]
    pub fn date(self) -> Date {
        EPOCH.saturating_add(jiff::Span::new().days(self.0))
    }

    /// When the next one begins: the first second of 17:00 in Chicago after `at` that belongs to
    /// another day.
    #[must_use]
    pub fn next_begins(at: Timestamp) -> Timestamp {
        Self::of(at).ends()
    }

    /// The trading day before.
    #[must_use]
    pub fn previous(self) -> Self {
        let days = if self.date().weekday() == Weekday::Monday { 3 } else { 1 };
        Self(self.0 - days)
    }

    /// The trading day after.
    #[must_use]
    pub fn next(self) -> Self {
        let days = if self.date().weekday() == Weekday::Friday { 3 } else { 1 };
        Self(self.0 + days)
    }

    /// The evening on which it begins: the date before its own, a Sunday for a Monday. It owns the
    /// time since the end of the trading day before too, which for a Monday is the weekend.
    #[must_use]
    pub fn evening(self) -> Date {
        Self(self.0 - 1).date()
    }

    /// The first moment that belongs to it: the end of the trading day before.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        self.previous().ends()
    }

    /// The first moment that does not belong to it any more: 17:00 in Chicago on its date.
    #[must_use]
    pub fn ends(self) -> Timestamp {
        chicago_moment(self.date().at(SESSION_OPEN_HOUR, 0, 0, 0))
    }
}

impl std::fmt::Display for TradingDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// Where trading days are counted from.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// What the clocks in Chicago show at a point in time, daylight saving included.
#[must_use]
pub fn chicago_time(at: Timestamp) -> DateTime {
    let end = if at.nanos() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    CHICAGO.to_datetime(at.calendar().unwrap_or(end))
}

/// The moment at which the clocks in Chicago show this. Of two such moments in the night in which they
/// go back it is the first; a time that they skip is the moment as far after the skip.
#[must_use]
pub fn chicago_moment(clock: DateTime) -> Timestamp {
    let end = if clock.year() < EPOCH.year() { Timestamp::MIN } else { Timestamp::MAX };
    clock.to_zoned(CHICAGO.clone()).map_or(end, |zoned| Timestamp::from(zoned.timestamp()))
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

    #[test]
    fn a_day_is_kept_as_a_number_and_knows_when_the_next_one_begins() {
        for (utc, day, next) in [
            ("2013-10-07T14:00:00Z", "2013-10-07", "2013-10-07T22:00:00.0000000Z"),
            ("2013-10-07T22:00:00Z", "2013-10-08", "2013-10-08T22:00:00.0000000Z"),
            // Friday's day ends at 17:00; what follows is Monday's until Monday at 17:00.
            ("2026-11-20T22:59:59Z", "2026-11-20", "2026-11-20T23:00:00.0000000Z"),
            ("2026-11-21T18:00:00Z", "2026-11-23", "2026-11-23T23:00:00.0000000Z"),
        ] {
            let at = Timestamp::from(utc.parse::<jiff::Timestamp>().unwrap());
            let found = (TradingDay::of(at).to_string(), TradingDay::next_begins(at).to_string());
            assert_eq!(found, (day.to_owned(), next.to_owned()), "{utc}");
        }
    }

    #[test]
    fn a_clock_in_chicago_is_a_moment() {
        for (clock, utc) in [
            ("2026-03-06T17:00:00", "2026-03-06T23:00:00Z"),
            ("2026-03-08T17:00:00", "2026-03-08T22:00:00Z"),
            ("2026-03-08T02:30:00", "2026-03-08T08:30:00Z"), // skipped: half an hour after the skip
            ("2026-11-01T01:30:00", "2026-11-01T06:30:00Z"), // twice: the first of them
            ("2026-11-01T17:00:00", "2026-11-01T23:00:00Z"),
        ] {
            let expected = Timestamp::from(utc.parse::<jiff::Timestamp>().unwrap());
            assert_eq!(chicago_moment(clock.parse().unwrap()), expected, "{clock}");
        }
    }

    #[test]
    fn a_trading_day_has_neighbours_a_beginning_and_an_end() {
        for (day, before, after, evening, begins, ends) in [
            ("2026-11-24", "2026-11-23", "2026-11-25", "2026-11-23", "2026-11-23T23:00", "2026-11-24T23:00"),
            // A Monday owns the weekend, and opens on Sunday.
            ("2026-11-23", "2026-11-20", "2026-11-24", "2026-11-22", "2026-11-20T23:00", "2026-11-23T23:00"),
            // The clocks go forward on Sunday 8 March: the weekend is an hour shorter.
            ("2026-03-09", "2026-03-06", "2026-03-10", "2026-03-08", "2026-03-06T23:00", "2026-03-09T22:00"),
        ] {
            let it = TradingDay::on(day.parse().unwrap());
            let found = (it.previous().to_string(), it.next().to_string(), it.evening().to_string());
            assert_eq!(found, (before.to_owned(), after.to_owned(), evening.to_owned()), "{day}");
            let moments = (it.begins().to_string(), it.ends().to_string());
            assert_eq!(moments, (format!("{begins}:00.0000000Z"), format!("{ends}:00.0000000Z")), "{day}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_belongs_to_the_day_between_whose_ends_it_lies(nanos in 0_i64..4_000_000_000_000_000_000) {
            let at = Timestamp::from_nanos(nanos);
            let day = TradingDay::of(at);
            prop_assert!(day.begins() <= at && at < day.ends());
            prop_assert_eq!((day.next().previous(), day.previous().next()), (day, day));
        }

        #[test]
        fn a_trading_day_is_a_weekday_and_never_goes_back(nanos: i64, later in 0_i64..1_000_000_000_000_000) {
            let (at, then) = (Timestamp::from_nanos(nanos), Timestamp::from_nanos(nanos.saturating_add(later)));
            prop_assert!(trading_day(at) <= trading_day(then));
            prop_assert!(!matches!(trading_day(at).weekday(), Weekday::Saturday | Weekday::Sunday));
        }
    }
}
