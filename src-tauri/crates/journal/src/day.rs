//! The trading day that a journal ends in, fact by fact: what a window shows of it after a start.

use phantom_engine::{Book, Fact};
use rusqlite::{Connection, OptionalExtension};

/// Facts of the day that are kept at most: some times more than a window shows.
const FACTS_MAX: u64 = 50_000;

/// The day so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DaySoFar {
    /// What the book was before the first of these facts.
    pub before: Book,
    /// The facts of the day, oldest first; the newest 50 000 of a longer one.
    pub facts: Vec<Fact>,
}

/// Gathers the day while the journal is folded.
pub(crate) struct Gathered {
    /// The fact before the first of the day.
    begins_after: u64,
    day: DaySoFar,
}

impl Gathered {
    /// The last trading day of a journal, with the book from which the walk begins until the day's own is met.
    /// Where its first fact cannot be found nothing is gathered, and the walk through the records says why.
    pub(crate) fn last_of(db: &Connection, begins_with: &Book) -> Self {
        // One end at a time: asked for both at once, the database walks through the whole day.
        let span = "SELECT (SELECT min(seq) FROM event WHERE day = last.day), last.seq
                    FROM (SELECT seq, day FROM event ORDER BY seq DESC LIMIT 1) AS last";
        let found = db.query_row(span, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        let found = found.optional().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the last day cannot be found");
            None
        });
        let begins_after = found.map_or(u64::MAX, |(first, last)| {
            let (first, last) = (first.cast_unsigned(), last.cast_unsigned());
            first.max(last.saturating_sub(FACTS_MAX).saturating_add(1)).saturating_sub(1)
        });
        Self { begins_after, day: DaySoFar { before: begins_with.clone(), facts: Vec::new() } }
    }

    /// The fact before the first of the day.
    pub(crate) const fn begins_after(&self) -> u64 {
        self.begins_after
    }

    /// Takes the next fact, and the book before it.
    pub(crate) fn take(&mut self, before: &Book, fact: &Fact) {
        if before.seq() < self.begins_after {
            return;
        }
        if before.seq() == self.begins_after {
            self.day.before = before.clone();
        }
        self.day.facts.push(fact.clone());
    }

    /// What was gathered.
    pub(crate) fn into_day(self) -> DaySoFar {
        self.day
    }
}
