//! Why a rule pack, a calendar or a profile file is not taken: the file, the line, and what would be
//! right.

/// A fault of a file of rules. Without its rules the gate refuses every entry.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PackFault {
    /// The file cannot be read at all.
    #[error("{file}: cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        why: String,
    },
    /// Something in the file is wrong.
    #[error("{file}:{line}: {what}")]
    Wrong {
        /// The file.
        file: String,
        /// The line, from 1 on.
        line: usize,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// A file with several programs, and none was named.
    #[error("{file} has several programs; name one, such as {file}#{}", ids.first().map_or("", String::as_str))]
    Several {
        /// The file.
        file: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// No pack of that id.
    #[error("no rule pack named {id:?}; there are: {}", known.join(", "))]
    NoPack {
        /// As asked for.
        id: String,
        /// The ids that there are.
        known: Vec<String>,
    },
}
