//! What happens at the broker without us: orders that are not ours, and adjustments that a person made.
//!
//! It changes the position and the lots, protective quantities shrink to fit, and openings in the
//! contract are blocked until a person has looked. It never causes an order.

use phantom_model::{
    BrokerOrderId, ContractId, FillReport, FillTiming, ForeignFill, OrderId, Qty, Side, qty::ORDER_QTY_MAX,
};

use crate::book::{Cancelling, DifferenceStanding, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, LatchCause};
use crate::input::{Decision, Origin};

impl Engine {
    /// An execution of an order that is not ours: the position has it all the same.
    pub(crate) fn foreign_fill(&mut self, now: &mut Now<'_>, it: ForeignFill) {
        let ForeignFill { broker_order, contract, side, exec, qty, price } = it;
        // The broker may have lost our id of an execution that has come before.
        if self.book.find_fill(exec).is_some() {
            return;
        }
        let key = self.outside_order(now, broker_order, contract, side, qty);
        let order = self.book.orders().at(key).id;
        let timing = FillTiming::Unknown;
        self.fill(now, key, FillReport { order, exec, qty, price, timing, broker_time: None });
        self.make_exits_fit(now, contract);
    }

    /// The row of an order that is not ours, made when it is seen for the first time.
    pub(crate) fn outside_order(
        &mut self,
        now: &mut Now<'_>,
        broker_order: BrokerOrderId,
        contract: ContractId,
        side: Side,
        qty: Qty,
    ) -> OrderKey {
        if let Some(key) = self.book.find_outside((broker_order, contract, side)) {
            return key;
        }
        let (key, order) = (self.book.orders().next_key(), self.book.next_outside());
        self.emit(now, FactBody::OutsideOrderSeen { order, broker_order, contract, side, qty });
        self.latch_contract(now, contract, LatchCause::OutsideOrder(order));
        key
    }

    /// The position became smaller than what is out to close it: resting exits, the newest first, are
    /// asked back until the rest fits. Never an order, only cancels.
    pub(crate) fn make_exits_fit(&mut self, now: &mut Now<'_>, contract: ContractId) {
        let position = self.book.positions().at(contract);
        let closable = position.net.size().saturating_sub(position.withheld());
        let mut beyond = position.exits_outstanding().saturating_sub(closable);
        let reductions: Vec<OrderKey> = position.reductions.iter().rev().copied().collect();
        for key in reductions {
            let order = self.book.orders().at(key);
            if beyond == 0 || !order.rests() {
                continue;
            }
            beyond = beyond.saturating_sub(u64::from(order.leaves()));
            if order.cancelling == Cancelling::No {
                self.request_cancel(now, key);
            }
        }
    }

    /// A person decides whose number of a position is right.
    pub(crate) fn decide(
        &mut self,
        now: &mut Now<'_>,
        contract: ContractId,
        decision: Decision,
        origin: Origin,
    ) {
        let difference = self.book.positions().get(contract).and_then(|position| position.difference);
        let Some(difference) = difference.filter(|it| it.standing == DifferenceStanding::Confirmed) else {
            return;
        };
        match decision {
            Decision::KeepOurs => {
                self.emit(now, FactBody::DifferenceDismissed { contract, origin });
                self.settle(now, contract);
            }
            Decision::TakeBrokers => self.adjust(now, contract, difference.contracts(), origin),
        }
    }

    /// Moves the position by so many contracts of which nobody knows how they came or went.
    fn adjust(&mut self, now: &mut Now<'_>, contract: ContractId, by: i64, origin: Origin) {
        let side = if by > 0 { Side::Buy } else { Side::Sell };
        let (_, opening) = self.split(contract, side, u32::try_from(by.unsigned_abs()).unwrap_or(u32::MAX));
        if opening > 0 && self.last_price(contract).is_none() {
            self.alarm(now, Alarm::NoPriceToAdjust(contract));
            return;
        }
        let mut left = by.unsigned_abs();
        while let Some(qty) = u32::try_from(left.min(u64::from(ORDER_QTY_MAX))).ok().and_then(Qty::new) {
            left -= u64::from(qty.contracts());
            self.adjust_part(now, contract, side, qty, origin);
        }
        self.emit(now, FactBody::DifferenceGone { contract });
        self.make_exits_fit(now, contract);
        self.settle(now, contract);
    }

    fn adjust_part(&mut self, now: &mut Now<'_>, contract: ContractId, side: Side, qty: Qty, origin: Origin) {
        let (closing, opening) = self.split(contract, side, qty.contracts());
        let (key, order): (OrderKey, OrderId) = (self.book.orders().next_key(), self.book.next_outside());
        let price = self.last_price(contract);
        self.emit(now, FactBody::PositionAdjusted { order, contract, side, qty, price, origin });
        let mut left = closing;
        while left > 0 {
            let Some(&lot) = self.book.positions().at(contract).lots.first() else { break };
            let row = self.book.lots().at(lot);
            let (piece, opener) = (*self.book.pieces().at(row.first_piece), row.order);
            let part = left.min(piece.open);
            self.emit(now, FactBody::LotUnwound { lot, qty: part, entry: piece.price });
            self.close_if_done(now, opener);
            left -= part;
        }
        if let Some(price) = price.filter(|_| opening > 0) {
            self.open(now, key, opening, price, FillTiming::Unknown);
        }
        self.close_if_done(now, key);
    }
}
