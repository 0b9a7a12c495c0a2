//! Orders over the wire: the desk places, the broker fills, the desk counts.

use phantom_broker_server::Control;
use phantom_engine::Origin;
use phantom_model::{OrderKind, Qty, Side};

use crate::world::{Server1, config, desk, limit, nq, ticket};

#[tokio::test]
async fn a_market_order_is_filled_by_the_next_trade_of_the_brokers_own_market() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    server.print(92_000).await;
    let answer = desk.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    assert_eq!((answer.failed, answer.unknown), (None, false));
    server.print(92_004).await;
    desk.holds(2).await;
}

#[tokio::test]
async fn a_resting_order_is_changed_and_cancelled_under_its_own_id() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    server.print(92_000).await;
    desk.desk.place(limit(Side::Buy, "1", "22990.00"), Origin::Window).await.unwrap();
    let order = {
        let snapshot = desk.desk.snapshot().await.unwrap();
        snapshot.book.live_orders().map(|(_, row)| row.id).next().unwrap()
    };
    let change = phantom_compliance::ChangeTicket { qty: Some("3".into()), price: Some("22991.00".into()) };
    desk.desk.change(order, change, Origin::Window).await.unwrap();
    desk.book(|book| book.live_orders().any(|(_, row)| row.qty.contracts() == 3)).await;
    desk.desk.cancel(order, Origin::Window).await.unwrap();
    desk.book(|book| book.live_orders().count() == 0).await;
    assert_eq!(desk.held().await, 0);
}

#[tokio::test]
async fn flatten_closes_over_the_wire() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    server.print(92_000).await;
    desk.desk.place(ticket(Side::Buy, "2"), Origin::Window).await.unwrap();
    server.print(92_004).await;
    desk.holds(2).await;
    let (receipt, ()) = tokio::join!(desk.desk.flatten_all(Origin::Window), async {
        desk.accepted().await;
        server.print(92_008).await;
    });
    receipt.unwrap();
    desk.holds(0).await;
}

#[tokio::test]
async fn a_trade_of_somebody_else_in_the_account_is_counted() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    let (side, qty) = (Side::Sell, Qty::new(3).unwrap());
    server.steer(Control::Foreign { contract: nq(), side, qty, kind: OrderKind::Market }).await;
    server.print(92_000).await;
    desk.holds(-3).await;
}
