//! A book as it was after some record, kept in a file beside the journal, so that a start need not fold again
//! what lies before.
//!
//! It is a shortcut and never the state of record. A snapshot that is damaged, of another build, for other
//! contracts, or of a record that the journal does not have is not used, and a start folds everything. What
//! lies before one that was used is checked and folded while the desk runs ([`crate::audit`]). Deleting the
//! file costs time only.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use phantom_engine::{Book, ContractTerms};
use phantom_model::{Arena, ContractId};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::chain::Digest;
use crate::contracts::{self, ListedContract};
use crate::reading::Place;
use crate::side_files;
use crate::state_hash::StateHash;
use crate::{body, schema};

/// To be raised whenever a book is built in another way or a fact does something else to it:
/// `the_form_of_a_snapshot_stands_for_this_book` tells when.
const FORM: i64 = 1;
const HEAD: &[u8] = b"phantom desk snapshot\n";

/// A book and where in the chain it stands.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) place: Place,
    pub(crate) book: Book,
}

/// What a snapshot must agree with to be used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Label {
    forms: [i64; 3],
    build: String,
    /// Those of the book.
    contracts: Digest,
    state: StateHash,
}

impl Label {
    fn of(book: &Book, build: &str, contracts: &[ListedContract]) -> Option<Self> {
        let listed = contracts.get(..book.positions().len())?;
        Some(Self {
            forms: [FORM, schema::FORM, body::SCHEMA],
            build: build.to_owned(),
            contracts: contracts::digest(listed),
            state: StateHash::of(book),
        })
    }
}

impl Snapshot {
    /// The snapshot beside a journal, with the contracts that were added since; `None` when there is none that
    /// can be used with this build, these contracts and these records.
    pub(crate) fn load(
        journal: &Path,
        db: &Connection,
        build: &str,
        contracts: &[ListedContract],
    ) -> Option<Self> {
        let bytes = match fs::read(side_files::snapshot(journal)) {
            Ok(bytes) => bytes,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return None,
            Err(fault) => {
                tracing::warn!(%fault, "the snapshot of the journal cannot be read");
                return None;
            }
        };
        let read = Self::read(&bytes, db, build, contracts);
        if let Err(why) = read {
            tracing::info!(why, "the snapshot of the journal is not used");
        }
        read.ok()
    }

    fn read(
        bytes: &[u8],
        db: &Connection,
        build: &str,
        contracts: &[ListedContract],
    ) -> Result<Self, &'static str> {
        let sealed = bytes.strip_prefix(HEAD).and_then(|rest| rest.split_first_chunk::<32>());
        let (seal, body) = sealed.ok_or("it is none")?;
        if blake3::hash(body).as_bytes() != seal {
            return Err("it is damaged");
        }
        // The label alone first: what follows may have another form.
        let (label, body) = postcard::take_from_bytes::<Label>(body).map_err(|_| "it has another label")?;
        if label.forms != [FORM, schema::FORM, body::SCHEMA] || label.build != build {
            return Err("it is of another build");
        }
        let mut it: Self = postcard::from_bytes(body).map_err(|_| "it has another form")?;
        if Label::of(&it.book, build, contracts).as_ref() != Some(&label) {
            return Err("it is of other contracts, or of a book that is none of this build");
        }
        if !it.is_of(db) {
            return Err("its record is not in the journal");
        }
        let terms: Arena<ContractId, ContractTerms> = contracts::terms(contracts);
        it.book = it.book.with_contracts(&terms);
        it.place.places = it.place.places.with_contracts(contracts.len());
        Ok(it)
    }

    /// Whether the journal has its record.
    fn is_of(&self, db: &Connection) -> bool {
        let hash = "SELECT hash FROM event WHERE seq = ?1";
        let Place { seq, digest, .. } = &self.place;
        let found = db.query_row(hash, [seq.cast_signed()], |row| row.get::<_, Vec<u8>>(0)).optional();
        found.is_ok_and(|found| found.is_some_and(|hash| hash == digest))
    }

    /// Keeps it in place of the one before: whole, or not at all.
    ///
    /// # Errors
    /// What the system says. Nothing depends on a snapshot.
    pub(crate) fn keep(&self, journal: &Path, build: &str, contracts: &[ListedContract]) -> io::Result<()> {
        let label = Label::of(&self.book, build, contracts)
            .ok_or_else(|| io::Error::other("the book has more contracts than the desk"))?;
        let mut body = postcard::to_stdvec(&label).map_err(io::Error::other)?;
        body = postcard::to_extend(self, body).map_err(io::Error::other)?;
        let path = side_files::snapshot(journal);
        let unfinished = path.with_extension("snapshot-unfinished");
        let mut file = File::create(&unfinished)?;
        file.write_all(HEAD)?;
        file.write_all(blake3::hash(&body).as_bytes())?;
        file.write_all(&body)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&unfinished, &path)
    }
}
