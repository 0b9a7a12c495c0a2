//! One connection from `welcome` to its end, without a socket and without a clock.
//!
//! Lines of the server, messages of the desk and the passing of time go in; lines to send and what the
//! desk must hear come out, in one order. What outlives a connection is [`Kept`].

mod commands;
mod covers;
mod rows;
mod snapshots;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use phantom_bridge::body::{Beat, ConnectionStatus, Env, Row};
use phantom_bridge::command::{Arm, ContractName};
use phantom_bridge::handshake::ServerName;
use phantom_bridge::text::{Count, Id, Millis, Name, Words};
use phantom_bridge::{ByeCode, ClientBody, Command, ServerBody, digest};
use phantom_broker::Incoming;
use phantom_model::{ContractId, Link, OrderId, SnapshotId, Span, Timestamp};

use crate::config::{ConnectionConfig, Timing};
use crate::names::ClientNames;
use crate::story::{ConnectFault, ConnectionStory, Stage, Warning};
use commands::Pending;
use covers::Told;
use rows::Known;
use snapshots::Collecting;

/// What comes out of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Out {
    /// A line for the server. `order` is set when an order leaves with it.
    Send {
        /// The line.
        body: ClientBody,
        /// The order of ours that exists once it has left.
        order: Option<OrderId>,
    },
    /// Something for the desk.
    Tell(Incoming),
    /// The connection must end.
    Close(ConnectFault),
}

/// What outlives a connection.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The account and provider with real money that a person has confirmed by name.
    pub confirmed: Option<(Name, Name)>,
    /// Contracts whose trades are wanted.
    pub watched: BTreeSet<ContractId>,
}

/// Whether a contract there is the one that the desk means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Terms {
    /// Tick size and point value agree.
    Same,
    /// They do not, or there is no such contract.
    Other,
}

/// What of a connection is decided before it is made.
#[derive(Clone, Debug)]
pub struct Fixed {
    pub(crate) names: ClientNames,
    pub(crate) account: Name,
    pub(crate) env: Env,
    pub(crate) timing: Timing,
    pub(crate) does: Does,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Does {
    /// Trades.
    Trade,
    /// Looks, and changes nothing there.
    Look,
}

impl Fixed {
    /// For a look that changes nothing.
    #[must_use]
    pub fn looking(config: &ConnectionConfig) -> Self {
        Self { does: Does::Look, ..Self::of(config) }
    }

    /// From the settings.
    #[must_use]
    pub fn of(config: &ConnectionConfig) -> Self {
        Self {
            does: Does::Trade,
            names: ClientNames::new(&config.desk, config.contracts.clone()),
            account: config.account.clone(),
            env: config.env,
            timing: config.timing,
        }
    }
}

impl Fixed {
    /// Every contract of the desk that the wire can carry.
    pub(crate) fn contracts(&self) -> Vec<ContractId> {
        self.names.contracts().collect()
    }
}

/// One authenticated connection.
#[derive(Debug)]
pub struct Session {
    fixed: Fixed,
    kept: Kept,
    story: ConnectionStory,
    out: Vec<Out>,
    /// The last event; `None` before the first snapshot is whole.
    seq: Option<i64>,
    requests: u64,
    pending: BTreeMap<u64, Pending>,
    collecting: Option<Collecting>,
    /// Questions of the desk for snapshots, in the order of their requests.
    asked: VecDeque<(Id, SnapshotId)>,
    orders: BTreeMap<OrderId, Known>,
    terms: BTreeMap<ContractId, Terms>,
    subscriptions: BTreeMap<i64, (ContractId, i64)>,
    /// Live stops that stand for phantoms and are being taken back, by their ids; asked again then.
    shadows: BTreeMap<Id, Timestamp>,
    /// Orders whose cancel came while a change was out: asked for again then.
    cancel_again: BTreeMap<OrderId, Timestamp>,
    /// Phantoms that are to be protected while this program is away; `None` until the desk has said so over
    /// this connection, and what is armed there is let be: it compares the account first.
    armed: Option<BTreeMap<Id, Arm>>,
    told_armed: Told,
    status: ConnectionStatus,
    price_status: ConnectionStatus,
    /// No order or execution since then.
    quiet_since: Timestamp,
    /// The platform's connection was gone and its lists must settle.
    settling: bool,
    told: Link,
    heard: Timestamp,
    next_beat: Timestamp,
    beats: i64,
    beat_sent: Option<(i64, Timestamp)>,
    /// The last moment that this session was told.
    passed: Timestamp,
    closed: bool,
}

impl Session {
    /// A connection whose server has just said `welcome`.
    #[must_use]
    pub fn new(fixed: Fixed, kept: Kept, server: &ServerName, connections: u64, now: Timestamp) -> Self {
        let story = ConnectionStory {
            stage: Stage::Reading,
            server: Some(server.server.clone()),
            connections,
            ..ConnectionStory::default()
        };
        Self {
            fixed,
            kept,
            story,
            out: Vec::new(),
            seq: None,
            requests: 0,
            pending: BTreeMap::new(),
            collecting: None,
            asked: VecDeque::new(),
            orders: BTreeMap::new(),
            terms: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            shadows: BTreeMap::new(),
            cancel_again: BTreeMap::new(),
            armed: None,
            told_armed: Told::nothing(now),
            status: ConnectionStatus::Disconnected,
            price_status: ConnectionStatus::Disconnected,
            quiet_since: now,
            settling: false,
            told: Link::Down,
            heard: now,
            next_beat: now,
            beats: 0,
            beat_sent: None,
            passed: now,
            closed: false,
        }
    }

