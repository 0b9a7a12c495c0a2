//! The hash chain: every record's hash covers the record and the hash before it.

use crate::columns::Columns;

/// A BLAKE3 hash of 32 bytes.
pub(crate) type Digest = [u8; 32];

/// What the first record follows.
pub(crate) const BEGIN: Digest = [0; 32];

/// A hash over columns. Each is written with its length, so that no two rows have the same bytes.
pub(crate) struct Hash(Vec<u8>);

impl Hash {
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(512))
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.0.push(1);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.0.push(2);
        self.0.extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn maybe_number(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.number(number),
            None => self.0.push(0),
        }
    }

    fn maybe_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.push(0),
        }
    }

    pub(crate) fn end(&self) -> Digest {
        *blake3::hash(&self.0).as_bytes()
    }
}

/// The hash of a record that follows `prev`. `room` is reused from record to record.
pub(crate) fn hash_of(room: &mut Hash, prev: &Digest, it: &Columns<'_>) -> Digest {
    room.0.clear();
    room.0.extend_from_slice(prev);
    room.number(it.seq);
    room.number(it.run);
    room.number(it.at_ns);
    room.maybe_number(it.wall_ns);
    room.maybe_number(it.mono_ns);
    room.text(it.day);
    room.text(it.kind);
    room.maybe_text(it.entity);
    room.maybe_number(it.contract);
    room.maybe_text(it.cause);
    room.number(it.schema);
    room.text(it.body);
    room.end()
}
