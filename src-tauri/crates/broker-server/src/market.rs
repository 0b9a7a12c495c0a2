//! The market of the server: its trades, and when each of them happens.

use std::fmt;
use std::time::Duration;

use phantom_model::{MarketRecord, Timestamp};
use tokio::time::Instant;

/// Where trades come from, and how fast.
pub struct Market {
    records: Option<Box<dyn Iterator<Item = MarketRecord> + Send>>,
    /// How many times faster than recorded; never 0.
    speed: u32,
    /// The first record's own time, and when it is shown.
    began: Option<(Timestamp, Instant)>,
    next: Option<(Instant, MarketRecord)>,
}

impl Market {
    /// No trades but those that are shown by hand.
    #[must_use]
    pub fn quiet() -> Self {
        Self { records: None, speed: 1, began: None, next: None }
    }

    /// Plays records of a tick file or of a simulated session, `speed` times as fast as they are. The
    /// first one happens as soon as the server runs.
    #[must_use]
    pub fn playing(records: impl Iterator<Item = MarketRecord> + Send + 'static, speed: u32) -> Self {
        Self { records: Some(Box::new(records)), speed: speed.max(1), began: None, next: None }
    }

    /// When the next trade happens; `None` when there is none.
    pub(crate) fn next_due(&mut self) -> Option<Instant> {
        if self.next.is_none() {
            self.next = self.draw();
        }
        self.next.as_ref().map(|(at, _)| *at)
    }

    /// The next trade, if it has happened.
    pub(crate) fn take(&mut self, now: Instant) -> Option<MarketRecord> {
        if self.next_due()? > now {
            return None;
        }
        self.next.take().map(|(_, record)| record)
    }

    fn draw(&mut self) -> Option<(Instant, MarketRecord)> {
        let record = self.records.as_mut()?.next()?;
        let (first, shown) = *self.began.get_or_insert_with(|| (record.at, Instant::now()));
        let after = u64::try_from(record.at.since(first).nanos()).unwrap_or(0) / u64::from(self.speed);
        Some((shown + Duration::from_nanos(after), record))
    }
}

impl fmt::Debug for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Market").field("speed", &self.speed).field("next", &self.next).finish_non_exhaustive()
    }
}
