//! Facts about lots: every contract of every fill goes to a lot or comes from one, at its price.

use phantom_engine::fact::Purpose;
use phantom_model::{Bracket, BrokerReport, FillTiming, LotId, Money, OrderId, Price};

use super::Oracle;
use super::protection::Shield;
use super::rows::{Guard, LotTrack};
use crate::invariants::Invariant;

impl Oracle {
    /// Takes contracts of the fill under way; it must have them, at this price if one is given.
    fn allot(&mut self, order: OrderId, qty: u32, price: Price) {
        if self.moves_freely {
            return;
        }
        let holds = self.allotment.as_mut().is_some_and(|allotment| {
            let fits = allotment.order == order && allotment.price == price && allotment.left >= qty;
            allotment.left = allotment.left.saturating_sub(qty);
            fits
        });
        let allotment = self.allotment;
        self.check(Invariant::I01, holds, || {
            format!("{qty} of {order} at {price:?} do not come from {allotment:?}")
        });
    }

    pub(super) fn lot_opened(&mut self, lot: LotId, order: OrderId, qty: u32, price: Price) {
        self.allot(order, qty, price);
        let next = phantom_model::ArenaKey::row(lot) as usize == self.lots.len();
        self.check(Invariant::I28, next, || format!("lot {lot:?} is not the next"));
        let Some(track) = self.orders.get_mut(&order) else { return };
        track.lot = Some(lot);
        let bracket = match track.purpose {
            Purpose::Entry(bracket) => bracket,
            Purpose::Reduction
            | Purpose::LotExit { .. }
            | Purpose::DisasterStop { .. }
            | Purpose::Flatten(_)
            | Purpose::Outside => Bracket::NONE,
        };
        let (contract, side) = (track.contract, track.side);
        let shield = Shield::asked(bracket, track.asks, price);
        let guard = if shield.is_none() { Guard::Bare } else { Guard::Armed };
        let fresh = self.is_in_band() && guard == Guard::Armed;
        self.lots.push(LotTrack {
            order,
            contract,
            side,
            open: qty,
            pieces: vec![(qty, price)],
            shield,
            generation: 0,
            guard,
            exits: 0,
            live_exits: Vec::new(),
            fresh,
        });
        self.shield_measured(lot);
        let row = self.contracts.at_mut(contract);
        row.touched = true;
        row.lots.insert(lot);
    }

    pub(super) fn lot_grew(&mut self, lot: LotId, qty: u32, price: Price) {
        let Some(order) = self.lot(lot).map(|row| row.order) else { return };
        self.allot(order, qty, price);
        let in_band = self.is_in_band();
        let Some(row) = self.lot_mut(lot) else { return };
        if row.open == 0 && row.guard == Guard::Armed && in_band {
            row.fresh = true;
        }
        let anew = row.open == 0;
        row.open += qty;
        row.pieces.push((qty, price));
        let contract = row.contract;
        let row = self.contracts.at_mut(contract);
        row.touched = true;
        row.lots.insert(lot);
        if anew {
            self.shield_opened_again(lot, price);
        }
        self.shield_measured(lot);
    }

    /// Whether the fill under way came with the print that made it.
    fn is_in_band(&self) -> bool {
        matches!(self.last_report, Some(BrokerReport::Filled(fill)) if fill.timing == FillTiming::ByComingPrint)
    }

    pub(super) fn lot_reduced(
        &mut self,
        lot: LotId,
        by: OrderId,
        (qty, entry): (u32, Price),
        exit: Price,
        realized: Money,
    ) {
        self.allot(by, qty, exit);
        self.check_own_lot_first(lot, by);
        let Some(row) = self.lot_mut(lot) else { return };
        let first = row.pieces.first_mut();
        let fits = first.is_some_and(|(left, price)| {
            let fits = *left >= qty && *price == entry;
            *left = left.saturating_sub(qty);
            fits
        });
        row.pieces.retain(|(left, _)| *left > 0);
        row.open = row.open.saturating_sub(qty);
        let (contract, side, open) = (row.contract, row.side, row.open);
        let ticks = (exit.ticks() - entry.ticks()) * side.sign() * i64::from(qty);
        let due = self.terms.at(contract).tick_value * ticks;
        self.check(Invariant::I05, fits && realized == due, || {
            format!("{qty} of lot {lot:?} entered at {entry:?}: booked {realized}, due {due}")
        });
        let row = self.contracts.at_mut(contract);
        row.touched = true;
        if open == 0 {
            row.lots.remove(&lot);
        }
    }

