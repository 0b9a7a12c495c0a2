//! What the facts about one order must obey.

use phantom_compliance::Halt;
use phantom_engine::FactBody;
use phantom_engine::fact::{Alarm, Purpose};
use phantom_model::{ContractId, Guard, OrderId, OrderKind, OrderStatus, Side, StopRole};

use super::{Execution, Ledger, OrderRow, Use, may_go};

impl Ledger {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    pub(super) fn take_order(&mut self, body: &FactBody) {
        match *body {
            FactBody::OrderRejected { order, .. } => {
                assert!(self.is_new(order), "{order} is rejected but not new");
                self.rejected.insert(order);
            }
            FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, guard, .. } => {
                assert!(self.is_new(order), "{order} is submitted twice");
                let use_ = match purpose {
                    Purpose::Entry(bracket) => Use::Entry(bracket),
                    Purpose::Reduction | Purpose::Flatten(_) => Use::Reduction,
                    Purpose::LotExit { lot, .. } => Use::LotExit(lot),
                    Purpose::DisasterStop { .. } | Purpose::Outside => panic!("{order} is not sent by us"),
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
                    guard,
                    change: None,
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
                if row.unknown {
                    row.settle_change(order, None);
                }
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
            FactBody::ChangeAsked { order, qty, .. } => self.change_asked(order, qty.contracts()),
            FactBody::OrderChanged { order, qty, limit } => {
                let row = self.order(order);
                row.kind = OrderKind::Limit(limit);
                row.settle_change(order, Some(qty.contracts()));
            }
            FactBody::ChangeRefused { order } => self.order(order).settle_change(order, None),
            ref other => panic!("not about one order: {other:?}"),
        }
    }

    /// A stop of the broker's side is an exit of the lot that it names, of whatever size the broker says.
    pub(super) fn stop_stands(&mut self, order: OrderId, contract: ContractId, side: Side, qty: u32) {
        let OrderId::LotStop { lot, role, .. } = order else { panic!("{order} is no stop of a lot") };
        let it = self.lot(lot);
        assert_eq!((it.contract, it.side.opposite()), (contract, side), "{order} does not close its lot");
        if let Some(row) = self.orders.get_mut(&order) {
            assert!(row.is_live(), "{order} has ended and has another size");
            row.settle_change(order, Some(qty));
            return;
        }
        let use_ = match role {
            StopRole::Shadow => Use::LotExit(lot),
            StopRole::Disaster => Use::DisasterStop(lot),
        };
        // It came by itself: whether it fits what else is out is the broker's side to know.
        let beyond_lot = self.own_exits(lot) + qty > self.lot(lot).open();
        let beyond_position =
            self.exits_outstanding(contract) + u64::from(qty) > self.sums(contract).net.size();
        self.crowded |= role == StopRole::Shadow && beyond_position;
        self.doubted |= role == StopRole::Shadow && (beyond_lot || beyond_position);
        let row = OrderRow {
            contract,
            side,
            qty,
            kind: OrderKind::Market,
            use_,
            status: OrderStatus::Accepted,
            unknown: false,
            filled: 0,
            busted: 0,
            cost_ticks: 0,
            lot: None,
            guard: Guard::NONE,
            change: None,
        };
        self.orders.insert(order, row);
        self.submitted.push(order);
    }

    /// New terms leave only for a limit order that works, and what they may add fits as an order would.
    fn change_asked(&mut self, order: OrderId, qty: u32) {
        let row = self.orders.get(&order).unwrap().clone();
        assert!(row.status.is_live() && row.change.is_none() && !row.unknown, "{order} cannot change");
        assert!(row.use_ != Use::Outside, "{order} is not ours to change");
        let done = row.filled + row.busted;
        assert!(matches!(row.kind, OrderKind::Limit(_)) && qty > done, "{order} cannot change so");
        let grown = qty.saturating_sub(row.qty);
        let net = self.sums(row.contract).net;
        if grown > 0 && row.is_exit() {
            let outstanding = self.exits_outstanding(row.contract);
            assert_eq!(net.side(), Some(row.side.opposite()), "{order} is no exit of {net}");
            let closable = self.closable(row.contract);
            assert!(outstanding + u64::from(grown) <= closable, "{order} grows beyond {net}");
        } else if grown > 0 {
            assert_eq!(self.halt, Halt::default(), "{order} grows while openings are stopped");
            assert!(!self.is_latched(row.contract), "{order} grows in a contract that is latched");
            assert!(net.side().is_none_or(|held| held == row.side), "{order} grows against the position");
        }
        self.order(order).change = Some((row.qty, qty));
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
            assert!(!self.is_latched(row.contract), "{order} opens in a contract that is latched");
            assert!(net.side().is_none_or(|held| held == row.side), "{order} opens against the position");
            let against = self.entry_leaves(row.contract, row.side.opposite());
            assert_eq!(against, 0, "{order} opens against a working entry");
            return;
        }
        assert_eq!(net.side(), Some(row.side.opposite()), "{order} is no exit of {net}");
        let outstanding = self.exits_outstanding(row.contract);
        assert!(
            outstanding + u64::from(row.qty) <= self.closable(row.contract),
            "{order} closes {} of {net} with {outstanding} outstanding",
            row.qty
        );
        if matches!(purpose, Purpose::LotExit { .. } | Purpose::Flatten(_)) {
            assert!(!self.halt.not_connected, "{order} leaves without a way to the broker");
        }
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

    fn is_latched(&self, contract: ContractId) -> bool {
        self.contract_latches.iter().any(|(latched, _)| *latched == contract)
    }

    /// The smaller of our number and the broker's, where the two are known to differ.
    fn closable(&self, contract: ContractId) -> u64 {
        let net = self.sums(contract).net;
        let theirs = net.signed() + self.confirmed.get(&contract).copied().unwrap_or(0);
        (theirs * net.signed().signum()).clamp(0, i64::MAX).unsigned_abs().min(net.size())
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
        if let Some(lot) = row.lot.and_then(|lot| self.lots.get_mut(&lot)).filter(|lot| lot.open() == 0) {
            // It trails anew from this fill.
            lot.guard.best = None;
        }
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
        let (side, is_exit) = (row.side, row.is_exit() || matches!(row.use_, Use::DisasterStop(_)));
        let overfilled = row.filled > row.most();
        if !row.is_live() {
            row.forget_change();
        }
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
        let done = self.filled + self.busted;
        let to = if done >= self.most() { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
        self.go(order, to);
    }

    /// The answer to a change: the quantity that holds, or the old one.
    fn settle_change(&mut self, order: OrderId, qty: Option<u32>) {
        let old = self.change.take().map_or(self.qty, |(old, _)| old);
        self.qty = qty.unwrap_or(old).max(self.filled);
        if self.is_live() && self.filled + self.busted >= self.qty {
            self.unknown = false;
            self.go(order, OrderStatus::Filled);
        }
    }

    /// The order has ended; a change that nobody has answered was real if more is filled than before it.
    pub(super) fn forget_change(&mut self) {
        if let Some((old, new)) = self.change.take() {
            self.qty = if self.filled + self.busted > old { old.max(new) } else { old };
        }
    }

    fn end(&mut self, order: OrderId, to: OrderStatus) {
        self.unknown = false;
        self.go(order, to);
        self.forget_change();
    }
}
