//! A table that hands out a typed key for each row and keeps rows for good.
//!
//! The one place where the engine indexes: a key can only come from the arena that made the row, and
//! rows are never taken out, so a key is always valid in its own arena.

use std::marker::PhantomData;

/// A row number with a type of its own.
pub trait ArenaKey: Copy {
    /// The key of row `row`.
    fn from_row(row: u32) -> Self;
    /// The row number.
    fn row(self) -> u32;
}

/// Rows of `T`, found by `K`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arena<K, T> {
    rows: Vec<T>,
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

    /// Makes room for `additional` more rows.
    pub fn reserve(&mut self, additional: usize) {
        self.rows.reserve(additional);
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
