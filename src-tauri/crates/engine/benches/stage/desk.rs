//! A desk for the benchmarks: contracts, an engine, and orders that take the real way in.

use phantom_compliance::gate::ShortSelling;
use phantom_compliance::{Limits, Minis, OrderRequest};
use phantom_engine::{
    ContractTerms, Engine, Fact, FactBody, Input, Intake, Origin, Outcome, Request, Timing,
};
use phantom_model::price::Grid;
use phantom_model::{
    Arena, ArenaKey, Bracket, BrokerReport, ContractId, ExecId, FillReport, FillTiming, Guard, MarketRecord,
    Money, OrderId, OrderKind, Price, Print, Qty, Side, Timestamp,
};
use rust_decimal::Decimal;

/// The price that every walk keeps near.
pub(crate) const REFERENCE_TICKS: i64 = 1_000_000;
/// How far the nearest phantom is from the reference.
pub(crate) const NEAREST_TICKS: i64 = 100;
/// How far a walk goes from the reference: less than the nearest phantom.
const WALK_TICKS: i64 = 60;
/// A limit that every check compares with and none reaches.
const NO_LIMIT_MINIS: u32 = 100_000_000;

/// An engine and the little that its surroundings remember.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) out: Outcome,
    pub(crate) nanos: i64,
    pub(crate) executions: u64,
}

impl Desk {
    /// A flat desk that has seen one trade at the reference price of each contract.
    pub(crate) fn new(contracts: u32) -> Self {
        let limit = Some(Minis::whole(NO_LIMIT_MINIS));
        let limits = Limits { short_selling: ShortSelling::On, order_max: limit, position_max: limit };
        let mut desk = Self {
            engine: Engine::new(terms(contracts), limits, Timing::STANDARD),
            out: Outcome::default(),
            nanos: 0,
            executions: 0,
        };
        for row in 0..contracts {
            desk.trade(ContractId::from_row(row), REFERENCE_TICKS);
        }
        desk
    }

    /// The time of the last input.
    pub(crate) const fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.nanos)
    }

    /// A desk with this many armed phantoms on contract 0, each on a price of its own: half are stops
    /// below the market, half targets above it.
    pub(crate) fn armed(phantoms: u32) -> Self {
        let mut desk = Self::new(1);
        desk.arm(gold(), phantoms);
        desk
    }

    /// Arms phantoms by orders that are placed, accepted and filled.
    pub(crate) fn arm(&mut self, contract: ContractId, phantoms: u32) {
        for row in 0..phantoms {
            self.enter(contract, Side::Buy, one_leg(row));
        }
        let levels = &self.engine.book().positions().at(contract).levels;
        assert_eq!(levels.len(), phantoms as usize, "one armed leg for each phantom");
    }

    /// A microsecond later.
    pub(crate) const fn next_moment(&mut self) -> Timestamp {
        self.nanos += 1_000;
        Timestamp::from_nanos(self.nanos)
    }

    /// Feeds one input a microsecond later. The outcome keeps what was in it.
    pub(crate) fn feed(&mut self, input: Input) {
        let at = self.next_moment();
        self.engine.apply(at, input, &mut self.out);
    }

    /// One trade; the outcome is that of the trade alone.
    pub(crate) fn trade(&mut self, contract: ContractId, ticks: i64) {
        self.out.clear();
        let record = record(contract, ticks);
        self.feed(Input::Market(record));
    }

    /// One order at the market for one contract, all the way: command, gate, order, acceptance, fill.
    /// The outcome holds its facts.
    pub(crate) fn enter(&mut self, contract: ContractId, side: Side, bracket: Bracket) -> OrderId {
        self.enter_guarded(contract, side, bracket, Guard::NONE)
    }

    /// The same with more than a bracket.
    pub(crate) fn enter_guarded(
        &mut self,
        contract: ContractId,
        side: Side,
        bracket: Bracket,
        guard: Guard,
    ) -> OrderId {
        self.out.clear();
        self.feed(guarded(contract, side, OrderKind::Market, bracket, guard));
        let order = self.sent();
        self.accept(order);
        self.fill(order, REFERENCE_TICKS);
        order
    }

    /// The one order that the outcome asks to send.
    pub(crate) fn sent(&self) -> OrderId {
        let [Request::Submit(order)] = self.out.requests.as_slice() else {
            unreachable!("one order goes out, not {:?}", self.out)
        };
        order.id()
    }

    /// The broker has the order.
    pub(crate) fn accept(&mut self, order: OrderId) {
        self.feed(Input::Report(BrokerReport::Accepted { order }));
    }

    /// The broker fills one contract of the order.
    pub(crate) fn fill(&mut self, order: OrderId, ticks: i64) {
        self.executions += 1;
        let exec = ExecId::new(self.executions);
        let (qty, price) = (Qty::ONE, price(ticks));
        let fill = FillReport { order, exec, qty, price, timing: FillTiming::Unknown, broker_time: None };
        self.feed(Input::Report(BrokerReport::Filled(fill)));
    }

    /// How many phantoms fired in the outcome.
    pub(crate) fn fired(&self) -> usize {
        let fired = |fact: &&Fact| matches!(fact.body, FactBody::PhantomFired { .. });
        self.out.facts.iter().filter(fired).count()
    }
}

