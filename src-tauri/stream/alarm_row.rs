//! Alarms, and why the desk stopped openings, as rows of the order log.

use phantom_engine::fact::{Alarm, Invariant, LatchCause};
use phantom_model::{ContractStanding, OrderId};
use phantom_wire::{LogAction, LogRow};

use super::fact_row::Rows;

impl Rows<'_> {
    pub(super) fn latched(&self, cause: LatchCause) -> LogRow {
        let (reason, order) = latch_words(cause);
        match (order, cause) {
            (Some(order), _) => self.order(LogAction::Halt, order, Some(reason)),
            (None, LatchCause::Mismatch(contract)) => self.of_contract(LogAction::Halt, contract, reason),
            (None, _) => self.plain(LogAction::Halt, reason),
        }
    }

    pub(super) fn alarm(&self, alarm: Alarm) -> LogRow {
        match alarm {
            Alarm::LateFill(order) => self.order(LogAction::Alarm, order, Some("late_fill")),
            Alarm::IllegalStep(order) => self.order(LogAction::Alarm, order, Some("illegal_step")),
            Alarm::ContradictingExec(order) => {
                self.order(LogAction::Alarm, order, Some("contradicting_execution"))
            }
            Alarm::ExitSlow(lot) => self.lot(lot, "exit_slow"),
            Alarm::Unprotected(lot) => self.lot(lot, "unprotected"),
            Alarm::FlattenStuck(contract) => self.of_contract(LogAction::Alarm, contract, "flatten_stuck"),
            Alarm::Mismatch { contract, ours, broker } => self.of_contract(
                LogAction::Alarm,
                contract,
                &format!("position_differs: {ours} by fills, {broker} at the broker"),
            ),
            Alarm::NoPriceToAdjust(contract) => {
                self.of_contract(LogAction::Alarm, contract, "no_price_to_adjust")
            }
            Alarm::Busted(order) => self.order(LogAction::Alarm, order, Some("trade_taken_back_by_exchange")),
            Alarm::Corrected(order) => {
                self.order(LogAction::Alarm, order, Some("trade_corrected_by_exchange"))
            }
            Alarm::UnknownExec(_) => self.plain(LogAction::Alarm, "unknown_execution"),
            Alarm::TwinExec(order) => self.order(LogAction::Alarm, order, Some("execution_twice")),
            Alarm::CancelUnanswered(order) => self.order(LogAction::Alarm, order, Some("cancel_unanswered")),
            Alarm::StillUnknown(order) => self.order(LogAction::Alarm, order, Some("broker_does_not_answer")),
            Alarm::PerhapsOurs(order) => self.order(LogAction::Alarm, order, Some("is_this_your_order")),
            Alarm::WrongAnswer => self.plain(LogAction::Alarm, "protocol_error"),
            Alarm::SnapshotIncomplete => self.plain(LogAction::Alarm, "broker_list_incomplete"),
            Alarm::StopsBlind => self.plain(LogAction::Alarm, "stops_are_blind"),
            Alarm::PassedWhileAway(lot) => self.lot(lot, "passed_while_away"),
            Alarm::StopsUnconfirmed(contract) => {
                self.of_contract(LogAction::Alarm, contract, "stops_without_the_brokers_account")
            }
            Alarm::SlowDisk => self.plain(LogAction::Alarm, "slow_disk"),
            Alarm::JournalLost => self.plain(LogAction::Alarm, "journal_lost"),
            Alarm::RuleNear { rule, percent } => {
                self.plain(LogAction::Alarm, &format!("limit_near: {percent} % of {rule} used"))
            }
            Alarm::RuleBroken(rule) => self.plain(LogAction::Alarm, &format!("limit_reached: {rule}")),
            Alarm::ContractStands { contract, standing } => {
                self.of_contract(LogAction::Alarm, contract, standing_word(standing))
            }
            Alarm::RanAway(why) => self.plain(LogAction::Alarm, &format!("run_away: {}", why.words())),
        }
    }
}

/// The stable code of how a contract stands.
const fn standing_word(standing: ContractStanding) -> &'static str {
    match standing {
        ContractStanding::Current => "contract_trades_again",
        ContractStanding::RolledAway => "contract_rolled_away",
        ContractStanding::LastDay => "contract_ends_today",
        ContractStanding::Expired => "contract_expired",
        ContractStanding::OtherTerms => "instrument_changed",
    }
}

/// The stable code of a cause, and the order that it is about.
pub(super) const fn latch_words(cause: LatchCause) -> (&'static str, Option<OrderId>) {
    match cause {
        LatchCause::Overfill(order) => ("more_filled_than_ordered", Some(order)),
        LatchCause::ExitOpened(order) => ("exit_opened_a_position", Some(order)),
        LatchCause::ForeignOrder(order) | LatchCause::OutsideOrder(order) => {
            ("order_is_not_ours", Some(order))
        }
        LatchCause::Mismatch(_) => ("broker_has_another_position", None),
        LatchCause::Undone(order) => ("closed_trade_was_taken_back", Some(order)),
        LatchCause::TwoOrders(order) => ("two_orders_under_one_id", Some(order)),
        LatchCause::Revived(order) => ("ended_order_works_at_the_broker", Some(order)),
        LatchCause::TwinExec(order) => ("execution_twice", Some(order)),
        LatchCause::DiskFull => ("disk_full", None),
        LatchCause::JournalDamaged => ("journal_damaged", None),
        LatchCause::Broken(Invariant::ExitsWithinPosition) => ("exits_beyond_position", None),
        LatchCause::Broken(Invariant::LotsMatchPosition) => ("lots_beside_position", None),
        LatchCause::Broken(Invariant::WaitingWithinPosition) => ("waiting_beyond_position", None),
    }
}
