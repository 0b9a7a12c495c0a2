//! The shapes on the wire.

mod bindings;
mod shapes;
