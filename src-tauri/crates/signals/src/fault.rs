//! What can be wrong with a signal file, and the words for it.
//!
//! Every error shows as `file:line: reason`, and the reason says what is wrong and what would be right.

use std::fmt;
use std::io;

use crate::file::LINE_BYTES_MAX;
use crate::line::{Action, Field};
use crate::object::Kind;

/// Why a signal file could not be read. Nothing of a file with an error is used.
#[derive(Debug, thiserror::Error)]
pub enum SignalFileError {
    /// The file could not be opened, so there is no line to name.
    #[error("{file}: cannot be opened: {source}")]
    Open {
        /// The file as the caller named it.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The disk or the stream failed.
    #[error("{file}:{line}: cannot be read: {source}")]
    Read {
        /// The file as the caller named it.
        file: String,
        /// The line that was being read, from 1.
        line: u64,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("{file}:{line}: {fault}")]
    Line {
        /// The file as the caller named it.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: Box<LineFault>,
    },
}

/// What is wrong with one line.
#[derive(Debug, thiserror::Error)]
pub enum LineFault {
    /// Nothing on a line that others follow.
    #[error("the line is blank; every line holds one signal")]
    Blank,
    /// Longer than any signal needs to be.
    #[error("the line is longer than {LINE_BYTES_MAX} bytes; every line holds one signal")]
    TooLong,
    /// Bytes that are no text.
    #[error("the line is no UTF-8 text from byte {byte} on; a signal file is plain text")]
    NotText {
        /// The first bad byte, from 1.
        byte: usize,
    },
    /// Not JSON.
    #[error("not JSON: {}; a line looks like {EXAMPLE}", Syntax(source))]
    NotJson {
        /// What the reader of JSON said.
        source: serde_json::Error,
    },
    /// JSON, but no object.
    #[error("not a JSON object; a line looks like {EXAMPLE}")]
    NotAnObject,
    /// The same field a second time.
    #[error("field {field:?} is there twice; each field stands once")]
    FieldTwice {
        /// The field.
        field: String,
    },
    /// A field that no signal has.
    #[error("unknown field {field:?}; a signal has {}", Names(&Field::ALL))]
    FieldUnknown {
        /// The field.
        field: String,
    },
    /// A field of an order on a signal that is none.
    #[error("field \"{field}\" does not go with flattenAll, which has {}", Names(&Field::OF_EVERY_SIGNAL))]
    FieldOfAnOrder {
        /// The field.
        field: Field,
    },
    /// A field that must be there.
    #[error("field \"{field}\" is missing; {} needs {}", Doer(*action), Names(Field::needed_by(*action)))]
    FieldMissing {
        /// The field.
        field: Field,
        /// What the line asks for, once that is known.
        action: Option<Action>,
    },
    /// A field with a JSON value of another kind.
    #[error("field \"{field}\" is {kind}; it must be {}", field.wanted())]
    WrongKind {
        /// The field.
        field: Field,
        /// What stands there.
        kind: Kind,
    },
    /// A text with an escape that stands for no character.
    #[error("field \"{field}\" has an escape that stands for no character; write the character itself")]
    BrokenEscape {
        /// The field.
        field: Field,
    },
    /// An id without a letter.
    #[error("field \"id\" is blank; every signal has a name of its own")]
    IdBlank,
    /// An id that an earlier line has.
    #[error("id {id:?} is already on line {first_line}; every signal has a name of its own")]
    IdRepeated {
        /// The id.
        id: String,
        /// The line that has it.
        first_line: u64,
    },
    /// Not a time.
    #[error(
        "at {text:?} is no RFC 3339 time with an offset; \
         one looks like 2013-10-07T14:00:00Z or 2013-10-07T09:00:00.5-05:00"
    )]
    NotATime {
        /// As it stands.
        text: String,
    },
    /// A word that is no action.
    #[error("action {text:?} is unknown; it is placeBuy, placeSell or flattenAll")]
    ActionUnknown {
        /// As it stands.
        text: String,
    },
    /// A word that is no order type.
    #[error("type {text:?} is unknown; it is LIMIT or MARKET")]
    TypeUnknown {
        /// As it stands.
        text: String,
    },
}

const EXAMPLE: &str =
    r#"{"id":"a1","at":"2013-10-07T14:00:00Z","action":"placeBuy","symbol":"GC","qty":1,"type":"MARKET"}"#;

/// What the JSON reader said, with the place on the line. It counts lines by itself, and each of ours
/// is its line 1.
struct Syntax<'a>(&'a serde_json::Error);

impl fmt::Display for Syntax<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let words = text.split(" at line ").next().unwrap_or_default();
        write!(f, "{words} at column {}", self.0.column())
    }
}

/// Field names with commas between them.
struct Names<'a>(&'a [Field]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, field) in self.0.iter().enumerate() {
            write!(f, "{}{field}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// Who needs a field.
struct Doer(Option<Action>);

impl fmt::Display for Doer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.map_or("a signal", Action::word))
    }
}
