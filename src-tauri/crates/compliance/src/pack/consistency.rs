//! Consistency: how large the best day may be beside all profit.
//!
//! Source of the formula: Topstep, "Trading Combine Parameters" (article 8284197) and "Consistency at
//! Topstep" (article 8284208): `needed = max(target, best day / share)`, neither rounded nor buffered.
//! It never fails an account by itself and must never stop an exit.

use std::cmp::Ordering;

use phantom_model::Money;
use serde::{Deserialize, Serialize};

use super::Share;

/// A consistency rule.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Consistency {
    /// The largest share of the best day, by the number of the payout: the first entry for the first
    /// one, the last entry for all that follow. One entry where payouts do not matter; never empty.
    pub(crate) shares: Vec<Share>,
    /// What the best day is a share of.
    pub of: ConsistencyBase,
    /// Over which days.
    pub scope: ConsistencyScope,
    /// Whether the share itself is still good.
    pub comparison: Comparison,
    /// What it does when it is not kept.
    pub effect: ConsistencyEffect,
}

/// What the best day is a share of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ConsistencyBase {
    /// The profit target.
    Target,
    /// All profit, net of losses and fees.
    TotalProfit,
}

/// Over which days consistency is judged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ConsistencyScope {
    /// All days of the attempt or the account.
    Account,
    /// The days since the last payout.
    PayoutCycle,
}

/// How the best day must stand to its share.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Comparison {
    /// At the share or below it.
    AtMost,
    /// Strictly below it.
    Below,
}

/// What an exceeded consistency rule does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ConsistencyEffect {
    /// More profit is needed to pass.
    RaiseTarget,
    /// No payout yet.
    BlockPayout,
    /// Trading must go on for more days; a warning.
    MustTradeOn,
}

/// The profit that consistency is judged on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProfitSoFar {
    /// The largest net profit of one closed trading day in the scope; zero without a winning day.
    pub best_day: Money,
    /// The net profit of all days in the scope.
    pub total: Money,
    /// The profit target; zero where there is none.
    pub target: Money,
}

impl Consistency {
    /// The largest share of the best day for a payout, counted from 1 on. Without payouts it is the
    /// same for every number.
    #[must_use]
    pub fn share(&self, payout: u32) -> Share {
        let index = usize::try_from(payout.saturating_sub(1)).unwrap_or(usize::MAX);
        self.shares.get(index).or(self.shares.last()).copied().unwrap_or(Share::WHOLE)
    }

    /// Every share, in the order of the payouts.
    #[must_use]
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// Whether the best day is small enough. Without a winning day it is.
    #[must_use]
    pub fn is_kept(&self, profit: &ProfitSoFar, payout: u32) -> bool {
        if profit.best_day <= Money::ZERO {
            return true;
        }
        let whole = match self.of {
            ConsistencyBase::Target => profit.target,
            ConsistencyBase::TotalProfit => profit.total,
        };
        match self.share(payout).compare(profit.best_day, whole) {
            Ordering::Less => true,
            Ordering::Equal => self.comparison == Comparison::AtMost,
            Ordering::Greater => false,
        }
    }

    /// The profit that is needed: the target, or as much as makes the best day small enough. A rule
    /// of the target itself cannot be met by more profit, so it leaves the target as it is.
    #[must_use]
    pub fn needed(&self, profit: &ProfitSoFar, payout: u32) -> Money {
        match self.of {
            ConsistencyBase::Target => profit.target,
            ConsistencyBase::TotalProfit if profit.best_day <= Money::ZERO => profit.target,
            ConsistencyBase::TotalProfit => {
                let share = self.share(payout);
                let whole = share.whole_of(profit.best_day);
                let exact = share.compare(profit.best_day, whole) == Ordering::Equal;
                let strict = exact && self.comparison == Comparison::Below;
                let needed = if strict { whole + Money::from_units(1) } else { whole };
                needed.max(profit.target)
            }
        }
    }
}
