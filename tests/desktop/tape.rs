//! Prices written by hand, as tick files.

use std::fmt::Write;

/// The name that says the contract: gold of December 2013.
pub const GOLD: &str = "GC 12-13.Last.txt";

/// Prints of one contract at equal distances, from 09:00 in Chicago (14:00 UTC) on 7 October 2013 on.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    text: String,
    at_ms: u64,
}

impl Tape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// So many prints at this price, one each `every_ms`.
    #[must_use]
    pub fn hold(mut self, price: &str, prints: u32, every_ms: u64) -> Self {
        for _ in 0..prints {
            let (seconds, millis) = (self.at_ms / 1000, self.at_ms % 1000);
            let (hour, minute, second) = (14 + seconds / 3600, seconds / 60 % 60, seconds % 60);
            writeln!(self.text, "20131007 {hour:02}{minute:02}{second:02} {:07};{price};1", millis * 10_000)
                .unwrap_or_default();
            self.at_ms += every_ms;
        }
        self
    }

    /// The file's text.
    #[must_use]
    pub fn text(self) -> String {
        self.text
    }
}
