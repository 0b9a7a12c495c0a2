//! Which hours each kind of product trades in, on an ordinary day and on one day.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use phantom_model::{Timestamp, TradingDay, chicago_moment};

use super::session::{Certainty, Closure, SessionState};

/// The kinds of products that share their hours and their holidays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ProductHours {
    /// Stock indices.
    EquityIndex,
    /// Crude oil, its products, natural gas, metals.
    EnergyMetals,
    /// United States treasuries.
    Rates,
    /// Currencies.
    Fx,
    /// Bitcoin and Ether.
    Crypto,
    /// Corn, wheat, soybeans and their products.
    Grains,
    /// Cattle and hogs.
    Livestock,
}

impl ProductHours {
    /// The whole list.
    pub const ALL: [Self; 7] = [
        Self::EquityIndex,
        Self::EnergyMetals,
        Self::Rates,
        Self::Fx,
        Self::Crypto,
        Self::Grains,
        Self::Livestock,
    ];

    /// The word in the calendar.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EquityIndex => "equity_index",
            Self::EnergyMetals => "energy_metals",
            Self::Rates => "rates",
            Self::Fx => "fx",
            Self::Crypto => "crypto",
            Self::Grains => "grains",
            Self::Livestock => "livestock",
        }
    }

    /// The name as people say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EquityIndex => "Equity index",
            Self::EnergyMetals => "Energy, metals",
            Self::Rates => "Rates",
            Self::Fx => "Currencies",
            Self::Crypto => "Crypto",
            Self::Grains => "Grains",
            Self::Livestock => "Livestock",
        }
    }
}

impl fmt::Display for ProductHours {
    /// The name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The windows of an ordinary trading day, in order; between two of them the exchange takes no order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TradingHours {
    pub(super) windows: Vec<Window>,
}

/// One window of a trading day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// When it opens: from 17:00 on it is on the evening before the trading day's date.
    pub open: Time,
    /// When it closes, on the trading day's date.
    pub close: Time,
}

/// The hour from which on a time belongs to the evening before.
const EVENING_HOUR: i8 = 17;

impl Window {
    /// Whether it opens on the evening before.
    #[must_use]
    pub fn opens_on_the_evening(&self) -> bool {
        self.open.hour() >= EVENING_HOUR
    }

    fn opens(&self, day: TradingDay) -> Timestamp {
        let date: Date = if self.opens_on_the_evening() { day.evening() } else { day.date() };
        chicago_moment(date.to_datetime(self.open))
    }

    fn closes(&self, day: TradingDay) -> Timestamp {
        chicago_moment(day.date().to_datetime(self.close))
    }

    /// What is left of it when the day opens and closes at these times of its own date.
    pub(super) fn within(&self, opens: Option<Time>, closes: Time) -> Option<Self> {
        let open = match opens {
            Some(opens) if self.opens_on_the_evening() || self.open < opens => opens,
            Some(_) | None => self.open,
        };
        let close = self.close.min(closes);
        let cut = Self { open, close };
        (cut.opens_on_the_evening() || open < close).then_some(cut)
    }
}

/// The hours of a kind of product on one trading day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayHours<'a> {
    /// The trading day.
    pub day: TradingDay,
    /// Its windows, in order; none when it is closed.
    pub windows: Vec<Window>,
    /// The holiday that changes them; `None` when they are the ordinary ones.
    pub holiday: Option<&'a str>,
    /// Whether the holiday takes its ordinary beginning away.
    pub opens_late: bool,
    /// How sure that is.
    pub certainty: Certainty,
}

impl<'a> DayHours<'a> {
    /// When the day's first window opens; `None` when it is closed.
    #[must_use]
    pub fn opens(&self) -> Option<Timestamp> {
        self.windows.first().map(|window| window.opens(self.day))
    }

    /// When the day's last window closes; `None` when it is closed.
    #[must_use]
    pub fn closes(&self) -> Option<Timestamp> {
        self.windows.last().map(|window| window.closes(self.day))
    }

    /// The state at a moment of this trading day, since when and until when within it.
    pub(super) fn state_at(&self, at: Timestamp) -> (SessionState<'a>, Timestamp, Timestamp) {
        let mut since = self.day.begins();
        let mut before = self.before_open();
        for window in &self.windows {
            let (open, close) = (window.opens(self.day), window.closes(self.day));
            if at < open {
                return (before, since, open);
            }
            if at < close {
                return (SessionState::Open, open, close);
            }
            since = close;
            before = SessionState::Pause;
        }
        let after = if self.windows.is_empty() { before } else { self.after_close() };
        (after, since, self.day.ends())
    }

    /// The state with which the day ends, since when and until when.
    pub(super) fn last_state(&self) -> (SessionState<'a>, Timestamp, Timestamp) {
        self.state_at(Timestamp::from_nanos(self.day.ends().nanos().saturating_sub(1)))
    }

    /// What holds from the day's beginning until its first window.
    fn before_open(&self) -> SessionState<'a> {
        match self.holiday {
            Some(name) if self.opens_late => SessionState::Closed(Closure::Holiday(name)),
            Some(_) | None if self.day.date().weekday() == Weekday::Monday => {
                SessionState::Closed(Closure::Weekend)
            }
            Some(_) | None => SessionState::Break,
        }
    }

    /// What holds from the day's last window until its end.
    fn after_close(&self) -> SessionState<'a> {
        match self.holiday {
            Some(name) => SessionState::Closed(Closure::Holiday(name)),
            None if self.day.date().weekday() == Weekday::Friday => SessionState::Closed(Closure::Weekend),
            None => SessionState::Break,
        }
    }
}
