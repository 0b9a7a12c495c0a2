//! Rows of the panels.

use serde::Serialize;
use ts_rs::TS;

use crate::order::{OrderType, Side};

/// What a row of the order log tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogAction {
    /// An order goes out.
    Submit,
    /// The broker has it.
    Accept,
    /// An execution.
    Fill,
    /// Our gate said no.
    Reject,
    /// The broker said no.
    Fail,
    /// Out of the market, or on the way there.
    Cancel,
    /// New terms of a working order.
    Change,
    /// A stop or a target was set, moved or taken away.
    Protect,
    /// A stop fired.
    Stop,
    /// A target fired.
    Target,
    /// A step of flatten all.
    Flatten,
    /// Nothing that the order opened is open.
    Close,
    /// Something to look at.
    Alarm,
    /// Openings are stopped or freed.
    Halt,
}

/// One row of the order log. Rows are never dropped or merged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogRow {
    /// Counts from 1, without gaps.
    pub n: u32,
    /// The order that it is about.
    pub order_id: Option<String>,
    /// What happened.
    pub action: LogAction,
    /// The root.
    pub symbol: Option<String>,
    /// Buy or sell.
    pub side: Option<Side>,
    /// Contracts.
    pub qty: Option<u32>,
    /// The limit price, or the print that fired.
    pub price: Option<String>,
    /// The price of an execution.
    pub fill_price: Option<String>,
    /// When it happened, on the market's clock.
    pub timestamp: String,
    /// Why, as a stable code and, where there are words, these.
    pub reason: Option<String>,
    /// Where the order stands after it.
    pub status: Option<String>,
    /// Milliseconds since the order was recorded, on the market's clock; `null` for what is about no order,
    /// and for the row that records it.
    pub since_ms: Option<u32>,
    /// The lot or the flatten whose receipt tells more: `L0`, `F0`.
    pub receipt: Option<String>,
}

/// A contract that has been traded since the start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PositionRow {
    /// The root.
    pub symbol: String,
    /// The contract: `NQ 12-26`.
    pub contract: String,
    /// Contracts, below zero when short.
    pub qty: i32,
    /// The average entry, to a hundredth of a tick.
    pub avg_price: Option<String>,
    /// The last good trade.
    pub last_price: Option<String>,
    /// Open profit in US dollars, at the last good trade.
    pub unrealized_pnl: Option<String>,
    /// Open profit in US dollars if it were closed at the bid or the ask; `null` without one.
    pub liquidation_pnl: Option<String>,
    /// What the open contracts would have lost at the first stop of each, in US dollars: the unit R. `null`
    /// while flat, and where a lot had no first stop that loses.
    pub first_risk: Option<String>,
    /// When the first fill of the oldest open lot came; `null` while flat.
    pub opened_at: Option<String>,
    /// Closed profit in US dollars.
    pub realized_pnl: String,
    /// Fees in US dollars.
    pub fees: String,
    /// Contracts that a stop watches or that are on their way out.
    pub protected_qty: u32,
}

/// An order that may still fill.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "marks that can hold together")]
pub struct WorkingRow {
    /// The order.
    pub order_id: String,
    /// The root.
    pub symbol: String,
    /// Buy or sell.
    pub side: Side,
    /// Contracts ordered.
    pub qty: u32,
    /// Contracts filled.
    pub filled: u32,
    /// Market or limit.
    pub r#type: OrderType,
    /// The limit price.
    pub price: Option<String>,
    /// Where it stands.
    pub status: String,
    /// The broker's answer is overdue.
    pub unknown: bool,
    /// When it was recorded.
    pub submitted_at: String,
    /// Its cancel is on the way.
    pub cancelling: bool,
    /// New terms are on the way; until the broker answers, the larger quantity counts.
    pub changing: bool,
    /// Contracts that it is to have.
    pub new_qty: Option<u32>,
    /// The limit price that it is to have.
    pub new_price: Option<String>,
    /// It only closes.
    pub reduces: bool,
    /// A limit order of the trader's, so that its terms can be changed.
    pub changeable: bool,
}

/// How a phantom stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum PhantomState {
    /// It watches.
    Armed,
    /// It has fired.
    Exiting,
    /// Every exit was refused.
    Unprotected,
}

