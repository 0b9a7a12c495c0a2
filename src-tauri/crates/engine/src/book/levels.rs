//! Trigger prices of one contract's armed phantoms.
//!
//! Two ordered sets, whatever the side of the lot: legs that fire at or below their price, and legs
//! that fire at or above. The nearest of each is cached, so a quiet trade costs two comparisons,
//! whether one phantom is armed or a hundred thousand.

use std::collections::BTreeSet;

use phantom_model::{Bracket, LotId, Price, Print, Side};

use crate::fact::Leg;

/// The trigger prices of one contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Levels {
    /// A trade at or below this fires something; `i64::MIN` when nothing is armed that way.
    fires_at_or_below_ticks: i64,
    /// A trade at or above this fires something; `i64::MAX` when nothing is armed that way.
    fires_at_or_above_ticks: i64,
    falling: BTreeSet<(Price, LotId)>,
    rising: BTreeSet<(Price, LotId)>,
}

/// Which way the price must go to fire a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Falling,
    Rising,
}

/// A long stop and a short target fire on the way down, the other two on the way up.
const fn way(side: Side, leg: Leg) -> Way {
    match (side, leg) {
        (Side::Buy, Leg::Stop) | (Side::Sell, Leg::Target) => Way::Falling,
        (Side::Buy, Leg::Target) | (Side::Sell, Leg::Stop) => Way::Rising,
    }
}

impl Levels {
    pub(super) const fn new() -> Self {
        Self {
            fires_at_or_below_ticks: i64::MIN,
            fires_at_or_above_ticks: i64::MAX,
            falling: BTreeSet::new(),
            rising: BTreeSet::new(),
        }
    }

    pub(super) fn arm(&mut self, lot: LotId, side: Side, bracket: Bracket) {
        self.each_leg(side, bracket, |levels, price| {
            levels.insert((price, lot));
        });
    }

    pub(super) fn disarm(&mut self, lot: LotId, side: Side, bracket: Bracket) {
        self.each_leg(side, bracket, |levels, price| {
            levels.remove(&(price, lot));
        });
    }

    fn each_leg(
        &mut self,
        side: Side,
        bracket: Bracket,
        change: impl Fn(&mut BTreeSet<(Price, LotId)>, Price),
    ) {
        for (leg, price) in [(Leg::Stop, bracket.stop), (Leg::Target, bracket.target)] {
            let Some(price) = price else { continue };
            match way(side, leg) {
                Way::Falling => {
                    change(&mut self.falling, price);
                    self.fires_at_or_below_ticks =
                        self.falling.last().map_or(i64::MIN, |(price, _)| price.ticks());
                }
                Way::Rising => {
                    change(&mut self.rising, price);
                    self.fires_at_or_above_ticks =
                        self.rising.first().map_or(i64::MAX, |(price, _)| price.ticks());
                }
            }
        }
    }

    /// Whether a trade at this price fires nothing: two comparisons.
    #[must_use]
    #[inline]
    pub const fn is_quiet_at(&self, price: Price) -> bool {
        price.ticks() > self.fires_at_or_below_ticks && price.ticks() < self.fires_at_or_above_ticks
    }

    /// Whether a print fires nothing: two comparisons, for a bar one pair at each end.
    #[must_use]
    #[inline]
    pub const fn is_quiet_in(&self, print: &Print) -> bool {
        match print {
            Print::Trade { price, .. } | Print::QuotedTrade { price, .. } => self.is_quiet_at(*price),
            Print::Bar(bar) => self.is_quiet_at(bar.low) && self.is_quiet_at(bar.high),
        }
    }

    /// The lots with a leg that a trade at this price fires, in no useful order.
    pub fn fired_at(&self, price: Price) -> impl Iterator<Item = LotId> {
        let falling = self.falling.iter().rev().take_while(move |(level, _)| *level >= price);
        let rising = self.rising.iter().take_while(move |(level, _)| *level <= price);
        falling.chain(rising).map(|(_, lot)| *lot)
    }

    /// Count of armed legs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.falling.len() + self.rising.len()
    }

    /// Whether no leg is armed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Whether a price fires this leg of a lot.
#[must_use]
pub(crate) fn fires(side: Side, leg: Leg, level: Price, price: Price) -> bool {
    match way(side, leg) {
        Way::Falling => price <= level,
        Way::Rising => price >= level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::ArenaKey;

    fn price(ticks: i64) -> Price {
        Price::new(ticks).unwrap()
    }

    fn lot(row: u32) -> LotId {
        LotId::from_row(row)
    }

    fn bracket(stop: i64, target: i64) -> Bracket {
        Bracket { stop: Some(price(stop)), target: Some(price(target)) }
    }

    #[test]
    fn the_nearest_leg_each_way_decides_whether_a_trade_is_quiet() {
        let mut levels = Levels::new();
        assert!(levels.is_quiet_at(price(0)));
        levels.arm(lot(1), Side::Buy, bracket(90, 110));
        levels.arm(lot(2), Side::Sell, bracket(108, 92));
        let quiet: Vec<i64> = (85..115).filter(|&ticks| levels.is_quiet_at(price(ticks))).collect();
        assert_eq!(quiet, (93..108).collect::<Vec<_>>());
        assert_eq!(levels.fired_at(price(91)).collect::<Vec<_>>(), [lot(2)]);
        assert_eq!(levels.fired_at(price(90)).collect::<Vec<_>>(), [lot(2), lot(1)]);
        assert_eq!(levels.fired_at(price(110)).collect::<Vec<_>>(), [lot(2), lot(1)]);
        levels.disarm(lot(2), Side::Sell, bracket(108, 92));
        assert!(levels.is_quiet_at(price(91)) && !levels.is_quiet_at(price(90)));
        levels.disarm(lot(1), Side::Buy, bracket(90, 110));
        assert_eq!(levels, Levels::new());
    }
}
