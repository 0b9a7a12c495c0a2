//! Exits that were sent in the place of another one, which was filled after all.

use phantom_model::OrderId;

use crate::book::OrderKey;
use crate::engine::{Engine, Now};

impl Engine {
    /// An exit that had ended has been filled: what was sent in its place is too much by now. Its cancel
    /// may come in time, so it is asked for, the youngest first, until no more is out than the position
    /// holds. That the books are in doubt is said besides.
    pub(crate) fn withdraw_replacements(&mut self, now: &mut Now<'_>, late: OrderKey) {
        let row = self.book.orders().at(late);
        let (contract, id) = (row.contract, row.id);
        let position = self.book.positions().at(contract);
        let closable = position.net.size().saturating_sub(position.withheld());
        let mut excess = position.exits_outstanding().saturating_sub(closable);
        if excess == 0 {
            return;
        }
        let younger = self.book.live_orders().filter(|(key, order)| *key > late && replaces(order.id, id));
        let mut replacements: Vec<(OrderKey, u32)> =
            younger.map(|(key, order)| (key, order.leaves())).collect();
        while let Some((key, leaves)) = replacements.pop().filter(|_| excess > 0) {
            self.request_cancel(now, key);
            excess = excess.saturating_sub(u64::from(leaves));
        }
    }
}

/// Whether two exits belong to the same ladder.
fn replaces(younger: OrderId, older: OrderId) -> bool {
    match (younger, older) {
        (OrderId::LotExit { lot, .. }, OrderId::LotExit { lot: same, .. }) => lot == same,
        (
            OrderId::FlattenExit { flatten, contract, .. },
            OrderId::FlattenExit { flatten: same, contract: there, .. },
        ) => (flatten, contract) == (same, there),
        (
            OrderId::Ticket(_)
            | OrderId::LotExit { .. }
            | OrderId::LotStop { .. }
            | OrderId::FlattenExit { .. }
            | OrderId::Outside(_),
            _,
        ) => false,
    }
}
