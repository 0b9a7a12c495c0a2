//! The mock broker's own account outlives the program that speaks with it.

use std::fs;

use phantom_broker::{Broker, Message};
use phantom_broker_mock::{KeptBroker, MockSettings, Range};
use phantom_model::{
    BrokerReport, BrokerSnapshot, ExecId, MarketRecord, NetQty, OrderId, OrderKind, Print, Side, SnapshotId,
};

use crate::world::{at, exit, gold, opening, price};

fn contracts() -> Vec<String> {
    vec!["GC 12-13".to_owned()]
}

fn slow() -> MockSettings {
    MockSettings { delay_nanos: Range::always(100_000_000), ..MockSettings::frictionless(1) }
}

fn print(broker: &mut KeptBroker, ticks: i64, millis: i64) {
    broker.advance(at(millis));
    let print = Print::Trade { price: price(ticks), size: 10 };
    broker.show(&MarketRecord { contract: gold(), at: at(millis), print });
}

fn account(broker: &mut KeptBroker) -> BrokerSnapshot {
    while broker.next_report().is_some() {}
    broker.advance(at(1_000_000));
    broker.send(at(1_000_000), Message::Snapshot(SnapshotId::new(1)));
    loop {
        if let BrokerReport::Snapshot(snapshot) = broker.next_report().unwrap() {
            return *snapshot;
        }
    }
}

/// A day with everything in it: fills, a change, a cancel, a close, and an order that is still under way.
fn trade(broker: &mut KeptBroker) {
    broker.send(at(0), Message::Submit(opening(1, Side::Buy, 3, OrderKind::Market)));
    broker.send(at(0), Message::Submit(opening(2, Side::Buy, 1, OrderKind::Limit(price(13_000)))));
    print(broker, 13_200, 200);
    broker.send(at(200), Message::Cancel(OrderId::Ticket(2)));
    broker.send(at(200), Message::NativeClose(exit(3, 3, 1)));
    print(broker, 13_201, 400);
    broker.send(at(400), Message::Submit(exit(4, 2, 1)));
}

#[test]
fn after_a_kill_the_broker_knows_all_that_it_was_sent_and_all_that_it_filled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broker.jsonl");
    let mut broker = KeptBroker::open(&path, slow(), &contracts()).unwrap();
    trade(&mut broker);
    // Killed: what is in memory is gone.
    drop(broker);
    let mut again = KeptBroker::open(&path, slow(), &contracts()).unwrap();
    assert_eq!(again.broker().position(gold()), NetQty::new(2));
    print(&mut again, 13_202, 600);
    assert_eq!(again.broker().position(gold()), NetQty::new(1), "the exit on its way has arrived");
    let reborn = account(&mut again);

    let mut whole = KeptBroker::open(&folder.path().join("whole.jsonl"), slow(), &contracts()).unwrap();
    trade(&mut whole);
    print(&mut whole, 13_202, 600);
    assert_eq!(reborn, account(&mut whole), "as if nothing had happened");
}

#[test]
fn a_line_that_was_cut_off_was_never_heard_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broker.jsonl");
    let mut broker = KeptBroker::open(&path, MockSettings::frictionless(1), &contracts()).unwrap();
    broker.send(at(0), Message::Submit(opening(1, Side::Buy, 1, OrderKind::Market)));
    print(&mut broker, 13_200, 1);
    drop(broker);
    let text = fs::read_to_string(&path).unwrap();
    for cut in 0..text.len() {
        fs::write(&path, &text[..cut]).unwrap();
        let broker = KeptBroker::open(&path, MockSettings::frictionless(1), &contracts()).unwrap();
        assert_eq!(broker.broker().position(gold()), NetQty::FLAT, "{cut}");
    }
    fs::write(&path, &text).unwrap();
    let broker = KeptBroker::open(&path, MockSettings::frictionless(1), &contracts()).unwrap();
    assert_eq!(broker.broker().position(gold()), NetQty::new(1));
}

#[test]
fn an_account_that_cannot_be_read_is_not_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broker.jsonl");
    fs::write(&path, "{\"contracts\":[\"GC 12-13\"]}\nnonsense\n").unwrap();
    let fault = KeptBroker::open(&path, MockSettings::frictionless(1), &contracts()).unwrap_err();
    assert!(fault.to_string().contains("line 2"), "{fault}");
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2, "not a byte is lost");
}

#[test]
fn contracts_are_found_by_name_and_executions_count_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broker.jsonl");
    let mut broker = KeptBroker::open(&path, MockSettings::frictionless(1), &contracts()).unwrap();
    broker.send(at(0), Message::Submit(opening(1, Side::Buy, 1, OrderKind::Market)));
    print(&mut broker, 13_200, 1);
    drop(broker);
    let longer = vec!["ES 12-13".to_owned(), "GC 12-13".to_owned()];
    let broker = KeptBroker::open(&path, MockSettings::frictionless(1), &longer).unwrap();
    let second = phantom_model::ArenaKey::from_row(1);
    assert_eq!(
        (broker.broker().position(gold()), broker.broker().position(second)),
        (NetQty::FLAT, NetQty::new(1))
    );
    let mut counted = broker.numbering_after(Some(ExecId::new(40)));
    counted.send(at(2), Message::Submit(opening(5, Side::Buy, 1, OrderKind::Market)));
    print(&mut counted, 13_200, 3);
    let fills = account(&mut counted).fills;
    assert!(fills.told().iter().any(|fill| fill.exec == ExecId::new(41)));
}
