//! The wire as both languages are held to it.

mod bodies;
mod handshake;
mod vectors;
