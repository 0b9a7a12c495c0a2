//! One run: the desk's own loop ([`Core`]) between a scripted world and the exchange, judged after
//! every single thing that happens.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use phantom_broker::Message;
use phantom_compliance::{ChangeRequest, Limits, OrderRequest, Refusal, Ticket, TicketKind};
use phantom_engine::{Engine, Fact, HaltChange, Input, Intake, Origin, Timing};
use phantom_model::{
    Bar, Bracket, BrokerReport, ContractId, Guard, Link as Way, MarketRecord, OrderId, OrderKind, Price,
    Print, Qty, Side, SignalRef, Span, Timestamp,
};
use phantom_runtime::Core;

use crate::author::Author;
use crate::draw::{Draw, join};
use crate::faults::Fault;
use crate::invariants::{Invariant, Violation};
use crate::link::Link;
use crate::oracle::Oracle;
use crate::plan::Plan;
use crate::planted::Planted;
use crate::script::{Deed, Event, Instant, Wanted, Wish};
use crate::strikes::{Strike, Strikes};
use crate::tally::Tally;
use crate::tape::{Seen, Tape, TapedJournal};
use crate::terms::{first_ticks, price, terms};

mod account;
mod calm;
mod protect;
mod restart;

/// More turns than this without time going on is a desk that spins.
const TURNS_MAX: u32 = 100_000;

/// Lots that one print must fire to be a mass trigger: of a thousand, a few entries may have failed.
const MASS: u64 = 850;

/// The desk with its journal and its connection.
type Desk = Core<Link, TapedJournal>;

/// How one run went.
#[derive(Clone, Debug)]
pub struct Run {
    /// The script that was played, uncut.
    pub events: Vec<Event>,
    /// The faults that struck, in order.
    pub struck: Vec<Strike>,
    /// What the run counted.
    pub tally: Tally,
    /// The first invariant that did not hold.
    pub violation: Option<Violation>,
    /// What was seen, in words, where it was kept.
    pub trail: Vec<String>,
}

/// What a run is made of, besides its plan.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    /// The events to play; written by the plan's author when `None`.
    pub events: Option<Vec<Event>>,
    /// The faults that may strike; all when `None`.
    pub allowed: Option<BTreeSet<Strike>>,
    /// A planted bug.
    pub planted: Option<Planted>,
    /// Whether what was seen is kept in words, for a closer look at a failing run.
    pub trail: Trail,
}

/// Whether what was seen is kept in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Trail {
    /// It is not.
    #[default]
    Lost,
    /// It is.
    Kept,
}

/// Plays a plan to its end, or to the first invariant that does not hold.
#[must_use]
pub fn play(plan: &Plan, cut: &Cut) -> Run {
    let mut world = World::new(plan, cut);
    world.say_link(Timestamp::default(), Way::Up);
    let mut events = Vec::new();
    if let Some(given) = &cut.events {
        events.clone_from(given);
        world.play(&events);
    } else {
        let mut author = Author::new(plan);
        while !world.is_over() && world.submitted() < plan.orders && world.oracle.refused() < 2 * plan.orders
        {
            let played = events.len();
            author.write(&mut events);
            world.play(events.get(played..).unwrap_or_default());
        }
    }
    world.calm_down();
    world.into_run(events)
}

struct World {
    plan: Plan,
    desk: Desk,
    oracle: Oracle,
    tape: Tape,
    seen: Vec<Seen>,
    /// Orders by the event that asked for them.
    placed: BTreeMap<u32, OrderId>,
    planted: Option<Planted>,
    keeps: Trail,
    trail: Vec<String>,
    prints: u64,
    steps: u64,
    restarts: u64,
    /// Whole accounts that were told.
    accounts: u64,
    /// With the planted bug: trailing stops begin anew with the next price.
    forgets_trails: bool,
    spins: bool,
    /// What the desk is still to be told of its link.
    edges: VecDeque<(Timestamp, Way)>,
    next_beat: Timestamp,
    /// The feed shows nothing before this.
    silent_until: Timestamp,
}

