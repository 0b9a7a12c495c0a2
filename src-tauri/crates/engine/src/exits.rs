//! The exit authority: the one owner of every exit of a contract.
//!
//! Its budget is the position that fills prove, less every exit that may still fill. Nothing leaves
//! here that the budget does not cover, so two exits for the same contracts cannot exist.
//!
//! Reductions (a trader's, a signal's, a flatten's) consume lots oldest first. While they are out,
//! they work on the lots that they would consume, and the phantoms of those lots protect only the
//! rest; when a reduction ends without a fill, the phantoms have it all back.

use std::collections::BTreeMap;

use phantom_compliance::{ClosingBudget, Outbound};
use phantom_model::qty::ORDER_QTY_MAX;
use phantom_model::{ContractId, LotId, OrderId, OrderKind, Price, Qty, Side, Ticks};

use crate::book::{Cancelling, LotState, OrderKey};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, Leg, Purpose};
use crate::outcome::Request;

/// How far through the market the marketable limit of the ladder goes.
const MARKETABLE_BY: Ticks = Ticks::new(20);

/// Contracts of a lot that one reduction works on.
pub(crate) struct Work {
    pub(crate) order: OrderKey,
    pub(crate) qty: u32,
}

/// How a reduction is out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// At the market, or on its way there.
    Market,
    /// Resting, and its cancel has been asked for.
    StandsAside,
    /// Resting.
    Rests,
}

/// What a reduction whose cancel is on its way is taken to work on first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aside {
    /// The lots that wait for the cancel: they go on waiting.
    ForLotsThatWait,
    /// The lots that stay: those that wait have waited long enough.
    ForLotsThatStay,
}

/// Hands `leaves` contracts out to the lots in this order. How many of them `lot` gets.
fn take(free: &mut BTreeMap<LotId, u32>, lots: &[LotId], mut leaves: u32, lot: LotId) -> u32 {
    let mut got = 0;
    for &turn in lots {
        let Some(room) = free.get_mut(&turn) else { continue };
        let qty = leaves.min(*room);
        *room -= qty;
        leaves -= qty;
        if turn == lot {
            got += qty;
        }
        if leaves == 0 {
            break;
        }
    }
    got
}

/// The exit ladder: each refusal takes an exit one rung further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rung {
    Market,
    MarketableLimit,
    NativeClose,
}

impl Rung {
    /// The rung after so many refusals: the exit, the same again, a marketable limit, the broker's
    /// own close; then `None`.
    pub(crate) const fn after(refusals: usize) -> Option<Self> {
        match refusals {
            0 | 1 => Some(Self::Market),
            2 => Some(Self::MarketableLimit),
            3 => Some(Self::NativeClose),
            4.. => None,
        }
    }
}

impl Engine {
    /// Open lots in the order in which reductions consume them: oldest first. While a flatten watches,
    /// what belongs to orders older than the flatten comes before what was opened since, so that its
    /// exits close the late fill and not the new position.
    pub(crate) fn lots_by_turn(&self, contract: ContractId) -> impl Iterator<Item = LotId> {
        let lots = &self.book.positions().at(contract).lots;
        let flatten = self.book.last_flatten().map(|(_, flatten)| flatten);
        let is_first = move |lot: LotId| flatten.is_some_and(|it| it.covers(self.book.lots().at(lot).order));
        let first = flatten.into_iter().flat_map(move |_| lots.iter().filter(move |&&lot| is_first(lot)));
        first.chain(lots.iter().filter(move |&&lot| !is_first(lot))).copied()
    }

    /// Which reductions work on a lot.
    ///
    /// Reductions at the market fill first, so they take the lots in their turn. A cancel on its way
    /// stands aside for the lots that wait for it, youngest first: each confirmation frees the oldest
    /// of them. What rests and goes on resting works on lots that stay, as long as there are enough.
    pub(crate) fn work_on(&self, lot: LotId) -> Vec<Work> {
        self.work_with(lot, Aside::ForLotsThatWait)
    }

