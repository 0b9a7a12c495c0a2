//! Sends that surely never left are tried again: under the same id, a few times, further and further
//! apart. After the last try the order has failed, and that is proved.

use std::collections::VecDeque;

use phantom_broker::Message;
use phantom_model::{OrderId, Span, Timestamp};

use crate::held::is_order;

/// The waits before the second, third and fourth try.
const WAITS: [Span; 3] = [Span::from_millis(50), Span::from_millis(200), Span::from_millis(800)];

/// A message that waits for its next try.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    due: Timestamp,
    /// Tries so far.
    tries: usize,
    pub(crate) message: Message,
}

/// Messages that wait for their next try.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retries {
    waiting: VecDeque<Waiting>,
}

/// What becomes of a message that did not leave.
pub(crate) enum Next {
    /// It waits for its next try.
    Waits,
    /// There is no further try.
    GivenUp(Message),
}

impl Retries {
    pub(crate) fn next_due(&self) -> Timestamp {
        self.waiting.front().map_or(Timestamp::MAX, |first| first.due)
    }

    /// A message did not leave after so many tries, this one included.
    pub(crate) fn failed(&mut self, now: Timestamp, message: Message, tries: usize) -> Next {
        let Some(&wait) = tries.checked_sub(1).and_then(|n| WAITS.get(n)) else {
            return Next::GivenUp(message);
        };
        let due = now + wait;
        let place = self.waiting.partition_point(|other| other.due <= due);
        self.waiting.insert(place, Waiting { due, tries, message });
        Next::Waits
    }

    /// The way to the broker has broken or is there again: no order goes with what was known before.
    pub(crate) fn take_orders(&mut self) -> Vec<Message> {
        let is_order = |it: &Waiting| matches!(it.message, Message::Submit(_) | Message::NativeClose(_));
        let (orders, others) = std::mem::take(&mut self.waiting).into_iter().partition(is_order);
        self.waiting = others;
        let orders: VecDeque<Waiting> = orders;
        orders.into_iter().map(|waiting| waiting.message).collect()
    }

    /// Takes back the new order of this id, of which no byte has left. Whether it was here.
    pub(crate) fn take_back(&mut self, order: OrderId) -> bool {
        let place = self.waiting.iter().position(|waiting| is_order(&waiting.message, order));
        place.and_then(|place| self.waiting.remove(place)).is_some()
    }

    /// The next message that is due, with the number of this try.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<(Message, usize)> {
        if self.next_due() > now {
            return None;
        }
        self.waiting.pop_front().map(|waiting| (waiting.message, waiting.tries + 1))
    }
}
