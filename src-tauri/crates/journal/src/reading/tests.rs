//! Read ahead by two threads, and held against a plain walk from record to record.

use phantom_engine::{Fact, FactBody};
use phantom_model::{ArenaKey, LotId, Price, Timestamp};
use phantom_testkit::rounds::Rounds;
use rusqlite::{Connection, params};

use super::{COLUMNS, columns, fact, walk};
use crate::batch::RECORDS_MAX;
use crate::body;
use crate::chain::{self, Digest};
use crate::commit;
use crate::encoding::{End, Stamped};
use crate::fault::DamageKind;
use crate::places::Places;
use crate::schema;
use crate::session::{Environment, Session};

const BATCH: u64 = RECORDS_MAX as u64;
const LONG: u64 = 5 * BATCH + 12;

/// What a walk has shown: the day and the fact of every record, where it ended and why.
type Seen = (Vec<(String, Fact)>, u64, Digest, Option<DamageKind>);

/// A journal of so many facts, in memory.
fn journal(count: u64) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    db.pragma_update(None, "foreign_keys", false).unwrap();
    let session = Session {
        environment: Environment::Mock,
        account: "test".to_owned(),
        build: "test".to_owned(),
        configuration: String::new(),
    };
    schema::create(&mut db, &session, 0).unwrap();
    let mut rounds = Rounds::after(0, Timestamp::from_nanos(1_764_000_000_000_000_000));
    while rounds.seq() < count {
        rounds.entry();
        rounds.exit();
    }
    let mut end = End::before_all(1);
    let facts = rounds.facts.into_iter().take(usize::try_from(count).unwrap());
    let records = facts.map(|fact| {
        let stamped = Stamped { wall_ns: Some(fact.at.nanos()), mono_ns: None, fact };
        end.encode(1, &stamped).unwrap()
    });
    commit::write_records(&db, &records.collect::<Vec<_>>()).unwrap();
    db
}

fn ahead(db: &Connection) -> Seen {
    let mut facts = Vec::new();
    let walked = walk(db, 1, |it, fact| facts.push((it.day.to_owned(), fact)));
    (facts, walked.end.seq, walked.end.digest, walked.damage)
}

/// The same on one thread, every check of a record before the next is read.
fn plain(db: &Connection) -> Seen {
    let (mut facts, mut seq, mut digest) = (Vec::new(), 0, chain::BEGIN);
    let (mut places, mut room, mut text) = (Places::new(1), chain::Hash::new(), String::new());
    let mut statement = db.prepare(&format!("SELECT {COLUMNS} FROM event ORDER BY seq")).unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut damage = None;
    while let Some(row) = rows.next().unwrap() {
        let (expected, it) = (seq + 1, columns(row).unwrap());
        let found = it.seq.cast_unsigned();
        if found != expected {
            damage = Some(DamageKind::Gap { expected, found });
            break;
        }
        let hash = chain::hash_of(&mut room, &digest, &it);
        if (row.get::<_, Vec<u8>>(12).unwrap(), row.get::<_, Vec<u8>>(13).unwrap())
            != (digest.to_vec(), hash.to_vec())
        {
            damage = Some(DamageKind::Changed { seq: expected });
            break;
        }
        let read = fact(&mut text, &it).and_then(|fact| {
            places.note(&fact.body, it.body)?;
            Ok(fact)
        });
        match read {
            Ok(fact) => facts.push((it.day.to_owned(), fact)),
            Err(why) => {
                damage = Some(DamageKind::NoFact { seq: expected, why });
                break;
            }
        }
        (seq, digest) = (expected, hash);
    }
    (facts, seq, digest, damage)
}

/// Ways to damage one record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Harm {
    /// It is gone: the reader finds that.
    Missing,
    /// It does not name the hash before it: the reader finds that too.
    Unlinked,
    /// Its text is another: its hash says so.
    Changed,
    /// Its hash and all after it are right, but it is no fact.
    NoFact,
    /// Its hash and all after it are right, but it is of a form that nobody knows.
    Form,
    /// Its hash and all after it are right, but it is about a lot that there is not.
    NoLot,
}

const HARMS: [Harm; 6] =
    [Harm::Missing, Harm::Unlinked, Harm::Changed, Harm::NoFact, Harm::Form, Harm::NoLot];

