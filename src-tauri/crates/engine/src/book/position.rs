//! The position of one contract: what fills prove, and what may still change it.

use std::collections::BTreeSet;

use phantom_compliance::{Minis, gate::worst_case};
use phantom_model::{LotId, Money, NetQty, Side};

use super::levels::Levels;
use super::order::OrderKey;

/// One contract's position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Position {
    /// Net quantity: the sum of all fills.
    pub net: NetQty,
    /// Sum over open contracts of entry price x signed quantity, in ticks.
    pub open_cost_ticks: i64,
    /// Gross profit of everything closed.
    pub realized: Money,
    /// Fees of every fill.
    pub fees: Money,
    /// Open lots, oldest first.
    pub lots: BTreeSet<LotId>,
    /// Live reductions, oldest first: a trader's, a signal's, a flatten's.
    pub reductions: Vec<OrderKey>,
    /// Contracts that live reductions may still fill.
    pub reduction_leaves: u64,
    /// Contracts that live exits of single lots may still fill.
    pub lot_exit_leaves: u64,
    /// Contracts of fired lots for which no exit has left yet.
    pub awaiting_exit: u64,
    /// Contracts that live buy entries may still fill.
    pub buy_entry_leaves: u64,
    /// Contracts that live sell entries may still fill.
    pub sell_entry_leaves: u64,
    /// Trigger prices of the armed phantoms.
    pub levels: Levels,
    weight: Minis,
}

impl Position {
    pub(super) const fn flat(weight: Minis) -> Self {
        Self {
            net: NetQty::FLAT,
            open_cost_ticks: 0,
            realized: Money::ZERO,
            fees: Money::ZERO,
            lots: BTreeSet::new(),
            reductions: Vec::new(),
            reduction_leaves: 0,
            lot_exit_leaves: 0,
            awaiting_exit: 0,
            buy_entry_leaves: 0,
            sell_entry_leaves: 0,
            levels: Levels::new(),
            weight,
        }
    }

    /// Contracts in exits that may still fill.
    #[must_use]
    pub const fn exits_outstanding(&self) -> u64 {
        self.reduction_leaves + self.lot_exit_leaves
    }

    /// Contracts of live entries on a side that may still fill.
    #[must_use]
    pub const fn entry_leaves(&self, side: Side) -> u64 {
        match side {
            Side::Buy => self.buy_entry_leaves,
            Side::Sell => self.sell_entry_leaves,
        }
    }

    /// The contract's share of the account's worst case.
    #[must_use]
    pub fn worst(&self) -> Minis {
        worst_case(self.net, self.buy_entry_leaves, self.sell_entry_leaves, self.weight)
    }
}
