//! Why a rule says no: its code, and words with the number and the day on which it was checked.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use phantom_model::{Money, NetQty, OrderId, Span, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Minis;
use crate::rules::{RuleId, RuleSource, RunAway, Wall};

/// A refusal by a rule. The order of the variants is the order of the checks: the first one wins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RuleRefusal {
    /// The rules could not be read, or do not fit the account: nothing can be judged.
    Unusable {
        /// What is wrong.
        why: Arc<str>,
    },
    /// The exchange is closed.
    SessionClosed {
        /// When it opens again.
        opens: Timestamp,
    },
    /// The calendar has no such day.
    BeyondCalendar {
        /// Its last day.
        valid_through: Date,
    },
    /// The exchange is closed for a holiday.
    Holiday {
        /// Its name.
        name: Arc<str>,
        /// When it opens again.
        opens: Timestamp,
    },
    /// The firm takes no new positions at this hour.
    NoNewEntries {
        /// Since when.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
        /// Whose rule.
        source: RuleSource,
    },
    /// A release of economic figures is near.
    NewsWindow {
        /// What is released.
        release: Arc<str>,
        /// When the window ends.
        until: Timestamp,
        /// Whose rule.
        source: RuleSource,
    },
    /// The firm does not let the product trade.
    NotPermitted {
        /// Whose rule.
        source: RuleSource,
    },
    /// The firm lets the front month trade, and this is another one.
    NotFrontMonth {
        /// Whose rule.
        source: RuleSource,
    },
    /// The trader has blocked the product.
    SymbolBlocked,
    /// Another account of the trader stands on the other side.
    Hedge {
        /// What the other accounts hold.
        elsewhere: NetQty,
        /// Whose rule.
        source: RuleSource,
    },
    /// Larger than the trader's own largest order.
    OrderSize {
        /// The size.
        wanted: Minis,
        /// The limit.
        limit: Minis,
    },
    /// The worst case would be larger than the firm, or the trader, allows.
    PositionLimit(SizeRefusal),
    /// The same, where the size depends on the balance.
    ScalingLimit {
        /// The size.
        size: SizeRefusal,
        /// The balance.
        balance: Money,
    },
    /// More contracts of this product than the firm allows at present.
    ContractLimit {
        /// Contracts that are held or may still fill.
        in_use: u64,
        /// The most.
        limit: u32,
        /// Whose rule.
        source: RuleSource,
    },
    /// The day has had its trades.
    TradeCount {
        /// How many.
        used: u32,
        /// The most.
        max: u32,
    },
    /// The money that a limit leaves is gone.
    LossReached {
        /// Whose limit: the firm's maximum or daily loss, or the trader's own.
        rule: RuleId,
        /// The money that it counts.
        counted: Money,
        /// Where it ends.
        line: Money,
        /// Where the number comes from; `None` for the trader's own.
        source: Option<RuleSource>,
    },
    /// The day has won what it was to win.
    ProfitTargetReached {
        /// The day's result.
        result: Money,
        /// The target.
        target: Money,
    },
    /// The order can lose what is left.
    WorstCaseLoss {
        /// Of which limit.
        rule: RuleId,
        /// What the order can lose, slippage and fees in it.
        loss: Money,
        /// What is left beside everything that works.
        left: Money,
        /// Where the number comes from; `None` for the trader's own.
        source: Option<RuleSource>,
    },
    /// No trade, or none that is fresh.
    StaleData {
        /// How old the last trade is; `None` before the first.
        age: Option<Span>,
    },
    /// The price is too far from the last trade.
    PriceCollar {
        /// The price.
        price: Decimal,
        /// The last trade.
        last: Decimal,
        /// The most, in ticks.
        ticks: i64,
    },
    /// The market is near a price limit of the exchange.
    LimitZone {
        /// Where the zone begins.
        bound: Decimal,
        /// Whose rule.
        source: RuleSource,
    },
    /// The same order was sent a moment ago.
    Duplicate {
        /// That order.
        of: OrderId,
    },
    /// Too many messages.
    Throttle {
        /// Messages so far.
        count: u32,
        /// The most that leave exits their share.
        max: u32,
        /// Within how many seconds.
        seconds: u32,
    },
    /// Entries were switched off because orders ran away.
    RunAway(RunAway),
}

/// How a worst case is too large.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SizeRefusal {
    /// The worst case without the order.
    pub in_use: Minis,
    /// The size of the order.
    pub wanted: Minis,
    /// The cap.
    pub limit: Minis,
    /// Contracts of this product that would still be allowed.
    pub contracts_more: u64,
    /// Where the number comes from; `None` for the trader's own.
    pub source: Option<RuleSource>,
}

