//! What really happened: the exchange's own orders, executions and positions.
//!
//! Shares nothing with the desk or with the mock broker. It decides; the link then tells the desk
//! some of it, late, twice, or not at all.

use std::collections::BTreeMap;

use phantom_compliance::Outbound;
use phantom_model::{
    Arena, BrokerOrderId, BrokerReport, ContractId, Cover, ExecId, FailReason, FillReport, FillTiming,
    ForeignFill, MarketRecord, OrderId, OrderKind, Price, Qty, Side, Ticks, Timestamp,
};

use crate::tape::TruthFill;
use crate::terms::CONTRACTS;

/// Where an order stands at the exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It may fill.
    Working,
    /// All of it is filled.
    Filled,
    /// It was taken out.
    Cancelled,
    /// It was refused, at once or later.
    Failed(FailReason),
}

/// An order at the exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TruthOrder {
    /// What it trades.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// Market or limit.
    pub kind: OrderKind,
    /// Where it becomes a market order: a native stop that has not been reached.
    pub stop: Option<Price>,
    /// Contracts.
    pub qty: u32,
    /// Contracts filled; more than ordered only by a fault.
    pub filled: u32,
    /// Contracts taken back: they do not fill again.
    pub busted: u32,
    /// Where it stands.
    pub standing: Standing,
    /// Its executions, oldest first.
    pub fills: Vec<FillReport>,
    /// Whether it left the desk as an exit.
    pub is_exit: bool,
    /// It does not fill before this.
    pub stuck_until: Timestamp,
    /// Fills one contract at a time.
    pub dribbles: bool,
    /// Its terms are not those that it came with.
    pub was_changed: bool,
    /// The broker's own name for it.
    pub name: BrokerOrderId,
    /// When it came, or last changed.
    pub changed_at: Timestamp,
}

impl TruthOrder {
    /// Whether it belongs to a list that goes back to this time.
    #[must_use]
    pub fn is_of(&self, since: Timestamp) -> bool {
        self.standing == Standing::Working || self.changed_at >= since
    }

    /// Contracts that may still fill.
    #[must_use]
    pub fn leaves(&self) -> u32 {
        if self.standing == Standing::Working {
            self.qty.saturating_sub(self.filled + self.busted)
        } else {
            0
        }
    }
}

/// The floor of one contract.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Floor {
    working: Vec<OrderId>,
    position: i64,
    last: Option<Price>,
    halted_until: Timestamp,
}

/// The exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exchange {
    orders: BTreeMap<OrderId, TruthOrder>,
    floors: Arena<ContractId, Floor>,
    foreign: Vec<ForeignFill>,
    execs: u64,
}

impl Default for Exchange {
    fn default() -> Self {
        let mut floors = Arena::new();
        for _ in 0..CONTRACTS {
            floors.push(Floor::default());
        }
        Self { orders: BTreeMap::new(), floors, foreign: Vec::new(), execs: 0 }
    }
}

