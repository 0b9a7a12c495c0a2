//! The desk on `NinjaTrader`, against the broker's side of the bridge in this process.

use std::net::TcpListener;

use phantom_bridge::body::{ConnectionStatus, Env};
use phantom_broker_server::Control;
use serde_json::{Value, json};

use crate::bridge::{Bridge, SECRET, Side, settings_at};
use crate::world::{World, is_taken};

fn broker(now: &Value) -> &Value {
    &now["standing"]["broker"]
}

/// A desk that was switched to this server and has its secret.
fn switched(bridge: &Bridge) -> World {
    let world = World::new();
    world.get("saveSettings", json!({ "settings": bridge.settings() }));
    world.get("setPassword", json!({ "password": SECRET }));
    world
}

/// The same, connected, its account compared, and ES traded at 4000.
fn connected(bridge: &Bridge) -> World {
    let world = switched(bridge);
    world.get("connectBroker", json!({}));
    is_up(&world);
    sees(&world, bridge, 16_000);
    world
}

fn is_up(world: &World) {
    world.wait_for("the account", |now| {
        broker(now)["stage"] == "UP"
            && now["desk"]["notConnected"] == false
            && now["desk"]["reconciling"] == false
    });
}

/// ES trades there, and the desk knows of it.
fn sees(world: &World, bridge: &Bridge, ticks: i64) {
    bridge.trades_at(ticks);
    let price = format!("{}.{:02}", ticks / 4, ticks % 4 * 25);
    world.wait_for("a price", |now| {
        now["quotes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["symbol"] == "ES" && row["last"] == json!(price))
    });
}

fn buy(world: &World, change: impl FnOnce(&mut Value)) -> Value {
    let mut order = json!({ "symbol": "ES", "qty": 2, "type": "MARKET" });
    change(&mut order);
    world.get("placeBuy", json!({ "order": order }))
}

#[test]
fn a_desk_connects_shows_the_account_that_the_other_side_tells_and_trades_it() {
    let bridge = Side::default().start(None);
    let world = connected(&bridge);
    let now = world.get("snapshot", json!({}));
    assert_eq!((&now["desk"]["mode"], &now["desk"]["feed"]), (&json!("SIM"), &json!("BROKER")));
    let row = broker(&now);
    assert_eq!(
        (&row["account"], &row["provider"], &row["kind"]),
        (&json!("Sim101"), &json!("Simulator"), &json!("SIM"))
    );
    assert!(row["server"].as_str().unwrap().starts_with("phantom-mock-broker "), "{row}");

    let answer = buy(&world, |it| it["stopPrice"] = json!("3990"));
    assert!(is_taken(&answer), "{answer}");
    let open = world.wait_for("the fill", |now| now["phantoms"].as_array().unwrap().len() == 1);
    assert_eq!(open["positions"][0]["qty"], 2);
    let flat = world.get("flattenAll", json!({}));
    assert_eq!((&flat["status"], &flat["closedPositions"][0]["qty"]), (&json!("FLAT"), &json!(2)), "{flat}");
}

#[test]
fn the_wall_clock_is_the_desks_and_its_journal_is_the_accounts_own() {
    let bridge = Side::default().start(None);
    let world = connected(&bridge);
    let shown: jiff::Timestamp =
        world.get("snapshot", json!({}))["desk"]["marketTime"].as_str().unwrap().parse().unwrap();
    let apart = jiff::Timestamp::now().duration_since(shown).abs();
    assert!(apart < jiff::SignedDuration::from_secs(20), "{apart}");
    assert!(world.folder.path().join("data/journal-sim-Sim101.db").is_file());
    world.fault("marketControl", json!({ "what": { "pause": true } }), "bad_request");
    assert_eq!(world.get("snapshot", json!({}))["desk"]["paused"], false);
    let folder = world.get("dataFolder", json!({}));
    assert!(folder["journal"].as_str().unwrap().ends_with("journal-sim-Sim101.db"), "{folder}");
}

#[test]
fn what_keeps_a_desk_from_connecting_is_said_with_what_to_do() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::new();
    let settings = settings_at(free);
    world.get("saveSettings", json!({ "settings": settings }));
    let says = |what: &str| {
        let words = world.fault("connectBroker", json!({}), "not_connected");
        assert!(words.as_str().unwrap().contains(what), "{words}");
    };
    says("no password is kept");
    world.get("setPassword", json!({ "password": "my broker's password" }));
    says("never your broker's password");
    world.get("setPassword", json!({ "password": SECRET }));
    says("nothing listens");

    let server = |side: Side| {
        let bridge = side.start(None);
        world.get("saveSettings", json!({ "settings": bridge.settings() }));
        bridge
    };
    let other = server(Side { secret: [8; 32], ..Side::default() });
    says("wrong secret");
    drop(other);
    let other = server(Side { account: "Sim102", ..Side::default() });
    says("no account of this name");
    drop(other);
    let now = world.get("snapshot", json!({}));
    assert_eq!(now["desk"]["mode"], "OFFLINE", "nobody has told what the account is");
    assert_eq!(broker(&now)["kind"], Value::Null);
}

