//! Bugs planted on purpose, between the desk and its world: what an engine with that bug would ask
//! for, or would fail to see. The simulator must find each of them; a simulator that cannot fail
//! proves nothing.

use std::collections::BTreeSet;

use phantom_broker::Message;
use phantom_compliance::{ClosingBudget, Outbound};
use phantom_model::{BrokerReport, BrokerSnapshot, ExecId, FillReport, Listed, NetQty, OrderId, Qty, Side};

use crate::invariants::Invariant;
use crate::tape::Tape;

/// A planted bug.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Planted {
    /// Each exit of a lot is sent a second time under an id of its own.
    DoubleExit,
    /// A fill of an order that had ended is dropped.
    LostLateFill,
    /// An account that failed is read as complete and empty.
    FlatOnQueryFailure,
    /// A stop still closes what its lot once had, not what it has.
    StopNotShrunk,
    /// A send that may have left is sent again.
    RetryUnknown,
    /// The position limit leaves out orders whose answer is overdue.
    GateIgnoresUnknown,
    /// One print in three does not reach the phantoms.
    TouchMissed,
    /// An execution that is reported twice is applied twice.
    CountedTwice,
    /// The desk comes back without its last facts.
    LostTail,
    /// After a restart a trailing stop begins anew at the price of then.
    TrailBeginsAnew,
    /// The broker's account is compared from scratch each time.
    ToldTwice,
}

impl Planted {
    /// Every planted bug.
    pub const ALL: [Self; 11] = [
        Self::DoubleExit,
        Self::LostLateFill,
        Self::FlatOnQueryFailure,
        Self::StopNotShrunk,
        Self::RetryUnknown,
        Self::GateIgnoresUnknown,
        Self::TouchMissed,
        Self::CountedTwice,
        Self::LostTail,
        Self::TrailBeginsAnew,
        Self::ToldTwice,
    ];

    /// The invariants of which one must be reported as broken, whichever the run comes to first.
    #[must_use]
    pub const fn breaks(self) -> &'static [Invariant] {
        match self {
            Self::DoubleExit => &[Invariant::I11],
            Self::LostLateFill => &[Invariant::I01],
            Self::FlatOnQueryFailure => &[Invariant::I41],
            Self::StopNotShrunk => &[Invariant::I19],
            Self::RetryUnknown => &[Invariant::I24],
            Self::GateIgnoresUnknown => &[Invariant::I06],
            Self::CountedTwice => &[Invariant::I02],
            Self::LostTail => &[Invariant::I36],
            // A stop that should have fired, or one that should have trailed.
            Self::TouchMissed => &[Invariant::I17, Invariant::I18, Invariant::I20],
            Self::TrailBeginsAnew => &[Invariant::I20],
            Self::ToldTwice => &[Invariant::I39],
        }
    }
}

/// The layer that carries a planted bug, between the desk and the link.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mutant {
    planted: Option<Planted>,
    /// Orders of which an end was handed over.
    ended: BTreeSet<OrderId>,
    /// Executions that were handed over.
    execs: BTreeSet<ExecId>,
    forged: u64,
}

impl Mutant {
    pub(crate) const fn new(planted: Option<Planted>) -> Self {
        Self { planted, ended: BTreeSet::new(), execs: BTreeSet::new(), forged: 0 }
    }

    pub(crate) fn is(&self, planted: Planted) -> bool {
        self.planted == Some(planted)
    }

    /// What really leaves in place of a message.
    pub(crate) fn outgoing(&self, tape: &Tape, message: Message) -> Vec<Message> {
        let lot_exit = match &message {
            Message::Submit(order) | Message::NativeClose(order) => match order.id() {
                OrderId::LotExit { lot, exit } => Some((order.clone(), lot, exit)),
                OrderId::Ticket(_)
                | OrderId::LotStop { .. }
                | OrderId::FlattenExit { .. }
                | OrderId::Outside(_) => None,
            },
            Message::Cancel(_) | Message::Query(_) | Message::Snapshot(_) | Message::Change(_) => None,
        };
        let Some((order, lot, exit)) = lot_exit else { return vec![message] };
        if self.is(Planted::DoubleExit) {
            let id = OrderId::LotExit { lot, exit: exit.saturating_add(100) };
            let second = forge(&order, id, order.qty()).map(Message::Submit);
            return std::iter::once(message).chain(second).collect();
        }
        if self.is(Planted::StopNotShrunk)
            && let Some(qty) = Qty::new(tape.ever_opened(lot)).filter(|&qty| qty > order.qty())
        {
            return forge(&order, order.id(), qty).map(Message::Submit).into_iter().collect();
        }
        vec![message]
    }

    /// What the desk gets to see of a report that was handed over.
    pub(crate) fn incoming(&mut self, report: BrokerReport) -> Option<BrokerReport> {
        if self.planted.is_none() {
            return Some(report);
        }
        match report.clone() {
            BrokerReport::Filled(fill) => {
                if self.is(Planted::LostLateFill) && self.ended.contains(&fill.order) {
                    return None;
                }
                if !self.execs.insert(fill.exec) && self.is(Planted::CountedTwice) {
                    self.forged += 1;
                    let exec = ExecId::new((1 << 60) + self.forged);
                    return Some(BrokerReport::Filled(FillReport { exec, ..fill }));
                }
            }
            BrokerReport::Cancelled { order } | BrokerReport::Failed { order, .. } => {
                self.ended.insert(order);
            }
            BrokerReport::Snapshot(it) if self.is(Planted::FlatOnQueryFailure) => {
                return Some(BrokerReport::Snapshot(Box::new(as_if_whole(*it))));
            }
            BrokerReport::Accepted { .. }
            | BrokerReport::CancelRefused { .. }
            | BrokerReport::Busted { .. }
            | BrokerReport::Corrected { .. }
            | BrokerReport::ForeignFill(_)
            | BrokerReport::StopStands(_)
            | BrokerReport::Contract { .. }
            | BrokerReport::Changed { .. }
            | BrokerReport::ChangeRefused { .. }
            | BrokerReport::Snapshot(_) => {}
        }
        Some(report)
    }
}

/// The account with every list that failed read as complete and empty.
fn as_if_whole(it: BrokerSnapshot) -> BrokerSnapshot {
    fn whole<T>(list: Listed<T>) -> Listed<T> {
        match list {
            Listed::Missing => Listed::Complete(Vec::new()),
            Listed::Complete(_) | Listed::Partial(_) => list,
        }
    }
    BrokerSnapshot { orders: whole(it.orders), fills: whole(it.fills), positions: whole(it.positions), ..it }
}

/// The same exit under another id or of another size: a budget that is told a position covers it.
fn forge(order: &Outbound, id: OrderId, qty: Qty) -> Option<Outbound> {
    let held = i64::from(qty.contracts()) * if order.side() == Side::Sell { 1 } else { -1 };
    let budget = ClosingBudget::new(NetQty::new(held), 0);
    budget.exit(id, order.contract(), qty, order.kind()).map(Outbound::Exit)
}
