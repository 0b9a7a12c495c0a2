//! What an order is, and the table of the states it may pass through.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Price;

/// How an order meets the market.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OrderKind {
    /// At the next price.
    Market,
    /// At this price or better.
    Limit(Price),
}

impl OrderKind {
    /// The word on the wire: `MARKET` or `LIMIT`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Market => "MARKET",
            Self::Limit(_) => "LIMIT",
        }
    }

    /// The limit price, where there is one.
    #[must_use]
    pub const fn limit(self) -> Option<Price> {
        match self {
            Self::Market => None,
            Self::Limit(price) => Some(price),
        }
    }
}

/// Stop-loss and take-profit of an entry: what its lot's phantom will watch for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", deny_unknown_fields)]
pub struct Bracket {
    /// Leave when a trade prints here or on the losing side of here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Price>,
    /// Leave when a trade prints here or on the winning side of here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Price>,
}

impl Serialize for Bracket {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            Self::serialize(self, to)
        } else {
            (self.stop, self.target).serialize(to)
        }
    }
}

impl<'de> Deserialize<'de> for Bracket {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Self::deserialize(from);
        }
        let (stop, target) = Deserialize::deserialize(from)?;
        Ok(Self { stop, target })
    }
}

impl Bracket {
    /// Neither stop nor target.
    pub const NONE: Self = Self { stop: None, target: None };

    /// Whether there is anything to watch for.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.stop.is_none() && self.target.is_none()
    }
}

/// Where an order stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum OrderStatus {
    /// Recorded and on its way to the broker.
    Pending,
    /// The broker has it.
    Accepted,
    /// Some of it is filled and the rest may still fill.
    PartiallyFilled,
    /// All of it is filled; something that it opened is still open.
    Filled,
    /// All of it is filled and nothing that it opened is open.
    Closed,
    /// The broker took it out of the market; fills are kept.
    Cancelled,
    /// The broker refused it, or it provably never got there; fills are kept.
    Failed,
    /// Our own gate said no; the broker never saw it.
    Rejected,
}

/// What happens to an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OrderStep {
    /// The broker acknowledged it.
    Accept,
    /// A fill that leaves something to fill.
    FillPart,
    /// The fill that completes it.
    FillRest,
    /// The broker confirmed that it works no more.
    Cancel,
    /// The broker refused it, or it provably never got there.
    Fail,
    /// Nothing of what it opened is open any more.
    Close,
}

impl OrderStep {
    /// Every step.
    pub const ALL: [Self; 6] =
        [Self::Accept, Self::FillPart, Self::FillRest, Self::Cancel, Self::Fail, Self::Close];
}

/// What a step did to an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stepped {
    /// The ordinary way.
    To(OrderStatus),
    /// Says nothing new: an acknowledgement after the fill, a second acknowledgement.
    Stale,
    /// A fill after the end: counted, and an alarm.
    Late(OrderStatus),
    /// Not in the table: recorded, an alarm, and nothing changes.
    Illegal,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Accepted,
        Self::PartiallyFilled,
        Self::Filled,
        Self::Closed,
        Self::Cancelled,
        Self::Failed,
        Self::Rejected,
    ];

    /// The word on the wire: `PARTIALLY_FILLED`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Accepted => "ACCEPTED",
            Self::PartiallyFilled => "PARTIALLY_FILLED",
            Self::Filled => "FILLED",
            Self::Closed => "CLOSED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
            Self::Rejected => "REJECTED",
        }
    }

    /// Whether more of it may fill in the ordinary way.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::Pending | Self::Accepted | Self::PartiallyFilled => true,
            Self::Filled | Self::Closed | Self::Cancelled | Self::Failed | Self::Rejected => false,
        }
    }

    /// The table of the order lifecycle.
    #[must_use]
    pub const fn after(self, step: OrderStep) -> Stepped {
        use OrderStatus::{Accepted, Cancelled, Closed, Failed, Filled, PartiallyFilled, Pending, Rejected};
        use OrderStep::{Accept, Cancel, Close, Fail, FillPart, FillRest};
        use Stepped::{Illegal, Late, Stale, To};
        match (self, step) {
            (Pending, Accept) => To(Accepted),

            (Pending | Accepted | PartiallyFilled, FillPart) => To(PartiallyFilled),
            (Pending | Accepted | PartiallyFilled, FillRest) => To(Filled),
            (Pending | Accepted | PartiallyFilled, Cancel) => To(Cancelled),
            // A refusal after the acknowledgement is legal.
            (Pending | Accepted | PartiallyFilled, Fail) => To(Failed),
            (Filled, Close) => To(Closed),

            // The race that a cancel can lose, and a refusal that was not true.
            (Cancelled | Failed, FillPart) => Late(PartiallyFilled),
            (Cancelled | Failed, FillRest) => Late(Filled),

            // A fill or a cancel can overtake the acknowledgement, which then says nothing new; an
            // end can be reported twice.
            (Accepted | PartiallyFilled | Filled | Closed | Cancelled, Accept)
            | (Cancelled, Cancel)
            | (Failed, Fail) => Stale,

            (Pending | Accepted | PartiallyFilled | Cancelled | Failed | Closed, Close)
            | (Filled | Closed, FillPart | FillRest | Cancel | Fail)
            | (Failed, Accept | Cancel)
            | (Cancelled, Fail)
            | (Rejected, Accept | FillPart | FillRest | Cancel | Fail | Close) => Illegal,
        }
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
