//! Orders as a test writes them: `buy(2).stop("1319.2").target("1322.0")`.

use phantom_compliance::OrderRequest;
use phantom_model::{Bracket, BreakEven, Guard, Offset, OrderKind, Qty, Side};

use crate::contracts::{contract, price};

/// An order in the making: at the market in `GC` until it says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draft {
    root: &'static str,
    side: Side,
    contracts: u32,
    limit: Option<&'static str>,
    stop: Option<&'static str>,
    target: Option<&'static str>,
    guard: Guard,
}

/// Buys so many contracts.
#[must_use]
pub const fn buy(contracts: u32) -> Draft {
    Draft::new(Side::Buy, contracts)
}

/// Sells so many contracts.
#[must_use]
pub const fn sell(contracts: u32) -> Draft {
    Draft::new(Side::Sell, contracts)
}

impl Draft {
    /// An order at the market in `GC`.
    #[must_use]
    pub const fn new(side: Side, contracts: u32) -> Self {
        Self { root: "GC", side, contracts, limit: None, stop: None, target: None, guard: Guard::NONE }
    }

    /// In another contract.
    #[must_use]
    pub const fn on(self, root: &'static str) -> Self {
        Self { root, ..self }
    }

    /// At this price or better.
    #[must_use]
    pub const fn limit(self, price: &'static str) -> Self {
        Self { limit: Some(price), ..self }
    }

    /// With this stop-loss.
    #[must_use]
    pub const fn stop(self, price: &'static str) -> Self {
        Self { stop: Some(price), ..self }
    }

    /// With this take-profit.
    #[must_use]
    pub const fn target(self, price: &'static str) -> Self {
        Self { target: Some(price), ..self }
    }

    /// With a stop so many ticks from its average entry.
    #[must_use]
    pub fn stop_ticks(self, ticks: u32) -> Self {
        Self { guard: Guard { stop: Some(offset(ticks)), ..self.guard }, ..self }
    }

    /// With a target so many ticks from its average entry.
    #[must_use]
    pub fn target_ticks(self, ticks: u32) -> Self {
        Self { guard: Guard { target: Some(offset(ticks)), ..self.guard }, ..self }
    }

    /// With a stop that trails at this distance.
    #[must_use]
    pub fn trail(self, ticks: u32) -> Self {
        Self { guard: Guard { trail: Some(offset(ticks)), ..self.guard }, ..self }
    }

    /// With a stop that goes to the entry plus some ticks after others.
    #[must_use]
    pub fn even(self, after: u32, plus: u32) -> Self {
        Self { guard: Guard { break_even: BreakEven::new(offset(after), plus), ..self.guard }, ..self }
    }

    /// The order as the gate sees it.
    #[must_use]
    pub fn request(&self) -> OrderRequest {
        let price = |text: &str| price(self.root, text);
        OrderRequest {
            contract: contract(self.root),
            side: self.side,
            qty: Qty::new(self.contracts).unwrap(),
            kind: self.limit.map_or(OrderKind::Market, |limit| OrderKind::Limit(price(limit))),
            bracket: Bracket { stop: self.stop.map(price), target: self.target.map(price) },
            guard: self.guard,
        }
    }
}

/// A distance that a test knows to be one.
#[must_use]
pub fn offset(ticks: u32) -> Offset {
    Offset::new(ticks).unwrap()
}
