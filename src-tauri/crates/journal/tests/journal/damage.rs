//! Damage of the file: all of it is found, nothing is deleted, and what can be trusted goes on.

use std::fs;
use std::path::Path;

use phantom_journal::{DamageKind, OpenFault, RunStatus, Store, verify};
use phantom_runtime::{Journal as _, JournalHealth};
use proptest::test_runner::{RngAlgorithm, TestRng};
use rusqlite::Connection;

use crate::lines::written;
use crate::stories::{contracts, day, folded, open, session, settle};

/// The bytes of a journal whose facts all lie in the one file.
fn whole(folder: &Path) -> Vec<u8> {
    fs::read(written(folder)).unwrap()
}

/// Chance that is the same every time.
pub(crate) struct Dice(TestRng);

impl Dice {
    pub(crate) fn new() -> Self {
        Self::of(7)
    }

    pub(crate) fn of(seed: u8) -> Self {
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        use proptest::prelude::Rng as _;
        usize::try_from(self.0.next_u64() % end as u64).unwrap()
    }
}

/// Every row of `event` as one text.
fn rows(path: &Path) -> Option<Vec<String>> {
    let db = Connection::open(path).ok()?;
    let mut statement = db.prepare("SELECT * FROM event ORDER BY seq").ok()?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells = (0..columns).map(|place| row.get_ref(place).map(|cell| format!("{cell:?}")));
        cells.collect::<rusqlite::Result<Vec<_>>>().map(|cells| cells.join("|"))
    });
    rows.ok()?.collect::<rusqlite::Result<_>>().ok()
}

/// How many flips a run makes: a few hundred in the tests, more when `PHANTOM_FLIPS` says so.
fn flips() -> usize {
    std::env::var("PHANTOM_FLIPS").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

#[test]
fn a_flipped_bit_in_a_record_is_always_found() {
    let folder = tempfile::tempdir().unwrap();
    let (mut dice, sound) = (Dice::new(), whole(folder.path()));
    let path = folder.path().join("flipped.db");
    fs::write(&path, &sound).unwrap();
    let expected = rows(&path).unwrap();
    let (mut changed, mut unreadable) = (0, 0);
    for _ in 0..flips() {
        let mut bytes = sound.clone();
        let (byte, bit) = (dice.below(bytes.len()), dice.below(8));
        bytes[byte] ^= 1 << bit;
        fs::write(&path, &bytes).unwrap();
        let seen = verify(&path);
        match rows(&path) {
            Some(rows) if rows == expected => {}
            Some(_) => {
                changed += 1;
                assert!(!seen.is_ok_and(|seen| seen.damage.is_none()), "byte {byte}, bit {bit} went unseen");
            }
            None => {
                unreadable += 1;
                assert!(!seen.is_ok_and(|seen| seen.damage.is_none()), "byte {byte}, bit {bit} went unseen");
            }
        }
    }
    println!("{} flips: {changed} changed records, {unreadable} made them unreadable, all found", flips());
    assert!(changed > flips() / 20, "the flips hit records: {changed}");
}

#[test]
fn whatever_is_done_to_the_file_opening_never_panics_and_never_makes_facts_up() {
    let folder = tempfile::tempdir().unwrap();
    let (mut dice, sound, facts) = (Dice::new(), whole(folder.path()), day());
    for round in 0..flips() / 4 {
        let there = tempfile::tempdir().unwrap();
        let store = Store::new(there.path()).reserve_bytes(0);
        let mut bytes = sound.clone();
        let place = dice.below(bytes.len());
        match round % 4 {
            0 => bytes.truncate(place),
            1 => bytes[place..].fill(0),
            2 => (0..40).for_each(|_| {
                let place = dice.below(sound.len());
                bytes[place] ^= 0x55;
            }),
            _ => {
                let end = (place + 4_096).min(bytes.len());
                let other = dice.below(sound.len() - 4_096);
                let torn = sound[other..other + (end - place)].to_vec();
                bytes[place..end].copy_from_slice(&torn);
            }
        }
        let path = store.path(&session());
        fs::write(&path, &bytes).unwrap();
        match store.open(&session(), &contracts(), || ()) {
            Ok(opened) => {
                let seq = usize::try_from(opened.recovered.book.seq()).unwrap();
                assert!(seq <= facts.len());
                assert_eq!(opened.recovered.book, folded(&facts[..seq]), "round {round}");
                assert!(seq == facts.len() || opened.recovered.exits_only(), "round {round}: {seq}");
                if let Some(damage) = opened.recovered.damage {
                    let aside = damage.quarantined.unwrap();
                    assert_eq!(fs::read(aside).unwrap().len(), bytes.len(), "the old file is there, whole");
                }
            }
            // It may look like another program's file, another account's or a newer one: told, not touched.
            Err(fault) => {
                assert!(
                    matches!(
                        fault,
                        OpenFault::NoJournal { .. }
                            | OpenFault::OtherSession { .. }
                            | OpenFault::Newer { .. }
                    ),
                    "round {round}: {fault}"
                );
                assert_eq!(fs::read(&path).unwrap().len(), bytes.len());
            }
        }
    }
}

#[test]
fn a_changed_record_ends_what_is_trusted_and_the_rest_goes_on_in_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let path = written(folder.path());
    let db = Connection::open(&path).unwrap();
    db.execute("UPDATE event SET body = replace(body, '\"T1\"', '\"T3\"') WHERE seq = 7", []).unwrap();
    drop(db);
    let damaged = open(&store);
    let damage = damaged.recovered.damage.clone().unwrap();
    assert_eq!((damage.kind.clone(), damage.last_whole), (DamageKind::Changed { seq: 7 }, 6));
    assert!(damaged.recovered.exits_only());
    assert_eq!(damaged.recovered.book, folded(&facts[..6]));
    assert!(damage.to_string().starts_with("record 7 is not what was written"));
    // The old file keeps everything, under another name.
    assert_eq!(verify(&damage.quarantined.unwrap()).unwrap().records, 6);
    // And the new one is sound from here on.
    let mut writer = damaged.writer;
    writer.append(&facts[6..]);
    drop(writer);
    let again = open(&store).recovered;
    assert_eq!((again.book, again.damage), (folded(&facts), None));
    let seen = verify(&path).unwrap();
    let statuses: Vec<RunStatus> = seen.runs.iter().map(|run| run.status).collect();
    assert_eq!(statuses[1..], [RunStatus::Ended, RunStatus::CrashedRecovered, RunStatus::Running]);
}

