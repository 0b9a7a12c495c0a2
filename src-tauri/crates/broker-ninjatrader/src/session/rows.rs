//! What the platform says of orders, executions, its connection and the account.

use std::collections::BTreeMap;
use std::time::Duration;

use phantom_bridge::Command;
use phantom_bridge::body::{
    Account, Connection, Execution, ExecutionOp, Order, OrderError, OrderReason, OrderState,
};
use phantom_bridge::command::ById;
use phantom_bridge::text::{ExpiryYear, MonthNumber, Root};
use phantom_broker::Incoming;
use phantom_model::{
    BrokerOrderId, BrokerReport, ContractId, ExecId, FailReason, FillReport, FillTiming, ForeignFill,
    OrderId, Price, Qty, Side, StopReport, Timestamp,
};

use super::commands::Pending;
use super::{Session, after};
use crate::names::stable_number;
use crate::story::{ConnectFault, Warning};

/// How long executions may come after the order that says how much is filled.
const EXECUTIONS_OWED: Duration = Duration::from_secs(1);

/// What this connection has heard of an order of ours.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Contracts of each execution that was heard of.
    pub(super) executions: BTreeMap<ExecId, u32>,
    /// The terms that the desk knows.
    pub(super) terms: Option<(Qty, Price)>,
    /// How large the desk knows it to be, for a stop that the server placed.
    pub(super) stands: Option<Qty>,
    /// The desk knows that the market has it.
    pub(super) accepted: bool,
    /// Executions of an answer to a question, until the order's terms have come.
    repeated: Vec<FillReport>,
    /// How it ended, while executions of it are owed.
    end: Option<BrokerReport>,
    /// Contracts that the platform counts as filled.
    filled: u32,
    /// When the platform is asked for executions that are owed.
    pub(super) owed_at: Option<Timestamp>,
}

impl Known {
    fn heard_of(&self) -> u32 {
        self.executions.values().sum()
    }
}

impl Session {
    pub(super) fn contract(&self, root: &Root, month: MonthNumber, year: ExpiryYear) -> Option<ContractId> {
        self.fixed.names.contract(root, month, year)
    }

    pub(super) fn connection(&mut self, it: Connection) {
        (self.status, self.price_status) = (it.status, it.price_status);
        self.story.platform = Some(it.platform);
        self.story.text = it.text;
        let stale = it.price_status != phantom_bridge::body::ConnectionStatus::Connected;
        self.story.warnings.retain(|warning| *warning != Warning::StalePrices);
        if stale {
            self.warn(Warning::StalePrices);
        }
    }

    /// The account must be the one that was asked for, and of its kind.
    pub(super) fn account(&mut self, it: &Account) -> Result<(), ConnectFault> {
        if it.name != self.fixed.account {
            return Err(ConnectFault::Protocol("another account than the one asked for"));
        }
        if it.env != self.fixed.env {
            let (wanted, is) = (self.fixed.env.word(), it.env.word());
            return Err(ConnectFault::WrongEnv { wanted, is });
        }
        self.story.account = Some(it.name.clone());
        self.story.provider = Some(it.provider.clone());
        self.story.env = Some(it.env);
        self.story.account_status = Some(it.status);
        Ok(())
    }

    fn our_order(&self, it: &Order) -> Option<OrderId> {
        it.client_id.as_ref().and_then(|id| self.fixed.names.order(id))
    }

    /// A stop that the server placed for a lot is told before anything else of it. One that has ended
    /// without a fill, before the desk heard of it, is not told at all. Whether the desk knows it now.
    pub(super) fn tell_stop(&mut self, order: OrderId, it: &Order) -> bool {
        let OrderId::LotStop { .. } = order else { return true };
        let Some(contract) = self.contract(&it.root, it.month, it.year) else { return false };
        let known = self.orders.entry(order).or_default();
        if it.state.is_terminal() {
            return known.stands.is_some();
        }
        let Some(qty) = qty_of(it.qty.get()) else { return false };
        self.stands(order, contract, it.side.into(), qty);
        true
    }

    /// A stop is so large: told when that is news.
    pub(super) fn stands(&mut self, order: OrderId, contract: ContractId, side: Side, qty: Qty) {
        let known = self.orders.entry(order).or_default();
        if known.stands.replace(qty) != Some(qty) {
            self.report(BrokerReport::StopStands(StopReport { order, contract, side, qty }));
        }
    }

