//! Decimals as they come in: as text or as a JSON number, kept as text either way.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use ts_rs::TS;

/// The text of a decimal; nothing is believed of it yet.
#[derive(Clone, PartialEq, Eq, Debug, TS)]
#[ts(type = "string | number")]
pub struct DecimalText(pub String);

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Digits)
    }
}

struct Digits;

impl Visitor<'_> for Digits {
    type Value = DecimalText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal as text or as a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<DecimalText, E> {
        Ok(DecimalText(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<DecimalText, E> {
        Ok(DecimalText(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<DecimalText, E> {
        Ok(DecimalText(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<DecimalText, E> {
        // The shortest text that reads back as the same number: the digits that were written.
        Ok(DecimalText(number.to_string()))
    }
}
