//! The recorded days, read in the plainest way that there is.

use std::fs;
use std::path::{Path, PathBuf};

/// A trade of the files.
pub(crate) struct Record {
    /// `20131007 140001 0276000`: in this form the order of texts is the order of time.
    pub(crate) at: String,
    /// The price in ticks of 0.1.
    pub(crate) ticks: i64,
    at_text: String,
}

impl Record {
    fn of_line(line: &str) -> Self {
        let [at, price, _] = line.split(';').collect::<Vec<_>>().try_into().unwrap();
        Self { at: at.to_owned(), ticks: ticks(price), at_text: at_text(at) }
    }

    /// The time as results have it.
    pub(crate) fn at_text(&self) -> &str {
        &self.at_text
    }
}

/// `20131007 140001 0276000` as `2013-10-07T14:00:01.0276000Z`.
fn at_text(at: &str) -> String {
    let part = |from, to| &at[from..to];
    let date = [part(0, 4), part(4, 6), part(6, 8)].join("-");
    let time = [part(9, 11), part(11, 13), part(13, 15)].join(":");
    format!("{date}T{time}.{}Z", part(16, 23))
}

/// A price with one decimal, in ticks of 0.1.
pub(crate) fn ticks(price: &str) -> i64 {
    let (whole, tenths) = price.split_once('.').unwrap_or((price, "0"));
    assert_eq!(tenths.len(), 1, "{price}");
    whole.parse::<i64>().unwrap() * 10 + tenths.parse::<i64>().unwrap()
}

/// A count of ticks as a price.
pub(crate) fn price(ticks: i64) -> String {
    format!("{}.{}", ticks / 10, ticks % 10)
}

/// The folder of recorded trades: `PHANTOM_TICKS`, or beside the repository.
fn folder() -> PathBuf {
    std::env::var_os("PHANTOM_TICKS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/ticks"),
        PathBuf::from,
    )
}

/// The two days and their files, or a word to the reader of the test's output.
pub(crate) fn recorded_days() -> Option<([PathBuf; 2], Vec<Record>)> {
    let paths = ["20131007", "20131008"].map(|date| folder().join(format!("GC 12-13.{date}.Last.txt")));
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        println!("skipped: there is no {}; PHANTOM_TICKS can name another folder", missing.display());
        return None;
    }
    let text: String = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let records: Vec<Record> = text.lines().map(Record::of_line).collect();
    // The rule for absurd prints never comes into it: no step is as wide as its narrowest band.
    assert!(records.windows(2).all(|pair| (pair[1].ticks - pair[0].ticks).abs() <= 60));
    Some((paths, records))
}
