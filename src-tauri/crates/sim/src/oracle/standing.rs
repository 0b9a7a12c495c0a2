//! The broker's own account, and how the desk stands to it: snapshots, orders that are not ours,
//! executions taken back, differences of positions, the feed's heart.

use phantom_engine::{Engine, FactBody};
use phantom_model::{
    BrokerReport, BrokerSnapshot, ContractId, ExecId, ForeignFill, Guard as Asks, Link, ListedOrder, OrderId,
    OrderKind, OrderStatus, Qty, Side, Timestamp,
};

use super::Oracle;
use super::rows::{Cancel, Difference, Track};
use crate::invariants::Invariant;
use phantom_engine::fact::Purpose;

/// The feed's heart.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FeedTrack {
    last: Option<Timestamp>,
    blind: bool,
    /// The alarm of blindness came.
    pub(super) told: bool,
}

impl FeedTrack {
    pub(super) const fn beat(&mut self, at: Timestamp) {
        self.last = Some(at);
    }

    pub(super) const fn forget(&mut self) {
        self.last = None;
    }
}

impl Oracle {
    pub(super) const fn is_snapshot(&self) -> bool {
        matches!(self.last_report, Some(BrokerReport::Snapshot(_)))
    }

    pub(super) fn snapshot(&self) -> Option<&BrokerSnapshot> {
        match &self.last_report {
            Some(BrokerReport::Snapshot(it)) => Some(it),
            Some(
                BrokerReport::Accepted { .. }
                | BrokerReport::Filled(_)
                | BrokerReport::Cancelled { .. }
                | BrokerReport::Failed { .. }
                | BrokerReport::CancelRefused { .. }
                | BrokerReport::Busted { .. }
                | BrokerReport::Corrected { .. }
                | BrokerReport::ForeignFill(_)
                | BrokerReport::StopStands(_)
                | BrokerReport::Contract { .. }
                | BrokerReport::Changed { .. }
                | BrokerReport::ChangeRefused { .. },
            )
            | None => None,
        }
    }

    /// Whether the account that was just told lists the order so.
    pub(super) fn listed(&self, order: OrderId, is: impl Fn(&ListedOrder) -> bool) -> bool {
        let rows = self.snapshot().map(|it| it.orders.told()).unwrap_or_default();
        rows.iter().any(|row| row.order == Some(order) && is(row))
    }

    /// Whether complete lists of orders and executions prove that the order never got there.
    pub(super) fn is_proved_absent(&self, order: OrderId) -> bool {
        let (Some(it), Some(track)) = (self.snapshot(), self.orders.get(&order)) else { return false };
        let (Some(orders), Some(fills)) = (it.orders.all(), it.fills.all()) else { return false };
        // A complete list has everything that may fill: a stop of the broker's side that is not in it is gone.
        let is_stop = matches!(order, OrderId::LotStop { .. });
        (is_stop || (track.unknown && track.submitted_at >= it.since))
            && orders.iter().all(|row| row.order != Some(order))
            && fills.iter().all(|row| row.order != Some(order))
    }

    /// An execution that the account lists and that had not come before.
    pub(super) fn adopt_fill(&mut self, order: OrderId, exec: ExecId) {
        if self.execs_delivered.contains_key(&exec) {
            return;
        }
        let listed = self.snapshot().and_then(|it| it.fills.told().iter().find(|row| row.exec == exec));
        let Some(row) = listed.copied() else { return };
        let ours = row.order.is_some_and(|id| self.orders.contains_key(&id));
        let subject =
            if ours { row.order } else { self.outside_of(row.broker_order, row.contract, row.side) };
        if subject == Some(order) {
            self.count_exec(order, exec, row.qty, row.price, row.broker_time);
        }
    }

    fn outside_of(
        &self,
        name: phantom_model::BrokerOrderId,
        contract: ContractId,
        side: Side,
    ) -> Option<OrderId> {
        self.outside.get(&(name, contract, side)).copied()
    }

