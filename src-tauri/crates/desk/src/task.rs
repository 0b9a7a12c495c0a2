//! The one task that owns the engine.
//!
//! It waits for reports, commands, records and deadlines, in this order of urgency, and does one
//! thing at a time. Every queue is bounded. It ends when every handle is gone.

use std::sync::Arc;

use phantom_broker::Broker;
use phantom_compliance::{Calendar, Refusal, Ticket};
use phantom_engine::book::Position;
use phantom_engine::fact::{Absence, FactBody, GapPolicy};
use phantom_engine::{
    BeyondCalendar, Book, Engine, Fact, HaltChange, Input, Intake, JournalStanding, Origin, RuleBook, Verdict,
};
use phantom_model::{FlattenId, Link, OrderId, Span, Timestamp, TradingDay};
use tokio::sync::{Notify, broadcast, mpsc, oneshot};
use tokio::time::Instant;

use crate::changes;
use crate::clock::Clock;
use crate::core::Core;
use crate::handle::{
    BATCHES_MAX, COMMANDS_MAX, Command, DayMoney, DeskHandle, Marks, RECORDS_MAX, REPORTS_MAX, Snapshot,
};
use crate::journal::{Journal, JournalHealth};
use crate::listing::Listing;
use crate::receipt::{CancelAnswer, Effect, FlattenReceipt, PlaceAnswer, ReceiptStep};
use crate::recovery::{RecoveryReport, Returning};
use crate::trigger::TriggerReceipts;

/// How long a placed order waits for its answer before it is told as it is.
const PLACE_ANSWER: Span = Span::from_millis(5_000);
/// Orders of a busy session. Room for them is taken before the first one, so that no exit waits for
/// memory.
const SESSION_ORDERS: usize = 20_000;
/// Records that are worked on before commands are looked at again: a flood of trades must not keep
/// a person waiting.
const RECORDS_AT_ONCE: usize = 256;

/// A journal that also keeps the facts of the step, to publish them.
struct Published<J> {
    journal: J,
    step: Vec<Fact>,
}

impl<J: Journal> Journal for Published<J> {
    fn append(&mut self, facts: &[Fact]) {
        self.journal.append(facts);
        self.step.extend_from_slice(facts);
    }

    fn durable(&self) -> u64 {
        self.journal.durable()
    }

    fn health(&self) -> JournalHealth {
        self.journal.health()
    }

    fn next_due(&self) -> Timestamp {
        self.journal.next_due()
    }

    fn advance(&mut self, now: Timestamp) {
        self.journal.advance(now);
    }
}

struct PendingPlace {
    order: OrderId,
    until: Timestamp,
    answer: oneshot::Sender<PlaceAnswer>,
}

struct PendingFlatten {
    receipt: FlattenReceipt,
    answers: Vec<oneshot::Sender<FlattenReceipt>>,
}

/// The desk before it runs.
pub struct Desk<B, J, C> {
    core: Core<B, Published<J>>,
    clock: C,
    listing: Arc<Listing>,
    commands: mpsc::Receiver<Command>,
    records: mpsc::Receiver<phantom_model::MarketRecord>,
    reports: mpsc::Receiver<phantom_model::BrokerReport>,
    /// Tells that the disk has more, or that the journal is not what it was.
    journal: Arc<Notify>,
    publish: broadcast::Sender<Arc<[Fact]>>,
    places: Vec<PendingPlace>,
    flatten: Option<PendingFlatten>,
    /// How it begins after an absence; `None` for a new book.
    returning: Option<Returning>,
    recovery: Option<RecoveryReport>,
    triggers: TriggerReceipts,
    /// What becomes of a phantom that was passed while the computer slept.
    policy: GapPolicy,
    /// The receipts of the flattens that have answered, oldest first. The last one is revised while it
    /// watches for late fills.
    receipts: Vec<FlattenReceipt>,
    /// When the next trading day begins.
    day_ends: Timestamp,
}

/// What the desk woke up for.
enum Woken {
    Report(phantom_model::BrokerReport),
    Command(Command),
    Records(usize),
    /// The disk has more, or the journal is lost.
    Journal,
    Due,
    AllGone,
}

