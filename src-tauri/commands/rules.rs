//! The rules of the account: what holds, what is left, what can be chosen, the lock for the day.

use std::sync::Arc;

use phantom_compliance::pack::Source;
use phantom_compliance::rules::Until;
use phantom_compliance::{Pack, Profile};
use phantom_engine::rules::Act;
use phantom_engine::rules::panel::{Level, Panel, RuleRow};
use phantom_engine::{HaltChange, Origin, RulesInput};
use phantom_model::{ContractId, Timestamp};
use phantom_wire::{
    AllowedRow, LockoutRow, PackRow, RuleAct, RuleLevel, RuleSetting, RuleUse, RulesChoice, RulesPanel,
    SettingFault, SourceRow, WireFault,
};
use tauri::State;

use super::body::Body;
use crate::error::of_desk;
use crate::session::Session;
use crate::shell::Shell;

/// The rules as they stand, with what may still be opened in these symbols.
#[tauri::command(rename = "rulesPanel")]
pub(crate) async fn rules_panel(
    shell: State<'_, Shell>,
    symbols: Body<Vec<String>>,
) -> Result<RulesPanel, WireFault> {
    let session = shell.session();
    let known = |symbol: &String| session.listing().resolve(symbol).ok().map(|listed| listed.contract);
    let contracts: Vec<ContractId> = symbols.0.iter().filter_map(known).collect();
    let panel = session.desk().panel(contracts).await.map_err(of_desk)?;
    Ok(panel_of(&session, panel))
}

/// The packs that come with the program.
#[tauri::command(rename = "rulePacks")]
pub(crate) async fn rule_packs() -> Result<Vec<PackRow>, WireFault> {
    let packs = Pack::shipped().map_err(|fault| WireFault::BadRequest(fault.to_string()))?;
    let row = |pack: &Pack| PackRow {
        id: pack.id().to_owned(),
        title: pack.title().to_owned(),
        checked_on: pack.checked_on().to_string(),
        sources: pack.sources().iter().map(source_row).collect(),
    };
    Ok(packs.iter().map(row).collect())
}

/// Every setting of a pack with its value, these settings made; nothing is chosen by it.
#[tauri::command(rename = "ruleSettings")]
pub(crate) async fn rule_settings(choice: Body<RulesChoice>) -> Result<Vec<RuleSetting>, WireFault> {
    let profile = profile_of(&choice.0).map_err(WireFault::SettingsInvalid)?;
    let row = |it: phantom_compliance::profile::Setting| RuleSetting {
        key: it.key,
        right: it.right,
        value: it.value,
    };
    Ok(profile.all_settings().into_iter().map(row).collect())
}

/// Locks the account until a time, or until the next session: it is closed out and nothing opens. It cannot
/// be undone.
#[tauri::command(rename = "lockOut")]
pub(crate) async fn lock_out(shell: State<'_, Shell>, until: Body<Option<String>>) -> Result<(), WireFault> {
    let session = shell.session();
    let until = match until.0 {
        None => None,
        Some(text) => {
            let bad = |why: &str| WireFault::BadRequest(format!("{text:?} {why}"));
            let until: jiff::Timestamp =
                text.parse().map_err(|_| bad("is no time such as 2026-11-23T23:00:00Z"))?;
            let until = Timestamp::from(until);
            let now = session.desk().marks().await.map_err(of_desk)?.at;
            if until <= now {
                return Err(bad("has come already"));
            }
            Some(until)
        }
    };
    session.desk().rules(RulesInput::LockOut { until, origin: Origin::Window }).map_err(of_desk)
}

/// No limit can be loosened before the next session.
#[tauri::command(rename = "lockLimits")]
pub(crate) async fn lock_limits(shell: State<'_, Shell>) -> Result<(), WireFault> {
    shell.session().desk().rules(RulesInput::LockLimits { origin: Origin::Window }).map_err(of_desk)
}

