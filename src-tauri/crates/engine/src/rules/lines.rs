//! Where the money of the account must not go: the loss limits as lines, the profits as goals.

use phantom_compliance::pack::{
    DailyBasis, Effect, FloorLock, LossSeverity, MaxLossKind, MaxLossSeverity, SizeRule,
};
use phantom_compliance::personal::{LimitAction, LossTrail};
use phantom_compliance::{Minis, Profile, RuleId, Used};
use phantom_model::Money;

use crate::engine::Engine;
use crate::rule_fact::Figures;

/// What a rule does once it is reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Act {
    /// It is said.
    Warn,
    /// Everything is closed.
    Flatten,
    /// Everything is closed, and nothing opens before the next session.
    Lock,
    /// Everything is closed, and nothing opens in this account any more.
    Fail,
}

/// A loss limit at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LossLine {
    pub(crate) rule: RuleId,
    /// The money that it counts: equity, or closed trades alone.
    pub(crate) counted: Money,
    /// Whether that is equity, so that a price alone can reach it.
    pub(crate) by_equity: bool,
    /// Where the limit ends. Touching it is reaching it.
    pub(crate) at: Money,
    /// Where the desk acts as if it was reached; at [`Self::at`] unless the trader wants it sooner.
    pub(crate) acts_at: Money,
    pub(crate) limit: Money,
    pub(crate) act: Act,
    /// What an order does whose worst case reaches it.
    pub(crate) forward: Effect,
}

impl LossLine {
    pub(crate) fn used(&self) -> Used {
        let start = self.at + self.limit;
        Used { used: (start - self.counted).max(Money::ZERO), limit: self.limit }
    }
}

/// A profit after which the day is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ProfitGoal {
    pub(crate) rule: RuleId,
    pub(crate) target: Money,
    pub(crate) act: Act,
}

const fn act_of(action: LimitAction) -> Act {
    match action {
        LimitAction::Warn => Act::Warn,
        LimitAction::Flatten => Act::Flatten,
        LimitAction::FlattenAndLock => Act::Lock,
    }
}

/// The rules that are in force, with what they have counted.
#[derive(Clone, Copy)]
pub(crate) struct Counted<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) figures: &'a Figures,
    pub(crate) balance: Money,
}

impl Engine {
    pub(crate) fn counted(&self) -> Option<Counted<'_>> {
        let account = self.book.account();
        let (profile, figures) = (account.profile()?, account.figures()?);
        Some(Counted { profile, figures, balance: self.book.balance() })
    }
}

impl Counted<'_> {
    /// The loss limits, in the order in which they refuse, at this much open profit.
    pub(crate) fn loss_lines(&self, open: Money) -> [Option<LossLine>; 3] {
        let equity = self.balance + open;
        [Some(self.max_loss(equity)), self.daily_loss(equity), self.personal_loss(equity)]
    }

    fn max_loss(&self, equity: Money) -> LossLine {
        let (rule, floor) = (self.profile.pack().program().max_loss, self.figures.floor);
        let early = self.profile.acts_at(rule.distance).min(rule.distance);
        // Failed and closed are the same for the desk: nothing opens in the account any more.
        let (MaxLossSeverity::Fail | MaxLossSeverity::Close) = rule.severity;
        LossLine {
            rule: RuleId::MaxLoss,
            counted: equity,
            by_equity: true,
            at: floor,
            acts_at: floor + rule.distance - early,
            limit: rule.distance,
            act: Act::Fail,
            forward: self.profile.personal().worst_case,
        }
    }

    fn daily_loss(&self, equity: Money) -> Option<LossLine> {
        let (rule, limit) = (self.profile.daily_limit()?, self.figures.daily_limit?);
        let (by_equity, counted, from) = match rule.basis {
            DailyBasis::Realised => (false, self.balance, self.figures.eod_balance),
            DailyBasis::RealisedAndUnrealised => (true, equity, self.figures.day_start_equity),
        };
        let personal = self.profile.personal();
        // A limit of one day is not the end of the account: its worst case warns.
        let (act, forward) = match rule.severity {
            LossSeverity::DayLock => (Act::Lock, Effect::Warn),
            LossSeverity::Fail => (Act::Fail, personal.worst_case),
        };
        Some(LossLine {
            rule: RuleId::DailyLoss,
            counted,
            by_equity,
            at: from - limit,
            acts_at: from - self.profile.acts_at(limit).min(limit),
            limit,
            act,
            forward,
        })
    }

    fn personal_loss(&self, equity: Money) -> Option<LossLine> {
        let rule = self.profile.personal().daily_loss?;
        let from = match rule.trail {
            LossTrail::Fixed => self.figures.day_start_equity,
            LossTrail::Realised => self.figures.day_peak_balance,
            LossTrail::Unrealised => self.figures.day_peak_equity,
        };
        let at = rule.line(from);
        Some(LossLine {
            rule: RuleId::PersonalDailyLoss,
            counted: equity,
            by_equity: true,
            at,
            acts_at: at,
            limit: rule.amount,
            act: act_of(rule.action),
            forward: Effect::Warn,
        })
    }

    /// The profits after which the day is done.
    pub(crate) fn goals(&self) -> [Option<ProfitGoal>; 2] {
        let personal = self.profile.personal().daily_profit.map(|goal| ProfitGoal {
            rule: RuleId::PersonalDailyProfit,
            target: goal.amount,
            act: act_of(goal.action),
        });
        let firm = self.profile.pack().program().daily_profit_max.map(|target| ProfitGoal {
            rule: RuleId::DailyProfitMax,
            target,
            act: Act::Lock,
        });
        [personal, firm]
    }

    /// The day's result at this much open profit.
    pub(crate) fn result(&self, open: Money) -> Money {
        self.balance + open - self.figures.day_start_equity
    }

    /// Whether the floor still follows equity.
    pub(crate) fn follows_equity(&self) -> bool {
        let rule = self.profile.pack().program().max_loss;
        let follows = rule.kind == MaxLossKind::IntradayTrailing;
        let stopped = match rule.lock {
            FloorLock::Never => false,
            FloorLock::Start | FloorLock::StartPlus(_) | FloorLock::At(_) => {
                rule.lock_level(self.figures.start_balance).is_some_and(|level| self.figures.floor >= level)
            }
        };
        follows && !stopped
    }

    /// Whether the trader's own limit follows the day's highest equity.
    pub(crate) fn own_limit_follows_equity(&self) -> bool {
        self.profile.personal().daily_loss.is_some_and(|rule| rule.trail == LossTrail::Unrealised)
    }

    /// Whether the trader's own limit follows the day's highest balance.
    pub(crate) fn own_limit_follows_balance(&self) -> bool {
        self.profile.personal().daily_loss.is_some_and(|rule| rule.trail == LossTrail::Realised)
    }

    /// The highest equity at which the position held is more than the ladder allows; `None` without a
    /// ladder by live equity, and while what is held is within its lowest rung.
    pub(crate) fn size_line(&self, held: Minis) -> Option<Money> {
        use phantom_compliance::pack::RungTop;
        let SizeRule::ByLiveEquity(ladder) = &self.profile.pack().program().size else { return None };
        let small = ladder.rungs().iter().rev().find(|rung| rung.size < held)?;
        match small.top {
            RungTop::Below(top) => Some(top - Money::from_units(1)),
            RungTop::UpTo(top) => Some(top),
            RungTop::Open => Some(Money::from_units(i64::MAX)),
        }
    }
}