impl World {
    fn new(plan: &Plan, cut: &Cut) -> Self {
        let tape = Tape::default();
        let link = Link::new(plan, tape.clone(), Strikes::new(cut.allowed.clone()), cut.planted);
        let journal = TapedJournal::new(tape.clone(), plan.hashes);
        let engine = Engine::new(terms(), plan.limits, Timing::LIVE);
        Self {
            desk: Core::new(engine, link, journal),
            oracle: Oracle::new(terms(), plan.limits, Timing::LIVE),
            tape,
            seen: Vec::new(),
            placed: BTreeMap::new(),
            planted: cut.planted,
            keeps: cut.trail,
            trail: Vec::new(),
            prints: 0,
            steps: 0,
            restarts: 0,
            accounts: 0,
            forgets_trails: false,
            spins: false,
            edges: VecDeque::new(),
            next_beat: Timestamp::default(),
            silent_until: Timestamp::MIN,
            plan: plan.clone(),
        }
    }

    fn is_over(&self) -> bool {
        self.spins || self.oracle.violation().is_some()
    }

    fn submitted(&self) -> usize {
        self.desk.book().orders().len()
    }

    fn play(&mut self, events: &[Event]) {
        for event in events {
            if self.is_over() {
                return;
            }
            self.tape.begin_event(event.index);
            self.run_until(event.at);
            self.carry_out(event);
        }
    }

    /// Lets time pass, with what the world does by itself.
    fn run_until(&mut self, until: Timestamp) {
        while !self.is_over() && self.next_edge() <= until {
            let at = self.next_edge().max(self.desk.now());
            self.run_desk_until(at);
            self.do_edge(at);
        }
        self.run_desk_until(until);
    }

    /// Everything of the desk that is due, one thing at a time, judged after each.
    fn run_desk_until(&mut self, until: Timestamp) {
        let mut turns = 0;
        while !self.is_over() && self.desk.next_due() <= until {
            let due = self.desk.next_due();
            turns = if due > self.desk.now() { 0 } else { turns + 1 };
            self.spins = turns > TURNS_MAX;
            self.desk.run_until(due);
            self.judge();
        }
        self.desk.run_until(until);
        self.desk.broker_mut().set_now(until);
    }

    fn judge(&mut self) {
        self.steps += 1;
        self.tape.swap(&mut self.seen);
        let facts = self.desk.journal().facts();
        if self.keeps == Trail::Kept {
            keep(self.desk.now(), &self.seen, facts, &mut self.trail);
        }
        let told = self.account_to_tell_again();
        let (facts, exchange) = (self.desk.journal().facts(), self.desk.broker().exchange());
        self.oracle.judge(self.desk.now(), &mut self.seen, facts, self.desk.engine(), exchange);
        if let Some(told) = told {
            self.tell_account_again(&told);
        }
    }

    fn carry_out(&mut self, event: &Event) {
        let fired = self.oracle.fired();
        if let Some(fault) = event.fault.filter(|fault| counts_by_itself(*fault)) {
            self.desk.broker_mut().strikes_mut().count(fault);
        }
        match &event.deed {
            Deed::Print { contract, ticks, quotes, behind } => {
                self.trade(event, *contract, *ticks, *quotes, *behind);
            }
            Deed::Bar { contract, ohlc } => self.bar(*contract, *ohlc),
            Deed::Flood { contract, ticks, prints } => self.flood(event.index, *contract, *ticks, *prints),
            Deed::Place(wanted) => self.place(event.index, wanted),
            Deed::Reduce { contract, qty, limit_away } => {
                self.reduce(event.index, *contract, *qty, *limit_away);
            }
            Deed::Change { nth, more, ticks } => self.change(*nth, *more, *ticks),
            Deed::Protect { nth, wish } => self.protect(*nth, *wish),
            Deed::BadTicket => self.bad_ticket(),
            Deed::CancelOf(index) => {
                if let Some(&order) = self.placed.get(index) {
                    self.cancel(order);
                }
            }
            Deed::CancelLive(nth) => {
                let live = self.desk.book().live_orders().nth(*nth as usize);
                if let Some(order) = live.map(|(_, order)| order.id) {
                    self.cancel(order);
                }
            }
            Deed::Flatten => self.flatten(),
            Deed::Halt(change) => self.halt(*change),
            Deed::Outage(outage, span) => self.break_link(*outage, *span),
            Deed::ForeignTrade { contract, side, qty, told } => {
                self.trade_by_others(*contract, *side, *qty, *told);
            }
            Deed::CloseAtBroker(contract, qty) => self.close_at_broker(*contract, *qty),
            Deed::FeedSilence(span) => self.silence_feed(*span),
            Deed::Decide(brokers) => self.decide(*brokers),
            Deed::ExchangeHalt(contract, span) => {
                let until = self.desk.now() + *span;
                self.desk.broker_mut().exchange_mut().halt(*contract, until);
            }
            Deed::SameInstant { nth, command, command_first } => {
                self.same_instant(event.index, *nth, *command, *command_first);
            }
            Deed::Replay => self.replay(),
            Deed::Relist(contract, standing, span) => {
                self.desk.broker_mut().relist(*contract, *standing, *span);
            }
            Deed::Restart { down, scene, nth } => self.restart(*down, *scene, *nth),
        }
        if event.fault == Some(Fault::MassTrigger) && self.oracle.fired() - fired >= MASS {
            self.desk.broker_mut().strikes_mut().count(Fault::MassTrigger);
        }
    }

