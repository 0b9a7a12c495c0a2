//! The desk's clock: the market's time, not the wall's.

use phantom_model::{Span, Timestamp};
use tokio::time::Instant;

/// Tells the market's time and when a point of it comes.
pub trait Clock: Send {
    /// The market's time now.
    fn now(&self) -> Timestamp;

    /// When the market's clock will show `at`; `None` for never.
    fn instant_of(&self, at: Timestamp) -> Option<Instant>;
}

/// A market clock that starts anywhere and runs on the machine's monotonic clock.
///
/// A simulated session starts at 08:30 Chicago time of a trading day whenever the program starts, so
/// that the desk trades at any hour of any day.
#[derive(Clone, Copy, Debug)]
pub struct MarketClock {
    market_start: Timestamp,
    started: Instant,
    times: u32,
}

impl MarketClock {
    /// A clock that shows `market_start` now.
    #[must_use]
    pub fn starting_at(market_start: Timestamp) -> Self {
        Self { market_start, started: Instant::now(), times: 1 }
    }

    /// The same at so many times the speed of the machine's clock; 0 counts as 1.
    #[must_use]
    pub fn running(self, times: u32) -> Self {
        Self { times: times.max(1), ..self }
    }
}

impl Clock for MarketClock {
    fn now(&self) -> Timestamp {
        let elapsed = self.started.elapsed().as_nanos().saturating_mul(u128::from(self.times));
        self.market_start + Span::from_nanos(i64::try_from(elapsed).unwrap_or(i64::MAX))
    }

    fn instant_of(&self, at: Timestamp) -> Option<Instant> {
        let nanos = u64::try_from(at.since(self.market_start).nanos()).ok()?;
        self.started.checked_add(std::time::Duration::from_nanos(nanos.div_ceil(u64::from(self.times))))
    }
}
