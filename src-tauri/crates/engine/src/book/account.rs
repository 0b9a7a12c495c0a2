//! The account under its rules: what is in force, what was counted, what is locked.

use std::collections::VecDeque;
use std::sync::Arc;

use phantom_compliance::pack::TradeCounting;
use phantom_compliance::{Lockout, Profile, RuleId, RunAway, Until};
use phantom_model::{Money, NetQty, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::Book;
use crate::rule_fact::{Figures, RuleFact};

/// What comes into force with the next session.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Plan {
    /// Other rules.
    Rules {
        /// Them.
        profile: Arc<Profile>,
        /// Whether that is another account.
        fresh: bool,
    },
    /// No rules.
    Lift,
}

/// An account as the facts tell it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Account {
    profile: Option<Arc<Profile>>,
    unusable: Option<Arc<str>>,
    plan: Option<Plan>,
    figures: Option<Figures>,
    lockouts: Vec<Lockout>,
    limits_locked_until: Option<Timestamp>,
    run_away: Option<RunAway>,
    /// How many levels of each rule have been warned of today.
    warned: [u8; RuleId::ALL.len()],
    /// Which rules were reached today.
    broken: [bool; RuleId::ALL.len()],
    /// Orders that opened something today.
    entries: u32,
    /// Orders that closed something today.
    exits: u32,
    elsewhere: Vec<(Arc<str>, NetQty)>,
    /// When messages went out, of the last minute; kept while rules are in force.
    messages: VecDeque<Timestamp>,
    /// When orders were asked for, of the last second.
    asked: VecDeque<Timestamp>,
    /// Refusals in a row, and when the first of them came.
    refused: (u32, Timestamp),
}

/// How long messages are remembered.
const MINUTE: Span = Span::from_millis(60_000);
const SECOND: Span = Span::from_millis(1_000);
/// Within how long refusals in a row are taken for a loop.
const REFUSALS_WITHIN: Span = Span::from_millis(10_000);

impl Account {
    /// The profile in force; `None` without rules.
    #[must_use]
    pub const fn profile(&self) -> Option<&Arc<Profile>> {
        self.profile.as_ref()
    }

    /// Why the rules that were chosen cannot be used. Nothing opens then; what was in force before goes
    /// on acting.
    #[must_use]
    pub const fn unusable(&self) -> Option<&Arc<str>> {
        self.unusable.as_ref()
    }

    /// What comes with the next session.
    #[must_use]
    pub const fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// What the rules have counted; `None` before any were adopted.
    #[must_use]
    pub const fn figures(&self) -> Option<&Figures> {
        self.figures.as_ref()
    }

    /// What locks the account, oldest first.
    #[must_use]
    pub fn lockouts(&self) -> &[Lockout] {
        &self.lockouts
    }

    /// The lock that holds longest; `None` when nothing locks.
    #[must_use]
    pub fn lock(&self) -> Option<Lockout> {
        let longest = |lock: &&Lockout| match lock.until {
            Until::Ever => Timestamp::MAX,
            Until::Session(opens) => opens,
        };
        self.lockouts.iter().rev().max_by_key(longest).copied()
    }

    /// Until when no limit can be loosened; `None` when any can.
    #[must_use]
    pub const fn limits_locked_until(&self) -> Option<Timestamp> {
        self.limits_locked_until
    }

    /// Why entries are switched off.
    #[must_use]
    pub const fn run_away(&self) -> Option<RunAway> {
        self.run_away
    }

    /// How many levels of a rule have been warned of today.
    #[must_use]
    pub fn warned(&self, rule: RuleId) -> usize {
        self.warned.get(rule.place()).copied().unwrap_or(0).into()
    }

    /// Whether a rule was reached today.
    #[must_use]
    pub fn is_broken(&self, rule: RuleId) -> bool {
        self.broken.get(rule.place()).copied().unwrap_or(false)
    }

