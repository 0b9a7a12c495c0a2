//! The loop around the engine, without a clock of its own.

use phantom_broker::{Broker, Decider, Message, SendEnd};
use phantom_engine::fact::Purpose;
use phantom_engine::{Book, Engine, Fact, Handling, Input, JournalStanding, Origin, Outcome, Request};
use phantom_model::{BrokerReport, FailReason, Link, MarketRecord, Timestamp};

use crate::covers::Covers;
use crate::held::{Held, opens};
use crate::journal::{Journal, JournalHealth};
use crate::retries::{Next, Retries};

/// An engine with its broker and its journal.
#[derive(Debug)]
pub struct Core<B, J> {
    engine: Engine,
    broker: B,
    journal: J,
    retries: Retries,
    held: Held,
    covers: Covers,
    health: JournalHealth,
    outcome: Outcome,
    now: Timestamp,
}

/// What the journal's health means for the engine.
const fn standing(health: JournalHealth) -> JournalStanding {
    match health {
        JournalHealth::Sound => JournalStanding::Sound,
        JournalHealth::Slow => JournalStanding::Slow,
        JournalHealth::Full => JournalStanding::Full,
        JournalHealth::Lost => JournalStanding::Lost,
    }
}

impl<B: Broker, J: Journal> Core<B, J> {
    /// Puts the three together.
    pub fn new(engine: Engine, broker: B, journal: J) -> Self {
        Self {
            engine,
            covers: Covers::of(&broker),
            broker,
            journal,
            retries: Retries::default(),
            held: Held::default(),
            health: JournalHealth::Sound,
            outcome: Outcome::default(),
            now: Timestamp::MIN,
        }
    }

    /// Begins at this time: what became due before it, while the desk was away, is done now and not
    /// back then.
    #[must_use]
    pub fn starting_at(self, at: Timestamp) -> Self {
        Self { now: self.now.max(at), ..self }
    }

    /// The engine, to look at.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The state of record.
    pub const fn book(&self) -> &Book {
        self.engine.book()
    }

    /// The journal.
    pub const fn journal(&self) -> &J {
        &self.journal
    }

    /// The journal, to take from it.
    pub const fn journal_mut(&mut self) -> &mut J {
        &mut self.journal
    }

    /// The journal, at the end.
    pub fn into_journal(self) -> J {
        self.journal
    }

    /// The broker.
    pub const fn broker(&self) -> &B {
        &self.broker
    }

    /// The broker, to change how it behaves.
    pub const fn broker_mut(&mut self) -> &mut B {
        &mut self.broker
    }

    /// The engine, to change its limits.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Changes what the trader has set about prints, exits and stops at the broker.
    pub fn set_handling(&mut self, handling: Handling) {
        self.engine.set_handling(handling);
        self.covers.outdate();
        self.tell_covers();
    }

    /// The time of the last input.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// When something is due by itself; [`Timestamp::MAX`] for nothing.
    pub fn next_due(&self) -> Timestamp {
        let waits = self.retries.next_due().min(self.journal.next_due());
        self.engine.next_due().min(self.broker.next_due()).min(waits)
    }

    /// Works on one record of the market: what is due before it, orders at the market, the last
    /// price, phantoms, in this order.
    #[inline]
    pub fn market(&mut self, record: MarketRecord) {
        self.run_until(record.at);
        // A stamp that lags behind the desk's clock does not turn it back.
        let at = self.now;
        self.broker.show(&record);
        self.take_reports(at);
        self.engine.apply(at, Input::Market(record), &mut self.outcome);
        self.carry_out(at);
        self.tell_covers();
    }

