//! Rules come into force: tightened at once, loosened with the next session, and not at all while the
//! trader has locked the limits for the day.

use std::sync::Arc;

use phantom_compliance::{Profile, Until};
use phantom_model::{Money, NetQty, Timestamp};

use super::day::with_limits;
use crate::book::Plan;
use crate::engine::{Engine, Now};
use crate::input::{Origin, RulesInput};
use crate::rule_fact::{Declined, RuleFact};

impl Engine {
    /// Takes an input about the rules.
    pub(crate) fn rules_input(&mut self, now: &mut Now<'_>, input: RulesInput) {
        match input {
            RulesInput::Adopt { profile, fresh, origin } => self.choose_rules(now, profile, fresh, origin),
            RulesInput::Unusable { why } => self.rule(now, RuleFact::Unusable { why }),
            RulesInput::LockLimits { origin } => {
                let until = self.next_session(now.at);
                self.rule(now, RuleFact::LimitsLocked { until, origin });
            }
            RulesInput::Lift { origin } => self.choose_none(now, origin),
            RulesInput::LockOut { until, origin } => self.lock_by_hand(now, until, origin),
            RulesInput::PaidOut { amount, origin } => self.pay_out(now, amount, origin),
            RulesInput::Elsewhere { holdings } => self.hear_of_others(now, holdings),
        }
        self.look_rules_up();
        self.judge_after_change(now);
        self.plan_rules(now.at);
    }

    fn choose_rules(&mut self, now: &mut Now<'_>, profile: Arc<Profile>, fresh: bool, origin: Origin) {
        let account = self.book.account();
        let Some(current) = account.profile().map(Arc::clone).filter(|_| account.figures().is_some()) else {
            self.adopt(now, profile, true, origin);
            return;
        };
        if fresh || !is_same_account(&current, &profile) {
            // Another account while this one is at work, or locked, would be a way out of its limits.
            if self.is_untouched() {
                self.adopt(now, profile, true, origin);
            } else {
                self.rule(now, RuleFact::Planned { profile, fresh: true, origin });
            }
            return;
        }
        self.change_limits(now, &current, &profile, origin);
    }

    /// No rules are the loosest: they come with the next session, unless nothing was traded today.
    fn choose_none(&mut self, now: &mut Now<'_>, origin: Origin) {
        let account = self.book.account();
        let has_rules = account.profile().is_some() || account.unusable().is_some();
        if !has_rules || account.plan() == Some(&Plan::Lift) {
            return;
        }
        if account.limits_locked_until().is_some() {
            self.rule(now, RuleFact::Declined { why: Declined::LimitsLocked, origin });
        } else if self.is_untouched() {
            self.rule(now, RuleFact::Lifted { origin });
        } else {
            self.rule(now, RuleFact::LiftPlanned { origin });
        }
    }

    /// Nothing is open, nothing works, nothing was traded today and nothing is locked.
    fn is_untouched(&self) -> bool {
        let account = self.book.account();
        let trades = account.trades(phantom_compliance::pack::TradeCounting::EntriesAndExits);
        self.is_flat()
            && trades == 0
            && account.lockouts().is_empty()
            && account.limits_locked_until().is_none()
    }

    /// What becomes tighter counts at once, what becomes looser from the next session on.
    fn change_limits(
        &mut self,
        now: &mut Now<'_>,
        current: &Arc<Profile>,
        wanted: &Arc<Profile>,
        origin: Origin,
    ) {
        let at_once = Arc::new(current.at_once(wanted));
        let later = at_once != *wanted;
        let unusable = self.book.account().unusable().is_some();
        if later && self.book.account().limits_locked_until().is_some() {
            self.rule(now, RuleFact::Declined { why: Declined::LimitsLocked, origin });
        }
        if at_once != *current || unusable {
            self.adopt(now, Arc::clone(&at_once), false, origin);
        }
        if later && self.book.account().limits_locked_until().is_none() {
            self.rule(now, RuleFact::Planned { profile: Arc::clone(wanted), fresh: false, origin });
        } else if !later && self.book.account().plan().is_some() {
            // What was planned is taken back.
            self.adopt(now, at_once, false, origin);
        } else if !later && wanted == current && !unusable {
            let why = Declined::NothingChanges;
            self.rule(now, RuleFact::Declined { why, origin });
        }
    }

    fn adopt(&mut self, now: &mut Now<'_>, profile: Arc<Profile>, fresh: bool, origin: Origin) {
        let known = self.book.account().figures().filter(|_| !fresh).copied();
        let figures =
            known.map_or_else(|| self.first_figures(&profile, now.at), |it| with_limits(&profile, it));
        self.rule(now, RuleFact::Adopted { profile, figures: Box::new(figures), fresh, origin });
    }

    /// The next session has begun: what was planned for it comes into force.
    pub(crate) fn adopt_planned(&mut self, now: &mut Now<'_>, at: Timestamp) {
        let begun = self.book.account().figures().is_some_and(|figures| at < figures.day_ends);
        let Some(plan) = self.book.account().plan().cloned().filter(|_| begun) else { return };
        // A lock that is not over yet holds, whatever comes: all but the failure of the old account.
        let held = self.book.account().lockouts().iter().any(|lock| lock.until != Until::Ever);
        let waits = held || !self.is_flat();
        match plan {
            Plan::Rules { profile, fresh } if !(fresh && waits) => {
                self.adopt(now, profile, fresh, Origin::Rule);
            }
            Plan::Lift if !waits => self.rule(now, RuleFact::Lifted { origin: Origin::Rule }),
            Plan::Rules { .. } | Plan::Lift => {}
        }
    }

    fn pay_out(&mut self, now: &mut Now<'_>, amount: Money, origin: Origin) {
        let Some(it) = self.counted() else { return };
        let max_loss = it.profile.pack().program().max_loss;
        let first = it.figures.payouts == 0;
        let floor =
            if first { max_loss.floor_after_first_payout(it.figures.floor) } else { it.figures.floor };
        self.rule(now, RuleFact::PaidOut { amount, floor, origin });
    }

    fn hear_of_others(&mut self, now: &mut Now<'_>, holdings: Vec<(Arc<str>, NetQty)>) {
        let account = self.book.account();
        let same = holdings.iter().all(|(group, net)| account.elsewhere(group) == *net);
        if !same {
            self.rule(now, RuleFact::ElsewhereTold { holdings: holdings.into_boxed_slice() });
        }
    }
}

/// Whether two profiles are of one account: the same pack, and the same beginning.
fn is_same_account(a: &Profile, b: &Profile) -> bool {
    a.pack() == b.pack() && a.account() == b.account()
}
