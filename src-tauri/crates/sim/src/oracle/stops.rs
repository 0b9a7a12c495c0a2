//! Stops that the broker's side places, the copy of the phantoms that it holds, and what becomes of two
//! exits that both fill.

use std::collections::BTreeSet;

use phantom_engine::Engine;
use phantom_engine::fact::{Leg, Purpose};
use phantom_model::{
    BrokerReport, ContractId, Cover, Guard as Asks, LotId, OrderId, OrderKind, OrderStatus, Side, StopRole,
    Timestamp,
};

use super::Oracle;
use super::rows::{Cancel, Guard, Track};
use crate::invariants::Invariant;
use crate::terms::name;

/// Exits that have filled beside a stop for the same contracts.
#[derive(Clone, Debug, Default)]
pub(super) struct DoubleTrack {
    /// The fill under way is one: the alarm and the latch are owed.
    owed: Option<OrderId>,
    alarmed: bool,
    /// Orders that are known to have closed what was closed already.
    orders: BTreeSet<OrderId>,
    /// Lots that were closed again because of that.
    repaired: BTreeSet<LotId>,
}

impl Oracle {
    /// A stop stands, or has another size: the broker must have said so.
    pub(super) fn stop_stands(
        &mut self,
        order: OrderId,
        contract: ContractId,
        side: Side,
        qty: u32,
        at: Timestamp,
    ) {
        let told = match &self.last_report {
            Some(BrokerReport::StopStands(it)) => {
                (it.order, it.contract, it.side, it.qty.contracts()) == (order, contract, side, qty)
            }
            _ => self.listed(order, |it| (it.contract, it.side, it.qty.contracts()) == (contract, side, qty)),
        };
        self.check(Invariant::I27, told, || format!("{order} stands for {qty}, and nobody said so"));
        let OrderId::LotStop { lot, role, .. } = order else {
            self.broken(Invariant::I16, || format!("{order} is no stop of a lot"));
            return;
        };
        let closes = self.lot(lot).is_some_and(|it| (it.contract, it.side.opposite()) == (contract, side));
        self.check(Invariant::I16, closes, || format!("{order} does not close its lot"));
        if let Some(track) = self.orders.get_mut(&order) {
            track.qty = qty.max(track.filled);
            let done = track.filled + track.busted >= track.qty;
            if done && track.status.is_live() {
                self.step(order, super::reports::Step::Fill { completes: true });
            }
            self.touch(contract, order);
            return;
        }
        let purpose = match role {
            StopRole::Shadow => Purpose::LotExit { lot, leg: Leg::Stop },
            StopRole::Disaster => Purpose::DisasterStop { lot },
        };
        let track = Track {
            contract,
            side,
            qty,
            kind: OrderKind::Market,
            purpose,
            asks: Asks::NONE,
            status: OrderStatus::Accepted,
            filled: 0,
            busted: 0,
            execs: Vec::new(),
            submitted_as: (qty, OrderKind::Market),
            before_change: None,
            unknown: false,
            asked_at: Timestamp::MIN,
            cancel: Cancel::No,
            submitted_at: at,
            lot: None,
            not_sent: 0,
            cancel_not_sent: 0,
            change_not_sent: 0,
            left: true,
            withdrawn: false,
        };
        self.orders_submitted += 1;
        self.exits_submitted += 1;
        self.orders.insert(order, track);
        self.contracts.at_mut(contract).live.insert(order);
        self.follow_exit(order, true);
        self.touch(contract, order);
    }

