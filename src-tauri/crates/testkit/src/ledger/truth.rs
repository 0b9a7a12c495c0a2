//! What the broker says about itself, counted again: executions taken back, orders that are not ours,
//! adjustments, latches, differences.

use phantom_engine::FactBody;
use phantom_engine::fact::Alarm;
use phantom_model::{
    ContractId, ExecId, Guard, Link, LotId, Money, NetQty, OrderId, OrderKind, OrderStatus, Price, Qty, Side,
};

use super::{ClosedRow, Execution, Ledger, OrderRow, Use};
use crate::line::lot_name;

impl Ledger {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    pub(super) fn take_truth(&mut self, body: &FactBody, tick_value: impl Fn(ContractId) -> Money) {
        match *body {
            FactBody::ContractLatched { contract, cause } => {
                let latch = (contract, cause);
                assert!(!self.contract_latches.contains(&latch), "latched twice for {cause:?}");
                self.contract_latches.push(latch);
                self.doubted = true;
            }
            FactBody::OutsideOrderSeen { order, contract, side, qty, .. } => {
                self.outside(order, contract, side, qty, OrderStatus::Accepted);
            }
            FactBody::PositionAdjusted { order, contract, side, qty, price, .. } => {
                self.adjusted(order, contract, (side, qty), price);
            }
            FactBody::FillBusted { order, exec } => {
                self.owed.alarms.push(Alarm::Busted(order));
                let it = self.forget(exec);
                assert_eq!(it.order, order, "the bust names the order of its execution");
                let row = self.orders.get_mut(&order).unwrap();
                row.busted += it.qty;
                self.measure_lot_of(order);
            }
            FactBody::FillCorrected { order, exec, qty, price, fee } => {
                self.owed.alarms.push(Alarm::Corrected(order));
                let old = self.forget(exec);
                let it = Execution { order, exec, qty: qty.contracts(), price, fee, dead: false };
                self.count(&it);
                let row = self.orders.get_mut(&order).unwrap();
                row.busted = (row.busted + old.qty).saturating_sub(it.qty);
                if row.is_live() && row.filled + row.busted >= row.most() {
                    row.unknown = false;
                    row.status = OrderStatus::Filled;
                    row.forget_change();
                }
                self.measure_lot_of(order);
            }
            FactBody::FillDoubted { order, exec, qty, price } => {
                let fee = Money::ZERO;
                let it = Execution { order, exec, qty: qty.contracts(), price, fee, dead: true };
                assert!(self.execs.insert(exec, it).is_none(), "a doubted execution is not a known one");
                self.owed.alarms.push(Alarm::TwinExec(order));
            }
            FactBody::LotUnwound { lot, qty, entry } => self.unwound(lot, qty, entry),
            FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => {
                let it = ClosedRow { lot, by, qty, entry, exit };
                self.undone(it, realized, tick_value(self.lot(lot).contract));
            }
            ref other => self.take_standing(other),
        }
    }

