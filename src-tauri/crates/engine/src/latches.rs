//! Latches: openings blocked, exits alive, until a person has looked.
//!
//! Every cause is recorded, once while it stands. Some block the account, some one contract.

use phantom_model::{ContractId, LotId};

use crate::book::{Cancelling, DifferenceStanding, Order, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, Invariant, LatchCause, Purpose};
use crate::input::JournalStanding;

impl Engine {
    /// Blocks openings until a person has looked. Exits stay alive.
    pub(crate) fn latch(&mut self, now: &mut Now<'_>, cause: LatchCause) {
        if !self.book.is_latched_for(None, cause) {
            self.emit(now, FactBody::Latched { cause });
        }
    }

    /// The same for one contract.
    pub(crate) fn latch_contract(&mut self, now: &mut Now<'_>, contract: ContractId, cause: LatchCause) {
        if !self.book.is_latched_for(Some(contract), cause) {
            self.emit(now, FactBody::ContractLatched { contract, cause });
        }
    }

    /// The journal is not what it was.
    pub(crate) fn journal_stands(&mut self, now: &mut Now<'_>, standing: JournalStanding) {
        match standing {
            JournalStanding::Sound => {}
            JournalStanding::Slow => self.alarm(now, Alarm::SlowDisk),
            JournalStanding::Full => self.latch(now, LatchCause::DiskFull),
            JournalStanding::Damaged => self.latch(now, LatchCause::JournalDamaged),
            JournalStanding::Lost => {
                if !self.book.halt().journal_lost {
                    self.emit(now, FactBody::JournalLost);
                    self.alarm(now, Alarm::JournalLost);
                }
            }
        }
    }

    /// Checks every contract.
    pub(crate) fn check_contracts(&mut self, now: &mut Now<'_>) {
        for contract in self.book.positions().keys() {
            self.check_contract(now, contract);
        }
    }

    /// Checks what must hold for a contract after every change, once all of an answer is taken in. Costs the
    /// same however much is open.
    pub(crate) fn check_contract(&mut self, now: &mut Now<'_>, contract: ContractId) {
        if self.question.is_taken_in {
            return;
        }
        let position = self.book.positions().at(contract);
        let size = position.net.size();
        let first_side = position.lots.first().map(|&lot| self.book.lots().at(lot).side);
        let exits = position.exits_outstanding() > size && !self.is_making_room(contract);
        let lots = position.lot_contracts != size || first_side != position.net.side();
        let waiting = position.awaiting_exit > position.lot_contracts;
        for (broken, invariant) in [
            (exits, Invariant::ExitsWithinPosition),
            (lots, Invariant::LotsMatchPosition),
            (waiting, Invariant::WaitingWithinPosition),
        ] {
            if broken {
                self.latch(now, LatchCause::Broken(invariant));
            }
        }
    }

    /// Whether nothing but shadows has put more exits out than the position. What was sent from here fits it,
    /// but for exits that nobody has answered, whose lots shadows have closed or which are asked back because
    /// a shadow has filled beside them; and so do the shadows that stand.
    fn is_making_room(&self, contract: ContractId) -> bool {
        let (mut sent, mut standing, mut is_by_shadow) = (0_u64, 0_u64, false);
        for (key, order) in self.book.live_orders().filter(|(_, order)| order.contract == contract) {
            let leaves = u64::from(order.leaves());
            match order.purpose {
                Purpose::Entry(_) | Purpose::DisasterStop { .. } | Purpose::Outside => {}
                Purpose::LotExit { .. } if order.is_stop() => standing += leaves,
                Purpose::LotExit { lot, .. } if self.is_closed_by_a_shadow(lot) => is_by_shadow = true,
                Purpose::LotExit { .. } | Purpose::Reduction | Purpose::Flatten(_)
                    if order.cancelling != Cancelling::No
                        && self.has_a_shadow_filled_since(key, contract) =>
                {
                    is_by_shadow = true;
                }
                Purpose::LotExit { .. } | Purpose::Reduction | Purpose::Flatten(_) => sent += leaves,
            }
        }
        (is_by_shadow || standing > 0) && sent.max(standing) <= self.book.positions().at(contract).net.size()
    }

    fn is_closed_by_a_shadow(&self, lot: LotId) -> bool {
        let row = self.book.lots().at(lot);
        row.open == 0 && self.book.exits_of(row).any(|exit| is_shadow(exit) && exit.filled > 0)
    }

    /// Whether a shadow that came to stand after this exit was sent has filled.
    fn has_a_shadow_filled_since(&self, sent: OrderKey, contract: ContractId) -> bool {
        let mut later = self.book.orders().iter().rev().take_while(|(key, _)| *key > sent);
        later.any(|(_, it)| it.contract == contract && is_shadow(it) && it.filled > 0)
    }

    /// A latch whose cause still stands does not stay lifted.
    pub(crate) fn latch_again(&mut self, now: &mut Now<'_>) {
        for contract in self.book.positions().keys() {
            self.check_contract(now, contract);
            let difference = self.book.positions().at(contract).difference;
            if difference.is_some_and(|it| it.standing == DifferenceStanding::Confirmed) {
                self.latch_contract(now, contract, LatchCause::Mismatch(contract));
            }
        }
    }
}

fn is_shadow(exit: &Order) -> bool {
    exit.is_stop() && matches!(exit.purpose, Purpose::LotExit { .. })
}
