//! Everything counted again, from the facts alone, in the plainest way that is right.
//!
//! The ledger shares no code with the book. It takes each fact with the rules that the fact itself
//! must obey, and then compares its own counts with the engine's.

mod compare;
mod guards;
mod orders;
mod rules;
mod table;
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use phantom_compliance::Halt;
use phantom_engine::fact::{Absence, Alarm, LatchCause, Leg};
use phantom_engine::{Fact, FactBody, HaltChange};
use phantom_model::{
    Bracket, ContractId, ContractStanding, ExecId, Guard, LotId, Money, NetQty, OrderId, OrderKind,
    OrderStatus, Price, Side, Timestamp, TradingDay,
};

use crate::line::lot_name;
use guards::GuardRow;
use rules::RuleLedger;

pub use table::may_go;

/// What the facts have told.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    seq: u64,
    at: Option<Timestamp>,
    orders: BTreeMap<OrderId, OrderRow>,
    /// Ids of orders in the order of submission.
    submitted: Vec<OrderId>,
    rejected: BTreeSet<OrderId>,
    execs: BTreeMap<ExecId, Execution>,
    closed: Vec<ClosedRow>,
    lots: BTreeMap<LotId, LotRow>,
    sums: BTreeMap<ContractId, Sums>,
    halt: Halt,
    /// When the way to the broker last came back.
    up_at: Option<Timestamp>,
    latches: Vec<LatchCause>,
    contract_latches: Vec<(ContractId, LatchCause)>,
    /// By how much the broker has more, where a person has to decide.
    confirmed: BTreeMap<ContractId, i64>,
    differences: BTreeMap<ContractId, i64>,
    contracts_stand: BTreeMap<ContractId, ContractStanding>,
    blind: bool,
    day: Option<TradingDay>,
    rules: RuleLedger,
    /// The engine has latched, or an execution was taken back or came from outside, or an exit that had ended was filled after all and the one sent in its
    /// place is still out. A lot may be closed that an exit of its own still works on: from here on lots
    /// and exits need not match one by one, even when the latch is lifted.
    doubted: bool,
    /// A shadow came to stand beside exits that were out for the whole position.
    crowded: bool,
    owed: Owed,
}

/// One execution, as its fact tells it.
#[derive(Clone, Copy, Debug)]
struct Execution {
    order: OrderId,
    exec: ExecId,
    qty: u32,
    price: Price,
    fee: Money,
    /// Taken back, or never counted.
    dead: bool,
}

/// What an order closed of a lot.
#[derive(Clone, Copy, Debug)]
struct ClosedRow {
    lot: LotId,
    by: OrderId,
    qty: u32,
    entry: Price,
    exit: Price,
}

/// An order, from its facts.
#[derive(Clone, Debug)]
struct OrderRow {
    contract: ContractId,
    side: Side,
    qty: u32,
    kind: OrderKind,
    use_: Use,
    status: OrderStatus,
    unknown: bool,
    filled: u32,
    busted: u32,
    cost_ticks: i64,
    lot: Option<LotId>,
    guard: Guard,
    /// A change that nobody has answered: quantity before and after.
    change: Option<(u32, u32)>,
}

/// What an order is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Use {
    Entry(Bracket),
    Reduction,
    LotExit(LotId),
    /// The one exit that may fill beside another for the same contracts.
    DisasterStop(LotId),
    Outside,
}

/// A lot, from its facts.
#[derive(Clone, Debug)]
struct LotRow {
    order: OrderId,
    contract: ContractId,
    side: Side,
    /// Fixed prices.
    bracket: Bracket,
    guard: GuardRow,
    /// Contracts and entry price, oldest first; consumed pieces are gone.
    pieces: Vec<(u32, Price)>,
    fired: Option<Leg>,
    waiting_since: Option<Timestamp>,
    unprotected: bool,
    exits_sent: u8,
}

/// What the fills of a contract add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Sums {
    net: NetQty,
    adjusted: NetQty,
    realized: Money,
    fees: Money,
    /// What all executions that count have paid and brought, in ticks.
    cash_ticks: i64,
    /// Realized and fees when the day began.
    at_day_start: (Money, Money),
}

