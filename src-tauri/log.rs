//! The program's own log: a file a day. The order log is not here: it is facts.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

use crate::StartFault;

/// Days that are kept.
const FILES_MAX: usize = 14;
/// More words are asked for with this variable: `PHANTOM_LOG=debug`.
const FILTER_VARIABLE: &str = "PHANTOM_LOG";

/// Starts the log. It is written until the guard is dropped.
pub(crate) fn start(folder: &Path) -> Result<WorkerGuard, StartFault> {
    let fault = |error: &dyn std::error::Error| StartFault::Log(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(|error| fault(&error))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("phantom-desk")
        .filename_suffix("log")
        .max_log_files(FILES_MAX)
        .build(folder)
        .map_err(|error| fault(&error))?;
    let (lines, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env(FILTER_VARIABLE).unwrap_or_else(|_| EnvFilter::new("info"));
    // Somebody else's subscriber is as good.
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(lines).try_init().ok();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "start");
    Ok(guard)
}
