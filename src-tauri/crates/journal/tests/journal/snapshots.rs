//! A start from a snapshot is a start from all records: the same book, the same day, the same chain. Whatever
//! is wrong with a snapshot costs time only, and what lies before one is not forgotten.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use phantom_compliance::Pack;
use phantom_engine::{Fact, Input};
use phantom_journal::{
    DamageKind, ListedContract, NotedState, Opened, Recovered, Session, StateHash, Store, verify,
};
use phantom_model::{Money, Span, TradingDay};
use phantom_runtime::{Journal as _, JournalHealth};
use phantom_testkit::World;

use crate::chance::step;
use crate::damage::Dice;
use crate::stories::{contracts, day, folded, open, session, settle, two_days};

const LATER: u32 = 24 * 60 * 60 * 1_000;

/// Several days of chance.
fn days(seed: u8) -> Vec<Fact> {
    let (mut world, mut dice) = (World::new(), Dice::of(seed));
    world.print("1319.0");
    for _ in 0..4 {
        for _ in 0..60 {
            step(&mut world, &mut dice);
        }
        world.advance_ms(LATER);
    }
    world.facts().to_vec()
}

fn eager(folder: &Path) -> Store {
    Store::new(folder).reserve_bytes(0).snapshot_every(1)
}

fn snapshot(store: &Store) -> PathBuf {
    store.path(&session()).with_extension("snapshot")
}

/// Appends facts to a journal and kills its run.
fn append(store: &Store, facts: &[Fact]) {
    let mut opened = open(store);
    opened.writer.append(facts);
    settle(&opened, facts.last().map_or(0, |fact| fact.seq));
}

/// Opens and kills: a snapshot that was due is kept by then.
fn recovered(store: &Store) -> Recovered {
    let Opened { recovered, writer } = open(store);
    drop(writer);
    recovered
}

/// What a start without any snapshot finds.
fn whole(folder: &Path) -> Recovered {
    fs::remove_file(snapshot(&eager(folder))).unwrap();
    let recovered = recovered(&Store::new(folder).reserve_bytes(0));
    assert_eq!(recovered.from, 0);
    recovered
}

/// A journal of two days with a snapshot of the first evening.
fn with_snapshot(folder: &Path) -> Store {
    let store = eager(folder);
    append(&store, &two_days());
    assert_eq!(recovered(&store).from, 0, "there was none");
    assert!(snapshot(&store).exists());
    store
}

fn same(one: &Recovered, other: &Recovered) {
    assert_eq!(one.book, other.book);
    assert_eq!(StateHash::of(&one.book), StateHash::of(&other.book));
    assert_eq!(one.day, other.day);
    assert_eq!((&one.contracts, &one.damage), (&other.contracts, &other.damage));
}

#[test]
fn a_start_from_a_snapshot_is_a_start_from_all_records() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let short = recovered(&store);
    let facts = two_days();
    let evening =
        facts.iter().take_while(|fact| TradingDay::of(fact.at) == TradingDay::of(facts[0].at)).count();
    assert_eq!(short.from, evening as u64);
    assert_eq!(short.book, folded(&facts));
    same(&short, &whole(folder.path()));
}

#[test]
fn days_of_chance_killed_anywhere_come_back_the_same_from_snapshots() {
    let mut from_snapshots = 0;
    for seed in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let (store, facts, mut dice) = (eager(folder.path()), days(seed), Dice::of(seed + 100));
        let mut begin = 0;
        while begin < facts.len() {
            let mut opened = open(&store);
            assert_eq!(opened.recovered.book, folded(&facts[..begin]), "seed {seed}, fact {begin}");
            from_snapshots += u32::from(opened.recovered.from > 0);
            let end = facts.len().min(begin + 1 + dice.below(40));
            opened.writer.append(&facts[begin..end]);
            settle(&opened, end as u64);
            if dice.below(3) == 0 {
                opened.writer.end(&folded(&facts[..end])).unwrap();
            }
            begin = end;
        }
        let short = recovered(&store);
        assert!(short.from > 0 && !matches!(short.noted, NotedState::Differs(_)), "{:?}", short.noted);
        same(&short, &whole(folder.path()));
        assert_eq!(verify(&store.path(&session())).unwrap().damage, None);
    }
    assert!(from_snapshots > 20, "{from_snapshots}");
}

#[test]
fn the_rules_of_every_pack_are_kept_in_a_snapshot() {
    let packs = Pack::shipped().unwrap();
    for (seed, pack) in (0..).zip(&packs) {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut dice) = (eager(folder.path()), Dice::of(seed));
        let settings =
            ["personal_daily_loss=500", "personal_position_max=1.5", "symbol_blocked=NQ", "flat_by=15:00"];
        let mut world = World::under(pack.id(), &settings, "2026-11-24T15:00:00Z");
        world.print("1319.0");
        for day in ["2026-11-24", "2026-11-25", "2026-11-26"] {
            world.feed(Input::TradingDay(day.parse().unwrap()));
            (0..12).for_each(|_| step(&mut world, &mut dice));
            world.lock_out();
            world.advance_ms(LATER);
        }
        append(&store, world.facts());
        recovered(&store);
        let short = recovered(&store);
        assert!(short.from > 0, "{}", pack.id());
        assert!(short.book.account().profile().is_some());
        same(&short, &whole(folder.path()));
    }
    assert!(packs.len() > 3);
}

