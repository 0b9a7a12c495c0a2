//! The mock broker's own account: everything that it ever did, complete.

use std::collections::BTreeMap;

use phantom_model::{
    BrokerSnapshot, ContractId, Listed, ListedFill, ListedOrder, ListedPosition, ListedStanding, NetQty,
    OrderId, SnapshotId, Timestamp,
};

use crate::order::{MockOrder, Standing};

/// The answer to a question for a snapshot.
pub(crate) fn snapshot_of(
    answers: SnapshotId,
    orders: &BTreeMap<OrderId, MockOrder>,
    positions: &BTreeMap<ContractId, NetQty>,
) -> BrokerSnapshot {
    let held = positions.iter().filter(|(_, net)| **net != NetQty::FLAT);
    BrokerSnapshot {
        answers,
        since: Timestamp::MIN,
        orders: Listed::Complete(orders.values().map(listed_order).collect()),
        fills: Listed::Complete(orders.values().flat_map(listed_fills).collect()),
        positions: Listed::Complete(held.map(|(&contract, &net)| ListedPosition { contract, net }).collect()),
    }
}

fn listed_order(order: &MockOrder) -> ListedOrder {
    ListedOrder {
        order: Some(order.id),
        broker_order: order.number,
        contract: order.contract,
        side: order.side,
        qty: order.qty,
        kind: order.kind,
        filled: order.fills.iter().map(|(_, qty, _)| qty.contracts()).sum(),
        standing: match order.standing {
            Standing::Working => ListedStanding::Working,
            Standing::Filled => ListedStanding::Filled,
            Standing::Cancelled => ListedStanding::Cancelled,
            Standing::Failed(reason) => ListedStanding::Failed(reason),
        },
    }
}

fn listed_fills(order: &MockOrder) -> impl Iterator<Item = ListedFill> {
    order.fills.iter().map(|&(exec, qty, price)| ListedFill {
        order: Some(order.id),
        broker_order: order.number,
        contract: order.contract,
        side: order.side,
        exec,
        qty,
        price,
        broker_time: None,
    })
}
