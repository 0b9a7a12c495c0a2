//! The one task that owns the venue: it takes what clients say, lets the market and time pass, and hands
//! out what the venue says. It never waits for a client.

use std::time::Duration;

use phantom_bridge::body::{AccountStatus, Beat, ConnectionStatus};
use phantom_bridge::text::Count;
use phantom_bridge::{ByeCode, ClientBody, Identity, ServerBody};
use phantom_model::{ContractId, MarketRecord, OrderKind, Qty, Side, Span, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::market::Market;
use crate::venue::{Venue, millis};

/// Lines that may wait for a client before it is dropped.
pub(crate) const LINES_MAX: usize = 20_000;
/// Trades that are shown before clients are heard again.
const RECORDS_AT_ONCE: usize = 256;

/// How patient the server is, and what it does wrong on purpose.
#[derive(Clone, Copy, Debug)]
pub struct HallSettings {
    /// How often it says that it lives.
    pub beat: Duration,
    /// How long a client may be silent.
    pub silence: Duration,
    /// How long after the last word of a client its phantoms are protected.
    pub shadows_after: Duration,
    /// What its faults are drawn from.
    pub seed: u64,
    /// Commands in a thousand that are lost before they are looked at.
    pub lost_commands: u16,
    /// Answers in a thousand that are lost after the command was done.
    pub lost_answers: u16,
    /// Commands in a thousand after which the connection breaks.
    pub hang_ups: u16,
}

impl Default for HallSettings {
    fn default() -> Self {
        Self {
            beat: Duration::from_secs(1),
            silence: Duration::from_secs(3),
            shadows_after: Duration::from_secs(5),
            seed: 1,
            lost_commands: 0,
            lost_answers: 0,
            hang_ups: 0,
        }
    }
}

/// What steers the server from outside the protocol.
#[derive(Clone, Copy, Debug)]
pub enum Control {
    /// The market makes this record.
    Record(MarketRecord),
    /// The platform's own way to the market stands so.
    Connection(ConnectionStatus, ConnectionStatus),
    /// The account may trade, or not.
    Account(AccountStatus),
    /// Somebody else trades in the account.
    Foreign {
        /// What.
        contract: ContractId,
        /// Buy or sell.
        side: Side,
        /// Contracts.
        qty: Qty,
        /// Market or limit.
        kind: OrderKind,
    },
    /// The connection to the client breaks.
    HangUp,
    /// The server says nothing any more, or speaks again; its connections stand.
    Mute(bool),
    /// The server ends.
    Stop,
}

/// What connections say to the hall.
pub(crate) enum Arrived {
    /// A client has proved the secret and wants to trade.
    Joins { who: Identity, door: Door, answer: oneshot::Sender<Result<u64, ByeCode>> },
    /// The client of this number says something.
    Says { client: u64, body: ClientBody },
    /// The client of this number has gone.
    Leaves { client: u64 },
}

/// The way to a client.
pub(crate) struct Door {
    pub(crate) lines: mpsc::Sender<ServerBody>,
    pub(crate) kick: oneshot::Sender<ByeCode>,
}

struct Client {
    number: u64,
    door: Door,
    heard: Instant,
    beats: i64,
}

pub(crate) struct Hall {
    venue: Venue,
    market: Market,
    settings: HallSettings,
    faults: ChaCha8Rng,
    arrivals: mpsc::Receiver<Arrived>,
    controls: mpsc::Receiver<Control>,
    started: (Timestamp, Instant),
    client: Option<Client>,
    joined: u64,
    next_beat: Instant,
    /// When somebody was heard last; shadows follow when it stays so.
    heard: Instant,
    shadowed: bool,
    muted: bool,
}

impl Hall {
    pub(crate) fn new(
        venue: Venue,
        market: Market,
        settings: HallSettings,
        wall: Timestamp,
        arrivals: mpsc::Receiver<Arrived>,
        controls: mpsc::Receiver<Control>,
    ) -> Self {
        let now = Instant::now();
        Self {
            venue,
            market,
            settings,
            faults: ChaCha8Rng::seed_from_u64(settings.seed),
            arrivals,
            controls,
            started: (wall, now),
            client: None,
            joined: 0,
            next_beat: now + settings.beat,
            heard: now,
            shadowed: false,
            muted: false,
        }
    }

    /// Runs until it is stopped, or nobody can reach it any more.
    pub(crate) async fn run(mut self) {
        let mut steered = true;
        loop {
            let due = self.next_due();
            let goes_on = tokio::select! {
                biased;
                control = self.controls.recv(), if steered => {
                    steered = control.is_some();
                    control.is_none_or(|control| self.control(control))
                }
                arrived = self.arrivals.recv() => {
                    let goes_on = arrived.is_some();
                    if let Some(arrived) = arrived {
                        self.arrived(arrived);
                    }
                    goes_on
                }
                () = tokio::time::sleep_until(due) => true,
            };
            if !goes_on {
                self.kick(ByeCode::Stopping);
                return;
            }
            self.pass_time();
            self.deliver();
            // A market that is behind must not keep connections from reading and writing.
            tokio::task::yield_now().await;
        }
    }

    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.started.1.elapsed().as_nanos()).unwrap_or(i64::MAX);
        self.started.0 + Span::from_nanos(elapsed)
    }

    fn next_due(&mut self) -> Instant {
        let venue = u64::try_from(self.venue.next_due().since(self.started.0).nanos()).unwrap_or(0);
        let venue = self.started.1.checked_add(Duration::from_nanos(venue));
        let shadows =
            (!self.shadowed && self.client.is_none()).then(|| self.heard + self.settings.shadows_after);
        let soonest = [venue, self.market.next_due(), shadows].into_iter().flatten().min();
        soonest.map_or(self.next_beat, |at| at.min(self.next_beat))
    }

    fn control(&mut self, control: Control) -> bool {
        let now = self.now();
        match control {
            Control::Record(record) => self.venue.show(now, &record),
            Control::Connection(status, price) => self.venue.set_connection(now, status, price),
            Control::Account(status) => self.venue.set_account_status(now, status),
            Control::Foreign { contract, side, qty, kind } => {
                if let Err(code) = self.venue.foreign(now, contract, side, qty, kind) {
                    tracing::error!(?code, "the order of somebody else was not taken");
                }
            }
            Control::HangUp => self.hang_up(),
            Control::Mute(muted) => self.muted = muted,
            Control::Stop => return false,
        }
        true
    }

    fn arrived(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Joins { who, door, answer } => {
                let joined = self.join(&who, door);
                if answer.send(joined).is_err() {
                    self.hang_up();
                }
            }
            Arrived::Says { client, body } => {
                if let Some(it) = self.client.as_mut().filter(|it| it.number == client) {
                    it.heard = Instant::now();
                    self.heard = it.heard;
                    self.says(body);
                }
            }
            Arrived::Leaves { client } => {
                if self.client.as_ref().is_some_and(|it| it.number == client) {
                    self.client = None;
                    self.venue.leave();
                }
            }
        }
    }

    fn join(&mut self, who: &Identity, door: Door) -> Result<u64, ByeCode> {
        if !self.venue.has_account(&who.account) {
            return Err(ByeCode::UnknownAccount);
        }
        if self.client.is_some() {
            return Err(ByeCode::Busy);
        }
        self.joined += 1;
        let now = Instant::now();
        tracing::info!(client = %who.client, account = %who.account, "a desk has come");
        self.client = Some(Client { number: self.joined, door, heard: now, beats: 0 });
        (self.heard, self.shadowed) = (now, false);
        let at = self.now();
        self.venue.attend(at);
        Ok(self.joined)
    }

    fn says(&mut self, body: ClientBody) {
        let now = self.now();
        match body {
            ClientBody::Command { id, command } => {
                if self.draws(self.settings.lost_commands) {
                    return;
                }
                self.venue.command(now, &id, command);
                if self.draws(self.settings.lost_answers) {
                    self.deliver_without(&id);
                }
                if self.draws(self.settings.hang_ups) {
                    self.hang_up();
                }
            }
            ClientBody::Unreadable { id, code } => self.venue.refuse(&id, code),
            ClientBody::Ping(beat) => {
                let answer = self.beat(beat.n);
                self.say(ServerBody::Pong(answer));
            }
            ClientBody::Pong(_) => {}
            ClientBody::Bye(_) => {
                self.client = None;
                self.venue.leave();
            }
        }
    }

    /// Whether a fault of this many in a thousand happens. One that is off draws nothing.
    fn draws(&mut self, per_mille: u16) -> bool {
        per_mille > 0 && self.faults.next_u64() % 1_000 < u64::from(per_mille)
    }

    fn beat(&self, n: Count) -> Beat {
        Beat { n, seq: self.venue.seq(), ts: millis(self.now()), digest: self.venue.digest() }
    }

    fn pass_time(&mut self) {
        let (now, at) = (Instant::now(), self.now());
        self.venue.advance(at);
        for _ in 0..RECORDS_AT_ONCE {
            let Some(record) = self.market.take(now) else { break };
            self.venue.show(at, &record);
        }
        if self.client.as_ref().is_some_and(|it| it.heard + self.settings.silence <= now) {
            self.kick(ByeCode::Silent);
        }
        if self.client.is_none() && !self.shadowed && self.heard + self.settings.shadows_after <= now {
            self.shadowed = true;
            self.venue.place_shadows(at);
        }
        if self.next_beat <= now {
            self.next_beat = now + self.settings.beat;
            let n = self.client.as_mut().map(|it| {
                it.beats += 1;
                Count::clamped(it.beats)
            });
            if let Some(n) = n {
                let beat = self.beat(n);
                self.say(ServerBody::Ping(beat));
            }
        }
    }

    /// Hands out what the venue has said.
    fn deliver(&mut self) {
        for body in self.venue.take_out() {
            self.say(body);
        }
    }

    /// The same, but the answer to this command is lost on the way.
    fn deliver_without(&mut self, id: &phantom_bridge::text::Id) {
        for body in self.venue.take_out() {
            if !matches!(&body, ServerBody::Ack(ack) if ack.id == *id) {
                self.say(body);
            }
        }
    }

    fn say(&mut self, body: ServerBody) {
        if self.muted {
            return;
        }
        let Some(client) = &self.client else { return };
        match client.door.lines.try_send(body) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => self.kick(ByeCode::Slow),
            Err(mpsc::error::TrySendError::Closed(_)) => self.hang_up(),
        }
    }

    /// Says goodbye and lets the client go.
    fn kick(&mut self, code: ByeCode) {
        let Some(client) = self.client.take() else { return };
        self.venue.leave();
        tracing::info!(%code, "the desk is let go");
        if client.door.kick.send(code).is_err() {
            tracing::debug!("it has gone already");
        }
    }

    /// The connection just ends.
    fn hang_up(&mut self) {
        self.client = None;
        self.venue.leave();
    }
}
