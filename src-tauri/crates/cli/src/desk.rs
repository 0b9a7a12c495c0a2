//! `phantom desk`: the same desk without a window, on a simulated market and a folder that survives it.

mod market;
mod talk;

use std::sync::Arc;

use phantom_broker_mock::{KeptBroker, MockSettings, Range};
use phantom_compliance::Limits;
use phantom_engine::fact::GapPolicy;
use phantom_engine::{Book, Engine, Origin, Timing};
use phantom_journal::{Environment, Session, Writer};
use phantom_model::{InstrumentTable, Money, SignalRef, Timestamp, trading_day};
use phantom_runtime::{Clock, Desk, DeskHandle, Listing, MarketClock};
use phantom_signals::{Signal, SignalAction};
use phantom_station::{Lease, MarketPlace, OpenedDesk, Start, Station};
use tokio::task::{JoinHandle, LocalSet};

use crate::args::{DeskOptions, Gap};
use crate::fault::Fault;
use market::Feed;
use talk::Talk;

/// Runs the desk until it is told to end.
///
/// # Errors
/// What the folder, the signals or the journal have against it.
pub(crate) fn run(options: &DeskOptions) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(Fault::Runtime)?;
    LocalSet::new().block_on(&runtime, run_to_end(options))
}

async fn run_to_end(options: &DeskOptions) -> Result<(), Fault> {
    let signals = options.signals.as_deref().map(phantom_signals::open).transpose()?.unwrap_or_default();
    let running = begin(options)?;
    let Running { desk, clock, task, seen, .. } = &running;
    let acting = tokio::task::spawn_local(act(desk.clone(), *clock, signals, *seen));
    let telling = tokio::task::spawn_local(talk::tell_recovery(desk.clone(), running.is_return));
    talk::end_of(options.seconds).await;
    acting.abort();
    telling.abort();
    running.feed.abort();
    debug_assert!(!task.is_finished(), "a desk runs as long as it has a handle");
    let Running { desk, task, place, place_path, .. } = running;
    let marks = desk.marks().await.ok();
    drop(desk);
    let (writer, book) = task.await.map_err(|error| Fault::Runtime(std::io::Error::other(error)))?;
    if let Some(marks) = marks {
        place.at(marks.at, &marks.last).save(&place_path).map_err(Fault::Output)?;
    }
    let facts = book.seq();
    writer.end(&book)?;
    Talk::Ended { facts }.say();
    Ok(())
}

/// A desk that runs.
struct Running {
    desk: DeskHandle,
    clock: MarketClock,
    task: JoinHandle<(Writer, Book)>,
    feed: JoinHandle<()>,
    /// Up to when an earlier run has acted.
    seen: Timestamp,
    is_return: bool,
    place: market::Names,
    place_path: std::path::PathBuf,
}

fn begin(options: &DeskOptions) -> Result<Running, Fault> {
    let lease = Arc::new(Lease::take(&options.data)?);
    let table = Arc::new(InstrumentTable::built_in()?);
    let today = options.date.unwrap_or_else(|| trading_day(Timestamp::from(jiff::Timestamp::now())));
    let wanted = Listing::new(table, [], today)?;
    let account = format!("simulated-{}", options.seed);
    let session = Session {
        environment: Environment::Mock,
        account: account.clone(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: format!("seed {} speed {}", options.seed, options.speed),
    };
    let policy = match options.gap {
        Gap::Fire => GapPolicy::Fire,
        Gap::Ask => GapPolicy::Ask,
        Gap::Hold => GapPolicy::Hold,
    };
    let terms = |listing: &Listing| listing.terms(|_| Money::ZERO);
    let start = Start { limits: Limits::NONE, timing: Timing::LIVE, terms: &terms, policy };
    let opened = Station::new(Arc::clone(&lease), session).open(&wanted, &start)?;
    Talk::of(&opened).say();
    let place_path = options.data.join(format!("market-{account}.json"));
    let was = MarketPlace::load(&place_path);
    let OpenedDesk { listing, engine, journal, wake, returning, .. } = opened;
    let seen = returning.map_or(Timestamp::MIN, |returning| returning.since);
    let starts = market::opens(today)?.max(seen).max(was.at.unwrap_or(Timestamp::MIN));
    let names = market::Names::of(&listing);
    let broker = broker(options, &account, &names, &engine)?;
    let clock = MarketClock::starting_at(starts).running(options.speed);
    let records = market::market(options.seed, &listing, starts, &was)?;
    let (runs, desk) = Desk::new(engine, broker, journal, clock, listing);
    let runs = runs.woken_by(wake);
    let is_return = returning.is_some();
    let runs = match returning {
        Some(returning) => runs.returning(returning),
        None => runs,
    };
    let task = tokio::task::spawn_local(async move {
        // The folder is ours until the last fact is written.
        let _lease = lease;
        runs.run_to_end().await
    });
    let feed = Feed { records, clock, desk: desk.clone(), names: names.clone(), path: place_path.clone() };
    let feed = tokio::task::spawn_local(feed.run());
    Ok(Running { desk, clock, task, feed, seen, is_return, place: names, place_path })
}

fn broker(
    options: &DeskOptions,
    account: &str,
    names: &market::Names,
    engine: &Engine,
) -> Result<KeptBroker, Fault> {
    let settings = MockSettings {
        delay_nanos: Range::span(options.latency),
        ..MockSettings::frictionless(options.seed)
    };
    let path = options.data.join(format!("broker-{account}.jsonl"));
    let newest = engine.book().fills().iter().map(|(_, fill)| fill.exec).max();
    Ok(KeptBroker::open(&path, settings, names.list())?.numbering_after(newest))
}

/// Acts on every signal at its time. One that an earlier run has seen, or may have, is not acted on again.
async fn act(desk: DeskHandle, clock: MarketClock, signals: Vec<Signal>, seen: Timestamp) {
    for (place, signal) in (0..).map(SignalRef::new).zip(signals) {
        if signal.at <= seen.max(clock.now()) {
            Talk::Late { signal: signal.id }.say();
            continue;
        }
        if let Some(due) = clock.instant_of(signal.at) {
            tokio::time::sleep_until(due).await;
        }
        let origin = Origin::Signal(place);
        let answer = match signal.action {
            SignalAction::Place(ticket) => {
                desk.place(ticket, origin).await.map(|answer| Talk::placed(signal.id, &answer))
            }
            SignalAction::Flatten => desk
                .flatten_all(origin)
                .await
                .map(|receipt| Talk::Flattened { signal: signal.id, flat: receipt.flat }),
        };
        match answer {
            Ok(answer) => answer.say(),
            Err(fault) => tracing::warn!(%fault, "the desk did not take a signal"),
        }
    }
}
