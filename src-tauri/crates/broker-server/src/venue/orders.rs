//! The venue's orders: their rows on the wire, and what else is known of each.

use phantom_bridge::body::{Order, OrderKindWord, OrderRole, OrderState, TifWord};
use phantom_bridge::command::PlaceTif;
use phantom_bridge::text::{Contracts, Filled, Id, PlatformId};
use phantom_model::{
    BrokerOrderId, ContractId, ExecId, ListedFill, ListedOrder, ListedStanding, OrderId, OrderKind, Price,
    Qty, Side,
};

use super::{Traded, Venue, row};
use crate::books::Entry;

/// An order of the venue.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) contract: ContractId,
    /// As the wire shows it.
    pub(super) order: Order,
    /// A change or a cancel is on its way to the market.
    pub(super) asked: bool,
    /// The level of a stop that has not triggered; what has triggered works as a market order.
    pub(super) stop: Option<Price>,
}

/// What a new order is.
pub(super) struct Terms {
    pub(super) client_id: Option<Id>,
    pub(super) contract: ContractId,
    pub(super) side: Side,
    pub(super) qty: Qty,
    pub(super) kind: OrderKind,
    pub(super) stop: Option<Price>,
    pub(super) tif: PlaceTif,
    pub(super) role: Option<OrderRole>,
}

impl Held {
    pub(super) const fn is_live(&self) -> bool {
        !self.order.state.is_terminal()
    }
}

impl Venue {
    /// The number of an order in the mock's books: its place, from 1.
    pub(super) fn order_id(at: usize) -> OrderId {
        OrderId::Ticket(u32::try_from(at + 1).unwrap_or(u32::MAX))
    }

    /// The place of an order of the mock's books.
    pub(super) fn place_of(order: OrderId) -> Option<usize> {
        match order {
            OrderId::Ticket(n) => usize::try_from(n).ok()?.checked_sub(1),
            OrderId::LotExit { .. }
            | OrderId::LotStop { .. }
            | OrderId::FlattenExit { .. }
            | OrderId::Outside(_) => None,
        }
    }

    pub(super) fn traded_as(&self, contract: ContractId) -> Option<&Traded> {
        self.traded.get(row(contract))
    }

    /// The row of a new order that is on its way.
    pub(super) fn new_order(&self, terms: &Terms) -> Option<Held> {
        let traded = self.traded_as(terms.contract)?;
        let kind = match (terms.kind, terms.stop) {
            (_, Some(_)) => OrderKindWord::Stop,
            (OrderKind::Market, None) => OrderKindWord::Market,
            (OrderKind::Limit(_), None) => OrderKindWord::Limit,
        };
        let order = Order {
            client_id: terms.client_id.clone(),
            broker_id: PlatformId::numbered('M', u64::try_from(self.orders.len() + 1).ok()?),
            root: traded.root.clone(),
            month: traded.month,
            year: traded.year,
            side: terms.side.into(),
            kind,
            qty: Contracts::new(i64::from(terms.qty.contracts()))?,
            limit: terms.kind.limit().map(|price| traded.text(price)),
            stop: terms.stop.map(|price| traded.text(price)),
            tif: match terms.tif {
                PlaceTif::Day => TifWord::Day,
                PlaceTif::Gtc => TifWord::Gtc,
            },
            state: OrderState::Pending,
            filled: Filled::clamped(0),
            average: None,
            changed: false,
            role: terms.role,
            reason: None,
            error: None,
            raw: None,
            text: None,
            time: None,
        };
        Some(Held { contract: terms.contract, order, asked: false, stop: terms.stop })
    }

    /// Writes the order into the books and takes it in. Its place.
    pub(super) fn enter(&mut self, held: Held) -> Result<usize, crate::books::BooksFault> {
        self.books.write(&Entry::Order(held.order.clone()))?;
        let at = self.orders.len();
        if let Some(id) = &held.order.client_id {
            self.by_client.insert(id.clone(), at);
        }
        self.orders.push(held);
        Ok(at)
    }

