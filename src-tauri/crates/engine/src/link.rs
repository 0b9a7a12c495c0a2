//! The way to the broker. While it is away nothing opens; when it comes back nothing opens before the
//! broker's own account has been compared.
//!
//! An exit is tried also while the way is said to be away. One that provably never left is not sent again
//! and again into nothing, which would spend its ladder: it waits for the way, and for the broker's own
//! account after it, since a stop at the broker may have filled meanwhile.

use phantom_model::{ContractId, FlattenId, Link};

use crate::book::{LotState, OrderKey};
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

    /// Whether an exit of a flatten never left, and waits.
    pub(crate) fn flatten_waits_for_a_way(&self, flatten: FlattenId, contract: ContractId) -> bool {
        self.book.flattens().at(flatten).ladder.has_never_left(contract) && self.has_no_way()
    }

    /// An order has ended. When it was the exit of a lot that has to wait for a way now, a person is told.
    pub(crate) fn alarm_kept_in(&mut self, now: &mut Now<'_>, ended: OrderKey) {
        if let Purpose::LotExit { lot, .. } = self.book.orders().at(ended).purpose
            && matches!(self.book.lots().at(lot).state, LotState::Exiting { never_left: true, .. })
            && self.is_awaiting_exit(lot)
        {
            self.alarm(now, Alarm::ExitSlow(lot));
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
