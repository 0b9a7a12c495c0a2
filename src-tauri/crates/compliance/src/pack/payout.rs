//! What a funded account must have done before money can be taken out. Informs; never stops an order.

use phantom_model::Money;
use serde::{Deserialize, Serialize};

use super::{Consistency, Share};

/// The payout rules of a program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Payout {
    /// The ways to a payout, of which a trader chooses one; never empty.
    pub paths: Vec<PayoutPath>,
    /// The largest share of the balance in one request.
    pub of_balance: Share,
    /// What the trader keeps of it.
    pub trader_share: Share,
    /// The smallest request.
    pub at_least: Money,
    /// The balance that must stay when the first payout is taken; `None` when none is asked for.
    pub first_buffer: Option<Money>,
}

/// One way to a payout.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PayoutPath {
    /// Its id, a value of the option `payout_path`.
    pub id: String,
    /// The winning days that it asks for; `None` for none.
    pub winning_days: Option<WinningDays>,
    /// The traded days that it asks for; zero for none.
    pub trading_days_min: u32,
    /// The consistency that it asks for.
    pub consistency: Option<Consistency>,
    /// The largest request; `None` without one.
    pub at_most: Option<Money>,
}

/// Days with a profit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WinningDays {
    /// How many.
    pub count: u32,
    /// The net profit from which on a day counts.
    pub profit_min: Money,
}
