//! What the client asks for.

use phantom_bridge::body::{
    AccountStatus, Ack, Answer, ConnectionStatus, Env, OrderKindWord, OrderState, Row,
};
use phantom_bridge::command::{
    AccountRow, Accounts, ById, Change, ContractName, Flatten, Found, Place, PlaceKind, PlaceTif,
    QueryAnswer, Subscribed, Unsubscribe,
};
use phantom_bridge::text::{Amount, ExpiryYear, Id, MonthNumber, SubNumber, Words};
use phantom_bridge::{Command, RefusalCode, ServerBody};
use phantom_broker_mock::Arrival;
use phantom_compliance::NewOrder;
use phantom_model::{
    ArenaKey, ContractId, OrderKind, Price, Qty, Side, Timestamp, TradingDay, front_contract,
};

use super::orders::Terms;
use super::{Subscription, Venue};
use crate::books::Entry;

/// The most subscriptions of one client.
const SUBSCRIPTIONS_MAX: usize = 100;

/// Why a command is not done.
pub(super) type Refused = (RefusalCode, Option<Words>);

const fn no(code: RefusalCode) -> Refused {
    (code, None)
}

impl Venue {
    /// Does a command and answers it.
    pub fn command(&mut self, now: Timestamp, id: &Id, command: Command) {
        if matches!(command, Command::Snapshot) {
            self.answer(id, Ok(Answer { dup: false, members: serde_json::Map::new() }));
            self.snapshot(now, id);
            return;
        }
        let answer = match command {
            Command::Place(it) => self.place(now, it),
            Command::Change(it) => self.change(now, &it),
            Command::Cancel(it) => self.cancel(now, &it),
            Command::Flatten(it) => self.flatten(now, &it),
            Command::Query(it) => Ok(self.query(now, &it)),
            Command::Snapshot => return,
            Command::Subscribe(it) => self.subscribe(now, &it),
            Command::Unsubscribe(it) => self.unsubscribe(it),
            Command::Accounts => Ok(self.accounts()),
            Command::Arm(it) => self.arm(now, it),
            Command::Disarm(it) => self.disarm(now, &it),
        };
        self.answer(id, answer);
    }

    /// Answers a command whose members could not be read.
    pub fn refuse(&mut self, id: &Id, code: RefusalCode) {
        self.answer(id, Err(no(code)));
    }

    fn answer(&mut self, id: &Id, answer: Result<Answer, Refused>) {
        self.out.push(ServerBody::Ack(Ack { id: id.clone(), answer }));
    }

    /// Whether an order of this kind of account may leave now.
    pub(super) fn may_trade(&self, env: Env) -> Result<(), Refused> {
        if env != self.settings.env {
            return Err(no(RefusalCode::WrongEnv));
        }
        if self.status != ConnectionStatus::Connected {
            return Err(no(RefusalCode::NotConnected));
        }
        match self.account_status {
            AccountStatus::Enabled | AccountStatus::Unknown => Ok(()),
            AccountStatus::Disabled | AccountStatus::LiquidationOnly | AccountStatus::Excluded => {
                Err(no(RefusalCode::NotPermitted))
            }
        }
    }

    pub(super) fn contract_named(
        &self,
        root: &str,
        month: MonthNumber,
        year: ExpiryYear,
    ) -> Option<ContractId> {
        let is_it = |it: &super::Traded| (it.root.as_str(), it.month, it.year) == (root, month, year);
        let at = self.traded.iter().position(is_it)?;
        Some(ContractId::from_row(u32::try_from(at).ok()?))
    }

    /// The place of an order and the order, by our id.
    fn known(&self, id: &Id) -> Result<usize, Refused> {
        self.by_client.get(id).copied().ok_or_else(|| no(RefusalCode::UnknownOrder))
    }

    fn order_answer(&self, at: usize, dup: bool) -> Result<Answer, Refused> {
        let held = self.orders.get(at).ok_or_else(|| no(RefusalCode::UnknownOrder))?;
        Ok(Answer { dup, ..Answer::of(&held.order) })
    }

    fn place(&mut self, now: Timestamp, it: Place) -> Result<Answer, Refused> {
        let contract = self.contract_named(it.root.as_str(), it.month, it.year);
        if let Some(&at) = self.by_client.get(&it.client_id) {
            let same = self.orders.get(at).is_some_and(|held| {
                let kind = match it.kind {
                    PlaceKind::Market => OrderKindWord::Market,
                    PlaceKind::Limit => OrderKindWord::Limit,
                };
                let terms = (Some(held.contract), held.order.side, held.order.kind);
                // The quantity of a changed order is another one.
                let qty = held.order.changed || held.order.qty.get() == it.qty.get();
                terms == (contract, it.side, kind) && qty
            });
            return if same { self.order_answer(at, true) } else { Err(no(RefusalCode::IdReused)) };
        }
        self.may_trade(it.env)?;
        let contract = contract.ok_or_else(|| no(RefusalCode::UnknownInstrument))?;
        let qty = qty_of(it.qty.get())?;
        let kind = match &it.limit {
            Some(limit) => OrderKind::Limit(self.price(contract, limit)?),
            None => OrderKind::Market,
        };
        let (side, tif) = (it.side.into(), it.tif);
        let client_id = Some(it.client_id);
        let terms = Terms { client_id, contract, side, qty, kind, stop: None, tif, role: None };
        let at = self.send_new(now, &terms)?;
        self.order_answer(at, false)
    }

