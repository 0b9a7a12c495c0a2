//! A disk that fails, fills up and loses power, between `SQLite` and the real one.
//!
//! A layer over the file system of `SQLite`, for tests only. Files are real; what a sync has made durable
//! is remembered beside them. A [`cut`] puts every file back to that, plus whatever part of the unsynced
//! writes chance lets through, torn at sectors. Syncs do not reach the real disk: they only count here.

mod disk;
mod layer;

pub use disk::{Dice, Failure, Plan, calls, cut, forget, play};
pub use layer::NAME;
