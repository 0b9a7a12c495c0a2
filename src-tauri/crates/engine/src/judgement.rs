//! A verdict of the gate with everything that it was given, so that it can be judged again.

use std::sync::Arc;

use phantom_compliance::{
    Halt, Limits, Lockout, Minis, OrderRequest, Refusal, RuleStanding, Rules, Standing, can_submit,
};
use phantom_model::price::Grid;
use phantom_model::{ContractStanding, NetQty, OrderId, Price};
use serde::{Deserialize, Serialize};

/// What the gate saw, what it was asked, and what it said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Judgement {
    /// The number of the last fact before it: the state that it was given in.
    pub version: u64,
    /// The order.
    pub request: OrderRequest,
    /// The trader's own sizes.
    pub limits: Limits,
    /// How account and contract stood.
    pub inputs: Inputs,
    /// The code of the refusal; `None` when the order may leave.
    pub reason: Option<String>,
}

/// The standing that a verdict was given on, in a form that can be kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    halt: Halt,
    position: NetQty,
    exits_outstanding: u64,
    buy_entry_leaves: u64,
    sell_entry_leaves: u64,
    worst_elsewhere: Minis,
    weight: Minis,
    #[serde(default)]
    contract: ContractStanding,
    last_trade: Option<Price>,
    grid: Grid,
    lock: Option<Lockout>,
    rules: KeptRules,
}

/// What was known of the rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum KeptRules {
    /// None in force.
    None,
    /// How the account stood under them.
    Stand(Box<RuleStanding>),
    /// They could not be used.
    Unusable(Arc<str>),
}

impl Inputs {
    /// Keeps a standing.
    #[must_use]
    pub fn of(standing: &Standing<'_>) -> Self {
        let Standing { halt, position, exits_outstanding, buy_entry_leaves, sell_entry_leaves, .. } =
            *standing;
        let Standing { worst_elsewhere, weight, contract, last_trade, grid, lock, rules, .. } = *standing;
        let rules = match rules {
            Rules::None => KeptRules::None,
            Rules::Stand(rules) => KeptRules::Stand(Box::new(rules.clone())),
            Rules::Unusable(why) => KeptRules::Unusable(Arc::clone(why)),
        };
        let grid = *grid;
        Self {
            halt,
            position,
            exits_outstanding,
            buy_entry_leaves,
            sell_entry_leaves,
            worst_elsewhere,
            weight,
            contract,
            last_trade,
            grid,
            lock,
            rules,
        }
    }

    /// The standing that was kept.
    #[must_use]
    pub const fn standing(&self) -> Standing<'_> {
        Standing {
            halt: self.halt,
            position: self.position,
            exits_outstanding: self.exits_outstanding,
            buy_entry_leaves: self.buy_entry_leaves,
            sell_entry_leaves: self.sell_entry_leaves,
            worst_elsewhere: self.worst_elsewhere,
            weight: self.weight,
            contract: self.contract,
            last_trade: self.last_trade,
            grid: &self.grid,
            lock: self.lock,
            rules: match &self.rules {
                KeptRules::None => Rules::None,
                KeptRules::Stand(rules) => Rules::Stand(rules),
                KeptRules::Unusable(why) => Rules::Unusable(why),
            },
        }
    }
}

impl Judgement {
    /// The gate's answer to the same inputs, given once more.
    ///
    /// # Errors
    /// The refusal.
    pub fn again(&self, order: OrderId) -> Result<(), Refusal> {
        can_submit(&self.limits, &self.inputs.standing(), order, &self.request).map(|_| ())
    }
}
