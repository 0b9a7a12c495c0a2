//! The fold of what comes after the fact: executions taken back or changed, orders that are not ours,
//! adjustments.

use phantom_model::{
    BrokerOrderId, ContractId, LotId, Money, OrderId, OrderKind, OrderStatus, OrderStep, Price, Qty, Side,
    Timestamp,
};

use super::Book;
use super::fold::Execution;
use super::lot::{Closed, Piece};
use super::order::{Cancelling, FillKey, FillRow, FillState, Order, OrderKey};
use crate::fact::{FactBody, Purpose};

/// An order that is not ours, as its fact tells it.
#[derive(Clone, Copy)]
struct Outside {
    order: OrderId,
    contract: ContractId,
    side: Side,
    qty: Qty,
}

impl Book {
    /// Applies a fact of this file; the others go on to [`Book::fold_standing`].
    #[expect(clippy::wildcard_enum_match_arm, reason = "one match in four parts; the last one is complete")]
    pub(super) fn fold_correction(&mut self, at: Timestamp, body: &FactBody) {
        match *body {
            FactBody::OutsideOrderSeen { order, broker_order, contract, side, qty } => {
                self.fold_outside_seen(at, broker_order, &Outside { order, contract, side, qty });
            }
            FactBody::PositionAdjusted { order, contract, side, qty, price, .. } => {
                self.fold_adjusted(at, &Outside { order, contract, side, qty }, price);
            }
            FactBody::FillBusted { exec, .. } => self.fold_busted(at, exec),
            FactBody::FillCorrected { exec, qty, price, fee, .. } => {
                self.fold_corrected(at, exec, qty, price, fee);
            }
            FactBody::FillDoubted { order, exec, qty, price } => {
                if let Some(key) = self.find(order) {
                    let it = Execution { exec, qty, price, fee: Money::ZERO, broker_time: None };
                    self.keep_fill(at, key, &it, FillState::Doubted);
                }
            }
            FactBody::LotUnwound { lot, qty, entry } => self.fold_unwound(lot, qty, entry),
            FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => {
                self.fold_undone(lot, by, qty, entry, exit, realized);
            }
            ref other => self.fold_standing(at, other),
        }
    }

    /// Keeps an execution where it is found again by its id.
    pub(super) fn keep_fill(
        &mut self,
        at: Timestamp,
        order: OrderKey,
        it: &Execution,
        state: FillState,
    ) -> FillKey {
        let Execution { exec, qty, price, fee, broker_time } = *it;
        let earlier = self.orders.at(order).last_fill;
        let fill = self.fills.push(FillRow { exec, qty, price, at, order, fee, broker_time, state, earlier });
        if self.execs.last().is_none_or(|(newest, _)| *newest < exec) {
            self.execs.push((exec, fill));
        } else if let Err(place) = self.execs.binary_search_by_key(&exec, |(id, _)| *id) {
            self.execs.insert(place, (exec, fill));
        }
        fill
    }

    pub(super) fn keep_closed(&mut self, lot: LotId, by: OrderId, qty: u32, entry: Price, exit: Price) {
        if let Some(by) = self.find(by) {
            self.closed.push(Closed { lot, by, qty, entry, exit });
        }
    }

    fn push_outside(&mut self, at: Timestamp, it: &Outside, status: OrderStatus) -> OrderKey {
        let key = self.orders.push(Order {
            id: it.order,
            contract: it.contract,
            side: it.side,
            qty: it.qty,
            kind: OrderKind::Market,
            purpose: Purpose::Outside,
            origin: None,
            status,
            unknown: false,
            unknown_since: Timestamp::MIN,
            cancelling: Cancelling::No,
            cancel_asked_at: Timestamp::MIN,
            failed: None,
            filled: 0,
            busted: 0,
            cost_ticks: 0,
            submitted_at: at,
            last_fill: None,
            lot: None,
            earlier_exit: None,
        });
        self.outside.push(key);
        key
    }

    fn fold_outside_seen(&mut self, at: Timestamp, name: BrokerOrderId, it: &Outside) {
        let key = self.push_outside(at, it, OrderStatus::Accepted);
        self.outside_names.insert((name, it.contract, it.side), key);
    }

