//! Commands that trade, and their answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::decimal::DecimalText;

/// Buy or sell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum Side {
    /// Adds to the position.
    Buy,
    /// Takes from the position.
    Sell,
}

/// How an order meets the market.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum OrderType {
    /// At the next price.
    Market,
    /// At the price or better.
    Limit,
}

/// An order as it is asked for. A field that is not listed is refused: a misspelt stop must not become
/// an order without one.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderRequest {
    /// A root or an alias.
    pub symbol: String,
    /// Contracts.
    pub qty: DecimalText,
    /// Market or limit.
    pub r#type: OrderType,
    /// The limit price.
    #[ts(optional = nullable)]
    pub price: Option<DecimalText>,
    /// The stop-loss.
    #[ts(optional = nullable)]
    pub stop_price: Option<DecimalText>,
    /// The take-profit.
    #[ts(optional = nullable)]
    pub take_profit: Option<DecimalText>,
    /// The stop-loss as ticks from the average entry, instead of a price.
    #[ts(optional = nullable)]
    pub stop_ticks: Option<DecimalText>,
    /// The take-profit as ticks from the average entry, instead of a price.
    #[ts(optional = nullable)]
    pub take_profit_ticks: Option<DecimalText>,
    /// A stop that trails the best trade at so many ticks.
    #[ts(optional = nullable)]
    pub trail_ticks: Option<DecimalText>,
}

/// An order that is only asked about.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderQuestion {
    /// Buy or sell.
    pub side: Side,
    /// A root or an alias.
    pub symbol: String,
    /// Contracts.
    pub qty: DecimalText,
    /// Market or limit.
    pub r#type: OrderType,
    /// The limit price.
    #[ts(optional = nullable)]
    pub price: Option<DecimalText>,
    /// The stop-loss.
    #[ts(optional = nullable)]
    pub stop_price: Option<DecimalText>,
    /// The take-profit.
    #[ts(optional = nullable)]
    pub take_profit: Option<DecimalText>,
    /// The stop-loss as ticks from the average entry, instead of a price.
    #[ts(optional = nullable)]
    pub stop_ticks: Option<DecimalText>,
    /// The take-profit as ticks from the average entry, instead of a price.
    #[ts(optional = nullable)]
    pub take_profit_ticks: Option<DecimalText>,
    /// A stop that trails the best trade at so many ticks.
    #[ts(optional = nullable)]
    pub trail_ticks: Option<DecimalText>,
}

/// What became of a placed order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaceAnswer {
    /// Refused orders have one too.
    pub order_id: String,
    /// Where it stands: `ACCEPTED`.
    pub status: String,
    /// The stable code of a refusal.
    pub reason: Option<String>,
    /// The refusal in words.
    pub message: Option<String>,
    /// The broker's answer is overdue.
    pub unknown: bool,
}

/// Whether a flatten ended flat.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlattenStatus {
    /// Nothing is open and nothing works.
    Flat,
    /// Something is still open; the work goes on.
    NotFlat,
}

/// The receipt of a flatten.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FlattenAnswer {
    /// Whether everything is flat.
    pub status: FlattenStatus,
    /// What was closed, by exit order.
    pub closed_positions: Vec<ClosedPosition>,
    /// Orders that were taken out of the market.
    pub cancelled: Vec<String>,
    /// What is still open.
    pub still_open: Vec<OpenPosition>,
}

/// What one exit order closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClosedPosition {
    /// The root.
    pub symbol: String,
    /// Contracts closed.
    pub qty: u32,
    /// The average fill.
    pub exit_price: Option<String>,
    /// The exit order.
    pub order_id: String,
    /// Gross profit in US dollars.
    pub realized_pnl: String,
}

/// A position that is still open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenPosition {
    /// The root.
    pub symbol: String,
    /// Contracts, below zero when short.
    pub qty: i32,
}

/// What an order would do to the position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum Effect {
    /// It opens or adds.
    Opens,
    /// It only closes.
    Reduces,
}

/// What the gate would say now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether the order may leave.
    pub allowed: bool,
    /// The stable code of the refusal.
    pub reason: Option<String>,
    /// The refusal in words.
    pub message: Option<String>,
    /// What it would do; `null` when it may not leave.
    pub effect: Option<Effect>,
    /// What does not stop it but should be seen.
    pub warnings: Vec<WarningRow>,
    /// What it can lose; `null` without rules, and for an order that only closes.
    pub worst: Option<WorstCase>,
    /// Contracts that a buy may still have, as far as sizes go; `null` where the order cannot be read.
    pub buy_left: Option<u32>,
    /// Contracts that a sell may still have, as far as sizes go.
    pub sell_left: Option<u32>,
}

/// Something to see before the click.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct WarningRow {
    /// The stable code.
    pub code: String,
    /// In words.
    pub words: String,
}

/// The order and everything that works is filled, and then every stop is hit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct WorstCase {
    /// What this order loses of it, in US dollars, slippage and fees in it.
    pub loss: String,
    /// The equity that is left then.
    pub equity: String,
    /// What is left of each limit then; below zero where it is broken.
    pub left: Vec<WorstLeft>,
}

/// What is left of one limit in the worst case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct WorstLeft {
    /// The stable code of the rule.
    pub rule: String,
    /// What people call it, in the middle of a sentence.
    pub words: String,
    /// US dollars.
    pub left: String,
}

/// Where a password is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum PasswordPlace {
    /// In the system's credential store.
    Keychain,
    /// In memory, until the program ends.
    Memory,
}

/// The answer to a password that was set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
pub struct PasswordAnswer {
    /// Where it is kept.
    pub stored: PasswordPlace,
}

/// What to do with the market's pace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(untagged)]
pub enum MarketControl {
    /// Stops the prices, or lets them go on.
    Pause(#[ts(inline)] Pause),
    /// Sets the speed.
    Speed(#[ts(inline)] Speed),
}

/// `{"pause": true}`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Whether prices stand still.
    pub pause: bool,
}

/// `{"speed": 10}`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Speed {
    /// How fast.
    #[ts(inline)]
    pub speed: MarketSpeed,
}

/// How fast the market runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(untagged)]
pub enum MarketSpeed {
    /// Times the speed of the clock.
    Times(u32),
    /// As fast as possible.
    Max(#[ts(inline)] Maximum),
}

/// The word for as fast as possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Maximum {
    /// `"max"`
    Max,
}
