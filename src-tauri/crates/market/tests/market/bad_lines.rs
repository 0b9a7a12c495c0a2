//! Every way in which a file can be wrong, with the exact words about it.

use std::io::{self, Read};
use std::path::Path;

use phantom_market::{TickFile, TickFileError};
use phantom_model::price::Grid;

use crate::given::{Pieces, all, contract, gold, grid};

/// What stands before a bad line, by its form.
const TRADES: &str = "20131007 140000;1320.0;1\n";
const FRACTIONS: &str = "20131007 140000 5000000;1320.0;1\n";
const REPLAY: &str = "20131007 140000;1320.0;1320.0;1320.1;1\n";
const BARS: &str = "20131007 140000;1320.0;1320.5;1319.5;1320.2;1\n";
const DAYS: &str = "20131007;1320.0;1320.5;1319.5;1320.2;1\n";

/// The message about the first fault of a file of gold. What follows the fault must not matter.
fn message(text: &str) -> String {
    let whole = |bytes: &[u8]| all(bytes).unwrap_err().to_string();
    let message = whole(text.as_bytes());
    let sizes = vec![1, 3];
    let in_pieces = gold(Pieces { bytes: text.as_bytes(), sizes, reads: 0 }).find_map(Result::err).unwrap();
    assert_eq!(in_pieces.to_string(), message, "in pieces");
    if !text.is_empty() {
        assert_eq!(
            whole(format!("{text}\n20131007 140009;1320.0;1\n").as_bytes()),
            message,
            "with more after it"
        );
    }
    message
}

/// Checks the message about a line in the second place, after a good first one.
#[track_caller]
fn check_second(rows: &[(&str, &str, &str)]) {
    for (first, line, reason) in rows {
        assert_eq!(message(&format!("{first}{line}")), format!("GC 12-13.Last.txt:2: {reason}"), "{line:?}");
    }
}

#[track_caller]
fn check_first(rows: &[(&str, &str)]) {
    for (line, reason) in rows {
        assert_eq!(message(line), format!("GC 12-13.Last.txt:1: {reason}"), "{line:?}");
    }
}

#[test]
fn a_file_without_a_record() {
    let reason = "GC 12-13.Last.txt:1: the file holds no record; \
                  its first line would be right as yyyyMMdd HHmmss;price;volume";
    assert_eq!(message(""), reason);
    assert_eq!(all("\u{feff}".as_bytes()).unwrap_err().to_string(), reason);
}

#[test]
fn a_first_line_of_no_form() {
    check_first(&[
        (
            "Date;Price;Volume",
            "time stamp \"Date\" has no known form; \
             it would be right as yyyyMMdd HHmmss or yyyyMMdd HHmmss fffffff",
        ),
        (
            "2013-10-07 14:00:00;1320.0;1320.1;1319.0;1320.0;1",
            "time stamp \"2013-10-07 14:00:00\" has no known form; \
             it would be right as yyyyMMdd HHmmss or, for days, yyyyMMdd",
        ),
        (
            "20131007 140000 500;1320.0;1",
            "time stamp \"20131007 140000 500\" has no known form; \
             it would be right as yyyyMMdd HHmmss or yyyyMMdd HHmmss fffffff",
        ),
        (
            "20131007 140000 5000000;1;1;1;1;1",
            "time stamp \"20131007 140000 5000000\" has no known form; \
             it would be right as yyyyMMdd HHmmss or, for days, yyyyMMdd",
        ),
        (
            "20131007;1320.0;1",
            "time stamp \"20131007\" has no known form; \
             it would be right as yyyyMMdd HHmmss or yyyyMMdd HHmmss fffffff",
        ),
        (
            "20131007 140000,1320.0,1",
            "1 field where a tick file has 3 (yyyyMMdd HHmmss;price;volume), \
             5 (yyyyMMdd HHmmss;last;bid;ask;volume) or 6 (yyyyMMdd HHmmss;open;high;low;close;volume)",
        ),
        (
            "20131007 140000;1320.0;1320.0;1",
            "4 fields where a tick file has 3 (yyyyMMdd HHmmss;price;volume), \
             5 (yyyyMMdd HHmmss;last;bid;ask;volume) or 6 (yyyyMMdd HHmmss;open;high;low;close;volume)",
        ),
        (
            ";;",
            "time stamp \"\" has no known form; it would be right as yyyyMMdd HHmmss or yyyyMMdd HHmmss fffffff",
        ),
    ]);
}

