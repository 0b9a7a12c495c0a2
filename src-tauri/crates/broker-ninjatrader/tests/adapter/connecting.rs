//! Connections that are made, and those that are not, each with words that say what to do.

use std::net::SocketAddr;

use phantom_bridge::body::Env;
use phantom_broker_ninjatrader::{ConnectFault, ConnectionConfig, Stage, probe};

use crate::world::{Desk1, Server1, config, desk};

#[tokio::test]
async fn a_desk_connects_reads_the_account_and_sees_who_is_there() {
    let server = Server1::default().start(None).await;
    let desk = desk(config(server.address));
    desk.up().await;
    let story = desk.story(|story| story.latency.is_some()).await;
    assert_eq!(story.account.unwrap().as_str(), "Sim101");
    assert_eq!((story.provider.unwrap().as_str(), story.env), ("Simulator", Some(Env::Sim)));
    assert!(story.server.unwrap().as_str().starts_with("phantom-mock-broker "));
    assert_eq!(story.connections, 1);
}

/// Why a desk with this configuration does not connect.
async fn fault(config: ConnectionConfig) -> ConnectFault {
    let desk: Desk1 = desk(config);
    let story = desk.story(|story| matches!(story.stage, Stage::Waiting { .. })).await;
    let Stage::Waiting { fault, .. } = story.stage else { panic!("{story:?}") };
    fault
}

#[tokio::test]
async fn nothing_that_listens_is_told_apart_from_a_wrong_secret() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(matches!(fault(config(free)).await, ConnectFault::NothingListens(_)));
    let server = Server1 { secret: [8; 32], ..Server1::default() }.start(None).await;
    assert_eq!(fault(config(server.address)).await, ConnectFault::WrongSecret);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_named_as_such() {
    let server = Server1 { account: "Sim102", ..Server1::default() }.start(None).await;
    assert_eq!(fault(config(server.address)).await, ConnectFault::UnknownAccount);
}

#[tokio::test]
async fn a_second_desk_is_told_that_another_one_is_there() {
    let server = Server1::default().start(None).await;
    let first = desk(config(server.address));
    first.up().await;
    assert_eq!(fault(config(server.address)).await, ConnectFault::Busy);
    assert!(matches!(probe(&config(server.address)).await, Err(ConnectFault::Busy)));
}

#[tokio::test]
async fn something_else_that_listens_is_not_taken_for_the_bridge() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let page = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut socket, page).await.unwrap();
        }
    });
    assert_eq!(fault(config(address)).await, ConnectFault::NoAnswer);
}

#[tokio::test]
async fn testing_a_connection_shows_what_is_there_and_leaves_room_for_the_desk() {
    let server = Server1::default().start(None).await;
    let probed = probe(&config(server.address)).await.unwrap();
    assert_eq!(probed.story.account.unwrap().as_str(), "Sim101");
    assert!(probed.story.latency.is_some() && probed.story.platform.is_some());
    desk(config(server.address)).up().await;
}

#[tokio::test]
async fn m_01_a_simulation_never_connects_to_an_account_with_real_money() {
    let server = Server1 { env: Env::Live, ..Server1::default() }.start(None).await;
    let refused = ConnectFault::WrongEnv { wanted: "sim", is: "live" };
    assert_eq!(fault(config(server.address)).await, refused);
}

#[tokio::test]
async fn m_06_settings_for_real_money_never_connect_to_a_simulation() {
    let server = Server1::default().start(None).await;
    let live = ConnectionConfig { env: Env::Live, ..config(server.address) };
    assert_eq!(fault(live).await, ConnectFault::WrongEnv { wanted: "live", is: "sim" });
}

#[tokio::test]
async fn m_04_nothing_is_sent_to_real_money_before_a_person_has_typed_its_name() {
    let server = Server1 { env: Env::Live, ..Server1::default() }.start(None).await;
    let desk = desk(ConnectionConfig { env: Env::Live, ..config(server.address) });
    desk.story(|story| story.stage == Stage::AwaitsConfirmation).await;
    assert!(desk.desk.snapshot().await.unwrap().book.halt().not_connected);
    assert!(!desk.handle.confirm_live("Sim102").await);
    assert!(desk.handle.confirm_live("Sim101").await);
    desk.up().await;
}
