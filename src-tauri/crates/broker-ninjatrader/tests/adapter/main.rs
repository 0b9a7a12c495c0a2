//! The real adapter over real TCP into the real server, with a real desk behind it.

mod connecting;
mod failures;
mod orders;
mod world;
