//! What protects a lot beyond two fixed prices: distances from its entry, a stop that trails, a stop
//! that goes to the entry. Kept beside the lots, for most lots have nothing of it.
//!
//! The stop of a lot is the tighter of its fixed price and its trailing one. Rounding is never looser
//! than what was asked: a mean between two ticks counts as the one that is nearer to the market for a
//! stop, and as the one that is nearer to the entry for a target.

use phantom_model::{Bracket, BreakEven, Guard, LotId, Offset, Price, Side, Ticks, Trail};
use serde::{Deserialize, Serialize};

use super::Book;
use super::lot::{Lot, LotState};
use super::order::OrderKey;
use super::trails::ClassKey;

/// Everything that protects a lot, as a fact states it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Protection {
    /// Fixed prices: where a leg has a distance, the price that it gives now.
    pub bracket: Bracket,
    /// The stop's distance from the average entry: it follows further fills of the entry.
    #[serde(default, rename = "stopTicks", skip_serializing_if = "Option::is_none")]
    pub stop_offset: Option<Offset>,
    /// The target's distance from the average entry.
    #[serde(default, rename = "targetTicks", skip_serializing_if = "Option::is_none")]
    pub target_offset: Option<Offset>,
    /// A stop that trails. It rules where it is tighter than the fixed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<Trail>,
    /// A move to break-even that has not come yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_even: Option<BreakEven>,
}

/// What a lot is guarded by beside the bracket in its row.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(super) struct Guarded {
    stop_offset: Option<Offset>,
    target_offset: Option<Offset>,
    trail: Option<Seat>,
    break_even: Option<BreakEven>,
    /// Where the armed move to break-even waits.
    even_at: Option<Price>,
    /// Changes of the protection so far.
    generation: u32,
}

/// A trailing stop: where it sits while the lot is armed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
struct Seat {
    distance: Ticks,
    class: Option<ClassKey>,
    /// The best trade when the lot closed: should the exchange undo what closed it, the stop is where it
    /// was.
    kept: Option<Price>,
}

impl Seat {
    const fn at(distance: Ticks) -> Self {
        Self { distance, class: None, kept: None }
    }
}

impl Protection {
    /// Whether nothing at all is asked for.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.bracket.is_none()
            && self.stop_offset.is_none()
            && self.target_offset.is_none()
            && self.trail.is_none()
            && self.break_even.is_none()
    }

    /// The prices that fire now: the stop is the tighter of the fixed and the trailing one.
    #[must_use]
    pub fn levels(&self, side: Side) -> Bracket {
        let stop = self.bracket.stop.into_iter().chain(self.trail.map(|trail| trail.stop(side)));
        Bracket { stop: stop.reduce(|a, b| tighter(side, a, b)), target: self.bracket.target }
    }
}

/// The stop that leaves less to lose.
#[must_use]
pub(crate) fn tighter(side: Side, a: Price, b: Price) -> Price {
    match side {
        Side::Buy => a.max(b),
        Side::Sell => a.min(b),
    }
}

/// The average entry of a lot, between two prices of the grid or on one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Entry {
    side: Side,
    below: i64,
    above: i64,
}

impl Entry {
    /// The mean of `cost_ticks` over `qty` contracts.
    fn new(side: Side, cost_ticks: i64, qty: u32) -> Option<Self> {
        let qty = i64::from(qty);
        let below = cost_ticks.checked_div_euclid(qty)?;
        let above = if cost_ticks.checked_rem_euclid(qty)? == 0 { below } else { below + 1 };
        Some(Self { side, below, above })
    }

    /// The neighbour on the winning side: a stop measured from it is not looser than asked.
    fn towards_win(self, ticks: Ticks) -> Option<Price> {
        let from = match self.side {
            Side::Buy => self.above,
            Side::Sell => self.below,
        };
        Price::new(from + ticks.count() * self.side.sign())
    }

    /// The neighbour on the losing side: a target measured from it is not further than asked.
    fn towards_loss(self, ticks: Ticks) -> Option<Price> {
        let from = match self.side {
            Side::Buy => self.below,
            Side::Sell => self.above,
        };
        Price::new(from + ticks.count() * self.side.sign())
    }

