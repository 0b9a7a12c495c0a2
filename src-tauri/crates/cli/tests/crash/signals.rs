//! Signals for one run of the desk: entries whose stops and targets lie at the ends of the band and fire
//! together, entries that stay, orders that rest, and now and then a flatten.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::tape::{MIDDLE, REACH, points};

/// The trading day whose front month the tape trades.
pub(crate) const DATE: Date = Date::constant(2026, 11, 23);
/// The first signal comes this long after the start of a run, and the others one after the other.
const FIRST_MS: i64 = 150;
const EVERY_MS: i64 = 15;
const SIGNALS: i64 = 1_500;
/// One in so many is a flatten, in the runs that have any.
const FLATTEN_EVERY: i64 = 47;

/// Writes the signals of a run that begins now.
pub(crate) fn write(folder: &Path, run: u32, flattens: bool) -> PathBuf {
    let now = Timestamp::now();
    let mut text = String::new();
    for n in 0..SIGNALS {
        let at = now + SignedDuration::from_millis(FIRST_MS + n * EVERY_MS);
        let what = if flattens && n % FLATTEN_EVERY == FLATTEN_EVERY - 1 {
            "\"action\":\"flattenAll\"".to_owned()
        } else {
            order(n)
        };
        writeln!(text, "{{\"id\":\"r{run}-{n}\",\"at\":\"{at}\",{what}}}").unwrap();
    }
    let path = folder.join("signals.jsonl");
    fs::write(&path, text).unwrap();
    path
}

fn order(n: i64) -> String {
    let bracket = |ticks: i64| {
        let (stop, target) = (points(MIDDLE - ticks), points(MIDDLE + ticks));
        format!("\"stopPrice\":\"{stop}\",\"takeProfit\":\"{target}\"")
    };
    let buy = "\"action\":\"placeBuy\",\"symbol\":\"NQ\",\"qty\":1";
    match n % 6 {
        0 | 3 => format!(
            "{buy},\"type\":\"LIMIT\",\"price\":\"{}\",{}",
            points(MIDDLE - 3 * REACH),
            bracket(6 * REACH)
        ),
        1 if n % 24 == 1 => format!("{buy},\"type\":\"MARKET\",{}", bracket(4 * REACH)),
        // At the ends of the band it stands on the wrong side, and is refused: that is a part of the game.
        _ => format!("{buy},\"type\":\"MARKET\",{}", bracket(REACH - 1)),
    }
}
