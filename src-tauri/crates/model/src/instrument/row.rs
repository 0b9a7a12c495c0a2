//! One row of the contract table: its text form, and the checks that turn it into an [`Instrument`].
//!
//! What a row can be checked for alone is checked here; how rows stand to one another is the table's
//! business.

use std::num::NonZeroU32;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Exchange, Instrument, LastTradeRule, Mini, MiniWeight, MonthSet, ProductGroup, RollRule, Verification,
};
use crate::Money;
use crate::price::Grid;

/// The largest tick value that a row may have: 100 US dollars. With it the largest order still makes
/// a profit that [`Money`] holds when the price crosses its whole range.
pub const TICK_VALUE_MAX: Money = Money::from_units(1_000_000);

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInstrument {
    root: String,
    aliases: Vec<String>,
    name: String,
    exchange: String,
    group: String,
    tick_size: String,
    tick_value: String,
    point_value: String,
    currency: String,
    months: String,
    active_months: String,
    micro_of: String,
    micros_per_mini: Option<NonZeroU32>,
    session: String,
    last_trade: String,
    roll: String,
    hedge_group: String,
    projectx: String,
    ninjatrader: String,
    tradovate: String,
    topstep_permitted: bool,
    topstep_weight: String,
    topstepx_fee_rt: Option<String>,
    verified: String,
}

/// What is wrong with one field of one row.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FieldFault {
    /// No text where there must be one.
    #[error("is empty")]
    Empty,
    /// Not an exact decimal number above zero.
    #[error("{0:?} is no exact decimal above zero")]
    NotADecimal(String),
    /// A number that no price grid can have.
    #[error("{0} is no tick size")]
    NotATickSize(Decimal),
    /// A number that is no amount of money, or one beyond its limit.
    #[error("{0} is no amount of US dollars that fits here")]
    NotMoney(Decimal),
    /// A number that is no weight.
    #[error("{0} is no whole count of thousandths")]
    NotAWeight(Decimal),
    /// The tick value is not what tick size and point value make.
    #[error("must be {expected}, the tick size times the point value")]
    TickValue {
        /// What it must be.
        expected: Decimal,
    },
    /// A word that is not on the list for this field.
    #[error("{0:?} is not known here")]
    Unknown(String),
    /// Not a row of month letters in calendar order.
    #[error("{0:?} are no month letters in calendar order")]
    NotMonths(String),
    /// Active months that are not all listed.
    #[error("{active} are not all in the listed {listed}")]
    NotListed {
        /// The active months.
        active: MonthSet,
        /// The listed months.
        listed: MonthSet,
    },
    /// Not 1 to 8 capital letters and digits, for an alias with an optional `@` before them.
    #[error("{0:?} is no symbol")]
    NotASymbol(String),
    /// A symbol that already means an instrument.
    #[error("{symbol:?} already means {owner}")]
    Taken {
        /// The symbol.
        symbol: String,
        /// The root of the instrument that it means.
        owner: String,
    },
    /// A `NinjaTrader` root under which the instrument would not be found again.
    #[error("{0:?} is neither its root nor an alias")]
    NotItsSymbol(String),
    /// The count of micros is there without a mini, or missing with one.
    #[error("must be given for a micro and for nothing else")]
    MicroCount,
    /// The point values of mini and micro do not stand as the count of micros says.
    #[error("must be {expected}, the ratio of the point values")]
    MicroRatio {
        /// The point value of the mini over that of the micro.
        expected: Decimal,
    },
    /// The row and the list of permitted roots say different things.
    #[error("the list of permitted roots says otherwise")]
    Permission,
}

/// A fault with the field that has it; the table adds the root.
pub(super) struct BadField {
    pub(super) field: &'static str,
    pub(super) fault: FieldFault,
}

fn field<T>(field: &'static str, value: Result<T, FieldFault>) -> Result<T, BadField> {
    value.map_err(|fault| BadField { field, fault })
}

