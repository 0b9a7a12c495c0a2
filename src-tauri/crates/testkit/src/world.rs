//! An engine in a test: fed by hand, checked after every input.

use phantom_compliance::{ChangeRequest, Halt, Limits, Protect, Refusal};
use phantom_engine::config::Timing;
use phantom_engine::{
    Book, Engine, Fact, FactBody, HaltChange, Input, Intake, Origin, Outcome, Protected, Request, RuleBook,
    RulesInput,
};
use phantom_model::{
    ArenaKey, Bar, BrokerOrderId, BrokerReport, ExecId, FailReason, FillReport, FillTiming, ForeignFill,
    LotId, MarketRecord, Money, OrderId, OrderStatus, Print, Qty, Side, SnapshotId, Span, StopReport,
    Timestamp,
};

use crate::account::Account;
use crate::contracts::{contract, grid, price, root, terms};
use crate::draft::Draft;
use crate::ledger::Ledger;
use crate::line::{fact_line, request_line};
use crate::rules;

/// An engine, what it was fed, and what it said.
///
/// Time stands still until [`World::advance_ms`] moves it. Orders are named by their text ids.
#[derive(Clone, Debug)]
pub struct World {
    engine: Engine,
    timing: Timing,
    limits: Limits,
    rule_book: Option<RuleBook>,
    shadow: Book,
    ledger: Ledger,
    now: Timestamp,
    inputs: Vec<(Timestamp, Input)>,
    facts: Vec<Fact>,
    /// How many facts there were before each input.
    facts_before: Vec<usize>,
    requests: Vec<Request>,
    facts_read: usize,
    requests_read: usize,
    execs: u64,
    last_fill: Option<FillReport>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A desk without limits and fees: shorts allowed.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Limits::NONE, Money::ZERO)
    }

    /// A desk with limits, and a fee per contract and side.
    #[must_use]
    pub fn with(limits: Limits, fee_per_side: Money) -> Self {
        Self::timed(limits, fee_per_side, Timing::STANDARD)
    }

    /// A desk at a broker, which is asked for its account when something is in doubt.
    #[must_use]
    pub fn live() -> Self {
        Self::timed(Limits::NONE, Money::ZERO, Timing::LIVE)
    }

    fn timed(limits: Limits, fee_per_side: Money, timing: Timing) -> Self {
        let terms = terms(fee_per_side);
        let shadow = Book::new(&terms);
        Self {
            engine: Engine::new(terms, limits, timing),
            timing,
            limits,
            rule_book: None,
            shadow,
            ledger: Ledger::default(),
            now: Timestamp::from_nanos(0),
            inputs: Vec::new(),
            facts: Vec::new(),
            facts_before: Vec::new(),
            requests: Vec::new(),
            facts_read: 0,
            requests_read: 0,
            execs: 0,
            last_fill: None,
        }
    }

    /// A desk at a moment of the calendar under a shipped pack with these settings, each `KEY=VALUE`.
    #[must_use]
    pub fn under(pack: &str, settings: &[&str], at: &str) -> Self {
        Self::under_with_fees(pack, settings, at, Money::ZERO)
    }

    /// The same with a fee per contract and side.
    #[must_use]
    pub fn under_with_fees(pack: &str, settings: &[&str], at: &str, fee_per_side: Money) -> Self {
        let mut world = Self::with(Limits::NONE, fee_per_side);
        world.now = rules::moment(at);
        let rule_book = rules::rule_book(world.now);
        world.rule_book = Some(rule_book.clone());
        world.engine = world.engine.clone().with_rule_book(rule_book);
        world.feed(rules::adopt(rules::profile(pack, settings)));
        world
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, to change what a trader has set.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Its state of record.
    #[must_use]
    pub const fn book(&self) -> &Book {
        self.engine.book()
    }

    /// Everything that it was fed, with the time.
    #[must_use]
    pub fn inputs(&self) -> &[(Timestamp, Input)] {
        &self.inputs
    }

    /// Every fact so far.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The facts that there were before input number `input`; all of them beyond the last.
    #[must_use]
    pub fn facts_before(&self, input: usize) -> &[Fact] {
        let count = self.facts_before.get(input).copied().unwrap_or(self.facts.len());
        self.facts.get(..count).unwrap()
    }

    /// The time; the world begins at zero.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    // What happens.

    /// Feeds an input now, and checks everything.
    pub fn feed(&mut self, input: Input) {
        self.facts_before.push(self.facts.len());
        self.inputs.push((self.now, input.clone()));
        let listed = listed_in(&input);
        let mut out = Outcome::default();
        self.engine.apply(self.now, input, &mut out);
        for fact in &out.facts {
            self.shadow.fold(fact);
            let terms = self.engine.terms();
            self.ledger.take(fact, |contract| terms.at(contract).tick_value);
        }
        assert_eq!(self.engine.book(), &self.shadow, "the book is what the facts say");
        self.ledger.compare(&self.engine, self.now);
        check_requests(&out, &listed);
        self.facts.extend(out.facts);
        self.requests.extend(out.requests);
    }

    /// Lets time pass. What is due in between is done at its own time.
    pub fn advance_ms(&mut self, millis: u32) {
        let until = self.now + Span::from_millis(millis);
        while self.engine.next_due() <= until {
            self.now = self.now.max(self.engine.next_due());
            self.feed(Input::Clock);
        }
        self.now = until;
    }

    /// Lets time pass in which the desk was given none: what was due meanwhile is not done yet.
    pub fn stall_ms(&mut self, millis: u32) {
        self.now = self.now + Span::from_millis(millis);
    }

    /// Places an order by a click.
    pub fn place(&mut self, draft: Draft) {
        self.feed(Input::Place { intake: Intake::Read(draft.request()), origin: Origin::Window });
    }

    /// Cancels an order by a click.
    pub fn cancel(&mut self, order: &str) {
        self.feed(Input::Cancel { order: id(order), origin: Origin::Window });
    }

    /// Changes a working order by a click: its quantity, its limit, or both.
    pub fn change(&mut self, order: &str, contracts: Option<u32>, limit: Option<&str>) {
        let order = id(order);
        let root = self.root_of(order);
        let (qty, limit) = (contracts.map(|qty| Qty::new(qty).unwrap()), limit.map(|text| price(root, text)));
        let change = Ok(ChangeRequest { qty, limit });
        self.feed(Input::Change { order, change, origin: Origin::Window });
    }

    /// Changes the stop or the target of lot number `lot` by a click.
    pub fn protect(&mut self, lot: u32, change: Protect) {
        let whom = Protected::Lot(LotId::from_row(lot));
        self.feed(Input::Protect { whom, change: Ok(change), origin: Origin::Window });
    }

    /// Changes the stop or the target of everything that is open in `GC`.
    pub fn protect_all(&mut self, change: Protect) {
        let whom = Protected::Position(contract("GC"));
        self.feed(Input::Protect { whom, change: Ok(change), origin: Origin::Window });
    }

    /// Presses flatten all.
    pub fn flatten(&mut self) {
        self.feed(Input::Flatten { origin: Origin::Hotkey });
    }

    /// Stops openings, or frees them.
    pub fn halt(&mut self, change: HaltChange) {
        self.feed(Input::Halt { change, origin: Origin::Window });
    }

    /// Locks the account until the next session.
    pub fn lock_out(&mut self) {
        self.feed(Input::Rules(RulesInput::LockOut { until: None, origin: Origin::Window }));
    }

    /// Changes the limits.
    pub const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        self.engine.set_limits(limits);
    }

    /// An engine rebuilt from the facts before input number `input`, as after a restart. It has seen no
    /// price yet.
    #[must_use]
    pub fn restarted(&self, input: usize) -> Engine {
        let terms = self.engine.terms().clone();
        let book = Book::replay(&terms, self.facts_before(input));
        let engine = Engine::with_book(terms, self.limits, self.timing, book);
        match self.rule_book.clone() {
            Some(rule_book) => engine.with_rule_book(rule_book),
            None => engine,
        }
    }

    /// A trade of one contract in `GC`.
    pub fn print(&mut self, at: &str) {
        self.print_on("GC", at);
    }

    /// A trade of one contract.
    pub fn print_on(&mut self, root: &str, at: &str) {
        let print = Print::Trade { price: price(root, at), size: 1 };
        self.feed(Input::Market(MarketRecord { contract: contract(root), at: self.now, print }));
    }

    /// A bar in `GC`: open, high, low, close.
    pub fn bar(&mut self, [open, high, low, close]: [&str; 4]) {
        let price = |text: &str| price("GC", text);
        let bar =
            Bar { open: price(open), high: price(high), low: price(low), close: price(close), volume: 10 };
        let record = MarketRecord { contract: contract("GC"), at: self.now, print: Print::Bar(bar) };
        self.feed(Input::Market(record));
    }

    // What the broker reports.

    /// Any report.
    pub fn report(&mut self, report: BrokerReport) {
        if let BrokerReport::Filled(fill) = &report {
            self.last_fill = Some(*fill);
        }
        self.feed(Input::Report(report));
    }

    /// The broker has the order.
    pub fn accept(&mut self, order: &str) {
        self.report(BrokerReport::Accepted { order: id(order) });
    }

    /// A new execution at a time that the broker does not say.
    pub fn fill(&mut self, order: &str, contracts: u32, at: &str) {
        self.fill_timed(order, contracts, at, FillTiming::Unknown);
    }

    /// A new execution that the coming print makes.
    pub fn fill_by_coming_print(&mut self, order: &str, contracts: u32, at: &str) {
        self.fill_timed(order, contracts, at, FillTiming::ByComingPrint);
    }

    fn fill_timed(&mut self, order: &str, contracts: u32, at: &str, timing: FillTiming) {
        let order = id(order);
        self.execs += 1;
        let (exec, qty) = (ExecId::new(self.execs), Qty::new(contracts).unwrap());
        let price = price(self.root_of(order), at);
        self.report(BrokerReport::Filled(FillReport { order, exec, qty, price, timing, broker_time: None }));
    }

    /// The last execution once more, to the letter.
    pub fn fill_again(&mut self) {
        self.report(BrokerReport::Filled(self.last_fill.unwrap()));
    }

    /// The last execution once more, at another price.
    pub fn fill_again_at(&mut self, at: &str) {
        let fill = self.last_fill.unwrap();
        let price = price(self.root_of(fill.order), at);
        self.report(BrokerReport::Filled(FillReport { price, ..fill }));
    }

    /// The broker took the order out of the market.
    pub fn cancelled(&mut self, order: &str) {
        self.report(BrokerReport::Cancelled { order: id(order) });
    }

    /// The broker refused the order.
    pub fn fail(&mut self, order: &str) {
        self.fail_for(order, FailReason::Unspecified);
    }

    /// The broker refused the order, and says why.
    pub fn fail_for(&mut self, order: &str, reason: FailReason) {
        self.report(BrokerReport::Failed { order: id(order), reason });
    }

    /// The broker did not cancel.
    pub fn refuse_cancel(&mut self, order: &str) {
        self.report(BrokerReport::CancelRefused { order: id(order) });
    }

    /// The exchange takes execution number `exec` back; executions are numbered from 1.
    pub fn bust(&mut self, exec: u64) {
        self.report(BrokerReport::Busted { exec: ExecId::new(exec) });
    }

    /// The exchange changes the figures of an execution in `GC`.
    pub fn correct(&mut self, exec: u64, contracts: u32, at: &str) {
        let (exec, qty) = (ExecId::new(exec), Qty::new(contracts).unwrap());
        self.report(BrokerReport::Corrected { exec, qty, price: price("GC", at) });
    }

    /// An execution in `GC` of somebody else's order.
    pub fn foreign_fill(&mut self, broker_order: u64, side: Side, contracts: u32, at: &str) {
        self.execs += 1;
        self.report(BrokerReport::ForeignFill(ForeignFill {
            broker_order: BrokerOrderId::new(broker_order),
            contract: contract("GC"),
            side,
            exec: ExecId::new(self.execs),
            qty: Qty::new(contracts).unwrap(),
            price: price("GC", at),
        }));
    }

    /// A stop of the broker's side stands for a lot: `L0-X1.s1`, for so many contracts.
    pub fn stop_stands(&mut self, order: &str, contracts: u32) {
        let order = id(order);
        let OrderId::LotStop { lot, .. } = order else { panic!("{order} is no stop of a lot") };
        // One for a lot that nobody knows is taken for a long one.
        let lot = self.book().lots().get(lot);
        let (contract, side) =
            lot.map_or((contract("GC"), Side::Sell), |lot| (lot.contract, lot.side.opposite()));
        let qty = Qty::new(contracts).unwrap();
        self.report(BrokerReport::StopStands(StopReport { order, contract, side, qty }));
    }

    /// The number of the newest question for a snapshot.
    #[must_use]
    pub fn question(&self) -> Option<SnapshotId> {
        self.requests.iter().rev().find_map(|request| match request {
            Request::Snapshot(id) => Some(*id),
            Request::Submit(_)
            | Request::Cancel(_)
            | Request::Change(_)
            | Request::Query(_)
            | Request::NativeClose(_) => None,
        })
    }

    /// Asks for the broker's own account and answers with these lists.
    pub fn reconcile(&mut self, account: &Account) {
        self.feed(Input::Reconcile);
        self.answer(account);
    }

    /// Answers the newest question for a snapshot.
    pub fn answer(&mut self, account: &Account) {
        let answers = self.question().unwrap();
        self.report(BrokerReport::Snapshot(Box::new(account.snapshot(answers))));
    }

    /// The order works on these terms.
    pub fn changed(&mut self, order: &str, contracts: u32, limit: &str) {
        let order = id(order);
        let (qty, limit) = (Qty::new(contracts).unwrap(), price(self.root_of(order), limit));
        self.report(BrokerReport::Changed { order, qty, limit });
    }

    /// The broker did not change the order.
    pub fn refuse_change(&mut self, order: &str) {
        self.report(BrokerReport::ChangeRefused { order: id(order) });
    }

    /// Places an order at the market and has it filled at once, at one price.
    pub fn enter(&mut self, draft: Draft, at: &str) {
        let order = self.book().next_ticket().to_string();
        self.place(draft);
        self.accept(&order);
        let contracts = draft.request().qty.contracts();
        self.fill(&order, contracts, at);
    }

    // How it stands.

    /// The net position of a root.
    #[must_use]
    pub fn net(&self, root: &str) -> i64 {
        self.book().positions().at(contract(root)).net.signed()
    }

    /// The closed profit of a root, as text.
    #[must_use]
    pub fn realized(&self, root: &str) -> String {
        self.book().positions().at(contract(root)).realized.to_string()
    }

    /// Where an order stands.
    #[must_use]
    pub fn status(&self, order: &str) -> OrderStatus {
        let key = self.book().find(id(order)).unwrap();
        self.book().orders().at(key).status
    }

    /// Contracts that the phantom of lot number `lot` protects.
    #[must_use]
    pub fn armed(&self, lot: u32) -> u32 {
        self.engine.armed_qty(LotId::from_row(lot))
    }

    /// Stop and target of lot number `lot` as they stand, in `GC`: `1319.2 1322.0`, `-` for none.
    #[must_use]
    pub fn legs(&self, lot: u32) -> String {
        let bracket = self.book().bracket(LotId::from_row(lot));
        let text = |price: Option<phantom_model::Price>| {
            price.map_or_else(|| "-".to_owned(), |price| grid("GC").text(price))
        };
        format!("{} {}", text(bracket.stop), text(bracket.target))
    }

    /// Contracts that an order may still fill.
    #[must_use]
    pub fn leaves(&self, order: &str) -> u32 {
        let key = self.book().find(id(order)).unwrap();
        self.book().orders().at(key).leaves()
    }

    /// What stops openings.
    #[must_use]
    pub const fn halts(&self) -> Halt {
        self.book().halt()
    }

    /// The refusal that an order would get now; `None` when it may leave.
    #[must_use]
    pub fn verdict(&self, draft: Draft) -> Option<Refusal> {
        self.engine.verdict(self.now, &draft.request()).err()
    }

    /// The id of the newest order that was submitted; `None` before the first.
    #[must_use]
    pub fn newest_order(&self) -> Option<String> {
        self.book().orders().iter().next_back().map(|(_, order)| order.id.to_string())
    }

    // What it said.

    /// The facts since the last look, one line each.
    pub fn said(&mut self) -> Vec<String> {
        let new = self.facts.get(self.facts_read..).unwrap();
        let lines = new.iter().map(|fact| fact_line(self.engine.book(), fact)).collect();
        self.facts_read = self.facts.len();
        lines
    }

    /// The requests since the last look, one line each.
    pub fn asked(&mut self) -> Vec<String> {
        let lines = self.requests.get(self.requests_read..).unwrap().iter().map(request_line).collect();
        self.requests_read = self.requests.len();
        lines
    }

    /// Forgets what was said and asked so far.
    pub fn hush(&mut self) {
        self.said();
        self.asked();
    }

    /// The facts since the last look are exactly these: lines, or parts between bars.
    #[track_caller]
    pub fn expect(&mut self, lines: &str) {
        let said = self.said();
        assert!(
            said.iter().eq(parts(lines)),
            "expected {:#?}, said {said:#?}",
            parts(lines).collect::<Vec<_>>()
        );
    }

    /// The requests since the last look are exactly these: lines, or parts between bars.
    #[track_caller]
    pub fn expect_requests(&mut self, lines: &str) {
        let asked = self.asked();
        assert!(
            asked.iter().eq(parts(lines)),
            "expected {:#?}, asked {asked:#?}",
            parts(lines).collect::<Vec<_>>()
        );
    }

    fn root_of(&self, order: OrderId) -> &'static str {
        let key = self.book().find(order);
        key.map_or("GC", |key| root(self.book().orders().at(key).contract))
    }
}

