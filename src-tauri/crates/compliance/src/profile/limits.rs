//! The settings of the trader's own limits.

use std::collections::BTreeSet;

use phantom_model::{InstrumentTable, Span, Timestamp};

use super::Profile;
use super::keys::{Bad, Key, OFF, amount, optional, positive, whole, word, word_of};
use crate::pack::file::overlays::read_moment;
use crate::pack::file::sizes::read_minis;
use crate::pack::reader::{plain_decimal, read_clock};
use crate::pack::{Effect, OverlayRule, Release, Share, TradeCounting};
use crate::personal::{LimitAction, LossTrail, PersonalLoss, PersonalProfit, PersonalTrades};

const ACTIONS: [(&str, LimitAction); 3] = [
    ("warn", LimitAction::Warn),
    ("flatten", LimitAction::Flatten),
    ("flatten_and_lock", LimitAction::FlattenAndLock),
];

const TRAILS: [(&str, LossTrail); 3] =
    [("fixed", LossTrail::Fixed), ("realised", LossTrail::Realised), ("unrealised", LossTrail::Unrealised)];

const COUNTINGS: [(&str, TradeCounting); 2] =
    [("entries", TradeCounting::Entries), ("entries_and_exits", TradeCounting::EntriesAndExits)];

const EFFECTS: [(&str, Effect); 2] = [("warn", Effect::Warn), ("block", Effect::Block)];

const ACTION_WORDS: &str = "warn, flatten or flatten_and_lock";
const SIZE: &str = "a size in minis such as 5 or 0.5, or off";
const MINUTE_MILLIS: u32 = 60_000;

/// The longest time before the firm's end at which the desk may be told to close, in minutes.
const FLATTEN_BEFORE_MAX_MIN: u32 = 480;

