//! What the broker reports, in whatever order and however often.

use phantom_model::{BrokerReport, OrderId, OrderStatus, OrderStep, Stepped, Timestamp};

use crate::book::{Book, Cancelling, OrderKey};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, LatchCause, Purpose};
use crate::outcome::Request;

impl Engine {
    /// Takes one report.
    pub(crate) fn report(&mut self, now: &mut Now<'_>, report: BrokerReport) {
        match report {
            _ if report.order().is_some_and(|order| self.comes_with_the_account(order)) => {}
            BrokerReport::Filled(fill) => {
                if let Some(key) = self.ours(now, fill.order) {
                    self.fill(now, key, fill);
                } else {
                    self.latch(now, LatchCause::ForeignOrder(fill.order));
                    self.ask_snapshot(now);
                }
            }
            BrokerReport::Accepted { order } => {
                if let Some(key) = self.ours(now, order) {
                    self.accepted(now, key, order);
                }
            }
            BrokerReport::Cancelled { order } => {
                if let Some(key) = self.ours(now, order) {
                    self.ended(now, key, OrderStep::Cancel, FactBody::OrderCancelled { order });
                }
            }
            BrokerReport::Failed { order, reason } => {
                if let Some(key) = self.ours(now, order) {
                    self.ended(now, key, OrderStep::Fail, FactBody::OrderFailed { order, reason });
                }
            }
            BrokerReport::CancelRefused { order } => {
                if let Some(key) = self.ours(now, order) {
                    self.cancel_refused(now, key, order);
                }
            }
            BrokerReport::Changed { order, qty, limit } => {
                if let Some(key) = self.ours(now, order) {
                    self.changed(now, key, qty, limit);
                }
            }
            BrokerReport::ChangeRefused { order } => {
                if let Some(key) = self.ours(now, order) {
                    self.change_refused(now, key);
                }
            }
            BrokerReport::Busted { exec } => self.busted(now, exec),
            BrokerReport::Corrected { exec, qty, price } => self.corrected(now, exec, qty, price),
            BrokerReport::StopStands(stop) => {
                if self.stop_stands(now, stop).is_none() {
                    self.latch(now, LatchCause::ForeignOrder(stop.order));
                    self.ask_snapshot(now);
                }
            }
            BrokerReport::ForeignFill(fill) => self.foreign_fill(now, fill),
            BrokerReport::Contract { contract, standing } => self.contract_told(now, contract, standing),
            BrokerReport::Snapshot(snapshot) => self.snapshot(now, &snapshot),
        }
        let book = &self.book;
        self.deadlines.drop_answered(|order| owes_answer_since(book, order).is_some());
    }

    /// Whether an order is one that a crash may have lost, or a stop for a lot that it has lost, and the
    /// broker's own account is on its way: that lists it, and what became of it, in the right order.
    fn comes_with_the_account(&self, order: OrderId) -> bool {
        let halt = self.book.halt();
        if !(halt.not_connected || halt.reconciling) || self.book.find(order).is_some() {
            return false;
        }
        match order {
            OrderId::LotStop { lot, .. } => self.book.lots().get(lot).is_none(),
            OrderId::Ticket(_)
            | OrderId::LotExit { .. }
            | OrderId::FlattenExit { .. }
            | OrderId::Outside(_) => self.book.may_be_lost(order),
        }
    }

    /// The row of an order that we sent. An id that is not in the book, or that our own gate refused,
    /// raises an alarm.
    fn ours(&mut self, now: &mut Now<'_>, order: OrderId) -> Option<OrderKey> {
        let key = self.book.find(order).filter(|&key| self.book.orders().at(key).purpose != Purpose::Outside);
        if key.is_none() {
            self.alarm(now, Alarm::IllegalStep(order));
        }
        key
    }

    pub(crate) fn accepted(&mut self, now: &mut Now<'_>, key: OrderKey, order: OrderId) {
        let row = self.book.orders().at(key);
        let contract = row.contract;
        // After a refused cancel this is the answer to the question what became of the order.
        let was_asked = row.unknown || row.cancelling == Cancelling::Refused;
        match row.status.after(OrderStep::Accept) {
            Stepped::To(_) | Stepped::Late(_) => self.emit(now, FactBody::OrderAccepted { order }),
            Stepped::Stale if was_asked && row.status.is_live() => {
                self.emit(now, FactBody::OrderAccepted { order });
            }
            Stepped::Stale => {}
            Stepped::Illegal => self.alarm(now, Alarm::IllegalStep(order)),
        }
        let row = self.book.orders().at(key);
        if was_asked && row.rests() && matches!(row.purpose, Purpose::LotExit { .. } | Purpose::Flatten(_)) {
            // A rung of the ladder that should have made room is asked to once more.
            self.deadlines.set(now.at + self.timing.cancel_wait, Due::ExitRests(key));
        }
        if was_asked {
            // A change that was lost may have left nothing to fill.
            self.close_if_done(now, key);
            // Whoever waits for a cancel that was lost or refused asks again.
            self.settle(now, contract);
        }
    }

    /// The order works no more. Whatever it held back is free again.
    pub(crate) fn ended(&mut self, now: &mut Now<'_>, key: OrderKey, step: OrderStep, body: FactBody) {
        let row = self.book.orders().at(key);
        let (order, contract) = (row.id, row.contract);
        match row.status.after(step) {
            Stepped::To(_) | Stepped::Late(_) => {
                self.emit(now, body);
                self.settle(now, contract);
                self.alarm_stuck(now, key);
                self.alarm_kept_in(now, key);
            }
            Stepped::Stale => {}
            Stepped::Illegal => self.alarm(now, Alarm::IllegalStep(order)),
        }
    }

    /// A refused cancel proves nothing: the fill may be on its way, or the order unknown. Ask.
    fn cancel_refused(&mut self, now: &mut Now<'_>, key: OrderKey, order: OrderId) {
        let row = self.book.orders().at(key);
        if row.cancelling != Cancelling::Asked {
            return;
        }
        let (live, contract, was_unknown) = (row.status.is_live(), row.contract, row.unknown);
        self.emit(now, FactBody::CancelRefused { order });
        if live {
            // A change may be overdue besides: then this asks.
            self.answer_overdue(now, key);
            if was_unknown || !self.book.orders().at(key).unknown {
                now.request(Request::Query(order));
            }
            self.settle(now, contract);
        }
    }
}

/// Since when the broker owes an answer, to the submission, to a cancel or to a change; `None` when it
/// does not.
pub(crate) fn owes_answer_since(book: &Book, key: OrderKey) -> Option<Timestamp> {
    use OrderStatus::{Accepted, Cancelled, Closed, Failed, Filled, PartiallyFilled, Pending, Rejected};
    let order = book.orders().at(key);
    match order.status {
        Pending => Some(order.submitted_at),
        Accepted | PartiallyFilled => {
            let cancel = (order.cancelling == Cancelling::Asked).then_some(order.cancel_asked_at);
            cancel.into_iter().chain(book.change_of(key).map(|change| change.asked_at)).min()
        }
        Filled | Closed | Cancelled | Failed | Rejected => None,
    }
}
