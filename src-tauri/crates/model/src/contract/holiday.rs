//! The holidays of the United States exchanges, by rule.
//!
//! The rules are public: the yearly holiday notices of CME Group and of the New York Stock Exchange,
//! and the federal holiday law. Good Friday follows the Gregorian computation of Easter.
//! A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after; only New
//! Year's Day is not moved back, because the last day of a year is traded. Martin Luther King Day is
//! kept from 1998 on, Juneteenth from 2022 on.
//!
//! This is the calendar for counting business days, not for opening hours: on most of these days the
//! electronic market is open for some hours. Closings that no rule foresees (a storm, a day of
//! mourning) are not in it.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::business_day::{last, shifted, third};

/// A day on which the United States exchanges rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExchangeHoliday {
    /// 1 January.
    NewYear,
    /// The third Monday of January.
    MartinLutherKing,
    /// The third Monday of February.
    Presidents,
    /// The Friday before Easter Sunday.
    GoodFriday,
    /// The last Monday of May.
    Memorial,
    /// 19 June.
    Juneteenth,
    /// 4 July.
    Independence,
    /// The first Monday of September.
    Labor,
    /// The fourth Thursday of November.
    Thanksgiving,
    /// 25 December.
    Christmas,
}

/// Whether a holiday that falls on a Saturday is kept on the Friday before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MovesBack {
    Yes,
    No,
}

impl ExchangeHoliday {
    /// All of them, in the order of the year.
    pub const ALL: [Self; 10] = [
        Self::NewYear,
        Self::MartinLutherKing,
        Self::Presidents,
        Self::GoodFriday,
        Self::Memorial,
        Self::Juneteenth,
        Self::Independence,
        Self::Labor,
        Self::Thanksgiving,
        Self::Christmas,
    ];

    /// The holiday that is kept on `date`; `None` on every other day.
    #[must_use]
    pub fn on(date: Date) -> Option<Self> {
        Self::ALL.into_iter().find(|holiday| holiday.is_kept_on(date))
    }

    /// The name as people say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewYear => "New Year's Day",
            Self::MartinLutherKing => "Martin Luther King Day",
            Self::Presidents => "Presidents' Day",
            Self::GoodFriday => "Good Friday",
            Self::Memorial => "Memorial Day",
            Self::Juneteenth => "Juneteenth",
            Self::Independence => "Independence Day",
            Self::Labor => "Labor Day",
            Self::Thanksgiving => "Thanksgiving",
            Self::Christmas => "Christmas",
        }
    }

    fn is_kept_on(self, date: Date) -> bool {
        let third_monday = || third(date, Weekday::Monday) == date;
        match self {
            Self::NewYear => observed(date, 1, 1, MovesBack::No),
            Self::MartinLutherKing => date.month() == 1 && date.year() >= 1998 && third_monday(),
            Self::Presidents => date.month() == 2 && third_monday(),
            Self::GoodFriday => is_easter(shifted(date, 2)),
            Self::Memorial => date.month() == 5 && last(date, Weekday::Monday) == date,
            Self::Juneteenth => date.year() >= 2022 && observed(date, 6, 19, MovesBack::Yes),
            Self::Independence => observed(date, 7, 4, MovesBack::Yes),
            Self::Labor => date.month() == 9 && third(date, Weekday::Monday) == shifted(date, 14),
            Self::Thanksgiving => date.month() == 11 && third(date, Weekday::Thursday) == shifted(date, -7),
            Self::Christmas => observed(date, 12, 25, MovesBack::Yes),
        }
    }
}

impl fmt::Display for ExchangeHoliday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the holiday of a fixed day of the year is kept on `date`.
fn observed(date: Date, month: i8, day: i8, moves_back: MovesBack) -> bool {
    let falls_on = |date: Date| (date.month(), date.day()) == (month, day);
    match date.weekday() {
        Weekday::Monday => falls_on(date) || falls_on(shifted(date, -1)),
        Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => falls_on(date),
        Weekday::Friday => falls_on(date) || (moves_back == MovesBack::Yes && falls_on(shifted(date, 1))),
        Weekday::Saturday | Weekday::Sunday => false,
    }
}

/// Whether `date` is Easter Sunday, by the anonymous Gregorian computation, which holds for every year
/// of that calendar.
fn is_easter(date: Date) -> bool {
    let year = i32::from(date.year());
    let (century, of_century) = (year / 100, year % 100);
    let moon_year = year % 19;
    let moon_correction = (8 * century + 13) / 25;
    let epact = (19 * moon_year + century - century / 4 - moon_correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (moon_year + 11 * epact + 22 * weekday) / 451;
    let days_after_start = epact + weekday - 7 * late + 114;
    (i32::from(date.month()), i32::from(date.day())) == (days_after_start / 31, days_after_start % 31 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    fn check(year: i16, expected: &[&str]) {
        let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
        let kept =
            days.filter_map(|day| Some(format!("{} {}", day.strftime("%m-%d"), ExchangeHoliday::on(day)?)));
        assert_eq!(kept.collect::<Vec<_>>(), expected, "{year}");
    }

    #[test]
    fn the_holidays_of_2026_are_those_of_the_exchange_notice() {
        check(
            2026,
            &[
                "01-01 New Year's Day",
                "01-19 Martin Luther King Day",
                "02-16 Presidents' Day",
                "04-03 Good Friday",
                "05-25 Memorial Day",
                "06-19 Juneteenth",
                "07-03 Independence Day", // the 4th is a Saturday
                "09-07 Labor Day",
                "11-26 Thanksgiving",
                "12-25 Christmas",
            ],
        );
    }

    #[test]
    fn a_saturday_holiday_moves_back_but_the_last_day_of_a_year_is_traded() {
        check(
            2027,
            &[
                "01-01 New Year's Day",
                "01-18 Martin Luther King Day",
                "02-15 Presidents' Day",
                "03-26 Good Friday",
                "05-31 Memorial Day",
                "06-18 Juneteenth",       // the 19th is a Saturday
                "07-05 Independence Day", // the 4th is a Sunday
                "09-06 Labor Day",
                "11-25 Thanksgiving",
                "12-24 Christmas", // the 25th is a Saturday; so is 1 January 2028
            ],
        );
    }

    #[test]
    fn holidays_are_kept_only_since_they_exist() {
        check(
            2021,
            &[
                "01-01 New Year's Day",
                "01-18 Martin Luther King Day",
                "02-15 Presidents' Day",
                "04-02 Good Friday",
                "05-31 Memorial Day",
                "07-05 Independence Day",
                "09-06 Labor Day",
                "11-25 Thanksgiving",
                "12-24 Christmas",
            ],
        );
        check(
            1995,
            &[
                "01-02 New Year's Day", // the 1st is a Sunday
                "02-20 Presidents' Day",
                "04-14 Good Friday",
                "05-29 Memorial Day",
                "07-04 Independence Day",
                "09-04 Labor Day",
                "11-23 Thanksgiving",
                "12-25 Christmas",
            ],
        );
    }

    #[test]
    fn good_friday_lies_between_its_earliest_and_its_latest_day() {
        for day in
            [date(2008, 3, 21), date(2013, 3, 29), date(2019, 4, 19), date(2024, 3, 29), date(2038, 4, 23)]
        {
            assert_eq!(ExchangeHoliday::on(day), Some(ExchangeHoliday::GoodFriday), "{day}");
        }
    }
}
