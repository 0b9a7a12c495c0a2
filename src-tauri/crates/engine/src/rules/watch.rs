//! The watch: two amounts of open profit between which no price can change anything.

use phantom_compliance::{Minis, RuleId, Until};
use phantom_model::{ContractId, MarketRecord, Money, Print};

use super::lines::{Counted, LossLine};
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody};
use crate::rule_fact::{Figures, RuleFact};

/// What a trade's open profit is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Watch {
    /// At or below this something happens.
    low: Money,
    /// At or above this too.
    high: Money,
    on: bool,
}

impl Watch {
    /// Nothing is watched.
    pub(crate) const OFF: Self =
        Self { low: Money::from_units(i64::MIN), high: Money::from_units(i64::MAX), on: false };

    /// Every print must be looked at.
    const EVERY_PRINT: Self =
        Self { low: Money::from_units(i64::MAX), high: Money::from_units(i64::MIN), on: true };

    /// Whether this much open profit changes anything.
    #[inline]
    pub(crate) fn is_crossed(&self, open: Money) -> bool {
        open <= self.low || open >= self.high
    }

    /// Whether a print that leaves this much open profit must be looked at. A bar has more than one
    /// price, so all of them are.
    #[inline]
    pub(crate) fn looks_at(&self, open: Money, print: &Print) -> bool {
        self.is_crossed(open) || (self.on && matches!(print, Print::Bar(_)))
    }
}

impl Engine {
    /// A print has changed the open profit so far that a rule may have something to say, or is a bar,
    /// whose range must be looked at.
    #[inline(never)]
    pub(crate) fn watch_print(&mut self, now: &mut Now<'_>, record: &MarketRecord) {
        let open = self.unrealized_total();
        let (low, high) = match record.print {
            Print::Trade { .. } | Print::QuotedTrade { .. } => (open, open),
            Print::Bar(_) => self.open_profit_in(record),
        };
        if self.watch.is_crossed(low) || self.watch.is_crossed(high) {
            self.judge_rules(now, low, high);
        }
    }

    /// The open profit of the account at the worst and at the best price of a bar.
    fn open_profit_in(&self, record: &MarketRecord) -> (Money, Money) {
        let position = self.book.positions().at(record.contract);
        let (worst, best) = record.print.range();
        let value = self.terms.at(record.contract).tick_value;
        let elsewhere = self.unrealized_total() - self.unrealized(record.contract);
        let at = |price: phantom_model::Price| {
            elsewhere + value * (price.ticks() * position.net.signed() - position.open_cost_ticks)
        };
        let (a, b) = (at(worst), at(best));
        (a.min(b), a.max(b))
    }

    /// After a fill, or anything else that moved money or rules.
    pub(crate) fn judge_after_change(&mut self, now: &mut Now<'_>) {
        if self.book.account().profile().is_some() {
            let open = self.unrealized_total();
            self.judge_rules(now, open, open);
        }
    }

    /// Whether the open profit is not known: a position has seen no price since the start.
    fn is_unpriced(&self) -> bool {
        let mut positions = self.book.positions().iter();
        positions.any(|(contract, it)| it.net.size() > 0 && self.marks.at(contract).last.is_none())
    }

    /// Judges every rule at these amounts of open profit, and sets the watch anew. While a part of that profit
    /// is unknown, only what goes by the balance: what one position alone has won or lost would lock the
    /// account, or move a floor that never comes back.
    fn judge_rules(&mut self, now: &mut Now<'_>, low: Money, high: Money) {
        let unpriced = self.is_unpriced();
        if !unpriced {
            self.note_peaks(now, high);
        }
        let Some(counted) = self.counted() else { return };
        let (lines, goals, result) = (counted.loss_lines(low), counted.goals(), counted.result(high));
        for line in lines.into_iter().flatten().filter(|line| !(unpriced && line.by_equity)) {
            self.judge_line(now, &line);
        }
        if unpriced {
            self.watch = Watch::EVERY_PRINT;
            return;
        }
        for goal in goals.into_iter().flatten().filter(|goal| result >= goal.target) {
            if !self.is_done_with(goal.rule) {
                self.emit_broken(now, goal.rule, result, goal.target);
                self.act(now, goal.rule, goal.act);
            }
        }
        self.judge_size(now, low);
        self.renew_watch();
    }

    /// Whether a rule has acted, so that reaching its line once more is no news.
    fn is_done_with(&self, rule: RuleId) -> bool {
        let account = self.book.account();
        account.is_broken(rule) || account.lockouts().iter().any(|lock| lock.is_final_for(rule))
    }

    fn judge_line(&mut self, now: &mut Now<'_>, line: &LossLine) {
        if self.is_done_with(line.rule) {
            return;
        }
        self.warn_levels(now, line);
        if line.counted <= line.at {
            self.emit_broken(now, line.rule, line.counted, line.at);
            self.act(now, line.rule, line.act);
        } else if line.counted <= line.acts_at && !self.is_locked_for(line.rule) {
            // The trader wants the desk to act before the firm does.
            self.act(now, line.rule, super::Act::Lock);
        }
    }

    fn is_locked_for(&self, rule: RuleId) -> bool {
        self.book.account().lockouts().iter().any(|lock| lock.cause == rule)
    }

