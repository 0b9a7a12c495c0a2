//! The mock broker against hand-written markets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod fills;
mod messages;
mod seeds;
mod world;
