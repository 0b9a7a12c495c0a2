//! Flatten all: cancel what works, close what fills prove to be open, answer when it is done.
//!
//! Openings are blocked from the press to the answer. Phantoms stay armed until the flatten's exit
//! for their lot leaves. A press while one is under way joins it.

use phantom_model::{ContractId, FlattenId, LotId, OrderId, Qty, Timestamp};

use crate::book::{Cancelling, Flatten, FlattenPhase, Ladder, OrderKey};
use crate::config::{Handling, Timing};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::exits::Rung;
use crate::fact::{Alarm, FactBody, Purpose};
use crate::input::Origin;

impl Flatten {
    /// When it next does something by itself: exits, answers, or ends its watch.
    pub(crate) fn due(&self, timing: &Timing, handling: &Handling) -> Option<Timestamp> {
        match self.phase {
            FlattenPhase::Cancelling => Some(self.started_at + handling.flatten_wait),
            FlattenPhase::Exiting => Some(self.started_at + timing.flatten_answer),
            FlattenPhase::Watching { since, .. } => Some(since + timing.flatten_watch),
            FlattenPhase::Ended => None,
        }
    }
}

impl Engine {
    /// Begins a flatten, or joins the one under way.
    pub(crate) fn start_flatten(&mut self, now: &mut Now<'_>, origin: Origin) {
        if let Some((flatten, row)) = self.book.last_flatten() {
            if row.is_pending() {
                self.emit(now, FactBody::FlattenJoined { flatten, origin });
                return;
            }
            // Its watch goes over to the new one, which covers every older order too.
            self.emit(now, FactBody::FlattenEnded { flatten });
        }
        let flatten = self.book.flattens().next_key();
        self.emit(now, FactBody::FlattenStarted { flatten, origin });
        self.deadlines.set(now.at + self.handling.flatten_wait, Due::Flatten);
        let working: Vec<OrderKey> = self
            .book
            .live_orders()
            .filter(|(_, order)| order.purpose.is_entry() || order.rests() || order.is_stop())
            .map(|(key, _)| key)
            .collect();
        for key in working {
            self.request_cancel(now, key);
        }
        self.advance_flatten(now);
    }

    /// Takes the flatten as far as it can go now. Called after every report and at its deadlines.
    pub(crate) fn advance_flatten(&mut self, now: &mut Now<'_>) {
        let Some((flatten, row)) = self.book.last_flatten() else { return };
        let started_at = row.started_at;
        match row.phase {
            FlattenPhase::Cancelling => {
                if self.cancels_answered() || now.at >= started_at + self.handling.flatten_wait {
                    self.emit(now, FactBody::FlattenExiting { flatten });
                    self.deadlines.set(started_at + self.timing.flatten_answer, Due::Flatten);
                    self.cancel_newly_working(now, |_| true);
                    self.close_positions(now, flatten);
                    self.answer_flatten(now, flatten, started_at);
                }
            }
            FlattenPhase::Exiting => {
                self.cancel_newly_working(now, |_| true);
                self.close_positions(now, flatten);
                self.answer_flatten(now, flatten, started_at);
            }
            FlattenPhase::Watching { since, .. } => {
                let fence = row.fence;
                self.cancel_newly_working(now, |key| key < fence);
                self.revise_receipt(now, flatten);
                self.close_older(now, flatten);
                let end = since + self.timing.flatten_watch;
                if now.at >= end {
                    self.emit(now, FactBody::FlattenEnded { flatten });
                } else {
                    self.deadlines.set(end, Due::Flatten);
                }
            }
            FlattenPhase::Ended => {}
        }
    }

    /// Asks for the cancel of what has come to work since the press: an entry that a late fill
    /// revived, a resting exit that somebody placed meanwhile. Once for each; the flatten's own exits
    /// and those of lots have a ladder.
    fn cancel_newly_working(&mut self, now: &mut Now<'_>, which: impl Fn(OrderKey) -> bool) {
        let working: Vec<OrderKey> = self
            .book
            .live_orders()
            .filter(|(key, order)| order.cancelling == Cancelling::No && which(*key))
            .filter(|(_, order)| match order.purpose {
                Purpose::Entry(_) | Purpose::DisasterStop { .. } => true,
                Purpose::Reduction => order.rests(),
                Purpose::LotExit { .. } => order.is_stop(),
                Purpose::Flatten(_) | Purpose::Outside => false,
            })
            .map(|(key, _)| key)
            .collect();
        for key in working {
            self.request_cancel(now, key);
        }
    }

    /// Whether every cancel that the flatten waits for has its answer.
    fn cancels_answered(&self) -> bool {
        self.book.live_orders().all(|(_, order)| order.cancelling != Cancelling::Asked)
    }

    /// One exit per position for what fills prove to be open, less every exit that may still fill.
    fn close_positions(&mut self, now: &mut Now<'_>, flatten: FlattenId) {
        for contract in self.book.positions().keys() {
            self.close_up_to(now, flatten, contract, u64::MAX);
        }
    }

