//! Reconciliation: the broker's own account beside ours.
//!
//! It adopts what the broker proves, settles orders that are unknown, and compares positions. It sends
//! no order. What is incomplete, late or the answer to another question proves nothing and is asked for
//! again. The same answer twice says nothing the second time.

use phantom_model::{
    BrokerSnapshot, ContractId, FailReason, FillReport, FillTiming, ForeignFill, ListedFill, ListedOrder,
    ListedPosition, ListedStanding, NetQty, OrderId, OrderKind, OrderStep, SnapshotId, Span, Timestamp,
};

use crate::book::{Cancelling, Difference, DifferenceStanding, OrderKey};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, LatchCause};
use crate::outcome::Request;

/// How long an answer may take: later it is about another moment.
const ANSWER: Span = Span::from_millis(5_000);
/// The waits before a question is asked again that brought no whole answer.
const WAITS: [Span; 5] = [
    Span::from_millis(1_000),
    Span::from_millis(2_000),
    Span::from_millis(4_000),
    Span::from_millis(8_000),
    Span::from_millis(16_000),
];
/// The wait after those.
const LONGEST_WAIT: Span = Span::from_millis(30_000);

/// So many answers in a row that were not whole; then exits that wait for one go by what fills prove.
const IN_VAIN_MAX: usize = 3;

/// What was asked of the broker about itself. Not of record: after a restart it is asked anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Question {
    /// Which question waits for its answer, and when it was asked.
    open: Option<(SnapshotId, Timestamp)>,
    /// The number of the last one.
    asked: u64,
    /// Answers in a row that were not whole.
    in_vain: usize,
    /// An answer is being taken in: what it proves of one order is known before what it proves of another.
    pub(crate) is_taken_in: bool,
    /// The account was told in whole since the way to the broker came back.
    is_told: bool,
}

impl Question {
    /// Whether an answer is still worth waiting for.
    pub(crate) const fn is_hopeful(&self) -> bool {
        !self.is_told && self.in_vain < IN_VAIN_MAX
    }
}

impl Engine {
    /// Asks for the broker's own account, unless an answer is on its way.
    pub(crate) fn ask_snapshot(&mut self, now: &mut Now<'_>) {
        if self.question.open.is_some() || self.book.halt().not_connected {
            return;
        }
        // Above every number of an earlier run, so that a late answer to it is not taken for ours.
        self.question.asked = self.question.asked.max(self.book.seq()) + 1;
        let id = SnapshotId::new(self.question.asked);
        self.question.open = Some((id, now.at));
        now.request(Request::Snapshot(id));
        self.deadlines.set(now.at + ANSWER, Due::Snapshot);
    }

    /// Nobody will answer what was asked before.
    pub(crate) fn forget_question(&mut self) {
        (self.question.open, self.question.in_vain, self.question.is_told) = (None, 0, false);
        self.deadlines.clear_snapshot();
    }

    /// An answer is overdue, or it is time to ask.
    pub(crate) fn snapshot_due(&mut self, now: &mut Now<'_>) {
        // While a question is open, what is due is its answer.
        if self.question.open.take().is_some() {
            self.incomplete(now);
        } else {
            self.ask_snapshot(now);
        }
    }

    /// No whole answer: what was known before stays, and the question comes again, later each time.
    fn incomplete(&mut self, now: &mut Now<'_>) {
        let wait = WAITS.get(self.question.in_vain).copied().unwrap_or(LONGEST_WAIT);
        if self.question.in_vain == 0 {
            self.alarm(now, Alarm::SnapshotIncomplete);
        }
        self.question.in_vain += 1;
        self.deadlines.set(now.at + wait, Due::Snapshot);
        if self.question.in_vain == IN_VAIN_MAX {
            self.go_unconfirmed(now);
        }
    }

