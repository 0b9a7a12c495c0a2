//! Several simulated sessions as one market.

use std::convert::Infallible;
use std::iter::Map;

use jiff::civil::Date;
use phantom_model::{MarketRecord, Timestamp, chicago_moment};

use super::session::SimulatedSession;
use crate::merge::Merged;

/// A session as a stream that cannot fail.
type Endless = Map<SimulatedSession, fn(MarketRecord) -> Result<MarketRecord, Infallible>>;

/// Sessions merged by time, ties in argument order. Endless unless there is no session at all.
pub struct SimulatedMarket {
    sessions: Merged<Endless>,
}

impl SimulatedMarket {
    /// When the simulated session of a date opens: 08:30 in Chicago.
    #[must_use]
    pub fn opens_on(date: Date) -> Timestamp {
        chicago_moment(date.at(8, 30, 0, 0))
    }

    /// The market of `sessions`.
    pub fn new(sessions: impl IntoIterator<Item = SimulatedSession>) -> Self {
        Self { sessions: Merged::new(sessions.into_iter().map(endless)) }
    }

    /// One more session, which opens at the last record or later.
    pub fn join(&mut self, session: SimulatedSession) {
        let Ok(()) = self.sessions.join(endless(session));
    }
}

fn endless(session: SimulatedSession) -> Endless {
    session.map(Ok)
}

impl Iterator for SimulatedMarket {
    type Item = MarketRecord;

    fn next(&mut self) -> Option<MarketRecord> {
        let Ok(record) = self.sessions.next()?;
        Some(record)
    }
}