#[test]
fn what_is_no_text_at_all() {
    check_first(&[
        (
            "\u{1f}\u{8b}\u{8}\u{0}",
            "byte 0x1f in column 1 is not plain text; this does not look like a tick file",
        ),
        (
            "20131007 140000;1320.0\t;1",
            "byte 0x09 in column 23 is not plain text; this does not look like a tick file",
        ),
        (
            "20131007 140000;1320.0;1\r20131007 140001;1320.0;1\r",
            "byte 0x0d in column 25 is not plain text; this does not look like a tick file",
        ),
    ]);
    check_second(&[(
        TRADES,
        "20131007 140000;1320€;1",
        "byte 0xe2 in column 21 is not plain text; this does not look like a tick file",
    )]);
    let long_junk = "\u{1}".repeat(500);
    check_first(&[(
        long_junk.as_str(),
        "byte 0x01 in column 1 is not plain text; this does not look like a tick file",
    )]);
}

#[test]
fn a_line_of_wrong_length() {
    let reason = "the line is longer than 256 bytes; a record looks like yyyyMMdd HHmmss;price;volume";
    let line = |bytes: usize| format!("20131007 140000;{}1320.0;1", "0".repeat(bytes - 24));
    for bytes in [257, 258, 259, 400, 131_072, 300_000] {
        check_first(&[(line(bytes).as_str(), reason)]);
        check_second(&[
            (TRADES, line(bytes).as_str(), reason),
            (TRADES, (line(bytes) + "\r").as_str(), reason),
        ]);
    }
    let empty = "the line is empty; every line holds one record";
    assert_eq!(message("\n"), format!("GC 12-13.Last.txt:1: {empty}"));
    assert_eq!(message(&format!("{TRADES}\r\n{TRADES}")), format!("GC 12-13.Last.txt:2: {empty}"));
    assert_eq!(message(&format!("{TRADES}{TRADES}\n")), format!("GC 12-13.Last.txt:3: {empty}"));
}

#[test]
fn a_count_of_fields_that_is_not_the_files() {
    check_second(&[
        (TRADES, "20131007 140001", "1 field where this file has 3: yyyyMMdd HHmmss;price;volume"),
        (TRADES, "20131007 140001;1320.0", "2 fields where this file has 3: yyyyMMdd HHmmss;price;volume"),
        (TRADES, "20131007 140001;1320.0;1;", "4 fields where this file has 3: yyyyMMdd HHmmss;price;volume"),
        (
            FRACTIONS,
            "20131007 140001 0000000;1320.0;1320.0;1320.1;1",
            "5 fields where this file has 3: yyyyMMdd HHmmss fffffff;price;volume",
        ),
        (
            REPLAY,
            "20131007 140001;1320.0;1",
            "3 fields where this file has 5: yyyyMMdd HHmmss;last;bid;ask;volume",
        ),
        (
            BARS,
            "20131007 140001;1320.0;1320.0;1320.0;1",
            "5 fields where this file has 6: yyyyMMdd HHmmss;open;high;low;close;volume",
        ),
        (DAYS, "20131008;1320.0;1", "3 fields where this file has 6: yyyyMMdd;open;high;low;close;volume"),
    ]);
}

#[test]
fn a_time_stamp_of_another_form_than_the_files() {
    let reason = |stamp: &str, pattern: &str| {
        format!("time stamp {stamp:?} does not have the form of this file: {pattern}")
    };
    for stamp in [
        "",
        "2013",
        "20131007",
        "20131007 1400",
        "20131007 14000",
        "20131007 140001 0000000",
        "20131007T140001",
        "2013100a 140001",
        "20131007 14:001",
        "20131007 14000 ",
        " 20131007 14000",
        "-0131007 140001",
    ] {
        check_second(&[(TRADES, &format!("{stamp};1320.0;1"), &reason(stamp, "yyyyMMdd HHmmss"))]);
    }
    for stamp in [
        "20131007 140001",
        "20131007 140001 ",
        "20131007 140001 000000",
        "20131007 140001 00000000",
        "20131007 140001.0000000",
        "20131007 140001 000000x",
    ] {
        check_second(&[(FRACTIONS, &format!("{stamp};1320.0;1"), &reason(stamp, "yyyyMMdd HHmmss fffffff"))]);
    }
    check_second(&[
        (DAYS, "20131008 000000;1320.0;1320.0;1320.0;1320.0;1", &reason("20131008 000000", "yyyyMMdd")),
        (
            TRADES,
            &format!("{};1320.0;1", "7".repeat(60)),
            &reason(&format!("{}...", "7".repeat(40)), "yyyyMMdd HHmmss"),
        ),
    ]);
}

