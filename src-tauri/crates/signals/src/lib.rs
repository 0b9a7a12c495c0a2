//! Signal files: requests to trade that come from outside the window, one JSON object per line.
//!
//! | field | on | value |
//! | --- | --- | --- |
//! | `id` | every line | text, once in a file |
//! | `at` | every line | RFC 3339 time with an offset |
//! | `action` | every line | `placeBuy`, `placeSell` or `flattenAll` |
//! | `symbol`, `type` | orders | text; the type is `LIMIT` or `MARKET` |
//! | `qty` | orders | number or text |
//! | `price`, `stopPrice`, `takeProfit` | orders, optional | number, text or null |
//!
//! Only the shape of a file is judged here, and all of it before anything runs. Whether the order that
//! a line asks for is a good one, down to a quantity that is no number, the desk decides when it
//! gets there.

pub mod fault;
pub mod file;
mod line;
mod object;
pub mod signal;
mod stamp;

pub use fault::{LineFault, SignalFileError};
pub use file::{open, read};
pub use line::{Action, Field};
pub use object::Kind;
pub use signal::{Signal, SignalAction};
