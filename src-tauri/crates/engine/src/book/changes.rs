//! Changes of working orders that the broker has not answered.
//!
//! Until the answer an order counts with the larger of its old and its new quantity, so that every
//! budget holds whichever of them is true. What counts is kept in the order's own row; what it was
//! before is kept here.

use phantom_model::{OrderId, OrderKind, OrderStep, Price, Qty, Timestamp};
use serde::{Deserialize, Serialize};

use super::Book;
use super::order::OrderKey;
use crate::fact::FactBody;

/// A change on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Contracts of the whole order before.
    pub old_qty: Qty,
    /// Contracts of the whole order after.
    pub new_qty: Qty,
    /// The limit price after.
    pub new_limit: Price,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

impl Book {
    /// The change of an order that the broker has not answered.
    #[must_use]
    pub fn change_of(&self, order: OrderKey) -> Option<&Change> {
        // Nobody changes an order most of the time.
        if self.changes.is_empty() { None } else { self.changes.get(&order) }
    }

    /// Applies a fact of a change, of an order or of what protects a lot; the others go on to
    /// [`Book::fold_correction`].
    #[expect(clippy::wildcard_enum_match_arm, reason = "one match in four parts; the last one is complete")]
    pub(super) fn fold_change(&mut self, at: Timestamp, body: &FactBody) {
        match *body {
            FactBody::ChangeAsked { order, qty, limit, .. } => self.fold_change_asked(at, order, qty, limit),
            FactBody::OrderChanged { order, qty, limit } => self.fold_changed(order, qty, limit),
            FactBody::ChangeRefused { order } => self.forget_change(order),
            FactBody::ProtectionSet { lot, generation, ref protection, .. } => {
                self.fold_protection(lot, generation, protection);
                self.forget_passed(lot);
            }
            FactBody::BreakEvenReached { lot, generation, stop, .. } => {
                self.fold_break_even(lot, generation, stop);
            }
            ref other => self.fold_correction(at, other),
        }
    }

    fn fold_change_asked(&mut self, at: Timestamp, order: OrderId, qty: Qty, limit: Price) {
        let Some(key) = self.find(order) else { return };
        let old_qty = self.orders.at(key).qty;
        let change = Change { old_qty, new_qty: qty, new_limit: limit, asked_at: at };
        self.changes.insert(key, change);
        self.set_qty(key, old_qty.max(qty));
    }

    /// The new terms hold. What was filled meanwhile counts against them, and never below nothing. An
    /// order that is unknown stays so: a cancel of it may be unanswered too.
    fn fold_changed(&mut self, order: OrderId, qty: Qty, limit: Price) {
        let Some(key) = self.find(order) else { return };
        self.changes.remove(&key);
        let row = self.orders.at_mut(key);
        row.kind = OrderKind::Limit(limit);
        self.set_qty(key, qty);
        self.fill_if_complete(key);
    }

    /// The change never was: the old terms hold.
    pub(super) fn forget_change(&mut self, order: OrderId) {
        let Some(key) = self.find(order) else { return };
        if let Some(change) = self.changes.remove(&key) {
            self.set_qty(key, change.old_qty);
            self.fill_if_complete(key);
        }
    }

    /// The order has ended with its change unanswered. What was filled beyond the old quantity proves
    /// that the new one held.
    pub(super) fn end_change(&mut self, key: OrderKey) {
        if self.changes.is_empty() {
            return;
        }
        if let Some(change) = self.changes.remove(&key) {
            let row = self.orders.at_mut(key);
            if row.done() <= change.old_qty.contracts() {
                row.qty = change.old_qty;
            }
        }
    }

    /// An order whose size the broker's side decides has another one.
    pub(super) fn resize(&mut self, key: OrderKey, qty: Qty) {
        self.set_qty(key, qty);
        self.fill_if_complete(key);
    }

    /// Changes the quantity and every count that hangs on what may still fill.
    fn set_qty(&mut self, key: OrderKey, qty: Qty) {
        let row = self.orders.at_mut(key);
        let before = row.leaves();
        // A quantity below what is filled has nothing left to fill, as one that equals it.
        row.qty = Qty::new(row.filled).map_or(qty, |filled| qty.max(filled));
        self.count_leaves(key, before);
    }

    /// All of it may be filled under the terms that now hold: then there is no fill to wait for.
    fn fill_if_complete(&mut self, key: OrderKey) {
        let row = self.orders.at(key);
        if row.is_live() && row.done() >= row.qty.contracts() {
            self.step_row(key, OrderStep::FillRest, |_| ());
        }
    }
}
