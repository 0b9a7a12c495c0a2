//! One connection without a socket: every line and every moment by hand.

mod account_tests;

use phantom_bridge::body::{
    Account, AccountStatus, Ack, Answer, Connection, ConnectionStatus, Env, Execution, ExecutionOp, Order,
    OrderError, OrderKindWord, OrderReason, OrderRole, OrderSide, OrderState, Position, Row, RowCounts,
    SnapshotEnd, TifWord, Trade,
};
use phantom_bridge::command::{Empty, Subscribed};
use phantom_bridge::handshake::ServerName;
use phantom_bridge::text::{
    Amount, Contracts, Count, ExpiryYear, Filled, Id, Millis, MonthNumber, Name, Net, PlatformId, Root,
    SubNumber, TradeSize, Words,
};
use phantom_bridge::{ByeCode, ClientBody, Command, RefusalCode, Secret, ServerBody};
use phantom_broker::{Decider, Incoming, Message};
use phantom_compliance::{ClosingBudget, Outbound};
use phantom_model::{
    ArenaKey, BrokerReport, Contract, ContractId, ContractStanding, FailReason, InstrumentTable, Link,
    Listed, LotId, NetQty, OrderId, OrderKind, Print, Qty, SnapshotId, Span, Timestamp,
};

use super::{Fixed, Kept, Out, Session};
use crate::config::{ConnectionConfig, DeskName, Timing};
use crate::story::{ConnectFault, Stage, Warning};

fn ms(millis: u32) -> Timestamp {
    Timestamp::default() + Span::from_millis(millis)
}

fn config(env: Env) -> ConnectionConfig {
    let table = InstrumentTable::built_in().unwrap();
    ConnectionConfig {
        host: "127.0.0.1".into(),
        port: 1,
        account: Name::cut("Sim101"),
        client: Name::cut("desk"),
        secret: Secret::from_bytes([1; 32]),
        env,
        desk: DeskName::new("d1").unwrap(),
        contracts: vec![Contract::parse_ninjatrader(&table, "NQ 12-26").unwrap()],
        watch_all: true,
        timing: Timing::default(),
    }
}

fn exit_id() -> OrderId {
    OrderId::LotExit { lot: LotId::from_row(17), exit: 1 }
}

fn exit_of(qty: u32) -> Message {
    let budget = ClosingBudget::new(NetQty::new(5), 0);
    let qty = Qty::new(qty).unwrap();
    let exit = budget.exit(exit_id(), ContractId::from_row(0), qty, OrderKind::Market).unwrap();
    Message::Submit(Outbound::Exit(exit))
}

/// A session and the server's side of it.
struct World {
    session: Session,
    seq: i64,
    now: Timestamp,
}

fn order(state: OrderState, filled: i64) -> Order {
    Order {
        client_id: Some(Id::try_from("pd-d1-L17-X1").unwrap()),
        broker_id: PlatformId::numbered('N', 1),
        root: Root::try_from("NQ").unwrap(),
        month: MonthNumber::clamped(12),
        year: ExpiryYear::clamped(2026),
        side: OrderSide::Sell,
        kind: OrderKindWord::Market,
        qty: Contracts::clamped(2),
        limit: None,
        stop: None,
        tif: TifWord::Day,
        state,
        filled: Filled::clamped(filled),
        average: None,
        changed: false,
        role: None,
        reason: None,
        error: None,
        raw: None,
        text: None,
        time: None,
    }
}

fn execution(n: u64, qty: i64) -> Execution {
    Execution {
        exec_id: PlatformId::numbered('E', n),
        client_id: Some(Id::try_from("pd-d1-L17-X1").unwrap()),
        broker_id: PlatformId::numbered('N', 1),
        root: Root::try_from("NQ").unwrap(),
        month: MonthNumber::clamped(12),
        year: ExpiryYear::clamped(2026),
        side: OrderSide::Sell,
        qty: Contracts::clamped(qty),
        price: Amount::try_from("23000.25").unwrap(),
        op: ExecutionOp::Add,
        time: None,
        commission: None,
    }
}

fn connection(status: ConnectionStatus, price_status: ConnectionStatus) -> Row {
    let (name, platform) = (Name::cut("Sim"), Name::cut("NinjaTrader 8.1"));
    Row::Connection(Connection { name, platform, status, price_status, text: None })
}

