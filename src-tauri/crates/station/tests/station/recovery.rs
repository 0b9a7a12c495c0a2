//! From a folder that another run has left to a desk that runs.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use phantom_broker_mock::{MockBroker, MockSettings};
use phantom_compliance::{Limits, Ticket, TicketKind};
use phantom_engine::Timing;
use phantom_engine::fact::{Absence, GapPolicy};
use phantom_journal::{Environment, Session};
use phantom_model::{InstrumentTable, MarketRecord, Money, Price, Print, Side, Timestamp, trading_day};
use phantom_runtime::{Desk, DeskHandle, Listing, MarketClock};
use phantom_station::{Lease, OpenedDesk, Start, StartFault, Station};

/// 2026-11-23 08:30 in Chicago.
const OPEN: Timestamp = Timestamp::from_nanos(1_795_444_200_000_000_000);

fn session(environment: Environment) -> Session {
    let (account, configuration) = ("A1".to_owned(), String::new());
    Session { environment, account, build: "test".to_owned(), configuration }
}

fn open(folder: &Path, environment: Environment) -> Result<OpenedDesk, StartFault> {
    let table = Arc::new(InstrumentTable::built_in().unwrap());
    let wanted = Listing::new(table, [], trading_day(OPEN)).unwrap();
    let start = Start {
        limits: Limits::NONE,
        timing: Timing::LIVE,
        terms: &|listing: &Listing| listing.terms(|_| Money::ZERO),
        policy: GapPolicy::Fire,
    };
    let lease = Arc::new(Lease::take(folder).unwrap());
    Station::new(lease, session(environment)).open(&wanted, &start)
}

fn ticket(stop: &str) -> Ticket {
    Ticket {
        symbol: "GC".into(),
        side: Side::Buy,
        qty: "1".into(),
        kind: TicketKind::Market,
        price: None,
        stop: Some(stop.into()),
        target: None,
        guard: Box::default(),
    }
}

async fn trade(desk: &DeskHandle, listing: &Listing, ticks: i64) {
    let contract = listing.resolve("GC").unwrap().contract;
    let price = Price::new(ticks).unwrap();
    let print = Print::Trade { price, size: 10 };
    desk.feed(MarketRecord { contract, at: OPEN, print }).await.unwrap();
    let row = phantom_model::ArenaKey::row(contract) as usize;
    while desk.marks().await.unwrap().last[row] != Some(price) {}
}

/// A run that opens lots with stops and is then dropped without its end, as a kill would.
async fn run_and_die(folder: &Path, lots: usize) {
    let OpenedDesk { listing, engine, journal, wake, lease, .. } = open(folder, Environment::Mock).unwrap();
    let broker = MockBroker::new(MockSettings::frictionless(1));
    let clock = MarketClock::starting_at(OPEN);
    let (desk, handle) = Desk::new(engine, broker, journal, clock, Arc::clone(&listing));
    let task = tokio::spawn(desk.woken_by(wake).run());
    trade(&handle, &listing, 40_000).await;
    // Many at once, so that one commit takes many; fewer than the desk lets wait.
    for done in (0..lots).step_by(200) {
        let mut placing = tokio::task::JoinSet::new();
        for _ in done..lots.min(done + 200) {
            let desk = handle.clone();
            placing.spawn(async move { desk.place(ticket("3990.0"), phantom_engine::Origin::Window).await });
        }
        while let Some(answer) = placing.join_next().await {
            let answer = answer.unwrap().unwrap();
            assert!(answer.refusal.is_none(), "{answer:?}");
        }
    }
    trade(&handle, &listing, 40_001).await;
    drop(handle);
    // Dropped, the writer leaves the run open.
    drop(task.await.unwrap());
    drop(lease);
}

#[tokio::test]
async fn what_was_armed_is_armed_again_and_a_kill_is_told_from_an_end() {
    let folder = tempfile::tempdir().unwrap();
    run_and_die(folder.path(), 3).await;
    let opened = open(folder.path(), Environment::Mock).unwrap();
    let returning = opened.returning.unwrap();
    assert_eq!((returning.absence, returning.damaged), (Absence::Crashed, false));
    let gold = opened.listing.resolve("GC").unwrap().contract;
    let lots = &opened.engine.book().positions().at(gold).lots;
    assert_eq!(lots.len(), 3);
    assert!(lots.iter().all(|&lot| opened.engine.armed_qty(lot) == 1));
    let book = opened.engine.book().clone();
    opened.journal.end(&book).unwrap();
    drop(opened.lease);
    let again = open(folder.path(), Environment::Mock).unwrap();
    assert_eq!(again.returning.unwrap().absence, Absence::Ended);
}

#[tokio::test]
async fn r_16_stops_of_a_simulation_are_named_and_never_armed_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    run_and_die(folder.path(), 1).await;
    let live = open(folder.path(), Environment::Live).unwrap();
    assert_eq!(live.others, ["MOCK A1"]);
    assert!(live.returning.is_none());
    assert!(live.engine.book().lots().is_empty());
}

#[tokio::test]
async fn r_13_a_damaged_end_is_told_and_nothing_opens() {
    let folder = tempfile::tempdir().unwrap();
    run_and_die(folder.path(), 2).await;
    let journal = folder.path().join(session(Environment::Mock).file_name());
    // All in one file, and then its last pages are gone.
    let mut wal = journal.clone().into_os_string();
    wal.push("-wal");
    fs::remove_file(&wal).ok();
    let length = fs::metadata(&journal).unwrap().len();
    OpenOptions::new().write(true).open(&journal).unwrap().set_len(length / 2).unwrap();
    let opened = open(folder.path(), Environment::Mock).unwrap();
    let damage = opened.damage.clone().unwrap();
    assert!(damage.quarantined.is_some(), "the damaged file is kept: {damage}");
    let returning = opened.returning.unwrap();
    assert!(returning.damaged);
    let OpenedDesk { listing, engine, journal, wake, .. } = opened;
    let broker = MockBroker::new(MockSettings::frictionless(1));
    let (desk, handle) =
        Desk::new(engine, broker, journal, MarketClock::starting_at(OPEN), Arc::clone(&listing));
    let task = tokio::spawn(desk.woken_by(wake).returning(returning).run());
    trade(&handle, &listing, 40_000).await;
    let answer = handle.place(ticket("3990.0"), phantom_engine::Origin::Window).await.unwrap();
    assert_eq!(answer.refusal.unwrap().reason(), "latched");
    drop(handle);
    task.await.unwrap();
}

/// The figure of ten thousand is printed; the bound of the test is loose, for machines that do much else.
#[tokio::test]
async fn ten_thousand_phantoms_are_armed_again_from_the_disk() {
    let lots = std::env::var("PHANTOM_LOTS").map_or(1_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    run_and_die(folder.path(), lots).await;
    #[expect(clippy::disallowed_methods, reason = "a figure of real time is printed")]
    let began = Instant::now();
    let opened = open(folder.path(), Environment::Mock).unwrap();
    let took = began.elapsed();
    let gold = opened.listing.resolve("GC").unwrap().contract;
    assert_eq!(opened.engine.book().positions().at(gold).lots.len(), lots);
    assert_eq!(opened.engine.book().unjudged().count(), 0, "nobody has come back yet");
    println!("{lots} phantoms armed again in {took:?}, {} facts", opened.engine.book().seq());
}
