//! Identifiers. Small integers inside; text only at the edge.

use std::fmt;
use std::str::FromStr;

use crate::{ArenaKey, arena::RowNumber};

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(RowNumber);

        impl ArenaKey for $name {
            fn from_row(row: u32) -> Self {
                Self(RowNumber::new(row))
            }
            fn row(self) -> u32 {
                self.0.get()
            }
        }

        crate::text::letter_and_number!($name, $letter, $what, $name::row, $name::from_row);
    };
}

row_id! {
    /// A lot: the open rest of one entry order.
    LotId, 'L', "a lot such as L17"
}
row_id! {
    /// One press of flatten all.
    FlattenId, 'F', "a flatten such as F3"
}
row_id! {
    /// A traded contract, by its row in the desk's list of contracts.
    ContractId, 'C', "a contract such as C0"
}

/// The broker's name for one execution. Applied at most once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExecId(u64);

impl ExecId {
    /// The execution numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A signal, by its place in the list that its source keeps; the text id stays with the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SignalRef(u32);

impl SignalRef {
    /// The signal in place `place`.
    #[must_use]
    pub const fn new(place: u32) -> Self {
        Self(place)
    }

    /// The place.
    #[must_use]
    pub const fn place(self) -> u32 {
        self.0
    }
}

/// Why the broker's side has placed a stop for a lot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StopRole {
    /// At the level of the phantom, while the desk was away.
    Shadow,
    /// At a wider level, beside the phantom, all the time.
    Disaster,
}

impl StopRole {
    const fn letter(self) -> char {
        match self {
            Self::Shadow => 's',
            Self::Disaster => 'd',
        }
    }
}

/// Our own order id: made once, never reused, and for exits a pure function of what they close, so
/// that it is known after a crash without having been written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OrderId {
    /// The n-th order asked for by a person or a signal: `T17`.
    Ticket(u32),
    /// The n-th exit of a lot: `L17-X1`.
    LotExit {
        /// The lot that it closes.
        lot: LotId,
        /// Counts from 1.
        exit: u8,
    },
    /// The n-th stop that the broker's side has placed for a lot: `L17-X1.s1`, `L17-X1.d2`.
    LotStop {
        /// The lot that it closes.
        lot: LotId,
        /// Why it was placed.
        role: StopRole,
        /// Counts from 1.
        nth: u16,
    },
    /// The n-th exit that a flatten sends for a contract: `F3-C0-X1`.
    FlattenExit {
        /// The flatten that sends it.
        flatten: FlattenId,
        /// The contract that it closes.
        contract: ContractId,
        /// Counts from 1.
        exit: u8,
    },
    /// The n-th order that is not ours, or that a person's adjustment stands for: `X4`.
    Outside(u32),
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(n) => write!(f, "T{n}"),
            Self::LotExit { lot, exit } => write!(f, "L{}-X{exit}", lot.row()),
            Self::LotStop { lot, role, nth } => write!(f, "L{}-X1.{}{nth}", lot.row(), role.letter()),
            Self::FlattenExit { flatten, contract, exit } => {
                write!(f, "F{}-C{}-X{exit}", flatten.row(), contract.row())
            }
            Self::Outside(n) => write!(f, "X{n}"),
        }
    }
}

/// A text that is no order id.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no order id")]
pub struct NoOrderId(String);

impl FromStr for OrderId {
    type Err = NoOrderId;

    fn from_str(text: &str) -> Result<Self, NoOrderId> {
        let id = parse_ticket(text)
            .or_else(|| parse_lot_exit(text))
            .or_else(|| parse_lot_stop(text))
            .or_else(|| parse_flatten_exit(text))
            .or_else(|| parse_outside(text));
        // Only the one spelling: `T007` is not `T7`.
        id.filter(|id| id.to_string() == text).ok_or_else(|| NoOrderId(text.to_owned()))
    }
}

fn parse_ticket(text: &str) -> Option<OrderId> {
    Some(OrderId::Ticket(text.strip_prefix('T')?.parse().ok()?))
}

fn parse_outside(text: &str) -> Option<OrderId> {
    Some(OrderId::Outside(text.strip_prefix('X')?.parse().ok()?))
}

fn parse_lot_exit(text: &str) -> Option<OrderId> {
    let (lot, exit) = text.strip_prefix('L')?.split_once("-X")?;
    Some(OrderId::LotExit { lot: LotId::from_row(lot.parse().ok()?), exit: exit.parse().ok()? })
}

fn parse_lot_stop(text: &str) -> Option<OrderId> {
    let (lot, stop) = text.strip_prefix('L')?.split_once("-X1.")?;
    let lot = LotId::from_row(lot.parse().ok()?);
    let of = |role: StopRole| stop.strip_prefix(role.letter()).map(|nth| (role, nth));
    let (role, nth) = of(StopRole::Shadow).or_else(|| of(StopRole::Disaster))?;
    Some(OrderId::LotStop { lot, role, nth: nth.parse().ok()? })
}

fn parse_flatten_exit(text: &str) -> Option<OrderId> {
    let (flatten, rest) = text.strip_prefix('F')?.split_once("-C")?;
    let (contract, exit) = rest.split_once("-X")?;
    Some(OrderId::FlattenExit {
        flatten: FlattenId::from_row(flatten.parse().ok()?),
        contract: ContractId::from_row(contract.parse().ok()?),
        exit: exit.parse().ok()?,
    })
}

crate::text::as_text!(OrderId, "an order such as T17 or L17-X1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_id_survives_the_way_to_text_and_back() {
        for id in [
            OrderId::Ticket(1),
            OrderId::Outside(4),
            OrderId::LotExit { lot: LotId::from_row(17), exit: 2 },
            OrderId::LotStop { lot: LotId::from_row(17), role: StopRole::Shadow, nth: 1 },
            OrderId::LotStop { lot: LotId::from_row(17), role: StopRole::Disaster, nth: 300 },
            OrderId::FlattenExit {
                flatten: FlattenId::from_row(3),
                contract: ContractId::from_row(0),
                exit: 1,
            },
        ] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn only_the_one_spelling_of_an_id_is_taken() {
        for text in [
            "",
            "T",
            "T07",
            "t7",
            "L1",
            "L1-X",
            "L1-X256",
            "F1-X1",
            "T7 ",
            "T4294967296",
            "L4294967295-X1",
            "L1-X1.s",
            "L1-X1.s01",
            "L1-X2.s1",
            "L1-X1.e1",
            "L1-X1.d65536",
        ] {
            assert!(text.parse::<OrderId>().is_err(), "{text:?}");
        }
    }
}
