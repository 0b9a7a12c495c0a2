//! Brokers for stories: one that notes what it is sent, one that answers only when the story says so,
//! one behind a line that loses, doubles, delays and turns round what the broker says.

use std::collections::VecDeque;

use phantom_broker::{Broker, Message, SendEnd};
use phantom_broker_mock::{MockBroker, MockSettings};
use phantom_model::{BrokerReport, MarketRecord, Span, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Notes every message on its way to a broker.
#[derive(Debug)]
pub struct Noted<B> {
    /// The broker itself.
    pub broker: B,
    /// What was sent to it, with the time.
    pub sent: Vec<(Timestamp, Message)>,
}

impl<B> Noted<B> {
    /// Nothing was sent yet.
    pub const fn new(broker: B) -> Self {
        Self { broker, sent: Vec::new() }
    }
}

impl<B: Broker> Broker for Noted<B> {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        self.sent.push((at, message.clone()));
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

/// Takes everything and says nothing: the story tells what it reports.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByHand;

impl Broker for ByHand {
    fn send(&mut self, _at: Timestamp, _message: Message) -> SendEnd {
        SendEnd::Sent
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        None
    }
}

/// Takes messages over a line whose sends end as the story says; says nothing by itself.
#[derive(Clone, Debug)]
pub struct ByLine {
    /// How the next sends end.
    pub next: VecDeque<SendEnd>,
    /// How all that follow end.
    pub then: SendEnd,
}

impl Broker for ByLine {
    fn send(&mut self, _at: Timestamp, message: Message) -> SendEnd {
        if message.order().is_none() {
            return SendEnd::Sent;
        }
        self.next.pop_front().unwrap_or(self.then)
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        None
    }
}

/// The mock broker behind a bad line. What it loses, doubles, delays and turns round comes from the seed.
/// Its own account, once asked for, comes whole.
#[derive(Debug)]
pub struct BadLine {
    broker: MockBroker,
    chance: ChaCha8Rng,
    /// Reports on their way back, in the order in which they will arrive.
    on_the_way: VecDeque<(Timestamp, BrokerReport)>,
    arrived: VecDeque<BrokerReport>,
    now: Timestamp,
    /// How many reports were lost, doubled, overtaken.
    pub mishaps: [u32; 3],
}

impl BadLine {
    /// A broker of these settings and its line.
    #[must_use]
    pub fn new(settings: MockSettings) -> Self {
        Self {
            chance: ChaCha8Rng::seed_from_u64(settings.seed ^ 0x11e),
            broker: MockBroker::new(settings),
            on_the_way: VecDeque::new(),
            arrived: VecDeque::new(),
            now: Timestamp::MIN,
            mishaps: [0; 3],
        }
    }

    /// The broker itself.
    #[must_use]
    pub const fn broker(&self) -> &MockBroker {
        &self.broker
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.chance.next_u64().is_multiple_of(bound)
    }

    /// Takes what the broker has said and sends it on its way.
    fn carry(&mut self) {
        while let Some(report) = self.broker.next_report() {
            if matches!(report, BrokerReport::Snapshot(_)) {
                // Behind everything before it, as a broker's own account is.
                let last = self.on_the_way.back().map_or(self.now, |(at, _)| *at);
                self.on_the_way.push_back((last.max(self.now), report));
                continue;
            }
            if self.one_in(12) {
                self.mishaps[0] += 1;
                continue;
            }
            if self.one_in(8) {
                self.mishaps[1] += 1;
                self.put(report.clone());
            }
            self.put(report);
        }
        self.arrive();
    }

    fn put(&mut self, report: BrokerReport) {
        let millis = u32::try_from(self.chance.next_u64() % 400).unwrap_or(0);
        let at = self.now + Span::from_millis(millis);
        let place = self.on_the_way.partition_point(|(other, _)| *other <= at);
        if place < self.on_the_way.len() {
            self.mishaps[2] += 1;
        }
        self.on_the_way.insert(place, (at, report));
    }

    fn arrive(&mut self) {
        while self.on_the_way.front().is_some_and(|(at, _)| *at <= self.now) {
            let Some((_, report)) = self.on_the_way.pop_front() else { return };
            self.arrived.push_back(report);
        }
    }
}

impl Broker for BadLine {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        self.now = self.now.max(at);
        let end = self.broker.send(at, message);
        self.carry();
        end
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.arrived.pop_front()
    }

    fn next_due(&self) -> Timestamp {
        let back = self.on_the_way.front().map_or(Timestamp::MAX, |(at, _)| *at);
        self.broker.next_due().min(back)
    }

    fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.broker.advance(now);
        self.carry();
    }

    fn show(&mut self, record: &MarketRecord) {
        self.now = self.now.max(record.at);
        self.broker.show(record);
        self.carry();
    }
}