impl<B: Broker, J: Journal, C: Clock> Desk<B, J, C> {
    /// Puts a desk together. It does nothing until it is run.
    pub fn new(
        mut engine: Engine,
        broker: B,
        journal: J,
        clock: C,
        listing: Arc<Listing>,
    ) -> (Self, DeskHandle) {
        engine = with_rule_book(engine, &listing);
        engine.reserve(SESSION_ORDERS);
        let (command_in, commands) = mpsc::channel(COMMANDS_MAX);
        let (record_in, records) = mpsc::channel(RECORDS_MAX);
        let (report_in, reports) = mpsc::channel(REPORTS_MAX);
        let (publish, _) = broadcast::channel(BATCHES_MAX);
        let desk = Self {
            core: Core::new(engine, broker, Published { journal, step: Vec::new() }),
            clock,
            listing,
            commands,
            records,
            reports,
            journal: Arc::default(),
            publish,
            places: Vec::new(),
            flatten: None,
            receipts: Vec::new(),
            returning: None,
            recovery: None,
            triggers: TriggerReceipts::default(),
            policy: GapPolicy::default(),
            day_ends: Timestamp::MIN,
        };
        (desk, DeskHandle { commands: command_in, records: record_in, reports: report_in })
    }

    /// The same, woken whenever the journal has more on the disk or is not what it was. A journal whose
    /// facts are durable at once needs it not.
    #[must_use]
    pub fn woken_by(self, journal: Arc<Notify>) -> Self {
        Self { journal, ..self }
    }

    /// The same on a book of an earlier run: no phantom fires before the account has been compared and a
    /// price was seen twice, and what became due meanwhile is done now.
    #[must_use]
    pub fn returning(mut self, returning: Returning) -> Self {
        self.core = self.core.starting_at(self.clock.now().max(returning.since));
        self.policy = returning.policy;
        self.returning = Some(returning);
        self
    }

    /// Runs until every handle is gone, then gives the journal back.
    pub async fn run(self) -> J {
        self.run_to_end().await.0
    }

    /// The same, with the state of record at the end.
    pub async fn run_to_end(mut self) -> (J, Book) {
        let mut batch = Vec::with_capacity(RECORDS_AT_ONCE);
        self.begin();
        loop {
            let woken = self.wake(&mut batch).await;
            let now = self.now();
            self.begin_day(now);
            match woken {
                Woken::Report(report) => {
                    self.core.input(now, Input::Report(report));
                }
                Woken::AllGone | Woken::Command(Command::End) => {
                    let book = self.core.book().clone();
                    return (self.core.into_journal().journal, book);
                }
                Woken::Command(command) => self.command(command),
                Woken::Journal => self.core.look_at_journal(now),
                Woken::Records(0) | Woken::Due => {}
                Woken::Records(_) => {
                    for record in batch.drain(..) {
                        self.begin_day(record.at);
                        self.core.market(record);
                        self.finish_step();
                    }
                }
            }
            let now = self.now();
            self.core.run_until(now);
            self.finish_step();
            self.answer_overdue(now);
        }
    }

    /// The day, what an absence means, and the broker: nothing is opened, and no phantom of an earlier run
    /// fires, before the broker's own account has been compared.
    fn begin(&mut self) {
        let now = self.now();
        self.begin_day(now);
        if let Some(returning) = self.returning.take() {
            self.come_back(now, returning);
        }
        let link = self.core.broker().link();
        self.core.input(now, Input::Link(link));
        self.finish_step();
    }

    fn come_back(&mut self, now: Timestamp, returning: Returning) {
        let Returning { absence, since, policy, damaged } = returning;
        self.core.input(now, Input::Returned { absence, since, policy });
        if damaged {
            self.core.input(now, Input::Journal(JournalStanding::Damaged));
        }
        self.finish_step();
        self.recovery = Some(RecoveryReport::begun(self.core.book(), returning, now));
    }

    /// The desk could see nothing for so long: as after a start, without the start.
    fn wake_up(&mut self, blind: Span) {
        let now = self.now();
        let (since, policy) = (now - blind, self.policy);
        self.come_back(now, Returning { absence: Absence::Slept, since, policy, damaged: false });
        if !self.core.book().halt().not_connected {
            self.core.input(now, Input::Link(Link::Up));
        }
    }

    /// Tells the engine when a trading day begins; it counts profit and fees from there.
    fn begin_day(&mut self, at: Timestamp) {
        if at >= self.day_ends {
            self.day_ends = TradingDay::next_begins(at);
            self.core.input(at, Input::TradingDay(TradingDay::of(at)));
        }
    }

    async fn wake(&mut self, batch: &mut Vec<phantom_model::MarketRecord>) -> Woken {
        let due = self.next_wake();
        tokio::select! {
            biased;
            Some(report) = self.reports.recv() => Woken::Report(report),
            () = self.journal.notified() => Woken::Journal,
            command = self.commands.recv() => command.map_or(Woken::AllGone, Woken::Command),
            count = self.records.recv_many(batch, RECORDS_AT_ONCE), if !self.records.is_closed() || !self.records.is_empty() => Woken::Records(count),
            () = sleep_until(due) => Woken::Due,
        }
    }

    /// The market's time; it never goes back, whatever the feed's stamps say.
    fn now(&self) -> Timestamp {
        self.clock.now().max(self.core.now())
    }

