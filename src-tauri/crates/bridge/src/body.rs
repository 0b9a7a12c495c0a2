//! What the lines say after the handshake.

mod rows;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::command::{Command, RefusalCode, object_of};
use crate::json::{self, Object};
use crate::text::{Amount, Count, Id, Millis, SubNumber, TradeSize, Words};

pub use rows::{
    Account, AccountStatus, Connection, ConnectionStatus, Env, Execution, ExecutionOp, Order, OrderError,
    OrderKindWord, OrderReason, OrderRole, OrderSide, OrderState, Position, TifWord,
};

/// Why one side says goodbye.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeCode {
    /// The proof of the client does not hold.
    BadAuth,
    /// Another version.
    BadVersion,
    /// The platform has no such account.
    UnknownAccount,
    /// Another client trades.
    Busy,
    /// The side ends.
    Stopping,
    /// The other side does not read.
    Slow,
    /// The other side was silent.
    Silent,
    /// The other side broke a rule of the protocol.
    Protocol,
    /// Another connection took this one's place.
    Replaced,
}

impl fmt::Display for ByeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadAuth => "the secret is not the same on both sides",
            Self::BadVersion => "another version of the bridge",
            Self::UnknownAccount => "the platform has no such account",
            Self::Busy => "another desk is connected",
            Self::Stopping => "the other side ends",
            Self::Slow => "this side did not read fast enough",
            Self::Silent => "this side was silent for too long",
            Self::Protocol => "this side broke a rule of the protocol",
            Self::Replaced => "another connection took this one's place",
        })
    }
}

/// A heartbeat, or the answer to one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Beat {
    /// Counts from 1; an answer repeats it.
    pub n: Count,
    /// The last event.
    pub seq: Count,
    /// The sender's clock.
    pub ts: Millis,
    /// The digest of armed phantoms.
    pub digest: Words,
}

/// What the client says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientBody {
    /// A command.
    Command {
        /// The number of the request.
        id: Id,
        /// What is asked for.
        command: Command,
    },
    /// A command whose members could not be read: it is answered with a refusal.
    Unreadable {
        /// The number of the request.
        id: Id,
        /// The refusal.
        code: RefusalCode,
    },
    /// A heartbeat.
    Ping(Beat),
    /// The answer to a heartbeat.
    Pong(Beat),
    /// The client ends.
    Bye(ByeCode),
}

/// One thing that the platform says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// The way to the market.
    Connection(Connection),
    /// The account.
    Account(Account),
    /// An order.
    Order(Order),
    /// An execution.
    Execution(Execution),
    /// A position.
    Position(Position),
}

/// The end of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SnapshotEnd {
    /// The request that it answers; `r-0` for the one after `welcome`.
    pub id: Id,
    /// The last event that is in it.
    pub seq: Count,
    /// Orders and executions are complete from here on.
    pub since: Millis,
    /// Rows of each kind.
    #[serde(flatten)]
    pub rows: RowCounts,
    /// Whether the platform gave every list.
    pub whole: bool,
    /// The sender's clock.
    pub ts: Millis,
    /// The digest of armed phantoms.
    pub digest: Words,
}

/// How many rows of each kind a snapshot has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RowCounts {
    /// Connections.
    pub conn: u64,
    /// Accounts.
    pub acct: u64,
    /// Orders.
    pub order: u64,
    /// Executions.
    pub exec: u64,
    /// Positions.
    pub pos: u64,
}

/// A trade of a subscription.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trade {
    /// The subscription.
    pub sub: SubNumber,
    /// Counts from 1 without a gap.
    pub n: Count,
    /// Its price.
    pub price: Amount,
    /// Contracts.
    pub size: TradeSize,
    /// The best bid of its moment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bid: Option<Amount>,
    /// The best ask of its moment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ask: Option<Amount>,
    /// The sender's clock.
    pub ts: Millis,
}

/// The best bid and ask of a subscription.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// The subscription.
    pub sub: SubNumber,
    /// The best bid.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bid: Option<Amount>,
    /// Contracts there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bid_size: Option<Count>,
    /// The best ask.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ask: Option<Amount>,
    /// Contracts there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ask_size: Option<Count>,
    /// The sender's clock.
    pub ts: Millis,
}

/// The answer to a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ack {
    /// The request.
    pub id: Id,
    /// The answer, or why it was not done, with words of the platform.
    pub answer: Result<Answer, (RefusalCode, Option<Words>)>,
}

/// What a command that was done answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Whether the order was known before.
    pub dup: bool,
    /// The members, by the kind of the command.
    pub members: Object,
}

