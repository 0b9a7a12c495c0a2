//! Orders of ours that the journal has lost and the broker still knows.
//!
//! What closes leaves before it is durable, so the last moments before a crash may have sent an exit that
//! no fact tells of. Its id says what it was: an exit of that lot, a part of that flatten, a reduction that
//! somebody asked for. It gets its row before its executions are counted.

use phantom_model::{Guard, ListedOrder, OrderId};

use crate::book::LotState;
use crate::engine::{Engine, Now};
use crate::fact::{FactBody, Leg, Purpose};

impl Engine {
    /// Gives a listed order its row, if it is one of ours that was lost.
    pub(crate) fn find_lost(&mut self, now: &mut Now<'_>, it: &ListedOrder) {
        let Some(order) = it.order else { return };
        if matches!(order, OrderId::LotStop { .. }) {
            self.find_stop(now, order, it);
            return;
        }
        if self.book.find(order).is_some() || !self.book.may_be_lost(order) {
            return;
        }
        let Some(purpose) = self.lost_purpose(now, order, it) else { return };
        let ListedOrder { contract, side, qty, kind, .. } = *it;
        let (guard, origin) = (Guard::NONE, None);
        self.emit(now, FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, guard, origin });
    }

    /// What the order was for; `None` when it does not fit what is open, so that it is not taken for ours.
    fn lost_purpose(&mut self, now: &mut Now<'_>, order: OrderId, it: &ListedOrder) -> Option<Purpose> {
        let closes = self.book.positions().get(it.contract)?.net.side() == Some(it.side.opposite());
        match order {
            OrderId::Ticket(_) => closes.then_some(Purpose::Reduction),
            OrderId::FlattenExit { flatten, contract, .. } => {
                (closes && contract == it.contract).then_some(Purpose::Flatten(flatten))
            }
            OrderId::LotExit { lot, .. } => {
                let row = self.book.lots().get(lot)?;
                let fits = row.contract == it.contract && row.side == it.side.opposite();
                let fired = row.fired();
                match row.state {
                    LotState::Armed if fits => {
                        let leg = self.leg_of_lost_exit(lot);
                        self.emit(now, FactBody::ExitFound { lot, leg });
                        Some(Purpose::LotExit { lot, leg })
                    }
                    LotState::Exiting { .. } | LotState::Unprotected { .. } if fits => {
                        fired.map(|leg| Purpose::LotExit { lot, leg })
                    }
                    LotState::Bare
                    | LotState::Armed
                    | LotState::Exiting { .. }
                    | LotState::Unprotected { .. } => None,
                }
            }
            OrderId::LotStop { .. } | OrderId::Outside(_) => None,
        }
    }

    /// The journal has lost which leg it was. Where both are set it counts as the stop: that says nothing
    /// too good.
    fn leg_of_lost_exit(&self, lot: phantom_model::LotId) -> Leg {
        if self.book.bracket(lot).stop.is_some() { Leg::Stop } else { Leg::Target }
    }
}
