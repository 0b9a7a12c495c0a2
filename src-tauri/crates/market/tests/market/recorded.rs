//! Two recorded days of gold, where they are at hand.

use std::fs::File;
use std::path::PathBuf;

use phantom_market::{Form, Merged, SubSeconds, TickFile, TickFileName};
use phantom_model::MarketRecord;

use crate::given::{contract, grid, time};

/// The folder of recorded trades: `PHANTOM_TICKS`, or beside the repository.
fn folder() -> PathBuf {
    std::env::var_os("PHANTOM_TICKS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/ticks"),
        PathBuf::from,
    )
}

/// The file of one day, or a word to the reader of the test's output.
fn day(date: &str) -> Option<TickFile<File>> {
    let path = folder().join(format!("GC 12-13.{date}.Last.txt"));
    if !path.exists() {
        println!("skipped: there is no {}; PHANTOM_TICKS can name another folder", path.display());
        return None;
    }
    assert_eq!(TickFileName::of_path(&path).unwrap().contract, "GC 12-13");
    Some(TickFile::open(&path, contract(0), grid("0.1")).unwrap())
}

#[test]
fn a_recorded_day_is_read_whole() {
    for (date, count) in [("20131007", 39_610), ("20131008", 51_963)] {
        let Some(mut file) = day(date) else { return };
        let records: Vec<MarketRecord> = file.by_ref().map(Result::unwrap).collect();
        assert_eq!(records.len(), count, "{date}");
        assert_eq!(file.form(), Some(Form::Trades(SubSeconds::Present)));
        assert_eq!(Some(file.bytes_read()), file.total_bytes());
        assert!(records.iter().all(|record| (12_900..13_400).contains(&record.print.last().ticks())));
    }
}

#[test]
fn two_recorded_days_merge_into_one_stream_in_any_argument_order() {
    let (Some(first), Some(second)) = (day("20131007"), day("20131008")) else { return };
    let records: Vec<MarketRecord> = Merged::new([second, first]).map(Result::unwrap).collect();
    assert_eq!(records.len(), 39_610 + 51_963);
    assert!(records.is_sorted_by_key(|record| record.at));
    assert_eq!(records.first().map(|record| record.at), Some(time("2013-10-07T00:00:00.276Z")));
}
