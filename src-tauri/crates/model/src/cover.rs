//! What is to stand at the broker for a phantom when the desk cannot watch.

use crate::{ContractId, LotId, OrderId, Price, Qty, Side};

/// One phantom's stop, as the broker's side is to hold it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cover {
    /// Its lot.
    pub lot: LotId,
    /// What it trades.
    pub contract: ContractId,
    /// The closing side.
    pub side: Side,
    /// Contracts that nothing on its way to the market will close.
    pub qty: Qty,
    /// Where the phantom's stop is.
    pub stop: Price,
    /// Where a wider stop works all the time: strictly worse than `stop`. `None` for no such stop.
    pub disaster: Option<Price>,
}

impl Cover {
    /// The exit of the lot that the ids of its stops begin with. It does not depend on exits that were
    /// sent, so that a stop at the broker keeps its name.
    #[must_use]
    pub const fn exit(&self) -> OrderId {
        OrderId::LotExit { lot: self.lot, exit: 1 }
    }
}
