//! The desk around a real engine: answers, receipts, retries, queues, subscriptions.
//!
//! Time is paused and advanced by the runtime, so nothing here sleeps.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod brokers;
mod changes;
mod commands;
mod covers;
mod lanes;
mod listing;
mod reconciling;
mod sends;
mod stream;
mod world;
