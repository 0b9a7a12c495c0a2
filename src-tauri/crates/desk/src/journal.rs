//! The journal port: where facts go before anything that they cause leaves.

use phantom_engine::Fact;
use phantom_model::Timestamp;

/// Takes facts for good.
///
/// A fact is named by its number ([`Fact::seq`]), and so is the mark up to which facts are safe: nothing
/// else has to be handed out to ask whether a fact has arrived.
pub trait Journal {
    /// Takes facts, in order. It never waits: neither for a disk nor for anything else.
    fn append(&mut self, facts: &[Fact]);

    /// The number of the last fact that a crash or a loss of power cannot take away any more; 0 before
    /// the first.
    fn durable(&self) -> u64;

    /// How the journal is.
    fn health(&self) -> JournalHealth;

    /// When a simulated journal has something to do by itself; [`Timestamp::MAX`] for nothing.
    fn next_due(&self) -> Timestamp {
        Timestamp::MAX
    }

    /// Lets a simulated journal do what is due at or before `now`.
    fn advance(&mut self, _now: Timestamp) {}
}

/// How a journal is. What it means for orders is the desk's business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum JournalHealth {
    /// Facts become durable in good time.
    Sound,
    /// The disk is slow: facts wait for it for longer than anybody should.
    Slow,
    /// The disk is full. What comes now still becomes durable, from a reserve that is nearly nothing.
    Full,
    /// What comes now is not kept. It stays so until the program starts again.
    Lost,
}

/// A journal in memory: what it holds is as durable as the program.
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

    fn durable(&self) -> u64 {
        self.facts.last().map_or(0, |fact| fact.seq)
    }

    fn health(&self) -> JournalHealth {
        JournalHealth::Sound
    }
}
