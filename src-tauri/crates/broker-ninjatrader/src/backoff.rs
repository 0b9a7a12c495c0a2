//! How long to wait before the next try: twice as long each time, and never the same for two desks.

use std::time::Duration;

/// The waits between tries.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    next: Duration,
}

impl Backoff {
    /// Waits from `min` to `max`.
    #[must_use]
    pub const fn new(min: Duration, max: Duration) -> Self {
        Self { min, max, next: min }
    }

    /// The wait before the next try. `jitter` from 0 to 1 000 lengthens it by up to as much again, but not
    /// beyond the longest.
    pub fn next(&mut self, jitter: u16) -> Duration {
        let base = self.next;
        self.next = base.saturating_mul(2).min(self.max);
        (base + base * u32::from(jitter.min(1_000)) / 1_000).min(self.max)
    }

    /// A connection has stood for long enough: begin anew.
    pub const fn calm(&mut self) {
        self.next = self.min;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
        let waits: Vec<u64> = (0..7).map(|_| backoff.next(0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        backoff.calm();
        assert_eq!(backoff.next(0).as_secs(), 1);
    }

    #[test]
    fn jitter_lengthens_a_wait_and_never_shortens_it() {
        for jitter in [0, 1, 500, 1_000, u16::MAX] {
            let wait = Backoff::new(Duration::from_secs(4), Duration::from_secs(30)).next(jitter);
            assert!((4..=8).contains(&wait.as_secs()), "{wait:?}");
        }
    }
}