#[test]
fn what_is_written_after_a_start_from_a_snapshot_follows_the_same_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (eager(folder.path()), days(1));
    let half = facts.len() / 2;
    append(&store, &facts[..half]);
    recovered(&store);
    let mut opened = open(&store);
    assert!(opened.recovered.from > 0);
    opened.writer.append(&facts[half..]);
    settle(&opened, facts.len() as u64);
    drop(opened);
    let seen = verify(&store.path(&session())).unwrap();
    assert_eq!((seen.records, seen.damage), (facts.len() as u64, None));
    assert_eq!(seen.state, StateHash::of(&folded(&facts)));
}

#[test]
fn a_snapshot_that_is_damaged_anywhere_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let good = fs::read(snapshot(&store)).unwrap();
    let mut dice = Dice::of(3);
    let flipped = (0..60).map(|_| {
        let mut bytes = good.clone();
        bytes[dice.below(good.len())] ^= 1 << dice.below(8);
        bytes
    });
    let cut = [0, 1, 20, 40, 60, good.len() / 2, good.len() - 1].map(|length| good[..length].to_vec());
    for bytes in flipped.collect::<Vec<_>>().into_iter().chain(cut) {
        fs::write(snapshot(&store), &bytes).unwrap();
        // Nothing new is due this way, so that each of them is met.
        let found = recovered(&store.clone().snapshot_every(u64::MAX));
        assert_eq!((found.from, &found.damage), (0, &None));
        assert_eq!(found.book, folded(&two_days()));
    }
    fs::write(snapshot(&store), &good).unwrap();
    assert!(recovered(&store).from > 0, "the good one is used");
}

#[test]
fn a_snapshot_of_another_build_or_of_other_terms_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path()).snapshot_every(u64::MAX);
    let from = |session: &Session, contracts: &[ListedContract]| {
        let opened = store.open(session, contracts, || ()).unwrap();
        assert_eq!(opened.recovered.damage, None);
        opened.recovered.from
    };
    assert!(from(&session(), &contracts()) > 0);
    assert_eq!(from(&Session { build: "0.2.0".to_owned(), ..session() }, &contracts()), 0);
    let mut dearer = contracts();
    dearer[0].terms.fee_per_side = Money::from_units(1);
    assert_eq!(from(&session(), &dearer), 0);
}

#[test]
fn contracts_that_were_added_since_are_in_the_book_of_a_snapshot_too() {
    let folder = tempfile::tempdir().unwrap();
    let (few, all) = (contracts()[..2].to_vec(), contracts());
    let store = eager(folder.path());
    let opens = |contracts: &[ListedContract]| store.open(&session(), contracts, || ()).unwrap();
    let facts = two_days();
    let mut first = opens(&few);
    first.writer.append(&facts);
    drop(first);
    drop(opens(&few));
    let short = opens(&all).recovered;
    assert!(short.from > 0);
    assert_eq!((short.book.positions().len(), &short.contracts), (4, &all));
    same(&short, &whole(folder.path()));
}

#[test]
fn a_snapshot_of_records_that_are_not_there_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (eager(folder.path()), two_days());
    append(&store, &facts[..6]);
    let path = store.path(&session());
    let older = folder.path().join("older");
    rusqlite::Connection::open(&path).unwrap().execute("VACUUM INTO ?1", [older.to_string_lossy()]).unwrap();
    append(&store, &facts[6..]);
    recovered(&store);
    // Somebody puts an old copy in its place, and tells the mark nothing of it.
    for gone in ["db-wal", "db-shm", "mark"] {
        let file = path.with_extension(gone);
        if file.exists() {
            fs::remove_file(file).unwrap();
        }
    }
    fs::rename(&older, &path).unwrap();
    let found = recovered(&store);
    assert_eq!((found.from, found.book, found.damage), (0, folded(&facts[..6]), None));
}

#[test]
fn wherever_there_is_doubt_all_records_are_folded() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let path = store.path(&session());
    let opened = open(&store);
    let book = opened.recovered.book.clone();
    opened.writer.end(&book).unwrap();
    assert!(recovered(&store).from > 0, "without any doubt");
    let kept = fs::read(snapshot(&store)).unwrap();
    let last = two_days().len() as u64;

    let spoil = |work: &str| assert_eq!(rusqlite::Connection::open(&path).unwrap().execute(work, []), Ok(1));
    spoil("UPDATE state SET hash = '?' || substr(hash, 2)");
    let noted = recovered(&store);
    assert_eq!((noted.from, noted.noted, noted.damage), (0, NotedState::Differs(last), None));

    let view = rusqlite::Connection::open(&path).unwrap();
    view.execute_batch("DROP VIEW positions").unwrap();
    drop(view);
    let broken = recovered(&store);
    assert_eq!((broken.from, broken.damage.unwrap().last_whole), (0, last));

    fs::write(snapshot(&store), &kept).unwrap();
    fs::write(path.with_extension("lost"), "the disk was gone").unwrap();
    let after_a_loss = recovered(&store);
    assert_eq!((after_a_loss.from, after_a_loss.damage.unwrap().kind), (0, DamageKind::LostBefore));
    assert_eq!(after_a_loss.book, folded(&two_days()));
}

