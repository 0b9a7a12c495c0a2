//! The oracle: judges the desk after every single thing that happens.
//!
//! It keeps its own account of orders, positions, lots and phantoms from the stream of requests,
//! reports and facts and from what really happened at the exchange, in the plainest way that is
//! right, and compares. It shares no code with the engine: not its book, not its gate, not its
//! judgement of prints. The first invariant that does not hold ends the run.

mod calm;
mod changes;
mod facts;
mod flatten;
mod gate;
mod lots;
mod phantoms;
mod protection;
mod reports;
mod rows;
mod sends;
mod standing;
mod state;
mod stops;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use phantom_compliance::{Halt, Limits, Protect};
use phantom_engine::{Book, ContractTerms, Engine, Fact, Timing};
use phantom_model::{
    Arena, ArenaKey, BrokerOrderId, BrokerReport, ContractId, ExecId, ForeignFill, LotId, MarketRecord,
    OrderId, Price, Side, Timestamp,
};

use crate::invariants::{CheckCounts, Invariant, Violation};
use crate::tape::Seen;
use crate::terms::CONTRACTS;
use crate::truth::Exchange;
use gate::Expected;
use rows::{Allotment, ContractTrack, Foreign, LotTrack, Track};

/// How many facts pass between two whole comparisons of the book.
const WHOLE_EVERY: usize = 500;

/// The judge of one run.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what the facts of one step still owe, each by itself")]
pub struct Oracle {
    terms: Arena<ContractId, ContractTerms>,
    limits: Limits,
    timing: Timing,
    orders: BTreeMap<OrderId, Track>,
    rejected: BTreeSet<OrderId>,
    lots: Vec<LotTrack>,
    contracts: Arena<ContractId, ContractTrack>,
    /// Executions that count: order, quantity, price.
    execs_delivered: BTreeMap<ExecId, (OrderId, u32, Price)>,
    execs_doubted: BTreeSet<ExecId>,
    execs_busted: BTreeSet<ExecId>,
    /// A fill of an order that is not ours, until the desk has seen the order.
    pending_foreign: Option<ForeignFill>,
    /// Orders that are not ours, by the broker's name, contract and side.
    outside: BTreeMap<(BrokerOrderId, ContractId, Side), OrderId>,
    execs_applied: BTreeSet<ExecId>,
    halt: Halt,
    seq: u64,
    fact_at: Timestamp,
    /// When the desk last came back. What became due while it was away is due then.
    back_at: Timestamp,
    now: Timestamp,
    /// What the gate must answer to the ticket under way.
    expected: Option<Expected>,
    /// Whether the ticket under way comes from a signal.
    by_signal: bool,
    last_report: Option<BrokerReport>,
    /// Contracts move without an execution: the exchange took something back, or a person adjusted.
    moves_freely: bool,
    feed: standing::FeedTrack,
    /// An order of ours was taken for somebody else's: what becomes of it is a person's to say.
    adrift: bool,
    /// Prints stamped before this fire nothing.
    stale_before: Timestamp,
    /// When the way to the broker last came back.
    up_at: Timestamp,
    /// It has told its own account since.
    account_told: bool,
    foreign: Foreign,
    owes_latch: bool,
    double: stops::DoubleTrack,
    /// A lot was given up, and the alarm has not come yet.
    owes_unprotected: Option<LotId>,
    /// The record of this step, and whether it is a good one.
    print: Option<(MarketRecord, bool)>,
    allotment: Option<Allotment>,
    flatten: flatten::FlattenTrack,
    /// A change of protection that was asked for in this step.
    protect_asked: Option<(LotId, Protect)>,
    /// Stops that the desk says have gone to their entries with the print of this step.
    even_told: Vec<(LotId, i64)>,
    /// Answers that are due, by the time at which they are.
    owed: VecDeque<(Timestamp, OrderId)>,
    touched_orders: Vec<OrderId>,
    shadow: Book,
    facts_at_whole: usize,
    orders_submitted: u64,
    exits_submitted: u64,
    refused: u64,
    fills: u64,
    fired: u64,
    checks: CheckCounts,
    violation: Option<Violation>,
}

impl Oracle {
    /// A judge who has seen nothing yet.
    #[must_use]
    pub fn new(terms: Arena<ContractId, ContractTerms>, limits: Limits, timing: Timing) -> Self {
        let mut contracts = Arena::new();
        for _ in 0..CONTRACTS {
            contracts.push(ContractTrack::default());
        }
        Self {
            shadow: Book::new(&terms),
            terms,
            limits,
            timing,
            orders: BTreeMap::new(),
            rejected: BTreeSet::new(),
            lots: Vec::new(),
            contracts,
            execs_delivered: BTreeMap::new(),
            execs_doubted: BTreeSet::new(),
            execs_busted: BTreeSet::new(),
            pending_foreign: None,
            outside: BTreeMap::new(),
            execs_applied: BTreeSet::new(),
            halt: Halt::default(),
            seq: 0,
            fact_at: Timestamp::MIN,
            back_at: Timestamp::MIN,
            now: Timestamp::MIN,
            expected: None,
            by_signal: false,
            last_report: None,
            moves_freely: false,
            feed: standing::FeedTrack::default(),
            adrift: false,
            stale_before: Timestamp::MIN,
            up_at: Timestamp::MIN,
            account_told: false,
            foreign: Foreign::No,
            owes_latch: false,
            double: stops::DoubleTrack::default(),
            owes_unprotected: None,
            print: None,
            allotment: None,
            flatten: flatten::FlattenTrack::default(),
            protect_asked: None,
            even_told: Vec::new(),
            owed: VecDeque::new(),
            touched_orders: Vec::new(),
            facts_at_whole: 0,
            orders_submitted: 0,
            exits_submitted: 0,
            refused: 0,
            fills: 0,
            fired: 0,
            checks: CheckCounts::default(),
            violation: None,
        }
    }

