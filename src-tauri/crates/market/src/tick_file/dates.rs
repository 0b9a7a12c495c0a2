//! Time stamps of a tick file's lines, in UTC, checked against the calendar.
//!
//! A date is worked out only when its eight digits change, which is once a day of market time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use phantom_model::{Span, Timestamp};

use super::fault::{LineFault, shown};
use super::form::{Form, SubSeconds};

/// The earliest year that a file may hold.
pub(crate) const YEAR_MIN: i16 = 1900;
/// The latest year that a file may hold. A [`Timestamp`] reaches into the year 2262.
pub(crate) const YEAR_MAX: i16 = 2199;

const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// The last digit of a fraction counts ten-millionths of a second.
const NANOS_PER_FRACTION: i64 = 100;

/// Reads time stamps and remembers the last date.
pub(crate) struct Dates {
    digits: [u8; 8],
    midnight: Timestamp,
}

impl Dates {
    /// No date read so far.
    pub(crate) const fn new() -> Self {
        Self { digits: [0; 8], midnight: Timestamp::MIN }
    }

    /// The point in time that a stamp of the given form names.
    ///
    /// # Errors
    /// The fault of a stamp that has another form or is not in the calendar.
    pub(crate) fn stamp(&mut self, form: Form, stamp: &[u8]) -> Result<Timestamp, LineFault> {
        if stamp.len() != form.stamp_pattern().len() {
            return Err(wrong_form(form, stamp));
        }
        self.parts(form, stamp).ok_or_else(|| wrong_form(form, stamp))?
    }

    /// The stamp's date, time and fraction put together; `None` when it is not written as its form.
    fn parts(&mut self, form: Form, stamp: &[u8]) -> Option<Result<Timestamp, LineFault>> {
        let (date, rest) = stamp.split_first_chunk::<8>()?;
        let midnight = match self.midnight(*date)? {
            Ok(midnight) => midnight,
            Err(fault) => return Some(Err(fault)),
        };
        let sub_seconds = match form {
            Form::DayBars => return Some(Ok(midnight)),
            Form::MinuteBars => SubSeconds::Absent,
            Form::Trades(sub_seconds) | Form::QuotedTrades(sub_seconds) => sub_seconds,
        };
        let (time, rest) = rest.split_first_chunk::<7>()?;
        let fraction = match sub_seconds {
            SubSeconds::Absent => Span::ZERO,
            SubSeconds::Present => fraction(rest)?,
        };
        Some(time_of_day(*time)?.map(|time| midnight + time + fraction))
    }

    /// The midnight that begins a date; `None` when it is not written in digits.
    fn midnight(&mut self, digits: [u8; 8]) -> Option<Result<Timestamp, LineFault>> {
        if digits == self.digits {
            return Some(Ok(self.midnight));
        }
        let midnight = midnight(digits)?;
        if let Ok(midnight) = midnight {
            (self.digits, self.midnight) = (digits, midnight);
        }
        Some(midnight)
    }
}

fn wrong_form(form: Form, stamp: &[u8]) -> LineFault {
    LineFault::Stamp { stamp: shown(stamp), form }
}

fn midnight([y1, y2, y3, y4, m1, m2, d1, d2]: [u8; 8]) -> Option<Result<Timestamp, LineFault>> {
    let year = i16::from(two_digits(y1, y2)?) * 100 + i16::from(two_digits(y3, y4)?);
    let month = two_digits(m1, m2)?.cast_signed();
    let day = two_digits(d1, d2)?.cast_signed();
    Some(calendar_midnight(year, month, day))
}

fn calendar_midnight(year: i16, month: i8, day: i8) -> Result<Timestamp, LineFault> {
    if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
        return Err(LineFault::Year { year });
    }
    let first = Date::new(year, month, 1).map_err(|_| LineFault::Month { month })?;
    let days = first.days_in_month();
    Date::new(year, month, day)
        .and_then(|date| date.to_zoned(TimeZone::UTC))
        .map(|midnight| Timestamp::from(midnight.timestamp()))
        .map_err(|_| LineFault::Day { year, month, day, days })
}

