//! The task that keeps the connection: it connects, carries lines, and connects again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use phantom_bridge::handshake::ServerName;
use phantom_bridge::{ByeCode, ClientBody};
use phantom_broker::{Incoming, Message};
use phantom_model::{BrokerReport, ContractId, FailReason, OrderId, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::config::ConnectionConfig;
use crate::port::{BridgeBroker, Covers, MESSAGES_MAX, Posted, Spell};
use crate::session::{Fixed, Kept, Out, Session};
use crate::socket::{self, Outgoing};
use crate::story::{ConnectFault, ConnectionStory, Stage};

/// What the connection brings may wait for the desk: about a second of the busiest market.
const INCOMING_MAX: usize = 16_384;
/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The desk's clock.
type DeskClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Numbers from 0 to 1 000 that no two desks share.
type Jitter = Box<dyn FnMut() -> u16 + Send + Sync>;

/// What a person or the desk wants of the connection besides orders.
enum Wish {
    ConfirmLive { typed: String, answer: oneshot::Sender<bool> },
    Watch(ContractId),
}

/// A running connection, to look at and to steer.
#[derive(Clone, Debug)]
pub struct Handle {
    wishes: mpsc::Sender<Wish>,
    story: watch::Receiver<ConnectionStory>,
}

/// The connection, to be run as a task.
pub struct Connection {
    config: ConnectionConfig,
    fixed: Fixed,
    kept: Kept,
    clock: DeskClock,
    jitter: Jitter,
    messages: mpsc::Receiver<Posted>,
    wishes: mpsc::Receiver<Wish>,
    covers: watch::Receiver<Covers>,
    incoming: mpsc::Sender<Incoming>,
    story: watch::Sender<ConnectionStory>,
    spell: Arc<Spell>,
    spells: u64,
    connections: u64,
}

/// Why a connection is carried no further.
enum Ended {
    Fault(ConnectFault),
    /// Nobody wants it any more.
    Unwanted,
}

/// A connection that is not made yet: the broker for the desk, the task, its handle, and what it brings.
/// `clock` is the desk's; `jitter` gives numbers from 0 to 1 000.
#[must_use]
pub fn connect(
    config: ConnectionConfig,
    clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    jitter: impl FnMut() -> u16 + Send + Sync + 'static,
) -> (BridgeBroker, Connection, Handle, mpsc::Receiver<Incoming>) {
    let (message_in, messages) = mpsc::channel(MESSAGES_MAX);
    let (wish_in, wishes) = mpsc::channel(MESSAGES_MAX);
    let (incoming, brought) = mpsc::channel(INCOMING_MAX);
    let (story, shown) = watch::channel(ConnectionStory::default());
    let (cover_in, covers) = watch::channel(None);
    let spell = Arc::new(Spell::default());
    let fixed = Fixed::of(&config);
    let mut kept = Kept::default();
    if config.watch_all {
        kept.watched.extend(fixed.contracts());
    }
    let broker = BridgeBroker::new(message_in, Arc::clone(&spell), cover_in);
    let connection = Connection {
        config,
        fixed,
        kept,
        clock: Arc::new(clock),
        jitter: Box::new(jitter),
        messages,
        wishes,
        covers,
        incoming,
        story,
        spell,
        spells: 0,
        connections: 0,
    };
    (broker, connection, Handle { wishes: wish_in, story: shown }, brought)
}

impl Handle {
    /// How the connection stands now, and each time it changes.
    #[must_use]
    pub fn story(&self) -> watch::Receiver<ConnectionStory> {
        self.story.clone()
    }

    /// A person has typed the name of the account with real money. Whether it was right; it holds until
    /// the connection is set up anew, or the account or its provider is another.
    pub async fn confirm_live(&self, typed: &str) -> bool {
        let (answer, answered) = oneshot::channel();
        let wish = Wish::ConfirmLive { typed: typed.to_owned(), answer };
        self.wishes.send(wish).await.is_ok() && answered.await.unwrap_or(false)
    }

    /// Trades of this contract are wanted.
    pub async fn watch(&self, contract: ContractId) {
        // A connection that has ended watches nothing.
        self.wishes.send(Wish::Watch(contract)).await.ok();
    }
}

impl Connection {
    /// Runs until the desk's end of it is gone.
    pub async fn run(mut self) {
        let mut backoff = Backoff::new(self.config.timing.retry_min, self.config.timing.retry_max);
        loop {
            self.show(|story| story.stage = Stage::Connecting);
            let began = Instant::now();
            let ended = match socket::open(&self.config).await {
                Ok((incoming, outgoing, server)) => self.carry(incoming, outgoing, &server).await,
                Err(fault) => Ended::Fault(fault),
            };
            self.spell.set(0);
            let Ended::Fault(fault) = ended else { return };
            if began.elapsed() >= self.config.timing.stable {
                backoff.calm();
            }
            let retry_in = backoff.next((self.jitter)());
            tracing::warn!(%fault, ?retry_in, "not connected");
            self.show(|story| {
                story.latency = None;
                story.stage = Stage::Waiting { fault, retry_in };
            });
            if !self.wait(Instant::now() + retry_in).await {
                return;
            }
        }
    }

    fn show(&self, change: impl FnOnce(&mut ConnectionStory)) {
        self.story.send_modify(change);
    }

    /// Waits for the next try. `false` when nobody wants one.
    async fn wait(&mut self, until: Instant) -> bool {
        loop {
            tokio::select! {
                biased;
                posted = self.messages.recv() => match posted {
                    Some(posted) => self.never_sent(&posted.message).await,
                    None => return false,
                },
                Some(wish) = self.wishes.recv() => self.wish_meanwhile(wish),
                () = tokio::time::sleep_until(until) => return true,
            }
        }
    }

    fn wish_meanwhile(&mut self, wish: Wish) {
        match wish {
            Wish::ConfirmLive { answer, .. } => {
                // Nothing to confirm while no account is known.
                answer.send(false).ok();
            }
            Wish::Watch(contract) => {
                self.kept.watched.insert(contract);
            }
        }
    }

    async fn carry(
        &mut self,
        mut incoming: socket::Incoming,
        mut outgoing: Outgoing,
        server: &ServerName,
    ) -> Ended {
        self.connections += 1;
        let kept = std::mem::take(&mut self.kept);
        let mut session = Session::new(self.fixed.clone(), kept, server, self.connections, (self.clock)());
        // What was to stand before says nothing now: the desk compares the account first, and then says anew.
        self.covers.mark_unchanged();
        let ended = self.carry_on(&mut session, &mut incoming, &mut outgoing).await;
        self.spell.set(0);
        self.kept = session.into_kept();
        if matches!(ended, Ended::Unwanted) {
            outgoing.queue(&ClientBody::Bye(ByeCode::Stopping), None);
            outgoing.finish(LAST_WORDS).await;
        }
        let never_left: Vec<OrderId> = outgoing.never_left().collect();
        for order in never_left {
            self.bring(failed(order)).await;
        }
        ended
    }

    async fn carry_on(
        &mut self,
        session: &mut Session,
        incoming: &mut socket::Incoming,
        outgoing: &mut Outgoing,
    ) -> Ended {
        loop {
            if let Some(ended) = self.hand_out(session, outgoing).await {
                return ended;
            }
            let due = self.instant_of(session.next_due());
            tokio::select! {
                biased;
                bodies = incoming.bodies() => match bodies {
                    Ok(bodies) => {
                        let now = (self.clock)();
                        for body in bodies {
                            session.line(now, body);
                        }
                    }
                    Err(fault) => {
                        session.end(fault);
                        continue;
                    }
                },
                written = outgoing.write(), if !outgoing.is_empty() => {
                    if let Err(fault) = written {
                        session.end(fault);
                        continue;
                    }
                }
                posted = self.messages.recv() => match posted {
                    Some(it) if it.spell == self.spell.get() => {
                        session.message((self.clock)(), it.message, it.decider);
                    }
                    Some(it) => self.never_sent(&it.message).await,
                    None => return Ended::Unwanted,
                },
                // Behind the messages of the same step: an exit is not kept waiting.
                Ok(()) = self.covers.changed() => self.cover(session),
                Some(wish) = self.wishes.recv() => self.wish(session, wish),
                () = tokio::time::sleep_until(due) => {}
            }
            session.pass((self.clock)());
        }
    }

    /// What is to stand for the desk's phantoms now, once the desk has said so.
    fn cover(&mut self, session: &mut Session) {
        let covers = self.covers.borrow_and_update().clone();
        if let Some(covers) = covers {
            session.cover((self.clock)(), &covers);
        }
    }

    fn wish(&self, session: &mut Session, wish: Wish) {
        match wish {
            Wish::ConfirmLive { typed, answer } => {
                answer.send(session.confirm_live((self.clock)(), &typed)).ok();
            }
            Wish::Watch(contract) => session.watch(contract),
        }
    }

    /// Sends and tells what the session wants. Why the connection ends, when it does.
    async fn hand_out(&mut self, session: &mut Session, outgoing: &mut Outgoing) -> Option<Ended> {
        let outs = session.take_out();
        if session.is_up() != (self.spell.get() != 0) {
            self.spells += u64::from(session.is_up());
            self.spell.set(if session.is_up() { self.spells } else { 0 });
        }
        let mut ended = None;
        for out in outs {
            match out {
                Out::Send { body, order } => {
                    if !outgoing.queue(&body, order) {
                        session.end(ConnectFault::Closed);
                        if let Some(order) = order {
                            self.bring(failed(order)).await;
                        }
                    }
                }
                Out::Tell(what) => self.bring(what).await,
                Out::Close(fault) => ended = Some(Ended::Fault(fault)),
            }
        }
        if self.story.borrow().clone() != *session.story() {
            self.story.send_replace(session.story().clone());
        }
        ended
    }

    /// Waits while the desk is behind: nothing is dropped on this side.
    async fn bring(&self, what: Incoming) {
        // A desk that has ended needs to hear nothing.
        self.incoming.send(what).await.ok();
    }

    /// A message that came too late for its connection: not one byte of it has left.
    async fn never_sent(&self, message: &Message) {
        match message {
            Message::Submit(order) | Message::NativeClose(order) => self.bring(failed(order.id())).await,
            Message::Cancel(order) => {
                self.bring(Incoming::Report(BrokerReport::CancelRefused { order: *order })).await;
            }
            Message::Change(change) => {
                self.bring(Incoming::Report(BrokerReport::ChangeRefused { order: change.id() })).await;
            }
            // The desk asks again by itself.
            Message::Query(_) | Message::Snapshot(_) => {}
        }
    }

    fn instant_of(&self, at: Timestamp) -> Instant {
        let wait = u64::try_from(at.since((self.clock)()).nanos()).unwrap_or(0);
        // Far enough for whatever is not due at all.
        Instant::now() + Duration::from_nanos(wait).min(Duration::from_mins(1))
    }
}

const fn failed(order: OrderId) -> Incoming {
    Incoming::Report(BrokerReport::Failed { order, reason: FailReason::NeverSent })
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("config", &self.config).finish_non_exhaustive()
    }
}
