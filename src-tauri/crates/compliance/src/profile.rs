//! A profile: a rule pack, what was chosen of its options, where the account stands when the desk
//! takes it over, and the trader's own limits.

use std::sync::Arc;

use phantom_model::Money;

use crate::pack::{DailyLimit, DailyLoss, DayStart, Obligation, Pack, PayoutPath};
use crate::personal::PersonalLimits;

/// Where the account stands when the desk takes it over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountStart {
    /// The balance that it began its life with.
    pub start_balance: Money,
    /// The balance at the last end of day.
    pub eod_balance: Money,
    /// The highest balance at any end of day.
    pub peak_eod_balance: Money,
    /// The highest equity ever, open profit included.
    pub peak_equity: Money,
    /// The floor of the maximum loss.
    pub floor: Money,
    /// The net profit of the best trading day so far; zero without a winning day.
    pub best_day: Money,
    /// Trading days so far.
    pub trading_days: u32,
    /// Payouts taken so far.
    pub payouts: u32,
}

/// What was chosen of the options of a pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Whether the daily loss limit of the pack holds.
    pub daily_loss: bool,
    /// The id of the way to a payout; `None` where the program has none.
    pub payout_path: Option<String>,
}

/// A profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    pub(crate) pack: Arc<Pack>,
    pub(crate) options: Options,
    pub(crate) account: AccountStart,
    pub(crate) personal: PersonalLimits,
}

impl Profile {
    /// The profile of a new account: the options as the pack has them, no limits of one's own.
    #[must_use]
    pub fn new(pack: Arc<Pack>) -> Self {
        let program = pack.program();
        let (start, max_loss) = (program.start_balance, program.max_loss);
        let account = AccountStart {
            start_balance: start,
            eod_balance: start,
            peak_eod_balance: start,
            peak_equity: start,
            floor: max_loss.first_floor(start),
            best_day: Money::ZERO,
            trading_days: 0,
            payouts: 0,
        };
        let daily_loss = match &program.daily_loss {
            DailyLoss::None => false,
            DailyLoss::Limit(limit) => limit.obligation != Obligation::OptionalOff,
        };
        let payout_path =
            program.payout.as_ref().and_then(|payout| payout.paths.first()).map(|path| path.id.clone());
        let options = Options { daily_loss, payout_path };
        Self { pack, options, account, personal: PersonalLimits::default() }
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

    /// The figures that the first day's limits depend on.
    #[must_use]
    pub const fn first_day(&self) -> DayStart {
        let AccountStart { start_balance, eod_balance, peak_eod_balance, floor, .. } = self.account;
        DayStart { start_balance, eod_balance, peak_eod_balance, floor }
    }
}
