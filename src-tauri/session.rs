//! One run of the desk: its thread, its market's thread, and the ways to speak with both.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use phantom_bridge::body::Env;
use phantom_broker::{Broker, Unreachable};
use phantom_broker_mock::MockBroker;
use phantom_compliance::Limits;
use phantom_compliance::pack::PackFault;
use phantom_engine::{ContractTerms, Engine, Fact, Origin, RulesInput, Timing};
use phantom_journal::{Damage, Environment, NotedState, Writer};
use phantom_model::{Arena, ContractId, Money, Timestamp, trading_day};
use phantom_runtime::{
    Desk, DeskFault, DeskHandle, Journal, JournalHealth, Listing, MemoryJournal, RecoveryReport, Returning,
};
use phantom_station::{MarketPlace, OpenedDesk};
use phantom_wire::{BrokerChoice, DeskMode, FeedState, MarketSource, Settings};
use tokio::sync::{Notify, mpsc, watch};

use crate::account_rules::{rule_book, terms_under};
use crate::market::feed::Place;
use crate::market::source::Records;
use crate::market::{Feed, FeedControl, MarketFault, PacedClock, QuoteBoard, Source};
use crate::ninjatrader::board::LinkBoard;
use crate::ninjatrader::seek::Search;
use crate::ninjatrader::trade::{Link, Wired};
use crate::ninjatrader::{self, Found, Reach};
use crate::settings::Checked;
use crate::sleep::watch_sleep;
use crate::storage::{Account, Holding, Kept, Restored, Storage};
use crate::stream::view::View;
use crate::stream::{Stage, Told};

