//! Prices as whole counts of an instrument's tick.
//!
//! | operation | result |
//! | --- | --- |
//! | `Price - Price` | `Ticks` |
//! | `Price + Ticks`, `Price - Ticks` | `Price` |
//! | `Price + Price` | does not compile |
//!
//! A [`Price`] says nothing about its instrument; [`Grid`] turns decimal text into a price and back,
//! and refuses what is not on the grid. Nothing is ever rounded on the way in.

use std::fmt;
use std::num::NonZeroU32;
use std::ops::{Add, Neg, Sub};

use rust_decimal::Decimal;

/// The furthest price from zero, in ticks. With quantities up to 1 000 and the largest tick value
/// in the table, a profit at this distance still fits [`crate::Money`] with room to spare.
pub const PRICE_TICKS_MAX: i64 = 1_000_000_000;

/// A price, in ticks of its instrument. May be negative: crude oil was, in April 2020.
///
/// Kept as the distance from one tick below the lowest price, which is never zero: a price and an
/// optional price take four bytes each, and orders, lots and facts hold many of both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(NonZeroU32);

/// A distance between two prices, in ticks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ticks(i64);

impl Price {
    /// The price `ticks` ticks above zero; `None` beyond [`PRICE_TICKS_MAX`] either way.
    #[must_use]
    pub const fn new(ticks: i64) -> Option<Self> {
        if ticks >= -PRICE_TICKS_MAX && ticks <= PRICE_TICKS_MAX { Some(Self::within(ticks)) } else { None }
    }

    /// The price of a count that is known to be in range.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 2 000 000 000 after the addition"
    )]
    const fn within(ticks: i64) -> Self {
        Self(NonZeroU32::MIN.saturating_add((ticks + PRICE_TICKS_MAX) as u32))
    }

    /// The count of ticks above zero.
    #[must_use]
    #[inline]
    pub const fn ticks(self) -> i64 {
        self.0.get() as i64 - (PRICE_TICKS_MAX + 1)
    }

    /// How far `self` is from `other`, never negative.
    #[must_use]
    pub const fn distance(self, other: Self) -> Ticks {
        Ticks((self.ticks() - other.ticks()).abs())
    }
}

impl Ticks {
    /// No distance.
    pub const ZERO: Self = Self(0);

    /// A distance of `count` ticks.
    #[must_use]
    pub const fn new(count: i64) -> Self {
        Self(count)
    }

    /// The count.
    #[must_use]
    pub const fn count(self) -> i64 {
        self.0
    }
}

impl Sub for Price {
    type Output = Ticks;
    fn sub(self, other: Self) -> Ticks {
        Ticks(self.ticks() - other.ticks())
    }
}

impl Add<Ticks> for Price {
    type Output = Self;
    /// Stops at [`PRICE_TICKS_MAX`].
    fn add(self, by: Ticks) -> Self {
        Self::within(self.ticks().saturating_add(by.0).clamp(-PRICE_TICKS_MAX, PRICE_TICKS_MAX))
    }
}

impl Sub<Ticks> for Price {
    type Output = Self;
    fn sub(self, by: Ticks) -> Self {
        self + -by
    }
}

impl fmt::Debug for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Price").field(&self.ticks()).finish()
    }
}

impl Neg for Ticks {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// The tick grid of an instrument: which decimal prices exist, and how they are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grid {
    /// Tick size in units of the last decimal: 0.25 is 25 with two decimals.
    tick_units: i64,
    decimals: u32,
}

/// Why a text or a decimal is not a price of the instrument.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GridError {
    /// The text is not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// Between two ticks.
    #[error("off the tick grid")]
    OffGrid {
        /// The nearest price of the grid below.
        below: Price,
        /// The nearest price of the grid above.
        above: Price,
    },
    /// Further than [`PRICE_TICKS_MAX`] ticks from zero.
    #[error("out of range")]
    OutOfRange,
}

impl Grid {
    /// The grid of a tick size. `None` unless the size is positive and has at most nine decimals.
    #[must_use]
    pub fn new(tick_size: Decimal) -> Option<Self> {
        let tick_size = tick_size.normalize();
        let decimals = tick_size.scale();
        let tick_units = i64::try_from(tick_size.mantissa()).ok()?;
        (tick_units > 0 && decimals <= 9).then_some(Self { tick_units, decimals })
    }

    /// How many decimals a price of this grid is written with.
    #[must_use]
    pub const fn decimals(&self) -> u32 {
        self.decimals
    }

