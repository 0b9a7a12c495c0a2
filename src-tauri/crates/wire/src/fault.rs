//! Why a command was not carried out: a stable code and its detail.

use serde::Serialize;
use ts_rs::TS;

/// What a rejected command carries: `{"code": ..., "detail": ...}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(tag = "code", content = "detail", rename_all = "snake_case")]
pub enum WireFault {
    /// The request has the wrong shape, or names what does not exist.
    BadRequest(String),
    /// Too many commands wait.
    Busy(String),
    /// The desk has stopped.
    Stopped(String),
    /// A setting is not what it must be.
    SettingsInvalid(SettingFault),
    /// The change needs that nothing is open.
    PositionsOpen(String),
    /// There is no connection to the chosen broker.
    NotConnected(String),
    /// The system's credential store failed.
    NoCredentialStore(String),
    /// The tick file cannot be read.
    MarketFile(String),
}

/// What is wrong with one setting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct SettingFault {
    /// The path of the setting: `mock.seed`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}
