//! The desk's end of the connection: the broker port. It never waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use phantom_broker::{Broker, Decider, Message, SendEnd, SendFault};
use phantom_model::{BrokerReport, Cover, Link, OrderId, Timestamp};
use tokio::sync::{mpsc, watch};

/// Messages that may wait for the connection.
pub(crate) const MESSAGES_MAX: usize = 1_024;

/// A message, who decided on it, and for which spell of the connection it was meant. One that comes too
/// late for its spell is not sent in the next one: what was asked for then may be wrong by now.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    pub(crate) message: Message,
    pub(crate) decider: Decider,
    pub(crate) spell: u64,
}

/// Which spell of being connected it is, counting from 1; 0 while there is none.
#[derive(Debug, Default)]
pub(crate) struct Spell(AtomicU64);

impl Spell {
    pub(crate) fn set(&self, spell: u64) {
        self.0.store(spell, Ordering::Release);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// What is to stand at the broker for the desk's phantoms, the newest of it; `None` until the desk says so.
pub(crate) type Covers = Option<Arc<[Cover]>>;

/// The connection as the desk's broker. Reports come by the way of
/// [`Incoming`](phantom_broker::Incoming), so that they are in one order with link and market.
#[derive(Debug)]
pub struct BridgeBroker {
    messages: mpsc::Sender<Posted>,
    spell: Arc<Spell>,
    decided: BTreeMap<OrderId, Decider>,
    covers: watch::Sender<Covers>,
}

impl BridgeBroker {
    pub(crate) const fn new(
        messages: mpsc::Sender<Posted>,
        spell: Arc<Spell>,
        covers: watch::Sender<Covers>,
    ) -> Self {
        Self { messages, spell, decided: BTreeMap::new(), covers }
    }
}

impl Broker for BridgeBroker {
    /// `Sent` means that the connection has taken it on. Should the connection then end before the first
    /// byte has left, the connection reports that the order was never sent; after the first byte nothing
    /// is known, and the desk asks.
    fn send(&mut self, _at: Timestamp, message: Message) -> SendEnd {
        let decider = message.order().and_then(|order| self.decided.get(&order).copied());
        let spell = self.spell.get();
        if spell == 0 {
            return SendEnd::SurelyNotSent(SendFault::NotConnected);
        }
        let decider = decider.unwrap_or(Decider::Program);
        match self.messages.try_send(Posted { message, decider, spell }) {
            Ok(()) => SendEnd::Sent,
            Err(mpsc::error::TrySendError::Full(_)) => SendEnd::SurelyNotSent(SendFault::QueueFull),
            Err(mpsc::error::TrySendError::Closed(_)) => SendEnd::SurelyNotSent(SendFault::NotConnected),
        }
    }

    fn decided_by(&mut self, order: OrderId, decider: Decider) {
        self.decided.insert(order, decider);
    }

    fn wants_covers(&self) -> bool {
        true
    }

    /// The newest is what counts: it is told as soon as there is a connection.
    fn cover(&mut self, all: &[Cover]) {
        self.covers.send_replace(Some(all.into()));
    }

    fn link(&self) -> Link {
        Link::Down
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        None
    }
}
