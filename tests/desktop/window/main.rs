//! The window as a trader meets it, one story each, on a screen of its own. They need `xvfb-run`,
//! `tauri-driver` and the web view's driver: `scripts/window` brings all of it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod access;
mod flatten;
mod follow;
mod keyboard;
mod market;
mod ninjatrader;
mod recovery;
mod refusal;
mod reload;
mod settings;
mod trade;
mod working;
