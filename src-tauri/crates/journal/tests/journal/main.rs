//! The journal as the desk uses it: written, killed, opened again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test states wrongly, or finds broken, ends the test"
)]

mod chance;
mod damage;
mod lines;
mod opening;
mod reading;
mod snapshots;
mod stories;
mod views;