/// A person has looked at what ran away: entries are on again.
#[tauri::command(rename = "switchOn")]
pub(crate) async fn switch_on(shell: State<'_, Shell>) -> Result<(), WireFault> {
    shell.session().desk().halt(HaltChange::SwitchOn, Origin::Window).map_err(of_desk)
}

/// The profile of a choice.
///
/// # Errors
/// The pack or the first setting that is not taken, with what would be.
pub(crate) fn profile_of(choice: &RulesChoice) -> Result<Arc<Profile>, SettingFault> {
    let fault = |field: &str, message: String| SettingFault { field: field.to_owned(), message };
    let pack = Pack::named(&choice.pack).map_err(|error| fault("rules.pack", error.to_string()))?;
    let settings = choice.settings.iter().map(String::as_str);
    let profile = Profile::with_settings(Arc::new(pack), settings);
    profile.map(Arc::new).map_err(|error| fault("rules.settings", error.to_string()))
}

fn panel_of(session: &Session, panel: Panel) -> RulesPanel {
    let time = |at: Timestamp| at.to_string();
    let count = |contracts: u64| u32::try_from(contracts).unwrap_or(u32::MAX);
    let allowed = panel.contracts.into_iter().map(|row| AllowedRow {
        symbol: session.listing().root(row.contract).to_owned(),
        buy: count(row.buy),
        sell: count(row.sell),
        reason: row.reason,
        flatten_at: row.flatten_at.map(time),
        flat_by: row.flat_by.map(time),
    });
    let lockouts = panel.lockouts.iter().map(|lock| LockoutRow {
        cause: lock.cause.code().to_owned(),
        words: lock.cause.words().to_owned(),
        since: lock.since.to_string(),
        until: match lock.until {
            Until::Session(opens) => Some(opens.to_string()),
            Until::Ever => None,
        },
    });
    RulesPanel {
        at: panel.at.to_string(),
        pack: panel.pack.map(|id| id.to_string()),
        checked_on: panel.checked_on.map(|day| day.to_string()),
        unusable: panel.unusable.map(|why| why.to_string()),
        balance: panel.balance.cents_text(),
        equity: panel.equity.cents_text(),
        result: panel.result.cents_text(),
        worst_equity: panel.worst_equity.cents_text(),
        floor: panel.floor.map(phantom_model::Money::cents_text),
        floor_tomorrow: panel.floor_tomorrow.map(phantom_model::Money::cents_text),
        rules: panel.rules.iter().map(rule_use).collect(),
        size: panel.size.map(|size| crate::stream::standing::limit_use(size.in_use, size.limit)),
        trades_used: panel.trades.map(|trades| trades.used),
        trades_max: panel.trades.and_then(|trades| trades.max),
        lockouts: lockouts.collect(),
        run_away: panel.run_away.map(|it| it.code().to_owned()),
        limits_locked_until: panel.limits_locked_until.map(time),
        planned: panel.planned,
        lifts: panel.lifts,
        allowed: allowed.collect(),
    }
}

fn source_row(source: &Source) -> SourceRow {
    let (title, url) = (source.title.clone(), source.url.clone());
    SourceRow { title, url, read_on: source.read_on.to_string() }
}

fn rule_use(row: &RuleRow) -> RuleUse {
    RuleUse {
        rule: row.rule.code().to_owned(),
        words: row.rule.words().to_owned(),
        firms: row.firms,
        used: row.used.used.cents_text(),
        limit: row.used.limit.cents_text(),
        line: row.line.cents_text(),
        distance: row.distance.cents_text(),
        percent: row.used.percent(),
        by_equity: row.by_equity,
        act: match row.act {
            Act::Warn => RuleAct::Warn,
            Act::Flatten => RuleAct::Flatten,
            Act::Lock => RuleAct::Lock,
            Act::Fail => RuleAct::Fail,
        },
        level: match row.level {
            Level::Fine => RuleLevel::Fine,
            Level::Warned(_) => RuleLevel::Warned,
            Level::Reached => RuleLevel::Reached,
        },
    }
}
