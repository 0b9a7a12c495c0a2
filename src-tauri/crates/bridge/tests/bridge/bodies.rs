//! Bodies: what is written is read again, and what is out of range is not taken.

use phantom_bridge::body::{Ack, Answer, Row, RowCounts, SnapshotEnd};
use phantom_bridge::command::object_of;
use phantom_bridge::text::{Count, Id, Millis, Words};
use phantom_bridge::{ClientBody, Command, RefusalCode, ServerBody};

const PLACE: &str = r#"{"t":"cmd","id":"r-1","op":"place","d":{"client_id":"pd-1-T1","root":"NQ","month":12,"year":2026,"side":"buy","type":"limit","qty":1,"limit":"23000.25","tif":"day","entry":"manual","env":"sim"}}"#;

fn unreadable(line: &str) -> RefusalCode {
    let body = ClientBody::read(line).unwrap();
    let ClientBody::Unreadable { code, .. } = body else { panic!("{body:?}") };
    code
}

#[test]
fn every_command_survives_the_way_over_the_wire() {
    let contract = r#""root":"NQ","month":12,"year":2026"#;
    for line in [
        PLACE.to_owned(),
        r#"{"t":"cmd","id":"r-2","op":"change","d":{"client_id":"a","qty":2,"limit":"1.5","env":"live"}}"#
            .into(),
        r#"{"t":"cmd","id":"r-3","op":"cancel","d":{"client_id":"a"}}"#.into(),
        format!(
            r#"{{"t":"cmd","id":"r-4","op":"flatten","d":{{"client_id":"a",{contract},"side":"sell","qty":3,"entry":"automated","env":"sim"}}}}"#
        ),
        r#"{"t":"cmd","id":"r-5","op":"query","d":{"client_id":"a"}}"#.into(),
        r#"{"t":"cmd","id":"r-6","op":"snapshot","d":{}}"#.into(),
        format!(r#"{{"t":"cmd","id":"r-7","op":"subscribe","d":{{{contract}}}}}"#),
        r#"{"t":"cmd","id":"r-8","op":"unsubscribe","d":{"sub":1}}"#.into(),
        r#"{"t":"cmd","id":"r-9","op":"accounts","d":{}}"#.into(),
        format!(
            r#"{{"t":"cmd","id":"r-10","op":"arm","d":{{"phantom":"L1","exit_id":"L1-X1",{contract},"side":"sell","qty":1,"stop":"1","env":"sim"}}}}"#
        ),
        r#"{"t":"cmd","id":"r-11","op":"disarm","d":{"phantom":"L1"}}"#.into(),
        r#"{"t":"cmd","id":"r-12","op":"disarm","d":{}}"#.into(),
        r#"{"t":"cmd","id":"r-13","op":"disarm","d":{"but":["L1","L2"]}}"#.into(),
        r#"{"t":"cmd","id":"r-14","op":"disarm","d":{"but":[]}}"#.into(),
    ] {
        let body = ClientBody::read(&line).unwrap();
        assert!(matches!(body, ClientBody::Command { .. }), "{line}");
        let again: serde_json::Value = serde_json::from_str(&body.write()).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(&line).unwrap());
    }
}

#[test]
fn an_order_with_one_word_wrong_is_refused_and_not_guessed() {
    for (from, to) in [
        (r#""qty":1"#, r#""qty":0"#),
        (r#""qty":1"#, r#""qty":1001"#),
        (r#""qty":1"#, r#""qty":-1"#),
        (r#""qty":1"#, r#""qty":"1""#),
        (r#""side":"buy""#, r#""side":"BUY""#),
        (r#""side":"buy","#, ""),
        (r#""type":"limit""#, r#""type":"stop""#),
        (r#""type":"limit""#, r#""type":"market""#),
        (r#","limit":"23000.25""#, ""),
        (r#""limit":"23000.25""#, r#""limit":"23000,25""#),
        (r#""limit":"23000.25""#, r#""limit":23000"#),
        (r#""month":12"#, r#""month":13"#),
        (r#""year":2026"#, r#""year":26"#),
        (r#""root":"NQ""#, r#""root":"NQ 12-26""#),
        (r#""env":"sim""#, r#""env":"paper""#),
        (r#""env":"sim""#, r#""env":"sim","leverage":2"#),
        (r#""client_id":"pd-1-T1""#, r#""client_id":"pd 1""#),
        (r#""id":"r-1","#, r#""id":"r-1","urgent":true,"#),
    ] {
        let line = PLACE.replace(from, to);
        assert_ne!(line, PLACE);
        assert_eq!(unreadable(&line), RefusalCode::BadRequest, "{line}");
    }
    assert_eq!(unreadable(&PLACE.replace("place", "placeBuy")), RefusalCode::UnknownOp);
}

#[test]
fn a_line_that_is_no_body_ends_the_connection() {
    for line in
        ["", "{}", "[]", r#"{"t":"cmd"}"#, r#"{"t":"nothing"}"#, r#"{"t":"cmd","id":"","op":"place","d":{}}"#]
    {
        assert!(ClientBody::read(line).is_err(), "{line}");
        assert!(ServerBody::read(line).is_err(), "{line}");
    }
}

#[test]
fn the_client_passes_over_members_that_it_does_not_know() {
    let line = r#"{"t":"ev","seq":3,"k":"pos","ts":1,"later":{},"d":{"root":"NQ","month":12,"year":2026,"net":-2,"new":"x"}}"#;
    let ServerBody::Event { seq, again, row: Row::Position(it), .. } = ServerBody::read(line).unwrap() else {
        panic!("no position")
    };
    assert_eq!((seq.get(), again, it.net.get(), it.average), (3, false, -2, None));
}

#[test]
fn answers_and_the_end_of_a_snapshot_survive_the_way_over_the_wire() {
    let id = Id::try_from("r-1").unwrap();
    let rows = RowCounts { conn: 1, acct: 1, order: 2, exec: 3, pos: 1 };
    let end = SnapshotEnd {
        id: id.clone(),
        seq: Count::clamped(17),
        since: Millis::clamped(0),
        rows,
        whole: true,
        ts: Millis::clamped(1),
        digest: Words::cut("e3b0c44298fc1c14"),
    };
    let members = object_of(&rows);
    for body in [
        ServerBody::SnapshotEnd(end),
        ServerBody::Ack(Ack { id: id.clone(), answer: Ok(Answer { dup: true, members }) }),
        ServerBody::Ack(Ack { id: id.clone(), answer: Err((RefusalCode::NotConnected, None)) }),
        ServerBody::Ack(Ack {
            id, answer: Err((RefusalCode::Platform, Some(Words::cut("Zürich: „nein“"))))
        }),
    ] {
        assert_eq!(ServerBody::read(&body.write()).unwrap(), body);
    }
}

#[test]
fn words_for_people_are_cut_and_not_refused() {
    assert_eq!(Words::cut(&"ä".repeat(900)).as_str().chars().count(), 500);
    assert_eq!(Command::Snapshot.op(), "snapshot");
}
