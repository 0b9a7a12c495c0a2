//! The words of the trade as types: price, quantity, money, time, identifiers, instrument, order.
//!
//! Everything here is a value. Nothing waits, reads a clock, or knows a file format other than the
//! product's own contract table. A value that exists is valid: text is parsed at the edge, once.

pub mod arena;
pub mod contract;
pub mod contract_standing;
pub mod guard;
pub mod id;
pub mod instrument;
pub mod market;
pub mod money;
pub mod order;
pub mod price;
pub mod qty;
pub mod report;
pub mod side;
pub mod snapshot;
mod text;
pub mod time;
pub mod trading_day;

pub use arena::{Arena, ArenaKey};
pub use contract::{Contract, ContractError, Expiry, NoContract, front_contract, next_roll};
pub use contract_standing::ContractStanding;
pub use guard::{BreakEven, Guard, Offset, Trail};
pub use id::{ContractId, ExecId, FlattenId, LotId, OrderId, SignalRef};
pub use instrument::{Instrument, InstrumentTable, MiniWeight, Month, MonthSet, TableError};
pub use market::{Bar, MarketRecord, Print};
pub use money::Money;
pub use order::{Bracket, OrderKind, OrderStatus, OrderStep, Stepped};
pub use price::{Price, Ticks};
pub use qty::{NetQty, Qty};
pub use report::{BrokerReport, FailReason, FillReport, FillTiming, ForeignFill};
pub use side::Side;
pub use snapshot::{
    BrokerOrderId, BrokerSnapshot, Link, Listed, ListedFill, ListedOrder, ListedPosition, ListedStanding,
    SnapshotId,
};
pub use text::NotThat;
pub use time::{Span, Timestamp};
pub use trading_day::{TradingDay, chicago_moment, chicago_time, trading_day};
