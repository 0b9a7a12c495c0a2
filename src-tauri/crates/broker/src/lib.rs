//! What a broker connection must do.
//!
//! Messages go out one by one, and each send ends in exactly one of three ways. What comes back is
//! one ordered stream of reports. A connection never waits: it hands a message on or says that it
//! could not.

use phantom_compliance::{OrderChange, Outbound};
use phantom_model::{BrokerReport, Cover, Link, MarketRecord, OrderId, SnapshotId, Timestamp};

/// Something to tell the broker. An opening order carries the gate's approval inside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// A new order. A repeated id answers the existing state and opens nothing.
    Submit(Outbound),
    /// Take an order out of the market.
    Cancel(OrderId),
    /// Give a working order other terms. The id stays ours: a broker that can only cancel and send a new
    /// order hides its own ids, and takes the end of the old one for no end of ours.
    Change(OrderChange),
    /// Report again what is known of an order: every execution, its terms if it was ever changed, and
    /// its state.
    Query(OrderId),
    /// Close by the broker's own means, never more than this exit.
    NativeClose(Outbound),
    /// Report orders, executions and positions as they are: one snapshot, in its place among the other
    /// reports. A list that is not all there is must say so.
    Snapshot(SnapshotId),
}

impl Message {
    /// The order that it is about; `None` for a question about the account.
    #[must_use]
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::Submit(order) | Self::NativeClose(order) => Some(order.id()),
            Self::Cancel(order) | Self::Query(order) => Some(*order),
            Self::Change(change) => Some(change.id()),
            Self::Snapshot(_) => None,
        }
    }
}

/// How a send ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SendEnd {
    /// It is on its way.
    Sent,
    /// Not one byte of it left. It may be tried again under the same id.
    SurelyNotSent(SendFault),
    /// It may or may not have left. It is never sent again; the broker is asked.
    Unknown,
}

/// Why a message surely did not leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SendFault {
    /// There is no connection.
    #[error("not connected")]
    NotConnected,
    /// The queue to the broker is full.
    #[error("the queue to the broker is full")]
    QueueFull,
}

/// What a real connection brings to the desk, in the order in which it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Incoming {
    /// The broker says something of orders.
    Report(BrokerReport),
    /// The way to the broker has come or gone.
    Link(Link),
    /// The market of the connection says something.
    Record(MarketRecord),
    /// The feed of the connection lives.
    FeedAlive,
}

/// Who decided on an order: the exchange wants to know it of each (CME tag 1028).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decider {
    /// A person, by a click or a key.
    Person,
    /// A program: a signal, a phantom, a rule.
    Program,
}

/// A connection to a broker.
pub trait Broker {
    /// Hands a message on.
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd;

    /// Told right before an order is sent, where a person decided on it. Orders of which nothing is told
    /// are a program's.
    fn decided_by(&mut self, _order: OrderId, _decider: Decider) {}

    /// Whether the broker's side can hold stops for the desk's phantoms, so that it wants to hear of them.
    fn wants_covers(&self) -> bool {
        false
    }

    /// Everything that is to stand there for the desk's phantoms when the desk cannot watch: said once as
    /// the desk begins, and each time that it changes, whole. What it does not name is to stand no more.
    fn cover(&mut self, _all: &[Cover]) {}

    /// The way to the broker as the desk starts.
    fn link(&self) -> Link {
        Link::Up
    }

    /// The next report that has come in, in the broker's order.
    fn next_report(&mut self) -> Option<BrokerReport>;

    /// When a simulated broker has something to do by itself; [`Timestamp::MAX`] for nothing.
    fn next_due(&self) -> Timestamp {
        Timestamp::MAX
    }

    /// Lets a simulated broker do what is due at or before `now`.
    fn advance(&mut self, _now: Timestamp) {}

    /// Shows a simulated broker the record that its market makes next. A real one has its own market.
    fn show(&mut self, _record: &MarketRecord) {}
}

/// A broker that is chosen and cannot be reached: nothing leaves, and nothing comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unreachable;

impl Broker for Unreachable {
    fn send(&mut self, _at: Timestamp, _message: Message) -> SendEnd {
        SendEnd::SurelyNotSent(SendFault::NotConnected)
    }

    fn link(&self) -> Link {
        Link::Down
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        None
    }
}
