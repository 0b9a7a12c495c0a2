//! The connection between the desk and the exchange, and the broker's desk at its far end.
//!
//! It keeps the order of what it carries, except where a fault says otherwise, and hands over one
//! thing at a time, so that the desk can be judged after each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use phantom_broker::{Broker, Message, SendEnd, SendFault};
use phantom_model::{
    BrokerReport, ContractId, ContractStanding, ExecId, FillReport, FillTiming, ListedPosition, MarketRecord,
    OrderId, Price, Qty, Side, Span, Timestamp,
};

use crate::draw::{Draw, join};
use crate::faults::Fault;
use crate::plan::{Hashes, Plan};
use crate::planted::{Mutant, Planted};
use crate::script::Outage;
use crate::strikes::Strikes;
use crate::tape::{Hash, Seen, Tape};
use crate::truth::{Exchange, Standing, worse};

mod account;
mod counter;

/// The shortest time between two things that are handed over.
const INSTANT: Span = Span::from_nanos(1);

/// Stands for the account where a draw hangs on an order.
const ACCOUNT: OrderId = OrderId::Outside(0);

/// What a report is about, for draws.
fn subject(report: &BrokerReport) -> OrderId {
    report.order().unwrap_or(ACCOUNT)
}

/// Something on its way, or to be done later.
#[derive(Clone, Debug)]
enum Task {
    /// A message arrives at the broker.
    Arrive(Message),
    /// A report arrives at the desk.
    Deliver(BrokerReport),
    /// An order that works fills a little more.
    FillMore(OrderId),
    /// The broker ends an order by itself.
    EndByBroker(OrderId),
    /// The exchange takes an execution back, or changes its price.
    Correct(OrderId, ExecId, Option<Price>),
    /// A planted bug sends a message again.
    Resend(Message),
}

/// The connection, with everything at its far end.
#[derive(Debug)]
pub struct Link {
    plan: Plan,
    tape: Tape,
    strikes: Strikes,
    exchange: Exchange,
    mutant: Mutant,
    now: Timestamp,
    agenda: BTreeMap<(Timestamp, u64), Task>,
    serial: u64,
    /// When the last message, and the last report, arrives: a connection keeps its order.
    last_out: Timestamp,
    last_in: Timestamp,
    ready: VecDeque<BrokerReport>,
    /// How many draws each order has had.
    draws: BTreeMap<OrderId, u64>,
    outage: Option<(Outage, Timestamp, Timestamp)>,
    /// The desk is about to die: what it sends goes nowhere.
    dying: bool,
    /// The record shown next was not traded: an absurd or a repeated print.
    untraded: bool,
    room: Vec<(OrderId, Price)>,
    /// The positions that the last account told.
    told_positions: Vec<ListedPosition>,
    /// Orders of which the broker does less than was asked.
    cut: BTreeSet<OrderId>,
    bytes: Hash,
    sends: u64,
}

impl Link {
    /// A connection to an empty exchange.
    #[must_use]
    pub fn new(plan: &Plan, tape: Tape, strikes: Strikes, planted: Option<Planted>) -> Self {
        Self {
            plan: plan.clone(),
            tape,
            strikes,
            exchange: Exchange::default(),
            mutant: Mutant::new(planted),
            now: Timestamp::default(),
            agenda: BTreeMap::new(),
            serial: 0,
            last_out: Timestamp::MIN,
            last_in: Timestamp::MIN,
            ready: VecDeque::new(),
            draws: BTreeMap::new(),
            outage: None,
            dying: false,
            untraded: false,
            room: Vec::new(),
            told_positions: Vec::new(),
            cut: BTreeSet::new(),
            bytes: Hash::new(),
            sends: 0,
        }
    }

    /// What really happened.
    #[must_use]
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The exchange, to halt a contract.
    pub const fn exchange_mut(&mut self) -> &mut Exchange {
        &mut self.exchange
    }

    /// What struck so far.
    #[must_use]
    pub const fn strikes(&self) -> &Strikes {
        &self.strikes
    }

    /// What strikes, to count and to calm.
    pub const fn strikes_mut(&mut self) -> &mut Strikes {
        &mut self.strikes
    }

    /// The hash of every message that was handed on.
    #[must_use]
    pub const fn bytes(&self) -> Hash {
        self.bytes
    }

    /// How many messages were handed on.
    #[must_use]
    pub const fn sends(&self) -> u64 {
        self.sends
    }