fn account(env: Env) -> Row {
    Row::Account(Account {
        name: Name::cut("Sim101"),
        display: None,
        provider: Name::cut("Simulator"),
        env,
        status: AccountStatus::Enabled,
        currency: None,
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

impl World {
    fn new(env: Env) -> Self {
        Self::with(env, Kept::default())
    }

    fn with(env: Env, mut kept: Kept) -> Self {
        let fixed = Fixed::of(&config(env));
        kept.watched.extend(fixed.contracts());
        let server =
            ServerName { epoch: PlatformId::numbered('e', 1), server: Name::cut("PhantomBridge 1.0.0") };
        Self { session: Session::new(fixed, kept, &server, 1, ms(0)), seq: 0, now: ms(0) }
    }

    /// A session that is up, with nothing in the account.
    fn up() -> Self {
        let mut world = Self::new(Env::Sim);
        world.snapshot("r-0", vec![]);
        world.subscribe();
        assert_eq!(world.session.story().stage, Stage::Up);
        world.told();
        world
    }

    fn snapshot(&mut self, id: &str, rows: Vec<Row>) {
        let connected = ConnectionStatus::Connected;
        let mut all = vec![connection(connected, connected), account(Env::Sim)];
        all.extend(rows);
        self.snapshot_of(id, all, true);
    }

    fn snapshot_of(&mut self, id: &str, rows: Vec<Row>, whole: bool) {
        let id = Id::try_from(id).unwrap();
        let mut counts = RowCounts::default();
        for row in rows {
            counts.count(&row);
            self.line(ServerBody::Snapshot { id: id.clone(), row });
        }
        self.line(ServerBody::SnapshotEnd(SnapshotEnd {
            id,
            seq: Count::clamped(self.seq),
            since: Millis::clamped(0),
            rows: counts,
            whole,
            ts: Millis::clamped(1),
            digest: Words::cut("e3b0c44298fc1c14"),
        }));
    }

    fn line(&mut self, body: ServerBody) {
        self.session.line(self.now, body);
    }

    fn event(&mut self, row: Row) {
        self.event_of(row, false);
    }

    fn event_of(&mut self, row: Row, again: bool) {
        self.seq += 1;
        let (seq, ts) = (Count::clamped(self.seq), Millis::clamped(1));
        self.line(ServerBody::Event { seq, again, ts, row });
    }

    fn at(&mut self, millis: u32) {
        self.now = ms(millis);
        self.session.pass(self.now);
    }

    /// Commands that were sent, with their ids.
    fn sent(&mut self) -> Vec<(Id, Command)> {
        let (commands, rest): (Vec<Out>, Vec<Out>) = self
            .session
            .take_out()
            .into_iter()
            .partition(|out| matches!(out, Out::Send { body: ClientBody::Command { .. }, .. }));
        self.session.out = rest;
        let read = |out| match out {
            Out::Send { body: ClientBody::Command { id, command }, .. } => Some((id, command)),
            Out::Send { .. } | Out::Tell(_) | Out::Close(_) => None,
        };
        commands.into_iter().filter_map(read).collect()
    }

    fn ops(&mut self) -> Vec<&'static str> {
        self.sent().iter().map(|(_, command)| command.op()).collect()
    }

    /// What the desk was told, and everything else that waits is dropped.
    fn told(&mut self) -> Vec<Incoming> {
        let read = |out| match out {
            Out::Tell(what) => Some(what),
            Out::Send { .. } | Out::Close(_) => None,
        };
        self.session.take_out().into_iter().filter_map(read).collect()
    }

    fn reports(&mut self) -> Vec<BrokerReport> {
        let read = |what| match what {
            Incoming::Report(report) => Some(report),
            Incoming::Link(_) | Incoming::Record(_) | Incoming::FeedAlive => None,
        };
        self.told().into_iter().filter_map(read).collect()
    }

    fn closed(&mut self) -> Option<ConnectFault> {
        let read = |out| match out {
            Out::Close(fault) => Some(fault),
            Out::Send { .. } | Out::Tell(_) => None,
        };
        self.session.take_out().into_iter().find_map(read)
    }

    fn answer(&mut self, id: &Id, answer: Result<Answer, RefusalCode>) {
        let answer = answer.map_err(|code| (code, None));
        self.line(ServerBody::Ack(Ack { id: id.clone(), answer }));
    }

    fn subscribe(&mut self) {
        self.subscribe_with("0.25", "20");
    }

    fn subscribe_with(&mut self, tick: &str, point: &str) {
        let sent = self.sent();
        let [(id, Command::Subscribe(_))] = sent.as_slice() else { panic!("{sent:?}") };
        let it = Subscribed {
            sub: SubNumber::clamped(1),
            tick_size: Amount::try_from(tick).unwrap(),
            point_value: Amount::try_from(point).unwrap(),
            front_month: MonthNumber::new(3),
            front_year: ExpiryYear::new(2027),
        };
        self.answer(id, Ok(Answer::of(&it)));
    }

    fn send_exit(&mut self) -> Id {
        self.session.message(self.now, exit_of(2), Decider::Program);
        let sent = self.sent();
        let [(id, Command::Place(_))] = sent.as_slice() else { panic!("{sent:?}") };
        id.clone()
    }
}

#[test]
fn the_link_is_up_once_the_account_is_read_and_the_contracts_are_compared() {
    let mut world = World::new(Env::Sim);
    world.snapshot("r-0", vec![]);
    assert_eq!(world.session.story().stage, Stage::Reading);
    world.subscribe();
    let contract = world.session.fixed.names.contracts().next().unwrap();
    let rolled = BrokerReport::Contract { contract, standing: ContractStanding::RolledAway };
    assert_eq!(world.told(), [Incoming::Report(rolled), Incoming::Link(Link::Up)]);
    let story = world.session.story().clone();
    assert_eq!(story.platform, Some(Name::cut("NinjaTrader 8.1")));
    assert_eq!((story.env, story.provider), (Some(Env::Sim), Some(Name::cut("Simulator"))));
    let front = Warning::NotTheFrontMonth { contract: "NQ 12-26".into(), front: "NQ 03-27".into() };
    assert_eq!(story.warnings, [front]);
}

#[test]
fn an_account_of_the_other_kind_is_refused_before_anything_is_sent() {
    for (wanted, is) in [(Env::Sim, Env::Live), (Env::Live, Env::Sim)] {
        let mut world = World::new(wanted);
        let connected = ConnectionStatus::Connected;
        world.snapshot_of("r-0", vec![connection(connected, connected), account(is)], true);
        let fault = ConnectFault::WrongEnv { wanted: wanted.word(), is: is.word() };
        assert_eq!(world.closed(), Some(fault));
        assert!(!world.session.is_up());
    }
}

#[test]
fn real_money_waits_until_a_person_has_typed_the_account() {
    let mut world = World::new(Env::Live);
    let connected = ConnectionStatus::Connected;
    world.snapshot_of("r-0", vec![connection(connected, connected), account(Env::Live)], true);
    world.subscribe();
    assert_eq!(world.session.story().stage, Stage::AwaitsConfirmation);
    for typed in ["", "sim101", "Sim101 "] {
        assert!(!world.session.confirm_live(ms(1), typed), "{typed:?}");
        assert!(!world.session.is_up());
    }
    assert!(world.session.confirm_live(ms(1), "Sim101"));
    assert_eq!(world.told().last(), Some(&Incoming::Link(Link::Up)));
    // The next connection to the same account and provider is confirmed already.
    let kept = world.session.into_kept();
    let mut again = World::with(Env::Live, kept);
    again.snapshot_of("r-0", vec![connection(connected, connected), account(Env::Live)], true);
    again.subscribe();
    assert!(again.session.is_up());
}

#[test]
fn nothing_opens_in_a_contract_that_is_another_one_there_and_exits_leave() {
    for (tick, point) in [("0.5", "20"), ("0.25", "2")] {
        let mut world = World::new(Env::Sim);
        world.snapshot("r-0", vec![]);
        world.subscribe_with(tick, point);
        assert!(world.session.story().warnings.iter().any(|it| matches!(it, Warning::OtherTerms { .. })));
        assert_eq!(world.session.terms.len(), 1);
        world.send_exit();
        let other = |it: &Incoming| {
            let Incoming::Report(BrokerReport::Contract { standing, .. }) = it else { return false };
            *standing == ContractStanding::OtherTerms
        };
        assert!(world.told().iter().any(other), "the desk opens nothing and arms nothing there");
        // Its trades would be read on the wrong grid.
        world.told();
        world.line(trade(1, "23000.00"));
        assert_eq!(world.told(), []);
    }
}

fn trade(n: i64, price: &str) -> ServerBody {
    ServerBody::Trade(Trade {
        sub: SubNumber::clamped(1),
        n: Count::clamped(n),
        price: Amount::try_from(price).unwrap(),
        size: TradeSize::clamped(3),
        bid: Amount::try_from("22999.75").ok(),
        ask: Amount::try_from("23000.25").ok(),
        ts: Millis::clamped(1),
    })
}

#[test]
fn trades_reach_the_desk_in_order_and_a_gap_ends_the_connection() {
    let mut world = World::up();
    world.line(trade(1, "23000.25"));
    let told = world.told();
    let [Incoming::Record(record)] = told.as_slice() else { panic!("{told:?}") };
    let Print::QuotedTrade { price, size, bid, ask } = record.print else { panic!("{record:?}") };
    assert_eq!((price.ticks(), size, bid.ticks(), ask.ticks()), (92_001, 3, 91_999, 92_001));
    world.line(trade(3, "23000.25"));
    assert_eq!(world.closed(), Some(ConnectFault::Protocol("a gap in the trades")));
}

#[test]
fn an_order_goes_its_way_from_the_desk_to_its_fills() {
    let mut world = World::up();
    let id = world.send_exit();
    world.event(Row::Order(order(OrderState::Pending, 0)));
    assert_eq!(world.reports(), []);
    world.event(Row::Order(order(OrderState::Working, 0)));
    world.answer(&id, Ok(Answer::of(&order(OrderState::Working, 0))));
    assert_eq!(world.reports(), [BrokerReport::Accepted { order: exit_id() }]);
    world.event(Row::Execution(execution(1, 1)));
    world.event(Row::Order(order(OrderState::PartFilled, 1)));
    world.event(Row::Execution(execution(2, 1)));
    world.event(Row::Order(order(OrderState::Filled, 2)));
    let filled: Vec<u32> = world.reports().iter().map(contracts_filled).collect();
    assert_eq!(filled, [1, 1]);
}

fn contracts_filled(report: &BrokerReport) -> u32 {
    let BrokerReport::Filled(fill) = report else { panic!("{report:?}") };
    fill.qty.contracts()
}

#[test]
fn the_end_of_an_order_waits_for_executions_that_are_owed() {
    let mut world = World::up();
    world.send_exit();
    // The platform mixes them up: the end comes first.
    world.event(Row::Order(order(OrderState::Cancelled, 1)));
    assert_eq!(world.reports(), []);
    world.event(Row::Execution(execution(1, 1)));
    let reports = world.reports();
    assert!(matches!(reports.first(), Some(BrokerReport::Filled(_))), "{reports:?}");
    assert_eq!(reports.get(1), Some(&BrokerReport::Cancelled { order: exit_id() }));
}

#[test]
fn executions_that_do_not_come_are_asked_for_and_the_end_is_not_guessed() {
    let mut world = World::up();
    let id = world.send_exit();
    world.answer(&id, Ok(Answer::of(&order(OrderState::Working, 0))));
    world.event(Row::Order(order(OrderState::Cancelled, 1)));
    world.reports();
    world.at(1_000);
    assert_eq!(world.ops(), ["query"]);
    world.event_of(Row::Order(order(OrderState::Cancelled, 1)), true);
    assert_eq!(world.reports(), []);
    world.event_of(Row::Execution(execution(1, 1)), true);
    world.event_of(Row::Order(order(OrderState::Cancelled, 1)), true);
    assert_eq!(world.reports().last(), Some(&BrokerReport::Cancelled { order: exit_id() }));
}

#[test]
fn an_order_without_an_answer_is_asked_about_once_and_never_sent_again() {
    let mut world = World::up();
    world.send_exit();
    world.at(1_999);
    assert_eq!(world.ops(), [""; 0]);
    world.line(ServerBody::Bye(ByeCode::Slow));
    // Even an end of the connection sends nothing again.
    assert_eq!(world.ops(), [""; 0]);
    let mut world = World::up();
    world.send_exit();
    world.at(2_000);
    assert_eq!(world.ops(), ["query"]);
    for millis in [2_100, 2_500, 2_900] {
        world.at(millis);
        assert_eq!(world.ops(), [""; 0]);
    }
}

#[test]
fn a_refusal_tells_the_desk_that_nothing_was_sent_and_a_fault_of_the_platform_does_not() {
    for (code, reason) in [
        (RefusalCode::NotConnected, FailReason::Unspecified),
        (RefusalCode::NotPermitted, FailReason::NotPermitted),
        (RefusalCode::WrongEnv, FailReason::NotPermitted),
        (RefusalCode::BadPrice, FailReason::PriceBand),
        (RefusalCode::IdReused, FailReason::NotPermitted),
        (RefusalCode::Journal, FailReason::Unspecified),
    ] {
        let mut world = World::up();
        let id = world.send_exit();
        world.answer(&id, Err(code));
        assert_eq!(world.reports(), [BrokerReport::Failed { order: exit_id(), reason }], "{code:?}");
    }
    let mut world = World::up();
    let id = world.send_exit();
    world.answer(&id, Err(RefusalCode::Platform));
    assert_eq!(world.ops(), ["query"]);
    assert_eq!(world.reports(), []);
}

#[test]
fn an_order_that_was_known_is_asked_about_and_not_counted_twice() {
    let mut world = World::up();
    let id = world.send_exit();
    let answer = Answer { dup: true, ..Answer::of(&order(OrderState::Working, 0)) };
    world.answer(&id, Ok(answer));
    assert_eq!(world.ops(), ["query"]);
    assert_eq!(world.reports(), [BrokerReport::Accepted { order: exit_id() }]);
}

#[test]
fn cancels_and_changes_that_were_refused_are_told_as_such() {
    let mut world = World::up();
    world.session.message(ms(0), Message::Cancel(exit_id()), Decider::Program);
    let (id, _) = world.sent().remove(0);
    world.answer(&id, Err(RefusalCode::Ended));
    assert_eq!(world.reports(), [BrokerReport::CancelRefused { order: exit_id() }]);
    // One that is under way already is answered by the event to come.
    world.session.message(ms(0), Message::Cancel(exit_id()), Decider::Program);
    let (id, _) = world.sent().remove(0);
    world.answer(&id, Err(RefusalCode::Pending));
    assert_eq!(world.reports(), []);
    for (error, report) in [
        (OrderError::UnableToCancel, BrokerReport::CancelRefused { order: exit_id() }),
        (OrderError::UnableToChange, BrokerReport::ChangeRefused { order: exit_id() }),
    ] {
        let said = Order { error: Some(error), ..order(OrderState::Pending, 0) };
        world.event(Row::Order(said));
        assert_eq!(world.reports(), [report]);
    }
}

#[test]
fn a_changed_order_tells_its_terms_before_the_fills_of_an_answer() {
    let mut world = World::up();
    let limit = Amount::try_from("23000.50").ok();
    let terms =
        Order { kind: OrderKindWord::Limit, limit, changed: true, ..order(OrderState::PartFilled, 2) };
    let terms = Order { qty: Contracts::clamped(3), ..terms };
    world.event_of(Row::Execution(execution(1, 2)), true);
    assert_eq!(world.reports(), []);
    world.event_of(Row::Order(terms), true);
    let reports = world.reports();
    assert!(
        matches!(
            reports.as_slice(),
            [BrokerReport::Changed { .. }, BrokerReport::Filled(_), BrokerReport::Accepted { .. }]
        ),
        "{reports:?}"
    );
}

#[test]
fn a_refused_order_tells_why() {
    let mut world = World::up();
    world.send_exit();
    world.event(Row::Order(Order { reason: Some(OrderReason::Margin), ..order(OrderState::Rejected, 0) }));
    let failed = BrokerReport::Failed { order: exit_id(), reason: FailReason::Margin };
    assert_eq!(world.reports(), [failed]);
}

#[test]
fn what_others_trade_is_told_as_theirs() {
    let mut world = World::up();
    world.event(Row::Execution(Execution { client_id: None, ..execution(9, 1) }));
    let other_desk = Id::try_from("pd-d2-T1").ok();
    world.event(Row::Execution(Execution { client_id: other_desk, ..execution(10, 1) }));
    let reports = world.reports();
    assert_eq!(reports.len(), 2);
    assert!(reports.iter().all(|it| matches!(it, BrokerReport::ForeignFill(_))), "{reports:?}");
}

#[test]
fn executions_that_the_exchange_takes_back_or_corrects_are_told() {
    let mut world = World::up();
    world.event(Row::Execution(Execution { op: ExecutionOp::Update, ..execution(1, 1) }));
    world.event(Row::Execution(Execution { op: ExecutionOp::Remove, ..execution(1, 1) }));
    let reports = world.reports();
    assert!(
        matches!(reports.as_slice(), [BrokerReport::Corrected { .. }, BrokerReport::Busted { .. }]),
        "{reports:?}"
    );
}

#[test]
fn a_gap_in_the_events_ends_the_connection() {
    let mut world = World::up();
    world.seq += 1;
    world.event(Row::Order(order(OrderState::Working, 0)));
    assert_eq!(world.closed(), Some(ConnectFault::Protocol("a gap in the events")));
    assert!(!world.session.is_up());
}