    /// The first invariant that did not hold.
    #[must_use]
    pub const fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// How often each invariant was checked.
    #[must_use]
    pub const fn checks(&self) -> &CheckCounts {
        &self.checks
    }

    /// Orders that were submitted, and those among them that close; tickets that were refused;
    /// executions that were applied.
    #[must_use]
    pub const fn counts(&self) -> [u64; 4] {
        [self.orders_submitted, self.exits_submitted, self.refused, self.fills]
    }

    /// Phantoms that have fired.
    #[must_use]
    pub const fn fired(&self) -> u64 {
        self.fired
    }

    /// Tickets that were refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.rejected.len()
    }

    /// How many flattens were answered.
    #[must_use]
    pub const fn flattens(&self) -> u64 {
        self.flatten.answered
    }

    /// Judges what has happened in one step: the things on the tape, then the state that they led to.
    pub fn judge(
        &mut self,
        now: Timestamp,
        seen: &mut Vec<Seen>,
        facts: &[Fact],
        engine: &Engine,
        exchange: &Exchange,
    ) {
        self.now = self.now.max(now);
        for seen in seen.drain(..) {
            self.see(seen, facts);
            if self.violation.is_some() {
                return;
            }
        }
        self.end_of_batch();
        self.phantoms_have_fired();
        self.compare(engine, facts, exchange);
        self.i23_answers_in_time(engine);
        self.i23_blindness_is_told(engine);
        (self.print, self.protect_asked) = (None, None);
    }

    fn see(&mut self, seen: Seen, facts: &[Fact]) {
        match seen {
            Seen::Placed { request, by_signal } => {
                self.by_signal = by_signal;
                let expected = self.expect(&request);
                self.expected = Some(expected);
            }
            Seen::PlacedUnreadable => self.expected = Some(Expected::Refused("unreadable")),
            Seen::CancelAsked(_)
            | Seen::HaltAsked(_)
            | Seen::ChangeAsked(_)
            | Seen::LinkSaid(_)
            | Seen::Decided(_) => {}
            Seen::Protected(lot, change) => self.protect_asked = Some((lot, *change)),
            Seen::HeartBeat => self.feed.beat(self.now),
            Seen::FlattenPressed => self.flatten.pressed = true,
            Seen::Printed(record) => self.printed(record),
            Seen::Delivered(report) => self.delivered(&report),
            Seen::Recorded(place) => {
                if let Some(fact) = facts.get(place) {
                    self.recorded(fact);
                }
            }
            Seen::Sent { message, end, .. } => self.sent(&message, end),
            Seen::TruthFilled(truth) => self.i13_no_exit_turns_the_position(&truth),
            Seen::Lied(contract) => self.contracts.at_mut(contract).lied = true,
            Seen::Restarted => self.restarted(),
        }
    }

    /// The desk is a new one: what is not of record is gone.
    fn restarted(&mut self) {
        for place in 0..self.contracts.len() {
            let track = self.contracts.at_mut(crate::terms::contract(place));
            (track.last, track.suspect, track.touched) = (None, None, true);
            // Until the broker says so again, what is of record counts.
            track.listed[0] = track.listed[1];
        }
        for lot in &mut self.lots {
            lot.fresh = false;
        }
        self.expected = None;
        self.back_at = self.now;
        self.stale_before = Timestamp::MIN;
        self.feed.forget();
    }

    /// Checks one invariant. The first that fails is kept.
    fn check(&mut self, invariant: Invariant, holds: bool, seen: impl FnOnce() -> String) {
        self.checks.add(invariant);
        if !holds && self.violation.is_none() {
            self.violation = Some(Violation { invariant, at: self.now, seen: seen() });
        }
    }

    /// Something happened that no rule of the desk explains.
    fn broken(&mut self, invariant: Invariant, seen: impl FnOnce() -> String) {
        self.check(invariant, false, seen);
    }

    fn lot(&self, lot: LotId) -> Option<&LotTrack> {
        self.lots.get(lot.row() as usize)
    }

    fn lot_mut(&mut self, lot: LotId) -> Option<&mut LotTrack> {
        self.lots.get_mut(lot.row() as usize)
    }

    fn live(&self, contract: ContractId) -> impl Iterator<Item = &Track> {
        self.contracts.at(contract).live.iter().filter_map(|id| self.orders.get(id))
    }

    /// Contracts of live exits of every kind.
    fn exit_leaves(&self, contract: ContractId) -> u64 {
        self.live(contract)
            .filter(|order| order.is_counted_exit())
            .map(|order| u64::from(order.leaves()))
            .sum()
    }

    /// Contracts of live entries on a side.
    fn entry_leaves(&self, contract: ContractId, side: Side) -> u64 {
        let entries = self.live(contract).filter(|order| order.is_entry() && order.side == side);
        entries.map(|order| u64::from(order.leaves())).sum()
    }

    /// Contracts of a lot in exits of its own that may still fill.
    fn lot_exit_leaves(&self, lot: &LotTrack) -> u32 {
        let exits = lot.live_exits.iter().filter_map(|id| self.orders.get(id));
        exits.map(Track::leaves).sum()
    }

    fn touch(&mut self, contract: ContractId, order: OrderId) {
        self.contracts.at_mut(contract).touched = true;
        self.touched_orders.push(order);
    }
}
