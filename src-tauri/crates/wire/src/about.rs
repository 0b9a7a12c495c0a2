//! What the program says of itself: versions, whose work is inside, where its files lie.

use serde::Serialize;
use ts_rs::TS;

/// A part of somebody else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct LicenceRow {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence, as its package says.
    pub licence: String,
}

/// Versions and licences.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AboutAnswer {
    /// Of the program.
    pub version: String,
    /// Of the window's shell.
    pub shell: String,
    /// Of the system's web view; `null` when it does not say.
    pub web_view: Option<String>,
    /// Version of the protocol to `NinjaTrader`'s `AddOn`.
    pub bridge: u32,
    /// The crates that the program is built from.
    pub licences: Vec<LicenceRow>,
    /// Every command of the window, as a page would call it.
    pub commands: Vec<String>,
    /// Every event that the window hears.
    pub events: Vec<String>,
}

/// The data folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderAnswer {
    /// Where it lies.
    pub path: String,
    /// What its files take, in bytes, as text: a number of any size.
    pub bytes: String,
    /// What is free on its disk, in bytes; `null` when the system does not say.
    pub free_bytes: Option<String>,
    /// Files in it.
    pub files: u32,
    /// The journal of the running desk; `null` for a rehearsal.
    pub journal: Option<String>,
    /// Where the settings lie.
    pub settings: String,
}
