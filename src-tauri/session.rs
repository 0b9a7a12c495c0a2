//! One run of the desk: its thread, its market's thread, and the ways to speak with both.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use phantom_broker::{Broker, Unreachable};
use phantom_broker_mock::MockBroker;
use phantom_compliance::Limits;
use phantom_compliance::pack::PackFault;
use phantom_engine::{ContractTerms, Engine, Fact, Origin, RulesInput, Timing};
use phantom_model::{Arena, ContractId, Money, Timestamp, trading_day};
use phantom_runtime::{
    Desk, DeskFault, DeskHandle, Journal, JournalHealth, Listing, MemoryJournal, RecoveryReport,
};
use phantom_station::OpenedDesk;
use phantom_wire::{BrokerChoice, DeskMode, FeedState, MarketSource, Settings};
use tokio::sync::{mpsc, watch};

use crate::account_rules::{rule_book, terms_under};
use crate::market::feed::Place;
use crate::market::source::Records;
use crate::market::{Feed, FeedControl, MarketFault, PacedClock, QuoteBoard, Source};
use crate::settings::Checked;
use crate::sleep::watch_sleep;
use crate::storage::{Kept, Restored, Storage};
use crate::stream::view::View;
use crate::stream::{Stage, Told};

/// How often a report that still grows is looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(20);

/// A running desk. Dropping it ends the feed, and with the last handle the desk.
#[derive(Debug)]
pub(crate) struct Session {
    desk: DeskHandle,
    listing: Arc<Listing>,
    feed: FeedControl,
    limits: watch::Sender<Limits>,
    kept: Option<Kept>,
    /// Fees per contract and side, by contract.
    fees: Arena<ContractId, Money>,
}

