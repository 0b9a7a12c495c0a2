//! What the gate must know of the rules at one moment: numbers and answers, nothing to look up.
//!
//! All of it is plain values, so that the inputs of a verdict can be recorded whole and judged again
//! to the same answer.

use std::sync::Arc;

use jiff::civil::Date;
use phantom_model::{Money, NetQty, OrderId, OrderKind, Price, Span, Ticks, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Minis;
use crate::pack::{Effect, NewsAction};
use crate::request::OrderRequest;
use crate::rules::{RuleId, RuleSource, RunAway};

/// How the account stands under its rules, for one contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleStanding {
    /// Where the firm's numbers come from.
    pub source: RuleSource,
    /// The market's time.
    pub at: Timestamp,
    /// Why entries are switched off, if they are.
    pub run_away: Option<RunAway>,
    /// Whether the clock lets open.
    pub hours: Hours,
    /// The news window that holds for the contract now.
    pub news: Option<News>,
    /// Whether the product may be opened.
    pub product: Product,
    /// How large it may be.
    pub size: Size,
    /// How many trades the day may have; `None` for any number.
    pub trades: Option<Trades>,
    /// How the money stands.
    pub losses: Losses,
    /// Whether prices can be trusted.
    pub data: Data,
    /// How fast orders come.
    pub rates: Rates,
}

/// Whether the clock lets a position be opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Hours {
    /// It does.
    Open,
    /// The exchange is closed.
    Closed {
        /// When it opens again.
        opens: Timestamp,
    },
    /// The exchange is closed for a holiday.
    Holiday {
        /// Its name.
        name: Arc<str>,
        /// When it opens again.
        opens: Timestamp,
    },
    /// The firm takes no new positions.
    NoNewEntries {
        /// Since when.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// The calendar does not know the product, or its days have run out: nothing can be judged.
    Unknown {
        /// The last day of the calendar.
        valid_through: Date,
    },
}

/// A news window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct News {
    /// What is released.
    pub release: Arc<str>,
    /// When the window ends.
    pub until: Timestamp,
    /// What holds in it.
    pub action: NewsAction,
    /// Whether it refuses or warns.
    pub effect: Effect,
}

/// Whether a product may be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "four answers that stand beside one another")]
pub struct Product {
    /// The firm lets it trade.
    pub permitted: bool,
    /// It is the front month, or the firm lets any month trade.
    pub front: bool,
    /// The trader has blocked it.
    pub blocked: bool,
    /// Accounts of one trader may not stand against each other.
    pub hedging_forbidden: bool,
    /// What the trader's other accounts hold in products that hedge this one.
    pub elsewhere: NetQty,
}

/// How large a position may be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Size {
    /// The firm's cap.
    pub firm: Minis,
    /// The balance that it follows from; `None` where it follows from none.
    pub by_balance: Option<Money>,
    /// The trader's own cap.
    pub own: Option<Minis>,
    /// The trader's own largest order.
    pub own_order: Option<Minis>,
    /// A cap of this product alone, in contracts, with what it does.
    pub contracts: Option<(u32, Effect)>,
}

/// How many trades the day may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trades {
    /// How many it had, with those whose order works.
    pub used: u32,
    /// The most.
    pub max: u32,
    /// Whether one more is refused.
    pub effect: Effect,
}

/// How the money of the account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Losses {
    /// The equity: balance, open profit, fees taken off.
    pub equity: Money,
    /// The equity if every order that may fill did, and then every stop was hit: this order not in it.
    pub worst_equity: Money,
    /// The lines that equity must stay above, in the order in which they refuse.
    pub lines: [Option<Line>; 3],
    /// The profit after which the day is done.
    pub goals: [Option<Goal>; 2],
    /// What an order may cost on its way in and out.
    pub costs: Costs,
}

/// A line that the account's money must stay above. Touching it is reaching it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    /// Whose line it is.
    pub rule: RuleId,
    /// The money that the rule counts: equity, or closed trades alone.
    pub counted: Money,
    /// Where it lies.
    pub at: Money,
    /// The size of the limit whose end it is.
    pub limit: Money,
    /// Whether an order is refused once it is reached.
    pub reached: Effect,
    /// What becomes of an order whose worst case reaches it.
    pub forward: Effect,
}

/// A profit after which the day is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Goal {
    /// Whose goal it is.
    pub rule: RuleId,
    /// The day's result, open profit and fees in it.
    pub result: Money,
    /// The profit.
    pub target: Money,
}

/// What a contract may cost beyond its prices: the assumptions of the worst case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Costs {
    /// What one tick of one contract is worth.
    pub tick_value: Money,
    /// Fees per contract and side.
    pub fee_per_side: Money,
}

impl Costs {
    /// How much worse than its price each fill at the market is taken to be.
    pub const SLIPPAGE: Ticks = Ticks::new(2);
    /// How far the market is taken to run against contracts that have no stop.
    pub const WITHOUT_STOP: Ticks = Ticks::new(20);

    /// What `qty` contracts of an order can lose: filled, then stopped out, slippage and fees of both
    /// ways in it. `last` is the last trade, from which an order at the market counts.
    #[must_use]
    pub fn loss(&self, request: &OrderRequest, qty: i64, last: Option<Price>) -> Money {
        let (reference, slips_in) = match request.kind {
            OrderKind::Market => (last, Self::SLIPPAGE.count()),
            OrderKind::Limit(price) => (Some(price), 0),
        };
        let priced = request.bracket.stop.zip(reference).map(|(stop, from)| stop.distance(from).count());
        let away = [request.guard.stop, request.guard.trail].into_iter().flatten();
        let nearest = away.map(|offset| offset.ticks().count()).chain(priced).min();
        let run = nearest.unwrap_or(Self::WITHOUT_STOP.count());
        let ticks = run + slips_in + Self::SLIPPAGE.count();
        self.tick_value * ticks * qty + self.fee_per_side * 2 * qty
    }
}

/// Whether prices can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Data {
    /// When the contract last traded; `None` before its first trade.
    pub last_at: Option<Timestamp>,
    /// No heartbeat of the feed, or nothing of the trading day that has begun.
    pub blind: bool,
    /// How far a limit price may be from the last trade; `None` for any distance.
    pub collar: Option<Ticks>,
    /// The prices between which entries are taken, so that the exchange's price limits stay far off;
    /// `None` where they are not known or do not matter.
    pub zone: Option<(Price, Price)>,
}

impl Data {
    /// A trade older than this says nothing any more.
    pub const STALE_AFTER: Span = Span::from_millis(60_000);
}

/// How fast orders come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rates {
    /// An order of the same terms that was sent less than [`Self::TWIN_WITHIN`] ago.
    pub twin: Option<OrderId>,
    /// Messages of the last second, exits and cancels among them.
    pub second: u32,
    /// Messages of the last minute.
    pub minute: u32,
    /// The most in a second that leave entries their share.
    pub second_max: u32,
    /// The most in a minute that leave entries their share.
    pub minute_max: u32,
}

impl Rates {
    /// Two orders of the same terms within this time are taken for one that was sent twice.
    pub const TWIN_WITHIN: Span = Span::from_millis(500);
}
