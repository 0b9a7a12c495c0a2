//! What the broker reports, in whatever order and however often.

use phantom_model::{BrokerReport, OrderId, OrderStatus, OrderStep, Stepped, Timestamp};

use crate::book::{Cancelling, Order, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, LatchCause};
use crate::outcome::Request;

impl Engine {
    /// Takes one report.
    pub(crate) fn report(&mut self, now: &mut Now<'_>, report: BrokerReport) {
        let Some(key) = self.book.find(report.order()) else {
            self.foreign(now, &report);
            return;
        };
        match report {
            BrokerReport::Filled(fill) => self.fill(now, key, fill),
            BrokerReport::Accepted { order } => self.accepted(now, key, order),
            BrokerReport::Cancelled { order } => {
                self.ended(now, key, OrderStep::Cancel, FactBody::OrderCancelled { order });
            }
            BrokerReport::Failed { order, reason } => {
                self.ended(now, key, OrderStep::Fail, FactBody::OrderFailed { order, reason });
            }
            BrokerReport::CancelRefused { order } => self.cancel_refused(now, key, order),
        }
        let book = &self.book;
        self.deadlines.drop_answered(|order| owes_answer_since(book.orders().at(order)).is_some());
    }

    /// A report for an order that is not in the book, or that our own gate refused.
    fn foreign(&mut self, now: &mut Now<'_>, report: &BrokerReport) {
        let order = report.order();
        self.alarm(now, Alarm::IllegalStep(order));
        if matches!(report, BrokerReport::Filled(_)) {
            self.latch(now, LatchCause::ForeignOrder(order));
        }
    }

    fn accepted(&mut self, now: &mut Now<'_>, key: OrderKey, order: OrderId) {
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
        if was_asked {
            // Whoever waits for a cancel that was lost or refused asks again.
            self.settle(now, contract);
        }
    }

    /// The order works no more. Whatever it held back is free again.
    fn ended(&mut self, now: &mut Now<'_>, key: OrderKey, step: OrderStep, body: FactBody) {
        let row = self.book.orders().at(key);
        let (order, contract) = (row.id, row.contract);
        match row.status.after(step) {
            Stepped::To(_) | Stepped::Late(_) => {
                self.emit(now, body);
                self.settle(now, contract);
                self.alarm_stuck(now, key);
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
        let (live, contract) = (row.status.is_live(), row.contract);
        self.emit(now, FactBody::CancelRefused { order });
        if live {
            now.request(Request::Query(order));
            self.settle(now, contract);
        }
    }

    /// The answer is overdue. Time proves nothing: the order counts on, and the broker is asked.
    pub(crate) fn answer_overdue(&mut self, now: &mut Now<'_>, key: OrderKey) {
        let row = self.book.orders().at(key);
        // A deadline of an older question may come first: its answer has come.
        let overdue =
            owes_answer_since(row).is_some_and(|since| now.at >= since + self.timing.answer_overdue);
        if !overdue || row.unknown {
            return;
        }
        let order = row.id;
        self.emit(now, FactBody::OrderUnknown { order });
        now.request(Request::Query(order));
    }
}

/// Since when the broker owes an answer, to the submission or to a cancel; `None` when it does not.
fn owes_answer_since(order: &Order) -> Option<Timestamp> {
    use OrderStatus::{Accepted, Cancelled, Closed, Failed, Filled, PartiallyFilled, Pending, Rejected};
    match order.status {
        Pending => Some(order.submitted_at),
        Accepted | PartiallyFilled => {
            (order.cancelling == Cancelling::Asked).then_some(order.cancel_asked_at)
        }
        Filled | Closed | Cancelled | Failed | Rejected => None,
    }
}
