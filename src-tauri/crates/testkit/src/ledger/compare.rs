//! The ledger's counts beside the engine's.

use std::collections::BTreeSet;

use phantom_compliance::Minis;
use phantom_engine::Engine;
use phantom_engine::book::{LotState, Order, Position};
use phantom_engine::fact::LatchCause;
use phantom_model::{
    ContractId, LotId, Money, NetQty, OrderId, OrderKind, OrderStatus, Side, Span, StopRole, Timestamp,
};

use super::{Ledger, LotRow, OrderRow, Use};
use crate::line::lot_name;

impl Ledger {
    /// Compares everything. `now` is the time of the last input.
    pub fn compare(&mut self, engine: &Engine, now: Timestamp) {
        assert_eq!(self.owed.alarms, [], "alarms that nobody raised");
        assert_eq!(self.owed.unallotted, 0, "the last fill is not in the lots");
        assert!(self.halt.latched || !self.owed.latch, "a broken rule has not latched");
        self.owed.latch = false;
        assert_eq!(engine.book().halt(), self.halt);
        assert_eq!(engine.book().latches(), self.latches, "why the account is latched");
        assert_eq!(engine.book().is_blind(), self.blind);
        assert_eq!(engine.book().day(), self.day);
        assert_eq!(engine.book().cash(), self.cash(), "profit less fees");
        assert_eq!(engine.book().account().figures(), self.rules.figures.as_ref(), "figures of the account");
        assert_eq!(engine.book().account().lockouts(), self.rules.lockouts, "what locks the account");
        assert!(engine.next_due() > now, "something that is due was not done");
        self.compare_orders(engine);
        let mut worst = Minis::ZERO;
        let mut open_profit = Money::ZERO;
        for (contract, position) in engine.book().positions().iter() {
            self.compare_position(contract, position);
            self.compare_lots(engine, contract, position, now);
            let (buys, sells) = (position.buy_entry_leaves, position.sell_entry_leaves);
            let net = position.net.signed();
            let long = net + i64::try_from(buys).unwrap();
            let short = i64::try_from(sells).unwrap() - net;
            worst = worst + engine.terms().at(contract).weight * u64::try_from(long.max(short)).unwrap();
            open_profit += self.compare_profit(engine, contract);
        }
        assert_eq!(engine.book().worst_total(), worst, "worst case of the account");
        assert_eq!(engine.unrealized_total(), open_profit, "open profit of the account");
    }

    fn compare_orders(&self, engine: &Engine) {
        let book = engine.book();
        let ids: Vec<OrderId> = book.orders().iter().map(|(_, order)| order.id).collect();
        assert_eq!(ids, self.submitted, "orders in the order of submission");
        for (key, order) in book.orders().iter() {
            assert_eq!(book.find(order.id), Some(key));
            let row = self.orders.get(&order.id).unwrap();
            row.compare(order);
            let open = row.lot.map_or(0, |lot| self.lot(lot).open());
            let done = row.status == OrderStatus::Filled && open == 0;
            assert!(!done, "{} is filled and nothing of it is open, but it is not closed", order.id);
        }
        let live: BTreeSet<OrderId> = book.live_orders().map(|(_, order)| order.id).collect();
        let rows = self.orders.iter().filter(|(_, row)| row.is_live());
        assert_eq!(live, rows.map(|(id, _)| *id).collect(), "live orders");
    }

    fn compare_position(&self, contract: ContractId, position: &Position) {
        let sums = self.sums(contract);
        assert_eq!(
            (position.net, position.realized, position.fees),
            (sums.net, sums.realized, sums.fees),
            "net, realized and fees"
        );
        let day = (sums.realized - sums.at_day_start.0, sums.fees - sums.at_day_start.1);
        assert_eq!((position.day_realized(), position.day_fees()), day, "realized and fees of the day");
        assert_eq!(position.adjusted, sums.adjusted, "adjustments");
        let latches: Vec<LatchCause> =
            self.contract_latches.iter().filter(|(it, _)| *it == contract).map(|(_, cause)| *cause).collect();
        assert_eq!(position.latches, latches, "why the contract is latched");
        self.compare_cash(contract, position);
        for side in Side::BOTH {
            assert_eq!(position.entry_leaves(side), self.entry_leaves(contract, side), "{side} entries");
        }
        let here = |use_: fn(Use) -> bool| -> u64 {
            let exits = self.orders.values().filter(|row| row.contract == contract && use_(row.use_));
            exits.map(|row| u64::from(row.leaves())).sum()
        };
        assert_eq!(position.reduction_leaves, here(|use_| use_ == Use::Reduction), "reductions");
        assert_eq!(position.lot_exit_leaves, here(|use_| matches!(use_, Use::LotExit(_))), "lot exits");
        assert_eq!(position.exits_outstanding(), self.exits_outstanding(contract));
        if !self.halt.latched && !self.crowded {
            // A shadow that comes to stand may be one too many beside what was sent, until one is asked back; an
            // exit that nobody has answered may be out for a lot that a shadow has closed.
            let (shadows, beside) = self.shadow_leaves(contract);
            let sent = position.exits_outstanding() - shadows - beside;
            assert!(sent.max(shadows) <= position.net.size(), "exits exceed the position");
        }
    }

