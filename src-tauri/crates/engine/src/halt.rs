//! What stops openings by somebody's will: the kill switch, a lockout, and the lifting of latches.

use phantom_compliance::Halt;

use crate::engine::{Engine, Now};
use crate::fact::FactBody;
use crate::input::{HaltChange, Origin};

impl Engine {
    /// Stops openings or frees them; a change that changes nothing leaves no fact.
    pub(crate) fn halt(&mut self, now: &mut Now<'_>, change: HaltChange, origin: Origin) {
        let Halt { killed, latched, .. } = self.book.halt();
        let changes = match change {
            HaltChange::Kill => !killed,
            HaltChange::LiftKill => killed,
            HaltChange::SwitchOn => self.book.account().run_away().is_some(),
            HaltChange::LiftLatch => {
                latched || self.book.positions().iter().any(|(_, position)| !position.latches.is_empty())
            }
            HaltChange::LiftContractLatch(contract) => self.book.is_latched(contract),
        };
        if changes {
            self.emit(now, FactBody::Halted { change, origin });
            self.latch_again(now);
        }
    }
}
