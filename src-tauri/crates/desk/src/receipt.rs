//! The answers to commands.

use phantom_compliance::Refusal;
use phantom_engine::fact::FactBody;
use phantom_engine::{Book, Fact};
use phantom_model::{
    ContractId, FailReason, FlattenId, Money, NetQty, OrderId, OrderStatus, Side, Timestamp,
};

/// What became of a placed order: at its acknowledgement or its end, or after five seconds as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlaceAnswer {
    /// The order's id; refused orders have one too.
    pub order: OrderId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why our gate refused it.
    pub refusal: Option<Refusal>,
    /// Why the broker refused it.
    pub failed: Option<FailReason>,
    /// The broker's answer is overdue.
    pub unknown: bool,
}

/// Whether there was something to cancel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelAnswer {
    /// The order may still fill, and the broker is asked to take it out.
    Asked,
    /// No order of this id may still fill.
    NotWorking,
}

/// What an order would do to the position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It opens or adds.
    Opens,
    /// It only closes.
    Reduces,
}

/// The receipt of a flatten: what it found, what it did, what is left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlattenReceipt {
    /// Which flatten.
    pub flatten: FlattenId,
    /// Whether every position is zero and nothing works. Never true on a guess.
    pub flat: bool,
    /// What was closed, by exit order, in the order of the first fill.
    pub closed: Vec<ClosedPosition>,
    /// Orders that the broker confirmed to be out of the market.
    pub cancelled: Vec<OrderId>,
    /// Positions that are still open.
    pub still_open: Vec<(ContractId, NetQty)>,
    /// How often the answer was revised: a late fill opened what it had called closed, or what was open
    /// has been closed since.
    pub revisions: u32,
    /// When it began, on the market's clock; `None` until that is recorded.
    pub began_at: Option<Timestamp>,
    /// When it answered: from there on only what it covers concerns it.
    pub answered_at: Option<Timestamp>,
}

/// What a fact is to a receipt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceiptStep {
    /// Nothing, or a part of it.
    Entry,
    /// The answer.
    Answer,
    /// The answer is another one now.
    Revision,
    /// The end: nothing more belongs to it.
    End,
}

/// What one exit order closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClosedPosition {
    /// The contract.
    pub contract: ContractId,
    /// The exit order.
    pub order: OrderId,
    /// Contracts closed.
    pub qty: u32,
    /// Sum of exit price x quantity, in ticks: divide by `qty` for the average fill.
    pub exit_cost_ticks: i64,
    /// Gross profit.
    pub realized: Money,
}

impl PlaceAnswer {
    /// The answer as the book knows it now; `None` for an id that was never given.
    #[must_use]
    pub fn of(book: &Book, order: OrderId) -> Option<Self> {
        let row = book.orders().at(book.find(order)?);
        Some(Self { order, status: row.status, refusal: None, failed: row.failed, unknown: row.unknown })
    }

    /// The answer to an order that our gate refused.
    #[must_use]
    pub const fn rejected(order: OrderId, refusal: Refusal) -> Self {
        Self { order, status: OrderStatus::Rejected, refusal: Some(refusal), failed: None, unknown: false }
    }
}

impl CancelAnswer {
    /// The answer as the book knows it now.
    #[must_use]
    pub fn of(book: &Book, order: OrderId) -> Self {
        let is_live = book.find(order).is_some_and(|key| book.orders().at(key).is_live());
        if is_live { Self::Asked } else { Self::NotWorking }
    }
}

impl Effect {
    /// What an order that the gate lets through does to a position: it never crosses zero.
    #[must_use]
    pub fn of(position: NetQty, side: Side) -> Self {
        match position.side() {
            Some(open) if open != side => Self::Reduces,
            Some(_) | None => Self::Opens,
        }
    }
}

impl FlattenReceipt {
    /// An empty receipt for a flatten that has begun.
    #[must_use]
    pub const fn begun(flatten: FlattenId) -> Self {
        Self {
            flatten,
            flat: false,
            closed: Vec::new(),
            cancelled: Vec::new(),
            still_open: Vec::new(),
            revisions: 0,
            began_at: None,
            answered_at: None,
        }
    }

