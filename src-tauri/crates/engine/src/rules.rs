//! The rules that act by themselves, and what the gate must know of them.
//!
//! What was counted is of record, in the book's account. What the rules say is in the profile that the
//! facts brought into force; the calendar and the contracts' names are told to the engine beside it.
//! On the way of a quiet trade there are two comparisons with cached amounts of open profit and one with
//! a cached time: everything else happens on fills, on facts and at boundaries of the clock.

mod act;
mod adopt;
mod day;
mod exposure;
mod hours;
mod lines;
pub mod panel;
mod rates;
mod standing;
pub mod verdict;
mod watch;

use std::sync::Arc;

use phantom_compliance::pack::{Contracts, Hedging};
use phantom_compliance::rule_standing::Product;
use phantom_compliance::{Calendar, ProductHours, Profile};
use phantom_model::{Arena, Contract, ContractId, Money, NetQty, Timestamp, front_contract};

pub(crate) use exposure::Exposure;
pub(crate) use hours::HoursNow;
pub use lines::Act;
pub(crate) use watch::Watch;

use crate::engine::Engine;

/// What the rules need to know that is in no fact and in no profile.
#[derive(Clone, Debug)]
pub struct RuleBook {
    calendar: Arc<Calendar>,
    contracts: Arena<ContractId, Contract>,
    beyond: BeyondCalendar,
}

/// What holds on days that the calendar does not know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BeyondCalendar {
    /// The weekly hours, as they are every week: for replays of the past.
    WeeklyHours,
    /// Nothing opens: for a live desk, whose calendar has run out.
    NothingOpens,
}

impl RuleBook {
    /// The calendar, the traded contracts in the engine's order, and what holds beyond the calendar.
    #[must_use]
    pub fn new(
        calendar: Arc<Calendar>,
        contracts: impl IntoIterator<Item = Contract>,
        beyond: BeyondCalendar,
    ) -> Self {
        let mut listed = Arena::new();
        for contract in contracts {
            listed.push(contract);
        }
        Self { calendar, contracts: listed, beyond }
    }

    /// The exchange's calendar.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// A traded contract; `None` for an id that is not in the list.
    #[must_use]
    pub fn contract(&self, id: ContractId) -> Option<&Contract> {
        self.contracts.get(id)
    }

    /// The root of a contract; empty for an id that is not in the list.
    pub(crate) fn root(&self, id: ContractId) -> &str {
        self.contracts.get(id).map_or("", |contract| contract.instrument().root())
    }

    /// The hours that a contract trades in.
    pub(crate) fn product(&self, id: ContractId) -> Option<ProductHours> {
        self.calendar.hours_of(self.contracts.get(id)?.instrument().root())
    }
}

/// What the profile says about one contract, looked up once for the day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ContractRules {
    /// What the other accounts hold is not in it: that is of record.
    product: Product,
    /// The products that hedge one another.
    group: Arc<str>,
    hours: Option<HoursNow>,
}

/// Nothing that cannot be judged is let through.
const UNKNOWN_PRODUCT: Product = Product {
    permitted: false,
    front: false,
    blocked: true,
    hedging_forbidden: true,
    elsewhere: NetQty::FLAT,
};

impl Engine {
    /// Gives the engine a calendar and the names of its contracts. Without them rules cannot be judged,
    /// and under rules nothing opens.
    #[must_use]
    pub fn with_rule_book(mut self, rulebook: RuleBook) -> Self {
        self.rulebook = Some(Arc::new(rulebook));
        self.look_rules_up();
        self
    }

    /// What the rules need to know beside the facts.
    #[must_use]
    pub fn rule_book(&self) -> Option<&RuleBook> {
        self.rulebook.as_deref()
    }

    /// The equity: balance and open profit. Zero without rules.
    #[must_use]
    pub fn equity(&self) -> Money {
        self.book.balance() + self.unrealized_total()
    }

    /// Looks up what the profile says about each contract, and what the watch compares with. After a
    /// change of the rules, of the day, and after a restart.
    pub(crate) fn look_rules_up(&mut self) {
        self.contract_rules = self.contract_rules();
        let profile = self.book.account().profile();
        self.overlays = profile.map(|profile| profile.overlays()).unwrap_or_default();
        self.pack_name = profile.map_or_else(|| Arc::from(""), |profile| Arc::from(profile.pack().id()));
        self.renew_watch();
        self.renew_wake();
    }

    fn contract_rules(&self) -> Arena<ContractId, ContractRules> {
        let mut rows = Arena::new();
        let (Some(book), Some(profile)) = (&self.rulebook, self.book.account().profile()) else {
            return rows;
        };
        for (id, _) in self.terms.iter() {
            rows.push(self.rules_of(book, profile, id));
        }
        rows
    }

    fn rules_of(&self, book: &RuleBook, profile: &Profile, id: ContractId) -> ContractRules {
        let Some(contract) = book.contract(id) else {
            return ContractRules { product: UNKNOWN_PRODUCT, group: Arc::from(""), hours: None };
        };
        let (firm, instrument) = (profile.pack().firm(), contract.instrument());
        let day = self.book.account().figures().map(|figures| figures.day);
        let front = match firm.contracts {
            Contracts::Any => true,
            Contracts::FrontMonth => {
                let front = day.and_then(|day| front_contract(instrument, day.date()).ok());
                front.as_ref() == Some(contract)
            }
        };
        let product = Product {
            permitted: firm.products.permits(instrument.root()),
            front,
            blocked: profile.personal().blocked.contains(instrument.root()),
            hedging_forbidden: firm.hedging == Hedging::ForbiddenAcrossAccounts,
            elsewhere: NetQty::FLAT,
        };
        ContractRules { product, group: Arc::from(instrument.hedge_group()), hours: None }
    }

    /// When the market's own time next changes something: the end of the trading day, or of a lock.
    pub(crate) fn renew_wake(&mut self) {
        let account = self.book.account();
        let day_ends = account.profile().and_then(|_| account.figures()).map(|figures| figures.day_ends);
        let locks = account.lockouts().iter().filter_map(|lock| match lock.until {
            phantom_compliance::Until::Session(opens) => Some(opens),
            phantom_compliance::Until::Ever => None,
        });
        self.rule_wake = day_ends.into_iter().chain(locks).min().unwrap_or(Timestamp::MAX);
    }
}