    /// The broker's own account has come.
    pub(crate) fn snapshot(&mut self, now: &mut Now<'_>, it: &BrokerSnapshot) {
        let Some((id, asked_at)) = self.question.open else {
            if it.answers.number() != self.question.asked {
                self.alarm(now, Alarm::WrongAnswer);
            }
            return;
        };
        if it.answers != id {
            self.alarm(now, Alarm::WrongAnswer);
            return;
        }
        self.question.open = None;
        self.deadlines.clear_snapshot();
        if now.at > asked_at + ANSWER {
            self.incomplete(now);
            return;
        }
        self.question.is_taken_in = true;
        self.adopt_fills(now, it);
        for order in it.orders.told() {
            self.adopt_order(now, it.orders.told(), order, asked_at);
        }
        let whole = self.settle_absent(now, it, asked_at);
        self.question.is_taken_in = false;
        self.check_contracts(now);
        self.ask_stops_back(now);
        let compared = it.positions.all().is_some_and(|rows| self.compare_positions(now, rows, asked_at));
        if !whole || it.positions.all().is_none() {
            self.incomplete(now);
            return;
        }
        self.question.in_vain = 0;
        let is_first = !std::mem::replace(&mut self.question.is_told, true);
        self.conclude(now, compared);
        if is_first {
            self.take_up_exits(now);
        }
    }

    /// Everything was told. Openings are free once every position is known to agree or to need a person.
    fn conclude(&mut self, now: &mut Now<'_>, compared: bool) {
        let suspected = |it: &Difference| it.standing == DifferenceStanding::Suspected;
        let settling =
            self.book.positions().iter().any(|(_, it)| it.difference.as_ref().is_some_and(suspected));
        if compared && !settling {
            if self.book.halt().reconciling {
                self.emit(now, FactBody::Reconciled);
            }
            if let Some(every) = self.timing.snapshot_every {
                self.deadlines.set(now.at + every, Due::Snapshot);
            }
        } else {
            self.deadlines.set(now.at + self.timing.difference_settles, Due::Snapshot);
        }
    }

    /// Takes every execution. What opened a lot may be as new to us as what closed it again: the exit is
    /// known for ours only once the lot is there, so orders that were lost are looked for again after each
    /// round, and only what then still has no order of ours is a stranger's.
    fn adopt_fills(&mut self, now: &mut Now<'_>, it: &BrokerSnapshot) {
        let mut left: Vec<&ListedFill> = it.fills.told().iter().collect();
        loop {
            for order in it.orders.told() {
                self.find_lost(now, order);
            }
            let is_ours =
                |fill: &&ListedFill| fill.order.is_some_and(|order| self.book.find(order).is_some());
            let (ours, others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_ours);
            if ours.is_empty() {
                for fill in others {
                    self.adopt_fill(now, fill);
                }
                return;
            }
            for fill in ours {
                self.adopt_fill(now, fill);
            }
            left = others;
        }
    }

    fn adopt_fill(&mut self, now: &mut Now<'_>, it: &ListedFill) {
        let ListedFill { order, broker_order, contract, side, exec, qty, price, broker_time } = *it;
        // Under an id of ours but with other terms it is not our order's.
        let is_its = |key: &OrderKey| {
            let row = self.book.orders().at(*key);
            (row.contract, row.side) == (contract, side)
        };
        let key = order.and_then(|order| self.book.find(order)).filter(is_its);
        if let (Some(order), Some(key)) = (order, key) {
            // What a person has been told the account repeats each time.
            if self.book.is_contradicted(order) && self.book.find_fill(exec).is_some() {
                return;
            }
            let timing = FillTiming::Unknown;
            self.fill(now, key, FillReport { order, exec, qty, price, timing, broker_time });
        } else {
            self.foreign_fill(now, ForeignFill { broker_order, contract, side, exec, qty, price });
        }
    }

