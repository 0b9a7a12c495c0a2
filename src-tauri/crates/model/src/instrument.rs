//! Instruments: the futures products that the desk knows, and what is fixed about each of them.
//!
//! An [`Instrument`] comes only out of an [`InstrumentTable`], which checks every row as it loads: what
//! exists is whole and consistent. A product without a row does not exist for the desk, so orders for
//! it are refused.

mod list;
mod month;
mod row;
mod table;
mod weight;

use std::fmt;

use rust_decimal::Decimal;

use crate::Money;
use crate::price::Grid;

pub use list::{Exchange, LastTradeRule, ProductGroup, RollRule, Verification};
pub use month::{Month, MonthSet};
pub use row::{FieldFault, TICK_VALUE_MAX};
pub use table::{InstrumentTable, TableError};
pub use weight::MiniWeight;

/// A futures product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instrument {
    root: String,
    aliases: Vec<String>,
    name: String,
    exchange: Exchange,
    group: ProductGroup,
    grid: Grid,
    tick_value: Money,
    point_value: Decimal,
    listed_months: MonthSet,
    active_months: MonthSet,
    mini: Option<Mini>,
    session: String,
    last_trade: LastTradeRule,
    roll: RollRule,
    hedge_group: String,
    ninjatrader: String,
    tradovate: String,
    projectx: Option<String>,
    topstep_permitted: bool,
    mini_weight: MiniWeight,
    topstepx_fee_round_turn: Option<Money>,
    verified: Verification,
}

/// The larger contract that a micro is a part of.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Mini {
    root: String,
    micros: u32,
}

impl Instrument {
    /// The root, the desk's own name for the product: `NQ`.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Other names of the root, whole and without a month: `ENQ`.
    #[must_use]
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// The name in words.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The exchange that lists it.
    #[must_use]
    pub const fn exchange(&self) -> Exchange {
        self.exchange
    }

    /// What kind of product it is.
    #[must_use]
    pub const fn group(&self) -> ProductGroup {
        self.group
    }

    /// Its prices.
    #[must_use]
    pub const fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What one tick of one contract is worth: tick size times point value, exactly.
    #[must_use]
    pub const fn tick_value(&self) -> Money {
        self.tick_value
    }

    /// US dollars that one whole point of one contract is worth.
    #[must_use]
    pub const fn point_value(&self) -> Decimal {
        self.point_value
    }

    /// The months that the exchange lists.
    #[must_use]
    pub const fn listed_months(&self) -> MonthSet {
        self.listed_months
    }

    /// The listed months that people trade: only these become the front contract.
    #[must_use]
    pub const fn active_months(&self) -> MonthSet {
        self.active_months
    }

    /// The root of the larger contract that this one is a micro of; `None` when it is none.
    #[must_use]
    pub fn micro_of(&self) -> Option<&str> {
        self.mini.as_ref().map(|mini| mini.root.as_str())
    }

    /// How many of this micro make one of [`Self::micro_of`]; at least 1.
    #[must_use]
    pub fn micros_per_mini(&self) -> Option<u32> {
        self.mini.as_ref().map(|mini| mini.micros)
    }

    /// The name of the exchange session that it trades in.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// When its contracts stop trading.
    #[must_use]
    pub const fn last_trade_rule(&self) -> LastTradeRule {
        self.last_trade
    }

    /// When traders move to its next contract.
    #[must_use]
    pub const fn roll_rule(&self) -> RollRule {
        self.roll
    }

    /// The root that names the products which hedge one another: `NQ` for `NQ` and `MNQ`.
    #[must_use]
    pub fn hedge_group(&self) -> &str {
        &self.hedge_group
    }

    /// The root that `NinjaTrader` uses.
    #[must_use]
    pub fn ninjatrader_root(&self) -> &str {
        &self.ninjatrader
    }

    /// The root that Tradovate uses.
    #[must_use]
    pub fn tradovate_root(&self) -> &str {
        &self.tradovate
    }

    /// The root that `ProjectX` uses; `None` when none is known.
    #[must_use]
    pub fn projectx_root(&self) -> Option<&str> {
        self.projectx.as_deref()
    }

    /// Whether Topstep lets its traders trade it.
    #[must_use]
    pub const fn topstep_permitted(&self) -> bool {
        self.topstep_permitted
    }

    /// How much of a position limit one contract uses.
    #[must_use]
    pub const fn mini_weight(&self) -> MiniWeight {
        self.mini_weight
    }

    /// What Topstep's own broker takes for buying and selling one contract, all fees included; `None`
    /// when not known.
    #[must_use]
    pub const fn topstepx_fee_round_turn(&self) -> Option<Money> {
        self.topstepx_fee_round_turn
    }

    /// How certain these facts are.
    #[must_use]
    pub const fn verified(&self) -> Verification {
        self.verified
    }
}

impl fmt::Display for Instrument {
    /// The root.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)
    }
}
