//! How far a replay is, for the person at the terminal; silent everywhere else.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use phantom_market::Merged;

use super::setup::Lane;

/// Looks once in so many records; a power of two.
const RECORDS_PER_LOOK: u64 = 4_096;

const BAR: &str = "{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {eta} left";
const COUNT: &str = "{spinner} {bytes}";

/// A bar on standard error while it lives.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// A bar over all files of a market, if standard error is a terminal.
    pub(crate) fn new(market: &Merged<Lane>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let total_bytes: Option<u64> = market.sources().map(Lane::total_bytes).sum();
        let (bar, style) = match total_bytes {
            Some(total_bytes) => (ProgressBar::new(total_bytes), BAR),
            None => (ProgressBar::new_spinner(), COUNT),
        };
        // A style that does not read leaves the plain bar.
        Self(Some(match ProgressStyle::with_template(style) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }))
    }

    /// Takes note of the `count`-th record.
    #[inline]
    pub(crate) fn record(&self, count: u64, market: &Merged<Lane>) {
        if let Some(bar) = &self.0
            && count.is_multiple_of(RECORDS_PER_LOOK)
        {
            bar.set_position(market.sources().map(Lane::bytes_read).sum());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_styles_read() {
        for style in [BAR, COUNT] {
            assert!(ProgressStyle::with_template(style).is_ok(), "{style}");
        }
    }
}
