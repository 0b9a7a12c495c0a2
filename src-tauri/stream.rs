//! The stream to the window: a snapshot when asked for, and numbered batches in between.
//!
//! Facts come straight from the desk's journal, in order and without loss, so no row is ever dropped or
//! merged; prices and positions keep the newest. At most one batch of each kind leaves in a frame; rows
//! do not wait for the others when none has left for a frame. What only the market moves leaves four times
//! a second, every two seconds while nobody sees the window: no eye reads faster, and every price drawn
//! takes from the time in which a click is answered. A snapshot holds exactly what the batches up to its
//! number carried, and the rows that wait come with the next one, so that a window which listens first and
//! asks then misses nothing, reloaded or not.

mod alarm_row;
pub(crate) mod fact_row;
mod first_stops;
mod heard;
mod latency;
pub(crate) mod panel_rows;
mod progress;
mod rule_row;
pub(crate) mod standing;
mod timing;
mod trades;
pub(crate) mod view;
pub(crate) mod words;

use std::sync::Arc;

use phantom_compliance::Limits;
use phantom_engine::Fact;
use phantom_runtime::DeskHandle;
use phantom_wire::{
    DeskStanding, DeskStatus, DeskUpdateEvent, OrderLogEvent, PositionRow, PositionUpdateEvent, QuoteRow,
    Snapshot, SoundKind,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::market::{Pace, QuoteBoard};
use crate::ninjatrader::board::LinkBoard;
use heard::Vigil;
use timing::Timing;
use view::View;

/// Where batches go.
pub(crate) trait Window: Send + Sync + 'static {
    /// `order-log`
    fn order_log(&self, event: &OrderLogEvent);
    /// `position-update`
    fn position_update(&self, event: &PositionUpdateEvent);
    /// `desk-update`
    fn desk_update(&self, event: &DeskUpdateEvent);
    /// Something is to be heard.
    fn hear(&self, sound: SoundKind);
    /// Whether it is on a screen, as far as is known without waiting.
    fn is_seen(&self) -> bool;
}

/// A running desk as the stream needs it.
pub(crate) struct Stage {
    pub(crate) view: View,
    pub(crate) told: mpsc::UnboundedReceiver<Told>,
    pub(crate) desk: DeskHandle,
    pub(crate) board: Arc<QuoteBoard>,
    pub(crate) pace: watch::Receiver<Pace>,
    pub(crate) limits: watch::Receiver<Limits>,
    /// The connection to a broker that is not simulated.
    pub(crate) link: Option<Arc<LinkBoard>>,
}

/// What the stream is asked.
pub(crate) enum Ask {
    /// Everything that is shown.
    Snapshot(oneshot::Sender<Snapshot>),
    /// How the desk stands.
    Standing(oneshot::Sender<Standing>),
    /// Another desk runs from now on.
    Stage(Box<Stage>),
    /// Somebody may see the window again.
    Seen,
}

/// What a session tells the window, in order and without loss.
pub(crate) enum Told {
    /// Facts of the journal, and when they were recorded.
    Facts(Vec<Fact>, std::time::Instant),
    /// Something else that the user must know.
    Notice(String),
}

/// How the desk stands, as far as a change of it must know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    /// A position is open or an order may still fill.
    pub(crate) is_anything_open: bool,
    /// The kill switch is on.
    pub(crate) killed: bool,
    /// A rule or a person has locked the account.
    pub(crate) locked_out: bool,
}

/// A cheap handle to the stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamHandle {
    asks: mpsc::UnboundedSender<Ask>,
}

/// The stream before it runs.
pub(crate) struct Stream<W> {
    window: W,
    stage: Stage,
    asks: mpsc::UnboundedReceiver<Ask>,
    seq: u32,
    sent: Sent,
    timing: Timing,
    /// Something has been told that no frame has shown yet.
    news: bool,
    vigil: Vigil,
}

/// What the last batch of each kind said.
struct Sent {
    positions: Vec<PositionRow>,
    desk: Option<DeskUpdateEvent>,
}

impl StreamHandle {
    /// Everything that is shown; `None` when the stream has ended.
    pub(crate) async fn snapshot(&self) -> Option<Snapshot> {
        self.ask(Ask::Snapshot).await
    }

    /// How the desk stands; `None` when the stream has ended.
    pub(crate) async fn standing(&self) -> Option<Standing> {
        self.ask(Ask::Standing).await
    }