/// What a fact has promised and a later fact of the same input must keep.
#[derive(Clone, Debug, Default)]
struct Owed {
    alarms: Vec<Alarm>,
    latch: bool,
    /// Signed contracts of the last fill that no lot has taken or given yet.
    unallotted: i64,
}

impl LotRow {
    fn open(&self) -> u32 {
        self.pieces.iter().map(|(qty, _)| qty).sum()
    }
}

impl OrderRow {
    /// Contracts that may still fill: under the terms that leave more, while nobody has said which hold.
    fn leaves(&self) -> u32 {
        if self.is_live() { self.most().saturating_sub(self.filled + self.busted) } else { 0 }
    }

    fn is_live(&self) -> bool {
        self.status.is_live() && self.use_ != Use::Outside
    }

    fn most(&self) -> u32 {
        self.change.map_or(self.qty, |(old, new)| old.max(new))
    }

    const fn is_exit(&self) -> bool {
        match self.use_ {
            Use::Entry(_) | Use::DisasterStop(_) | Use::Outside => false,
            Use::Reduction | Use::LotExit(_) => true,
        }
    }
}

impl Ledger {
    /// Takes one fact, and checks what it must obey by itself.
    ///
    /// `tick_value` is what one tick of a contract is worth.
    #[expect(clippy::too_many_lines, reason = "a table: every kind of fact is decided here")]
    pub fn take(&mut self, fact: &Fact, tick_value: impl Fn(ContractId) -> Money) {
        assert_eq!(fact.seq, self.seq + 1, "facts are numbered without gaps");
        assert!(self.at.is_none_or(|at| at <= fact.at), "facts never go back in time");
        self.seq = fact.seq;
        self.at = Some(fact.at);
        match &fact.body {
            FactBody::LotOpened { lot, order, qty, price } => self.lot_opened(*lot, *order, *qty, *price),
            FactBody::LotGrew { lot, qty, price } => self.lot_grew(*lot, *qty, *price),
            FactBody::LotReduced { lot, by, qty, entry, exit, realized } => {
                let row = ClosedRow { lot: *lot, by: *by, qty: *qty, entry: *entry, exit: *exit };
                self.lot_reduced(row, *realized, tick_value(self.lot(*lot).contract));
            }
            FactBody::PhantomFired { lot, leg, print, level, .. } => self.fired(*lot, *leg, *print, *level),
            FactBody::ExitFound { lot, leg } => self.found(*lot, *leg),
            FactBody::RepairStarted { lot } => {
                let opener = self.lot(*lot).order;
                let cause = LatchCause::DoubleExit(opener);
                assert!(
                    self.latches.contains(&cause),
                    "{} is repaired, and was not opened twice",
                    lot_name(*lot)
                );
                self.found(*lot, Leg::Stop);
            }
            FactBody::JournalLost => {
                assert!(!self.halt.journal_lost, "the journal is lost once");
                self.halt.journal_lost = true;
                self.owed.alarms.push(Alarm::JournalLost);
            }
            FactBody::Returned { absence, .. } => self.halt.journal_lost &= *absence == Absence::Slept,
            FactBody::ExitWaiting { lot } => {
                let row = self.lots.get_mut(lot).unwrap();
                assert!(row.fired.is_some(), "{} waits but has not fired", lot_name(*lot));
                row.waiting_since = Some(fact.at);
            }
            FactBody::LotUnprotected { lot } => {
                self.lots.get_mut(lot).unwrap().unprotected = true;
                self.owed.alarms.push(Alarm::Unprotected(*lot));
            }
            FactBody::FlattenStarted { .. } => self.halt.flattening = true,
            FactBody::FlattenAnswered { flat, .. } => {
                self.halt.flattening = false;
                assert_eq!(*flat, self.is_flat(), "the answer of the flatten is the truth");
            }
            FactBody::FlattenJoined { .. } => assert!(self.halt.flattening, "joined a flatten that answered"),
            FactBody::FlattenReopened { .. } => {
                assert!(!self.halt.flattening && !self.is_flat(), "reopened, and nothing is open");
            }
            FactBody::PhantomTouched { .. }
            | FactBody::PhantomPassed { .. }
            | FactBody::PhantomWatches { .. }
            | FactBody::GapClosed { .. }
            | FactBody::FlattenExiting { .. }
            | FactBody::FlattenSettled { .. }
            | FactBody::FlattenEnded { .. }
            | FactBody::PrintDoubted { .. }
            | FactBody::ChangeRejected { .. }
            | FactBody::ProtectionRejected { .. } => {}
            FactBody::Halted { change, .. } => self.halted(*change),
            FactBody::Rule(rule) => self.take_rule(rule),
            FactBody::Latched { cause } => self.latched(*cause),
            body @ (FactBody::ContractLatched { .. }
            | FactBody::OutsideOrderSeen { .. }
            | FactBody::PositionAdjusted { .. }
            | FactBody::FillBusted { .. }
            | FactBody::FillCorrected { .. }
            | FactBody::FillDoubted { .. }
            | FactBody::LotUnwound { .. }
            | FactBody::ReductionUndone { .. }
            | FactBody::LinkChanged { .. }
            | FactBody::Reconciled
            | FactBody::PositionDiffers { .. }
            | FactBody::DifferenceConfirmed { .. }
            | FactBody::DifferenceDismissed { .. }
            | FactBody::DifferenceGone { .. }
            | FactBody::FeedLost
            | FactBody::FeedBack
            | FactBody::DayStarted { .. }
            | FactBody::ContractStands { .. }) => self.take_truth(body, tick_value),
            FactBody::AlarmRaised { alarm } => self.owed.alarms.retain(|owed| owed != alarm),
            FactBody::StopStands { order, contract, side, qty } => {
                self.stop_stands(*order, *contract, *side, qty.contracts());
            }
            body @ (FactBody::OrderRejected { .. }
            | FactBody::OrderSubmitted { .. }
            | FactBody::OrderAccepted { .. }
            | FactBody::OrderFilled { .. }
            | FactBody::OrderCancelled { .. }
            | FactBody::OrderFailed { .. }
            | FactBody::OrderClosed { .. }
            | FactBody::OrderUnknown { .. }
            | FactBody::CancelRequested { .. }
            | FactBody::CancelRefused { .. }
            | FactBody::ChangeAsked { .. }
            | FactBody::OrderChanged { .. }
            | FactBody::ChangeRefused { .. }) => self.take_order(body),
            body @ (FactBody::ProtectionSet { .. }
            | FactBody::BreakEvenReached { .. }
            | FactBody::TrailsMoved { .. }) => self.take_guard(body),
        }
    }