    /// A stop so far on the losing side.
    pub(crate) fn stop(self, offset: Offset) -> Option<Price> {
        self.towards_win(-offset.ticks())
    }

    /// A target so far on the winning side.
    pub(crate) fn target(self, offset: Offset) -> Option<Price> {
        self.towards_loss(offset.ticks())
    }

    /// The first price at which a trade has gone far enough.
    pub(crate) fn even_at(self, even: BreakEven) -> Option<Price> {
        self.towards_win(even.after())
    }

    /// Where the stop then is.
    pub(crate) fn even_stop(self, even: BreakEven) -> Option<Price> {
        self.towards_win(even.plus())
    }
}

impl Book {
    /// The average entry of a lot: the mean of all fills of the order that opened it, so that what has
    /// been closed since does not move it.
    pub(crate) fn entry_of(&self, lot: &Lot) -> Option<Entry> {
        let order = self.orders.at(lot.order);
        Entry::new(lot.side, order.cost_ticks, order.filled)
    }

    /// What protects a lot now, or did when it fired.
    #[must_use]
    pub fn protection(&self, lot: LotId) -> Protection {
        let row = self.lots.at(lot);
        let bracket = row.bracket;
        let Some(guarded) = self.guarded.get(&lot) else {
            return Protection { bracket, ..Protection::default() };
        };
        Protection {
            bracket,
            stop_offset: guarded.stop_offset,
            target_offset: guarded.target_offset,
            trail: guarded.trail.and_then(|seat| self.trail_of(row, seat)),
            break_even: guarded.break_even,
        }
    }

    /// The prices that fire the lot: the stop as it has trailed so far.
    #[must_use]
    pub fn bracket(&self, lot: LotId) -> Bracket {
        // Nobody has more than a bracket most of the time.
        if self.guarded.is_empty() {
            return self.lots.at(lot).bracket;
        }
        self.protection(lot).levels(self.lots.at(lot).side)
    }

    /// How often the protection of a lot has been changed: a later stop has a higher number.
    #[must_use]
    pub fn generation(&self, lot: LotId) -> u32 {
        self.guarded.get(&lot).map_or(0, |guarded| guarded.generation)
    }

    fn trail_of(&self, lot: &Lot, seat: Seat) -> Option<Trail> {
        let levels = &self.positions.at(lot.contract).levels;
        let best = levels.best_of(lot.side, seat.class?)?;
        Some(Trail { best, distance: seat.distance })
    }

    /// What an entry asked for beside its bracket.
    pub(crate) fn guard_of(&self, order: OrderKey) -> Guard {
        self.guards.get(&order).copied().unwrap_or(Guard::NONE)
    }

    /// An entry has asked for more than fixed prices.
    pub(super) fn fold_guard(&mut self, order: OrderKey, guard: Guard) {
        if !guard.is_none() {
            self.guards.insert(order, guard);
        }
    }

    /// Guards a lot that an order has just opened.
    pub(super) fn guard_lot(&mut self, lot: LotId, order: OrderKey, opened_at: Price) {
        if let Some(guard) = self.guards.get(&order) {
            let guarded = Guarded {
                stop_offset: guard.stop,
                target_offset: guard.target,
                trail: guard.trail.map(|offset| Seat::at(offset.ticks())),
                break_even: guard.break_even,
                even_at: None,
                generation: 0,
            };
            self.guarded.insert(lot, guarded);
            self.measure(lot);
        }
        let row = self.lots.at_mut(lot);
        if self.guarded.contains_key(&lot) || !row.bracket.is_none() {
            row.state = LotState::Armed;
            self.arm(lot, opened_at);
        }
    }

    /// A further fill has moved the average entry of an armed lot, or has opened it again.
    pub(super) fn guard_again(&mut self, lot: LotId, was_closed: bool, filled_at: Price) {
        if self.lots.at(lot).state != LotState::Armed {
            return;
        }
        if was_closed {
            self.measure(lot);
            self.arm(lot, self.kept_best(lot).unwrap_or(filled_at));
        } else {
            self.measure_armed(lot);
        }
    }