    fn price(&self, contract: ContractId, text: &Amount) -> Result<Price, Refused> {
        let traded = self.traded_as(contract).ok_or_else(|| no(RefusalCode::UnknownInstrument))?;
        text.on(traded.grid()).map_err(|_| no(RefusalCode::BadPrice))
    }

    /// Writes an order down and hands it to the market. A stop waits here for its level.
    pub(super) fn send_new(&mut self, now: Timestamp, terms: &Terms) -> Result<usize, Refused> {
        let held = self.new_order(terms).ok_or_else(|| no(RefusalCode::BadQty))?;
        let at =
            self.enter(held).map_err(|fault| (RefusalCode::Journal, Some(Words::cut(&fault.to_string()))))?;
        let row = self.orders.get(at).map(|held| Row::Order(held.order.clone()));
        if let Some(row) = row {
            self.event(now, row, false);
        }
        if terms.stop.is_some() {
            self.set_state(now, at, OrderState::Working);
        } else {
            let Terms { contract, side, qty, kind, .. } = *terms;
            let order = NewOrder { id: Self::order_id(at), contract, side, qty, kind };
            self.broker.dispatch(now, Arrival::Place(order));
            self.take_reports(now);
        }
        Ok(at)
    }

    /// An order that the venue itself moves on.
    pub(super) fn set_state(&mut self, now: Timestamp, at: usize, state: OrderState) {
        let Some(held) = self.orders.get_mut(at) else { return };
        held.order.state = state;
        let said = held.order.clone();
        self.books.note(&Entry::Order(said.clone()));
        self.event(now, Row::Order(said), false);
    }

    /// The order, when it can be asked for something.
    fn askable(&self, id: &Id) -> Result<usize, Refused> {
        let at = self.known(id)?;
        let held = self.orders.get(at).ok_or_else(|| no(RefusalCode::UnknownOrder))?;
        if !held.is_live() {
            return Err(no(RefusalCode::Ended));
        }
        if held.asked { Err(no(RefusalCode::Pending)) } else { Ok(at) }
    }

    fn change(&mut self, now: Timestamp, it: &Change) -> Result<Answer, Refused> {
        let at = self.askable(&it.client_id)?;
        self.may_trade(it.env)?;
        let held = self.orders.get(at).ok_or_else(|| no(RefusalCode::UnknownOrder))?;
        if held.order.kind != OrderKindWord::Limit {
            return Err(no(RefusalCode::NotChangeable));
        }
        if it.qty.get() <= held.order.filled.get() {
            return Err(no(RefusalCode::BadQty));
        }
        let (qty, limit) = (qty_of(it.qty.get())?, self.price(held.contract, &it.limit)?);
        self.mark_asked(now, at, OrderState::PendingChange);
        self.broker.dispatch(now, Arrival::Change { order: Self::order_id(at), qty, limit });
        self.take_reports(now);
        self.order_answer(at, false)
    }

    fn cancel(&mut self, now: Timestamp, it: &ById) -> Result<Answer, Refused> {
        let at = self.askable(&it.client_id)?;
        if self.status != ConnectionStatus::Connected {
            return Err(no(RefusalCode::NotConnected));
        }
        self.cancel_at(now, at);
        self.order_answer(at, false)
    }

    pub(super) fn cancel_at(&mut self, now: Timestamp, at: usize) {
        self.mark_asked(now, at, OrderState::PendingCancel);
        if self.orders.get(at).is_some_and(|held| held.stop.is_some()) {
            self.set_state(now, at, OrderState::Cancelled);
        } else {
            self.broker.dispatch(now, Arrival::Cancel(Self::order_id(at)));
            self.take_reports(now);
        }
    }

    fn mark_asked(&mut self, now: Timestamp, at: usize, state: OrderState) {
        if let Some(held) = self.orders.get_mut(at) {
            held.asked = true;
        }
        self.set_state(now, at, state);
    }