#[test]
fn a_second_desk_is_told_that_it_is_busy_and_goes_on_by_itself_once_the_first_has_gone() {
    let bridge = Side::default().start(None);
    let first = connected(&bridge);
    let second = switched(&bridge);
    let words = second.fault("connectBroker", json!({}), "not_connected");
    assert!(words.as_str().unwrap().contains("busy"), "{words}");
    let waits = second.wait_for("the next try", |now| broker(now)["attempts"].as_u64() >= Some(1));
    assert!(broker(&waits)["words"].as_str().unwrap().contains("another desk"));
    first.get("saveSettings", json!({ "settings": crate::world::quick() }));
    is_up(&second);
}

#[test]
fn a_connection_that_breaks_in_a_trade_comes_back_by_itself_and_the_stop_is_still_armed() {
    let bridge = Side::default().start(None);
    let world = connected(&bridge);
    buy(&world, |it| it["stopPrice"] = json!("3990"));
    world.wait_for("the fill", |now| now["phantoms"].as_array().unwrap().len() == 1);

    bridge.steer(Control::HangUp);
    let down = world.wait_for("the loss", |now| now["desk"]["notConnected"] == true);
    assert_eq!(down["desk"]["mode"], "SIM", "the account is what it was");
    let refused = buy(&world, |it| it["qty"] = json!(1));
    assert_eq!((&refused["status"], &refused["reason"]), (&json!("REJECTED"), &json!("not_connected")));
    is_up(&world);

    bridge.trades_at(15_960);
    world.wait_for("the stop", |now| {
        let log = now["log"].as_array().unwrap();
        now["positions"][0]["qty"] == 0 && log.iter().any(|row| row["action"] == "STOP")
    });
    let closed =
        |now: &Value| now["trades"].as_array().unwrap().iter().map(|row| row["qty"].as_u64().unwrap()).sum();
    world.wait_for("both contracts in the closed trades", |now| {
        let sum: u64 = closed(now);
        assert!(sum <= 2, "closed once: {}", now["trades"]);
        sum == 2
    });
}

#[test]
fn the_platforms_own_lost_broker_is_told_and_orders_wait() {
    let bridge = Side::default().start(None);
    let world = connected(&bridge);
    bridge.steer(Control::Connection(ConnectionStatus::Disconnected, ConnectionStatus::Disconnected));
    let down = world.wait_for("the loss", |now| broker(now)["stage"] == "PLATFORM_DOWN");
    assert!(broker(&down)["words"].as_str().unwrap().contains("not connected to the broker"), "{down}");
    let warned = broker(&down)["warnings"].to_string();
    assert!(warned.contains("prices do not come"), "{warned}");
    assert_eq!(buy(&world, |_| {})["reason"], "not_connected");
    let words = world.fault("connectBroker", json!({}), "not_connected");
    assert!(words.as_str().unwrap().contains("in the menu Connections"), "{words}");
    bridge.steer(Control::Connection(ConnectionStatus::Connected, ConnectionStatus::Connected));
    is_up(&world);
}

