//! Executions that the exchange takes back or changes, minutes after they were applied.
//!
//! What an execution did is undone contract by contract: what it opened is taken out of its lot, what
//! it closed is open again, and what had been closed against it finds another place, as if it had never
//! come. Profit, fees, lots and the rows of closed trades are then exactly those of the executions that
//! count. Nothing is forgotten: each step is a fact.

use phantom_model::{ContractId, ExecId, FillTiming, LotId, OrderId, Price, Qty, Side};

use crate::book::{ClosedKey, FillState, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, LatchCause, Purpose};

/// How many contracts at which price an execution of an order was for.
#[derive(Clone, Copy)]
struct Undoing {
    key: OrderKey,
    qty: u32,
    price: Price,
}

/// What undoing an execution came to.
#[derive(Clone, Copy)]
struct Undone {
    /// Contracts that a person's adjustment had taken out of the lots, so that they were nowhere.
    adjusted_away: u32,
    /// It reached what had been closed already.
    disturbed: bool,
}

impl Engine {
    /// The exchange takes an execution back.
    pub(crate) fn busted(&mut self, now: &mut Now<'_>, exec: ExecId) {
        let Some(fill) = self.book.find_fill(exec).map(|key| *self.book.fills().at(key)) else {
            self.alarm(now, Alarm::UnknownExec(exec));
            return;
        };
        if !fill.state.counts() {
            return;
        }
        let order = self.book.orders().at(fill.order).id;
        self.emit(now, FactBody::FillBusted { order, exec });
        self.alarm(now, Alarm::Busted(order));
        let it = Undoing { key: fill.order, qty: fill.qty.contracts(), price: fill.price };
        let Undone { adjusted_away, disturbed } = self.undo(now, it);
        if adjusted_away > 0 {
            self.reopen_adjustment(now, it, adjusted_away);
        }
        self.after_correction(now, fill.order, disturbed);
    }

    /// The exchange changes the figures of an execution: as if the old one had never come, and then the
    /// new one.
    pub(crate) fn corrected(&mut self, now: &mut Now<'_>, exec: ExecId, qty: Qty, price: Price) {
        let Some(fill) = self.book.find_fill(exec).map(|key| *self.book.fills().at(key)) else {
            self.alarm(now, Alarm::UnknownExec(exec));
            return;
        };
        if !fill.state.counts() || (fill.qty, fill.price) == (qty, price) {
            return;
        }
        let row = self.book.orders().at(fill.order);
        let (order, contract, side) = (row.id, row.contract, row.side);
        let fee = self.terms.at(contract).fee_per_side * i64::from(qty.contracts());
        self.emit(now, FactBody::FillCorrected { order, exec, qty, price, fee });
        self.alarm(now, Alarm::Corrected(order));
        let row = self.book.orders().at(fill.order);
        if row.filled > row.qty.contracts() && row.purpose != Purpose::Outside {
            self.latch(now, LatchCause::Overfill(order));
        }
        let it = Undoing { key: fill.order, qty: fill.qty.contracts(), price: fill.price };
        let Undone { adjusted_away, disturbed } = self.undo(now, it);
        // What a person's adjustment took out of the lots stays out: it had no price and has none now.
        let (closing, opening) = self.split(contract, side, qty.contracts().saturating_sub(adjusted_away));
        self.consume(now, fill.order, closing, price);
        if opening > 0 {
            self.open(now, fill.order, opening, price, FillTiming::Unknown);
        }
        let resized = fill.qty != qty || fill.state != FillState::AsReported;
        self.after_correction(now, fill.order, disturbed && resized);
    }

    /// What every correction ends with. `disturbed`: it reached what had been closed already.
    fn after_correction(&mut self, now: &mut Now<'_>, key: OrderKey, disturbed: bool) {
        let row = self.book.orders().at(key);
        let (order, contract) = (row.id, row.contract);
        if disturbed {
            self.latch_contract(now, contract, LatchCause::Undone(order));
        }
        self.close_all_done(now, contract);
        self.make_exits_fit(now, contract);
        self.settle(now, contract);
    }

    /// FILLED becomes CLOSED for every order of the contract of which nothing is open any more.
    fn close_all_done(&mut self, now: &mut Now<'_>, contract: ContractId) {
        let orders: Vec<OrderKey> = self
            .book
            .orders()
            .iter()
            .filter(|(_, order)| order.contract == contract)
            .map(|(key, _)| key)
            .collect();
        for key in orders {
            self.close_if_done(now, key);
        }
    }

    /// Undoes what an execution did.
    fn undo(&mut self, now: &mut Now<'_>, it: Undoing) -> Undone {
        let own = self.book.orders().at(it.key).lot;
        let opened = own.map_or(0, |lot| self.unwind(now, lot, it.qty, it.price));
        let mut left = it.qty - opened;
        left -= self.undo_closed_by(now, it.key, left, it.price);
        if let Some(lot) = own {
            left -= self.undo_closed_of(now, lot, left, it.price);
        }
        let contract = self.book.orders().at(it.key).contract;
        let disturbed = self.net_out(now, contract) || opened < it.qty;
        Undone { adjusted_away: left, disturbed }
    }

