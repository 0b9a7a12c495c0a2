//! What protects each lot, computed once more: from what was asked for, from the executions that count and
//! from the prints, never from what the desk says of its stops.
//!
//! A trailing stop follows the best trade since it was set, so it never loosens; a move to break-even
//! happens once and never loosens either. The desk's stop must be exactly where this one is, after every
//! print, every change and every restart.

use phantom_compliance::{EvenChange, Protect, StopChange, TargetChange};
use phantom_engine::book::Protection;
use phantom_model::{
    Bracket, BreakEven, ContractId, ContractStanding, Guard as Asks, LotId, MarketRecord, Price, Print, Side,
};

use super::Oracle;
use super::rows::{Guard, LotTrack};
use crate::invariants::Invariant;

/// What protects a lot. Prices and distances in ticks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Shield {
    stop: Option<i64>,
    target: Option<i64>,
    stop_away: Option<i64>,
    target_away: Option<i64>,
    trail: Option<Trail>,
    /// After so many ticks, to the entry and so many more.
    even: Option<(i64, i64)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Trail {
    best: i64,
    distance: i64,
}

/// The average entry of a lot: contracts and the sum of their prices.
#[derive(Clone, Copy, Debug)]
struct Entry {
    side: Side,
    cost: i64,
    qty: i64,
}

impl Entry {
    /// The mean, rounded towards the winning side, and so many ticks further that way.
    fn for_stops(self, gain: i64) -> Option<i64> {
        let up = self.side == Side::Buy;
        Some(self.rounded(up)? + gain * self.side.sign())
    }

    /// The mean, rounded towards the losing side, and so many ticks to the winning one.
    fn for_targets(self, gain: i64) -> Option<i64> {
        let up = self.side == Side::Sell;
        Some(self.rounded(up)? + gain * self.side.sign())
    }

    fn rounded(self, up: bool) -> Option<i64> {
        let down = self.cost.checked_div_euclid(self.qty)?;
        let exact = down * self.qty == self.cost;
        Some(if up && !exact { down + 1 } else { down })
    }
}

fn tighter(side: Side, a: Option<i64>, b: Option<i64>) -> Option<i64> {
    let both = a.into_iter().chain(b);
    match side {
        Side::Buy => both.max(),
        Side::Sell => both.min(),
    }
}

const fn even_of(even: BreakEven) -> (i64, i64) {
    (even.after().count(), even.plus().count())
}