    // The market.

    fn trade(
        &mut self,
        event: &Event,
        contract: ContractId,
        ticks: i64,
        quotes: Option<(i64, i64)>,
        behind: Span,
    ) {
        let Some(price) = price(ticks) else { return };
        let at = event.at - behind;
        let quotes = quotes.and_then(|(bid, ask)| Some((Price::new(bid)?, Price::new(ask)?)));
        let print = match quotes {
            Some((bid, ask)) => Print::QuotedTrade { price, size: 1, bid, ask },
            None => Print::Trade { price, size: 1 },
        };
        if matches!(event.fault, Some(Fault::AbsurdPrint | Fault::OldPrint)) {
            self.desk.broker_mut().next_is_untraded();
        }
        self.show(MarketRecord { contract, at, print });
    }

    fn bar(&mut self, contract: ContractId, ohlc: [i64; 4]) {
        let [Some(open), Some(high), Some(low), Some(close)] =
            [ohlc[0], ohlc[1].max(ohlc[2]), ohlc[2].min(ohlc[1]), ohlc[3]].map(price)
        else {
            return;
        };
        let bar =
            Bar { open, high: high.max(open).max(close), low: low.min(open).min(close), close, volume: 10 };
        self.show(MarketRecord { contract, at: self.desk.now(), print: Print::Bar(bar) });
    }

    /// Shows one record to the desk.
    fn show(&mut self, record: MarketRecord) {
        self.prints += 1;
        if self.desk.now() < self.silent_until {
            self.desk.broker_mut().show_unseen(&record);
            return;
        }
        if self.planted == Some(Planted::TouchMissed) && self.prints.is_multiple_of(3) {
            phantom_broker::Broker::show(self.desk.broker_mut(), &record);
        } else {
            self.desk.market(record);
        }
        self.judge();
        if std::mem::take(&mut self.forgets_trails) && !self.is_over() {
            self.trails_begin_anew();
        }
    }

    fn flood(&mut self, index: u32, contract: ContractId, ticks: i64, prints: u32) {
        let mut draw = Draw::keyed(self.plan.seed, join(0x666c_6f6f, u64::from(index)));
        let from = self.oracle.last_ticks(contract).unwrap_or(ticks);
        let start = self.desk.now();
        for nth in 0..i64::from(prints) {
            if self.is_over() {
                return;
            }
            let at = start + Span::from_nanos((nth + 1) * 20_000);
            let Some(price) = price(from + draw.between(-6, 6)) else { continue };
            self.run_until(at);
            self.show(MarketRecord { contract, at, print: Print::Trade { price, size: 1 } });
        }
    }

    // The trader.

    /// Feeds a command. What it led to is judged.
    fn command(&mut self, seen: Seen, input: Input) {
        self.tape.push(seen);
        self.desk.input(self.desk.now(), input);
        self.judge();
    }

    fn place(&mut self, index: u32, wanted: &Wanted) {
        let Some(qty) = Qty::new(wanted.qty) else { return };
        let level = |ticks: Option<i64>| ticks.and_then(price);
        let request = OrderRequest {
            contract: wanted.contract,
            side: wanted.side,
            qty,
            kind: level(wanted.limit).map_or(OrderKind::Market, OrderKind::Limit),
            bracket: Bracket { stop: level(wanted.stop), target: level(wanted.target) },
            guard: wanted.guard,
        };
        let origin = if wanted.by_signal { Origin::Signal(SignalRef::new(index)) } else { Origin::Window };
        self.submit(index, request, origin);
    }

