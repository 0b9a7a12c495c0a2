//! What the desk asks of the broker, and what becomes of each question.

use phantom_bridge::body::{Ack, Answer, Order};
use phantom_bridge::command::{ById, Change, Entry, Flatten, Place, PlaceKind, PlaceTif, Subscribed};
use phantom_bridge::text::{Amount, Id, OrderContracts};
use phantom_bridge::{ClientBody, Command, RefusalCode};
use phantom_broker::{Decider, Message};
use phantom_compliance::{OrderChange, Outbound};
use phantom_model::{
    BrokerReport, ContractId, ContractStanding, Expiry, FailReason, Month, OrderId, OrderKind, SnapshotId,
    Timestamp,
};
use rust_decimal::Decimal;

use super::{Out, Session, Terms, after, name_text};
use crate::story::{ConnectFault, Warning};

/// A command that has no answer yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Pending {
    /// An order; asked about once when the answer is overdue.
    Place { order: OrderId, overdue_at: Option<Timestamp> },
    /// A cancel.
    Cancel(OrderId),
    /// A change.
    Change(OrderId),
    /// A question about an order.
    Query,
    /// A snapshot.
    Snapshot(Id),
    /// Trades of a contract.
    Subscribe(ContractId),
    /// Phantoms to protect.
    Protection,
    /// The cancel of a stop that stood for a phantom.
    Shadow(Id),
}

impl Pending {
    pub(super) const fn overdue_at(&self) -> Option<Timestamp> {
        match self {
            Self::Place { overdue_at, .. } => *overdue_at,
            Self::Cancel(_)
            | Self::Change(_)
            | Self::Query
            | Self::Snapshot(_)
            | Self::Subscribe(_)
            | Self::Protection
            | Self::Shadow(_) => None,
        }
    }
}

impl Session {
    /// Hands on a message of the desk.
    pub fn message(&mut self, now: Timestamp, message: Message, decider: Decider) {
        match message {
            Message::Submit(order) => self.place(now, &order, decider),
            Message::NativeClose(exit) => self.close_natively(now, &exit, decider),
            Message::Cancel(order) => match self.fixed.names.client_id(order) {
                Some(client_id) => {
                    self.command(Command::Cancel(ById { client_id }), Pending::Cancel(order));
                }
                None => self.report(BrokerReport::CancelRefused { order }),
            },
            Message::Change(change) => self.change(change),
            Message::Query(order) => {
                if let Some(client_id) = self.fixed.names.client_id(order) {
                    self.command(Command::Query(ById { client_id }), Pending::Query);
                }
            }
            Message::Snapshot(id) => self.ask_snapshot(id),
        }
        self.judge(now);
    }

    fn ask_snapshot(&mut self, answers: SnapshotId) {
        let Some(id) = self.next_id() else { return };
        self.asked.push_back((id.clone(), answers));
        self.command(Command::Snapshot, Pending::Snapshot(id));
    }

    fn next_id(&self) -> Option<Id> {
        Id::try_from(format!("r-{}", self.requests + 1)).ok()
    }

    /// Sends a command and remembers what its answer is about.
    pub(super) fn command(&mut self, command: Command, pending: Pending) {
        self.command_of(command, pending, None);
    }

    fn command_of(&mut self, command: Command, pending: Pending, order: Option<OrderId>) {
        let Some(id) = self.next_id() else { return };
        self.requests += 1;
        self.pending.insert(self.requests, pending);
        self.out.push(Out::Send { body: ClientBody::Command { id, command }, order });
    }

    /// Whether a contract there is the one that the desk means. What opens needs it proved.
    fn may_open(&self, order: &Outbound) -> bool {
        match order {
            Outbound::Opening(_) => self.terms.get(&order.contract()) == Some(&Terms::Same),
            Outbound::Exit(_) => true,
        }
    }

    fn place(&mut self, now: Timestamp, order: &Outbound, decider: Decider) {
        let id = order.id();
        let command = self.place_command(order, decider).filter(|_| self.may_open(order));
        let Some(command) = command else {
            // Nothing of it has left.
            self.failed(id, FailReason::NotPermitted);
            return;
        };
        let overdue_at = Some(after(now, self.fixed.timing.answer));
        self.command_of(Command::Place(command), Pending::Place { order: id, overdue_at }, Some(id));
    }

    fn place_command(&self, order: &Outbound, decider: Decider) -> Option<Place> {
        let name = self.fixed.names.contract_name(order.contract())?;
        let grid = self.fixed.names.grid(order.contract())?;
        let (kind, limit) = match order.kind() {
            OrderKind::Market => (PlaceKind::Market, None),
            OrderKind::Limit(price) => (PlaceKind::Limit, Some(Amount::of(grid, price))),
        };
        Some(Place {
            client_id: self.fixed.names.client_id(order.id())?,
            root: name.root.clone(),
            month: name.month,
            year: name.year,
            side: order.side().into(),
            kind,
            qty: contracts_of(order)?,
            limit,
            tif: PlaceTif::Day,
            entry: entry_of(decider),
            env: self.fixed.env,
        })
    }

