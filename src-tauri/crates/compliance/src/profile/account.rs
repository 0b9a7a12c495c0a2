//! Where an account stands when the desk takes it over. From then on the desk keeps these figures
//! itself.

use phantom_model::Money;
use serde::{Deserialize, Serialize};

use crate::pack::{DayStart, MaxLoss};

/// Where the account stands when the desk takes it over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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

impl AccountStart {
    /// A new account.
    #[must_use]
    pub fn new(max_loss: &MaxLoss, start_balance: Money) -> Self {
        Self {
            start_balance,
            eod_balance: start_balance,
            peak_eod_balance: start_balance,
            peak_equity: start_balance,
            floor: max_loss.first_floor(start_balance),
            best_day: Money::ZERO,
            trading_days: 0,
            payouts: 0,
        }
    }

    /// The same account with another balance at the last end of day. What follows from it follows: the
    /// peaks are at least that, and the floor is where the rule puts it.
    pub(super) fn take_eod_balance(&mut self, max_loss: &MaxLoss, balance: Money) {
        self.eod_balance = balance;
        self.take_peak_eod_balance(max_loss, self.peak_eod_balance.max(balance));
    }

    /// The same account with another highest balance at an end of day.
    pub(super) fn take_peak_eod_balance(&mut self, max_loss: &MaxLoss, balance: Money) {
        self.peak_eod_balance = balance;
        self.floor = max_loss.floor_after_day(self.start_balance, self.floor, balance);
        self.take_peak_equity(max_loss, self.peak_equity.max(balance));
    }

    /// The same account with another highest equity.
    pub(super) fn take_peak_equity(&mut self, max_loss: &MaxLoss, equity: Money) {
        self.peak_equity = equity;
        self.floor = max_loss.floor_after_peak(self.start_balance, self.floor, equity);
    }

    /// The same account with another number of payouts.
    pub(super) fn take_payouts(&mut self, max_loss: &MaxLoss, payouts: u32) {
        self.payouts = payouts;
        if payouts > 0 {
            self.floor = max_loss.floor_after_first_payout(self.floor);
        }
    }

    /// The figures that a day's limits depend on.
    #[must_use]
    pub const fn day_start(&self) -> DayStart {
        let Self { start_balance, eod_balance, peak_eod_balance, floor, .. } = *self;
        DayStart { start_balance, eod_balance, peak_eod_balance, floor }
    }
}
