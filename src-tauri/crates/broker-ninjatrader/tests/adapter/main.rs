//! The real adapter over real TCP into the real server, with a real desk behind it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod connecting;
mod failures;
mod orders;
mod protection;
mod speed;
mod world;
