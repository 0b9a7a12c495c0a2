//! A desk in a story: the real loop, engine and journal, a broker, and what a trader, a market and the
//! broker do to it. After every step everything is counted again from the facts alone.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a story that cannot go on has failed")]

use phantom_broker::{Broker, Message};
use phantom_broker_mock::{MockBroker, MockSettings};
use phantom_compliance::{ChangeRequest, Limits, Outbound, Protect};
use phantom_engine::fact::{Absence, GapPolicy};
use phantom_engine::{
    Book, Decision, Engine, FactBody, HaltChange, Handling, Input, Intake, Origin, Protected, RuleBook,
    RulesInput, Timing,
};
use phantom_model::{
    ArenaKey, Bar, BrokerOrderId, BrokerReport, ExecId, FailReason, FillReport, FillTiming, ForeignFill,
    Link, LotId, MarketRecord, Money, OrderId, OrderStatus, Price, Print, Qty, Side, SnapshotId, Span,
    Timestamp,
};
use phantom_runtime::{Core, MemoryJournal};
use phantom_testkit::ledger::Ledger;
use phantom_testkit::line::fact_line;
use phantom_testkit::{Draft, contract, contracts, grid, price, rules, terms};

use crate::account::Account;
use crate::brokers::{ByHand, Noted};
use crate::messages::{is_send, message_line};

/// A desk with `GC` at 0.1 and `NQ` at 0.25 a tick, without fees. Orders are named by their text ids.
pub struct Story<B> {
    core: Core<Noted<B>, MemoryJournal>,
    limits: Limits,
    timing: Timing,
    rule_book: Option<RuleBook>,
    ledger: Ledger,
    shadow: Book,
    counted: usize,
    facts_read: usize,
    sent_read: usize,
    execs: u64,
    /// Orders that left before the journal had them: the broker has them, and no send is noted.
    lost: Vec<OrderId>,
}

impl Story<ByHand> {
    /// At a broker that says only what the story says.
    #[must_use]
    pub fn by_hand() -> Self {
        Self::at(ByHand, Limits::NONE)
    }
}

impl Story<ByHand> {
    /// The same at a moment of the calendar, under a shipped pack with these settings, at `fee_cents` per
    /// contract and side. Gold has traded at 1320.0.
    #[must_use]
    pub fn under(pack: &str, settings: &[&str], at: &str, fee_cents: i64) -> Self {
        let mut story = Self::before_rules(at, fee_cents);
        story.feed(rules::adopt(rules::profile(pack, settings)));
        story.print("1320.0");
        story.hush();
        story
    }

    /// The same before any rules are chosen, and before the first trade.
    #[must_use]
    pub fn before_rules(at: &str, fee_cents: i64) -> Self {
        let fee = Money::from_units(fee_cents * 100);
        let mut story = Self::with(ByHand, Limits::NONE, Timing::STANDARD, fee);
        let at = rules::moment(at);
        let rule_book = rules::rule_book(at);
        story.rule_book = Some(rule_book.clone());
        let engine = story.core.engine().clone();
        *story.core.engine_mut() = engine.with_rule_book(rule_book);
        story.core.run_until(at);
        story
    }

    /// Lets the clock run to a moment.
    pub fn wait_until(&mut self, at: &str) {
        self.core.run_until(rules::moment(at));
        self.count();
    }

    /// Something about the rules.
    pub fn rules(&mut self, input: RulesInput) {
        self.feed(Input::Rules(input));
    }

    /// The code of the refusal that an order would get now; `None` when it may leave.
    #[must_use]
    pub fn verdict(&self, draft: Draft) -> Option<&'static str> {
        let refusal = self.core.engine().verdict(self.core.now(), &draft.request()).err()?;
        Some(refusal.reason())
    }

    /// The words of that refusal.
    #[must_use]
    pub fn words(&self, draft: Draft) -> String {
        let refusal = self.core.engine().verdict(self.core.now(), &draft.request()).err();
        refusal.map_or_else(String::new, |refusal| refusal.to_string())
    }
}

impl Story<MockBroker> {
    /// At the mock broker.
    #[must_use]
    pub fn at_mock(settings: MockSettings) -> Self {
        Self::at(MockBroker::new(settings), Limits::NONE)
    }
}

