//! The desk: what owns the engine and carries out what it asks for.
//!
//! [`Core`] is the loop without a clock: an input goes in, facts go to the journal, requests go to
//! the broker, reports come back in, until nothing is left to do. A replay drives it from a file;
//! the running desk drives it from queues.

pub mod changes;
pub mod clock;
pub mod core;
mod covers;
pub mod handle;
mod held;
mod incoming;
pub mod journal;
pub mod listing;
pub mod receipt;
pub mod recovery;
mod retries;
pub mod task;
pub mod trigger;

pub use changes::{ChangeAnswer, LotAnswer, ProtectAnswer};
pub use clock::{Clock, MarketClock};
pub use core::Core;
pub use handle::{DeskFault, DeskHandle, Marks, Snapshot, WeakDesk};
pub use journal::{Journal, JournalHealth, MemoryJournal};
pub use listing::{Listing, ListingError};
pub use receipt::{CancelAnswer, ClosedPosition, Effect, FlattenReceipt, PlaceAnswer, ReceiptStep};
pub use recovery::{Decided, MissedFill, RecoveryReport, Returning};
pub use task::Desk;
pub use trigger::{ExitTrace, TriggerReceipt, TriggerReceipts};