/// The contract of everything that needs only one.
pub(crate) fn gold() -> ContractId {
    ContractId::from_row(0)
}

/// The terms of `contracts` contracts: 0.1 a tick, 10 USD.
pub(crate) fn terms(contracts: u32) -> Arena<ContractId, ContractTerms> {
    let mut terms = Arena::new();
    for _ in 0..contracts {
        terms.push(ContractTerms {
            grid: Grid::new(Decimal::new(1, 1)).unwrap(),
            tick_value: Money::from_units(100_000),
            weight: Minis::whole(1),
            fee_per_side: Money::from_units(12_300),
        });
    }
    terms
}

/// A price known to be in range.
pub(crate) fn price(ticks: i64) -> Price {
    Price::new(ticks).unwrap()
}

/// Phantom number `row`: a stop below the market or a target above it, one tick further each.
pub(crate) fn one_leg(row: u32) -> Bracket {
    let distance = NEAREST_TICKS + i64::from(row / 2);
    if row.is_multiple_of(2) {
        Bracket { stop: Some(price(REFERENCE_TICKS - distance)), target: None }
    } else {
        Bracket { stop: None, target: Some(price(REFERENCE_TICKS + distance)) }
    }
}

/// Phantom number `row` with a stop and a target, one tick further each.
pub(crate) fn two_legs_at(row: u32) -> Bracket {
    let distance = NEAREST_TICKS + i64::from(row / 2);
    let stop = Some(price(REFERENCE_TICKS - distance));
    Bracket { stop, target: Some(price(REFERENCE_TICKS + distance)) }
}

/// A stop and a target, both further away than any walk goes.
pub(crate) fn two_legs() -> Bracket {
    two_legs_at(0)
}

/// A command to place an order for one contract.
pub(crate) const fn place(contract: ContractId, side: Side, kind: OrderKind, bracket: Bracket) -> Input {
    guarded(contract, side, kind, bracket, Guard::NONE)
}

/// The same with more than a bracket.
const fn guarded(contract: ContractId, side: Side, kind: OrderKind, bracket: Bracket, guard: Guard) -> Input {
    let request = OrderRequest { contract, side, qty: Qty::ONE, kind, bracket, guard };
    Input::Place { intake: Intake::Read(request), origin: Origin::Window }
}

/// A trade of one contract.
pub(crate) fn record(contract: ContractId, ticks: i64) -> MarketRecord {
    let print = Print::Trade { price: price(ticks), size: 1 };
    MarketRecord { contract, at: Timestamp::from_nanos(0), print }
}

/// A fixed walk that stays nearer to the reference than any phantom.
pub(crate) fn walk_ticks(steps: u32) -> Vec<i64> {
    let mut chance = Chance::new();
    let mut offset = 0;
    let mut step = |_| {
        offset = (offset + i64::from(chance.below(7)) - 3).clamp(-WALK_TICKS, WALK_TICKS);
        REFERENCE_TICKS + offset
    };
    (0..steps).map(&mut step).collect()
}

/// A fixed sequence of numbers without a pattern that a processor could learn.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(limit)).unwrap_or(0)
    }
}