    fn adopt_order(&mut self, now: &mut Now<'_>, all: &[ListedOrder], it: &ListedOrder, asked_at: Timestamp) {
        let Some((order, key)) = it.order.and_then(|order| Some((order, self.book.find(order)?))) else {
            self.adopt_outside(now, it);
            return;
        };
        let twice = all.iter().any(|other| other.order == it.order && other.broker_order != it.broker_order);
        if twice {
            self.latch_contract(now, it.contract, LatchCause::TwoOrders(order));
            return;
        }
        let row = self.book.orders().at(key);
        // Without every execution its end would free what may have filled.
        if it.filled > row.done() {
            now.request(Request::Query(order));
            return;
        }
        let tells_terms = matches!(it.standing, ListedStanding::Working | ListedStanding::Filled);
        if row.is_live() && tells_terms && !self.adopt_terms(now, key, it, asked_at) {
            return;
        }
        let row = self.book.orders().at(key);
        let (live, known) = (row.is_live(), row.status != phantom_model::OrderStatus::Pending);
        match it.standing {
            ListedStanding::Working if live => {
                // That is the answer too when a cancel was refused and the question was lost.
                if !known || row.unknown || row.cancelling == Cancelling::Refused {
                    self.accepted(now, key, order);
                }
                self.ask_rest_back(now, key, it.kind);
            }
            ListedStanding::Working => {
                if row.leaves() == 0 && row.filled < row.qty.contracts() {
                    self.latch_contract(now, it.contract, LatchCause::Revived(order));
                }
            }
            ListedStanding::Cancelled if live => {
                self.ended(now, key, OrderStep::Cancel, FactBody::OrderCancelled { order });
            }
            ListedStanding::Failed(reason) if live => {
                self.ended(now, key, OrderStep::Fail, FactBody::OrderFailed { order, reason });
            }
            // A broker's own close takes no more than there is to close: filled means that nothing of it works,
            // whatever was asked for.
            ListedStanding::Filled if live && row.leaves() > 0 && it.filled == row.done() => {
                self.ended(now, key, OrderStep::Cancel, FactBody::OrderCancelled { order });
            }
            ListedStanding::Filled | ListedStanding::Cancelled | ListedStanding::Failed(_) => {}
        }
    }

    /// The terms on which the broker lists a live order. `false` when the list may be older than a change
    /// of it, so that it says nothing.
    fn adopt_terms(
        &mut self,
        now: &mut Now<'_>,
        key: OrderKey,
        it: &ListedOrder,
        asked_at: Timestamp,
    ) -> bool {
        let row = self.book.orders().at(key);
        let (Some(_), Some(limit)) = (row.kind.limit(), it.kind.limit()) else { return true };
        let Some(change) = self.book.change_of(key) else {
            if it.qty > row.qty {
                // Counted with more at once, however it came.
                self.changed(now, key, it.qty, limit);
            } else if (it.qty, it.kind) != (row.qty, row.kind) {
                now.request(Request::Query(row.id));
            }
            return true;
        };
        let holds = (it.qty, limit) == (change.new_qty, change.new_limit);
        if !holds && change.asked_at >= asked_at {
            return false;
        }
        // What works on its old terms may be changed yet; what is filled on them will not.
        if holds || it.standing == ListedStanding::Filled {
            self.changed(now, key, it.qty, limit);
        }
        true
    }

    /// An order without an id of ours. One that did nothing and works no more concerns nobody.
    fn adopt_outside(&mut self, now: &mut Now<'_>, it: &ListedOrder) {
        if it.standing == ListedStanding::Working || it.filled > 0 {
            self.outside_order(now, it.broker_order, it.contract, it.side, it.qty);
        }
    }

    /// Settles orders that are unknown and that a complete history does not have. Whether the lists of
    /// orders and executions were complete.
    fn settle_absent(&mut self, now: &mut Now<'_>, it: &BrokerSnapshot, asked_at: Timestamp) -> bool {
        let (Some(orders), Some(fills)) = (it.orders.all(), it.fills.all()) else { return false };
        let overdue = self.timing.answer_overdue;
        let absent: Vec<(OrderKey, OrderId)> = self
            .book
            .live_orders()
            .filter(|(_, row)| {
                // A list of all that may fill proves the end of a stop that is not in it, however old.
                let is_gone = row.is_stop() && row.submitted_at < asked_at;
                let never_came = row.unknown && row.submitted_at >= it.since;
                is_gone || (never_came && row.submitted_at + overdue <= asked_at)
            })
            .filter(|(_, row)| !orders.iter().any(|listed| listed.order == Some(row.id)))
            .filter(|(_, row)| !fills.iter().any(|listed| listed.order == Some(row.id)))
            .map(|(key, row)| (key, row.id))
            .collect();
        for (key, order) in absent {
            if self.may_be_listed_without_id(key, orders) {
                self.perhaps_ours(now, key, order);
            } else {
                let reason = FailReason::Absent;
                self.ended(now, key, OrderStep::Fail, FactBody::OrderFailed { order, reason });
            }
        }
        true
    }

