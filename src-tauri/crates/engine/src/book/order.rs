//! Orders and their executions as rows of the book.

use phantom_model::arena::RowNumber;
use phantom_model::{
    ArenaKey, ContractId, ExecId, FailReason, LotId, Money, OrderId, OrderKind, OrderStatus, Price, Qty,
    Side, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::fact::Purpose;
use crate::input::Origin;

/// An order's row in the book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct OrderKey(RowNumber);

impl ArenaKey for OrderKey {
    fn from_row(row: u32) -> Self {
        Self(RowNumber::new(row))
    }
    fn row(self) -> u32 {
        self.0.get()
    }
}

/// An execution's row in the book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FillKey(RowNumber);

impl ArenaKey for FillKey {
    fn from_row(row: u32) -> Self {
        Self(RowNumber::new(row))
    }
    fn row(self) -> u32 {
        self.0.get()
    }
}

/// One execution.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct FillRow {
    /// The broker's id.
    pub exec: ExecId,
    /// Contracts.
    pub qty: Qty,
    /// Price.
    pub price: Price,
    /// When it was applied.
    pub at: Timestamp,
    /// Its order.
    pub order: OrderKey,
    /// What it cost.
    pub fee: Money,
    /// The broker's own time of it, where it gave one.
    pub broker_time: Option<Timestamp>,
    /// Whether it counts.
    pub state: FillState,
    /// The execution of the same order before this one.
    pub earlier: Option<FillKey>,
}

/// Whether an execution counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FillState {
    /// As it was reported.
    AsReported,
    /// With figures that the exchange has changed.
    Corrected,
    /// Not any more: the exchange took it back.
    Busted,
    /// Not at all: it seems to have come before under another id.
    Doubted,
}

impl FillState {
    /// Whether it counts.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Self::AsReported | Self::Corrected => true,
            Self::Busted | Self::Doubted => false,
        }
    }
}

/// How a cancel of the order stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Cancelling {
    /// Nobody has asked.
    No,
    /// Asked, no answer yet.
    Asked,
    /// The broker did not cancel.
    Refused,
}

/// One order that was submitted.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// What it trades.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// How many contracts were ordered.
    pub qty: Qty,
    /// Market or limit.
    pub kind: OrderKind,
    /// What it is for.
    pub purpose: Purpose,
    /// Who caused it; `None` for a phantom.
    pub origin: Option<Origin>,
    /// Where it stands.
    pub status: OrderStatus,
    /// The answer is overdue.
    pub unknown: bool,
    /// When that was last found; [`Timestamp::MIN`] before the first time.
    pub unknown_since: Timestamp,
    /// How a cancel of it stands.
    pub cancelling: Cancelling,
    /// When a cancel was last asked for; [`Timestamp::MIN`] before the first.
    pub cancel_asked_at: Timestamp,
    /// Why it failed.
    pub failed: Option<FailReason>,
    /// Contracts filled.
    pub filled: u32,
    /// Contracts of executions that were taken back: they do not fill again.
    pub busted: u32,
    /// Sum of price x quantity of its executions, in ticks.
    pub cost_ticks: i64,
    /// When it was recorded.
    pub submitted_at: Timestamp,
    /// Its newest execution.
    pub last_fill: Option<FillKey>,
    /// The lot that it opened.
    pub lot: Option<LotId>,
    /// For an exit of a lot: the exit before it.
    pub earlier_exit: Option<OrderKey>,
}

impl Order {
    /// Contracts that will not fill again: filled, or filled and taken back.
    #[must_use]
    pub const fn done(&self) -> u32 {
        self.filled.saturating_add(self.busted)
    }

    /// Contracts that may still fill: nothing once the order has ended.
    #[must_use]
    pub const fn leaves(&self) -> u32 {
        if self.is_live() { self.qty.contracts().saturating_sub(self.done()) } else { 0 }
    }

    /// Whether it is ours and may still fill in the ordinary way.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.status.is_live() && !matches!(self.purpose, Purpose::Outside)
    }

    /// Whether it is an exit at the market of which a part is filled and the rest is not.
    #[must_use]
    pub const fn is_filled_in_part_at_market(&self) -> bool {
        let in_part = self.is_live() && self.filled > 0;
        in_part && !self.purpose.is_entry() && matches!(self.kind, OrderKind::Market)
    }

    /// Whether the broker's side has placed it: a stop that stands for a lot.
    #[must_use]
    pub const fn is_stop(&self) -> bool {
        matches!(self.id, OrderId::LotStop { .. })
    }

    /// Whether it rests in the market, so that a cancel can win against a fill: a limit order.
    #[must_use]
    pub const fn rests(&self) -> bool {
        match self.kind {
            OrderKind::Limit(_) => self.is_live(),
            OrderKind::Market => false,
        }
    }
}
