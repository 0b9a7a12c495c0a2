//! Facts about the rules: every number that they give must follow from the fills alone.

use phantom_compliance::{Lockout, RuleId, Until};
use phantom_engine::RuleFact;
use phantom_engine::rule_fact::Figures;
use phantom_model::Money;

use super::Ledger;

/// What the facts about the rules have told.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleLedger {
    pub(super) figures: Option<Figures>,
    pub(super) lockouts: Vec<Lockout>,
    /// Rules that were reached since the day began.
    broken: Vec<RuleId>,
}

impl Ledger {
    /// Takes one fact about the rules.
    pub(super) fn take_rule(&mut self, fact: &RuleFact) {
        match fact {
            RuleFact::Adopted { figures, fresh, .. } => {
                if *fresh {
                    self.rules.lockouts.retain(|lock| lock.until != Until::Ever);
                    self.rules.broken.clear();
                } else {
                    let same = self.rules.figures.map(|it| (it.opening, it.floor, it.day));
                    assert_eq!(
                        same,
                        Some((figures.opening, figures.floor, figures.day)),
                        "the account goes on"
                    );
                }
                self.rules.figures = Some(**figures);
            }
            RuleFact::DayBegan { figures } => self.day_began(figures),
            RuleFact::Peaked { peak_equity, floor, day_peak_balance, day_peak_equity } => {
                let it = self.rules.figures.as_mut().unwrap();
                assert!(*peak_equity >= it.peak_equity && *floor >= it.floor, "peak and floor only rise");
                assert!(*day_peak_equity >= it.day_peak_equity && *day_peak_balance >= it.day_peak_balance);
                (it.peak_equity, it.floor) = (*peak_equity, *floor);
                (it.day_peak_balance, it.day_peak_equity) = (*day_peak_balance, *day_peak_equity);
            }
            RuleFact::PaidOut { amount, floor, .. } => {
                let it = self.rules.figures.as_mut().unwrap();
                // It leaves the account, and is no loss of the day.
                for figure in [
                    &mut it.opening,
                    &mut it.eod_balance,
                    &mut it.peak_eod_balance,
                    &mut it.day_start_equity,
                    &mut it.day_peak_balance,
                    &mut it.day_peak_equity,
                ] {
                    *figure = *figure - *amount;
                }
                it.floor = *floor;
                it.payouts += 1;
            }
            RuleFact::Broken { rule, .. } => {
                assert!(!self.rules.broken.contains(rule), "{rule} is broken twice on one day");
                self.rules.broken.push(*rule);
            }
            RuleFact::Locked { lock, .. } => self.rules.lockouts.push(*lock),
            RuleFact::Unlocked { cause } => self.rules.lockouts.retain(|lock| lock.cause != *cause),
            RuleFact::Lifted { .. } => {
                let lockouts = self.rules.lockouts.iter().filter(|lock| lock.until != Until::Ever).copied();
                self.rules = RuleLedger { lockouts: lockouts.collect(), ..RuleLedger::default() };
            }
            RuleFact::Planned { .. }
            | RuleFact::LiftPlanned { .. }
            | RuleFact::Declined { .. }
            | RuleFact::Unusable { .. }
            | RuleFact::LimitsLocked { .. }
            | RuleFact::Near { .. }
            | RuleFact::RanAway { .. }
            | RuleFact::ElsewhereTold { .. } => {}
            RuleFact::Judged { order, judgement } => {
                let again = judgement.again(*order).err().map(|refusal| refusal.reason().to_owned());
                assert_eq!(again, judgement.reason, "the same inputs give the same answer");
                assert_eq!(judgement.version + 1, self.seq, "judged in the state in which it was recorded");
            }
        }
        self.halt.locked_out = !self.rules.lockouts.is_empty();
    }

    fn day_began(&mut self, figures: &Figures) {
        let before = self.rules.figures.unwrap();
        assert!(figures.day > before.day, "days only go on");
        assert_eq!(
            figures.eod_balance,
            before.opening + self.cash(),
            "the day ends with what fills made of it"
        );
        assert!(figures.floor >= before.floor, "the floor only rises");
        assert_eq!(figures.opening, before.opening);
        self.rules.figures = Some(*figures);
        self.rules.broken.clear();
    }

    /// Profit less fees of everything, added up anew.
    pub(super) fn cash(&self) -> Money {
        self.sums.values().map(|sums| sums.realized - sums.fees).sum()
    }
}
