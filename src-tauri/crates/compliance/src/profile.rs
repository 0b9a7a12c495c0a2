//! A profile: a rule pack, what was chosen of its options, where the account stands when the desk
//! takes it over, and the trader's own limits.
//!
//! All that is not the pack is set by lines of text, `KEY=VALUE`, on the command line and in the
//! window alike. [`Profile::settings`] says them back, so that a profile can be recorded as the id and
//! the edition of its pack and a few words.

mod account;
mod account_keys;
mod at_once;
mod keys;
mod limits;
mod times;

use std::collections::BTreeMap;
use std::sync::Arc;

use phantom_model::Money;
use serde::{Deserialize, Serialize};

use crate::Minis;
use crate::pack::{
    Balances, DailyLimit, DailyLoss, DayStart, Effect, Obligation, Overlay, OverlayRule, Pack, PayoutPath,
    Release,
};
use crate::personal::{OverlayChoice, PersonalLimits};

pub use account::AccountStart;
pub use keys::{Setting, SettingFault};

/// What was chosen of the options of a pack.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Whether the daily loss limit of the pack holds; `false` too where it has none.
    pub daily_loss: bool,
    /// The id of the way to a payout; `None` where the program has none.
    pub payout_path: Option<String>,
}

/// A profile.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    pack: Arc<Pack>,
    options: Options,
    account: AccountStart,
    personal: PersonalLimits,
    releases: BTreeMap<String, Vec<Release>>,
}

impl Profile {
    /// The profile of a new account: the options as the pack has them, no limits of one's own.
    #[must_use]
    pub fn new(pack: Arc<Pack>) -> Self {
        let program = pack.program();
        let account = AccountStart::new(&program.max_loss, program.start_balance);
        let daily_loss = match &program.daily_loss {
            DailyLoss::None => false,
            DailyLoss::Limit(limit) => limit.obligation != Obligation::OptionalOff,
        };
        let payout_path =
            program.payout.as_ref().and_then(|payout| payout.paths.first()).map(|path| path.id.clone());
        let options = Options { daily_loss, payout_path };
        Self { pack, options, account, personal: PersonalLimits::default(), releases: BTreeMap::new() }
    }

    /// The profile of a pack with these settings, each `KEY=VALUE`, in any order.
    ///
    /// # Errors
    /// The first setting that is not taken, with what would be.
    pub fn with_settings<'a>(
        pack: Arc<Pack>,
        settings: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SettingFault> {
        Self::new(pack).set(settings)
    }

    /// This profile with some settings changed, each `KEY=VALUE`, in any order.
    ///
    /// # Errors
    /// The first setting that is not taken, with what would be; then nothing is changed.
    pub fn set<'a>(&self, settings: impl IntoIterator<Item = &'a str>) -> Result<Self, SettingFault> {
        keys::set(self, settings)
    }

    /// What differs from a new account of the pack, each `KEY=VALUE`: [`Self::with_settings`] of them
    /// makes this profile again.
    #[must_use]
    pub fn settings(&self) -> Vec<String> {
        keys::settings(self)
    }

    /// Every setting that this profile's pack has, with its value now.
    #[must_use]
    pub fn all_settings(&self) -> Vec<Setting> {
        keys::all(self)
    }

    /// The pack.
    #[must_use]
    pub const fn pack(&self) -> &Arc<Pack> {
        &self.pack
    }

    /// What was chosen of its options.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Where the account stands when the desk takes it over.
    #[must_use]
    pub const fn account(&self) -> &AccountStart {
        &self.account
    }

    /// The trader's own limits.
    #[must_use]
    pub const fn personal(&self) -> &PersonalLimits {
        &self.personal
    }

    /// The same profile with other personal limits.
    #[must_use]
    pub fn with_personal(&self, personal: PersonalLimits) -> Self {
        Self { personal, ..self.clone() }
    }

    /// The daily loss limit of the pack, when it has one and it is on.
    #[must_use]
    pub fn daily_limit(&self) -> Option<&DailyLimit> {
        match &self.pack.program().daily_loss {
            DailyLoss::Limit(limit) if self.options.daily_loss => Some(limit),
            DailyLoss::Limit(_) | DailyLoss::None => None,
        }
    }

    /// The way to a payout that was chosen; `None` where the program has none.
    #[must_use]
    pub fn payout_path(&self) -> Option<&PayoutPath> {
        let id = self.options.payout_path.as_deref()?;
        self.pack.program().payout.as_ref()?.paths.iter().find(|path| path.id == id)
    }

    /// The largest position that the program and the trader allow now.
    #[must_use]
    pub fn position_max(&self, balances: Balances) -> Minis {
        let cap = self.pack.program().size.cap(balances);
        self.personal.position_max.map_or(cap, |own| own.min(cap))
    }

    /// The loss at which the desk acts as if a firm's limit was reached: [`PersonalLimits::act_at`] of
    /// it.
    #[must_use]
    pub fn acts_at(&self, limit: Money) -> Money {
        self.personal.act_at.of(limit)
    }

    /// The figures that the first day's limits depend on.
    #[must_use]
    pub const fn first_day(&self) -> DayStart {
        self.account.day_start()
    }

    /// The overlays that are applied: those of the pack without the ones that the trader has switched
    /// off, with the trader's effects and releases.
    #[must_use]
    pub fn overlays(&self) -> Vec<Overlay> {
        let mut applied = Vec::new();
        for overlay in self.pack.overlays() {
            let mut overlay = overlay.clone();
            match self.personal.overlays.get(&overlay.id) {
                Some(OverlayChoice::Off) => continue,
                Some(OverlayChoice::Warn) => overlay.effect = Effect::Warn,
                Some(OverlayChoice::Block) => overlay.effect = Effect::Block,
                None => {}
            }
            if let (OverlayRule::News(news), Some(own)) = (&mut overlay.rule, self.releases.get(&overlay.id))
            {
                news.releases.extend(own.iter().cloned());
            }
            applied.push(overlay);
        }
        applied
    }
}