    /// An order has moved on, or is told again.
    pub(super) fn order(&mut self, now: Timestamp, it: &Order, again: bool) {
        self.shadow(now, it);
        let Some(order) = self.our_order(it) else { return };
        if it.state == OrderState::Lost {
            let client_id = it.client_id.as_ref().map(ToString::to_string).unwrap_or_default();
            self.warn(Warning::LostOrder { client_id });
            return;
        }
        if !self.tell_stop(order, it) {
            return;
        }
        self.cancel_now(now, order, it.state);
        match it.error {
            Some(OrderError::UnableToCancel) => self.report(BrokerReport::CancelRefused { order }),
            Some(OrderError::UnableToChange) => self.report(BrokerReport::ChangeRefused { order }),
            Some(OrderError::UnableToSubmit | OrderError::Rejected | OrderError::Other) | None => {}
        }
        let terms = self.terms_of(it);
        let known = self.orders.entry(order).or_default();
        known.filled = u32::try_from(it.filled.get()).unwrap_or(u32::MAX);
        let told_terms = known.terms;
        known.terms = terms.or(told_terms);
        // The terms first: executions beyond the old quantity are no overfill.
        if let Some((qty, limit)) = terms.filter(|_| it.changed && (again || terms != told_terms)) {
            self.report(BrokerReport::Changed { order, qty, limit });
        }
        self.tell_repeated(order);
        self.accept(order, it.state, again);
        self.settle_end(now, order, it, again);
    }

    /// A cancel that had to wait goes out once the order is free for it.
    fn cancel_now(&mut self, now: Timestamp, order: OrderId, state: OrderState) {
        let Some(at) = self.cancel_again.get_mut(&order) else { return };
        if state.is_terminal() || state == OrderState::PendingCancel {
            self.cancel_again.remove(&order);
        } else if state != OrderState::PendingChange {
            *at = now;
        }
    }

    fn tell_repeated(&mut self, order: OrderId) {
        let repeated = self.orders.get_mut(&order).map(|it| std::mem::take(&mut it.repeated));
        for fill in repeated.into_iter().flatten() {
            self.report(BrokerReport::Filled(fill));
        }
    }

    fn accept(&mut self, order: OrderId, state: OrderState, again: bool) {
        let Some(known) = self.orders.get_mut(&order) else { return };
        // A pending cancel is no answer to a cancel that was refused.
        let says_so = again && state != OrderState::PendingCancel;
        if state.is_at_market() && (says_so || !known.accepted) {
            known.accepted = true;
            self.report(BrokerReport::Accepted { order });
        }
    }

    /// The end of an order is told once everything that it filled is known: its end frees what it held.
    fn settle_end(&mut self, now: Timestamp, order: OrderId, it: &Order, again: bool) {
        let end = match it.state {
            OrderState::Cancelled => Some(BrokerReport::Cancelled { order }),
            OrderState::Rejected => {
                let reason = it.reason.unwrap_or(OrderReason::Unspecified).into();
                Some(BrokerReport::Failed { order, reason })
            }
            OrderState::Pending
            | OrderState::Working
            | OrderState::PartFilled
            | OrderState::PendingChange
            | OrderState::PendingCancel
            | OrderState::Filled
            | OrderState::Unknown
            | OrderState::Lost => None,
        };
        let Some(known) = self.orders.get_mut(&order) else { return };
        known.end = end.or(known.end.take());
        if known.heard_of() < known.filled {
            // An answer that still owes executions is not asked for at once again: the desk asks later.
            known.owed_at = if again { None } else { known.owed_at.or(Some(after(now, EXECUTIONS_OWED))) };
            return;
        }
        known.owed_at = None;
        if let Some(end) = known.end.take() {
            self.report(end);
        }
    }

