//! The journal port: where facts go before anything that they cause leaves.

use phantom_engine::Fact;
use phantom_model::Timestamp;
use tokio::sync::watch;

/// How much of a journal would survive the end of the program now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durable {
    /// Every fact up to the one with this number.
    UpTo(u64),
    /// What it had before. It takes no more, and never will.
    Lost,
}

impl Durable {
    /// Everything that was ever appended: a journal that nobody expects to survive.
    pub const ALL: Self = Self::UpTo(u64::MAX);
}

/// Takes facts for good.
///
/// Appending never waits for a disk. What is on it is told by [`Journal::durable`]: an opening leaves only
/// once the fact of it is durable; what closes, cancels and asks does not wait.
pub trait Journal {
    /// Records facts, in order.
    fn append(&mut self, facts: &[Fact]);

    /// How much of it is durable.
    fn durable(&self) -> Durable {
        Durable::ALL
    }

    /// Tells when [`Journal::durable`] changes by itself; `None` where it never does.
    fn watch(&self) -> Option<watch::Receiver<Durable>> {
        None
    }

    /// When a simulated journal has something to do by itself; [`Timestamp::MAX`] for nothing.
    fn next_due(&self) -> Timestamp {
        Timestamp::MAX
    }

    /// Lets a simulated journal do what is due at or before `now`.
    fn advance(&mut self, _now: Timestamp) {}
}

/// A journal in memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MemoryJournal {
    facts: Vec<Fact>,
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub const fn new() -> Self {
        Self { facts: Vec::new() }
    }

    /// Every fact so far.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, facts: &[Fact]) {
        self.facts.extend_from_slice(facts);
    }
}
