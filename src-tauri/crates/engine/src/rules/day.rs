//! The trading day of the account: what has ended is counted, what begins starts from there.
//!
//! A day ends, and a lock, when the market itself trades at or after the moment: a clock that is wrong,
//! or was moved, neither begins a day nor ends a lock.

use phantom_compliance::Profile;
use phantom_compliance::pack::{Balances, DayStart};
use phantom_model::{Money, Timestamp, TradingDay};

use crate::engine::{Engine, Now};
use crate::rule_fact::{AccountId, Figures, RuleFact};

/// What a day has come to.
#[derive(Clone, Copy)]
struct DayEnd {
    balance: Money,
    equity: Money,
    traded: bool,
}

impl Engine {
    /// The market trades at a moment at which a day or a lock ends.
    #[inline(never)]
    pub(crate) fn market_time(&mut self, now: &mut Now<'_>, at: Timestamp) {
        if self.counted().is_some_and(|it| at >= it.figures.day_ends) {
            self.begin_rule_day(now, at);
        }
        let over = self.book.account().lockouts().iter().filter(|lock| lock.until.is_over_at(at));
        let causes: Vec<_> = over.map(|lock| lock.cause).collect();
        for cause in causes {
            // Of two locks of one rule the longer one holds.
            let mut locks = self.book.account().lockouts().iter().filter(|lock| lock.cause == cause);
            if locks.all(|lock| lock.until.is_over_at(at)) {
                self.rule(now, RuleFact::Unlocked { cause });
            }
        }
        self.adopt_planned(now, at);
        self.look_rules_up();
        self.rules_due(now);
    }

    fn begin_rule_day(&mut self, now: &mut Now<'_>, at: Timestamp) {
        let Some(it) = self.counted() else { return };
        let account = self.book.account();
        let traded = account.trades(phantom_compliance::pack::TradeCounting::EntriesAndExits) > 0;
        let end = DayEnd { balance: it.balance, equity: it.balance + self.unrealized_total(), traded };
        let figures = Box::new(next_day(it.profile, it.figures, end, at));
        self.rule(now, RuleFact::DayBegan { figures });
        // The exchange's price limits count from the session before; its own settlement is not told to us.
        for mark in self.marks.rows_mut() {
            mark.reference = mark.last;
        }
    }

    /// The figures of an account that the desk takes over at a moment.
    pub(crate) fn first_figures(&self, profile: &Profile, at: Timestamp) -> Figures {
        let account = profile.account();
        let at_day_start: Money = self
            .book
            .positions()
            .iter()
            .map(|(_, position)| position.at_day_start.0 - position.at_day_start.1)
            .sum();
        let opening = account.eod_balance - at_day_start;
        let before = self.book.account().figures();
        let number = before.map_or(0, |figures| figures.account.number().saturating_add(1));
        let figures = Figures {
            account: AccountId::new(number),
            start_balance: account.start_balance,
            opening,
            eod_balance: account.eod_balance,
            peak_eod_balance: account.peak_eod_balance,
            day_start_equity: account.eod_balance,
            day_peak_balance: account.eod_balance,
            day_peak_equity: account.eod_balance,
            peak_equity: account.peak_equity.max(account.eod_balance),
            floor: account.floor,
            daily_limit: None,
            cap: phantom_compliance::Minis::ZERO,
            day: TradingDay::of(at),
            day_ends: TradingDay::next_begins(at),
            best_day: account.best_day,
            trading_days: account.trading_days,
            payouts: account.payouts,
        };
        with_limits(profile, figures)
    }
}

/// The figures of the day that begins at `at`, after one that has come to `end`.
fn next_day(profile: &Profile, before: &Figures, end: DayEnd, at: Timestamp) -> Figures {
    let DayEnd { balance, equity, traded } = end;
    let max_loss = profile.pack().program().max_loss;
    let profit = balance - before.eod_balance;
    let figures = Figures {
        eod_balance: balance,
        peak_eod_balance: before.peak_eod_balance.max(balance),
        day_start_equity: equity,
        day_peak_balance: balance,
        day_peak_equity: equity,
        floor: max_loss.floor_after_day(before.start_balance, before.floor, balance),
        day: TradingDay::of(at),
        day_ends: TradingDay::next_begins(at),
        best_day: before.best_day.max(profit),
        trading_days: before.trading_days.saturating_add(u32::from(traded)),
        ..*before
    };
    with_limits(profile, figures)
}

/// The limits that a day's first figures give.
pub(crate) fn with_limits(profile: &Profile, figures: Figures) -> Figures {
    let Figures { start_balance, eod_balance, peak_eod_balance, floor, .. } = figures;
    let day = DayStart { start_balance, eod_balance, peak_eod_balance, floor };
    let balances = Balances { eod: eod_balance, equity: figures.day_start_equity };
    Figures {
        daily_limit: profile.daily_limit().map(|limit| limit.effective(&day)),
        cap: profile.pack().program().size.cap(balances),
        ..figures
    }
}
