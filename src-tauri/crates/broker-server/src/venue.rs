//! The broker's side as the protocol sees it: one account, its orders, what it says and in which order.

mod commands;
mod orders;
mod protection;
mod reports;

use std::collections::BTreeMap;

use phantom_bridge::ServerBody;
use phantom_bridge::body::{
    Account, AccountStatus, Connection, ConnectionStatus, Env, Execution, Position, Row, RowCounts,
    SnapshotEnd, Trade,
};
use phantom_bridge::digest::digest;
use phantom_bridge::text::{
    Amount, Count, ExpiryYear, Id, Millis, MonthNumber, Name, Net, Root, SubNumber, TradeSize, Words,
};
use phantom_broker::Broker;
use phantom_broker_mock::{MockBroker, MockSettings};
use phantom_model::{ArenaKey, Contract, ContractId, ExecId, MarketRecord, NetQty, Price, Print, Timestamp};

use phantom_model::price::Grid;

use crate::books::Books;
use orders::Held;
use protection::Armed;

/// What the broker's side is.
#[derive(Clone, Debug)]
pub struct VenueSettings {
    /// The account.
    pub account: Name,
    /// Who provides it.
    pub provider: Name,
    /// Whether it calls itself simulated or live. No real money moves either way.
    pub env: Env,
    /// How its market treats orders.
    pub mock: MockSettings,
}

/// A contract that the venue trades.
#[derive(Clone, Debug)]
pub struct Traded {
    pub(crate) contract: Contract,
    pub(crate) root: Root,
    pub(crate) month: MonthNumber,
    pub(crate) year: ExpiryYear,
}

/// What streams to the client of one contract.
#[derive(Clone, Copy, Debug)]
struct Subscription {
    contract: ContractId,
    number: SubNumber,
    trades: i64,
}

/// The broker's side.
#[derive(Debug)]
pub struct Venue {
    settings: VenueSettings,
    broker: MockBroker,
    traded: Vec<Traded>,
    books: Books,
    orders: Vec<Held>,
    by_client: BTreeMap<Id, usize>,
    executions: BTreeMap<ExecId, Execution>,
    armed: Vec<Armed>,
    /// A client is there; while it is, no shadow stop is placed.
    is_attended: bool,
    subscriptions: Vec<Subscription>,
    last: BTreeMap<ContractId, Price>,
    status: ConnectionStatus,
    price_status: ConnectionStatus,
    account_status: AccountStatus,
    seq: i64,
    out: Vec<ServerBody>,
}

impl Traded {
    /// The contract; `None` for a root that the wire cannot carry.
    #[must_use]
    pub fn new(contract: Contract) -> Option<Self> {
        let expiry = contract.expiry();
        let root = Root::try_from(contract.instrument().ninjatrader_root()).ok()?;
        let month = MonthNumber::new(i64::from(expiry.month().number()))?;
        let year = ExpiryYear::new(i64::from(expiry.year()))?;
        Some(Self { contract, root, month, year })
    }

    fn text(&self, price: Price) -> Amount {
        Amount::of(self.grid(), price)
    }

    fn grid(&self) -> &Grid {
        self.contract.instrument().grid()
    }
}

impl Venue {
    /// The venue with what its books say of its past. Contracts are numbered in the order given, as the
    /// market's records number them.
    #[must_use]
    pub fn new(settings: VenueSettings, traded: Vec<Traded>, books: Books) -> Self {
        let broker = MockBroker::new(settings.mock.clone());
        let mut venue = Self {
            settings,
            broker,
            traded,
            books,
            orders: Vec::new(),
            by_client: BTreeMap::new(),
            executions: BTreeMap::new(),
            armed: Vec::new(),
            is_attended: false,
            subscriptions: Vec::new(),
            last: BTreeMap::new(),
            status: ConnectionStatus::Connected,
            price_status: ConnectionStatus::Connected,
            account_status: AccountStatus::Enabled,
            seq: 0,
            out: Vec::new(),
        };
        venue.take_over();
        venue
    }

    /// Whether it has this account.
    #[must_use]
    pub fn has_account(&self, name: &Name) -> bool {
        self.settings.account == *name
    }

    /// Takes what is to be said, in its order.
    pub fn take_out(&mut self) -> Vec<ServerBody> {
        std::mem::take(&mut self.out)
    }

    /// The number of the last event.
    #[must_use]
    pub fn seq(&self) -> Count {
        Count::clamped(self.seq)
    }

    /// The digest of what is armed.
    #[must_use]
    pub fn digest(&self) -> Words {
        Words::cut(&digest(self.armed.iter().map(|it| &it.arm)))
    }

    /// A client has come. What it subscribes to and the first snapshot are its own.
    pub fn attend(&mut self, now: Timestamp) {
        self.is_attended = true;
        self.subscriptions.clear();
        if let Ok(id) = Id::try_from("r-0") {
            self.snapshot(now, &id);
        }
    }

    /// The client has gone.
    pub fn leave(&mut self) {
        self.is_attended = false;
        self.subscriptions.clear();
    }

