//! A hash of a whole book: two books are the same exactly when their hashes are.

use std::fmt;
use std::hash::{Hash, Hasher};

use phantom_engine::Book;
use serde::{Deserialize, Serialize};

/// The hash of a state, the same on every machine for the same build.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StateHash([u8; 32]);

impl StateHash {
    /// The hash of a book: every order, fill, lot, position, stop and halt in it, and what follows from them.
    #[must_use]
    pub fn of(book: &Book) -> Self {
        let mut hasher = Fields { all: blake3::Hasher::new(), room: Vec::with_capacity(ROOM) };
        book.hash(&mut hasher);
        hasher.flush();
        Self(*hasher.all.finalize().as_bytes())
    }
}

impl fmt::Display for StateHash {
    /// 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const ROOM: usize = 65_536;

/// Takes fields in one byte order and one width, whatever the machine has.
struct Fields {
    all: blake3::Hasher,
    room: Vec<u8>,
}

impl Fields {
    fn flush(&mut self) {
        self.all.update(&self.room);
        self.room.clear();
    }
}

impl Hasher for Fields {
    fn finish(&self) -> u64 {
        // Nobody asks for the short hash.
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.room.len() + bytes.len() > ROOM {
            self.flush();
        }
        self.room.extend_from_slice(bytes);
    }

    fn write_u16(&mut self, number: u16) {
        self.write(&number.to_le_bytes());
    }

    fn write_u32(&mut self, number: u32) {
        self.write(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.write(&number.to_le_bytes());
    }

    fn write_u128(&mut self, number: u128) {
        self.write(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_i16(&mut self, number: i16) {
        self.write(&number.to_le_bytes());
    }

    fn write_i32(&mut self, number: i32) {
        self.write(&number.to_le_bytes());
    }

    fn write_i64(&mut self, number: i64) {
        self.write(&number.to_le_bytes());
    }

    fn write_i128(&mut self, number: i128) {
        self.write(&number.to_le_bytes());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }
}
