//! The rows of a result: one for each order, one for each lot and the exit that closed some of it.
//!
//! The order of the fields is the order in the JSON.

use std::fmt::Display;

use phantom_model::{Money, OrderId, OrderStatus, Side, Timestamp};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// An order, submitted or refused.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderRow<'a> {
    #[serde(serialize_with = "text")]
    pub(crate) order_id: OrderId,
    pub(crate) signal_id: Option<&'a str>,
    pub(crate) symbol: &'a str,
    #[serde(serialize_with = "text")]
    pub(crate) side: Side,
    pub(crate) qty: AskedQty<'a>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) price: Option<String>,
    pub(crate) role: Role,
    pub(crate) origin: OrderOrigin,
    #[serde(serialize_with = "text")]
    pub(crate) status: OrderStatus,
    pub(crate) reason: Option<&'static str>,
    pub(crate) filled_qty: u32,
    #[serde(serialize_with = "optional_text")]
    pub(crate) avg_fill_price: Option<Decimal>,
    #[serde(serialize_with = "text")]
    pub(crate) submitted_at: Timestamp,
    #[serde(serialize_with = "optional_text")]
    pub(crate) filled_at: Option<Timestamp>,
    /// What is wrong with a refused order, and what would be allowed.
    #[serde(skip)]
    pub(crate) message: Option<String>,
}

/// A quantity as it was asked for.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum AskedQty<'a> {
    Whole(i64),
    /// What is no whole number.
    Text(&'a str),
}

/// What an order is there to do.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Role {
    Entry,
    Exit,
}

/// Who or what caused an order.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum OrderOrigin {
    Signal,
    Stop,
    Target,
    Flatten,
    Lockout,
}

/// What closed some of a lot.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ExitReason {
    Stop,
    Target,
    Order,
    Flatten,
    Lockout,
}

impl ExitReason {
    /// The word in the result.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Target => "TARGET",
            Self::Order => "ORDER",
            Self::Flatten => "FLATTEN",
            Self::Lockout => "LOCKOUT",
        }
    }
}

/// Contracts of one lot that one exit closed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClosedRow<'a> {
    pub(crate) signal_id: Option<&'a str>,
    #[serde(serialize_with = "text")]
    pub(crate) order_id: OrderId,
    #[serde(serialize_with = "text")]
    pub(crate) exit_order_id: OrderId,
    pub(crate) symbol: &'a str,
    #[serde(serialize_with = "text")]
    pub(crate) side: Side,
    pub(crate) qty: u32,
    #[serde(serialize_with = "optional_text")]
    pub(crate) entry_price: Option<Decimal>,
    #[serde(serialize_with = "text")]
    pub(crate) entry_time: Timestamp,
    #[serde(serialize_with = "optional_text")]
    pub(crate) exit_price: Option<Decimal>,
    #[serde(serialize_with = "text")]
    pub(crate) exit_time: Timestamp,
    pub(crate) exit_reason: ExitReason,
    #[serde(serialize_with = "text")]
    pub(crate) realized_pnl: Money,
    #[serde(serialize_with = "text")]
    pub(crate) fees: Money,
}

/// What became of a signal.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Disposition {
    /// Its order went to the broker.
    Submitted,
    /// Its order was refused.
    Rejected,
    /// Its flatten answered that all is flat.
    Flattened,
    /// Its flatten answered that something is still open.
    NotFlat,
    /// Its flatten had not answered when the data ended.
    Flattening,
    /// The data ended before its time.
    NotReached,
}

/// Writes a value as it shows: prices and money are text, never numbers.
pub(crate) fn text<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// As [`text`], null where there is nothing.
#[expect(clippy::ref_option, reason = "it is called with a reference to the field, which is an option")]
fn optional_text<S: Serializer>(value: &Option<impl Display>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}
