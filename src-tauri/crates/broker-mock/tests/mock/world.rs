//! A mock broker, orders that have passed the gate, and reports as short text.

use phantom_broker::{Broker, Message, SendEnd};
use phantom_broker_mock::{MockBroker, MockSettings};
use phantom_compliance::{
    ClosingBudget, Halt, Limits, Minis, OrderRequest, Outbound, Permit, Rules, Standing, can_submit,
};
use phantom_model::price::Grid;
use phantom_model::{
    ArenaKey, Bracket, BrokerReport, ContractId, ContractStanding, Guard, MarketRecord, NetQty, OrderId,
    OrderKind, Price, Print, Qty, Side, Timestamp,
};

pub(crate) fn gold() -> ContractId {
    ContractId::from_row(0)
}

pub(crate) fn price(ticks: i64) -> Price {
    Price::new(ticks).unwrap()
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_nanos(millis * 1_000_000)
}

/// An opening order that the gate has approved.
pub(crate) fn opening(n: u32, side: Side, qty: u32, kind: OrderKind) -> Outbound {
    let grid = Grid::new("0.1".parse().unwrap()).unwrap();
    let standing = Standing {
        halt: Halt::default(),
        position: NetQty::FLAT,
        exits_outstanding: 0,
        buy_entry_leaves: 0,
        sell_entry_leaves: 0,
        worst_elsewhere: Minis::ZERO,
        weight: Minis::whole(1),
        contract: ContractStanding::Current,
        last_trade: None,
        grid: &grid,
        lock: None,
        rules: Rules::None,
    };
    let qty = Qty::new(qty).unwrap();
    let request =
        OrderRequest { contract: gold(), side, qty, kind, bracket: Bracket::NONE, guard: Guard::NONE };
    match can_submit(&Limits::NONE, &standing, OrderId::Ticket(n), &request).unwrap() {
        Permit::Opening(order) => Outbound::Opening(order),
        Permit::Reducing(exit) => Outbound::Exit(exit),
    }
}

/// An exit of a position.
pub(crate) fn exit(n: u32, position: i64, qty: u32) -> Outbound {
    let budget = ClosingBudget::new(NetQty::new(position), 0);
    let qty = Qty::new(qty).unwrap();
    Outbound::Exit(budget.exit(OrderId::Ticket(n), gold(), qty, OrderKind::Market).unwrap())
}

pub(crate) struct World {
    pub(crate) broker: MockBroker,
}

impl World {
    pub(crate) fn new(settings: MockSettings) -> Self {
        Self { broker: MockBroker::new(settings) }
    }

    pub(crate) fn send(&mut self, millis: i64, message: Message) -> String {
        assert_eq!(self.broker.send(at(millis), message), SendEnd::Sent);
        self.reports()
    }

    pub(crate) fn submit(&mut self, millis: i64, n: u32, side: Side, qty: u32, kind: OrderKind) -> String {
        self.send(millis, Message::Submit(opening(n, side, qty, kind)))
    }

    pub(crate) fn print(&mut self, millis: i64, ticks: i64, size: u32) -> String {
        self.broker.advance(at(millis));
        let print = Print::Trade { price: price(ticks), size };
        self.broker.show(&MarketRecord { contract: gold(), at: at(millis), print });
        self.reports()
    }

    pub(crate) fn advance(&mut self, millis: i64) -> String {
        self.broker.advance(at(millis));
        self.reports()
    }

    /// What has come in: `ok T1`, `fill T1 2@100`, `cancelled T1`, `failed T1 broker_margin`.
    fn reports(&mut self) -> String {
        let mut texts = Vec::new();
        while let Some(report) = self.broker.next_report() {
            texts.push(match report {
                BrokerReport::Accepted { order } => format!("ok {order}"),
                BrokerReport::Filled(fill) => {
                    format!("fill {} {}@{}", fill.order, fill.qty, fill.price.ticks())
                }
                BrokerReport::Cancelled { order } => format!("cancelled {order}"),
                BrokerReport::Failed { order, reason } => format!("failed {order} {reason}"),
                BrokerReport::CancelRefused { order } => format!("cancel refused {order}"),
                BrokerReport::Snapshot(it) => {
                    let positions = it.positions.told().iter().map(|row| row.net.to_string());
                    let positions: Vec<String> = positions.collect();
                    let (orders, fills) = (it.orders.told().len(), it.fills.told().len());
                    format!("snapshot {orders} orders {fills} fills holds {}", positions.join(" "))
                }
                it @ (BrokerReport::Busted { .. }
                | BrokerReport::Corrected { .. }
                | BrokerReport::Contract { .. }
                | BrokerReport::ForeignFill(_)) => unreachable!("the mock broker never says {it:?}"),
                BrokerReport::Changed { order, qty, limit } => {
                    format!("changed {order} {qty}@{}", limit.ticks())
                }
                BrokerReport::ChangeRefused { order } => format!("change refused {order}"),
            });
        }
        texts.join(", ")
    }
}