/// A lot with a stop or a target that the broker does not know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhantomRow {
    /// The lot.
    pub lot: String,
    /// The root.
    pub symbol: String,
    /// The side that opened the lot.
    pub side: Side,
    /// Contracts open.
    pub qty: u32,
    /// The average entry, to a hundredth of a tick.
    pub entry_price: String,
    /// The stop, where it is now.
    pub stop_price: Option<String>,
    /// The target.
    pub take_profit: Option<String>,
    /// The stop follows the market.
    pub trailing: bool,
    /// How far behind the best trade it follows, in ticks.
    pub trail_ticks: Option<u32>,
    /// A move to break-even waits for its trade.
    pub break_even: bool,
    /// What the lot makes if its stop fills at its price, in US dollars.
    pub stop_pnl: Option<String>,
    /// What the lot makes if its target fills at its price, in US dollars.
    pub target_pnl: Option<String>,
    /// When its first fill came.
    pub opened_at: String,
    /// How it stands.
    pub state: PhantomState,
    /// Ticks from the last trade to the stop; zero or less when it is reached.
    pub stop_distance_ticks: Option<i32>,
    /// Ticks from the last trade to the target; zero or less when it is reached.
    pub target_distance_ticks: Option<i32>,
    /// What was passed while the desk was away, and waits for a person or for the price to come back.
    pub passed: Option<crate::receipt::LegWord>,
}

/// The newest price of an instrument with a feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuoteRow {
    /// The root.
    pub symbol: String,
    /// The last trade.
    pub last: Option<String>,
    /// The best bid.
    pub bid: Option<String>,
    /// The best ask.
    pub ask: Option<String>,
    /// When it was seen, on the market's clock.
    pub at: Option<String>,
}

/// Which broker fills the orders.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeskMode {
    /// The simulated one. No order leaves the program.
    Mock,
    /// A real one, with an account of its own simulation: no money.
    Sim,
    /// A real one, with money.
    Live,
    /// A real one is chosen and cannot be reached. No order leaves the program.
    Offline,
}

/// What closed a trade.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum TradeBy {
    /// Its stop.
    Stop,
    /// Its target.
    Target,
    /// An order of the trader or of a signal.
    Order,
    /// A flatten.
    Flatten,
    /// A flatten by a rule that locked the account.
    Lockout,
    /// An order that is not ours, or a person's adjustment.
    Outside,
}

/// What one execution closed of one lot. Rows are never dropped or merged; one that the exchange takes
/// back gets a second row that undoes it, so that the rows always add up to the realized profit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TradeRow {
    /// Counts from 1, without gaps.
    pub n: u32,
    /// The lot.
    pub lot: String,
    /// The root.
    pub symbol: String,
    /// The side that opened the lot.
    pub side: Side,
    /// Contracts closed.
    pub qty: u32,
    /// What they were opened at.
    pub entry_price: String,
    /// What they were closed at.
    pub exit_price: String,
    /// When the lot's first fill came.
    pub entered_at: String,
    /// When they were closed.
    pub exited_at: String,
    /// What closed them.
    pub by: TradeBy,
    /// The order that opened the lot.
    pub entry_order_id: String,
    /// The order that closed them.
    pub exit_order_id: String,
    /// Gross profit in US dollars; what is taken back where the row undoes one.
    pub realized_pnl: String,
    /// The exchange took one of the two executions back: this row undoes an earlier one.
    pub undone: bool,
}

/// Where prices come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum FeedState {
    /// A simulated session.
    Simulated,
    /// A tick file.
    File,
    /// A tick file that is over.
    Ended,
    /// The broker's own.
    Broker,
    /// None: the broker that would send them cannot be reached.
    Silent,
}

/// The desk as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "switches and states that can hold together")]
pub struct DeskStatus {
    /// Which broker fills the orders.
    pub mode: DeskMode,
    /// The market's time.
    pub market_time: Option<String>,
    /// The kill switch is on.
    pub killed: bool,
    /// A rule has locked the account.
    pub locked_out: bool,
    /// A flatten has not answered yet.
    pub flattening: bool,
    /// Openings are blocked until a person has looked.
    pub latched: bool,
    /// The broker cannot be reached.
    pub not_connected: bool,
    /// What happened at the broker meanwhile is being asked.
    pub reconciling: bool,
    /// No prices come: stops and targets see nothing.
    pub blind: bool,
    /// Closed profit in US dollars.
    pub day_realized: String,
    /// Open profit in US dollars.
    pub day_unrealized: String,
    /// Fees in US dollars.
    pub day_fees: String,
    /// Prices stand still.
    pub paused: bool,
    /// Where prices come from.
    pub feed: FeedState,
    /// Whether a sell may open a short position.
    pub short_selling: bool,
}

/// An instrument that can be traded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstrumentRow {
    /// The root.
    pub symbol: String,
    /// The name to show: `ENQ` for `NQ`, else the root.
    pub alias: String,
    /// The name in words.
    pub name: String,
    /// The contract: `NQ 12-26`.
    pub contract: String,
    /// The tick size in points.
    pub tick_size: String,
    /// What one tick of one contract is worth, in US dollars.
    pub tick_value: String,
    /// Decimals of a price.
    pub decimals: u32,
    /// What one point of one contract is worth, in US dollars.
    pub point_value: String,
    /// Fees per contract and side, in US dollars.
    pub fee_per_side: String,
}