    /// An adjustment is an order that filled at once, at a price that nobody knows.
    fn fold_adjusted(&mut self, at: Timestamp, it: &Outside, price: Option<Price>) {
        let key = self.push_outside(at, it, OrderStatus::Filled);
        let row = self.orders.at_mut(key);
        row.filled = it.qty.contracts();
        row.cost_ticks = price.map_or(0, Price::ticks) * i64::from(it.qty.contracts());
        self.change_position(it.contract, |position| {
            position.net = position.net.after(it.side, it.qty);
            position.adjusted = position.adjusted.after(it.side, it.qty);
            position.changed_at = at;
        });
        self.forget_parts_if_flat(it.contract);
    }

    fn fold_busted(&mut self, at: Timestamp, exec: phantom_model::ExecId) {
        let Some(fill) = self.find_fill(exec) else { return };
        let row = self.fills.at_mut(fill);
        row.state = FillState::Busted;
        let FillRow { qty, price, fee, order: key, .. } = *row;
        let order = self.orders.at_mut(key);
        order.filled = order.filled.saturating_sub(qty.contracts());
        // It does not come back to work: what may still fill stays what it was.
        order.busted = order.busted.saturating_add(qty.contracts());
        order.cost_ticks -= price.ticks() * i64::from(qty.contracts());
        let (contract, side) = (order.contract, order.side);
        self.cash += fee;
        self.change_position(contract, |position| {
            position.net = position.net.after(side.opposite(), qty);
            position.fees = position.fees - fee;
            position.changed_at = at;
        });
        self.forget_parts_if_flat(contract);
        self.measure_again(key);
    }

    fn fold_corrected(
        &mut self,
        at: Timestamp,
        exec: phantom_model::ExecId,
        qty: Qty,
        price: Price,
        fee: Money,
    ) {
        let Some(fill) = self.find_fill(exec) else { return };
        let row = self.fills.at_mut(fill);
        let old = *row;
        (row.qty, row.price, row.fee, row.state) = (qty, price, fee, FillState::Corrected);
        let (before, after) = (old.qty.contracts(), qty.contracts());
        let order = self.orders.at(old.order);
        let (contract, side, leaves) = (order.contract, order.side, order.leaves());
        let change = |order: &mut Order| {
            order.filled = (order.filled + after).saturating_sub(before);
            order.busted = (order.busted + before).saturating_sub(after);
            order.cost_ticks += price.ticks() * i64::from(after) - old.price.ticks() * i64::from(before);
        };
        let completes =
            order.is_live() && after.saturating_sub(before.saturating_add(order.busted)) >= leaves;
        if completes && after > before {
            self.step_row(old.order, OrderStep::FillRest, change);
        } else {
            change(self.orders.at_mut(old.order));
            self.count_leaves(old.order, leaves);
        }
        self.cash = self.cash + old.fee - fee;
        self.change_position(contract, |position| {
            position.net = position.net.after(side.opposite(), old.qty).after(side, qty);
            position.fees = position.fees - old.fee + fee;
            position.changed_at = at;
        });
        self.forget_parts_if_flat(contract);
        self.measure_again(old.order);
    }

    /// Takes contracts with this entry price out of a lot, whichever piece they are in.
    fn fold_unwound(&mut self, lot: LotId, qty: u32, entry: Price) {
        let mut left = qty;
        let mut next = Some(self.lots.at(lot).first_piece);
        while let Some(key) = next.filter(|_| left > 0) {
            let piece: &mut Piece = self.pieces.at_mut(key);
            if piece.price == entry {
                let taken = left.min(piece.open);
                piece.open -= taken;
                left -= taken;
            }
            next = piece.next;
        }
        self.shrink_lot(lot, qty, entry);
    }

    fn fold_undone(&mut self, lot: LotId, by: OrderId, qty: u32, entry: Price, exit: Price, realized: Money) {
        let by = self.find(by);
        let mut left = qty;
        for key in self.closed.keys().rev() {
            let row = self.closed.at_mut(key);
            if left > 0 && row.lot == lot && Some(row.by) == by && (row.entry, row.exit) == (entry, exit) {
                let taken = left.min(row.qty);
                row.qty -= taken;
                left -= taken;
            }
        }
        let contract = self.lots.at(lot).contract;
        let position = self.positions.at_mut(contract);
        position.realized = position.realized - realized;
        self.cash = self.cash - realized;
        self.fold_lot_grew(lot, qty, entry);
    }
}
