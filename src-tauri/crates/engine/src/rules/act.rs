//! What a rule does once it is reached: lock, and close everything through the one exit authority.

use phantom_compliance::{Lockout, RuleId, Until};
use phantom_model::{Span, Timestamp, TradingDay};

use super::Act;
use crate::book::OrderKey;
use crate::engine::{Engine, Now};
use crate::input::Origin;
use crate::rule_fact::{Declined, RuleFact};

impl Engine {
    /// Carries out what a rule does.
    pub(crate) fn act(&mut self, now: &mut Now<'_>, rule: RuleId, act: Act) {
        let until = match act {
            Act::Warn => return,
            Act::Flatten => {
                self.close_out(now);
                return;
            }
            Act::Lock => Until::Session(self.next_session(now.at)),
            Act::Fail => Until::Ever,
        };
        self.lock(now, rule, until, Origin::Rule);
    }

    /// Locks the account and closes everything.
    pub(crate) fn lock(&mut self, now: &mut Now<'_>, cause: RuleId, until: Until, origin: Origin) {
        let lock = Lockout { cause, since: now.at, until };
        self.rule(now, RuleFact::Locked { lock, origin });
        self.renew_wake();
        self.close_out(now);
    }

    /// A person locks the account until a time, or until the next session. It cannot be taken back: a
    /// lock that is there can be made longer, never shorter.
    pub(crate) fn lock_by_hand(&mut self, now: &mut Now<'_>, until: Option<Timestamp>, origin: Origin) {
        let until = until.unwrap_or_else(|| self.next_session(now.at));
        if until <= now.at {
            self.rule(now, RuleFact::Declined { why: Declined::TimeHasCome, origin });
            return;
        }
        let mut held = self.book.account().lockouts().iter().filter(|lock| lock.cause == RuleId::ByHand);
        if !held.any(|lock| !lock.until.is_over_at(until - Span::from_nanos(1))) {
            self.lock(now, RuleId::ByHand, Until::Session(until), origin);
        }
    }

    /// When the market's next session begins: the day of the market counts, not the clock's, so that a
    /// clock that was moved moves nothing.
    pub(crate) fn next_session(&self, at: Timestamp) -> Timestamp {
        let figures = self.book.account().figures().filter(|_| self.book.account().profile().is_some());
        let day = figures.map_or(TradingDay::of(at), |figures| figures.day);
        self.rulebook
            .as_ref()
            .map_or_else(|| day.ends(), |book| super::hours::next_open(book.calendar(), day))
    }

    /// Closes and cancels everything, if there is anything. A flatten under way does it already.
    pub(crate) fn close_out(&mut self, now: &mut Now<'_>) {
        let flattens = self.book.last_flatten().is_some_and(|(_, flatten)| flatten.is_pending());
        if !flattens && !self.is_flat() {
            self.start_flatten(now, Origin::Rule);
        }
    }

    /// Whether everything must be closed now: locked, or past the time of the day.
    pub(crate) fn must_be_flat(&self, at: Timestamp) -> bool {
        self.book.halt().locked_out || self.is_past_flatten(at)
    }

    /// An order of ours has opened something. Where nothing may be open it is closed again, unless the
    /// flatten that watches closes it anyway.
    pub(crate) fn close_what_must_not_open(&mut self, now: &mut Now<'_>, opened_by: OrderKey) {
        let watched = self.book.last_flatten().is_some_and(|(_, flatten)| flatten.covers(opened_by));
        if !watched && self.must_be_flat(now.at) {
            self.close_out(now);
        }
    }
}
