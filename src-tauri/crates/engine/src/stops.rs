//! Stops that the broker's side has placed for our lots.
//!
//! A *shadow* stands at the phantom's level since the desk fell silent. It is an exit of its lot like one
//! that the phantom has sent: the budget counts it, so that the phantom stays armed and sends nothing while
//! it may fill. It is asked back, and only the proof of its end lets the phantom fire again. A *disaster
//! stop* stands wider, beside the phantom: the one exit that the budget does not count. It is asked back as
//! soon as the phantom's exit has left. Should both fill, that is told, openings are blocked, and what they
//! opened is closed again once the broker's own number of the position is ours.

use phantom_model::{ContractId, ListedOrder, ListedStanding, LotId, OrderId, StopReport};

use crate::book::{Cancelling, LotState, Order, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, LatchCause, Purpose};

impl Engine {
    /// A stop stands for a lot of ours. Its row; `None` when it does not fit the lot that it names.
    pub(crate) fn stop_stands(&mut self, now: &mut Now<'_>, it: StopReport) -> Option<OrderKey> {
        let key = self.note_stop(now, it)?;
        self.make_room(now, key);
        self.settle(now, it.contract);
        Some(key)
    }

    /// The row of a stop, with its size.
    fn note_stop(&mut self, now: &mut Now<'_>, it: StopReport) -> Option<OrderKey> {
        let StopReport { order, contract, side, qty } = it;
        let OrderId::LotStop { lot, .. } = order else { return None };
        let known = self.book.find(order);
        if let Some(key) = known {
            let row = self.book.orders().at(key);
            if (row.contract, row.side) != (contract, side) {
                return None;
            }
            if row.qty == qty || !row.is_live() {
                return known;
            }
        } else {
            let row = self.book.lots().get(lot)?;
            if (row.contract, row.side.opposite()) != (contract, side) {
                return None;
            }
        }
        self.emit(now, FactBody::StopStands { order, contract, side, qty });
        let key = known.or_else(|| self.book.find(order))?;
        self.close_if_done(now, key);
        Some(key)
    }

    /// A stop as the broker lists it. One that has ended and filled nothing concerns nobody.
    pub(crate) fn find_stop(&mut self, now: &mut Now<'_>, order: OrderId, it: &ListedOrder) {
        let ListedOrder { contract, side, qty, filled, standing, .. } = *it;
        let stop = StopReport { order, contract, side, qty };
        if standing == ListedStanding::Working {
            self.stop_stands(now, stop);
        } else if filled > 0 {
            // Its fills follow, and its end.
            self.note_stop(now, stop);
        }
    }

    /// What was sent for contracts that a stop at the broker may close as well, or has closed, is asked
    /// back, the youngest first, until no more is out than the lot and the position hold. An exit that has
    /// not left yet, because there was no way to the broker, is stopped by that.
    fn make_room(&mut self, now: &mut Now<'_>, stop: OrderKey) {
        let contract = self.book.orders().at(stop).contract;
        let (Purpose::LotExit { lot, .. } | Purpose::DisasterStop { lot }) =
            self.book.orders().at(stop).purpose
        else {
            return;
        };
        let row = self.book.lots().at(lot);
        let beyond_lot = row.exit_leaves.saturating_sub(row.open);
        let is_own = |it: &Order| matches!(it.purpose, Purpose::LotExit { lot: own, .. } if own == lot);
        self.ask_back(now, beyond_lot.into(), is_own);
        let position = self.book.positions().at(contract);
        let closable = position.net.size().saturating_sub(position.withheld());
        let excess = position.exits_outstanding().saturating_sub(closable);
        self.ask_back(now, excess, |it| it.contract == contract && !it.purpose.is_entry());
    }

    /// Exits that were sent from here are asked back, the youngest first, for so many contracts.
    fn ask_back(&mut self, now: &mut Now<'_>, mut excess: u64, which: impl Fn(&Order) -> bool) {
        if excess == 0 {
            return;
        }
        let sent = self.book.live_orders().filter(|(_, order)| !order.is_stop() && which(order));
        let mut exits: Vec<(OrderKey, u32)> = sent.map(|(key, order)| (key, order.leaves())).collect();
        while let Some((key, leaves)) = exits.pop().filter(|_| excess > 0) {
            self.request_cancel(now, key);
            excess = excess.saturating_sub(u64::from(leaves));
        }
    }

    /// Asks stops back that stand no more for anything: shadows, for the desk watches again, and disaster
    /// stops whose lot is closed or has its exit out. Nothing is asked while nobody can hear it.
    pub(crate) fn ask_stops_back(&mut self, now: &mut Now<'_>) {
        if !self.book.has_stops() || self.book.halt().not_connected {
            return;
        }
        let stops: Vec<OrderKey> = self.book.stops().filter(|&key| self.stands_for_nothing(key)).collect();
        for key in stops {
            self.request_cancel(now, key);
        }
    }

    fn stands_for_nothing(&self, key: OrderKey) -> bool {
        let order = self.book.orders().at(key);
        if order.cancelling != Cancelling::No {
            return false;
        }
        match order.purpose {
            Purpose::LotExit { .. } => true,
            Purpose::DisasterStop { lot } => {
                let row = self.book.lots().at(lot);
                row.open == 0 || row.uncommitted() + self.shadowed(lot) == 0
            }
            Purpose::Entry(_) | Purpose::Reduction | Purpose::Flatten(_) | Purpose::Outside => false,
        }
    }

    /// Whether a fill of so many contracts closes more of a lot than is open of it, because one of the
    /// lot's exits and a stop at the broker stood for the same contracts.
    pub(crate) fn is_double_exit(&self, key: OrderKey, qty: u32) -> bool {
        let order = self.book.orders().at(key);
        let (Purpose::LotExit { lot, .. } | Purpose::DisasterStop { lot }) = order.purpose else {
            return false;
        };
        let row = self.book.lots().at(lot);
        let is_stop = |id: OrderId| matches!(id, OrderId::LotStop { .. });
        qty > row.open
            && (is_stop(order.id) || self.book.exits_of(row).any(|it| is_stop(it.id) && it.filled > 0))
    }

    /// A fill of an exit of one lot, or of a stop for it, has been counted.
    pub(crate) fn after_exit_fill(&mut self, now: &mut Now<'_>, key: OrderKey, double: bool) {
        let order = self.book.orders().at(key);
        let id = order.id;
        if order.is_stop() {
            self.make_room(now, key);
        }
        if double {
            self.alarm(now, Alarm::DoubleExit(id));
            self.latch(now, LatchCause::DoubleExit(id));
            self.ask_snapshot(now);
        }
    }

    /// The broker's own number of a position is ours. What a double exit has opened there leaves: one exit,
    /// for what both numbers say is open.
    pub(crate) fn repair(&mut self, now: &mut Now<'_>, contract: ContractId) {
        if self.book.latches().is_empty() {
            return;
        }
        let lots = self.book.positions().at(contract).lots.iter().copied();
        let opened: Vec<LotId> = lots.filter(|&lot| self.was_opened_twice(lot)).collect();
        for lot in opened {
            self.emit(now, FactBody::RepairStarted { lot });
            self.pursue(now, lot);
        }
    }

    fn was_opened_twice(&self, lot: LotId) -> bool {
        let row = self.book.lots().at(lot);
        let opener = self.book.orders().at(row.order).id;
        row.state == LotState::Bare && self.book.is_latched_for(None, LatchCause::DoubleExit(opener))
    }
}