impl RawInstrument {
    /// The root as it is written, for messages.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// The row as an instrument, or the first field that is not what it must be.
    pub(super) fn check(self) -> Result<Instrument, BadField> {
        field("root", symbol(&self.root))?;
        field("aliases", self.aliases.iter().try_for_each(|alias| alias_symbol(alias)))?;
        field("name", not_empty(&self.name))?;
        field("currency", known(&self.currency, |word| (word == "USD").then_some(())))?;
        field("tradovate", symbol(&self.tradovate))?;
        field("ninjatrader", own_symbol(&self.ninjatrader, &self.root, &self.aliases))?;
        let group = field("group", known(&self.group, ProductGroup::from_word))?;
        let point_value = field("point_value", positive(&self.point_value))?;
        let grid = field("tick_size", grid(&self.tick_size))?;
        let listed_months = field("months", months(&self.months))?;
        Ok(Instrument {
            exchange: field("exchange", known(&self.exchange, Exchange::from_word))?,
            group,
            tick_value: field("tick_value", tick_value(&self.tick_value, &grid, point_value))?,
            grid,
            point_value,
            active_months: field("active_months", active_months(&self.active_months, listed_months))?,
            listed_months,
            mini: field("micros_per_mini", mini(self.micro_of, self.micros_per_mini))?,
            last_trade: field("last_trade", known(&self.last_trade, LastTradeRule::from_word))?,
            roll: field("roll", known(&self.roll, |word| RollRule::from_word(word, group)))?,
            projectx: field("projectx", optional_symbol(self.projectx))?,
            mini_weight: field("topstep_weight", weight(&self.topstep_weight))?,
            topstepx_fee_round_turn: field("topstepx_fee_rt", fee(self.topstepx_fee_rt.as_deref()))?,
            verified: field("verified", known(&self.verified, Verification::from_word))?,
            root: self.root,
            aliases: self.aliases,
            name: self.name,
            session: self.session,
            hedge_group: self.hedge_group,
            ninjatrader: self.ninjatrader,
            tradovate: self.tradovate,
            topstep_permitted: self.topstep_permitted,
        })
    }
}

fn not_empty(text: &str) -> Result<(), FieldFault> {
    if text.trim().is_empty() { Err(FieldFault::Empty) } else { Ok(()) }
}

fn symbol(text: &str) -> Result<(), FieldFault> {
    let is_short = (1..=8).contains(&text.len());
    if is_short && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(FieldFault::NotASymbol(text.to_owned()))
}

fn alias_symbol(text: &str) -> Result<(), FieldFault> {
    symbol(text.strip_prefix('@').unwrap_or(text)).map_err(|_| FieldFault::NotASymbol(text.to_owned()))
}

fn optional_symbol(text: String) -> Result<Option<String>, FieldFault> {
    if text.is_empty() {
        return Ok(None);
    }
    symbol(&text).map(|()| Some(text))
}

/// Names that we write for `NinjaTrader` must be names that we can read.
fn own_symbol(text: &str, root: &str, aliases: &[String]) -> Result<(), FieldFault> {
    if text == root || aliases.iter().any(|alias| alias == text) {
        return Ok(());
    }
    Err(FieldFault::NotItsSymbol(text.to_owned()))
}

fn known<T>(word: &str, find: impl FnOnce(&str) -> Option<T>) -> Result<T, FieldFault> {
    find(word).ok_or_else(|| FieldFault::Unknown(word.to_owned()))
}

fn positive(text: &str) -> Result<Decimal, FieldFault> {
    let number = Decimal::from_str_exact(text).ok().filter(|number| *number > Decimal::ZERO);
    number.ok_or_else(|| FieldFault::NotADecimal(text.to_owned()))
}

fn grid(text: &str) -> Result<Grid, FieldFault> {
    let size = positive(text)?;
    Grid::new(size).ok_or(FieldFault::NotATickSize(size))
}

fn tick_value(text: &str, grid: &Grid, point_value: Decimal) -> Result<Money, FieldFault> {
    let value = positive(text)?;
    let expected = grid.tick_size().checked_mul(point_value).ok_or(FieldFault::NotMoney(point_value))?;
    if value != expected {
        return Err(FieldFault::TickValue { expected: expected.normalize() });
    }
    Money::from_decimal(value).filter(|money| *money <= TICK_VALUE_MAX).ok_or(FieldFault::NotMoney(value))
}

fn months(letters: &str) -> Result<MonthSet, FieldFault> {
    MonthSet::from_letters(letters).ok_or_else(|| FieldFault::NotMonths(letters.to_owned()))
}

fn active_months(letters: &str, listed: MonthSet) -> Result<MonthSet, FieldFault> {
    let active = months(letters)?;
    if active.is_subset_of(listed) { Ok(active) } else { Err(FieldFault::NotListed { active, listed }) }
}

fn mini(root: String, micros: Option<NonZeroU32>) -> Result<Option<Mini>, FieldFault> {
    match (root.is_empty(), micros) {
        (true, None) => Ok(None),
        (false, Some(micros)) => Ok(Some(Mini { root, micros: micros.get() })),
        (true, Some(_)) | (false, None) => Err(FieldFault::MicroCount),
    }
}

fn weight(text: &str) -> Result<MiniWeight, FieldFault> {
    let minis = positive(text)?;
    MiniWeight::from_decimal(minis).ok_or(FieldFault::NotAWeight(minis))
}

fn fee(text: Option<&str>) -> Result<Option<Money>, FieldFault> {
    text.map(|text| {
        let dollars = positive(text)?;
        Money::from_decimal(dollars).ok_or(FieldFault::NotMoney(dollars))
    })
    .transpose()
}
