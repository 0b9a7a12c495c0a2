//! The feed: takes records from a source, gives each at its time to the desk, and shows the newest.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use phantom_market::TickFileError;
use phantom_model::{ArenaKey, ContractId, MarketRecord, Price, Print, Span, Timestamp};
use phantom_runtime::{Clock, DeskHandle};
use phantom_station::MarketPlace;
use phantom_wire::FeedState;
use tokio::sync::{mpsc, watch};

use super::clock::PacedClock;
use super::source::Records;

/// How fast the market runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pace {
    /// Prices stand still.
    pub(crate) paused: bool,
    /// Times the speed of the clock; `None` is as fast as possible.
    pub(crate) times: Option<u32>,
}

impl Pace {
    /// How fast the desk's clock runs by itself: at rest and without a limit, as fast as the wall's.
    pub(crate) fn clock_times(self) -> u32 {
        if self.paused { 1 } else { self.times.unwrap_or(1) }
    }
}

/// Where the pace is set. The feed ends when it is dropped.
pub(crate) type FeedControl = watch::Sender<Pace>;

/// The newest prices of the contracts with a feed.
#[derive(Debug)]
pub(crate) struct QuoteBoard {
    shown: Mutex<Shown>,
}

#[derive(Debug)]
struct Shown {
    fed: Vec<ContractId>,
    quotes: BTreeMap<ContractId, Quote>,
    state: FeedState,
    newest: Option<Instant>,
}

/// The newest price of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Quote {
    pub(crate) last: Price,
    pub(crate) bid: Option<Price>,
    pub(crate) ask: Option<Price>,
    pub(crate) at: Timestamp,
}

impl QuoteBoard {
    pub(crate) fn new(fed: Vec<ContractId>, state: FeedState) -> Self {
        Self { shown: Mutex::new(Shown { fed, quotes: BTreeMap::new(), state, newest: None }) }
    }

    /// This contract has a feed from now on.
    pub(crate) fn watch(&self, contract: ContractId) {
        let mut shown = self.shown();
        if !shown.fed.contains(&contract) {
            shown.fed.push(contract);
        }
    }

    /// The contracts with a feed, each with its newest price once it has one.
    pub(crate) fn quotes(&self) -> Vec<(ContractId, Option<Quote>)> {
        let shown = self.shown();
        shown.fed.iter().map(|&contract| (contract, shown.quotes.get(&contract).copied())).collect()
    }

    /// The newest price of a contract; `None` before the first.
    pub(crate) fn quote(&self, contract: ContractId) -> Option<Quote> {
        self.shown().quotes.get(&contract).copied()
    }

    pub(crate) fn state(&self) -> FeedState {
        self.shown().state
    }

    /// How long ago the newest price came, in milliseconds of the wall's clock.
    pub(crate) fn age_ms(&self, now: Instant) -> Option<u32> {
        let age = now.saturating_duration_since(self.shown().newest?).as_millis();
        Some(u32::try_from(age).unwrap_or(u32::MAX))
    }

    /// The newest price of a contract.
    pub(crate) fn show(&self, record: &MarketRecord) {
        let (bid, ask) = match record.print {
            Print::QuotedTrade { bid, ask, .. } => (Some(bid), Some(ask)),
            Print::Trade { .. } | Print::Bar(_) => (None, None),
        };
        let quote = Quote { last: record.print.last(), bid, ask, at: record.at };
        let mut shown = self.shown();
        shown.quotes.insert(record.contract, quote);
        shown.newest = Some(Instant::now());
    }