impl<B: Broker> Story<B> {
    /// At this broker, with these limits.
    #[must_use]
    pub fn at(broker: B, limits: Limits) -> Self {
        Self::timed(broker, limits, Timing::STANDARD)
    }

    /// The same with other waits.
    #[must_use]
    pub fn timed(broker: B, limits: Limits, timing: Timing) -> Self {
        Self::with(broker, limits, timing, Money::ZERO)
    }

    fn with(broker: B, limits: Limits, timing: Timing, fee_per_side: Money) -> Self {
        let terms = terms(fee_per_side);
        let shadow = Book::new(&terms);
        let engine = Engine::new(terms, limits, timing);
        let core = Core::new(engine, Noted::new(broker), MemoryJournal::new());
        let ledger = Ledger::default();
        let (counted, facts_read, sent_read, execs) = (0, 0, 0, 0);
        let (rule_book, lost) = (None, Vec::new());
        let mut story = Self {
            core,
            limits,
            timing,
            rule_book,
            ledger,
            shadow,
            counted,
            facts_read,
            sent_read,
            execs,
            lost,
        };
        story.core.run_until(Timestamp::from_nanos(0));
        story
    }

    /// The loop.
    #[must_use]
    pub const fn core(&self) -> &Core<Noted<B>, MemoryJournal> {
        &self.core
    }

    /// The state of record.
    #[must_use]
    pub const fn book(&self) -> &Book {
        self.core.book()
    }

    /// The broker.
    #[must_use]
    pub const fn broker(&self) -> &B {
        &self.core.broker().broker
    }

    /// The broker, to change how it behaves.
    pub const fn broker_mut(&mut self) -> &mut B {
        &mut self.core.broker_mut().broker
    }

    // What happens.

    /// Feeds anything now.
    pub fn feed(&mut self, input: Input) {
        self.core.input(self.core.now(), input);
        self.count();
    }

    /// The trader sets which prints are suspect and how large the exits of a flatten are.
    pub const fn set_handling(&mut self, handling: Handling) {
        self.core.engine_mut().set_handling(handling);
    }

    /// Lets time pass; what is due in between is done at its own time.
    pub fn wait_ms(&mut self, millis: u32) {
        self.core.run_until(self.core.now() + Span::from_millis(millis));
        self.count();
    }

    /// A record of the market, stamped so long ago.
    pub fn record(&mut self, root: &str, print: Print, age_ms: u32) {
        let at = self.core.now() - Span::from_millis(age_ms);
        self.core.market(MarketRecord { contract: contract(root), at, print });
        self.count();
    }

    /// A trade of so many contracts.
    pub fn trade(&mut self, root: &str, at: &str, size: u32) {
        self.record(root, Print::Trade { price: price(root, at), size }, 0);
    }

    /// A trade of one contract in `GC`.
    pub fn print(&mut self, at: &str) {
        self.trade("GC", at, 1);
    }

    /// A trade in `GC` with the bid and the ask of its moment.
    pub fn quoted(&mut self, at: &str, bid: &str, ask: &str) {
        let price = |text: &str| price("GC", text);
        let print = Print::QuotedTrade { price: price(at), size: 1, bid: price(bid), ask: price(ask) };
        self.record("GC", print, 0);
    }

    /// A bar in `GC`: open, high, low, close.
    pub fn bar(&mut self, [open, high, low, close]: [&str; 4]) {
        let price = |text: &str| price("GC", text);
        let bar =
            Bar { open: price(open), high: price(high), low: price(low), close: price(close), volume: 10 };
        self.record("GC", Print::Bar(bar), 0);
    }

    /// Somebody places an order. Its id.
    pub fn place_by(&mut self, draft: Draft, origin: Origin) -> String {
        let id = self.book().next_ticket().to_string();
        self.feed(Input::Place { intake: Intake::Read(draft.request()), origin });
        id
    }

    /// A click places an order. Its id.
    pub fn place(&mut self, draft: Draft) -> String {
        self.place_by(draft, Origin::Window)
    }

    /// A click cancels an order.
    pub fn cancel(&mut self, order: &str) {
        self.feed(Input::Cancel { order: id(order), origin: Origin::Window });
    }

