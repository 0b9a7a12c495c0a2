//! Decides whether a fault strikes, and keeps what struck, so that a failing run can be run again
//! with only some of it.

use std::collections::BTreeSet;

use crate::draw::join;
use crate::faults::{Fault, FaultCounts};
use crate::plan::Plan;

/// One strike: a fault at one opportunity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Strike {
    /// The fault.
    pub fault: Fault,
    /// The opportunity, by its key.
    pub key: u64,
}

/// Decides and counts.
#[derive(Clone, Debug)]
pub struct Strikes {
    opportunities: [u64; Fault::COUNT],
    counts: FaultCounts,
    struck: Vec<Strike>,
    /// Only these may strike; all when `None`.
    allowed: Option<BTreeSet<Strike>>,
    calm: bool,
}

impl Strikes {
    /// Strikes of a run in which only these are allowed; all when `None`.
    #[must_use]
    pub fn new(allowed: Option<BTreeSet<Strike>>) -> Self {
        Self {
            opportunities: [0; Fault::COUNT],
            counts: FaultCounts::default(),
            struck: Vec::new(),
            allowed,
            calm: false,
        }
    }

    /// Whether the fault strikes the opportunity of this key.
    pub fn strikes(&mut self, plan: &Plan, fault: Fault, key: u64) -> bool {
        if self.calm || (plan.per_mille(fault) == 0 && plan.scripted.is_empty()) {
            return false;
        }
        let nth = self.opportunities.get_mut(fault.place()).map_or(0, |count| {
            *count += 1;
            *count - 1
        });
        let key = join(key, u64::try_from(fault.place()).unwrap_or(0));
        let strike = Strike { fault, key };
        let struck = plan.strikes(fault, key) || plan.is_scripted(fault, nth);
        let allowed = self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&strike));
        if struck && allowed {
            self.struck.push(strike);
            self.counts.add(fault);
        }
        struck && allowed
    }

    /// A fault that the script decided has happened.
    pub fn count(&mut self, fault: Fault) {
        self.counts.add(fault);
    }

    /// No fault strikes any more.
    pub fn calm_down(&mut self) {
        self.calm = true;
    }

    /// Whether faults are off.
    #[must_use]
    pub const fn is_calm(&self) -> bool {
        self.calm
    }

    /// How often each fault happened.
    #[must_use]
    pub const fn counts(&self) -> &FaultCounts {
        &self.counts
    }

    /// What struck, in order.
    #[must_use]
    pub fn struck(&self) -> &[Strike] {
        &self.struck
    }
}
