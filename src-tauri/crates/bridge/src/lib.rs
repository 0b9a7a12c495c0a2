//! The wire between the desk and a broker's side that runs elsewhere: `docs/bridge.md` in code.
//!
//! Nothing here reads a socket or a clock. Bytes go in, and lines, bodies and faults come out, so that
//! both sides and every forgery can be tested without a network.

pub mod body;
pub mod command;
pub mod digest;
pub mod frame;
pub mod handshake;
mod hex;
pub mod json;
pub mod lines;
mod mac;
pub mod secret;
pub mod text;

pub use body::{ByeCode, ClientBody, ServerBody};
pub use command::{Command, RefusalCode};
pub use frame::{Direction, FrameFault, LINE_BYTES_MAX, Opener, Sealer};
pub use handshake::{ClientHandshake, HandshakeFault, Identity, Nonce, ServerHandshake};
pub use lines::LineBuffer;
pub use secret::{NoSecret, Secret};

/// The version of the protocol.
pub const VERSION: u32 = 1;
