//! Openings that wait until the journal has them on the disk, in the order in which they were decided.

use std::collections::VecDeque;

use phantom_broker::Message;
use phantom_compliance::Outbound;
use phantom_engine::Book;
use phantom_model::OrderId;

/// Messages that wait for the disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// Each with the number of the fact that must be durable first; the numbers only grow.
    waiting: VecDeque<(u64, Message)>,
}

/// Whether a message raises what may be lost, so that it may only leave once its intent is durable: a new
/// order that opens, and terms of an entry that are larger or nearer to the market.
pub(crate) fn opens(book: &Book, message: &Message) -> bool {
    match message {
        Message::Submit(Outbound::Opening(_)) => true,
        Message::Change(change) => book.find(change.id()).is_some_and(|key| {
            let order = book.orders().at(key);
            let grows = book.change_of(key).is_some_and(|asked| asked.new_qty > asked.old_qty);
            let limit = order.kind.limit();
            let nearer = limit.is_some_and(|limit| (change.limit() - limit).count() * order.side.sign() > 0);
            order.purpose.is_entry() && (grows || nearer)
        }),
        Message::Submit(Outbound::Exit(_))
        | Message::NativeClose(_)
        | Message::Cancel(_)
        | Message::Query(_)
        | Message::Snapshot(_) => false,
    }
}

impl Held {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Holds a message until the fact numbered `needs` is durable.
    pub(crate) fn hold(&mut self, needs: u64, message: Message) {
        self.waiting.push_back((needs, message));
    }

    /// The next message whose intent is among the first `durable` facts.
    pub(crate) fn release(&mut self, durable: u64) -> Option<Message> {
        self.waiting.pop_front_if(|(needs, _)| *needs <= durable).map(|(_, message)| message)
    }

    /// The next message, whatever it waits for.
    pub(crate) fn take_any(&mut self) -> Option<Message> {
        self.waiting.pop_front().map(|(_, message)| message)
    }

    /// Whether the new order that the message is about waits here: the message must not overtake it.
    pub(crate) fn is_behind(&self, message: &Message) -> bool {
        let Message::Change(change) = message else { return false };
        self.waiting.iter().any(|(_, held)| is_order(held, change.id()))
    }

    /// Takes back the new order of this id, which has not left. Whether it was here.
    pub(crate) fn take_back(&mut self, order: OrderId) -> bool {
        let place = self.waiting.iter().position(|(_, message)| is_order(message, order));
        place.and_then(|place| self.waiting.remove(place)).is_some()
    }
}

/// Whether the message is the new order of this id.
pub(crate) fn is_order(message: &Message, id: OrderId) -> bool {
    match message {
        Message::Submit(order) | Message::NativeClose(order) => order.id() == id,
        Message::Cancel(_) | Message::Change(_) | Message::Query(_) | Message::Snapshot(_) => false,
    }
}
