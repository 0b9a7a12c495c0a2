//! Snapshots: collected row by row, counted, and turned into the desk's own account of the broker.

use phantom_bridge::body::{
    Execution, Order, OrderKindWord, OrderReason, OrderRole, OrderState, Position, Row, RowCounts,
    SnapshotEnd,
};
use phantom_bridge::text::Id;
use phantom_model::{
    BrokerReport, BrokerSnapshot, Listed, ListedFill, ListedOrder, ListedPosition, ListedStanding, NetQty,
    OrderId, OrderKind, Span, Timestamp,
};

use super::Session;
use super::rows::{broker_time, qty_of};
use crate::story::{ConnectFault, Warning};

/// The id of the snapshot that comes unasked.
const FIRST: &str = "r-0";
/// How far apart the two clocks may be where a list says since when it is complete.
const CLOCKS_APART: Span = Span::from_millis(2_000);

/// A snapshot that is coming in.
#[derive(Clone, Debug)]
pub(super) struct Collecting {
    id: Id,
    counts: RowCounts,
    orders: Vec<Order>,
    executions: Vec<Execution>,
    positions: Vec<Position>,
}

impl Collecting {
    pub(super) fn is_first(&self) -> bool {
        self.id.as_str() == FIRST
    }
}

impl Session {
    pub(super) fn snapshot_row(&mut self, id: &Id, row: Row) {
        let collecting = self.collecting.get_or_insert_with(|| Collecting {
            id: id.clone(),
            counts: RowCounts::default(),
            orders: Vec::new(),
            executions: Vec::new(),
            positions: Vec::new(),
        });
        if collecting.id != *id {
            return self.close(ConnectFault::Protocol("two snapshots at once"));
        }
        collecting.counts.count(&row);
        match row {
            Row::Order(it) => collecting.orders.push(it),
            Row::Execution(it) => collecting.executions.push(it),
            Row::Position(it) => collecting.positions.push(it),
            Row::Connection(it) => self.connection(it),
            Row::Account(it) => {
                if let Err(fault) = self.account(&it) {
                    self.close(fault);
                }
            }
        }
    }

    pub(super) fn snapshot_end(&mut self, now: Timestamp, end: &SnapshotEnd) {
        let Some(it) = self.collecting.take().filter(|it| it.id == end.id && it.counts == end.rows) else {
            return self.close(ConnectFault::Protocol("a snapshot whose rows do not add up"));
        };
        if it.counts.conn == 0 || it.counts.acct != 1 {
            return self.close(ConnectFault::Protocol("a snapshot without the account"));
        }
        if self.seq.is_some_and(|last| last != end.seq.get()) {
            return self.close(ConnectFault::Protocol("a gap in the events before a snapshot"));
        }
        self.seq = Some(end.seq.get());
        self.compare_armed(now, &end.digest);
        if it.is_first() {
            self.tell_stops(now, &it);
        }
        self.take_in(now, &it);
        if it.is_first() {
            self.first_snapshot(now);
        } else {
            self.answer(&it, end);
        }
    }

    /// What stops of ours have done while this program was away is told before anything can be sent: an exit
    /// of the desk that has not left yet would close the same contracts once more.
    fn tell_stops(&mut self, now: Timestamp, it: &Collecting) {
        let is_ours = |session: &Self, id: Option<&Id>| {
            let order = id.and_then(|id| session.fixed.names.order(id));
            matches!(order, Some(OrderId::LotStop { .. }))
        };
        for order in it.orders.iter().filter(|order| order.filled.get() > 0) {
            if let Some(stop) = order.client_id.as_ref().and_then(|id| self.fixed.names.order(id))
                && matches!(stop, OrderId::LotStop { .. })
                && let Some(contract) = self.contract(&order.root, order.month, order.year)
                && let Some(qty) = qty_of(order.qty.get())
            {
                self.stands(stop, contract, order.side.into(), qty);
            }
        }
        for execution in &it.executions {
            if is_ours(self, execution.client_id.as_ref()) {
                self.execution(execution, false);
            }
        }
        for order in &it.orders {
            if is_ours(self, order.client_id.as_ref()) {
                self.order(now, order, false);
            }
        }
    }

    /// What is known of orders from here on.
    fn take_in(&mut self, now: Timestamp, it: &Collecting) {
        for execution in &it.executions {
            let order = execution.client_id.as_ref().and_then(|id| self.fixed.names.order(id));
            let contracts = qty_of(execution.qty.get());
            if let Some((order, contracts)) = order.zip(contracts) {
                let exec = self.exec_id(execution);
                self.orders.entry(order).or_default().executions.insert(exec, contracts.contracts());
            }
        }
        for order in &it.orders {
            self.shadow(now, order);
            let ours = order.client_id.as_ref().and_then(|id| self.fixed.names.order(id));
            if let Some(ours) = ours.filter(|_| order.state != OrderState::Lost) {
                self.tell_stop(ours, order);
            }
            let terms = self.terms_of(order);
            if let Some(ours) = ours {
                let known = self.orders.entry(ours).or_default();
                known.terms = terms.or(known.terms);
            }
            if order.state == OrderState::Lost {
                let client_id = order.client_id.as_ref().map(ToString::to_string).unwrap_or_default();
                self.warn(Warning::LostOrder { client_id });
            }
        }
    }

