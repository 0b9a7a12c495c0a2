//! A line as a JSON object whose values are still their own text.
//!
//! Numbers keep the digits that they were written with: a price never passes through a binary
//! fraction, and repeated fields are seen rather than overwritten.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::fault::LineFault;

/// The fields of an object in the order of the line, repeated ones too.
pub(crate) struct Object<'a>(pub(crate) Vec<(String, &'a RawValue)>);

/// What kind of JSON value stands somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `"text"`.
    Text,
    /// `12.5`.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// `[...]`.
    List,
    /// `{...}`.
    Object,
}

impl<'a> Object<'a> {
    /// Reads a line.
    pub(crate) fn read(line: &'a str) -> Result<Self, LineFault> {
        serde_json::from_str(line).map_err(|source| match source.classify() {
            Category::Data => LineFault::NotAnObject,
            Category::Syntax | Category::Eof | Category::Io => LineFault::NotJson { source },
        })
    }
}

impl Kind {
    /// The kind of a value. Its first letter tells.
    pub(crate) fn of(value: &RawValue) -> Self {
        match value.get().bytes().next() {
            Some(b'"') => Self::Text,
            Some(b'{') => Self::Object,
            Some(b'[') => Self::List,
            Some(b't' | b'f') => Self::Bool,
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Null => "null",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Object(fields))
    }
}
