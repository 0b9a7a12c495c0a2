//! The end of a run: faults end, time passes, and everything must come to its end.

use phantom_engine::HaltChange;
use phantom_model::{ContractId, ContractStanding, Link as Way, MarketRecord, Print, Span, Timestamp};

use super::World;
use crate::author::contracts;
use crate::terms::{first_ticks, price};

/// Longer than any delay that a fault makes.
const LAST_DELAY: Span = Span::from_millis(130_000);
/// What the desk gets to be quiet after the broker's last word.
const QUIET: Span = Span::from_millis(60_000);
/// How often a person looks at the account before everything must be in order.
const ROUNDS: u32 = 4;

impl World {
    pub(super) fn calm_down(&mut self) {
        if self.is_over() {
            return;
        }
        self.desk.broker_mut().calm_down();
        self.silent_until = Timestamp::MIN;
        self.edges.clear();
        self.say_link(self.desk.now(), Way::Up);
        for contract in contracts(&self.plan) {
            self.desk.broker_mut().relist(contract, ContractStanding::Current, Span::ZERO);
        }
        self.pass(LAST_DELAY, 40);
        // The account is told, a person decides what it leaves open, and it is told again.
        for _ in 0..ROUNDS {
            self.pass(QUIET, 60);
            self.decide(true);
            if self.is_over() {
                return;
            }
            self.halt(HaltChange::LiftLatch);
        }
        if self.is_over() {
            return;
        }
        let (engine, exchange) = (self.desk.engine(), self.desk.broker().exchange());
        self.oracle.g52_quiet_after_faults(engine, exchange);
        for _ in 0..2 {
            if self.is_over() {
                return;
            }
            self.flatten();
            self.pass(QUIET, 120);
        }
        if !self.is_over() {
            self.oracle.g52_flatten_ends_flat(self.desk.broker().exchange());
        }
        if !self.is_over() {
            self.halt(HaltChange::LiftLatch);
        }
    }

    /// Lets time pass, with so many quiet prints in each contract.
    fn pass(&mut self, span: Span, prints: i64) {
        let start = self.desk.now();
        for nth in 1..=prints {
            if self.is_over() {
                return;
            }
            let at = start + Span::from_nanos(span.nanos() / prints * nth);
            self.run_until(at);
            for contract in contracts(&self.plan).collect::<Vec<_>>() {
                self.quiet_print(contract);
            }
        }
    }

    fn quiet_print(&mut self, contract: ContractId) {
        if self.is_over() {
            return;
        }
        let ticks = self.oracle.last_ticks(contract).unwrap_or_else(|| first_ticks(contract));
        if let Some(price) = price(ticks) {
            let print = Print::Trade { price, size: 1 };
            self.show(MarketRecord { contract, at: self.desk.now(), print });
        }
    }
}
