//! The connection to a broker that is not simulated: how it stands, and what a test of it found.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far the connection is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkStage {
    /// A try is on its way.
    Connecting,
    /// The last try failed, or the connection ended; the next try follows by itself.
    Waiting,
    /// The account is being read.
    Reading,
    /// Stops that stood at the broker for this program are being taken back.
    TakingOver,
    /// It is real money, and nobody has typed the account's name yet.
    AwaitsConfirmation,
    /// The broker's platform has no way to the market itself.
    PlatformDown,
    /// Orders can be sent.
    Up,
    /// Nothing is tried any more before a person has changed something.
    Stuck,
}

/// What kind of account it is, as the broker's side tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccountKind {
    /// A simulation: no money.
    Sim,
    /// Real money.
    Live,
}

/// The connection to the broker as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BrokerLink {
    /// How far it is.
    pub stage: LinkStage,
    /// The same in words, with what to do where a person must do something.
    pub words: String,
    /// Where it leads: `127.0.0.1:36985`.
    pub place: String,
    /// Tries that failed since it stood the last time.
    pub attempts: u32,
    /// Until the next try, in milliseconds of the wall's clock.
    pub retry_in_ms: Option<u32>,
    /// Name and version of the other side.
    pub server: Option<String>,
    /// The platform behind it, with its version.
    pub platform: Option<String>,
    /// The account, as the other side names it.
    pub account: Option<String>,
    /// Who provides the account.
    pub provider: Option<String>,
    /// What kind of account it is; `null` before the other side has told it.
    pub kind: Option<AccountKind>,
    /// One question and its answer, in microseconds.
    pub latency_micros: Option<u32>,
    /// What a person should know although it works.
    pub warnings: Vec<String>,
}

/// A connection to be tried without trading: the settings as they stand in the form.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConnectionTest {
    /// A host name or an address.
    pub host: String,
    /// 1 to 65 535.
    pub port: u32,
    /// The account's name there.
    pub account: String,
    /// Whose password is used where none is given.
    pub username: String,
    /// The bridge secret as it was typed; `null` for the one that is kept.
    pub password: Option<String>,
}

/// What a try found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionFound {
    /// Name and version of the other side.
    pub server: Option<String>,
    /// The platform behind it, with its version.
    pub platform: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who provides it.
    pub provider: Option<String>,
    /// What kind of account it is.
    pub kind: Option<AccountKind>,
    /// One question and its answer, in microseconds.
    pub latency_micros: Option<u32>,
    /// Whether orders could be sent, in words.
    pub words: String,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// The desk itself is connected there: this is what its own connection says.
    pub by_desk: bool,
}
