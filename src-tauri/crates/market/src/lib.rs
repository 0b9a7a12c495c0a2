//! Where prices come from: tick files, merged by time, and simulated sessions.
//!
//! Everything here yields [`MarketRecord`](phantom_model::MarketRecord)s in time order, one at a
//! time and in constant memory. Nothing here reads a clock or knows an order.

pub mod file_name;
pub mod merge;
pub mod simulated;
pub mod tick_file;

pub use file_name::{PriceKind, TickFileName};
pub use merge::Merged;
pub use simulated::{SessionShape, ShapeError, SimulatedMarket, SimulatedSession};
pub use tick_file::{Form, LineFault, PriceField, SubSeconds, TickFile, TickFileError};
