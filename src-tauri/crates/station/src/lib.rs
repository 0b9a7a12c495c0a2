//! A desk on its data folder: who may use the folder, what the last run left in it, and the way from there
//! to a desk that runs.
//!
//! [`Lease`] keeps a second program out. [`Station::open`] opens the journal of a session, checks and folds
//! it, and makes the engine, the contracts and the journal's writer of it, so that the window and the
//! command line start alike.

pub mod lease;
pub mod open;
pub mod place;

pub use lease::{Lease, LeaseFault};
pub use open::{OpenedDesk, Start, StartFault, Station};
pub use place::MarketPlace;
