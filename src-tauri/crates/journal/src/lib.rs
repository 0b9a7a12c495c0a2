//! The durable journal: facts in a file that survives a crash, a loss of power and a person's curiosity.
//!
//! A journal is one `SQLite` file per environment and account. [`Store::open`] checks it, folds it into a
//! [`Book`](phantom_engine::Book) and hands out the one [`Writer`], which implements the desk's
//! [`Journal`](phantom_runtime::Journal) port. Facts are committed in groups, each with `synchronous=FULL`;
//! [`Journal::durable`](phantom_runtime::Journal::durable) tells up to which fact everything is safe.
//!
//! Every record carries a hash over itself and the record before it, so that a flipped bit, a missing or a
//! repaired record is found. What is damaged is never repaired in place or deleted: the file is put aside
//! under another name, what can be trusted is copied into a new one, and the damage is told.
//!
//! `docs/journal.md` has the tables, the guarantees and how to read a journal with the `sqlite3` shell.

mod ahead;
mod audit;
mod backup;
mod batch;
mod body;
mod bundle;
mod chain;
mod columns;
mod commit;
mod connection;
mod contracts;
mod day;
mod encoding;
mod export;
mod fault;
mod firing;
mod folded;
mod history;
mod import;
mod judged;
mod line;
mod lines;
mod names;
mod noted;
mod places;
mod quarantine;
mod reading;
mod runs;
mod schema;
mod session;
mod side_files;
mod snapshot;
mod state_hash;
mod store;
mod table;
mod verify;
mod wall;
mod writer;

pub use bundle::{Bundle, BundleFault, bundle, verification_text};
pub use contracts::ListedContract;
pub use day::DaySoFar;
pub use export::{ExportFault, Exported, Format, export, write_lines};
pub use fault::{Damage, DamageKind, OpenFault, WriteFault};
pub use firing::{FiredExit, Firing, all as firings};
pub use history::{History, HistoryRow, PAGE_MAX, Page, Wanted};
pub use import::{ImportFault, Imported, import};
pub use noted::NotedState;
pub use runs::{Run, RunStatus};
pub use session::{Environment, Session};
pub use state_hash::StateHash;
pub use store::{Found, Opened, Recovered, Store};
pub use verify::{ReadFault, Verification, verify};
pub use writer::{Commits, Writer};
