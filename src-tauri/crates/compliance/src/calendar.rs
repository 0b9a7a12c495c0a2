//! The exchange's calendar: when each kind of product trades, which days end early, which are closed.
//!
//! Everything is by trading day ([`TradingDay`]), which begins at 17:00 in Chicago on the evening
//! before. A day without a session has no evening before it either. Times are of the wall in Chicago
//! and become moments through its zone, daylight saving included.

pub mod hours;
pub mod session;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use hours::{ProductHours, TradingHours};
pub use session::{Certainty, Closure, DayTimes, Session, SessionState};

/// The calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    pub(crate) valid_from: Date,
    pub(crate) valid_through: Date,
    pub(crate) hours: BTreeMap<ProductHours, TradingHours>,
    pub(crate) products: BTreeMap<String, ProductHours>,
}

impl Calendar {
    /// The first trading day that it knows.
    #[must_use]
    pub const fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// The last trading day that it knows. Beyond it the weekly hours are all there is, and a live
    /// desk takes no entries.
    #[must_use]
    pub const fn valid_through(&self) -> Date {
        self.valid_through
    }

    /// The hours that a product trades in, by its root; `None` for a product that is not in the
    /// calendar.
    #[must_use]
    pub fn hours_of(&self, root: &str) -> Option<ProductHours> {
        self.products.get(root).copied()
    }
}
