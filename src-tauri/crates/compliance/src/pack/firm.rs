//! What a firm rules for all its programs.

use std::collections::{BTreeMap, BTreeSet};

use phantom_model::{Instrument, MiniWeight, Money, Span};
use serde::{Deserialize, Serialize};

use super::{Share, Times};
use crate::Minis;

/// The rules of a firm.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Firm {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its clock times.
    pub times: Times,
    /// How it counts contracts.
    pub weights: Weights,
    /// What it lets trade.
    pub products: Products,
    /// Which contract months it lets trade.
    pub contracts: Contracts,
    /// How near to an exchange price limit it lets trade; `None` for no such rule.
    pub limit_zone: Option<LimitZone>,
    /// Whether accounts of one trader may stand against each other.
    pub hedging: Hedging,
    /// How fast orders may come; `None` when it says nothing.
    pub throttle: Option<Throttle>,
    /// What trading costs.
    pub fees: FeeTable,
    /// How long a position over the limit is forgiven; `None` when not at all.
    pub oversize_grace: Option<Span>,
    /// Whom to call when the platform fails, as text; `None` when not known.
    pub emergency: Option<String>,
}

/// How contracts count against a size limit, in mini-equivalents.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Weights {
    /// How many micros count as one mini; 1 where every contract counts the same.
    pub micros_per_mini: u32,
    /// Products that count otherwise, by root.
    pub exceptions: BTreeMap<String, MiniWeight>,
}

/// What a firm lets trade.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Products {
    /// Everything that the desk knows.
    All,
    /// These roots.
    Only(BTreeSet<String>),
}

/// Which contract months a firm lets trade.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Contracts {
    /// The front month only.
    FrontMonth,
    /// Any.
    Any,
}

/// No entries this near to a price limit of the exchange.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LimitZone {
    /// The width of the zone, as a share of the settlement price.
    pub width: Share,
    /// The exchange's limit for equity indices overnight, as a share of the settlement price.
    pub equity_limit: Share,
}

/// Whether accounts of one trader may stand against each other in products that hedge one another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Hedging {
    /// They may.
    Allowed,
    /// They may not, whatever the products of a hedge group.
    ForbiddenAcrossAccounts,
}

/// How fast orders may come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Throttle {
    /// Messages in any second.
    pub per_second: u32,
    /// Messages in any minute.
    pub per_minute: u32,
    /// The share of both that entries leave to exits.
    pub exits_reserve: Share,
}

/// What trading costs.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FeeTable {
    /// Nothing that is known.
    None,
    /// Half of the round turn of Topstep's own broker, as in the contract table.
    TopstepX,
    /// The same for every contract and side.
    PerSide(Money),
    /// By root, for each contract and side.
    ByRoot(BTreeMap<String, Money>),
}

impl Weights {
    /// How much of a size limit one contract of a product uses.
    #[must_use]
    pub fn of(&self, instrument: &Instrument) -> Minis {
        if let Some(weight) = self.exceptions.get(instrument.root()) {
            return Minis::from_thousandths(i64::from(weight.thousandths()));
        }
        let micros = if instrument.micro_of().is_some() { self.micros_per_mini.max(1) } else { 1 };
        Minis::from_thousandths(1_000 / i64::from(micros))
    }
}

impl Products {
    /// Whether a product may be traded.
    #[must_use]
    pub fn permits(&self, root: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(roots) => roots.contains(root),
        }
    }
}

impl FeeTable {
    /// The fee of one contract bought or sold; `None` when the table does not know it.
    #[must_use]
    pub fn per_side(&self, instrument: &Instrument) -> Option<Money> {
        match self {
            Self::None => Some(Money::ZERO),
            Self::TopstepX => {
                instrument.topstepx_fee_round_turn().map(|fee| Money::from_units((fee.units() + 1) / 2))
            }
            Self::PerSide(fee) => Some(*fee),
            Self::ByRoot(fees) => fees.get(instrument.root()).copied(),
        }
    }
}
