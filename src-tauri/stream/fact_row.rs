//! Facts as rows of the order log: every kind of fact is decided here, in one place.

use phantom_compliance::{OrderRequest, Ticket};
use phantom_engine::book::Order;
use phantom_engine::fact::{Absence, Asked, Leg};
use phantom_engine::{Book, Fact, FactBody, HaltChange};
use phantom_model::{ContractId, FlattenId, Link, LotId, OrderId, OrderStatus, Price, Qty, Side};
use phantom_runtime::Listing;
use phantom_wire::{LogAction, LogRow};

use super::words::{price_text, side_word};

const NANOS_OF_A_MILLI: i64 = 1_000_000;

/// The row of a fact that the book has folded already; `None` for what the log does not tell: a lot's
/// own changes follow from the fills, which it does.
#[expect(clippy::too_many_lines, reason = "a table: one arm for each kind of fact")]
pub(crate) fn row_of(listing: &Listing, book: &Book, fact: &Fact) -> Option<LogRow> {
    let rows = Rows { listing, book, fact };
    match &fact.body {
        FactBody::OrderRejected { order, what, .. } => {
            let (asked, refusal) = &**what;
            Some(rows.rejected(*order, asked, refusal.reason()))
        }
        FactBody::OrderSubmitted { order, .. } => Some(rows.order(LogAction::Submit, *order, None)),
        FactBody::OrderAccepted { order } => Some(rows.order(LogAction::Accept, *order, None)),
        FactBody::OrderFilled { order, qty, price, .. } => Some(rows.filled(*order, *qty, *price)),
        FactBody::OrderCancelled { order } => Some(rows.order(LogAction::Cancel, *order, None)),
        FactBody::OrderFailed { order, reason } => {
            Some(rows.order(LogAction::Fail, *order, Some(reason.code())))
        }
        FactBody::OrderClosed { order } => Some(rows.order(LogAction::Close, *order, None)),
        FactBody::OrderUnknown { order } => {
            Some(rows.order(LogAction::Alarm, *order, Some("answer_overdue")))
        }
        FactBody::CancelRequested { order } => {
            Some(rows.order(LogAction::Cancel, *order, Some("cancel_requested")))
        }
        FactBody::CancelRefused { order } => {
            Some(rows.order(LogAction::Alarm, *order, Some("cancel_refused")))
        }
        FactBody::PhantomFired { lot, leg, print, .. } => Some(rows.fired(*lot, *leg, *print)),
        FactBody::ExitFound { lot, .. } => Some(LogRow {
            receipt: Some(lot.to_string()),
            ..rows.lot(*lot, "exit_found_at_the_broker")
        }),
        FactBody::StopStands { order, .. } => {
            Some(rows.order(LogAction::Accept, *order, Some("stop_stands_at_the_broker")))
        }
        FactBody::RepairStarted { lot } => Some(rows.lot(*lot, "closed_twice_is_repaired")),
        FactBody::PhantomTouched { lot, print, .. } => {
            Some(rows.at_price(rows.lot(*lot, "touched_while_away"), *lot, *print))
        }
        FactBody::PhantomPassed { lot, print, .. } => {
            Some(rows.at_price(rows.lot(*lot, "passed_while_away"), *lot, *print))
        }
        FactBody::PhantomWatches { lot, print } => {
            Some(rows.at_price(rows.lot(*lot, "watches_again"), *lot, *print))
        }
        FactBody::Returned { absence, .. } => Some(rows.plain(LogAction::Alarm, absence_word(*absence))),
        FactBody::JournalLost => Some(rows.plain(LogAction::Halt, "journal_lost")),
        FactBody::ExitWaiting { lot } => Some(rows.lot(*lot, "exit_waits_for_cancel")),
        FactBody::LotUnprotected { lot } => Some(rows.lot(*lot, "unprotected")),
        FactBody::FlattenStarted { flatten, .. } => Some(rows.flatten(*flatten, "flatten_started")),
        FactBody::FlattenJoined { flatten, .. } => Some(rows.flatten(*flatten, "flatten_already_under_way")),
        FactBody::FlattenExiting { flatten } => Some(rows.flatten(*flatten, "exits_sent")),
        FactBody::FlattenAnswered { flatten, flat } => {
            let status = if *flat { "FLAT" } else { "NOT_FLAT" };
            Some(LogRow {
                status: Some(status.to_owned()),
                ..rows.flatten(*flatten, "flatten_answered")
            })
        }
        FactBody::FlattenReopened { flatten } => Some(LogRow {
            action: LogAction::Alarm,
            status: Some("NOT_FLAT".to_owned()),
            ..rows.flatten(*flatten, "late_fill_reopened_the_flatten")
        }),
        FactBody::FlattenSettled { flatten } => Some(LogRow {
            status: Some("FLAT".to_owned()),
            ..rows.flatten(*flatten, "flatten_settled")
        }),
        FactBody::FlattenEnded { flatten } => Some(rows.flatten(*flatten, "late_fills_no_longer_watched")),
        FactBody::Halted { change, .. } => Some(rows.plain(LogAction::Halt, halt_word(*change))),
        FactBody::Latched { cause } => Some(rows.latched(*cause)),
        FactBody::AlarmRaised { alarm } => Some(rows.alarm(*alarm)),
        FactBody::Rule(fact) => rows.rule(fact),
        FactBody::ChangeAsked { order, qty, limit, .. } => {
            Some(rows.changed(*order, *qty, *limit, "change_requested"))
        }
        FactBody::OrderChanged { order, qty, limit } => Some(rows.changed(*order, *qty, *limit, "changed")),
        FactBody::ChangeRefused { order } => {
            Some(rows.order(LogAction::Alarm, *order, Some("change_refused")))
        }
        FactBody::ChangeRejected { order, refusal, .. } => {
            Some(rows.order(LogAction::Reject, *order, Some(refusal.reason())))
        }
        FactBody::ProtectionSet { lot, .. } => Some(rows.protected(*lot)),
        FactBody::ProtectionRejected { lot, refusal, .. } => {
            Some(rows.of_lot(rows.plain(LogAction::Reject, refusal.reason()), *lot))
        }
        FactBody::BreakEvenReached { lot, stop, .. } => Some(rows.at_entry(*lot, *stop)),
        FactBody::OutsideOrderSeen { order, .. } => {
            Some(rows.order(LogAction::Alarm, *order, Some("order_is_not_ours")))
        }
        FactBody::PositionAdjusted { order, .. } => {
            Some(rows.order(LogAction::Fill, *order, Some("adjusted_to_the_broker")))
        }
        FactBody::FillBusted { order, .. } => {
            Some(rows.order(LogAction::Alarm, *order, Some("execution_taken_back")))
        }
        FactBody::FillCorrected { order, qty, price, .. } => Some(LogRow {
            reason: Some("execution_changed".to_owned()),
            ..rows.filled(*order, *qty, *price)
        }),
        FactBody::FillDoubted { order, .. } => {
            Some(rows.order(LogAction::Alarm, *order, Some("execution_counted_once")))
        }
        FactBody::ContractLatched { contract, cause } => {
            Some(LogRow { symbol: Some(rows.symbol(*contract)), ..rows.latched(*cause) })
        }
        FactBody::LinkChanged { link: Link::Down } => {
            Some(rows.plain(LogAction::Halt, "broker_not_connected"))
        }
        FactBody::PositionDiffers { contract, .. } => Some(rows.of_contract(LogAction::Alarm, *contract, "position_settling")),
        FactBody::DifferenceDismissed { contract, .. } => {
            Some(rows.of_contract(LogAction::Alarm, *contract, "position_kept_as_filled"))
        }
        FactBody::DifferenceGone { contract } => Some(rows.of_contract(LogAction::Alarm, *contract, "position_agrees_again")),
        FactBody::PrintDoubted { contract, price, .. } => Some(LogRow {
            price: Some(rows.price(*contract, *price)),
            ..rows.of_contract(LogAction::Alarm, *contract, "suspect_print")
        }),
        FactBody::FeedLost => Some(rows.plain(LogAction::Alarm, "feed_lost")),
        FactBody::FeedBack => Some(rows.plain(LogAction::Alarm, "feed_back")),
        // The phantoms' panel shows where a stop has trailed to; a row for each step would bury the log.
        FactBody::TrailsMoved { .. }
        | FactBody::GapClosed { .. }
        | FactBody::LotOpened { .. }
        | FactBody::LotGrew { .. }
        | FactBody::LotReduced { .. }
        | FactBody::LotUnwound { .. }
        | FactBody::ReductionUndone { .. }
        // The alarm that goes with it has both numbers.
        | FactBody::DifferenceConfirmed { .. }
        // How every run begins.
        | FactBody::LinkChanged { link: Link::Up }
        | FactBody::Reconciled
        // An alarm goes with it where it concerns somebody.
        | FactBody::ContractStands { .. }
        | FactBody::DayStarted { .. } => None,
    }
}