    /// The tick size.
    #[must_use]
    pub fn tick_size(&self) -> Decimal {
        Decimal::new(self.tick_units, self.decimals)
    }

    /// The price of a decimal.
    ///
    /// # Errors
    /// [`GridError::OffGrid`] between two ticks, [`GridError::OutOfRange`] beyond the limits.
    pub fn price(&self, value: Decimal) -> Result<Price, GridError> {
        let ticks = value.checked_div(self.tick_size()).ok_or(GridError::OutOfRange)?;
        let below = whole(ticks.floor())?;
        let above = whole(ticks.ceil())?;
        if below == above { Ok(below) } else { Err(GridError::OffGrid { below, above }) }
    }

    /// The price of a decimal text in plain notation (`-37.63`, `1313.7`).
    ///
    /// The fast way for tick files: no allocation and no decimal type.
    ///
    /// # Errors
    /// [`GridError::NotANumber`] for anything but digits with one point and a leading minus, else as
    /// [`Grid::price`].
    pub fn parse(&self, text: &[u8]) -> Result<Price, GridError> {
        let (units, past_scale) = self.units_of(text)?;
        let below = units.div_euclid(self.tick_units);
        if !past_scale && units.rem_euclid(self.tick_units) == 0 {
            return Price::new(below).ok_or(GridError::OutOfRange);
        }
        let below = Price::new(below).ok_or(GridError::OutOfRange)?;
        let above = Price::new(below.ticks() + 1).ok_or(GridError::OutOfRange)?;
        Err(GridError::OffGrid { below, above })
    }

    /// The text as a count of units of the last decimal, rounded down, and whether digits other
    /// than zero stood beyond it.
    fn units_of(&self, text: &[u8]) -> Result<(i64, bool), GridError> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [_, ..] => (false, text),
            [] => return Err(GridError::NotANumber),
        };
        let mut units: i64 = 0;
        let mut decimals_seen: Option<u32> = None;
        let mut past_scale = false;
        let mut digits_seen = false;
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    digits_seen = true;
                    if let Some(seen) = &mut decimals_seen {
                        if *seen == self.decimals {
                            past_scale |= byte != b'0';
                            continue;
                        }
                        *seen += 1;
                    }
                    units = units
                        .checked_mul(10)
                        .and_then(|u| u.checked_add(i64::from(byte - b'0')))
                        .ok_or(GridError::OutOfRange)?;
                }
                b'.' if decimals_seen.is_none() => decimals_seen = Some(0),
                0..=255 => return Err(GridError::NotANumber),
            }
        }
        if !digits_seen {
            return Err(GridError::NotANumber);
        }
        let missing = self.decimals - decimals_seen.unwrap_or(0);
        units = 10_i64
            .checked_pow(missing)
            .and_then(|scale| units.checked_mul(scale))
            .ok_or(GridError::OutOfRange)?;
        if !negative {
            return Ok((units, past_scale));
        }
        // Rounded down means away from zero here.
        Ok((-units - i64::from(past_scale), past_scale))
    }

    /// The price as an exact decimal.
    #[must_use]
    pub fn decimal(&self, price: Price) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(price.ticks()) * i128::from(self.tick_units), self.decimals)
    }

    /// The price written with the instrument's decimals: `1319.50`.
    #[must_use]
    pub fn text(&self, price: Price) -> String {
        self.decimal(price).to_string()
    }

    /// A distance as an exact decimal of price points.
    #[must_use]
    pub fn points(&self, distance: Ticks) -> Decimal {
        Decimal::from_i128_with_scale(
            i128::from(distance.count()) * i128::from(self.tick_units),
            self.decimals,
        )
    }

    /// The mean of `cost_ticks` (a sum of price x quantity, in ticks) over `qty`, with
    /// `decimals_more` decimals more than a price has. Half goes to the even digit, so that sums of
    /// rounded figures do not drift.
    #[must_use]
    pub fn mean(&self, cost_ticks: i128, qty: u64, decimals_more: u32) -> Option<Decimal> {
        let sum = Decimal::try_from_i128_with_scale(
            cost_ticks.checked_mul(i128::from(self.tick_units))?,
            self.decimals,
        )
        .ok()?;
        let mut mean = sum.checked_div(Decimal::from(qty))?.round_dp(self.decimals + decimals_more);
        mean.rescale(self.decimals + decimals_more);
        Some(mean)
    }
}