    /// Sends exits for up to `most` contracts; several when one order cannot hold them.
    fn close_up_to(&mut self, now: &mut Now<'_>, flatten: FlattenId, contract: ContractId, most: u64) {
        // Parts that were refused on every rung are a person's, and stand in nobody's way.
        let given_up = self.book.flattens().at(flatten).ladder.given_up(contract);
        let mut left = self.budget(contract).left().saturating_sub(given_up).min(most);
        let clip = self.handling.clip_of(left);
        if self.has_no_way() {
            return;
        }
        while left > 0 {
            let refusals = self.book.flattens().at(flatten).ladder.next_refusals(contract);
            let Some(rung) = Rung::after(usize::from(refusals)) else { return };
            let part = u32::try_from(left.min(clip)).ok().and_then(Qty::new);
            let (Some(qty), Some(id)) = (part, self.next_flatten_exit(flatten, contract)) else { return };
            if !self.send_exit(now, id, contract, qty, rung, Purpose::Flatten(flatten)) {
                return;
            }
            left -= u64::from(qty.contracts());
            if self.next_flatten_exit(flatten, contract).is_none() {
                // That was the last id that this flatten has: whatever is left is a person's.
                self.alarm(now, Alarm::FlattenStuck(contract));
            }
        }
    }

    fn next_flatten_exit(&self, flatten: FlattenId, contract: ContractId) -> Option<OrderId> {
        let sent = self.flatten_exits(flatten, contract).count();
        let exit = u8::try_from(sent).ok()?.checked_add(1)?;
        Some(OrderId::FlattenExit { flatten, contract, exit })
    }

    fn flatten_exits(
        &self,
        flatten: FlattenId,
        contract: ContractId,
    ) -> impl Iterator<Item = &crate::book::Order> {
        let exits = self.book.flattens().at(flatten).exits.iter().map(|&key| self.book.orders().at(key));
        exits.filter(move |order| order.contract == contract)
    }

    /// Answers once everything is flat and nothing works, or when the time is up.
    fn answer_flatten(&mut self, now: &mut Now<'_>, flatten: FlattenId, started_at: Timestamp) {
        let flat = self.is_flat();
        if !flat && now.at < started_at + self.timing.flatten_answer {
            return;
        }
        self.emit(now, FactBody::FlattenAnswered { flatten, flat });
        self.deadlines.set(now.at + self.timing.flatten_watch, Due::Flatten);
    }

    /// An order has ended. When it was an exit of a flatten and the last rung of its ladder, the time
    /// to say so is now, whether the flatten has answered or not.
    pub(crate) fn alarm_stuck(&mut self, now: &mut Now<'_>, ended: OrderKey) {
        let order = self.book.orders().at(ended);
        let contract = order.contract;
        let Purpose::Flatten(flatten) = order.purpose else { return };
        let refusals = self.book.flattens().at(flatten).ladder.refusals_of(ended);
        if refusals >= Ladder::RUNGS && self.budget(contract).left() > 0 {
            self.alarm(now, Alarm::FlattenStuck(contract));
        }
    }

    /// Every position zero and no order that may still fill. Nothing is armed then: a phantom needs
    /// an open lot.
    #[must_use]
    pub(crate) fn is_flat(&self) -> bool {
        let open = self.book.positions().iter().any(|(_, position)| position.net.size() > 0);
        !open && !self.book.has_live_orders()
    }

    /// Closes what belongs to orders older than a flatten that has answered: late fills, and what
    /// was still open when the time was up.
    fn close_older(&mut self, now: &mut Now<'_>, flatten: FlattenId) {
        let contracts = self.book.positions().iter();
        let open: Vec<(ContractId, u64)> = contracts
            .filter(|(_, position)| !position.lots.is_empty())
            .map(|(contract, _)| (contract, self.open_and_older(flatten, contract)))
            .collect();
        for (contract, most) in open {
            self.close_up_to(now, flatten, contract, most);
        }
    }

    /// The receipt of a flatten that has answered follows what it covers: a late fill opens it again, and
    /// once nothing of it is open or may still fill it is settled.
    fn revise_receipt(&mut self, now: &mut Now<'_>, flatten: FlattenId) {
        let row = self.book.flattens().at(flatten);
        let FlattenPhase::Watching { flat, .. } = row.phase else { return };
        let covers = |lot: &LotId| row.covers(self.book.lots().at(*lot).order);
        let open = self.book.positions().iter().any(|(_, position)| position.lots.iter().any(covers));
        let lives = self
            .book
            .live_orders()
            .any(|(key, order)| row.covers(key) || order.purpose == Purpose::Flatten(flatten));
        if flat && open {
            self.emit(now, FactBody::FlattenReopened { flatten });
        } else if !flat && !open && !lives {
            self.emit(now, FactBody::FlattenSettled { flatten });
        }
    }

    /// Contracts of lots older than the flatten that no exit of theirs, and none of a flatten, will close.
    fn open_and_older(&self, flatten: FlattenId, contract: ContractId) -> u64 {
        let fence = self.book.flattens().at(flatten);
        let position = self.book.positions().at(contract);
        let lots = position.lots.iter().map(|&lot| self.book.lots().at(lot));
        let older: u64 =
            lots.filter(|lot| fence.covers(lot.order)).map(|lot| u64::from(lot.uncommitted())).sum();
        // What somebody closes meanwhile may be meant for a newer lot: only exits of a flatten count.
        let on_the_way = position.reductions.iter().map(|&key| self.book.orders().at(key));
        let on_the_way = on_the_way.filter(|order| matches!(order.purpose, Purpose::Flatten(_)));
        older.saturating_sub(on_the_way.map(|order| u64::from(order.leaves())).sum())
    }
}