    /// A click gives a working order another quantity, another limit, or both.
    pub fn change(&mut self, order: &str, contracts: Option<u32>, limit: Option<&str>) {
        let order = id(order);
        let root = self.root_of(order);
        let (qty, limit) = (contracts.map(|qty| Qty::new(qty).unwrap()), limit.map(|text| price(root, text)));
        self.feed(Input::Change { order, change: Ok(ChangeRequest { qty, limit }), origin: Origin::Window });
    }

    /// A click changes what protects a lot; lots count from 0.
    pub fn protect(&mut self, lot: u32, change: Protect) {
        let whom = Protected::Lot(LotId::from_row(lot));
        self.feed(Input::Protect { whom, change: Ok(change), origin: Origin::Window });
    }

    /// A click changes what protects every open lot in `GC`.
    pub fn protect_all(&mut self, change: Protect) {
        let whom = Protected::Position(contract("GC"));
        self.feed(Input::Protect { whom, change: Ok(change), origin: Origin::Window });
    }

    /// Flatten all is pressed.
    pub fn flatten(&mut self) {
        self.feed(Input::Flatten { origin: Origin::Hotkey });
    }

    /// Openings are stopped or freed.
    pub fn halt(&mut self, change: HaltChange) {
        self.feed(Input::Halt { change, origin: Origin::Window });
    }

    /// The way to the broker comes or goes.
    pub fn link(&mut self, link: Link) {
        self.feed(Input::Link(link));
    }

    /// A person decides about a difference in a root.
    pub fn decide(&mut self, root: &str, decision: Decision) {
        self.feed(Input::Decide { contract: contract(root), decision, origin: Origin::Window });
    }

    /// The desk is killed and starts again from its journal, at the same broker. It has seen no price yet.
    pub fn restart(&mut self) {
        let terms = self.core.engine().terms().clone();
        let book = Book::replay(&terms, self.core.journal().facts());
        let engine = Engine::with_book(terms, self.limits, self.timing, book);
        *self.core.engine_mut() = match self.rule_book.clone() {
            Some(rule_book) => engine.with_rule_book(rule_book),
            None => engine,
        };
        self.core.run_until(self.core.now());
        self.count();
    }

    /// The same, as the program does it: it was killed, comes back with this policy, and asks the broker.
    pub fn come_back(&mut self, policy: GapPolicy) {
        self.restart();
        let since = self.core.now();
        self.feed(Input::Returned { absence: Absence::Crashed, since, policy });
        self.link(Link::Up);
    }

    /// The computer slept and wakes.
    pub fn wake(&mut self, policy: GapPolicy) {
        let since = self.core.now();
        self.feed(Input::Returned { absence: Absence::Slept, since, policy });
        self.link(Link::Up);
    }

    /// This order had left before the journal had it, and the kill came between.
    pub fn lose(&mut self, order: &str) {
        self.lost.push(id(order));
    }

    // What the broker reports, where the story says it.

    /// Any report.
    pub fn report(&mut self, report: BrokerReport) {
        self.feed(Input::Report(report));
    }

    /// The broker has the order.
    pub fn accept(&mut self, order: &str) {
        self.report(BrokerReport::Accepted { order: id(order) });
    }

    /// A new execution.
    pub fn fill(&mut self, order: &str, contracts: u32, at: &str) {
        self.execs += 1;
        let (order, exec, qty) = (id(order), ExecId::new(self.execs), Qty::new(contracts).unwrap());
        let price = price(self.root_of(order), at);
        let timing = FillTiming::Unknown;
        self.report(BrokerReport::Filled(FillReport { order, exec, qty, price, timing, broker_time: None }));
    }

    /// The broker tells every execution of the story's orders once more.
    pub fn fill_again(&mut self) {
        let book = self.core.book();
        let again = |fill: &phantom_engine::book::FillRow| FillReport {
            order: book.orders().at(fill.order).id,
            exec: fill.exec,
            qty: fill.qty,
            price: fill.price,
            timing: FillTiming::Unknown,
            broker_time: fill.broker_time,
        };
        let reports: Vec<FillReport> = book.fills().iter().map(|(_, fill)| again(fill)).collect();
        for report in reports {
            self.report(BrokerReport::Filled(report));
        }
    }

