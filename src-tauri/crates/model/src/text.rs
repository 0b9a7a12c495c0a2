//! The text form of the values that facts are made of, as journals and exports keep it.
//!
//! A value has one spelling. What is read is checked as strictly as what is typed: another spelling, or
//! a number out of its range, is refused.
//!
//! A form that nobody reads (a snapshot of a book) has the bare numbers, and every field of a record whose
//! JSON form leaves some out.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    BrokerOrderId, ExecId, FailReason, MiniWeight, Money, NetQty, Offset, Price, Qty, SignalRef, Span, Ticks,
    Timestamp, TradingDay,
};

/// Writes a value as its text.
pub(crate) fn write<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// Reads a value from its text.
pub(crate) fn read<'de, T: FromStr, D: Deserializer<'de>>(from: D, what: &str) -> Result<T, D::Error> {
    from.deserialize_str(Words { what, value: PhantomData })
}

struct Words<'a, T> {
    what: &'a str,
    value: PhantomData<T>,
}

impl<T: FromStr> Visitor<'_> for Words<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// A text that is not what it should be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not {1}")]
pub struct NotThat(pub(crate) String, pub(crate) &'static str);

/// Text in the JSON form, by `Display` and `FromStr`.
macro_rules! as_text {
    ($name:ident, $what:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                crate::text::write(self, to)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::text::read(from, $what)
            }
        }
    };
}

/// A letter and a number: `L17`.
macro_rules! letter_and_number {
    ($name:ident, $letter:literal, $what:literal, $number:expr, $make:expr) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($letter, "{}"), $number(*self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::text::NotThat;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let digits = text.strip_prefix($letter).filter(|digits| crate::text::is_plain(digits));
                let id = digits.and_then(|digits| digits.parse().ok()).map($make);
                // The last number of all stands for its neighbour below: it is no spelling of it.
                let id = id.filter(|id| digits == Some($number(*id).to_string().as_str()));
                id.ok_or_else(|| crate::text::NotThat(text.to_owned(), $what))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() {
                    crate::text::write(self, to)
                } else {
                    serde::Serialize::serialize(&$number(*self), to)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if from.is_human_readable() {
                    crate::text::read(from, $what)
                } else {
                    serde::Deserialize::deserialize(from).map($make)
                }
            }
        }
    };
}

pub(crate) use {as_text, letter_and_number};

/// Digits in their one spelling: no sign, no zero in front.
pub(crate) fn is_plain(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'))
}

letter_and_number!(ExecId, 'E', "an execution such as E12", ExecId::number, ExecId::new);
letter_and_number!(
    BrokerOrderId,
    'B',
    "an order of the broker such as B7",
    BrokerOrderId::number,
    BrokerOrderId::new
);
letter_and_number!(SignalRef, 'S', "a signal such as S4", SignalRef::place, SignalRef::new);

/// A whole number in the JSON form, checked on reading.
macro_rules! as_number {
    ($name:ident, $kind:ty, $get:expr, $make:expr, $what:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                <$kind>::serialize(&$get(*self), to)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let number = <$kind>::deserialize(from)?;
                $make(number).ok_or_else(|| {
                    D::Error::invalid_value(Unexpected::Other(&format!("number {number}")), &$what)
                })
            }
        }
    };
}

as_number!(Price, i64, Price::ticks, Price::new, "a price in ticks");
as_number!(Ticks, i64, Ticks::count, |count| Some(Ticks::new(count)), "a distance in ticks");
as_number!(Qty, u32, Qty::contracts, Qty::new, "1 to 1000 contracts");
as_number!(NetQty, i64, NetQty::signed, |signed| Some(NetQty::new(signed)), "a signed count of contracts");
as_number!(Offset, u32, offset_ticks, Offset::new, "1 to 65535 ticks");
as_number!(Span, i64, Span::nanos, span, "nanoseconds, not below zero");
as_number!(MiniWeight, u32, MiniWeight::thousandths, weight, "thousandths of a mini, above zero");

fn span(nanos: i64) -> Option<Span> {
    (nanos >= 0).then_some(Span::from_nanos(nanos))
}

fn weight(thousandths: u32) -> Option<MiniWeight> {
    MiniWeight::from_decimal(rust_decimal::Decimal::new(i64::from(thousandths), 3))
}

fn offset_ticks(offset: Offset) -> u32 {
    u32::try_from(offset.ticks().count()).unwrap_or(Offset::TICKS_MAX)
}

impl FromStr for TradingDay {
    type Err = NotThat;

    fn from_str(text: &str) -> Result<Self, NotThat> {
        let day = text.parse().ok().map(Self::on).filter(|day| day.to_string() == text);
        day.ok_or_else(|| NotThat(text.to_owned(), "a day such as 2026-11-27"))
    }
}

as_text!(TradingDay, "a day such as 2026-11-27");

impl Timestamp {
    /// The point in time without loss: UTC with seven fractional digits, or nine where it has them;
    /// beyond the calendar a count of nanoseconds.
    #[must_use]
    pub fn exact_text(self) -> String {
        match self.calendar() {
            Some(time) if self.nanos() % 100 != 0 => format!("{time:.9}"),
            Some(_) | None => self.to_string(),
        }
    }
}

impl FromStr for Timestamp {
    type Err = NotThat;

