//! How large a position may be, in mini-equivalents over all products of an account.

use phantom_model::Money;
use serde::{Deserialize, Serialize};

use crate::Minis;

/// The size rule of a program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum SizeRule {
    /// Always the same.
    Fixed(Minis),
    /// By the balance at the last end of day: it never rises during a session.
    ByEodBalance(Ladder),
    /// By equity at every moment. Holding more than the rung of the moment fails the account at once;
    /// nothing closes the rest for the trader.
    ByLiveEquity(Ladder),
    /// Half of the full size until the balance at an end of day has reached a threshold.
    HalfUntil {
        /// The full size.
        full: Minis,
        /// The balance from which on the full size is allowed.
        threshold: Money,
    },
}

/// Rungs, ascending in balance; the last has no end.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ladder {
    pub(crate) rungs: Vec<Rung>,
}

/// One rung of a ladder.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rung {
    /// Up to where it reaches.
    pub top: RungTop,
    /// The size that it allows.
    pub size: Minis,
}

/// Up to where a rung reaches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RungTop {
    /// Below this balance; the balance itself belongs to the next rung.
    Below(Money),
    /// Up to and with this balance.
    UpTo(Money),
    /// Without an end.
    Open,
}

/// The figures of an account that a size depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Balances {
    /// The balance at the last end of day.
    pub eod: Money,
    /// The equity now: balance, the day's result and open profit, fees taken off.
    pub equity: Money,
}

impl RungTop {
    /// Whether a balance is within this top.
    #[must_use]
    pub fn holds(self, balance: Money) -> bool {
        match self {
            Self::Below(top) => balance < top,
            Self::UpTo(top) => balance <= top,
            Self::Open => true,
        }
    }
}

impl Ladder {
    /// The rungs, ascending.
    #[must_use]
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// The size that a balance allows.
    #[must_use]
    pub fn size(&self, balance: Money) -> Minis {
        let rung = self.rungs.iter().find(|rung| rung.top.holds(balance));
        rung.map_or(Minis::ZERO, |rung| rung.size)
    }
}

impl SizeRule {
    /// The largest position that is allowed now.
    #[must_use]
    pub fn cap(&self, balances: Balances) -> Minis {
        match self {
            Self::Fixed(size) => *size,
            Self::ByEodBalance(ladder) => ladder.size(balances.eod),
            Self::ByLiveEquity(ladder) => ladder.size(balances.equity),
            Self::HalfUntil { full, threshold } if balances.eod < *threshold => {
                Minis::from_thousandths(full.thousandths() / 2)
            }
            Self::HalfUntil { full, .. } => *full,
        }
    }

    /// The largest position that the rule can ever allow.
    #[must_use]
    pub fn most(&self) -> Minis {
        match self {
            Self::Fixed(size) | Self::HalfUntil { full: size, .. } => *size,
            Self::ByEodBalance(ladder) | Self::ByLiveEquity(ladder) => {
                ladder.rungs.iter().map(|rung| rung.size).max().unwrap_or(Minis::ZERO)
            }
        }
    }
}
