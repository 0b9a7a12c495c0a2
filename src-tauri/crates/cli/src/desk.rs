//! `phantom desk`: the same desk without a window, on a folder that survives it.
//!
//! It has a simulated market and the mock broker inside, or is connected to a broker's side of the bridge.

mod connected;
mod market;
mod simulated;
mod talk;

use std::path::PathBuf;
use std::sync::Arc;

use phantom_broker::Broker;
use phantom_compliance::Limits;
use phantom_engine::fact::GapPolicy;
use phantom_engine::{Book, Origin, Timing};
use phantom_journal::{Session, Writer};
use phantom_model::{InstrumentTable, Money, SignalRef, Timestamp, trading_day};
use phantom_runtime::{Clock, Desk, DeskHandle, Listing, MarketClock};
use phantom_signals::{Signal, SignalAction};
use phantom_station::{Lease, OpenedDesk, Start, Station};
use tokio::task::{JoinHandle, LocalSet};

use crate::args::{DeskOptions, Gap};
use crate::fault::Fault;
use crate::today::now;
use talk::Talk;

/// Runs the desk until it is told to end.
///
/// # Errors
/// What the folder, the signals, the secret or the journal have against it.
pub(crate) fn run(options: &DeskOptions) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Fault::Runtime)?;
    LocalSet::new().block_on(&runtime, run_to_end(options))
}

async fn run_to_end(options: &DeskOptions) -> Result<(), Fault> {
    let signals = options.signals.as_deref().map(phantom_signals::open).transpose()?.unwrap_or_default();
    let running = match &options.broker {
        Some(there) => connected::begin(options, there)?,
        None => simulated::begin(options)?,
    };
    let Running { desk, clock, task, seen, .. } = &running;
    let acting = tokio::task::spawn_local(act(desk.clone(), *clock, signals, *seen));
    let telling = tokio::task::spawn_local(talk::tell_recovery(desk.clone(), running.is_return));
    talk::end_of(options.seconds).await;
    acting.abort();
    telling.abort();
    running.feeds.iter().for_each(JoinHandle::abort);
    debug_assert!(!task.is_finished(), "a desk runs as long as it has a handle");
    let Running { desk, task, place, .. } = running;
    let marks = desk.marks().await.ok();
    // The tasks that were told to end have handles of their own.
    desk.end().ok();
    drop(desk);
    let (writer, book) = task.await.map_err(|error| Fault::Runtime(std::io::Error::other(error)))?;
    if let (Some(marks), Some((names, path))) = (marks, place) {
        names.at(marks.at, &marks.last).save(&path).map_err(Fault::Output)?;
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
    /// What brings prices and reports.
    feeds: Vec<JoinHandle<()>>,
    /// Up to when an earlier run has acted.
    seen: Timestamp,
    is_return: bool,
    /// Where a simulated market of its own is noted.
    place: Option<(market::Names, PathBuf)>,
}

/// Opens the journal of a session in the folder of the options, and says so.
fn open(options: &DeskOptions, session: Session) -> Result<OpenedDesk, Fault> {
    let lease = Arc::new(Lease::take(&options.data)?);
    let table = Arc::new(InstrumentTable::built_in()?);
    let wanted = Listing::new(table, [], day(options))?;
    let policy = match options.gap {
        Gap::Fire => GapPolicy::Fire,
        Gap::Ask => GapPolicy::Ask,
        Gap::Hold => GapPolicy::Hold,
    };
    let terms = |listing: &Listing| listing.terms(|_| Money::ZERO);
    let start = Start { limits: Limits::NONE, timing: Timing::LIVE, terms: &terms, policy };
    let opened = Station::new(lease, session).open(&wanted, &start)?;
    Talk::of(&opened).say();
    Ok(opened)
}

/// The day whose front months are traded.
fn day(options: &DeskOptions) -> jiff::civil::Date {
    options.date.unwrap_or_else(|| trading_day(now()))
}

/// Starts the desk with its broker. The folder is its own until the last fact is written.
fn start(
    opened: OpenedDesk,
    broker: impl Broker + 'static,
    clock: MarketClock,
) -> (DeskHandle, JoinHandle<(Writer, Book)>) {
    let OpenedDesk { listing, engine, journal, wake, returning, lease, .. } = opened;
    let (runs, desk) = Desk::new(engine, broker, journal, clock, listing);
    let runs = runs.woken_by(wake);
    let runs = match returning {
        Some(returning) => runs.returning(returning),
        None => runs,
    };
    let task = tokio::task::spawn_local(async move {
        let _lease = lease;
        runs.run_to_end().await
    });
    (desk, task)
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
        // The next one does not wait for the answer to this one.
        tokio::task::spawn_local(answer(desk.clone(), place, signal));
    }
}

async fn answer(desk: DeskHandle, place: SignalRef, signal: Signal) {
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
