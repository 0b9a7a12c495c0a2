//! The book that an earlier run has noted at its end, held against the one that the same facts lead to now.
//!
//! The note is a hash and no copy of the book. It shows whether the facts still lead to where they led, and
//! whether a snapshot and the facts after it do.

use phantom_engine::Book;
use rusqlite::{Connection, OptionalExtension, params};

use crate::state_hash::StateHash;

/// What became of the last book that was noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotedState {
    /// There is nothing to compare with: no run of this build has noted one, and another build may keep more
    /// or less in its book; or contracts were added since, and the book has a row for each; or the note lies
    /// before a snapshot, and an earlier start has compared it.
    None,
    /// The facts up to this number lead to the same book as then.
    Same(u64),
    /// They lead to another book. The records are whole, so what they lead to now is what counts.
    Differs(u64),
}

/// What is noted of a book: its hash, and of how many contracts it is.
pub(crate) fn words(book: &Book) -> String {
    format!("{} of {} contracts", StateHash::of(book), book.positions().len())
}

fn contracts_of(words: &str) -> Option<&str> {
    words.split_once(" of ").map(|(_, contracts)| contracts)
}

/// The last note, while facts are folded.
pub(crate) struct Noted {
    last: Option<(u64, String)>,
    state: NotedState,
}

impl Noted {
    /// The last note of a run of this build. A table that cannot be read is damage that is found elsewhere.
    pub(crate) fn last(db: &Connection, build: &str) -> Self {
        let newest = "SELECT state.seq, state.hash FROM state JOIN run ON run.id = state.run
                      WHERE run.build = ?1 ORDER BY state.seq DESC LIMIT 1";
        let read = db.query_row(newest, params![build], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, String>(1)?))
        });
        let last = read.optional().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the note of the last book cannot be read");
            None
        });
        Self { last, state: NotedState::None }
    }

    /// What lies before this fact is not folded now.
    pub(crate) fn begin_after(&mut self, seq: u64) {
        self.last.take_if(|(noted, _)| *noted < seq);
    }

    /// Looks at the book after a fact.
    pub(crate) fn look(&mut self, book: &Book) {
        let Some((seq, hash)) = &self.last else { return };
        if book.seq() != *seq {
            return;
        }
        let here = words(book);
        if contracts_of(hash) == contracts_of(&here) {
            self.state = if here == *hash { NotedState::Same(*seq) } else { NotedState::Differs(*seq) };
        } else {
            self.last = None;
        }
    }

    /// What it has come to, at the end of the facts.
    pub(crate) fn judged(self) -> NotedState {
        match (self.state, self.last) {
            // A note about facts that are not there.
            (NotedState::None, Some((seq, _))) => NotedState::Differs(seq),
            (state, _) => state,
        }
    }
}
