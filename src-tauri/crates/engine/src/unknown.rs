//! Orders whose answer is overdue. Time proves nothing: they count in full, are never sent again, and
//! the broker is asked about them, further and further apart, a few times.

use phantom_model::{Span, Timestamp};

use crate::book::{Cancelling, Order, OrderKey};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody};
use crate::outcome::Request;
use crate::reports::owes_answer_since;

/// How long after an order became unknown it is asked about again. After the last time only snapshots
/// go on, and a person is told.
const REPEATS: [Span; 5] = [
    Span::from_millis(2_000),
    Span::from_millis(6_000),
    Span::from_millis(14_000),
    Span::from_millis(30_000),
    Span::from_millis(60_000),
];

impl Engine {
    /// The answer is overdue: the order counts on, and the broker is asked.
    pub(crate) fn answer_overdue(&mut self, now: &mut Now<'_>, key: OrderKey) {
        let row = self.book.orders().at(key);
        // A deadline of an older question may come first: its answer has come.
        let overdue = owes_answer_since(&self.book, key)
            .is_some_and(|since| now.at >= since + self.timing.answer_overdue);
        if !overdue || row.unknown {
            return;
        }
        let (order, cancelling) = (row.id, row.cancelling == Cancelling::Asked);
        self.emit(now, FactBody::OrderUnknown { order });
        now.request(Request::Query(order));
        if cancelling {
            self.alarm(now, Alarm::CancelUnanswered(order));
        }
        self.plan_repeat(now, key);
    }

    /// Asks again about an order that is still unknown, for every repeat that has come due once.
    pub(crate) fn ask_again(&mut self, now: &mut Now<'_>, key: OrderKey) {
        let row = self.book.orders().at(key);
        if !row.unknown || !row.is_live() {
            return;
        }
        let (order, is_last) = (row.id, next_repeat(row, now.at).is_none());
        now.request(Request::Query(order));
        if is_last {
            self.alarm(now, Alarm::StillUnknown(order));
        }
        self.ask_snapshot(now);
        self.plan_repeat(now, key);
    }

    fn plan_repeat(&mut self, now: &Now<'_>, key: OrderKey) {
        if let Some(at) = next_repeat(self.book.orders().at(key), now.at) {
            self.deadlines.set(at, Due::AskAgain(key));
        }
    }
}

/// When the order is asked about next; `None` after the last time.
fn next_repeat(order: &Order, now: Timestamp) -> Option<Timestamp> {
    REPEATS.iter().map(|&wait| order.unknown_since + wait).find(|&at| at > now)
}
