//! The journal as the desk uses it: written, killed, opened again.

mod opening;
mod stories;
