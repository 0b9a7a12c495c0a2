//! The journal as the desk uses it: written, killed, opened again.

mod chance;
mod damage;
mod lines;
mod opening;
mod reading;
mod stories;
mod views;
