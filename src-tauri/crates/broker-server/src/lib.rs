//! The mock broker in a process of its own, behind the bridge protocol (`docs/bridge.md`).
//!
//! [`Venue`] is the broker's side without a socket: commands, trades and the passing of time go in,
//! lines for the client come out, the same ones for the same input. [`serve`] puts it behind TCP.

mod books;
mod connection;
mod hall;
mod market;
mod server;
mod venue;

pub use books::{Books, BooksFault};
pub use hall::{Control, HallSettings};
pub use market::Market;
pub use server::{ServeFault, Server, ServerSettings, serve};
pub use venue::{Traded, Venue, VenueSettings};
