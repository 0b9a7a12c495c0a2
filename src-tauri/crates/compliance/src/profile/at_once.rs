//! What of a change of a profile counts at once, and what only from the next session on.

use super::{Options, Profile};
use crate::pack::Release;
use crate::personal::{LimitChange, PersonalLimits};

impl Profile {
    /// What of a change counts at once: the tighter of each option and limit. Another pack, and other
    /// figures of the account, count from the next session only, as all that loosens does; then
    /// `wanted` takes the place of this profile.
    #[must_use]
    pub fn at_once(&self, wanted: &Self) -> Self {
        if self.pack != wanted.pack || self.account != wanted.account {
            return self.clone();
        }
        let mut now = Self { personal: self.personal.at_once(&wanted.personal), ..wanted.clone() };
        now.options.daily_loss |= self.options.daily_loss;
        for (id, releases) in &self.releases {
            let all = now.releases.entry(id.clone()).or_default();
            all.extend(releases.iter().filter(|it| !wanted.has_release(id, it)).cloned());
        }
        now
    }

    /// What a change does.
    #[must_use]
    pub fn change_to(&self, wanted: &Self) -> LimitChange {
        let now = self.at_once(wanted);
        let indifferent = Self {
            options: Options { payout_path: now.options.payout_path.clone(), ..self.options.clone() },
            personal: PersonalLimits { warn_at: now.personal.warn_at.clone(), ..self.personal.clone() },
            ..self.clone()
        };
        LimitChange::of(now != indifferent, now != *wanted)
    }

    fn has_release(&self, id: &str, release: &Release) -> bool {
        self.releases.get(id).is_some_and(|releases| releases.contains(release))
    }
}
