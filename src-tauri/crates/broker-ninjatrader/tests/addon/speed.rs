//! How fast an order goes from the adapter through the `AddOn` to its fill and back. The figures are printed
//! with `--nocapture`; `scripts/addon --speed` asks for many orders, built with optimisation.

use std::time::Duration;

use phantom_broker::{Broker, Incoming, Message};
use phantom_broker_ninjatrader::{Stage, connect};
use phantom_compliance::{ClosingBudget, Outbound};
use phantom_model::{
    ArenaKey, BrokerReport, ContractId, Link, LotId, NetQty, OrderId, OrderKind, Qty, Span, Timestamp,
};
use tokio::time::Instant;

use crate::platform::platform;
use crate::world::{OPEN, PATIENCE, config, nq};

/// Orders that go round; `PHANTOM_ORDERS` asks for another number.
fn orders() -> usize {
    std::env::var("PHANTOM_ORDERS").map_or(50, |orders| orders.parse().unwrap())
}

fn exit(n: usize, contract: ContractId) -> Message {
    let id = OrderId::LotExit { lot: LotId::from_row(u32::try_from(n).unwrap()), exit: 1 };
    let budget = ClosingBudget::new(NetQty::new(1_000), 0);
    Message::Submit(Outbound::Exit(budget.exit(id, contract, Qty::ONE, OrderKind::Market).unwrap()))
}

fn clock() -> impl Fn() -> Timestamp + Send + Sync + 'static {
    let began = Instant::now();
    move || OPEN + Span::from_nanos(i64::try_from(began.elapsed().as_nanos()).unwrap())
}

fn print(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |per_mille: usize| took[(took.len() * per_mille / 1_000).min(took.len() - 1)];
    println!(
        "{what}: p50 {:?}, p90 {:?}, p99 {:?}, most {:?} of {}",
        at(500),
        at(900),
        at(990),
        at(999),
        took.len()
    );
}

#[tokio::test]
async fn orders_go_round_through_the_addon() {
    let Some(mut platform) = platform() else { return };
    platform.trades("23000");
    let (mut broker, connection, handle, mut brought) = connect(config(platform.address), clock(), || 0);
    tokio::spawn(connection.run());
    let mut story = handle.story();
    let up = tokio::time::timeout(PATIENCE, story.wait_for(|story| story.stage == Stage::Up));
    up.await.unwrap().unwrap();
    while !matches!(brought.recv().await.unwrap(), Incoming::Link(Link::Up)) {}
    let (contract, orders) = (nq(), orders());
    // The first hundred let the platform compile what it runs.
    let warm = orders / 10;
    let (mut accepted, mut filled) = (Vec::new(), Vec::new());
    for n in 0..warm + orders {
        let sent = Instant::now();
        broker.send(OPEN, exit(n, contract));
        let (mut answered_after, mut filled_after) = (None, None);
        while filled_after.is_none() {
            let next = tokio::time::timeout(PATIENCE, brought.recv()).await.unwrap().unwrap();
            match next {
                Incoming::Report(BrokerReport::Accepted { .. }) => answered_after = Some(sent.elapsed()),
                Incoming::Report(BrokerReport::Filled(_)) => filled_after = Some(sent.elapsed()),
                Incoming::Report(_) | Incoming::Link(_) | Incoming::Record(_) | Incoming::FeedAlive => {}
            }
        }
        if n >= warm {
            accepted.extend(answered_after);
            filled.extend(filled_after);
        }
    }
    assert_eq!(filled.len(), orders);
    if !accepted.is_empty() {
        print("order to answer", &mut accepted);
    }
    print("order to fill  ", &mut filled);
}
