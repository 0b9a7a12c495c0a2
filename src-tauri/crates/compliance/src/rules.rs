//! The rules that act by themselves: their names, what a broken one does to the account, and how far
//! each is used.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use phantom_model::{Money, Timestamp, chicago_time};
use serde::{Deserialize, Serialize};

/// A rule that can lock the account, close it out, or warn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RuleId {
    /// The firm's maximum loss: the floor under the account.
    MaxLoss,
    /// The firm's daily loss limit.
    DailyLoss,
    /// The trader's own daily loss limit.
    PersonalDailyLoss,
    /// The trader's own daily profit target.
    PersonalDailyProfit,
    /// The firm's largest profit of one day.
    DailyProfitMax,
    /// The firm's ladder of sizes by live equity: holding more than its rung fails the account.
    LiveSize,
    /// Everything must be flat by a time of day.
    FlatBy,
    /// Everything must be flat around a release of economic figures.
    News,
    /// A person locked the account for the day.
    ByHand,
}

impl RuleId {
    /// Every rule.
    pub const ALL: [Self; 9] = [
        Self::MaxLoss,
        Self::DailyLoss,
        Self::PersonalDailyLoss,
        Self::PersonalDailyProfit,
        Self::DailyProfitMax,
        Self::LiveSize,
        Self::FlatBy,
        Self::News,
        Self::ByHand,
    ];

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MaxLoss => "max_loss",
            Self::DailyLoss => "daily_loss",
            Self::PersonalDailyLoss => "personal_daily_loss",
            Self::PersonalDailyProfit => "personal_daily_profit",
            Self::DailyProfitMax => "daily_profit_max",
            Self::LiveSize => "live_size",
            Self::FlatBy => "flat_by",
            Self::News => "news_window",
            Self::ByHand => "by_hand",
        }
    }

    /// What people call it, in the middle of a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::MaxLoss => "the maximum loss limit",
            Self::DailyLoss => "the daily loss limit",
            Self::PersonalDailyLoss => "your own daily loss limit",
            Self::PersonalDailyProfit => "your own daily profit target",
            Self::DailyProfitMax => "the largest profit of a day",
            Self::LiveSize => "the size ladder",
            Self::FlatBy => "the time to be flat",
            Self::News => "the news window",
            Self::ByHand => "your own lock",
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Until when a lock holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Until {
    /// Until the market itself trades at or after this moment, the beginning of the next session.
    /// Neither elapsed time nor a clock that was moved ends it.
    Session(Timestamp),
    /// For good: only another account ends it.
    Ever,
}

impl Until {
    /// Whether a trade stamped `at` ends the lock.
    #[must_use]
    pub fn is_over_at(self, at: Timestamp) -> bool {
        match self {
            Self::Session(opens) => at >= opens,
            Self::Ever => false,
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(opens) => write!(f, "until {}", Wall(*opens)),
            Self::Ever => f.write_str("for good"),
        }
    }
}

/// A lock of the account: no opening order leaves, whatever is open is closed, exits work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lockout {
    /// The rule that locked it.
    pub cause: RuleId,
    /// When.
    pub since: Timestamp,
    /// Until when.
    pub until: Until,
}

/// A moment as the clocks in Chicago show it: `2026-11-27 15:10`, with `CT`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wall(pub Timestamp);

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wall = chicago_time(self.0);
        write!(f, "{} {:02}:{:02} CT", wall.date(), wall.hour(), wall.minute())
    }
}

/// Which rules a number comes from: for messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleSource {
    /// The id of the pack.
    pub pack: Arc<str>,
    /// The day on which its rules were checked.
    pub checked_on: Date,
}

impl fmt::Display for RuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, checked {}", self.pack, self.checked_on)
    }
}

/// How far a rule is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Used {
    /// What is used of it; never below zero.
    pub used: Money,
    /// All of it; above zero while there is anything to use.
    pub limit: Money,
}

impl Used {
    /// What is left; never below zero.
    #[must_use]
    pub fn left(&self) -> Money {
        (self.limit - self.used).max(Money::ZERO)
    }

    /// Hundredths used, down to whole ones; 100 where nothing is left or there is no limit.
    #[must_use]
    pub fn percent(&self) -> u32 {
        let (used, limit) = (i128::from(self.used.units()), i128::from(self.limit.units()));
        if limit <= 0 || used >= limit { 100 } else { u32::try_from(used * 100 / limit).unwrap_or(0) }
    }
}

/// Why entries are switched off until a person switches them on again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RunAway {
    /// So many orders in a row were refused, by the gate or the broker, within ten seconds.
    Refusals,
    /// More commands within one second than any person gives.
    Commands,
    /// The exits of one lot were tried again and again.
    ExitAttempts,
}

impl RunAway {
    /// Refusals in a row.
    pub const REFUSALS_MAX: u32 = 5;
    /// Commands within one second.
    pub const COMMANDS_MAX: u32 = 10;
    /// Exits of one lot.
    pub const EXITS_MAX: u8 = 3;

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refusals => "refusals_in_a_row",
            Self::Commands => "commands_too_fast",
            Self::ExitAttempts => "exit_attempts",
        }
    }

    /// What happened, as the end of a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Refusals => "five orders in a row were refused within ten seconds",
            Self::Commands => "more than ten commands came within one second",
            Self::ExitAttempts => "an exit was sent more than three times",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_place_and_a_code_of_its_own() {
        for (place, rule) in RuleId::ALL.into_iter().enumerate() {
            assert_eq!(rule.place(), place);
            assert!(RuleId::ALL.iter().filter(|other| other.code() == rule.code()).count() == 1);
        }
    }

    #[test]
    fn only_a_trade_of_the_next_session_ends_a_lock() {
        let opens = Timestamp::from_nanos(1_000);
        let until = Until::Session(opens);
        let ends = |nanos| until.is_over_at(Timestamp::from_nanos(nanos));
        assert_eq!([ends(999), ends(1_000), ends(5_000)], [false, true, true]);
        assert!(!Until::Ever.is_over_at(Timestamp::MAX));
    }

    #[test]
    fn what_is_used_of_a_limit_is_told_in_whole_percent() {
        let percent =
            |used, limit| Used { used: Money::from_units(used), limit: Money::from_units(limit) }.percent();
        assert_eq!([percent(0, 10), percent(499, 1_000), percent(500, 1_000)], [0, 49, 50]);
        assert_eq!([percent(1_000, 1_000), percent(2_000, 1_000), percent(0, 0)], [100, 100, 100]);
    }
}