    /// Trades of the day, as a rule counts them.
    #[must_use]
    pub const fn trades(&self, counting: TradeCounting) -> u32 {
        match counting {
            TradeCounting::Entries => self.entries,
            TradeCounting::EntriesAndExits => self.entries.saturating_add(self.exits),
        }
    }

    /// What the trader's other accounts hold in a group of products that hedge one another.
    #[must_use]
    pub fn elsewhere(&self, group: &str) -> NetQty {
        let row = self.elsewhere.iter().find(|(name, _)| &**name == group);
        row.map_or(NetQty::FLAT, |(_, net)| *net)
    }

    /// Messages of the last second and of the last minute.
    #[must_use]
    pub fn messages(&self, at: Timestamp) -> (u32, u32) {
        let since = |span: Span| {
            let from = at - span;
            let older = self.messages.partition_point(|sent| *sent <= from);
            u32::try_from(self.messages.len() - older).unwrap_or(u32::MAX)
        };
        (since(SECOND), since(MINUTE))
    }

    /// Whether orders run away, as far as what was asked and refused tells.
    #[must_use]
    pub fn runs_away(&self, at: Timestamp) -> Option<RunAway> {
        let from = at - SECOND;
        let asked = self.asked.iter().rev().take_while(|asked| **asked > from).count();
        let (refusals, since) = self.refused;
        if asked > RunAway::COMMANDS_MAX as usize {
            Some(RunAway::Commands)
        } else if refusals >= RunAway::REFUSALS_MAX && at.since(since) <= REFUSALS_WITHIN {
            Some(RunAway::Refusals)
        } else {
            None
        }
    }

    const fn counts(&self) -> bool {
        self.profile.is_some()
    }

    /// A message goes to the broker.
    pub(super) fn note_message(&mut self, at: Timestamp) {
        if self.counts() {
            push_within(&mut self.messages, at, MINUTE);
        }
    }

    /// Somebody asks for an order.
    pub(super) fn note_asked(&mut self, at: Timestamp) {
        if self.counts() {
            push_within(&mut self.asked, at, SECOND);
        }
    }

    /// An order of somebody's was refused, by the gate or by the broker.
    pub(super) fn note_refused(&mut self, at: Timestamp) {
        if !self.counts() {
            return;
        }
        let (count, since) = self.refused;
        let goes_on = count > 0 && at.since(since) <= REFUSALS_WITHIN;
        self.refused = if goes_on { (count.saturating_add(1), since) } else { (1, at) };
    }

    /// An order of somebody's was let through and taken.
    pub(super) const fn note_taken(&mut self) {
        self.refused = (0, Timestamp::MIN);
    }

    pub(super) const fn note_entry(&mut self) {
        self.entries = self.entries.saturating_add(1);
    }

    pub(super) const fn note_exit(&mut self) {
        self.exits = self.exits.saturating_add(1);
    }

    /// A person has looked: entries are on again.
    pub(super) fn switch_on(&mut self) {
        self.run_away = None;
        self.refused = (0, Timestamp::MIN);
        self.asked.clear();
    }

    fn begin_day(&mut self, figures: Figures) {
        self.figures = Some(figures);
        self.warned = [0; RuleId::ALL.len()];
        self.broken = [false; RuleId::ALL.len()];
        (self.entries, self.exits) = (0, 0);
        self.limits_locked_until = None;
    }

    fn adopt(&mut self, profile: &Arc<Profile>, figures: Figures, fresh: bool) {
        self.profile = Some(Arc::clone(profile));
        self.unusable = None;
        self.plan = None;
        if fresh {
            // The failure of another account is not this one's; a lock of the day is the trader's.
            self.lockouts.retain(|lock| lock.until != Until::Ever);
            let locked = self.limits_locked_until;
            self.begin_day(figures);
            self.limits_locked_until = locked;
        } else {
            self.figures = Some(figures);
        }
    }

