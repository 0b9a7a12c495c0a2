//! When the next batch of each kind may leave, so that the window has time to answer a click.

use std::time::Duration;

use tokio::time::Instant;

/// One frame of a screen.
const FRAME: Duration = Duration::from_millis(16);
/// More rows than this at once are read by nobody one by one.
const MANY_ROWS: usize = 8;
/// After so many rows the next batch and the next frame wait this long.
const BUSY_FRAME: Duration = Duration::from_millis(100);
/// Prices, and what follows from them alone, at most this often.
const MARKET_EVERY: Duration = Duration::from_millis(250);
/// The same while nobody sees the window. What happens to the account does not wait, nor do its sounds.
const PUT_AWAY_EVERY: Duration = Duration::from_secs(2);
/// A batch at least this often, so that the clock on the screen goes on in a market without trades.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// The next frame waits at least this many times as long as the last one took to make.
const REST_TIMES: u32 = 3;

/// When the next of each kind may leave.
pub(super) struct Timing {
    /// Rows of the log.
    rows: Instant,
    /// Positions and the desk.
    frame: Instant,
    /// Prices, and what follows from them alone.
    prices: Instant,
    /// When a frame left last.
    sent: Instant,
}

impl Timing {
    pub(super) fn new(now: Instant) -> Self {
        Self { rows: now, frame: now + FRAME, prices: now, sent: now }
    }

    pub(super) fn next_rows(&self) -> Instant {
        self.rows
    }

    /// With `news`, something that no frame has shown yet, as soon as a frame may be made; otherwise when
    /// the market is shown again.
    pub(super) fn next_frame(&self, news: bool) -> Instant {
        if news { self.frame } else { self.frame.max(self.prices) }
    }

    /// So many rows have left.
    pub(super) fn rows_left(&mut self, count: usize, now: Instant) {
        self.rows = now + if count > MANY_ROWS { BUSY_FRAME } else { FRAME };
    }

    /// A frame has been made, whether it held anything to send or not.
    pub(super) fn frame_made(&mut self, began: Instant, now: Instant) {
        self.frame = (began + FRAME.max((now - began) * REST_TIMES)).max(self.rows);
    }

    /// A frame has left.
    pub(super) fn frame_left(&mut self, now: Instant) {
        self.sent = now;
    }

    /// A frame must leave even if nothing has changed.
    pub(super) fn is_heartbeat_due(&self, now: Instant) -> bool {
        now - self.sent >= HEARTBEAT
    }

    /// The window has come back: prices leave with the next frame.
    pub(super) fn seen_again(&mut self, now: Instant) {
        self.prices = self.prices.min(now);
    }

    /// Whether new prices may leave; if so the next ones wait again.
    pub(super) fn take_prices(&mut self, is_seen: impl FnOnce() -> bool, now: Instant) -> bool {
        let due = now >= self.prices;
        if due {
            self.prices = now + if is_seen() { MARKET_EVERY } else { PUT_AWAY_EVERY };
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_ms(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn few_rows_leave_with_every_frame_and_many_ten_times_a_second() {
        let start = Instant::now();
        let mut timing = Timing::new(start);
        assert_eq!(timing.next_rows(), start, "the first rows do not wait");
        timing.rows_left(MANY_ROWS, start);
        assert_eq!(timing.next_rows(), after_ms(start, 16));
        timing.rows_left(MANY_ROWS + 1, start);
        assert_eq!(timing.next_rows(), after_ms(start, 100));
        timing.frame_made(start, after_ms(start, 1));
        assert_eq!(timing.next_frame(true), after_ms(start, 100), "frames wait with many rows");
    }

    #[test]
    fn prices_leave_four_times_a_second_and_seldom_while_nobody_sees_them() {
        let start = Instant::now();
        for (is_seen, pause_ms) in [(true, 250), (false, 2_000)] {
            let mut timing = Timing::new(start);
            assert!(timing.take_prices(|| is_seen, start), "the first prices do not wait");
            assert!(!timing.take_prices(|| is_seen, after_ms(start, pause_ms - 1)));
            assert_eq!(timing.next_frame(false), after_ms(start, pause_ms), "seen: {is_seen}");
            assert!(timing.take_prices(|| is_seen, after_ms(start, pause_ms)));
        }
    }

    #[test]
    fn a_window_that_is_seen_again_has_prices_at_once() {
        let start = Instant::now();
        let mut timing = Timing::new(start);
        assert!(timing.take_prices(|| false, start));
        timing.frame_made(start, after_ms(start, 1));
        timing.seen_again(after_ms(start, 100));
        assert_eq!(timing.next_frame(false), after_ms(start, 100));
        assert!(timing.take_prices(|| true, after_ms(start, 100)));
        assert_eq!(timing.next_frame(false), after_ms(start, 350));
    }

    #[test]
    fn news_do_not_wait_for_prices() {
        let start = Instant::now();
        let mut timing = Timing::new(start);
        assert!(timing.take_prices(|| true, start));
        timing.frame_made(start, after_ms(start, 2));
        assert_eq!(timing.next_frame(true), after_ms(start, 16));
        assert_eq!(timing.next_frame(false), after_ms(start, 250));
    }

    #[test]
    fn a_frame_that_took_long_leaves_the_window_three_times_as_long() {
        let start = Instant::now();
        let mut timing = Timing::new(start);
        timing.frame_made(start, after_ms(start, 40));
        assert_eq!(timing.next_frame(true), after_ms(start, 120));
    }

    #[test]
    fn a_market_without_trades_still_has_a_clock() {
        let start = Instant::now();
        let mut timing = Timing::new(start);
        assert!(!timing.is_heartbeat_due(after_ms(start, 499)));
        assert!(timing.is_heartbeat_due(after_ms(start, 500)));
        timing.frame_left(after_ms(start, 500));
        assert!(!timing.is_heartbeat_due(after_ms(start, 999)));
    }
}