impl Exchange {
    /// An order, if it ever got here.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&TruthOrder> {
        self.orders.get(&id)
    }

    /// An order, to decide about.
    pub fn order_mut(&mut self, id: OrderId) -> Option<&mut TruthOrder> {
        self.orders.get_mut(&id)
    }

    /// Every order that got here.
    pub fn orders(&self) -> impl Iterator<Item = (OrderId, &TruthOrder)> {
        self.orders.iter().map(|(id, order)| (*id, order))
    }

    /// The account's position.
    #[must_use]
    pub fn position(&self, contract: ContractId) -> i64 {
        self.floors.at(contract).position
    }

    /// Contracts that hold a position.
    pub fn open_positions(&self) -> impl Iterator<Item = (ContractId, i64)> {
        let rows = self.floors.iter().map(|(contract, floor)| (contract, floor.position));
        rows.filter(|(_, position)| *position != 0)
    }

    /// Orders that may fill.
    pub fn working(&self) -> impl Iterator<Item = OrderId> {
        self.floors.iter().flat_map(|(_, floor)| floor.working.iter().copied())
    }

    /// The last price.
    #[must_use]
    pub fn last(&self, contract: ContractId) -> Option<Price> {
        self.floors.at(contract).last
    }

    /// The contract does not trade before this.
    pub fn halt(&mut self, contract: ContractId, until: Timestamp) {
        self.floors.at_mut(contract).halted_until = until;
    }

    /// Until when the contract does not trade.
    #[must_use]
    pub fn halted_until(&self, contract: ContractId) -> Timestamp {
        self.floors.at(contract).halted_until
    }

    /// Takes an order: it works from now on.
    pub fn take(&mut self, now: Timestamp, order: &Outbound, qty: Qty) {
        self.insert(now, order, qty, Standing::Working);
        self.floors.at_mut(order.contract()).working.push(order.id());
    }

    /// Takes a native stop that the broker's side has placed: it works from now on.
    pub fn take_stop(&mut self, now: Timestamp, id: OrderId, it: &Cover, qty: Qty, stop: Price) {
        let row = TruthOrder {
            contract: it.contract,
            side: it.side,
            kind: OrderKind::Market,
            stop: Some(stop),
            qty: qty.contracts(),
            filled: 0,
            busted: 0,
            standing: Standing::Working,
            fills: Vec::new(),
            is_exit: true,
            stuck_until: Timestamp::MIN,
            dribbles: false,
            was_changed: false,
            name: BrokerOrderId::new(u64::try_from(self.orders.len()).unwrap_or(0) + 1),
            changed_at: now,
        };
        self.orders.insert(id, row);
        self.floors.at_mut(it.contract).working.push(id);
    }

    /// Refuses an order.
    pub fn refuse(&mut self, now: Timestamp, order: &Outbound, reason: FailReason) {
        self.insert(now, order, order.qty(), Standing::Failed(reason));
    }

    fn insert(&mut self, now: Timestamp, order: &Outbound, qty: Qty, standing: Standing) {
        let row = TruthOrder {
            contract: order.contract(),
            side: order.side(),
            kind: order.kind(),
            stop: None,
            qty: qty.contracts(),
            filled: 0,
            busted: 0,
            standing,
            fills: Vec::new(),
            is_exit: matches!(order, Outbound::Exit(_)),
            stuck_until: Timestamp::MIN,
            dribbles: false,
            was_changed: false,
            name: BrokerOrderId::new(u64::try_from(self.orders.len()).unwrap_or(0) + 1),
            changed_at: now,
        };
        self.orders.insert(order.id(), row);
    }

    /// Ends an order that works.
    pub fn end(&mut self, now: Timestamp, id: OrderId, standing: Standing) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        (order.standing, order.changed_at) = (standing, now);
        let contract = order.contract;
        self.floors.at_mut(contract).working.retain(|&other| other != id);
    }

    /// Fills so much of an order. The last contract ends it.
    pub fn fill(
        &mut self,
        now: Timestamp,
        id: OrderId,
        qty: Qty,
        price: Price,
    ) -> Option<(FillReport, TruthFill)> {
        let order = self.orders.get_mut(&id)?;
        self.execs += 1;
        let exec = ExecId::new(self.execs);
        let report =
            FillReport { order: id, exec, qty, price, timing: FillTiming::Unknown, broker_time: Some(now) };
        order.stop = None;
        order.filled += qty.contracts();
        order.fills.push(report);
        order.changed_at = now;
        let (contract, side, is_exit) = (order.contract, order.side, order.is_exit);
        if order.filled + order.busted >= order.qty {
            self.end(now, id, Standing::Filled);
        }
        let held = &mut self.floors.at_mut(contract).position;
        let before = *held;
        *held += side.sign() * i64::from(qty.contracts());
        let truth = TruthFill { order: id, contract, is_exit, position: (before, *held) };
        Some((report, truth))
    }

    /// The market moves. Which orders the record fills, and at what price.
    pub fn show(&mut self, now: Timestamp, record: &MarketRecord, out: &mut Vec<(OrderId, Price)>) {
        let floor = self.floors.at_mut(record.contract);
        floor.last = Some(record.print.last());
        if now < floor.halted_until {
            return;
        }
        let (low, high) = record.print.range();
        for &id in &floor.working {
            let Some(order) = self.orders.get(&id) else { continue };
            if now < order.stuck_until {
                continue;
            }
            let price = match order.kind {
                OrderKind::Market => match order.stop {
                    None => Some(record.print.first()),
                    Some(stop) => {
                        let worst = if order.side == Side::Buy { high } else { low };
                        let first = record.print.first();
                        let beyond = is_reached(order.side, stop, first).then_some(first);
                        is_reached(order.side, stop, worst).then(|| beyond.unwrap_or(stop))
                    }
                },
                OrderKind::Limit(limit) => {
                    let best = if order.side == Side::Buy { low } else { high };
                    ((limit - best).count() * order.side.sign() >= 0).then_some(limit)
                }
            };
            out.extend(price.map(|price| (id, price)));
        }
    }

    /// Gives an order new terms, under a new name of the broker's own if it replaces it. Whether it could.
    pub fn change(&mut self, now: Timestamp, id: OrderId, qty: Qty, limit: Price, replaces: bool) -> bool {
        let names = u64::try_from(self.orders.len()).unwrap_or(0);
        let Some(order) = self.orders.get_mut(&id).filter(|order| order.leaves() > 0) else { return false };
        order.qty = qty.contracts().max(order.filled);
        order.kind = OrderKind::Limit(limit);
        (order.changed_at, order.was_changed) = (now, true);
        if replaces {
            order.name = BrokerOrderId::new(5_000_000_000 + order.name.number() * 100 + names % 100);
        }
        if order.filled + order.busted >= order.qty {
            self.end(now, id, Standing::Filled);
        }
        true
    }

    /// Takes an execution back, or changes its price. Whether it was there.
    pub fn correct(&mut self, now: Timestamp, id: OrderId, exec: ExecId, price: Option<Price>) -> bool {
        let Some(order) = self.orders.get_mut(&id) else { return false };
        let Some(place) = order.fills.iter().position(|fill| fill.exec == exec) else { return false };
        order.changed_at = now;
        match (price, order.fills.get_mut(place)) {
            (Some(price), Some(fill)) => fill.price = price,
            (None, Some(fill)) => {
                let held = order.side.sign() * i64::from(fill.qty.contracts());
                order.busted += fill.qty.contracts();
                order.filled = order.filled.saturating_sub(fill.qty.contracts());
                order.fills.remove(place);
                let contract = order.contract;
                self.floors.at_mut(contract).position -= held;
            }
            (_, None) => return false,
        }
        true
    }

    /// Somebody else trades in the account. What the broker says of it, if it does.
    pub fn trade_by_others(
        &mut self,
        contract: ContractId,
        side: Side,
        qty: Qty,
        told: bool,
    ) -> Option<ForeignFill> {
        let price = self.floors.at(contract).last?;
        self.floors.at_mut(contract).position += side.sign() * i64::from(qty.contracts());
        self.execs += 1;
        let broker_order = BrokerOrderId::new(1_000_000_000 + self.execs);
        let exec = ExecId::new(self.execs);
        let fill = ForeignFill { broker_order, contract, side, exec, qty, price };
        if told {
            self.foreign.push(fill);
        }
        Some(fill).filter(|_| told)
    }

    /// Trades of others, as far as the broker tells of them.
    #[must_use]
    pub fn foreign(&self) -> &[ForeignFill] {
        &self.foreign
    }

    /// What an order would fill at right now: a market order at the last price, a limit if it is
    /// through the market.
    #[must_use]
    pub fn price_now(&self, now: Timestamp, id: OrderId) -> Option<Price> {
        let order = self.orders.get(&id)?;
        let floor = self.floors.at(order.contract);
        let last = floor.last.filter(|_| now >= floor.halted_until && now >= order.stuck_until)?;
        match order.kind {
            OrderKind::Market => {
                order.stop.is_none_or(|stop| is_reached(order.side, stop, last)).then_some(last)
            }
            OrderKind::Limit(limit) => ((limit - last).count() * order.side.sign() >= 0).then_some(limit),
        }
    }

    /// The price at which a race is decided against us: the limit, or the last price.
    #[must_use]
    pub fn price_of_race(&self, id: OrderId) -> Option<Price> {
        let order = self.orders.get(&id)?;
        order.kind.limit().or(self.floors.at(order.contract).last)
    }

    /// Everything that is known of an order, again.
    #[must_use]
    pub fn report_again(&self, id: OrderId) -> Vec<BrokerReport> {
        let Some(order) = self.orders.get(&id) else { return Vec::new() };
        let mut reports: Vec<BrokerReport> = order.fills.iter().copied().map(BrokerReport::Filled).collect();
        if let (true, Some(limit), Some(qty)) = (order.was_changed, order.kind.limit(), Qty::new(order.qty)) {
            reports.push(BrokerReport::Changed { order: id, qty, limit });
        }
        match order.standing {
            Standing::Working => reports.push(BrokerReport::Accepted { order: id }),
            Standing::Cancelled => reports.push(BrokerReport::Cancelled { order: id }),
            Standing::Failed(reason) => reports.push(BrokerReport::Failed { order: id, reason }),
            Standing::Filled => {}
        }
        reports
    }
}

/// Whether a trade at this price makes a stop an order at the market.
fn is_reached(side: Side, stop: Price, price: Price) -> bool {
    (price - stop).count() * side.sign() >= 0
}

/// A price that is so many ticks worse for the side.
#[must_use]
pub fn worse(price: Price, side: Side, ticks: i64) -> Price {
    let by = Ticks::new(ticks);
    match side {
        Side::Buy => price + by,
        Side::Sell => price - by,
    }
}
