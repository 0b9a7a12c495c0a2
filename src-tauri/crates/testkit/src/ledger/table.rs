//! The table of the order lifecycle, as it is published.

use phantom_model::OrderStatus;
use phantom_model::OrderStatus::{
    Accepted, Cancelled, Closed, Failed, Filled, PartiallyFilled, Pending, Rejected,
};

/// Each status and where it may go. The way out of CANCELLED and FAILED is a late fill.
const TABLE: [(OrderStatus, &[OrderStatus]); 8] = [
    (Pending, &[Accepted, PartiallyFilled, Filled, Cancelled, Failed]),
    (Accepted, &[PartiallyFilled, Filled, Cancelled, Failed]),
    (PartiallyFilled, &[PartiallyFilled, Filled, Cancelled, Failed]),
    (Cancelled, &[PartiallyFilled, Filled]),
    (Failed, &[PartiallyFilled, Filled]),
    (Filled, &[Closed]),
    (Rejected, &[]),
    (Closed, &[]),
];

/// Whether the table has the way from one status to another.
#[must_use]
pub fn may_go(from: OrderStatus, to: OrderStatus) -> bool {
    TABLE.iter().any(|(status, ways)| *status == from && ways.contains(&to))
}
