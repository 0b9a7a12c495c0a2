//! The engine: one state, one function, no I/O.
//!
//! [`Engine::apply`] takes a time and an [`Input`] and answers facts and requests. It reads no clock,
//! draws no chance, waits for nothing and touches no file, so that recovery is a fold, a replay is a
//! loop, and a failure is reproducible. All state of record is the [`Book`], and the book changes
//! only by folding a [`Fact`]: feeding the same facts to an empty book gives an equal book.
//! What is not of record (last prices, deadlines) is rebuilt from the book and the next prints.

mod absence;
mod alarm;
pub mod book;
mod busts;
mod change;
pub mod config;
mod contracts;
mod deadlines;
mod engine;
mod exits;
pub mod fact;
mod feed;
mod fills;
mod flatten;
mod follow;
mod gap;
mod halt;
pub mod input;
pub mod judgement;
mod latches;
mod link;
mod lost;
mod marks;
pub mod outcome;
mod outside;
mod phantoms;
mod place;
mod protect;
mod replacements;
mod reports;
pub mod rule_fact;
pub mod rules;
mod snapshots;
mod unknown;

pub use book::Book;
pub use config::{ContractTerms, Handling, PrintBand, Timing};
pub use engine::Engine;
pub use fact::{Fact, FactBody};
pub use input::{Decision, HaltChange, Input, Intake, JournalStanding, Origin, Protected, RulesInput};
pub use judgement::Judgement;
pub use outcome::{Outcome, Request};
pub use rule_fact::RuleFact;
pub use rules::{BeyondCalendar, RuleBook, panel::Panel, verdict::Verdict};