impl Shield {
    /// What an entry has asked for; a stop that trails starts from the fill that opened the lot.
    pub(super) fn asked(bracket: Bracket, asks: Asks, filled_at: Price) -> Self {
        let best = filled_at.ticks();
        Self {
            stop: bracket.stop.map(Price::ticks),
            target: bracket.target.map(Price::ticks),
            stop_away: asks.stop.map(|far| far.ticks().count()),
            target_away: asks.target.map(|far| far.ticks().count()),
            trail: asks.trail.map(|far| Trail { best, distance: far.ticks().count() }),
            even: asks.break_even.map(even_of),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a print can move it.
    const fn moves(&self) -> bool {
        self.trail.is_some() || self.even.is_some()
    }

    /// The prices that fire now.
    pub(super) fn levels(&self, side: Side) -> Bracket {
        let trailing = self.trail.map(|trail| trail.best - trail.distance * side.sign());
        let price = |ticks: Option<i64>| ticks.and_then(Price::new);
        Bracket { stop: price(tighter(side, self.stop, trailing)), target: price(self.target) }
    }

    /// Puts the legs with a distance where the average entry is.
    fn measure(&mut self, entry: Entry) {
        if let Some(away) = self.stop_away {
            self.stop = entry.for_stops(-away);
        }
        if let Some(away) = self.target_away {
            self.target = entry.for_targets(away);
        }
    }

    /// A good print has been compared with it; then it follows.
    fn follow(&mut self, side: Side, (low, high): (i64, i64)) {
        if let Some(trail) = &mut self.trail {
            trail.best = match side {
                Side::Buy => trail.best.max(high),
                Side::Sell => trail.best.min(low),
            };
        }
    }

    /// Whether the print takes the stop to the entry; then it is there.
    fn goes_even(&mut self, entry: Entry, (low, high): (i64, i64)) -> bool {
        let Some((after, plus)) = self.even else { return false };
        let (Some(at), Some(to)) = (entry.for_stops(after), entry.for_stops(plus)) else { return false };
        let reached = match entry.side {
            Side::Buy => high >= at,
            Side::Sell => low <= at,
        };
        if reached {
            self.stop = tighter(entry.side, self.stop, Some(to));
            (self.even, self.stop_away) = (None, None);
        }
        reached
    }

    /// What a change comes to; `None` when it needs a last trade and there is none.
    fn after(mut self, change: &Protect, entry: Entry, last: Option<i64>) -> Option<Self> {
        let side = entry.side;
        let mut stop = None;
        let mut trail = None;
        let mut away = None;
        match change.stop {
            StopChange::Leave => (stop, trail, away) = (self.stop, self.trail, self.stop_away),
            StopChange::Remove => {}
            StopChange::Fix(price) => stop = Some(price.ticks()),
            StopChange::At(price) => match self.trail {
                Some(old) => {
                    let best = tighter(side, Some(old.best), last)?;
                    trail = Some(Trail { best, distance: (best - price.ticks()) * side.sign() });
                }
                None => stop = Some(price.ticks()),
            },
            StopChange::Away(far) => away = Some(far.ticks().count()),
            StopChange::Trail(far) => trail = Some(Trail { best: last?, distance: far.ticks().count() }),
        }
        (self.stop, self.trail, self.stop_away) = (stop, trail, away);
        match change.target {
            TargetChange::Leave => {}
            TargetChange::Remove => (self.target, self.target_away) = (None, None),
            TargetChange::At(price) => (self.target, self.target_away) = (Some(price.ticks()), None),
            TargetChange::Away(far) => self.target_away = Some(far.ticks().count()),
        }
        match change.even {
            EvenChange::Leave => {}
            EvenChange::Remove => self.even = None,
            EvenChange::Set(even) => self.even = Some(even_of(even)),
        }
        self.measure(entry);
        Some(self)
    }
}

impl From<&Protection> for Shield {
    fn from(it: &Protection) -> Self {
        Self {
            stop: it.bracket.stop.map(Price::ticks),
            target: it.bracket.target.map(Price::ticks),
            stop_away: it.stop_offset.map(|far| far.ticks().count()),
            target_away: it.target_offset.map(|far| far.ticks().count()),
            trail: it.trail.map(|it| Trail { best: it.best.ticks(), distance: it.distance.count() }),
            even: it.break_even.map(even_of),
        }
    }
}

impl Oracle {
    /// The average entry: every execution of the order that opened the lot.
    fn entry_of(&self, lot: &LotTrack) -> Option<Entry> {
        let execs = &self.orders.get(&lot.order)?.execs;
        let counted = execs.iter().filter(|(exec, ..)| !self.execs_busted.contains(exec));
        let (qty, cost) = counted.fold((0, 0), |(qty, cost), &(_, more, price, _)| {
            (qty + i64::from(more), cost + price.ticks() * i64::from(more))
        });
        Some(Entry { side: lot.side, cost, qty })
    }

    /// The lot has a further fill, or its first: distances follow the average entry.
    pub(super) fn shield_measured(&mut self, lot: LotId) {
        let Some(entry) = self.lot(lot).and_then(|row| self.entry_of(row)) else { return };
        if let Some(row) = self.lot_mut(lot).filter(|row| row.guard == Guard::Armed) {
            row.shield.measure(entry);
        }
    }

    /// A lot that had closed opens anew with a fill: it trails from there.
    pub(super) fn shield_opened_again(&mut self, lot: LotId, filled_at: Price) {
        if let Some(trail) = self.lot_mut(lot).and_then(|row| row.shield.trail.as_mut()) {
            trail.best = filled_at.ticks();
        }
    }

    /// The desk says what protects a lot from here on: exactly what was asked for, by somebody.
    pub(super) fn protected(&mut self, lot: LotId, generation: u32, protection: &Protection) {
        let asked = self.protect_asked.filter(|(whom, _)| *whom == lot).map(|(_, change)| change);
        let Some(row) = self.lot(lot) else { return };
        let (open, guard, side, contract) = (row.open, row.guard, row.side, row.contract);
        let (old, number) = (row.shield, row.generation);
        let last = self.contracts.at(contract).last;
        let due = asked.zip(self.entry_of(row)).and_then(|(change, entry)| old.after(&change, entry, last));
        let new = Shield::from(protection);
        let looser = tighter(side, stop_of(old, side), stop_of(new, side)) != stop_of(new, side);
        let by_itself = if old.trail.is_some() && looser { Invariant::I20 } else { Invariant::I18 };
        self.check(by_itself, asked.is_some(), || format!("nobody asked for {new:?} on lot {lot:?}"));
        let foreign_terms = self.contracts.at(contract).listed[1] == ContractStanding::OtherTerms;
        let places = asked.is_some_and(|it| {
            let stop = matches!(it.stop, StopChange::Leave | StopChange::Remove);
            let target = matches!(it.target, TargetChange::Leave | TargetChange::Remove);
            !(stop && target && matches!(it.even, EvenChange::Leave | EvenChange::Remove))
        });
        self.check(Invariant::I18, !(foreign_terms && places), || {
            format!("lot {lot:?} is armed on terms that are not the broker's")
        });
        let may = open > 0 && matches!(guard, Guard::Bare | Guard::Armed) && generation == number + 1;
        self.check(Invariant::I18, may && due == Some(new), || {
            format!("lot {lot:?} with {open} open, {guard:?}, is given {new:?} as {generation}; due {due:?}")
        });
        if let Some(row) = self.lot_mut(lot) {
            (row.shield, row.generation) = (new, generation);
            row.guard = match guard {
                Guard::Bare | Guard::Armed if new.is_none() => Guard::Bare,
                Guard::Bare | Guard::Armed => Guard::Armed,
                Guard::Exiting(_) | Guard::Unprotected(_) => guard,
            };
        }
        self.contracts.at_mut(contract).touched = true;
    }

    /// The desk says that a stop has gone to its entry.
    pub(super) fn went_even(&mut self, lot: LotId, generation: u32, stop: Price) {
        self.even_told.push((lot, stop.ticks()));
        let number = self.lot(lot).map_or(0, |row| row.generation);
        self.check(Invariant::I18, generation == number + 1, || {
            format!("the protection of lot {lot:?} is change {generation} after {number}")
        });
        if let Some(row) = self.lot_mut(lot) {
            row.generation = generation;
        }
    }

    /// Stops that move by themselves follow a good print, after it has fired what it fires.
    pub(super) fn shields_follow(&mut self, record: &MarketRecord) {
        let contract = record.contract;
        let range = range_of(&record.print);
        let mut due = Vec::new();
        let armed: Vec<LotId> = self.armed_lots(contract).map(|(lot, _)| lot).collect();
        for lot in armed {
            let Some(row) = self.lot(lot).filter(|row| row.shield.moves()) else { continue };
            let (entry, fresh) = (self.entry_of(row), row.fresh);
            let Some(row) = self.lot_mut(lot) else { continue };
            row.shield.follow(row.side, range);
            let even = !fresh && entry.is_some_and(|entry| row.shield.goes_even(entry, range));
            due.extend(row.shield.stop.filter(|_| even).map(|stop| (lot, stop)));
            self.contracts.at_mut(contract).touched = true;
        }
        let mut told = std::mem::take(&mut self.even_told);
        told.sort_unstable();
        self.check(Invariant::I20, told == due, || {
            format!("these stops went to their entries: {told:?}; due {due:?}")
        });
    }

    /// The exchange took something back, or a person adjusted the position: entries are others now. What
    /// follows from that is judged by the engine's own tests; from here on it is judged here again.
    pub(super) fn shields_anew(&mut self) {
        for place in 0..self.lots.len() {
            let Some(row) = self.lots.get_mut(place) else { continue };
            // A closed lot keeps what it asked for: should it fill again, it trails from that fill.
            if row.guard == Guard::Armed && row.open > 0 {
                let lot = phantom_model::ArenaKey::from_row(u32::try_from(place).unwrap_or(u32::MAX));
                row.shield = Shield::from(&self.shadow.protection(lot));
            }
        }
    }

    /// The desk's stop and target are exactly where they must be.
    pub(super) fn i20_stops_are_where_they_belong(&mut self, lot: LotId, found: Bracket) {
        let Some(row) = self.lot(lot).filter(|row| row.guard == Guard::Armed) else { return };
        let (due, shield) = (row.shield.levels(row.side), row.shield);
        self.check(Invariant::I20, found == due, || {
            format!("lot {lot:?} has {found:?}, due {due:?} of {shield:?}")
        });
    }

    /// The n-th open lot that nothing takes out yet, for commands that change what protects it.
    #[must_use]
    pub fn open_lot(&self, nth: u32) -> Option<(LotId, ContractId, Side)> {
        let open = self.contracts.iter().flat_map(|(_, row)| row.lots.iter());
        let calm: Vec<_> = open
            .filter_map(|&id| self.lot(id).map(|lot| (id, lot)))
            .filter(|(_, lot)| matches!(lot.guard, Guard::Bare | Guard::Armed))
            .collect();
        let place = (nth as usize).checked_rem(calm.len())?;
        calm.get(place).map(|(id, lot)| (*id, lot.contract, lot.side))
    }
}

fn stop_of(shield: Shield, side: Side) -> Option<i64> {
    shield.levels(side).stop.map(Price::ticks)
}

fn range_of(print: &Print) -> (i64, i64) {
    match print {
        Print::Trade { price, .. } | Print::QuotedTrade { price, .. } => (price.ticks(), price.ticks()),
        Print::Bar(bar) => (bar.low.ticks(), bar.high.ticks()),
    }
}
