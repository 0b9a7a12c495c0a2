//! What the market says of orders becomes events.

use phantom_bridge::body::{Execution, ExecutionOp, OrderError, OrderKindWord, OrderState, Row};
use phantom_bridge::text::{Contracts, Filled, PlatformId};
use phantom_broker::Broker;
use phantom_broker_mock::Arrival;
use phantom_compliance::NewOrder;
use phantom_model::{
    BrokerReport, FillReport, MarketRecord, OrderId, OrderKind, Price, Qty, Side, Timestamp,
};

use super::Venue;
use crate::books::Entry;

impl Venue {
    /// Tells everything that the market has said.
    pub(super) fn take_reports(&mut self, now: Timestamp) {
        while let Some(report) = self.broker.next_report() {
            match report {
                BrokerReport::Accepted { order } => self.step(now, order, |it| {
                    if it.state == OrderState::Pending {
                        it.state = OrderState::Working;
                    }
                }),
                BrokerReport::Filled(fill) => self.filled(now, &fill),
                BrokerReport::Cancelled { order } => {
                    self.step(now, order, |it| it.state = OrderState::Cancelled);
                }
                BrokerReport::Failed { order, reason } => self.step(now, order, |it| {
                    it.state = OrderState::Rejected;
                    it.reason = Some(reason.into());
                }),
                BrokerReport::CancelRefused { order } => self.refused(now, order, OrderError::UnableToCancel),
                BrokerReport::ChangeRefused { order } => self.refused(now, order, OrderError::UnableToChange),
                BrokerReport::Changed { order, qty, limit } => self.changed(now, order, qty, limit),
                // The market here takes no execution back, and lists are the venue's own.
                BrokerReport::Busted { .. }
                | BrokerReport::Corrected { .. }
                | BrokerReport::ForeignFill(_)
                | BrokerReport::Contract { .. }
                | BrokerReport::Snapshot(_) => {}
            }
        }
    }

    /// One order moves on; the books and the client are told.
    fn step(
        &mut self,
        now: Timestamp,
        order: OrderId,
        change: impl FnOnce(&mut phantom_bridge::body::Order),
    ) {
        let Some(held) = Self::place_of(order).and_then(|at| self.orders.get_mut(at)) else { return };
        let before = held.order.clone();
        change(&mut held.order);
        if held.order.state.is_terminal() || held.order.changed != before.changed {
            held.asked = false;
        }
        let after = held.order.clone();
        if after == before {
            return;
        }
        self.books.note(&Entry::Order(after.clone()));
        self.event(now, Row::Order(after), false);
    }

    /// A request was refused: the order stands where it stood. The word goes out once and does not stay.
    fn refused(&mut self, now: Timestamp, order: OrderId, error: OrderError) {
        let Some(held) = Self::place_of(order).and_then(|at| self.orders.get_mut(at)) else { return };
        held.asked = false;
        settle_state(&mut held.order);
        let mut said = held.order.clone();
        said.error = Some(error);
        self.event(now, Row::Order(said), false);
    }

    fn changed(&mut self, now: Timestamp, order: OrderId, qty: Qty, limit: Price) {
        let Some(held) = Self::place_of(order).and_then(|at| self.orders.get(at)) else { return };
        let text = self.traded_as(held.contract).map(|traded| traded.text(limit));
        if let Some(held) = Self::place_of(order).and_then(|at| self.orders.get_mut(at)) {
            held.asked = false;
        }
        self.step(now, order, |it| {
            it.qty = Contracts::clamped(i64::from(qty.contracts()));
            it.limit = text;
            it.changed = true;
            settle_state(it);
        });
    }

    fn filled(&mut self, now: Timestamp, fill: &FillReport) {
        let Some(at) = Self::place_of(fill.order) else { return };
        let Some(execution) = self.execution(at, fill) else { return };
        let Some(held) = self.orders.get(at) else { return };
        let contract = held.contract;
        self.books.note(&Entry::Execution(execution.clone()));
        self.executions.insert(fill.exec, execution.clone());
        self.event(now, Row::Execution(execution), false);
        let by = i64::from(fill.qty.contracts());
        self.step(now, fill.order, |it| {
            it.filled = Filled::clamped(it.filled.get() + by);
            if it.filled.get() >= it.qty.get() {
                it.state = OrderState::Filled;
            } else {
                settle_state(it);
            }
        });
        if let Some(row) = self.position_row(contract, false) {
            self.event(now, row, false);
        }
        self.fit_protection(now, contract);
    }

    fn execution(&self, at: usize, fill: &FillReport) -> Option<Execution> {
        let held = self.orders.get(at)?;
        let traded = self.traded_as(held.contract)?;
        Some(Execution {
            exec_id: PlatformId::numbered('E', fill.exec.number()),
            client_id: held.order.client_id.clone(),
            broker_id: held.order.broker_id.clone(),
            root: held.order.root.clone(),
            month: held.order.month,
            year: held.order.year,
            side: held.order.side,
            qty: Contracts::new(i64::from(fill.qty.contracts()))?,
            price: traded.text(fill.price),
            op: ExecutionOp::Add,
            time: None,
            commission: None,
        })
    }

    /// Stops of the venue that this record reaches go to the market; they fill at the next one.
    pub(super) fn trigger_stops(&mut self, now: Timestamp, record: &MarketRecord) {
        let (low, high) = record.print.range();
        let reached: Vec<usize> = (0..self.orders.len())
            .filter(|&at| {
                self.orders.get(at).is_some_and(|held| {
                    held.contract == record.contract
                        && held.is_live()
                        && held.stop.is_some_and(|stop| match Side::from(held.order.side) {
                            Side::Buy => high >= stop,
                            Side::Sell => low <= stop,
                        })
                })
            })
            .collect();
        for at in reached {
            let Some(held) = self.orders.get_mut(at) else { continue };
            held.stop = None;
            held.order.kind = OrderKindWord::Market;
            let Some(qty) = u32::try_from(held.order.qty.get()).ok().and_then(Qty::new) else { continue };
            let (contract, side) = (held.contract, held.order.side.into());
            let order = NewOrder { id: Self::order_id(at), contract, side, qty, kind: OrderKind::Market };
            self.broker.dispatch(now, Arrival::Place(order));
            self.take_reports(now);
        }
    }
}

/// Where a live order stands when nothing is asked of it.
pub(super) fn settle_state(it: &mut phantom_bridge::body::Order) {
    if !it.state.is_terminal() {
        it.state = if it.filled.get() > 0 { OrderState::PartFilled } else { OrderState::Working };
    }
}
