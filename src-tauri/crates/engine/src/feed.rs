//! The feed's heartbeat and the trading day: two things that the caller's clock knows and ours does not.

use phantom_compliance::calendar::SessionState;
use phantom_model::{ContractId, Span, Timestamp, TradingDay};

use crate::book::LotState;
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody};

/// So long without a trade while the feed's heart beats, and somebody is told.
const SILENCE: Span = Span::from_millis(60_000);

impl Engine {
    /// The feed lives.
    pub(crate) fn feed_alive(&mut self, now: &mut Now<'_>) {
        self.look_for_silence(now);
        let first = self.heartbeat.replace(now.at).is_none();
        if self.book.is_blind() {
            self.emit(now, FactBody::FeedBack);
            self.doubt_old_prints(now.at);
        } else if !first {
            // The deadline that is set looks at the newest heartbeat when it comes.
            return;
        }
        self.deadlines.set(now.at + self.timing.feed_dead, Due::FeedDead);
    }

    /// A heartbeat may be overdue.
    pub(crate) fn feed_silent(&mut self, now: &mut Now<'_>) {
        let Some(last) = self.heartbeat else { return };
        let dead_at = last + self.timing.feed_dead;
        if dead_at > now.at {
            self.deadlines.set(dead_at, Due::FeedDead);
        } else if !self.book.is_blind() {
            self.emit(now, FactBody::FeedLost);
            self.alarm(now, Alarm::StopsBlind);
            self.doubt_old_prints(now.at);
        }
    }

    /// A connection that lives may have lost one contract. Where a stop is armed and the session is open, a
    /// minute without a trade is told, once for each silence; it proves nothing.
    fn look_for_silence(&mut self, now: &mut Now<'_>) {
        let quiet: Vec<(ContractId, Timestamp)> = self
            .book
            .positions()
            .iter()
            .filter(|(_, position)| !position.lots.is_empty())
            .filter_map(|(contract, _)| Some((contract, self.silent_since(contract)?)))
            .filter(|(_, since)| *since + SILENCE <= now.at)
            .filter(|it| !self.silences_told.contains(it))
            .filter(|(contract, _)| self.is_session_open(*contract, now.at))
            .collect();
        for (contract, since) in quiet {
            self.silences_told.retain(|(told, _)| *told != contract);
            self.silences_told.push((contract, since));
            self.alarm(now, Alarm::NoTrades(contract));
        }
    }

    /// Since when a contract with an armed lot has not traded; `None` where nothing is armed.
    fn silent_since(&self, contract: ContractId) -> Option<Timestamp> {
        let lots = self.book.positions().at(contract).lots.iter().map(|&lot| self.book.lots().at(lot));
        let armed_since = lots.filter(|lot| lot.state == LotState::Armed).map(|lot| lot.opened_at).min()?;
        let mark = self.marks.at(contract);
        let traded_at = mark.last.map_or(Timestamp::MIN, |_| mark.traded_at);
        let back_at = self.book.returned().map_or(Timestamp::MIN, |(at, _)| at);
        Some(armed_since.max(traded_at).max(back_at))
    }

    /// Whether the contract trades now; a calendar that does not know it says nothing against it.
    fn is_session_open(&self, contract: ContractId, at: Timestamp) -> bool {
        let Some(book) = self.rulebook.as_deref() else { return true };
        let product = book.product(contract);
        product.is_none_or(|product| book.calendar().session(product, at).state == SessionState::Open)
    }

    /// From here on a print must be stamped no earlier than this to fire anything, less the age at which
    /// a feed counts as dead.
    pub(crate) fn doubt_old_prints(&mut self, at: Timestamp) {
        self.stale_before = at - self.timing.feed_dead;
    }

    /// A trading day begins; each is begun once.
    pub(crate) fn trading_day(&mut self, now: &mut Now<'_>, day: TradingDay) {
        if self.book.day().is_none_or(|today| today < day) {
            self.emit(now, FactBody::DayStarted { day });
            self.contracts_stand(now);
        }
    }
}
