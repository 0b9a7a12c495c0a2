//! The wall's clock: when something was written, for people. Nothing is decided by it.

use std::time::Instant;

use jiff::Timestamp;

/// Nanoseconds since 1970.
pub(crate) fn now_ns() -> i64 {
    i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

/// A moment to measure from.
#[expect(clippy::disallowed_methods, reason = "how long the disk takes; no fact depends on it")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// A time for the name of a file: `20261127T041530Z`.
pub(crate) fn file_stamp(ns: i64) -> String {
    let at = Timestamp::from_nanosecond(i128::from(ns)).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A time as text, to the millisecond.
pub(crate) fn text(ns: i64) -> String {
    let at = Timestamp::from_nanosecond(i128::from(ns)).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.3}")
}
