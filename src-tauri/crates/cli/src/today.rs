//! The one look at the clock of the machine: to choose the day that is shown when none is given.

use std::time::SystemTime;

use phantom_model::{Timestamp, TradingDay};

/// The trading day of now.
#[expect(clippy::disallowed_methods, reason = "only to choose the day that is shown; a flag replaces it")]
pub(crate) fn today() -> TradingDay {
    let now = jiff::Timestamp::try_from(SystemTime::now()).map_or(Timestamp::MAX, Timestamp::from);
    TradingDay::of(now)
}