    fn next_wake(&self) -> Option<Instant> {
        let answers = self.places.iter().map(|place| place.until);
        let due = self.core.next_due().min(self.day_ends);
        let due = answers.min().map_or(due, |answer| answer.min(due));
        if due == Timestamp::MAX { None } else { self.clock.instant_of(due) }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Place { ticket, origin, answer } => self.place(&ticket, origin, answer),
            Command::Cancel { order, origin, answer } => {
                answer.send(CancelAnswer::of(self.core.book(), order)).ok();
                self.feed(Input::Cancel { order, origin });
            }
            Command::Change { order, ticket, origin, answer } => {
                let now = self.now();
                answer.send(changes::change(&mut self.core, now, order, &ticket, origin)).ok();
            }
            Command::Protect { whom, ticket, origin, answer } => {
                let now = self.now();
                answer.send(changes::protect(&mut self.core, now, whom, &ticket, origin)).ok();
            }
            Command::Flatten { origin, answer } => self.flatten(origin, answer),
            Command::Halt { change, origin } => self.halt(change, origin),
            Command::SetLimits(limits) => self.core.engine_mut().set_limits(limits),
            Command::Link(link) => self.feed(Input::Link(link)),
            Command::Reconcile => self.feed(Input::Reconcile),
            Command::Decide { contract, decision, origin } => {
                self.feed(Input::Decide { contract, decision, origin });
            }
            Command::FeedAlive => self.feed(Input::FeedAlive),
            // The loop has ended with it.
            Command::End => {}
            Command::Slept { blind } => self.wake_up(blind),
            Command::ExitPassed { lot } => self.feed(Input::ExitPassed { lot }),
            Command::Recovery { answer } => {
                answer.send(self.recovery.clone()).ok();
            }
            Command::Triggers { answer } => {
                answer.send(self.triggers.clone()).ok();
            }
            Command::Receipts { answer } => {
                answer.send(self.receipts.clone()).ok();
            }
            Command::SetHandling(handling) => self.core.set_handling(handling),
            Command::Verdict { ticket, answer } => {
                answer.send(self.verdict(&ticket)).ok();
            }
            Command::Rules(input) => self.feed(Input::Rules(input)),
            Command::Judge { ticket, answer } => {
                answer.send(self.judge(&ticket)).ok();
            }
            Command::Panel { contracts, answer } => {
                answer.send(self.core.engine().panel(self.now(), &contracts)).ok();
            }
            Command::Marks { answer } => {
                answer.send(self.marks()).ok();
            }
            Command::Snapshot { answer } => {
                answer.send(self.snapshot()).ok();
            }
        }
    }

    fn feed(&mut self, input: Input) {
        let now = self.now();
        self.core.input(now, input);
    }

    fn halt(&mut self, change: HaltChange, origin: Origin) {
        self.feed(Input::Halt { change, origin });
    }

    fn verdict(&self, ticket: &Ticket) -> Result<Effect, Refusal> {
        let request = ticket.read(|symbol| self.listing.resolve(symbol))?;
        self.core.engine().verdict(self.now(), &request)?;
        let position = self.core.book().positions().at(request.contract).net;
        Ok(Effect::of(position, request.side))
    }

    fn judge(&self, ticket: &Ticket) -> Result<Verdict, Refusal> {
        let request = ticket.read(|symbol| self.listing.resolve(symbol))?;
        Ok(self.core.engine().judge(self.now(), &request))
    }

    fn marks(&self) -> Marks {
        let engine = self.core.engine();
        let last = engine.terms().iter().map(|(id, _)| engine.last_price(id)).collect();
        Marks { at: self.now(), last }
    }

    fn place(&mut self, ticket: &Ticket, origin: Origin, answer: oneshot::Sender<PlaceAnswer>) {
        let intake = match ticket.read(|symbol| self.listing.resolve(symbol)) {
            Ok(request) => Intake::Read(request),
            Err(refusal) => Intake::Refused(Box::new((ticket.clone(), refusal))),
        };
        let now = self.now();
        let facts = self.core.input(now, Input::Place { intake, origin });
        // Deadlines that ran before the order may have left facts of their own.
        let outcome = facts.into_iter().find_map(|fact| placed(fact.body));
        match outcome {
            Some(Placed::Rejected(rejection)) => {
                // Nobody may be waiting any more: then there is nobody to tell.
                answer.send(*rejection).ok();
            }
            Some(Placed::Submitted(order)) => {
                self.places.push(PendingPlace { order, until: now + PLACE_ANSWER, answer });
            }
            None => {}
        }
    }

    fn flatten(&mut self, origin: Origin, answer: oneshot::Sender<FlattenReceipt>) {
        // What happened before the press belongs to no receipt.
        self.finish_step();
        if let Some(pending) = &mut self.flatten {
            pending.answers.push(answer);
            self.feed(Input::Flatten { origin });
            return;
        }
        let flatten: FlattenId = self.core.book().flattens().next_key();
        self.flatten =
            Some(PendingFlatten { receipt: FlattenReceipt::begun(flatten), answers: vec![answer] });
        self.feed(Input::Flatten { origin });
    }

    /// Publishes the facts of the step and answers who waited for them.
    fn finish_step(&mut self) {
        if self.core.journal().step.is_empty() {
            return;
        }
        let step: Arc<[Fact]> = std::mem::take(&mut self.core.journal_mut().step).into();
        self.note_facts(&step);
        self.answer_flatten(&step);
        self.answer_places();
        // Without listeners there is nobody to tell.
        self.publish.send(step).ok();
    }

    fn note_facts(&mut self, step: &[Fact]) {
        let engine = self.core.engine();
        for fact in step {
            self.triggers.note(engine.book(), engine.terms(), fact);
            if let Some(report) = &mut self.recovery {
                report.note(engine.book(), fact);
            }
        }
    }

    fn answer_flatten(&mut self, step: &[Fact]) {
        for fact in step {
            let book = self.core.book();
            if let Some(receipt) = self.receipts.last_mut() {
                receipt.note(book, fact);
            }
            if let (FactBody::FlattenStarted { flatten, .. }, None) = (&fact.body, &self.flatten) {
                // A rule asked for it: nobody waits, but it has a receipt all the same.
                let receipt = FlattenReceipt::begun(*flatten);
                self.flatten = Some(PendingFlatten { receipt, answers: Vec::new() });
            }
            let Some(pending) = &mut self.flatten else { continue };
            if pending.receipt.note(book, fact) != ReceiptStep::Answer {
                continue;
            }
            let Some(done) = self.flatten.take() else { continue };
            for answer in done.answers {
                answer.send(done.receipt.clone()).ok();
            }
            self.receipts.push(done.receipt);
        }
    }

    fn answer_places(&mut self) {
        let book = self.core.book();
        let mut waiting = Vec::with_capacity(self.places.len());
        for place in self.places.drain(..) {
            match PlaceAnswer::of(book, place.order) {
                Some(now) if now.status == phantom_model::OrderStatus::Pending => waiting.push(place),
                Some(now) => {
                    place.answer.send(now).ok();
                }
                None => {}
            }
        }
        self.places = waiting;
    }

    /// Five seconds are over: the answer is the state as it is.
    fn answer_overdue(&mut self, now: Timestamp) {
        let (over, waiting) =
            std::mem::take(&mut self.places).into_iter().partition(|place| place.until <= now);
        self.places = waiting;
        let over: Vec<PendingPlace> = over;
        for place in over {
            if let Some(answer) = PlaceAnswer::of(self.core.book(), place.order) {
                place.answer.send(answer).ok();
            }
        }
    }

    fn day_money(&self) -> DayMoney {
        let positions = || self.core.book().positions().iter().map(|(_, position)| position);
        DayMoney {
            day: self.core.book().day(),
            realized: positions().map(Position::day_realized).sum(),
            unrealized: self.core.engine().unrealized_total(),
            fees: positions().map(Position::day_fees).sum(),
        }
    }

    fn snapshot(&mut self) -> Snapshot {
        self.finish_step();
        let engine = self.core.engine();
        let contracts = engine.terms().iter();
        Snapshot {
            book: engine.book().clone(),
            at: self.now(),
            money: self.day_money(),
            marks: contracts.map(|(id, _)| (engine.last_price(id), engine.unrealized(id))).collect(),
            later: self.publish.subscribe(),
        }
    }
}

/// Gives the engine what rules are judged by, where it has nothing of it. A calendar that cannot be read
/// leaves it without: under rules nothing opens then.
fn with_rule_book(engine: Engine, listing: &Listing) -> Engine {
    if engine.rule_book().is_some() {
        return engine;
    }
    match Calendar::built_in() {
        Ok(calendar) => {
            let contracts = listing.iter().map(|(_, contract)| contract.clone());
            engine.with_rule_book(RuleBook::new(calendar, contracts, BeyondCalendar::NothingOpens))
        }
        Err(fault) => {
            tracing::error!(%fault, "there is no calendar to judge rules by");
            engine
        }
    }
}

/// What an order command became.
enum Placed {
    Submitted(OrderId),
    Rejected(Box<PlaceAnswer>),
}

fn placed(body: FactBody) -> Option<Placed> {
    if let FactBody::OrderRejected { order, what, .. } = body {
        return Some(Placed::Rejected(Box::new(PlaceAnswer::rejected(order, what.1))));
    }
    if let FactBody::OrderSubmitted { order, .. } = body {
        return Some(Placed::Submitted(order));
    }
    None
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
