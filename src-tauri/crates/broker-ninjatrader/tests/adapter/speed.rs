//! How fast orders go round and trades come in. The figures are printed with `--nocapture`.

use std::time::Duration;

use phantom_broker::{Broker, Incoming, Message};
use phantom_broker_ninjatrader::{Stage, connect};
use phantom_broker_server::Market;
use phantom_compliance::{ClosingBudget, Outbound};
use phantom_model::{
    ArenaKey, BrokerReport, Link, LotId, MarketRecord, NetQty, OrderId, OrderKind, Price, Print, Qty, Span,
    Timestamp,
};
use tokio::time::Instant;

use crate::world::{OPEN, PATIENCE, Server1, config, nq};

/// Trades a second.
const RATE: u32 = 5_000;
/// Orders that go round.
const ORDERS: usize = 200;

/// `count` trades, so many a second, each with its own number as size.
fn trades(count: u32) -> impl Iterator<Item = MarketRecord> + Send + 'static {
    (0..count).map(|n| {
        let at = OPEN + Span::from_nanos(i64::from(n) * i64::from(1_000_000_000 / RATE));
        let price = Price::new(92_000 + i64::from(n % 40)).unwrap();
        MarketRecord { contract: nq(), at, print: Print::Trade { price, size: 1 + n } }
    })
}

fn exit(n: usize) -> Message {
    let id = OrderId::LotExit { lot: LotId::from_row(u32::try_from(n).unwrap()), exit: 1 };
    let budget = ClosingBudget::new(NetQty::new(1_000), 0);
    Message::Submit(Outbound::Exit(budget.exit(id, nq(), Qty::ONE, OrderKind::Market).unwrap()))
}

#[tokio::test]
async fn five_thousand_trades_a_second_come_in_order_and_none_is_lost() {
    const COUNT: u32 = 2 * RATE;
    let server = Server1::default().start_with(None, Market::playing(trades(600 * RATE), 1)).await;
    let (_broker, connection, _handle, mut brought) = connect(config(server.address), clock(), || 0);
    tokio::spawn(connection.run());
    // Those before the subscription are not ours; from the first on none is missing.
    let come = tokio::time::timeout(PATIENCE, async {
        let (mut last, mut count) = (None, 0);
        while count < COUNT {
            if let Incoming::Record(record) = brought.recv().await.unwrap() {
                let size = record.print.size();
                assert!(last.is_none_or(|last: u32| size == last + 1), "{size} after {last:?}");
                (last, count) = (Some(size), count + 1);
            }
        }
    });
    come.await.unwrap();
}

fn clock() -> impl Fn() -> Timestamp + Send + Sync + 'static {
    let began = Instant::now();
    move || OPEN + Span::from_nanos(i64::try_from(began.elapsed().as_nanos()).unwrap())
}

#[tokio::test]
async fn orders_go_round_while_five_thousand_trades_a_second_stream() {
    let server = Server1::default().start_with(None, Market::playing(trades(600 * RATE), 1)).await;
    let (mut broker, connection, handle, mut brought) = connect(config(server.address), clock(), || 0);
    tokio::spawn(connection.run());
    let mut story = handle.story();
    story.wait_for(|story| story.stage == Stage::Up).await.unwrap();
    while !matches!(brought.recv().await.unwrap(), Incoming::Link(Link::Up)) {}
    let mut took = Vec::new();
    for n in 0..ORDERS {
        let sent = Instant::now();
        broker.send(OPEN, exit(n));
        let filled = tokio::time::timeout(PATIENCE, async {
            while !matches!(brought.recv().await.unwrap(), Incoming::Report(BrokerReport::Filled(_))) {}
        });
        filled.await.unwrap();
        took.push(sent.elapsed());
    }
    took.sort_unstable();
    let at = |per_cent: usize| took[took.len() * per_cent / 100];
    println!("order to fill: p50 {:?}, p99 {:?} of {ORDERS}, {RATE} trades/s beside them", at(50), at(99));
    // A machine under any load is far below this; it is no figure, only a bound.
    assert!(at(50) < Duration::from_secs(1), "{:?}", at(50));
}