    /// A fill is about to be counted that closes more of its lot than is open, because a stop at the broker
    /// and another exit stood for the same contracts.
    pub(super) fn note_double(&mut self, order: OrderId, qty: u32) {
        let (OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, .. }) = order else { return };
        let beyond = self.lot(lot).is_some_and(|row| qty > row.open);
        let is_stop = |id: OrderId| matches!(id, OrderId::LotStop { .. });
        // The declared pair: both are out for the same contracts, and one of them has filled.
        let races = self.lot(lot).is_some_and(|row| {
            let others = row.live_exits.iter().filter(|it| **it != order && !is_stop(**it));
            others.filter_map(|it| self.orders.get(it)).any(|it| it.leaves() > 0)
        });
        if is_stop(order)
            && races
            && let Some(contract) = self.orders.get(&order).map(|it| it.contract)
        {
            self.contracts.at_mut(contract).lied = true;
        }
        let has_filled = |(id, track): (&OrderId, &Track)| {
            matches!(*id, OrderId::LotStop { lot: own, .. } if own == lot) && track.filled > 0
        };
        if beyond && (is_stop(order) || self.orders.iter().any(has_filled)) {
            self.double.owed = Some(order);
            self.double.alarmed = false;
            self.double.orders.insert(order);
        }
    }

    pub(super) fn double_alarmed(&mut self, order: OrderId) {
        let due = self.double.owed == Some(order);
        self.double.alarmed = due;
        self.check(Invariant::I14, due, || format!("{order} is called a double exit, and is none"));
    }

    pub(super) fn double_latched(&mut self, order: OrderId) {
        let due = self.double.owed == Some(order);
        self.check(Invariant::I14, due, || format!("latched for {order}, which is no double exit"));
    }

    /// At the end of what a report has led to.
    pub(super) fn i14_double_exits_are_told(&mut self) {
        if let Some(order) = self.double.owed.take() {
            let told = std::mem::take(&mut self.double.alarmed) && self.halt.latched;
            self.check(Invariant::I14, told, || format!("{order} closed twice, and nobody says so"));
        }
    }

    /// What two exits have opened is closed again: once, and only when the broker has the same position.
    pub(super) fn repair_started(&mut self, lot: LotId) {
        let Some(row) = self.lot(lot) else { return };
        let (opener, contract, open) = (row.order, row.contract, row.open);
        let net = self.contracts.at(contract).net;
        let told = self
            .snapshot()
            .and_then(|it| it.positions.all())
            .map(|rows| rows.iter().find(|row| row.contract == contract).map_or(0, |row| row.net.signed()));
        let due = self.double.orders.contains(&opener) && self.halt.latched && open > 0;
        self.check(Invariant::I14, due, || {
            format!("lot {lot:?} of {opener} is repaired without a double exit")
        });
        self.check(Invariant::I14, told == Some(net), || {
            format!("lot {lot:?} is repaired while {net} are held and the broker says {told:?}")
        });
        let once = self.double.repaired.insert(lot);
        self.check(Invariant::I14, once, || format!("lot {lot:?} is repaired twice"));
        if let Some(row) = self.lot_mut(lot) {
            row.guard = Guard::Exiting(Leg::Stop);
        }
        self.contracts.at_mut(contract).touched = true;
    }

    /// Contracts that shadows may still fill, and those of exits whose lots shadows have closed.
    pub(super) fn shadow_leaves(&self, contract: ContractId) -> (u64, u64) {
        let (mut shadows, mut beside) = (0, 0);
        for id in &self.contracts.at(contract).live {
            let leaves = self.orders.get(id).map_or(0, |it| u64::from(it.leaves()));
            match *id {
                OrderId::LotStop { role: StopRole::Shadow, .. } => shadows += leaves,
                OrderId::LotExit { lot, .. } if self.is_closed_by_a_shadow(lot) => beside += leaves,
                OrderId::LotStop { .. }
                | OrderId::LotExit { .. }
                | OrderId::Ticket(_)
                | OrderId::FlattenExit { .. }
                | OrderId::Outside(_) => {}
            }
        }
        (shadows, beside)
    }

    /// Contracts of other exits that are asked back and beside which a shadow has filled.
    pub(super) fn asked_back_for_a_shadow(&self, contract: ContractId) -> u64 {
        let is_shadow = |id: &OrderId| matches!(id, OrderId::LotStop { role: StopRole::Shadow, .. });
        let filled_since = |at: Timestamp| {
            self.orders.iter().any(|(id, it)| {
                is_shadow(id) && it.contract == contract && it.filled > 0 && it.submitted_at >= at
            })
        };
        let mut asked_back = 0;
        for id in &self.contracts.at(contract).live {
            let Some(it) = self.orders.get(id).filter(|it| it.is_counted_exit() && !is_shadow(id)) else {
                continue;
            };
            let counted = matches!(*id, OrderId::LotExit { lot, .. } if self.is_closed_by_a_shadow(lot));
            if !counted && it.cancel != Cancel::No && filled_since(it.submitted_at) {
                asked_back += u64::from(it.leaves());
            }
        }
        asked_back
    }

    fn is_closed_by_a_shadow(&self, lot: LotId) -> bool {
        let role = StopRole::Shadow;
        let first = OrderId::LotStop { lot, role, nth: 0 };
        let last = OrderId::LotStop { lot, role, nth: u16::MAX };
        self.lot(lot).is_some_and(|row| row.open == 0)
            && self.orders.range(first..=last).any(|(_, shadow)| shadow.filled > 0)
    }

    /// Contracts of exits beyond what is open of their lots, where the lot has had a shadow: it may stand
    /// beside an exit that nobody has answered, or have closed the lot before it, and the broker's side could
    /// not know which lot an order closed while the desk was away. They count against the position, and cover
    /// no lot.
    pub(super) fn beyond_their_lots(&self, contract: ContractId) -> u64 {
        let lots: BTreeSet<LotId> = self
            .contracts
            .at(contract)
            .live
            .iter()
            .filter_map(|id| match *id {
                OrderId::LotStop { lot, role: StopRole::Shadow, .. } | OrderId::LotExit { lot, .. } => {
                    Some(lot)
                }
                OrderId::LotStop { .. }
                | OrderId::Ticket(_)
                | OrderId::FlattenExit { .. }
                | OrderId::Outside(_) => None,
            })
            .filter(|&lot| self.has_had_a_shadow(lot))
            .collect();
        let beyond = lots.into_iter().filter_map(|lot| self.lot(lot));
        beyond.map(|row| u64::from(self.lot_exit_leaves(row).saturating_sub(row.open))).sum()
    }

    fn has_had_a_shadow(&self, lot: LotId) -> bool {
        let role = StopRole::Shadow;
        let first = OrderId::LotStop { lot, role, nth: 0 };
        let last = OrderId::LotStop { lot, role, nth: u16::MAX };
        self.orders.range(first..=last).next().is_some()
    }

    /// What the broker's side is told to hold is what is armed: where the stops are, for no more than is
    /// open, and a disaster stop strictly worse.
    pub(super) fn i22_copies_are_true(&mut self, engine: &Engine, contract: ContractId) {
        let net = self.contracts.at(contract).net;
        let covers: Vec<Cover> = engine.covers().into_iter().filter(|it| it.contract == contract).collect();
        let mut total = 0_u64;
        for cover in covers {
            total += u64::from(cover.qty.contracts());
            let Some(row) = self.lot(cover.lot) else { continue };
            let (open, side, guard) = (row.open, row.side, row.guard);
            let fits = cover.qty.contracts() <= open && cover.side == side.opposite() && guard != Guard::Bare;
            self.check(Invariant::I22, fits, || {
                format!("{cover:?} stands for lot {:?}, {guard:?} with {open}", cover.lot)
            });
            let stop = engine.book().bracket(cover.lot).stop;
            self.check(Invariant::I22, stop == Some(cover.stop), || {
                format!("the copy of lot {:?} is at {:?}, its stop at {stop:?}", cover.lot, cover.stop)
            });
            let worse = cover.disaster.is_none_or(|wide| (cover.stop - wide).count() * side.sign() > 0);
            self.check(Invariant::I22, worse, || {
                format!(
                    "the disaster stop of lot {:?} is at {:?}, its stop at {stop:?}",
                    cover.lot, cover.disaster
                )
            });
        }
        let latched = self.halt.latched;
        self.check(Invariant::I22, total <= net.unsigned_abs() || latched, || {
            format!("{}: {total} are covered of {net}", name(contract))
        });
    }
}
