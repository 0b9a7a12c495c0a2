//! In the middle of what a kill came: between which two steps of an order.

use std::collections::BTreeMap;
use std::fmt;

use crate::broker::Books;
use crate::records::{Last, Records};

/// Something that was under way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Window {
    /// An entry is recorded, and nothing of it has left.
    BeforeSend,
    /// The broker has an entry, and its answer is not recorded.
    SentUnacknowledged,
    /// An entry works at the broker.
    Acknowledged,
    /// A stop or target has fired, and its exit never came to the broker.
    ExitDecided,
    /// The broker has an exit whose end is not recorded.
    ExitSent,
    /// The broker has an exit of which nothing is recorded.
    ExitNotRecorded,
    /// A cancel was asked for and has no answer.
    CancelInFlight,
    /// Records are written, and the mark does not say yet that they are on the disk.
    CommitInFlight,
}

impl Window {
    pub(crate) const ALL: [Self; 8] = [
        Self::BeforeSend,
        Self::SentUnacknowledged,
        Self::Acknowledged,
        Self::ExitDecided,
        Self::ExitSent,
        Self::ExitNotRecorded,
        Self::CancelInFlight,
        Self::CommitInFlight,
    ];

    const fn words(self) -> &'static str {
        match self {
            Self::BeforeSend => "entry recorded, not sent",
            Self::SentUnacknowledged => "entry sent, no answer recorded",
            Self::Acknowledged => "entry working",
            Self::ExitDecided => "exit decided, not at the broker",
            Self::ExitSent => "exit at the broker, end not recorded",
            Self::ExitNotRecorded => "exit at the broker, nothing recorded",
            Self::CancelInFlight => "cancel in flight",
            Self::CommitInFlight => "commit in flight",
        }
    }

    /// The windows that a process was killed in: what the journal and the broker's books said then. Entries
    /// are never sent again, so the books may be later ones as far as these go.
    pub(crate) fn of(records: &Records, books: &Books) -> Vec<Self> {
        let of_entries =
            |last| records.orders.iter().filter(move |it| it.0.starts_with('T') && *it.1 == last);
        let submitted = || of_entries(Last::Submitted).map(|(order, _)| order);
        let exits = || books.orders.keys().filter(|order| order.starts_with('L'));
        let open = |order: &&String| records.orders.get(*order).is_none_or(|last| *last != Last::Ended);
        let at_broker = |lot: &String| exits().any(|order| order.starts_with(&format!("{lot}-X")));
        let is = |window| match window {
            Self::BeforeSend => submitted().any(|order| !books.has(order)),
            Self::SentUnacknowledged => submitted().any(|order| books.has(order)),
            Self::Acknowledged => of_entries(Last::Accepted).next().is_some(),
            Self::ExitDecided => records.firing.iter().any(|lot| !at_broker(lot)),
            Self::ExitSent => exits().any(|order| open(&order)),
            Self::ExitNotRecorded => exits().any(|order| !records.has(order)),
            Self::CancelInFlight => !records.cancelling.is_empty(),
            Self::CommitInFlight => records.count > records.marked,
        };
        Self::ALL.into_iter().filter(|window| is(*window)).collect()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

/// How many kills came in each window.
pub(crate) type Hits = BTreeMap<Window, u32>;