    fn close_natively(&mut self, now: Timestamp, exit: &Outbound, decider: Decider) {
        let (id, name) = (exit.id(), self.fixed.names.contract_name(exit.contract()).cloned());
        let client_id = self.fixed.names.client_id(id);
        let (Some(client_id), Some(name), Some(qty)) = (client_id, name, contracts_of(exit)) else {
            self.failed(id, FailReason::NotPermitted);
            return;
        };
        let command = Flatten {
            client_id,
            root: name.root,
            month: name.month,
            year: name.year,
            side: exit.side().into(),
            qty,
            entry: entry_of(decider),
            env: self.fixed.env,
        };
        let overdue_at = Some(after(now, self.fixed.timing.answer));
        self.command_of(Command::Flatten(command), Pending::Place { order: id, overdue_at }, Some(id));
    }

    fn change(&mut self, change: OrderChange) {
        let order = change.id();
        let grid = self.fixed.names.grid(change.contract());
        let qty = OrderContracts::new(i64::from(change.qty().contracts()));
        let (Some(client_id), Some(grid), Some(qty)) = (self.fixed.names.client_id(order), grid, qty) else {
            self.report(BrokerReport::ChangeRefused { order });
            return;
        };
        let limit = Amount::of(grid, change.limit());
        let command = Change { client_id, qty, limit, env: self.fixed.env };
        self.command(Command::Change(command), Pending::Change(order));
    }

    /// Orders without an answer are asked about, once, and never sent again.
    pub(super) fn ask_overdue(&mut self, now: Timestamp) {
        let mut late = Vec::new();
        for pending in self.pending.values_mut() {
            if let Pending::Place { order, overdue_at } = pending
                && overdue_at.is_some_and(|at| at <= now)
            {
                *overdue_at = None;
                late.push(*order);
            }
        }
        let ids: Vec<Id> = late.into_iter().filter_map(|order| self.fixed.names.client_id(order)).collect();
        for client_id in ids {
            self.command(Command::Query(ById { client_id }), Pending::Query);
        }
    }

    /// An answer has come.
    pub(super) fn ack(&mut self, now: Timestamp, ack: Ack) {
        let number = ack.id.as_str().strip_prefix("r-").and_then(|n| n.parse().ok());
        let Some(pending) = number.and_then(|n: u64| self.pending.remove(&n)) else {
            self.close(ConnectFault::Protocol("an answer to nothing that was asked"));
            return;
        };
        match (pending, ack.answer) {
            (Pending::Place { order, .. }, Ok(answer)) => self.placed(now, order, &answer),
            (Pending::Place { order, .. }, Err((code, _))) => self.not_placed(order, code),
            (Pending::Cancel(_) | Pending::Change(_), Ok(answer)) => self.order_answer(now, &answer),
            // A cancel or change that is under way already has its answer to come.
            (Pending::Cancel(_) | Pending::Change(_), Err((RefusalCode::Pending, _))) => {}
            (Pending::Cancel(order), Err(_)) => self.report(BrokerReport::CancelRefused { order }),
            (Pending::Change(order), Err(_)) => self.report(BrokerReport::ChangeRefused { order }),
            (Pending::Subscribe(contract), Ok(answer)) => self.subscribed(contract, &answer),
            (Pending::Subscribe(contract), Err(_)) => {
                self.terms.insert(contract, Terms::Other);
                self.warn(Warning::UnknownContract { contract: self.contract_text(contract) });
            }
            (Pending::Snapshot(id), Err(_)) => self.asked.retain(|(asked, _)| *asked != id),
            // It has ended by itself: then it stands no more.
            (Pending::Shadow(id), Err((RefusalCode::Ended | RefusalCode::UnknownOrder, _))) => {
                self.shadows.remove(&id);
            }
            (Pending::Shadow(id), Err((code, _))) => {
                tracing::warn!(%id, ?code, "a stop that stood for a phantom could not be taken away");
            }
            (Pending::Protection, Err((code, _))) => {
                tracing::warn!(?code, "a phantom is not protected there");
            }
            (Pending::Query | Pending::Snapshot(_) | Pending::Protection | Pending::Shadow(_), _) => {}
        }
    }

    fn order_answer(&mut self, now: Timestamp, answer: &Answer) {
        match answer.read::<Order>() {
            Ok(order) => self.order(now, &order, false),
            Err(_) => self.close(ConnectFault::Protocol("an answer without the order")),
        }
    }

    /// The order is there. One that was there before may have done something meanwhile: it is asked about.
    fn placed(&mut self, now: Timestamp, order: OrderId, answer: &Answer) {
        self.order_answer(now, answer);
        if answer.dup
            && let Some(client_id) = self.fixed.names.client_id(order)
        {
            self.command(Command::Query(ById { client_id }), Pending::Query);
        }
    }