#[test]
fn a_changed_definition_is_damage_and_a_view_of_ones_own_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let db = Connection::open(&path).unwrap();
    db.execute_batch("CREATE VIEW mine AS SELECT seq FROM event").unwrap();
    assert_eq!(verify(&path).unwrap().damage, None);
    db.execute_batch("DROP VIEW positions").unwrap();
    let damage = verify(&path).unwrap().damage.unwrap();
    let why = "the view positions is not defined as it was made".to_owned();
    assert_eq!((damage.kind, damage.last_whole), (DamageKind::Structure(why), day().len() as u64));
}

#[test]
fn a_missing_record_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    Connection::open(&path).unwrap().execute("DELETE FROM event WHERE seq = 9", []).unwrap();
    let damage = verify(&path).unwrap().damage.unwrap();
    assert_eq!((damage.kind, damage.last_whole), (DamageKind::Gap { expected: 9, found: 10 }, 8));
}

#[test]
fn a_deleted_wal_is_noticed_by_the_mark_beside_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut opened = open(&store);
    opened.writer.append(&facts[..20]);
    settle(&opened, 20);
    drop(opened);
    let path = store.path(&session());
    // Everything until now into the one file; what comes then is in the wal only.
    let mut opened = open(&store);
    let db = Connection::open(&path).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    opened.writer.append(&facts[20..]);
    settle(&opened, facts.len() as u64);
    drop(opened);
    // Closed by our hand it would be brought into the file.
    let copy = tempfile::tempdir().unwrap();
    let elsewhere = Store::new(copy.path());
    let name = |ending: &str| path.with_extension(ending);
    fs::copy(&path, elsewhere.path(&session())).unwrap();
    fs::copy(name("mark"), elsewhere.path(&session()).with_extension("mark")).unwrap();
    drop(db);
    let opened = open(&elsewhere).recovered;
    let damage = opened.damage.unwrap();
    assert_eq!(
        (damage.kind.clone(), damage.last_whole),
        (DamageKind::CutOff { written: facts.len() as u64 }, 20)
    );
    assert_eq!(opened.book, folded(&facts[..20]));
    assert!(damage.to_string().ends_with("the -wal file is gone"), "{damage}");
}

#[test]
fn a_file_that_is_no_database_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let path = store.path(&session());
    fs::write(&path, "this is not a database, and has never been one, whatever its name says").unwrap();
    let opened = open(&store);
    let damage = opened.recovered.damage.unwrap();
    assert!(matches!(damage.kind, DamageKind::Unreadable(_)), "{damage}");
    assert!(fs::read_to_string(damage.quarantined.unwrap()).unwrap().starts_with("this is not"));
    assert_eq!(opened.recovered.book, folded(&[]));
}

#[test]
fn a_newer_journal_is_told_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let before = fs::read(&path).unwrap();
    let fault = Store::new(folder.path()).open(&session(), &contracts(), || ()).err().unwrap();
    assert!(matches!(fault, OpenFault::Newer { found: 2, known: 1, .. }), "{fault}");
    assert!(verify(&path).unwrap_err().to_string().ends_with("update the program"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_journal_that_was_lost_goes_on_in_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut opened = open(&store);
    opened.writer.append(&facts[..3]);
    settle(&opened, 3);
    // A fact that is not the next one loses it, as a failed write would.
    opened.writer.append(&facts[4..5]);
    settle(&opened, 5);
    assert_eq!(opened.writer.health(), JournalHealth::Lost);
    drop(opened);
    let next = open(&store).recovered;
    let damage = next.damage.unwrap();
    assert_eq!((damage.kind, damage.last_whole), (DamageKind::LostBefore, 3));
    assert!(damage.quarantined.unwrap().exists());
    assert_eq!(next.book, folded(&facts[..3]));
    assert_eq!(open(&store).recovered.damage, None, "once is enough");
}
