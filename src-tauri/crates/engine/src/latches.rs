//! Latches: openings blocked, exits alive, until a person has looked.
//!
//! Every cause is recorded, once while it stands. Some block the account, some one contract.

use phantom_model::ContractId;

use crate::book::DifferenceStanding;
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

    /// Checks what must hold for a contract after every change. Costs the same however much is open.
    pub(crate) fn check_contract(&mut self, now: &mut Now<'_>, contract: ContractId) {
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

    /// Whether nothing but shadows that came to stand has put more exits out than the position: what was sent
    /// from here fits it, and so do the shadows. One of the two is being asked back.
    fn is_making_room(&self, contract: ContractId) -> bool {
        let position = self.book.positions().at(contract);
        let stops = self.book.stops().map(|key| self.book.orders().at(key));
        let shadows =
            stops.filter(|it| it.contract == contract && matches!(it.purpose, Purpose::LotExit { .. }));
        let standing: u64 = shadows.map(|it| u64::from(it.leaves())).sum();
        let sent = position.exits_outstanding().saturating_sub(standing);
        standing > 0 && sent.max(standing) <= position.net.size()
    }

    /// A latch whose cause still stands does not stay lifted.
    pub(crate) fn latch_again(&mut self, now: &mut Now<'_>) {
        let contracts: Vec<ContractId> = self.book.positions().iter().map(|(contract, _)| contract).collect();
        for contract in contracts {
            self.check_contract(now, contract);
            let difference = self.book.positions().at(contract).difference;
            if difference.is_some_and(|it| it.standing == DifferenceStanding::Confirmed) {
                self.latch_contract(now, contract, LatchCause::Mismatch(contract));
            }
        }
    }
}
