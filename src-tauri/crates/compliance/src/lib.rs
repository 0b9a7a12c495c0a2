//! The gate in front of every order.
//!
//! Two things can leave for a broker, and both are proved here: an opening order that [`gate`]
//! [`Approved`], and an [`ExitOrder`] cut from a [`ClosingBudget`]. Nobody else can build either, so
//! an order that skipped the checks does not compile.
//!
//! What a firm and a trader allow is data: a [`Pack`] of rules, a [`Profile`] with the trader's own
//! limits, and the exchange's [`Calendar`].

pub mod approval;
pub mod calendar;
pub mod change;
pub mod gate;
pub mod guard_words;
pub mod minis;
pub mod pack;
pub mod personal;
pub mod profile;
pub mod protection;
pub mod refusal;
pub mod request;
pub mod rule_check;
pub mod rule_refusal;
pub mod rule_standing;
pub mod rules;
pub mod ticket;

pub use approval::{Approved, ClosingBudget, ExitOrder, NewOrder, Outbound};
pub use calendar::{Calendar, ProductHours};
pub use change::{
    ChangeRequest, ChangeTicket, OrderChange, Unchangeable, WorkingAim, WorkingOrder, can_change,
};
pub use gate::{Halt, Limits, Permit, Rules, ShortSelling, Standing, can_submit, can_submit_warned};
pub use guard_words::GuardWords;
pub use minis::Minis;
pub use pack::{Pack, PackFault};
pub use personal::PersonalLimits;
pub use profile::Profile;
pub use protection::{
    EvenChange, EvenWords, Protect, ProtectTicket, StopChange, StopWords, TargetChange, TargetWords,
    check_protection,
};
pub use refusal::{PriceField, Refusal};
pub use request::OrderRequest;
pub use rule_check::{Warning, contracts_allowed};
pub use rule_refusal::{RuleRefusal, SizeRefusal};
pub use rule_standing::RuleStanding;
pub use rules::{Lockout, RuleId, RuleSource, RunAway, Until, Used};
pub use ticket::{Ticket, TicketKind};