    /// When the venue has something to do by itself.
    #[must_use]
    pub fn next_due(&self) -> Timestamp {
        self.broker.next_due()
    }

    /// Does what is due.
    pub fn advance(&mut self, now: Timestamp) {
        self.broker.advance(now);
        self.take_reports(now);
    }

    /// The market makes a record: orders fill, stops trigger, subscribers are told.
    pub fn show(&mut self, now: Timestamp, record: &MarketRecord) {
        if self.traded.get(row(record.contract)).is_none() {
            return;
        }
        self.last.insert(record.contract, record.print.last());
        self.stream(now, record);
        self.broker.show(record);
        self.take_reports(now);
        self.trigger_stops(now, record);
    }

    /// The venue's own way to the market stands so from now on.
    pub fn set_connection(&mut self, now: Timestamp, status: ConnectionStatus, price: ConnectionStatus) {
        (self.status, self.price_status) = (status, price);
        let row = self.connection_row();
        self.event(now, row, false);
    }

    /// Whether the account may trade from now on.
    pub fn set_account_status(&mut self, now: Timestamp, status: AccountStatus) {
        self.account_status = status;
        let row = self.account_row();
        self.event(now, row, false);
    }

    fn event(&mut self, now: Timestamp, row: Row, again: bool) {
        self.seq += 1;
        self.out.push(ServerBody::Event { seq: self.seq(), again, ts: millis(now), row });
    }

    /// Everything, as one snapshot.
    fn snapshot(&mut self, now: Timestamp, id: &Id) {
        let mut rows = vec![self.connection_row(), self.account_row()];
        rows.extend(self.orders.iter().map(|held| Row::Order(held.order.clone())));
        rows.extend(self.executions.values().map(|it| Row::Execution(it.clone())));
        let contracts = (0..self.traded.len()).filter_map(|at| u32::try_from(at).ok());
        rows.extend(contracts.filter_map(|at| self.position_row(ContractId::from_row(at), true)));
        let mut counts = RowCounts::default();
        for row in rows {
            counts.count(&row);
            self.out.push(ServerBody::Snapshot { id: id.clone(), row });
        }
        let whole = self.status == ConnectionStatus::Connected;
        self.out.push(ServerBody::SnapshotEnd(SnapshotEnd {
            id: id.clone(),
            seq: self.seq(),
            since: Millis::clamped(0),
            rows: counts,
            whole,
            ts: millis(now),
            digest: self.digest(),
        }));
    }

    fn connection_row(&self) -> Row {
        Row::Connection(Connection {
            name: self.settings.provider.clone(),
            platform: platform(),
            status: self.status,
            price_status: self.price_status,
            text: None,
        })
    }

    fn account_row(&self) -> Row {
        Row::Account(Account {
            name: self.settings.account.clone(),
            display: None,
            provider: self.settings.provider.clone(),
            env: self.settings.env,
            status: self.account_status,
            currency: Name::try_from("USD").ok(),
            // This venue keeps contracts, not money.
            cash: None,
            realized: None,
            unrealized: None,
            buying_power: None,
            net_liquidation: None,
            initial_margin: None,
            daily_loss_limit: None,
            weekly_loss_limit: None,
            trailing_drawdown: None,
        })
    }

    /// The position; `None` when it is flat and only what is held was asked for.
    fn position_row(&self, contract: ContractId, only_held: bool) -> Option<Row> {
        let net = self.broker.position(contract);
        if only_held && net == NetQty::FLAT {
            return None;
        }
        let it = self.traded.get(row(contract))?;
        let (root, month, year) = (it.root.clone(), it.month, it.year);
        Some(Row::Position(Position { root, month, year, net: Net::clamped(net.signed()), average: None }))
    }

    fn stream(&mut self, now: Timestamp, record: &MarketRecord) {
        let Some(traded) = self.traded.get(row(record.contract)) else { return };
        let Some(to) = self.subscriptions.iter_mut().find(|it| it.contract == record.contract) else {
            return;
        };
        let (bid, ask) = match record.print {
            Print::QuotedTrade { bid, ask, .. } => (Some(traded.text(bid)), Some(traded.text(ask))),
            Print::Trade { .. } | Print::Bar(_) => (None, None),
        };
        to.trades += 1;
        self.out.push(ServerBody::Trade(Trade {
            sub: to.number,
            n: Count::clamped(to.trades),
            price: traded.text(record.print.last()),
            size: TradeSize::clamped(i64::from(record.print.size())),
            bid,
            ask,
            ts: millis(now),
        }));
    }
}

/// Name and version of this program, for the other side.
pub(crate) fn platform() -> Name {
    Name::cut(concat!("phantom-mock-broker ", env!("CARGO_PKG_VERSION")))
}

/// The clock as the wire has it.
pub(crate) fn millis(now: Timestamp) -> Millis {
    Millis::clamped(now.nanos() / 1_000_000)
}

fn row(contract: ContractId) -> usize {
    usize::try_from(contract.row()).unwrap_or(usize::MAX)
}