    fn work_with(&self, lot: LotId, prefer: Aside) -> Vec<Work> {
        let contract = self.book.lots().at(lot).contract;
        let reductions = &self.book.positions().at(contract).reductions;
        // The common case by far, and the one on the way from a trade to its exit.
        if reductions.is_empty() {
            return Vec::new();
        }
        let by_turn: Vec<LotId> = self.lots_by_turn(contract).collect();
        let (leaving, staying): (Vec<LotId>, Vec<LotId>) =
            by_turn.iter().partition(|&&lot| self.is_awaiting_exit(lot));
        let (waiting, others): (Vec<LotId>, Vec<LotId>) =
            leaving.iter().partition(|&&lot| self.book.lots().at(lot).waiting_since().is_some());
        let waiting: Vec<LotId> = waiting.into_iter().rev().collect();
        let aside: Vec<LotId> = match prefer {
            Aside::ForLotsThatWait => [&waiting, &staying, &others],
            Aside::ForLotsThatStay => [&staying, &waiting, &others],
        }
        .into_iter()
        .flatten()
        .copied()
        .collect();
        let resting: Vec<LotId> = staying.iter().chain(&leaving).copied().collect();
        let mut free: BTreeMap<LotId, u32> =
            by_turn.iter().map(|&lot| (lot, self.book.lots().at(lot).uncommitted())).collect();
        let mut work = Vec::new();
        for (reach, lots) in
            [(Reach::Market, &by_turn), (Reach::StandsAside, &aside), (Reach::Rests, &resting)]
        {
            for &order in reductions.iter().filter(|&&order| self.reach(order) == reach) {
                let qty = take(&mut free, lots, self.book.orders().at(order).leaves(), lot);
                if qty > 0 {
                    work.push(Work { order, qty });
                }
            }
        }
        work
    }

    fn reach(&self, order: OrderKey) -> Reach {
        let row = self.book.orders().at(order);
        match row.cancelling {
            _ if !row.rests() => Reach::Market,
            Cancelling::No => Reach::Rests,
            Cancelling::Asked | Cancelling::Refused => Reach::StandsAside,
        }
    }

    /// Contracts of a lot that has waited long enough which no resting exit can fill any more, taken
    /// that those whose cancel is on its way fill lots that stay first.
    fn free_beside_cancels(&self, lot: LotId) -> u32 {
        let reserved: u32 = self.work_with(lot, Aside::ForLotsThatStay).iter().map(|work| work.qty).sum();
        self.book.lots().at(lot).uncommitted().saturating_sub(reserved)
    }

    /// The resting reductions among those that work on a lot.
    pub(crate) fn resting_on(&self, lot: LotId) -> Vec<OrderKey> {
        let work = self.work_on(lot).into_iter().map(|work| work.order);
        work.filter(|&key| self.book.orders().at(key).rests()).collect()
    }

    /// Contracts of a lot that a further exit could close once every resting exit on it is cancelled.
    pub(crate) fn qty_an_exit_could_close(&self, lot: LotId) -> u32 {
        let on_the_way: u32 = self
            .work_on(lot)
            .iter()
            .filter(|work| !self.book.orders().at(work.order).rests())
            .map(|work| work.qty)
            .sum();
        self.book.lots().at(lot).uncommitted().saturating_sub(on_the_way)
    }

    /// Contracts of fired lots whose exit is decided but has not left, and that no reduction covers.
    pub(crate) fn exits_about_to_leave(&self, contract: ContractId) -> u64 {
        let position = self.book.positions().at(contract);
        if position.awaiting_exit == 0 {
            return 0;
        }
        let waiting = position.lots.iter().filter(|&&lot| self.is_awaiting_exit(lot));
        waiting.map(|&lot| u64::from(self.armed_qty(lot))).sum()
    }

    pub(crate) fn is_awaiting_exit(&self, lot: LotId) -> bool {
        let row = self.book.lots().at(lot);
        match row.state {
            LotState::Exiting { .. } => row.uncommitted() > 0,
            LotState::Bare | LotState::Armed | LotState::Unprotected { .. } => false,
        }
    }