#[test]
fn a_date_or_time_that_does_not_exist() {
    check_second(&[
        (TRADES, "20131307 140001;1320.0;1", "there is no month 13; months are 01 to 12"),
        (TRADES, "20130007 140001;1320.0;1", "there is no month 00; months are 01 to 12"),
        (TRADES, "20131131 140001;1320.0;1", "there is no day 31 in 2013-11; its days are 01 to 30"),
        (TRADES, "20140229 140001;1320.0;1", "there is no day 29 in 2014-02; its days are 01 to 28"),
        (TRADES, "20131100 140001;1320.0;1", "there is no day 00 in 2013-11; its days are 01 to 30"),
        (TRADES, "02131007 140001;1320.0;1", "year 0213 is out of range; years are 1900 to 2199"),
        (
            TRADES,
            "20131007 240000;1320.0;1",
            "there is no time 24:00:00; a day's times are 00:00:00 to 23:59:59",
        ),
        (
            TRADES,
            "20131007 146000;1320.0;1",
            "there is no time 14:60:00; a day's times are 00:00:00 to 23:59:59",
        ),
        (
            TRADES,
            "20131007 235960;1320.0;1",
            "there is no time 23:59:60; a day's times are 00:00:00 to 23:59:59",
        ),
    ]);
}

#[test]
fn time_going_back() {
    check_second(&[
        (
            TRADES,
            "20131007 135959;1320.0;1",
            "2013-10-07T13:59:59.0000000Z is before 2013-10-07T14:00:00.0000000Z of the line before; \
             times may repeat but not go back",
        ),
        (
            FRACTIONS,
            "20131007 140000 4999999;1320.0;1",
            "2013-10-07T14:00:00.4999999Z is before 2013-10-07T14:00:00.5000000Z of the line before; \
             times may repeat but not go back",
        ),
        (
            DAYS,
            "20131006;1320.0;1320.0;1320.0;1320.0;1",
            "2013-10-06T00:00:00.0000000Z is before 2013-10-07T00:00:00.0000000Z of the line before; \
             times may repeat but not go back",
        ),
    ]);
}

#[test]
fn a_price_that_is_none() {
    for text in ["", "-", ".", "1320,0", "1.320.0", "12a", " 1320.0", "+1320", "1e3", "NaN"] {
        let reason =
            format!("price {text:?} is not a decimal number; it would be right as digits with one point");
        check_second(&[(TRADES, &format!("20131007 140001;{text};1"), &reason)]);
    }
    let no_number = |field: &str| {
        format!("{field} \"x\" is not a decimal number; it would be right as digits with one point")
    };
    check_second(&[
        (REPLAY, "20131007 140001;x;1320.0;1320.1;1", &no_number("last")),
        (REPLAY, "20131007 140001;1320.0;x;1320.1;1", &no_number("bid")),
        (REPLAY, "20131007 140001;1320.0;1320.0;x;1", &no_number("ask")),
        (BARS, "20131007 140001;x;1320.0;1320.0;1320.0;1", &no_number("open")),
        (BARS, "20131007 140001;1320.0;x;1320.0;1320.0;1", &no_number("high")),
        (BARS, "20131007 140001;1320.0;1320.0;x;1320.0;1", &no_number("low")),
        (DAYS, "20131008;1320.0;1320.0;1320.0;x;1", &no_number("close")),
        (
            TRADES,
            "20131007 140001;100000000.1;1",
            "price 100000000.1 is out of range; a price is at most 1000000000 ticks from zero",
        ),
        (
            TRADES,
            "20131007 140001;99999999999999999999;1",
            "price 99999999999999999999 is out of range; a price is at most 1000000000 ticks from zero",
        ),
    ]);
}

