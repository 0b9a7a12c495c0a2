//! Points in time and lengths of time. Nothing here reads a clock.

use std::fmt;
use std::ops::{Add, Sub};

/// A point in time: nanoseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(i64);

/// A length of time in nanoseconds, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(i64);

impl Timestamp {
    /// Before everything.
    pub const MIN: Self = Self(i64::MIN);
    /// After everything.
    pub const MAX: Self = Self(i64::MAX);

    /// The point `nanos` nanoseconds after 1970-01-01 UTC.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The time since `earlier`; nothing when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        let nanos = self.0.saturating_sub(earlier.0);
        Span(if nanos > 0 { nanos } else { 0 })
    }

    /// The calendar's view of this point; `None` beyond the years that a calendar holds.
    #[must_use]
    pub fn calendar(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_nanosecond(i128::from(self.0)).ok()
    }
}

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// `millis` milliseconds; stops at the longest span.
    #[must_use]
    pub const fn from_millis(millis: u32) -> Self {
        Self(millis as i64 * 1_000_000)
    }

    /// `nanos` nanoseconds; nothing when negative.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(if nanos > 0 { nanos } else { 0 })
    }

    /// Nanoseconds.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, by: Span) -> Self {
        Self(self.0.saturating_add(by.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, by: Span) -> Self {
        Self(self.0.saturating_sub(by.0))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    /// Times outside the years 1677 to 2262 stop at the ends.
    fn from(time: jiff::Timestamp) -> Self {
        let nanos = time.as_nanosecond();
        Self(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl fmt::Display for Timestamp {
    /// UTC with seven fractional digits, the resolution of a recorded trade:
    /// `2013-10-07T14:00:01.0000000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.calendar() {
            Some(time) => write!(f, "{time:.7}"),
            None => write!(f, "{}ns", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_with_seven_digits() {
        let time: jiff::Timestamp = "2013-10-07T14:00:01.0276Z".parse().unwrap();
        assert_eq!(Timestamp::from(time).to_string(), "2013-10-07T14:00:01.0276000Z");
    }

    #[test]
    fn a_span_is_never_negative() {
        let (early, late) = (Timestamp::from_nanos(5), Timestamp::from_nanos(9));
        assert_eq!((late.since(early), early.since(late)), (Span::from_nanos(4), Span::ZERO));
    }
}
