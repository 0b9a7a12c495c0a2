//! Buy or sell.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The side of an order, a fill or a lot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Side {
    /// Adds to the position; opens a long lot.
    Buy,
    /// Takes from the position; opens a short lot.
    Sell,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::Buy, Self::Sell];

    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// +1 for a buy, -1 for a sell.
    #[must_use]
    pub const fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }

    /// The word on the wire: `BUY` or `SELL`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
