//! The one look at the clock of the machine.

use std::time::SystemTime;

use phantom_model::{Timestamp, TradingDay};

/// The trading day of now.
pub(crate) fn today() -> TradingDay {
    TradingDay::of(now())
}

/// The machine's clock.
#[expect(clippy::disallowed_methods, reason = "to choose a day, and for the clock of a server of its own")]
pub(crate) fn now() -> Timestamp {
    jiff::Timestamp::try_from(SystemTime::now()).map_or(Timestamp::MAX, Timestamp::from)
}
