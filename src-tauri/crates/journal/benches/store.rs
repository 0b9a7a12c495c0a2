//! What the journal takes: commits beside the disk's own sync, a million facts folded, ten thousand stops
//! armed again. Times are of the machine that runs it; the ratio to the bare sync is the journal's own.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot run says so and ends")]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use phantom_compliance::Minis;
use phantom_engine::{ContractTerms, Engine, Fact, Timing};
use phantom_journal::{Environment, ListedContract, Opened, Session, StateHash, Store};
use phantom_model::price::Grid;
use phantom_model::{Arena, ContractId, Money, Timestamp};
use phantom_runtime::Journal as _;
use phantom_testkit::rounds::Rounds;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{:<58} {:>12} {:>12} {:>12}", "", "p50", "p99", "slowest");
    let bare = bare_syncs(folder.path());
    let alone = alone(folder.path());
    let [thousand, two_thousand] = [1_000, 2_000].map(|per_second| paced(folder.path(), per_second));
    row("fdatasync of 4 KiB, the disk alone", &bare);
    row("one fact, appended to durable", &alone);
    row("one fact, while 1 000 a second come for 6 s", &thousand);
    row("one fact, while 2 000 a second come for 3 s", &two_thousand);
    let ratio = at(&alone, 50).as_nanos() * 100 / at(&bare, 50).as_nanos().max(1);
    println!("one fact takes {}.{:02} times the bare sync (p50)", ratio / 100, ratio % 100);
    flood(folder.path());
    million(folder.path());
    armed(folder.path());
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn now() -> Instant {
    Instant::now()
}

/// How long this thread was on a processor, where the system says so: on a busy machine the only figure
/// that means something.
fn on_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

fn at(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() * percent / 100).or(sorted.last()).copied().unwrap_or_default()
}

fn row(what: &str, times: &[Duration]) {
    let [half, most, all] = [50, 99, 100].map(|percent| at(times, percent));
    println!("{what:<58} {half:>12.2?} {most:>12.2?} {all:>12.2?}");
}

fn bare_syncs(folder: &Path) -> Vec<Duration> {
    let mut file = File::create(folder.join("bare")).unwrap();
    let times = (0..400).map(|_| {
        let began = now();
        file.write_all(&[7; 4_096]).unwrap();
        file.sync_data().unwrap();
        began.elapsed()
    });
    times.collect()
}

fn open(folder: &Path, account: &str) -> Opened {
    let session = Session {
        environment: Environment::Mock,
        account: account.to_owned(),
        build: "bench".to_owned(),
        configuration: String::new(),
    };
    Store::new(folder).reserve_bytes(0).open(&session, &contracts(), || ()).unwrap()
}

fn wait(opened: &Opened, seq: u64) {
    while opened.writer.durable() < seq {
        std::thread::yield_now();
    }
}

fn alone(folder: &Path) -> Vec<Duration> {
    let mut opened = open(folder, "alone");
    let times = rounds(40).into_iter().map(|fact| {
        let began = now();
        opened.writer.append(std::slice::from_ref(&fact));
        wait(&opened, fact.seq);
        began.elapsed()
    });
    times.collect()
}

fn paced(folder: &Path, per_second: u32) -> Vec<Duration> {
    let gap = Duration::from_secs(1) / per_second;
    let mut opened = open(folder, &format!("paced-{per_second}"));
    let facts: Vec<Fact> = rounds(546).into_iter().take(6_000).collect();
    let (mut sent, mut times, began) = (Vec::with_capacity(facts.len()), Vec::new(), now());
    while times.len() < facts.len() {
        if let Some(fact) = facts.get(sent.len())
            && began.elapsed() >= gap * u32::try_from(sent.len()).unwrap()
        {
            sent.push(now());
            opened.writer.append(std::slice::from_ref(fact));
        }
        let durable = usize::try_from(opened.writer.durable()).unwrap();
        times.extend(sent.iter().take(durable).skip(times.len()).map(Instant::elapsed).collect::<Vec<_>>());
        std::thread::yield_now();
    }
    times
}

fn flood(folder: &Path) {
    let mut opened = open(folder, "flood");
    let facts = rounds(9_000);
    let began = now();
    facts.chunks(11).for_each(|group| opened.writer.append(group));
    wait(&opened, facts.len() as u64);
    let commits = opened.writer.commits();
    let per_second = facts.len() as u128 * 1_000_000 / began.elapsed().as_micros().max(1);
    println!(
        "{} facts as fast as they come: {per_second} a second, {} groups, slowest group {:.2?}",
        facts.len(),
        commits.groups,
        commits.slowest
    );
}

fn million(folder: &Path) {
    let facts = rounds(90_910);
    let mut opened = open(folder, "million");
    for group in facts.chunks(4_096) {
        opened.writer.append(group);
        wait(&opened, group.last().map_or(0, |fact| fact.seq));
    }
    drop(opened);
    let before = on_processor();
    let opened = open(folder, "million");
    let (took, worked) = (opened.recovered.took, on_processor().saturating_sub(before));
    println!(
        "{} facts checked, read and folded: {took:.2?}, {worked:.2?} of it on the processor",
        facts.len()
    );
    let began = now();
    let state = StateHash::of(&opened.recovered.book);
    println!("hash of that book: {:.2?} ({state})", began.elapsed());
    drop(opened);
    let before = on_processor();
    let recovered = open(folder, "million").recovered;
    let (took, worked) = (recovered.took, on_processor().saturating_sub(before));
    println!(
        "the same from a snapshot after record {}: {took:.2?}, {worked:.2?} of it on the processor",
        recovered.from
    );
    assert_eq!(StateHash::of(&recovered.book), state);
}

fn armed(folder: &Path) {
    let mut rounds = beginning();
    for _ in 0..10_000 {
        rounds.entry();
    }
    let facts = rounds.facts;
    let mut opened = open(folder, "armed");
    opened.writer.append(&facts);
    wait(&opened, facts.len() as u64);
    drop(opened);
    let (began, before) = (now(), on_processor());
    let opened = open(folder, "armed");
    let terms = terms();
    let limits = phantom_compliance::Limits::NONE;
    let engine = Engine::with_book(terms, limits, Timing::STANDARD, opened.recovered.book);
    let (took, worked) = (began.elapsed(), on_processor().saturating_sub(before));
    let count = engine.book().lots().iter().filter(|(lot, _)| engine.armed_qty(*lot) > 0).count();
    println!(
        "{count} stops armed again from {} facts, file to engine: {took:.2?}, {worked:.2?} of it on the processor",
        facts.len()
    );
}

fn terms() -> Arena<ContractId, ContractTerms> {
    let mut terms = Arena::new();
    for contract in contracts() {
        terms.push(contract.terms);
    }
    terms
}

fn contracts() -> Vec<ListedContract> {
    let terms = ContractTerms {
        grid: Grid::new("0.25".parse().unwrap()).unwrap(),
        tick_value: Money::from_units(50_000),
        weight: Minis::whole(1),
        fee_per_side: Money::from_units(21_000),
    };
    vec![ListedContract { name: "NQ 12-26".to_owned(), terms }]
}

/// Trades from the order to the closed lot, 11 facts each.
fn rounds(count: usize) -> Vec<Fact> {
    let mut rounds = beginning();
    for _ in 0..count {
        rounds.entry();
        rounds.exit();
    }
    rounds.facts
}

const fn beginning() -> Rounds {
    Rounds::after(0, Timestamp::from_nanos(1_764_000_000_000_000_000))
}
