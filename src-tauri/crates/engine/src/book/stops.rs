//! The rows of stops that the broker's side has placed.

use phantom_model::{ContractId, OrderId, OrderKind, OrderStatus, Qty, Side, StopRole, Timestamp};

use super::Book;
use super::order::{Cancelling, Order, OrderKey};
use crate::fact::{Leg, Purpose};

impl Book {
    /// A stop stands for a lot, or stands with another size.
    pub(super) fn fold_stop(
        &mut self,
        at: Timestamp,
        order: OrderId,
        contract: ContractId,
        side: Side,
        qty: Qty,
    ) {
        if let Some(key) = self.find(order) {
            self.resize(key, qty);
            return;
        }
        let OrderId::LotStop { lot, role, .. } = order else { return };
        let purpose = match role {
            StopRole::Shadow => Purpose::LotExit { lot, leg: Leg::Stop },
            StopRole::Disaster => Purpose::DisasterStop { lot },
        };
        let key = self.orders.next_key();
        let earlier_exit = self.lots.at_mut(lot).last_exit.replace(key);
        self.orders.push(Order {
            id: order,
            contract,
            side,
            qty,
            kind: OrderKind::Market,
            purpose,
            origin: None,
            status: OrderStatus::Accepted,
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
            earlier_exit,
        });
        self.live.insert(key);
        self.stops.insert(key);
        self.count_leaves(key, 0);
    }

    /// Keeps the list of stops that may still fill.
    pub(super) fn follow_stop(&mut self, key: OrderKey) {
        let row = self.orders.at(key);
        if !matches!(row.id, OrderId::LotStop { .. }) {
            return;
        }
        if row.is_live() {
            self.stops.insert(key);
        } else {
            self.stops.remove(&key);
        }
    }
}
