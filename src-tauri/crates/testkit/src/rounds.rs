//! Facts of a plain day, for journals that are to be large: trades in the first contract, each from the order
//! to the closed lot.

use phantom_engine::fact::{Leg, Purpose};
use phantom_engine::{Fact, FactBody, Origin};
use phantom_model::{
    ArenaKey, Bracket, ContractId, ExecId, Guard, LotId, Money, OrderId, OrderKind, Price, Qty, Side, Span,
    Timestamp,
};

/// Trades of one contract each, behind facts that hold no order.
#[derive(Debug)]
pub struct Rounds {
    /// The facts so far.
    pub facts: Vec<Fact>,
    seq: u64,
    at: Timestamp,
    orders: u32,
    execs: u64,
}

impl Rounds {
    /// Goes on behind the fact of this number, at this time.
    #[must_use]
    pub const fn after(seq: u64, at: Timestamp) -> Self {
        Self { facts: Vec::new(), seq, at, orders: 0, execs: 0 }
    }

    /// The number of the last fact.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    fn push(&mut self, body: FactBody) {
        self.seq += 1;
        self.at = self.at + Span::from_nanos(1_000);
        self.facts.push(Fact { seq: self.seq, at: self.at, body });
    }

    fn submit(&mut self, order: OrderId, side: Side, purpose: Purpose, origin: Option<Origin>) {
        let (contract, qty) = (ContractId::from_row(0), Qty::ONE);
        let (kind, guard) = (OrderKind::Market, Guard::NONE);
        self.push(FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, guard, origin });
        self.push(FactBody::OrderAccepted { order });
    }

    fn fill(&mut self, order: OrderId, price: Price) {
        self.execs += 1;
        let (exec, fee) = (ExecId::new(self.execs), Money::from_units(21_000));
        self.push(FactBody::OrderFilled { order, exec, qty: Qty::ONE, price, fee, broker_time: None });
    }

    /// Buys one with a stop and a target: four facts, and an armed lot.
    pub fn entry(&mut self) {
        self.orders += 1;
        let order = OrderId::Ticket(self.orders);
        let bracket = Bracket { stop: Price::new(79_000), target: Price::new(81_000) };
        self.submit(order, Side::Buy, Purpose::Entry(bracket), Some(Origin::Window));
        let price = Price::new(80_000).unwrap();
        self.fill(order, price);
        self.push(FactBody::LotOpened { lot: self.lot(), order, qty: 1, price });
    }

    /// The stop of that lot fires and closes it: seven facts.
    pub fn exit(&mut self) {
        let (lot, print) = (self.lot(), Price::new(79_000).unwrap());
        let order = OrderId::LotExit { lot, exit: 1 };
        let printed_at = self.at;
        self.push(FactBody::PhantomFired { lot, leg: Leg::Stop, print, level: print, printed_at });
        self.submit(order, Side::Sell, Purpose::LotExit { lot, leg: Leg::Stop }, None);
        self.fill(order, print);
        let (entry, realized) = (Price::new(80_000).unwrap(), Money::from_units(-50_000_000));
        self.push(FactBody::LotReduced { lot, by: order, qty: 1, entry, exit: print, realized });
        self.push(FactBody::OrderClosed { order: OrderId::Ticket(self.orders) });
        self.push(FactBody::OrderClosed { order });
    }

    fn lot(&self) -> LotId {
        LotId::from_row(self.orders - 1)
    }
}
