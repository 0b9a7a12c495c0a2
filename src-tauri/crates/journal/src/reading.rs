//! Records out of the database: each checked against the chain, read as a fact, and told to the caller.

use phantom_engine::{Book, Fact};
use phantom_model::Timestamp;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, Row, Rows};
use serde::{Deserialize, Serialize};

use crate::ahead;
use crate::batch::Batch;
use crate::body;
use crate::chain::{self, Digest};
use crate::columns::Columns;
use crate::contracts::{self, ListedContract};
use crate::encoding::End;
use crate::fault::DamageKind;
use crate::judged::{Judged, Sound};
use crate::places::Places;

pub(crate) const COLUMNS: &str =
    "seq, run, at_ns, wall_ns, mono_ns, day, kind, entity, contract, cause, schema, body, prev, hash";

/// What walking through a journal has shown.
pub(crate) struct Walked {
    /// The last record that can be trusted, and what is known up to it.
    pub(crate) end: End,
    /// What is wrong with the one after it.
    pub(crate) damage: Option<DamageKind>,
    /// The place that was asked for, once it was passed.
    pub(crate) passed: Option<Place>,
}

/// A place in the chain: everything up to a record.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The record; 0 before the first.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) digest: Digest,
    /// What the records up to it have named.
    pub(crate) places: Places,
}

impl Place {
    /// Before all records of a journal with so many contracts.
    pub(crate) fn beginning(contracts: usize) -> Self {
        Self { seq: 0, digest: chain::BEGIN, places: Places::new(contracts) }
    }
}

