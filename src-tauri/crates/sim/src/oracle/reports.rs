//! Reports, as they are handed over: where they must bring an order and the position.

use phantom_model::{BrokerReport, FailReason, FillReport, OrderId, OrderStatus};

use super::Oracle;
use super::rows::{Cancel, Foreign};
use crate::invariants::Invariant;

/// What a report says happened to an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
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
    pub(super) fn delivered(&mut self, report: BrokerReport) {
        self.end_of_batch();
        self.last_report = Some(report);
        let order = report.order();
        if !self.orders.contains_key(&order) {
            self.foreign = Foreign::Unsaid;
            return;
        }
        match report {
            BrokerReport::Accepted { .. } => self.step(order, Step::Accept),
            BrokerReport::Filled(fill) => self.executed(&fill),
            BrokerReport::Cancelled { .. } => self.step(order, Step::Cancel),
            BrokerReport::Failed { .. } => self.step(order, Step::Fail),
            BrokerReport::CancelRefused { .. } => {}
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

    fn executed(&mut self, fill: &FillReport) {
        if !self.execs_delivered.insert(fill.exec) {
            return;
        }
        let Some(track) = self.orders.get_mut(&fill.order) else { return };
        track.filled += fill.qty.contracts();
        let completes = track.filled >= track.qty;
        let (contract, signed) = (track.contract, track.side.sign() * i64::from(fill.qty.contracts()));
        self.owes_latch |= track.filled > track.qty;
        self.contracts.at_mut(contract).net += signed;
        self.step(fill.order, Step::Fill { completes });
    }

    fn step(&mut self, id: OrderId, step: Step) {
        let Some(track) = self.orders.get_mut(&id) else { return };
        let before = track.status;
        track.status = after(before, step);
        if matches!(step, Step::Cancel | Step::Fail) && track.status != before {
            track.cancel = Cancel::No;
        }
        let (contract, live) = (track.contract, track.status.is_live());
        let list = &mut self.contracts.at_mut(contract).live;
        if live {
            list.insert(id);
        } else {
            list.remove(&id);
        }
        self.follow_exit(id, live);
        self.touch(contract, id);
    }

    /// Keeps the list of a lot's own exits that may still fill.
    pub(super) fn follow_exit(&mut self, id: OrderId, live: bool) {
        let OrderId::LotExit { lot, .. } = id else { return };
        let Some(lot) = self.lot_mut(lot) else { return };
        lot.live_exits.retain(|&other| other != id);
        if live {
            lot.live_exits.push(id);
        }
    }

    /// What a report, or a command, must have led to by now.
    pub(super) fn end_of_batch(&mut self) {
        if let Some(left) = self.allotment.take().filter(|allotment| allotment.left > 0) {
            self.broken(Invariant::I01, || format!("a fill of {} reached no lot: {left:?}", left.order));
        }
        let foreign = std::mem::replace(&mut self.foreign, Foreign::No);
        if foreign != Foreign::No {
            let report = self.last_report;
            self.check(Invariant::I30, foreign == Foreign::Said, || format!("no alarm for {report:?}"));
        }
        let owes_latch = std::mem::take(&mut self.owes_latch);
        if owes_latch {
            let latched = self.halt.latched;
            self.check(Invariant::I03, latched, || "more was filled than ordered, and no latch".to_owned());
        }
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