    /// A person lets a lot exit whose price was passed while the desk was away; lots count from 0.
    pub fn exit_passed(&mut self, lot: u32) {
        self.feed(Input::ExitPassed { lot: LotId::from_row(lot) });
    }

    /// The broker took the order out of the market.
    pub fn cancelled(&mut self, order: &str) {
        self.report(BrokerReport::Cancelled { order: id(order) });
    }

    /// The broker refused the order.
    pub fn fail(&mut self, order: &str, reason: FailReason) {
        self.report(BrokerReport::Failed { order: id(order), reason });
    }

    /// The broker did not cancel.
    pub fn refuse_cancel(&mut self, order: &str) {
        self.report(BrokerReport::CancelRefused { order: id(order) });
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

    /// An execution of somebody else's order.
    pub fn elsewhere(&mut self, root: &str, side: Side, contracts: u32, at: &str) {
        self.execs += 1;
        self.report(BrokerReport::ForeignFill(ForeignFill {
            broker_order: BrokerOrderId::new(self.execs),
            contract: contract(root),
            side,
            exec: ExecId::new(self.execs),
            qty: Qty::new(contracts).unwrap(),
            price: price(root, at),
        }));
    }

    /// The desk asks for the broker's own account, and the broker answers with this.
    pub fn account(&mut self, account: Account) {
        self.feed(Input::Reconcile);
        self.answer(account);
    }

    /// The broker answers the newest question for its own account.
    pub fn answer(&mut self, account: Account) {
        if let Some(answers) = self.question() {
            self.report(BrokerReport::Snapshot(Box::new(account.answering(answers))));
        }
    }

    /// The newest question for the broker's own account.
    #[must_use]
    pub fn question(&self) -> Option<SnapshotId> {
        self.core.broker().sent.iter().rev().find_map(|(_, message)| match message {
            Message::Snapshot(id) => Some(*id),
            Message::Submit(_)
            | Message::Cancel(_)
            | Message::Change(_)
            | Message::Query(_)
            | Message::NativeClose(_) => None,
        })
    }

    /// An order at the market that the broker takes and fills at once.
    pub fn enter(&mut self, draft: Draft, at: &str) {
        let order = self.place(draft);
        self.accept(&order);
        self.fill(&order, draft.request().qty.contracts(), at);
    }

    // How it stands.

    /// The net position of a root.
    #[must_use]
    pub fn net(&self, root: &str) -> i64 {
        self.book().positions().at(contract(root)).net.signed()
    }

    /// Contracts that the phantom of a lot protects; lots count from 0.
    #[must_use]
    pub fn armed(&self, lot: u32) -> u32 {
        self.core.engine().armed_qty(LotId::from_row(lot))
    }

    /// Stop and target of a lot in `GC` as they stand: `1319.2 1322.0`, `-` for none.
    #[must_use]
    pub fn legs(&self, lot: u32) -> String {
        let bracket = self.book().bracket(LotId::from_row(lot));
        let text =
            |price: Option<Price>| price.map_or_else(|| "-".to_owned(), |price| grid("GC").text(price));
        format!("{} {}", text(bracket.stop), text(bracket.target))
    }

    /// Where an order stands.
    #[must_use]
    pub fn status(&self, order: &str) -> OrderStatus {
        let key = self.book().find(id(order)).unwrap();
        self.book().orders().at(key).status
    }

    /// Closed profit of a root.
    #[must_use]
    pub fn realized(&self, root: &str) -> String {
        self.book().positions().at(contract(root)).realized.to_string()
    }

    /// Whether the account holds nothing and no order may still fill.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        let open = self.book().positions().iter().any(|(_, position)| position.net.size() > 0);
        !open && !self.book().has_live_orders()
    }

    // What it said and sent.

    /// The facts since the last look.
    pub fn said(&mut self) -> Vec<String> {
        let facts = self.core.journal().facts().get(self.facts_read..).unwrap();
        let lines = facts.iter().map(|fact| fact_line(self.core.book(), fact)).collect();
        self.facts_read = self.core.journal().facts().len();
        lines
    }

