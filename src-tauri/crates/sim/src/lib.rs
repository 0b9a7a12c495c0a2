//! The simulator: the desk's own loop between a broken connection and an exchange that knows the
//! truth, judged after every single thing that happens.
//!
//! A run is a function of its seed. [`plan`] says which faults are on; [`author`] writes what the
//! market and the trader do; [`link`] carries messages and reports, badly; [`truth`] is what really
//! happened; [`oracle`] keeps an account of its own and checks every invariant. Development only:
//! nothing may depend on this crate.

pub mod author;
pub mod draw;
pub mod faults;
pub mod invariants;
pub mod link;
pub mod market;
pub mod oracle;
pub mod plan;
pub mod planted;
pub mod runner;
pub mod script;
pub mod shrink;
pub mod strikes;
pub mod summary;
mod tally;
pub mod tape;
pub mod terms;
pub mod trader;
pub mod truth;
pub mod world;

pub use faults::Fault;
pub use invariants::{Invariant, Violation};
pub use plan::{Hashes, Plan, Wish};
pub use planted::Planted;
pub use tally::Tally;
pub use world::{Cut, Run, Trail, play};
