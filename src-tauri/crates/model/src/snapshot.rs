//! The broker's own account of orders, executions and positions, at one moment.
//!
//! A list says of itself whether it is all that there is. Only then does it prove that something is
//! not there: a failed, cut or doubted answer is never read as "flat", "no orders" or "not found".

use serde::{Deserialize, Serialize};

use crate::{ContractId, ExecId, FailReason, NetQty, OrderId, OrderKind, Price, Qty, Side, Timestamp};

/// A question for a snapshot, so that an answer can be told from the answer to another question.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SnapshotId(u64);

impl SnapshotId {
    /// The question numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A list of the broker, and whether it is all that there is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Listed<T> {
    /// All of it: counted, or with an end marker, and without a gap.
    Complete(Vec<T>),
    /// Cut at a page limit, or with a gap. What is in it is true; what is not in it proves nothing.
    Partial(Vec<T>),
    /// The question failed or got no answer.
    Missing,
}

impl<T> Listed<T> {
    /// What was told, whether it is all or not.
    #[must_use]
    pub fn told(&self) -> &[T] {
        match self {
            Self::Complete(rows) | Self::Partial(rows) => rows,
            Self::Missing => &[],
        }
    }

    /// All that there is; `None` when something may be missing.
    #[must_use]
    pub fn all(&self) -> Option<&[T]> {
        match self {
            Self::Complete(rows) => Some(rows),
            Self::Partial(_) | Self::Missing => None,
        }
    }
}

/// Everything that the broker says about the account at one moment.
///
/// Reports that came before it in the stream are in it; those that come after it are not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerSnapshot {
    /// The question that it answers.
    pub answers: SnapshotId,
    /// The lists of orders and executions go back to here.
    pub since: Timestamp,
    /// Orders since then, ended ones included.
    pub orders: Listed<ListedOrder>,
    /// Executions since then.
    pub fills: Listed<ListedFill>,
    /// Positions; a contract that a complete list does not have is flat.
    pub positions: Listed<ListedPosition>,
}

/// An order as the broker lists it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListedOrder {
    /// Our id, where the broker still has it.
    pub order: Option<OrderId>,
    /// The broker's name for it. A broker that changes an order by a new one lists that one alone.
    pub broker_order: BrokerOrderId,
    /// What it trades.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// How many contracts, on the terms that now hold.
    pub qty: Qty,
    /// Market or limit, on the terms that now hold.
    pub kind: OrderKind,
    /// Contracts filled.
    pub filled: u32,
    /// Where it stands.
    pub standing: ListedStanding,
}

/// Where an order stands for the broker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListedStanding {
    /// It may still fill.
    Working,
    /// All of it is filled.
    Filled,
    /// It works no more.
    Cancelled,
    /// It was refused.
    Failed(FailReason),
}

/// An execution as the broker lists it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListedFill {
    /// Our id of its order, where the broker still has it.
    pub order: Option<OrderId>,
    /// The broker's name for the order.
    pub broker_order: BrokerOrderId,
    /// What was traded.
    pub contract: ContractId,
    /// Bought or sold.
    pub side: Side,
    /// The broker's id of the execution.
    pub exec: ExecId,
    /// Contracts.
    pub qty: Qty,
    /// Price.
    pub price: Price,
    /// The broker's own time of it, where it gives one.
    pub broker_time: Option<Timestamp>,
}

/// A position as the broker counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListedPosition {
    /// What is held.
    pub contract: ContractId,
    /// How much of it.
    pub net: NetQty,
}

/// The broker's name for one order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BrokerOrderId(u64);

impl BrokerOrderId {
    /// The order numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// Whether the broker, or the way to it, can be reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Link {
    /// It can. What happened before is asked for before anything opens.
    Up,
    /// It cannot.
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_list_proves_what_is_not_in_it() {
        for (list, told, all) in [
            (Listed::Complete(vec![1]), 1, Some(1)),
            (Listed::Complete(vec![]), 0, Some(0)),
            (Listed::Partial(vec![1]), 1, None),
            (Listed::Missing, 0, None),
        ] {
            assert_eq!((list.told().len(), list.all().map(<[i32]>::len)), (told, all), "{list:?}");
        }
    }
}