    /// What was paid and brought is what was realized and what is still in open lots, to the tick. An
    /// adjustment has neither paid nor brought anything.
    fn compare_cash(&self, contract: ContractId, position: &Position) {
        let executions = self.execs.values().filter(|it| !it.dead);
        let here = executions.filter(|it| self.orders.get(&it.order).unwrap().contract == contract);
        let net: i64 =
            here.map(|it| self.orders.get(&it.order).unwrap().side.sign() * i64::from(it.qty)).sum();
        assert_eq!(net + position.adjusted.signed(), position.net.signed(), "executions and adjustments");
        if position.adjusted != NetQty::FLAT || self.was_adjusted(contract) {
            return;
        }
        let closed = self.closed.iter().filter(|row| self.lot(row.lot).contract == contract);
        let realized_ticks: i64 = closed
            .map(|row| (row.exit - row.entry).count() * self.lot(row.lot).side.sign() * i64::from(row.qty))
            .sum();
        let cash_ticks = self.sums(contract).cash_ticks;
        assert_eq!(cash_ticks, realized_ticks - position.open_cost_ticks, "cash of all executions");
    }

    fn was_adjusted(&self, contract: ContractId) -> bool {
        let paid = |id: &OrderId| self.execs.values().any(|it| it.order == *id);
        let outside =
            self.orders.iter().filter(|(_, row)| row.use_ == Use::Outside && row.contract == contract);
        outside.into_iter().any(|(id, row)| row.filled > 0 && !paid(id))
    }

    fn compare_lots(&self, engine: &Engine, contract: ContractId, position: &Position, now: Timestamp) {
        let rows = self.lots.iter().filter(|(_, row)| row.contract == contract && row.open() > 0);
        let open: Vec<(&LotId, &LotRow)> = rows.collect();
        assert!(position.lots.iter().eq(open.iter().map(|(lot, _)| *lot)), "open lots");
        let size: u64 = open.iter().map(|(_, row)| u64::from(row.open())).sum();
        assert_eq!(size, position.net.size(), "lots add up to the position");
        let (mut trailing, mut evens) = (0, 0);
        let mut legs = 0;
        let mut armed = 0;
        for (&lot, row) in open {
            assert_eq!(Some(row.side), position.net.side(), "{} is on the other side", lot_name(lot));
            self.compare_lot(engine, lot, row, now);
            armed += u64::from(engine.armed_qty(lot));
            if row.fired.is_none() {
                trailing += usize::from(row.guard.distance.is_some());
                evens += usize::from(row.guard.even.is_some());
                legs += usize::from(row.bracket.stop.is_some()) + usize::from(row.bracket.target.is_some());
            }
        }
        assert_eq!(position.levels.len(), legs, "armed legs");
        assert_eq!(position.levels.trailing(), trailing, "trailing stops");
        assert_eq!(position.levels.evens(), evens, "stops that wait to go to their entries");
        if !self.doubted {
            assert_eq!(armed + position.exits_outstanding(), size, "protected by phantom or exit");
        }
    }