    /// Feeds a command or a report and carries out what follows. Answers the facts of the input
    /// itself, not those of what followed.
    pub fn input(&mut self, at: Timestamp, input: Input) -> Vec<Fact> {
        self.run_until(at);
        let at = self.now;
        let (breaks, mends) =
            (matches!(input, Input::Link(Link::Down)), matches!(input, Input::Link(Link::Up)));
        if mends {
            self.give_up_retries(at);
        }
        self.engine.apply(at, input, &mut self.outcome);
        let facts = self.outcome.facts.clone();
        self.carry_out(at);
        if breaks {
            self.give_up_retries(at);
        }
        self.tell_covers();
        facts
    }

    /// No order that was decided on before a break of the way is tried after it: sized by what was known then,
    /// it could close what is closed by now. It is known as never sent while there is no way.
    fn give_up_retries(&mut self, at: Timestamp) {
        for message in self.retries.take_orders() {
            self.never_left(at, &message, FailReason::NeverSent);
        }
    }

    /// Does everything that is due at or before `until`, each at its own time.
    #[inline]
    pub fn run_until(&mut self, until: Timestamp) {
        while self.next_due() <= until {
            self.run_next();
        }
        self.now = self.now.max(until);
    }

    fn run_next(&mut self) {
        let due = self.next_due().max(self.now);
        self.now = due;
        // The broker first: what has arrived by now is known by now.
        self.broker.advance(due);
        self.take_reports(due);
        self.journal.advance(due);
        self.look_at_journal(due);
        while let Some((message, tries)) = self.retries.take(due) {
            self.send_opening(due, message, tries);
        }
        self.take_reports(due);
        self.engine.apply(due, Input::Clock, &mut self.outcome);
        self.carry_out(due);
        self.tell_covers();
    }

    /// What stands at the broker's side for the phantoms follows them, behind the messages of the step.
    #[inline]
    fn tell_covers(&mut self) {
        if self.covers.are_stale() {
            self.covers.tell(&self.engine, &mut self.broker);
        }
    }

    /// Feeds the broker's reports to the engine, and carries out what they cause, until there are
    /// none left.
    #[inline]
    fn take_reports(&mut self, at: Timestamp) {
        while let Some(report) = self.broker.next_report() {
            self.engine.apply(at, Input::Report(report), &mut self.outcome);
            self.send_requests(at);
        }
    }

    #[inline]
    fn carry_out(&mut self, at: Timestamp) {
        if self.outcome.facts.is_empty() && self.outcome.requests.is_empty() {
            return;
        }
        self.send_requests(at);
        self.take_reports(at);
    }

    /// Releases what the disk has meanwhile, or takes note that the journal is lost.
    ///
    /// What is released leaves in the order in which it was decided, and only if it still may: what was
    /// asked back, or stopped by anything since, has failed, and provably never left.
    pub fn look_at_journal(&mut self, at: Timestamp) {
        let health = self.journal.health();
        if health != self.health {
            self.health = health;
            tracing::warn!(?health, "the journal is not what it was");
            self.engine.apply(at, Input::Journal(standing(health)), &mut self.outcome);
            self.carry_out(at);
        }
        if health == JournalHealth::Lost {
            while let Some(message) = self.held.take_any() {
                self.never_left(at, &message, FailReason::NotRecorded);
            }
            return;
        }
        while let Some(message) = self.held.release(self.journal.durable()) {
            self.send_opening(at, message, 1);
        }
    }

    /// Whether anything waits for the disk.
    pub fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Journals the facts, then sends what they ask for.
    fn send_requests(&mut self, at: Timestamp) {
        if !self.outcome.facts.is_empty() {
            self.journal.append(&self.outcome.facts);
            self.covers.outdate();
            self.outcome.facts.clear();
        }
        let mut requests = std::mem::take(&mut self.outcome.requests);
        for request in requests.drain(..) {
            let message = match request {
                Request::Submit(order) => Message::Submit(order),
                Request::Cancel(order) => Message::Cancel(order),
                Request::Change(change) => Message::Change(change),
                Request::Query(order) => Message::Query(order),
                Request::NativeClose(exit) => Message::NativeClose(exit),
                Request::Snapshot(id) => Message::Snapshot(id),
            };
            self.pass(at, message);
        }
        if self.outcome.requests.is_empty() {
            // Keeps the room that was allocated before.
            self.outcome.requests = requests;
        }
    }

