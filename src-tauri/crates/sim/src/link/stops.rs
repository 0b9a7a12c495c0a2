//! The broker's side of the desk's phantoms: it holds what the desk has last said, places stops for a desk
//! that falls silent, keeps disaster stops in size, and is late with all of it.

use std::collections::{BTreeMap, BTreeSet};

use phantom_model::{
    BrokerReport, ContractId, Cover, LotId, OrderId, Qty, Side, Span, StopReport, StopRole, Timestamp,
};

use super::{Link, Task};
use crate::faults::Fault;
use crate::script::Outage;
use crate::tape::{Seen, TruthFill};
use crate::truth::Standing;

/// How long the desk must be silent.
const SILENCE: Span = Span::from_millis(5_500);

/// What the broker's side holds for the desk's phantoms.
#[derive(Clone, Debug, Default)]
pub(super) struct Stops {
    held: BTreeMap<LotId, Cover>,
    /// How many stops each lot has had, of either kind.
    nth: BTreeMap<LotId, u16>,
    /// Lots whose disaster stop the desk has asked back: none before they are covered anew.
    declined: BTreeSet<LotId>,
    /// The desk is away from, until.
    away: Option<(Timestamp, Timestamp)>,
    /// Shadows may be placed: the desk has been silent for long enough.
    is_silent: bool,
    /// Contracts that have had stops.
    contracts: BTreeSet<ContractId>,
}

pub(super) const fn is_stop(order: OrderId) -> bool {
    matches!(order, OrderId::LotStop { .. })
}

impl Stops {
    /// When a report about a stop comes to a desk that is away; `None` while it is there.
    pub(super) fn told_at(&self, order: OrderId, now: Timestamp) -> Option<Timestamp> {
        self.away
            .filter(|(from, until)| is_stop(order) && *from <= now && now < *until)
            .map(|(_, until)| until)
    }

    /// The desk has asked an order back.
    pub(super) fn decline(&mut self, order: OrderId) {
        if let OrderId::LotStop { lot, .. } = order {
            self.declined.insert(lot);
        }
    }

    fn next_id(&mut self, lot: LotId, role: StopRole) -> OrderId {
        let nth = self.nth.entry(lot).or_default();
        *nth += 1;
        OrderId::LotStop { lot, role, nth: *nth }
    }
}

impl Link {
    /// The desk says what is to stand: the newest of it arrives as soon as there is a way.
    pub(super) fn send_covers(&mut self, all: &[Cover]) {
        if self.dying {
            return;
        }
        let from = match self.outage_at(self.now) {
            Some((Outage::Disconnected, until)) => until,
            Some((Outage::Deaf | Outage::Flapping | Outage::Slow | Outage::QueueFull, _)) | None => self.now,
        };
        let arrival = (from + self.delay(super::ACCOUNT)).max(self.last_out) + super::INSTANT;
        self.last_out = arrival;
        self.schedule(arrival, Task::Cover(all.to_vec()));
    }

    pub(super) fn take_covers(&mut self, all: Vec<Cover>) {
        let news: BTreeMap<LotId, Cover> = all.into_iter().map(|cover| (cover.lot, cover)).collect();
        self.stops.declined.retain(|lot| self.stops.held.get(lot) == news.get(lot) && news.contains_key(lot));
        let before = std::mem::replace(&mut self.stops.held, news);
        let contracts: BTreeSet<ContractId> =
            before.values().chain(self.stops.held.values()).map(|cover| cover.contract).collect();
        for contract in contracts {
            self.stops_follow(contract);
        }
    }

    /// The desk cannot be heard for so long.
    pub fn desk_is_away(&mut self, span: Span) {
        if !self.plan.has_covers() {
            return;
        }
        let known = self.stops.away.filter(|(_, until)| self.now < *until);
        let (from, until) = known.unwrap_or((self.now, self.now));
        self.stops.away = Some((from, until.max(self.now + span)));
        if span > SILENCE {
            self.schedule(self.now + SILENCE, Task::Silent);
        }
    }