    fn lot(&self, lot: LotId) -> &LotRow {
        self.lots.get(&lot).unwrap()
    }

    fn lot_opened(&mut self, lot: LotId, order: OrderId, qty: u32, price: Price) {
        let row = self.orders.get_mut(&order).unwrap();
        self.owed.unallotted -= row.side.sign() * i64::from(qty);
        assert_eq!(row.lot.replace(lot), None, "{order} opens one lot");
        let bracket = match row.use_ {
            Use::Entry(bracket) => bracket,
            Use::Reduction | Use::LotExit(_) | Use::DisasterStop(_) | Use::Outside => Bracket::NONE,
        };
        let row = LotRow {
            order,
            contract: row.contract,
            side: row.side,
            bracket,
            guard: GuardRow::new(row.guard, price),
            pieces: vec![(qty, price)],
            fired: None,
            waiting_since: None,
            unprotected: false,
            exits_sent: 0,
        };
        assert!(self.lots.insert(lot, row).is_none(), "{} is opened twice", lot_name(lot));
        self.measure(lot);
    }

    /// A fill has moved the average entry of a lot that has not fired.
    fn measure(&mut self, lot: LotId) {
        let entry = self.entry(lot);
        if let Some(row) = self.lots.get_mut(&lot).filter(|row| row.fired.is_none()) {
            row.measure(entry);
        }
    }

    fn lot_grew(&mut self, lot: LotId, qty: u32, price: Price) {
        let row = self.lots.get_mut(&lot).unwrap();
        self.owed.unallotted -= row.side.sign() * i64::from(qty);
        if row.guard.distance.is_some() {
            row.guard.best = row.guard.best.or(Some(price));
        }
        row.pieces.push((qty, price));
        self.measure(lot);
    }

