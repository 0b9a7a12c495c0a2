//! What the clock allows: sessions of the exchange, times of the firm, and the desk's own, earlier ones.

use std::sync::Arc;

use phantom_compliance::calendar::{Certainty, Closure, DayTimes, SessionState};
use phantom_compliance::pack::{Effect, NewsAction, Overlay, OverlayRule};
use phantom_compliance::rule_standing::{Hours, News};
use phantom_compliance::{Calendar, ProductHours, Profile};
use phantom_model::{ContractId, Timestamp, TradingDay};

use super::{BeyondCalendar, RuleBook};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::Purpose;

/// Days that are looked at for the next session: more than any row of holidays.
const DAYS_AHEAD: usize = 10;

/// What the clock allows for a contract, and for how long that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct HoursNow {
    from: Timestamp,
    until: Timestamp,
    pub(crate) hours: Hours,
}

impl HoursNow {
    pub(crate) fn holds_at(&self, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
    }
}

/// When the next session after a trading day begins, of the products that lead the calendar.
pub(crate) fn next_open(calendar: &Calendar, day: TradingDay) -> Timestamp {
    let mut next = day;
    for _ in 0..DAYS_AHEAD {
        next = next.next();
        if let Some(opens) = calendar.day(ProductHours::EquityIndex, next).opens() {
            return opens.max(day.ends());
        }
    }
    day.ends()
}

/// When entries are taken again after a trading day.
fn next_entries(calendar: &Calendar, profile: &Profile, product: ProductHours, day: TradingDay) -> Timestamp {
    let mut next = day;
    for _ in 0..DAYS_AHEAD {
        next = next.next();
        if let Some(times) = profile.day_times(calendar, product, next) {
            return times.entries_from;
        }
    }
    day.ends()
}

/// What the clock allows for a product at a moment.
pub(crate) fn hours_at(book: &RuleBook, profile: &Profile, id: ContractId, at: Timestamp) -> HoursNow {
    let calendar = book.calendar();
    let unknown = || Hours::Unknown { valid_through: calendar.valid_through() };
    let ends = TradingDay::of(at).ends();
    let Some(product) = book.product(id) else { return HoursNow { from: at, until: ends, hours: unknown() } };
    let session = calendar.session(product, at);
    let (from, until) = (session.since, session.until);
    let certain = session.certainty != Certainty::OutsideCalendar;
    if !certain && book.beyond == BeyondCalendar::NothingOpens {
        return HoursNow { from, until, hours: unknown() };
    }
    let closed = match session.state {
        SessionState::Open => None,
        SessionState::Pause | SessionState::Break | SessionState::Closed(Closure::Weekend) => {
            Some(Hours::Closed { opens: until })
        }
        SessionState::Closed(Closure::Holiday(name)) => {
            Some(Hours::Holiday { name: Arc::from(name), opens: until })
        }
    };
    if let Some(hours) = closed {
        return HoursNow { from, until, hours };
    }
    let day = session.day;
    let Some(times) = profile.day_times(calendar, product, day) else {
        // The exchange trades and the firm does not.
        let opens = next_entries(calendar, profile, product, day);
        let name = calendar.holiday(day).map(Arc::from);
        let hours = name.map_or(Hours::Closed { opens }, |name| Hours::Holiday { name, opens });
        return HoursNow { from, until, hours };
    };
    if at < times.entries_from {
        let hours = Hours::NoNewEntries { from, until: times.entries_from };
        return HoursNow { from, until: until.min(times.entries_from), hours };
    }
    if at >= times.no_new_entries_from {
        let opens = next_entries(calendar, profile, product, day);
        let hours = Hours::NoNewEntries { from: times.no_new_entries_from, until: opens };
        return HoursNow { from: times.no_new_entries_from, until, hours };
    }
    HoursNow {
        from: from.max(times.entries_from),
        until: until.min(times.no_new_entries_from),
        hours: Hours::Open,
    }
}

/// The news window that holds for a product at a moment: a refusing one before one that warns.
pub(crate) fn news_at(overlays: &[Overlay], root: &str, at: Timestamp) -> Option<News> {
    let day = TradingDay::of(at).date();
    let windows = overlays.iter().filter_map(|overlay| match &overlay.rule {
        OverlayRule::News(window) => Some((overlay, window)),
        OverlayRule::ContractCaps(_) => None,
    });
    let holds = windows.filter_map(|(overlay, window)| {
        let (action, release) = window.action_at(root, at)?;
        Some((overlay, window, action, release))
    });
    let mut holds = holds.filter(|(overlay, ..)| overlay.holds_on(day));
    let first = holds.next()?;
    let refuses = |effect| effect == Effect::Block;
    let (overlay, window, action, release) =
        if refuses(first.0.effect) { first } else { holds.find(|it| refuses(it.0.effect)).unwrap_or(first) };
    let until = release.at + window.after;
    Some(News { release: Arc::from(release.name.as_str()), until, action, effect: overlay.effect })
}