/// What the server says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerBody {
    /// A row of a snapshot.
    Snapshot {
        /// The request that it answers.
        id: Id,
        /// The row.
        row: Row,
    },
    /// The end of a snapshot.
    SnapshotEnd(SnapshotEnd),
    /// Something has happened.
    Event {
        /// Its number, gap-free.
        seq: Count,
        /// Whether it repeats what was said before.
        again: bool,
        /// The sender's clock.
        ts: Millis,
        /// What.
        row: Row,
    },
    /// The answer to a command.
    Ack(Ack),
    /// A trade.
    Trade(Trade),
    /// A quote.
    Quote(Quote),
    /// A heartbeat.
    Ping(Beat),
    /// The answer to a heartbeat.
    Pong(Beat),
    /// The server ends.
    Bye(ByeCode),
}

/// A body that this version of the wire does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a line that is no body of the bridge: {0}")]
pub struct NoBody(pub &'static str);

impl ClientBody {
    /// The text of the line.
    #[must_use]
    pub fn write(&self) -> String {
        let mut it = Object::new();
        match self {
            Self::Command { id, command } => {
                it.insert("t".into(), "cmd".into());
                it.insert("id".into(), id.as_str().into());
                it.insert("op".into(), command.op().into());
                it.insert("d".into(), command.members().into());
            }
            Self::Unreadable { id, .. } => {
                it.insert("t".into(), "cmd".into());
                it.insert("id".into(), id.as_str().into());
            }
            Self::Ping(beat) => it = tagged("ping", beat),
            Self::Pong(beat) => it = tagged("pong", beat),
            Self::Bye(code) => it = tagged("bye", &ByeLine { code: *code }),
        }
        Value::Object(it).to_string()
    }

    /// Reads a line.
    ///
    /// # Errors
    /// [`NoBody`] for what ends the connection. A command that only its own members make unreadable is
    /// [`ClientBody::Unreadable`].
    pub fn read(text: &str) -> Result<Self, NoBody> {
        let mut it = json::read(text).map_err(|_| NoBody("JSON"))?;
        match kind_of(&mut it)?.as_str() {
            "cmd" => {
                let id: Id = member(&mut it, "id")?;
                let op: String = member(&mut it, "op")?;
                let members: Object = member(&mut it, "d")?;
                if !it.is_empty() {
                    return Ok(Self::Unreadable { id, code: RefusalCode::BadRequest });
                }
                Ok(match Command::read(&op, members) {
                    Ok(command) => Self::Command { id, command },
                    Err(code) => Self::Unreadable { id, code },
                })
            }
            "ping" => typed(it, "ping").map(Self::Ping),
            "pong" => typed(it, "pong").map(Self::Pong),
            "bye" => typed::<ByeLine>(it, "bye").map(|bye| Self::Bye(bye.code)),
            _ => Err(NoBody("kind")),
        }
    }
}

impl ServerBody {
    /// The text of the line.
    #[must_use]
    pub fn write(&self) -> String {
        let it = match self {
            Self::Snapshot { id, row } => row_line("snap", row, |it| {
                it.insert("id".into(), id.as_str().into());
            }),
            Self::SnapshotEnd(end) => tagged("snap_end", end),
            Self::Event { seq, again, ts, row } => row_line("ev", row, |it| {
                it.insert("seq".into(), seq.get().into());
                it.insert("ts".into(), ts.get().into());
                if *again {
                    it.insert("again".into(), true.into());
                }
            }),
            Self::Ack(ack) => ack.object(),
            Self::Trade(trade) => tagged("trade", trade),
            Self::Quote(quote) => tagged("quote", quote),
            Self::Ping(beat) => tagged("ping", beat),
            Self::Pong(beat) => tagged("pong", beat),
            Self::Bye(code) => tagged("bye", &ByeLine { code: *code }),
        };
        Value::Object(it).to_string()
    }

    /// Reads a line.
    ///
    /// # Errors
    /// [`NoBody`]; the connection ends with it.
    pub fn read(text: &str) -> Result<Self, NoBody> {
        let mut it = json::read(text).map_err(|_| NoBody("JSON"))?;
        match kind_of(&mut it)?.as_str() {
            "snap" => Ok(Self::Snapshot { id: member(&mut it, "id")?, row: Row::read(it)? }),
            "snap_end" => typed(it, "snap_end").map(Self::SnapshotEnd),
            "ev" => {
                let (seq, ts) = (member(&mut it, "seq")?, member(&mut it, "ts")?);
                let again = it.remove("again").is_some_and(|again| again == Value::Bool(true));
                Ok(Self::Event { seq, again, ts, row: Row::read(it)? })
            }
            "ack" => Ack::read(it).map(Self::Ack),
            "trade" => typed(it, "trade").map(Self::Trade),
            "quote" => typed(it, "quote").map(Self::Quote),
            "ping" => typed(it, "ping").map(Self::Ping),
            "pong" => typed(it, "pong").map(Self::Pong),
            "bye" => typed::<ByeLine>(it, "bye").map(|bye| Self::Bye(bye.code)),
            _ => Err(NoBody("kind")),
        }
    }
}

impl Row {
    fn read(mut it: Object) -> Result<Self, NoBody> {
        let kind: String = member(&mut it, "k")?;
        let members: Object = member(&mut it, "d")?;
        match kind.as_str() {
            "conn" => typed(members, "conn").map(Self::Connection),
            "acct" => typed(members, "acct").map(Self::Account),
            "order" => typed(members, "order").map(Self::Order),
            "exec" => typed(members, "exec").map(Self::Execution),
            "pos" => typed(members, "pos").map(Self::Position),
            _ => Err(NoBody("kind of row")),
        }
    }

    /// The word for its kind on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Connection(_) => "conn",
            Self::Account(_) => "acct",
            Self::Order(_) => "order",
            Self::Execution(_) => "exec",
            Self::Position(_) => "pos",
        }
    }

    fn members(&self) -> Object {
        match self {
            Self::Connection(it) => object_of(it),
            Self::Account(it) => object_of(it),
            Self::Order(it) => object_of(it),
            Self::Execution(it) => object_of(it),
            Self::Position(it) => object_of(it),
        }
    }
}

