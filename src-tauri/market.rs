//! The market that the simulated broker fills from: its clock, its source, its pace.

pub(crate) mod clock;
pub(crate) mod feed;
pub(crate) mod simulated;
pub(crate) mod source;

pub(crate) use clock::PacedClock;
pub(crate) use feed::{Feed, FeedControl, Pace, QuoteBoard};
pub(crate) use source::{MarketFault, Source};
