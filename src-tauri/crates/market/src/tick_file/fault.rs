//! What can be wrong with a tick file, and the words for it.
//!
//! Every error shows as `file:line: reason`, and the reason says what is wrong and what would be right.

use std::fmt;
use std::io;

use phantom_model::price::{Grid, PRICE_TICKS_MAX};
use phantom_model::{Bar, Price, Timestamp};

use super::dates::{YEAR_MAX, YEAR_MIN};
use super::form::{Form, SubSeconds};
use super::lines::LINE_BYTES_MAX;

/// How much of a bad field a message shows.
const SHOWN_BYTES_MAX: usize = 40;

/// Why a tick file could not be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum TickFileError {
    /// The file could not be opened, so there is no line to name.
    #[error("{file}: cannot be opened: {source}")]
    Open {
        /// The file as the caller named it.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The disk or the stream failed.
    #[error("{file}:{line}: cannot be read: {source}")]
    Read {
        /// The file as the caller named it.
        file: String,
        /// The line that was being read, from 1.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("{file}:{line}: {fault}")]
    Line {
        /// The file as the caller named it.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: Box<LineFault>,
    },
}

/// What is wrong with one line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LineFault {
    /// The file ended before its first line.
    #[error("the file holds no record; its first line would be right as {}", EXAMPLE.pattern())]
    NoRecord,
    /// Nothing on the line.
    #[error("the line is empty; every line holds one record")]
    Empty,
    /// A byte that no tick file holds, so perhaps the file is something else.
    #[error("byte 0x{byte:02x} in column {column} is not plain text; this does not look like a tick file")]
    NotText {
        /// The byte.
        byte: u8,
        /// Where it stands, from 1.
        column: usize,
    },
    /// Longer than any record can be.
    #[error("the line is longer than {LINE_BYTES_MAX} bytes; a record looks like {}", EXAMPLE.pattern())]
    TooLong,
    /// The first line has a count of fields that no form has.
    #[error(
        "{} where a tick file has 3 ({}), 5 ({}) or 6 ({})",
        Fields(*fields),
        EXAMPLE.pattern(),
        QUOTED_EXAMPLE.pattern(),
        Form::MinuteBars.pattern()
    )]
    FormUnknown {
        /// Fields found.
        fields: usize,
    },
    /// The first line's time stamp has a length that no form has.
    #[error("time stamp {stamp:?} has no known form; it would be right as {known}")]
    StampUnknown {
        /// The stamp as it stands.
        stamp: String,
        /// The forms that it could have.
        known: &'static str,
    },
    /// Too few or too many fields for the form that the first line decided.
    #[error("{} where this file has {}: {}", Fields(*fields), form.fields(), form.pattern())]
    FieldCount {
        /// Fields found.
        fields: usize,
        /// The file's form.
        form: Form,
    },
    /// A time stamp of another form than the first line's, or none at all.
    #[error("time stamp {stamp:?} does not have the form of this file: {}", form.stamp_pattern())]
    Stamp {
        /// The stamp as it stands.
        stamp: String,
        /// The file's form.
        form: Form,
    },
    /// A year far from any market's past.
    #[error("year {year:04} is out of range; years are {YEAR_MIN} to {YEAR_MAX}")]
    Year {
        /// The year as written.
        year: i16,
    },
    /// A month that no year has.
    #[error("there is no month {month:02}; months are 01 to 12")]
    Month {
        /// The month as written.
        month: i8,
    },
    /// A day that its month does not have.
    #[error("there is no day {day:02} in {year:04}-{month:02}; its days are 01 to {days:02}")]
    Day {
        /// The year.
        year: i16,
        /// The month.
        month: i8,
        /// The day as written.
        day: i8,
        /// How many days the month has.
        days: i8,
    },
    /// A time that no day has.
    #[error("there is no time {hour:02}:{minute:02}:{second:02}; a day's times are 00:00:00 to 23:59:59")]
    TimeOfDay {
        /// The hour as written.
        hour: u8,
        /// The minute as written.
        minute: u8,
        /// The second as written.
        second: u8,
    },
    /// Earlier than the line before.
    #[error("{at} is before {previous} of the line before; times may repeat but not go back")]
    TimeBack {
        /// The line's time.
        at: Timestamp,
        /// The time of the line before.
        previous: Timestamp,
    },
    /// A price that is no number.
    #[error("{field} {text:?} is not a decimal number; it would be right as digits with one point")]
    PriceNotANumber {
        /// Which price.
        field: PriceField,
        /// As it stands.
        text: String,
    },
    /// A price between two ticks.
    #[error(
        "{field} {text} is off the tick grid of {}; its neighbours are {} and {}",
        grid.tick_size(),
        grid.text(*below),
        grid.text(*above)
    )]
    PriceOffGrid {
        /// Which price.
        field: PriceField,
        /// As it stands.
        text: String,
        /// The instrument's grid.
        grid: Grid,
        /// The next price below.
        below: Price,
        /// The next price above.
        above: Price,
    },
    /// A price beyond what any instrument reaches.
    #[error("{field} {text} is out of range; a price is at most {PRICE_TICKS_MAX} ticks from zero")]
    PriceOutOfRange {
        /// Which price.
        field: PriceField,
        /// As it stands.
        text: String,
    },
    /// A bid above the ask beside it.
    #[error("bid {} is above ask {}; a bid is at or below its ask", grid.text(*bid), grid.text(*ask))]
    Crossed {
        /// The bid.
        bid: Price,
        /// The ask.
        ask: Price,
        /// The instrument's grid.
        grid: Grid,
    },
    /// A bar whose high and low do not hold its open and close.
    #[error(
        "open {} and close {} must lie between low {} and high {}",
        grid.text(bar.open),
        grid.text(bar.close),
        grid.text(bar.low),
        grid.text(bar.high)
    )]
    BarRange {
        /// The bar as it stands.
        bar: Bar,
        /// The instrument's grid.
        grid: Grid,
    },
    /// A volume that is no count of contracts, or none where a trade needs one.
    #[error("volume {text:?} is not a whole number from {min} to {max}", max = u32::MAX)]
    Volume {
        /// As it stands.
        text: String,
        /// The least that it may be: 1 for a trade, 0 for a bar.
        min: u32,
    },
}

/// The commonest forms, for messages about files that have none.
const EXAMPLE: Form = Form::Trades(SubSeconds::Absent);
const QUOTED_EXAMPLE: Form = Form::QuotedTrades(SubSeconds::Absent);

/// Which price of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PriceField {
    /// The price of a trade.
    Price,
    /// The price of a trade beside quotes.
    Last,
    /// The best bid.
    Bid,
    /// The best ask.
    Ask,
    /// A bar's first price.
    Open,
    /// A bar's highest price.
    High,
    /// A bar's lowest price.
    Low,
    /// A bar's last price.
    Close,
}

impl fmt::Display for PriceField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Price => "price",
            Self::Last => "last",
            Self::Bid => "bid",
            Self::Ask => "ask",
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
        })
    }
}

/// A count of fields in words.
struct Fields(usize);

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} field{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

/// A field as a message shows it: its beginning, when it is long.
pub(crate) fn shown(field: &[u8]) -> String {
    let Some(start) = field.get(..SHOWN_BYTES_MAX) else {
        return String::from_utf8_lossy(field).into_owned();
    };
    format!("{}...", String::from_utf8_lossy(start))
}
