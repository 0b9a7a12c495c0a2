//! What a line of a signal file asks for.

use phantom_compliance::Ticket;
use phantom_model::Timestamp;

/// A request to trade, at a point in the market's time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signal {
    /// Its name: not blank, and the only one of the file.
    pub id: String,
    /// When it is to act.
    pub at: Timestamp,
    /// What it asks for.
    pub action: SignalAction,
}

/// What a signal asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignalAction {
    /// Buy or sell. Nothing of the ticket is believed yet.
    Place(Ticket),
    /// Close everything, cancel everything.
    Flatten,
}
