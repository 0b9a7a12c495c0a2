//! How the contracts stand: the calendar knows their last days, the broker whether it trades them on our
//! terms. The worse of the two counts.
//!
//! A contract that trades no more, or on other terms, is not opened, and what would open it is taken back.
//! Its stops stay as long as contracts are open: nothing that is open loses its protection by a date. A
//! person is told.

use phantom_model::{ContractId, ContractStanding};

use crate::book::OrderKey;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody};

impl Engine {
    /// The broker says how a contract stands.
    pub(crate) fn contract_told(
        &mut self,
        now: &mut Now<'_>,
        contract: ContractId,
        standing: ContractStanding,
    ) {
        if self.contracts_told.get(contract).is_some() {
            *self.contracts_told.at_mut(contract) = standing;
            self.contract_stands(now, contract, Told::AtAChange);
        }
    }

    /// A trading day has begun: every contract is a day nearer to its end, and what is still open in one that
    /// should be left is told again.
    pub(crate) fn contracts_stand(&mut self, now: &mut Now<'_>) {
        for contract in self.terms.keys() {
            self.contract_stands(now, contract, Told::EachDay);
        }
    }

    fn contract_stands(&mut self, now: &mut Now<'_>, contract: ContractId, told: Told) {
        let standing = (*self.contracts_told.at(contract)).max(self.by_calendar(contract));
        let changes = self.book.positions().at(contract).contract != standing;
        if changes {
            self.emit(now, FactBody::ContractStands { contract, standing });
        }
        let is_news = changes || told == Told::EachDay;
        if is_news && standing != ContractStanding::Current && self.concerns_somebody(contract) {
            self.alarm(now, Alarm::ContractStands { contract, standing });
        }
        if !standing.opens() {
            self.take_entries_back(now, contract);
        }
    }

    fn by_calendar(&self, contract: ContractId) -> ContractStanding {
        let listed = self.rulebook.as_ref().and_then(|book| book.contract(contract));
        let day = self.book.day();
        listed
            .zip(day)
            .map_or(ContractStanding::Current, |(listed, day)| ContractStanding::on(listed, day.date()))
    }

    /// Whether anything is open in the contract, or may become so.
    fn concerns_somebody(&self, contract: ContractId) -> bool {
        let position = self.book.positions().at(contract);
        position.net.size() > 0 || position.lot_contracts > 0 || position.entries_outstanding() > 0
    }

    fn take_entries_back(&mut self, now: &mut Now<'_>, contract: ContractId) {
        let entries: Vec<OrderKey> = self
            .book
            .live_orders()
            .filter(|(_, order)| order.contract == contract && order.purpose.is_entry())
            .map(|(key, _)| key)
            .collect();
        for key in entries {
            self.request_cancel(now, key);
        }
    }
}

/// Why a contract is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Something about it may have changed.
    AtAChange,
    /// A day has begun.
    EachDay,
}
