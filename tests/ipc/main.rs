//! The commands and events of the shell on Tauri's mock runtime: the real desk, no window.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod amend;
mod bridge;
mod events;
mod ninjatrader;
mod orders;
mod permissions;
mod recovery;
mod rules;
mod settings;
mod shapes;
mod world;
