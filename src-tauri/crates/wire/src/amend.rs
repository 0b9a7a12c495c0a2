//! Commands that change what is there already: working orders, stops and targets, what stops entries.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::decimal::DecimalText;

/// New terms of a working order: what is left out stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeRequest {
    /// The order.
    pub order_id: String,
    /// Contracts of the whole order, what is filled included.
    #[ts(optional = nullable)]
    pub qty: Option<DecimalText>,
    /// The limit price.
    #[ts(optional = nullable)]
    pub price: Option<DecimalText>,
}

/// What became of a wish that changes something: asked for, or refused with the reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AmendAnswer {
    /// Whether the desk does it. What the broker makes of it is told by the order log.
    pub accepted: bool,
    /// The stable code of the refusal.
    pub reason: Option<String>,
    /// The refusal in words.
    pub message: Option<String>,
}

/// A change of what protects a lot, or every lot of a position.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProtectRequest {
    /// What is to be protected.
    pub whom: Protected,
    /// What becomes of the stop; left out, it stays.
    #[ts(optional = nullable)]
    pub stop: Option<StopChange>,
    /// What becomes of the target; left out, it stays.
    #[ts(optional = nullable)]
    pub target: Option<TargetChange>,
    /// What becomes of the move to break-even; left out, it stays.
    #[ts(optional = nullable)]
    pub break_even: Option<BreakEvenChange>,
}

/// What a change of protection is about.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "UPPERCASE", deny_unknown_fields)]
pub enum Protected {
    /// One lot.
    Lot {
        /// Its id: `L3`.
        lot: String,
    },
    /// Every open lot of a contract.
    Position {
        /// A root or an alias.
        symbol: String,
    },
}

/// What becomes of the stop.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "UPPERCASE", deny_unknown_fields)]
pub enum StopChange {
    /// It goes.
    Remove {},
    /// It moves here; one that trails goes on trailing from here.
    At {
        /// Where.
        price: DecimalText,
    },
    /// It moves here and trails no more.
    Fix {
        /// Where.
        price: DecimalText,
    },
    /// So far on the losing side of the average entry.
    Away {
        /// How far.
        ticks: DecimalText,
    },
    /// It follows the best trade at this distance.
    Trail {
        /// How far.
        ticks: DecimalText,
    },
}

/// What becomes of the target.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "UPPERCASE", deny_unknown_fields)]
pub enum TargetChange {
    /// It goes.
    Remove {},
    /// It moves here.
    At {
        /// Where.
        price: DecimalText,
    },
    /// So far on the winning side of the average entry.
    Away {
        /// How far.
        ticks: DecimalText,
    },
}

/// What becomes of the move to break-even.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "UPPERCASE", deny_unknown_fields)]
pub enum BreakEvenChange {
    /// The stop moves no more by itself.
    Remove {},
    /// Once a trade is so far beyond the average entry, the stop goes there.
    #[serde(rename_all = "camelCase")]
    Set {
        /// How far the trade must be.
        after_ticks: DecimalText,
        /// How far beyond the entry the stop then is.
        #[ts(optional = nullable)]
        plus_ticks: Option<DecimalText>,
    },
}

/// What became of a change of protection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProtectAnswer {
    /// Whether every lot has it.
    pub accepted: bool,
    /// The stable code of the first refusal.
    pub reason: Option<String>,
    /// That refusal in words.
    pub message: Option<String>,
    /// Each lot, oldest first; one that was as asked already is not among them.
    pub lots: Vec<LotProtection>,
}

/// What protects a lot after a change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LotProtection {
    /// The lot.
    pub lot: String,
    /// The stop that stands; `null` for none, or where the change was refused.
    pub stop_price: Option<String>,
    /// The target that stands; `null` for none, or where the change was refused.
    pub take_profit: Option<String>,
    /// The stable code of the refusal; everything stays as it was then.
    pub reason: Option<String>,
}

/// Whose number of a position is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// The broker's: the position here is adjusted to it.
    TakeBrokers,
    /// Ours: the difference is let be.
    KeepOurs,
}

/// A person's decision about a difference, with both numbers as the person saw them.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecideRequest {
    /// A root or an alias.
    pub symbol: String,
    /// Whose number.
    pub decision: Decision,
    /// What fills prove, as it was shown.
    pub ours: i32,
    /// What the broker says, as it was shown.
    pub broker: i32,
}

/// How much of a position is to be closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum ClosePart {
    /// What no exit on its way closes already.
    All,
    /// Half of the position, rounded down, and no more than that.
    Half,
}
