//! The rule pack of a run: the profile, the calendar beside it, and what the days were not sure of.

use std::collections::BTreeSet;
use std::sync::Arc;

use phantom_compliance::calendar::Certainty;
use phantom_compliance::pack::FeeTable;
use phantom_compliance::{Calendar, Pack, Profile};
use phantom_engine::{BeyondCalendar, RuleBook};
use phantom_model::{Instrument, Money, TradingDay};
use phantom_runtime::Listing;
use serde::{Serialize, Serializer};

use crate::args::ReplayOptions;
use crate::fault::Fault;

/// The rules that a run is under.
pub(crate) struct RunRules {
    pub(crate) profile: Arc<Profile>,
    calendar: Arc<Calendar>,
}

/// What a result says of the rules.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RulesRow<'a> {
    /// The pack's id.
    id: &'a str,
    /// The day on which its rules were checked.
    #[serde(serialize_with = "super::rows::text")]
    checked_on: jiff::civil::Date,
    /// What was set.
    settings: Vec<String>,
    /// `calendar_unverified` where a day is not in the calendar.
    markers: Vec<&'static str>,
    /// The trading days of which only the weekly hours are known.
    #[serde(serialize_with = "days")]
    unverified_days: Vec<TradingDay>,
}

impl RunRules {
    /// The rules that the command line asks for; `None` without `--profile`.
    ///
    /// # Errors
    /// No such pack, a file that is wrong, or a setting that the pack does not have.
    pub(crate) fn new(options: &ReplayOptions) -> Result<Option<Self>, Fault> {
        let Some(name) = &options.profile else { return Ok(None) };
        let pack = Arc::new(Pack::named(name)?);
        let settings = options.profile_set.iter().map(String::as_str);
        let profile = Arc::new(Profile::with_settings(pack, settings)?);
        Ok(Some(Self { profile, calendar: Calendar::built_in()? }))
    }

    /// The fee of one contract bought or sold: the pack's, where it has a table that knows it.
    pub(crate) fn fee_per_side(&self, instrument: &Instrument, otherwise: Money) -> Money {
        let fees = &self.profile.pack().firm().fees;
        match fees {
            FeeTable::None => otherwise,
            FeeTable::TopstepX | FeeTable::PerSide(_) | FeeTable::ByRoot(_) => {
                fees.per_side(instrument).unwrap_or(otherwise)
            }
        }
    }

    /// What the engine must know beside the profile.
    pub(crate) fn rule_book(&self, listing: &Listing) -> RuleBook {
        let contracts = listing.iter().map(|(_, contract)| contract.clone());
        RuleBook::new(Arc::clone(&self.calendar), contracts, BeyondCalendar::WeeklyHours)
    }

    /// What the result says of them, after a run over these trading days.
    pub(crate) fn row(&self, days: &BTreeSet<TradingDay>) -> RulesRow<'_> {
        let unsure = |day: &TradingDay| {
            let hours = self.calendar.day(phantom_compliance::ProductHours::EquityIndex, *day);
            hours.certainty == Certainty::OutsideCalendar
        };
        let unverified_days: Vec<TradingDay> = days.iter().copied().filter(unsure).collect();
        let marked = !unverified_days.is_empty();
        RulesRow {
            id: self.profile.pack().id(),
            checked_on: self.profile.pack().checked_on(),
            settings: self.profile.settings(),
            markers: marked.then_some("calendar_unverified").into_iter().collect(),
            unverified_days,
        }
    }
}

fn days<S: Serializer>(days: &[TradingDay], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(days.iter().map(TradingDay::to_string))
}

impl RulesRow<'_> {
    /// What a person is told below the table.
    pub(crate) fn words(&self) -> String {
        let days = self.unverified_days.len();
        let note = if days == 0 {
            String::new()
        } else {
            format!("; calendar_unverified: {days} days by the weekly hours alone")
        };
        format!("{}, checked {}{note}", self.id, self.checked_on)
    }
}
