//! An order as the trade means it: every field read and on the grid, nothing decided yet.

use phantom_model::{Bracket, ContractId, Guard, OrderKind, Qty, Side};
use serde::{Deserialize, Serialize};

/// A request to buy or sell, read from a [`crate::Ticket`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderRequest {
    /// The contract to trade.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// How many contracts.
    pub qty: Qty,
    /// Market, or limit with its price.
    #[serde(rename = "type")]
    pub kind: OrderKind,
    /// Stop-loss and take-profit for the lot that it opens.
    #[serde(default, skip_serializing_if = "Bracket::is_none")]
    pub bracket: Bracket,
    /// What its lot is guarded by beside these prices. A leg has a price or a distance, not both.
    #[serde(default, skip_serializing_if = "Guard::is_none")]
    pub guard: Guard,
}
