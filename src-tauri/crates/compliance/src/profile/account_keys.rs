//! The settings of the account and of the options of its pack.

use phantom_model::Money;

use super::Profile;
use super::keys::{Bad, Key, amount, whole, word, word_of};
use crate::pack::reader::read_money;
use crate::pack::{DailyLoss, MaxLoss, Obligation};

const SWITCH: [(&str, bool); 2] = [("on", true), ("off", false)];

/// An amount of any sign, as a setting may hold it.
const AMOUNT: &str = "an amount of US dollars with at most four decimals, such as 51250.75";

/// A trader's count of days and payouts stays below this.
const COUNT_MAX: u32 = 100_000;

/// In the order in which they follow from one another.
pub(super) const ACCOUNT: &[Key] = &[
    Key {
        name: "daily_loss",
        right: "on or off",
        set: set_daily_loss,
        get: |it| word_of(&SWITCH, &it.options.daily_loss),
    },
    Key {
        name: "payout_path",
        right: "the id of a way to a payout",
        set: set_payout_path,
        get: |it| it.options.payout_path.clone().unwrap_or_else(|| "none".to_owned()),
    },
    Key {
        name: "start_balance",
        right: AMOUNT,
        set: |it, text| {
            let balance = money(text)?;
            let rule = max_loss(it);
            it.account = super::AccountStart::new(&rule, balance);
            Ok(())
        },
        get: |it| amount(it.account.start_balance),
    },
    Key {
        name: "eod_balance",
        right: AMOUNT,
        set: |it, text| {
            let (rule, balance) = (max_loss(it), money(text)?);
            it.account.take_eod_balance(&rule, balance);
            above_floor(it)
        },
        get: |it| amount(it.account.eod_balance),
    },
    Key {
        name: "peak_eod_balance",
        right: AMOUNT,
        set: |it, text| {
            let (rule, balance) = (max_loss(it), money(text)?);
            at_least(balance, it.account.eod_balance, "eod_balance")?;
            it.account.take_peak_eod_balance(&rule, balance);
            above_floor(it)
        },
        get: |it| amount(it.account.peak_eod_balance),
    },
    Key {
        name: "peak_equity",
        right: AMOUNT,
        set: |it, text| {
            let (rule, equity) = (max_loss(it), money(text)?);
            at_least(equity, it.account.peak_eod_balance, "peak_eod_balance")?;
            it.account.take_peak_equity(&rule, equity);
            above_floor(it)
        },
        get: |it| amount(it.account.peak_equity),
    },
    Key {
        name: "payouts",
        right: "how many payouts were taken, a whole number",
        set: |it, text| {
            let (rule, payouts) = (max_loss(it), whole(text, 0, COUNT_MAX).ok_or(Bad::Form)?);
            it.account.take_payouts(&rule, payouts);
            above_floor(it)
        },
        get: |it| it.account.payouts.to_string(),
    },
    Key {
        name: "floor",
        right: AMOUNT,
        set: |it, text| {
            let floor = money(text)?;
            let first = max_loss(it).first_floor(it.account.start_balance);
            at_least(floor, first, "the first floor: a floor never falls")?;
            it.account.floor = floor;
            above_floor(it)
        },
        get: |it| amount(it.account.floor),
    },
    Key {
        name: "best_day",
        right: "an amount of US dollars, not below zero",
        set: |it, text| {
            it.account.best_day = money(text)?;
            if it.account.best_day < Money::ZERO { Err(Bad::Form) } else { Ok(()) }
        },
        get: |it| amount(it.account.best_day),
    },
    Key {
        name: "trading_days",
        right: "how many days were traded, a whole number",
        set: |it, text| {
            it.account.trading_days = whole(text, 0, COUNT_MAX).ok_or(Bad::Form)?;
            Ok(())
        },
        get: |it| it.account.trading_days.to_string(),
    },
];

fn money(text: &str) -> Result<Money, Bad> {
    read_money(text).ok_or(Bad::Form)
}

fn max_loss(profile: &Profile) -> MaxLoss {
    profile.pack.program().max_loss
}

fn at_least(amount: Money, least: Money, what: &str) -> Result<(), Bad> {
    if amount >= least { Ok(()) } else { Err(Bad::Because(format!("must not be below {least}, {what}"))) }
}

/// An account at or below its floor has ended: there is nothing to trade.
fn above_floor(profile: &Profile) -> Result<(), Bad> {
    let (balance, floor) = (profile.account.eod_balance, profile.account.floor);
    if MaxLoss::is_breached(floor, balance) {
        return Err(Bad::Because(format!(
            "the balance {balance} would be at or below the floor {floor}: the account has ended"
        )));
    }
    Ok(())
}

fn set_daily_loss(profile: &mut Profile, text: &str) -> Result<(), Bad> {
    let on = word(&SWITCH, text)?;
    let pack = profile.pack.clone();
    match &pack.program().daily_loss {
        DailyLoss::None if on => Err(Bad::Because(format!(
            "{} has no daily loss limit; personal_daily_loss=AMOUNT is one of your own",
            pack.id()
        ))),
        DailyLoss::Limit(limit) if limit.obligation == Obligation::Mandatory && !on => {
            Err(Bad::Because(format!("the daily loss limit of {} cannot be switched off", pack.id())))
        }
        DailyLoss::None | DailyLoss::Limit(_) => {
            profile.options.daily_loss = on;
            Ok(())
        }
    }
}

fn set_payout_path(profile: &mut Profile, text: &str) -> Result<(), Bad> {
    let pack = profile.pack.clone();
    let Some(payout) = &pack.program().payout else {
        return Err(Bad::Because(format!("{} has no payouts", pack.id())));
    };
    let ids: Vec<_> = payout.paths.iter().map(|path| path.id.as_str()).collect();
    if !ids.contains(&text) {
        return Err(Bad::Because(format!("there are: {}", ids.join(", "))));
    }
    profile.options.payout_path = Some(text.to_owned());
    Ok(())
}
