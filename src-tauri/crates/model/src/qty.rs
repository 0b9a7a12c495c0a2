//! Quantities: whole contracts, unsigned for orders and fills, signed for positions.

use std::fmt;
use std::num::NonZeroU16;

use crate::Side;

/// The largest quantity of one order, in contracts.
pub const ORDER_QTY_MAX: u32 = 1_000;

/// A quantity of an order or a fill: 1 to [`ORDER_QTY_MAX`] contracts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Qty(NonZeroU16);

impl Qty {
    /// One contract.
    pub const ONE: Self = Self(NonZeroU16::MIN);
    /// The largest: [`ORDER_QTY_MAX`] contracts.
    pub const MAX: Self = match Self::new(ORDER_QTY_MAX) {
        Some(most) => most,
        None => Self::ONE,
    };

    /// `contracts` contracts; `None` outside 1 to [`ORDER_QTY_MAX`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "what is cut off is refused by the comparison")]
    pub const fn new(contracts: u32) -> Option<Self> {
        match NonZeroU16::new(contracts as u16) {
            Some(n) if contracts <= ORDER_QTY_MAX => Some(Self(n)),
            Some(_) | None => None,
        }
    }

    /// The count of contracts.
    #[must_use]
    pub const fn contracts(self) -> u32 {
        self.0.get() as u32
    }
}

impl fmt::Display for Qty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A signed position in contracts: above zero long, below zero short.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NetQty(i64);

impl NetQty {
    /// No position.
    pub const FLAT: Self = Self(0);

    /// A signed count of contracts.
    #[must_use]
    pub const fn new(contracts: i64) -> Self {
        Self(contracts)
    }

    /// The signed count.
    #[must_use]
    pub const fn signed(self) -> i64 {
        self.0
    }

    /// The size without its sign.
    #[must_use]
    pub const fn size(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The side that opened it; `None` when flat.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self.0 {
            1.. => Some(Side::Buy),
            0 => None,
            ..0 => Some(Side::Sell),
        }
    }

    /// The position after a fill of `qty` on `side`.
    #[must_use]
    pub const fn after(self, side: Side, qty: Qty) -> Self {
        Self(self.0 + side.sign() * qty.contracts() as i64)
    }
}

impl fmt::Display for NetQty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_one_to_a_thousand_contracts() {
        assert_eq!(Qty::new(0), None);
        assert_eq!(Qty::new(1), Some(Qty::ONE));
        assert_eq!(Qty::new(ORDER_QTY_MAX).unwrap().contracts(), 1_000);
        assert_eq!(Qty::MAX.contracts(), 1_000);
        for beyond in [ORDER_QTY_MAX + 1, 65_536, 65_537, u32::MAX] {
            assert_eq!(Qty::new(beyond), None);
        }
    }

    #[test]
    fn fills_move_a_position_by_their_side() {
        let long = NetQty::FLAT.after(Side::Buy, Qty::new(3).unwrap());
        assert_eq!((long.signed(), long.size(), long.side()), (3, 3, Some(Side::Buy)));
        let short = long.after(Side::Sell, Qty::new(5).unwrap());
        assert_eq!((short.signed(), short.size(), short.side()), (-2, 2, Some(Side::Sell)));
        assert_eq!(short.after(Side::Buy, Qty::new(2).unwrap()).side(), None);
    }
}