    /// Whether the desk cannot be heard now.
    #[must_use]
    pub fn is_desk_away(&self) -> bool {
        self.stops.away.is_some_and(|(_, until)| self.now < until)
    }

    /// The desk is back at once: it hears what its stops did.
    pub(super) fn end_absence(&mut self) {
        self.stops.away = None;
        let is_about_stop =
            |task: &Task| matches!(task, Task::Deliver(report) if report.order().is_some_and(is_stop));
        let late: Vec<_> =
            self.agenda.iter().filter(|(_, task)| is_about_stop(task)).map(|(at, _)| *at).collect();
        for at in late {
            if let Some(Task::Deliver(report)) = self.agenda.remove(&at) {
                self.ready.push_back(report);
            }
        }
    }

    pub(super) fn place_shadows(&mut self) {
        if self.stops.away.is_none_or(|(from, until)| self.now < from + SILENCE || self.now >= until) {
            return;
        }
        self.stops.is_silent = true;
        let contracts: BTreeSet<ContractId> = self.stops.held.values().map(|cover| cover.contract).collect();
        for contract in contracts {
            self.fit_stops(contract);
        }
        self.stops.is_silent = false;
    }

    /// Something of the contract has changed: its stops follow, a little late.
    pub(super) fn stops_follow(&mut self, contract: ContractId) {
        let has_cover = self.stops.held.values().any(|cover| cover.contract == contract);
        if has_cover || self.stops.contracts.contains(&contract) {
            let wait = self.wait(super::ACCOUNT, 1, 400);
            self.schedule(self.now + wait, Task::FitStops(contract));
        }
    }

    /// Brings the stops of a contract to what is held for its lots, never more than the position less what
    /// closes it already; lots are served oldest first, and a shadow stands in for a disaster stop.
    pub(super) fn fit_stops(&mut self, contract: ContractId) {
        let covers: Vec<Cover> =
            self.stops.held.values().filter(|cover| cover.contract == contract).copied().collect();
        let mut shares: BTreeMap<LotId, u32> = BTreeMap::new();
        for side in Side::BOTH {
            let mut room = self.closable(contract, side);
            for cover in covers.iter().filter(|cover| cover.side == side) {
                let share = cover.qty.contracts().min(room);
                room -= share;
                shares.insert(cover.lot, share);
            }
        }
        let standing: Vec<(LotId, StopRole, OrderId)> = self.stops_in(contract);
        for &(lot, role, id) in &standing {
            let shadowed = standing.iter().any(|it| (it.0, it.1) == (lot, StopRole::Shadow));
            let share = shares.get(&lot).copied().unwrap_or(0);
            let is_wide = role == StopRole::Disaster;
            let wanted = if is_wide && shadowed { 0 } else { share };
            self.size_stop(id, wanted, is_wide);
        }
        for cover in covers {
            let share = shares.get(&cover.lot).copied().unwrap_or(0);
            let stands = |role| standing.iter().any(|it| (it.0, it.1) == (cover.lot, role));
            let Some(qty) = Qty::new(share).filter(|_| !stands(StopRole::Shadow)) else { continue };
            if self.stops.is_silent {
                self.place_stop(&cover, StopRole::Shadow, qty, cover.stop);
            } else if let Some(wide) = cover.disaster
                && !stands(StopRole::Disaster)
                && !self.stops.declined.contains(&cover.lot)
            {
                self.place_stop(&cover, StopRole::Disaster, qty, wide);
            }
        }
    }

