//! What traders rule for themselves, inside the firm's rules.
//!
//! A limit can be made tighter at once; what loosens one counts from the next session only.
//! [`PersonalLimits::at_once`] splits a change that way, field by field.
//! Source of the tools: Topstep's own ones ("Fixed Personal Daily Loss Limit", "Personal Daily Profit
//! Target", "Trailing Personal Daily Loss Limit", "Trade Limits"), without their weakness that a trade
//! limit stops scaling out: exits are never stopped here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use phantom_model::{Money, Span};
use serde::{Deserialize, Serialize};

use crate::Minis;
use crate::pack::{Effect, Share, TradeCounting};

/// What happens when a personal limit is reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum LimitAction {
    /// It is said, and nothing else.
    Warn,
    /// Everything is closed; entries are allowed again at once.
    Flatten,
    /// Everything is closed, and no entry is taken until the next session.
    FlattenAndLock,
}

/// What a personal daily loss limit is measured from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum LossTrail {
    /// The day's first balance.
    Fixed,
    /// The day's highest balance: closed trades only.
    Realised,
    /// The day's highest equity: open profit counts.
    Unrealised,
}

/// A personal daily loss limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonalLoss {
    /// How much may be lost; above zero.
    pub amount: Money,
    /// What it is measured from.
    pub trail: LossTrail,
    /// What reaching it does.
    pub action: LimitAction,
}

impl PersonalLoss {
    /// The equity at which the limit is reached. `day_peak` is the day's highest balance or equity, as
    /// [`Self::trail`] says, its first balance included; a fixed limit takes the day's first balance.
    #[must_use]
    pub fn line(&self, day_peak: Money) -> Money {
        day_peak - self.amount
    }
}

/// A personal daily profit target: net of fees, open profit included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonalProfit {
    /// The profit; above zero.
    pub amount: Money,
    /// What reaching it does.
    pub action: LimitAction,
}

/// A personal limit of the day's trades. Exits are never stopped by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonalTrades {
    /// The most.
    pub max: u32,
    /// What counts.
    pub counting: TradeCounting,
}

/// Everything that traders rule for themselves.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonalLimits {
    /// How much a day may lose.
    pub daily_loss: Option<PersonalLoss>,
    /// How much a day may win.
    pub daily_profit: Option<PersonalProfit>,
    /// How many trades a day may have.
    pub trades: Option<PersonalTrades>,
    /// The largest worst-case position.
    pub position_max: Option<Minis>,
    /// The largest order.
    pub order_max: Option<Minis>,
    /// By when everything must be flat, on the wall in Chicago; only earlier than the firm's counts.
    pub flat_by: Option<Time>,
    /// How long before everything must be flat the desk closes it by itself.
    pub flatten_before: Span,
    /// Products that are not to be opened, by root.
    pub blocked: BTreeSet<String>,
    /// The furthest that a price may be from the last trade, in ticks.
    pub price_collar_ticks: Option<u32>,
    /// The share of a firm's loss limit at which the desk acts as if it was reached.
    pub act_at: Share,
    /// The shares of a limit at which the desk warns, ascending.
    pub warn_at: Vec<Share>,
    /// Whether an order whose worst case breaks a limit is refused or only warned of.
    pub worst_case: Effect,
    /// What the trader has decided about single overlays of the pack, by id; the others do what the
    /// pack says.
    pub overlays: BTreeMap<String, OverlayChoice>,
}

/// What the trader has decided about an overlay.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum OverlayChoice {
    /// It is not applied.
    Off,
    /// It warns.
    Warn,
    /// It refuses entries.
    Block,
}

impl From<Effect> for OverlayChoice {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Warn => Self::Warn,
            Effect::Block => Self::Block,
        }
    }
}

/// What a change of limits does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LimitChange {
    /// Nothing.
    Same,
    /// It only tightens: it counts at once.
    Tightens,
    /// It only loosens: it counts from the next session.
    Loosens,
    /// Some of it tightens and some loosens; [`PersonalLimits::at_once`] tells them apart.
    Both,
}

impl LimitChange {
    pub(crate) const fn of(tightens: bool, loosens: bool) -> Self {
        match (tightens, loosens) {
            (false, false) => Self::Same,
            (true, false) => Self::Tightens,
            (false, true) => Self::Loosens,
            (true, true) => Self::Both,
        }
    }
}

