//! Signals for one run: long entries with stops and targets all around the price, so that phantoms fire.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use phantom_market::SessionShape;
use phantom_model::{InstrumentTable, Price, Timestamp};
use phantom_station::MarketPlace;

/// The trading day of all runs.
pub(crate) const DATE: Date = Date::constant(2026, 11, 23);
/// 08:30 in Chicago on it.
const OPEN: Timestamp = Timestamp::from_nanos(1_795_444_200_000_000_000);
const EVERY_NANOS: i64 = 100_000_000;
const SIGNALS: i64 = 600;

/// Writes the signals of a run that begins where the market is.
pub(crate) fn write(folder: &Path, run: u32, account: &str) -> PathBuf {
    let place = MarketPlace::load(&folder.join(format!("market-{account}.json")));
    let from = place.at.unwrap_or(OPEN).max(OPEN);
    let last = place.last.get("NQ 12-26").copied().unwrap_or_else(start).ticks();
    let mut text = String::new();
    for n in 0..SIGNALS {
        let at = Timestamp::from_nanos(from.nanos() + (n + 1) * EVERY_NANOS);
        // Some of them stand on the wrong side by then, and are refused: that is a part of the game.
        let stop = last - 8 - (n * 7) % 24 + (n * 5) % 16;
        let target = last + 8 + (n * 11) % 24;
        let (stop, target) = (points(stop), points(target));
        writeln!(
            text,
            "{{\"id\":\"r{run}-{n}\",\"at\":\"{at}\",\"action\":\"placeBuy\",\"symbol\":\"NQ\",\"qty\":1,\
             \"type\":\"MARKET\",\"stopPrice\":\"{stop}\",\"takeProfit\":\"{target}\"}}"
        )
        .unwrap();
    }
    let path = folder.join("signals.jsonl");
    fs::write(&path, text).unwrap();
    path
}

/// Where the simulated NQ begins.
fn start() -> Price {
    let table = InstrumentTable::built_in().unwrap();
    SessionShape::of_root("NQ", *table.resolve("NQ").unwrap().grid()).unwrap().start
}

/// A quarter of a point a tick.
fn points(ticks: i64) -> String {
    let hundredths = ticks * 25;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