    /// How the account stands with its broker.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    fn take_standing(&mut self, body: &FactBody) {
        match *body {
            FactBody::LinkChanged { link } => {
                self.halt.not_connected = link == Link::Down;
                self.halt.reconciling = link == Link::Up;
                if link == Link::Up {
                    self.up_at = self.at;
                }
            }
            FactBody::Reconciled => {
                assert!(self.halt.reconciling, "reconciled without a cause");
                self.halt.reconciling = false;
            }
            FactBody::PositionDiffers { contract, ours, broker } => {
                assert_eq!(ours, self.sums(contract).net, "our number in a difference");
                assert_ne!(ours, broker, "a difference of equal numbers");
                self.confirmed.remove(&contract);
                self.differences.insert(contract, broker.signed() - ours.signed());
            }
            FactBody::DifferenceConfirmed { contract } => {
                let by = *self.differences.get(&contract).unwrap();
                self.confirmed.insert(contract, by);
            }
            FactBody::DifferenceDismissed { contract, .. } => {
                assert!(self.confirmed.remove(&contract).is_some(), "dismissed before it was confirmed");
            }
            FactBody::DifferenceGone { contract } => {
                self.confirmed.remove(&contract);
                assert!(self.differences.remove(&contract).is_some(), "a difference that was not there");
            }
            FactBody::FeedLost | FactBody::FeedBack => {
                self.blind = !self.blind;
                assert_eq!(self.blind, matches!(body, FactBody::FeedLost), "the feed is lost once");
            }
            FactBody::DayStarted { day } => {
                assert!(self.day.is_none_or(|today| today < day), "a day begins once");
                self.day = Some(day);
                for sums in self.sums.values_mut() {
                    sums.at_day_start = (sums.realized, sums.fees);
                }
            }
            FactBody::ContractStands { contract, standing } => {
                let before = self.contracts_stand.insert(contract, standing).unwrap_or_default();
                assert_ne!(before, standing, "a contract stands otherwise than before");
            }
            ref other => panic!("not about the broker's account: {other:?}"),
        }
    }

    fn outside(&mut self, order: OrderId, contract: ContractId, side: Side, qty: Qty, status: OrderStatus) {
        assert!(matches!(order, OrderId::Outside(_)), "{order} is an id of ours");
        self.doubted = true;
        let row = OrderRow {
            contract,
            side,
            qty: qty.contracts(),
            kind: OrderKind::Market,
            use_: Use::Outside,
            status,
            unknown: false,
            filled: 0,
            busted: 0,
            cost_ticks: 0,
            lot: None,
            guard: Guard::NONE,
            change: None,
        };
        assert!(self.orders.insert(order, row).is_none(), "{order} is seen twice");
        self.submitted.push(order);
    }

    fn adjusted(
        &mut self,
        order: OrderId,
        contract: ContractId,
        (side, qty): (Side, Qty),
        price: Option<Price>,
    ) {
        assert!(self.confirmed.contains_key(&contract), "adjusted without a difference");
        self.outside(order, contract, side, qty, OrderStatus::Filled);
        let signed = side.sign() * i64::from(qty.contracts());
        let row = self.orders.get_mut(&order).unwrap();
        row.filled = qty.contracts();
        row.cost_ticks = price.map_or(0, Price::ticks) * i64::from(qty.contracts());
        self.owed.unallotted += signed;
        let sums = self.sums.entry(contract).or_default();
        sums.net = NetQty::new(sums.net.signed() + signed);
        sums.adjusted = NetQty::new(sums.adjusted.signed() + signed);
    }

    /// An execution that counted counts no more.
    fn forget(&mut self, exec: ExecId) -> Execution {
        self.doubted = true;
        let it = self.execs.get_mut(&exec).unwrap();
        assert!(!it.dead, "execution {} is taken back twice", exec.number());
        it.dead = true;
        let it = *it;
        self.add(&it, -1);
        it
    }

    pub(super) fn count(&mut self, it: &Execution) {
        self.execs.insert(it.exec, *it);
        self.add(it, 1);
    }

    fn add(&mut self, it: &Execution, times: i64) {
        let row = self.orders.get_mut(&it.order).unwrap();
        let qty = times * i64::from(it.qty);
        row.filled = u32::try_from(i64::from(row.filled) + qty).unwrap();
        row.cost_ticks += it.price.ticks() * qty;
        let signed = row.side.sign() * qty;
        self.owed.unallotted += signed;
        let sums = self.sums.entry(row.contract).or_default();
        sums.net = NetQty::new(sums.net.signed() + signed);
        sums.fees += it.fee * times;
        sums.cash_ticks -= signed * it.price.ticks();
    }

    fn unwound(&mut self, lot: LotId, qty: u32, entry: Price) {
        let row = self.lots.get_mut(&lot).unwrap();
        self.owed.unallotted += row.side.sign() * i64::from(qty);
        let mut left = qty;
        for (open, _) in row.pieces.iter_mut().filter(|(_, price)| *price == entry) {
            let part = left.min(*open);
            *open -= part;
            left -= part;
        }
        assert_eq!(left, 0, "{} has no such contracts to unwind", lot_name(lot));
        row.pieces.retain(|(open, _)| *open > 0);
    }

    fn undone(&mut self, it: ClosedRow, realized: Money, tick_value: Money) {
        let mut left = it.qty;
        let alike = |row: &&mut ClosedRow| {
            (row.lot, row.by, row.entry, row.exit) == (it.lot, it.by, it.entry, it.exit)
        };
        for row in self.closed.iter_mut().filter(alike) {
            let part = left.min(row.qty);
            row.qty -= part;
            left -= part;
        }
        assert_eq!(left, 0, "undone what was never closed");
        let row = self.lots.get_mut(&it.lot).unwrap();
        let ticks = (it.exit - it.entry).count() * row.side.sign() * i64::from(it.qty);
        assert_eq!(realized, tick_value * ticks, "profit taken back of {}", lot_name(it.lot));
        if row.guard.distance.is_some() {
            row.guard.best = row.guard.best.or(Some(it.entry));
        }
        row.pieces.push((it.qty, it.entry));
        self.owed.unallotted -= row.side.sign() * i64::from(it.qty);
        let sums = self.sums.entry(row.contract).or_default();
        sums.realized = sums.realized - realized;
        self.measure(it.lot);
    }

    fn measure_lot_of(&mut self, order: OrderId) {
        if let Some(lot) = self.orders.get(&order).and_then(|row| row.lot) {
            self.measure(lot);
        }
    }
}