    fn flatten(&mut self, now: Timestamp, it: &Flatten) -> Result<Answer, Refused> {
        if let Some(&at) = self.by_client.get(&it.client_id) {
            return self.order_answer(at, true);
        }
        self.may_trade(it.env)?;
        let contract = self.contract_named(it.root.as_str(), it.month, it.year);
        let contract = contract.ok_or_else(|| no(RefusalCode::UnknownInstrument))?;
        let working: Vec<usize> = (0..self.orders.len())
            .filter(|&at| {
                self.orders
                    .get(at)
                    .is_some_and(|held| held.contract == contract && held.is_live() && !held.asked)
            })
            .collect();
        for at in working {
            self.cancel_at(now, at);
        }
        let side = Side::from(it.side);
        let held = self.broker.position(contract);
        let closes = held.side() == Some(side.opposite());
        let most = i64::try_from(held.size()).unwrap_or(i64::MAX).min(it.qty.get());
        let qty = qty_of(if closes { most } else { it.qty.get() })?;
        let terms = Terms {
            client_id: Some(it.client_id.clone()),
            contract,
            side,
            qty,
            kind: OrderKind::Market,
            stop: None,
            tif: PlaceTif::Day,
            role: None,
        };
        let at = if closes {
            self.send_new(now, &terms)?
        } else {
            let held = self.new_order(&terms).ok_or_else(|| no(RefusalCode::BadQty))?;
            let at = self.enter(held).map_err(|_| no(RefusalCode::Journal))?;
            self.set_state(now, at, OrderState::Cancelled);
            at
        };
        self.order_answer(at, false)
    }

    fn query(&mut self, now: Timestamp, it: &ById) -> Answer {
        let Some(&at) = self.by_client.get(&it.client_id) else {
            return Answer::of(&QueryAnswer { found: Found::No });
        };
        let Some(order) = self.orders.get(at).map(|held| held.order.clone()) else {
            return Answer::of(&QueryAnswer { found: Found::Lost });
        };
        let its: Vec<Row> = self
            .executions
            .values()
            .filter(|execution| execution.broker_id == order.broker_id)
            .map(|execution| Row::Execution(execution.clone()))
            .collect();
        for row in its {
            self.event(now, row, true);
        }
        self.event(now, Row::Order(order), true);
        Answer::of(&QueryAnswer { found: Found::Yes })
    }

    fn subscribe(&mut self, now: Timestamp, it: &ContractName) -> Result<Answer, Refused> {
        let contract = self.contract_named(it.root.as_str(), it.month, it.year);
        let contract = contract.ok_or_else(|| no(RefusalCode::UnknownInstrument))?;
        let known = self.subscriptions.iter().find(|it| it.contract == contract).map(|it| it.number);
        if known.is_none() && self.subscriptions.len() >= SUBSCRIPTIONS_MAX {
            return Err(no(RefusalCode::TooMany));
        }
        let last = self.subscriptions.iter().map(|it| it.number.get()).max().unwrap_or(0);
        let number = known.unwrap_or(SubNumber::clamped(last + 1));
        if known.is_none() {
            self.subscriptions.push(Subscription { contract, number, trades: 0 });
        }
        let traded = self.traded_as(contract).ok_or_else(|| no(RefusalCode::UnknownInstrument))?;
        let instrument = traded.contract.instrument();
        let amount = |decimal: String| Amount::try_from(decimal).map_err(|_| no(RefusalCode::Platform));
        let front = front_contract(instrument, TradingDay::of(now).date()).ok().map(|it| it.expiry());
        Ok(Answer::of(&Subscribed {
            sub: number,
            tick_size: amount(instrument.grid().tick_size().to_string())?,
            point_value: amount(instrument.point_value().to_string())?,
            front_month: front.and_then(|it| MonthNumber::new(i64::from(it.month().number()))),
            front_year: front.and_then(|it| ExpiryYear::new(i64::from(it.year()))),
        }))
    }

    fn unsubscribe(&mut self, it: Unsubscribe) -> Result<Answer, Refused> {
        let before = self.subscriptions.len();
        self.subscriptions.retain(|kept| kept.number != it.sub);
        if self.subscriptions.len() == before {
            return Err(no(RefusalCode::NoSuchSub));
        }
        Ok(Answer { dup: false, members: serde_json::Map::new() })
    }

    fn accounts(&self) -> Answer {
        Answer::of(&Accounts {
            accounts: vec![AccountRow {
                name: self.settings.account.clone(),
                provider: self.settings.provider.clone(),
                env: self.settings.env,
                status: self.account_status,
                connected: self.status == ConnectionStatus::Connected,
            }],
        })
    }

    /// An order of somebody else in the same account.
    ///
    /// # Errors
    /// When it cannot be written into the books.
    pub fn foreign(
        &mut self,
        now: Timestamp,
        contract: ContractId,
        side: Side,
        qty: Qty,
        kind: OrderKind,
    ) -> Result<(), RefusalCode> {
        let tif = PlaceTif::Day;
        let terms = Terms { client_id: None, contract, side, qty, kind, stop: None, tif, role: None };
        self.send_new(now, &terms).map(|_| ()).map_err(|(code, _)| code)
    }
}

fn qty_of(contracts: i64) -> Result<Qty, Refused> {
    u32::try_from(contracts).ok().and_then(Qty::new).ok_or_else(|| no(RefusalCode::BadQty))
}
