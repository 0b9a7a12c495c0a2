//! What the facts about one order must obey.

use phantom_compliance::Halt;
use phantom_engine::FactBody;
use phantom_engine::fact::{Alarm, Purpose};
use phantom_model::{ContractId, OrderId, OrderStatus, Side};

use super::{Execution, Ledger, OrderRow, Use, may_go};

impl Ledger {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    pub(super) fn take_order(&mut self, body: &FactBody) {
        match *body {
            FactBody::OrderRejected { order, .. } => {
                assert!(self.is_new(order), "{order} is rejected but not new");
                self.rejected.insert(order);
            }
            FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, .. } => {
                assert!(self.is_new(order), "{order} is submitted twice");
                let use_ = match purpose {
                    Purpose::Entry(bracket) => Use::Entry(bracket),
                    Purpose::Reduction | Purpose::Flatten(_) => Use::Reduction,
                    Purpose::LotExit { lot, .. } => Use::LotExit(lot),
                    Purpose::Outside => panic!("{order} is not ours and is submitted"),
                };
                let row = OrderRow {
                    contract,
                    side,
                    qty: qty.contracts(),
                    kind,
                    use_,
                    status: OrderStatus::Pending,
                    unknown: false,
                    filled: 0,
                    busted: 0,
                    cost_ticks: 0,
                    lot: None,
                };
                self.may_leave(order, &row, purpose);
                self.orders.insert(order, row);
                self.submitted.push(order);
            }
            FactBody::OrderFilled { order, exec, qty, price, fee, .. } => {
                self.filled(Execution { order, exec, qty: qty.contracts(), price, fee, dead: false });
            }
            FactBody::OrderAccepted { order } => {
                let row = self.order(order);
                row.unknown = false;
                if row.status == OrderStatus::Pending {
                    row.go(order, OrderStatus::Accepted);
                }
            }
            FactBody::OrderCancelled { order } => self.order(order).end(order, OrderStatus::Cancelled),
            FactBody::OrderFailed { order, .. } => self.order(order).end(order, OrderStatus::Failed),
            FactBody::OrderClosed { order } => self.closed(order),
            FactBody::OrderUnknown { order } => {
                let row = self.order(order);
                assert!(row.status.is_live() && !row.unknown, "{order} cannot become unknown");
                row.unknown = true;
            }
            FactBody::CancelRequested { order } => {
                assert!(self.order(order).status.is_live(), "{order} has ended: nothing to cancel");
            }
            FactBody::CancelRefused { order } => {
                // A submission is not answered by that.
                let row = self.order(order);
                row.unknown &= row.status == OrderStatus::Pending;
            }
            ref other => panic!("not about one order: {other:?}"),
        }
    }

    fn is_new(&self, order: OrderId) -> bool {
        !self.orders.contains_key(&order) && !self.rejected.contains(&order)
    }

    fn order(&mut self, order: OrderId) -> &mut OrderRow {
        self.orders.get_mut(&order).unwrap()
    }

    /// An opening leaves only while nothing stops it and nothing works against it; an exit only
    /// within what fills prove, less every other exit.
    fn may_leave(&mut self, order: OrderId, row: &OrderRow, purpose: Purpose) {
        let net = self.sums(row.contract).net;
        if !row.is_exit() {
            assert_eq!(self.halt, Halt::default(), "{order} opens while openings are stopped");
            let latched = self.contract_latches.iter().any(|(contract, _)| *contract == row.contract);
            assert!(!latched, "{order} opens in a contract that is latched");
            assert!(net.side().is_none_or(|held| held == row.side), "{order} opens against the position");
            let against = self.entry_leaves(row.contract, row.side.opposite());
            assert_eq!(against, 0, "{order} opens against a working entry");
            return;
        }
        assert_eq!(net.side(), Some(row.side.opposite()), "{order} is no exit of {net}");
        let outstanding = self.exits_outstanding(row.contract);
        let theirs = net.signed() + self.confirmed.get(&row.contract).copied().unwrap_or(0);
        let smaller = (theirs * net.signed().signum()).clamp(0, i64::MAX).unsigned_abs().min(net.size());
        assert!(
            outstanding + u64::from(row.qty) <= smaller,
            "{order} closes {} of {net} with {outstanding} outstanding",
            row.qty
        );
        if let Purpose::LotExit { lot, leg } = purpose {
            let own = self.own_exits(lot);
            let it = self.lots.get_mut(&lot).unwrap();
            assert_eq!(it.fired, Some(leg), "{order} leaves for a leg that has not fired");
            assert!(!it.unprotected, "{order} leaves after the last rung");
            assert!(own + row.qty <= it.open(), "{order} closes what another exit of its lot closes");
            it.exits_sent += 1;
            let exit = it.exits_sent;
            assert_eq!(order, OrderId::LotExit { lot, exit }, "the id says the lot and counts its exits");
        }
    }

    fn filled(&mut self, fill: Execution) {
        let Execution { order, exec, qty, .. } = fill;
        assert!(!self.execs.contains_key(&exec), "execution {} is applied twice", exec.number());
        assert_eq!(self.owed.unallotted, 0, "the fill before {order} is not in the lots");
        let contract = self.order(order).contract;
        let before = self.sums(contract).net;
        self.count(&fill);
        let row = self.orders.get_mut(&order).unwrap();
        row.unknown = false;
        if row.use_ == Use::Outside {
            row.status = OrderStatus::Filled;
            self.doubted = true;
            return;
        }
        match row.status {
            OrderStatus::Filled | OrderStatus::Closed => {}
            OrderStatus::Cancelled | OrderStatus::Failed => {
                self.owed.alarms.push(Alarm::LateFill(order));
                self.doubted |= row.is_exit();
                row.go_by_fill(order);
            }
            OrderStatus::Pending | OrderStatus::Accepted | OrderStatus::PartiallyFilled => {
                row.go_by_fill(order);
            }
            OrderStatus::Rejected => panic!("{order} was never sent and has a fill"),
        }
        let (side, is_exit) = (row.side, row.is_exit());
        let overfilled = row.filled > row.qty;
        let closes = before.side() == Some(side.opposite()) && u64::from(qty) <= before.size();
        self.owed.latch |= overfilled || (is_exit && !closes);
    }

    fn closed(&mut self, order: OrderId) {
        let open = self.order(order).lot.map_or(0, |lot| self.lot(lot).open());
        assert_eq!(open, 0, "{order} closes with {open} still open");
        self.order(order).go(order, OrderStatus::Closed);
    }

    pub(super) fn entry_leaves(&self, contract: ContractId, side: Side) -> u64 {
        let entries = self.orders.values().filter(|order| matches!(order.use_, Use::Entry(_)));
        let here = entries.filter(|order| order.contract == contract && order.side == side);
        here.map(|order| u64::from(order.leaves())).sum()
    }
}

impl OrderRow {
    fn go(&mut self, order: OrderId, to: OrderStatus) {
        assert!(may_go(self.status, to), "{order} goes from {} to {to}", self.status);
        self.status = to;
    }

    fn go_by_fill(&mut self, order: OrderId) {
        let to = if self.filled + self.busted >= self.qty {
            OrderStatus::Filled
        } else {
            OrderStatus::PartiallyFilled
        };
        self.go(order, to);
    }

    fn end(&mut self, order: OrderId, to: OrderStatus) {
        self.unknown = false;
        self.go(order, to);
    }
}