/// Why a session cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionFault {
    #[error(transparent)]
    Market(#[from] MarketFault),
    #[error("a thread of the desk could not be started: {0}")]
    Thread(#[from] std::io::Error),
    #[error(transparent)]
    Start(#[from] phantom_station::StartFault),
    #[error(transparent)]
    Account(#[from] phantom_broker_mock::AccountFault),
    #[error("the session before is still being closed; try again")]
    StillClosing,
    #[error("the exchange's calendar cannot be read: {0}")]
    Calendar(#[from] PackFault),
    #[error(transparent)]
    Desk(#[from] DeskFault),
}

/// The journal of the desk, and the window's own copy of every fact.
struct ToldJournal<J> {
    kept: J,
    told: mpsc::UnboundedSender<Told>,
}

impl<J: Journal> Journal for ToldJournal<J> {
    fn append(&mut self, facts: &[Fact]) {
        if facts.is_empty() {
            return;
        }
        self.kept.append(facts);
        // Without a window there is nobody to tell; the journal has it.
        self.told.send(Told::Facts(facts.to_vec(), std::time::Instant::now())).ok();
    }

    fn durable(&self) -> u64 {
        self.kept.durable()
    }

    fn health(&self) -> JournalHealth {
        self.kept.health()
    }
}

impl Session {
    /// Starts a desk on the chosen broker, and its market. A simulated market is recovered from the data
    /// folder first; a tick file is a rehearsal and leaves nothing behind.
    pub(crate) fn start(
        settings: &Settings,
        checked: &Checked,
        storage: &Storage,
    ) -> Result<(Self, Stage), SessionFault> {
        let now = Timestamp::from(jiff::Timestamp::now());
        let today = trading_day(now);
        match (settings.broker, &settings.mock.source) {
            (BrokerChoice::Mock, MarketSource::Simulated {}) => {
                let wanted = Source::listing_on(today)?;
                let restored = storage.restore(checked, &wanted)?;
                Self::go_on(checked, restored, today)
            }
            (BrokerChoice::Mock, source @ MarketSource::File { .. }) => {
                let source = Source::open(source, &settings.trading.default_symbol)?;
                let broker = MockBroker::new(checked.mock.clone());
                Self::rehearse(checked, source, FeedState::File, broker, "MOCK".to_owned())
            }
            // The adapter is not part of this version: the desk is there, the way to the broker is not.
            (BrokerChoice::NinjaTrader, _) => {
                let account = settings.ninjatrader.account.clone();
                Self::rehearse(checked, Source::silent(now)?, FeedState::Silent, Unreachable, account)
            }
        }
    }

    /// The simulated market, from where it was.
    fn go_on(
        checked: &Checked,
        restored: Restored,
        today: jiff::civil::Date,
    ) -> Result<(Self, Stage), SessionFault> {
        let Restored { desk: opened, broker, was, place, kept, holding } = restored;
        let OpenedDesk { listing, engine, journal, wake, returning, damage, others, .. } = opened;
        let engine = engine.with_rule_book(rule_book(&listing)?);
        let seen = returning.map_or(Timestamp::MIN, |returning| returning.since);
        let Source { fed, starts, records, .. } =
            Source::simulated(Arc::clone(&listing), checked.mock.seed, today, seen, &was)?;
        let clock = PacedClock::starting_at(starts, checked.pace.clock_times());
        let (tell, told) = mpsc::unbounded_channel();
        let view = View::of_book(Arc::clone(&listing), &engine, starts, "MOCK".to_owned());
        let fees = fees_of(engine.terms());
        let journal = ToldJournal { kept: journal, told: tell.clone() };
        let (desk, handle) = Desk::new(engine, broker, journal, clock.clone(), Arc::clone(&listing));
        let desk = desk.woken_by(wake);
        let desk = match returning {
            Some(returning) => desk.returning(returning),
            None => desk,
        };
        run_on_thread("desk", async move {
            // Nobody else in this program opens the journal before it is closed.
            let _holding = holding;
            let (journal, book) = desk.run_to_end().await;
            if let Err(fault) = journal.kept.end(&book) {
                tracing::error!(%fault, "the journal did not end in order");
            }
        })?;
        if let Some(damage) = damage {
            tell.send(Told::Notice(format!("{damage}; nothing is opened until the books are checked"))).ok();
        }
        for other in others.iter().filter(|other| !other.starts_with("MOCK")) {
            tell.send(Told::Notice(format!("stops of {other} are not armed in a simulation"))).ok();
        }
        if returning.is_some() {
            run_on_thread("recovery", tell_recovery(handle.clone(), tell.clone()))?;
        }
        let market = Market { listing, fed, records, clock, state: FeedState::Simulated };
        let session = Self::with(checked, market, handle, (tell, told), view, Some(place))?;
        Ok((Self { kept: Some(kept), fees, ..session.0 }, session.1))
    }

    /// A desk that keeps nothing.
    fn rehearse(
        checked: &Checked,
        source: Source,
        state: FeedState,
        broker: impl Broker + Send + 'static,
        account: String,
    ) -> Result<(Self, Stage), SessionFault> {
        let Source { listing, fed, starts, records } = source;
        let times = if state == FeedState::Silent { 1 } else { checked.pace.clock_times() };
        let clock = PacedClock::starting_at(starts, times);
        let (tell, told) = mpsc::unbounded_channel();
        let mode = if state == FeedState::Silent { DeskMode::Offline } else { DeskMode::Mock };
        let terms = terms_under(&listing, checked.profile.as_deref());
        let view = View::new(Arc::clone(&listing), &terms, starts, mode, account);
        let fees = fees_of(&terms);
        let engine = Engine::new(terms, checked.limits, Timing::LIVE).with_rule_book(rule_book(&listing)?);
        let journal = ToldJournal { kept: MemoryJournal::new(), told: tell.clone() };
        let (desk, handle) = Desk::new(engine, broker, journal, clock.clone(), Arc::clone(&listing));
        run_on_thread("desk", async move {
            desk.run().await;
        })?;
        let market = Market { listing, fed, records, clock, state };
        let (session, shown) = Self::with(checked, market, handle, (tell, told), view, None)?;
        Ok((Self { fees, ..session }, shown))
    }

    /// The market's thread, and what the window needs.
    fn with(
        checked: &Checked,
        market: Market,
        handle: DeskHandle,
        (tell, told): (mpsc::UnboundedSender<Told>, mpsc::UnboundedReceiver<Told>),
        view: View,
        place: Option<PathBuf>,
    ) -> Result<(Self, Stage), SessionFault> {
        let Market { listing, fed, records, clock, state } = market;
        // An account that was recovered keeps its rules, its figures and its locks: what is chosen now is a
        // change of them.
        let origin = Origin::Window;
        handle.rules(match &checked.profile {
            Some(profile) => RulesInput::Adopt { profile: Arc::clone(profile), fresh: false, origin },
            None => RulesInput::Lift { origin },
        })?;
        handle.set_handling(checked.handling)?;
        let board = Arc::new(QuoteBoard::new(fed, state));
        let (control, paced) = watch::channel(checked.pace);
        let (limits, holding) = watch::channel(checked.limits);
        if state != FeedState::Silent {
            let names = listing.iter().map(|(_, contract)| contract.ninjatrader_name()).collect();
            let place = place.map(|path| Place { path, names });
            let feed = Feed {
                records,
                clock: clock.clone(),
                desk: handle.clone(),
                board: Arc::clone(&board),
                pace: paced.clone(),
                place,
            };
            run_on_thread("market", async move {
                if let Err(fault) = feed.run().await {
                    tracing::warn!(%fault, "the prices have ended");
                    tell.send(Told::Notice(format!("the prices have ended: {fault}"))).ok();
                }
            })?;
        }
        watch_sleep(handle.weak())?;
        let stage = Stage { view, told, desk: handle.clone(), board, pace: paced, limits: holding };
        let fees = Arena::new();
        Ok((Self { desk: handle, listing, feed: control, limits, kept: None, fees }, stage))
    }

    /// What of the session survives the program; `None` for a rehearsal.
    pub(crate) const fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    pub(crate) const fn desk(&self) -> &DeskHandle {
        &self.desk
    }

    pub(crate) fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Fees per contract and side.
    pub(crate) fn fee_per_side(&self, contract: ContractId) -> Money {
        self.fees.get(contract).copied().unwrap_or(Money::ZERO)
    }

    /// Lets prices stand still or go on.
    pub(crate) fn set_paused(&self, paused: bool) {
        self.feed.send_modify(|pace| pace.paused = paused);
    }

    /// Changes the speed; `None` is as fast as possible.
    pub(crate) fn set_times(&self, times: Option<u32>) {
        self.feed.send_modify(|pace| pace.times = times);
    }

    /// Changes what the trader allows.
    pub(crate) fn set_limits(&self, limits: Limits) -> Result<(), phantom_runtime::DeskFault> {
        self.desk.set_limits(limits)?;
        self.limits.send_replace(limits);
        Ok(())
    }
}

/// Tells the window what a start found, once everything has been decided.
async fn tell_recovery(desk: DeskHandle, tell: mpsc::UnboundedSender<Told>) {
    loop {
        match desk.recovery().await {
            Ok(Some(report)) if report.is_done() => {
                // Without a window there is nobody to tell.
                tell.send(Told::Notice(recovery_words(&report))).ok();
                return;
            }
            Ok(_) => tokio::time::sleep(LOOKS_EVERY).await,
            Err(_) => return,
        }
    }
}

/// What was recovered, what had changed, what was decided, in one line.
fn recovery_words(report: &RecoveryReport) -> String {
    let count = |n: usize, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let found = [
        count(report.live_orders, "order", "orders"),
        count(report.open_lots, "open lot", "open lots"),
        count(report.phantoms, "phantom armed again", "phantoms armed again"),
    ];
    let changed = [
        count(report.missed_fills.len(), "fill came meanwhile", "fills came meanwhile"),
        count(report.ended.len(), "order ended meanwhile", "orders ended meanwhile"),
        count(report.outside.len(), "order is not ours", "orders are not ours"),
        count(report.differing.len(), "position differs", "positions differ"),
        count(report.found.len(), "exit found at the broker", "exits found at the broker"),
    ];
    let decided = [
        count(report.fired.len(), "phantom was passed and exits", "phantoms were passed and exit"),
        count(report.passed.len(), "phantom was passed and waits", "phantoms were passed and wait"),
        count(report.touched.len(), "phantom was touched, not fired", "phantoms were touched, not fired"),
    ];
    let parts: Vec<String> = found.into_iter().chain(changed).chain(decided).flatten().collect();
    let what = if parts.is_empty() { "nothing was open".to_owned() } else { parts.join(", ") };
    format!("recovered: {what}")
}

fn fees_of(terms: &Arena<ContractId, ContractTerms>) -> Arena<ContractId, Money> {
    let mut fees = Arena::new();
    for (_, terms) in terms.iter() {
        fees.push(terms.fee_per_side);
    }
    fees
}

/// A market before it runs.
struct Market {
    listing: Arc<Listing>,
    fed: Vec<ContractId>,
    records: Records,
    clock: PacedClock,
    state: FeedState,
}

/// A thread of its own with a small runtime: nothing that the window does can keep it waiting.
fn run_on_thread(name: &str, task: impl Future<Output = ()> + Send + 'static) -> Result<(), std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    std::thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(task))?;
    Ok(())
}
