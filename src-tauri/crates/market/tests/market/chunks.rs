//! How the bytes arrive must not matter.

use phantom_model::MarketRecord;
use proptest::prelude::*;

use crate::given::{Pieces, all, contract, gold, grid};
use phantom_market::TickFile;

/// Lines of trades, one second apart.
fn text(prices: &[i64], line_end: &str) -> String {
    let line = |(second, ticks): (usize, &i64)| {
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("20131007 {hour:02}{minute:02}{second:02};{}.{};1{line_end}", ticks / 10, ticks % 10)
    };
    prices.iter().enumerate().map(line).collect::<Vec<_>>().concat()
}

fn in_pieces(text: &str, sizes: Vec<usize>) -> Vec<MarketRecord> {
    gold(Pieces { bytes: text.as_bytes(), sizes, reads: 0 }).map(Result::unwrap).collect()
}

#[test]
fn a_reader_that_gives_few_bytes_at_a_time_gives_the_same_records() {
    for start in ["", "\u{feff}"] {
        let text = format!("{start}{}", text(&[13_200, 13_201, 9, 1_000_000], "\r\n"));
        let whole = all(text.as_bytes()).unwrap();
        assert_eq!(whole.len(), 4);
        for size in 1..=7 {
            assert_eq!(in_pieces(&text, vec![size]), whole, "{size}");
        }
    }
}

#[test]
fn records_across_the_border_of_the_buffer_are_whole() {
    // More than two buffers of 128 KiB, with lines that do not divide them.
    let prices: Vec<i64> = (0..14_400).map(|i| 9_950 + i % 7_000).collect();
    let text = text(&prices, "\n");
    assert!(text.len() > 300_000);
    let records = all(text.as_bytes()).unwrap();
    let read: Vec<i64> = records.iter().map(|record| record.print.last().ticks()).collect();
    assert_eq!(read, prices);
}

#[test]
fn an_opened_file_knows_its_size_and_how_much_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("GC 12-13.Last.txt");
    let text = text(&[13_200, 13_201, 13_202], "\r\n");
    std::fs::write(&path, &text).unwrap();
    let mut file = TickFile::open(&path, contract(0), grid("0.1")).unwrap();
    assert_eq!((file.bytes_read(), file.total_bytes()), (0, Some(text.len() as u64)));
    assert_eq!(file.name(), path.display().to_string());
    file.next_record().unwrap();
    assert_eq!(file.bytes_read(), text.len() as u64 / 3);
    assert_eq!(file.by_ref().count(), 2);
    assert_eq!(Some(file.bytes_read()), file.total_bytes());
    assert_eq!(gold(text.as_bytes()).total_bytes(), None);
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_records(
        prices in proptest::collection::vec(0_i64..1_000_000, 1..40),
        sizes in proptest::collection::vec(1_usize..90, 1..8),
        line_end in prop_oneof![Just("\n"), Just("\r\n")],
    ) {
        let text = text(&prices, line_end);
        let records = in_pieces(&text, sizes);
        let read: Vec<i64> = records.iter().map(|record| record.print.last().ticks()).collect();
        prop_assert_eq!(read, prices);
        prop_assert_eq!(records, all(text.as_bytes()).unwrap());
    }

    #[test]
    fn no_bytes_make_the_reader_stumble(
        bytes in proptest::collection::vec(
            prop_oneof![4 => b'0'..=b'9', 1 => Just(b';'), 1 => Just(b'\n'), 1 => any::<u8>()],
            0..600,
        ),
    ) {
        // Any bytes end in records and at most one error with a line inside the file.
        let lines = bytes.split(|byte| *byte == b'\n').count();
        let mut file = gold(bytes.as_slice());
        let results = file.by_ref().count();
        prop_assert!(results <= lines);
        prop_assert!(file.bytes_read() <= bytes.len() as u64);
    }
}
