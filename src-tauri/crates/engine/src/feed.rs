//! The feed's heartbeat and the trading day: two things that the caller's clock knows and ours does not.

use phantom_model::{Timestamp, TradingDay};

use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody};

impl Engine {
    /// The feed lives.
    pub(crate) fn feed_alive(&mut self, now: &mut Now<'_>) {
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