    fn end(&self) {
        self.shown().state = FeedState::Ended;
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        // Each change is one assignment, so what is shown is right whoever panicked.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The feed before it runs.
pub(crate) struct Feed {
    pub(crate) records: Records,
    pub(crate) clock: PacedClock,
    pub(crate) desk: DeskHandle,
    pub(crate) board: Arc<QuoteBoard>,
    pub(crate) pace: watch::Receiver<Pace>,
    /// Contracts whose prices are asked for.
    pub(crate) asked: mpsc::UnboundedReceiver<ContractId>,
    /// Where it is noted how far the market is; `None` for a rehearsal.
    pub(crate) place: Option<Place>,
}

/// Where it is noted how far a market is.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// The names of the contracts, by their ids.
    pub(crate) names: Vec<String>,
    /// What was noted last, in this run or before it: what has no prices now keeps its last one.
    pub(crate) noted: MarketPlace,
}

/// How often it is noted.
const NOTED_EVERY: Duration = Duration::from_millis(250);

impl Place {
    fn note(&mut self, at: Timestamp, board: &QuoteBoard) {
        let named = |(contract, quote): (ContractId, Option<Quote>)| {
            let name = self.names.get(ArenaKey::row(contract) as usize)?;
            Some((name.clone(), quote?.last))
        };
        self.noted.last.extend(board.quotes().into_iter().filter_map(named));
        self.noted.at = Some(at);
        if let Err(fault) = self.noted.save(&self.path) {
            tracing::warn!(%fault, "where the market is could not be noted");
        }
    }
}

/// What a wait for a record's time ended with.
enum Waited {
    Due,
    PaceChanged,
    /// Prices of this contract are asked for.
    Asked(ContractId),
    Gone,
}

impl Feed {
    /// Runs until the source ends or nobody can change the pace any more.
    ///
    /// Time spent at rest is added to every later record, so that market time goes on without a hole
    /// in the prices and a resumed feed does not rush to catch up.
    pub(crate) async fn run(mut self) -> Result<(), TickFileError> {
        let mut behind = Span::ZERO;
        let mut next = None;
        let mut noted = Instant::now();
        loop {
            let Some(at_rest) = self.rest().await else { return Ok(()) };
            behind = Span::from_nanos(behind.nanos().saturating_add(at_rest.nanos()));
            let record: MarketRecord = match next.take() {
                Some(record) => record,
                None => match self.records.next_record() {
                    Ok(Some(record)) => record,
                    Ok(None) => return self.end(Ok(())),
                    Err(fault) => return self.end(Err(fault)),
                },
            };
            let due = record.at + behind;
            match self.wait_for(due).await {
                Waited::Due => {}
                Waited::PaceChanged => {
                    next = Some(record);
                    continue;
                }
                Waited::Asked(contract) => {
                    // Not before the record that is known already, so that time does not go back.
                    if self.records.join(contract, record.at) {
                        self.board.watch(contract);
                    }
                    next = Some(record);
                    continue;
                }
                Waited::Gone => return Ok(()),
            }
            let record = MarketRecord { at: due, ..record };
            self.board.show(&record);
            if self.desk.feed(record).await.is_err() {
                return Ok(());
            }
            if let Some(place) = self.place.as_mut().filter(|_| noted.elapsed() >= NOTED_EVERY) {
                noted = Instant::now();
                place.note(record.at, &self.board);
            }
        }
    }

    fn end(&self, how: Result<(), TickFileError>) -> Result<(), TickFileError> {
        self.clock.set_times(1);
        self.board.end();
        how
    }

    /// Waits while prices stand still; `None` when nobody can let them go on. How long it was on the
    /// market's clock.
    async fn rest(&mut self) -> Option<Span> {
        if !self.pace.has_changed().ok()? && !self.pace.borrow().paused {
            return Some(Span::ZERO);
        }
        let began = self.clock.now();
        self.clock.set_times(self.pace.borrow_and_update().clock_times());
        if !self.pace.borrow().paused {
            return Some(Span::ZERO);
        }
        self.pace.wait_for(|pace| !pace.paused).await.ok()?;
        let rested = self.clock.now().since(began);
        self.clock.set_times(self.pace.borrow_and_update().clock_times());
        Some(rested)
    }

    async fn wait_for(&mut self, due: Timestamp) -> Waited {
        // A market that is behind its time waits for nothing else.
        if let Ok(contract) = self.asked.try_recv() {
            return Waited::Asked(contract);
        }
        if self.pace.borrow().times.is_none() {
            self.clock.put_forward(due);
            return Waited::Due;
        }
        if self.clock.now() >= due {
            return Waited::Due;
        }
        let Some(due) = self.clock.instant_of(due) else { return Waited::Gone };
        tokio::select! {
            biased;
            changed = self.pace.changed() => {
                if changed.is_err() {
                    return Waited::Gone;
                }
                self.pace.mark_changed();
                Waited::PaceChanged
            }
            Some(contract) = self.asked.recv() => Waited::Asked(contract),
            () = tokio::time::sleep_until(due) => Waited::Due,
        }
    }
}