    /// A person's adjustment had taken these contracts out of their lot. The execution that had brought
    /// them is gone, the adjustment is not: what it did is open on its own side.
    fn reopen_adjustment(&mut self, now: &mut Now<'_>, it: Undoing, contracts: u32) {
        let row = self.book.orders().at(it.key);
        let (contract, side) = (row.contract, row.side.opposite());
        let newest = self.book.orders().iter().rev().find(|(_, order)| {
            order.purpose == Purpose::Outside && (order.contract, order.side) == (contract, side)
        });
        if let Some(key) = newest.map(|(key, _)| key) {
            self.open(now, key, contracts, it.price, FillTiming::Unknown);
            self.net_out(now, contract);
        }
    }

    /// Takes open contracts with this entry price out of a lot. How many.
    fn unwind(&mut self, now: &mut Now<'_>, lot: LotId, most: u32, entry: Price) -> u32 {
        let mut open = 0;
        let mut next = Some(self.book.lots().at(lot).first_piece);
        while let Some(piece) = next.map(|key| self.book.pieces().at(key)) {
            open += if piece.price == entry { piece.open } else { 0 };
            next = piece.next;
        }
        let qty = open.min(most);
        if qty > 0 {
            self.emit(now, FactBody::LotUnwound { lot, qty, entry });
        }
        qty
    }

    /// What the order has closed at this price is open again. How many contracts.
    fn undo_closed_by(&mut self, now: &mut Now<'_>, by: OrderKey, most: u32, exit: Price) -> u32 {
        let rows = self.closed_rows(|row| row.by == by && row.exit == exit);
        let mut left = most;
        for key in rows {
            left -= self.undo_row(now, key, left);
        }
        most - left
    }

    /// What others have closed of the lot's contracts with this entry price was closed against nothing:
    /// it opens under the order that had closed it. How many contracts.
    fn undo_closed_of(&mut self, now: &mut Now<'_>, lot: LotId, most: u32, entry: Price) -> u32 {
        let rows = self.closed_rows(|row| row.lot == lot && row.entry == entry);
        let mut left = most;
        for key in rows {
            let row = *self.book.closed().at(key);
            let qty = self.undo_row(now, key, left);
            left -= qty;
            if qty > 0 {
                self.emit(now, FactBody::LotUnwound { lot, qty, entry });
                self.open(now, row.by, qty, row.exit, FillTiming::Unknown);
            }
        }
        most - left
    }

    /// Such rows of what was closed, newest first.
    fn closed_rows(&self, is: impl Fn(&crate::book::Closed) -> bool) -> Vec<ClosedKey> {
        let rows = self.book.closed().iter().rev().filter(|(_, row)| row.qty > 0 && is(row));
        rows.map(|(key, _)| key).collect()
    }

    fn undo_row(&mut self, now: &mut Now<'_>, key: ClosedKey, most: u32) -> u32 {
        let row = *self.book.closed().at(key);
        let qty = row.qty.min(most);
        if qty > 0 {
            let by = self.book.orders().at(row.by).id;
            let realized = self.profit(row.lot, qty, row.entry, row.exit);
            let (lot, entry, exit) = (row.lot, row.entry, row.exit);
            self.emit(now, FactBody::ReductionUndone { lot, by, qty, entry, exit, realized });
        }
        qty
    }

    /// Lots on both sides close each other: the older one is closed by the order that opened the
    /// younger one; where that is an exit of an open lot, its own lot. Whether there were any.
    fn net_out(&mut self, now: &mut Now<'_>, contract: ContractId) -> bool {
        let mut any = false;
        while let Some((older, younger)) = self.both_sides(contract) {
            any = true;
            let lots = self.book.lots();
            let (held, other) = (lots.at(older), lots.at(younger));
            let by: OrderId = self.book.orders().at(other.order).id;
            let (piece, against) =
                (*self.book.pieces().at(held.first_piece), *self.book.pieces().at(other.first_piece));
            let qty = piece.open.min(against.open);
            if qty == 0 {
                break;
            }
            let realized = self.profit(older, qty, piece.price, against.price);
            self.emit(now, FactBody::LotUnwound { lot: younger, qty, entry: against.price });
            let (entry, exit) = (piece.price, against.price);
            self.emit(now, FactBody::LotReduced { lot: older, by, qty, entry, exit, realized });
        }
        any
    }

    /// The lot that is closed, and the oldest one on the other side, which closes it.
    fn both_sides(&self, contract: ContractId) -> Option<(LotId, LotId)> {
        let lots = &self.book.positions().at(contract).lots;
        let side = |lot: LotId| self.book.lots().at(lot).side;
        let &first = lots.first()?;
        let &other = lots.iter().find(|&&lot| side(lot) != side(first))?;
        let opener = self.book.orders().at(self.book.lots().at(other).order).purpose;
        let own = match opener {
            Purpose::LotExit { lot, .. } | Purpose::DisasterStop { lot } => Some(lot),
            Purpose::Entry(_) | Purpose::Reduction | Purpose::Flatten(_) | Purpose::Outside => None,
        };
        let own = own.filter(|&lot| lots.contains(&lot) && side(lot) != side(other));
        Some((own.unwrap_or(first), other))
    }

    /// How much of a trade on a side closes open lots, and how much opens.
    pub(crate) fn split(&self, contract: ContractId, side: Side, qty: u32) -> (u32, u32) {
        let position = self.book.positions().at(contract);
        let held = position.lots.first().map(|&lot| self.book.lots().at(lot).side);
        let closing = if held.is_some_and(|held| held != side) {
            u32::try_from(position.lot_contracts).unwrap_or(u32::MAX).min(qty)
        } else {
            0
        };
        (closing, qty - closing)
    }
}
