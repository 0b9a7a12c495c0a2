//! Alarms, and why the desk stopped openings, as rows of the order log.

use phantom_engine::fact::{Alarm, Invariant, LatchCause};
use phantom_wire::{LogAction, LogRow};

use super::fact_row::Rows;

impl Rows<'_> {
    pub(super) fn latched(&self, cause: LatchCause) -> LogRow {
        match cause {
            LatchCause::Overfill(order) => {
                self.order(LogAction::Halt, order, Some("more_filled_than_ordered"))
            }
            LatchCause::ExitOpened(order) => {
                self.order(LogAction::Halt, order, Some("exit_opened_a_position"))
            }
            LatchCause::ForeignOrder(order) | LatchCause::OutsideOrder(order) => {
                self.order(LogAction::Halt, order, Some("order_is_not_ours"))
            }
            LatchCause::Mismatch(contract) => {
                self.of_contract(LogAction::Halt, contract, "broker_has_another_position")
            }
            LatchCause::Undone(order) => {
                self.order(LogAction::Halt, order, Some("closed_trade_was_taken_back"))
            }
            LatchCause::TwoOrders(order) => {
                self.order(LogAction::Halt, order, Some("two_orders_under_one_id"))
            }
            LatchCause::Revived(order) => {
                self.order(LogAction::Halt, order, Some("ended_order_works_at_the_broker"))
            }
            LatchCause::TwinExec(order) => self.order(LogAction::Halt, order, Some("execution_twice")),
            LatchCause::Broken(Invariant::ExitsWithinPosition) => {
                self.plain(LogAction::Halt, "exits_beyond_position")
            }
            LatchCause::Broken(Invariant::LotsMatchPosition) => {
                self.plain(LogAction::Halt, "lots_beside_position")
            }
            LatchCause::Broken(Invariant::WaitingWithinPosition) => {
                self.plain(LogAction::Halt, "waiting_beyond_position")
            }
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
            Alarm::StillUnknown(order) => self.order(LogAction::Alarm, order, Some("broker_does_not_answer")),
            Alarm::PerhapsOurs(order) => self.order(LogAction::Alarm, order, Some("is_this_your_order")),
            Alarm::WrongAnswer => self.plain(LogAction::Alarm, "protocol_error"),
            Alarm::SnapshotIncomplete => self.plain(LogAction::Alarm, "broker_list_incomplete"),
            Alarm::StopsBlind => self.plain(LogAction::Alarm, "stops_are_blind"),
            Alarm::RuleNear { rule, percent } => {
                self.plain(LogAction::Alarm, &format!("limit_near: {percent} % of {rule} used"))
            }
            Alarm::RuleBroken(rule) => self.plain(LogAction::Alarm, &format!("limit_reached: {rule}")),
            Alarm::RanAway(why) => self.plain(LogAction::Alarm, &format!("run_away: {}", why.words())),
        }
    }
}
