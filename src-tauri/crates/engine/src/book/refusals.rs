//! Exits that did nothing: refused, which spends a rung of their ladder, or lost on their way, which does not.

use phantom_model::{FailReason, OrderId, OrderStep, Timestamp};

use super::Book;
use super::lot::LotState;
use super::order::Cancelling;

impl Book {
    pub(super) fn fold_failed(&mut self, at: Timestamp, order: OrderId, reason: FailReason) {
        self.step(order, OrderStep::Fail, |row| {
            row.failed = Some(reason);
            row.cancelling = Cancelling::No;
        });
        self.note_refusal(at, self.origin_of(order));
        // Nobody has refused what never left, or never came, because the way broke: no rung is spent on it.
        let never_left = reason == FailReason::NeverSent && self.halt.not_connected;
        if never_left || (reason == FailReason::Absent && self.was_sent_before_a_break(order)) {
            self.put_back(order);
        } else {
            self.count_refusal(order);
        }
    }

    fn was_sent_before_a_break(&self, order: OrderId) -> bool {
        let row = self.find(order).map(|key| self.orders.at(key));
        row.is_some_and(|row| row.submitted_at <= self.broke_at)
    }

    /// What an exit that never came was to close is for another one, on the rung that it was on.
    fn put_back(&mut self, order: OrderId) {
        if let OrderId::FlattenExit { flatten, contract, .. } = order
            && let Some(key) = self.find(order)
        {
            let row = self.orders.at(key);
            let qty = row.qty.contracts().saturating_sub(row.done());
            self.flattens.at_mut(flatten).ladder.put_back(key, contract, qty);
        }
    }

    /// An exit that the broker refused, or took out of the market unfilled, is one rung spent.
    pub(super) fn count_refusal(&mut self, order: OrderId) {
        let lot = match order {
            OrderId::LotExit { lot, .. } => lot,
            OrderId::FlattenExit { flatten, contract, .. } => {
                let Some(key) = self.find(order) else { return };
                let row = self.orders.at(key);
                let qty = row.qty.contracts().saturating_sub(row.done());
                self.flattens.at_mut(flatten).ladder.refused(key, contract, qty);
                return;
            }
            OrderId::Ticket(_) | OrderId::LotStop { .. } | OrderId::Outside(_) => return,
        };
        self.change_lot(lot, |row| {
            if let LotState::Exiting { refusals, .. } = &mut row.state {
                *refusals = refusals.saturating_add(1);
            }
        });
    }
}
