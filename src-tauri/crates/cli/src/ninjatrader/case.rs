//! The cases, as `cases.json` has them.

use serde::Deserialize;
use serde_json::Value;

/// One numbered case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// One step of a case.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Step {
    Command(Box<CommandStep>),
    Open(OpenStep),
    Handshake(HandshakeStep),
    Raw(RawStep),
    Close(CloseStep),
    Trades(TradesStep),
    Beats(BeatsStep),
    ServerBeats(ServerBeatsStep),
    Silent(SilentStep),
}

/// Connect, and find these rows in the first snapshot.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenStep {
    pub(super) open: Vec<Value>,
    #[serde(default)]
    pub(super) absent: Vec<Value>,
}

/// A handshake that must be refused, in this way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandshakeStep {
    pub(super) handshake: String,
    pub(super) bye: Option<String>,
}

/// A command: its answer, the events in their order, and what must not come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandStep {
    pub(super) cmd: String,
    pub(super) d: Value,
    pub(super) ack: Value,
    #[serde(default)]
    pub(super) events: Vec<Value>,
    #[serde(default)]
    pub(super) never: Vec<Value>,
    /// Rows of the snapshot that the command asks for.
    pub(super) count: Option<CountStep>,
    /// The account that the answer must list.
    pub(super) account: Option<Value>,
}

/// How many rows of a snapshot are so.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountStep {
    pub(super) k: String,
    pub(super) d: Value,
    pub(super) is: usize,
}

/// A line that must end the connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) raw: String,
}

/// Break the connection and stay away for so many milliseconds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CloseStep {
    pub(super) close: u64,
}

/// So many trades, numbered without a gap.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TradesStep {
    pub(super) trades: i64,
}

/// So many heartbeats, each of which must be answered.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BeatsStep {
    pub(super) beats: u32,
}

/// So many heartbeats of the server.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerBeatsStep {
    pub(super) server_beats: i64,
}

/// Say nothing: the server must close within so many milliseconds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SilentStep {
    pub(super) silent: u64,
}

/// Every case.
pub(super) fn all() -> Result<Vec<Case>, serde_json::Error> {
    serde_json::from_str(include_str!("cases.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cases_are_numbered_from_one_and_each_says_something() {
        let cases = all().unwrap();
        assert!(cases.len() >= 40, "{}", cases.len());
        for (at, case) in cases.iter().enumerate() {
            assert_eq!(usize::try_from(case.number).unwrap(), at + 1);
            assert!(!case.steps.is_empty() && !case.name.is_empty());
        }
    }
}
