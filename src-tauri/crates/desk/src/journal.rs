//! The journal port: where facts go before anything that they cause leaves.

use phantom_engine::Fact;

/// Takes facts for good.
pub trait Journal {
    /// Records facts, in order.
    fn append(&mut self, facts: &[Fact]);
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
