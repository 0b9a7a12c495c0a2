//! What protects each lot, counted lot by lot: no classes, no caches.

use phantom_engine::FactBody;
use phantom_engine::book::Protection;
use phantom_model::{Bracket, BreakEven, ContractId, Guard, LotId, Offset, Price, Side, Ticks, Trail};

use super::{Ledger, LotRow};
use crate::line::lot_name;

/// What a lot has beside its fixed prices.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GuardRow {
    pub(super) stop_offset: Option<Offset>,
    pub(super) target_offset: Option<Offset>,
    /// The distance of a trailing stop.
    pub(super) distance: Option<Ticks>,
    /// The best trade. A lot that has closed keeps it until its order fills again.
    pub(super) best: Option<Price>,
    pub(super) even: Option<BreakEven>,
    pub(super) generation: u32,
}

impl GuardRow {
    pub(super) fn new(guard: Guard, opened_at: Price) -> Self {
        Self {
            stop_offset: guard.stop,
            target_offset: guard.target,
            distance: guard.trail.map(Offset::ticks),
            best: guard.trail.map(|_| opened_at),
            even: guard.break_even,
            generation: 0,
        }
    }
}

impl LotRow {
    /// Whether anything was asked for that has not fired.
    pub(super) const fn is_guarded(&self) -> bool {
        let guard = &self.guard;
        !self.bracket.is_none() || guard.distance.is_some() || guard.even.is_some()
    }

    /// The prices that fire the lot.
    pub(super) fn levels(&self) -> Bracket {
        let trailing = self.guard.best.zip(self.guard.distance);
        let trailing =
            trailing.map(|(best, distance)| best - Ticks::new(distance.count() * self.side.sign()));
        let stop = match (self.bracket.stop, trailing, self.side) {
            (Some(fixed), Some(trailing), Side::Buy) => Some(fixed.max(trailing)),
            (Some(fixed), Some(trailing), Side::Sell) => Some(fixed.min(trailing)),
            (fixed, trailing, _) => fixed.or(trailing),
        };
        Bracket { stop, target: self.bracket.target }
    }

    /// Puts the legs that have a distance where the mean of all entry fills says.
    pub(super) fn measure(&mut self, (cost, qty): (i64, u32)) {
        if qty == 0 {
            return;
        }
        let towards_win = self.side == Side::Buy;
        let sign = self.side.sign();
        if let Some(offset) = self.guard.stop_offset {
            let from = rounded(cost, qty, towards_win);
            self.bracket.stop = Price::new(from - offset.ticks().count() * sign);
        }
        if let Some(offset) = self.guard.target_offset {
            let from = rounded(cost, qty, !towards_win);
            self.bracket.target = Price::new(from + offset.ticks().count() * sign);
        }
    }
}

/// The mean on the grid, rounded up or down.
fn rounded(cost: i64, qty: u32, up: bool) -> i64 {
    let qty = i64::from(qty);
    let mut mean = cost / qty;
    while mean * qty > cost {
        mean -= 1;
    }
    if up && mean * qty < cost { mean + 1 } else { mean }
}

impl Ledger {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    pub(super) fn take_guard(&mut self, body: &FactBody) {
        match body {
            FactBody::ProtectionSet { lot, generation, protection, .. } => {
                self.protection_set(*lot, *generation, protection);
            }
            FactBody::BreakEvenReached { lot, generation, stop, print } => {
                self.break_even(*lot, *generation, *stop, *print);
            }
            FactBody::TrailsMoved { contract, low, high } => self.trails_moved(*contract, *low, *high),
            other => panic!("not about what protects a lot: {other:?}"),
        }
    }

    /// Sum of price x quantity and quantity of every fill of the order that opened a lot.
    pub(super) fn entry(&self, lot: LotId) -> (i64, u32) {
        let order = self.orders.get(&self.lot(lot).order).unwrap();
        (order.cost_ticks, order.filled)
    }

    fn protection_set(&mut self, lot: LotId, generation: u32, protection: &Protection) {
        let row = self.lots.get_mut(&lot).unwrap();
        let name = lot_name(lot);
        assert!(row.open() > 0 && row.fired.is_none(), "{name} is protected when it has gone");
        assert_eq!(generation, row.guard.generation + 1, "{name} counts its changes");
        row.bracket = protection.bracket;
        row.guard = GuardRow {
            stop_offset: protection.stop_offset,
            target_offset: protection.target_offset,
            distance: protection.trail.map(|trail| trail.distance),
            best: protection.trail.map(|trail| trail.best),
            even: protection.break_even,
            generation,
        };
        let trails = protection.trail.is_none_or(|Trail { distance, .. }| distance.count() > 0);
        assert!(trails, "{name} trails at no distance");
        let entry = self.entry(lot);
        let mut measured = self.lot(lot).clone();
        measured.measure(entry);
        assert_eq!(measured.bracket, protection.bracket, "{name} is measured from its entry");
    }

    /// The stop goes to the entry by a print that is far enough, and never loosens.
    fn break_even(&mut self, lot: LotId, generation: u32, stop: Price, print: Price) {
        let (cost, qty) = self.entry(lot);
        let row = self.lots.get_mut(&lot).unwrap();
        let (name, sign) = (lot_name(lot), row.side.sign());
        let even = row.guard.even.take().unwrap();
        let entry = rounded(cost, qty, row.side == Side::Buy);
        let gone = (print.ticks() - entry) * sign;
        assert!(gone >= even.after().count(), "{name} goes to its entry after {gone} ticks only");
        let at_entry = Price::new(entry + even.plus().count() * sign).unwrap();
        let fixed = row.bracket.stop.filter(|fixed| (*fixed - at_entry).count() * sign > 0);
        assert_eq!(stop, fixed.unwrap_or(at_entry), "{name} at its entry, and never looser");
        assert!(row.open() > 0 && row.fired.is_none(), "{name} moves its stop when it has gone");
        assert_eq!(generation, row.guard.generation + 1, "{name} counts its changes");
        row.guard.generation = generation;
        row.guard.stop_offset = None;
        row.bracket.stop = Some(stop);
    }

    fn trails_moved(&mut self, contract: ContractId, low: Price, high: Price) {
        let mut moved = false;
        for row in self.lots.values_mut().filter(|row| row.contract == contract) {
            let Some(best) = row.guard.best.filter(|_| row.open() > 0 && row.fired.is_none()) else {
                continue;
            };
            let better = match row.side {
                Side::Buy => best.max(high),
                Side::Sell => best.min(low),
            };
            moved |= better != best;
            row.guard.best = Some(better);
        }
        assert!(moved, "a fact of a new extreme that moves nothing");
    }
}
