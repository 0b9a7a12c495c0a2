//! The engine against a model that fits on two pages: one contract, long only, orders at the market.
//! The model knows the position, the lots, what is armed and which orders are out, in which order.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test: what is not there must fail it")]

use phantom_compliance::{Limits, OrderRequest, ShortSelling};
use phantom_engine::{Engine, Input, Intake, Origin, Outcome, Request, Timing};
use phantom_model::{
    ArenaKey, Bracket, BrokerReport, ExecId, FillReport, FillTiming, Guard, LotId, MarketRecord, OrderId,
    OrderKind, Price, Print, Qty, Side, Timestamp,
};
use phantom_sim::terms::{contract, price, terms};
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// The stop of every lot, below every entry price.
const STOP: i64 = 13_190;
/// Where everything fills.
const PRICE: i64 = 13_200;

/// What happens to the desk. An order is named by its place among those that are out.
#[derive(Clone, Debug)]
enum Deed {
    Place(u32),
    Reduce(u32),
    Acknowledge(usize),
    Fill(usize, u32),
    /// The broker ends an entry or a reduction of the trader.
    Cancel(usize),
    Print {
        below: bool,
    },
    Flatten,
}

/// What an order that is out is for.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Use {
    Entry(Option<usize>),
    Reduction,
    LotExit(usize),
    Flatten,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Out {
    what: Use,
    leaves: u32,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Lot {
    open: u32,
    fired: bool,
}

/// The model.
#[derive(Clone, Debug, Default)]
struct Model {
    out: Vec<Out>,
    lots: Vec<Lot>,
    flattening: bool,
}

impl Model {
    fn position(&self) -> u32 {
        self.lots.iter().map(|lot| lot.open).sum()
    }

    fn exits(&self) -> u32 {
        self.out.iter().filter(|out| !matches!(out.what, Use::Entry(_))).map(|out| out.leaves).sum()
    }

    /// What of a lot no exit of its own will close.
    fn uncommitted(&self, lot: usize) -> u32 {
        let own = self.out.iter().filter(|out| out.what == Use::LotExit(lot)).map(|out| out.leaves);
        self.lots[lot].open - own.sum::<u32>()
    }

    /// What the phantom of a lot protects: reductions take the lots oldest first.
    fn armed(&self, lot: usize) -> u32 {
        let reductions = self.out.iter().filter(|out| matches!(out.what, Use::Reduction | Use::Flatten));
        let before: u32 = (0..lot).map(|older| self.uncommitted(older)).sum();
        let left = reductions.map(|out| out.leaves).sum::<u32>().saturating_sub(before);
        self.uncommitted(lot).saturating_sub(left)
    }

    /// What every change ends with.
    fn settle(&mut self) {
        for lot in 0..self.lots.len() {
            let leaves = self.armed(lot);
            if self.lots[lot].fired && leaves > 0 {
                self.out.push(Out { what: Use::LotExit(lot), leaves });
            }
        }
        let open = self.position() - self.exits();
        if self.flattening && open > 0 {
            self.out.push(Out { what: Use::Flatten, leaves: open });
        }
        if self.position() == 0 && self.out.is_empty() {
            self.flattening = false;
        }
    }

    fn fill(&mut self, nth: usize, qty: u32) {
        let Some(out) = self.out.get_mut(nth) else { return };
        let qty = qty.min(out.leaves);
        out.leaves -= qty;
        match out.what {
            Use::Entry(Some(lot)) => self.lots[lot].open += qty,
            Use::Entry(None) => {
                out.what = Use::Entry(Some(self.lots.len()));
                self.lots.push(Lot { open: qty, fired: false });
            }
            Use::LotExit(lot) => self.lots[lot].open -= qty,
            Use::Reduction | Use::Flatten => self.consume(qty),
        }
        self.out.retain(|out| out.leaves > 0);
        self.settle();
    }

    /// Oldest first what no exit of a lot will close.
    fn consume(&mut self, qty: u32) {
        for _ in 0..qty {
            let free = (0..self.lots.len()).find(|&lot| self.uncommitted(lot) > 0).unwrap();
            self.lots[free].open -= 1;
        }
    }

    fn print_below(&mut self) {
        for lot in 0..self.lots.len() {
            if !self.lots[lot].fired && self.armed(lot) > 0 {
                self.lots[lot].fired = true;
                self.out.push(Out { what: Use::LotExit(lot), leaves: self.armed(lot) });
            }
        }
        self.settle();
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Deed> {
        prop_oneof![
            4 => (1_u32..5).prop_map(Deed::Place),
            3 => (1_u32..5).prop_map(Deed::Reduce),
            2 => (0_usize..5).prop_map(Deed::Acknowledge),
            8 => ((0_usize..5), (1_u32..4)).prop_map(|(nth, qty)| Deed::Fill(nth, qty)),
            2 => (0_usize..5).prop_map(Deed::Cancel),
            3 => any::<bool>().prop_map(|below| Deed::Print { below }),
            1 => Just(Deed::Flatten),
        ]
        .boxed()
    }

    fn preconditions(model: &Self, deed: &Deed) -> bool {
        match deed {
            // What an entry that is cancelled does to a flatten is a matter of time, which stands still.
            Deed::Flatten => !model.out.iter().any(|out| matches!(out.what, Use::Entry(_))),
            Deed::Cancel(nth) => {
                let out = model.out.get(*nth);
                out.is_some_and(|out| matches!(out.what, Use::Entry(_) | Use::Reduction))
            }
            Deed::Acknowledge(nth) | Deed::Fill(nth, _) => *nth < model.out.len(),
            Deed::Place(_) | Deed::Reduce(_) | Deed::Print { .. } => true,
        }
    }

    fn apply(mut model: Self, deed: &Deed) -> Self {
        match *deed {
            Deed::Place(leaves) if !model.flattening => {
                model.out.push(Out { what: Use::Entry(None), leaves });
            }
            Deed::Reduce(leaves) if leaves + model.exits() <= model.position() => {
                model.out.push(Out { what: Use::Reduction, leaves });
            }
            Deed::Fill(nth, qty) => model.fill(nth, qty),
            Deed::Cancel(nth) => {
                model.out.remove(nth);
                model.settle();
            }
            Deed::Print { below: true } => model.print_below(),
            Deed::Flatten => {
                model.flattening = true;
                model.settle();
            }
            Deed::Place(_) | Deed::Reduce(_) | Deed::Acknowledge(_) | Deed::Print { below: false } => {}
        }
        model
    }
}

/// The engine, and the orders that are out as its requests tell.
struct Desk {
    engine: Engine,
    out: Vec<(OrderId, u32)>,
    execs: u64,
}

impl Desk {
    fn feed(&mut self, input: Input) {
        let mut outcome = Outcome::default();
        self.engine.apply(Timestamp::from_nanos(1), input, &mut outcome);
        for request in outcome.requests {
            if let Request::Submit(order) = request {
                self.out.push((order.id(), order.qty().contracts()));
            }
        }
    }

    fn print(&mut self, ticks: i64) {
        let print = Print::Trade { price: price(ticks).unwrap(), size: 1 };
        self.feed(Input::Market(MarketRecord { contract: contract(0), at: Timestamp::from_nanos(1), print }));
    }

    fn place(&mut self, side: Side, contracts: u32, stop: Option<Price>) {
        let qty = Qty::new(contracts).unwrap();
        let bracket = Bracket { stop, target: None };
        let (kind, guard) = (OrderKind::Market, Guard::NONE);
        let request = OrderRequest { contract: contract(0), side, qty, kind, bracket, guard };
        self.feed(Input::Place { intake: Intake::Read(request), origin: Origin::Window });
    }

    fn fill(&mut self, nth: usize, qty: u32) {
        let (order, leaves) = &mut self.out[nth];
        let (order, contracts) = (*order, qty.min(*leaves));
        *leaves -= contracts;
        self.execs += 1;
        self.out.retain(|(_, leaves)| *leaves > 0);
        self.feed(Input::Report(BrokerReport::Filled(FillReport {
            order,
            exec: ExecId::new(self.execs),
            qty: Qty::new(contracts).unwrap(),
            price: price(PRICE).unwrap(),
            timing: FillTiming::Unknown,
            broker_time: None,
        })));
    }
}

impl StateMachineTest for Desk {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let limits = Limits { short_selling: ShortSelling::Off, ..Limits::NONE };
        let mut desk =
            Self { engine: Engine::new(terms(), limits, Timing::STANDARD), out: Vec::new(), execs: 0 };
        desk.print(PRICE);
        desk
    }

    fn apply(mut desk: Self, _: &Model, deed: Deed) -> Self {
        match deed {
            Deed::Place(qty) => desk.place(Side::Buy, qty, price(STOP)),
            Deed::Reduce(qty) => desk.place(Side::Sell, qty, None),
            Deed::Acknowledge(nth) => {
                let order = desk.out[nth].0;
                desk.feed(Input::Report(BrokerReport::Accepted { order }));
            }
            Deed::Fill(nth, qty) => desk.fill(nth, qty),
            Deed::Cancel(nth) => {
                let (order, _) = desk.out.remove(nth);
                desk.feed(Input::Report(BrokerReport::Cancelled { order }));
            }
            Deed::Print { below } => {
                desk.print(if below { STOP } else { PRICE });
                desk.print(PRICE);
            }
            Deed::Flatten => desk.feed(Input::Flatten { origin: Origin::Hotkey }),
        }
        desk
    }

    fn check_invariants(desk: &Self, model: &Model) {
        let book = desk.engine.book();
        let position = book.positions().at(contract(0));
        assert_eq!(position.net.signed(), i64::from(model.position()), "position");
        assert_eq!(position.exits_outstanding(), u64::from(model.exits()), "exits outstanding");
        let out: Vec<u32> = desk.out.iter().map(|(_, leaves)| *leaves).collect();
        assert_eq!(out, model.out.iter().map(|out| out.leaves).collect::<Vec<_>>(), "what is out");
        assert_eq!(book.lots().len(), model.lots.len(), "lots");
        for (place, lot) in model.lots.iter().enumerate() {
            let id = LotId::from_row(u32::try_from(place).unwrap());
            let row = book.lots().at(id);
            assert_eq!((row.open, row.fired().is_some()), (lot.open, lot.fired), "lot {place}");
            assert_eq!(desk.engine.armed_qty(id), model.armed(place), "armed of lot {place}");
        }
        assert_eq!(book.halt().flattening, model.flattening, "flattening");
        assert!(!book.halt().latched, "latched");
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_engine_does_what_the_model_says(sequential 1..60 => Desk);
}
