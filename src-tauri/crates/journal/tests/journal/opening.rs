//! What is written is there again, whether the program ended or was killed.

use phantom_engine::Book;
use phantom_journal::{DaySoFar, Environment, NotedState, OpenFault, RunStatus, Session, StateHash, Store};
use phantom_model::TradingDay;
use phantom_runtime::{Journal as _, JournalHealth};

use crate::stories::{contracts, day, folded, open, session, settle, two_days};

#[test]
fn a_new_journal_is_empty_and_sound() {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(&Store::new(folder.path()));
    assert_eq!((opened.recovered.book.seq(), opened.recovered.run), (0, 1));
    assert_eq!((opened.recovered.before, opened.recovered.damage), (None, None));
    assert_eq!((opened.writer.durable(), opened.writer.health()), (0, JournalHealth::Sound));
}

#[test]
fn everything_that_was_durable_is_there_again_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut first = open(&store);
    for fact in &facts {
        first.writer.append(std::slice::from_ref(fact));
    }
    settle(&first, facts.len() as u64);
    assert_eq!(first.writer.durable(), facts.len() as u64);
    drop(first);
    let second = open(&store).recovered;
    assert_eq!(second.book, folded(&facts));
    assert!(second.after_crash() && !second.exits_only());
    assert_eq!(second.contracts, contracts());
    assert_eq!(StateHash::of(&second.book), StateHash::of(&folded(&facts)));
}

#[test]
fn a_run_that_ends_says_so_and_leaves_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut first = open(&store);
    first.writer.append(&facts);
    first.writer.end(&folded(&facts)).unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("backups")).unwrap().count(), 1);
    let second = open(&store);
    assert_eq!(second.recovered.before.unwrap().status, RunStatus::Ended);
    drop(second.writer);
    let third = open(&store).recovered;
    assert_eq!((third.run, third.before.unwrap().status), (3, RunStatus::Running));
}

/// A journal whose first run has ended in order and whose second was killed after more facts.
fn ended_and_killed(folder: &std::path::Path) -> Store {
    let (store, facts) = (Store::new(folder), day());
    let mut first = open(&store);
    assert_eq!(first.recovered.noted, NotedState::None);
    first.writer.append(&facts[..10]);
    first.writer.end(&folded(&facts[..10])).unwrap();
    let mut second = open(&store);
    assert_eq!(second.recovered.noted, NotedState::Same(10));
    second.writer.append(&facts[10..]);
    store
}

#[test]
fn a_start_tells_whether_the_facts_still_lead_to_the_book_that_was_noted() {
    let folder = tempfile::tempdir().unwrap();
    let store = ended_and_killed(folder.path());
    assert_eq!(open(&store).recovered.noted, NotedState::Same(10));
    let other = Session { build: "2".to_owned(), ..session() };
    let other = store.open(&other, &contracts(), || ()).unwrap().recovered;
    assert_eq!(other.noted, NotedState::None, "another build has noted nothing");
}

#[test]
fn the_day_that_a_journal_ends_in_is_given_fact_by_fact() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), two_days());
    let mut first = open(&store);
    assert_eq!(first.recovered.day, DaySoFar { before: folded(&[]), facts: Vec::new() });
    first.writer.append(&facts);
    drop(first);
    let last = TradingDay::of(facts.last().unwrap().at);
    let begins = facts.iter().position(|fact| TradingDay::of(fact.at) == last).unwrap();
    assert!(begins > 1 && begins + 1 < facts.len(), "{begins} of {}", facts.len());
    let day = open(&store).recovered.day;
    assert_eq!((day.before, day.facts.as_slice()), (folded(&facts[..begins]), &facts[begins..]));
}

#[test]
fn a_wrong_note_is_told_and_the_facts_are_what_counts() {
    for spoil in ["UPDATE state SET hash = '?' || substr(hash, 2)", "UPDATE state SET seq = 999"] {
        let folder = tempfile::tempdir().unwrap();
        let store = ended_and_killed(folder.path());
        let db = rusqlite::Connection::open(store.path(&session())).unwrap();
        assert_eq!(db.execute(spoil, []).unwrap(), 1);
        drop(db);
        let recovered = open(&store).recovered;
        assert!(matches!(recovered.noted, NotedState::Differs(_)), "{spoil}: {:?}", recovered.noted);
        assert_eq!((recovered.book, recovered.damage), (folded(&day()), None));
    }
}

