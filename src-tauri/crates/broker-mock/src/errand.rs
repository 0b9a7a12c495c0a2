//! What a message asks of the broker, without the proofs that it carried: those are for the way out only.

use phantom_broker::Message;
use phantom_compliance::Outbound;
use phantom_model::{ContractId, OrderId, OrderKind, Price, Qty, Side, SnapshotId};
use serde::{Deserialize, Serialize};

/// The terms of a new order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Terms {
    pub(crate) order: OrderId,
    pub(crate) contract: ContractId,
    pub(crate) side: Side,
    pub(crate) qty: Qty,
    pub(crate) kind: OrderKind,
}

/// Something that the broker is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Errand {
    Take(Terms),
    Close(Terms),
    Cancel(OrderId),
    Change { order: OrderId, qty: Qty, limit: Price },
    Query(OrderId),
    Account(u64),
}

impl From<&Outbound> for Terms {
    fn from(order: &Outbound) -> Self {
        Self {
            order: order.id(),
            contract: order.contract(),
            side: order.side(),
            qty: order.qty(),
            kind: order.kind(),
        }
    }
}

impl From<&Message> for Errand {
    fn from(message: &Message) -> Self {
        match message {
            Message::Submit(order) => Self::Take(order.into()),
            Message::NativeClose(order) => Self::Close(order.into()),
            Message::Cancel(order) => Self::Cancel(*order),
            Message::Change(change) => {
                Self::Change { order: change.id(), qty: change.qty(), limit: change.limit() }
            }
            Message::Query(order) => Self::Query(*order),
            Message::Snapshot(id) => Self::Account(id.number()),
        }
    }
}

impl Errand {
    /// Whether it can change anything at the broker: a question cannot.
    pub(crate) const fn changes(self) -> bool {
        match self {
            Self::Take(_) | Self::Close(_) | Self::Cancel(_) | Self::Change { .. } => true,
            Self::Query(_) | Self::Account(_) => false,
        }
    }

    /// The question that a request for the account answers.
    pub(crate) const fn question(number: u64) -> SnapshotId {
        SnapshotId::new(number)
    }
}
