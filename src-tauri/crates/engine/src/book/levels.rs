//! Trigger prices of one contract's armed phantoms.
//!
//! Two ordered sets, whatever the side of the lot: legs that fire at or below their price, and legs
//! that fire at or above. Beside them the stops that trail, and the prices at which a stop goes to its
//! entry. The nearest of all of them each way is cached, so a quiet trade costs two comparisons,
//! whether one phantom is armed or a hundred thousand, and whether they trail or not.

use std::collections::BTreeSet;

use phantom_model::{Bracket, LotId, Price, Print, Side, Ticks, Trail};
use serde::{Deserialize, Serialize};

use super::trails::{ClassKey, Trails};
use crate::fact::Leg;

/// The trigger prices of one contract.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Levels {
    /// A trade at or below this fires or moves something; `i64::MIN` when nothing is armed that way.
    acts_at_or_below_ticks: i64,
    /// A trade at or above this fires or moves something; `i64::MAX` when nothing is armed that way.
    acts_at_or_above_ticks: i64,
    falling: BTreeSet<(Price, LotId)>,
    rising: BTreeSet<(Price, LotId)>,
    /// Trailing stops of long and of short lots.
    trails: [Trails; 2],
    /// Where the stops of long and of short lots go to their entries.
    evens: [BTreeSet<(Price, LotId)>; 2],
    /// Whether any stop trails or waits to go to its entry: most of the time none does, and the way
    /// from a trade to its exit asks for nothing more.
    moving: bool,
}

/// Which way the price must go to fire a leg.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
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
            acts_at_or_below_ticks: i64::MIN,
            acts_at_or_above_ticks: i64::MAX,
            falling: BTreeSet::new(),
            rising: BTreeSet::new(),
            trails: [Trails::new(Side::Buy), Trails::new(Side::Sell)],
            evens: [BTreeSet::new(), BTreeSet::new()],
            moving: false,
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
                    self.find_next_below();
                }
                Way::Rising => {
                    change(&mut self.rising, price);
                    self.find_next_above();
                }
            }
        }
    }

    /// Lets a lot's stop trail. The key finds it again.
    pub(super) fn trail(&mut self, lot: LotId, side: Side, trail: Trail) -> ClassKey {
        let key = of_mut(&mut self.trails, side).sit(lot, trail);
        self.find_next();
        key
    }

    pub(super) fn trail_no_more(&mut self, lot: LotId, side: Side, distance: Ticks, seat: ClassKey) {
        of_mut(&mut self.trails, side).leave(lot, distance, seat);
        self.find_next();
    }

    /// The best trade that a trailing lot has seen.
    pub(super) fn best_of(&self, side: Side, seat: ClassKey) -> Option<Price> {
        of(&self.trails, side).best(seat)
    }

    pub(super) fn arm_even(&mut self, lot: LotId, side: Side, at: Price) {
        of_mut(&mut self.evens, side).insert((at, lot));
        self.find_next();
    }

    pub(super) fn disarm_even(&mut self, lot: LotId, side: Side, at: Price) {
        of_mut(&mut self.evens, side).remove(&(at, lot));
        self.find_next();
    }

    /// The market has been as low and as high as this: stops that trail follow.
    pub(super) fn watch(&mut self, low: Price, high: Price) {
        of_mut(&mut self.trails, Side::Buy).watch(high);
        of_mut(&mut self.trails, Side::Sell).watch(low);
        self.find_next();
    }

    /// Whether a market between these prices moves a trailing stop.
    pub(crate) fn trails_move(&self, low: Price, high: Price) -> bool {
        of(&self.trails, Side::Buy).moves_at(high) || of(&self.trails, Side::Sell).moves_at(low)
    }

    /// The lots whose stops go to their entries in a market between these prices, oldest first.
    pub(crate) fn evens_reached(&self, low: Price, high: Price) -> Vec<LotId> {
        let long = of(&self.evens, Side::Buy).iter().take_while(|(at, _)| *at <= high);
        let short = of(&self.evens, Side::Sell).iter().rev().take_while(|(at, _)| *at >= low);
        let mut lots: Vec<LotId> = long.chain(short).map(|(_, lot)| *lot).collect();
        lots.sort_unstable();
        lots
    }

    /// Whether any stop moves by itself.
    pub(crate) const fn is_moving(&self) -> bool {
        self.moving
    }

    fn find_next(&mut self) {
        self.moving = self.trailing() + self.evens() > 0;
        self.find_next_below();
        self.find_next_above();
    }

    fn find_next_below(&mut self) {
        let fixed = self.falling.last().map(|(price, _)| price.ticks());
        let moving = if self.moving { self.moving_below() } else { None };
        self.acts_at_or_below_ticks = fixed.max(moving).unwrap_or(i64::MIN);
    }

    fn moving_below(&self) -> Option<i64> {
        let trails = self.trails.iter().filter(|trails| trails.len() > 0);
        let trailing = trails.filter_map(|trails| trails.thresholds_ticks().0).max();
        let even = of(&self.evens, Side::Sell).last().map(|(at, _)| at.ticks());
        trailing.max(even)
    }

    fn find_next_above(&mut self) {
        let fixed = self.rising.first().map_or(i64::MAX, |(price, _)| price.ticks());
        let moving = if self.moving { self.moving_above() } else { None };
        self.acts_at_or_above_ticks = moving.map_or(fixed, |moving| moving.min(fixed));
    }

    fn moving_above(&self) -> Option<i64> {
        let trails = self.trails.iter().filter(|trails| trails.len() > 0);
        let trailing = trails.filter_map(|trails| trails.thresholds_ticks().1).min();
        let even = of(&self.evens, Side::Buy).first().map(|(at, _)| at.ticks());
        trailing.into_iter().chain(even).min()
    }

    /// Whether a trade at this price fires and moves nothing: two comparisons.
    #[must_use]
    #[inline]
    pub const fn is_quiet_at(&self, price: Price) -> bool {
        price.ticks() > self.acts_at_or_below_ticks && price.ticks() < self.acts_at_or_above_ticks
    }

    /// Whether a print fires and moves nothing: two comparisons, for a bar one pair at each end.
    #[must_use]
    #[inline]
    pub const fn is_quiet_in(&self, print: &Print) -> bool {
        match print {
            Print::Trade { price, .. } | Print::QuotedTrade { price, .. } => self.is_quiet_at(*price),
            Print::Bar(bar) => self.is_quiet_at(bar.low) && self.is_quiet_at(bar.high),
        }
    }

    /// The lots with a leg at a price of its own that a trade at this price fires, in no useful order.
    pub fn fired_at(&self, price: Price) -> impl Iterator<Item = LotId> {
        let falling = self.falling.iter().rev().take_while(move |(level, _)| *level >= price);
        let rising = self.rising.iter().take_while(move |(level, _)| *level <= price);
        falling.chain(rising).map(|(_, lot)| *lot)
    }

    /// The lots whose trailing stop a trade at this price fires.
    pub(crate) fn trailing_fired_at(&self, price: Price) -> impl Iterator<Item = LotId> {
        self.trails.iter().flat_map(move |trails| trails.fired_at(price))
    }

    /// Count of armed legs with a price of their own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.falling.len() + self.rising.len()
    }

    /// Count of stops that trail.
    #[must_use]
    pub fn trailing(&self) -> usize {
        self.trails.iter().map(Trails::len).sum()
    }

    /// Count of stops that wait to go to their entry.
    #[must_use]
    pub fn evens(&self) -> usize {
        self.evens.iter().map(BTreeSet::len).sum()
    }

    /// Whether nothing is armed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() + self.trailing() + self.evens() == 0
    }
}