    /// A fill of an order that is not ours was reported: it counts once the desk has seen the order.
    pub(super) fn foreign_executed(&mut self, it: &ForeignFill) {
        self.pending_foreign = (!self.execs_delivered.contains_key(&it.exec)).then_some(*it);
        if let Some(order) = self.outside_of(it.broker_order, it.contract, it.side) {
            self.count_foreign(order);
        }
    }

    fn count_foreign(&mut self, order: OrderId) {
        if let Some(it) = self.pending_foreign.take() {
            self.count_exec(order, it.exec, it.qty, it.price, None);
        }
    }

    /// The exchange takes an execution back, or changes its price.
    pub(super) fn taken_back(&mut self, exec: ExecId, now: Option<(Qty, phantom_model::Price)>) {
        let Some(&(order, qty, price)) = self.execs_delivered.get(&exec) else { return };
        if self.execs_busted.contains(&exec) || now.is_some_and(|(q, p)| (q.contracts(), p) == (qty, price)) {
            return;
        }
        self.moves_freely = true;
        let Some(track) = self.orders.get_mut(&order) else { return };
        let kept = now.map_or(0, |(qty, _)| qty.contracts());
        track.filled = track.filled + kept - qty;
        track.busted = (track.busted + qty).saturating_sub(kept);
        if let Some((_, new)) = now
            && let Some(row) = track.execs.iter_mut().find(|row| row.0 == exec)
        {
            row.2 = new;
        }
        let (contract, sign) = (track.contract, track.side.sign());
        self.contracts.at_mut(contract).net += sign * (i64::from(kept) - i64::from(qty));
        self.contracts.at_mut(contract).lied = true;
        match now {
            Some((qty, price)) => {
                self.execs_delivered.insert(exec, (order, qty.contracts(), price));
            }
            None => {
                self.execs_busted.insert(exec);
            }
        }
        self.touch(contract, order);
    }

