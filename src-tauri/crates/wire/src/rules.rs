//! The rules of the account as the window shows and sets them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which rules hold for the account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RulesChoice {
    /// The id of a rule pack: `topstep-combine-50k`.
    pub pack: String,
    /// What differs from a new account of the pack, each `KEY=VALUE`.
    pub settings: Vec<String>,
}

/// A rule pack that can be chosen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackRow {
    /// Its id.
    pub id: String,
    /// Its name in words.
    pub title: String,
    /// The day on which its rules were checked.
    pub checked_on: String,
    /// Where its rules are written.
    pub sources: Vec<SourceRow>,
}

/// A page from which rules were taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceRow {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// When it was read.
    pub read_on: String,
}

/// A setting of a pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct RuleSetting {
    /// Its key.
    pub key: String,
    /// What its values look like.
    pub right: String,
    /// Its value now.
    pub value: String,
}

/// How far a rule is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleLevel {
    /// Below the first warning.
    Fine,
    /// A warning of it was reached today.
    Warned,
    /// It was reached.
    Reached,
}

/// A limit or a target of money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleUse {
    /// The stable code.
    pub rule: String,
    /// What people call it, in the middle of a sentence.
    pub words: String,
    /// It is the firm's; else the trader's own.
    pub firms: bool,
    /// What is used of it, in US dollars.
    pub used: String,
    /// All of it.
    pub limit: String,
    /// The equity at which it is reached.
    pub line: String,
    /// How far that is from the equity now.
    pub distance: String,
    /// Hundredths used.
    pub percent: u32,
    /// Whether open profit counts; else closed trades alone do.
    pub by_equity: bool,
    /// What becomes of the account when it is reached.
    pub act: RuleAct,
    /// How far it is.
    pub level: RuleLevel,
}

/// What a rule does once it is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleAct {
    /// It is said.
    Warn,
    /// Everything is closed.
    Flatten,
    /// Everything is closed, and nothing opens before the next session.
    Lock,
    /// Everything is closed, and nothing opens in this account any more.
    Fail,
}

/// What locks the account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockoutRow {
    /// The stable code of the rule.
    pub cause: String,
    /// The rule in words.
    pub words: String,
    /// When it locked.
    pub since: String,
    /// When it ends; `null` for good.
    pub until: Option<String>,
}

/// What may still be opened in a contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AllowedRow {
    /// The root.
    pub symbol: String,
    /// Contracts that a buy may still open.
    pub buy: u32,
    /// Contracts that a sell may still open.
    pub sell: u32,
    /// The stable code of what stops a buy of one contract now.
    pub reason: Option<String>,
    /// When the desk closes it by itself today.
    pub flatten_at: Option<String>,
    /// By when the firm wants it flat today.
    pub flat_by: Option<String>,
}

/// The rules at one moment, to read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesPanel {
    /// The market's time.
    pub at: String,
    /// The id of the pack; `null` without rules.
    pub pack: Option<String>,
    /// The day on which its rules were checked.
    pub checked_on: Option<String>,
    /// Why the rules cannot be used; then nothing opens.
    pub unusable: Option<String>,
    /// The balance, in US dollars.
    pub balance: String,
    /// The equity: open profit in it.
    pub equity: String,
    /// The day's result: net of fees, open profit in it.
    pub result: String,
    /// The equity if everything that works filled and every stop was hit.
    pub worst_equity: String,
    /// The floor of the maximum loss now.
    pub floor: Option<String>,
    /// The floor from the next session on, if the day ended with the equity of now.
    pub floor_tomorrow: Option<String>,
    /// Each limit and target of money.
    pub rules: Vec<RuleUse>,
    /// The size rule: what the worst case takes of it, in mini-equivalents.
    pub size: Option<crate::standing::LimitUse>,
    /// Trades of the day.
    pub trades_used: Option<u32>,
    /// The most trades of a day.
    pub trades_max: Option<u32>,
    /// What locks the account, oldest first.
    pub lockouts: Vec<LockoutRow>,
    /// The stable code of why entries are switched off.
    pub run_away: Option<String>,
    /// Until when no limit can be loosened.
    pub limits_locked_until: Option<String>,
    /// Other rules come with the next session.
    pub planned: bool,
    /// No rules are there from the next session on.
    pub lifts: bool,
    /// What may still be opened, contract by contract.
    pub allowed: Vec<AllowedRow>,
}