    /// Contracts on this closing side that nothing on its way to the market will close.
    fn closable(&self, contract: ContractId, side: Side) -> u32 {
        let held = self.exchange.position(contract);
        if held == 0 || (held > 0) != (side == Side::Sell) {
            return 0;
        }
        let orders = self.exchange.working().filter_map(|id| Some((id, self.exchange.order(id)?)));
        let leaving: u32 = orders
            .filter(|(id, it)| !is_stop(*id) && it.contract == contract && it.side == side)
            .filter(|(_, it)| it.kind.limit().is_none())
            .map(|(_, it)| it.leaves())
            .sum();
        u32::try_from(held.unsigned_abs()).unwrap_or(u32::MAX).saturating_sub(leaving)
    }

    fn stops_in(&self, contract: ContractId) -> Vec<(LotId, StopRole, OrderId)> {
        let here = self.exchange.working().filter(|&id| {
            self.exchange.order(id).is_some_and(|order| order.contract == contract && order.leaves() > 0)
        });
        here.filter_map(|id| match id {
            OrderId::LotStop { lot, role, .. } => Some((lot, role, id)),
            OrderId::Ticket(_)
            | OrderId::LotExit { .. }
            | OrderId::FlattenExit { .. }
            | OrderId::Outside(_) => None,
        })
        .collect()
    }

    /// A stop that the market has not reached gets another size; a shadow only shrinks.
    fn size_stop(&mut self, id: OrderId, wanted: u32, grows: bool) {
        let now = self.now;
        let Some(order) = self.exchange.order_mut(id) else { return };
        let leaves = order.leaves();
        if order.stop.is_none() || leaves == wanted || (wanted > leaves && !grows) {
            return;
        }
        if wanted == 0 {
            self.exchange.end(now, id, Standing::Cancelled);
            self.report(BrokerReport::Cancelled { order: id });
            return;
        }
        order.qty = order.filled + order.busted + wanted;
        (order.changed_at, order.was_changed) = (now, true);
        self.tell_stop(id);
    }

    fn tell_stop(&mut self, id: OrderId) {
        let Some(order) = self.exchange.order(id) else { return };
        let (contract, side) = (order.contract, order.side);
        if let Some(qty) = Qty::new(order.qty) {
            self.report(BrokerReport::StopStands(StopReport { order: id, contract, side, qty }));
        }
    }

    fn place_stop(&mut self, cover: &Cover, role: StopRole, qty: Qty, level: phantom_model::Price) {
        let id = self.stops.next_id(cover.lot, role);
        self.stops.contracts.insert(cover.contract);
        self.exchange.take_stop(self.now, id, cover, qty, level);
        self.tell_stop(id);
        if role == StopRole::Shadow {
            self.strikes.count(Fault::ShadowPlaced);
        }
        // A level that has traded already leaves at market.
        if let Some(price) = self.exchange.price_now(self.now, id) {
            self.fill(id, price, phantom_model::FillTiming::Unknown);
        }
    }

    /// The one declared exception: a stop at the broker and another exit have both filled, and the position
    /// has turned. No order of events that the desk could know would have kept it from that.
    pub(super) fn note_double(&mut self, truth: &TruthFill) {
        let (before, after) = truth.position;
        let closes = after.abs() < before.abs() && (after == 0 || (after > 0) == (before > 0));
        if truth.is_exit && !closes && self.stops.contracts.contains(&truth.contract) {
            self.tape.push(Seen::Lied(truth.contract));
        }
    }

    /// The phantom's exit has filled, and the disaster stop that is being taken back fills as well.
    pub(super) fn fill_both(&mut self, id: OrderId, price: phantom_model::Price) {
        let OrderId::LotExit { lot, .. } = id else { return };
        let ended = self.exchange.order(id).is_some_and(|order| order.standing == Standing::Filled);
        let contract = self.exchange.order(id).map(|order| order.contract);
        let Some(contract) = contract.filter(|_| ended) else { return };
        let wide = self.stops_in(contract).into_iter().find(|it| (it.0, it.1) == (lot, StopRole::Disaster));
        if let Some((_, _, wide)) = wide
            && self.hit(Fault::DoubleFill, wide)
        {
            self.fill(wide, price, phantom_model::FillTiming::Unknown);
        }
    }
}
