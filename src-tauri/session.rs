//! One run of the desk: its thread, its market's thread, and the ways to speak with both.

use std::sync::Arc;

use phantom_broker::{Broker, Unreachable};
use phantom_broker_mock::MockBroker;
use phantom_compliance::pack::{FeeTable, PackFault};
use phantom_compliance::{Calendar, Limits, Profile};
use phantom_engine::rules::BeyondCalendar;
use phantom_engine::{ContractTerms, Engine, Fact, Origin, RuleBook, RulesInput, Timing};
use phantom_model::{Arena, ContractId, Instrument, Money, Timestamp, trading_day};
use phantom_runtime::{Desk, DeskFault, DeskHandle, Journal, JournalHealth, Listing, MemoryJournal};
use phantom_wire::{BrokerChoice, DeskMode, FeedState, MarketSource, Settings};
use tokio::sync::{mpsc, watch};

use crate::market::{Feed, FeedControl, MarketFault, PacedClock, QuoteBoard, Source};
use crate::settings::Checked;
use crate::stream::view::View;
use crate::stream::{Stage, Told};

/// A running desk. Dropping it ends the feed, and with the last handle the desk.
#[derive(Debug)]
pub(crate) struct Session {
    desk: DeskHandle,
    listing: Arc<Listing>,
    feed: FeedControl,
    limits: watch::Sender<Limits>,
}

/// Why a session cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionFault {
    #[error(transparent)]
    Market(#[from] MarketFault),
    #[error("a thread of the desk could not be started: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the exchange's calendar cannot be read: {0}")]
    Calendar(#[from] PackFault),
    #[error(transparent)]
    Desk(#[from] DeskFault),
}

/// Fees per contract and side: half of what Topstep's broker takes for both sides, where it is known.
pub(crate) fn fee_per_side(instrument: &Instrument) -> Money {
    instrument.topstepx_fee_round_turn().map_or(Money::ZERO, |both| Money::from_units(both.units() / 2))
}

/// The terms of every contract: sizes and fees as the rules have them, where there are rules.
fn terms_under(listing: &Listing, profile: Option<&Profile>) -> Arena<ContractId, ContractTerms> {
    let Some(profile) = profile else { return listing.terms(fee_per_side) };
    let firm = profile.pack().firm();
    let fee = |instrument: &Instrument| match &firm.fees {
        FeeTable::None => fee_per_side(instrument),
        FeeTable::TopstepX | FeeTable::PerSide(_) | FeeTable::ByRoot(_) => {
            firm.fees.per_side(instrument).unwrap_or_else(|| fee_per_side(instrument))
        }
    };
    let mut terms = listing.terms(fee);
    for (id, contract) in listing.iter() {
        terms.at_mut(id).weight = firm.weights.of(contract.instrument());
    }
    terms
}

/// What the engine must know beside the profile. Beyond the calendar nothing opens.
fn rule_book(listing: &Listing) -> Result<RuleBook, PackFault> {
    let contracts = listing.iter().map(|(_, contract)| contract.clone());
    Ok(RuleBook::new(Calendar::built_in()?, contracts, BeyondCalendar::NothingOpens))
}

/// The journal of the desk, and the window's own copy of every fact.
struct ToldJournal {
    kept: MemoryJournal,
    told: mpsc::UnboundedSender<Told>,
}

impl Journal for ToldJournal {
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
    /// Starts a desk on the chosen broker, and its market.
    pub(crate) fn start(settings: &Settings, checked: &Checked) -> Result<(Self, Stage), SessionFault> {
        let now = Timestamp::from(jiff::Timestamp::now());
        let (source, feed_state, mode) = match settings.broker {
            BrokerChoice::Mock => {
                let symbol = &settings.trading.default_symbol;
                let source =
                    Source::open(&settings.mock.source, checked.mock.seed, symbol, trading_day(now))?;
                (source, feed_state(&settings.mock.source), DeskMode::Mock)
            }
            // The adapter is not part of this version: the desk is there, the way to the broker is not.
            BrokerChoice::NinjaTrader => (Source::silent(now)?, FeedState::Silent, DeskMode::Offline),
        };
        let Source { listing, fed, starts, records } = source;
        let times = if feed_state == FeedState::Silent { 1 } else { checked.pace.clock_times() };
        let clock = PacedClock::starting_at(starts, times);
        let (tell, told) = mpsc::unbounded_channel();
        let terms = terms_under(&listing, checked.profile.as_deref());
        let mut engine = Engine::new(terms.clone(), checked.limits, Timing::LIVE);
        if checked.profile.is_some() {
            engine = engine.with_rule_book(rule_book(&listing)?);
        }
        let books = Books {
            engine,
            journal: ToldJournal { kept: MemoryJournal::new(), told: tell.clone() },
            clock: clock.clone(),
            listing: Arc::clone(&listing),
        };
        let (handle, account) = match settings.broker {
            BrokerChoice::Mock => (books.run_with(MockBroker::new(checked.mock.clone()))?, "MOCK".to_owned()),
            BrokerChoice::NinjaTrader => (books.run_with(Unreachable)?, settings.ninjatrader.account.clone()),
        };
        let board = Arc::new(QuoteBoard::new(fed, feed_state));
        let (control, pace) = watch::channel(checked.pace);
        let (limits, holding) = watch::channel(checked.limits);
        if feed_state != FeedState::Silent {
            let feed =
                Feed { records, clock, desk: handle.clone(), board: Arc::clone(&board), pace: pace.clone() };
            run_on_thread("market", async move {
                if let Err(fault) = feed.run().await {
                    tracing::warn!(%fault, "the prices have ended");
                    tell.send(Told::Notice(format!("the prices have ended: {fault}"))).ok();
                }
            })?;
        }
        if let Some(profile) = &checked.profile {
            let (profile, origin) = (Arc::clone(profile), Origin::Window);
            handle.rules(RulesInput::Adopt { profile, fresh: true, origin })?;
        }
        let view = View::new(Arc::clone(&listing), &terms, starts, mode, account);
        let stage = Stage { view, told, desk: handle.clone(), board, pace, limits: holding };
        Ok((Self { desk: handle, listing, feed: control, limits }, stage))
    }

    pub(crate) const fn desk(&self) -> &DeskHandle {
        &self.desk
    }

    pub(crate) fn listing(&self) -> &Listing {
        &self.listing
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

/// What a desk is made of, but for its broker.
struct Books {
    engine: Engine,
    journal: ToldJournal,
    clock: PacedClock,
    listing: Arc<Listing>,
}

impl Books {
    /// Runs the desk on a thread of its own.
    fn run_with(self, broker: impl Broker + Send + 'static) -> Result<DeskHandle, std::io::Error> {
        let (desk, handle) = Desk::new(self.engine, broker, self.journal, self.clock, self.listing);
        run_on_thread("desk", async move {
            desk.run().await;
        })?;
        Ok(handle)
    }
}

const fn feed_state(source: &MarketSource) -> FeedState {
    match source {
        MarketSource::Simulated {} => FeedState::Simulated,
        MarketSource::File { .. } => FeedState::File,
    }
}

/// A thread of its own with a small runtime: nothing that the window does can keep it waiting.
fn run_on_thread(name: &str, task: impl Future<Output = ()> + Send + 'static) -> Result<(), std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    std::thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(task))?;
    Ok(())
}