/// The half of a pair that belongs to a side.
const fn of<T>([long, short]: &[T; 2], side: Side) -> &T {
    match side {
        Side::Buy => long,
        Side::Sell => short,
    }
}

const fn of_mut<T>([long, short]: &mut [T; 2], side: Side) -> &mut T {
    match side {
        Side::Buy => long,
        Side::Sell => short,
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

    #[test]
    fn what_waits_or_trails_on_either_side_is_armed_and_quiet_short_of_its_price() {
        let quiet = |levels: &Levels| -> Vec<i64> {
            (85..115).filter(|&ticks| levels.is_quiet_at(price(ticks))).collect()
        };
        let mut levels = Levels::new();
        levels.arm_even(lot(1), Side::Buy, price(105));
        levels.arm_even(lot(2), Side::Sell, price(95));
        assert_eq!(quiet(&levels), (96..105).collect::<Vec<_>>());
        assert_eq!((levels.evens(), levels.is_empty()), (2, false));
        levels.disarm_even(lot(1), Side::Buy, price(105));
        levels.disarm_even(lot(2), Side::Sell, price(95));
        assert!(levels.is_empty());
        let trail = |best| Trail { best: price(best), distance: Ticks::new(8) };
        let long = levels.trail(lot(1), Side::Buy, trail(100));
        assert_eq!((levels.trailing(), levels.is_empty()), (1, false));
        // It fires at 92, and a trade at 101 would move it.
        assert_eq!(quiet(&levels), (93..101).collect::<Vec<_>>());
        let short = levels.trail(lot(2), Side::Sell, trail(99));
        assert_eq!(quiet(&levels), (99..101).collect::<Vec<_>>());
        levels.trail_no_more(lot(1), Side::Buy, Ticks::new(8), long);
        assert_eq!(quiet(&levels), (99..107).collect::<Vec<_>>());
        levels.trail_no_more(lot(2), Side::Sell, Ticks::new(8), short);
        assert_eq!((quiet(&levels).len(), levels.is_empty()), (30, true));
    }
}
