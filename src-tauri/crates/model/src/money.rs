//! Money in US dollars, exact to a hundredth of a cent.
//!
//! The smallest tick value in the contract table is 0.05 USD, the finest 7.8125 USD, so four decimals
//! hold every profit exactly.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

use rust_decimal::Decimal;

/// How many decimals a dollar amount is kept with.
pub const MONEY_DECIMALS: u32 = 4;

/// An amount of US dollars in units of 0.0001.
///
/// Sums stop at about 920 trillion dollars; with prices and quantities inside their own limits no
/// session can get there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `units` ten-thousandths of a dollar.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// Ten-thousandths of a dollar.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Where a sum stops that goes on from `towards`. Out of the way, so that the sums which fit, all
    /// of them, cost one addition.
    #[cold]
    const fn end(towards: i64) -> Self {
        Self(if towards < 0 { i64::MIN } else { i64::MAX })
    }

    /// The amount of a decimal; `None` when it has more than four decimals or is out of range.
    #[must_use]
    pub fn from_decimal(dollars: Decimal) -> Option<Self> {
        let mut exact = dollars.normalize();
        if exact.scale() > MONEY_DECIMALS {
            return None;
        }
        exact.rescale(MONEY_DECIMALS);
        i64::try_from(exact.mantissa()).ok().filter(|_| exact.scale() == MONEY_DECIMALS).map(Self)
    }

    /// The amount as an exact decimal.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, MONEY_DECIMALS)
    }

    /// The amount with two decimals, as people read it: `-140.00`. Half a cent goes to the even cent.
    #[must_use]
    pub fn cents_text(self) -> String {
        let mut cents = self.decimal().round_dp(2);
        cents.rescale(2);
        if cents.is_zero() { "0.00".to_owned() } else { cents.to_string() }
    }
}

impl Add for Money {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        // The sign of both, for a sum that does not fit.
        self.0.checked_add(other.0).map_or_else(|| Self::end(self.0), Self)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        self.0.checked_sub(other.0).map_or_else(|| Self::end(self.0), Self)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Mul<i64> for Money {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cents_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_two_decimals() {
        for (units, text) in [
            (0, "0.00"),
            (-1_400_000, "-140.00"),
            (78_125, "7.81"),
            (156_250, "15.62"),
            (156_350, "15.64"),
            (-40, "0.00"),
            (500, "0.05"),
        ] {
            assert_eq!(Money::from_units(units).cents_text(), text);
        }
    }

    #[test]
    fn sums_stop_at_the_ends() {
        let (most, least) = (Money::from_units(i64::MAX), Money::from_units(i64::MIN));
        let unit = Money::from_units(1);
        assert_eq!((most + unit, least - unit), (most, least));
        assert_eq!((least + -unit, most - -unit), (least, most));
        assert_eq!((Money::ZERO - least, least + most), (most, -unit));
        assert_eq!((most * 2, most * -2), (most, least));
    }

    #[test]
    fn a_decimal_finer_than_the_unit_is_not_taken() {
        assert_eq!(Money::from_decimal("7.8125".parse().unwrap()), Some(Money::from_units(78_125)));
        assert_eq!(Money::from_decimal("1.230000".parse().unwrap()), Some(Money::from_units(12_300)));
        assert_eq!(Money::from_decimal("0.00001".parse().unwrap()), None);
        assert_eq!(Money::from_decimal("99999999999999999999".parse().unwrap()), None);
    }
}
