//! The gate in front of every order.
//!
//! Two things can leave for a broker, and both are proved here: an opening order that [`gate`]
//! [`Approved`], and an [`ExitOrder`] cut from a [`ClosingBudget`]. Nobody else can build either, so
//! an order that skipped the checks does not compile.

pub mod approval;
pub mod gate;
pub mod minis;
pub mod refusal;
pub mod request;
pub mod ticket;

pub use approval::{Approved, ClosingBudget, ExitOrder, NewOrder, Outbound};
pub use gate::{Halt, Limits, Permit, ShortSelling, Standing, can_submit};
pub use minis::Minis;
pub use refusal::{PriceField, Refusal};
pub use request::OrderRequest;
pub use ticket::{Ticket, TicketKind};
