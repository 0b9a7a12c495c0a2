//! What stands at the broker for the phantoms when feed, line or account are not what they were.

use phantom_bridge::body::{ConnectionStatus, Env};
use phantom_broker_ninjatrader::{ConnectFault, Stage};
use phantom_broker_server::Control;
use phantom_compliance::{Refusal, Ticket};
use phantom_engine::book::LotState;
use phantom_engine::fact::Alarm;
use phantom_engine::{Fact, FactBody, Handling, Origin};
use phantom_model::{ArenaKey, LotId, MarketRecord, Offset, OrderId, Price, Print, Side, StopRole};

use crate::world::{Desk1, OPEN, PATIENCE, Server1, Side1, config, desk, nq, ticket};

/// Long two at 23000 with a stop at 22975.
async fn long_two(server: &Side1, desk: &Desk1) {
    desk.up().await;
    desk.sees(server, 92_000).await;
    let with_stop = Ticket { stop: Some("22975.00".into()), ..ticket(Side::Buy, "2") };
    desk.desk.place(with_stop, Origin::Window).await.unwrap();
    server.print(92_001).await;
    desk.holds(2).await;
}

fn disaster(nth: u16) -> OrderId {
    OrderId::LotStop { lot: LotId::from_row(0), role: StopRole::Disaster, nth }
}

/// Waits for an alarm; `ready` is what must be done once the desk is listened to.
async fn alarmed(desk: &Desk1, alarm: Alarm, ready: impl Future<Output = ()>) {
    let mut facts = desk.desk.snapshot().await.unwrap().later;
    ready.await;
    let is_it = |fact: &Fact| matches!(fact.body, FactBody::AlarmRaised { alarm: told } if told == alarm);
    let came =
        tokio::time::timeout(PATIENCE, async { while !facts.recv().await.unwrap().iter().any(is_it) {} });
    came.await.expect("the alarm never came");
}

#[tokio::test]
async fn c_01_a_feed_that_falls_silent_is_told_and_a_stop_at_the_broker_covers_the_position() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    let handling = Handling { disaster: Offset::new(40), ..Handling::STANDARD };
    desk.desk.set_handling(handling).unwrap();
    long_two(&server, &desk).await;
    desk.book(|book| book.find(disaster(1)).is_some()).await;
    let (connected, lost) = (ConnectionStatus::Connected, ConnectionStatus::Lost);
    alarmed(&desk, Alarm::StopsBlind, server.steer(Control::Connection(connected, lost))).await;
    // One print through both levels, too far off to be believed here: the stop at the broker needs no belief.
    server.print(90_000).await;
    server.print(90_000).await;
    desk.holds(0).await;
    let book = desk.desk.snapshot().await.unwrap().book;
    let closed_by = book.closed().iter().map(|(_, row)| book.orders().at(row.by).id);
    assert!(closed_by.eq([disaster(1)]), "{book:?}");
}

#[tokio::test]
async fn c_12_a_line_that_breaks_again_and_again_leaves_every_stop_and_counts_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server1::default().start(Some(folder.path())).await;
    let desk = desk(config(server.address));
    long_two(&server, &desk).await;
    for connection in 2..=12 {
        server.steer(Control::HangUp).await;
        desk.story(|story| story.connections == connection && story.stage == Stage::Up).await;
        desk.up().await;
    }
    let book = desk.desk.snapshot().await.unwrap().book;
    assert_eq!(book.fills().len(), 1, "one execution, however often it was listed");
    // The phantom is armed once there, and was never taken away meanwhile.
    let written = books_of(folder.path());
    let arms = written.matches("\"exit_id\":\"pd-d1-L0-X1\"").count();
    assert_eq!((arms, written.matches("disarm").count()), (1, 0), "{written}");
    // One trade is one trade.
    desk.sees(&server, 91_990).await;
    server.print(91_900).await;
    desk.accepted().await;
    server.print(91_890).await;
    desk.holds(0).await;
    let book = desk.desk.snapshot().await.unwrap().book;
    assert_eq!(book.fills().len(), 2);
}

/// Everything that the server has written down.
fn books_of(folder: &std::path::Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect()
}

#[tokio::test]
async fn m_02_an_exit_that_was_decided_in_simulation_never_reaches_an_account_with_real_money() {
    let server = Server1::default().start(None).await;
    let simulated = desk(config(server.address));
    long_two(&server, &simulated).await;
    let address = server.stop().await;
    simulated.down().await;
    // Behind the same port and the same name there is real money now.
    let _live = Server1 { address, env: Env::Live, ..Server1::default() }.start(None).await;
    let is_refused =
        |stage: &Stage| matches!(stage, Stage::Waiting { fault: ConnectFault::WrongEnv { .. }, .. });
    simulated.story(|story| is_refused(&story.stage)).await;
    // The stop fires by a price that the desk has from elsewhere.
    for ticks in [91_890, 91_880] {
        let print = Print::Trade { price: Price::new(ticks).unwrap(), size: 1 };
        simulated.desk.feed(MarketRecord { contract: nq(), at: OPEN, print }).await.unwrap();
    }
    // Its exit is decided on, and waits for the account that it was meant for.
    let has_fired = |state: LotState| matches!(state, LotState::Exiting { .. });
    simulated.book(|book| has_fired(book.lots().at(LotId::from_row(0)).state)).await;
    let live = desk(live_config(address, "Sim101"));
    live.story(|story| story.stage == Stage::AwaitsConfirmation).await;
    assert!(live.handle.confirm_live("Sim101").await);
    live.up().await;
    let book = live.desk.snapshot().await.unwrap().book;
    assert_eq!((book.orders().len(), live.held().await), (0, 0), "nothing has come there");
}

fn live_config(address: std::net::SocketAddr, account: &str) -> phantom_broker_ninjatrader::ConnectionConfig {
    let account = phantom_bridge::text::Name::cut(account);
    phantom_broker_ninjatrader::ConnectionConfig { account, env: Env::Live, ..config(address) }
}

#[tokio::test]
async fn m_05_of_two_desks_the_one_with_real_money_takes_no_key_before_its_account_was_named() {
    let (sim_side, live_side) = (
        Server1::default().start(None).await,
        Server1 { account: "Live7", env: Env::Live, ..Server1::default() }.start(None).await,
    );
    let (simulated, live) = (desk(config(sim_side.address)), desk(live_config(live_side.address, "Live7")));
    simulated.up().await;
    live.story(|story| story.stage == Stage::AwaitsConfirmation).await;
    simulated.desk.place(ticket(Side::Buy, "1"), Origin::Hotkey).await.unwrap();
    let refused = live.desk.place(ticket(Side::Buy, "1"), Origin::Hotkey).await.unwrap();
    assert_eq!(refused.refusal, Some(Refusal::NotConnected));
    for side in [&sim_side, &live_side] {
        side.print(92_000).await;
        side.print(92_001).await;
    }
    simulated.holds(1).await;
    assert_eq!(live.held().await, 0);
    assert!(!live.handle.confirm_live("Sim101").await, "the name of the other account");
    assert!(live.handle.confirm_live("Live7").await);
    live.up().await;
    live.sees(&live_side, 92_004).await;
    live.desk.place(ticket(Side::Buy, "2"), Origin::Hotkey).await.unwrap();
    live_side.print(92_008).await;
    live.holds(2).await;
    assert_eq!(simulated.held().await, 1, "each key has reached its own account");
}
