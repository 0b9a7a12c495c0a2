//! The clock times of a firm: until when entries are taken and by when everything must be flat.

use jiff::civil::{Time, time};
use phantom_model::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The end of every trading day, on the wall in Chicago.
pub(crate) const DAY_END: Time = time(17, 0, 0, 0);

/// The zone that a firm writes its times in. All of them are wall-clock times with daylight saving.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Zone {
    /// America/Chicago.
    Chicago,
    /// `America/New_York`.
    NewYork,
}

/// The times of a firm, on the wall in Chicago. They count on the trading day that begins at 17:00 on
/// the evening before, so they lie before 17:00.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Times {
    /// The zone that the pack is written in; the times below are converted already.
    pub zone: Zone,
    /// When entries are taken again after the day's end: at 17:00 or later that evening.
    pub resume: Time,
    /// From when on no entry is taken; `None` when only the session ends them.
    pub no_new_entries_from: Option<Time>,
    /// By when everything must be flat; `None` when positions may be held overnight.
    pub flat_by: Option<Time>,
    /// What holds on days that end early.
    pub early_close: EarlyClose,
}

/// What holds on a day on which the exchange closes early.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EarlyClose {
    /// Minutes before the early close by which everything must be flat.
    pub offset_min: u16,
    /// Whose early close counts.
    pub of: EarlyCloseOf,
}

impl EarlyClose {
    /// By when everything must be flat on a day on which the exchange closes at `close`.
    #[must_use]
    pub fn before(self, close: Timestamp) -> Timestamp {
        close - Span::from_millis(u32::from(self.offset_min) * 60_000)
    }
}

/// Whose early close counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum EarlyCloseOf {
    /// That of the equity index, for every product.
    EquityIndex,
    /// Each product's own.
    Product,
}