impl RuleRefusal {
    /// The stable code.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Unusable { .. } => "rules_unusable",
            Self::SessionClosed { .. } | Self::BeyondCalendar { .. } => "session_closed",
            Self::Holiday { .. } => "holiday",
            Self::NoNewEntries { .. } => "no_new_entries",
            Self::NewsWindow { .. } => "news_window",
            Self::NotPermitted { .. } => "not_permitted",
            Self::NotFrontMonth { .. } => "not_front_month",
            Self::SymbolBlocked => "symbol_blocked",
            Self::Hedge { .. } => "hedge",
            Self::OrderSize { .. } => "order_size",
            Self::PositionLimit(_) | Self::ContractLimit { .. } => "position_limit",
            Self::ScalingLimit { .. } => "scaling_limit",
            Self::TradeCount { .. } => "trade_count",
            Self::LossReached { rule, .. } => rule.code(),
            Self::ProfitTargetReached { .. } => "profit_target_reached",
            Self::WorstCaseLoss { .. } => "worst_case_loss",
            Self::StaleData { .. } => "stale_data",
            Self::PriceCollar { .. } => "price_collar",
            Self::LimitZone { .. } => "limit_zone",
            Self::Duplicate { .. } => "duplicate",
            Self::Throttle { .. } => "throttle",
            Self::RunAway(_) => "run_away",
        }
    }
}

impl fmt::Display for RuleRefusal {
    /// The message: what is wrong, and what would be allowed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable { why } => write!(f, "the rules cannot be used: {why}; exits still work"),
            Self::SessionClosed { opens } => write!(f, "the market is closed; it opens {}", Wall(*opens)),
            Self::BeyondCalendar { valid_through } => {
                write!(f, "the calendar ends with {valid_through} and knows no session of this day")
            }
            Self::Holiday { name, opens } => {
                write!(f, "the market is closed for {name}; it opens {}", Wall(*opens))
            }
            Self::NoNewEntries { from, until, source } => {
                write!(f, "no new positions from {} until {} ({source})", Wall(*from), Wall(*until))
            }
            Self::NewsWindow { release, until, source } => {
                write!(f, "no entry around {release}; again from {} ({source})", Wall(*until))
            }
            Self::NotPermitted { source } => write!(f, "the firm does not let this product trade ({source})"),
            Self::NotFrontMonth { source } => {
                write!(f, "only the front month may be opened, and this is another one ({source})")
            }
            Self::SymbolBlocked => f.write_str("you have blocked this product; closing it still works"),
            Self::Hedge { elsewhere, source } => write!(
                f,
                "another of your accounts holds {elsewhere} of what hedges this: close there first ({source})"
            ),
            Self::OrderSize { wanted, limit } => {
                write!(f, "order of {wanted} minis is over your own limit of {limit} for one order")
            }
            Self::PositionLimit(size) => write_size(f, size, None),
            Self::ScalingLimit { size, balance } => write_size(f, size, Some(*balance)),
            Self::ContractLimit { in_use, limit, source } => {
                let more = u64::from(*limit).saturating_sub(*in_use);
                write!(f, "{in_use} of {limit} contracts of this product in use; {more} more ({source})")
            }
            Self::TradeCount { used, max } => {
                write!(f, "{used} of {max} trades of the day are used; exits still work")
            }
            Self::LossReached { rule, counted, line, source } => {
                write!(f, "{rule} is reached: {counted} at or below {line}{}", In(source))
            }
            Self::ProfitTargetReached { result, target } => {
                write!(f, "the day has won {result} of {target}: it is done; exits still work")
            }
            Self::WorstCaseLoss { rule, loss, left, source } => {
                let ends = if *rule == RuleId::MaxLoss { "this order can end the account: " } else { "" };
                write!(f, "{ends}at its stop it loses {loss}, and {left} are left of {rule}{}", In(source))
            }
            Self::StaleData { age } => write_stale(f, *age),
            Self::PriceCollar { price, last, ticks } => {
                write!(f, "{price} is further than {ticks} ticks from the last trade {last}")
            }
            Self::LimitZone { bound, source } => {
                write!(f, "the market is near its price limit: no entry beyond {bound} ({source})")
            }
            Self::Duplicate { of } => {
                write!(f, "the same order went out a moment ago as {of}; send it again if it is meant twice")
            }
            Self::Throttle { count, max, seconds } => {
                write!(f, "{count} messages within {seconds} s; entries may go up to {max}, exits further")
            }
            Self::RunAway(why) => {
                write!(f, "entries are switched off: {}; switch them on again by hand", why.words())
            }
        }
    }
}

/// Where a number comes from, in brackets; nothing for the trader's own.
struct In<'a>(&'a Option<RuleSource>);

impl fmt::Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

fn write_stale(f: &mut fmt::Formatter<'_>, age: Option<Span>) -> fmt::Result {
    match age {
        None => f.write_str("no trade yet: there is no price to judge by"),
        Some(age) => {
            let seconds = age.nanos() / 1_000_000_000;
            write!(f, "the last trade is {seconds} s old: there is no price to judge by")
        }
    }
}

fn write_size(f: &mut fmt::Formatter<'_>, size: &SizeRefusal, balance: Option<Money>) -> fmt::Result {
    let SizeRefusal { in_use, wanted, limit, contracts_more, source } = size;
    let whose = if source.is_some() { "the firm's" } else { "your own" };
    write!(f, "{in_use} of {whose} {limit} minis in use, this adds {wanted}; {contracts_more} more")?;
    match (source, balance) {
        (Some(source), Some(balance)) => write!(f, " ({source}, balance {balance})"),
        (Some(_) | None, _) => write!(f, "{}", In(source)),
    }
}
