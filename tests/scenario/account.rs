//! A broker's own account as a story tells it: `Account::holds(&[("GC", 2)])`.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a story that cannot go on has failed")]

use phantom_model::{
    BrokerOrderId, BrokerSnapshot, ExecId, Listed, ListedFill, ListedOrder, ListedPosition, ListedStanding,
    NetQty, OrderKind, Qty, Side, SnapshotId, Timestamp,
};
use phantom_testkit::{contract, price};

/// A broker's own account: complete lists, with nothing of orders and executions until the story says so.
#[derive(Clone, Debug)]
pub struct Account {
    orders: Vec<ListedOrder>,
    fills: Vec<ListedFill>,
    positions: Listed<ListedPosition>,
}

impl Account {
    const fn of(positions: Listed<ListedPosition>) -> Self {
        Self { orders: Vec::new(), fills: Vec::new(), positions }
    }

    /// With a complete list of positions.
    #[must_use]
    pub fn holds(rows: &[(&str, i64)]) -> Self {
        Self::of(Listed::Complete(listed(rows)))
    }

    /// With a list of positions that was cut.
    #[must_use]
    pub fn cut_after(rows: &[(&str, i64)]) -> Self {
        Self::of(Listed::Partial(listed(rows)))
    }

    /// Without an answer about positions.
    #[must_use]
    pub const fn unanswered() -> Self {
        Self::of(Listed::Missing)
    }

    /// With an order in `GC` that works at the broker and is not ours.
    #[must_use]
    pub fn and_works(mut self, number: u64, side: Side, contracts: u32, limit: &str) -> Self {
        self.orders.push(ListedOrder {
            order: None,
            broker_order: BrokerOrderId::new(number),
            contract: contract("GC"),
            side,
            qty: Qty::new(contracts).unwrap(),
            kind: OrderKind::Limit(price("GC", limit)),
            filled: 0,
            standing: ListedStanding::Working,
        });
        self
    }

    /// With an order of ours in `GC` that works as a limit order.
    #[must_use]
    pub fn and_rests(mut self, order: &str, side: Side, contracts: u32, filled: u32, limit: &str) -> Self {
        self = self.and_works(1, side, contracts, limit);
        for row in &mut self.orders {
            (row.order, row.filled) = (Some(order.parse().unwrap()), filled);
        }
        self
    }

    /// With an order of ours in `GC` at the market that is filled, and its execution.
    #[must_use]
    pub fn and_filled(mut self, order: &str, side: Side, contracts: u32, at: &str) -> Self {
        let place = self.fills.len() as u64;
        let (qty, broker_order) = (Qty::new(contracts).unwrap(), BrokerOrderId::new(7 + place));
        let order = Some(order.parse().unwrap());
        self.orders.push(ListedOrder {
            order,
            broker_order,
            contract: contract("GC"),
            side,
            qty,
            kind: OrderKind::Market,
            filled: contracts,
            standing: ListedStanding::Filled,
        });
        self.fills.push(ListedFill {
            order,
            broker_order,
            contract: contract("GC"),
            side,
            exec: ExecId::new(900 + place),
            qty,
            price: price("GC", at),
            broker_time: None,
        });
        self
    }

    /// With an execution in `GC` of an order that is not ours.
    #[must_use]
    pub fn and_traded(mut self, number: u64, side: Side, contracts: u32, at: &str) -> Self {
        self.fills.push(ListedFill {
            order: None,
            broker_order: BrokerOrderId::new(number),
            contract: contract("GC"),
            side,
            exec: ExecId::new(1_000 + number),
            qty: Qty::new(contracts).unwrap(),
            price: price("GC", at),
            broker_time: None,
        });
        self
    }

    pub(crate) fn answering(self, answers: SnapshotId) -> BrokerSnapshot {
        let (orders, fills) = (Listed::Complete(self.orders), Listed::Complete(self.fills));
        BrokerSnapshot { answers, since: Timestamp::MIN, orders, fills, positions: self.positions }
    }
}

fn listed(rows: &[(&str, i64)]) -> Vec<ListedPosition> {
    let rows = rows.iter();
    rows.map(|(root, net)| ListedPosition { contract: contract(root), net: NetQty::new(*net) }).collect()
}
