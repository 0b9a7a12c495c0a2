//! The maximum loss: a floor under the account's equity that ends the account when it is touched.
//!
//! Source of the formulas: Topstep, "What is the Maximum Loss Limit?" (article 8284204), for the
//! floor that moves at the end of a day, its lock, and the first payout; the other shapes differ in
//! what the floor follows and where it stops.

use phantom_model::Money;
use serde::{Deserialize, Serialize};

/// What the floor follows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum MaxLossKind {
    /// The balance at the end of each trading day.
    EodTrailing,
    /// The highest equity ever, open profit included, at every price.
    IntradayTrailing,
    /// Nothing: it stays where it began.
    Static,
}

/// Where a floor that follows stops for good.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FloorLock {
    /// It follows for ever.
    Never,
    /// At the balance that the account began with.
    Start,
    /// This far above the balance that the account began with.
    StartPlus(Money),
    /// At this amount.
    At(Money),
}

/// What touching the floor means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum MaxLossSeverity {
    /// The evaluation has failed; it can be reset.
    Fail,
    /// The account is closed for good.
    Close,
}

/// The maximum loss rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MaxLoss {
    /// What the floor follows.
    pub kind: MaxLossKind,
    /// How far below what it follows it lies; above zero.
    pub distance: Money,
    /// Where it stops; [`FloorLock::Never`] for a static floor.
    pub lock: FloorLock,
    /// Where the first payout puts it, whatever it was before; `None` when a payout moves nothing.
    pub on_first_payout: Option<Money>,
    /// What touching it means.
    pub severity: MaxLossSeverity,
}

impl MaxLoss {
    /// Where the floor of an account begins: the distance below its first balance.
    #[must_use]
    pub fn first_floor(&self, start_balance: Money) -> Money {
        start_balance - self.distance
    }

    /// Where the floor stops for good; `None` for never.
    #[must_use]
    pub fn lock_level(&self, start_balance: Money) -> Option<Money> {
        match self.lock {
            FloorLock::Never => None,
            FloorLock::Start => Some(start_balance),
            FloorLock::StartPlus(more) => Some(start_balance + more),
            FloorLock::At(level) => Some(level),
        }
    }

    /// The floor from the next session on, when a trading day has ended with this balance. Only the
    /// kind that follows the end of the day moves.
    #[must_use]
    pub fn floor_after_day(&self, start_balance: Money, floor: Money, eod_balance: Money) -> Money {
        match self.kind {
            MaxLossKind::EodTrailing => self.raised(start_balance, floor, eod_balance),
            MaxLossKind::IntradayTrailing | MaxLossKind::Static => floor,
        }
    }

    /// The floor once equity has been at `peak`. Only the kind that follows equity moves.
    #[must_use]
    pub fn floor_after_peak(&self, start_balance: Money, floor: Money, peak: Money) -> Money {
        match self.kind {
            MaxLossKind::IntradayTrailing => self.raised(start_balance, floor, peak),
            MaxLossKind::EodTrailing | MaxLossKind::Static => floor,
        }
    }

    /// The floor after the first payout.
    #[must_use]
    pub fn floor_after_first_payout(&self, floor: Money) -> Money {
        self.on_first_payout.unwrap_or(floor)
    }

    /// Whether this equity breaks the rule: touching the floor does.
    #[must_use]
    pub fn is_breached(floor: Money, equity: Money) -> bool {
        equity <= floor
    }

    /// `min(lock, max(floor, followed - distance))`: only up, and no further than the lock. A floor
    /// that is already above the lock stays.
    fn raised(&self, start_balance: Money, floor: Money, followed: Money) -> Money {
        let wanted = followed - self.distance;
        let reachable = self.lock_level(start_balance).map_or(wanted, |lock| wanted.min(lock));
        floor.max(reachable)
    }
}
