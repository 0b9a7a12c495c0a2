//! Every form of a tick file, and what its lines mean.

use phantom_market::{Form, SubSeconds};
use phantom_model::{Bar, MarketRecord, Print};

use crate::given::{all, contract, gold, price, time};

fn trade(at: &str, ticks: i64, size: u32) -> MarketRecord {
    MarketRecord { contract: contract(0), at: time(at), print: Print::Trade { price: price(ticks), size } }
}

fn quoted(at: &str, [last, bid, ask]: [i64; 3], size: u32) -> MarketRecord {
    let print = Print::QuotedTrade { price: price(last), size, bid: price(bid), ask: price(ask) };
    MarketRecord { contract: contract(0), at: time(at), print }
}

fn bar(at: &str, [open, high, low, close]: [i64; 4], volume: u32) -> MarketRecord {
    let (open, high, low, close) = (price(open), price(high), price(low), price(close));
    MarketRecord {
        contract: contract(0),
        at: time(at),
        print: Print::Bar(Bar { open, high, low, close, volume }),
    }
}

#[track_caller]
fn check(text: &str, form: Form, records: &[MarketRecord]) {
    let mut file = gold(text.as_bytes());
    let read: Vec<_> = file.by_ref().map(Result::unwrap).collect();
    assert_eq!(read, records);
    assert_eq!((file.form(), file.bytes_read()), (Some(form), text.len() as u64));
}

#[test]
fn trades() {
    check(
        "20131007 140000;1320.0;1\n20131007 140001;1319.9;25\n20131008 000000;-0.1;4294967295\n",
        Form::Trades(SubSeconds::Absent),
        &[
            trade("2013-10-07T14:00:00Z", 13_200, 1),
            trade("2013-10-07T14:00:01Z", 13_199, 25),
            trade("2013-10-08T00:00:00Z", -1, u32::MAX),
        ],
    );
}

#[test]
fn trades_with_sub_seconds() {
    check(
        "20131007 000000 2760000;1313.7;1\n20131007 000000 2760001;1313.70;2\n20131007 000000 9999999;1314;1\n",
        Form::Trades(SubSeconds::Present),
        &[
            trade("2013-10-07T00:00:00.276Z", 13_137, 1),
            trade("2013-10-07T00:00:00.2760001Z", 13_137, 2),
            trade("2013-10-07T00:00:00.9999999Z", 13_140, 1),
        ],
    );
}

#[test]
fn tick_replay() {
    check(
        "20131007 140000;1320.0;1319.9;1320.0;1\n20131007 140000;1320.1;1320.1;1320.1;7\n",
        Form::QuotedTrades(SubSeconds::Absent),
        &[
            quoted("2013-10-07T14:00:00Z", [13_200, 13_199, 13_200], 1),
            quoted("2013-10-07T14:00:00Z", [13_201, 13_201, 13_201], 7),
        ],
    );
}

#[test]
fn tick_replay_with_sub_seconds() {
    check(
        "20131007 140000 0000005;1320.0;1319.9;1320.0;1\n",
        Form::QuotedTrades(SubSeconds::Present),
        &[quoted("2013-10-07T14:00:00.0000005Z", [13_200, 13_199, 13_200], 1)],
    );
}

#[test]
fn minute_bars() {
    check(
        "20131007 140100;1320.0;1320.5;1319.5;1320.2;345\n20131007 140200;1320.2;1320.2;1320.2;1320.2;0\n",
        Form::MinuteBars,
        &[
            bar("2013-10-07T14:01:00Z", [13_200, 13_205, 13_195, 13_202], 345),
            bar("2013-10-07T14:02:00Z", [13_202, 13_202, 13_202, 13_202], 0),
        ],
    );
}

#[test]
fn day_bars_stand_at_the_midnight_that_begins_their_date() {
    check(
        "20131007;1310.0;1330.0;1305.0;1325.0;150000\n20131008;1325.0;1326.0;1315.0;1324.0;9\n",
        Form::DayBars,
        &[
            bar("2013-10-07T00:00:00Z", [13_100, 13_300, 13_050, 13_250], 150_000),
            bar("2013-10-08T00:00:00Z", [13_250, 13_260, 13_150, 13_240], 9),
        ],
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let lines = ["20131007 140000;1320.0;1", "20131007 140000;1320.1;2", "20131007 140001;1320.0;3"];
    let plain = all((lines.join("\n") + "\n").as_bytes()).unwrap();
    assert_eq!(plain.len(), 3);
    for (what, text) in [
        ("no end of the last line", lines.join("\n")),
        ("returns", lines.join("\r\n") + "\r\n"),
        ("returns, no end of the last line", lines.join("\r\n")),
        ("a return without a line feed at the end", lines.join("\r\n") + "\r"),
        ("a byte order mark", format!("\u{feff}{}\n", lines.join("\n"))),
        ("a byte order mark and returns", format!("\u{feff}{}\r\n", lines.join("\r\n"))),
    ] {
        assert_eq!(all(text.as_bytes()).unwrap(), plain, "{what}");
        let mut file = gold(text.as_bytes());
        assert_eq!((file.by_ref().count(), file.bytes_read()), (3, text.len() as u64), "{what}");
    }
}

#[test]
fn equal_times_are_in_order() {
    let records = all(b"20131007 140001;1320.1;2\n20131007 140001;1320.0;1\n").unwrap();
    assert_eq!(records, [trade("2013-10-07T14:00:01Z", 13_201, 2), trade("2013-10-07T14:00:01Z", 13_200, 1)]);
}

#[test]
fn a_line_may_have_256_bytes_whatever_its_end() {
    let line = format!("20131007 140000;{}1320.0;1", "0".repeat(256 - 24));
    assert_eq!(line.len(), 256);
    for end in ["", "\n", "\r", "\r\n"] {
        let text = format!("{line}{end}");
        assert_eq!(all(text.as_bytes()).unwrap(), [trade("2013-10-07T14:00:00Z", 13_200, 1)], "{end:?}");
    }
}