impl Default for PersonalLimits {
    /// No limits but the firm's; everything is closed five minutes before it must be.
    fn default() -> Self {
        Self {
            daily_loss: None,
            daily_profit: None,
            trades: None,
            position_max: None,
            order_max: None,
            flat_by: None,
            flatten_before: Span::from_millis(300_000),
            blocked: BTreeSet::new(),
            price_collar_ticks: None,
            act_at: Share::WHOLE,
            warn_at: [5_000, 7_500, 9_000].into_iter().filter_map(Share::new).collect(),
            worst_case: Effect::Block,
            overlays: BTreeMap::new(),
        }
    }
}

impl PersonalLimits {
    /// What of a change counts at once: of each limit the tighter of the one that holds and the one
    /// that is wanted. The rest counts from the next session, when `wanted` takes its place.
    #[must_use]
    pub fn at_once(&self, wanted: &Self) -> Self {
        Self {
            daily_loss: tighter(self.daily_loss, wanted.daily_loss, PersonalLoss::tighter),
            daily_profit: tighter(self.daily_profit, wanted.daily_profit, PersonalProfit::tighter),
            trades: tighter(self.trades, wanted.trades, PersonalTrades::tighter),
            position_max: tighter(self.position_max, wanted.position_max, Minis::min),
            order_max: tighter(self.order_max, wanted.order_max, Minis::min),
            flat_by: tighter(self.flat_by, wanted.flat_by, Time::min),
            flatten_before: self.flatten_before.max(wanted.flatten_before),
            blocked: self.blocked.union(&wanted.blocked).cloned().collect(),
            price_collar_ticks: tighter(self.price_collar_ticks, wanted.price_collar_ticks, u32::min),
            act_at: self.act_at.min(wanted.act_at),
            // A warning stops nothing, so it is no limit: it is as it is wanted.
            warn_at: wanted.warn_at.clone(),
            worst_case: self.worst_case.max(wanted.worst_case),
            overlays: tighter_choices(&self.overlays, &wanted.overlays),
        }
    }

    /// What a change does. Other levels to warn at are neither tighter nor looser.
    #[must_use]
    pub fn change_to(&self, wanted: &Self) -> LimitChange {
        let unwarned = Self { warn_at: wanted.warn_at.clone(), ..self.clone() };
        let now = unwarned.at_once(wanted);
        LimitChange::of(now != unwarned, now != *wanted)
    }
}

/// No limit is the loosest of all.
fn tighter<T>(holds: Option<T>, wanted: Option<T>, of_two: impl FnOnce(T, T) -> T) -> Option<T> {
    match (holds, wanted) {
        (Some(holds), Some(wanted)) => Some(of_two(holds, wanted)),
        (only, None) | (None, only) => only,
    }
}

/// An overlay without a choice does what its pack says, which is not known here: such a choice is
/// taken at once only where it blocks, and given up only at the next session.
fn tighter_choices(
    holds: &BTreeMap<String, OverlayChoice>,
    wanted: &BTreeMap<String, OverlayChoice>,
) -> BTreeMap<String, OverlayChoice> {
    let mut choices = holds.clone();
    for (id, choice) in wanted {
        match holds.get(id) {
            Some(held) => choices.insert(id.clone(), *held.max(choice)),
            None if *choice == OverlayChoice::Block => choices.insert(id.clone(), *choice),
            None => None,
        };
    }
    choices
}

impl PersonalLoss {
    /// Field by field. From a fixed limit to one that trails is tighter, for its line only rises. Two
    /// kinds of trailing cannot be compared: the one that holds stays.
    fn tighter(self, wanted: Self) -> Self {
        let trail = if self.trail == LossTrail::Fixed { wanted.trail } else { self.trail };
        Self { amount: self.amount.min(wanted.amount), trail, action: self.action.max(wanted.action) }
    }
}

impl PersonalProfit {
    fn tighter(self, wanted: Self) -> Self {
        Self { amount: self.amount.min(wanted.amount), action: self.action.max(wanted.action) }
    }
}

impl PersonalTrades {
    /// Field by field. Counting exits too is tighter.
    fn tighter(self, wanted: Self) -> Self {
        Self { max: self.max.min(wanted.max), counting: self.counting.max(wanted.counting) }
    }
}
