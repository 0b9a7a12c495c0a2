//! Receipts: what fired a stop or target and what became of its exits, and what a flatten closed.

use serde::Serialize;
use ts_rs::TS;

use crate::order::{FlattenAnswer, Side};

/// Which price of a lot fired.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum LegWord {
    /// The stop-loss.
    Stop,
    /// The take-profit.
    Target,
}

/// One stop or target that fired.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriggerReceipt {
    /// The lot.
    pub lot: String,
    /// The root.
    pub symbol: String,
    /// The contract: `NQ 12-26`.
    pub contract: String,
    /// The side that opened the lot; `null` where nothing of it is known any more.
    pub side: Option<Side>,
    /// What fired.
    pub leg: LegWord,
    /// Where it stood; `null` where the exit was found at the broker.
    pub level: Option<String>,
    /// The trade that fired it; `null` where the exit was found at the broker.
    pub print: Option<String>,
    /// The market's own stamp of that trade.
    pub printed_at: Option<String>,
    /// How old the trade was when it fired, in microseconds.
    pub age_micros: Option<u32>,
    /// When it was decided, on the market's clock.
    pub decided_at: String,
    /// The exits, in order.
    pub exits: Vec<ExitRow>,
    /// How much worse than the trade that fired it, in ticks summed over contracts; below zero is better.
    pub slippage_ticks: i32,
    /// The same in US dollars.
    pub slippage: String,
}

/// One exit of a stop or target.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExitRow {
    /// The order.
    pub order_id: String,
    /// Contracts.
    pub qty: u32,
    /// When it was handed to the connection.
    pub sent_at: String,
    /// When the broker's answer was there.
    pub accepted_at: Option<String>,
    /// Its executions.
    pub fills: Vec<ExitFillRow>,
    /// Why the broker refused it, as a stable code.
    pub failed: Option<String>,
}

/// One execution of such an exit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExitFillRow {
    /// When.
    pub at: String,
    /// Contracts.
    pub qty: u32,
    /// The price.
    pub price: String,
}

/// One flatten that has answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FlattenReceipt {
    /// Which: `F0`.
    pub flatten: String,
    /// When it began, on the market's clock.
    pub began_at: Option<String>,
    /// When it answered.
    pub answered_at: Option<String>,
    /// How often the answer was revised: by a late fill, or by what has been closed since.
    pub revisions: u32,
    /// The answer as it stands now.
    pub answer: FlattenAnswer,
}
