//! What a market tells us: trades, quotes beside trades, bars.

use crate::{ContractId, Price, Timestamp};

/// One record of one contract's stream, in feed order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MarketRecord {
    /// The contract it is about.
    pub contract: ContractId,
    /// The record's own time.
    pub at: Timestamp,
    /// What was seen.
    pub print: Print,
}

/// What a record says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Print {
    /// A trade.
    Trade {
        /// Its price.
        price: Price,
        /// Contracts traded, at least 1.
        size: u32,
    },
    /// A trade with the best bid and ask of its moment.
    QuotedTrade {
        /// Its price.
        price: Price,
        /// Contracts traded, at least 1.
        size: u32,
        /// The best bid.
        bid: Price,
        /// The best ask.
        ask: Price,
    },
    /// A bar: four prices whose order in between is not known.
    Bar(Bar),
}

/// A bar of trades.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// Contracts traded; may be 0.
    pub volume: u32,
}

impl Print {
    /// The first price of the record: what an order that waits for it gets.
    #[must_use]
    pub const fn first(&self) -> Price {
        match self {
            Self::Trade { price, .. } | Self::QuotedTrade { price, .. } => *price,
            Self::Bar(bar) => bar.open,
        }
    }

    /// The last price of the record: what positions are marked at after it.
    #[must_use]
    pub const fn last(&self) -> Price {
        match self {
            Self::Trade { price, .. } | Self::QuotedTrade { price, .. } => *price,
            Self::Bar(bar) => bar.close,
        }
    }

    /// The lowest and the highest price of the record.
    #[must_use]
    pub const fn range(&self) -> (Price, Price) {
        match self {
            Self::Trade { price, .. } | Self::QuotedTrade { price, .. } => (*price, *price),
            Self::Bar(bar) => (bar.low, bar.high),
        }
    }

    /// Contracts traded.
    #[must_use]
    pub const fn size(&self) -> u32 {
        match self {
            Self::Trade { size, .. } | Self::QuotedTrade { size, .. } => *size,
            Self::Bar(bar) => bar.volume,
        }
    }
}
