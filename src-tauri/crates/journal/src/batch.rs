//! Records copied out of their rows, some hundred at a time, so that another thread can look at them.

use std::ops::Range;

use crate::chain::{self, Digest};
use crate::columns::Columns;

/// Records of one batch at most: enough that handing it over costs nothing beside reading it.
pub(crate) const RECORDS_MAX: usize = 512;
/// Bytes of text at which a batch is full, so that long records do not make it large.
const TEXT_BYTES_FULL: usize = 256 * 1_024;

/// Some records, one behind the other.
pub(crate) struct Batch {
    /// The hash that the first of them follows.
    before: Digest,
    records: Vec<Record>,
    /// The texts of all of them, in the order of the columns.
    text: String,
}

/// A record; its texts stand in the batch.
struct Record {
    seq: i64,
    run: i64,
    at_ns: i64,
    wall_ns: Option<i64>,
    mono_ns: Option<i64>,
    day: Range<usize>,
    kind: Range<usize>,
    entity: Option<Range<usize>>,
    contract: Option<i64>,
    cause: Option<Range<usize>>,
    schema: i64,
    body: Range<usize>,
    hash: Digest,
}

impl Batch {
    /// A batch without records.
    pub(crate) const fn new() -> Self {
        Self { before: chain::BEGIN, records: Vec::new(), text: String::new() }
    }

    /// Takes everything out, for records that follow this hash.
    pub(crate) fn begin(&mut self, before: Digest) {
        self.before = before;
        self.records.clear();
        self.text.clear();
    }

    /// Whether it takes no more.
    pub(crate) fn is_full(&self) -> bool {
        self.records.len() >= RECORDS_MAX || self.text.len() >= TEXT_BYTES_FULL
    }

    /// Adds a record that says to have this hash.
    pub(crate) fn push(&mut self, it: &Columns<'_>, hash: Digest) {
        let record = Record {
            seq: it.seq,
            run: it.run,
            at_ns: it.at_ns,
            wall_ns: it.wall_ns,
            mono_ns: it.mono_ns,
            day: self.keep(it.day),
            kind: self.keep(it.kind),
            entity: it.entity.map(|entity| self.keep(entity)),
            contract: it.contract,
            cause: it.cause.map(|cause| self.keep(cause)),
            schema: it.schema,
            body: self.keep(it.body),
            hash,
        };
        self.records.push(record);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let begins = self.text.len();
        self.text.push_str(text);
        begins..self.text.len()
    }

    /// Every record: the hash that it follows, its columns, and the hash that it says to have.
    pub(crate) fn records(&self) -> impl Iterator<Item = (Digest, Columns<'_>, Digest)> {
        let hashes = self.records.iter().map(|record| record.hash);
        let before = std::iter::once(self.before).chain(hashes);
        before.zip(&self.records).map(|(before, record)| (before, self.columns(record), record.hash))
    }

    fn columns(&self, it: &Record) -> Columns<'_> {
        let text = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        Columns {
            seq: it.seq,
            run: it.run,
            at_ns: it.at_ns,
            wall_ns: it.wall_ns,
            mono_ns: it.mono_ns,
            day: text(&it.day),
            kind: text(&it.kind),
            entity: it.entity.as_ref().map(text),
            contract: it.contract,
            cause: it.cause.as_ref().map(text),
            schema: it.schema,
            body: text(&it.body),
        }
    }
}