    /// Takes over what the books say of the past.
    pub(super) fn take_over(&mut self) {
        let past = self.books.past();
        for mut order in past.orders {
            // What was on its way to the market is gone with the program that it was in.
            if matches!(order.state, OrderState::PendingCancel | OrderState::PendingChange) {
                let has_filled = order.filled.get() > 0;
                order.state = if has_filled { OrderState::PartFilled } else { OrderState::Working };
            }
            let Some(contract) = self.contract_named(order.root.as_str(), order.month, order.year) else {
                continue;
            };
            let at = self.orders.len();
            if let Some(id) = &order.client_id {
                self.by_client.insert(id.clone(), at);
            }
            let grid = self.traded_as(contract).map(|it| *it.grid());
            let stop = order.stop.as_ref().filter(|_| order.kind == OrderKindWord::Stop);
            let stop = stop.zip(grid).and_then(|(stop, grid)| stop.on(&grid).ok());
            self.orders.push(Held { contract, order, asked: false, stop });
        }
        for execution in past.executions {
            let n = execution.exec_id.as_str().strip_prefix('E').and_then(|n| n.parse().ok());
            if let Some(n) = n {
                self.executions.insert(ExecId::new(n), execution);
            }
        }
        let orders: Vec<ListedOrder> = (0..self.orders.len()).filter_map(|at| self.listed(at)).collect();
        let fills: Vec<ListedFill> =
            self.executions.iter().filter_map(|(&exec, _)| self.listed_fill(exec)).collect();
        self.broker.restore(&orders, &fills);
        for it in past.armed {
            self.remember_armed(it.arm, it.done_before);
        }
    }

    fn listed(&self, at: usize) -> Option<ListedOrder> {
        let held = self.orders.get(at)?;
        let grid = self.traded_as(held.contract)?.grid();
        let limit = held.order.limit.as_ref().and_then(|limit| limit.on(grid).ok());
        let standing = match held.order.state {
            OrderState::Filled => ListedStanding::Filled,
            OrderState::Cancelled => ListedStanding::Cancelled,
            OrderState::Rejected => ListedStanding::Failed(
                held.order.reason.map_or(phantom_model::FailReason::Unspecified, Into::into),
            ),
            OrderState::Pending
            | OrderState::Working
            | OrderState::PartFilled
            | OrderState::PendingChange
            | OrderState::PendingCancel
            | OrderState::Unknown
            | OrderState::Lost => ListedStanding::Working,
        };
        // A stop that has not triggered is this venue's own and not yet the market's.
        if held.stop.is_some() && standing == ListedStanding::Working {
            return None;
        }
        Some(ListedOrder {
            order: Some(Self::order_id(at)),
            broker_order: BrokerOrderId::new(u64::try_from(at).ok()?),
            contract: held.contract,
            side: held.order.side.into(),
            qty: Qty::new(u32::try_from(held.order.qty.get()).ok()?)?,
            kind: limit.map_or(OrderKind::Market, OrderKind::Limit),
            filled: u32::try_from(held.order.filled.get()).ok()?,
            standing,
        })
    }

    fn listed_fill(&self, exec: ExecId) -> Option<ListedFill> {
        let it = self.executions.get(&exec)?;
        let at = self.orders.iter().position(|held| held.order.broker_id == it.broker_id)?;
        let held = self.orders.get(at)?;
        let grid = self.traded_as(held.contract)?.grid();
        Some(ListedFill {
            order: Some(Self::order_id(at)),
            broker_order: BrokerOrderId::new(u64::try_from(at).ok()?),
            contract: held.contract,
            side: it.side.into(),
            exec,
            qty: Qty::new(u32::try_from(it.qty.get()).ok()?)?,
            price: it.price.on(grid).ok()?,
            broker_time: None,
        })
    }
}