#[test]
fn contracts_that_were_added_since_make_a_note_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let few = store.open(&session(), &contracts()[..2], || ()).unwrap();
    few.writer.end(&few.recovered.book).unwrap();
    assert_eq!(open(&store).recovered.noted, NotedState::None);
}

#[test]
fn a_journal_has_a_name_of_its_own_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let name = open(&store).recovered.name;
    assert_eq!(open(&store).recovered.name, name);
    assert!(name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    let elsewhere = tempfile::tempdir().unwrap();
    assert_ne!(open(&Store::new(elsewhere.path())).recovered.name, name, "the same account, begun anew");
}

#[test]
fn a_second_run_goes_on_with_the_same_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    for (from, to) in [(0, 10), (10, 11), (11, facts.len())] {
        let mut opened = open(&store);
        assert_eq!(opened.recovered.book, folded(&facts[..from]));
        opened.writer.append(&facts[from..to]);
    }
    assert_eq!(open(&store).recovered.book, folded(&facts));
}

#[test]
fn a_contract_that_is_new_comes_after_those_that_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let [gold, nasdaq, ..] = &contracts()[..] else { panic!("the test world has four contracts") };
    let of = |wanted: &[_]| store.open(&session(), wanted, || ()).unwrap().recovered.contracts;
    assert_eq!(of(std::slice::from_ref(gold)), std::slice::from_ref(gold));
    assert_eq!(of(&[nasdaq.clone(), gold.clone()]), [gold.clone(), nasdaq.clone()]);
    let mut cheaper = nasdaq.clone();
    cheaper.terms.fee_per_side = phantom_model::Money::from_units(1);
    assert_eq!(of(std::slice::from_ref(&cheaper)), [gold.clone(), cheaper.clone()]);
    assert_eq!(of(&[]), [gold.clone(), cheaper]);
    let mut coarser = gold.clone();
    coarser.terms.grid = contracts()[1].terms.grid;
    let fault = store.open(&session(), &[coarser], || ()).err().unwrap();
    assert!(matches!(fault, OpenFault::ContractChanged { name } if name == "GC 12-26"));
}

#[test]
fn a_journal_of_another_account_is_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let simulated = session();
    let mut opened = open(&store);
    opened.writer.append(&day());
    opened.writer.end(&folded(&day())).unwrap();
    let live = Session { environment: Environment::Live, ..session() };
    // Ours has another name; the other one can only be told of.
    let others = store.others(&live);
    assert_eq!((others.len(), others[0].environment), (1, Environment::Mock));
    assert_eq!(store.open(&live, &contracts(), || ()).unwrap().recovered.book, folded(&[]));
    // And a file that was given our name by hand is refused.
    let elsewhere = tempfile::tempdir().unwrap();
    let there = Store::new(elsewhere.path());
    std::fs::copy(store.path(&simulated), there.path(&live)).unwrap();
    let fault = there.open(&live, &contracts(), || ()).err().unwrap();
    assert!(matches!(fault, OpenFault::OtherSession { environment: Environment::Mock, .. }), "{fault}");
}

#[test]
fn facts_out_of_order_lose_the_journal_instead_of_spoiling_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut opened = open(&store);
    opened.writer.append(&facts[..3]);
    settle(&opened, 3);
    opened.writer.append(&facts[5..6]);
    settle(&opened, 6);
    assert_eq!((opened.writer.durable(), opened.writer.health()), (3, JournalHealth::Lost));
    assert_eq!(opened.writer.lost().unwrap().to_string(), "fact 6 came where 4 should");
    drop(opened);
    let book: Book = open(&store).recovered.book;
    assert_eq!(book, folded(&facts[..3]));
}

#[test]
fn a_disk_that_is_slow_is_told_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path()).slow_after(std::time::Duration::from_millis(1));
    let facts = day();
    let mut opened = open(&store);
    // Somebody holds the file, as a virus scanner would.
    let other = rusqlite::Connection::open(store.path(&session())).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    opened.writer.append(&facts[..1]);
    while opened.writer.health() == JournalHealth::Sound {
        std::thread::yield_now();
    }
    assert_eq!((opened.writer.health(), opened.writer.durable()), (JournalHealth::Slow, 0));
    opened.writer.append(&facts[1..5]);
    other.execute_batch("ROLLBACK").unwrap();
    settle(&opened, 5);
    let commits = opened.writer.commits();
    assert_eq!((commits.groups, commits.facts), (2, 5), "what came meanwhile went in one group");
    assert_eq!(opened.writer.health(), JournalHealth::Sound);
}
