//! How the desk stands: what protects what is open, what a person must decide, how far a flatten is.

use serde::Serialize;
use ts_rs::TS;

use crate::broker::BrokerLink;

/// Everything about the desk that is more than one figure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeskStanding {
    /// The account that is traded, as its broker names it.
    pub account: String,
    /// The connection to the broker; `null` for the simulated one.
    pub broker: Option<BrokerLink>,
    /// What protects what is open.
    pub protection: ProtectionLine,
    /// How long the broker takes to answer.
    pub latency: OrderLatency,
    /// Since when the newest price is there, in milliseconds of the wall's clock.
    pub feed_age_ms: Option<u32>,
    /// The account's worst case against its limit.
    pub position_limit: Option<LimitUse>,
    /// Where the broker's own number of a position is not ours.
    pub differences: Vec<DifferenceRow>,
    /// Why entries are stopped until a person has looked.
    pub latches: Vec<LatchRow>,
    /// The flatten under way, or the last one while it watches for late fills.
    pub flatten: Option<FlattenProgress>,
}

/// What protects what is open.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProtectionLine {
    /// Contracts open, of either side.
    pub open_contracts: u32,
    /// Contracts whose stop this program watches: it ends with the program.
    pub in_app_contracts: u32,
    /// Contracts whose exit is on its way.
    pub exiting_contracts: u32,
    /// Contracts with neither.
    pub unprotected_contracts: u32,
    /// Contracts of lots that gave up: every exit was refused.
    pub given_up_contracts: u32,
    /// What the open contracts with a stop make, in US dollars, if every stop fills at its price;
    /// `null` without any.
    pub stops_fill_pnl: Option<String>,
    /// No prices come, so no stop can fire.
    pub blind: bool,
}

/// How long the broker takes to answer an order, measured by the wall's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderLatency {
    /// The last answer, in milliseconds.
    pub last_ms: Option<u32>,
    /// 95 of 100 answers came within this many milliseconds, of the newest hundred.
    pub p95_ms: Option<u32>,
}

/// How much of a limit is used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitUse {
    /// What the worst case takes, in mini-equivalents.
    pub used: String,
    /// What is allowed.
    pub limit: String,
    /// What is left.
    pub left: String,
    /// Used, in hundredths of the limit, at most 100.
    pub percent: u32,
}

/// How a difference of positions stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum DifferenceState {
    /// Seen once: the broker may lag.
    Suspected,
    /// Seen twice: a person decides.
    Confirmed,
    /// A person has decided that ours is right.
    Dismissed,
}

/// Where the broker's own number of a position is not ours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceRow {
    /// The root.
    pub symbol: String,
    /// The contract.
    pub contract: String,
    /// What fills prove now, below zero when short.
    pub ours: i32,
    /// What the broker says, below zero when short.
    pub broker: i32,
    /// What is known of it.
    pub state: DifferenceState,
    /// Since when.
    pub since: String,
}

/// Why entries are stopped until a person has looked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LatchRow {
    /// The root of the contract that is stopped; `null` for the whole account.
    pub symbol: Option<String>,
    /// The stable code of the cause.
    pub reason: String,
    /// The order that it is about.
    pub order_id: Option<String>,
}

/// How far a flatten is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlattenStage {
    /// Orders are being taken out of the market.
    Cancelling,
    /// Exits are out.
    Exiting,
    /// The broker's reports say flat, and nothing works.
    Flat,
    /// It has answered that something is still open; the work goes on.
    NotFlat,
}

/// A flatten, step by step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FlattenProgress {
    /// Which one: `F0`.
    pub flatten: String,
    /// How far it is.
    pub stage: FlattenStage,
    /// When it began, on the market's clock.
    pub started_at: String,
    /// Orders whose cancel it asked for.
    pub cancels_asked: u32,
    /// Of these, answered by the broker.
    pub cancels_answered: u32,
    /// Exits sent.
    pub exits_sent: u32,
    /// Of these, refused or gone without a fill.
    pub exits_failed: u32,
    /// Contracts in the exits that were sent and have not failed.
    pub contracts_sent: u32,
    /// Contracts filled of them.
    pub contracts_filled: u32,
    /// The broker's reason for the last exit that failed, as a stable code.
    pub last_failure: Option<String>,
    /// Milliseconds from the start until the last cancel was answered.
    pub cancelled_ms: Option<u32>,
    /// Milliseconds from the start until the first exit left.
    pub exits_ms: Option<u32>,
    /// Milliseconds from the start until the last fill so far.
    pub filled_ms: Option<u32>,
    /// Milliseconds from the start until it answered.
    pub answered_ms: Option<u32>,
}
