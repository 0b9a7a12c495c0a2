//! Counting days: business days, and the n-th weekday of a month.
//!
//! A business day is a weekday that is no [`ExchangeHoliday`]. Half days count in full.

use std::iter;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::holiday::ExchangeHoliday;

/// Whether `date` is a weekday and no holiday of the United States exchanges.
#[must_use]
pub fn is_business_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && ExchangeHoliday::on(date).is_none()
}

/// `date` moved by `days`, back when negative. Stops at the ends of the calendar.
pub(super) fn shifted(date: Date, days: i32) -> Date {
    date.saturating_add(days.days())
}

/// `date` when it is a business day, else the last one before it.
pub(super) fn on_or_before(date: Date) -> Date {
    nth_before(shifted(date, 1), 1)
}

/// The `n`-th business day before `date`, the nearest being the first. `date` itself does not count.
pub(super) fn nth_before(date: Date, n: usize) -> Date {
    let days_back = iter::successors(date.yesterday().ok(), |day| day.yesterday().ok());
    days_back.filter(|day| is_business_day(*day)).nth(n.saturating_sub(1)).unwrap_or(Date::MIN)
}

/// The `n`-th last business day of the month of `date`; the last one is the first.
pub(super) fn nth_last_of_month(date: Date, n: usize) -> Date {
    nth_before(shifted(date.last_of_month(), 1), n)
}

/// The third `weekday` of the month of `date`, holiday or not.
pub(super) fn third(date: Date, weekday: Weekday) -> Date {
    let first = date.first_of_month();
    shifted(first, i32::from(first.weekday().until(weekday)) + 14)
}

/// The last `weekday` of the month of `date`, holiday or not.
pub(super) fn last(date: Date, weekday: Weekday) -> Date {
    let last = date.last_of_month();
    shifted(last, -i32::from(weekday.until(last.weekday())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn counting_back_skips_weekends_and_holidays_and_not_half_days() {
        // Thanksgiving 2026 is Thursday the 26th; the Friday after is a half day.
        for (from, n, day) in [
            (date(2026, 11, 30), 1, date(2026, 11, 27)),
            (date(2026, 11, 30), 2, date(2026, 11, 25)),
            (date(2026, 11, 26), 1, date(2026, 11, 25)),
            (date(2027, 1, 4), 1, date(2026, 12, 31)),
            (date(2026, 12, 28), 2, date(2026, 12, 23)),
        ] {
            assert_eq!(nth_before(from, n), day, "{n} before {from}");
        }
        assert_eq!(on_or_before(date(2026, 11, 26)), date(2026, 11, 25));
        assert_eq!(on_or_before(date(2026, 11, 27)), date(2026, 11, 27));
        assert_eq!(nth_last_of_month(date(2013, 12, 5), 3), date(2013, 12, 27));
    }

    #[test]
    fn weekdays_of_a_month_are_counted_from_its_first_and_its_last_day() {
        assert_eq!(third(date(2026, 12, 31), Weekday::Friday), date(2026, 12, 18));
        assert_eq!(third(date(2027, 1, 1), Weekday::Friday), date(2027, 1, 15));
        assert_eq!(third(date(2026, 9, 1), Weekday::Monday), date(2026, 9, 21));
        assert_eq!(last(date(2026, 12, 1), Weekday::Friday), date(2026, 12, 25));
        assert_eq!(last(date(2021, 12, 1), Weekday::Friday), date(2021, 12, 31));
    }
}
