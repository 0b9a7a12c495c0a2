//! Lots: what an entry order opened and what of it is still open.

use phantom_model::arena::RowNumber;
use phantom_model::{ArenaKey, Bracket, ContractId, LotId, Price, Side, Timestamp};
use serde::{Deserialize, Serialize};

use super::order::OrderKey;
use crate::fact::Leg;

/// A piece's row in the book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PieceKey(RowNumber);

impl ArenaKey for PieceKey {
    fn from_row(row: u32) -> Self {
        Self(RowNumber::new(row))
    }
    fn row(self) -> u32 {
        self.0.get()
    }
}

/// Contracts of a lot with one entry price. Pieces are consumed oldest first, so that money stays
/// whole: a lot filled at several prices has no average that every exit could be measured against.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Piece {
    /// Entry price.
    pub price: Price,
    /// Contracts still open.
    pub open: u32,
    /// The next younger piece of the lot.
    pub next: Option<PieceKey>,
}

/// A row of what was closed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ClosedKey(RowNumber);

impl ArenaKey for ClosedKey {
    fn from_row(row: u32) -> Self {
        Self(RowNumber::new(row))
    }
    fn row(self) -> u32 {
        self.0.get()
    }
}

/// What an order has closed of a lot. Kept, so that it can be undone when the exchange takes one of
/// the two executions back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// Which lot.
    pub lot: LotId,
    /// The order that closed it.
    pub by: OrderKey,
    /// Contracts; fewer, or none, after it was undone.
    pub qty: u32,
    /// Entry price.
    pub entry: Price,
    /// Exit price.
    pub exit: Price,
}

/// How a lot is protected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum LotState {
    /// Its bracket is empty: nobody asked for protection.
    Bare,
    /// Its phantom watches.
    Armed,
    /// Its phantom has fired: the lot leaves, whatever it takes.
    Exiting {
        /// Which leg fired.
        leg: Leg,
        /// Since when it waits for the cancel of a resting exit.
        waiting_since: Option<Timestamp>,
        /// Exits refused so far.
        refusals: u8,
    },
    /// Every rung of the ladder was refused.
    Unprotected {
        /// Which leg fired.
        leg: Leg,
    },
}

/// One lot.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Lot {
    /// The order that opened it.
    pub order: OrderKey,
    /// What it is a position in.
    pub contract: ContractId,
    /// The side that opened it: `Buy` is long.
    pub side: Side,
    /// Contracts still open.
    pub open: u32,
    /// Contracts in exits of its own that may still fill.
    pub exit_leaves: u32,
    /// Exits of its own sent so far.
    pub exits_sent: u8,
    /// What its phantom watches for.
    pub bracket: Bracket,
    /// How it is protected.
    pub state: LotState,
    /// When its first fill came.
    pub opened_at: Timestamp,
    /// The oldest piece that is still open.
    pub first_piece: PieceKey,
    /// The youngest piece.
    pub last_piece: PieceKey,
    /// The newest exit of its own.
    pub last_exit: Option<OrderKey>,
}

impl Lot {
    /// Contracts that no exit of the lot's own will close.
    #[must_use]
    pub const fn uncommitted(&self) -> u32 {
        self.open.saturating_sub(self.exit_leaves)
    }

    /// The leg that fired, once one has.
    #[must_use]
    pub const fn fired(&self) -> Option<Leg> {
        match self.state {
            LotState::Bare | LotState::Armed => None,
            LotState::Exiting { leg, .. } | LotState::Unprotected { leg } => Some(leg),
        }
    }

    /// Since when the lot waits for the cancel of a resting exit.
    #[must_use]
    pub const fn waiting_since(&self) -> Option<Timestamp> {
        match self.state {
            LotState::Exiting { waiting_since, .. } => waiting_since,
            LotState::Bare | LotState::Armed | LotState::Unprotected { .. } => None,
        }
    }
}
