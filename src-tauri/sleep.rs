//! Notices that the computer slept, or gave the program no time: stops were blind meanwhile.
//!
//! A thread of its own looks twice a second at the wall's clock and at the monotonic one. Where either has
//! gone on by much more than it waited, the desk looks at everything again before a phantom fires. The
//! monotonic clock stands still during a sleep on some systems, so both are looked at.

use std::io;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use phantom_model::Span;
use phantom_runtime::WeakDesk;

/// How often the clocks are looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// From here on it counts as an absence.
const BLIND_FROM: Duration = Duration::from_secs(2);

/// Watches until the desk has gone.
pub(crate) fn watch_sleep(desk: WeakDesk) -> Result<(), io::Error> {
    let watch = move || {
        let mut before = (Instant::now(), SystemTime::now());
        while desk.is_there() {
            thread::sleep(LOOKS_EVERY);
            let now = (Instant::now(), SystemTime::now());
            // A wall's clock that was set back has not slept.
            let wall = now.1.duration_since(before.1).unwrap_or_default();
            if let Some(blind) = blind_for(now.0.duration_since(before.0), wall) {
                tracing::warn!(?blind, "the desk could see nothing");
                let nanos = i64::try_from(blind.as_nanos()).unwrap_or(i64::MAX);
                if let Err(fault) = desk.slept(Span::from_nanos(nanos)) {
                    tracing::warn!(%fault, "the desk could not be told that it slept");
                }
            }
            before = now;
        }
    };
    thread::Builder::new().name("sleep".to_owned()).spawn(watch)?;
    Ok(())
}

/// How long the desk could see nothing; `None` while the clocks went on as they should.
fn blind_for(monotonic: Duration, wall: Duration) -> Option<Duration> {
    let longer = monotonic.max(wall);
    let blind = longer.saturating_sub(LOOKS_EVERY);
    (blind >= BLIND_FROM).then_some(longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_noticed_on_either_clock_and_a_busy_moment_is_none() {
        let millis = Duration::from_millis;
        for (monotonic, wall, blind) in [
            (500, 500, None),
            (2_400, 2_400, None),
            (501, 2_500, Some(2_500)),
            (3_600_000, 500, Some(3_600_000)),
        ] {
            assert_eq!(blind_for(millis(monotonic), millis(wall)), blind.map(millis));
        }
    }
}