    /// Tells something, unless the stream has ended.
    pub(crate) fn tell(&self, what: Ask) {
        if self.asks.send(what).is_err() {
            tracing::warn!("the stream to the window has ended");
        }
    }

    async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.tell(ask(answer));
        answered.await.ok()
    }
}

/// The way to a stream that is yet to run.
pub(crate) fn channel() -> (StreamHandle, mpsc::UnboundedReceiver<Ask>) {
    let (asks, asked) = mpsc::unbounded_channel();
    (StreamHandle { asks }, asked)
}

impl<W: Window> Stream<W> {
    pub(crate) fn new(window: W, stage: Stage, asks: mpsc::UnboundedReceiver<Ask>) -> Self {
        let sent = Sent { positions: Vec::new(), desk: None };
        Self {
            window,
            stage,
            asks,
            seq: 0,
            sent,
            timing: Timing::new(Instant::now()),
            news: true,
            vigil: Vigil::default(),
        }
    }

    /// Runs until nobody can ask any more.
    pub(crate) async fn run(mut self) {
        loop {
            let (next_rows, next_frame) = (self.timing.next_rows(), self.timing.next_frame(self.news));
            let told = &mut self.stage.told;
            let rows = async move {
                tokio::time::sleep_until(next_rows).await;
                told.recv().await
            };
            tokio::select! {
                biased;
                ask = self.asks.recv() => match ask {
                    Some(ask) => self.answer(ask).await,
                    None => return,
                },
                Some(told) = rows => {
                    self.take(told);
                    self.send_rows();
                }
                () = tokio::time::sleep_until(next_frame) => {
                    let began = Instant::now();
                    self.frame().await;
                    self.timing.frame_made(began, Instant::now());
                }
            }
        }
    }

    async fn answer(&mut self, ask: Ask) {
        // Whoever asked may be gone; then there is nobody to tell.
        match ask {
            Ask::Snapshot(answer) => {
                self.catch_up().await;
                answer.send(self.snapshot()).ok();
            }
            Ask::Standing(answer) => {
                self.catch_up().await;
                let view = &self.stage.view;
                let halt = view.book().halt();
                let (killed, locked_out) = (halt.killed, halt.locked_out);
                let is_anything_open = view.is_anything_open();
                answer.send(Standing { is_anything_open, killed, locked_out }).ok();
            }
            Ask::Seen => self.timing.seen_again(Instant::now()),
            Ask::Stage(stage) => {
                self.frame().await;
                self.stage = *stage;
                // A number is left out: the window must ask for the new desk's snapshot.
                self.seq = self.seq.wrapping_add(1);
                self.sent.desk = None;
                self.news = true;
            }
        }
    }

    async fn catch_up(&mut self) {
        if let Ok(marks) = self.stage.desk.marks().await {
            self.stage.view.mark(marks);
        }
        // After the marks, so that no price is shown that has not done yet what it did.
        while let Ok(told) = self.stage.told.try_recv() {
            self.take(told);
        }
    }

    fn take(&mut self, told: Told) {
        self.news = true;
        let view = &mut self.stage.view;
        match told {
            Told::Facts(facts, at) => {
                for fact in &facts {
                    if let Some(sound) = heard::sound_of(view.book(), fact) {
                        self.window.hear(sound);
                    }
                    view.take(fact, at);
                }
            }
            Told::Notice(words) => view.notice(words),
        }
    }

    /// Sends the rows that have come, all of them: whoever clicks looks there first.
    fn send_rows(&mut self) {
        while let Ok(told) = self.stage.told.try_recv() {
            self.take(told);
        }
        if self.stage.view.has_pending_rows() {
            self.seq = self.seq.wrapping_add(1);
            self.send_rows_as(self.seq);
        }
    }

    fn send_rows_as(&mut self, seq: u32) {
        let view = &mut self.stage.view;
        let (rows, trades) = (view.take_rows(), view.take_trades());
        let count = rows.len();
        self.window.order_log(&OrderLogEvent { seq, rows, trades });
        self.timing.rows_left(count, Instant::now());
    }

