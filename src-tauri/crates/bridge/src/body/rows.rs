//! What the platform says of itself: its connection, the account, orders, executions, positions.

use phantom_model::{FailReason, Side};
use serde::{Deserialize, Serialize};

use crate::text::{
    Amount, Contracts, ExpiryYear, Filled, Id, MonthNumber, Name, Net, PlatformId, Root, TimeText, Words,
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$one:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$one])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// Buy or sell.
    OrderSide {
        /// Buy.
        Buy = "buy",
        /// Sell.
        Sell = "sell",
    }
}

words! {
    /// Whether real money can move.
    Env {
        /// It cannot.
        Sim = "sim",
        /// It can.
        Live = "live",
    }
}

words! {
    /// How a connection of the platform stands.
    ConnectionStatus {
        /// It works.
        Connected = "connected",
        /// It is being made.
        Connecting = "connecting",
        /// It is being ended.
        Disconnecting = "disconnecting",
        /// There is none.
        Disconnected = "disconnected",
        /// It broke.
        Lost = "lost",
    }
}

words! {
    /// Whether an account may trade.
    AccountStatus {
        /// It may.
        Enabled = "enabled",
        /// It may not.
        Disabled = "disabled",
        /// It may only close.
        LiquidationOnly = "liquidation_only",
        /// It is left out.
        Excluded = "excluded",
        /// The platform does not say.
        Unknown = "unknown",
    }
}

words! {
    /// Where an order stands.
    OrderState {
        /// On its way.
        Pending = "pending",
        /// At the market.
        Working = "working",
        /// At the market, some of it filled.
        PartFilled = "part_filled",
        /// A change is on its way.
        PendingChange = "pending_change",
        /// A cancel is on its way: it may still fill.
        PendingCancel = "pending_cancel",
        /// All of it is filled.
        Filled = "filled",
        /// It works no more.
        Cancelled = "cancelled",
        /// It was refused.
        Rejected = "rejected",
        /// The platform does not know: it may still fill.
        Unknown = "unknown",
        /// The server's journal has it and the platform does not: it may still fill.
        Lost = "lost",
    }
}

words! {
    /// How an order meets the market.
    OrderKindWord {
        /// At the next price.
        Market = "market",
        /// At the limit or better.
        Limit = "limit",
        /// At the market once the stop trades.
        Stop = "stop",
        /// At the limit once the stop trades.
        StopLimit = "stop_limit",
        /// Another way.
        Other = "other",
    }
}

words! {
    /// How long an order stays.
    TifWord {
        /// Until the end of the session.
        Day = "day",
        /// Until it is cancelled.
        Gtc = "gtc",
        /// Another rule.
        Other = "other",
    }
}

words! {
    /// What a stop of the server is for.
    OrderRole {
        /// It stands for a phantom while the app is away.
        Shadow = "shadow",
        /// It stands wide of a phantom all the time.
        Disaster = "disaster",
    }
}

words! {
    /// Why an order was refused.
    OrderReason {
        /// Not enough margin.
        Margin = "margin",
        /// Outside the exchange's price band.
        PriceBand = "price_band",
        /// The market does not take orders now.
        MarketClosed = "market_closed",
        /// The account may not do this.
        NotPermitted = "not_permitted",
        /// Too many messages.
        RateLimit = "rate_limit",
        /// No reason that is known.
        Unspecified = "unspecified",
    }
}

words! {
    /// What the platform said no to.
    OrderError {
        /// The order could not be sent.
        UnableToSubmit = "unable_to_submit",
        /// It could not be cancelled.
        UnableToCancel = "unable_to_cancel",
        /// It could not be changed.
        UnableToChange = "unable_to_change",
        /// It was refused.
        Rejected = "rejected",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// What an execution event does.
    ExecutionOp {
        /// A new execution.
        Add = "add",
        /// Its figures are now these.
        Update = "update",
        /// It counts no more.
        Remove = "remove",
    }
}

/// The platform's way to the market.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Connection {
    /// The platform's name for it.
    pub name: Name,
    /// Product and version.
    pub platform: Name,
    /// For orders.
    pub status: ConnectionStatus,
    /// For prices.
    pub price_status: ConnectionStatus,
    /// What the platform said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<Words>,
}

/// The account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub name: Name,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub display: Option<Name>,
    /// Its provider.
    pub provider: Name,
    /// Whether real money can move.
    pub env: Env,
    /// Whether it may trade.
    pub status: AccountStatus,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub currency: Option<Name>,
    /// Cash.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cash: Option<Amount>,
    /// Realised profit of the session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub realized: Option<Amount>,
    /// Open profit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unrealized: Option<Amount>,
    /// Buying power.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub buying_power: Option<Amount>,
    /// What it would be worth if closed now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub net_liquidation: Option<Amount>,
    /// Margin that is bound.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub initial_margin: Option<Amount>,
    /// The most that may be lost in a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub daily_loss_limit: Option<Amount>,
    /// The most that may be lost in a week.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weekly_loss_limit: Option<Amount>,
    /// The trailing drawdown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trailing_drawdown: Option<Amount>,
}