#[test]
fn a_calendar_that_goes_back_asks_for_the_records_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, mut facts) = (eager(folder.path()), days(2));
    let first = facts[0].at;
    append(&store, &facts[..facts.len() - 5]);
    recovered(&store);
    assert!(recovered(&store).from > 0);
    let last = facts.len() - 5;
    for fact in &mut facts[last..] {
        fact.at = first + Span::from_nanos(fact.seq.cast_signed());
    }
    append(&store, &facts[last..]);
    let found = recovered(&store);
    assert_eq!((found.from, found.day.before.seq()), (0, 0));
    assert_eq!((found.book, found.day.facts.len()), (folded(&facts), facts.len()));
}

#[test]
fn damage_after_a_snapshot_is_met_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let last = two_days().len() as u64;
    let db = rusqlite::Connection::open(store.path(&session())).unwrap();
    db.execute("UPDATE event SET at_ns = at_ns + 1 WHERE seq = ?1", [last.cast_signed()]).unwrap();
    drop(db);
    let found = recovered(&store);
    let damage = found.damage.unwrap();
    assert_eq!(
        (damage.kind, damage.last_whole, found.from),
        (DamageKind::Changed { seq: last }, last - 1, 0)
    );
    assert_eq!(found.book, folded(&two_days()[..two_days().len() - 1]));
}

#[test]
fn damage_before_a_snapshot_is_found_while_the_desk_runs_and_ends_what_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let db = rusqlite::Connection::open(store.path(&session())).unwrap();
    db.execute("UPDATE event SET at_ns = at_ns + 1 WHERE seq = 5", []).unwrap();
    drop(db);
    let facts = two_days();
    // The desk is up with everything that is open, and is told a moment later.
    let opened = open(&store.clone().audit_after(Duration::ZERO));
    assert!(opened.recovered.from > 5);
    assert_eq!((&opened.recovered.book, &opened.recovered.damage), (&folded(&facts), &None));
    while opened.writer.health() != JournalHealth::Lost {
        std::thread::yield_now();
    }
    let why = opened.writer.lost().unwrap().to_string();
    assert!(why.starts_with("a check of older records has found damage: record 5 is not"), "{why}");
    let book = opened.recovered.book.clone();
    assert!(opened.writer.end(&book).is_err(), "a lost journal does not end in order");
    // And the next start trusts what is whole, from the records alone.
    let found = recovered(&store);
    let damage = found.damage.unwrap();
    assert_eq!((damage.kind, damage.last_whole, found.from), (DamageKind::Changed { seq: 5 }, 4, 0));
    assert_eq!(found.book, folded(&facts[..4]));
    assert!(!snapshot(&store).exists(), "and the snapshot is gone with the journal that it was of");
}

#[test]
fn an_index_that_no_start_reads_is_checked_while_the_desk_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let path = store.path(&session());
    let db = rusqlite::Connection::open(&path).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let root =
        "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'event_by_entity'";
    let found = db.query_row(root, [], |row| Ok([row.get::<_, u32>(0)?, row.get(1)?])).unwrap();
    let [root, size] = found.map(|number| usize::try_from(number).unwrap());
    drop(db);
    let mut bytes = fs::read(&path).unwrap();
    let page = &mut bytes[(root - 1) * size..root * size];
    let entry = page.windows(2).position(|name| name == b"T1").unwrap();
    page[entry + 1] = b'9';
    fs::write(&path, &bytes).unwrap();
    let opened = open(&store.clone().audit_after(Duration::ZERO));
    assert!(opened.recovered.from > 0 && opened.recovered.damage.is_none());
    while opened.writer.health() != JournalHealth::Lost {
        std::thread::yield_now();
    }
    let why = opened.writer.lost().unwrap().to_string();
    assert!(why.contains("index event_by_entity"), "{why}");
}

#[test]
fn a_desk_that_ends_does_not_wait_for_the_check_of_what_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_snapshot(folder.path());
    let opened = open(&store.clone().audit_after(Duration::from_hours(1)));
    let book = opened.recovered.book.clone();
    opened.writer.end(&book).unwrap();
    let found = recovered(&store);
    assert_eq!((found.noted, found.damage), (NotedState::Same(two_days().len() as u64), None));
    assert!(found.from > 0);
}

#[test]
fn the_form_of_a_snapshot_stands_for_this_book() {
    let all = [day(), two_days()].map(|facts| StateHash::of(&folded(&facts)).to_string());
    assert_eq!(
        all,
        [
            "a3ac0881283509ea68b34f0add559e7918a500ad079d5261adda5f591e96c387",
            "3dc150cfe88f611150446f838aa3448518c265ad0564f743ee575912597a4d76"
        ],
        "the book, or what facts do to it, is not what it was: raise FORM in snapshot.rs, so that no snapshot \
         of before is used, and write the new hashes here"
    );
}
