//! What the desk tells by itself, and the snapshot that it goes on from.
//!
//! One counter runs through all batches; a frame sends at most one batch of each kind under one
//! number. A gap in the numbers means that the snapshot must be asked for again.

use serde::Serialize;
use ts_rs::TS;

use crate::fault::WireFault;
use crate::order::FlattenAnswer;
use crate::row::{DeskStatus, LogRow, PhantomRow, PositionRow, QuoteRow, TradeRow, WorkingRow};
use crate::standing::DeskStanding;

/// Everything that is shown, at the end of the batch `seq`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct Snapshot {
    /// The number of the last batch that it holds.
    pub seq: u32,
    /// The newest rows of the order log, oldest first.
    pub log: Vec<LogRow>,
    /// The newest closed trades, oldest first.
    pub trades: Vec<TradeRow>,
    /// Contracts that have been traded.
    pub positions: Vec<PositionRow>,
    /// Orders that may still fill.
    pub working: Vec<WorkingRow>,
    /// Lots that are watched.
    pub phantoms: Vec<PhantomRow>,
    /// Newest prices.
    pub quotes: Vec<QuoteRow>,
    /// The desk as a whole.
    pub desk: DeskStatus,
    /// How it stands.
    pub standing: DeskStanding,
}

/// `order-log`: the rows since the batch before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct OrderLogEvent {
    /// The number of the batch.
    pub seq: u32,
    /// New rows, oldest first.
    pub rows: Vec<LogRow>,
    /// New closed trades, oldest first.
    pub trades: Vec<TradeRow>,
}

/// `position-update`: all positions as they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct PositionUpdateEvent {
    /// The number of the batch.
    pub seq: u32,
    /// Contracts that have been traded.
    pub positions: Vec<PositionRow>,
}

/// `desk-update`: everything else as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct DeskUpdateEvent {
    /// The number of the batch.
    pub seq: u32,
    /// Orders that may still fill.
    pub working: Vec<WorkingRow>,
    /// Lots that are watched.
    pub phantoms: Vec<PhantomRow>,
    /// Newest prices.
    pub quotes: Vec<QuoteRow>,
    /// The desk as a whole.
    pub desk: DeskStatus,
    /// How it stands.
    pub standing: DeskStanding,
}

/// `flatten-news`: a flatten that was not asked for in the page, from the menu for instance. The page
/// shows it as it shows its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(tag = "stage", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlattenNews {
    /// It has begun.
    UnderWay,
    /// It has answered.
    Answered {
        /// What became of it.
        answer: FlattenAnswer,
    },
    /// The desk did not take it.
    Failed {
        /// Why.
        fault: WireFault,
    },
}
