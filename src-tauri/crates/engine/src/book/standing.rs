//! The fold of how the account stands: what stops openings, the way to the broker, its own number, the
//! feed, the trading day.

use phantom_model::{ContractId, Link, Timestamp, TradingDay};

use super::Book;
use super::position::{Difference, DifferenceStanding};
use crate::fact::{FactBody, LatchCause};
use crate::input::HaltChange;

impl Book {
    /// Applies a fact of this file.
    #[expect(clippy::too_many_lines, reason = "the part of the match that names every fact")]
    pub(super) fn fold_standing(&mut self, at: Timestamp, body: &FactBody) {
        match *body {
            FactBody::Halted { change, .. } => self.fold_halted(change),
            FactBody::Latched { cause } => {
                self.halt.latched = true;
                self.latches.push(cause);
            }
            FactBody::ContractLatched { contract, cause } => {
                self.positions.at_mut(contract).latches.push(cause);
            }
            FactBody::LinkChanged { link } => {
                self.halt.not_connected = link == Link::Down;
                self.halt.reconciling = link == Link::Up;
                if link == Link::Down {
                    self.broke_at = at;
                }
            }
            FactBody::Reconciled => self.halt.reconciling = false,
            FactBody::PositionDiffers { contract, ours, broker } => {
                let standing = DifferenceStanding::Suspected;
                self.positions.at_mut(contract).difference =
                    Some(Difference { ours, broker, since: at, standing });
            }
            FactBody::DifferenceConfirmed { contract } => {
                self.set_difference(contract, DifferenceStanding::Confirmed);
            }
            FactBody::DifferenceDismissed { contract, .. } => {
                self.set_difference(contract, DifferenceStanding::Dismissed);
            }
            FactBody::DifferenceGone { contract } => self.positions.at_mut(contract).difference = None,
            FactBody::FeedLost => self.blind = true,
            FactBody::FeedBack => self.blind = false,
            FactBody::DayStarted { day } => self.fold_day(day),
            FactBody::ContractStands { contract, standing } => {
                self.positions.at_mut(contract).contract = standing;
            }
            FactBody::OrderRejected { .. }
            | FactBody::OrderSubmitted { .. }
            | FactBody::StopStands { .. }
            | FactBody::RepairStarted { .. }
            | FactBody::OrderAccepted { .. }
            | FactBody::OrderFilled { .. }
            | FactBody::OrderCancelled { .. }
            | FactBody::OrderFailed { .. }
            | FactBody::OrderClosed { .. }
            | FactBody::OrderUnknown { .. }
            | FactBody::CancelRequested { .. }
            | FactBody::CancelRefused { .. }
            | FactBody::LotOpened { .. }
            | FactBody::LotGrew { .. }
            | FactBody::LotReduced { .. }
            | FactBody::LotUnwound { .. }
            | FactBody::ReductionUndone { .. }
            | FactBody::PhantomFired { .. }
            | FactBody::Returned { .. }
            | FactBody::ExitFound { .. }
            | FactBody::PhantomTouched { .. }
            | FactBody::PhantomPassed { .. }
            | FactBody::PhantomWatches { .. }
            | FactBody::GapClosed { .. }
            | FactBody::JournalLost
            | FactBody::ExitWaiting { .. }
            | FactBody::LotUnprotected { .. }
            | FactBody::FlattenStarted { .. }
            | FactBody::FlattenJoined { .. }
            | FactBody::FlattenExiting { .. }
            | FactBody::FlattenAnswered { .. }
            | FactBody::FlattenReopened { .. }
            | FactBody::FlattenSettled { .. }
            | FactBody::FlattenEnded { .. }
            | FactBody::OutsideOrderSeen { .. }
            | FactBody::PositionAdjusted { .. }
            | FactBody::FillBusted { .. }
            | FactBody::FillCorrected { .. }
            | FactBody::FillDoubted { .. }
            | FactBody::ChangeAsked { .. }
            | FactBody::OrderChanged { .. }
            | FactBody::ChangeRefused { .. }
            | FactBody::ChangeRejected { .. }
            | FactBody::ProtectionSet { .. }
            | FactBody::ProtectionRejected { .. }
            | FactBody::BreakEvenReached { .. }
            | FactBody::TrailsMoved { .. }
            | FactBody::PrintDoubted { .. }
            | FactBody::Rule(_)
            | FactBody::AlarmRaised { .. } => {}
        }
    }

    fn fold_halted(&mut self, change: HaltChange) {
        match change {
            HaltChange::Kill => self.halt.killed = true,
            HaltChange::LiftKill => self.halt.killed = false,
            HaltChange::SwitchOn => self.account.switch_on(),
            HaltChange::LiftLatch => {
                self.halt.latched = false;
                self.latches.clear();
                self.positions.rows_mut().for_each(|position| position.latches.clear());
            }
            HaltChange::LiftContractLatch(contract) => self.positions.at_mut(contract).latches.clear(),
        }
    }

    fn set_difference(&mut self, contract: ContractId, standing: DifferenceStanding) {
        if let Some(difference) = &mut self.positions.at_mut(contract).difference {
            difference.standing = standing;
        }
    }

    fn fold_day(&mut self, day: TradingDay) {
        self.day = Some(day);
        for position in self.positions.rows_mut() {
            position.at_day_start = (position.realized, position.fees);
        }
    }

    /// Whether openings in a contract are blocked for one of its own causes.
    #[must_use]
    pub fn is_latched(&self, contract: ContractId) -> bool {
        !self.positions.at(contract).latches.is_empty()
    }

    /// Whether this cause already blocks the account, or its contract.
    pub(crate) fn is_latched_for(&self, contract: Option<ContractId>, cause: LatchCause) -> bool {
        let causes = contract.map_or(&self.latches, |contract| &self.positions.at(contract).latches);
        causes.contains(&cause)
    }
}
