//! Facts about the rules as JSON: the kind of each, and its fields.

use phantom_compliance::Until;
use phantom_engine::RuleFact;
use serde::Serialize;
use serde_json::{Value, json};

/// Fields in the order in which they are written.
type Fields = Vec<(&'static str, Value)>;

/// The kind of a fact about the rules.
pub(crate) const fn kind(fact: &RuleFact) -> &'static str {
    match fact {
        RuleFact::Adopted { .. } => "rulesAdopted",
        RuleFact::Planned { .. } => "rulesPlanned",
        RuleFact::Declined { .. } => "rulesDeclined",
        RuleFact::Unusable { .. } => "rulesUnusable",
        RuleFact::LimitsLocked { .. } => "limitsLocked",
        RuleFact::DayBegan { .. } => "accountDayBegan",
        RuleFact::Peaked { .. } => "equityPeaked",
        RuleFact::PaidOut { .. } => "paidOut",
        RuleFact::Near { .. } => "ruleNear",
        RuleFact::Broken { .. } => "ruleBroken",
        RuleFact::Locked { .. } => "accountLocked",
        RuleFact::Unlocked { .. } => "accountUnlocked",
        RuleFact::RanAway { .. } => "entriesSwitchedOff",
        RuleFact::ElsewhereTold { .. } => "otherAccountsTold",
        RuleFact::Judged { .. } => "orderJudged",
    }
}

/// Its fields. Who did it is the caller's to add.
pub(crate) fn fields(fact: &RuleFact) -> Fields {
    match fact {
        RuleFact::Adopted { profile, figures, fresh, .. } => vec![
            ("pack", json!(profile.pack().id())),
            ("checkedOn", json!(profile.pack().checked_on().to_string())),
            ("settings", json!(profile.settings())),
            ("fresh", json!(fresh)),
            ("figures", value(figures)),
        ],
        RuleFact::Planned { profile, fresh, .. } => vec![
            ("pack", json!(profile.pack().id())),
            ("settings", json!(profile.settings())),
            ("fresh", json!(fresh)),
        ],
        RuleFact::Declined { why, .. } => vec![("reason", json!(why.code()))],
        RuleFact::Unusable { why } => vec![("message", json!(why))],
        RuleFact::LimitsLocked { until, .. } => vec![("until", json!(until.to_string()))],
        RuleFact::DayBegan { figures } => vec![("figures", value(figures))],
        RuleFact::Peaked { day_peak_balance, day_peak_equity, peak_equity, floor } => vec![
            ("dayPeakBalance", value(day_peak_balance)),
            ("dayPeakEquity", value(day_peak_equity)),
            ("peakEquity", value(peak_equity)),
            ("floor", value(floor)),
        ],
        RuleFact::PaidOut { amount, floor, .. } => vec![("amount", value(amount)), ("floor", value(floor))],
        RuleFact::Near { rule, level, used } => vec![
            ("rule", json!(rule.code())),
            ("level", json!(level.to_string())),
            ("used", value(&used.used)),
            ("limit", value(&used.limit)),
        ],
        RuleFact::Broken { rule, counted, line } => {
            vec![("rule", json!(rule.code())), ("counted", value(counted)), ("line", value(line))]
        }
        RuleFact::Locked { lock, .. } => {
            vec![("rule", json!(lock.cause.code())), ("until", until(lock.until))]
        }
        RuleFact::Unlocked { cause } => vec![("rule", json!(cause.code()))],
        RuleFact::RanAway { why } => vec![("reason", json!(why.code()))],
        RuleFact::ElsewhereTold { holdings } => vec![("holdings", value(holdings))],
        RuleFact::Judged { order, judgement } => vec![
            ("order", json!(order.to_string())),
            ("reason", json!(judgement.reason)),
            ("version", json!(judgement.version)),
            ("request", value(&judgement.request)),
            ("limits", value(&judgement.limits)),
            ("inputs", value(&judgement.inputs)),
        ],
    }
}

/// When a lock ends; null when it does not.
fn until(until: Until) -> Value {
    match until {
        Until::Session(opens) => json!(opens.to_string()),
        Until::Ever => Value::Null,
    }
}

/// The text form of a value. Facts are made of values that have one.
fn value(it: &impl Serialize) -> Value {
    serde_json::to_value(it).unwrap_or(Value::Null)
}