#[test]
fn real_money_is_live_and_sends_nothing_before_its_name_was_typed() {
    let bridge = Side { account: "APEX-1", env: Env::Live, ..Side::default() }.start(None);
    let world = World::new();
    let mut settings = bridge.settings();
    settings["ninjatrader"]["account"] = json!("APEX-1");
    world.get("saveSettings", json!({ "settings": settings }));
    world.get("setPassword", json!({ "password": SECRET }));
    world.get("connectBroker", json!({}));
    let waits = world.wait_for("the question", |now| broker(now)["stage"] == "AWAITS_CONFIRMATION");
    assert_eq!((&waits["desk"]["mode"], &broker(&waits)["kind"]), (&json!("LIVE"), &json!("LIVE")));
    assert_eq!(buy(&world, |_| {})["reason"], "not_connected");
    assert_eq!(world.get("confirmLive", json!({ "typed": "APEX-2" })), false);
    assert_eq!(world.get("snapshot", json!({}))["desk"]["notConnected"], true);
    assert_eq!(world.get("confirmLive", json!({ "typed": " APEX-1 " })), true);
    is_up(&world);
    sees(&world, &bridge, 16_000);
    assert!(is_taken(&buy(&world, |_| {})));
    assert!(world.folder.path().join("data/journal-live-APEX-1.db").is_file());
}

#[test]
fn a_test_of_the_connection_tells_who_is_there_and_changes_nothing() {
    let bridge = Side { account: "APEX-1", env: Env::Live, ..Side::default() }.start(None);
    let world = World::new();
    let to = |account: &str, password: Value| {
        json!({ "to": {
            "host": "127.0.0.1", "port": bridge.address.port(), "account": account, "username": "me",
            "password": password,
        } })
    };
    let found = world.get("testConnection", to("APEX-1", json!(SECRET)));
    assert_eq!(
        (&found["account"], &found["kind"], &found["provider"]),
        (&json!("APEX-1"), &json!("LIVE"), &json!("Simulator"))
    );
    assert!(found["latencyMicros"].as_u64().unwrap() > 0 && found["platform"].is_string(), "{found}");
    assert_eq!(found["byDesk"], false);
    for (account, password, words) in [
        ("APEX-2", json!(SECRET), "no account of this name"),
        ("APEX-1", json!("08".repeat(32)), "wrong secret"),
        ("APEX-1", json!("a password"), "64 hex digits"),
        ("APEX-1", json!(null), "no password is kept"),
    ] {
        let said = world.fault("testConnection", to(account, password), "not_connected");
        assert!(said.as_str().unwrap().contains(words), "{said}");
    }
    assert_eq!(
        world.fault("testConnection", to(" ", json!(SECRET)), "settings_invalid")["field"],
        "ninjatrader.account"
    );
    let now = world.get("snapshot", json!({}));
    assert_eq!((&now["desk"]["mode"], broker(&now)), (&json!("MOCK"), &Value::Null));
}

#[test]
fn while_the_desk_is_connected_a_test_tells_what_its_own_connection_says() {
    let bridge = Side::default().start(None);
    let world = connected(&bridge);
    let to = json!({ "host": "127.0.0.1", "port": bridge.address.port(), "account": "Sim101", "username": "me", "password": null });
    let found = world.get("testConnection", json!({ "to": to }));
    assert_eq!(
        (&found["byDesk"], &found["kind"], &found["words"]),
        (&json!(true), &json!("SIM"), &json!("connected"))
    );
    is_up(&world);
}