    /// Sends what has changed since the last frame.
    async fn frame(&mut self) {
        self.catch_up().await;
        self.news = false;
        let positions = self.stage.view.positions(&self.stage.board);
        let quotes = self.quotes();
        let desk = self.desk_update(quotes);
        if let Some(sound) = self.vigil.look(&desk, std::time::Instant::now()) {
            self.window.hear(sound);
        }
        let rows_wait = self.stage.view.has_pending_rows();
        let positions_changed = positions != self.sent.positions;
        let is_due = self.timing.is_heartbeat_due(Instant::now());
        let desk_changed = is_due || self.sent.desk.as_ref().is_none_or(|sent| differs(sent, &desk));
        if !(rows_wait || positions_changed || desk_changed) {
            return;
        }
        self.seq = self.seq.wrapping_add(1);
        self.timing.frame_left(Instant::now());
        let seq = self.seq;
        if rows_wait {
            self.send_rows_as(seq);
        }
        if positions_changed {
            let event = PositionUpdateEvent { seq, positions };
            self.window.position_update(&event);
            self.sent.positions = event.positions;
        }
        if desk_changed {
            let event = DeskUpdateEvent { seq, ..desk };
            self.window.desk_update(&event);
            self.sent.desk = Some(event);
        }
    }

    fn snapshot(&self) -> Snapshot {
        let view = &self.stage.view;
        let newest = view.quotes(&self.stage.board);
        let DeskUpdateEvent { working, phantoms, quotes, desk, standing, .. } = self.desk_update(newest);
        Snapshot {
            seq: self.seq,
            log: view.log(),
            trades: view.trades(),
            positions: view.positions(&self.stage.board),
            working,
            phantoms,
            quotes,
            desk,
            standing,
        }
    }

    /// The prices of this frame: the newest when they may leave or when none come after them, otherwise those
    /// that have left last.
    fn quotes(&mut self) -> Vec<QuoteRow> {
        let is_still = self.stage.pace.borrow().paused;
        let may_leave = self.timing.take_prices(|| self.window.is_seen(), Instant::now()) || is_still;
        match &self.sent.desk {
            Some(sent) if !may_leave => sent.quotes.clone(),
            _ => self.stage.view.quotes(&self.stage.board),
        }
    }

    fn desk_update(&self, quotes: Vec<QuoteRow>) -> DeskUpdateEvent {
        let Stage { view, board, pace, limits, link, .. } = &self.stage;
        let limits = *limits.borrow();
        let broker = link.as_ref().map(|link| link.row(std::time::Instant::now()));
        let mut desk = view.status(board, *pace.borrow(), &limits);
        if let Some(link) = link {
            desk.mode = link.mode();
        }
        DeskUpdateEvent {
            seq: self.seq,
            working: view.working(),
            phantoms: view.phantoms(),
            quotes,
            desk,
            standing: view.standing(board, &limits, broker),
        }
    }
}

/// Whether two updates say different things; the clock, the age of a price and the wait for the next try
/// alone are no difference.
fn differs(sent: &DeskUpdateEvent, new: &DeskUpdateEvent) -> bool {
    let same_desk =
        sent.desk == DeskStatus { market_time: sent.desk.market_time.clone(), ..new.desk.clone() };
    let mut standing = DeskStanding { feed_age_ms: sent.standing.feed_age_ms, ..new.standing.clone() };
    if let (Some(new), Some(sent)) = (&mut standing.broker, &sent.standing.broker)
        && new.retry_in_ms.is_some() == sent.retry_in_ms.is_some()
    {
        new.retry_in_ms = sent.retry_in_ms;
        new.latency_micros = sent.latency_micros;
    }
    !same_desk
        || sent.standing != standing
        || sent.quotes != new.quotes
        || sent.working != new.working
        || sent.phantoms != new.phantoms
}

/// An update of a desk that stands so, for tests.
#[cfg(test)]
pub(crate) fn blank_update(protection: phantom_wire::ProtectionLine) -> DeskUpdateEvent {
    DeskUpdateEvent {
        seq: 1,
        working: Vec::new(),
        phantoms: Vec::new(),
        quotes: Vec::new(),
        desk: DeskStatus {
            mode: phantom_wire::DeskMode::Sim,
            market_time: None,
            killed: false,
            locked_out: false,
            flattening: false,
            latched: false,
            day_realized: "0.00".to_owned(),
            day_unrealized: "0.00".to_owned(),
            day_fees: "0.00".to_owned(),
            not_connected: false,
            reconciling: false,
            blind: false,
            paused: false,
            feed: phantom_wire::FeedState::Broker,
            short_selling: false,
        },
        standing: DeskStanding {
            account: "Sim101".to_owned(),
            broker: None,
            protection,
            latency: phantom_wire::OrderLatency::default(),
            feed_age_ms: None,
            position_limit: None,
            differences: Vec::new(),
            latches: Vec::new(),
            flatten: None,
        },
    }
}