    /// Says who decided on an order before it leaves.
    fn name_decider(&mut self, message: &Message) {
        let (Message::Submit(order) | Message::NativeClose(order)) = message else { return };
        let book = self.engine.book();
        let Some(row) = book.find(order.id()).map(|key| book.orders().at(key)) else { return };
        let origin = match row.purpose {
            Purpose::Flatten(flatten) => Some(book.flattens().at(flatten).origin),
            Purpose::Entry(_)
            | Purpose::Reduction
            | Purpose::LotExit { .. }
            | Purpose::DisasterStop { .. }
            | Purpose::Outside => row.origin,
        };
        if origin.is_some_and(Origin::is_a_person) {
            self.broker.decided_by(order.id(), Decider::Person);
        }
    }

    /// Takes a message on its way: what opens waits for the disk, everything else leaves at once. The facts
    /// that it follows from have been appended.
    fn pass(&mut self, at: Timestamp, message: Message) {
        if let Message::Cancel(order) = message
            && (self.held.take_back(order) || self.retries.take_back(order))
        {
            // There is nothing to cancel: not a byte of it has left.
            self.report(at, BrokerReport::Failed { order, reason: FailReason::NeverSent });
            return;
        }
        if !opens(self.engine.book(), &message) && !self.held.is_behind(&message) {
            self.send(at, message, 1);
            return;
        }
        let needs = self.engine.book().seq();
        if self.held.is_empty() && self.journal.durable() >= needs {
            self.send(at, message, 1);
        } else {
            self.held.hold(needs, message);
            // It may be lost since, and then nobody would release what it holds.
            self.look_at_journal(at);
        }
    }

    /// Sends what has waited, if it still may leave.
    fn send_opening(&mut self, at: Timestamp, message: Message, tries: usize) {
        let opening = opens(self.engine.book(), &message).then(|| message.order()).flatten();
        match opening {
            Some(order) if !self.engine.may_still_leave(order) => {
                self.never_left(at, &message, FailReason::NeverSent);
            }
            Some(_) | None => self.send(at, message, tries),
        }
    }

    fn send(&mut self, at: Timestamp, message: Message, tries: usize) {
        self.name_decider(&message);
        match self.broker.send(at, message.clone()) {
            // Unknown: nothing is sent again. The engine asks when the answer is overdue.
            SendEnd::Sent | SendEnd::Unknown => {}
            SendEnd::SurelyNotSent(fault) => {
                tracing::warn!(order = ?message.order(), %fault, tries, "send did not leave");
                if let Next::GivenUp(message) = self.retries.failed(at, message, tries) {
                    self.never_left(at, &message, FailReason::NeverSent);
                }
            }
        }
    }

    /// Not one byte left, and none will: that is proof for an order. A cancel or a query that never left
    /// proves nothing of its order; a change that never left has changed nothing.
    fn never_left(&mut self, at: Timestamp, message: &Message, reason: FailReason) {
        match message {
            Message::Submit(order) | Message::NativeClose(order) => {
                self.report(at, BrokerReport::Failed { order: order.id(), reason });
            }
            Message::Cancel(order) => self.report(at, BrokerReport::CancelRefused { order: *order }),
            Message::Change(change) => self.report(at, BrokerReport::ChangeRefused { order: change.id() }),
            // The engine asks again by itself.
            Message::Query(_) | Message::Snapshot(_) => {}
        }
    }

    /// What is known here of an order that the broker cannot know of.
    fn report(&mut self, at: Timestamp, report: BrokerReport) {
        self.engine.apply(at, Input::Report(report), &mut self.outcome);
        self.carry_out(at);
    }
}