    /// Says each level of a limit once a day.
    fn warn_levels(&mut self, now: &mut Now<'_>, line: &LossLine) {
        let used = line.used();
        loop {
            let warned = self.book.account().warned(line.rule);
            let level = self.counted().and_then(|it| it.profile.personal().warn_at.get(warned).copied());
            let Some(level) = level.filter(|level| used.used >= level.of(line.limit)) else { return };
            self.rule(now, RuleFact::Near { rule: line.rule, level, used });
            self.alarm(now, Alarm::RuleNear { rule: line.rule, percent: level.ten_thousandths() / 100 });
        }
    }

    pub(crate) fn emit_broken(&mut self, now: &mut Now<'_>, rule: RuleId, counted: Money, line: Money) {
        self.rule(now, RuleFact::Broken { rule, counted, line });
        self.alarm(now, Alarm::RuleBroken(rule));
    }

    /// Records a fact about the rules.
    pub(crate) fn rule(&mut self, now: &mut Now<'_>, fact: RuleFact) {
        self.emit(now, FactBody::Rule(Box::new(fact)));
    }

    /// Equity, or the balance, is higher than before: what trails follows.
    fn note_peaks(&mut self, now: &mut Now<'_>, open: Money) {
        let Some(it) = self.counted() else { return };
        let (figures, equity) = (it.figures, it.balance + open);
        let program = it.profile.pack().program();
        let Figures { mut day_peak_balance, mut day_peak_equity, mut peak_equity, .. } = *figures;
        if it.own_limit_follows_balance() {
            day_peak_balance = day_peak_balance.max(it.balance);
        }
        if it.own_limit_follows_equity() {
            day_peak_equity = day_peak_equity.max(equity);
        }
        if it.follows_equity() {
            peak_equity = peak_equity.max(equity);
        }
        let floor = program.max_loss.floor_after_peak(figures.start_balance, figures.floor, peak_equity);
        let (before, after) = (
            (figures.day_peak_balance, figures.day_peak_equity, figures.peak_equity),
            (day_peak_balance, day_peak_equity, peak_equity),
        );
        if after != before {
            self.rule(now, RuleFact::Peaked { day_peak_balance, day_peak_equity, peak_equity, floor });
        }
    }

    /// Where a ladder follows live equity, holding more than its rung fails the account.
    fn judge_size(&mut self, now: &mut Now<'_>, open: Money) {
        let held = self.minis_held();
        let line = self.counted().and_then(|it| it.size_line(held).map(|line| (line, it.balance + open)));
        if let Some((line, equity)) = line.filter(|(line, equity)| equity <= line)
            && !self.is_done_with(RuleId::LiveSize)
        {
            self.emit_broken(now, RuleId::LiveSize, equity, line);
            self.act(now, RuleId::LiveSize, super::Act::Fail);
        }
    }

    /// What is held over all products, in mini-equivalents.
    pub(crate) fn minis_held(&self) -> Minis {
        let positions = self.book.positions().iter();
        positions
            .map(|(contract, position)| self.terms.at(contract).weight * position.net.size())
            .fold(Minis::ZERO, |sum, minis| sum + minis)
    }

    /// Sets the two amounts of open profit between which no price can change anything.
    pub(crate) fn renew_watch(&mut self) {
        self.watch = self.counted().map_or(Watch::OFF, |it| self.watch_of(&it));
    }

    fn watch_of(&self, it: &Counted<'_>) -> Watch {
        let account = self.book.account();
        let lines = it.loss_lines(Money::ZERO).into_iter().flatten();
        let lines = lines.filter(|line| line.by_equity && !self.is_done_with(line.rule));
        let lows = lines.map(|line| {
            let warned = account.warned(line.rule);
            let level = it.profile.personal().warn_at.get(warned);
            let warns_at = level.map(|level| line.at + line.limit - level.of(line.limit));
            let acts_at = if self.is_locked_for(line.rule) { line.at } else { line.acts_at };
            warns_at.map_or(acts_at, |warns_at| warns_at.max(acts_at))
        });
        let size = it.size_line(self.minis_held()).filter(|_| !self.is_done_with(RuleId::LiveSize));
        let goals = it.goals().into_iter().flatten().filter(|goal| !self.is_done_with(goal.rule));
        let goals = goals.map(|goal| it.figures.day_start_equity + goal.target);
        let unit = Money::from_units(1);
        let peak = it.follows_equity().then(|| it.figures.peak_equity + unit);
        let day_peak = it.own_limit_follows_equity().then(|| it.figures.day_peak_equity + unit);
        let from_equity = |equity: Money| equity - it.balance;
        Watch {
            low: lows.chain(size).map(from_equity).max().unwrap_or(Watch::OFF.low),
            high: goals.chain(peak).chain(day_peak).map(from_equity).min().unwrap_or(Watch::OFF.high),
            on: true,
        }
    }

    /// Whether a contract's open profit can be told: it has traded since the desk began.
    pub(crate) fn has_every_mark(&self) -> bool {
        let mut open = self.book.positions().iter().filter(|(_, position)| position.net.size() > 0);
        open.all(|(contract, _): (ContractId, _)| self.last_price(contract).is_some())
    }
}

/// Locks that no further breach of the same rule can add to.
trait FinalFor {
    fn is_final_for(&self, rule: RuleId) -> bool;
}

impl FinalFor for phantom_compliance::Lockout {
    fn is_final_for(&self, rule: RuleId) -> bool {
        self.cause == rule && self.until == Until::Ever
    }
}
