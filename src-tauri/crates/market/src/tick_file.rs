//! Tick files: the text forms in which a market's past is exported.
//!
//! The first line decides the form and every other line must have it. A file is read to its end or to
//! its first bad line; nothing is skipped, guessed or put right.

mod dates;
mod decoder;
mod fault;
mod form;
mod lines;
mod reader;

pub use fault::{LineFault, PriceField, TickFileError};
pub use form::{Form, SubSeconds};
pub use lines::LINE_BYTES_MAX;
pub use reader::TickFile;
