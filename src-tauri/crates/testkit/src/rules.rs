//! Rules in a test: a shipped pack with settings, and the calendar beside the four contracts.

use std::sync::Arc;

use phantom_compliance::{Calendar, Pack, Profile};
use phantom_engine::{BeyondCalendar, Input, Origin, RuleBook, RulesInput};
use phantom_model::{InstrumentTable, Timestamp, front_contract, trading_day};

use crate::contracts::roots;

/// A shipped pack with these settings, each `KEY=VALUE`.
#[must_use]
pub fn profile(pack: &str, settings: &[&str]) -> Arc<Profile> {
    let pack = Arc::new(Pack::named(pack).unwrap());
    Arc::new(Profile::with_settings(pack, settings.iter().copied()).unwrap())
}

/// The exchange's calendar, and the front months at a moment of the contracts of the test world.
#[must_use]
pub fn rule_book(at: Timestamp) -> RuleBook {
    let table = InstrumentTable::built_in().unwrap();
    let front = |root: &str| front_contract(table.resolve(root).unwrap(), trading_day(at)).unwrap();
    let listed: Vec<_> = roots().map(front).collect();
    RuleBook::new(Calendar::built_in().unwrap(), listed, BeyondCalendar::WeeklyHours)
}

/// A moment, from its text: `2026-11-24T15:00:00Z`.
#[must_use]
pub fn moment(text: &str) -> Timestamp {
    Timestamp::from(text.parse::<jiff::Timestamp>().unwrap())
}

/// The rules come into force, by a click.
#[must_use]
pub const fn adopt(profile: Arc<Profile>) -> Input {
    Input::Rules(RulesInput::Adopt { profile, fresh: false, origin: Origin::Window })
}
