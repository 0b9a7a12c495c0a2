//! Brokers that misbehave in one way each.

use std::sync::{Arc, Mutex};

use phantom_broker::{Broker, Decider, Message, SendEnd, SendFault};
use phantom_broker_mock::MockBroker;
use phantom_model::{BrokerReport, BrokerSnapshot, Cover, Listed, MarketRecord, OrderId, Timestamp};

use crate::world::mock;

/// What was sent, in order, with the times of the tries.
pub(crate) type Sent = Arc<Mutex<Vec<(Timestamp, OrderId)>>>;

/// A line on which some sends do not leave.
pub(crate) struct Stuck {
    broker: MockBroker,
    /// Sends that leave before the first that does not.
    passes: usize,
    fails: usize,
    pub(crate) tries: Sent,
}

impl Stuck {
    pub(crate) fn for_the_first(fails: usize) -> (Self, Sent) {
        let tries = Sent::default();
        (Self { broker: mock(), passes: 0, fails, tries: Arc::clone(&tries) }, tries)
    }

    /// So many sends leave, and then four do not.
    pub(crate) fn after(passes: usize) -> (Self, Sent) {
        let tries = Sent::default();
        (Self { broker: mock(), passes, fails: 4, tries: Arc::clone(&tries) }, tries)
    }
}

impl Broker for Stuck {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        let Some(order) = message.order() else { return self.broker.send(at, message) };
        self.tries.lock().unwrap().push((at, order));
        if self.passes > 0 {
            self.passes -= 1;
        } else if self.fails > 0 {
            self.fails -= 1;
            return SendEnd::SurelyNotSent(SendFault::QueueFull);
        }
        self.broker.send(at, message)
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.broker.next_report()
    }

    fn next_due(&self) -> Timestamp {
        self.broker.next_due()
    }

    fn advance(&mut self, now: Timestamp) {
        self.broker.advance(now);
    }

    fn show(&mut self, record: &MarketRecord) {
        self.broker.show(record);
    }
}

/// A line that takes everything, says nothing of whether it left, and never answers, but for questions
/// about the account: nothing ever happened to it.
#[derive(Default)]
pub(crate) struct Mute {
    pub(crate) messages: Arc<Mutex<Vec<Message>>>,
    answers: Vec<BrokerReport>,
}

impl Broker for Mute {
    fn send(&mut self, _at: Timestamp, message: Message) -> SendEnd {
        if let Message::Snapshot(answers) = message {
            let (orders, fills) = (Listed::Partial(Vec::new()), Listed::Complete(Vec::new()));
            let positions = Listed::Complete(Vec::new());
            // The first question alone gets a whole answer: what came later may be anywhere.
            let orders =
                if self.messages.lock().unwrap().is_empty() { Listed::Complete(Vec::new()) } else { orders };
            let since = Timestamp::MIN;
            let snapshot = BrokerSnapshot { answers, since, orders, fills, positions };
            self.answers.push(BrokerReport::Snapshot(Box::new(snapshot)));
            return SendEnd::Sent;
        }
        self.messages.lock().unwrap().push(message);
        SendEnd::Unknown
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.answers.pop()
    }
}

/// A mock broker that notes when it was asked for its own account, and answers after a while or never.
pub(crate) struct Asked {
    broker: MockBroker,
    answers: bool,
    pub(crate) questions: Arc<Mutex<Vec<Timestamp>>>,
}

impl Asked {
    pub(crate) fn answering(answers: bool) -> Self {
        Self { broker: mock(), answers, questions: Arc::default() }
    }
}

impl Broker for Asked {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        if matches!(message, Message::Snapshot(_)) {
            self.questions.lock().unwrap().push(at);
            if !self.answers {
                return SendEnd::Sent;
            }
        }
        self.broker.send(at, message)
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.broker.next_report()
    }

    fn show(&mut self, record: &MarketRecord) {
        self.broker.show(record);
    }
}

/// The mock broker, everything that was sent to it, which orders a person had decided on, and what was to
/// stand for phantoms each time that it was told.
pub(crate) struct Noted {
    broker: MockBroker,
    pub(crate) messages: Arc<Mutex<Vec<Message>>>,
    pub(crate) by_person: Arc<Mutex<Vec<OrderId>>>,
    pub(crate) covers: Arc<Mutex<Vec<Vec<Cover>>>>,
}

impl Default for Noted {
    fn default() -> Self {
        Self { broker: mock(), messages: Arc::default(), by_person: Arc::default(), covers: Arc::default() }
    }
}

impl Broker for Noted {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        self.messages.lock().unwrap().push(message.clone());
        self.broker.send(at, message)
    }

    fn decided_by(&mut self, order: OrderId, decider: Decider) {
        assert_eq!(decider, Decider::Person, "what a program decides is not told");
        self.by_person.lock().unwrap().push(order);
    }

    fn wants_covers(&self) -> bool {
        true
    }

    fn cover(&mut self, all: &[Cover]) {
        self.covers.lock().unwrap().push(all.to_vec());
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.broker.next_report()
    }

    fn next_due(&self) -> Timestamp {
        self.broker.next_due()
    }

    fn advance(&mut self, now: Timestamp) {
        self.broker.advance(now);
    }

    fn show(&mut self, record: &MarketRecord) {
        self.broker.show(record);
    }
}
