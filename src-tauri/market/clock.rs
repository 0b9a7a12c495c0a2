//! The market's clock at any speed.
//!
//! It runs on the machine's monotonic clock and never goes back. While prices stand still it goes on at
//! the speed of the wall, so that a command is always answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use phantom_model::{Span, Timestamp};
use phantom_runtime::Clock;
use tokio::time::Instant;

/// A clock that the desk reads and the feed drives.
#[derive(Clone, Debug)]
pub(crate) struct PacedClock {
    hand: Arc<Mutex<Hand>>,
}

/// Where the clock stood at a moment, and how fast it has gone since.
#[derive(Clone, Copy, Debug)]
struct Hand {
    market: Timestamp,
    wall: Instant,
    times: u32,
}

impl Hand {
    fn at(&self, wall: Instant) -> Timestamp {
        let elapsed = wall.saturating_duration_since(self.wall).as_nanos();
        let nanos = elapsed.saturating_mul(u128::from(self.times));
        self.market + Span::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}

impl PacedClock {
    /// A clock that shows `market` now and runs `times` as fast as the wall's.
    pub(crate) fn starting_at(market: Timestamp, times: u32) -> Self {
        let hand = Hand { market, wall: Instant::now(), times: times.max(1) };
        Self { hand: Arc::new(Mutex::new(hand)) }
    }

    /// Changes the speed from now on.
    pub(crate) fn set_times(&self, times: u32) {
        let wall = Instant::now();
        let mut hand = self.hand();
        *hand = Hand { market: hand.at(wall), wall, times: times.max(1) };
    }

    /// Puts the clock forward; a time that has been is ignored.
    pub(crate) fn put_forward(&self, market: Timestamp) {
        let wall = Instant::now();
        let mut hand = self.hand();
        if market > hand.at(wall) {
            *hand = Hand { market, wall, ..*hand };
        }
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        // The hand is replaced as a whole, so it is right whoever panicked.
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for PacedClock {
    fn now(&self) -> Timestamp {
        self.hand().at(Instant::now())
    }

    fn instant_of(&self, at: Timestamp) -> Option<Instant> {
        let hand = *self.hand();
        let nanos = u64::try_from(at.since(hand.market).nanos()).ok()?;
        hand.wall.checked_add(Duration::from_nanos(nanos.div_ceil(u64::from(hand.times))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_nanos(1_000_000_000);

    fn seconds_since_start(clock: &PacedClock) -> i64 {
        clock.now().since(START).nanos() / 1_000_000_000
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_runs_at_its_speed_and_keeps_what_it_has_run() {
        let clock = PacedClock::starting_at(START, 1);
        for (times, wall_seconds, shown) in [(1, 2, 2), (10, 3, 32), (1, 1, 33), (1_000, 1, 1_033)] {
            clock.set_times(times);
            tokio::time::advance(Duration::from_secs(wall_seconds)).await;
            assert_eq!(seconds_since_start(&clock), shown, "{times}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_point_of_time_comes_when_the_clock_shows_it() {
        let clock = PacedClock::starting_at(START, 7);
        for seconds in [0_u32, 1, 100] {
            let at = START + Span::from_millis(seconds * 1_000 + 1);
            tokio::time::sleep_until(clock.instant_of(at).unwrap()).await;
            assert!(clock.now() >= at, "a deadline that wakes too early would spin");
        }
        assert_eq!(clock.instant_of(Timestamp::MAX), clock.instant_of(Timestamp::MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_is_put_forward_and_never_back() {
        let clock = PacedClock::starting_at(START, 1);
        clock.put_forward(START + Span::from_millis(60_000));
        clock.put_forward(START);
        assert_eq!(seconds_since_start(&clock), 60);
    }
}
