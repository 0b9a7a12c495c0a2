//! What a connection is made of.

use std::fmt;
use std::time::Duration;

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_bridge::text::Name;
use phantom_model::Contract;

/// The name of a desk: of its journal, so that its order ids mean one order for all time. Two desks in
/// one account do not take each other's orders for their own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DeskName(String);

/// A text that is no name of a desk.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the name of a desk is 1 to 12 small letters and digits")]
pub struct NoDeskName;

impl DeskName {
    /// The name of 1 to 12 small letters and digits.
    ///
    /// # Errors
    /// [`NoDeskName`]
    pub fn new(text: &str) -> Result<Self, NoDeskName> {
        let is_one = (1..=12).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if is_one { Ok(Self(text.to_owned())) } else { Err(NoDeskName) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How patient the client is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// How often it says that it lives.
    pub beat: Duration,
    /// How long the server may be silent.
    pub silence: Duration,
    /// How long a connection and its handshake may take.
    pub handshake: Duration,
    /// How long an answer to a command may take before the order is asked about.
    pub answer: Duration,
    /// How long orders and executions must be quiet after the platform's connection has come back.
    pub settle: Duration,
    /// The first wait before it connects again.
    pub retry_min: Duration,
    /// The longest.
    pub retry_max: Duration,
    /// How long a connection must have stood so that the next wait is the first one again.
    pub stable: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            beat: Duration::from_secs(1),
            silence: Duration::from_secs(3),
            handshake: Duration::from_secs(3),
            answer: Duration::from_secs(2),
            settle: Duration::from_secs(2),
            retry_min: Duration::from_secs(1),
            retry_max: Duration::from_secs(30),
            stable: Duration::from_secs(10),
        }
    }
}

/// Everything that a connection needs to know.
#[derive(Clone, Debug)]
pub struct ConnectionConfig {
    /// Where the server listens.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The account, exactly as the platform has it.
    pub account: Name,
    /// What this program calls itself in the server's log.
    pub client: Name,
    /// What both sides share.
    pub secret: Secret,
    /// Whether its orders are for a simulated account or for real money. An account of the other kind is
    /// refused.
    pub env: Env,
    /// The name of the desk's journal.
    pub desk: DeskName,
    /// The contracts of the desk, in the order of its list.
    pub contracts: Vec<Contract>,
    /// Whether trades of every contract are streamed, or only of those that are asked for.
    pub watch_all: bool,
    /// How patient it is.
    pub timing: Timing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_desk_is_short_and_plain() {
        assert_eq!(DeskName::new("5a17c0de").unwrap().as_str(), "5a17c0de");
        for wrong in ["", "A", "a-b", "ä", "abcdefghijklm"] {
            assert_eq!(DeskName::new(wrong), Err(NoDeskName), "{wrong:?}");
        }
    }
}