    /// Goes on with every fired lot of the contract that has not left yet.
    pub(crate) fn pursue_waiting(&mut self, now: &mut Now<'_>, contract: ContractId) {
        let lots = &self.book.positions().at(contract).lots;
        let waiting: Vec<LotId> = lots.iter().copied().filter(|&lot| self.is_awaiting_exit(lot)).collect();
        for lot in waiting {
            self.pursue(now, lot);
        }
    }

    /// Takes a fired lot as far towards its exit as it can go now.
    pub(crate) fn pursue(&mut self, now: &mut Now<'_>, lot: LotId) {
        let resting = self.resting_on(lot);
        self.pursue_past(now, lot, &resting);
    }

    /// The same, past these resting exits.
    pub(crate) fn pursue_past(&mut self, now: &mut Now<'_>, lot: LotId, resting: &[OrderKey]) {
        let row = self.book.lots().at(lot);
        let LotState::Exiting { leg, waiting_since, refusals } = row.state else { return };
        if !resting.is_empty() {
            let has_waited = self.has_waited(now, lot, waiting_since);
            for &key in resting {
                self.ask_to_stand_aside(now, lot, key);
            }
            if !has_waited {
                return;
            }
        }
        let Some(rung) = Rung::after(usize::from(refusals)) else {
            self.give_up(now, lot);
            return;
        };
        if self.has_no_way() {
            return;
        }
        let free = if resting.is_empty() { self.armed_qty(lot) } else { self.free_beside_cancels(lot) };
        self.send_lot_exit(now, lot, leg, rung, free);
    }

    /// Asks once: a cancel that was refused is queried. When the broker then says that the order works,
    /// it is asked for again, but not faster than a lot waits for it.
    fn ask_to_stand_aside(&mut self, now: &mut Now<'_>, lot: LotId, key: OrderKey) {
        let row = self.book.orders().at(key);
        if row.cancelling != Cancelling::No {
            return;
        }
        if now.at >= row.cancel_asked_at + self.timing.cancel_wait {
            self.request_cancel(now, key);
        } else {
            self.deadlines.set(now.at + self.timing.cancel_wait, Due::LotWait(lot));
        }
    }

    /// Nothing more can be sent for the lot: from here on it is a person's.
    fn give_up(&mut self, now: &mut Now<'_>, lot: LotId) {
        self.emit(now, FactBody::LotUnprotected { lot });
        self.alarm(now, Alarm::Unprotected(lot));
    }

    /// Whether the lot has waited long enough for the cancels of its resting exits; starts the wait.
    fn has_waited(
        &mut self,
        now: &mut Now<'_>,
        lot: LotId,
        waiting_since: Option<phantom_model::Timestamp>,
    ) -> bool {
        if let Some(since) = waiting_since {
            return now.at >= since + self.timing.cancel_wait;
        }
        self.emit(now, FactBody::ExitWaiting { lot });
        self.deadlines.set(now.at + self.timing.cancel_wait, Due::LotWait(lot));
        self.deadlines.set(now.at + self.timing.exit_alarm, Due::LotAlarm(lot));
        false
    }

    fn send_lot_exit(&mut self, now: &mut Now<'_>, lot: LotId, leg: Leg, rung: Rung, qty: u32) {
        let row = self.book.lots().at(lot);
        let (contract, side) = (row.contract, row.side);
        // A position that was turned outside this program has nothing for this lot to close.
        if self.book.positions().at(contract).net.side() != Some(side) {
            return;
        }
        let Some(exit) = row.exits_sent.checked_add(1) else {
            self.give_up(now, lot);
            return;
        };
        let id = OrderId::LotExit { lot, exit };
        let left = self.budget(contract).left().min(u64::from(qty)).min(u64::from(ORDER_QTY_MAX));
        let Some(qty) = u32::try_from(left).ok().and_then(Qty::new) else { return };
        if self.send_exit(now, id, contract, qty, rung, Purpose::LotExit { lot, leg }) {
            // The exit first: it never waits for a stop that stands wider.
            self.ask_stops_back(now);
        }
    }