/// What every row of a fact needs.
pub(super) struct Rows<'a> {
    listing: &'a Listing,
    book: &'a Book,
    fact: &'a Fact,
}

impl Rows<'_> {
    fn bare(&self, action: LogAction) -> LogRow {
        LogRow {
            // The stream counts the rows.
            n: 0,
            order_id: None,
            action,
            symbol: None,
            side: None,
            qty: None,
            price: None,
            fill_price: None,
            timestamp: self.fact.at.to_string(),
            reason: None,
            status: None,
            since_ms: None,
            receipt: None,
        }
    }

    pub(super) fn plain(&self, action: LogAction, reason: &str) -> LogRow {
        LogRow { reason: Some(reason.to_owned()), ..self.bare(action) }
    }

    pub(super) fn order(&self, action: LogAction, id: OrderId, reason: Option<&str>) -> LogRow {
        let row = LogRow {
            order_id: Some(id.to_string()),
            reason: reason.map(str::to_owned),
            receipt: receipt_of(id),
            ..self.bare(action)
        };
        let Some(order) = self.book.find(id).map(|key| self.book.orders().at(key)) else { return row };
        let Order { contract, side, qty, kind, status, submitted_at, .. } = *order;
        let since_ms = u32::try_from(self.fact.at.since(submitted_at).nanos() / NANOS_OF_A_MILLI).ok();
        LogRow {
            price: kind.limit().map(|price| self.price(contract, price)),
            status: Some(status.word().to_owned()),
            since_ms: since_ms.filter(|_| action != LogAction::Submit),
            ..self.terms(row, contract, side, qty.contracts())
        }
    }

    fn filled(&self, id: OrderId, qty: Qty, price: Price) -> LogRow {
        let row = self.order(LogAction::Fill, id, None);
        let contract = self.book.find(id).map(|key| self.book.orders().at(key).contract);
        LogRow {
            qty: Some(qty.contracts()),
            fill_price: contract.map(|contract| self.price(contract, price)),
            ..row
        }
    }

    /// The order with the terms that the fact tells, whichever of them hold.
    fn changed(&self, id: OrderId, qty: Qty, limit: Price, reason: &str) -> LogRow {
        let row = self.order(LogAction::Change, id, Some(reason));
        let contract = self.book.find(id).map(|key| self.book.orders().at(key).contract);
        LogRow {
            qty: Some(qty.contracts()),
            price: contract.map(|contract| self.price(contract, limit)),
            ..row
        }
    }

    /// What of a lot's stop and target stands now; the price is the stop's, or else the target's.
    fn protected(&self, lot: LotId) -> LogRow {
        let bracket = self.book.bracket(lot);
        let reason = match (bracket.stop.is_some(), bracket.target.is_some()) {
            (true, true) => "stop_and_target_stand",
            (true, false) => "stop_stands",
            (false, true) => "target_stands_no_stop",
            (false, false) => "neither_stop_nor_target",
        };
        let row = self.of_lot(self.plain(LogAction::Protect, reason), lot);
        let contract = self.book.lots().get(lot).map(|row| row.contract);
        let price = contract.zip(bracket.stop.or(bracket.target));
        LogRow { price: price.map(|(contract, price)| self.price(contract, price)), ..row }
    }

    /// A row of a lot, with the price that it is about.
    fn at_price(&self, row: LogRow, lot: LotId, price: Price) -> LogRow {
        let contract = self.book.lots().get(lot).map(|row| row.contract);
        LogRow { price: contract.map(|contract| self.price(contract, price)), ..row }
    }

    fn at_entry(&self, lot: LotId, stop: Price) -> LogRow {
        let row = self.of_lot(self.plain(LogAction::Protect, "stop_at_entry"), lot);
        let contract = self.book.lots().get(lot).map(|row| row.contract);
        LogRow { price: contract.map(|contract| self.price(contract, stop)), ..row }
    }

    fn rejected(&self, id: OrderId, asked: &Asked, reason: &str) -> LogRow {
        let row = LogRow {
            order_id: Some(id.to_string()),
            status: Some(OrderStatus::Rejected.word().to_owned()),
            ..self.plain(LogAction::Reject, reason)
        };
        match asked {
            Asked::Request(OrderRequest { contract, side, qty, kind, .. }) => LogRow {
                price: kind.limit().map(|price| self.price(*contract, price)),
                ..self.terms(row, *contract, *side, qty.contracts())
            },
            // A quantity that is no whole number stays out; the reason says what was wrong.
            Asked::Ticket(Ticket { symbol, side, qty, price, .. }) => LogRow {
                symbol: Some(symbol.clone()),
                side: Some(side_word(*side)),
                qty: qty.trim().parse().ok(),
                price: price.clone(),
                ..row
            },
        }
    }

    fn fired(&self, lot: LotId, leg: Leg, print: Price) -> LogRow {
        let action = match leg {
            Leg::Stop => LogAction::Stop,
            Leg::Target => LogAction::Target,
        };
        let row = self.at_price(self.of_lot(self.bare(action), lot), lot, print);
        LogRow { receipt: Some(lot.to_string()), ..row }
    }

    fn flatten(&self, flatten: FlattenId, reason: &str) -> LogRow {
        LogRow { receipt: Some(flatten.to_string()), ..self.plain(LogAction::Flatten, reason) }
    }

    pub(super) fn lot(&self, lot: LotId, reason: &str) -> LogRow {
        self.of_lot(self.plain(LogAction::Alarm, reason), lot)
    }

    /// A row about a lot: the order that opened it, and what of it is open.
    fn of_lot(&self, row: LogRow, lot: LotId) -> LogRow {
        let Some(lot) = self.book.lots().get(lot) else { return row };
        let order_id = Some(self.book.orders().at(lot.order).id.to_string());
        LogRow { order_id, ..self.terms(row, lot.contract, lot.side, lot.open) }
    }

    pub(super) fn of_contract(&self, action: LogAction, contract: ContractId, reason: &str) -> LogRow {
        LogRow { symbol: Some(self.symbol(contract)), ..self.plain(action, reason) }
    }

    fn symbol(&self, contract: ContractId) -> String {
        self.listing.root(contract).to_owned()
    }

    fn terms(&self, row: LogRow, contract: ContractId, side: Side, qty: u32) -> LogRow {
        LogRow { symbol: Some(self.symbol(contract)), side: Some(side_word(side)), qty: Some(qty), ..row }
    }

    fn price(&self, contract: ContractId, price: Price) -> String {
        price_text(self.listing, contract, price)
    }
}

/// The receipt that an order belongs to: of the lot that it closes, or of the flatten.
fn receipt_of(order: OrderId) -> Option<String> {
    match order {
        OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, .. } => Some(lot.to_string()),
        OrderId::FlattenExit { flatten, .. } => Some(flatten.to_string()),
        OrderId::Ticket(_) | OrderId::Outside(_) => None,
    }
}

const fn absence_word(absence: Absence) -> &'static str {
    match absence {
        Absence::Ended => "started_again",
        Absence::Crashed => "started_again_after_a_crash",
        Absence::Slept => "woke_after_a_pause",
    }
}

const fn halt_word(change: HaltChange) -> &'static str {
    match change {
        HaltChange::Kill => "kill_switch_on",
        HaltChange::LiftKill => "kill_switch_off",
        HaltChange::SwitchOn => "entries_switched_on",
        HaltChange::LiftLatch | HaltChange::LiftContractLatch(_) => "books_checked",
    }
}
