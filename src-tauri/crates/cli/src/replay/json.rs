//! The result as JSON: one object on one line.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::result::ReplayResult;

/// The result with the only value that differs between two runs of the same input.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    result: &'a ReplayResult<'a>,
    #[serde(rename = "elapsedSeconds")]
    elapsed_seconds: f64,
}

/// Writes the result and gives the writer back.
///
/// # Errors
/// What the writer says.
pub(crate) fn write<W: Write>(mut out: W, result: &ReplayResult<'_>, elapsed: Duration) -> io::Result<W> {
    serde_json::to_writer(&mut out, &Page { result, elapsed_seconds: elapsed.as_secs_f64() })?;
    out.write_all(b"\n")?;
    Ok(out)
}
