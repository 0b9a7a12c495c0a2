//! An order as the mock broker knows it.

use phantom_compliance::NewOrder;
use phantom_model::{
    BrokerOrderId, ContractId, ExecId, FailReason, ListedOrder, ListedStanding, OrderId, OrderKind, Price,
    Print, Qty, Side,
};

use crate::settings::LimitFill;

/// Where an order of the mock broker stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    Working,
    Filled,
    Cancelled,
    Failed(FailReason),
}

/// An order of the mock broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct MockOrder {
    pub(crate) id: OrderId,
    /// The broker's own number for it.
    pub(crate) number: BrokerOrderId,
    pub(crate) qty: Qty,
    pub(crate) contract: ContractId,
    pub(crate) side: Side,
    pub(crate) kind: OrderKind,
    pub(crate) leaves: u32,
    /// Contracts that were asked for beyond what the broker will do: reported as cancelled at the end.
    pub(crate) cut: u32,
    pub(crate) standing: Standing,
    /// The terms of the last change.
    pub(crate) changed: Option<(Qty, Price)>,
    pub(crate) fills: Vec<(ExecId, Qty, Price)>,
}

impl MockOrder {
    /// The order, of which the broker will do `qty`.
    pub(crate) const fn new(asked: &NewOrder, qty: Qty, number: BrokerOrderId) -> Self {
        Self {
            id: asked.id,
            number,
            qty: asked.qty,
            contract: asked.contract,
            side: asked.side,
            kind: asked.kind,
            leaves: qty.contracts(),
            cut: asked.qty.contracts().saturating_sub(qty.contracts()),
            standing: Standing::Working,
            changed: None,
            fills: Vec::new(),
        }
    }

    /// An order as the broker's own books had it before the broker was started again.
    pub(crate) fn restored(it: &ListedOrder, id: OrderId, fills: Vec<(ExecId, Qty, Price)>) -> Self {
        let filled: u32 = fills.iter().map(|(_, qty, _)| qty.contracts()).sum();
        Self {
            id,
            number: it.broker_order,
            qty: it.qty,
            contract: it.contract,
            side: it.side,
            kind: it.kind,
            leaves: it.qty.contracts().saturating_sub(filled),
            cut: 0,
            standing: match it.standing {
                ListedStanding::Working => Standing::Working,
                ListedStanding::Filled => Standing::Filled,
                ListedStanding::Cancelled => Standing::Cancelled,
                ListedStanding::Failed(reason) => Standing::Failed(reason),
            },
            changed: None,
            fills,
        }
    }

    /// Gives the order other terms. The quantity in force; `None` when nothing would be left to fill.
    pub(crate) fn change(&mut self, qty: Qty, limit: Price) -> Option<Qty> {
        let filled: u32 = self.fills.iter().map(|(_, qty, _)| qty.contracts()).sum();
        let leaves = qty.contracts().checked_sub(filled).filter(|&leaves| leaves > 0)?;
        self.leaves = leaves;
        self.qty = qty;
        self.kind = OrderKind::Limit(limit);
        self.changed = Some((qty, limit));
        Some(qty)
    }

    /// The price at which a print fills the order, before slippage; `None` when it does not.
    pub(crate) fn fill_price(&self, print: &Print, rule: LimitFill) -> Option<Price> {
        let limit = match self.kind {
            OrderKind::Market => return Some(print.first()),
            OrderKind::Limit(limit) => limit,
        };
        let (low, high) = print.range();
        let best_for_us = match self.side {
            Side::Buy => low,
            Side::Sell => high,
        };
        let through_by = (limit - best_for_us).count() * self.side.sign();
        let fills = match rule {
            LimitFill::Through => through_by > 0,
            LimitFill::Touch => through_by >= 0,
        };
        fills.then_some(limit)
    }

    /// Whether slippage applies: only at the market.
    pub(crate) const fn slips(&self) -> bool {
        match self.kind {
            OrderKind::Market => true,
            OrderKind::Limit(_) => false,
        }
    }
}