    /// What is to be done, in its order.
    pub fn take_out(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.out)
    }

    /// How the connection stands.
    #[must_use]
    pub const fn story(&self) -> &ConnectionStory {
        &self.story
    }

    /// Whether orders can be sent.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.told == Link::Up
    }

    /// Ends it: what outlives it.
    #[must_use]
    pub fn into_kept(self) -> Kept {
        self.kept
    }

    /// What outlives it, to change it.
    pub const fn kept_mut(&mut self) -> &mut Kept {
        &mut self.kept
    }

    /// Takes a line of the server.
    pub fn line(&mut self, now: Timestamp, body: ServerBody) {
        self.heard = now;
        self.passed = now;
        if self.closed {
            return;
        }
        match body {
            ServerBody::Snapshot { id, row } => self.snapshot_row(&id, row),
            ServerBody::SnapshotEnd(end) => self.snapshot_end(now, &end),
            ServerBody::Event { seq, again, row, .. } => self.event(now, seq, again, row),
            ServerBody::Ack(ack) => self.ack(now, ack),
            ServerBody::Trade(trade) => self.trade(now, &trade),
            // The desk works from trades; a quote says that the feed lives.
            ServerBody::Quote(_) => {}
            ServerBody::Ping(beat) => {
                let answer = self.beat(now, beat.n);
                self.send(ClientBody::Pong(answer));
            }
            ServerBody::Pong(beat) => self.pong(now, &beat),
            ServerBody::Bye(code) => self.close(match code {
                ByeCode::Busy => ConnectFault::Busy,
                ByeCode::BadAuth
                | ByeCode::BadVersion
                | ByeCode::UnknownAccount
                | ByeCode::Stopping
                | ByeCode::Slow
                | ByeCode::Silent
                | ByeCode::Protocol
                | ByeCode::Replaced => ConnectFault::Goodbye(code),
            }),
        }
        self.judge(now);
    }

    /// When the session has something to do by itself.
    #[must_use]
    pub fn next_due(&self) -> Timestamp {
        let silence = after(self.heard, self.fixed.timing.silence);
        let answers = self.pending.values().filter_map(Pending::overdue_at);
        let owed = self.orders.values().filter_map(|known| known.owed_at);
        let settled = self.settling.then(|| after(self.quiet_since, self.fixed.timing.settle));
        let due = answers.chain(owed).chain(settled).min().unwrap_or(Timestamp::MAX);
        due.min(silence).min(self.next_beat).min(self.covers_due())
    }

    /// Time has passed.
    pub fn pass(&mut self, now: Timestamp) {
        self.passed = now;
        if self.closed {
            return;
        }
        if now >= after(self.heard, self.fixed.timing.silence) {
            self.close(ConnectFault::Silent);
            return;
        }
        if now >= self.next_beat {
            self.next_beat = after(now, self.fixed.timing.beat);
            self.beats += 1;
            self.beat_sent = Some((self.beats, now));
            let beat = self.beat(now, Count::clamped(self.beats));
            self.send(ClientBody::Ping(beat));
        }
        self.ask_overdue(now);
        self.ask_owed(now);
        self.pass_covers(now);
        self.judge(now);
    }

    /// The socket has failed: the connection ends.
    pub fn end(&mut self, fault: ConnectFault) {
        self.close(fault);
    }

    /// A person has typed the name of the account: whether it is this one.
    pub fn confirm_live(&mut self, now: Timestamp, typed: &str) -> bool {
        let account = self.story.account.clone().filter(|it| it.as_str() == typed);
        self.kept.confirmed = account.zip(self.story.provider.clone());
        self.judge(now);
        self.kept.confirmed.is_some()
    }

    /// Trades of this contract are wanted.
    pub fn watch(&mut self, contract: ContractId) {
        if self.kept.watched.insert(contract) && self.seq.is_some() {
            self.subscribe(contract);
        }
    }

    fn send(&mut self, body: ClientBody) {
        self.out.push(Out::Send { body, order: None });
    }

    fn tell(&mut self, what: Incoming) {
        self.out.push(Out::Tell(what));
    }

    fn close(&mut self, fault: ConnectFault) {
        if self.closed {
            return;
        }
        self.closed = true;
        if self.told == Link::Up {
            self.told = Link::Down;
            self.tell(Incoming::Link(Link::Down));
        }
        self.out.push(Out::Close(fault));
    }

    fn warn(&mut self, warning: Warning) {
        if !self.story.warnings.contains(&warning) {
            self.story.warnings.push(warning);
        }
    }

    fn beat(&self, now: Timestamp, n: Count) -> Beat {
        let seq = Count::clamped(self.seq.unwrap_or(0));
        let ts = Millis::clamped(now.nanos() / 1_000_000);
        Beat { n, seq, ts, digest: Words::cut(&self.digest()) }
    }

    fn digest(&self) -> String {
        digest::digest(self.armed.iter().flatten().map(|(_, arm)| arm))
    }

    fn pong(&mut self, now: Timestamp, beat: &Beat) {
        if let Some((n, sent)) = self.beat_sent.filter(|(n, _)| *n == beat.n.get()) {
            self.beat_sent = None;
            let took = u64::try_from(now.since(sent).nanos()).unwrap_or(0);
            self.story.latency = Some(Duration::from_nanos(took));
            tracing::trace!(n, took, "the other side lives");
        }
        if self.price_status == ConnectionStatus::Connected && self.seq.is_some() {
            self.tell(Incoming::FeedAlive);
        }
        self.compare_armed(now, &beat.digest);
    }

    fn event(&mut self, now: Timestamp, seq: Count, again: bool, row: Row) {
        let Some(last) = self.seq else {
            self.close(ConnectFault::Protocol("an event before the first snapshot"));
            return;
        };
        if seq.get() != last + 1 {
            self.close(ConnectFault::Protocol("a gap in the events"));
            return;
        }
        self.seq = Some(seq.get());
        match row {
            Row::Connection(it) => {
                let was_down = self.status != ConnectionStatus::Connected;
                self.connection(it);
                if was_down && self.status == ConnectionStatus::Connected {
                    (self.settling, self.quiet_since) = (true, now);
                }
            }
            Row::Account(it) => {
                if let Err(fault) = self.account(&it) {
                    self.close(fault);
                }
            }
            Row::Order(it) => {
                self.quiet_since = now;
                self.order(now, &it, again);
            }
            Row::Execution(it) => {
                self.quiet_since = now;
                self.execution(&it, again);
            }
            Row::Position(it) => {
                self.quiet_since = now;
                if self.contract(&it.root, it.month, it.year).is_none() && it.net.get() != 0 {
                    let contract = format!("{} {:02}-{}", it.root, it.month.get(), it.year.get());
                    self.warn(Warning::HeldElsewhere { contract });
                }
            }
        }
    }

    /// How far the connection is now, and whether orders can be sent.
    fn judge(&mut self, now: Timestamp) {
        if self.closed || self.seq.is_none() {
            return;
        }
        let stage = self.stage(now);
        if stage == Stage::Up {
            self.settling = false;
        }
        let link = if stage == Stage::Up { Link::Up } else { Link::Down };
        self.story.stage = stage;
        if link != self.told {
            self.told = link;
            self.tell(Incoming::Link(link));
        }
    }

    fn stage(&self, now: Timestamp) -> Stage {
        let confirmed = self.kept.confirmed.as_ref().is_some_and(|(account, provider)| {
            Some(account) == self.story.account.as_ref() && Some(provider) == self.story.provider.as_ref()
        });
        if self.fixed.env == Env::Live && !confirmed {
            return Stage::AwaitsConfirmation;
        }
        if self.status != ConnectionStatus::Connected {
            return Stage::PlatformDown(self.status);
        }
        if !self.shadows.is_empty() {
            return Stage::TakingOver { shadows: self.shadows.len() };
        }
        // A contract that is wanted later takes nobody's way away: nothing opens in it before it is compared.
        let is_reading =
            self.told == Link::Down && self.pending.values().any(|it| matches!(it, Pending::Subscribe(_)));
        let is_settling = self.settling && now < after(self.quiet_since, self.fixed.timing.settle);
        if is_reading || is_settling || self.is_first_snapshot() { Stage::Reading } else { Stage::Up }
    }

    fn is_first_snapshot(&self) -> bool {
        self.collecting.as_ref().is_some_and(Collecting::is_first)
    }

    fn subscribe(&mut self, contract: ContractId) {
        if let Some(name) = self.fixed.names.contract_name(contract).cloned() {
            self.command(Command::Subscribe(name), Pending::Subscribe(contract));
        }
    }

    fn contract_text(&self, contract: ContractId) -> String {
        self.fixed.names.listed(contract).map_or_else(String::new, ToString::to_string)
    }
}

/// `now` and a while.
pub(crate) fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now + Span::from_nanos(i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX))
}

/// A contract as people write it.
pub(crate) fn name_text(it: &ContractName) -> String {
    format!("{} {:02}-{:02}", it.root, it.month.get(), it.year.get() % 100)
}