    fn from_str(text: &str) -> Result<Self, NotThat> {
        let at = match text.strip_suffix("ns") {
            Some(nanos) => nanos.parse().ok().map(Self::from_nanos),
            None => text.parse::<jiff::Timestamp>().ok().map(Self::from),
        };
        let at = at.filter(|at| at.exact_text() == text);
        at.ok_or_else(|| NotThat(text.to_owned(), "a time such as 2013-10-07T14:00:01.0000000Z"))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&self.exact_text()) } else { self.nanos().serialize(to) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            read(from, "a time such as 2013-10-07T14:00:01.0000000Z")
        } else {
            i64::deserialize(from).map(Self::from_nanos)
        }
    }
}

impl Money {
    /// The amount without loss: two decimals, or as many as it has: `4.20`, `7.8125`.
    #[must_use]
    pub fn exact_text(self) -> String {
        let mut exact = self.decimal().normalize();
        if exact.scale() < 2 {
            exact.rescale(2);
        }
        exact.to_string()
    }
}

impl FromStr for Money {
    type Err = NotThat;

    fn from_str(text: &str) -> Result<Self, NotThat> {
        let amount = rust_decimal::Decimal::from_str_exact(text).ok().and_then(Self::from_decimal);
        let amount = amount.filter(|amount| amount.exact_text() == text);
        amount.ok_or_else(|| NotThat(text.to_owned(), "an amount of money such as -12.50"))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&self.exact_text()) } else { self.units().serialize(to) }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            read(from, "an amount of money such as -12.50")
        } else {
            i64::deserialize(from).map(Self::from_units)
        }
    }
}

impl FromStr for FailReason {
    type Err = NotThat;

    fn from_str(code: &str) -> Result<Self, NotThat> {
        let reason = Self::ALL.into_iter().find(|reason| reason.code() == code);
        reason.ok_or_else(|| NotThat(code.to_owned(), "a reason of a failed order"))
    }
}

impl Serialize for FailReason {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for FailReason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(from, "a reason of a failed order")
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::{ArenaKey, ContractId, FlattenId, LotId, OrderId};
    use proptest::prelude::*;

    /// Bare values are JSON's own numbers and texts, which TOML cannot write: in a field they can.
    #[derive(PartialEq, Debug, Serialize, Deserialize)]
    struct Field<T> {
        it: T,
    }

    fn written<T: Serialize>(it: T) -> String {
        toml::to_string(&Field { it }).unwrap().trim_end().to_owned()
    }

    fn survives<T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug + Copy>(it: T) {
        let back: Field<T> = toml::from_str(&written(it)).unwrap();
        assert_eq!(back, Field { it });
    }

    fn refused<T: for<'de> Deserialize<'de>>(text: &str) {
        assert!(toml::from_str::<Field<T>>(&format!("it = {text}")).is_err(), "{text}");
    }

    #[test]
    fn every_value_has_the_text_that_people_use() {
        assert_eq!(written(LotId::from_row(17)), "it = \"L17\"");
        assert_eq!(written(FlattenId::from_row(3)), "it = \"F3\"");
        assert_eq!(written(ContractId::from_row(0)), "it = \"C0\"");
        assert_eq!(written(OrderId::LotExit { lot: LotId::from_row(17), exit: 1 }), "it = \"L17-X1\"");
        assert_eq!(written(ExecId::new(12)), "it = \"E12\"");
        assert_eq!(written(Money::from_units(-1_400_000)), "it = \"-140.00\"");
        assert_eq!(written(Money::from_units(78_125)), "it = \"7.8125\"");
        assert_eq!(written(Timestamp::from_nanos(1_500)), "it = \"1970-01-01T00:00:00.0000015Z\"");
        assert_eq!(written(Timestamp::from_nanos(1_501)), "it = \"1970-01-01T00:00:00.000001501Z\"");
        assert_eq!(written(FailReason::Margin), "it = \"broker_margin\"");
        assert_eq!(written(Price::new(-3).unwrap()), "it = -3");
    }

    #[test]
    fn another_spelling_or_a_number_out_of_range_is_refused() {
        for text in ["\"L017\"", "\"L-1\"", "\"L+1\"", "\"17\"", "\"L\"", "\"L4294967295\"", "17", "\" L1\""]
        {
            refused::<LotId>(text);
        }
        for text in ["\"4.2\"", "\"4.200\"", "\"1e3\"", "\"0.00001\"", "4.2", "\"+1.00\"", "\"-0.00\""] {
            refused::<Money>(text);
        }
        for text in ["0", "1001", "-1", "\"1\""] {
            refused::<Qty>(text);
        }
        for text in ["1000000001", "-1000000001", "1.5"] {
            refused::<Price>(text);
        }
        for text in ["\"2013-10-07T14:00:01Z\"", "\"2013-10-07T14:00:01.0000000+00:00\"", "\"-5ns\""] {
            refused::<Timestamp>(text);
        }
        refused::<FailReason>("\"broker_mood\"");
        refused::<TradingDay>("\"2026-11-31\"");
    }

    proptest! {
        #[test]
        fn values_survive_the_way_to_text_and_back(number: i64, row in 0..u32::MAX - 1, ticks in -1_000_000_000_i64..=1_000_000_000) {
            survives(Timestamp::from_nanos(number));
            survives(Money::from_units(number));
            survives(LotId::from_row(row));
            survives(Price::new(ticks).unwrap());
            survives(TradingDay::of(Timestamp::from_nanos(number)));
        }
    }
}
