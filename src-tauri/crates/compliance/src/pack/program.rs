//! The rules of one program of a firm: an evaluation or a funded account of one size.

use phantom_model::{Money, Span};
use serde::{Deserialize, Serialize};

use super::{Consistency, DailyLoss, Effect, MaxLoss, Payout, SizeRule};

/// What the account is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Stage {
    /// A test account.
    Evaluation,
    /// A funded account.
    Funded,
}

/// The rules of a program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Program {
    /// What the account is.
    pub stage: Stage,
    /// What the account begins with. Zero where a firm counts from zero.
    pub start_balance: Money,
    /// The profit that passes it, above zero; `None` when there is none.
    pub profit_target: Option<Money>,
    /// The rule that ends the account.
    pub max_loss: MaxLoss,
    /// How much a day may lose.
    pub daily_loss: DailyLoss,
    /// How large a position may be.
    pub size: SizeRule,
    /// How large the best day may be; `None` for no such rule.
    pub consistency: Option<Consistency>,
    /// Trading days before it can be passed; zero for none.
    pub trading_days_min: u32,
    /// How long a trade must be held; `None` for no such rule.
    pub hold_min: Option<MinHold>,
    /// How many trades a day may have; `None` for no such rule.
    pub trades_max: Option<TradeMax>,
    /// Calendar days without a trade after which the firm may close the account; `None` for no such
    /// rule.
    pub inactivity_days: Option<u32>,
    /// The profit of one day at which the account moves on and trading ends for the day; `None` for
    /// no such rule.
    pub daily_profit_max: Option<Money>,
    /// The payout rules; `None` for an evaluation.
    pub payout: Option<Payout>,
}

/// How long a trade must be held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MinHold {
    /// The shortest time between the fill that opens and the fill that closes. An exit is never held
    /// back for it: a shorter trade warns.
    pub span: Span,
}

/// How many trades a day may have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TradeMax {
    /// The most.
    pub per_day: u32,
    /// What counts.
    pub counting: TradeCounting,
    /// Whether an entry beyond it is refused.
    pub effect: Effect,
}

/// What counts as a trade.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum TradeCounting {
    /// Each order that opens, once it has a fill.
    Entries,
    /// Each order that opens and each that closes, once it has a fill: every part of scaling out
    /// counts.
    EntriesAndExits,
}
