//! The daily loss limit: how much one trading day may lose.

use phantom_model::Money;
use serde::{Deserialize, Serialize};

use super::Share;

/// Whether there is a daily limit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum DailyLoss {
    /// The program has none.
    None,
    /// It has one.
    Limit(DailyLimit),
}

/// A daily loss limit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DailyLimit {
    /// How large it is.
    pub amount: DailyAmount,
    /// Whether the trader has a choice.
    pub obligation: Obligation,
    /// What reaching it means.
    pub severity: LossSeverity,
    /// What counts as the day's loss.
    pub basis: DailyBasis,
    /// Whether the way to the floor caps it.
    pub floor_cap: FloorCap,
}

/// How large a daily limit is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum DailyAmount {
    /// Always the same.
    Fixed(Money),
    /// By the balance at the last end of day; ascending, the first tier whose bound holds.
    Tiers(Vec<DailyTier>),
    /// A share of the highest profit at any end of day.
    OfPeakProfit {
        /// The share.
        share: Share,
        /// What the limit is at least, and all it is while there is no profit.
        at_least: Money,
    },
    /// A share of the balance at the last end of day.
    OfBalance(Share),
}

/// One tier of a daily limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DailyTier {
    /// The tier holds for balances below this amount; `None` for the last one, which has no end.
    pub below: Option<Money>,
    /// The limit in it.
    pub limit: Money,
}

/// Whether a rule is the trader's choice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Obligation {
    /// It always holds.
    Mandatory,
    /// Chosen when the account is bought; off unless chosen.
    OptionalOff,
    /// Chosen when the account is bought; on unless declined.
    OptionalOn,
}

/// What reaching a limit of the day means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum LossSeverity {
    /// Flat, and no entries until the next session. The account goes on.
    DayLock,
    /// The account has failed.
    Fail,
}

/// What counts as the day's profit or loss. Fees count in both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum DailyBasis {
    /// Closed trades only.
    Realised,
    /// Closed trades and open profit.
    RealisedAndUnrealised,
}

/// Whether a daily limit can be larger than what is left to the floor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FloorCap {
    /// It stands alone.
    None,
    /// It is at most the way from the day's first balance to the floor.
    ToFloor,
}

/// The figures of an account at the beginning of a trading day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayStart {
    /// What the account began its life with.
    pub start_balance: Money,
    /// Its balance at the last end of day.
    pub eod_balance: Money,
    /// Its highest balance at any end of day, the first balance included.
    pub peak_eod_balance: Money,
    /// The floor of the maximum loss.
    pub floor: Money,
}

impl DailyLimit {
    /// The limit of a day as it is written, whatever is left to the floor. Never below zero.
    #[must_use]
    pub fn of_day(&self, day: &DayStart) -> Money {
        let limit = match &self.amount {
            DailyAmount::Fixed(limit) => *limit,
            DailyAmount::Tiers(tiers) => tier_limit(tiers, day.eod_balance),
            DailyAmount::OfPeakProfit { share, at_least } => {
                share.of(day.peak_eod_balance - day.start_balance).max(*at_least)
            }
            DailyAmount::OfBalance(share) => share.of(day.eod_balance),
        };
        limit.max(Money::ZERO)
    }

    /// The limit that counts on a day: with [`FloorCap::ToFloor`] at most the way to the floor. Never
    /// below zero.
    #[must_use]
    pub fn effective(&self, day: &DayStart) -> Money {
        match self.floor_cap {
            FloorCap::None => self.of_day(day),
            FloorCap::ToFloor => self.of_day(day).min(day.eod_balance - day.floor).max(Money::ZERO),
        }
    }

    /// Whether a day with this net result breaks a limit: reaching it does.
    #[must_use]
    pub fn is_reached(limit: Money, day_result: Money) -> bool {
        day_result <= -limit
    }
}

/// The last tier has no bound, so one always holds; without tiers nothing may be lost.
fn tier_limit(tiers: &[DailyTier], balance: Money) -> Money {
    let holds = |tier: &&DailyTier| tier.below.is_none_or(|below| balance < below);
    tiers.iter().find(holds).map_or(Money::ZERO, |tier| tier.limit)
}