    /// What the broker was sent since the last look.
    pub fn sent(&mut self) -> Vec<String> {
        let sent = &self.core.broker().sent;
        let lines = sent.get(self.sent_read..).unwrap().iter().map(|(_, it)| message_line(it)).collect();
        self.sent_read = sent.len();
        lines
    }

    /// Every fact so far, as a line.
    #[must_use]
    pub fn history(&self) -> Vec<String> {
        self.core.journal().facts().iter().map(|fact| fact_line(self.core.book(), fact)).collect()
    }

    /// How often a fact was recorded so far.
    #[must_use]
    pub fn times(&self, line: &str) -> usize {
        self.history().iter().filter(|said| *said == line).count()
    }

    /// Contracts of every exit that was ever sent in a root, refused ones included.
    #[must_use]
    pub fn exits_sent(&self, root: &str) -> Vec<(String, u32)> {
        let exits = self.core.broker().sent.iter().filter_map(|(_, message)| match message {
            Message::Submit(order @ Outbound::Exit(_)) | Message::NativeClose(order @ Outbound::Exit(_)) => {
                Some(order)
            }
            Message::Submit(Outbound::Opening(_))
            | Message::NativeClose(Outbound::Opening(_))
            | Message::Cancel(_)
            | Message::Change(_)
            | Message::Query(_)
            | Message::Snapshot(_) => None,
        });
        let of_root = exits.filter(|exit| exit.contract() == contract(root));
        of_root.map(|exit| (exit.id().to_string(), exit.qty().contracts())).collect()
    }

    /// Forgets what was said and sent so far.
    pub fn hush(&mut self) {
        self.said();
        self.sent();
    }

    /// What was sent since the last look is exactly this: lines, or parts between bars.
    #[track_caller]
    pub fn expect_sent(&mut self, lines: &str) {
        let sent = self.sent();
        assert!(sent.iter().eq(parts(lines)), "expected {:#?}, sent {sent:#?}", all(lines));
    }

    /// The facts since the last look are exactly these: lines, or parts between bars.
    #[track_caller]
    pub fn expect_said(&mut self, lines: &str) {
        let said = self.said();
        assert!(said.iter().eq(parts(lines)), "expected {:#?}, said {said:#?}", all(lines));
    }

    /// The journal has these facts, in this order, among others.
    #[track_caller]
    pub fn expect_history(&self, lines: &str) {
        let history = self.history();
        let mut rest = history.iter();
        for line in parts(lines) {
            assert!(rest.any(|said| said == line), "{line:?} is missing, or too early, in {history:#?}");
        }
    }

    /// Counts everything again after a step.
    fn count(&mut self) {
        let facts = self.core.journal().facts().get(self.counted..).unwrap();
        let terms = self.core.engine().terms();
        for fact in facts {
            self.shadow.fold(fact);
            self.ledger.take(fact, |contract| terms.at(contract).tick_value);
        }
        self.ledger.compare(self.core.engine(), self.core.now());
        if facts.is_empty() {
            return;
        }
        self.counted = self.core.journal().facts().len();
        assert_eq!(&self.shadow, self.core.book(), "the journal alone rebuilds the book");
        for (_, position) in self.core.book().positions().iter() {
            let fits = position.exits_outstanding() <= position.net.size();
            assert!(fits || self.core.book().halt().latched, "exits within the position");
        }
        for fact in facts {
            if let FactBody::OrderSubmitted { order, .. } = &fact.body
                && !self.lost.contains(order)
            {
                let sends = self.core.broker().sent.iter().map(|(_, it)| it);
                let mut sends = sends.filter(|it| it.order() == Some(*order) && is_send(it));
                let first = sends.next();
                assert!(first.is_some(), "{order} is recorded and sent");
                // A send that did not leave is tried again: the same message.
                assert!(sends.all(|again| Some(again) == first), "{order} is one order");
            }
        }
    }

    fn root_of(&self, order: OrderId) -> &'static str {
        let key = self.book().find(order);
        key.map_or("GC", |key| contracts::root(self.book().orders().at(key).contract))
    }
}

fn parts(lines: &str) -> impl Iterator<Item = &str> {
    lines.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

fn all(lines: &str) -> Vec<&str> {
    parts(lines).collect()
}

fn id(text: &str) -> OrderId {
    text.parse().unwrap()
}
