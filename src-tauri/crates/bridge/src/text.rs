//! The kinds of text and whole numbers that bodies are made of, each with its range.
//!
//! What is out of range does not become a value, whether it was read from the wire or made here.

use std::fmt;

use phantom_model::Price;
use phantom_model::price::{Grid, GridError};
use serde::{Deserialize, Serialize};

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// The longest text for people, in characters.
pub const TEXT_CHARS_MAX: usize = 500;
/// The longest id of ours, in characters; `NinjaTrader`'s names of orders take no more.
pub const ID_CHARS_MAX: usize = 50;

/// A text or a number that its kind does not allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not {0}")]
pub struct OutOfRange(&'static str);

macro_rules! text_kind {
    ($(#[$doc:meta])* $name:ident, $what:literal, $is_one:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = OutOfRange;

            fn try_from(text: String) -> Result<Self, OutOfRange> {
                let is_one: fn(&str) -> bool = $is_one;
                if is_one(&text) { Ok(Self(text)) } else { Err(OutOfRange($what)) }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = OutOfRange;

            fn try_from(text: &str) -> Result<Self, OutOfRange> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_kind! {
    /// A name for people: an account, a client, a provider.
    Name, "a name of 1 to 64 characters without control characters",
    |text| {
        (1..=NAME_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(|c| c.is_ascii_control())
    }
}

text_kind! {
    /// An id that the desk made: of an order, a phantom, a request.
    Id, "an id of 1 to 50 letters, digits, dots, underlines, colons and hyphens",
    |text| {
        (1..=ID_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'))
    }
}

text_kind! {
    /// An id that the platform made: of an order, an execution, a server's start.
    PlatformId, "an id of 1 to 64 visible ASCII characters",
    |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

text_kind! {
    /// The root of an instrument, whole: `NQ`, never a display name.
    Root, "a root of 1 to 8 capital letters and digits",
    |text| {
        (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    }
}

text_kind! {
    /// A decimal in plain notation: at most 15 digits before the point and 9 after it.
    Amount, "a decimal such as 23000.25",
    is_amount
}

text_kind! {
    /// A point in time as the platform has it, UTC, to be shown: `2026-11-27T14:30:00.123Z`.
    TimeText, "a time such as 2026-11-27T14:30:00.123Z",
    |text| text.len() <= 28 && text.ends_with('Z') && text.bytes().all(|b| b.is_ascii_graphic())
}

text_kind! {
    /// Words for people from the platform or the exchange.
    Words, "a text of at most 500 characters",
    |text| text.chars().count() <= TEXT_CHARS_MAX
}

impl Words {
    /// The first [`TEXT_CHARS_MAX`] characters of a text.
    #[must_use]
    pub fn cut(text: &str) -> Self {
        Self(text.chars().take(TEXT_CHARS_MAX).collect())
    }
}

impl Amount {
    /// A price as its grid writes it: at most nine decimals, and far fewer than 15 digits before them.
    #[must_use]
    pub fn of(grid: &Grid, price: Price) -> Self {
        Self(grid.text(price))
    }

    /// The price on a grid.
    ///
    /// # Errors
    /// [`GridError`] for what is off the grid or out of range.
    pub fn on(&self, grid: &Grid) -> Result<Price, GridError> {
        grid.parse(self.0.as_bytes())
    }
}

impl PlatformId {
    /// A letter and a number.
    #[must_use]
    pub fn numbered(letter: char, number: u64) -> Self {
        Self(format!("{}{number}", if letter.is_ascii_graphic() { letter } else { '-' }))
    }
}

impl Name {
    /// A name of what a text has that a name may have.
    #[must_use]
    pub fn cut(text: &str) -> Self {
        let kept: String = text.chars().filter(|c| !c.is_ascii_control()).take(NAME_CHARS_MAX).collect();
        Self(if kept.is_empty() { "-".to_owned() } else { kept })
    }
}

fn is_amount(text: &str) -> bool {
    let digits =
        |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text.strip_prefix('-').unwrap_or(text);
    match plain.split_once('.') {
        Some((whole, fraction)) => digits(whole, 15) && digits(fraction, 9),
        None => digits(plain, 15),
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Whole<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// The number; `None` out of range.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        if number >= MIN && number <= MAX { Some(Self(number)) } else { None }
    }

    /// The number; the nearest end of the range when it is out of range.
    #[must_use]
    pub const fn clamped(number: i64) -> Self {
        if number < MIN {
            Self(MIN)
        } else if number > MAX {
            Self(MAX)
        } else {
            Self(number)
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> TryFrom<i64> for Whole<MIN, MAX> {
    type Error = OutOfRange;

    fn try_from(number: i64) -> Result<Self, OutOfRange> {
        Self::new(number).ok_or(OutOfRange("a whole number in its range"))
    }
}

impl<const MIN: i64, const MAX: i64> From<Whole<MIN, MAX>> for i64 {
    fn from(it: Whole<MIN, MAX>) -> Self {
        it.0
    }
}

/// Contracts of an order, or of an execution.
pub type Contracts = Whole<1, 100_000>;
/// Contracts that are filled, perhaps none.
pub type Filled = Whole<0, 100_000>;
/// Contracts that the desk may ask for.
pub type OrderContracts = Whole<1, 1_000>;
/// A position: negative is short.
pub type Net = Whole<-100_000, 100_000>;
/// A month.
pub type MonthNumber = Whole<1, 12>;
/// A year in which a contract may expire.
pub type ExpiryYear = Whole<1_980, 2_079>;
/// Milliseconds since 1970-01-01 UTC by the sender's own clock.
pub type Millis = Whole<0, 253_402_300_799_999>;
/// A number that counts up.
pub type Count = Whole<0, 9_007_199_254_740_991>;
/// The number of a subscription.
pub type SubNumber = Whole<1, 1_000_000>;
/// Contracts of one trade.
pub type TradeSize = Whole<1, 1_000_000>;
