//! How the commands that look something up say it: one text on standard output.

use std::io::{self, Write};

use serde::Serialize;

use crate::fault::Fault;

/// Writes a whole text to standard output.
///
/// # Errors
/// The output is broken.
pub(crate) fn print(text: &str) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Fault::Output)
}

/// A value as JSON for people and programs.
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn json_text(value: &impl Serialize) -> Result<String, Fault> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Fault::Output(error.into()))?;
    Ok(text + "\n")
}
