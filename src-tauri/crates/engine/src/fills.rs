//! Executions: applied once, to the position first and then to the lots.

use phantom_model::{
    ContractId, FillReport, FillTiming, LotId, Money, OrderStatus, OrderStep, Price, Side, Stepped,
};

use crate::book::{FillState, LotState, OrderKey};
use crate::deadlines::Due;
use crate::engine::{Engine, Now};
use crate::fact::{Alarm, FactBody, Invariant, LatchCause, Purpose};
use crate::outcome::Request;

impl Engine {
    /// Applies one execution of an order of ours.
    pub(crate) fn fill(&mut self, now: &mut Now<'_>, key: OrderKey, report: FillReport) {
        if self.is_known(now, key, &report) {
            return;
        }
        let FillReport { order, exec, qty, price, timing, broker_time } = report;
        let row = self.book.orders().at(key);
        let (contract, side, ours) = (row.contract, row.side, row.purpose != Purpose::Outside);
        let was_unknown = row.unknown;
        let over = u64::from(row.filled) + u64::from(qty.contracts()) > u64::from(row.qty.contracts());
        let stepped = row.status.after(OrderStep::FillPart);
        let closing = self.closing_part(contract, side, qty.contracts());
        let double = self.is_double_exit(key, qty.contracts());
        let fee = self.terms.at(contract).fee_per_side * i64::from(qty.contracts());

        self.emit(now, FactBody::OrderFilled { order, exec, qty, price, fee, broker_time });
        if was_unknown {
            // The fill says nothing of a cancel or a change: those answers are overdue still.
            self.answer_overdue(now, key);
        }
        match stepped {
            _ if !ours => {}
            Stepped::To(_) | Stepped::Stale => {}
            Stepped::Late(_) => {
                self.alarm(now, Alarm::LateFill(order));
                // What ended before may be alive: it counts again until the broker proves otherwise.
                now.request(Request::Query(order));
            }
            Stepped::Illegal => self.alarm(now, Alarm::IllegalStep(order)),
        }
        if over && ours {
            self.latch(now, LatchCause::Overfill(order));
        }
        self.consume(now, key, closing, price);
        let opening = qty.contracts() - closing;
        if opening > 0 {
            self.open(now, key, opening, price, timing);
        }
        let opened_ours = ours && opening > 0;
        if closing > 0 && opening > 0 && self.book.positions().at(contract).exits_outstanding() > 0 {
            // The position has turned: what is out to close it would now add to it.
            self.latch(now, LatchCause::Broken(Invariant::ExitsWithinPosition));
        }
        self.close_if_done(now, key);
        // A replay does not ask: what is filled in part there fills with the next prints.
        if self.timing.snapshot_every.is_some() && self.book.orders().at(key).is_filled_in_part_at_market() {
            self.deadlines.set(now.at + self.timing.cancel_wait, Due::ExitRests(key));
        }
        if matches!(stepped, Stepped::Late(_)) {
            self.withdraw_replacements(now, key);
        }
        self.after_exit_fill(now, key, double);
        self.settle(now, contract);
        if opened_ours {
            self.close_what_must_not_open(now, key);
        }
    }

    /// Whether the execution has been applied before. The first report of it counts.
    fn is_known(&mut self, now: &mut Now<'_>, key: OrderKey, report: &FillReport) -> bool {
        let Some(known) = self.book.find_fill(report.exec) else { return self.is_twin(now, key, report) };
        let fill = self.book.fills().at(known);
        let same = (fill.qty, fill.price) == (report.qty, report.price);
        // What the exchange has changed since may well be told again as it was.
        let contradicts = fill.order != key || (!same && fill.state == FillState::AsReported);
        if contradicts {
            self.alarm(now, Alarm::ContradictingExec(report.order));
        }
        true
    }

    /// Whether this seems to be an execution that has come before, under another id: the same order,
    /// quantity, price and time of the broker, and more than the order can fill. Two fills that are only
    /// alike both count, with an alarm.
    fn is_twin(&mut self, now: &mut Now<'_>, key: OrderKey, report: &FillReport) -> bool {
        if report.broker_time.is_none() {
            return false;
        }
        let row = self.book.orders().at(key);
        let terms = (report.qty, report.price, report.broker_time);
        let alike = self.book.fills_of(row).any(|fill| (fill.qty, fill.price, fill.broker_time) == terms);
        if !alike {
            return false;
        }
        let FillReport { order, exec, qty, price, .. } = *report;
        let over = u64::from(row.filled) + u64::from(qty.contracts()) > u64::from(row.qty.contracts());
        let (contract, twin) = (row.contract, over && row.purpose != Purpose::Outside);
        if twin {
            self.emit(now, FactBody::FillDoubted { order, exec, qty, price });
        }
        self.alarm(now, Alarm::TwinExec(order));
        self.latch_contract(now, contract, LatchCause::TwinExec(order));
        self.ask_snapshot(now);
        twin
    }