impl Harm {
    fn does(self, db: &Connection, seq: u64) {
        let at = seq.cast_signed();
        let run = |sql: &str| assert_eq!(db.execute(sql, [at]).unwrap(), 1, "{self:?} {seq}");
        match self {
            Self::Missing => run("DELETE FROM event WHERE seq = ?1"),
            Self::Unlinked => run("UPDATE event SET prev = zeroblob(31) WHERE seq = ?1"),
            Self::Changed => run("UPDATE event SET body = body || ' ' WHERE seq = ?1"),
            Self::NoFact => run("UPDATE event SET body = '{\"order\":7}' WHERE seq = ?1"),
            Self::Form => run("UPDATE event SET schema = 2 WHERE seq = ?1"),
            Self::NoLot => {
                let price = Price::new(80_000).unwrap();
                let strange = FactBody::LotGrew { lot: LotId::from_row(99_999), qty: 1, price };
                let written = body::write(&strange).unwrap();
                let sql = "UPDATE event SET kind = ?2, body = ?3 WHERE seq = ?1";
                db.execute(sql, params![at, written.kind(), written.fields()]).unwrap();
            }
        }
        if matches!(self, Self::NoFact | Self::Form | Self::NoLot) {
            link_again(db);
        }
    }

    fn is_told(self, damage: Option<&DamageKind>, at: u64) -> bool {
        match (self, damage) {
            (Self::Missing, Some(DamageKind::Gap { expected, .. })) => *expected == at,
            (Self::Unlinked | Self::Changed, Some(DamageKind::Changed { seq }))
            | (Self::NoFact, Some(DamageKind::NoFact { seq, .. })) => *seq == at,
            (Self::Form, Some(DamageKind::NoFact { seq, why })) => *seq == at && why.contains("form"),
            (Self::NoLot, Some(DamageKind::NoFact { seq, why })) => *seq == at && why.contains("lot"),
            _ => false,
        }
    }
}

/// Gives every record the hash that it should have.
fn link_again(db: &Connection) {
    let mut select = db.prepare(&format!("SELECT {COLUMNS} FROM event ORDER BY seq")).unwrap();
    let mut rows = select.query([]).unwrap();
    let (mut room, mut prev, mut links) = (chain::Hash::new(), chain::BEGIN, Vec::new());
    while let Some(row) = rows.next().unwrap() {
        let it = columns(row).unwrap();
        let hash = chain::hash_of(&mut room, &prev, &it);
        links.push((it.seq, prev, hash));
        prev = hash;
    }
    let mut update = db.prepare("UPDATE event SET prev = ?2, hash = ?3 WHERE seq = ?1").unwrap();
    for (seq, prev, hash) in links {
        update.execute(params![seq, prev, hash]).unwrap();
    }
}

/// Does something to a journal, looks at what `check` asks, and undoes it.
fn harmed(db: &Connection, harms: &[(Harm, u64)], check: impl Fn(&Seen)) {
    let work = db.unchecked_transaction().unwrap();
    for (harm, seq) in harms {
        harm.does(db, *seq);
    }
    let seen = ahead(db);
    assert!(seen == plain(db), "{harms:?}: {:?} after {}", seen.3, seen.1);
    check(&seen);
    work.rollback().unwrap();
}

#[test]
fn a_sound_journal_of_any_length_is_read_whole() {
    for count in [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 1, 5 * BATCH, LONG] {
        let db = journal(count);
        let seen = ahead(&db);
        assert!(seen == plain(&db), "{count}");
        assert_eq!((seen.0.len() as u64, seen.1, seen.3), (count, count, None));
    }
}

#[test]
fn damage_is_found_wherever_it_stands_in_a_batch() {
    let db = journal(LONG);
    for at in [1, 2, BATCH - 1, BATCH, BATCH + 1, 700, 2 * BATCH, 2 * BATCH + 1, 5 * BATCH + 9, LONG - 1] {
        for harm in HARMS {
            harmed(&db, &[(harm, at)], |(facts, last, _, damage)| {
                assert!(harm.is_told(damage.as_ref(), at), "{harm:?} at {at}: {damage:?}");
                assert_eq!((facts.len() as u64, *last), (at - 1, at - 1));
            });
        }
    }
}

#[test]
fn of_two_damages_the_earlier_is_told_whoever_finds_it() {
    let db = journal(LONG);
    for first in [5, BATCH, BATCH + 1, BATCH + 300] {
        for second in [first + 1, first + 100, first + BATCH, first + 3 * BATCH] {
            for late in [Harm::NoFact, Harm::NoLot, Harm::Changed] {
                for early in [Harm::Missing, Harm::Unlinked, Harm::Changed] {
                    harmed(&db, &[(late, first), (early, second)], |(_, last, _, damage)| {
                        assert!(late.is_told(damage.as_ref(), first), "{late:?}, {early:?}: {damage:?}");
                        assert_eq!(*last, first - 1);
                    });
                }
            }
        }
    }
}

#[test]
fn a_long_text_fills_a_batch_by_itself() {
    let db = journal(3 * BATCH);
    for seq in 1..=40 {
        let sql = "UPDATE event SET entity = printf('%.*c', 300000, 'x') WHERE seq = ?1";
        db.execute(sql, [seq * 30]).unwrap();
    }
    link_again(&db);
    let seen = ahead(&db);
    assert!(seen == plain(&db));
    assert_eq!((seen.1, seen.3), (3 * BATCH, None));
}
