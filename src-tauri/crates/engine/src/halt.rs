//! What stops openings: the kill switch, a lockout, the latch.

use phantom_compliance::Halt;
use phantom_model::ContractId;

use crate::engine::{Engine, Now};
use crate::fact::FactBody;
use crate::input::{HaltChange, Origin};

impl Engine {
    /// Stops openings or frees them; a change that changes nothing leaves no fact.
    pub(crate) fn halt(&mut self, now: &mut Now<'_>, change: HaltChange, origin: Origin) {
        let Halt { killed, locked_out, latched, flattening: _ } = self.book.halt();
        let changes = match change {
            HaltChange::Kill => !killed,
            HaltChange::LiftKill => killed,
            HaltChange::LockOut => !locked_out,
            HaltChange::EndLockOut => locked_out,
            HaltChange::LiftLatch => latched,
        };
        if changes {
            self.emit(now, FactBody::Halted { change, origin });
            // A latch whose cause still stands does not stay lifted.
            let contracts: Vec<ContractId> =
                self.book.positions().iter().map(|(contract, _)| contract).collect();
            for contract in contracts {
                self.check_exits(now, contract);
            }
        }
    }
}
