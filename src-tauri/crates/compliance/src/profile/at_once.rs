//! What of a change of a profile counts at once, and what only from the next session on.

use std::sync::Arc;

use super::{Options, Profile};

impl Profile {
    /// What of a change to another profile of the same account counts at once: everything that becomes
    /// tighter. The rest counts from the next session, when `wanted` takes its place. A daily loss limit
    /// is switched on at once and off later; a release that is added counts at once.
    #[must_use]
    pub fn at_once(&self, wanted: &Self) -> Self {
        let options = Options {
            daily_loss: self.options.daily_loss || wanted.options.daily_loss,
            payout_path: wanted.options.payout_path.clone(),
        };
        let mut releases = self.releases.clone();
        for (overlay, own) in &wanted.releases {
            let known = releases.entry(overlay.clone()).or_default();
            known.extend(own.iter().filter(|release| !known.contains(release)).cloned().collect::<Vec<_>>());
        }
        Self {
            pack: Arc::clone(&self.pack),
            options,
            account: self.account,
            personal: self.personal.at_once(&wanted.personal),
            releases,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pack;

    fn profile(settings: &[&str]) -> Profile {
        let pack = Arc::new(Pack::named("topstep-combine-50k").unwrap());
        Profile::with_settings(pack, settings.iter().copied()).unwrap()
    }

    #[test]
    fn a_daily_limit_is_switched_on_at_once_and_off_later() {
        let (off, on) = (profile(&["daily_loss=off"]), profile(&["daily_loss=on"]));
        assert_eq!(off.at_once(&on), on);
        assert_eq!(on.at_once(&off), on);
    }

    #[test]
    fn the_tighter_of_two_limits_holds_until_the_next_session() {
        let (loose, tight) = (profile(&["personal_position_max=4"]), profile(&["personal_position_max=2"]));
        assert_eq!(loose.at_once(&tight), tight);
        assert_eq!(tight.at_once(&loose), tight);
    }
}
