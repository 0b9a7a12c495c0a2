//! Facts about the rules as rows of the order log.

use phantom_engine::RuleFact;
use phantom_wire::{LogAction, LogRow};

use super::fact_row::Rows;

impl Rows<'_> {
    /// The row of a fact about the rules; `None` for what the alarm beside it says, and for what the panel
    /// of the rules shows.
    pub(super) fn rule(&self, fact: &RuleFact) -> Option<LogRow> {
        let row = |words: &str| Some(self.plain(LogAction::Halt, words));
        match fact {
            RuleFact::Adopted { profile, .. } => row(&format!("rules_in_force: {}", profile.pack().title())),
            RuleFact::Planned { .. } => row("rules_from_next_session"),
            RuleFact::LiftPlanned { .. } => row("no_rules_from_next_session"),
            RuleFact::Lifted { .. } => row("no_rules_in_force"),
            RuleFact::Declined { why, .. } => row(why.code()),
            RuleFact::Unusable { why } => row(&format!("rules_unusable: {why}")),
            RuleFact::LimitsLocked { .. } => row("limits_locked_for_the_day"),
            RuleFact::DayBegan { .. } => row("account_day_began"),
            RuleFact::PaidOut { amount, .. } => row(&format!("payout_taken: {amount}")),
            RuleFact::Locked { lock, .. } => row(&format!("locked_out: by {} {}", lock.cause, lock.until)),
            RuleFact::Unlocked { .. } => row("lockout_ended"),
            RuleFact::Peaked { .. }
            | RuleFact::Near { .. }
            | RuleFact::Broken { .. }
            | RuleFact::RanAway { .. }
            | RuleFact::ElsewhereTold { .. }
            | RuleFact::Judged { .. } => None,
        }
    }
}
