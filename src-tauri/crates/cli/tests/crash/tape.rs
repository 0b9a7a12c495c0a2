//! The market of the broker: one contract that goes up and down in a narrow band, for as long as any lane
//! takes.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The middle of the band, in ticks of a quarter of a point.
pub(crate) const MIDDLE: i64 = 80_000;
/// How far it goes to either side, in ticks.
pub(crate) const REACH: i64 = 10;
/// Between two prints.
const EVERY_MS: i64 = 20;
/// Prints of the tape: 20 minutes of them.
const PRINTS: i64 = 60_000;

/// Writes the tape into a folder.
pub(crate) fn write(folder: &Path) -> PathBuf {
    let mut text = String::new();
    for n in 0..PRINTS {
        let (seconds, millis) = (n * EVERY_MS / 1_000, n * EVERY_MS % 1_000);
        let (hour, minute, second) = (15 + seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let price = points(MIDDLE + wave(n));
        writeln!(text, "20261123 {hour:02}{minute:02}{second:02} {:07};{price};10", millis * 10_000).unwrap();
    }
    let path = folder.join("NQ 12-26.Last.txt");
    fs::write(&path, text).unwrap();
    path
}

/// From one end of the band to the other and back, a tick at a time.
const fn wave(n: i64) -> i64 {
    let place = n % (4 * REACH);
    if place <= 2 * REACH { place - REACH } else { 3 * REACH - place }
}

/// Ticks as points.
pub(crate) fn points(ticks: i64) -> String {
    let hundredths = ticks * 25;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
