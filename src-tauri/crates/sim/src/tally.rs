//! What runs count.

use crate::faults::FaultCounts;
use crate::invariants::CheckCounts;

/// What runs count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Orders submitted, exits included.
    pub orders: u64,
    /// Exits among them.
    pub exits: u64,
    /// Tickets that the gate refused.
    pub refused: u64,
    /// Executions applied.
    pub fills: u64,
    /// Flattens answered.
    pub flattens: u64,
    /// Restarts from the facts.
    pub restarts: u64,
    /// Records of the market.
    pub prints: u64,
    /// Steps judged.
    pub steps: u64,
    /// Facts recorded.
    pub facts: u64,
    /// How often each fault happened.
    pub faults: FaultCounts,
    /// How often each invariant was checked.
    pub checks: CheckCounts,
    /// The hash of all facts, where it was taken.
    pub journal_hash: u64,
    /// The hash of all messages, where it was taken.
    pub bytes_hash: u64,
}

impl Tally {
    /// Adds what another run has counted. Hashes are of one run and stay.
    pub fn merge(&mut self, other: &Self) {
        self.orders += other.orders;
        self.exits += other.exits;
        self.refused += other.refused;
        self.fills += other.fills;
        self.flattens += other.flattens;
        self.restarts += other.restarts;
        self.prints += other.prints;
        self.steps += other.steps;
        self.facts += other.facts;
        self.faults.merge(&other.faults);
        self.checks.merge(&other.checks);
    }
}