#[test]
fn a_flatten_before_the_account_is_known_does_not_say_flat() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::new();
    world.get("saveSettings", json!({ "settings": settings_at(free) }));
    let words = world.fault("flattenAll", json!({}), "not_connected");
    assert!(words.as_str().unwrap().contains("nothing was closed"), "{words}");
}

#[test]
fn what_is_open_stays_on_its_account_and_a_new_secret_or_port_reconnects_it() {
    let books = tempfile::tempdir().unwrap();
    let bridge = Side::default().start(Some(books.path()));
    let world = connected(&bridge);
    buy(&world, |it| it["stopPrice"] = json!("3990"));
    world.wait_for("the fill", |now| now["phantoms"].as_array().unwrap().len() == 1);
    let words = world.fault("saveSettings", json!({ "settings": crate::world::quick() }), "positions_open");
    assert!(words.is_string());
    let mut other = bridge.settings();
    other["ninjatrader"]["account"] = json!("Sim102");
    world.fault("saveSettings", json!({ "settings": other }), "positions_open");
    bridge.stop();

    // The platform comes back with another secret on another port; the same account.
    let bridge = Side { secret: [9; 32], ..Side::default() }.start(Some(books.path()));
    world.get("saveSettings", json!({ "settings": bridge.settings() }));
    world.get("setPassword", json!({ "password": "09".repeat(32) }));
    world.get("connectBroker", json!({}));
    is_up(&world);
    let now = world.get("snapshot", json!({}));
    assert_eq!(now["positions"][0]["qty"], 2, "{}", now["positions"]);
    assert_eq!(now["phantoms"].as_array().unwrap().len(), 1);
    sees(&world, &bridge, 15_980);
    bridge.trades_at(15_960);
    world.wait_for("the stop", |now| now["positions"][0]["qty"] == 0);
}

#[test]
fn a_desk_that_starts_on_ninjatrader_shows_what_its_journal_holds_before_anybody_answers() {
    let books = tempfile::tempdir().unwrap();
    let bridge = Side::default().start(Some(books.path()));
    let world = connected(&bridge);
    buy(&world, |it| it["stopPrice"] = json!("3990"));
    world.wait_for("the fill", |now| now["phantoms"].as_array().unwrap().len() == 1);
    bridge.stop();
    world.wait_for("the loss", |now| now["desk"]["notConnected"] == true);
    // As after a start: the desk is put together anew on the account's journal.
    world.fault("connectBroker", json!({}), "not_connected");
    let now = world.wait_for("the position", |now| now["positions"][0]["qty"] == 2);
    assert_eq!(now["phantoms"].as_array().unwrap().len(), 1);
    assert_eq!((&now["desk"]["mode"], &now["desk"]["notConnected"]), (&json!("OFFLINE"), &json!(true)));
}

#[test]
fn a_market_that_cannot_be_started_leaves_the_search_for_the_account_going_on() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::new();
    world.get("saveSettings", json!({ "settings": settings_at(port) }));
    world.get("setPassword", json!({ "password": SECRET }));
    let mut gone = crate::world::quick();
    gone["mock"]["source"] = json!({ "kind": "FILE", "path": "/nowhere/GC 12-13.Last.txt" });
    world.fault("saveSettings", json!({ "settings": gone }), "market_file");
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let _bridge = Side { address, ..Side::default() }.start(None);
    is_up(&world);
}

#[test]
fn the_menu_halts_entries_and_connects_again() {
    let world = World::new();
    world.choose_from_menu("halt");
    world.wait_for("the halt", |now| now["desk"]["killed"] == true);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.get("saveSettings", json!({ "settings": settings_at(port) }));
    let stuck = world.wait_for("the missing password", |now| broker(now)["stage"] == "STUCK");
    assert_eq!(stuck["desk"]["killed"], true, "a halt goes over to the next desk");
    world.choose_from_menu("connect");
    world.wait_for("the same answer", |now| broker(now)["stage"] == "STUCK");
}
