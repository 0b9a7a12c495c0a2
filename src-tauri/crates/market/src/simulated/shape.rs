//! The figures that make one simulated session different from another.

use phantom_model::price::Grid;
use phantom_model::{Price, Ticks};

use super::sessions;

/// The lowest start: below it a sixteenth of the price would be too few ticks for spread and sweeps.
const START_TICKS_MIN: i64 = 400;
/// The highest start. Ticks times the path's 2^33 must stay inside 63 bits.
const START_TICKS_MAX: i64 = 100_000_000;
/// Prices stay within a part of this many of the start price on either side.
const BOUND_PARTS: i64 = 8;

/// The figures of a simulated session. Checked when a session is made of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionShape {
    /// The path that it follows: sessions of one seed with the same number move together.
    pub path: u32,
    /// The price around which the session begins, 400 to 100 million ticks.
    pub start: Price,
    /// Trades per minute when the market is neither calm nor lively, 1 to 60 000.
    pub trades_per_minute: u32,
    /// One standard deviation of a minute's move in millionths of the price, 1 to 5 000.
    pub minute_move_ppm: u32,
    /// The distance from bid to ask when the market is not wild, 1 to 4 ticks.
    pub spread_ticks: u32,
    /// The largest size of an ordinary trade, 1 to 100 contracts. Few trades are far larger.
    pub ordinary_size: u32,
}

/// A figure outside its range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{figure} {found} of a simulated session is outside {min} to {max}")]
pub struct ShapeError {
    /// Which figure, with its unit.
    pub figure: &'static str,
    /// Its value.
    pub found: i64,
    /// The least allowed.
    pub min: i64,
    /// The most allowed.
    pub max: i64,
}

impl SessionShape {
    /// The session of the instrument `root`, whose prices lie on `grid`; `None` for a root that the
    /// product does not know or a grid that its price level is not on.
    #[must_use]
    pub fn of_root(root: &str, grid: Grid) -> Option<Self> {
        sessions::shape(root, grid)
    }

    /// The lowest and the highest price that the session can print.
    #[must_use]
    pub fn bounds(&self) -> (Price, Price) {
        let reach = Ticks::new(self.start.ticks() / BOUND_PARTS);
        (self.start - reach, self.start + reach)
    }

    /// # Errors
    /// The first figure outside its range.
    pub(crate) fn check(&self) -> Result<(), ShapeError> {
        for (figure, found, min, max) in [
            ("start price in ticks", self.start.ticks(), START_TICKS_MIN, START_TICKS_MAX),
            ("count of trades per minute", self.trades_per_minute.into(), 1, 60_000),
            ("minute's move in millionths", self.minute_move_ppm.into(), 1, 5_000),
            ("spread in ticks", self.spread_ticks.into(), 1, 4),
            ("ordinary size in contracts", self.ordinary_size.into(), 1, 100),
        ] {
            if found < min || found > max {
                return Err(ShapeError { figure, found, min, max });
            }
        }
        Ok(())
    }
}