/// In the order in which they need one another.
pub(super) const LIMITS: &[Key] = &[
    Key {
        name: "personal_daily_loss",
        right: "an amount of US dollars above zero, or off",
        set: |it, text| {
            let (trail, action) = loss_of(it)
                .map_or((LossTrail::Fixed, LimitAction::FlattenAndLock), |loss| (loss.trail, loss.action));
            let amount = optional(text, positive)?;
            it.personal.daily_loss = amount.map(|amount| PersonalLoss { amount, trail, action });
            Ok(())
        },
        get: |it| loss_of(it).map_or(OFF.to_owned(), |loss| amount(loss.amount)),
    },
    Key {
        name: "personal_daily_loss_trail",
        right: "fixed, realised or unrealised",
        set: |it, text| {
            let trail = word(&TRAILS, text)?;
            it.personal.daily_loss.as_mut().ok_or_else(|| needs("personal_daily_loss"))?.trail = trail;
            Ok(())
        },
        get: |it| loss_of(it).map_or(OFF.to_owned(), |loss| word_of(&TRAILS, &loss.trail)),
    },
    Key {
        name: "personal_daily_loss_action",
        right: ACTION_WORDS,
        set: |it, text| {
            let action = word(&ACTIONS, text)?;
            it.personal.daily_loss.as_mut().ok_or_else(|| needs("personal_daily_loss"))?.action = action;
            Ok(())
        },
        get: |it| loss_of(it).map_or(OFF.to_owned(), |loss| word_of(&ACTIONS, &loss.action)),
    },
    Key {
        name: "personal_daily_profit",
        right: "an amount of US dollars above zero, or off",
        set: |it, text| {
            let action = it.personal.daily_profit.map_or(LimitAction::FlattenAndLock, |target| target.action);
            let amount = optional(text, positive)?;
            it.personal.daily_profit = amount.map(|amount| PersonalProfit { amount, action });
            Ok(())
        },
        get: |it| it.personal.daily_profit.map_or(OFF.to_owned(), |target| amount(target.amount)),
    },
    Key {
        name: "personal_daily_profit_action",
        right: ACTION_WORDS,
        set: |it, text| {
            let action = word(&ACTIONS, text)?;
            it.personal.daily_profit.as_mut().ok_or_else(|| needs("personal_daily_profit"))?.action = action;
            Ok(())
        },
        get: |it| it.personal.daily_profit.map_or(OFF.to_owned(), |target| word_of(&ACTIONS, &target.action)),
    },
    Key {
        name: "personal_trade_count",
        right: "a whole number of trades from 0 to 100000, or off",
        set: |it, text| {
            let counting = it.personal.trades.map_or(TradeCounting::Entries, |trades| trades.counting);
            let max = optional(text, |text| whole(text, 0, 100_000))?;
            it.personal.trades = max.map(|max| PersonalTrades { max, counting });
            Ok(())
        },
        get: |it| it.personal.trades.map_or(OFF.to_owned(), |trades| trades.max.to_string()),
    },
    Key {
        name: "personal_trade_counting",
        right: "entries or entries_and_exits",
        set: |it, text| {
            let counting = word(&COUNTINGS, text)?;
            it.personal.trades.as_mut().ok_or_else(|| needs("personal_trade_count"))?.counting = counting;
            Ok(())
        },
        get: |it| it.personal.trades.map_or(OFF.to_owned(), |trades| word_of(&COUNTINGS, &trades.counting)),
    },
    Key {
        name: "personal_position_max",
        right: SIZE,
        set: |it, text| {
            it.personal.position_max = optional(text, read_minis)?;
            Ok(())
        },
        get: |it| it.personal.position_max.map_or(OFF.to_owned(), |size| size.to_string()),
    },
    Key {
        name: "order_max",
        right: SIZE,
        set: |it, text| {
            it.personal.order_max = optional(text, read_minis)?;
            Ok(())
        },
        get: |it| it.personal.order_max.map_or(OFF.to_owned(), |size| size.to_string()),
    },
    Key {
        name: "flat_by",
        right: "a time in Chicago such as 15:00, or off",
        set: set_flat_by,
        get: |it| it.personal.flat_by.map_or(OFF.to_owned(), |time| time.strftime("%H:%M").to_string()),
    },
    Key {
        name: "flatten_before_min",
        right: "a whole number of minutes from 0 to 480",
        set: |it, text| {
            let minutes = whole(text, 0, FLATTEN_BEFORE_MAX_MIN).ok_or(Bad::Form)?;
            it.personal.flatten_before = Span::from_millis(minutes * MINUTE_MILLIS);
            Ok(())
        },
        get: |it| (it.personal.flatten_before.nanos() / Span::from_millis(MINUTE_MILLIS).nanos()).to_string(),
    },
    Key {
        name: "symbol_blocked",
        right: "roots with commas between them, such as NQ,MNQ, or off",
        set: set_blocked,
        get: |it| {
            let roots: Vec<_> = it.personal.blocked.iter().map(String::as_str).collect();
            if roots.is_empty() { OFF.to_owned() } else { roots.join(",") }
        },
    },
    Key {
        name: "price_collar_ticks",
        right: "a whole number of ticks from 1 to 100000, or off",
        set: |it, text| {
            it.personal.price_collar_ticks = optional(text, |text| whole(text, 1, 100_000))?;
            Ok(())
        },
        get: |it| it.personal.price_collar_ticks.map_or(OFF.to_owned(), |ticks| ticks.to_string()),
    },
    Key {
        name: "act_at",
        right: "a share of the firm's limit such as 0.9, above 0 and at most 1",
        set: |it, text| {
            it.personal.act_at = share(text).ok_or(Bad::Form)?;
            Ok(())
        },
        get: |it| it.personal.act_at.decimal().to_string(),
    },
    Key {
        name: "warn_at",
        right: "ascending shares such as 0.5,0.75,0.9, or off",
        set: set_warn_at,
        get: |it| {
            let levels: Vec<_> =
                it.personal.warn_at.iter().map(|level| level.decimal().to_string()).collect();
            if levels.is_empty() { OFF.to_owned() } else { levels.join(",") }
        },
    },
    Key {
        name: "worst_case",
        right: "warn or block",
        set: |it, text| {
            it.personal.worst_case = word(&EFFECTS, text)?;
            Ok(())
        },
        get: |it| word_of(&EFFECTS, &it.personal.worst_case),
    },
    Key { name: "news_release", right: NEWS_RIGHT, set: set_releases, get: releases_text },
];

