//! Proofs that an order may leave: approved by the gate, or within the closing budget.

use phantom_model::{ContractId, NetQty, OrderId, OrderKind, Qty, Side};
use serde::{Deserialize, Serialize};

/// Something that the gate let through. Only this crate can make one: outside, this does not compile.
///
/// ```compile_fail,E0423
/// use phantom_compliance::{Approved, NewOrder};
///
/// fn forge(order: NewOrder) -> Approved<NewOrder> {
///     Approved(order)
/// }
/// ```
///
/// Nor does this, while taking a look at what was approved does:
///
/// ```compile_fail,E0624
/// use phantom_compliance::{Approved, NewOrder};
///
/// fn forge(order: NewOrder) -> Approved<NewOrder> {
///     Approved::new(order)
/// }
/// ```
///
/// ```
/// use phantom_compliance::{Approved, NewOrder};
///
/// fn look(approved: &Approved<NewOrder>) -> &NewOrder {
///     approved.get()
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    pub(crate) const fn new(what: T) -> Self {
        Self(what)
    }

    /// What was approved.
    #[must_use]
    pub const fn get(&self) -> &T {
        &self.0
    }
}

/// An order that may open or add to a position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrder {
    /// Our id.
    pub id: OrderId,
    /// The contract to trade.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// How many contracts.
    pub qty: Qty,
    /// Market, or limit with its price.
    pub kind: OrderKind,
}

/// What may still be closed: the position that fills prove, less every exit that may still fill.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClosingBudget {
    position: NetQty,
    outstanding: u64,
}

impl ClosingBudget {
    /// The budget of a position with `outstanding` contracts in exits that may still fill.
    #[must_use]
    pub const fn new(position: NetQty, outstanding: u64) -> Self {
        Self { position, outstanding }
    }

    /// Contracts that a further exit may close.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.position.size().saturating_sub(self.outstanding)
    }

    /// Cuts an exit from the budget. `None` when the position is flat or the exit would be larger
    /// than what is left: such an order could open or reverse a position.
    #[must_use]
    pub fn exit(&self, id: OrderId, contract: ContractId, qty: Qty, kind: OrderKind) -> Option<ExitOrder> {
        let side = self.position.side()?.opposite();
        (u64::from(qty.contracts()) <= self.left()).then_some(ExitOrder { id, contract, side, qty, kind })
    }
}

/// An order that can only reduce a position. Only a [`ClosingBudget`] makes one: outside, this does not
/// compile.
///
/// ```compile_fail,E0451
/// use phantom_compliance::{ExitOrder, NewOrder};
///
/// fn forge(order: NewOrder) -> ExitOrder {
///     let NewOrder { id, contract, side, qty, kind } = order;
///     ExitOrder { id, contract, side, qty, kind }
/// }
/// ```
///
/// The budget decides the side and the most that there is to close:
///
/// ```
/// use phantom_compliance::{ClosingBudget, NewOrder};
///
/// fn close(budget: &ClosingBudget, order: NewOrder) -> bool {
///     let NewOrder { id, contract, qty, kind, .. } = order;
///     budget.exit(id, contract, qty, kind).is_some()
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExitOrder {
    id: OrderId,
    contract: ContractId,
    side: Side,
    qty: Qty,
    kind: OrderKind,
}

/// What may leave for a broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outbound {
    /// An approved opening order.
    Opening(Approved<NewOrder>),
    /// An exit within the closing budget.
    Exit(ExitOrder),
}

impl Outbound {
    /// Our id.
    #[must_use]
    pub const fn id(&self) -> OrderId {
        match self {
            Self::Opening(order) => order.0.id,
            Self::Exit(order) => order.id,
        }
    }

    /// The contract to trade.
    #[must_use]
    pub const fn contract(&self) -> ContractId {
        match self {
            Self::Opening(order) => order.0.contract,
            Self::Exit(order) => order.contract,
        }
    }

    /// Buy or sell.
    #[must_use]
    pub const fn side(&self) -> Side {
        match self {
            Self::Opening(order) => order.0.side,
            Self::Exit(order) => order.side,
        }
    }

    /// How many contracts.
    #[must_use]
    pub const fn qty(&self) -> Qty {
        match self {
            Self::Opening(order) => order.0.qty,
            Self::Exit(order) => order.qty,
        }
    }

    /// Market, or limit with its price.
    #[must_use]
    pub const fn kind(&self) -> OrderKind {
        match self {
            Self::Opening(order) => order.0.kind,
            Self::Exit(order) => order.kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::ArenaKey;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_exit_never_opens_or_reverses_a_position(
            position in -2_000_i64..2_000, outstanding in 0_u64..2_500, qty in 1_u32..=1_000,
        ) {
            let position = NetQty::new(position);
            let qty = Qty::new(qty).unwrap();
            let budget = ClosingBudget::new(position, outstanding);
            let exit = budget.exit(OrderId::Ticket(1), ContractId::from_row(0), qty, OrderKind::Market);
            match exit {
                Some(exit) => {
                    let after = position.after(exit.side, qty);
                    prop_assert!(after.size() + u64::from(qty.contracts()) == position.size());
                    prop_assert!(after.side().is_none() || after.side() == position.side());
                    prop_assert!(outstanding + u64::from(qty.contracts()) <= position.size());
                }
                None => prop_assert!(u64::from(qty.contracts()) + outstanding > position.size()),
            }
        }
    }
}