    /// Adds what a fact tells, and says what it was.
    #[expect(clippy::too_many_lines, reason = "a table: every kind of fact is decided here")]
    pub fn note(&mut self, book: &Book, fact: &Fact) -> ReceiptStep {
        match &fact.body {
            FactBody::OrderCancelled { order } if self.covers(book, *order) => self.cancelled.push(*order),
            FactBody::LotReduced { lot, by, qty, exit, realized, .. } if self.covers(book, *by) => {
                let contract = book.lots().at(*lot).contract;
                let row = self.row(contract, *by);
                row.qty += qty;
                row.exit_cost_ticks += exit.ticks() * i64::from(*qty);
                row.realized += *realized;
            }
            FactBody::FlattenAnswered { flatten, flat } if *flatten == self.flatten => {
                self.answered_at = Some(fact.at);
                self.stands(book, *flat);
                return ReceiptStep::Answer;
            }
            FactBody::FlattenReopened { flatten } if *flatten == self.flatten => {
                self.revisions += 1;
                self.stands(book, false);
                return ReceiptStep::Revision;
            }
            FactBody::FlattenSettled { flatten } if *flatten == self.flatten => {
                self.revisions += 1;
                self.stands(book, true);
                return ReceiptStep::Revision;
            }
            FactBody::FlattenEnded { flatten } if *flatten == self.flatten => return ReceiptStep::End,
            FactBody::FlattenStarted { flatten, .. } if *flatten == self.flatten => {
                self.began_at = Some(fact.at);
            }
            FactBody::FlattenAnswered { .. }
            | FactBody::FlattenReopened { .. }
            | FactBody::FlattenSettled { .. }
            | FactBody::OrderCancelled { .. }
            | FactBody::LotReduced { .. }
            | FactBody::OrderRejected { .. }
            | FactBody::OrderSubmitted { .. }
            | FactBody::StopStands { .. }
            | FactBody::RepairStarted { .. }
            | FactBody::OrderAccepted { .. }
            | FactBody::OrderFilled { .. }
            | FactBody::OrderFailed { .. }
            | FactBody::OrderClosed { .. }
            | FactBody::OrderUnknown { .. }
            | FactBody::CancelRequested { .. }
            | FactBody::CancelRefused { .. }
            | FactBody::LotOpened { .. }
            | FactBody::LotGrew { .. }
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
            | FactBody::FlattenEnded { .. }
            | FactBody::Halted { .. }
            | FactBody::Latched { .. }
            | FactBody::OutsideOrderSeen { .. }
            | FactBody::PositionAdjusted { .. }
            | FactBody::FillBusted { .. }
            | FactBody::FillCorrected { .. }
            | FactBody::FillDoubted { .. }
            | FactBody::LotUnwound { .. }
            | FactBody::ContractLatched { .. }
            | FactBody::LinkChanged { .. }
            | FactBody::Reconciled
            | FactBody::PositionDiffers { .. }
            | FactBody::DifferenceConfirmed { .. }
            | FactBody::DifferenceDismissed { .. }
            | FactBody::DifferenceGone { .. }
            | FactBody::FeedLost
            | FactBody::FeedBack
            | FactBody::DayStarted { .. }
            | FactBody::ContractStands { .. }
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
            FactBody::ReductionUndone { lot, by, qty, exit, realized, .. } => {
                let cost_ticks = exit.ticks() * i64::from(*qty);
                self.undo(book.lots().at(*lot).contract, *by, *qty, cost_ticks, *realized);
            }
        }
        ReceiptStep::Entry
    }

    /// What is held now. After the answer that may be somebody's new position: then only what the flatten
    /// covers is still open.
    fn stands(&mut self, book: &Book, flat: bool) {
        self.flat = flat;
        let positions = book.positions().iter().map(|(contract, position)| (contract, position.net));
        self.still_open = positions.filter(|(_, net)| !flat && net.size() > 0).collect();
    }

    /// Whether an order concerns the receipt: until the answer each does, then those that are older than
    /// the flatten, and its own exits.
    fn covers(&self, book: &Book, order: OrderId) -> bool {
        let is_own = matches!(order, OrderId::FlattenExit { flatten, .. } if flatten == self.flatten);
        let fence = book.flattens().get(self.flatten);
        let before = || fence.zip(book.find(order)).is_some_and(|(flatten, key)| flatten.covers(key));
        self.answered_at.is_none() || is_own || before()
    }

    /// What an exit had closed is open again.
    fn undo(&mut self, contract: ContractId, by: OrderId, qty: u32, cost_ticks: i64, realized: Money) {
        if self.closed.iter().any(|row| row.order == by) {
            let row = self.row(contract, by);
            row.qty = row.qty.saturating_sub(qty);
            row.exit_cost_ticks -= cost_ticks;
            row.realized = row.realized - realized;
        }
    }

    fn row(&mut self, contract: ContractId, order: OrderId) -> &mut ClosedPosition {
        let known = self.closed.iter().position(|row| row.order == order);
        let place = known.unwrap_or_else(|| {
            let (exit_cost_ticks, realized) = (0, Money::ZERO);
            self.closed.push(ClosedPosition { contract, order, qty: 0, exit_cost_ticks, realized });
            self.closed.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was found or made just above")]
        &mut self.closed[place]
    }
}
