//! The broker: messages travel, orders work, prints fill them.

use std::collections::{BTreeMap, VecDeque};

use phantom_broker::{Broker, Message, SendEnd};
use phantom_compliance::{NewOrder, Outbound};
use phantom_model::{
    BrokerOrderId, BrokerReport, BrokerSnapshot, ContractId, ExecId, FailReason, FillReport, FillTiming,
    ListedFill, ListedOrder, MarketRecord, NetQty, OrderId, Price, Qty, Side, SnapshotId, Span, Ticks,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::account::Line;
use crate::draw::Draw;
use crate::order::{MockOrder, Standing};
use crate::settings::{FillSize, MockSettings};
use crate::snapshot::snapshot_of;

/// What arrives at the market. Whether it may be sent at all was somebody else's question: a broker
/// takes what it is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Arrival {
    /// A new order.
    Place(NewOrder),
    /// A close by the broker's own means, of at most this much.
    Close(NewOrder),
    /// Take an order out of the market.
    Cancel(OrderId),
    /// Other terms for a working limit order.
    Change {
        /// Which one.
        order: OrderId,
        /// Contracts of the whole order.
        qty: Qty,
        /// The limit price.
        limit: Price,
    },
    /// Report again what is known of an order.
    Query(OrderId),
    /// Report everything.
    Snapshot(SnapshotId),
}

impl Arrival {
    /// Whether it can change anything at the broker: a question cannot.
    const fn changes(self) -> bool {
        match self {
            Self::Place(_) | Self::Close(_) | Self::Cancel(_) | Self::Change { .. } => true,
            Self::Query(_) | Self::Snapshot(_) => false,
        }
    }
}

impl From<Message> for Arrival {
    fn from(message: Message) -> Self {
        match message {
            Message::Submit(order) => Self::Place(terms_of(&order)),
            Message::NativeClose(exit) => Self::Close(terms_of(&exit)),
            Message::Cancel(order) => Self::Cancel(order),
            Message::Change(it) => Self::Change { order: it.id(), qty: it.qty(), limit: it.limit() },
            Message::Query(order) => Self::Query(order),
            Message::Snapshot(id) => Self::Snapshot(id),
        }
    }
}

const fn terms_of(order: &Outbound) -> NewOrder {
    NewOrder {
        id: order.id(),
        contract: order.contract(),
        side: order.side(),
        qty: order.qty(),
        kind: order.kind(),
    }
}

/// The simulated broker.
#[derive(Clone, Debug)]
pub struct MockBroker {
    settings: MockSettings,
    draw: Draw,
    /// Messages on their way, in the order in which they will arrive.
    travelling: VecDeque<(Timestamp, Arrival)>,
    orders: BTreeMap<OrderId, MockOrder>,
    /// Orders at the market by contract, oldest first.
    working: BTreeMap<ContractId, Vec<OrderId>>,
    positions: BTreeMap<ContractId, NetQty>,
    reports: VecDeque<BrokerReport>,
    execs: u64,
    /// What has happened since it was last written down; `None` where nobody writes.
    lines: Option<Vec<Line>>,
}

impl MockBroker {
    /// A broker with no order.
    #[must_use]
    pub fn new(settings: MockSettings) -> Self {
        Self {
            draw: Draw::new(settings.seed),
            settings,
            travelling: VecDeque::new(),
            orders: BTreeMap::new(),
            working: BTreeMap::new(),
            positions: BTreeMap::new(),
            reports: VecDeque::new(),
            execs: 0,
            lines: None,
        }
    }

    /// The broker's own word on a position.
    #[must_use]
    pub fn position(&self, contract: ContractId) -> NetQty {
        self.positions.get(&contract).copied().unwrap_or_default()
    }

    /// The broker's own account: what it answers a question for a snapshot with.
    #[must_use]
    pub fn account(&self, answers: SnapshotId) -> BrokerSnapshot {
        snapshot_of(answers, &self.orders, &self.positions)
    }

