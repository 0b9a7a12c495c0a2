//! The desk's connection to `NinjaTrader`: the client of the bridge (`docs/bridge.md`).
//!
//! [`connect`] gives a [`BridgeBroker`] for the desk and a [`Connection`] to be run as a task. What the
//! broker says comes out as one stream of [`Incoming`](phantom_broker::Incoming).
//! [`Session`](session::Session) is all of it that can be decided without a socket or a clock: one
//! connection from `welcome` to its end.

mod backoff;
mod config;
mod connection;
mod names;
mod port;
mod probe;
pub mod session;
mod socket;
mod story;

pub use backoff::Backoff;
pub use config::{ConnectionConfig, DeskName, NoDeskName, Timing};
pub use connection::{Connection, Handle, connect};
pub use names::{ClientNames, stable_number};
pub use port::BridgeBroker;
pub use probe::{Probed, probe};
pub use story::{ConnectFault, ConnectionStory, Stage, Warning};
