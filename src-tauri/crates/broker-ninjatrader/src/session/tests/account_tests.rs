//! The broker's own account, stops that stood for phantoms, and signs of life.

use super::*;

#[test]
fn a_snapshot_whose_rows_do_not_add_up_ends_the_connection() {
    let mut world = World::up();
    let id = Id::try_from("r-2").unwrap();
    world.line(ServerBody::Snapshot { id: id.clone(), row: account(Env::Sim) });
    let rows = RowCounts { acct: 1, order: 1, ..RowCounts::default() };
    world.line(ServerBody::SnapshotEnd(SnapshotEnd {
        id,
        seq: Count::clamped(0),
        since: Millis::clamped(0),
        rows,
        whole: true,
        ts: Millis::clamped(1),
        digest: Words::cut(""),
    }));
    let fault = ConnectFault::Protocol("a snapshot whose rows do not add up");
    assert_eq!(world.closed(), Some(fault));
}

fn listed(world: &mut World, rows: Vec<Row>, whole: bool) -> phantom_model::BrokerSnapshot {
    world.session.message(world.now, Message::Snapshot(SnapshotId::new(7)), Decider::Program);
    let sent = world.sent();
    let [(id, Command::Snapshot)] = sent.as_slice() else { panic!("{sent:?}") };
    world.answer(id, Ok(Answer::of(&Empty {})));
    let connected = ConnectionStatus::Connected;
    let mut all = vec![connection(connected, connected), account(Env::Sim)];
    all.extend(rows);
    world.snapshot_of(id.as_str(), all, whole);
    match world.reports().as_slice() {
        [BrokerReport::Snapshot(snapshot)] => (**snapshot).clone(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn position(root: &str, net: i64) -> Row {
    let root = Root::try_from(root).unwrap();
    let (month, year) = (MonthNumber::clamped(12), ExpiryYear::clamped(2026));
    Row::Position(Position { root, month, year, net: Net::clamped(net), average: None })
}

#[test]
fn the_desk_gets_the_brokers_own_account_as_it_asked() {
    let mut world = World::up();
    let rows = vec![
        Row::Order(order(OrderState::PartFilled, 1)),
        Row::Execution(execution(1, 1)),
        position("NQ", -1),
        position("ES", 4),
    ];
    let it = listed(&mut world, rows, true);
    assert_eq!((it.answers, it.since), (SnapshotId::new(7), Timestamp::MIN));
    let [order] = it.orders.all().unwrap() else { panic!("{it:?}") };
    assert_eq!((order.order, order.filled), (Some(exit_id()), 1));
    assert_eq!(it.fills.all().unwrap().len(), 1);
    let positions: Vec<i64> = it.positions.all().unwrap().iter().map(|row| row.net.signed()).collect();
    assert_eq!(positions, [-1]);
    // What the desk does not list is not hidden from its person.
    let elsewhere = Warning::HeldElsewhere { contract: "ES 12-2026".into() };
    assert!(world.session.story().warnings.contains(&elsewhere), "{:?}", world.session.story().warnings);
}

#[test]
fn lists_that_are_not_all_there_prove_nothing() {
    let mut world = World::up();
    let it = listed(&mut world, vec![position("NQ", 0)], false);
    assert!(it.orders.all().is_none() && it.fills.all().is_none());
    assert_eq!(it.positions, Listed::Missing);
}

#[test]
fn an_order_that_the_platform_has_lost_is_not_proved_to_be_gone() {
    let mut world = World::up();
    let it = listed(&mut world, vec![Row::Order(order(OrderState::Lost, 0))], true);
    assert_eq!(it.orders.told(), []);
    // Complete only from now on: what was sent before is not settled by its absence.
    assert!(it.since > Timestamp::default());
    let lost = Warning::LostOrder { client_id: "pd-d1-L17-X1".into() };
    assert!(world.session.story().warnings.contains(&lost));
}

#[test]
fn stops_that_stood_for_phantoms_are_taken_away_before_anything_else() {
    let shadow = Order {
        client_id: Id::try_from("pd-d1-L17-X1.s1").ok(),
        kind: OrderKindWord::Stop,
        stop: Amount::try_from("22990").ok(),
        role: Some(OrderRole::Shadow),
        ..order(OrderState::Working, 0)
    };
    let mut world = World::new(Env::Sim);
    world.snapshot("r-0", vec![Row::Order(shadow.clone()), position("NQ", 2)]);
    let sent = world.sent();
    assert_eq!(sent.iter().map(|(_, it)| it.op()).collect::<Vec<_>>(), ["cancel", "subscribe"]);
    assert_eq!(world.session.story().stage, Stage::TakingOver { shadows: 1 });
    world.answer(&sent[0].0, Ok(Answer::of(&Order { state: OrderState::PendingCancel, ..shadow.clone() })));
    assert!(!world.session.is_up());
    world.event(Row::Order(Order { state: OrderState::Cancelled, ..shadow }));
    let it = Subscribed {
        sub: SubNumber::clamped(1),
        tick_size: Amount::try_from("0.25").unwrap(),
        point_value: Amount::try_from("20").unwrap(),
        front_month: None,
        front_year: None,
    };
    world.answer(&sent[1].0, Ok(Answer::of(&it)));
    assert!(world.session.is_up());
}

#[test]
fn three_seconds_of_silence_end_the_connection_and_a_beat_goes_out_each_second() {
    let mut world = World::up();
    let mut beats = 0;
    for millis in (0..3_000).step_by(100) {
        world.at(millis);
        beats += world.session.take_out().iter().filter(|out| is_ping(out)).count();
    }
    assert_eq!(beats, 3);
    world.at(3_000);
    let told = world.session.take_out();
    assert!(told.contains(&Out::Tell(Incoming::Link(Link::Down))), "{told:?}");
    assert!(told.contains(&Out::Close(ConnectFault::Silent)), "{told:?}");
}

fn is_ping(out: &Out) -> bool {
    matches!(out, Out::Send { body: ClientBody::Ping(_), .. })
}

#[test]
fn the_platform_without_its_market_takes_the_link_down_and_back_after_quiet() {
    let mut world = World::up();
    let (lost, connected) = (ConnectionStatus::Lost, ConnectionStatus::Connected);
    world.event(connection(lost, lost));
    assert_eq!(world.told(), [Incoming::Link(Link::Down)]);
    assert_eq!(world.session.story().stage, Stage::PlatformDown(lost));
    world.at(1_000);
    world.event(connection(connected, connected));
    world.at(2_500);
    world.event(Row::Order(order(OrderState::Working, 0)));
    for millis in [3_000, 4_000, 4_400] {
        world.at(millis);
        let digest = Words::cut("e3b0c44298fc1c14");
        let n = Count::clamped(0);
        let beat = phantom_bridge::body::Beat { n, seq: n, ts: Millis::clamped(1), digest };
        world.line(ServerBody::Pong(beat));
        assert!(!world.session.is_up(), "{millis}");
    }
    world.at(4_500);
    assert!(world.session.is_up());
}

#[test]
fn prices_that_do_not_come_are_a_warning_and_no_sign_of_life() {
    let mut world = World::up();
    world.event(connection(ConnectionStatus::Connected, ConnectionStatus::Lost));
    assert!(world.session.story().warnings.contains(&Warning::StalePrices));
    assert!(world.session.is_up());
    world.told();
    let (n, digest) = (Count::clamped(1), Words::cut("e3b0c44298fc1c14"));
    let beat = phantom_bridge::body::Beat { n, seq: n, ts: Millis::clamped(1), digest };
    world.line(ServerBody::Pong(beat.clone()));
    assert_eq!(world.told(), []);
    world.event(connection(ConnectionStatus::Connected, ConnectionStatus::Connected));
    world.line(ServerBody::Pong(beat));
    assert_eq!(world.told(), [Incoming::FeedAlive]);
}

pub(super) fn pong(digest: &str) -> ServerBody {
    let n = Count::clamped(0);
    ServerBody::Pong(phantom_bridge::body::Beat {
        n,
        seq: n,
        ts: Millis::clamped(1),
        digest: Words::cut(digest),
    })
}

#[test]
fn what_is_armed_there_is_let_be_until_the_desk_has_spoken_and_then_made_equal() {
    let mut world = World::up();
    world.line(pong("0000000000000000"));
    assert_eq!(world.ops(), [""; 0]);
    world.session.cover(ms(0), &[]);
    world.line(pong("0000000000000000"));
    assert_eq!(world.ops(), ["disarm"]);
    world.line(pong("0000000000000000"));
    assert_eq!(world.ops(), [""; 0], "the answer is under way");
}

#[test]
fn a_contract_that_is_wanted_later_does_not_take_the_way_to_the_broker_away() {
    let mut config = config(Env::Sim);
    let table = InstrumentTable::built_in().unwrap();
    config.contracts.push(Contract::parse_ninjatrader(&table, "ES 12-26").unwrap());
    let (first, second) = (ContractId::from_row(0), ContractId::from_row(1));
    let kept = Kept { watched: [first].into(), ..Kept::default() };
    let server = ServerName { epoch: PlatformId::numbered('e', 1), server: Name::cut("PhantomBridge 1.0.0") };
    let session = Session::new(Fixed::of(&config), kept, &server, 1, ms(0));
    let mut world = World { session, seq: 0, now: ms(0) };
    world.snapshot("r-0", vec![]);
    world.subscribe();
    assert!(world.told().contains(&Incoming::Link(Link::Up)));
    world.session.watch(second);
    world.at(10);
    assert_eq!(world.session.story().stage, Stage::Up);
    let sent = world.sent();
    assert!(matches!(sent.as_slice(), [(_, Command::Subscribe(_))]), "{sent:?}");
    assert_eq!(world.told(), []);
}