    /// Takes over orders and executions that it had before it was started again: with our ids, oldest
    /// first. Positions follow from the executions.
    pub fn restore(&mut self, orders: &[ListedOrder], fills: &[ListedFill]) {
        for it in orders {
            let Some(id) = it.order else { continue };
            let its = fills.iter().filter(|fill| fill.order == Some(id));
            let its: Vec<(ExecId, Qty, Price)> = its.map(|it| (it.exec, it.qty, it.price)).collect();
            for &(exec, qty, _) in &its {
                self.execs = self.execs.max(exec.number());
                let held = self.positions.entry(it.contract).or_default();
                *held = held.after(it.side, qty);
            }
            let order = MockOrder::restored(it, id, its);
            if order.standing == Standing::Working {
                self.working.entry(it.contract).or_default().push(id);
            }
            self.orders.insert(id, order);
        }
    }

    /// Sends something to the market; it arrives after a drawn delay, never before what was sent earlier.
    pub fn dispatch(&mut self, at: Timestamp, arrival: Arrival) {
        // A question about the account draws nothing, so that asking does not change what is filled.
        let delay = match arrival {
            Arrival::Snapshot(_) => 0,
            Arrival::Place(_)
            | Arrival::Close(_)
            | Arrival::Cancel(_)
            | Arrival::Change { .. }
            | Arrival::Query(_) => self.draw.from(self.settings.delay_nanos),
        };
        let drawn = at + Span::from_nanos(i64::try_from(delay).unwrap_or(i64::MAX));
        let due = self.travelling.back().map_or(drawn, |(last, _)| drawn.max(*last));
        if arrival.changes() {
            self.note(Line::Sent { arrives: due, errand: arrival });
        }
        if due <= at && self.travelling.is_empty() {
            self.arrive(arrival);
        } else {
            self.travelling.push_back((due, arrival));
        }
    }

    /// Notes from now on what happens, for whoever writes it down.
    pub(crate) fn keep_lines(&mut self) {
        self.lines = Some(Vec::new());
    }

