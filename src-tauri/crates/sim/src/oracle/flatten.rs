//! Flatten all: joined while under way, answered in time, and FLAT only when it is.

use phantom_model::{FlattenId, OrderId, Timestamp};

use super::Oracle;
use crate::invariants::Invariant;
use crate::truth::Exchange;

/// The flatten under way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FlattenTrack {
    /// It was pressed, and no fact has said so yet.
    pub(super) pressed: bool,
    /// Since when one is under way.
    pub(super) since: Option<Timestamp>,
    /// FLAT was answered in this step.
    claims_flat: bool,
    /// How many were answered.
    pub(super) answered: u64,
    /// The last one.
    last: Option<FlattenId>,
    /// What the last one answered, or what has become of that.
    pub(super) last_flat: Option<bool>,
}

impl Oracle {
    pub(super) fn flatten_started(&mut self, flatten: FlattenId, at: Timestamp) {
        let free = self.flatten.since.is_none();
        self.check(Invariant::I34, free, || format!("{flatten:?} starts while another is under way"));
        self.flatten.pressed = false;
        (self.flatten.since, self.flatten.last) = (Some(at), Some(flatten));
        self.halt.flattening = true;
    }

    pub(super) fn flatten_joined(&mut self) {
        let under_way = self.flatten.since.is_some();
        self.check(Invariant::I34, under_way, || "a flatten was joined while none is under way".to_owned());
        self.flatten.pressed = false;
    }

    pub(super) fn flatten_answered(&mut self, flat: bool, at: Timestamp) {
        let since = self.flatten.since.take().unwrap_or(Timestamp::MIN);
        let in_time = at <= (since + self.timing.flatten_answer).max(self.back_at);
        self.check(Invariant::I23, in_time, || "a flatten answered after its deadline".to_owned());
        self.halt.flattening = false;
        self.flatten.answered += 1;
        self.flatten.last_flat = Some(flat);
        let open = self.contracts.iter().any(|(_, row)| row.net != 0 || !row.lots.is_empty());
        let live = self.contracts.iter().any(|(_, row)| !row.live.is_empty());
        self.check(Invariant::I34, !flat || !(open || live), || {
            format!("answered FLAT; positions open {open}, orders live {live}")
        });
        let waited = at >= since + self.timing.flatten_answer;
        self.check(Invariant::I34, flat || waited, || "answered NOT_FLAT before its time was up".to_owned());
        self.flatten.claims_flat |= flat;
    }

    /// A late fill has opened what had been called closed.
    pub(super) fn flatten_reopened(&mut self) {
        let claimed = self.flatten.last_flat == Some(true) && self.flatten.since.is_none();
        let open = self.contracts.iter().any(|(_, row)| !row.lots.is_empty());
        self.check(Invariant::I34, claimed && open, || {
            format!("a flatten is open again; it had called everything closed {claimed}, open {open}")
        });
        self.flatten.last_flat = Some(false);
    }

    /// What a flatten covers is closed, later than its answer said.
    pub(super) fn flatten_settled(&mut self) {
        let claimed = self.flatten.last_flat == Some(false) && self.flatten.since.is_none();
        let own = |id: &OrderId| matches!(id, OrderId::FlattenExit { flatten, .. } if Some(*flatten) == self.flatten.last);
        let lives = self.contracts.iter().flat_map(|(_, row)| &row.live).any(own);
        self.check(Invariant::I34, claimed && !lives, || {
            format!("a flatten is settled; it had left something open {claimed}, an exit of it lives {lives}")
        });
        self.flatten.last_flat = Some(true);
    }

    /// FLAT, and the exchange agrees: unless the broker has lied.
    pub(super) fn i34_flat_is_flat(&mut self, exchange: &Exchange) {
        if !std::mem::take(&mut self.flatten.claims_flat) {
            return;
        }
        let open: Vec<_> =
            exchange.open_positions().filter(|(contract, _)| !self.contracts.at(*contract).lied).collect();
        self.check(Invariant::I34, open.is_empty(), || format!("FLAT, and the exchange holds {open:?}"));
        let working: Vec<_> = exchange
            .working()
            // A stop that the broker's side has just placed, and takes back as the position is flat.
            .filter(|id| !matches!(id, OrderId::LotStop { .. }) || self.orders.contains_key(id))
            .filter(|&id| {
                let contract = exchange.order(id).map(|order| order.contract);
                contract.is_some_and(|contract| !self.contracts.at(contract).lied)
            })
            .collect();
        self.check(Invariant::I34, working.is_empty(), || format!("FLAT, and these work: {working:?}"));
    }
}
