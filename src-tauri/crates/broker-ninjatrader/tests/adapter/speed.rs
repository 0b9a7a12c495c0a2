//! How fast orders go round and trades come in. The figures are printed with `--nocapture`.

use phantom_broker::{Broker, Incoming, Message};
use phantom_broker_ninjatrader::{Stage, connect};
use phantom_broker_server::Market;
use phantom_compliance::{ClosingBudget, Outbound};
use phantom_model::{
    ArenaKey, BrokerReport, ContractId, Link, LotId, MarketRecord, NetQty, OrderId, OrderKind, Price, Print,
    Qty, Span, Timestamp,
};
use tokio::time::Instant;

use crate::world::{OPEN, PATIENCE, Server1, config, nq};

/// Trades a second; `PHANTOM_TRADE_RATE` asks for another number. A busy machine without optimisation keeps
/// up with these.
fn rate() -> u32 {
    std::env::var("PHANTOM_TRADE_RATE").map_or(1_000, |rate| rate.parse().unwrap())
}

/// Orders that go round.
const ORDERS: usize = 100;

/// Ten minutes of trades, each with its own number as size.
fn trades() -> impl Iterator<Item = MarketRecord> + Send + 'static {
    // Found once: finding it reads the whole table of instruments.
    let (rate, contract) = (rate(), nq());
    (0..600 * rate).map(move |n| {
        let at = OPEN + Span::from_nanos(i64::from(n) * i64::from(1_000_000_000 / rate));
        let price = Price::new(92_000 + i64::from(n % 40)).unwrap();
        MarketRecord { contract, at, print: Print::Trade { price, size: 1 + n } }
    })
}

fn exit(n: usize, contract: ContractId) -> Message {
    let id = OrderId::LotExit { lot: LotId::from_row(u32::try_from(n).unwrap()), exit: 1 };
    let budget = ClosingBudget::new(NetQty::new(1_000), 0);
    Message::Submit(Outbound::Exit(budget.exit(id, contract, Qty::ONE, OrderKind::Market).unwrap()))
}

#[tokio::test]
async fn trades_come_in_order_and_none_is_lost() {
    let wanted = 2 * rate();
    let server = Server1::default().start_with(None, Market::playing(trades(), 1)).await;
    let (_broker, connection, _handle, mut brought) = connect(config(server.address), clock(), || 0);
    tokio::spawn(connection.run());
    // Those before the subscription are not ours; from the first on none is missing.
    let come = tokio::time::timeout(PATIENCE, async {
        let (mut last, mut count) = (None, 0);
        while count < wanted {
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
async fn orders_go_round_while_trades_stream() {
    let server = Server1::default().start_with(None, Market::playing(trades(), 1)).await;
    let (mut broker, connection, handle, mut brought) = connect(config(server.address), clock(), || 0);
    tokio::spawn(connection.run());
    let mut story = handle.story();
    let up = tokio::time::timeout(PATIENCE, story.wait_for(|story| story.stage == Stage::Up));
    up.await.unwrap().unwrap();
    while !matches!(brought.recv().await.unwrap(), Incoming::Link(Link::Up)) {}
    let (contract, mut took) = (nq(), Vec::new());
    for n in 0..ORDERS {
        let sent = Instant::now();
        broker.send(OPEN, exit(n, contract));
        let filled = tokio::time::timeout(PATIENCE, async {
            while !matches!(brought.recv().await.unwrap(), Incoming::Report(BrokerReport::Filled(_))) {}
        });
        filled.await.unwrap();
        took.push(sent.elapsed());
    }
    took.sort_unstable();
    let at = |per_cent: usize| took[took.len() * per_cent / 100];
    println!(
        "order to fill: p50 {:?}, p99 {:?} of {ORDERS}, {} trades/s beside them",
        at(50),
        at(99),
        rate()
    );
    assert_eq!(took.len(), ORDERS);
}
