//! What the book knows of phantoms after the desk could see nothing for a while.

use std::collections::{BTreeMap, BTreeSet};

use phantom_model::{ContractId, LotId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Book, Entered, Flatten, LotState};
use crate::fact::{Absence, FactBody, GapPolicy, Leg};

/// Ticket ids that are left out after a crash. A reduction leaves before it is durable, so the end of the
/// journal that was lost may have used some; nobody sends so many within one commit.
pub const TICKETS_LEFT_OUT: usize = 100;
/// Flatten ids that are left out after a crash, for the same reason: the exits of a flatten leave before
/// anything of it is durable.
pub const FLATTENS_LEFT_OUT: usize = 8;

/// Phantoms after an absence.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(super) struct Gap {
    returned: Option<(Timestamp, GapPolicy)>,
    /// Armed lots that have not been judged since.
    away: BTreeSet<LotId>,
    /// Legs that a price has reached meanwhile, and that were told.
    touched: BTreeSet<(LotId, Leg)>,
    /// Legs that were passed, and fire nothing before the price has come back.
    passed: BTreeMap<LotId, Leg>,
}

impl Book {
    /// When the desk last came back, and what it then did with phantoms that were passed; `None` when it
    /// was never away.
    #[must_use]
    pub const fn returned(&self) -> Option<(Timestamp, GapPolicy)> {
        self.gap.returned
    }

    /// Armed lots that have not been judged by a price since the desk came back, oldest first.
    pub fn unjudged(&self) -> impl Iterator<Item = LotId> {
        self.gap.away.iter().copied().filter(|&lot| self.lots.at(lot).state == LotState::Armed)
    }

    /// Armed lots with a leg that was passed while the desk was away, oldest first. That leg fires nothing
    /// before the price has come back.
    pub fn passed(&self) -> impl Iterator<Item = (LotId, Leg)> {
        let rows = self.gap.passed.iter().map(|(&lot, &leg)| (lot, leg));
        rows.filter(|&(lot, _)| self.lots.at(lot).state == LotState::Armed)
    }

    /// The leg of a lot that was passed while the desk was away.
    #[must_use]
    pub fn passed_leg(&self, lot: LotId) -> Option<Leg> {
        self.gap.passed.get(&lot).copied()
    }

    /// Whether it has been told that a price reached the leg.
    pub(crate) fn is_touched(&self, lot: LotId, leg: Leg) -> bool {
        self.gap.touched.contains(&(lot, leg))
    }

    /// Applies a fact of this file.
    pub(super) fn fold_gap(&mut self, at: Timestamp, body: &FactBody) {
        if let FactBody::Returned { absence, policy, .. } = *body {
            self.broke_at = at;
            self.fold_returned(at, absence, policy);
        } else if let FactBody::ExitFound { lot, leg } = *body {
            self.fold_fired(lot, leg);
        } else if let FactBody::PhantomTouched { lot, leg, .. } = *body {
            self.gap.touched.insert((lot, leg));
        } else if let FactBody::PhantomPassed { lot, leg, .. } = *body {
            self.gap.passed.insert(lot, leg);
        } else if let FactBody::PhantomWatches { lot, .. } = *body {
            self.gap.passed.remove(&lot);
        } else if let FactBody::GapClosed { contract, .. } = *body {
            self.close_gap(contract);
        } else if matches!(body, FactBody::JournalLost) {
            self.halt.journal_lost = true;
        }
    }

    /// A leg that was set anew has not been passed.
    pub(super) fn forget_passed(&mut self, lot: LotId) {
        self.gap.passed.remove(&lot);
    }

    fn fold_returned(&mut self, at: Timestamp, absence: Absence, policy: GapPolicy) {
        let lots = self.positions.iter().flat_map(|(_, position)| position.lots.iter().copied());
        let away = lots.filter(|&lot| self.lots.at(lot).state == LotState::Armed).collect();
        let passed = std::mem::take(&mut self.gap.passed);
        self.gap = Gap { returned: Some((at, policy)), away, touched: BTreeSet::new(), passed };
        match absence {
            Absence::Slept => return,
            Absence::Ended => {}
            Absence::Crashed => {
                self.tickets.extend(std::iter::repeat_n(Entered::LeftOut, TICKETS_LEFT_OUT));
                let fence = self.orders.next_key();
                for _ in 0..FLATTENS_LEFT_OUT {
                    self.flattens.push(Flatten::left_out(at, fence));
                }
            }
        }
        // The program has opened a journal again.
        self.halt.journal_lost = false;
    }

    fn close_gap(&mut self, contract: ContractId) {
        let lots = &self.lots;
        self.gap.away.retain(|&lot| lots.at(lot).contract != contract);
        self.gap.touched.retain(|&(lot, _)| lots.at(lot).contract != contract);
    }
}