impl RowCounts {
    /// Counts one more row.
    pub const fn count(&mut self, row: &Row) {
        match row {
            Row::Connection(_) => self.conn += 1,
            Row::Account(_) => self.acct += 1,
            Row::Order(_) => self.order += 1,
            Row::Execution(_) => self.exec += 1,
            Row::Position(_) => self.pos += 1,
        }
    }
}

impl Ack {
    fn object(&self) -> Object {
        let mut it = Object::new();
        it.insert("t".into(), "ack".into());
        it.insert("id".into(), self.id.as_str().into());
        match &self.answer {
            Ok(Answer { dup, members }) => {
                it.insert("ok".into(), true.into());
                if *dup {
                    it.insert("dup".into(), true.into());
                }
                it.insert("d".into(), members.clone().into());
            }
            Err((code, words)) => {
                it.insert("ok".into(), false.into());
                it.insert("code".into(), serde_json::to_value(code).unwrap_or_default());
                if let Some(words) = words {
                    it.insert("text".into(), words.as_str().into());
                }
            }
        }
        it
    }

    fn read(mut it: Object) -> Result<Self, NoBody> {
        let id = member(&mut it, "id")?;
        let answer = if member::<bool>(&mut it, "ok")? {
            let dup = it.remove("dup").is_some_and(|dup| dup == Value::Bool(true));
            Ok(Answer { dup, members: member(&mut it, "d")? })
        } else {
            let words = it.remove("text").and_then(|words| serde_json::from_value(words).ok());
            Err((member(&mut it, "code")?, words))
        };
        Ok(Self { id, answer })
    }
}

impl Answer {
    /// An answer of a typed object.
    #[must_use]
    pub fn of<T: Serialize>(it: &T) -> Self {
        Self { dup: false, members: object_of(it) }
    }

    /// The members as the kind of the command has them.
    ///
    /// # Errors
    /// [`NoBody`] when they are not.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, NoBody> {
        typed(self.members.clone(), "answer")
    }
}

#[derive(Serialize, Deserialize)]
struct ByeLine {
    code: ByeCode,
}

fn tagged<T: Serialize>(kind: &str, it: &T) -> Object {
    let mut line = Object::new();
    line.insert("t".into(), kind.into());
    line.extend(object_of(it));
    line
}

fn row_line(kind: &str, row: &Row, head: impl FnOnce(&mut Object)) -> Object {
    let mut it = Object::new();
    it.insert("t".into(), kind.into());
    head(&mut it);
    it.insert("k".into(), row.kind().into());
    it.insert("d".into(), row.members().into());
    it
}

fn kind_of(it: &mut Object) -> Result<String, NoBody> {
    member(it, "t")
}

fn member<T: serde::de::DeserializeOwned>(it: &mut Object, name: &'static str) -> Result<T, NoBody> {
    let value = it.remove(name).ok_or(NoBody(name))?;
    serde_json::from_value(value).map_err(|_| NoBody(name))
}

fn typed<T: serde::de::DeserializeOwned>(it: Object, what: &'static str) -> Result<T, NoBody> {
    serde_json::from_value(Value::Object(it)).map_err(|_| NoBody(what))
}