/// Walks through all records in order, up to the first that cannot be trusted.
pub(crate) fn walk(db: &Connection, contracts: usize, mut each: impl FnMut(&Columns<'_>, Fact)) -> Walked {
    Walker::at(Place::beginning(contracts)).walk(db, &mut each)
}

/// Folds all records that can be trusted into a book.
pub(crate) fn fold(db: &Connection, contracts: &[ListedContract]) -> (Book, Walked) {
    fold_up_to(db, contracts, u64::MAX)
}

/// The same for the records up to this one.
pub(crate) fn fold_up_to(db: &Connection, contracts: &[ListedContract], last: u64) -> (Book, Walked) {
    let mut book = Book::new(&contracts::terms(contracts));
    let way = Walker { last, ..Walker::at(Place::beginning(contracts.len())) };
    let walked = way.walk(db, &mut |_, fact| book.fold(&fact));
    (book, walked)
}

/// Folds what comes after a place into the book of that place, shows the book before each fact, and the fact,
/// and keeps the place at `passing`.
pub(crate) fn fold_from(
    db: &Connection,
    (from, mut book): (Place, Book),
    passing: u64,
    mut look: impl FnMut(&Book, &Fact),
) -> (Book, Walked) {
    let way = Walker { passing: Some(passing), ..Walker::at(from) };
    let walked = way.walk(db, &mut |_, fact| {
        look(&book, &fact);
        book.fold(&fact);
    });
    (book, walked)
}

struct Walker {
    here: Place,
    last: u64,
    passing: Option<u64>,
    passed: Option<Place>,
}

impl Walker {
    const fn at(here: Place) -> Self {
        Self { here, last: u64::MAX, passing: None, passed: None }
    }

    fn walk(mut self, db: &Connection, each: &mut impl FnMut(&Columns<'_>, Fact)) -> Walked {
        let damage = self.run(db, each).err();
        let Place { seq, digest, places } = self.here;
        Walked { end: End::after(seq, digest, places), damage, passed: self.passed }
    }

    fn run(&mut self, db: &Connection, each: &mut impl FnMut(&Columns<'_>, Fact)) -> Result<(), DamageKind> {
        let broken = |fault: rusqlite::Error| DamageKind::Structure(fault.to_string());
        let wanted = format!("SELECT {COLUMNS} FROM event WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
        let mut statement = db.prepare(&wanted).map_err(broken)?;
        // A whole walk also meets records that say to lie before the first.
        let after = if self.here.seq == 0 { i64::MIN } else { self.here.seq.cast_signed() };
        let last = i64::try_from(self.last).unwrap_or(i64::MAX);
        let rows = statement.query([after, last]).map_err(broken)?;
        ahead::judged(&mut Reader::after(rows, &self.here), |batch| self.tell(batch, each))
    }

    /// Tells of a batch, up to the first record that cannot follow those before it.
    fn tell(&mut self, it: &mut Judged, each: &mut impl FnMut(&Columns<'_>, Fact)) -> Result<(), DamageKind> {
        for (Sound { fact, named }, (_, columns, hash)) in it.sound.drain(..).zip(it.batch.records()) {
            let seq = fact.seq;
            if self.passing == Some(self.here.seq) {
                self.passed = Some(self.here.clone());
            }
            self.here.places.follow(&fact.body, &named).map_err(|why| DamageKind::NoFact { seq, why })?;
            each(&columns, fact);
            self.here.seq = seq;
            self.here.digest = hash;
        }
        it.damage.take().map_or(Ok(()), Err)
    }
}

/// Rows in order, copied into batches as long as each is the next one and names the hash before it. Whether
/// their own hashes are right is judged later.
pub(crate) struct Reader<'s> {
    rows: Rows<'s>,
    seq: u64,
    hash: Digest,
}

impl<'s> Reader<'s> {
    const fn after(rows: Rows<'s>, here: &Place) -> Self {
        Self { rows, seq: here.seq, hash: here.digest }
    }

    /// Fills a batch with the next records; says whether there may be more. It is not to be asked again after
    /// a no.
    ///
    /// # Errors
    /// What is wrong with the record after those that are in the batch now.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> Result<bool, DamageKind> {
        batch.begin(self.hash);
        while !batch.is_full() {
            let next = self.rows.next().map_err(|fault| DamageKind::Structure(fault.to_string()))?;
            let Some(row) = next else { return Ok(false) };
            let expected = self.seq + 1;
            self.hash = take(row, expected, &self.hash, batch)?;
            self.seq = expected;
        }
        Ok(true)
    }
}

/// Takes a record into a batch, and answers the hash that it says to have.
fn take(row: &Row<'_>, expected: u64, before: &Digest, batch: &mut Batch) -> Result<Digest, DamageKind> {
    let changed = DamageKind::Changed { seq: expected };
    let Ok(columns) = columns(row) else { return Err(changed) };
    let found = columns.seq.cast_unsigned();
    if found != expected {
        return Err(DamageKind::Gap { expected, found });
    }
    if !row.get_ref(12).is_ok_and(|prev| prev == ValueRef::Blob(before)) {
        return Err(changed);
    }
    let hash = row.get_ref(13).ok().and_then(|hash| hash.as_blob().ok()?.try_into().ok());
    let hash: Digest = hash.ok_or(changed)?;
    batch.push(&columns, hash);
    Ok(hash)
}

/// The fact of a record.
pub(crate) fn fact(room: &mut String, it: &Columns<'_>) -> Result<Fact, String> {
    if it.schema != body::SCHEMA {
        return Err(format!("its form is {}, which this version does not know", it.schema));
    }
    let body = body::read(room, it.kind, it.body).map_err(|fault| fault.to_string())?;
    Ok(Fact { seq: it.seq.cast_unsigned(), at: Timestamp::from_nanos(it.at_ns), body })
}

/// The columns of a row of [`COLUMNS`].
pub(crate) fn columns<'a>(row: &'a Row<'_>) -> rusqlite::Result<Columns<'a>> {
    Ok(Columns {
        seq: number(row, 0)?,
        run: number(row, 1)?,
        at_ns: number(row, 2)?,
        wall_ns: row.get_ref(3)?.as_i64_or_null().map_err(|_| no_number(3))?,
        mono_ns: row.get_ref(4)?.as_i64_or_null().map_err(|_| no_number(4))?,
        day: text(row, 5)?,
        kind: text(row, 6)?,
        entity: row.get_ref(7)?.as_str_or_null().map_err(|_| no_number(7))?,
        contract: row.get_ref(8)?.as_i64_or_null().map_err(|_| no_number(8))?,
        cause: row.get_ref(9)?.as_str_or_null().map_err(|_| no_number(9))?,
        schema: number(row, 10)?,
        body: text(row, 11)?,
    })
}

fn number(row: &Row<'_>, place: usize) -> rusqlite::Result<i64> {
    row.get_ref(place)?.as_i64().map_err(|_| no_number(place))
}

fn text<'a>(row: &'a Row<'_>, place: usize) -> rusqlite::Result<&'a str> {
    row.get_ref(place)?.as_str().map_err(|_| no_number(place))
}

fn no_number(place: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(place, String::new(), Type::Null)
}

#[cfg(test)]
mod tests;