    /// An exit of a lot consumes its own lot before any other.
    fn check_own_lot_first(&mut self, lot: LotId, by: OrderId) {
        let (OrderId::LotExit { lot: own, .. } | OrderId::LotStop { lot: own, .. }) = by else { return };
        let holds = self.moves_freely || own == lot || self.lot(own).is_none_or(|own| own.open == 0);
        self.check(Invariant::I11, holds, || format!("{by} consumed lot {lot:?} while its own is open"));
    }

    /// An exit of a lot leaves: with the next number, for no more than is open and not leaving yet.
    pub(super) fn lot_exit_released(&mut self, lot: LotId, exit: u8, qty: u32) {
        let Some(row) = self.lot(lot) else {
            self.broken(Invariant::I16, || format!("an exit of lot {lot:?}, which never was"));
            return;
        };
        let (last, open, guard, out) = (row.exits, row.open, row.guard, self.lot_exit_leaves(row));
        self.check(Invariant::I16, exit == last.saturating_add(1), || {
            format!("exit {exit} of lot {lot:?} comes after exit {last}")
        });
        self.check(Invariant::I11, out + qty <= open, || {
            format!("exit {exit} of lot {lot:?} closes {qty}, {out} are on the way, {open} open")
        });
        let fired = matches!(guard, Guard::Exiting(_));
        self.check(Invariant::I18, fired, || format!("an exit of lot {lot:?} leaves while it is {guard:?}"));
        if let Some(row) = self.lot_mut(lot) {
            row.exits = exit;
        }
    }

    /// Contracts are gone without a trade: taken back by the exchange, or a person's adjustment.
    pub(super) fn lot_unwound(&mut self, lot: LotId, qty: u32, entry: Price) {
        let free = self.moves_freely;
        let Some(row) = self.lot_mut(lot) else { return };
        let mut left = qty;
        for (open, price) in &mut row.pieces {
            let taken = if *price == entry { left.min(*open) } else { 0 };
            *open -= taken;
            left -= taken;
        }
        row.pieces.retain(|(open, _)| *open > 0);
        row.open = row.open.saturating_sub(qty);
        let (contract, open) = (row.contract, row.open);
        self.check(Invariant::I04, free && left == 0, || {
            format!("{qty} of lot {lot:?} at {entry:?} are gone; nothing was taken back: {}", !free)
        });
        let row = self.contracts.at_mut(contract);
        row.touched = true;
        if open == 0 {
            row.lots.remove(&lot);
        }
    }

    /// What had been closed is open again.
    pub(super) fn reduction_undone(
        &mut self,
        lot: LotId,
        by: OrderId,
        (qty, entry): (u32, Price),
        exit: Price,
        realized: Money,
    ) {
        let free = self.moves_freely;
        let Some(row) = self.lot_mut(lot) else { return };
        row.open += qty;
        row.pieces.push((qty, entry));
        let (contract, side) = (row.contract, row.side);
        let ticks = (exit.ticks() - entry.ticks()) * side.sign() * i64::from(qty);
        let due = self.terms.at(contract).tick_value * ticks;
        self.check(Invariant::I04, free, || format!("{by} is undone, and nothing was taken back"));
        self.check(Invariant::I05, realized == due, || format!("takes back {realized} of {by}, due {due}"));
        let row = self.contracts.at_mut(contract);
        row.touched = true;
        row.lots.insert(lot);
    }

    pub(super) fn lot_unprotected(&mut self, lot: LotId) {
        let Some(row) = self.lot_mut(lot) else { return };
        let was = row.guard;
        if let Guard::Exiting(leg) = was {
            row.guard = Guard::Unprotected(leg);
        }
        let contract = row.contract;
        self.contracts.at_mut(contract).touched = true;
        let tries = self.lot(lot).map_or(0, |row| row.exits);
        let spent = matches!(was, Guard::Exiting(_)) && tries > 0;
        self.check(Invariant::I18, spent, || {
            format!("lot {lot:?} given up after {tries} exits while {was:?}")
        });
        self.owes_unprotected = Some(lot);
    }
}