    fn submit(&mut self, index: u32, request: OrderRequest, origin: Origin) {
        if self.planted == Some(Planted::GateIgnoresUnknown) {
            let unknown = self.desk.book().live_orders().any(|(_, order)| order.unknown);
            let limits = Limits { position_max: None, ..self.plan.limits };
            self.desk.engine_mut().set_limits(if unknown { limits } else { self.plan.limits });
        }
        self.placed.insert(index, self.desk.book().next_ticket());
        let input = Input::Place { intake: Intake::Read(request), origin };
        let by_signal = matches!(origin, Origin::Signal(_));
        self.command(Seen::Placed { request, by_signal }, input);
    }

    fn reduce(&mut self, index: u32, contract: ContractId, qty: u32, limit_away: Option<i64>) {
        let net = self.desk.book().positions().at(contract).net;
        let Some(held) = net.side() else { return };
        let most = u32::try_from(net.size()).unwrap_or(u32::MAX).min(qty);
        let Some(qty) = Qty::new(most) else { return };
        let side = held.opposite();
        let last = self.oracle.last_ticks(contract).unwrap_or_else(|| first_ticks(contract));
        let limit = limit_away.and_then(|away| price(last + held.sign() * away));
        let kind = limit.map_or(OrderKind::Market, OrderKind::Limit);
        let request = OrderRequest { contract, side, qty, kind, bracket: Bracket::NONE, guard: Guard::NONE };
        self.submit(index, request, Origin::Window);
    }

    /// Asks for new terms of a limit order that lives.
    fn change(&mut self, nth: u32, more: i64, ticks: i64) {
        let mut live =
            self.desk.book().live_orders().map(|(_, order)| order).filter(|it| it.kind.limit().is_some());
        let Some(order) = live.nth(nth as usize).cloned() else { return };
        drop(live);
        let (id, qty) = (order.id, i64::from(order.qty.contracts()) + more);
        let limit = order.kind.limit().and_then(|limit| price(limit.ticks() + ticks));
        let qty = u32::try_from(qty).ok().and_then(Qty::new);
        let change = Ok(ChangeRequest { qty, limit });
        self.command(Seen::ChangeAsked(id), Input::Change { order: id, change, origin: Origin::Window });
    }

    fn bad_ticket(&mut self) {
        let ticket = Ticket {
            symbol: "XX".to_owned(),
            side: Side::Buy,
            qty: "0".to_owned(),
            kind: TicketKind::Market,
            price: None,
            stop: None,
            target: None,
            guard: Box::default(),
        };
        let refusal = Refusal::UnknownSymbol { symbol: "XX".to_owned(), meant: None };
        let intake = Intake::Refused(Box::new((ticket, refusal)));
        self.command(Seen::PlacedUnreadable, Input::Place { intake, origin: Origin::Window });
    }

    fn cancel(&mut self, order: OrderId) {
        self.command(Seen::CancelAsked(order), Input::Cancel { order, origin: Origin::Window });
    }

    fn flatten(&mut self) {
        self.command(Seen::FlattenPressed, Input::Flatten { origin: Origin::Hotkey });
    }

    fn halt(&mut self, change: HaltChange) {
        self.command(Seen::HaltAsked(change), Input::Halt { change, origin: Origin::Window });
    }

    /// The stop of an armed lot is printed, and a command comes in the same instant.
    fn same_instant(&mut self, index: u32, nth: u32, command: Instant, command_first: bool) {
        let Some((lot, contract, side, bracket)) = self.oracle.armed_lot(nth) else { return };
        let Some(stop) = bracket.stop else { return };
        if command_first && !self.is_over() {
            self.instant_command(index, contract, command);
        }
        match (command, bracket.target) {
            (Instant::TargetInOneBar, Some(target)) => {
                let (low, high) = (stop.min(target), stop.max(target));
                let middle = self.oracle.last_ticks(contract).unwrap_or(low.ticks());
                let middle = middle.clamp(low.ticks() + 1, (high.ticks() - 1).max(low.ticks() + 1));
                self.bar(contract, [middle, low.ticks(), high.ticks(), middle]);
            }
            (
                Instant::MoveStop
                | Instant::TargetInOneBar
                | Instant::Reduce
                | Instant::ReduceAtLimit
                | Instant::Flatten,
                _,
            ) => {
                let through = stop.ticks() - side.sign();
                if let Some(price) = price(through) {
                    let print = Print::Trade { price, size: 1 };
                    self.show(MarketRecord { contract, at: self.desk.now(), print });
                }
            }
        }
        if !command_first && !self.is_over() {
            self.instant_command(index, contract, command);
        }
        if self.oracle.has_fired(lot) {
            self.desk.broker_mut().strikes_mut().count(Fault::SameInstant);
        }
    }

