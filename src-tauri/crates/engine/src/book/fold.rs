//! The fold: how each fact changes the book. The only place where the book changes.

use phantom_model::{
    Arena, Bracket, ContractId, ExecId, FlattenId, Guard, LotId, Money, OrderId, OrderKind, OrderStatus,
    OrderStep, Price, Qty, Side, Stepped, Timestamp,
};

use super::lot::{Lot, LotState, Piece, PieceKey};
use super::order::{Cancelling, FillState, Order, OrderKey};
use super::{Book, Entered, Flatten, FlattenPhase};
use crate::fact::{Alarm, Fact, FactBody, Leg, Purpose};
use crate::input::Origin;

/// The terms of a submission, as the fact tells them.
#[derive(Clone, Copy)]
struct Submission {
    order: OrderId,
    contract: ContractId,
    side: Side,
    qty: Qty,
    kind: OrderKind,
    purpose: Purpose,
    guard: Guard,
    origin: Option<Origin>,
}

/// An execution, as the fact tells it.
#[derive(Clone, Copy)]
pub(super) struct Execution {
    pub(super) exec: ExecId,
    pub(super) qty: Qty,
    pub(super) price: Price,
    pub(super) fee: Money,
    pub(super) broker_time: Option<Timestamp>,
}

impl Book {
    /// Applies one fact.
    #[expect(clippy::wildcard_enum_match_arm, reason = "one match in four parts; the last one is complete")]
    pub fn fold(&mut self, fact: &Fact) {
        self.seq = fact.seq;
        self.last_at = fact.at;
        let at = fact.at;
        match fact.body {
            FactBody::OrderRejected { order, origin, .. } => self.fold_rejected(at, order, origin),
            FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, guard, origin } => {
                let it = Submission { order, contract, side, qty, kind, purpose, guard, origin };
                self.fold_submitted(at, &it);
            }
            FactBody::StopStands { order, contract, side, qty } => {
                self.fold_stop(at, order, contract, side, qty);
            }
            FactBody::RepairStarted { lot } => self.fold_fired(lot, Leg::Stop),
            FactBody::OrderAccepted { order } => self.fold_accepted(at, order),
            FactBody::OrderFilled { order, exec, qty, price, fee, broker_time } => {
                self.fold_filled(at, order, &Execution { exec, qty, price, fee, broker_time });
            }
            FactBody::OrderCancelled { order } => {
                // Should a late fill revive it, it can be cancelled again.
                self.step(order, OrderStep::Cancel, |row| row.cancelling = Cancelling::No);
                self.count_refusal(order);
            }
            FactBody::OrderFailed { order, reason } => self.fold_failed(at, order, reason),
            FactBody::OrderClosed { order } => self.step(order, OrderStep::Close, |_| ()),
            FactBody::OrderUnknown { order } => self.fold_unknown(at, order),
            FactBody::CancelRequested { order } => self.fold_cancel_requested(at, order),
            FactBody::CancelRefused { order } => self.fold_cancel_refused(order),
            FactBody::LotOpened { lot, order, qty, price } => {
                self.fold_lot_opened(at, lot, order, qty, price);
            }
            FactBody::LotGrew { lot, qty, price } => self.fold_lot_grew(lot, qty, price),
            FactBody::LotReduced { lot, by, qty, entry, exit, realized } => {
                self.fold_lot_reduced(lot, qty, entry, realized);
                self.keep_closed(lot, by, qty, entry, exit);
            }
            FactBody::PhantomFired { lot, leg, .. } => self.fold_fired(lot, leg),
            FactBody::ExitWaiting { lot } => self.fold_waiting(at, lot),
            FactBody::LotUnprotected { lot } => self.fold_unprotected(lot),
            FactBody::FlattenStarted { flatten, origin } => self.fold_flatten_started(flatten, at, origin),
            FactBody::FlattenJoined { flatten, origin } => self.fold_flatten_joined(flatten, origin),
            FactBody::FlattenExiting { flatten } => self.set_phase(flatten, FlattenPhase::Exiting),
            FactBody::FlattenAnswered { flatten, flat } => {
                self.halt.flattening = false;
                self.set_phase(flatten, FlattenPhase::Watching { since: at, flat });
            }
            FactBody::FlattenReopened { flatten } => self.revise_answer(flatten, false),
            FactBody::FlattenSettled { flatten } => self.revise_answer(flatten, true),
            FactBody::FlattenEnded { flatten } => self.set_phase(flatten, FlattenPhase::Ended),
            FactBody::TrailsMoved { contract, low, high } => {
                self.positions.at_mut(contract).levels.watch(low, high);
            }
            FactBody::AlarmRaised { alarm: Alarm::ContradictingExec(order) } => {
                self.contradicted.insert(order);
            }
            FactBody::AlarmRaised { .. }
            | FactBody::PrintDoubted { .. }
            | FactBody::ChangeRejected { .. }
            | FactBody::ProtectionRejected { .. } => {}
            FactBody::Returned { .. }
            | FactBody::ExitFound { .. }
            | FactBody::PhantomTouched { .. }
            | FactBody::PhantomPassed { .. }
            | FactBody::PhantomWatches { .. }
            | FactBody::GapClosed { .. }
            | FactBody::JournalLost => self.fold_gap(at, &fact.body),
            FactBody::Rule(ref rule) => self.fold_rule(rule),
            ref body => self.fold_change(at, body),
        }
    }

    fn fold_unknown(&mut self, at: Timestamp, order: OrderId) {
        self.touch(order, |row| {
            row.unknown = true;
            row.unknown_since = at;
        });
    }

    fn fold_cancel_requested(&mut self, at: Timestamp, order: OrderId) {
        self.account.note_message(at);
        self.touch(order, |row| {
            row.cancelling = Cancelling::Asked;
            row.cancel_asked_at = at;
        });
    }

    fn fold_cancel_refused(&mut self, order: OrderId) {
        self.touch(order, |row| {
            row.cancelling = Cancelling::Refused;
            // The broker may not know the order: a submission is not answered by that.
            row.unknown &= row.status == OrderStatus::Pending;
        });
    }

    /// Who asked for an order; `None` for what nobody asked for.
    pub(super) fn origin_of(&self, order: OrderId) -> Option<Origin> {
        self.find(order).and_then(|key| self.orders.at(key).origin)
    }

    /// A refusal of what a program asked for: many in a row are a loop. A person may be refused as
    /// often as they like.
    pub(super) fn note_refusal(&mut self, at: Timestamp, origin: Option<Origin>) {
        if matches!(origin, Some(Origin::Signal(_))) {
            self.account.note_refused(at);
        }
    }

    /// An exit becomes a trade of the day with its first fill; an entry with its lot.
    fn note_first_fill(&mut self, key: OrderKey) {
        let row = self.orders.at(key);
        let closes = match row.purpose {
            Purpose::Reduction
            | Purpose::LotExit { .. }
            | Purpose::DisasterStop { .. }
            | Purpose::Flatten(_) => true,
            Purpose::Entry(_) | Purpose::Outside => false,
        };
        if closes && row.filled == 0 {
            self.account.note_exit();
        }
    }

    fn fold_rejected(&mut self, at: Timestamp, order: OrderId, origin: Origin) {
        self.account.note_asked(at);
        self.note_refusal(at, Some(origin));
        if matches!(order, OrderId::Ticket(_)) {
            self.tickets.push(Entered::Rejected);
        }
    }

    /// Tickets come in their order, except one that was lost and found at the broker.
    fn enter_ticket(&mut self, n: u32, key: OrderKey) {
        let place = n.saturating_sub(1) as usize;
        if let Some(slot) = self.tickets.get_mut(place) {
            *slot = Entered::Order(key);
        } else {
            self.tickets.push(Entered::Order(key));
        }
    }

    fn fold_submitted(&mut self, at: Timestamp, it: &Submission) {
        let key = self.orders.next_key();
        self.account.note_message(at);
        let mut earlier_exit = None;
        match it.order {
            OrderId::Ticket(n) => {
                self.account.note_asked(at);
                self.enter_ticket(n, key);
            }
            OrderId::LotExit { lot, exit } => {
                earlier_exit = self.lots.at_mut(lot).last_exit.replace(key);
                self.lots.at_mut(lot).exits_sent = exit;
            }
            OrderId::FlattenExit { flatten, contract, .. } => {
                let row = self.flattens.at_mut(flatten);
                row.exits.push(key);
                row.ladder.sent(key, contract);
            }
            // What is not ours is never submitted, nor what the broker's side places for us.
            OrderId::LotStop { .. } | OrderId::Outside(_) => {}
        }
        if matches!(it.purpose, Purpose::Reduction | Purpose::Flatten(_)) {
            self.positions.at_mut(it.contract).reductions.push(key);
        }
        self.orders.push(Order {
            id: it.order,
            contract: it.contract,
            side: it.side,
            qty: it.qty,
            kind: it.kind,
            purpose: it.purpose,
            origin: it.origin,
            status: OrderStatus::Pending,
            unknown: false,
            unknown_since: Timestamp::MIN,
            cancelling: Cancelling::No,
            cancel_asked_at: Timestamp::MIN,
            failed: None,
            filled: 0,
            busted: 0,
            cost_ticks: 0,
            submitted_at: at,
            last_fill: None,
            lot: None,
            earlier_exit,
        });
        self.live.insert(key);
        self.fold_guard(key, it.guard);
        self.count_leaves(key, 0);
    }

    /// The broker's word that an unknown order works is its word on the cancel and the change too: they
    /// were lost, and may be asked for again. So may a cancel that was refused.
    fn fold_accepted(&mut self, at: Timestamp, order: OrderId) {
        let was_unknown = self.find(order).is_some_and(|key| self.orders.at(key).unknown);
        if matches!(self.origin_of(order), Some(Origin::Signal(_))) {
            self.account.note_taken();
        }
        self.step(order, OrderStep::Accept, |row| {
            // What is asked for in the same moment, an older order's late fill found in the list, has not left yet.
            let is_lost = was_unknown && row.cancel_asked_at < at;
            if is_lost || row.cancelling == Cancelling::Refused {
                row.cancelling = Cancelling::No;
            }
        });
        if was_unknown {
            self.forget_change(order);
        }
    }

    fn fold_filled(&mut self, at: Timestamp, order: OrderId, it: &Execution) {
        let Some(key) = self.find(order) else { return };
        let row = self.orders.at(key);
        let (contract, side, qty) = (row.contract, row.side, it.qty);
        let done = row.done().saturating_add(qty.contracts());
        let step = if done >= row.qty.contracts() { OrderStep::FillRest } else { OrderStep::FillPart };
        let fill = self.keep_fill(at, key, it, FillState::AsReported);
        self.note_first_fill(key);
        self.cash = self.cash - it.fee;
        self.step_row(key, step, |row| {
            row.filled = row.filled.saturating_add(qty.contracts());
            row.cost_ticks += it.price.ticks() * i64::from(qty.contracts());
            row.last_fill = Some(fill);
        });
        self.forget_best(key);
        self.change_position(contract, |position| {
            position.net = position.net.after(side, qty);
            position.fees += it.fee;
            position.changed_at = at;
        });
        if let OrderId::FlattenExit { flatten, .. } = order {
            self.flattens.at_mut(flatten).ladder.revived(key);
        }
        self.forget_parts_if_flat(contract);
    }

    /// A position that is flat has no parts that a flatten could not close.
    pub(super) fn forget_parts_if_flat(&mut self, contract: ContractId) {
        if self.positions.at(contract).net.size() == 0
            && let Some((flatten, _)) = self.last_flatten()
        {
            self.flattens.at_mut(flatten).ladder.closed(contract);
        }
    }

    pub(super) fn step(&mut self, order: OrderId, step: OrderStep, also: impl FnOnce(&mut Order)) {
        if let Some(key) = self.find(order) {
            self.step_row(key, step, also);
        }
    }

    /// Takes an order one step along its table and keeps every count that hangs on its leaves.
    pub(super) fn step_row(&mut self, key: OrderKey, step: OrderStep, also: impl FnOnce(&mut Order)) {
        let row = self.orders.at_mut(key);
        let leaves_before = row.leaves();
        match row.status.after(step) {
            Stepped::To(status) | Stepped::Late(status) => row.status = status,
            // Of what is not ours we may not know how large it is.
            Stepped::Illegal if row.purpose == Purpose::Outside && step == OrderStep::FillRest => {
                row.status = OrderStatus::Filled;
            }
            Stepped::Stale | Stepped::Illegal => {}
        }
        row.unknown = false;
        also(row);
        let (live, purpose, contract) = (row.is_live(), row.purpose, row.contract);
        if live {
            self.live.insert(key);
        } else {
            self.live.remove(&key);
            self.end_change(key);
        }
        self.follow_stop(key);
        if matches!(purpose, Purpose::Reduction | Purpose::Flatten(_)) {
            keep_listed(&mut self.positions.at_mut(contract).reductions, key, live);
        }
        self.count_leaves(key, leaves_before);
    }

    pub(super) fn touch(&mut self, order: OrderId, change: impl FnOnce(&mut Order)) {
        if let Some(key) = self.find(order) {
            change(self.orders.at_mut(key));
        }
    }

    /// Moves the counts that hang on an order's leaves from what they were to what they are.
    pub(super) fn count_leaves(&mut self, key: OrderKey, before: u32) {
        let row = self.orders.at(key);
        let (after, side, contract, purpose) = (row.leaves(), row.side, row.contract, row.purpose);
        if after == before {
            return;
        }
        let moved = |count: u64| (count + u64::from(after)).saturating_sub(u64::from(before));
        match purpose {
            Purpose::Entry(_) => self.change_position(contract, |position| {
                let leaves = match side {
                    Side::Buy => &mut position.buy_entry_leaves,
                    Side::Sell => &mut position.sell_entry_leaves,
                };
                *leaves = moved(*leaves);
            }),
            Purpose::Reduction | Purpose::Flatten(_) => {
                let leaves = &mut self.positions.at_mut(contract).reduction_leaves;
                *leaves = moved(*leaves);
            }
            // A disaster stop is the one exit that may fill beside another for the same contracts.
            Purpose::DisasterStop { .. } | Purpose::Outside => {}
            Purpose::LotExit { lot, .. } => {
                let leaves = &mut self.positions.at_mut(contract).lot_exit_leaves;
                *leaves = moved(*leaves);
                self.change_lot(lot, |row| {
                    row.exit_leaves = row.exit_leaves.saturating_add(after).saturating_sub(before);
                });
            }
        }
    }

    /// Changes a position and keeps the account's worst case.
    pub(super) fn change_position(
        &mut self,
        contract: ContractId,
        change: impl FnOnce(&mut super::Position),
    ) {
        let position = self.positions.at_mut(contract);
        let before = position.worst();
        change(position);
        self.worst_total = self.worst_total + position.worst() - before;
    }

    /// Changes a lot and keeps the count of contracts that wait for their exit.
    pub(super) fn change_lot(&mut self, lot: LotId, change: impl FnOnce(&mut Lot)) {
        let row = self.lots.at_mut(lot);
        let before = awaiting_exit(row);
        change(row);
        let after = awaiting_exit(row);
        let waiting = &mut self.positions.at_mut(row.contract).awaiting_exit;
        *waiting = (*waiting + u64::from(after)).saturating_sub(u64::from(before));
    }

    fn fold_lot_opened(&mut self, at: Timestamp, lot: LotId, order: OrderId, qty: u32, price: Price) {
        let Some(key) = self.find(order) else { return };
        let piece = self.pieces.push(Piece { price, open: qty, next: None });
        let row = self.orders.at_mut(key);
        row.lot = Some(lot);
        let bracket = match row.purpose {
            Purpose::Entry(bracket) => bracket,
            Purpose::Reduction
            | Purpose::LotExit { .. }
            | Purpose::DisasterStop { .. }
            | Purpose::Flatten(_)
            | Purpose::Outside => Bracket::NONE,
        };
        let (contract, side, is_entry) = (row.contract, row.side, row.purpose.is_entry());
        if is_entry {
            self.account.note_entry();
        }
        self.lots.push(Lot {
            order: key,
            contract,
            side,
            open: qty,
            exit_leaves: 0,
            exits_sent: 0,
            bracket,
            state: LotState::Bare,
            opened_at: at,
            first_piece: piece,
            last_piece: piece,
            last_exit: None,
        });
        let position = self.positions.at_mut(contract);
        position.lots.insert(lot);
        position.lot_contracts += u64::from(qty);
        position.open_cost_ticks += open_cost(side, qty, price);
        self.guard_lot(lot, key, price);
    }

    pub(super) fn fold_lot_grew(&mut self, lot: LotId, qty: u32, price: Price) {
        let piece = self.pieces.push(Piece { price, open: qty, next: None });
        let row = self.lots.at_mut(lot);
        let (was_closed, contract, side) = (row.open == 0, row.contract, row.side);
        link_piece(&mut self.pieces, row, piece);
        self.change_lot(lot, |row| row.open += qty);
        let position = self.positions.at_mut(contract);
        position.lot_contracts += u64::from(qty);
        position.open_cost_ticks += open_cost(side, qty, price);
        if was_closed {
            position.lots.insert(lot);
        }
        self.guard_again(lot, was_closed, price);
    }

    fn fold_lot_reduced(&mut self, lot: LotId, qty: u32, entry: Price, realized: Money) {
        let row = self.lots.at(lot);
        let (first, contract) = (row.first_piece, row.contract);
        let piece = self.pieces.at_mut(first);
        piece.open = piece.open.saturating_sub(qty);
        self.positions.at_mut(contract).realized += realized;
        self.cash += realized;
        self.shrink_lot(lot, qty, entry);
    }

    /// Contracts have left a lot, and their piece has been made smaller.
    pub(super) fn shrink_lot(&mut self, lot: LotId, qty: u32, entry: Price) {
        let mut first = self.lots.at(lot).first_piece;
        while let Piece { open: 0, next: Some(next), .. } = *self.pieces.at(first) {
            first = next;
        }
        self.change_lot(lot, |row| {
            row.open = row.open.saturating_sub(qty);
            row.first_piece = first;
        });
        let row = self.lots.at(lot);
        let position = self.positions.at_mut(row.contract);
        position.open_cost_ticks -= open_cost(row.side, qty, entry);
        position.lot_contracts = position.lot_contracts.saturating_sub(u64::from(qty));
        if row.open == 0 {
            position.lots.remove(&lot);
            if row.state == LotState::Armed {
                self.disarm(lot);
            }
        }
    }

    pub(super) fn fold_fired(&mut self, lot: LotId, leg: Leg) {
        self.freeze(lot);
        self.change_lot(lot, |row| {
            row.state = LotState::Exiting { leg, waiting_since: None, refusals: 0 };
        });
    }

    fn fold_waiting(&mut self, at: Timestamp, lot: LotId) {
        self.change_lot(lot, |row| {
            if let LotState::Exiting { waiting_since, .. } = &mut row.state {
                *waiting_since = Some(at);
            }
        });
    }

    fn fold_unprotected(&mut self, lot: LotId) {
        self.change_lot(lot, |row| {
            if let LotState::Exiting { leg, .. } = row.state {
                row.state = LotState::Unprotected { leg };
            }
        });
    }

    /// A person has pressed it too.
    fn fold_flatten_joined(&mut self, flatten: FlattenId, origin: Origin) {
        if origin.is_a_person() {
            self.flattens.at_mut(flatten).origin = origin;
        }
    }

    fn fold_flatten_started(&mut self, flatten: FlattenId, at: Timestamp, origin: Origin) {
        self.halt.flattening = true;
        self.flatten_now = Some(flatten);
        let row = Flatten::new(at, origin, self.orders.next_key());
        // An id that was left out, and was given all the same by a version that left out none.
        if self.flattens.get(flatten).is_some() {
            *self.flattens.at_mut(flatten) = row;
        } else {
            self.flattens.push(row);
        }
    }

    fn set_phase(&mut self, flatten: FlattenId, phase: FlattenPhase) {
        self.flattens.at_mut(flatten).phase = phase;
        if phase == FlattenPhase::Ended && self.flatten_now == Some(flatten) {
            self.flatten_now = None;
        }
    }

    /// What a flatten has answered is so no more, or has become so. Its watch goes on as it was.
    fn revise_answer(&mut self, flatten: FlattenId, is_flat: bool) {
        if let FlattenPhase::Watching { flat, .. } = &mut self.flattens.at_mut(flatten).phase {
            *flat = is_flat;
        }
    }
}

/// Contracts of a fired lot for which no exit of its own is out.
const fn awaiting_exit(lot: &Lot) -> u32 {
    match lot.state {
        LotState::Exiting { .. } => lot.uncommitted(),
        LotState::Bare | LotState::Armed | LotState::Unprotected { .. } => 0,
    }
}

fn open_cost(side: Side, qty: u32, price: Price) -> i64 {
    side.sign() * i64::from(qty) * price.ticks()
}

fn link_piece(pieces: &mut Arena<PieceKey, Piece>, lot: &mut Lot, piece: PieceKey) {
    pieces.at_mut(lot.last_piece).next = Some(piece);
    lot.last_piece = piece;
    if pieces.at(lot.first_piece).open == 0 {
        lot.first_piece = piece;
    }
}

/// Keeps `key` in the list exactly while it is live, in the order of submission.
fn keep_listed(list: &mut Vec<OrderKey>, key: OrderKey, live: bool) {
    match (list.binary_search(&key), live) {
        (Err(place), true) => list.insert(place, key),
        (Ok(place), false) => {
            list.remove(place);
        }
        (Ok(_), true) | (Err(_), false) => {}
    }
}
