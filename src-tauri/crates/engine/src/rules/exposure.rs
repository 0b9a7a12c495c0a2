//! The worst case of what is there already: every order that may fill does, and then every stop is hit.

use std::collections::BTreeMap;

use phantom_compliance::rule_standing::Costs;
use phantom_model::{ContractId, Money, OrderKind, Price, Side};

use crate::book::{LotState, Order};
use crate::engine::Engine;
use crate::fact::Purpose;

/// The profit of everything at its stop, as far as prices decide it, and the rest by contract.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Exposure {
    /// The number of the last fact that it counts.
    version: u64,
    /// What is fixed: lots and entries with both prices, slippage and fees.
    fixed: Money,
    /// What hangs on the last trade.
    floating: Vec<(ContractId, Floating)>,
}

/// Contracts whose way in or out counts from the last trade.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Floating {
    /// Signed ticks that are multiplied with the last trade's price.
    times_last: i64,
    /// Ticks beside it.
    ticks: i64,
}

impl Exposure {
    /// Whether it counts everything up to a fact.
    pub(crate) const fn is_of(&self, version: u64) -> bool {
        self.version == version
    }
}

/// What of an order that may still fill the worst case looks at.
struct Entry {
    side: Side,
    leaves: i64,
    limit: Option<Price>,
    stop: Option<Price>,
    /// A distance instead of a stop's price.
    away: Option<i64>,
}

impl Engine {
    /// The equity with everything at its stop.
    pub(crate) fn worst_equity(&self) -> Money {
        let version = self.book.seq();
        if self.exposure.is_of(version) {
            return self.worst_equity_of(&self.exposure);
        }
        self.worst_equity_of(&self.exposure_now())
    }

    fn worst_equity_of(&self, exposure: &Exposure) -> Money {
        let floating = exposure.floating.iter().map(|(contract, it)| {
            let last = self.last_price(*contract).map_or(0, Price::ticks);
            self.terms.at(*contract).tick_value * (it.times_last * last + it.ticks)
        });
        let worst = self.book.balance() + exposure.fixed + floating.sum();
        worst.min(self.equity())
    }

    /// Counts anew, so that the next verdict need not.
    pub(crate) fn renew_exposure(&mut self) {
        if self.book.account().profile().is_some() && !self.exposure.is_of(self.book.seq()) {
            self.exposure = self.exposure_now();
        }
    }

    fn exposure_now(&self) -> Exposure {
        let mut fixed = Money::ZERO;
        let mut floating: BTreeMap<ContractId, Floating> = BTreeMap::new();
        for (contract, position) in self.book.positions().iter().filter(|(_, it)| !it.lots.is_empty()) {
            let terms = self.terms.at(contract);
            let row = floating.entry(contract).or_default();
            let mut ticks = -position.open_cost_ticks;
            for &lot in &position.lots {
                let (at_stop, times_last, beside) = self.lot_at_its_worst(lot);
                ticks += at_stop;
                row.times_last += times_last;
                row.ticks += beside;
            }
            let open = i64::try_from(position.lot_contracts).unwrap_or(i64::MAX);
            ticks -= Costs::SLIPPAGE.count() * open;
            fixed += terms.tick_value * ticks;
            fixed = fixed - terms.fee_per_side * open;
        }
        for (key, order) in self.book.live_orders() {
            let Some(entry) = self.entry_of_order(key, order) else { continue };
            let terms = self.terms.at(order.contract);
            let row = floating.entry(order.contract).or_default();
            fixed += terms.tick_value * entry.count(row);
            fixed = fixed - terms.fee_per_side * 2 * entry.leaves;
        }
        let floating = floating.into_iter().filter(|(_, it)| *it != Floating::default()).collect();
        Exposure { version: self.book.seq(), fixed, floating }
    }

    /// A lot's stop times its contracts; where it has none, or has fired, the last trade instead.
    fn lot_at_its_worst(&self, lot: phantom_model::LotId) -> (i64, i64, i64) {
        let row = self.book.lots().at(lot);
        let signed = row.side.sign() * i64::from(row.open);
        let against = Costs::WITHOUT_STOP.count() * i64::from(row.open);
        let stop = self.book.bracket(lot).stop;
        match (row.state, stop) {
            (LotState::Armed, Some(stop)) => (stop.ticks() * signed, 0, 0),
            // Its exit is decided or on its way.
            (LotState::Exiting { .. }, _) => (0, signed, 0),
            (LotState::Armed | LotState::Bare | LotState::Unprotected { .. }, _) => (0, signed, -against),
        }
    }

    fn entry_of_order(&self, key: crate::book::OrderKey, order: &Order) -> Option<Entry> {
        let Purpose::Entry(bracket) = order.purpose else { return None };
        let guard = self.book.guard_of(key);
        let away = [guard.stop, guard.trail].into_iter().flatten().map(|offset| offset.ticks().count()).min();
        Some(Entry {
            side: order.side,
            leaves: i64::from(order.leaves()),
            limit: match order.kind {
                OrderKind::Market => None,
                OrderKind::Limit(limit) => Some(limit),
            },
            stop: bracket.stop,
            away,
        })
    }
}

impl Entry {
    /// Ticks that are fixed; what hangs on the last trade is added to `row`.
    fn count(&self, row: &mut Floating) -> i64 {
        let signed = self.side.sign() * self.leaves;
        let slips_in = if self.limit.is_some() { 0 } else { Costs::SLIPPAGE.count() };
        let slips = -(slips_in + Costs::SLIPPAGE.count()) * self.leaves;
        match (self.stop, self.away) {
            (Some(stop), None) => {
                let paid = self.limit.map_or_else(
                    || {
                        row.times_last -= signed;
                        0
                    },
                    |limit| limit.ticks() * signed,
                );
                stop.ticks() * signed - paid + slips
            }
            (_, away) => slips - away.unwrap_or(Costs::WITHOUT_STOP.count()) * self.leaves,
        }
    }
}
