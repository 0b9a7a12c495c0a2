//! How much of a position limit one contract uses.

use std::fmt;

use rust_decimal::Decimal;

/// The weight of one contract against a position limit, in whole thousandths of a mini contract;
/// never zero. A mini is 1000, a micro with ten to the mini is 100.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MiniWeight(u32);

impl MiniWeight {
    /// The weight of a mini contract.
    pub const ONE: Self = Self(1_000);

    /// The weight of a decimal such as 0.1; `None` when it is not above zero or finer than a
    /// thousandth.
    #[must_use]
    pub fn from_decimal(minis: Decimal) -> Option<Self> {
        let thousandths = minis.checked_mul(Decimal::ONE_THOUSAND)?;
        let whole = u32::try_from(thousandths).ok().filter(|n| *n > 0)?;
        (Decimal::from(whole) == thousandths).then_some(Self(whole))
    }

    /// Thousandths of a mini contract.
    #[must_use]
    pub const fn thousandths(self) -> u32 {
        self.0
    }
}

impl fmt::Display for MiniWeight {
    /// In mini contracts: `1`, `0.2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Decimal::new(i64::from(self.0), 3).normalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_a_whole_count_of_thousandths_above_zero() {
        for (text, thousandths) in [("1", 1_000), ("0.1", 100), ("0.2", 200), ("0.001", 1), ("12.50", 12_500)]
        {
            let weight = MiniWeight::from_decimal(text.parse().unwrap()).unwrap();
            assert_eq!(weight.thousandths(), thousandths, "{text}");
        }
        for text in ["0", "-0.1", "0.0001", "0.1005", "5000000000"] {
            assert_eq!(MiniWeight::from_decimal(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn a_weight_is_written_in_mini_contracts() {
        assert_eq!(MiniWeight::ONE.to_string(), "1");
        assert_eq!(MiniWeight(200).to_string(), "0.2");
    }
}