    /// The broker tells once more what it knows of every order that lives.
    fn replay(&mut self) {
        let live: Vec<OrderId> = self.desk.book().live_orders().map(|(_, order)| order.id).collect();
        self.desk.broker_mut().resync(live.into_iter());
    }

    fn instant_command(&mut self, index: u32, contract: ContractId, command: Instant) {
        match command {
            Instant::Reduce => self.reduce(index, contract, 1, None),
            Instant::ReduceAtLimit => self.reduce(index, contract, 1, Some(8)),
            Instant::Flatten => self.flatten(),
            Instant::MoveStop => self.protect(0, Wish::Fix(12)),
            Instant::TargetInOneBar => {}
        }
    }

    fn into_run(self, events: Vec<Event>) -> Run {
        let [orders, exits, refused, fills] = self.oracle.counts();
        let link = self.desk.broker();
        let tally = Tally {
            orders,
            exits,
            refused,
            fills,
            flattens: self.oracle.flattens(),
            restarts: self.restarts,
            prints: self.prints,
            steps: self.steps,
            facts: u64::try_from(self.desk.journal().facts().len()).unwrap_or(u64::MAX),
            faults: link.strikes().counts().clone(),
            checks: self.oracle.checks().clone(),
            journal_hash: self.desk.journal().hash().number(),
            bytes_hash: link.bytes().number(),
        };
        let spinning = self.spins.then(|| Violation {
            invariant: Invariant::Alive,
            at: self.desk.now(),
            seen: "the desk works on and on without time going on".to_owned(),
        });
        let violation = self.oracle.violation().cloned().or(spinning);
        let mut tally = tally;
        tally.checks.add(Invariant::Alive);
        Run { events, struck: link.strikes().struck().to_vec(), tally, violation, trail: self.trail }
    }
}

/// Writes down what was seen.
fn keep(now: Timestamp, seen: &[Seen], facts: &[Fact], trail: &mut Vec<String>) {
    let millis = now.nanos() / 1_000_000;
    for seen in seen {
        let words = match seen {
            Seen::Printed(_) | Seen::HeartBeat | Seen::Sent { message: Message::Snapshot(_), .. } => continue,
            // An account that led to nothing is not worth a line.
            Seen::Delivered(BrokerReport::Snapshot(_)) => "Delivered(account)".to_owned(),
            Seen::Recorded(place) => {
                facts.get(*place).map_or_else(String::new, |fact| format!("  fact {:?}", fact.body))
            }
            Seen::Placed { .. }
            | Seen::PlacedUnreadable
            | Seen::CancelAsked(_)
            | Seen::FlattenPressed
            | Seen::HaltAsked(_)
            | Seen::Protected(..)
            | Seen::ChangeAsked(_)
            | Seen::Delivered(_)
            | Seen::LinkSaid(_)
            | Seen::Decided(_)
            | Seen::Sent { .. }
            | Seen::TruthFilled(_)
            | Seen::Lied(_)
            | Seen::Restarted => format!("{seen:?}"),
        };
        if words.starts_with("Delivered(account)") && trail.last().is_some_and(|last| last.ends_with(&words))
        {
            continue;
        }
        trail.push(format!("{}.{:03} {words}", millis / 1_000, millis % 1_000));
    }
}

/// Faults of the script that happen as soon as their event comes. The others count when what they
/// aim at is there.
const fn counts_by_itself(fault: Fault) -> bool {
    !matches!(
        fault,
        Fault::ForeignTrade
            | Fault::Unreported
            | Fault::ManualClose
            | Fault::PartialClose
            | Fault::FeedSilent
            | Fault::SameInstant
            | Fault::BeyondStop
            | Fault::TouchedWhileDown
            | Fault::Crash
            | Fault::MassTrigger
    )
}
