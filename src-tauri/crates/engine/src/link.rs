//! The way to the broker. While it is away nothing opens; when it comes back nothing opens before the
//! broker's own account has been compared.
//!
//! The exit of a lot or of a flatten waits for the way too, and for the broker's own account after it: a stop
//! at the broker may have filled meanwhile, and a crash may have lost an exit that was sent. An exit that was
//! sized by what was known before would turn the position. What a person closes by hand does not wait.

use phantom_model::{ContractId, Link, LotId};

use crate::book::OrderKey;
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, Purpose};

impl Engine {
    /// The way to the broker has come or gone.
    pub(crate) fn link(&mut self, now: &mut Now<'_>, link: Link) {
        match link {
            Link::Down => {
                if !self.book.halt().not_connected {
                    self.emit(now, FactBody::LinkChanged { link });
                }
                self.forget_question();
            }
            Link::Up => {
                self.emit(now, FactBody::LinkChanged { link });
                self.doubt_old_prints(now.at);
                self.forget_question();
                self.ask_snapshot(now);
            }
        }
    }

    /// Whether what depends on the broker's own account must wait: there is no way to it, or what it did
    /// meanwhile is not known and it can still be hoped to say so.
    #[must_use]
    pub fn has_no_way(&self) -> bool {
        let halt = self.book.halt();
        halt.not_connected || (halt.reconciling && self.question.is_hopeful())
    }

    /// An order has ended. When it was the exit of a lot, the lot may have to wait for a way now.
    pub(crate) fn alarm_kept_in(&mut self, now: &mut Now<'_>, ended: OrderKey) {
        if let Purpose::LotExit { lot, .. } = self.book.orders().at(ended).purpose {
            self.alarm_if_waiting(now, lot);
        }
    }

    /// A person is told of an exit that has to wait for a way: at once where there is none, and where there is
    /// one, when the broker's own account takes long.
    pub(crate) fn alarm_if_waiting(&mut self, now: &mut Now<'_>, lot: LotId) {
        if !self.has_no_way() || !self.is_awaiting_exit(lot) {
            return;
        }
        if self.book.halt().not_connected {
            self.alarm(now, Alarm::ExitSlow(lot));
        } else {
            self.deadlines.set(now.at + self.timing.exit_alarm, Due::LotAlarm(lot));
        }
    }

    /// The broker has told its own account: what waited for it goes on.
    pub(crate) fn take_up_exits(&mut self, now: &mut Now<'_>) {
        for contract in self.contracts_awaiting() {
            self.pursue_waiting(now, contract);
        }
        self.advance_flatten(now);
    }

    /// The broker's own account does not come: what waited for it goes by what fills prove, and a person is
    /// told.
    pub(crate) fn go_unconfirmed(&mut self, now: &mut Now<'_>) {
        if !self.book.halt().reconciling {
            return;
        }
        for contract in self.contracts_awaiting() {
            self.alarm(now, Alarm::StopsUnconfirmed(contract));
        }
        self.take_up_exits(now);
    }

    /// Contracts with a lot that has fired and whose exit is not out.
    fn contracts_awaiting(&self) -> Vec<ContractId> {
        let positions = self.book.positions().iter();
        positions.filter(|(_, it)| it.awaiting_exit > 0).map(|(contract, _)| contract).collect()
    }
}
