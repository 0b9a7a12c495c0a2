//! The JSON that the wire allows: one object, no name twice, no null, no fraction, bounded in depth,
//! members and elements.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most levels that a line may have; its object is the first.
pub const DEPTH_MAX: usize = 16;
/// The most members of one object.
pub const MEMBERS_MAX: usize = 64;
/// The most elements of one array.
pub const ELEMENTS_MAX: usize = 1_024;
/// The largest whole number, and with a minus the smallest.
pub const WHOLE_MAX: i64 = 9_007_199_254_740_991;

/// An object that keeps the rules of this file.
pub type Object = Map<String, Value>;

/// Why a text is not such an object. What the text holds is not repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a JSON object as the wire allows it")]
pub struct NotAnObject;

/// Reads one object.
///
/// # Errors
/// [`NotAnObject`] for whatever is none, or breaks a rule of this file.
pub fn read(text: &str) -> Result<Object, NotAnObject> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Part { level: 1, is_line: true }.deserialize(&mut reader).map_err(|_| NotAnObject)?;
    reader.end().map_err(|_| NotAnObject)?;
    match value {
        Value::Object(object) => Ok(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(NotAnObject)
        }
    }
}

/// One value at its level.
#[derive(Clone, Copy)]
struct Part {
    level: usize,
    is_line: bool,
}

impl Part {
    const fn inside(self) -> Self {
        Self { level: self.level + 1, is_line: false }
    }
}

impl<'de> DeserializeSeed<'de> for Part {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        if self.is_line { from.deserialize_map(self) } else { from.deserialize_any(self) }
    }
}

impl<'de> Visitor<'de> for Part {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, array, text, whole number or truth value within the limits")
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<Value, E> {
        if (-WHOLE_MAX..=WHOLE_MAX).contains(&it) {
            Ok(Value::Number(Number::from(it)))
        } else {
            Err(E::custom("out of range"))
        }
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<Value, E> {
        i64::try_from(it).map_err(|_| E::custom("out of range")).and_then(|it| self.visit_i64(it))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Value, E> {
        Ok(Value::String(it.to_owned()))
    }

    fn visit_string<E: Error>(self, it: String) -> Result<Value, E> {
        Ok(Value::String(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        if self.level > DEPTH_MAX {
            return Err(A::Error::custom("too deep"));
        }
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(self.inside())? {
            if elements.len() == ELEMENTS_MAX {
                return Err(A::Error::custom("too many elements"));
            }
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        if self.level > DEPTH_MAX {
            return Err(A::Error::custom("too deep"));
        }
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self.inside())?;
            if object.len() == MEMBERS_MAX || object.insert(name, value).is_some() {
                return Err(A::Error::custom("too many members, or a name twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_nested_deeper_than_the_limit_is_refused_without_a_deep_stack() {
        for deep in ["[", "{\"a\":"] {
            assert_eq!(read(&format!("{{\"a\":{}", deep.repeat(20_000))), Err(NotAnObject));
        }
    }

    proptest! {
        #[test]
        fn no_text_at_all_upsets_the_reader(text in "[\\[\\]{}\":,a0-9.\\\\eE+nultrfs -]{0,60}") {
            if let Ok(object) = read(&text) {
                prop_assert!(serde_json::from_str::<Object>(&text).unwrap() == object);
            }
        }
    }
}
