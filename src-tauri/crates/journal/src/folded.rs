//! From the records of a journal to its book: all of them, or a snapshot and those after it.

use std::path::Path;

use phantom_engine::Book;
use rusqlite::Connection;

use crate::audit::Trusted;
use crate::contracts::{self, ListedContract};
use crate::day::{DaySoFar, Gathered};
use crate::encoding::End;
use crate::fault::{Damage, DamageKind};
use crate::noted::{Noted, NotedState};
use crate::reading::{self, Place, Walked};
use crate::side_files::{self, Mark};
use crate::snapshot::Snapshot;

/// A journal that is open.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) path: &'a Path,
    pub(crate) build: &'a str,
    pub(crate) contracts: &'a [ListedContract],
}

/// What the records lead to.
pub(crate) struct Folded {
    pub(crate) book: Book,
    pub(crate) end: End,
    pub(crate) noted: NotedState,
    pub(crate) day: DaySoFar,
    /// The place before the day.
    pub(crate) passed: Option<Place>,
    /// The snapshot that was used.
    pub(crate) trusted: Option<Trusted>,
}

impl Source<'_> {
    /// The book that its records lead to. `structure` is what is wrong with the database around them.
    ///
    /// A snapshot only shortens the way of a journal that is sound in every other respect: wherever there is
    /// doubt, everything is read and folded.
    ///
    /// # Errors
    /// What is wrong with the journal, and the last record that can be trusted.
    pub(crate) fn folded(self, structure: Option<DamageKind>) -> Result<Folded, Damage> {
        if structure.is_none()
            && let Some(folded) = self.by_snapshot()
        {
            return Ok(folded);
        }
        let empty = Book::new(&contracts::terms(self.contracts));
        let day = Gathered::last_of(self.db, &empty);
        let from = (Place::beginning(self.contracts.len()), empty);
        let (folded, damage) = self.fold(day, from, None);
        let last_whole = folded.end.seq;
        match damage.or(structure).or_else(|| outside_damage(self.path, last_whole)) {
            Some(kind) => Err(Damage { kind, last_whole, quarantined: None }),
            None => Ok(folded),
        }
    }

    fn by_snapshot(self) -> Option<Folded> {
        if side_files::was_lost(self.path) {
            return None;
        }
        let snapshot = Snapshot::load(self.path, self.db, self.build, self.contracts)?;
        let trusted = Trusted::of(&snapshot);
        let Snapshot { place, book } = snapshot;
        let day = Gathered::last_of(self.db, &book);
        // The day's facts may be older, where the calendar has gone back.
        if day.begins_after() < trusted.seq {
            return None;
        }
        let (folded, damage) = self.fold(day, (place, book), Some(trusted));
        if damage.or_else(|| outside_damage(self.path, folded.end.seq)).is_some() {
            return None;
        }
        if let NotedState::Differs(seq) = folded.noted {
            tracing::error!(seq, "the snapshot does not lead to the book that was noted");
            return None;
        }
        Some(folded)
    }

    fn fold(
        self,
        mut day: Gathered,
        from: (Place, Book),
        trusted: Option<Trusted>,
    ) -> (Folded, Option<DamageKind>) {
        let mut noted = Noted::last(self.db, self.build);
        noted.begin_after(from.0.seq);
        let passing = day.begins_after();
        let (book, Walked { end, damage, passed }) =
            reading::fold_from(self.db, from, passing, |before, fact| {
                noted.look(before);
                day.take(before, fact);
            });
        noted.look(&book);
        let (noted, day) = (noted.judged(), day.into_day());
        (Folded { book, end, noted, day, passed, trusted }, damage)
    }
}

/// What only files outside of the database know.
fn outside_damage(path: &Path, last: u64) -> Option<DamageKind> {
    if side_files::was_lost(path) {
        return Some(DamageKind::LostBefore);
    }
    Mark::look(path).filter(|(written, _)| *written > last).map(|(written, _)| DamageKind::CutOff { written })
}
