//! A table that hands out a typed key for each row and keeps rows for good.
//!
//! The one place where the engine indexes: a key can only come from the arena that made the row, and
//! rows are never taken out, so a key is always valid in its own arena.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// A row number with a type of its own.
pub trait ArenaKey: Copy {
    /// The key of row `row`.
    fn from_row(row: u32) -> Self;
    /// The row number.
    fn row(self) -> u32;
}

/// What keys are made of: a row number of which an optional one takes no more room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowNumber(NonZeroU32);

impl RowNumber {
    /// The number of row `row`. The last number of all, which no table reaches, stands for its
    /// neighbour below.
    #[must_use]
    #[inline]
    pub const fn new(row: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(row))
    }

    /// The row.
    #[must_use]
    #[inline]
    pub const fn get(self) -> u32 {
        self.0.get() - 1
    }
}

impl fmt::Debug for RowNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.get())
    }
}

/// Rows of `T`, found by `K`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Arena<K, T> {
    rows: Vec<T>,
    #[serde(skip)]
    key: PhantomData<K>,
}

impl<K: ArenaKey, T> Arena<K, T> {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new(), key: PhantomData }
    }

    /// The key that the next row will have.
    #[must_use]
    pub fn next_key(&self) -> K {
        K::from_row(u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
    }

    /// Adds a row and answers its key.
    pub fn push(&mut self, row: T) -> K {
        let key = self.next_key();
        self.rows.push(row);
        key
    }

    /// The row of a key that this arena handed out.
    ///
    /// # Panics
    /// For a key of another arena: a bug that must not trade on.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a key comes from this arena and rows are never taken out")]
    pub fn at(&self, key: K) -> &T {
        &self.rows[key.row() as usize]
    }

    /// The row of a key that this arena handed out, to change.
    ///
    /// # Panics
    /// For a key of another arena: a bug that must not trade on.
    #[expect(clippy::indexing_slicing, reason = "a key comes from this arena and rows are never taken out")]
    pub fn at_mut(&mut self, key: K) -> &mut T {
        &mut self.rows[key.row() as usize]
    }

    /// The row of a key that may come from outside.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&T> {
        self.rows.get(key.row() as usize)
    }

    /// The count of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows with their keys, oldest first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &T)> {
        self.rows.iter().enumerate().map(|(row, value)| (K::from_row(row_number(row)), value))
    }

    /// The keys of all rows that there are now, oldest first. They borrow nothing, so that what they lead to
    /// may change meanwhile.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = K> + use<K, T> {
        (0..row_number(self.rows.len())).map(K::from_row)
    }

    /// All rows, oldest first, to change.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.iter_mut()
    }

    /// Makes room for `additional` more rows and writes to all of it once, so that no page is fetched
    /// from the system between a trade and its exit. `blank` is what is written; it leaves no row.
    pub fn reserve(&mut self, additional: usize, blank: T)
    where
        T: Clone,
    {
        let rows = self.rows.len();
        self.rows.resize(rows.saturating_add(additional), blank);
        self.rows.truncate(rows);
    }
}

fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

impl<K: ArenaKey, T> Default for Arena<K, T> {
    fn default() -> Self {
        Self::new()
    }
}