    /// An execution, a correction of one, or its end.
    pub(super) fn execution(&mut self, it: &Execution, again: bool) {
        let Some((contract, price, qty)) = self.execution_figures(it) else { return };
        let exec = self.exec_id(it);
        match it.op {
            ExecutionOp::Add => {}
            ExecutionOp::Update => return self.report(BrokerReport::Corrected { exec, qty, price }),
            ExecutionOp::Remove => return self.report(BrokerReport::Busted { exec }),
        }
        let Some(order) = it.client_id.as_ref().and_then(|id| self.fixed.names.order(id)) else {
            let (broker_order, side) = (self.broker_order(it.broker_id.as_str()), it.side.into());
            let fill = ForeignFill { broker_order, contract, side, exec, qty, price };
            return self.report(BrokerReport::ForeignFill(fill));
        };
        let fill = FillReport {
            order,
            exec,
            qty,
            price,
            timing: FillTiming::Unknown,
            broker_time: it.time.as_ref().and_then(|time| broker_time(time.as_str())),
        };
        let known = self.orders.entry(order).or_default();
        if matches!(order, OrderId::LotStop { .. }) && known.stands.is_none() {
            // Its order has not been told: it is at least as large as what it fills.
            self.stands(order, contract, it.side.into(), qty);
        }
        let known = self.orders.entry(order).or_default();
        known.executions.insert(exec, qty.contracts());
        if again {
            known.repeated.push(fill);
            return;
        }
        self.report(BrokerReport::Filled(fill));
        self.end_if_whole(order);
    }

    fn end_if_whole(&mut self, order: OrderId) {
        let Some(known) = self.orders.get_mut(&order) else { return };
        if known.heard_of() >= known.filled {
            known.owed_at = None;
            if let Some(end) = known.end.take() {
                self.report(end);
            }
        }
    }

    /// The platform owes executions: it is asked.
    pub(super) fn ask_owed(&mut self, now: Timestamp) {
        let due = |known: &Known| known.owed_at.is_some_and(|at| at <= now);
        let owed: Vec<OrderId> = self.orders.iter().filter(|(_, it)| due(it)).map(|(id, _)| *id).collect();
        for order in owed {
            if let Some(known) = self.orders.get_mut(&order) {
                known.owed_at = None;
            }
            if let Some(client_id) = self.fixed.names.client_id(order) {
                self.command(Command::Query(ById { client_id }), Pending::Query);
            }
        }
    }

    pub(super) fn report(&mut self, report: BrokerReport) {
        self.tell(Incoming::Report(report));
    }

    /// The quantity and limit of a limit order, on the desk's grid.
    pub(super) fn terms_of(&self, it: &Order) -> Option<(Qty, Price)> {
        let contract = self.contract(&it.root, it.month, it.year)?;
        let limit = it.limit.as_ref()?.on(self.fixed.names.grid(contract)?).ok()?;
        Some((qty_of(it.qty.get())?, limit))
    }

    /// What the desk can count; `None` for a contract that it does not list, or a price that is none.
    pub(super) fn execution_figures(&mut self, it: &Execution) -> Option<(ContractId, Price, Qty)> {
        let contract = self.contract(&it.root, it.month, it.year);
        let text = || format!("{} {:02}-{}", it.root, it.month.get(), it.year.get());
        let Some(contract) = contract else {
            self.warn(Warning::HeldElsewhere { contract: text() });
            return None;
        };
        let price = self.fixed.names.grid(contract).and_then(|grid| it.price.on(grid).ok());
        if price.is_none() {
            self.warn(Warning::UnreadablePrice { contract: text() });
        }
        Some((contract, price?, qty_of(it.qty.get())?))
    }

    pub(super) fn exec_id(&self, it: &Execution) -> ExecId {
        ExecId::new(stable_number(self.fixed.account.as_str(), it.exec_id.as_str()))
    }

    pub(super) fn broker_order(&self, broker_id: &str) -> BrokerOrderId {
        BrokerOrderId::new(stable_number(self.fixed.account.as_str(), broker_id))
    }

    /// An order that is known to have left nothing behind.
    pub(super) fn failed(&mut self, order: OrderId, reason: FailReason) {
        self.report(BrokerReport::Failed { order, reason });
    }
}

pub(super) fn qty_of(contracts: i64) -> Option<Qty> {
    u32::try_from(contracts).ok().and_then(Qty::new)
}

/// The platform's own time: it tells two alike executions apart, and nothing is computed with it.
pub(super) fn broker_time(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(Timestamp::from)
}