    /// The exchange has taken back or changed an execution of an order: what is measured from the average
    /// entry of its lot follows. A stop that trails stays where it is.
    pub(super) fn measure_again(&mut self, order: OrderKey) {
        let Some(lot) = self.orders.at(order).lot else { return };
        let row = self.lots.at(lot);
        // A lot of which nothing is open is measured when it opens again.
        if row.state == LotState::Armed && row.open > 0 {
            self.measure_armed(lot);
        }
    }

    fn measure_armed(&mut self, lot: LotId) {
        if self.guarded.contains_key(&lot) {
            self.disarm_fixed(lot);
            self.measure(lot);
            self.arm_fixed(lot);
        }
    }

    fn kept_best(&self, lot: LotId) -> Option<Price> {
        self.guarded.get(&lot).and_then(|guarded| guarded.trail).and_then(|seat| seat.kept)
    }

    /// An order fills: a lot of it that has closed opens anew, and trails from that fill.
    pub(super) fn forget_best(&mut self, order: OrderKey) {
        if self.guarded.is_empty() {
            return;
        }
        let lot = self.orders.at(order).lot.filter(|&lot| self.lots.at(lot).open == 0);
        let guarded = lot.and_then(|lot| self.guarded.get_mut(&lot));
        if let Some(seat) = guarded.and_then(|guarded| guarded.trail.as_mut()) {
            seat.kept = None;
        }
    }

    /// A stop or target, or both, are no more what they were.
    pub(super) fn fold_protection(&mut self, lot: LotId, generation: u32, protection: &Protection) {
        let armed = self.lots.at(lot).state == LotState::Armed;
        if armed {
            self.disarm(lot);
        }
        let guarded = Guarded {
            stop_offset: protection.stop_offset,
            target_offset: protection.target_offset,
            trail: protection.trail.map(|trail| Seat::at(trail.distance)),
            break_even: protection.break_even,
            even_at: None,
            generation,
        };
        self.guarded.insert(lot, guarded);
        let row = self.lots.at_mut(lot);
        row.bracket = protection.bracket;
        row.state = if protection.is_none() { LotState::Bare } else { LotState::Armed };
        if row.state == LotState::Armed {
            // Without a trail the price is not looked at.
            let best = protection.trail.map(|trail| trail.best);
            self.arm_fixed(lot);
            if let Some(best) = best {
                self.seat(lot, best);
            }
        }
    }

    /// The stop has gone to the entry.
    pub(super) fn fold_break_even(&mut self, lot: LotId, generation: u32, stop: Price) {
        self.disarm_fixed(lot);
        self.lots.at_mut(lot).bracket.stop = Some(stop);
        if let Some(guarded) = self.guarded.get_mut(&lot) {
            guarded.break_even = None;
            guarded.stop_offset = None;
            guarded.generation = generation;
        }
        self.arm_fixed(lot);
    }

    /// Arms everything that a lot has; a stop that trails starts from `best`.
    fn arm(&mut self, lot: LotId, best: Price) {
        self.arm_fixed(lot);
        self.seat(lot, best);
    }

    /// Takes everything out of the levels. The row keeps the stop where it was.
    pub(super) fn disarm(&mut self, lot: LotId) {
        self.disarm_fixed(lot);
        let row = self.lots.at(lot);
        let Some(guarded) = self.guarded.get_mut(&lot) else { return };
        let Some(Seat { distance, class, kept }) = &mut guarded.trail else { return };
        if let Some(class) = class.take() {
            let levels = &mut self.positions.at_mut(row.contract).levels;
            *kept = levels.best_of(row.side, class);
            levels.trail_no_more(lot, row.side, *distance, class);
        }
    }

    /// The lot has fired: what trailed stands where it was.
    pub(super) fn freeze(&mut self, lot: LotId) {
        if self.guarded.is_empty() {
            let row = self.lots.at(lot);
            self.positions.at_mut(row.contract).levels.disarm(lot, row.side, row.bracket);
            return;
        }
        let bracket = self.bracket(lot);
        self.disarm(lot);
        self.lots.at_mut(lot).bracket = bracket;
        if let Some(guarded) = self.guarded.get_mut(&lot) {
            guarded.trail = None;
        }
    }

