//! What the calendar answers: is a product trading, until when, and when must it be flat.

use phantom_model::{Timestamp, TradingDay};

/// How sure the calendar is of a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Certainty {
    /// From a published calendar.
    Published,
    /// By the rule of earlier years; the exchange has not published it, or sources differ.
    Projected,
    /// Not in the calendar: the weekly hours alone.
    OutsideCalendar,
}

/// Whether a product trades.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionState<'a> {
    /// It trades.
    Open,
    /// Between the windows of one trading day: the exchange takes no order, not even a cancel.
    Pause,
    /// Between two trading days that follow one another.
    Break,
    /// Closed.
    Closed(Closure<'a>),
}

/// Why it is closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closure<'a> {
    /// It is the weekend.
    Weekend,
    /// A holiday, or a day that ended early for one. With its name.
    Holiday(&'a str),
}

/// How a product stands at a moment, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session<'a> {
    /// Whether it trades.
    pub state: SessionState<'a>,
    /// Since when; the state holds from this moment on.
    pub since: Timestamp,
    /// Until when; from this moment on another state holds.
    pub until: Timestamp,
    /// The trading day that it belongs to.
    pub day: TradingDay,
    /// How sure that is.
    pub certainty: Certainty,
}

/// The moments of one trading day of a product under a firm's times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayTimes<'a> {
    /// The trading day.
    pub day: TradingDay,
    /// From when on entries are taken: the product has opened and the firm lets trade.
    pub entries_from: Timestamp,
    /// From when on no entry is taken any more.
    pub no_new_entries_from: Timestamp,
    /// When the desk closes everything by itself; `None` when positions may stay.
    pub flatten_at: Option<Timestamp>,
    /// By when everything must be flat; `None` when positions may stay.
    pub flat_by: Option<Timestamp>,
    /// When the exchange closes the product for the day.
    pub close: Timestamp,
    /// The holiday for which the day ends early; `None` on an ordinary day.
    pub early: Option<&'a str>,
    /// How sure that is.
    pub certainty: Certainty,
}
