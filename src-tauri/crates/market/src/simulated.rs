//! Simulated sessions: endless trades made from a seed.
//!
//! A session is made in two layers. A *path* is the level that the market believes in; it moves twenty
//! times a second, in calm and lively spells, most of all after the open. A *tape* is what one contract
//! prints around the path: orders at random moments that hit the bid or lift the ask. Contracts of one
//! underlying, a mini and its micro, have tapes of their own and share the path, so they stay together.
//!
//! All arithmetic is in whole numbers: the same seed gives the same trades on every machine. The stream
//! does not know trading hours and never pauses; whoever runs it stops asking.

mod chance;
mod market;
mod path;
mod session;
mod sessions;
mod shape;

pub use market::SimulatedMarket;
pub use session::SimulatedSession;
pub use shape::{SessionShape, ShapeError};