    /// Facts about the account.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the caller's match is complete; this is its second half"
    )]
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each fact of the account")]
    pub(super) fn account_recorded(&mut self, body: &FactBody, at: Timestamp) {
        match body {
            FactBody::OutsideOrderSeen { order, broker_order, contract, side, qty } => {
                self.outside.insert((*broker_order, *contract, *side), *order);
                self.outside_seen(*order, *contract, *side, *qty, OrderStatus::Accepted);
                self.contracts.at_mut(*contract).lied = true;
                self.count_foreign(*order);
            }
            FactBody::PositionAdjusted { order, contract, side, qty, price, .. } => {
                self.moves_freely = true;
                self.outside_seen(*order, *contract, *side, *qty, OrderStatus::Filled);
                if let Some((track, price)) = self.orders.get_mut(order).zip(*price) {
                    // What it opens counts from the last price, as if it were an execution.
                    track.execs.push((ExecId::new(u64::MAX), qty.contracts(), price, None));
                }
                let row = self.contracts.at_mut(*contract);
                row.net += side.sign() * i64::from(qty.contracts());
                row.touched = true;
                let person = row.difference.is_some_and(|it| it.confirmed);
                self.check(Invariant::I42, person, || format!("{order} adjusts what nobody had confirmed"));
            }
            FactBody::FillBusted { order, exec } => {
                let told = self.last_report == Some(BrokerReport::Busted { exec: *exec });
                self.check(Invariant::I04, told, || {
                    format!("{exec:?} of {order} busted, and nobody said so")
                });
            }
            FactBody::FillCorrected { order, exec, qty, price, .. } => {
                let told = BrokerReport::Corrected { exec: *exec, qty: *qty, price: *price };
                let told = self.last_report == Some(told);
                self.check(Invariant::I04, told, || {
                    format!("{exec:?} of {order} changed, and nobody said so")
                });
            }
            FactBody::FillDoubted { order, exec, .. } => {
                if self.is_snapshot() {
                    self.adopt_fill(*order, *exec);
                }
                let due = self.execs_doubted.contains(exec);
                self.check(Invariant::I02, due, || format!("{exec:?} of {order} is doubted without a twin"));
            }
            FactBody::ContractStands { contract, standing } => {
                let row = self.contracts.at_mut(*contract);
                (row.listed[1], row.touched) = (*standing, true);
            }
            FactBody::ContractLatched { contract, .. } => self.contracts.at_mut(*contract).latched = true,
            FactBody::LinkChanged { link } => {
                self.halt.not_connected = *link == Link::Down;
                self.halt.reconciling = *link == Link::Up;
                self.account_told = false;
                if *link == Link::Up {
                    self.stale_before = at - self.timing.feed_dead;
                    self.up_at = at;
                }
            }
            FactBody::Reconciled => self.reconciled(),
            FactBody::PositionDiffers { contract, ours, broker } => {
                let (ours, broker) = (ours.signed(), broker.signed());
                let it = Difference { ours, broker, since: at, confirmed: false };
                self.contracts.at_mut(*contract).difference = Some(it);
                self.check_position_told("differs", *contract);
            }
            FactBody::DifferenceConfirmed { contract } => self.difference_confirmed(*contract, at),
            FactBody::DifferenceDismissed { contract, .. } => {
                let row = self.contracts.at_mut(*contract);
                row.kept = true;
                if let Some(it) = &mut row.difference {
                    it.confirmed = false;
                }
            }
            FactBody::DifferenceGone { contract } => self.contracts.at_mut(*contract).difference = None,
            FactBody::FeedLost => (self.feed.blind, self.stale_before) = (true, at - self.timing.feed_dead),
            FactBody::FeedBack => {
                self.feed.blind = false;
                self.stale_before = at - self.timing.feed_dead;
            }
            _ => {}
        }
    }

    fn outside_seen(
        &mut self,
        order: OrderId,
        contract: ContractId,
        side: Side,
        qty: Qty,
        status: OrderStatus,
    ) {
        let is_new = !self.orders.contains_key(&order);
        self.check(Invariant::I28, is_new, || format!("{order} is used again"));
        let track = Track {
            contract,
            side,
            qty: qty.contracts(),
            kind: OrderKind::Market,
            purpose: Purpose::Outside,
            asks: Asks::NONE,
            status,
            filled: 0,
            busted: 0,
            execs: Vec::new(),
            submitted_as: (qty.contracts(), OrderKind::Market),
            before_change: None,
            unknown: false,
            asked_at: Timestamp::MIN,
            cancel: Cancel::No,
            submitted_at: Timestamp::MIN,
            lot: None,
            not_sent: 0,
            cancel_not_sent: 0,
            change_not_sent: 0,
            left: true,
            withdrawn: false,
        };
        self.orders.insert(order, track);
    }

    /// Openings are free again: only a whole account frees them.
    fn reconciled(&mut self) {
        let whole = self.snapshot().is_some_and(|it| {
            it.orders.all().is_some() && it.fills.all().is_some() && it.positions.all().is_some()
        });
        self.check(Invariant::I41, whole, || "reconciled by an account that is not whole".to_owned());
        self.halt.reconciling = false;
    }

    /// A number of the broker comes from a complete list of positions.
    fn check_position_told(&mut self, what: &'static str, contract: ContractId) {
        let whole = self.snapshot().is_some_and(|it| it.positions.all().is_some());
        self.check(Invariant::I41, whole, || format!("{contract:?} {what}, and no complete list says so"));
    }

    fn difference_confirmed(&mut self, contract: ContractId, at: Timestamp) {
        self.check_position_told("differs twice", contract);
        let settles = self.timing.difference_settles;
        let row = self.contracts.at_mut(contract);
        row.touched = true;
        let twice = row.difference.as_mut().is_some_and(|it| {
            it.confirmed = true;
            at >= it.since + settles
        });
        self.check(Invariant::I42, twice, || format!("{contract:?} was not looked at twice"));
    }

    /// A feed without a heartbeat for too long is told.
    pub(super) fn i23_blindness_is_told(&mut self, engine: &Engine) {
        let Some(last) = self.feed.last else { return };
        let dead_at = last + self.timing.feed_dead;
        if self.now <= dead_at || engine.next_due() <= self.now {
            return;
        }
        let blind = self.feed.blind && self.feed.told;
        self.check(Invariant::I23, blind, || {
            "the feed is dead, and nobody says that stops are blind".to_owned()
        });
    }
}