const NEWS_RIGHT: &str = "releases with commas between them, each the id of an overlay, @, and a moment in Chicago, such as cpi@2026-12-10T07:30, or off";

fn loss_of(profile: &Profile) -> Option<PersonalLoss> {
    profile.personal.daily_loss
}

fn needs(key: &str) -> Bad {
    Bad::Because(format!("needs {key}=AMOUNT"))
}

fn share(text: &str) -> Option<Share> {
    Share::from_decimal(plain_decimal(text)?).filter(|share| *share <= Share::WHOLE)
}

fn set_flat_by(profile: &mut Profile, text: &str) -> Result<(), Bad> {
    let time = optional(text, read_clock)?;
    let firm = profile.pack.firm().times.flat_by;
    let latest = firm.unwrap_or(crate::pack::times::DAY_END);
    if time.is_some_and(|time| time > latest) {
        return Err(Bad::Because(format!("must not be after {}", latest.strftime("%H:%M in Chicago"))));
    }
    profile.personal.flat_by = time;
    Ok(())
}

fn set_blocked(profile: &mut Profile, text: &str) -> Result<(), Bad> {
    let mut blocked = BTreeSet::new();
    if text != OFF {
        let table = InstrumentTable::built_in().map_err(|fault| Bad::Because(fault.to_string()))?;
        for root in text.split(',').map(str::trim) {
            let known = table.resolve(root).map(|it| it.root().to_owned());
            blocked.insert(known.ok_or_else(|| Bad::Because(format!("no instrument {root:?}")))?);
        }
    }
    profile.personal.blocked = blocked;
    Ok(())
}

fn set_warn_at(profile: &mut Profile, text: &str) -> Result<(), Bad> {
    let mut levels: Vec<Share> = Vec::new();
    if text != OFF {
        for level in text.split(',').map(str::trim) {
            let level = share(level).ok_or(Bad::Form)?;
            if levels.last().is_some_and(|last| *last >= level) {
                return Err(Bad::Form);
            }
            levels.push(level);
        }
    }
    profile.personal.warn_at = levels;
    Ok(())
}

/// Replaces the trader's own releases.
fn set_releases(profile: &mut Profile, text: &str) -> Result<(), Bad> {
    let mut releases = std::collections::BTreeMap::<String, Vec<Release>>::new();
    if text != OFF {
        for release in text.split(',').map(str::trim) {
            let (id, moment) = release.split_once('@').ok_or(Bad::Form)?;
            let at = read_moment(moment).ok_or(Bad::Form)?;
            let overlays = profile.pack.overlays().iter();
            let news: Vec<_> = overlays.filter(|it| matches!(it.rule, OverlayRule::News(_))).collect();
            let Some(overlay) = news.iter().find(|overlay| overlay.id == id) else {
                let ids: Vec<_> = news.iter().map(|overlay| overlay.id.as_str()).collect();
                let there = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
                return Err(Bad::Because(format!("no news overlay {id:?}; there are: {there}")));
            };
            let name = overlay.title.clone();
            releases.entry(id.to_owned()).or_default().push(Release { name, at });
        }
    }
    profile.releases = releases;
    Ok(())
}

fn releases_text(profile: &Profile) -> String {
    let all = profile.releases.iter().flat_map(|(id, releases)| releases.iter().map(move |it| (id, it.at)));
    let words: Vec<_> = all.map(|(id, at)| format!("{id}@{}", moment_text(at))).collect();
    if words.is_empty() { OFF.to_owned() } else { words.join(",") }
}

/// As [`read_moment`] reads it: UTC, so that it means one moment.
fn moment_text(at: Timestamp) -> String {
    at.to_string()
}
