//! What a broker says about our orders.

use std::fmt;

use crate::{
    BrokerOrderId, BrokerSnapshot, ContractId, ContractStanding, ExecId, OrderId, Price, Qty, Side, Timestamp,
};

/// One report of the broker. Reports may come twice, late, or out of order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BrokerReport {
    /// The broker has the order, and it works.
    Accepted {
        /// Our id.
        order: OrderId,
    },
    /// An execution.
    Filled(FillReport),
    /// The order works no more; what was filled stays filled.
    Cancelled {
        /// Our id.
        order: OrderId,
    },
    /// The broker refused the order, or it provably never reached the broker.
    Failed {
        /// Our id.
        order: OrderId,
        /// Why.
        reason: FailReason,
    },
    /// The broker did not cancel: too late, or it does not know the order.
    CancelRefused {
        /// Our id.
        order: OrderId,
    },
    /// The order now works on these terms. Said after a change, and again with the answer to a query
    /// of an order that was ever changed. A broker that cancels and sends a new order under an id of
    /// its own hides both ids behind ours: the end of the old half is no end of the order.
    Changed {
        /// Our id.
        order: OrderId,
        /// Contracts of the whole order, what is filled included.
        qty: Qty,
        /// The limit price.
        limit: Price,
    },
    /// The broker did not change the order: too late, or it does not know the order.
    ChangeRefused {
        /// Our id.
        order: OrderId,
    },
    /// The exchange took an execution back: it counts no more.
    Busted {
        /// Which execution.
        exec: ExecId,
    },
    /// The exchange changed the figures of an execution.
    Corrected {
        /// Which execution.
        exec: ExecId,
        /// The contracts that it was really for.
        qty: Qty,
        /// The price that it was really at.
        price: Price,
    },
    /// An execution of an order that this program did not send.
    ForeignFill(ForeignFill),
    /// How a contract stands at the broker.
    Contract {
        /// Which one.
        contract: ContractId,
        /// How it stands.
        standing: ContractStanding,
    },
    /// The broker's own account of orders, executions and positions.
    Snapshot(Box<BrokerSnapshot>),
}

/// An execution of an order that this program did not send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForeignFill {
    /// The broker's name for the order.
    pub broker_order: BrokerOrderId,
    /// What was traded.
    pub contract: ContractId,
    /// Bought or sold.
    pub side: Side,
    /// The broker's id of the execution.
    pub exec: ExecId,
    /// Contracts filled by this execution.
    pub qty: Qty,
    /// The price of this execution.
    pub price: Price,
}

/// One execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FillReport {
    /// Our id.
    pub order: OrderId,
    /// The broker's id of the execution.
    pub exec: ExecId,
    /// Contracts filled by this execution.
    pub qty: Qty,
    /// The price of this execution.
    pub price: Price,
    /// Where in the feed it happened.
    pub timing: FillTiming,
    /// The broker's own time of it, where it gives one.
    pub broker_time: Option<Timestamp>,
}

/// Where in the market's feed a fill happened, so that a phantom armed by it sees only later prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FillTiming {
    /// The broker did not say: the next print is later than the fill.
    Unknown,
    /// The print that the engine gets next for this contract made the fill.
    ByComingPrint,
}

/// Why the broker, or the way to it, said no.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FailReason {
    /// Not enough margin.
    Margin,
    /// Outside the exchange's price band.
    PriceBand,
    /// The market does not take orders now.
    MarketClosed,
    /// The account may not do this.
    NotPermitted,
    /// Too many messages.
    RateLimit,
    /// It provably never left: every try to send it failed before the first byte.
    NeverSent,
    /// It never left: the journal could not record it first.
    NotRecorded,
    /// A complete history of the broker does not have it: it never got there.
    Absent,
    /// Refused without a reason that we know.
    Unspecified,
}

impl FailReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Margin,
        Self::PriceBand,
        Self::MarketClosed,
        Self::NotPermitted,
        Self::RateLimit,
        Self::NeverSent,
        Self::NotRecorded,
        Self::Absent,
        Self::Unspecified,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Margin => "broker_margin",
            Self::PriceBand => "broker_price_band",
            Self::MarketClosed => "broker_market_closed",
            Self::NotPermitted => "broker_not_permitted",
            Self::RateLimit => "broker_rate_limit",
            Self::NeverSent => "never_sent",
            Self::NotRecorded => "not_recorded",
            Self::Absent => "absent_at_broker",
            Self::Unspecified => "broker_refused",
        }
    }
}

impl fmt::Display for FailReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl BrokerReport {
    /// The order of ours that it is about; `None` when it names none.
    #[must_use]
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::Accepted { order }
            | Self::Cancelled { order }
            | Self::Failed { order, .. }
            | Self::CancelRefused { order }
            | Self::Changed { order, .. }
            | Self::ChangeRefused { order } => Some(*order),
            Self::Filled(fill) => Some(fill.order),
            Self::Busted { .. }
            | Self::Corrected { .. }
            | Self::ForeignFill(_)
            | Self::Contract { .. }
            | Self::Snapshot(_) => None,
        }
    }
}