    /// A lot is in exactly one of: bare, armed, leaving, unprotected with an alarm. A leaving lot is
    /// wholly covered by exits, or waits for the cancel of one, and not for longer than it may.
    fn compare_lot(&self, engine: &Engine, lot: LotId, row: &LotRow, now: Timestamp) {
        let it = engine.book().lots().at(lot);
        let name = lot_name(lot);
        assert_eq!(engine.book().orders().at(it.order).id, row.order, "{name} was opened by");
        assert_eq!(it.open, row.open(), "{name} open");
        assert_eq!(engine.book().bracket(lot), row.levels(), "{name} stop and target");
        assert_eq!(engine.book().generation(lot), row.guard.generation, "{name} changes");
        assert_eq!(it.exit_leaves, self.own_exits(lot), "{name} own exits");
        assert_eq!(it.waiting_since(), if row.unprotected { None } else { row.waiting_since });
        let leaving = match it.state {
            LotState::Bare => !row.is_guarded() && row.fired.is_none(),
            LotState::Armed => row.is_guarded() && row.fired.is_none(),
            LotState::Exiting { leg, .. } => row.fired == Some(leg) && !row.unprotected,
            LotState::Unprotected { leg } => row.fired == Some(leg) && row.unprotected,
        };
        assert!(leaving, "{name} is {:?}", it.state);
        if self.doubted {
            return;
        }
        assert!(it.exit_leaves <= it.open, "{name} has exits beyond what is open");
        if matches!(it.state, LotState::Exiting { .. }) && engine.armed_qty(lot) > 0 {
            let may_wait = phantom_engine::config::Timing::STANDARD.cancel_wait;
            let waits = row.waiting_since.is_some_and(|since| now < since + may_wait);
            let makes_room = waits && self.rests(row.contract);
            assert!(makes_room || self.has_no_way(now), "{name} has fired and nothing closes it");
        }
    }

    /// Whether exits wait for a way to the broker, or for the broker's own account, of which three whole
    /// answers may fail: 5 s each, with 1 s and 2 s between them.
    fn has_no_way(&self, now: Timestamp) -> bool {
        let until = self.up_at.map(|up_at| up_at + Span::from_millis(18_000));
        let hopeful = self.halt.reconciling && until.is_some_and(|until| now < until);
        self.halt.not_connected || hopeful
    }

    /// Contracts that shadows may still fill, and those of exits whose lots shadows have closed.
    fn shadow_leaves(&self, contract: ContractId) -> (u64, u64) {
        let shadow_of = |id: &OrderId| match *id {
            OrderId::LotStop { lot, role: StopRole::Shadow, .. } => Some(lot),
            OrderId::LotStop { .. }
            | OrderId::LotExit { .. }
            | OrderId::Ticket(_)
            | OrderId::FlattenExit { .. }
            | OrderId::Outside(_) => None,
        };
        let filled = self.orders.iter().filter(|(_, row)| row.filled > 0);
        let closed: BTreeSet<LotId> = filled
            .filter_map(|(id, _)| shadow_of(id))
            .filter(|lot| self.lots.get(lot).is_some_and(|row| row.open() == 0))
            .collect();
        let (mut shadows, mut beside) = (0, 0);
        for (id, row) in self.orders.iter().filter(|(_, row)| row.contract == contract) {
            if shadow_of(id).is_some() {
                shadows += u64::from(row.leaves());
            } else if let Use::LotExit(lot) = row.use_
                && closed.contains(&lot)
            {
                beside += u64::from(row.leaves());
            }
        }
        (shadows, beside)
    }

    fn rests(&self, contract: ContractId) -> bool {
        let reductions =
            self.orders.values().filter(|row| row.contract == contract && row.use_ == Use::Reduction);
        reductions.into_iter().any(|row| row.leaves() > 0 && matches!(row.kind, OrderKind::Limit(_)))
    }

    fn compare_profit(&self, engine: &Engine, contract: ContractId) -> Money {
        let Some(last) = engine.last_price(contract) else { return Money::ZERO };
        let lots = self.lots.values().filter(|row| row.contract == contract);
        let ticks: i64 = lots
            .flat_map(|row| {
                row.pieces
                    .iter()
                    .map(|&(qty, entry)| (last - entry).count() * row.side.sign() * i64::from(qty))
            })
            .sum();
        let profit = engine.terms().at(contract).tick_value * ticks;
        assert_eq!(engine.unrealized(contract), profit, "open profit");
        profit
    }
}

impl OrderRow {
    fn compare(&self, order: &Order) {
        let id = order.id;
        assert_eq!(order.status, self.status, "{id}");
        assert_eq!((order.filled, order.cost_ticks), (self.filled, self.cost_ticks), "{id} filled");
        assert_eq!(order.leaves(), self.leaves(), "{id} leaves");
        assert_eq!(order.unknown, self.unknown, "{id} unknown");
        assert_eq!(order.busted, self.busted, "{id} busted");
        assert_eq!(order.lot, self.lot, "{id} lot");
    }
}