    /// What has happened since the last time.
    pub(crate) fn take_lines(&mut self) -> Vec<Line> {
        self.lines.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn note(&mut self, line: Line) {
        if let Some(lines) = &mut self.lines {
            lines.push(line);
        }
    }

    /// Executions count on from here at least.
    pub(crate) fn number_after(&mut self, exec: Option<ExecId>) {
        self.execs = self.execs.max(exec.map_or(0, ExecId::number));
    }

    /// A message was on its way.
    pub(crate) fn relive_sent(&mut self, arrives: Timestamp, arrival: Arrival) {
        self.travelling.push_back((arrives, arrival));
    }

    /// The first message that was on its way arrived.
    pub(crate) fn relive_arrived(&mut self, refused: Option<FailReason>) {
        if let Some((_, arrival)) = self.travelling.pop_front() {
            self.arrive_with(arrival, refused);
        }
        // Nobody was there to hear it.
        self.reports.clear();
    }

    /// An order was filled.
    pub(crate) fn relive_filled(&mut self, id: OrderId, exec: ExecId, qty: Qty, price: Price) {
        let contract = self.orders.get(&id).map(|order| order.contract);
        self.execs = self.execs.max(exec.number());
        self.book_fill(id, exec, qty, price);
        if let Some(working) = contract.and_then(|contract| self.working.get_mut(&contract)) {
            let orders = &self.orders;
            working.retain(|id| orders.get(id).is_some_and(|order| order.standing == Standing::Working));
        }
        self.reports.clear();
    }

    fn arrive(&mut self, arrival: Arrival) {
        let is_new = |order: &NewOrder| !self.orders.contains_key(&order.id);
        let asks = match &arrival {
            Arrival::Place(order) => is_new(order),
            Arrival::Close(exit) => is_new(exit) && self.closable(exit).is_some(),
            Arrival::Cancel(_) | Arrival::Change { .. } | Arrival::Query(_) | Arrival::Snapshot(_) => false,
        };
        let refused = if asks { self.draw.refusal(self.settings.refusals) } else { None };
        if arrival.changes() {
            self.note(Line::Arrived { refused });
        }
        self.arrive_with(arrival, refused);
    }

    fn arrive_with(&mut self, arrival: Arrival, refused: Option<FailReason>) {
        match arrival {
            Arrival::Place(order) => self.take_order(&order, order.qty, refused),
            Arrival::Close(exit) => self.close(&exit, refused),
            Arrival::Cancel(order) => self.cancel(order),
            Arrival::Change { order, qty, limit } => self.change(order, qty, limit),
            Arrival::Query(order) => self.report_again(order),
            Arrival::Snapshot(id) => {
                let snapshot = self.account(id);
                self.reports.push_back(BrokerReport::Snapshot(Box::new(snapshot)));
            }
        }
    }

    /// Takes an order. One id is one order: a repetition answers what is known.
    fn take_order(&mut self, asked: &NewOrder, qty: Qty, refused: Option<FailReason>) {
        let id = asked.id;
        if self.orders.contains_key(&id) {
            self.report_again(id);
            return;
        }
        let number = BrokerOrderId::new(u64::try_from(self.orders.len()).unwrap_or(u64::MAX));
        let mut order = MockOrder::new(asked, qty, number);
        if let Some(reason) = refused {
            order.standing = Standing::Failed(reason);
            self.reports.push_back(BrokerReport::Failed { order: id, reason });
        } else {
            self.working.entry(order.contract).or_default().push(id);
            self.reports.push_back(BrokerReport::Accepted { order: id });
        }
        self.orders.insert(id, order);
    }

    /// What the broker's own position leaves of an exit; `None` for nothing.
    fn closable(&self, exit: &NewOrder) -> Option<Qty> {
        let held = self.position(exit.contract);
        let closes = held.side() == Some(exit.side.opposite());
        let most = u32::try_from(held.size()).unwrap_or(u32::MAX).min(exit.qty.contracts());
        Qty::new(most).filter(|_| closes)
    }

    /// The broker's own close looks at the broker's own position: never more than that.
    fn close(&mut self, exit: &NewOrder, refused: Option<FailReason>) {
        match self.closable(exit) {
            Some(qty) => self.take_order(exit, qty, refused),
            None => self.reports.push_back(BrokerReport::Cancelled { order: exit.id }),
        }
    }

    fn cancel(&mut self, id: OrderId) {
        match self.orders.get_mut(&id) {
            Some(order) if order.standing == Standing::Working => {
                order.standing = Standing::Cancelled;
                let contract = order.contract;
                if let Some(working) = self.working.get_mut(&contract) {
                    working.retain(|&other| other != id);
                }
                self.reports.push_back(BrokerReport::Cancelled { order: id });
            }
            Some(_) | None => self.reports.push_back(BrokerReport::CancelRefused { order: id }),
        }
    }

    /// New terms for what is left. As many as are filled already, or fewer, leave nothing to do.
    fn change(&mut self, id: OrderId, qty: Qty, limit: Price) {
        let refused = BrokerReport::ChangeRefused { order: id };
        let report = match self.orders.get_mut(&id) {
            Some(order) if order.standing == Standing::Working && !order.slips() => order
                .change(qty, limit)
                .map_or(refused, |qty| BrokerReport::Changed { order: id, qty, limit }),
            Some(_) | None => refused,
        };
        self.reports.push_back(report);
    }

    fn report_again(&mut self, id: OrderId) {
        let Some(order) = self.orders.get(&id) else { return };
        // The terms first: fills beyond the old quantity are no overfill.
        if let Some((qty, limit)) = order.changed {
            self.reports.push_back(BrokerReport::Changed { order: id, qty, limit });
        }
        for &(exec, qty, price) in &order.fills {
            self.reports.push_back(filled(id, exec, qty, price, FillTiming::Unknown));
        }
        match order.standing {
            Standing::Working => self.reports.push_back(BrokerReport::Accepted { order: id }),
            Standing::Cancelled => self.reports.push_back(BrokerReport::Cancelled { order: id }),
            Standing::Failed(reason) => self.reports.push_back(BrokerReport::Failed { order: id, reason }),
            Standing::Filled => {}
        }
    }

    /// Fills what the print fills, oldest order first.
    fn fill_from(&mut self, record: &MarketRecord) {
        let Some(working) = self.working.get_mut(&record.contract) else { return };
        if working.is_empty() {
            return;
        }
        let ids = std::mem::take(working);
        let mut size_left = match self.settings.fill_size {
            FillSize::Whole => u32::MAX,
            FillSize::Printed => record.print.size(),
        };
        for &id in &ids {
            size_left -= self.fill_order(id, record, size_left);
        }
        let orders = &self.orders;
        let mut ids = ids;
        ids.retain(|id| orders.get(id).is_some_and(|order| order.standing == Standing::Working));
        self.working.insert(record.contract, ids);
    }

    /// Fills up to `most` contracts of an order. How many it filled.
    fn fill_order(&mut self, id: OrderId, record: &MarketRecord, most: u32) -> u32 {
        let Some(order) = self.orders.get_mut(&id) else { return 0 };
        let Some(price) = order.fill_price(&record.print, self.settings.limit_fill) else { return 0 };
        let Some(qty) = Qty::new(order.leaves.min(most)) else { return 0 };
        let price = if order.slips() {
            worse(price, order.side, self.draw.from(self.settings.slippage_ticks))
        } else {
            price
        };
        self.execs += 1;
        let exec = ExecId::new(self.execs);
        self.note(Line::Filled { order: id, exec, qty, price });
        self.book_fill(id, exec, qty, price);
        qty.contracts()
    }

    /// Books an execution and reports it.
    fn book_fill(&mut self, id: OrderId, exec: ExecId, qty: Qty, price: Price) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        order.leaves = order.leaves.saturating_sub(qty.contracts());
        order.fills.push((exec, qty, price));
        let cut = order.leaves == 0 && order.cut > 0;
        if order.leaves == 0 {
            order.standing = if cut { Standing::Cancelled } else { Standing::Filled };
        }
        let (side, contract) = (order.side, order.contract);
        let held = self.positions.entry(contract).or_default();
        *held = held.after(side, qty);
        self.reports.push_back(filled(id, exec, qty, price, FillTiming::ByComingPrint));
        if cut {
            self.reports.push_back(BrokerReport::Cancelled { order: id });
        }
    }
}

impl Broker for MockBroker {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        self.dispatch(at, message.into());
        SendEnd::Sent
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.reports.pop_front()
    }

    fn next_due(&self) -> Timestamp {
        self.travelling.front().map_or(Timestamp::MAX, |(at, _)| *at)
    }

    fn advance(&mut self, now: Timestamp) {
        while self.next_due() <= now {
            let Some((_, arrival)) = self.travelling.pop_front() else { return };
            self.arrive(arrival);
        }
    }

    fn show(&mut self, record: &MarketRecord) {
        self.fill_from(record);
    }
}

fn worse(price: Price, side: Side, ticks: u64) -> Price {
    let by = Ticks::new(i64::try_from(ticks).unwrap_or(i64::MAX));
    match side {
        Side::Buy => price + by,
        Side::Sell => price - by,
    }
}

const fn filled(order: OrderId, exec: ExecId, qty: Qty, price: Price, timing: FillTiming) -> BrokerReport {
    BrokerReport::Filled(FillReport { order, exec, qty, price, timing, broker_time: None })
}
