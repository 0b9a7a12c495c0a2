//! The forms of a tick file, and how the first line tells them apart.
//!
//! Trades with and without sub-seconds are two forms and do not mix in one file: an export writes the
//! one or the other, so a change in between means that files were put together by hand, and a whole
//! second after `14:00:01.5` would look like time going back.

use super::fault::{LineFault, shown};

/// What separates the fields of a line.
pub(crate) const FIELD_END: u8 = b';';

/// Whether time stamps carry a fraction of a second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubSeconds {
    /// `yyyyMMdd HHmmss`.
    Absent,
    /// `yyyyMMdd HHmmss fffffff`, in ten-millionths.
    Present,
}

/// What each line of a file holds. Times are UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `stamp;price;volume`.
    Trades(SubSeconds),
    /// `stamp;last;bid;ask;volume`.
    QuotedTrades(SubSeconds),
    /// `yyyyMMdd HHmmss;open;high;low;close;volume`.
    MinuteBars,
    /// `yyyyMMdd;open;high;low;close;volume`. A bar's time is the midnight that begins its date.
    DayBars,
}

impl Form {
    /// The form that a file's first line has.
    ///
    /// # Errors
    /// The fault of a line that has none of the forms.
    pub(crate) fn of_line(line: &[u8]) -> Result<Self, LineFault> {
        let fields = count_fields(line);
        let stamp = line.split(|byte| *byte == FIELD_END).next().unwrap_or_default();
        match (fields, stamp.len()) {
            (3, 15) => Ok(Self::Trades(SubSeconds::Absent)),
            (3, 23) => Ok(Self::Trades(SubSeconds::Present)),
            (5, 15) => Ok(Self::QuotedTrades(SubSeconds::Absent)),
            (5, 23) => Ok(Self::QuotedTrades(SubSeconds::Present)),
            (6, 15) => Ok(Self::MinuteBars),
            (6, 8) => Ok(Self::DayBars),
            (3 | 5, _) => Err(LineFault::StampUnknown {
                stamp: shown(stamp),
                known: "yyyyMMdd HHmmss or yyyyMMdd HHmmss fffffff",
            }),
            (6, _) => Err(LineFault::StampUnknown {
                stamp: shown(stamp),
                known: "yyyyMMdd HHmmss or, for days, yyyyMMdd",
            }),
            _ => Err(LineFault::FormUnknown { fields }),
        }
    }

    /// A line of this form in letters.
    #[must_use]
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Trades(SubSeconds::Absent) => "yyyyMMdd HHmmss;price;volume",
            Self::Trades(SubSeconds::Present) => "yyyyMMdd HHmmss fffffff;price;volume",
            Self::QuotedTrades(SubSeconds::Absent) => "yyyyMMdd HHmmss;last;bid;ask;volume",
            Self::QuotedTrades(SubSeconds::Present) => "yyyyMMdd HHmmss fffffff;last;bid;ask;volume",
            Self::MinuteBars => "yyyyMMdd HHmmss;open;high;low;close;volume",
            Self::DayBars => "yyyyMMdd;open;high;low;close;volume",
        }
    }

    /// The time stamp of this form in letters.
    #[must_use]
    pub const fn stamp_pattern(self) -> &'static str {
        match self {
            Self::Trades(SubSeconds::Present) | Self::QuotedTrades(SubSeconds::Present) => {
                "yyyyMMdd HHmmss fffffff"
            }
            Self::Trades(SubSeconds::Absent) | Self::QuotedTrades(SubSeconds::Absent) | Self::MinuteBars => {
                "yyyyMMdd HHmmss"
            }
            Self::DayBars => "yyyyMMdd",
        }
    }

    /// How many fields a line has.
    #[must_use]
    pub const fn fields(self) -> usize {
        match self {
            Self::Trades(_) => 3,
            Self::QuotedTrades(_) => 5,
            Self::MinuteBars | Self::DayBars => 6,
        }
    }
}

/// How many fields a line has, an empty line one.
pub(crate) fn count_fields(line: &[u8]) -> usize {
    memchr::memchr_iter(FIELD_END, line).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [(Form, &str); 6] = [
        (Form::Trades(SubSeconds::Absent), "20131007 140000;1320.0;1"),
        (Form::Trades(SubSeconds::Present), "20131007 140000 0000000;1320.0;1"),
        (Form::QuotedTrades(SubSeconds::Absent), "20131007 140000;1320.0;1320.0;1320.1;1"),
        (Form::QuotedTrades(SubSeconds::Present), "20131007 140000 0000000;1320.0;1320.0;1320.1;1"),
        (Form::MinuteBars, "20131007 140000;1320.0;1320.1;1319.9;1320.0;12"),
        (Form::DayBars, "20131007;1320.0;1320.1;1319.9;1320.0;12"),
    ];

    #[test]
    fn the_first_line_decides_the_form() {
        for (form, line) in FORMS {
            assert_eq!(Form::of_line(line.as_bytes()), Ok(form), "{line}");
        }
    }

    #[test]
    fn the_pattern_of_a_form_is_a_line_of_that_form() {
        for (form, line) in FORMS {
            assert_eq!(Form::of_line(form.pattern().as_bytes()), Ok(form));
            assert_eq!(count_fields(line.as_bytes()), form.fields());
            assert_eq!(form.pattern().split(';').next(), Some(form.stamp_pattern()));
        }
    }
}
