//! A share of an amount, exact: 55 % is 5 500 of 10 000.

use std::fmt;

use phantom_model::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Parts of the whole.
const WHOLE: u32 = 10_000;

/// A share in ten-thousandths: above nothing, up to ten times the whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Share(u32);

impl Share {
    /// The whole.
    pub const WHOLE: Self = Self(WHOLE);

    /// `ten_thousandths` of 10 000; `None` when nothing or over ten times the whole.
    #[must_use]
    pub const fn new(ten_thousandths: u32) -> Option<Self> {
        if ten_thousandths == 0 || ten_thousandths > 10 * WHOLE { None } else { Some(Self(ten_thousandths)) }
    }

    /// The share of a decimal such as 0.55; `None` when finer than a ten-thousandth or out of range.
    #[must_use]
    pub fn from_decimal(share: Decimal) -> Option<Self> {
        let parts = share.checked_mul(Decimal::from(WHOLE))?;
        let whole = u32::try_from(parts).ok().filter(|whole| Decimal::from(*whole) == parts)?;
        Self::new(whole)
    }

    /// Ten-thousandths of the whole.
    #[must_use]
    pub const fn ten_thousandths(self) -> u32 {
        self.0
    }

    /// The share as an exact decimal: 0.55.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::new(i64::from(self.0), 4).normalize()
    }

    /// This share of an amount, towards nothing when it is no whole ten-thousandth of a dollar: a
    /// limit is never rounded up.
    #[must_use]
    pub fn of(self, amount: Money) -> Money {
        let product = i128::from(amount.units()) * i128::from(self.0);
        money(product / i128::from(WHOLE))
    }

    /// The least amount of which `part` is at most this share: `part / share`, up to the next
    /// ten-thousandth of a dollar.
    #[must_use]
    pub fn whole_of(self, part: Money) -> Money {
        let (scaled, share) = (i128::from(part.units()) * i128::from(WHOLE), i128::from(self.0));
        let up = i128::from(scaled % share > 0);
        money(scaled / share + up)
    }

    /// How `part` compares with this share of `whole`, exactly.
    #[must_use]
    pub fn compare(self, part: Money, whole: Money) -> std::cmp::Ordering {
        let part = i128::from(part.units()) * i128::from(WHOLE);
        part.cmp(&(i128::from(whole.units()) * i128::from(self.0)))
    }
}

/// Stops at the ends, as sums of money do.
fn money(units: i128) -> Money {
    let end = if units < 0 { i64::MIN } else { i64::MAX };
    Money::from_units(i64::try_from(units).unwrap_or(end))
}

impl fmt::Display for Share {
    /// In percent: `55 %`, `2.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", Decimal::new(i64::from(self.0), 2).normalize())
    }
}
