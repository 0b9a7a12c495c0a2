//! What the program says about its own work: to standard error, and only when it is asked.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::fault::Fault;

/// The environment variable that asks for logs: `info`, or `phantom_runtime=debug`.
pub(crate) const LOG_VARIABLE: &str = "PHANTOM_LOG";

/// Starts logging when [`LOG_VARIABLE`] is there and not empty.
///
/// # Errors
/// [`Fault::LogFilter`] when it holds no filter.
pub(crate) fn start() -> Result<(), Fault> {
    let Some(text) = std::env::var_os(LOG_VARIABLE).filter(|text| !text.is_empty()) else { return Ok(()) };
    let text = text.to_string_lossy();
    let filter = EnvFilter::try_new(&text).map_err(|_| Fault::LogFilter { text: text.into_owned() })?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false).init();
    Ok(())
}
