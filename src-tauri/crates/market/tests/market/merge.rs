//! Streams as one, in time order.

use std::convert::Infallible;

use phantom_market::{Merged, TickFile};
use phantom_model::{MarketRecord, Print, Timestamp};
use proptest::prelude::*;

use crate::given::{contract, gold, grid, price};

/// A record whose price says which it is.
fn record(row: u32, at: i64, ticks: i64) -> MarketRecord {
    let print = Print::Trade { price: price(ticks), size: 1 };
    MarketRecord { contract: contract(row), at: Timestamp::from_nanos(at), print }
}

fn merged(streams: &[Vec<MarketRecord>]) -> Vec<MarketRecord> {
    Merged::new(streams.iter().map(|stream| stream.iter().copied().map(Ok::<_, Infallible>)))
        .map(|record| {
            let Ok(record) = record;
            record
        })
        .collect()
}

#[test]
fn ties_go_in_argument_order_and_each_stream_keeps_its_own() {
    let first = vec![record(0, 5, 1), record(0, 5, 2), record(0, 9, 3)];
    let second = vec![record(1, 1, 1), record(1, 5, 2), record(1, 5, 3), record(1, 9, 4)];
    let expected = |order: &[(u32, usize)]| -> Vec<MarketRecord> {
        order.iter().map(|(row, place)| if *row == 0 { first[*place] } else { second[*place] }).collect()
    };
    assert_eq!(
        merged(&[first.clone(), second.clone()]),
        expected(&[(1, 0), (0, 0), (0, 1), (1, 1), (1, 2), (0, 2), (1, 3)])
    );
    assert_eq!(
        merged(&[second.clone(), first.clone()]),
        expected(&[(1, 0), (1, 1), (1, 2), (0, 0), (0, 1), (1, 3), (0, 2)])
    );
}

#[test]
fn few_streams_are_no_special_case() {
    assert_eq!(merged(&[]), []);
    assert_eq!(merged(&[vec![], vec![]]), []);
    let one = vec![record(0, 1, 1), record(0, 1, 2)];
    assert_eq!(merged(std::slice::from_ref(&one)), one);
    assert_eq!(merged(&[vec![], one.clone(), vec![]]), one);
}

#[test]
fn a_stream_joins_in_the_middle_and_goes_behind_the_others_at_equal_times() {
    let stream = |records: Vec<MarketRecord>| records.into_iter().map(Ok::<_, Infallible>);
    let first = vec![record(0, 1, 1), record(0, 5, 2), record(0, 9, 3)];
    let late = vec![record(1, 5, 1), record(1, 7, 2), record(1, 11, 3)];
    let mut merged = Merged::new([stream(first.clone())]);
    let Ok(before) = merged.next_record();
    assert_eq!(before, Some(first[0]));
    let Ok(()) = merged.join(stream(late.clone()));
    let rest: Vec<MarketRecord> = merged.by_ref().map(|it| it.unwrap()).collect();
    assert_eq!(rest, [first[1], late[0], late[1], first[2], late[2]]);
    let Ok(()) = merged.join(stream(vec![record(2, 20, 1)]));
    assert_eq!(merged.next_record(), Ok(None), "once all have ended nothing more is read");

    let mut fresh = Merged::new([stream(first.clone())]);
    let Ok(()) = fresh.join(stream(late.clone()));
    let whole: Vec<MarketRecord> = fresh.map(|it| it.unwrap()).collect();
    assert_eq!(whole, [first[0], first[1], late[0], late[1], first[2], late[2]]);
}

#[test]
fn an_error_comes_after_the_records_before_it_and_ends_the_merge() {
    let bad = "20131007 140000;1320.0;1\n20131007 140002;1320.0;1\nrubbish\n";
    let good = "20131007 140001;1320.0;1\n20131007 140002;1320.0;1\n20131007 140003;1320.0;1\n";
    let mut merged = Merged::new([gold(good.as_bytes()), gold(bad.as_bytes())]);
    for _ in 0..4 {
        assert!(matches!(merged.next_record(), Ok(Some(_))));
    }
    let error = merged.next_record().unwrap_err();
    assert!(error.to_string().starts_with("GC 12-13.Last.txt:3: "), "{error}");
    assert!(matches!(merged.next_record(), Ok(None)));
}

#[test]
fn a_file_that_is_no_tick_file_shows_before_any_record() {
    let good = "20131007 140001;1320.0;1\n";
    let mut merged = Merged::new([gold(good.as_bytes()), gold(b"PK".as_slice())]);
    assert!(merged.next_record().is_err());
    assert!(matches!(merged.next_record(), Ok(None)));
}

#[test]
fn progress_of_all_files_can_be_seen() {
    let (early, late) = ("20131007 140000;1320.0;1\n", "20131008 140000;0.25;1\n");
    let second = TickFile::new(late.as_bytes(), "second", contract(1), grid("0.25"));
    let mut merged = Merged::new([gold(early.as_bytes()), second]);
    let count = merged.by_ref().map(Result::unwrap).count();
    let read: Vec<_> = merged.sources().map(|file| (file.name(), file.bytes_read())).collect();
    assert_eq!((count, read), (2, vec![("GC 12-13.Last.txt", 25), ("second", 23)]));
}

proptest! {
    #[test]
    fn a_merge_is_a_stable_sort(gaps in proptest::collection::vec(
        proptest::collection::vec(0_i64..4, 0..30), 0..6,
    )) {
        let streams: Vec<Vec<MarketRecord>> = (0..)
            .zip(&gaps)
            .map(|(row, gaps)| {
                let mut at = 0;
                let next = |(place, gap): (i64, &i64)| {
                    at += gap;
                    record(row, at, place)
                };
                (0..).zip(gaps).map(next).collect()
            })
            .collect();
        let mut expected: Vec<MarketRecord> = streams.concat();
        expected.sort_by_key(|record| record.at);
        prop_assert_eq!(merged(&streams), expected);
    }
}
