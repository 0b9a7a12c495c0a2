//! A desk on its data folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod lease;
