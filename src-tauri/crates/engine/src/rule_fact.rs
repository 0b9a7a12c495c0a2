//! Facts about the rules: what is in force, what they have counted, what they did.
//!
//! Every number that a rule has computed is in its fact, so that the account is rebuilt from facts
//! alone: without the rule pack, and without the calendar.

use std::sync::Arc;

use phantom_compliance::pack::Share;
use phantom_compliance::{Lockout, Minis, Profile, RuleId, RunAway, Used};
use phantom_model::{Money, NetQty, OrderId, Timestamp, TradingDay};
use serde::{Deserialize, Serialize};

use crate::input::Origin;
use crate::judgement::Judgement;

/// The account that the desk trades, counted from 0. A desk has one account; what the others hold is
/// told to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct AccountId(u32);

impl AccountId {
    /// The account numbered `number`.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What the rules have counted of an account. Set as a whole when rules come into force and when a
/// trading day begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Figures {
    /// Whose figures.
    pub account: AccountId,
    /// The balance with which the account began its life.
    pub start_balance: Money,
    /// What the balance is beside the profit less fees of all that the book has recorded.
    pub opening: Money,
    /// The balance at the last end of day.
    pub eod_balance: Money,
    /// The highest balance at any end of day.
    pub peak_eod_balance: Money,
    /// The equity when the day began: with what open positions were worth.
    pub day_start_equity: Money,
    /// The highest balance of the day.
    pub day_peak_balance: Money,
    /// The highest equity of the day.
    pub day_peak_equity: Money,
    /// The highest equity ever. Never falls.
    pub peak_equity: Money,
    /// The floor of the maximum loss.
    pub floor: Money,
    /// How much the day may lose; `None` for any amount.
    pub daily_limit: Option<Money>,
    /// The firm's cap of the day. Where it follows equity, the cap when the day began.
    pub cap: Minis,
    /// The trading day.
    pub day: TradingDay,
    /// When it ends: the market itself must trade at or after it.
    pub day_ends: Timestamp,
    /// The net profit of the best day so far; zero without a winning day.
    pub best_day: Money,
    /// Days with a trade so far, the running one not counted.
    pub trading_days: u32,
    /// Payouts so far.
    pub payouts: u32,
}

/// Something about the rules has happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RuleFact {
    /// These rules are in force from now on.
    Adopted {
        /// Them.
        profile: Arc<Profile>,
        /// How the account stands under them.
        figures: Box<Figures>,
        /// Whether this is another account than before.
        fresh: bool,
        /// Who chose them.
        origin: Origin,
    },
    /// These rules come into force with the next session: they loosen something.
    Planned {
        /// Them.
        profile: Arc<Profile>,
        /// Whether that is another account.
        fresh: bool,
        /// Who chose them.
        origin: Origin,
    },
    /// There are no rules from the next session on.
    LiftPlanned {
        /// Who chose it.
        origin: Origin,
    },
    /// There are no rules any more.
    Lifted {
        /// Who chose it.
        origin: Origin,
    },
    /// Rules were chosen and are not taken: the limits are locked for the day, or nothing would change.
    Declined {
        /// Why.
        why: Declined,
        /// Who chose them.
        origin: Origin,
    },
    /// There are rules, but they cannot be used: nothing opens until others are adopted.
    Unusable {
        /// What is wrong.
        why: Arc<str>,
    },
    /// No limit can be loosened before the next session, not even for it.
    LimitsLocked {
        /// When that is.
        until: Timestamp,
        /// Who asked.
        origin: Origin,
    },
    /// The market trades on another day: the last one is counted, and the new one begins.
    DayBegan {
        /// How the account stands.
        figures: Box<Figures>,
    },
    /// Equity or the balance is higher than before: what trails has followed.
    Peaked {
        /// The highest balance of the day.
        day_peak_balance: Money,
        /// The highest equity of the day.
        day_peak_equity: Money,
        /// The highest equity ever.
        peak_equity: Money,
        /// The floor of the maximum loss.
        floor: Money,
    },
    /// A payout was taken.
    PaidOut {
        /// How much left the account.
        amount: Money,
        /// The floor from now on.
        floor: Money,
        /// Who said so.
        origin: Origin,
    },
    /// So much of a limit is used, for the first time today.
    Near {
        /// Of which rule.
        rule: RuleId,
        /// The share that was reached.
        level: Share,
        /// How much is used.
        used: Used,
    },
    /// A rule is reached. It stands, whatever comes after.
    Broken {
        /// Which rule.
        rule: RuleId,
        /// The money that it counts: equity, or closed trades alone.
        counted: Money,
        /// Where its line is.
        line: Money,
    },
    /// The account is locked.
    Locked {
        /// Since when, until when and for what.
        lock: Lockout,
        /// Who did it.
        origin: Origin,
    },
    /// The market trades in the next session: the lock of this rule has ended.
    Unlocked {
        /// Which rule's.
        cause: RuleId,
    },
    /// Entries are switched off until a person switches them on again.
    RanAway {
        /// Why.
        why: RunAway,
    },
    /// What the trader's other accounts hold, by the group of products that hedge one another.
    ElsewhereTold {
        /// Each group and its net contracts.
        holdings: Box<[(Arc<str>, NetQty)]>,
    },
    /// The gate has judged an order: what it saw, and what it said.
    Judged {
        /// The order.
        order: OrderId,
        /// The inputs and the answer.
        judgement: Box<Judgement>,
    },
}

impl RuleFact {
    /// Who did it; `None` for what the rules do by themselves and what nobody asked for.
    #[must_use]
    pub const fn origin(&self) -> Option<Origin> {
        match self {
            Self::Adopted { origin, .. }
            | Self::Planned { origin, .. }
            | Self::LiftPlanned { origin }
            | Self::Lifted { origin }
            | Self::Declined { origin, .. }
            | Self::LimitsLocked { origin, .. }
            | Self::PaidOut { origin, .. }
            | Self::Locked { origin, .. } => Some(*origin),
            Self::Unusable { .. }
            | Self::DayBegan { .. }
            | Self::Peaked { .. }
            | Self::Near { .. }
            | Self::Broken { .. }
            | Self::Unlocked { .. }
            | Self::RanAway { .. }
            | Self::ElsewhereTold { .. }
            | Self::Judged { .. } => None,
        }
    }
}

/// Why chosen rules are not taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Declined {
    /// The trader has locked the limits for the day, and something would become looser.
    LimitsLocked,
    /// They are in force already.
    NothingChanges,
    /// The time until which the account was to be locked has come already.
    TimeHasCome,
}

impl Declined {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LimitsLocked => "limits_locked",
            Self::NothingChanges => "rules_unchanged",
            Self::TimeHasCome => "lock_time_has_come",
        }
    }
}
