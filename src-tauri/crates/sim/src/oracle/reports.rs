//! Reports, as they are handed over: where they must bring an order and the position.

use phantom_model::{
    BrokerReport, ExecId, FailReason, OrderId, OrderStatus, Price, Qty, StopRole, Timestamp,
};

use super::Oracle;
use super::rows::{Cancel, Foreign, Track};
use crate::invariants::Invariant;

/// What a report says happened to an order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Accept,
    Fill { completes: bool },
    Cancel,
    Fail,
}

/// The published table of the order lifecycle, written down once more. What is not in it changes
/// nothing.
const fn after(status: OrderStatus, step: Step) -> OrderStatus {
    use OrderStatus::{Accepted, Cancelled, Closed, Failed, Filled, PartiallyFilled, Pending, Rejected};
    match (status, step) {
        (Pending, Step::Accept) => Accepted,
        (Pending | Accepted | PartiallyFilled | Cancelled | Failed, Step::Fill { completes }) => {
            if completes { Filled } else { PartiallyFilled }
        }
        (Pending | Accepted | PartiallyFilled, Step::Cancel) => Cancelled,
        (Pending | Accepted | PartiallyFilled, Step::Fail) => Failed,
        (Accepted | PartiallyFilled | Cancelled | Failed | Filled | Closed | Rejected, Step::Accept)
        | (Filled | Closed | Rejected, Step::Fill { .. })
        | (Filled | Closed | Cancelled | Failed | Rejected, Step::Cancel | Step::Fail) => status,
    }
}

impl Oracle {
    pub(super) fn delivered(&mut self, report: &BrokerReport) {
        self.end_of_batch();
        let subject = report.order();
        self.last_report = Some(report.clone());
        self.account_told |= matches!(report, BrokerReport::Snapshot(_));
        if matches!(report, BrokerReport::StopStands(_)) {
            return;
        }
        if subject.is_some_and(|order| self.orders.get(&order).is_none_or(Track::is_outside)) {
            self.foreign = Foreign::Unsaid;
            return;
        }
        match *report {
            BrokerReport::Accepted { order } => self.step(order, Step::Accept),
            BrokerReport::Filled(ref it) => {
                self.count_exec(it.order, it.exec, it.qty, it.price, it.broker_time);
            }
            BrokerReport::Cancelled { order } => self.step(order, Step::Cancel),
            BrokerReport::Failed { order, .. } => self.step(order, Step::Fail),
            BrokerReport::CancelRefused { .. }
            | BrokerReport::Changed { .. }
            | BrokerReport::ChangeRefused { .. }
            | BrokerReport::StopStands(_)
            | BrokerReport::Snapshot(_) => {}
            BrokerReport::Contract { contract, standing } => {
                let row = self.contracts.at_mut(contract);
                (row.listed[0], row.touched) = (standing, true);
            }
            BrokerReport::Busted { exec } => self.taken_back(exec, None),
            BrokerReport::Corrected { exec, qty, price } => self.taken_back(exec, Some((qty, price))),
            BrokerReport::ForeignFill(ref it) => self.foreign_executed(it),
        }
    }

    /// Every try to send the order surely failed: proof enough that it is nowhere.
    pub(super) fn never_sent(&mut self, order: OrderId) {
        self.last_report = Some(BrokerReport::Failed { order, reason: FailReason::NeverSent });
        self.step(order, Step::Fail);
    }

    /// Every try to send the cancel surely failed.
    pub(super) fn cancel_never_sent(&mut self, order: OrderId) {
        self.last_report = Some(BrokerReport::CancelRefused { order });
    }

    /// An execution counts once, whichever order it comes for. The same order, quantity, price and
    /// broker's time under another id is the same execution where the order has no room for both.
    pub(super) fn count_exec(
        &mut self,
        order: OrderId,
        exec: ExecId,
        qty: Qty,
        price: Price,
        broker_time: Option<Timestamp>,
    ) {
        let known = self.execs_delivered.contains_key(&exec) || self.execs_doubted.contains(&exec);
        let Some(track) = self.orders.get_mut(&order).filter(|_| !known) else { return };
        let contracts = qty.contracts();
        let alike = broker_time.is_some()
            && track.execs.iter().any(|&(_, q, p, at)| (q, p, at) == (contracts, price, broker_time));
        if alike {
            self.contracts.at_mut(track.contract).lied = true;
        }
        let over = track.filled + contracts > track.qty;
        if alike && over && !track.is_outside() {
            self.execs_doubted.insert(exec);
            return;
        }
        track.execs.push((exec, contracts, price, broker_time));
        track.filled += contracts;
        let completes = track.filled + track.busted >= track.qty;
        let (contract, signed) = (track.contract, track.side.sign() * i64::from(contracts));
        self.owes_latch |= over && !track.is_outside();
        self.execs_delivered.insert(exec, (order, contracts, price));
        self.contracts.at_mut(contract).net += signed;
        self.step(order, Step::Fill { completes });
    }

    pub(super) fn step(&mut self, id: OrderId, step: Step) {
        let Some(track) = self.orders.get_mut(&id) else { return };
        let before = track.status;
        track.status = after(before, step);
        if matches!(step, Step::Cancel | Step::Fail) && track.status != before {
            if let Some(old) = track.before_change.take().filter(|&old| track.filled + track.busted <= old) {
                track.qty = old;
            }
            track.cancel = Cancel::No;
        }
        let (contract, live) = (track.contract, track.status.is_live());
        let ours = !track.is_outside();
        let list = &mut self.contracts.at_mut(contract).live;
        if live && ours {
            list.insert(id);
        } else {
            list.remove(&id);
        }
        self.follow_exit(id, live);
        self.touch(contract, id);
    }

    /// Keeps the list of a lot's own exits that may still fill.
    pub(super) fn follow_exit(&mut self, id: OrderId, live: bool) {
        let (OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, role: StopRole::Shadow, .. }) = id else {
            return;
        };
        let Some(lot) = self.lot_mut(lot) else { return };
        lot.live_exits.retain(|&other| other != id);
        if live {
            lot.live_exits.push(id);
        }
    }

    /// Every contract of a fill has found its lot.
    pub(super) fn end_of_allotment(&mut self) {
        if let Some(left) = self.allotment.take().filter(|allotment| allotment.left > 0) {
            self.broken(Invariant::I01, || format!("a fill of {} reached no lot: {left:?}", left.order));
        }
    }

    /// What a report, or a command, must have led to by now.
    pub(super) fn end_of_batch(&mut self) {
        self.end_of_allotment();
        if std::mem::take(&mut self.moves_freely) {
            self.shields_anew();
        }
        let foreign = std::mem::replace(&mut self.foreign, Foreign::No);
        if foreign != Foreign::No {
            let report = self.last_report.clone();
            self.check(Invariant::I30, foreign == Foreign::Said, || format!("no alarm for {report:?}"));
        }
        let owes_latch = std::mem::take(&mut self.owes_latch);
        if owes_latch {
            let latched = self.halt.latched;
            self.check(Invariant::I03, latched, || "more was filled than ordered, and no latch".to_owned());
        }
        self.i14_double_exits_are_told();
        if let Some(lot) = self.owes_unprotected.take() {
            self.broken(Invariant::I17, || format!("lot {lot:?} is unprotected, and no alarm says so"));
        }
        if let Some(expected) = self.expected.take() {
            self.broken(Invariant::I23, || format!("a ticket got no answer; expected {expected:?}"));
        }
        if std::mem::take(&mut self.flatten.pressed) {
            self.broken(Invariant::I23, || "flatten all was pressed, and nothing was recorded".to_owned());
        }
    }
}