fn parts(lines: &str) -> impl Iterator<Item = &str> {
    lines.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

fn id(text: &str) -> OrderId {
    text.parse().unwrap()
}

/// The orders of ours in the broker's own account.
fn listed_in(input: &Input) -> Vec<OrderId> {
    let Input::Report(BrokerReport::Snapshot(it)) = input else { return Vec::new() };
    it.orders.told().iter().filter_map(|row| row.order).collect()
}

/// Every submission, change and cancel that is recorded is asked for, once and in order, and nothing else is:
/// but for orders that a crash has lost, which the broker has already. Whoever is unknown, or alive again, is
/// asked about.
fn check_requests(out: &Outcome, listed: &[OrderId]) {
    let recorded = out.facts.iter().filter_map(|fact| {
        if let FactBody::OrderSubmitted { order, .. } = &fact.body {
            (!listed.contains(order)).then_some(("send", *order))
        } else if let FactBody::CancelRequested { order } = &fact.body {
            Some(("cancel", *order))
        } else if let FactBody::ChangeAsked { order, .. } = &fact.body {
            Some(("change", *order))
        } else {
            None
        }
    });
    let asked = out.requests.iter().filter_map(|request| match request {
        Request::Submit(order) | Request::NativeClose(order) => Some(("send", order.id())),
        Request::Cancel(order) => Some(("cancel", *order)),
        Request::Change(change) => Some(("change", change.id())),
        Request::Query(_) | Request::Snapshot(_) => None,
    });
    assert!(recorded.eq(asked), "what is recorded is what is asked for: {out:?}");
    for fact in &out.facts {
        if let FactBody::OrderUnknown { order } = &fact.body {
            assert!(out.requests.contains(&Request::Query(*order)), "{order} is unknown and nobody asks");
        }
    }
}