/// The time since midnight of ` HHmmss`; `None` when it is not written so.
fn time_of_day([space, h1, h2, m1, m2, s1, s2]: [u8; 7]) -> Option<Result<Span, LineFault>> {
    if space != b' ' {
        return None;
    }
    let (hour, minute, second) = (two_digits(h1, h2)?, two_digits(m1, m2)?, two_digits(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return Some(Err(LineFault::TimeOfDay { hour, minute, second }));
    }
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some(Ok(Span::from_nanos(seconds * NANOS_PER_SECOND)))
}

/// The part of a second of ` fffffff`; `None` when it is not written so.
fn fraction(text: &[u8]) -> Option<Span> {
    let [b' ', digits @ ..] = text else { return None };
    let count = digits.iter().try_fold(0_i64, |sum, byte| Some(sum * 10 + i64::from(digit(*byte)?)))?;
    Some(Span::from_nanos(count * NANOS_PER_FRACTION))
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn digit(byte: u8) -> Option<u8> {
    let value = byte.wrapping_sub(b'0');
    (value < 10).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECONDS: Form = Form::Trades(SubSeconds::Absent);
    const FRACTIONS: Form = Form::Trades(SubSeconds::Present);

    #[test]
    fn a_stamp_is_a_point_in_utc() {
        // 2013-10-07 is day 15 985 since 1970-01-01; 14:00:01 is second 50 401.
        let midnight = 15_985 * 86_400 * NANOS_PER_SECOND;
        for (form, stamp, nanos) in [
            (Form::DayBars, "20131007", midnight),
            (SECONDS, "20131007 000000", midnight),
            (SECONDS, "20131007 140001", midnight + 50_401 * NANOS_PER_SECOND),
            (FRACTIONS, "20131007 140001 0000001", midnight + 50_401 * NANOS_PER_SECOND + 100),
            (FRACTIONS, "20131007 140001 9999999", midnight + 50_402 * NANOS_PER_SECOND - 100),
            (SECONDS, "19700101 000000", 0),
            (SECONDS, "19691231 235959", -NANOS_PER_SECOND),
        ] {
            assert_eq!(
                Dates::new().stamp(form, stamp.as_bytes()),
                Ok(Timestamp::from_nanos(nanos)),
                "{stamp}"
            );
        }
    }

    #[test]
    fn the_calendar_is_kept() {
        let day = |year, month, day, days| LineFault::Day { year, month, day, days };
        for (stamp, fault) in [
            ("20131301", LineFault::Month { month: 13 }),
            ("20130001", LineFault::Month { month: 0 }),
            ("20130229", day(2013, 2, 29, 28)),
            ("20120230", day(2012, 2, 30, 29)),
            ("20130431", day(2013, 4, 31, 30)),
            ("20130400", day(2013, 4, 0, 30)),
            ("18991231", LineFault::Year { year: 1899 }),
            ("22000101", LineFault::Year { year: 2200 }),
        ] {
            assert_eq!(Dates::new().stamp(Form::DayBars, stamp.as_bytes()), Err(fault), "{stamp}");
        }
        assert!(Dates::new().stamp(Form::DayBars, b"20120229").is_ok());
    }

    proptest! {
        #[test]
        fn every_time_of_a_file_is_read_as_it_was_written(
            seconds in -2_208_988_800_i64..7_258_118_400,
            fraction in 0_i64..10_000_000,
        ) {
            let time = Timestamp::from_nanos(seconds * NANOS_PER_SECOND + fraction * NANOS_PER_FRACTION);
            // `2013-10-07T14:00:01.0276000Z` without its punctuation, spaces where the form has them.
            let text = time.to_string().replace(['-', ':', 'Z'], "").replace(['T', '.'], " ");
            prop_assert_eq!(Dates::new().stamp(FRACTIONS, text.as_bytes()), Ok(time));
        }
    }
}