impl Engine {
    /// What the clock allows for a contract.
    pub(crate) fn hours(&self, book: &RuleBook, profile: &Profile, id: ContractId, at: Timestamp) -> Hours {
        let cached = self.contract_rules.get(id).and_then(|rules| rules.hours.as_ref());
        match cached.filter(|it| it.holds_at(at)) {
            Some(it) => it.hours.clone(),
            None => hours_at(book, profile, id, at).hours,
        }
    }

    /// Remembers what the clock allows for a contract, so that the next verdict need not look it up.
    pub(crate) fn keep_hours(&mut self, id: ContractId, at: Timestamp) {
        let known = self.contract_rules.get(id).and_then(|rules| rules.hours.as_ref());
        if known.is_some_and(|it| it.holds_at(at)) {
            return;
        }
        let (Some(book), Some(profile)) = (&self.rulebook, self.book.account().profile()) else { return };
        let hours = hours_at(book, profile, id, at);
        if self.contract_rules.get(id).is_some() {
            self.contract_rules.at_mut(id).hours = Some(hours);
        }
    }

    /// The times of a contract on the trading day of a moment.
    pub(crate) fn times_of(&self, id: ContractId, at: Timestamp) -> Option<DayTimes<'_>> {
        let (book, profile) = (self.rulebook.as_deref()?, self.book.account().profile()?);
        profile.day_times(book.calendar(), book.product(id)?, TradingDay::of(at))
    }

    /// Whether a contract must be flat: past the desk's own time of the day, or near a release.
    pub(crate) fn is_contract_past_flatten(&self, id: ContractId, at: Timestamp) -> bool {
        let past = self.times_of(id, at).and_then(|times| times.flatten_at).is_some_and(|by| at >= by);
        past || self.is_flat_for_news(id, at)
    }

    fn is_flat_for_news(&self, id: ContractId, at: Timestamp) -> bool {
        let Some(book) = self.rulebook.as_deref() else { return false };
        news_at(&self.overlays, book.root(id), at)
            .is_some_and(|news| news.action == NewsAction::MustBeFlat && news.effect == Effect::Block)
    }

    /// Whether anything that is open or works must be flat by now.
    pub(crate) fn is_past_flatten(&self, at: Timestamp) -> bool {
        self.contracts_in_use().into_iter().any(|id| self.is_contract_past_flatten(id, at))
    }

    /// Contracts with a position or an order that may still fill.
    pub(crate) fn contracts_in_use(&self) -> Vec<ContractId> {
        let positions = self.book.positions().iter();
        let in_use = positions.filter(|(_, it)| {
            it.net.size() > 0 || it.entries_outstanding() > 0 || it.exits_outstanding() > 0
        });
        in_use.map(|(id, _)| id).collect()
    }

    /// A time of the clock has come: what must be flat is closed, orders of a session that has ended are
    /// taken out, and the next such time is looked up.
    pub(crate) fn rules_due(&mut self, now: &mut Now<'_>) {
        if self.must_be_flat(now.at) {
            self.close_out(now);
        }
        self.end_day_orders(now);
        self.plan_rules(now.at);
    }

    /// Orders that rest live to the end of the session.
    fn end_day_orders(&mut self, now: &mut Now<'_>) {
        let ended: Vec<_> = self
            .book
            .live_orders()
            .filter(|(_, order)| {
                order.rests() && matches!(order.purpose, Purpose::Entry(_) | Purpose::Reduction)
            })
            .filter(|(_, order)| {
                let times = self.times_of(order.contract, order.submitted_at);
                times.is_some_and(|times| now.at >= times.close)
            })
            .map(|(key, _)| key)
            .collect();
        for key in ended {
            self.request_cancel(now, key);
        }
    }

    /// Sets the deadline of the next time of the clock at which the rules do something by themselves.
    pub(crate) fn plan_rules(&mut self, at: Timestamp) {
        if let Some(next) = self.next_rule_time(at) {
            self.deadlines.set(next, Due::Rules);
        }
    }

    fn next_rule_time(&self, at: Timestamp) -> Option<Timestamp> {
        let (book, profile) = (self.rulebook.as_deref()?, self.book.account().profile()?);
        let today = TradingDay::of(at);
        let days = [today, today.next()];
        let times = days.into_iter().flat_map(|day| {
            ProductHours::ALL
                .into_iter()
                .filter_map(move |product| profile.day_times(book.calendar(), product, day))
        });
        let moments = times.flat_map(|times| times.flatten_at.into_iter().chain([times.close]));
        let releases = self.overlays.iter().filter_map(|overlay| match &overlay.rule {
            OverlayRule::News(window) => window.next_boundary(at),
            OverlayRule::ContractCaps(_) => None,
        });
        // A day without any session: look again when it ends.
        moments.chain(releases).chain([today.ends()]).filter(|&moment| moment > at).min()
    }
}
