//! The mock broker: fills orders from the market that it is shown.
//!
//! Seeded: the same seed, settings, messages and records give the same reports, to the byte. One
//! connection keeps the order of its messages, whatever delays are drawn. Reports are instant.

pub mod account;
mod broker;
mod draw;
mod order;
pub mod settings;
mod snapshot;

pub use account::{AccountFault, KeptBroker};
pub use broker::{Arrival, MockBroker};
pub use settings::{FillSize, LimitFill, MockSettings, Range, Refusals};
