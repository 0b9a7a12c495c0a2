//! A small world for tests of the engine: contracts, readable orders, a broker by hand, and checks of
//! every invariant after every input. Development only.
//!
//! [`World`] owns an engine and feeds it. After each input it folds the new facts into a shadow book
//! and compares it with the engine's, so a state that is not in the facts fails any test. A
//! [`ledger`] then counts everything again from the facts alone, in the plainest way, and compares
//! that too.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test states wrongly, or finds broken, ends the test"
)]

pub mod account;
pub mod contracts;
pub mod draft;
pub mod ledger;
pub mod line;
pub mod rounds;
pub mod rules;
pub mod world;

pub use account::Account;
pub use contracts::{contract, grid, price, root, terms};
pub use draft::{Draft, buy, offset, sell};
pub use world::World;
