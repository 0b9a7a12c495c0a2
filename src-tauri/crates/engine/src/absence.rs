//! How the desk was away, and what it does about stops whose price was passed meanwhile.

use serde::{Deserialize, Serialize};

/// Why the desk could see nothing for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Absence {
    /// The program had been ended in order.
    Ended,
    /// The program had crashed, or was killed.
    Crashed,
    /// The computer slept, or gave the program no time.
    Slept,
}

/// What becomes of a phantom whose price was passed while the desk was away.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GapPolicy {
    /// It fires as soon as position and price are fresh.
    #[default]
    Fire,
    /// A person is asked; it watches again once the price has come back.
    Ask,
    /// It is told, and watches again once the price has come back.
    Hold,
}
