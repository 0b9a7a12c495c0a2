//! The body of a fact as text: its kind, and its fields as a JSON object.

use phantom_engine::FactBody;

/// The form of bodies that this build writes. It reads this one and every earlier one.
pub(crate) const SCHEMA: i64 = 1;

/// What a fact without fields has for a body.
const NO_FIELDS: &str = "null";

/// A written body, in two parts.
pub(crate) struct Written {
    text: String,
    kind_ends: usize,
    has_fields: bool,
}

impl Written {
    /// The kind, such as `orderFilled`.
    pub(crate) fn kind(&self) -> &str {
        let begins = if self.has_fields { 2 } else { 1 };
        self.text.get(begins..self.kind_ends).unwrap_or_default()
    }

    /// The fields as a JSON object; `null` for a fact that has none.
    pub(crate) fn fields(&self) -> &str {
        if !self.has_fields {
            return NO_FIELDS;
        }
        // {"kind":FIELDS}
        self.text.get(self.kind_ends + 2..self.text.len() - 1).unwrap_or_default()
    }
}

/// Writes a body.
///
/// # Errors
/// None that a body of ours can cause: what serde says of a value that JSON cannot hold.
pub(crate) fn write(body: &FactBody) -> Result<Written, serde_json::Error> {
    let text = serde_json::to_string(body)?;
    let has_fields = text.starts_with('{');
    let begins = if has_fields { 2 } else { 1 };
    let kind_ends = text.get(begins..).and_then(|rest| rest.find('"')).map_or(begins, |end| begins + end);
    Ok(Written { text, kind_ends, has_fields })
}

/// Reads a body. `room` is reused from body to body.
///
/// # Errors
/// A kind that there is not, a field that is missing, unknown or has no valid value.
pub(crate) fn read(room: &mut String, kind: &str, fields: &str) -> Result<FactBody, serde_json::Error> {
    room.clear();
    room.push_str("{\"");
    // A kind has letters only; with anything else in it the text is not what it seems.
    room.push_str(if kind.bytes().all(|byte| byte.is_ascii_alphabetic()) { kind } else { "?" });
    room.push_str("\":");
    room.push_str(fields);
    room.push('}');
    serde_json::from_str(room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::OrderId;

    #[test]
    fn a_body_is_its_kind_and_its_fields() {
        let written = write(&FactBody::OrderAccepted { order: OrderId::Ticket(7) }).unwrap();
        assert_eq!((written.kind(), written.fields()), ("orderAccepted", r#"{"order":"T7"}"#));
        let written = write(&FactBody::FeedLost).unwrap();
        assert_eq!((written.kind(), written.fields()), ("feedLost", "null"));
    }

    #[test]
    fn what_is_read_is_what_was_written_and_nothing_else() {
        let mut room = String::new();
        for body in [FactBody::OrderAccepted { order: OrderId::Ticket(7) }, FactBody::FeedLost] {
            let written = write(&body).unwrap();
            assert_eq!(read(&mut room, written.kind(), written.fields()).unwrap(), body);
        }
        for (kind, fields) in [
            ("orderAccepted", r#"{"order":"T7","more":1}"#),
            ("orderAccepted", r"{}"),
            ("orderAccepted", r#"{"order":7}"#),
            ("orderAccepted", r#"{"order":"T7"},"x":{}"#),
            ("orderBlessed", r#"{"order":"T7"}"#),
            ("feedLost\":null}", "null"),
            ("", "null"),
        ] {
            assert!(read(&mut room, kind, fields).is_err(), "{kind} {fields}");
        }
    }
}