fn whole(ticks: Decimal) -> Result<Price, GridError> {
    i64::try_from(ticks).ok().and_then(Price::new).ok_or(GridError::OutOfRange)
}

impl fmt::Display for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(size: &str) -> Grid {
        Grid::new(size.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_price_ends_at_its_limits_and_an_optional_one_takes_no_more_room() {
        for ticks in [-PRICE_TICKS_MAX, -1, 0, 1, PRICE_TICKS_MAX] {
            assert_eq!(Price::new(ticks).unwrap().ticks(), ticks);
        }
        assert_eq!((Price::new(PRICE_TICKS_MAX + 1), Price::new(-PRICE_TICKS_MAX - 1)), (None, None));
        assert_eq!(
            Price::new(PRICE_TICKS_MAX).unwrap() + Ticks::new(1),
            Price::new(PRICE_TICKS_MAX).unwrap()
        );
        assert!(Price::new(-1).unwrap() < Price::new(0).unwrap());
        assert_eq!(format!("{:?}", Price::new(-7).unwrap()), "Price(-7)");
        assert_eq!(size_of::<Option<Price>>(), 4);
    }

    #[test]
    fn text_on_the_grid_becomes_ticks_and_comes_back_with_the_instruments_decimals() {
        for (size, text, ticks, back) in [
            ("0.1", "1313.7", 13_137, "1313.7"),
            ("0.1", "1313.70", 13_137, "1313.7"),
            ("0.25", "5000.5", 20_002, "5000.50"),
            ("0.25", "-37.25", -149, "-37.25"),
            ("5", "95005", 19_001, "95005"),
            ("1", "41000.", 41_000, "41000"),
            ("0.03125", "120.5", 3_856, "120.50000"),
            ("0.0000005", "0.0065005", 13_001, "0.0065005"),
        ] {
            let price = grid(size).parse(text.as_bytes()).unwrap();
            assert_eq!((price.ticks(), grid(size).text(price).as_str()), (ticks, back), "{text} on {size}");
            assert_eq!(grid(size).price(text.trim_end_matches('.').parse().unwrap()), Ok(price));
        }
    }

    #[test]
    fn text_between_two_ticks_is_refused_and_both_neighbours_are_named() {
        for (size, text, below, above) in [
            ("0.1", "1319.05", "1319.0", "1319.1"),
            ("0.25", "-37.30", "-37.50", "-37.25"),
            ("0.1", "-0.01", "-0.1", "0.0"),
            ("5", "95003", "95000", "95005"),
            ("5", "95000.01", "95000", "95005"),
        ] {
            let grid = grid(size);
            let Err(GridError::OffGrid { below: b, above: a }) = grid.parse(text.as_bytes()) else {
                panic!("{text} should be off the grid of {size}")
            };
            assert_eq!((grid.text(b).as_str(), grid.text(a).as_str()), (below, above), "{text}");
            assert_eq!(grid.price(text.parse().unwrap()), Err(GridError::OffGrid { below: b, above: a }));
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_refused() {
        for text in ["", "-", ".", "1,5", "1.2.3", "12a", " 1", "+1", "1e3"] {
            assert_eq!(grid("0.1").parse(text.as_bytes()), Err(GridError::NotANumber), "{text:?}");
        }
        for text in ["99999999999999999999", "100000000.1"] {
            assert_eq!(grid("0.1").parse(text.as_bytes()), Err(GridError::OutOfRange), "{text:?}");
        }
    }

    #[test]
    fn a_mean_is_rounded_to_the_even_digit() {
        let gold = grid("0.1");
        assert_eq!(gold.mean(13_192 + 13_193, 2, 0).unwrap().to_string(), "1319.2");
        assert_eq!(gold.mean(13_192 + 13_193, 2, 2).unwrap().to_string(), "1319.250");
        assert_eq!(gold.mean(13_193 * 3, 3, 0).unwrap().to_string(), "1319.3");
    }

    proptest! {
        #[test]
        fn every_tick_survives_the_way_to_text_and_back(ticks in -PRICE_TICKS_MAX..=PRICE_TICKS_MAX) {
            for size in ["0.1", "0.25", "5", "0.0078125", "0.0000005"] {
                let grid = grid(size);
                let price = Price::new(ticks).unwrap();
                prop_assert_eq!(grid.parse(grid.text(price).as_bytes()), Ok(price));
                prop_assert_eq!(grid.price(grid.decimal(price)), Ok(price));
            }
        }
    }
}
