//! The desk of the benchmarks under rules.

use phantom_compliance::{Limits, Minis};
use phantom_engine::{Engine, Outcome, Timing};
use phantom_model::{ArenaKey, ContractId};
use phantom_testkit::rules;

use crate::desk::{Desk, REFERENCE_TICKS, gold, terms};

impl Desk {
    /// The same under a whole pack of rules, on an ordinary morning, with contracts of a tenth of a mini.
    pub(crate) fn under_rules() -> Self {
        let at = rules::moment("2026-10-06T15:00:00Z");
        let mut terms = terms(4);
        for row in 0..4 {
            terms.at_mut(ContractId::from_row(row)).weight = Minis::from_thousandths(100);
        }
        let engine = Engine::new(terms, Limits::NONE, Timing::STANDARD).with_rule_book(rules::rule_book(at));
        let mut desk = Self { engine, out: Outcome::default(), nanos: at.nanos(), executions: 0 };
        let settings = [
            "daily_loss=on",
            "personal_daily_loss=2500",
            "personal_daily_profit=9000",
            "personal_trade_count=900",
            "personal_position_max=14",
            "price_collar_ticks=5000",
            "worst_case=warn",
        ];
        desk.feed(rules::adopt(rules::profile("topstep-combine-150k", &settings)));
        desk.trade(gold(), REFERENCE_TICKS);
        desk
    }

    /// Lets so many milliseconds pass, and shows one more trade at the reference price.
    pub(crate) fn later(&mut self, millis: i64) {
        self.nanos += millis * 1_000_000;
        self.trade(gold(), REFERENCE_TICKS);
    }
}