    fn not_placed(&mut self, order: OrderId, code: RefusalCode) {
        let client_id = self.fixed.names.client_id(order);
        match code {
            // It may be there: asked about, and never sent again.
            RefusalCode::Platform => {
                if let Some(client_id) = client_id {
                    self.command(Command::Query(ById { client_id }), Pending::Query);
                }
            }
            RefusalCode::IdReused => {
                let client_id = client_id.map(String::from).unwrap_or_default();
                self.warn(Warning::IdReused { client_id });
                self.failed(order, FailReason::NotPermitted);
            }
            RefusalCode::BadPrice => self.failed(order, FailReason::PriceBand),
            RefusalCode::NotPermitted | RefusalCode::WrongEnv => self.failed(order, FailReason::NotPermitted),
            RefusalCode::TooMany => self.failed(order, FailReason::RateLimit),
            RefusalCode::BadRequest
            | RefusalCode::UnknownOp
            | RefusalCode::NotConnected
            | RefusalCode::UnknownInstrument
            | RefusalCode::BadQty
            | RefusalCode::UnknownOrder
            | RefusalCode::Ended
            | RefusalCode::Pending
            | RefusalCode::NotChangeable
            | RefusalCode::Journal
            | RefusalCode::NoSuchPhantom
            | RefusalCode::NoSuchSub => self.failed(order, FailReason::Unspecified),
        }
    }

    /// The platform has the contract: it must have our tick size and point value, and it says which
    /// contract it calls current.
    fn subscribed(&mut self, contract: ContractId, answer: &Answer) {
        let Ok(it) = answer.read::<Subscribed>() else {
            self.close(ConnectFault::Protocol("an answer without the subscription"));
            return;
        };
        let Some(ours) = self.fixed.names.listed(contract).cloned() else { return };
        let known = self.subscriptions.get(&it.sub.get()).is_some_and(|(known, _)| *known == contract);
        if !known {
            self.subscriptions.insert(it.sub.get(), (contract, 0));
        }
        let is = |amount: &Amount, wanted: Decimal| amount.as_str().parse::<Decimal>() == Ok(wanted);
        let tick = is(&it.tick_size, ours.instrument().grid().tick_size());
        let point = is(&it.point_value, ours.instrument().point_value());
        if tick && point {
            self.terms.insert(contract, Terms::Same);
        } else {
            self.terms.insert(contract, Terms::Other);
            let what = if tick { "point value" } else { "tick size" };
            self.warn(Warning::OtherTerms { contract: ours.to_string(), what });
        }
        let front = it.front_month.zip(it.front_year).and_then(|(month, year)| {
            let month = Month::new(u8::try_from(month.get()).ok()?)?;
            Expiry::new(i16::try_from(year.get()).ok()?, month)
        });
        let standing = match front {
            _ if !(tick && point) => ContractStanding::OtherTerms,
            Some(front) if front > ours.expiry() => ContractStanding::RolledAway,
            Some(_) | None => ContractStanding::Current,
        };
        self.report(BrokerReport::Contract { contract, standing });
        if let Some(front) = front.filter(|front| *front != ours.expiry()) {
            let root = ours.instrument().root();
            let (contract, front) = (ours.to_string(), format!("{root} {front}"));
            self.warn(Warning::NotTheFrontMonth { contract, front });
        }
    }

    /// A trade of a subscription.
    pub(super) fn trade(&mut self, now: Timestamp, it: &phantom_bridge::body::Trade) {
        // One that was on its way when the subscription was new comes after its answer: lines keep their
        // order.
        let Some((contract, last)) = self.subscriptions.get_mut(&it.sub.get()) else { return };
        if it.n.get() != *last + 1 {
            self.close(ConnectFault::Protocol("a gap in the trades"));
            return;
        }
        *last = it.n.get();
        let contract = *contract;
        if self.terms.get(&contract) != Some(&Terms::Same) {
            return;
        }
        let Some(grid) = self.fixed.names.grid(contract) else { return };
        let Ok(price) = it.price.on(grid) else {
            let contract = self.fixed.names.contract_name(contract).map(name_text).unwrap_or_default();
            self.warn(Warning::UnreadablePrice { contract });
            return;
        };
        let size = u32::try_from(it.size.get()).unwrap_or(u32::MAX);
        let quote = it.bid.as_ref().zip(it.ask.as_ref());
        let quote = quote.and_then(|(bid, ask)| Some((bid.on(grid).ok()?, ask.on(grid).ok()?)));
        let print = match quote {
            Some((bid, ask)) => phantom_model::Print::QuotedTrade { price, size, bid, ask },
            None => phantom_model::Print::Trade { price, size },
        };
        let record = phantom_model::MarketRecord { contract, at: now, print };
        self.tell(phantom_broker::Incoming::Record(record));
    }
}

fn contracts_of(order: &Outbound) -> Option<OrderContracts> {
    OrderContracts::new(i64::from(order.qty().contracts()))
}

const fn entry_of(decider: Decider) -> Entry {
    match decider {
        Decider::Person => Entry::Manual,
        Decider::Program => Entry::Automated,
    }
}
