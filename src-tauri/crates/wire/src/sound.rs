//! What the desk makes heard.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A sound and what it says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SoundKind {
    /// An execution.
    Fill,
    /// An order was refused, by the desk or by the broker.
    Refusal,
    /// A stop has fired.
    Stop,
    /// Contracts are open without anything that protects them.
    Unprotected,
    /// No prices come, or the way to the broker is lost.
    Blind,
    /// A flatten has ended flat.
    Flat,
    /// A flatten has answered that something is still open.
    NotFlat,
    /// The account is locked.
    Lockout,
}

impl SoundKind {
    /// Every sound.
    pub const ALL: [Self; 8] = [
        Self::Fill,
        Self::Refusal,
        Self::Stop,
        Self::Unprotected,
        Self::Blind,
        Self::Flat,
        Self::NotFlat,
        Self::Lockout,
    ];
}

/// What is heard, and how loud.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Sounds {
    /// 0 for silence to 100.
    pub volume: u32,
    /// The sounds that are switched off.
    pub off: Vec<SoundKind>,
}

impl Default for Sounds {
    /// Every sound, at half the loudness.
    fn default() -> Self {
        Self { volume: 50, off: Vec::new() }
    }
}

/// What became of a sound that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct SoundAnswer {
    /// Whether a device plays it.
    pub played: bool,
    /// Why not, or on which device.
    pub words: String,
}
