//! What lines are signals, and the exact words about those that are none.

use std::io::{self, BufReader, Read};

use phantom_compliance::{Ticket, TicketKind};
use phantom_model::{Side, Timestamp};
use phantom_signals::file::LINE_BYTES_MAX;
use phantom_signals::{Signal, SignalAction, SignalFileError, open, read};
use proptest::prelude::*;

const FLATTEN: &str = r#"{"id":"f","at":"2013-10-07T14:00:00Z","action":"flattenAll"}"#;

fn time(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn all(text: &str) -> Result<Vec<Signal>, SignalFileError> {
    read(text.as_bytes(), "signals.jsonl")
}

/// The ticket of a line with one order.
fn ticket(line: &str) -> Ticket {
    match all(line).unwrap().remove(0).action {
        SignalAction::Place(ticket) => ticket,
        SignalAction::Flatten => panic!("{line} is no order"),
    }
}

fn message(text: &str) -> String {
    all(text).unwrap_err().to_string()
}

/// A good order with some of its JSON replaced.
fn order(from: &str, to: &str) -> String {
    let line = r#"{"id":"a","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"LIMIT","price":"1319.2"}"#;
    assert!(line.contains(from), "{from}");
    line.replace(from, to)
}

#[test]
fn a_line_is_a_signal() {
    let text = concat!(
        r#"{"id":"a","at":"2013-10-07T09:00:00-05:00","action":"placeSell","symbol":"ENQ","qty":"2","#,
        r#""type":"LIMIT","price":"1319.2","stopPrice":1320.50,"takeProfit":null}"#,
        "\n",
        r#"{"action":"flattenAll","at":"2013-10-07T14:00:00.0000001Z","id":"f \u00e9"}"#,
        "\n"
    );
    let sell = Ticket {
        symbol: "ENQ".into(),
        side: Side::Sell,
        qty: "2".into(),
        kind: TicketKind::Limit,
        price: Some("1319.2".into()),
        stop: Some("1320.50".into()),
        target: None,
        guard: Box::default(),
    };
    let expected = [
        Signal { id: "a".into(), at: time("2013-10-07T14:00:00Z"), action: SignalAction::Place(sell) },
        Signal { id: "f é".into(), at: time("2013-10-07T14:00:00.0000001Z"), action: SignalAction::Flatten },
    ];
    assert_eq!(all(text).unwrap(), expected);
}

#[test]
fn a_number_keeps_the_digits_that_it_was_written_with() {
    for number in ["1319.20", "1.3192e3", "0.1", "-37.63", "1E400", "123456789012345678901234567890.5", "0"] {
        let ticket = ticket(&order(r#""qty":1"#, &format!(r#""qty":{number},"stopPrice": {number} "#)));
        assert_eq!((ticket.qty.as_str(), ticket.stop.as_deref()), (number, Some(number)));
    }
}

#[test]
fn a_text_that_is_no_number_is_a_matter_for_the_desk() {
    let ticket = ticket(&order(r#""qty":1"#, r#""qty":"two","stopPrice":"","takeProfit":" 1/2 ""#));
    assert_eq!(ticket.qty, "two");
    assert_eq!((ticket.stop.as_deref(), ticket.target.as_deref()), (Some(""), Some(" 1/2 ")));
}

#[test]
fn signals_are_in_the_order_of_time_and_ties_in_the_order_of_lines() {
    let line = |id: &str, second: u32| {
        format!(r#"{{"id":"{id}","at":"2013-10-07T14:00:{second:02}Z","action":"flattenAll"}}"#)
    };
    let text = [line("late", 9), line("b", 5), line("a", 5), line("early", 1), line("c", 5)].join("\n");
    let ids: Vec<String> = all(&text).unwrap().into_iter().map(|signal| signal.id).collect();
    assert_eq!(ids, ["early", "b", "a", "c", "late"]);
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let (first, second) = (order("", ""), FLATTEN);
    let plain = all(&format!("{first}\n{second}\n")).unwrap();
    assert_eq!(plain.len(), 2);
    for (what, text) in [
        ("no end of the last line", format!("{first}\n{second}")),
        ("returns", format!("{first}\r\n{second}\r\n")),
        ("a byte order mark", format!("\u{feff}{first}\n{second}\n")),
        ("blank lines at the end", format!("{first}\n{second}\n\n \r\n")),
        ("blanks around", format!("  {first}\t\n{second} \n")),
    ] {
        assert_eq!(all(&text).unwrap(), plain, "{what}");
    }
}

#[test]
fn a_file_without_a_line_holds_no_signal() {
    for text in ["", "\n", "\u{feff}", "\u{feff}\r\n\r\n"] {
        assert_eq!(all(text).unwrap(), [], "{text:?}");
    }
}

/// Checks the message about a line between two good ones.
fn check(rows: &[(String, &str)]) {
    for (line, reason) in rows {
        let last = FLATTEN.replace(r#""f""#, r#""g""#);
        let text = format!("{FLATTEN}\n{line}\n{last}\n");
        assert_eq!(message(&text), format!("signals.jsonl:2: {reason}"), "{line}");
    }
}

#[test]
fn a_line_that_is_no_object_is_named_with_an_example_of_one() {
    let example = r#"a line looks like {"id":"a1","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET"}"#;
    for (line, reason) in [
        ("rubbish".to_owned(), "not JSON: expected value at column 1"),
        (order("}", ""), "not JSON: EOF while parsing an object at column 111"),
        (order("}", "}}"), "not JSON: trailing characters at column 113"),
        (order(r#""qty":1"#, r#""qty":01"#), "not JSON: invalid number at column 80"),
        ("[1]".to_owned(), "not a JSON object"),
        ("null".to_owned(), "not a JSON object"),
    ] {
        check(&[(line, &format!("{reason}; {example}"))]);
    }
}

#[test]
fn fields_are_known_and_stand_once() {
    let unknown = |name| {
        format!(
            "unknown field {name:?}; a signal has id, at, action, symbol, qty, type, price, stopPrice, takeProfit"
        )
    };
    check(&[
        (order("price", "stop"), &unknown("stop")),
        (order("price", "Price"), &unknown("Price")),
        (order("price", "qty"), "field \"qty\" is there twice; each field stands once"),
        (order("price", r"\u0071ty"), "field \"qty\" is there twice; each field stands once"),
        (
            FLATTEN.replace('}', r#","qty":1}"#),
            "field \"qty\" does not go with flattenAll, which has id, at, action",
        ),
        (
            FLATTEN.replace('}', r#","price":null}"#),
            "field \"price\" does not go with flattenAll, which has id, at, action",
        ),
    ]);
}

#[test]
fn what_an_action_needs_must_be_there() {
    check(&[
        (order(r#""id":"a","#, ""), "field \"id\" is missing; a signal needs id, at, action"),
        (order(r#","action":"placeBuy""#, ""), "field \"action\" is missing; a signal needs id, at, action"),
        (
            order(r#""symbol":"GC","#, ""),
            "field \"symbol\" is missing; placeBuy needs id, at, action, symbol, qty, type",
        ),
        (
            order(r#""qty":1,"#, ""),
            "field \"qty\" is missing; placeBuy needs id, at, action, symbol, qty, type",
        ),
        (
            order(r#""type":"LIMIT","#, "").replace("Buy", "Sell"),
            "field \"type\" is missing; placeSell needs id, at, action, symbol, qty, type",
        ),
    ]);
}

#[test]
fn values_are_of_the_kind_that_their_field_takes() {
    check(&[
        (order(r#""a""#, "7"), "field \"id\" is a number; it must be a text"),
        (order(r#""GC""#, "null"), "field \"symbol\" is null; it must be a text"),
        (order(r#""LIMIT""#, "[]"), "field \"type\" is a list; it must be a text"),
        (order(r#""qty":1"#, r#""qty":null"#), "field \"qty\" is null; it must be a number or a text"),
        (
            order(r#""1319.2""#, "true"),
            "field \"price\" is true or false; it must be a number, a text or null",
        ),
        (
            order(r#""1319.2""#, r#"{"v":1}"#),
            "field \"price\" is an object; it must be a number, a text or null",
        ),
        (
            order(r#""a""#, r#""\ud800""#),
            "field \"id\" has an escape that stands for no character; write the character itself",
        ),
    ]);
}

#[test]
fn words_and_times_are_those_of_the_form() {
    let own = "field \"id\" is blank; every signal has a name of its own";
    check(&[
        (order(r#""a""#, r#""""#), own),
        (order(r#""a""#, r#"" ""#), own),
        (
            order("14:00:00Z", "14:00:00"),
            "at \"2013-10-07T14:00:00\" is no RFC 3339 time with an offset; \
             one looks like 2013-10-07T14:00:00Z or 2013-10-07T09:00:00.5-05:00",
        ),
        (order("placeBuy", "buy"), "action \"buy\" is unknown; it is placeBuy, placeSell or flattenAll"),
        (order("LIMIT", "STOP"), "type \"STOP\" is unknown; it is LIMIT or MARKET"),
        (order("LIMIT", "limit"), "type \"limit\" is unknown; it is LIMIT or MARKET"),
    ]);
}

#[test]
fn lines_are_neither_blank_nor_endless() {
    check(&[
        (String::new(), "the line is blank; every line holds one signal"),
        (
            " ".repeat(LINE_BYTES_MAX) + &order("", ""),
            "the line is longer than 65536 bytes; every line holds one signal",
        ),
    ]);
}

#[test]
fn a_repeated_id_names_both_lines() {
    let line = |id: &str| FLATTEN.replace(r#""f""#, id);
    let text = [line(r#""x""#), line(r#""y""#), line(r#""\u0078""#)].join("\n");
    assert_eq!(
        message(&text),
        "signals.jsonl:3: id \"x\" is already on line 1; every signal has a name of its own"
    );
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let mut text = FLATTEN.as_bytes().to_vec();
    text.extend(b"\n{\"id\":\"\xff\"}\n");
    let error = read(text.as_slice(), "s").unwrap_err();
    assert_eq!(
        error.to_string(),
        "s:2: the line is no UTF-8 text from byte 8 on; a signal file is plain text"
    );
}

#[test]
fn the_longest_line_may_have_64_kib_whatever_its_end() {
    let line = |bytes: usize| format!("{FLATTEN}{}", " ".repeat(bytes - FLATTEN.len()));
    for (before, after) in [("", ""), ("", "\n"), ("", "\r\n"), ("\u{feff}", "\r\n")] {
        let text = |bytes| format!("{before}{}{after}", line(bytes));
        assert_eq!(all(&text(LINE_BYTES_MAX)).unwrap().len(), 1);
        assert!(message(&text(LINE_BYTES_MAX + 1)).contains("is longer than 65536 bytes"));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault_with_its_name() {
    struct Torn(usize);
    impl Read for Torn {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let line = format!("{FLATTEN}\n");
            self.0 += 1;
            if self.0 > 1 {
                return Err(io::Error::other("the cable is out"));
            }
            room[..line.len()].copy_from_slice(line.as_bytes());
            Ok(line.len())
        }
    }
    let error = read(BufReader::new(Torn(0)), "s.jsonl").unwrap_err();
    assert_eq!(error.to_string(), "s.jsonl:2: cannot be read: the cable is out");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.jsonl");
    let error = open(&path).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: cannot be opened: ", path.display())), "{error}");
    std::fs::write(&path, FLATTEN).unwrap();
    assert_eq!(open(&path).unwrap().len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_signals_or_an_error_with_a_line(bytes: Vec<u8>) {
        if let Err(error) = read(bytes.as_slice(), "s") {
            let has_line = matches!(error, SignalFileError::Line { line: 1.., .. });
            prop_assert!(has_line, "{error:?}");
        }
    }

    #[test]
    fn a_line_cut_anywhere_is_refused(cut in 1_usize..110) {
        let line = order("", "");
        prop_assert!(all(&line[..cut]).is_err());
    }

    #[test]
    fn what_a_program_writes_is_read_back_in_the_order_of_time(
        rows in proptest::collection::vec(("\\PC{0,8}", 0_i64..5, any::<i32>(), any::<bool>()), 0..20),
    ) {
        let mut expected = vec![];
        let mut text = String::new();
        for (place, (symbol, second, tenths, is_text)) in rows.into_iter().enumerate() {
            let quote = if is_text { "\"" } else { "" };
            let stop = format!("{tenths}e-1");
            let escaped = serde_json::to_string(&symbol).unwrap();
            let head = format!(r#"{{"id":"{place}","at":"1970-01-01T00:00:0{second}Z","action":"placeBuy""#);
            let rest = format!(r#""symbol":{escaped},"qty":3,"type":"MARKET","stopPrice":{quote}{stop}{quote}}}"#);
            text += &[head, rest].join(",");
            text += "\n";
            let ticket = Ticket {
                symbol,
                side: Side::Buy,
                qty: "3".into(),
                kind: TicketKind::Market,
                price: None,
                stop: Some(stop),
                target: None,
                guard: Box::default(),
            };
            let at = Timestamp::from_nanos(second * 1_000_000_000);
            expected.push(Signal { id: place.to_string(), at, action: SignalAction::Place(ticket) });
        }
        expected.sort_by_key(|signal| signal.at);
        prop_assert_eq!(all(&text).unwrap(), expected);
    }
}