    /// Whether the broker lists an order like this one and has lost its id.
    fn may_be_listed_without_id(&self, key: OrderKey, orders: &[ListedOrder]) -> bool {
        let row = self.book.orders().at(key);
        let change = self.book.change_of(key);
        // Under a change that nobody has answered it may be there on either terms.
        let now = (change.map_or(row.qty, |change| change.old_qty), row.kind);
        let then = change.map(|change| (change.new_qty, OrderKind::Limit(change.new_limit)));
        orders.iter().any(|it| {
            let alike = (it.contract, it.side) == (row.contract, row.side);
            it.order.is_none() && alike && ((it.qty, it.kind) == now || Some((it.qty, it.kind)) == then)
        })
    }

    /// A proposal only: the order stays unknown, and a person is told once.
    fn perhaps_ours(&mut self, now: &mut Now<'_>, key: OrderKey, order: OrderId) {
        let contract = self.book.orders().at(key).contract;
        if !self.book.is_latched_for(Some(contract), LatchCause::TwoOrders(order)) {
            self.alarm(now, Alarm::PerhapsOurs(order));
            self.latch_contract(now, contract, LatchCause::TwoOrders(order));
        }
    }

    /// Compares every position at one moment. Whether all of them could be compared: one that a fill
    /// has changed since the question is another moment's.
    fn compare_positions(&mut self, now: &mut Now<'_>, rows: &[ListedPosition], asked_at: Timestamp) -> bool {
        let mut all = true;
        for contract in self.book.positions().keys() {
            let listed = rows.iter().find(|row| row.contract == contract);
            let broker = listed.map_or(NetQty::FLAT, |row| row.net);
            let position = self.book.positions().at(contract);
            if position.changed_at >= asked_at && position.net != broker {
                all = false;
                continue;
            }
            self.compare_position(now, contract, broker);
        }
        all
    }

    fn compare_position(&mut self, now: &mut Now<'_>, contract: ContractId, broker: NetQty) {
        let position = self.book.positions().at(contract);
        let (ours, found, changed_at) = (position.net, position.difference, position.changed_at);
        let Some(found) = found.filter(|_| ours != broker) else {
            if ours != broker {
                self.emit(now, FactBody::PositionDiffers { contract, ours, broker });
            } else if position.difference.is_some() {
                self.emit(now, FactBody::DifferenceGone { contract });
                self.settle(now, contract);
            }
            if ours == broker {
                self.repair(now, contract);
            }
            return;
        };
        let same = broker.signed() - ours.signed() == found.contracts();
        match found.standing {
            DifferenceStanding::Confirmed | DifferenceStanding::Dismissed if same => {}
            DifferenceStanding::Suspected if same && changed_at <= found.since && broker == found.broker => {
                if now.at >= found.since + self.timing.difference_settles {
                    self.emit(now, FactBody::DifferenceConfirmed { contract });
                    self.alarm(now, Alarm::Mismatch { contract, ours, broker });
                    self.latch_contract(now, contract, LatchCause::Mismatch(contract));
                    self.make_exits_fit(now, contract);
                }
            }
            DifferenceStanding::Confirmed | DifferenceStanding::Dismissed | DifferenceStanding::Suspected => {
                self.emit(now, FactBody::PositionDiffers { contract, ours, broker });
                // What the number before this one held back is free until this one is seen twice.
                self.settle(now, contract);
            }
        }
    }
}
