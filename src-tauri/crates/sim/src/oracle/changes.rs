//! Changes of orders: until the broker answers, the larger quantity counts.

use phantom_model::{BrokerReport, OrderId, OrderKind, OrderStatus, Price, Qty, Timestamp};

use super::Oracle;
use crate::invariants::Invariant;

impl Oracle {
    /// New terms leave: what they may add fits as a new order would.
    pub(super) fn change_asked(&mut self, id: OrderId, qty: u32, at: Timestamp) {
        let Some(track) = self.orders.get_mut(&id) else { return };
        let (old, contract, side, entry) = (track.qty, track.contract, track.side, track.is_entry());
        let may = track.status.is_live() && track.before_change.is_none();
        track.before_change = Some(old);
        track.qty = old.max(qty);
        self.owed.push_back((at + self.timing.answer_overdue, id));
        self.touch(contract, id);
        self.check(Invariant::I26, may, || format!("{id} is changed while it cannot be"));
        if qty > old && entry {
            let halt = self.halt_reason(contract).or_else(|| self.wrong_contract(contract));
            self.check(Invariant::I32, halt.is_none(), || format!("{id} grows while {halt:?}"));
            let (limit, worst) = (self.limits.position_max, self.worst_with(contract, side, 0));
            let fits = limit.is_none_or(|limit| worst <= limit.thousandths());
            self.check(Invariant::I06, fits, || format!("{id} grows to {qty}: worst case {worst}"));
        } else if qty > old {
            let (out, closable) = (self.exit_leaves(contract), self.contracts.at(contract).closable());
            self.check(Invariant::I10, out <= closable, || format!("{id} grows: exits {out} of {closable}"));
        }
    }

    /// The broker has the new terms.
    pub(super) fn changed(&mut self, id: OrderId, qty: Qty, limit: Price) {
        let told = self.last_report == Some(BrokerReport::Changed { order: id, qty, limit })
            || self.listed(id, |it| (it.qty, it.kind) == (qty, OrderKind::Limit(limit)));
        self.check(Invariant::I27, told, || format!("{id} was changed, and nobody said so"));
        let Some(track) = self.orders.get_mut(&id) else { return };
        track.kind = OrderKind::Limit(limit);
        track.before_change = None;
        self.set_qty(id, qty.contracts());
    }

    pub(super) fn change_refused(&mut self, id: OrderId) {
        let refused = BrokerReport::ChangeRefused { order: id };
        // Given up, or not tried again because openings were stopped meanwhile.
        let given_up = self.orders.get(&id).is_some_and(|track| track.change_not_sent > 0);
        let told = given_up || self.last_report == Some(refused);
        self.check(Invariant::I27, told, || format!("a change of {id} was refused, and nobody said so"));
        self.forget_change(id);
    }

    /// The change never was.
    pub(super) fn forget_change(&mut self, id: OrderId) {
        if let Some(old) = self.orders.get_mut(&id).and_then(|track| track.before_change.take()) {
            self.set_qty(id, old);
        }
    }

    fn set_qty(&mut self, id: OrderId, qty: u32) {
        let Some(track) = self.orders.get_mut(&id) else { return };
        track.qty = qty.max(track.filled);
        let done = track.filled + track.busted >= track.qty;
        if done && track.status.is_live() {
            track.status = OrderStatus::Filled;
            let contract = track.contract;
            self.contracts.at_mut(contract).live.remove(&id);
        }
        let contract = self.orders.get(&id).map(|track| track.contract);
        if let Some(contract) = contract {
            self.touch(contract, id);
        }
    }
}
