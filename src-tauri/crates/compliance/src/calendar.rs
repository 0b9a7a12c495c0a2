//! The exchange's calendar: when each kind of product trades, which days end early, which are closed.
//!
//! Everything is by trading day ([`TradingDay`]), which begins at 17:00 in Chicago on the evening
//! before. A day without a session has no evening before it either. Times are of the wall in Chicago
//! and become moments through its zone, daylight saving included. Nothing here reads a clock.

mod file;
pub mod hours;
pub mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, Time};
use phantom_model::{Timestamp, TradingDay, chicago_moment};

use crate::pack::{EarlyCloseOf, PackFault, Source, Times};
pub use hours::{DayHours, ProductHours, TradingHours, Window};
pub use session::{Certainty, Closure, DayTimes, Session, SessionState};

/// The calendar that comes with the program.
const BUILT_IN: &str = include_str!("../data/calendar.toml");

/// The calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    checked_on: Date,
    sources: Vec<Source>,
    valid_from: Date,
    valid_through: Date,
    hours: BTreeMap<ProductHours, TradingHours>,
    products: BTreeMap<String, ProductHours>,
    special: BTreeMap<Date, SpecialDay>,
}

/// A day about which something is not ordinary.
#[derive(Clone, PartialEq, Eq, Debug)]
struct SpecialDay {
    name: String,
    changes: BTreeMap<ProductHours, DayChange>,
    projected: BTreeSet<ProductHours>,
}

/// How a special day differs for one kind of product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum DayChange {
    Closed,
    /// Opens at a time of the day's own date, or as always; closes early.
    Hours {
        opens: Option<Time>,
        closes: Time,
    },
}

impl Calendar {
    /// The calendar that comes with the program.
    ///
    /// # Errors
    /// As [`Self::from_toml`]; none with the calendar that this version was tested with.
    pub fn built_in() -> Result<Arc<Self>, PackFault> {
        Self::from_toml("calendar.toml", BUILT_IN).map(Arc::new)
    }

    /// The calendar of a TOML text; `file` is its name for messages.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and what would be right.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, PackFault> {
        file::read(file, text)
    }

    /// The day on which it was last compared with its sources.
    #[must_use]
    pub const fn checked_on(&self) -> Date {
        self.checked_on
    }

    /// Where it comes from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

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

    /// Whether it knows a trading day.
    #[must_use]
    pub fn covers(&self, day: TradingDay) -> bool {
        (self.valid_from..=self.valid_through).contains(&day.date())
    }

    /// The hours that a product trades in, by its root; `None` for a product that is not in the
    /// calendar.
    #[must_use]
    pub fn hours_of(&self, root: &str) -> Option<ProductHours> {
        self.products.get(root).copied()
    }

    /// Every root that it knows, in alphabetical order.
    #[must_use]
    pub fn roots(&self) -> impl ExactSizeIterator<Item = &str> {
        self.products.keys().map(String::as_str)
    }

    /// The holiday of a trading day, whatever products it touches; `None` on an ordinary day.
    #[must_use]
    pub fn holiday(&self, day: TradingDay) -> Option<&str> {
        self.special.get(&day.date()).map(|special| special.name.as_str())
    }

    /// The hours of a kind of product on a trading day.
    #[must_use]
    pub fn day(&self, product: ProductHours, day: TradingDay) -> DayHours<'_> {
        let special = self.special.get(&day.date());
        let change = special.and_then(|special| special.changes.get(&product)).copied();
        let certainty = match special {
            _ if !self.covers(day) => Certainty::OutsideCalendar,
            Some(special) if special.projected.contains(&product) => Certainty::Projected,
            Some(_) | None => Certainty::Published,
        };
        let ordinary = self.hours.get(&product).map_or(&[][..], |hours| &hours.windows);
        let holiday = special.filter(|_| change.is_some()).map(|special| special.name.as_str());
        let opens_late = matches!(change, Some(DayChange::Closed | DayChange::Hours { opens: Some(_), .. }));
        DayHours { day, windows: windows_of(ordinary, change), holiday, opens_late, certainty }
    }

    /// How a kind of product stands at a moment, and until when.
    #[must_use]
    pub fn session(&self, product: ProductHours, at: Timestamp) -> Session<'_> {
        let day = TradingDay::of(at);
        let hours = self.day(product, day);
        let (state, mut since, mut until) = hours.state_at(at);
        // A state can go on over the end of a trading day: a weekend, a break.
        let mut earlier = day;
        while since <= earlier.begins() {
            earlier = earlier.previous();
            let (before, began, ends) = self.day(product, earlier).last_state();
            if before != state || began >= ends {
                break;
            }
            since = began;
        }
        let mut later = day;
        while until >= later.ends() {
            later = later.next();
            let (after, _, ends) = self.day(product, later).state_at(later.begins());
            if after != state || ends <= until {
                break;
            }
            until = ends;
        }
        Session { state, since, until, day, certainty: hours.certainty }
    }

    /// The moments of a trading day of a kind of product under a firm's times, without limits of the
    /// trader's own. `None` when the product, or the firm, does not trade on it.
    #[must_use]
    pub fn day_times(&self, product: ProductHours, times: &Times, day: TradingDay) -> Option<DayTimes<'_>> {
        let hours = self.day(product, day);
        let (opens, close) = (hours.opens()?, hours.closes()?);
        let leading = match times.early_close.of {
            EarlyCloseOf::EquityIndex => self.day(ProductHours::EquityIndex, day),
            EarlyCloseOf::Product => hours.clone(),
        };
        let early_close = leading.holiday.map(|_| leading.closes());
        let on_date = |time: Time| chicago_moment(day.date().to_datetime(time));
        let ordinary = times.flat_by.map(on_date);
        let flat_by = match (ordinary, early_close) {
            // The firm's own day is closed: so is every product.
            (_, Some(None)) => return None,
            (Some(flat_by), Some(Some(early))) => {
                Some(flat_by.min(times.early_close.before(early)).min(close))
            }
            (Some(flat_by), None) => Some(flat_by.min(close)),
            (None, _) => None,
        };
        let entries_end = match (times.no_new_entries_from.map(on_date), ordinary, flat_by) {
            // As long before the day's own end as on an ordinary day.
            (Some(end), Some(ordinary), Some(flat_by)) => end.min(flat_by - ordinary.since(end)),
            (Some(end), None, None) => end.min(close),
            (Some(end), Some(_) | None, _) => end.min(flat_by.unwrap_or(close)),
            (None, _, flat_by) => flat_by.unwrap_or(close),
        };
        let resume = chicago_moment(day.evening().to_datetime(times.resume));
        Some(DayTimes {
            day,
            entries_from: opens.max(resume),
            no_new_entries_from: entries_end,
            flatten_at: flat_by,
            flat_by,
            close,
            early: leading.holiday.or(hours.holiday),
            certainty: hours.certainty.max(leading.certainty),
        })
    }
}

/// The windows that a change leaves of the ordinary ones.
fn windows_of(ordinary: &[Window], change: Option<DayChange>) -> Vec<Window> {
    match change {
        None => ordinary.to_vec(),
        Some(DayChange::Closed) => Vec::new(),
        Some(DayChange::Hours { opens, closes }) => {
            ordinary.iter().filter_map(|window| window.within(opens, closes)).collect()
        }
    }
}
