//! What a start found, and the history of an account.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What becomes of a stop or target whose price was passed while the desk was away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum PassedPolicy {
    /// It exits as soon as position and price are fresh.
    #[default]
    Fire,
    /// It waits for a person.
    Ask,
    /// It is told, and watches again once the price has come back.
    Hold,
}

/// One stop or target of which something was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DecidedRow {
    /// The lot.
    pub lot: String,
    /// The root.
    pub symbol: String,
    /// Whether it is the stop; else the target.
    pub is_stop: bool,
    /// The price that decided.
    pub price: Option<String>,
}

/// One execution that had happened meanwhile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MissedRow {
    /// Its order.
    pub order_id: String,
    /// The root.
    pub symbol: String,
    /// Contracts.
    pub qty: u32,
    /// The price.
    pub price: String,
}

/// What the last start found, what had changed at the broker, and what was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryAnswer {
    /// The run before had crashed or was killed.
    pub after_crash: bool,
    /// The computer slept, or gave the program no time: the program itself went on.
    pub slept: bool,
    /// Since when nothing was seen, on the market's clock.
    pub since: String,
    /// When the desk was back.
    pub returned_at: String,
    /// What becomes of a stop or target whose price was passed meanwhile.
    pub policy: PassedPolicy,
    /// Everything has been decided.
    pub done: bool,
    /// Milliseconds that reading the journal took.
    pub took_ms: u32,
    /// Facts that were read.
    pub facts: u32,
    /// Orders that may still have been filling.
    pub live_orders: u32,
    /// Lots that were open.
    pub open_lots: u32,
    /// Stops and targets that are armed again.
    pub phantoms: u32,
    /// Fills that had happened meanwhile.
    pub missed_fills: Vec<MissedRow>,
    /// Orders that had ended meanwhile.
    pub ended: Vec<String>,
    /// Orders at the broker that are not ours.
    pub outside: Vec<String>,
    /// Roots whose position the broker has otherwise.
    pub differing: Vec<String>,
    /// Exits that the journal had lost and the broker knew.
    pub found: Vec<DecidedRow>,
    /// What fired with the first price that counted.
    pub fired: Vec<DecidedRow>,
    /// What was passed and waits.
    pub passed: Vec<DecidedRow>,
    /// What was touched and came back, and did not fire.
    pub touched: Vec<DecidedRow>,
    /// What was wrong with the journal.
    pub damage: Option<String>,
}

/// What of the history is looked for; empty text asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HistoryQuestion {
    /// Text in what a fact is about, its cause or its fields.
    pub text: String,
    /// A root or an alias.
    pub symbol: String,
    /// Kinds such as `orderFilled`; none for all.
    pub kinds: Vec<String>,
    /// A trading day such as `2026-11-23`.
    pub day: String,
    /// Older than this number.
    pub before: Option<u32>,
}

/// What the history can be filtered by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryIndex {
    /// The trading days that there are, newest first.
    pub days: Vec<String>,
    /// The roots that facts may be about.
    pub symbols: Vec<String>,
}

/// One fact of the history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryLine {
    /// Its number.
    pub seq: u32,
    /// When it happened, on the market's clock.
    pub at: String,
    /// The trading day.
    pub day: String,
    /// What happened.
    pub kind: String,
    /// The order, lot or flatten that it is about.
    pub about: Option<String>,
    /// The contract.
    pub contract: Option<String>,
    /// Who or what caused it.
    pub cause: Option<String>,
    /// The refusal that it tells of, in words.
    pub words: Option<String>,
    /// The fact itself, as JSON text.
    pub line: String,
}

/// A page of the history, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryAnswer {
    /// The facts.
    pub rows: Vec<HistoryLine>,
    /// Where the next page begins.
    pub older: Option<u32>,
}

/// Where something was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrittenAnswer {
    /// The file or folder.
    pub path: String,
    /// Facts in it.
    pub facts: u32,
}

/// What a dispute bundle holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BundleAnswer {
    /// The folder.
    pub path: String,
    /// The names of the files in it.
    pub files: Vec<String>,
    /// Facts in the timeline.
    pub facts: u32,
    /// Stops and targets that fired.
    pub firings: u32,
    /// Records of the journal that can be trusted, from the first on.
    pub records: u32,
    /// The hash that stands for all of them.
    pub chain: String,
    /// What is wrong with the journal; `null` for nothing.
    pub damage: Option<String>,
}
