//! Facts about orders, halts and alarms: each must follow from what was asked or reported.

use phantom_engine::fact::{Alarm, LatchCause, Purpose};
use phantom_engine::{Fact, FactBody, HaltChange, RuleFact};
use phantom_model::{
    BrokerReport, ContractId, ExecId, Guard as Asks, ListedStanding, Money, OrderId, OrderKind, OrderStatus,
    Price, Qty, Side, Timestamp,
};

use super::Oracle;
use super::reports::Step;
use super::rows::{Allotment, Cancel, Track};
use crate::invariants::Invariant;
use crate::terms::contract;

/// A submission, as its fact tells it.
pub(super) struct Submitted {
    pub(super) order: OrderId,
    pub(super) contract: ContractId,
    pub(super) side: Side,
    pub(super) qty: u32,
    pub(super) kind: OrderKind,
    pub(super) purpose: Purpose,
    pub(super) asks: Asks,
}

impl Oracle {
    #[expect(clippy::too_many_lines, reason = "a table: every kind of fact is decided here")]
    pub(super) fn recorded(&mut self, fact: &Fact) {
        self.numbered(fact);
        match &fact.body {
            FactBody::OrderRejected { order, what, .. } => self.rejected(*order, &what.1),
            FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, guard, .. } => {
                let it = Submitted {
                    order: *order,
                    contract: *contract,
                    side: *side,
                    qty: qty.contracts(),
                    kind: *kind,
                    purpose: *purpose,
                    asks: *guard,
                };
                self.submitted(&it, fact.at);
            }
            FactBody::StopStands { order, contract, side, qty } => {
                self.stop_stands(*order, *contract, *side, qty.contracts(), fact.at);
            }
            FactBody::RepairStarted { lot } => self.repair_started(*lot),
            FactBody::OrderAccepted { order } => self.accepted(*order),
            FactBody::OrderFilled { order, exec, qty, price, fee, .. } => {
                self.filled(*order, *exec, *qty, *price, *fee);
            }
            FactBody::OrderCancelled { order } => self.ended(*order, OrderStatus::Cancelled),
            FactBody::OrderFailed { order, .. } => self.ended(*order, OrderStatus::Failed),
            FactBody::OrderClosed { order } => self.closed(*order),
            FactBody::OrderUnknown { order } => self.unknown(*order, fact.at),
            FactBody::CancelRequested { order } => self.cancel_requested(*order, fact.at),
            FactBody::CancelRefused { order } => self.cancel_refused(*order),
            FactBody::LotOpened { lot, order, qty, price } => self.lot_opened(*lot, *order, *qty, *price),
            FactBody::LotGrew { lot, qty, price } => self.lot_grew(*lot, *qty, *price),
            FactBody::LotReduced { lot, by, qty, entry, exit, realized } => {
                self.lot_reduced(*lot, *by, (*qty, *entry), *exit, *realized);
            }
            FactBody::PhantomFired { lot, leg, print, .. } => self.phantom_fired(*lot, *leg, *print),
            FactBody::LotUnprotected { lot } => self.lot_unprotected(*lot),
            FactBody::FlattenStarted { flatten, .. } => self.flatten_started(*flatten, fact.at),
            FactBody::FlattenJoined { .. } => self.flatten_joined(),
            FactBody::FlattenAnswered { flat, .. } => self.flatten_answered(*flat, fact.at),
            FactBody::Halted { change, .. } => self.halted(*change),
            FactBody::Rule(rule) => self.rule_recorded(rule),
            FactBody::Latched { cause } => self.latched(*cause),
            FactBody::LotUnwound { lot, qty, entry } => self.lot_unwound(*lot, *qty, *entry),
            FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => {
                self.reduction_undone(*lot, *by, (*qty, *entry), *exit, *realized);
            }
            FactBody::ProtectionSet { lot, generation, protection, .. } => {
                self.protected(*lot, *generation, protection);
            }
            FactBody::BreakEvenReached { lot, generation, stop, .. } => {
                self.went_even(*lot, *generation, *stop);
            }
            FactBody::ChangeAsked { order, qty, .. } => self.change_asked(*order, qty.contracts(), fact.at),
            FactBody::OrderChanged { order, qty, limit } => self.changed(*order, *qty, *limit),
            FactBody::ChangeRefused { order } => self.change_refused(*order),
            FactBody::ChangeRejected { .. }
            | FactBody::ProtectionRejected { .. }
            | FactBody::TrailsMoved { .. }
            | FactBody::ExitWaiting { .. }
            | FactBody::FlattenExiting { .. }
            | FactBody::FlattenEnded { .. }
            | FactBody::Returned { .. }
            | FactBody::ExitFound { .. }
            | FactBody::PhantomTouched { .. }
            | FactBody::PhantomPassed { .. }
            | FactBody::PhantomWatches { .. }
            | FactBody::GapClosed { .. } => {}
            FactBody::JournalLost => self.halt.journal_lost = true,
            FactBody::FlattenReopened { .. } => self.flatten_reopened(),
            FactBody::FlattenSettled { .. } => self.flatten_settled(),
            FactBody::PrintDoubted { contract, price, last } => self.print_doubted(*contract, *price, *last),
            FactBody::OutsideOrderSeen { .. }
            | FactBody::PositionAdjusted { .. }
            | FactBody::FillBusted { .. }
            | FactBody::FillCorrected { .. }
            | FactBody::FillDoubted { .. }
            | FactBody::ContractLatched { .. }
            | FactBody::LinkChanged { .. }
            | FactBody::Reconciled
            | FactBody::PositionDiffers { .. }
            | FactBody::DifferenceConfirmed { .. }
            | FactBody::DifferenceDismissed { .. }
            | FactBody::DifferenceGone { .. }
            | FactBody::FeedLost
            | FactBody::FeedBack
            | FactBody::DayStarted { .. }
            | FactBody::ContractStands { .. } => self.account_recorded(&fact.body, fact.at),
            FactBody::AlarmRaised { alarm } => self.alarmed(*alarm),
        }
    }

    /// Numbers without gaps, times that never go back; the shadow folds along.
    fn numbered(&mut self, fact: &Fact) {
        self.shadow.fold(fact);
        let (seq, at) = (self.seq, self.fact_at);
        self.check(Invariant::I38, fact.seq == seq + 1, || format!("fact {} after fact {seq}", fact.seq));
        self.check(Invariant::I45, fact.at >= at, || format!("fact {} is before the one before", fact.seq));
        (self.seq, self.fact_at) = (fact.seq, fact.at);
    }

    fn submitted(&mut self, it: &Submitted, at: Timestamp) {
        let id = it.order;
        let is_new = !self.orders.contains_key(&id) && !self.rejected.contains(&id);
        self.check(Invariant::I28, is_new, || format!("{id} is used again"));
        self.answered_by_gate(it);
        let track = Track {
            contract: it.contract,
            side: it.side,
            qty: it.qty,
            kind: it.kind,
            purpose: it.purpose,
            asks: it.asks,
            status: OrderStatus::Pending,
            filled: 0,
            busted: 0,
            execs: Vec::new(),
            submitted_as: (it.qty, it.kind),
            before_change: None,
            unknown: false,
            asked_at: Timestamp::MIN,
            cancel: Cancel::No,
            submitted_at: at,
            lot: None,
            not_sent: 0,
            cancel_not_sent: 0,
            change_not_sent: 0,
            left: false,
            withdrawn: false,
        };
        if track.is_entry() {
            self.opening_released(it);
        } else {
            self.exit_released(it);
        }
        self.orders_submitted += 1;
        self.orders.insert(id, track);
        self.contracts.at_mut(it.contract).live.insert(id);
        self.follow_exit(id, true);
        self.owed.push_back((at + self.timing.answer_overdue, id));
        self.touch(it.contract, id);
    }

    /// An exit leaves: it must fit into what is left of the position.
    fn exit_released(&mut self, it: &Submitted) {
        self.exits_submitted += 1;
        let (net, closable) = (self.contracts.at(it.contract).net, self.contracts.at(it.contract).closable());
        let closes = net != 0 && (net > 0) == (it.side == Side::Sell);
        let id = it.order;
        self.check(Invariant::I12, closes, || {
            format!("{id} {} {} while the position is {net}", it.side, it.qty)
        });
        let out = self.exit_leaves(it.contract);
        let fits = out + u64::from(it.qty) <= closable;
        self.check(Invariant::I10, fits, || {
            format!(
                "{id} closes {} more; exits for {out} are out, position {net}, {closable} to close",
                it.qty
            )
        });
        if let OrderId::LotExit { lot, exit } = id {
            self.lot_exit_released(lot, exit, it.qty);
        }
        let waits = matches!(it.purpose, Purpose::LotExit { .. } | Purpose::Flatten(_));
        let too_soon = waits && self.may_have_no_way() && !self.account_told;
        self.check(Invariant::I40, !too_soon, || format!("{id} leaves before the broker's account is known"));
    }

    fn accepted(&mut self, order: OrderId) {
        let told = self.last_report == Some(BrokerReport::Accepted { order })
            || self.listed(order, |it| it.standing == ListedStanding::Working);
        self.check(Invariant::I27, told, || format!("{order} was accepted, and nobody said so"));
        self.adopt(order, Step::Accept);
        let Some(track) = self.orders.get_mut(&order) else { return };
        if track.unknown {
            self.forget_change(order);
        }
        let Some(track) = self.orders.get_mut(&order) else { return };
        let is_lost = track.unknown && track.cancel != Cancel::Asked(self.fact_at);
        if is_lost || track.cancel == Cancel::Refused {
            // The cancel of an order that works was lost or refused: it may be asked for again.
            track.cancel = Cancel::No;
        }
        track.unknown = false;
    }

    fn filled(&mut self, order: OrderId, exec: ExecId, qty: Qty, price: Price, fee: Money) {
        self.fills += 1;
        if self.is_snapshot() {
            self.adopt_fill(order, exec);
        }
        let counted = self.execs_delivered.get(&exec) == Some(&(order, qty.contracts(), price));
        let is_new = self.execs_applied.insert(exec);
        self.check(Invariant::I02, counted && is_new, || {
            format!(
                "{order} filled {qty} by execution {exec:?}: delivered {counted}, for the first time {is_new}"
            )
        });
        self.note_double(order, qty.contracts());
        let Some(track) = self.orders.get_mut(&order) else { return };
        track.unknown = false;
        let contract = track.contract;
        let due = self.terms.at(contract).fee_per_side * i64::from(qty.contracts());
        self.check(Invariant::I05, fee == due, || format!("fee {fee} instead of {due} for {order}"));
        self.end_of_allotment();
        self.allotment = Some(Allotment { order, price, left: qty.contracts() });
    }

    /// The end of an order: only the broker's word, or the proof that it never left or never came, makes
    /// it.
    fn ended(&mut self, order: OrderId, end: OrderStatus) {
        let step = if end == OrderStatus::Cancelled { Step::Cancel } else { Step::Fail };
        // Not a byte of it has left, and it is not tried again (asked back, or openings stopped meanwhile):
        // that is proof as well, and it must stay true.
        let unsent = step == Step::Fail && self.orders.get(&order).is_some_and(Track::never_left);
        if unsent {
            self.step(order, step);
            if let Some(track) = self.orders.get_mut(&order) {
                track.withdrawn = true;
            }
        }
        let told = unsent
            || match &self.last_report {
                Some(BrokerReport::Cancelled { order: told }) => *told == order && step == Step::Cancel,
                Some(BrokerReport::Failed { order: told, .. }) => *told == order && step == Step::Fail,
                Some(BrokerReport::Snapshot(_)) => {
                    let listed = self.listed(order, |it| match it.standing {
                        // Filled: it has done what the broker would do of it.
                        ListedStanding::Cancelled | ListedStanding::Filled => step == Step::Cancel,
                        ListedStanding::Failed(_) => step == Step::Fail,
                        ListedStanding::Working => false,
                    });
                    listed || (step == Step::Fail && self.is_proved_absent(order))
                }
                Some(
                    BrokerReport::Accepted { .. }
                    | BrokerReport::Filled(_)
                    | BrokerReport::CancelRefused { .. }
                    | BrokerReport::Busted { .. }
                    | BrokerReport::Corrected { .. }
                    | BrokerReport::ForeignFill(_)
                    | BrokerReport::StopStands(_)
                    | BrokerReport::Contract { .. }
                    | BrokerReport::Changed { .. }
                    | BrokerReport::ChangeRefused { .. },
                )
                | None => false,
            };
        let invariant = if self.is_snapshot() { Invariant::I41 } else { Invariant::I27 };
        self.check(invariant, told, || format!("{order} ended as {end}, and there is no proof"));
        self.adopt(order, step);
        if let Some(track) = self.orders.get_mut(&order) {
            track.unknown = false;
        }
    }

    /// A step that a snapshot tells is taken with its fact.
    fn adopt(&mut self, order: OrderId, step: Step) {
        if self.is_snapshot() {
            self.step(order, step);
        }
    }

    fn closed(&mut self, order: OrderId) {
        let Some(track) = self.orders.get(&order) else { return };
        let (status, lot) = (track.status, track.lot);
        let open = lot.and_then(|lot| self.lot(lot)).map_or(0, |lot| lot.open);
        let may = status == OrderStatus::Filled && open == 0;
        self.check(Invariant::I26, may, || format!("{order} closed while {status}, {open} open"));
        if let Some(track) = self.orders.get_mut(&order) {
            track.status = OrderStatus::Closed;
        }
    }

    fn unknown(&mut self, order: OrderId, at: Timestamp) {
        let overdue = self.timing.answer_overdue;
        let Some(track) = self.orders.get_mut(&order) else { return };
        track.unknown = true;
        let late = at >= track.submitted_at + overdue;
        self.check(Invariant::I23, late, || format!("{order} is called unknown before its answer is due"));
    }

    fn cancel_requested(&mut self, order: OrderId, at: Timestamp) {
        let due = at + self.timing.answer_overdue;
        let Some(track) = self.orders.get_mut(&order) else { return };
        track.cancel = Cancel::Asked(at);
        // What became due while the desk was away is done before the first report is looked at.
        let live = track.status.is_live() || at == self.back_at;
        self.check(Invariant::I26, live, || format!("a cancel of {order}, which has ended"));
        self.owed.push_back((due, order));
    }

    fn cancel_refused(&mut self, order: OrderId) {
        // A try of an older cancel may be the one that is given up.
        let given_up = self.orders.get(&order).is_some_and(|track| track.cancel_not_sent >= 4);
        let told = given_up || self.last_report == Some(BrokerReport::CancelRefused { order });
        self.check(Invariant::I27, told, || format!("the cancel of {order} was refused, and nobody said so"));
        let Some(track) = self.orders.get_mut(&order) else { return };
        track.cancel = Cancel::Refused;
        track.unknown &= track.status == OrderStatus::Pending;
    }

    fn halted(&mut self, change: HaltChange) {
        match change {
            HaltChange::Kill => self.halt.killed = true,
            HaltChange::LiftKill => self.halt.killed = false,
            HaltChange::SwitchOn => {}
            HaltChange::LiftLatch => {
                self.halt.latched = false;
                for place in 0..self.contracts.len() {
                    self.contracts.at_mut(contract(place)).latched = false;
                }
            }
            HaltChange::LiftContractLatch(contract) => self.contracts.at_mut(contract).latched = false,
        }
    }

    /// A run has no rules: a lock by hand is all that there can be.
    fn rule_recorded(&mut self, fact: &RuleFact) {
        self.check(
            Invariant::I32,
            matches!(fact, RuleFact::Locked { .. } | RuleFact::Unlocked { .. }),
            || format!("a fact about rules that are not there: {fact:?}"),
        );
        if matches!(fact, RuleFact::Locked { .. }) {
            self.halt.locked_out = true;
        }
    }

    fn latched(&mut self, cause: LatchCause) {
        self.halt.latched = true;
        if let LatchCause::DoubleExit(order) = cause {
            self.double_latched(order);
        }
        if matches!(cause, LatchCause::ForeignOrder(_)) {
            self.foreign.told();
        }
    }

    fn alarmed(&mut self, alarm: Alarm) {
        match alarm {
            Alarm::IllegalStep(_) => self.foreign.told(),
            Alarm::Unprotected(lot) => {
                let due = self.owes_unprotected.take() == Some(lot);
                self.check(Invariant::I17, due, || format!("lot {lot:?} is called unprotected, and is not"));
            }
            Alarm::StopsBlind => self.feed.told = true,
            // The broker had lost our id, and its fill was taken for somebody else's: only a person can
            // say that they are one.
            Alarm::ContradictingExec(_) | Alarm::PerhapsOurs(_) => self.adrift = true,
            Alarm::DoubleExit(order) => self.double_alarmed(order),
            Alarm::LateFill(_)
            | Alarm::ExitSlow(_)
            | Alarm::NoTrades(_)
            | Alarm::PassedWhileAway(_)
            | Alarm::StopsUnconfirmed(_)
            | Alarm::JournalLost
            | Alarm::SlowDisk
            | Alarm::ContractStands { .. }
            | Alarm::FlattenStuck(_)
            | Alarm::Mismatch { .. }
            | Alarm::NoPriceToAdjust(_)
            | Alarm::Busted(_)
            | Alarm::Corrected(_)
            | Alarm::UnknownExec(_)
            | Alarm::TwinExec(_)
            | Alarm::CancelUnanswered(_)
            | Alarm::StillUnknown(_)
            | Alarm::WrongAnswer
            | Alarm::SnapshotIncomplete
            | Alarm::RuleNear { .. }
            | Alarm::RuleBroken(_)
            | Alarm::RanAway(_) => {}
        }
    }
}