    /// The time as the world has it.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// The time as the connection has it.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.now
    }

    /// A record that the exchange sees and the desk does not.
    pub fn show_unseen(&mut self, record: &MarketRecord) {
        self.trade(record, FillTiming::Unknown);
    }

    /// The connection misbehaves from now on for so long.
    pub fn break_for(&mut self, outage: Outage, span: Span) {
        self.outage = Some((outage, self.now, self.now + span));
    }

    /// The desk is about to die: what it sends goes nowhere.
    pub const fn let_sends_vanish(&mut self, vanish: bool) {
        self.dying = vanish;
    }

    /// The next record was not traded at the exchange.
    pub const fn next_is_untraded(&mut self) {
        self.untraded = true;
    }

    /// Whether the connection is cut now, as far as the desk can know.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        matches!(self.outage_at(self.now), Some((Outage::Disconnected, _)))
    }

    /// Whether anything is still on its way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.agenda.is_empty() && self.ready.is_empty()
    }

    /// Everything known of the given orders is reported again.
    pub fn resync(&mut self, orders: impl Iterator<Item = OrderId>) {
        for order in orders {
            let known = self.exchange.report_again(order);
            for report in known {
                self.report(report);
            }
        }
    }

    /// Faults end: nothing strikes, and nothing stays cut or halted.
    pub fn calm_down(&mut self) {
        self.strikes.calm_down();
        self.outage = None;
    }

    fn schedule(&mut self, at: Timestamp, task: Task) {
        self.serial += 1;
        self.agenda.insert((at, self.serial), task);
    }

    fn draw(&mut self, order: OrderId) -> Draw {
        Draw::keyed(self.plan.seed, self.next_key(order))
    }

    fn next_key(&mut self, order: OrderId) -> u64 {
        let count = self.draws.entry(order).or_default();
        *count += 1;
        join(self.tape.key_of(order), *count)
    }

    /// Whether a fault strikes this order here.
    fn hit(&mut self, fault: Fault, order: OrderId) -> bool {
        if self.strikes.is_calm() || (self.plan.per_mille(fault) == 0 && self.plan.scripted.is_empty()) {
            return false;
        }
        let key = self.next_key(order);
        self.strikes.strikes(&self.plan, fault, key)
    }

    fn outage_at(&self, at: Timestamp) -> Option<(Outage, Timestamp)> {
        let (outage, from, until) = self.outage.filter(|(_, _, until)| at < *until)?;
        match outage {
            Outage::Flapping => {
                let second = at.since(from).nanos() / 1_000_000_000;
                let ends = from + Span::from_nanos((second + 1) * 1_000_000_000);
                (second % 2 == 0).then_some((Outage::Disconnected, ends.min(until)))
            }
            Outage::Disconnected | Outage::Deaf | Outage::Slow | Outage::QueueFull => Some((outage, until)),
        }
    }

    /// One way through the connection.
    fn delay(&mut self, order: OrderId) -> Span {
        let slow = matches!(self.outage_at(self.now), Some((Outage::Slow, _)));
        let plan_delay = self.plan.delay_ms;
        let (low, high) = if slow { (50, 5_000) } else { plan_delay };
        let millis = self.draw(order).count(low, high);
        Span::from_millis(millis)
    }

    /// Sends a report to the desk, behind all that is on its way.
    fn report(&mut self, report: BrokerReport) {
        let subject = subject(&report);
        let at = (self.now + self.delay(subject)).max(self.last_in) + INSTANT;
        self.last_in = at;
        self.schedule(at, Task::Deliver(report));
        if self.hit(Fault::WrongId, subject) {
            let key = self.next_key(subject);
            let order = OrderId::Ticket(1_000_000 + u32::try_from(key % 1_000_000).unwrap_or(0));
            let wrong = if key.is_multiple_of(2) {
                BrokerReport::Accepted { order }
            } else {
                BrokerReport::Cancelled { order }
            };
            self.schedule(at + INSTANT, Task::Deliver(wrong));
        }
    }

    /// Sends a report after a time of its own, whatever else is on its way.
    fn report_after(&mut self, wait: Span, report: BrokerReport) {
        let at = self.now + wait + INSTANT;
        self.schedule(at, Task::Deliver(report));
    }

    /// A span drawn for an order.
    fn wait(&mut self, order: OrderId, low_ms: u32, high_ms: u32) -> Span {
        Span::from_millis(self.draw(order).count(low_ms, high_ms))
    }

    fn deliver(&mut self, at: Timestamp, report: BrokerReport) {
        match self.outage_at(at) {
            Some((Outage::Disconnected | Outage::Deaf, until)) => {
                self.last_in = self.last_in.max(until);
                self.schedule(until, Task::Deliver(report));
            }
            Some((Outage::Flapping | Outage::Slow | Outage::QueueFull, _)) | None => {
                self.ready.push_back(report);
            }
        }
    }

    fn run(&mut self, at: Timestamp, task: Task) {
        match task {
            Task::Arrive(message) => self.arrive(message),
            Task::Deliver(report) => self.deliver(at, report),
            Task::FillMore(order) => self.fill_more(order),
            Task::EndByBroker(order) => self.end_by_broker(order),
            Task::Correct(order, exec, price) => self.correct(order, exec, price),
            Task::Resend(message) => {
                self.hand_on(at, message);
            }
        }
    }

    /// Hands one message to the connection.
    fn hand_on(&mut self, at: Timestamp, message: Message) -> SendEnd {
        let end = self.end_of_send(at, &message);
        if self.plan.hashes == Hashes::Taken {
            self.bytes.take(&(at, &message, end));
        }
        self.sends += 1;
        self.tape.push(Seen::Sent { at, message: message.clone(), end });
        let order = message.order().unwrap_or(ACCOUNT);
        if matches!(end, SendEnd::SurelyNotSent(_)) {
            return end;
        }
        if end == SendEnd::Unknown && self.mutant.is(Planted::RetryUnknown) {
            self.schedule(at + Span::from_millis(900), Task::Resend(message.clone()));
        }
        let is_new = matches!(message, Message::Submit(_) | Message::NativeClose(_));
        if is_new && self.hit(Fault::RequestLost, order) {
            return end;
        }
        let arrival = (at + self.delay(order)).max(self.last_out) + INSTANT;
        self.last_out = arrival;
        self.schedule(arrival, Task::Arrive(message));
        end
    }

    fn end_of_send(&mut self, at: Timestamp, message: &Message) -> SendEnd {
        match self.outage_at(at) {
            Some((Outage::Disconnected, _)) => return SendEnd::SurelyNotSent(SendFault::NotConnected),
            Some((Outage::QueueFull, _)) => return SendEnd::SurelyNotSent(SendFault::QueueFull),
            Some((Outage::Deaf | Outage::Flapping | Outage::Slow, _)) | None => {}
        }
        // Where requests or answers get lost, some sends end without anybody knowing how.
        let shaky = !self.strikes.is_calm()
            && (self.plan.per_mille(Fault::RequestLost) > 0 || self.plan.per_mille(Fault::AckLost) > 0);
        if shaky && self.draw(message.order().unwrap_or(ACCOUNT)).happens(30) {
            SendEnd::Unknown
        } else {
            SendEnd::Sent
        }
    }

    fn hand_over(&mut self) -> Option<BrokerReport> {
        while let Some(report) = self.ready.pop_front() {
            self.tape.push(Seen::Delivered(report.clone()));
            if let Some(report) = self.mutant.incoming(report) {
                return Some(report);
            }
        }
        None
    }

    /// Tells the desk of a fill, with the print that made it or behind all that is on its way.
    fn report_fill(&mut self, fill: FillReport, timing: FillTiming) {
        let cut = matches!(self.outage_at(self.now), Some((Outage::Disconnected | Outage::Deaf, _)));
        let lost = self.hit(Fault::FillLost, fill.order);
        if !lost {
            self.plan_correction(fill);
        }
        if lost {
            // Nobody tells before somebody asks: the end of the order may be told before.
            if let Some(contract) = self.exchange.order(fill.order).map(|order| order.contract) {
                self.tape.push(Seen::Lied(contract));
            }
        } else if timing == FillTiming::ByComingPrint && !cut {
            self.ready.push_back(BrokerReport::Filled(FillReport { timing, ..fill }));
        } else {
            self.report(BrokerReport::Filled(fill));
        }
        if self.hit(Fault::TwinExec, fill.order) {
            let wait = self.wait(fill.order, 1, 5_000);
            let exec = ExecId::new((1 << 50) + fill.exec.number());
            self.report_after(wait, BrokerReport::Filled(FillReport { exec, ..fill }));
        }
        if self.hit(Fault::ExecAgain, fill.order) {
            let wait = self.wait(fill.order, 1, 5_000);
            self.report_after(wait, BrokerReport::Filled(fill));
        }
    }

    /// Fills an order at the exchange as far as it goes now, and tells the desk.
    fn fill(&mut self, id: OrderId, price: Price, timing: FillTiming) {
        let Some(order) = self.exchange.order(id) else { return };
        let (leaves, dribbles, contract) = (order.leaves(), order.dribbles, order.contract);
        let mut contracts = if dribbles { leaves.min(1) } else { leaves };
        if contracts > 0 && contracts == leaves && self.hit(Fault::Overfill, id) {
            contracts += 1;
            self.tape.push(Seen::Lied(contract));
        }
        let Some(qty) = Qty::new(contracts) else { return };
        let Some((fill, truth)) = self.exchange.fill(self.now, id, qty, price) else { return };
        self.tape.push(Seen::TruthFilled(truth));
        self.report_fill(fill, timing);
        self.end_cut(id);
        if self.exchange.order(id).is_some_and(|order| order.leaves() > 0) {
            let wait = if self.strikes.is_calm() { Span::from_millis(20) } else { self.wait(id, 20, 6_000) };
            self.schedule(self.now + wait, Task::FillMore(id));
        }
    }

    /// The exchange trades: orders that the record reaches are filled.
    fn trade(&mut self, record: &MarketRecord, timing: FillTiming) {
        let mut filled = std::mem::take(&mut self.room);
        self.exchange.show(self.now, record, &mut filled);
        for (id, price) in filled.drain(..) {
            self.fill(id, price, timing);
        }
        self.room = filled;
    }

    /// Whether the exchange will take an execution back, or change it.
    fn plan_correction(&mut self, fill: FillReport) {
        let bust = self.hit(Fault::Bust, fill.order);
        if bust || self.hit(Fault::Correction, fill.order) {
            let wait = self.wait(fill.order, 500, 60_000);
            let price = worse(fill.price, Side::Buy, 3);
            let at = self.now + wait;
            self.schedule(at, Task::Correct(fill.order, fill.exec, (!bust).then_some(price)));
        }
    }

    fn correct(&mut self, order: OrderId, exec: ExecId, price: Option<Price>) {
        let Some(row) = self.exchange.order(order) else { return };
        let contract = row.contract;
        let Some(qty) = row.fills.iter().find(|fill| fill.exec == exec).map(|fill| fill.qty) else { return };
        if self.strikes.is_calm() || !self.exchange.correct(self.now, order, exec, price) {
            return;
        }
        self.tape.push(Seen::Lied(contract));
        self.report(match price {
            Some(price) => BrokerReport::Corrected { exec, qty, price },
            None => BrokerReport::Busted { exec },
        });
    }

    /// The broker lists a contract otherwise for a while.
    pub fn relist(&mut self, contract: ContractId, standing: ContractStanding, span: Span) {
        self.report(BrokerReport::Contract { contract, standing });
        let standing = ContractStanding::Current;
        let until = self.now + span;
        self.schedule(until, Task::Deliver(BrokerReport::Contract { contract, standing }));
    }

    /// Somebody else trades so many contracts, as if at the broker's own screen.
    pub fn trade_by_others(&mut self, contract: ContractId, side: Side, qty: Qty, told: bool) -> bool {
        let before = self.exchange.position(contract);
        let fill = self.exchange.trade_by_others(contract, side, qty, told);
        self.tape.push(Seen::Lied(contract));
        if let Some(fill) = fill {
            self.report(BrokerReport::ForeignFill(fill));
        }
        self.exchange.position(contract) != before
    }

    fn fill_more(&mut self, id: OrderId) {
        let Some(order) = self.exchange.order(id) else { return };
        if order.standing != Standing::Working {
            return;
        }
        let until = order.stuck_until.max(self.exchange.halted_until(order.contract));
        if let Some(price) = self.exchange.price_now(self.now, id) {
            self.fill(id, price, FillTiming::Unknown);
        } else if until > self.now {
            self.schedule(until, Task::FillMore(id));
        }
    }
}

impl Broker for Link {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        self.set_now(at);
        if self.dying {
            return SendEnd::Sent;
        }
        let mut end = SendEnd::Sent;
        for message in self.mutant.outgoing(&self.tape, message) {
            end = self.hand_on(at, message);
        }
        end
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.hand_over()
    }

    fn next_due(&self) -> Timestamp {
        if self.ready.is_empty() {
            self.agenda.first_key_value().map_or(Timestamp::MAX, |((at, _), _)| *at)
        } else {
            self.now
        }
    }

    fn advance(&mut self, now: Timestamp) {
        self.set_now(now);
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, _), task) = entry.remove_entry();
            self.run(at, task);
        }
    }

    fn show(&mut self, record: &MarketRecord) {
        self.tape.push(Seen::Printed(*record));
        if std::mem::replace(&mut self.untraded, false) {
            return;
        }
        let timing = if self.plan.fills_in_band { FillTiming::ByComingPrint } else { FillTiming::Unknown };
        self.trade(record, timing);
    }
}