/// How often a report that still grows is looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// A running desk. Dropping it ends the feed, and with the last handle the desk.
#[derive(Debug)]
pub(crate) struct Session {
    desk: DeskHandle,
    listing: Arc<Listing>,
    feed: FeedControl,
    /// Where prices of one more contract are asked for.
    ask: mpsc::UnboundedSender<ContractId>,
    limits: watch::Sender<Limits>,
    kept: Option<Kept>,
    /// Fees per contract and side, by contract.
    fees: Arena<ContractId, Money>,
    link: Option<Arc<Link>>,
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
    #[error("the journal has no name for the broker: {0}")]
    Name(#[from] phantom_broker_ninjatrader::NoDeskName),
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
    /// folder first; a tick file is a rehearsal and leaves nothing behind. On `NinjaTrader` the desk has no
    /// way to the market before the account is found: [`Session::trade`] follows then.
    pub(crate) fn start(
        settings: &Settings,
        checked: &Checked,
        storage: &Storage,
        reach: &Reach,
    ) -> Result<(Self, Stage), SessionFault> {
        let today = trading_day(wall_now());
        let started = match (settings.broker, &settings.mock.source) {
            (BrokerChoice::Mock, MarketSource::Simulated {}) => {
                let wanted = Source::listing_on(today)?;
                let restored = storage.restore(checked, &wanted)?;
                Self::go_on(checked, restored, today)
            }
            (BrokerChoice::Mock, source @ MarketSource::File { .. }) => {
                let source = Source::open(source, &settings.trading.default_symbol)?;
                let broker = MockBroker::new(checked.mock.clone());
                let face = Face { mode: DeskMode::Mock, account: "MOCK".to_owned(), link: None };
                Self::rehearse(checked, source, FeedState::File, broker, face)
            }
            (BrokerChoice::NinjaTrader, _) => return Self::seek(settings, checked, storage, reach),
        }?;
        // What a search for another account finds from here on does not count.
        reach.begin_search();
        Ok(started)
    }

    /// A desk without a way to the market, and the search for its account.
    fn seek(
        settings: &Settings,
        checked: &Checked,
        storage: &Storage,
        reach: &Reach,
    ) -> Result<(Self, Stage), SessionFault> {
        let to = settings.ninjatrader.clone();
        let board = Arc::new(LinkBoard::new(ninjatrader::place(&to)));
        let account = to.account.clone();
        let face = Face { mode: DeskMode::Offline, account, link: Some(Arc::clone(&board)) };
        let source = Source::silent(wall_now())?;
        let (session, stage) = Self::rehearse(checked, source, FeedState::Silent, Unreachable, face)?;
        let folder = storage.folder().to_owned();
        let number = reach.begin_search();
        let search = Search { to, reach: reach.clone(), number, board: Arc::clone(&board), folder };
        run_on_thread("search", search.run(session.feed.subscribe()))?;
        let link = Link::seeking(board, Arc::clone(&stage.board));
        Ok((Self { link: Some(Arc::new(link)), ..session }, stage))
    }

    /// The desk on the account that was found: its own journal, its own market.
    pub(crate) fn trade(
        settings: &Settings,
        checked: &Checked,
        storage: &Storage,
        (reach, found): (&Reach, Found),
    ) -> Result<(Self, Stage), SessionFault> {
        let to = &settings.ninjatrader;
        let now = wall_now();
        let wanted = Source::listing_on(trading_day(now))?;
        let environment = match found.env {
            Env::Sim => Environment::Sim,
            Env::Live => Environment::Live,
        };
        let Account { desk: opened, kept, holding } =
            storage.open(environment, &to.account, &ninjatrader::place(to), checked, &wanted)?;
        let OpenedDesk {
            listing, engine, journal, wake, name, returning, damage, others, day, noted, ..
        } = opened;
        let engine = engine.with_rule_book(rule_book(&listing)?);
        let seen = returning.map_or(Timestamp::MIN, |returning| returning.since);
        let clock = PacedClock::starting_at(now.max(seen), 1);
        let watched = needed(&engine, &listing, [&settings.trading.default_symbol]);
        let link_board = Arc::clone(&found.board);
        let (broker, wired) = Wired::new(to, found, reach.clone(), &name, (&listing, &clock))?;
        let channel = mpsc::unbounded_channel();
        let face = Face { mode: DeskMode::Offline, account: to.account.clone(), link: Some(link_board) };
        let shown_as = (face.mode, face.account.clone());
        let view = View::of_book(Arc::clone(&listing), &engine, day, now, shown_as);
        let fees = fees_of(engine.terms());
        let is_return = returning.is_some();
        let parts = Parts { journal, wake, returning, holding };
        let handle = run_desk(engine, broker, parts, &clock, &listing, &channel.0)?;
        tell_start(&handle, Start { is_return, damage, noted, others }, environment, &channel.0)?;
        let market = Market {
            listing: Arc::clone(&listing),
            fed: Vec::new(),
            records: Records::None,
            clock: clock.clone(),
            state: FeedState::Broker,
        };
        let (session, stage) = Self::with(checked, market, handle.clone(), channel, view, (None, face.link))?;
        let link = Arc::new(wired.link(&stage.board, watched));
        let carried = Arc::clone(&link);
        run_on_thread("broker", async move { wired.run(&carried, handle, clock, listing).await })?;
        Ok((Self { kept: Some(kept), link: Some(link), fees, ..session }, stage))
    }

    /// The simulated market, from where it was.
    fn go_on(
        checked: &Checked,
        restored: Restored,
        today: jiff::civil::Date,
    ) -> Result<(Self, Stage), SessionFault> {
        let Restored { account, broker, was, place } = restored;
        let Account { desk: opened, kept, holding } = account;
        let OpenedDesk { listing, engine, journal, wake, returning, damage, others, day, noted, .. } = opened;
        let engine = engine.with_rule_book(rule_book(&listing)?);
        let seen = returning.map_or(Timestamp::MIN, |returning| returning.since);
        let wanted = checked.symbols.as_ref().map(|symbols| needed(&engine, &listing, symbols));
        let (listed, draws) = (Arc::clone(&listing), checked.mock.seed);
        let Source { fed, starts, records, .. } =
            Source::simulated(listed, wanted.as_ref(), draws, today, seen, &was)?;
        let clock = PacedClock::starting_at(starts, checked.pace.clock_times());
        let channel = mpsc::unbounded_channel();
        let shown_as = (DeskMode::Mock, "MOCK".to_owned());
        let view = View::of_book(Arc::clone(&listing), &engine, day, starts, shown_as);
        let fees = fees_of(engine.terms());
        let is_return = returning.is_some();
        let parts = Parts { journal, wake, returning, holding };
        let handle = run_desk(engine, broker, parts, &clock, &listing, &channel.0)?;
        tell_start(&handle, Start { is_return, damage, noted, others }, Environment::Mock, &channel.0)?;
        let market = Market { listing, fed, records, clock, state: FeedState::Simulated };
        let session = Self::with(checked, market, handle, channel, view, (Some((place, was)), None))?;
        Ok((Self { kept: Some(kept), fees, ..session.0 }, session.1))
    }

    /// A desk that keeps nothing.
    fn rehearse(
        checked: &Checked,
        source: Source,
        state: FeedState,
        broker: impl Broker + Send + 'static,
        face: Face,
    ) -> Result<(Self, Stage), SessionFault> {
        let Source { listing, fed, starts, records } = source;
        let times = if state == FeedState::Silent { 1 } else { checked.pace.clock_times() };
        let clock = PacedClock::starting_at(starts, times);
        let channel = mpsc::unbounded_channel();
        let terms = terms_under(&listing, checked.profile.as_deref());
        let view = View::new(Arc::clone(&listing), &terms, starts, face.mode, face.account);
        let fees = fees_of(&terms);
        let engine = Engine::new(terms, checked.limits, Timing::LIVE).with_rule_book(rule_book(&listing)?);
        let journal = ToldJournal { kept: MemoryJournal::new(), told: channel.0.clone() };
        let (desk, handle) = Desk::new(engine, broker, journal, clock.clone(), Arc::clone(&listing));
        run_on_thread("desk", async move {
            desk.run().await;
        })?;
        let market = Market { listing, fed, records, clock, state };
        let (session, shown) = Self::with(checked, market, handle, channel, view, (None, face.link))?;
        Ok((Self { fees, ..session }, shown))
    }

    /// The market's thread, and what the window needs.
    fn with(
        checked: &Checked,
        market: Market,
        handle: DeskHandle,
        (tell, told): Channel,
        view: View,
        (place, link): (Option<(PathBuf, MarketPlace)>, Option<Arc<LinkBoard>>),
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
        let (ask, asked) = mpsc::unbounded_channel();
        let (limits, holding) = watch::channel(checked.limits);
        let has_records = match state {
            FeedState::Simulated | FeedState::File | FeedState::Ended => true,
            FeedState::Broker | FeedState::Silent => false,
        };
        if has_records {
            let names = listing.iter().map(|(_, contract)| contract.ninjatrader_name()).collect();
            let place = place.map(|(path, was)| Place { path, names, noted: was });
            let feed = Feed {
                records,
                clock: clock.clone(),
                desk: handle.clone(),
                board: Arc::clone(&board),
                pace: paced.clone(),
                asked,
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
        let stage = Stage { view, told, desk: handle.clone(), board, pace: paced, limits: holding, link };
        let fees = Arena::new();
        Ok((Self { desk: handle, listing, feed: control, ask, limits, kept: None, link: None, fees }, stage))
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

    /// The connection to the broker; `None` for the simulated one.
    pub(crate) fn link(&self) -> Option<&Arc<Link>> {
        self.link.as_ref()
    }

    /// A broker that is not simulated is chosen, and its account is not known yet: what is open in it cannot
    /// be told, and nothing of it can be closed from here.
    pub(crate) fn is_seeking(&self) -> bool {
        self.link.is_some() && self.kept.is_none()
    }

    /// Prices of what this symbol stands for are wanted from now on.
    pub(crate) async fn watch(&self, symbol: &str) {
        let Ok(listed) = self.listing.resolve(symbol) else { return };
        match &self.link {
            Some(link) => link.watch(listed.contract).await,
            // A market that has ended has no more prices to ask for.
            None => drop(self.ask.send(listed.contract)),
        }
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

/// The way from a session to the window's stream.
type Channel = (mpsc::UnboundedSender<Told>, mpsc::UnboundedReceiver<Told>);

/// What a desk shows itself as.
struct Face {
    mode: DeskMode,
    account: String,
    link: Option<Arc<LinkBoard>>,
}

/// What a desk on a journal is made of beside its engine and its broker.
struct Parts {
    journal: Writer,
    wake: Arc<Notify>,
    returning: Option<Returning>,
    holding: Holding,
}

fn wall_now() -> Timestamp {
    Timestamp::from(jiff::Timestamp::now())
}

/// The contracts whose prices are needed from the start: what is open or works, and these symbols.
fn needed<'a>(
    engine: &Engine,
    listing: &Listing,
    symbols: impl IntoIterator<Item = &'a String>,
) -> BTreeSet<ContractId> {
    let book = engine.book();
    let open = book.positions().iter().filter(|(_, it)| it.net.size() > 0).map(|(id, _)| id);
    let working = book.live_orders().map(|(_, order)| order.contract);
    let shown = symbols.into_iter().filter_map(|symbol| Some(listing.resolve(symbol).ok()?.contract));
    open.chain(working).chain(shown).collect()
}

/// Runs a desk on its journal, on a thread of its own. Nobody else in this program opens the journal before
/// it is closed.
fn run_desk(
    engine: Engine,
    broker: impl Broker + Send + 'static,
    parts: Parts,
    clock: &PacedClock,
    listing: &Arc<Listing>,
    tell: &mpsc::UnboundedSender<Told>,
) -> Result<DeskHandle, SessionFault> {
    let Parts { journal, wake, returning, holding } = parts;
    let journal = ToldJournal { kept: journal, told: tell.clone() };
    let (desk, handle) = Desk::new(engine, broker, journal, clock.clone(), Arc::clone(listing));
    let desk = desk.woken_by(wake);
    let desk = match returning {
        Some(returning) => desk.returning(returning),
        None => desk,
    };
    run_on_thread("desk", async move {
        let _holding = holding;
        let (journal, book) = desk.run_to_end().await;
        if let Err(fault) = journal.kept.end(&book) {
            tracing::error!(%fault, "the journal did not end in order");
        }
    })?;
    Ok(handle)
}

/// What the data folder held at a start.
struct Start {
    is_return: bool,
    damage: Option<Damage>,
    noted: NotedState,
    others: Vec<String>,
}

/// Tells the window what the data folder held.
fn tell_start(
    desk: &DeskHandle,
    start: Start,
    environment: Environment,
    tell: &mpsc::UnboundedSender<Told>,
) -> Result<(), SessionFault> {
    let Start { is_return, damage, noted, others } = start;
    if let Some(damage) = damage {
        tell.send(Told::Notice(format!("{damage}; nothing is opened until the books are checked"))).ok();
    }
    if let NotedState::Differs(seq) = noted {
        tell.send(Told::Notice(format!(
            "the records up to {seq} lead to another book than the one that was noted at the end of that \
             session; what they lead to now is shown: compare it with the broker"
        )))
        .ok();
    }
    // Other simulated markets are told of by nobody: each keeps its own.
    for other in others.iter().filter(|other| !other.starts_with(Environment::Mock.word())) {
        let here = match environment {
            Environment::Mock => "in a simulation",
            Environment::Sim | Environment::Live => "on this account",
        };
        tell.send(Told::Notice(format!("stops of {other} are not armed {here}"))).ok();
    }
    if is_return {
        run_on_thread("recovery", tell_recovery(desk.clone(), tell.clone()))?;
    }
    Ok(())
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
        count(report.stood.len(), "stop at the broker filled", "stops at the broker filled"),
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(task))?;
    Ok(())
}