    /// No rules any more. A lock of the day stays until it is over; what the other accounts hold is no
    /// matter of the rules alone.
    fn lift(&mut self) {
        let mut lockouts = std::mem::take(&mut self.lockouts);
        lockouts.retain(|lock| lock.until != Until::Ever);
        let elsewhere = std::mem::take(&mut self.elsewhere);
        *self = Self { lockouts, elsewhere, ..Self::default() };
    }

    fn set(&mut self, rule: RuleId, broken: bool) {
        if let Some(row) = self.broken.get_mut(rule.place()) {
            *row = broken;
        }
    }
}

/// Adds a moment and forgets what is older than `span` before it.
fn push_within(line: &mut VecDeque<Timestamp>, at: Timestamp, span: Span) {
    let from = at - span;
    while line.front().is_some_and(|oldest| *oldest <= from) {
        line.pop_front();
    }
    line.push_back(at);
}

impl Book {
    /// The account under its rules.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Profit of everything closed less fees of every fill.
    #[must_use]
    pub const fn cash(&self) -> Money {
        self.cash
    }

    /// The balance of the account: what it began with and what came of every fill. Zero without rules.
    #[must_use]
    pub fn balance(&self) -> Money {
        self.account.figures.map_or(Money::ZERO, |figures| figures.opening + self.cash)
    }

    /// Applies a fact about the rules.
    pub(super) fn fold_rule(&mut self, fact: &RuleFact) {
        let account = &mut self.account;
        match fact {
            RuleFact::Adopted { profile, figures, fresh, .. } => account.adopt(profile, **figures, *fresh),
            RuleFact::Planned { profile, fresh, .. } => {
                account.plan = Some(Plan::Rules { profile: Arc::clone(profile), fresh: *fresh });
            }
            RuleFact::LiftPlanned { .. } => account.plan = Some(Plan::Lift),
            RuleFact::Lifted { .. } => account.lift(),
            RuleFact::Declined { .. } | RuleFact::Judged { .. } => {}
            RuleFact::Unusable { why } => account.unusable = Some(Arc::clone(why)),
            RuleFact::LimitsLocked { until, .. } => account.limits_locked_until = Some(*until),
            RuleFact::DayBegan { figures } => account.begin_day(**figures),
            RuleFact::Peaked { day_peak_balance, day_peak_equity, peak_equity, floor } => {
                if let Some(figures) = &mut account.figures {
                    figures.day_peak_balance = *day_peak_balance;
                    figures.day_peak_equity = *day_peak_equity;
                    figures.peak_equity = *peak_equity;
                    figures.floor = *floor;
                }
            }
            RuleFact::PaidOut { amount, floor, .. } => {
                if let Some(figures) = &mut account.figures {
                    figures.pay_out(*amount, *floor);
                }
            }
            RuleFact::Near { rule, .. } => {
                if let Some(row) = account.warned.get_mut(rule.place()) {
                    *row = row.saturating_add(1);
                }
            }
            RuleFact::Broken { rule, .. } => account.set(*rule, true),
            RuleFact::Locked { lock, .. } => account.lockouts.push(*lock),
            RuleFact::Unlocked { cause } => account.lockouts.retain(|lock| lock.cause != *cause),
            RuleFact::RanAway { why } => account.run_away = Some(*why),
            RuleFact::ElsewhereTold { holdings } => account.elsewhere = holdings.to_vec(),
        }
        self.halt.locked_out = !self.account.lockouts.is_empty();
    }
}

impl Figures {
    /// Money that leaves the account is no loss of the day.
    fn pay_out(&mut self, amount: Money, floor: Money) {
        for figure in [
            &mut self.opening,
            &mut self.eod_balance,
            &mut self.peak_eod_balance,
            &mut self.day_start_equity,
            &mut self.day_peak_balance,
            &mut self.day_peak_equity,
        ] {
            *figure = *figure - amount;
        }
        self.floor = floor;
        self.payouts = self.payouts.saturating_add(1);
    }
}