    /// Cuts an exit from the budget and sends it. Whether it went.
    pub(crate) fn send_exit(
        &mut self,
        now: &mut Now<'_>,
        id: OrderId,
        contract: ContractId,
        qty: Qty,
        rung: Rung,
        purpose: Purpose,
    ) -> bool {
        let budget = self.budget(contract);
        let kind = match rung {
            Rung::Market | Rung::NativeClose => OrderKind::Market,
            Rung::MarketableLimit => self.marketable(contract),
        };
        let Some(exit) = budget.exit(id, contract, qty, kind) else { return false };
        let way = match rung {
            Rung::Market | Rung::MarketableLimit => Request::Submit,
            Rung::NativeClose => Request::NativeClose,
        };
        let key = self.book.orders().next_key();
        self.submit(now, Outbound::Exit(exit), purpose, None, way);
        if let OrderId::LotExit { exit, .. } = id {
            self.judge_exits(now, exit);
        }
        if rung == Rung::MarketableLimit {
            self.deadlines.set(now.at + self.timing.cancel_wait, Due::ExitRests(key));
        }
        true
    }

    pub(crate) fn budget(&self, contract: ContractId) -> ClosingBudget {
        let position = self.book.positions().at(contract);
        ClosingBudget::new(position.net, position.exits_outstanding() + position.withheld())
    }

    /// A limit that far through the last price; at the market while there is none.
    fn marketable(&self, contract: ContractId) -> OrderKind {
        let through = |last: Price| match self.book.positions().at(contract).net.side() {
            Some(Side::Sell) => last + MARKETABLE_BY,
            Some(Side::Buy) | None => last - MARKETABLE_BY,
        };
        self.marks.at(contract).last.map_or(OrderKind::Market, |last| OrderKind::Limit(through(last)))
    }

    /// A marketable limit that still rests makes room for the next rung. Where the rest of an exit at the
    /// market has not filled, the broker is asked: an exchange may let it rest at its protection price.
    pub(crate) fn exit_rests(&mut self, now: &mut Now<'_>, key: OrderKey) {
        let order = self.book.orders().at(key);
        if order.rests() && order.cancelling == Cancelling::No {
            self.ask_exit_back(now, key);
        } else if order.is_filled_in_part_at_market() {
            self.ask_snapshot(now);
        }
    }

    /// The broker lists an exit at the market as a limit order that works: the exchange has filled what its
    /// protection price allows, and the rest will not fill by itself. It is asked back, so that the next
    /// exit can leave for it and its phantom protects it again.
    pub(crate) fn ask_rest_back(&mut self, now: &mut Now<'_>, key: OrderKey, listed: OrderKind) {
        let order = self.book.orders().at(key);
        let rests = order.kind == OrderKind::Market && listed.limit().is_some();
        if rests && !order.purpose.is_entry() && order.cancelling == Cancelling::No {
            self.ask_exit_back(now, key);
        }
    }

    /// The next exit waits for the answer; where a lot waits for it too long, a person is told.
    fn ask_exit_back(&mut self, now: &mut Now<'_>, key: OrderKey) {
        if let Purpose::LotExit { lot, .. } = self.book.orders().at(key).purpose {
            self.deadlines.set(now.at + self.timing.exit_alarm, Due::LotAlarm(lot));
        }
        self.request_cancel(now, key);
    }

    /// A lot that still waits now has waited for too long.
    pub(crate) fn lot_alarm(&mut self, now: &mut Now<'_>, lot: LotId) {
        let own_exit = self.book.lots().at(lot).last_exit.map(|key| self.book.orders().at(key));
        let hangs = own_exit.is_some_and(|exit| exit.is_live() && exit.cancelling != Cancelling::No);
        if hangs || self.is_awaiting_exit(lot) {
            self.alarm(now, Alarm::ExitSlow(lot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rung;
    use crate::book::Ladder;

    #[test]
    fn the_ladder_of_a_flatten_has_as_many_rungs_as_that_of_a_lot() {
        let rungs = usize::from(Ladder::RUNGS);
        assert_eq!(Rung::after(rungs - 1), Some(Rung::NativeClose));
        assert_eq!(Rung::after(rungs), None);
    }
}