    fn first_snapshot(&mut self, now: Timestamp) {
        self.quiet_since = now;
        let watched: Vec<_> = self.kept.watched.iter().copied().collect();
        for contract in watched {
            self.subscribe(contract);
        }
    }

    fn answer(&mut self, it: &Collecting, end: &SnapshotEnd) {
        let Some(at) = self.asked.iter().position(|(id, _)| *id == it.id) else { return };
        let Some((_, answers)) = self.asked.remove(at) else { return };
        let orders = it.orders.iter().filter_map(|order| self.listed_order(order)).collect();
        let mut fills = Vec::new();
        let mut all_read = true;
        for execution in &it.executions {
            match self.listed_fill(execution) {
                Some(fill) => fills.push(fill),
                None => all_read &= self.is_elsewhere(execution),
            }
        }
        let positions: Vec<_> = it.positions.iter().filter_map(|it| self.listed_position(it)).collect();
        let lost = it.orders.iter().any(|order| order.state == OrderState::Lost);
        // An order that the platform has lost is not proved to be gone: nothing from before it is.
        let since = if lost { end.ts } else { end.since };
        let since = match since.get() {
            0 => Timestamp::MIN,
            millis => Timestamp::from_nanos(millis.saturating_mul(1_000_000)) + CLOCKS_APART,
        };
        let snapshot = BrokerSnapshot {
            answers,
            since,
            orders: listing(end.whole, orders),
            fills: listing(end.whole && all_read, fills),
            positions: if end.whole { Listed::Complete(positions) } else { Listed::Missing },
        };
        self.report(BrokerReport::Snapshot(Box::new(snapshot)));
    }

    fn is_elsewhere(&self, it: &Execution) -> bool {
        self.contract(&it.root, it.month, it.year).is_none()
    }

    fn listed_order(&mut self, it: &Order) -> Option<ListedOrder> {
        let standing = match it.state {
            OrderState::Filled => ListedStanding::Filled,
            OrderState::Cancelled => ListedStanding::Cancelled,
            OrderState::Rejected => {
                ListedStanding::Failed(it.reason.unwrap_or(OrderReason::Unspecified).into())
            }
            OrderState::Pending
            | OrderState::Working
            | OrderState::PartFilled
            | OrderState::PendingChange
            | OrderState::PendingCancel
            | OrderState::Unknown => ListedStanding::Working,
            OrderState::Lost => return None,
        };
        let Some(contract) = self.contract(&it.root, it.month, it.year) else {
            if standing == ListedStanding::Working {
                let contract = format!("{} {:02}-{}", it.root, it.month.get(), it.year.get());
                self.warn(Warning::HeldElsewhere { contract });
            }
            return None;
        };
        let order = it.client_id.as_ref().and_then(|id| self.fixed.names.order(id));
        // Stops for phantoms of another desk are no orders of anybody: what they filled is told as an
        // execution.
        if it.role.is_some()
            && order.is_none()
            && (it.role == Some(OrderRole::Disaster) || it.filled.get() == 0)
        {
            return None;
        }
        let kind = match it.kind {
            OrderKindWord::Limit => OrderKind::Limit(self.terms_of(it)?.1),
            OrderKindWord::Market | OrderKindWord::Stop | OrderKindWord::StopLimit | OrderKindWord::Other => {
                OrderKind::Market
            }
        };
        Some(ListedOrder {
            order,
            broker_order: self.broker_order(it.broker_id.as_str()),
            contract,
            side: it.side.into(),
            qty: qty_of(it.qty.get())?,
            kind,
            filled: u32::try_from(it.filled.get()).ok()?,
            standing,
        })
    }

    fn listed_fill(&mut self, it: &Execution) -> Option<ListedFill> {
        let (contract, price, qty) = self.execution_figures(it)?;
        Some(ListedFill {
            order: it.client_id.as_ref().and_then(|id| self.fixed.names.order(id)),
            broker_order: self.broker_order(it.broker_id.as_str()),
            contract,
            side: it.side.into(),
            exec: self.exec_id(it),
            qty,
            price,
            broker_time: it.time.as_ref().and_then(|time| broker_time(time.as_str())),
        })
    }

    fn listed_position(&mut self, it: &Position) -> Option<ListedPosition> {
        let Some(contract) = self.contract(&it.root, it.month, it.year) else {
            let contract = format!("{} {:02}-{}", it.root, it.month.get(), it.year.get());
            self.warn(Warning::HeldElsewhere { contract });
            return None;
        };
        Some(ListedPosition { contract, net: NetQty::new(it.net.get()) })
    }
}

fn listing<T>(whole: bool, rows: Vec<T>) -> Listed<T> {
    if whole { Listed::Complete(rows) } else { Listed::Partial(rows) }
}
