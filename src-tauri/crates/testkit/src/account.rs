//! A broker's own account as a test writes it: `Account::of(&world).holds("GC", 2)`.

use phantom_engine::Book;
use phantom_model::{
    ArenaKey, BrokerOrderId, BrokerSnapshot, Listed, ListedFill, ListedOrder, ListedPosition, ListedStanding,
    NetQty, OrderKind, OrderStatus, Qty, SnapshotId, Timestamp,
};

use crate::contracts::{contract, price};
use crate::world::World;

/// Lists of orders, executions and positions, complete until they are cut.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Orders.
    pub orders: Listed<ListedOrder>,
    /// Executions.
    pub fills: Listed<ListedFill>,
    /// Positions.
    pub positions: Listed<ListedPosition>,
}

impl Default for Account {
    fn default() -> Self {
        Self::empty()
    }
}

impl Account {
    /// Complete, with nothing in it.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            orders: Listed::Complete(Vec::new()),
            fills: Listed::Complete(Vec::new()),
            positions: Listed::Complete(Vec::new()),
        }
    }

    /// An account that agrees with the book of a world in everything.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let book = world.book();
        let positions = book.positions().iter().filter(|(_, position)| position.net != NetQty::FLAT);
        let positions = positions.map(|(contract, position)| ListedPosition { contract, net: position.net });
        Self {
            orders: Listed::Complete(orders_of(book)),
            fills: Listed::Complete(fills_of(book)),
            positions: Listed::Complete(positions.collect()),
        }
    }

    /// With this number for a root.
    #[must_use]
    pub fn holds(mut self, root: &str, net: i64) -> Self {
        let contract = contract(root);
        let mut rows = self.positions.told().to_vec();
        rows.retain(|row| row.contract != contract);
        rows.push(ListedPosition { contract, net: NetQty::new(net) });
        self.positions = Listed::Complete(rows);
        self
    }

    /// Without the order of this id, and without its executions.
    #[must_use]
    pub fn without(mut self, order: &str) -> Self {
        let gone = Some(order.parse().unwrap());
        let orders = self.orders.told().iter().filter(|row| row.order != gone);
        self.orders = Listed::Complete(orders.copied().collect());
        let fills = self.fills.told().iter().filter(|row| row.order != gone);
        self.fills = Listed::Complete(fills.copied().collect());
        self
    }

    /// With one more order.
    #[must_use]
    pub fn lists(mut self, order: ListedOrder) -> Self {
        let mut rows = self.orders.told().to_vec();
        rows.push(order);
        self.orders = Listed::Complete(rows);
        self
    }

    /// With the standing of one order changed.
    #[must_use]
    pub fn says(mut self, order: &str, standing: ListedStanding) -> Self {
        let id = Some(order.parse().unwrap());
        let rows = self.orders.told().iter().map(|row| {
            let standing = if row.order == id { standing } else { row.standing };
            ListedOrder { standing, ..*row }
        });
        self.orders = Listed::Complete(rows.collect());
        self
    }

    /// With one order in `GC` on these terms.
    #[must_use]
    pub fn on_terms(mut self, order: &str, contracts: u32, limit: &str) -> Self {
        let id = Some(order.parse().unwrap());
        let (qty, kind) = (Qty::new(contracts).unwrap(), OrderKind::Limit(price("GC", limit)));
        let rows = self.orders.told().iter();
        let rows = rows.map(|row| if row.order == id { ListedOrder { qty, kind, ..*row } } else { *row });
        self.orders = Listed::Complete(rows.collect());
        self
    }

    /// The answer to a question.
    #[must_use]
    pub fn snapshot(&self, answers: SnapshotId) -> BrokerSnapshot {
        let Self { orders, fills, positions } = self.clone();
        BrokerSnapshot { answers, since: Timestamp::MIN, orders, fills, positions }
    }
}

fn broker_order(row: u32) -> BrokerOrderId {
    BrokerOrderId::new(u64::from(row) + 1_000)
}

fn orders_of(book: &Book) -> Vec<ListedOrder> {
    let ours = book.orders().iter().filter(|(_, row)| !matches!(row.id, phantom_model::OrderId::Outside(_)));
    ours.map(|(key, row)| ListedOrder {
        order: Some(row.id),
        broker_order: broker_order(key.row()),
        contract: row.contract,
        side: row.side,
        // Until the broker has said otherwise, the old terms hold.
        qty: book.change_of(key).map_or(row.qty, |change| change.old_qty),
        kind: row.kind,
        filled: row.filled,
        standing: match row.status {
            OrderStatus::Pending | OrderStatus::Accepted | OrderStatus::PartiallyFilled => {
                ListedStanding::Working
            }
            OrderStatus::Filled | OrderStatus::Closed => ListedStanding::Filled,
            OrderStatus::Cancelled => ListedStanding::Cancelled,
            OrderStatus::Failed | OrderStatus::Rejected => {
                ListedStanding::Failed(row.failed.unwrap_or(phantom_model::FailReason::Unspecified))
            }
        },
    })
    .collect()
}

fn fills_of(book: &Book) -> Vec<ListedFill> {
    let counted = book.fills().iter().filter(|(_, fill)| fill.state.counts());
    let listed = counted.map(|(_, fill)| {
        let order = book.orders().at(fill.order);
        ListedFill {
            order: Some(order.id),
            broker_order: broker_order(fill.order.row()),
            contract: order.contract,
            side: order.side,
            exec: fill.exec,
            qty: fill.qty,
            price: fill.price,
            broker_time: fill.broker_time,
        }
    });
    listed.collect()
}