/// An order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Our id; none: an order of somebody else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<Id>,
    /// The platform's name for it.
    pub broker_id: PlatformId,
    /// The root of the instrument.
    pub root: Root,
    /// The month of the contract.
    pub month: MonthNumber,
    /// The year of the contract.
    pub year: ExpiryYear,
    /// Buy or sell.
    pub side: OrderSide,
    /// How it meets the market.
    #[serde(rename = "type")]
    pub kind: OrderKindWord,
    /// Contracts of the whole order.
    pub qty: Contracts,
    /// The limit price.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<Amount>,
    /// The stop price.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stop: Option<Amount>,
    /// How long it stays.
    pub tif: TifWord,
    /// Where it stands.
    pub state: OrderState,
    /// Contracts filled.
    pub filled: Filled,
    /// Average price of what is filled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub average: Option<Amount>,
    /// Whether its terms were ever changed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub changed: bool,
    /// A stop that the server placed for a phantom.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<OrderRole>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<OrderReason>,
    /// What the platform said no to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<OrderError>,
    /// The platform's own word for the state.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub raw: Option<Name>,
    /// Words of the platform or the exchange.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<Words>,
    /// The platform's time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<TimeText>,
}

/// An execution.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Execution {
    /// Its id, unique in the account.
    pub exec_id: PlatformId,
    /// Our id of its order.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<Id>,
    /// The platform's name for its order.
    pub broker_id: PlatformId,
    /// The root of the instrument.
    pub root: Root,
    /// The month of the contract.
    pub month: MonthNumber,
    /// The year of the contract.
    pub year: ExpiryYear,
    /// Bought or sold.
    pub side: OrderSide,
    /// Contracts.
    pub qty: Contracts,
    /// Its price.
    pub price: Amount,
    /// What the event does.
    pub op: ExecutionOp,
    /// The platform's time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<TimeText>,
    /// Commission.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commission: Option<Amount>,
}

/// A position.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Position {
    /// The root of the instrument.
    pub root: Root,
    /// The month of the contract.
    pub month: MonthNumber,
    /// The year of the contract.
    pub year: ExpiryYear,
    /// Contracts; negative is short.
    pub net: Net,
    /// Average price.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub average: Option<Amount>,
}

impl OrderState {
    /// Whether the order works no more and can fill no more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Filled | Self::Cancelled | Self::Rejected => true,
            Self::Pending
            | Self::Working
            | Self::PartFilled
            | Self::PendingChange
            | Self::PendingCancel
            | Self::Unknown
            | Self::Lost => false,
        }
    }

    /// Whether the market has it, so that it can be called accepted.
    #[must_use]
    pub const fn is_at_market(self) -> bool {
        match self {
            Self::Working | Self::PartFilled | Self::PendingChange | Self::PendingCancel => true,
            Self::Pending | Self::Filled | Self::Cancelled | Self::Rejected | Self::Unknown | Self::Lost => {
                false
            }
        }
    }
}

impl From<Side> for OrderSide {
    fn from(side: Side) -> Self {
        match side {
            Side::Buy => Self::Buy,
            Side::Sell => Self::Sell,
        }
    }
}

impl From<OrderSide> for Side {
    fn from(side: OrderSide) -> Self {
        match side {
            OrderSide::Buy => Self::Buy,
            OrderSide::Sell => Self::Sell,
        }
    }
}

impl From<OrderReason> for FailReason {
    fn from(reason: OrderReason) -> Self {
        match reason {
            OrderReason::Margin => Self::Margin,
            OrderReason::PriceBand => Self::PriceBand,
            OrderReason::MarketClosed => Self::MarketClosed,
            OrderReason::NotPermitted => Self::NotPermitted,
            OrderReason::RateLimit => Self::RateLimit,
            OrderReason::Unspecified => Self::Unspecified,
        }
    }
}

impl From<FailReason> for OrderReason {
    fn from(reason: FailReason) -> Self {
        match reason {
            FailReason::Margin => Self::Margin,
            FailReason::PriceBand => Self::PriceBand,
            FailReason::MarketClosed => Self::MarketClosed,
            FailReason::NotPermitted => Self::NotPermitted,
            FailReason::RateLimit => Self::RateLimit,
            FailReason::NeverSent
            | FailReason::NotRecorded
            | FailReason::Absent
            | FailReason::Unspecified => Self::Unspecified,
        }
    }
}
