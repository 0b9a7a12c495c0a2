//! The position of one contract: what fills prove, and what may still change it.

use std::collections::BTreeSet;

use phantom_compliance::{Minis, gate::worst_case};
use phantom_model::{ContractStanding, LotId, Money, NetQty, Side, Timestamp};
use serde::{Deserialize, Serialize};

use super::levels::Levels;
use super::order::OrderKey;
use crate::fact::LatchCause;

/// The broker's number of a position where it is not ours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Difference {
    /// What fills proved when it was found.
    pub ours: NetQty,
    /// What the broker said then.
    pub broker: NetQty,
    /// When it was found.
    pub since: Timestamp,
    /// What became of it.
    pub standing: DifferenceStanding,
}

/// What became of a difference.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DifferenceStanding {
    /// Seen once: the broker may lag.
    Suspected,
    /// Seen twice: a person decides.
    Confirmed,
    /// A person has decided that ours is right.
    Dismissed,
}

impl Difference {
    /// By how much the broker has more than we have.
    #[must_use]
    pub const fn contracts(&self) -> i64 {
        self.broker.signed() - self.ours.signed()
    }
}

/// One contract's position.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Position {
    /// Net quantity: the sum of all fills and adjustments.
    pub net: NetQty,
    /// The adjustments in it.
    pub adjusted: NetQty,
    /// When a fill or an adjustment last changed it; [`Timestamp::MIN`] before the first.
    pub changed_at: Timestamp,
    /// Where the broker's own number is not ours.
    pub difference: Option<Difference>,
    /// Whether the contract still trades, on the desk's terms.
    pub contract: ContractStanding,
    /// Why openings in this contract are blocked.
    pub latches: Vec<LatchCause>,
    /// Realized and fees when the trading day began.
    pub at_day_start: (Money, Money),
    /// Sum over open contracts of entry price x signed quantity, in ticks.
    pub open_cost_ticks: i64,
    /// Gross profit of everything closed.
    pub realized: Money,
    /// Fees of every fill.
    pub fees: Money,
    /// Open lots, oldest first.
    pub lots: BTreeSet<LotId>,
    /// Contracts in them.
    pub lot_contracts: u64,
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
            adjusted: NetQty::FLAT,
            changed_at: Timestamp::MIN,
            difference: None,
            contract: ContractStanding::Current,
            latches: Vec::new(),
            at_day_start: (Money::ZERO, Money::ZERO),
            open_cost_ticks: 0,
            realized: Money::ZERO,
            fees: Money::ZERO,
            lots: BTreeSet::new(),
            lot_contracts: 0,
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

    /// Gross profit of everything closed since the trading day began.
    #[must_use]
    pub fn day_realized(&self) -> Money {
        self.realized - self.at_day_start.0
    }

    /// Fees of every fill since the trading day began.
    #[must_use]
    pub fn day_fees(&self) -> Money {
        self.fees - self.at_day_start.1
    }

    /// Contracts that no exit may touch, because the broker's own number is smaller than ours. The
    /// difference was seen twice; fills since then have moved both numbers alike.
    #[must_use]
    pub fn withheld(&self) -> u64 {
        let Some(difference) = self.difference.filter(|it| it.standing == DifferenceStanding::Confirmed)
        else {
            return 0;
        };
        let theirs = NetQty::new(self.net.signed() + difference.contracts());
        let closable = if theirs.side() == self.net.side() { theirs.size() } else { 0 };
        self.net.size().saturating_sub(closable)
    }

    /// Contracts in exits that may still fill.
    #[must_use]
    pub const fn exits_outstanding(&self) -> u64 {
        self.reduction_leaves + self.lot_exit_leaves
    }

    /// Contracts of live entries on either side that may still fill.
    #[must_use]
    pub const fn entries_outstanding(&self) -> u64 {
        self.buy_entry_leaves + self.sell_entry_leaves
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
