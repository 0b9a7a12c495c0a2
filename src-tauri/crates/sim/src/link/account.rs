//! The broker's own account, when it is asked for: whole, cut, failed, lagging, or without our ids.

use phantom_model::{
    BrokerOrderId, BrokerReport, BrokerSnapshot, ContractId, Listed, ListedFill, ListedOrder, ListedPosition,
    ListedStanding, NetQty, OrderId, Qty, SnapshotId, Span, Timestamp,
};

use super::{ACCOUNT, Link};
use crate::faults::Fault;
use crate::terms::{CONTRACTS, contract};
use crate::truth::{Exchange, Standing, TruthOrder};

/// How far the lists go back.
const HISTORY: Span = Span::from_millis(300_000);

impl Link {
    /// Tells the account as it is now, behind all reports that are on their way.
    pub(super) fn tell_account(&mut self, id: SnapshotId) {
        // Once faults have ended the whole history is told: it proves what never came.
        let calm = self.strikes.is_calm();
        let since = if calm { Timestamp::default() } else { self.now - HISTORY };
        let mut orders = orders_of(&self.exchange, since);
        let mut fills = fills_of(&self.exchange, since);
        let now: Vec<ListedPosition> = positions_of(&self.exchange);
        let lags = self.hit(Fault::PositionsLag, ACCOUNT);
        let positions = if lags { self.told_positions.clone() } else { now.clone() };
        self.told_positions = now;
        if self.hit(Fault::IdsLost, ACCOUNT) {
            let nth = usize::try_from(self.draw(ACCOUNT).below(4)).unwrap_or(0);
            orders.iter_mut().skip(nth).step_by(4).for_each(|row| row.order = None);
            fills.iter_mut().skip(nth).step_by(4).for_each(|row| row.order = None);
        }
        if let Some(twice) = orders.last().copied()
            && self.hit(Fault::ListedTwice, ACCOUNT)
        {
            let broker_order = BrokerOrderId::new(2_000_000_000 + twice.broker_order.number());
            orders.push(ListedOrder { broker_order, ..twice });
        }
        let mut it = BrokerSnapshot {
            answers: id,
            since,
            orders: Listed::Complete(orders),
            fills: Listed::Complete(fills),
            positions: Listed::Complete(positions),
        };
        if self.hit(Fault::AccountFails, ACCOUNT) {
            match self.draw(ACCOUNT).below(4) {
                0 => return,
                1 => it.positions = Listed::Missing,
                2 => (it.orders, it.fills) = (Listed::Missing, Listed::Missing),
                _ => {
                    (it.orders, it.fills, it.positions) = (Listed::Missing, Listed::Missing, Listed::Missing);
                }
            }
        } else if self.hit(Fault::AccountCut, ACCOUNT) {
            (it.orders, it.fills) = (cut(it.orders), cut(it.fills));
            if self.draw(ACCOUNT).happens(500) {
                it.positions = cut(it.positions);
            }
        }
        self.report(BrokerReport::Snapshot(Box::new(it)));
    }
}

/// The first half of a list, which says that it is not all.
fn cut<T>(list: Listed<T>) -> Listed<T> {
    match list {
        Listed::Complete(mut rows) | Listed::Partial(mut rows) => {
            rows.truncate(rows.len() / 2);
            Listed::Partial(rows)
        }
        Listed::Missing => Listed::Missing,
    }
}

fn orders_of(exchange: &Exchange, since: Timestamp) -> Vec<ListedOrder> {
    exchange.orders().filter(|(_, row)| row.is_of(since)).filter_map(|(id, row)| listed(id, row)).collect()
}

fn listed(order: OrderId, row: &TruthOrder) -> Option<ListedOrder> {
    let standing = match row.standing {
        Standing::Working => ListedStanding::Working,
        Standing::Filled => ListedStanding::Filled,
        Standing::Cancelled => ListedStanding::Cancelled,
        Standing::Failed(reason) => ListedStanding::Failed(reason),
    };
    Some(ListedOrder {
        order: Some(order),
        broker_order: row.name,
        contract: row.contract,
        side: row.side,
        qty: Qty::new(row.qty)?,
        kind: row.kind,
        filled: row.filled,
        standing,
    })
}

fn fills_of(exchange: &Exchange, since: Timestamp) -> Vec<ListedFill> {
    let orders = exchange.orders().filter(|(_, row)| row.is_of(since));
    let ours = orders.flat_map(|(id, row)| {
        row.fills.iter().map(move |fill| ListedFill {
            order: Some(id),
            broker_order: row.name,
            contract: row.contract,
            side: row.side,
            exec: fill.exec,
            qty: fill.qty,
            price: fill.price,
            broker_time: fill.broker_time,
        })
    });
    let others = exchange.foreign().iter().map(|fill| ListedFill {
        order: None,
        broker_order: fill.broker_order,
        contract: fill.contract,
        side: fill.side,
        exec: fill.exec,
        qty: fill.qty,
        price: fill.price,
        broker_time: None,
    });
    ours.chain(others).collect()
}

fn positions_of(exchange: &Exchange) -> Vec<ListedPosition> {
    let held = |contract: ContractId| NetQty::new(exchange.position(contract));
    let rows = (0..CONTRACTS).map(contract).map(|contract| ListedPosition { contract, net: held(contract) });
    rows.filter(|row| row.net != NetQty::FLAT).collect()
}