    /// A lot's pieces go oldest first, and an exit of a lot takes its own lot first.
    fn lot_reduced(&mut self, it: ClosedRow, realized: Money, tick_value: Money) {
        let ClosedRow { lot, by, qty, entry, exit } = it;
        let ticks = (exit - entry).count() * self.lot(lot).side.sign() * i64::from(qty);
        assert_eq!(realized, tick_value * ticks, "profit of {}", lot_name(lot));
        self.closed.push(it);
        if let Use::LotExit(own) | Use::DisasterStop(own) = self.orders.get(&by).unwrap().use_
            && self.lot(own).open() > 0
        {
            assert_eq!(lot, own, "{by} reduces another lot than its own");
        }
        let row = self.lots.get_mut(&lot).unwrap();
        self.owed.unallotted += row.side.sign() * i64::from(qty);
        let (open, price) = row.pieces.first_mut().unwrap();
        assert_eq!(*price, entry, "{} is consumed oldest piece first", lot_name(lot));
        *open = open.checked_sub(qty).unwrap();
        if *open == 0 {
            row.pieces.remove(0);
        }
        self.sums.entry(row.contract).or_default().realized += realized;
    }

    /// An exit at the broker proves that the phantom had fired.
    fn found(&mut self, lot: LotId, leg: Leg) {
        let row = self.lots.get_mut(&lot).unwrap();
        assert_eq!(row.fired.replace(leg), None, "{} fires a second time", lot_name(lot));
        row.bracket = row.levels();
        (row.guard.best, row.guard.distance) = (None, None);
    }

    /// A phantom fires once, by a print that reaches its leg.
    fn fired(&mut self, lot: LotId, leg: Leg, print: Price, told: Price) {
        let row = self.lots.get_mut(&lot).unwrap();
        assert_eq!(row.fired.replace(leg), None, "{} fires a second time", lot_name(lot));
        assert!(row.open() > 0, "{} fires after it closed", lot_name(lot));
        // What has trailed stands where it was.
        row.bracket = row.levels();
        (row.guard.best, row.guard.distance) = (None, None);
        let (level, wins) = match leg {
            Leg::Stop => (row.bracket.stop.unwrap(), false),
            Leg::Target => (row.bracket.target.unwrap(), true),
        };
        assert_eq!(told, level, "where the leg of {} stood", lot_name(lot));
        let reaches_up = (row.side == Side::Buy) == wins;
        let reached = if reaches_up { print >= level } else { print <= level };
        assert!(reached, "{} fires without being reached", lot_name(lot));
    }

    fn latched(&mut self, cause: LatchCause) {
        assert!(!self.latches.contains(&cause), "latched twice for {cause:?}");
        self.latches.push(cause);
        self.halt.latched = true;
        self.doubted = true;
        self.owed.latch = false;
    }

    fn halted(&mut self, change: HaltChange) {
        match change {
            HaltChange::Kill => self.halt.killed = true,
            HaltChange::LiftKill => self.halt.killed = false,
            HaltChange::SwitchOn => {}
            HaltChange::LiftLatch => {
                self.halt.latched = false;
                self.latches.clear();
                self.contract_latches.clear();
            }
            HaltChange::LiftContractLatch(contract) => {
                self.contract_latches.retain(|(latched, _)| *latched != contract);
            }
        }
    }

    fn sums(&self, contract: ContractId) -> Sums {
        self.sums.get(&contract).copied().unwrap_or_default()
    }

    fn is_flat(&self) -> bool {
        let live = self.orders.values().any(OrderRow::is_live);
        !live && self.sums.values().all(|sums| sums.net == NetQty::FLAT)
    }

    /// Contracts of live exits in a contract.
    fn exits_outstanding(&self, contract: ContractId) -> u64 {
        let exits = self.orders.values().filter(|order| order.contract == contract && order.is_exit());
        exits.map(|order| u64::from(order.leaves())).sum()
    }

    /// Contracts of live exits of one lot's own.
    fn own_exits(&self, lot: LotId) -> u32 {
        let own = self.orders.values().filter(|order| order.use_ == Use::LotExit(lot));
        own.map(OrderRow::leaves).sum()
    }
}