#[test]
fn a_price_off_the_grid_names_both_neighbours() {
    check_second(&[
        (
            TRADES,
            "20131007 140001;1319.05;1",
            "price 1319.05 is off the tick grid of 0.1; its neighbours are 1319.0 and 1319.1",
        ),
        (
            TRADES,
            "20131007 140001;-0.01;1",
            "price -0.01 is off the tick grid of 0.1; its neighbours are -0.1 and 0.0",
        ),
        (
            REPLAY,
            "20131007 140001;1320.0;1320.0;1320.15;1",
            "ask 1320.15 is off the tick grid of 0.1; its neighbours are 1320.1 and 1320.2",
        ),
        (
            BARS,
            "20131007 140001;1320.0;1320.55;1319.5;1320.2;1",
            "high 1320.55 is off the tick grid of 0.1; its neighbours are 1320.5 and 1320.6",
        ),
    ]);
    let on = |grid: Grid, text: &str| {
        TickFile::new(text.as_bytes(), "x.txt", contract(0), grid).next_record().unwrap_err().to_string()
    };
    assert_eq!(
        on(grid("0.25"), "20131007 140001;5000.30;1"),
        "x.txt:1: price 5000.30 is off the tick grid of 0.25; its neighbours are 5000.25 and 5000.50",
    );
    assert_eq!(
        on(grid("5"), "20131007 140001;95003;1"),
        "x.txt:1: price 95003 is off the tick grid of 5; its neighbours are 95000 and 95005",
    );
}

#[test]
fn a_bid_above_its_ask() {
    check_second(&[(
        REPLAY,
        "20131007 140001;1320.0;1320.1;1320.0;1",
        "bid 1320.1 is above ask 1320.0; a bid is at or below its ask",
    )]);
}

#[test]
fn a_bar_whose_ends_lie_outside_it() {
    let reason = |open: &str, close: &str, low: &str, high: &str| {
        format!("open {open} and close {close} must lie between low {low} and high {high}")
    };
    check_second(&[
        (
            BARS,
            "20131007 140001;1320.6;1320.5;1319.5;1320.0;1",
            &reason("1320.6", "1320.0", "1319.5", "1320.5"),
        ),
        (
            BARS,
            "20131007 140001;1320.0;1320.5;1319.5;1320.6;1",
            &reason("1320.0", "1320.6", "1319.5", "1320.5"),
        ),
        (
            BARS,
            "20131007 140001;1319.4;1320.5;1319.5;1320.0;1",
            &reason("1319.4", "1320.0", "1319.5", "1320.5"),
        ),
        (DAYS, "20131008;1320.0;1320.5;1319.5;1319.4;1", &reason("1320.0", "1319.4", "1319.5", "1320.5")),
        (DAYS, "20131008;1320.0;1319.5;1320.5;1320.0;1", &reason("1320.0", "1320.0", "1320.5", "1319.5")),
    ]);
}

#[test]
fn a_volume_that_is_no_count_of_contracts() {
    for text in ["0", "", "-1", "+1", "1.0", " 1", "1 ", "x", "4294967296", "99999999999999999999"] {
        let trade = format!("volume {text:?} is not a whole number from 1 to 4294967295");
        check_second(&[
            (TRADES, &format!("20131007 140001;1320.0;{text}"), &trade),
            (REPLAY, &format!("20131007 140001;1320.0;1320.0;1320.1;{text}"), &trade),
        ]);
        if text != "0" {
            let bar = format!("volume {text:?} is not a whole number from 0 to 4294967295");
            check_second(&[(DAYS, &format!("20131008;1320.0;1320.0;1320.0;1320.0;{text}"), &bar)]);
        }
    }
}

#[test]
fn the_line_before_a_fault_is_still_read_and_nothing_after_it() {
    let text = format!("{TRADES}{TRADES}20131007 140001;x;1\n{TRADES}");
    let mut file = gold(text.as_bytes());
    assert!(matches!(file.next_record(), Ok(Some(_))));
    assert!(matches!(file.next_record(), Ok(Some(_))));
    assert!(matches!(file.next_record(), Err(TickFileError::Line { line: 3, .. })));
    assert!(matches!(file.next_record(), Ok(None)));
}

/// Gives some bytes and then fails.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::Error::other("the disk is gone")) } else { self.0.read(room) }
    }
}

#[test]
fn a_disk_that_fails_is_named_with_the_line_that_was_being_read() {
    for (bytes, line) in [("", 1), (TRADES, 2), ("20131007 14", 1)] {
        let error = gold(Broken(bytes.as_bytes())).find_map(Result::err).unwrap();
        assert_eq!(error.to_string(), format!("GC 12-13.Last.txt:{line}: cannot be read: the disk is gone"));
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("GC 12-13.Last.txt");
    let error = TickFile::open(&path, contract(0), grid("0.1")).err().unwrap();
    let prefix = format!("{}: cannot be opened: ", path.display());
    assert!(error.to_string().starts_with(&prefix), "{error}");
    let error = TickFile::open(Path::new(""), contract(0), grid("0.1")).err().unwrap();
    assert!(matches!(error, TickFileError::Open { .. }));
}