    /// How much of a fill closes: fills rule the position, whatever the order was meant for.
    fn closing_part(&self, contract: ContractId, side: Side, qty: u32) -> u32 {
        let net = self.book.positions().at(contract).net;
        if net.side().is_some_and(|held| held != side) {
            u32::try_from(net.size()).unwrap_or(u32::MAX).min(qty)
        } else {
            0
        }
    }

    /// Consumes lots: the exit's own lot first, then oldest first what no exit of a lot will close,
    /// then oldest first whatever is open.
    pub(crate) fn consume(&mut self, now: &mut Now<'_>, key: OrderKey, qty: u32, price: Price) {
        let mut left = qty;
        while left > 0 {
            let Some((lot, most)) = self.next_to_consume(key) else { return };
            left -= self.reduce_lot(now, key, lot, left.min(most), price);
        }
    }

    fn next_to_consume(&self, key: OrderKey) -> Option<(LotId, u32)> {
        let order = self.book.orders().at(key);
        let lots = self.book.lots();
        if let Purpose::LotExit { lot, .. } | Purpose::DisasterStop { lot } = order.purpose
            && lots.at(lot).open > 0
        {
            return Some((lot, lots.at(lot).open));
        }
        let open = &self.book.positions().at(order.contract).lots;
        let by_turn = self.lots_by_turn(order.contract);
        let free = by_turn.map(|lot| (lot, lots.at(lot).uncommitted())).find(|(_, most)| *most > 0);
        free.or_else(|| open.first().map(|&lot| (lot, lots.at(lot).open)))
    }

    /// Takes up to `qty` contracts of the lot's oldest piece. How many it took.
    fn reduce_lot(&mut self, now: &mut Now<'_>, key: OrderKey, lot: LotId, qty: u32, exit: Price) -> u32 {
        let row = self.book.lots().at(lot);
        let piece = self.book.pieces().at(row.first_piece);
        let qty = qty.min(piece.open);
        let (entry, opener) = (piece.price, row.order);
        let realized = self.profit(lot, qty, entry, exit);
        let by = self.book.orders().at(key).id;
        self.emit(now, FactBody::LotReduced { lot, by, qty, entry, exit, realized });
        self.close_if_done(now, opener);
        qty
    }

    /// What contracts of a lot earned from their entry to an exit price.
    pub(crate) fn profit(&self, lot: LotId, qty: u32, entry: Price, exit: Price) -> Money {
        let row = self.book.lots().at(lot);
        let ticks = (exit - entry).count() * row.side.sign() * i64::from(qty);
        self.terms.at(row.contract).tick_value * ticks
    }

    /// Opens the order's lot, or adds to it; its phantom is armed in the same step.
    pub(crate) fn open(
        &mut self,
        now: &mut Now<'_>,
        key: OrderKey,
        qty: u32,
        price: Price,
        timing: FillTiming,
    ) {
        let row = self.book.orders().at(key);
        let (order, contract, purpose) = (row.id, row.contract, row.purpose);
        let known = row.lot;
        let lot = known.unwrap_or_else(|| self.book.lots().next_key());
        let arms = known.is_none_or(|lot| self.book.lots().at(lot).open == 0);
        let body = match known {
            Some(lot) => FactBody::LotGrew { lot, qty, price },
            None => FactBody::LotOpened { lot, order, qty, price },
        };
        self.emit(now, body);
        if arms && timing == FillTiming::ByComingPrint && self.book.lots().at(lot).state == LotState::Armed {
            self.fresh.push((contract, lot));
        }
        match purpose {
            // The contract is latched for an order that is not ours already.
            Purpose::Entry(_) | Purpose::Outside => {}
            Purpose::Reduction
            | Purpose::LotExit { .. }
            | Purpose::DisasterStop { .. }
            | Purpose::Flatten(_) => {
                self.latch(now, LatchCause::ExitOpened(order));
            }
        }
    }

    /// FILLED becomes CLOSED once nothing that the order opened is open.
    pub(crate) fn close_if_done(&mut self, now: &mut Now<'_>, key: OrderKey) {
        let row = self.book.orders().at(key);
        let open = row.lot.map_or(0, |lot| self.book.lots().at(lot).open);
        if row.status == OrderStatus::Filled && open == 0 {
            let order = row.id;
            self.emit(now, FactBody::OrderClosed { order });
        }
    }
}