    fn seat(&mut self, lot: LotId, best: Price) {
        let row = self.lots.at(lot);
        let Some(Seat { distance, class, kept }) =
            self.guarded.get_mut(&lot).and_then(|guarded| guarded.trail.as_mut())
        else {
            return;
        };
        let levels = &mut self.positions.at_mut(row.contract).levels;
        *class = Some(levels.trail(lot, row.side, Trail { best, distance: *distance }));
        *kept = None;
    }

    fn arm_fixed(&mut self, lot: LotId) {
        let row = self.lots.at(lot);
        let levels = &mut self.positions.at_mut(row.contract).levels;
        levels.arm(lot, row.side, row.bracket);
        let Some(even) = self.guarded.get(&lot).and_then(|guarded| guarded.break_even) else { return };
        let at = self.entry_of(row).and_then(|entry| entry.even_at(even));
        if let Some((at, guarded)) = at.zip(self.guarded.get_mut(&lot)) {
            guarded.even_at = Some(at);
            let row = self.lots.at(lot);
            self.positions.at_mut(row.contract).levels.arm_even(lot, row.side, at);
        }
    }

    fn disarm_fixed(&mut self, lot: LotId) {
        let row = self.lots.at(lot);
        let levels = &mut self.positions.at_mut(row.contract).levels;
        levels.disarm(lot, row.side, row.bracket);
        let Some(guarded) = self.guarded.get_mut(&lot) else { return };
        if let Some(at) = guarded.even_at.take() {
            levels.disarm_even(lot, row.side, at);
        }
    }

    /// Puts the legs that have a distance where the average entry is now.
    fn measure(&mut self, lot: LotId) {
        let row = self.lots.at(lot);
        let (Some(guarded), Some(entry)) = (self.guarded.get(&lot), self.entry_of(row)) else { return };
        let stop = guarded.stop_offset.and_then(|offset| entry.stop(offset));
        let target = guarded.target_offset.and_then(|offset| entry.target(offset));
        let bracket = &mut self.lots.at_mut(lot).bracket;
        bracket.stop = stop.or(bracket.stop);
        bracket.target = target.or(bracket.target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(ticks: u32) -> Offset {
        Offset::new(ticks).unwrap()
    }

    #[test]
    fn a_mean_between_two_ticks_is_rounded_towards_protection() {
        // 1 at 100 and 2 at 101: the mean is 100.67. Below zero the same, mirrored.
        for (side, cost, qty, stop, target, even_at, even_stop) in [
            (Side::Buy, 302, 3, 93, 110, 105, 102),
            (Side::Sell, 302, 3, 108, 91, 96, 99),
            (Side::Buy, 303, 3, 93, 111, 105, 102),
            (Side::Sell, 303, 3, 109, 91, 97, 100),
            (Side::Buy, -302, 3, -108, -91, -96, -99),
            (Side::Sell, -302, 3, -93, -110, -105, -102),
        ] {
            let entry = Entry::new(side, cost, qty).unwrap();
            let even = BreakEven::new(offset(4), 1).unwrap();
            let found =
                [entry.stop(offset(8)), entry.target(offset(10)), entry.even_at(even), entry.even_stop(even)];
            let expected = [stop, target, even_at, even_stop].map(Price::new);
            assert_eq!(found, expected, "{side} {cost}/{qty}");
        }
        assert_eq!(Entry::new(Side::Buy, 0, 0), None);
    }

    #[test]
    fn the_tighter_stop_rules() {
        let price = |ticks| Price::new(ticks).unwrap();
        let trail = Some(Trail { best: price(110), distance: Ticks::new(8) });
        for (side, fixed, stop) in
            [(Side::Buy, 100, 102), (Side::Buy, 105, 105), (Side::Sell, 120, 118), (Side::Sell, 115, 115)]
        {
            let bracket = Bracket { stop: Some(price(fixed)), target: None };
            let protection = Protection { bracket, trail, ..Protection::default() };
            assert_eq!(protection.levels(side).stop, Some(price(stop)), "{side} {fixed}");
        }
    }
}
