//! The ladders of a flatten's exits. A position that one order cannot hold leaves in parts, and each part
//! has a ladder of its own: what happens to one of them spends no rung of another.

use std::collections::BTreeMap;

use phantom_model::ContractId;
use serde::{Deserialize, Serialize};

use super::order::OrderKey;

/// Which exits of a flatten were refused, and how often what each of them closes was refused before.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Ladder {
    /// Refusals before an exit was sent; only exits that replaced another one.
    spent: BTreeMap<OrderKey, u8>,
    /// Refused exits without a replacement.
    open: BTreeMap<OrderKey, Part>,
}

/// A part of a position whose exit was refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
struct Part {
    contract: ContractId,
    /// Contracts of its exit that were not filled.
    qty: u32,
    refusals: u8,
}

impl Part {
    const fn is_given_up(&self) -> bool {
        self.refusals >= Ladder::RUNGS
    }
}

impl Ladder {
    /// After so many refusals a part is a person's.
    pub const RUNGS: u8 = 4;

    /// How often an exit and those before it in its place were refused, once it has been.
    #[must_use]
    pub fn refusals_of(&self, exit: OrderKey) -> u8 {
        self.spent.get(&exit).copied().unwrap_or(0).saturating_add(1)
    }

    /// How often the part was refused whose turn it is; 0 when none waits for another exit.
    #[must_use]
    pub fn next_refusals(&self, contract: ContractId) -> u8 {
        self.next(contract).map_or(0, |(_, refusals)| refusals)
    }

    /// Contracts of the parts that were refused on every rung.
    #[must_use]
    pub fn given_up(&self, contract: ContractId) -> u64 {
        let over = self.open.values().filter(|part| part.contract == contract && part.is_given_up());
        over.map(|part| u64::from(part.qty)).sum()
    }

    /// The least refused part, the oldest of them.
    fn next(&self, contract: ContractId) -> Option<(OrderKey, u8)> {
        let waiting = self.open.iter().filter(|(_, part)| part.contract == contract && !part.is_given_up());
        waiting.map(|(key, part)| (part.refusals, *key)).min().map(|(refusals, key)| (key, refusals))
    }

    /// An exit goes out: in the place of the part whose turn it is, if one waits.
    pub(super) fn sent(&mut self, exit: OrderKey, contract: ContractId) {
        if let Some((replaced, refusals)) = self.next(contract) {
            self.open.remove(&replaced);
            self.spent.insert(exit, refusals);
        }
    }

    /// The broker refused an exit, or took it out of the market unfilled.
    pub(super) fn refused(&mut self, exit: OrderKey, contract: ContractId, qty: u32) {
        let refusals = self.refusals_of(exit);
        self.open.insert(exit, Part { contract, qty, refusals });
    }

    /// An exit never came to the broker, for the way there broke. That refuses nothing.
    pub(super) fn put_back(&mut self, exit: OrderKey, contract: ContractId, qty: u32) {
        let refusals = self.spent.get(&exit).copied().unwrap_or(0);
        self.open.insert(exit, Part { contract, qty, refusals });
    }

    /// A refused exit was filled after all.
    pub(super) fn revived(&mut self, exit: OrderKey) {
        self.open.remove(&exit);
    }

    /// Nothing is open in the contract any more.
    pub(super) fn closed(&mut self, contract: ContractId) {
        self.open.retain(|_, part| part.contract != contract);
    }
}
