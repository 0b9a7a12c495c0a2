//! Mini-equivalents: the unit of size limits. One E-mini is 1, most micros are 0.1.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, Mul, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A size in mini-equivalents, in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Minis(i64);

impl Minis {
    /// No size.
    pub const ZERO: Self = Self(0);

    /// `thousandths` thousandths of a mini contract.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// `count` whole mini contracts.
    #[must_use]
    pub const fn whole(count: u32) -> Self {
        Self(count as i64 * 1_000)
    }

    /// Thousandths of a mini contract.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// The smaller of the two.
    #[must_use]
    pub const fn min(self, other: Self) -> Self {
        if self.0 <= other.0 { self } else { other }
    }

    /// The larger of the two.
    #[must_use]
    pub const fn max(self, other: Self) -> Self {
        if self.0 >= other.0 { self } else { other }
    }
}

impl Add for Minis {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Minis {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for Minis {
    type Output = Self;
    fn mul(self, contracts: u64) -> Self {
        Self(i64::try_from(contracts).map_or(i64::MAX, |n| self.0.saturating_mul(n)))
    }
}

impl fmt::Display for Minis {
    /// Without needless zeros: `5`, `0.3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000, (self.0 % 1_000).unsigned_abs());
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let sign = if self.0 < 0 && whole == 0 { "-" } else { "" };
        let digits = format!("{rest:03}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// A text that is no size.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no size in minis")]
pub struct NoSize(String);

impl FromStr for Minis {
    type Err = NoSize;

    fn from_str(text: &str) -> Result<Self, NoSize> {
        let thousandths =
            Decimal::from_str_exact(text).ok().and_then(|size| size.checked_mul(Decimal::ONE_THOUSAND));
        let size =
            thousandths.filter(Decimal::is_integer).and_then(|whole| i64::try_from(whole).ok()).map(Self);
        size.filter(|size| size.to_string() == text).ok_or_else(|| NoSize(text.to_owned()))
    }
}

impl Serialize for Minis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Minis {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_without_needless_zeros() {
        for (thousandths, text) in
            [(5_000, "5"), (300, "0.3"), (1_250, "1.25"), (0, "0"), (-100, "-0.1"), (-2_500, "-2.5")]
        {
            assert_eq!(Minis::from_thousandths(thousandths).to_string(), text);
        }
    }
}
