//! The journal on a disk that fails at every single call, and on a machine that loses its power there.

use std::sync::{Mutex, MutexGuard, PoisonError};

use phantom_engine::{Book, Fact};
use phantom_journal::{Environment, ListedContract, Session, Store};
use phantom_model::{Arena, Money};
use phantom_runtime::{Journal as _, JournalHealth};
use phantom_testkit::{World, buy, root, terms};
use power::{Dice, Failure, NAME, Plan, calls, cut, forget, play};
use tempfile::TempDir;

/// The disk is one; tests take turns.
static TURN: Mutex<()> = Mutex::new(());

fn my_turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn session() -> Session {
    let text = || "test".to_owned();
    Session { environment: Environment::Mock, account: text(), build: text(), configuration: text() }
}

fn contracts() -> Vec<ListedContract> {
    let rows = terms(Money::ZERO);
    rows.iter()
        .map(|(id, terms)| ListedContract { name: format!("{} 12-26", root(id)), terms: terms.clone() })
        .collect()
}

fn folded(facts: &[Fact]) -> Book {
    let mut terms = Arena::new();
    for contract in contracts() {
        terms.push(contract.terms);
    }
    Book::replay(&terms, facts)
}

/// Two days, so that the second session leaves a snapshot of the first evening.
fn facts() -> Vec<Fact> {
    let mut world = World::new();
    world.print("1319.0");
    for ticket in ["T1", "T2", "T3"] {
        if ticket == "T2" {
            world.advance_ms(24 * 60 * 60 * 1_000);
        }
        world.place(buy(2).stop("1317.0").target("1322.0"));
        world.accept(ticket);
        world.fill(ticket, 1, "1319.1");
        world.fill(ticket, 1, "1319.0");
    }
    world.print("1316.5");
    for exit in ["L0-X1", "L1-X1", "L2-X1"] {
        world.accept(exit);
        world.fill(exit, 2, "1316.4");
    }
    world.facts().to_vec()
}

/// A folder in memory, where there is one: what the disk keeps is the layer's business here.
fn folder() -> TempDir {
    forget();
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

/// Two sessions, written in small groups. Answers how many facts were acknowledged, and whether the journal
/// was lost or could not be opened.
fn trade(folder: &TempDir, facts: &[Fact]) -> (u64, bool) {
    let store = Store::new(folder.path()).through(&NAME).reserve_bytes(4_096).snapshot_every(1);
    let mut acknowledged = 0;
    for (half, part) in facts.chunks(facts.len().div_ceil(2)).enumerate() {
        let Ok(mut opened) = store.open(&session(), &contracts(), || ()) else { return (acknowledged, true) };
        if opened.recovered.book.seq() != acknowledged || opened.recovered.exits_only() {
            return (acknowledged.max(opened.recovered.book.seq()), true);
        }
        for group in part.chunks(3) {
            opened.writer.append(group);
            let last = group.last().map_or(0, |fact| fact.seq);
            while opened.writer.durable() < last && opened.writer.health() != JournalHealth::Lost {
                std::thread::yield_now();
            }
            acknowledged = opened.writer.durable();
            if opened.writer.health() == JournalHealth::Lost {
                return (acknowledged, true);
            }
        }
        if half == 0 {
            // The first session ends, with its copy and its last sync; the second is killed.
            let so_far = usize::try_from(acknowledged).unwrap_or(usize::MAX);
            if opened.writer.end(&folded(&facts[..so_far])).is_err() {
                return (acknowledged, true);
            }
        }
    }
    (acknowledged, false)
}

/// How many calls the whole story makes.
fn calls_of(facts: &[Fact]) -> u64 {
    let folder = folder();
    play(Plan::default());
    assert_eq!(trade(&folder, facts), (facts.len() as u64, false));
    calls()
}

/// Opens again on a sound disk: nothing acknowledged is lost, and nothing is made up. Answers how many facts
/// are there, and whether a snapshot has shortened the way.
fn check(folder: &TempDir, facts: &[Fact], acknowledged: u64, story: &str) -> (u64, bool) {
    play(Plan::default());
    let store = Store::new(folder.path()).through(&NAME).reserve_bytes(0).snapshot_every(1);
    let opened = store.open(&session(), &contracts(), || ()).map_err(|fault| format!("{story}: {fault}"));
    let recovered = opened.unwrap().recovered;
    let seq = recovered.book.seq();
    assert!(seq >= acknowledged, "{story}: {acknowledged} acknowledged, {seq} there: {:?}", recovered.damage);
    let count = usize::try_from(seq).unwrap();
    assert_eq!(recovered.book, folded(&facts[..count]), "{story}");
    (seq, recovered.from > 0)
}

#[test]
fn no_acknowledged_fact_is_lost_whichever_call_fails() {
    let _turn = my_turn();
    let facts = facts();
    let (mut lost, mut carried_on) = (0, 0);
    let all = calls_of(&facts);
    for failure in [Failure::Broken, Failure::Full] {
        for at in 1..=all {
            let folder = folder();
            play(Plan { at, failure, for_good: false });
            let (acknowledged, was_lost) = trade(&folder, &facts);
            *(if was_lost { &mut lost } else { &mut carried_on }) += 1;
            check(&folder, &facts, acknowledged, &format!("call {at} of {all} fails, {failure:?}"));
        }
    }
    println!(
        "{all} calls, each failing once as broken and once as full: {lost} lost the journal, {carried_on} carried on; 0 acknowledged facts lost"
    );
    assert!(lost > all && carried_on > 0, "a failure is met, and a full disk is survived");
}

#[test]
fn no_acknowledged_fact_is_lost_whenever_the_power_goes() {
    let _turn = my_turn();
    let facts = facts();
    let all = calls_of(&facts);
    let rounds: u64 = std::env::var("PHANTOM_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(1);
    let (mut cuts, mut by_snapshots) = (0_u64, 0_u64);
    let (mut acknowledged_in_all, mut more_than_acknowledged) = (0_u64, 0_u64);
    for at in 1..=all {
        for round in 0..rounds {
            let folder = folder();
            play(Plan { at, failure: Failure::Broken, for_good: true });
            let (acknowledged, _) = trade(&folder, &facts);
            cut(&mut Dice::new(at * 1_000 + round));
            lose_memory(&folder);
            let (seq, by_snapshot) =
                check(&folder, &facts, acknowledged, &format!("power goes at call {at}, round {round}"));
            cuts += 1;
            by_snapshots += u64::from(by_snapshot);
            acknowledged_in_all += acknowledged;
            more_than_acknowledged += seq - acknowledged;
        }
    }
    println!(
        "{cuts} power cuts at {all} points: {acknowledged_in_all} facts acknowledged, 0 lost, {more_than_acknowledged} more had reached the disk; {by_snapshots} came back by a snapshot"
    );
    assert!(acknowledged_in_all > 0 && by_snapshots > 0);
}

/// What was only in memory is gone: shared memory, and the note that a dead machine could not have written.
fn lose_memory(folder: &TempDir) {
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if name.ends_with("-shm") || name.ends_with(".lost") {
            std::fs::remove_file(path).unwrap();
        }
    }
}
