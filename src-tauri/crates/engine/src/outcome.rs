//! What the engine answers to an input.

use phantom_compliance::{OrderChange, Outbound};
use phantom_model::{OrderId, SnapshotId};

use crate::Fact;

/// Facts to record and requests to carry out, in order. Kept and cleared by the caller, so that the
/// ordinary trade allocates nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// What has happened.
    pub facts: Vec<Fact>,
    /// What is to be sent.
    pub requests: Vec<Request>,
}

/// Something to send to the broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// A new order.
    Submit(Outbound),
    /// Take an order out of the market.
    Cancel(OrderId),
    /// Give a working order other terms.
    Change(OrderChange),
    /// Tell what became of an order.
    Query(OrderId),
    /// Close by the broker's own means, never more than this exit: the last rung of the ladder.
    NativeClose(Outbound),
    /// Tell the broker's own account: orders, executions, positions.
    Snapshot(SnapshotId),
}

impl Outcome {
    /// Forgets the last answer and keeps the room.
    pub fn clear(&mut self) {
        self.facts.clear();
        self.requests.clear();
    }
}
