//! The byte vectors of `tests/fixtures/bridge/vectors.json`, which another program made.

use phantom_bridge::command::Arm;
use phantom_bridge::handshake::{ClientStep, Keys, ServerName, ServerStep};
use phantom_bridge::text::{Amount, Name, PlatformId};
use phantom_bridge::{
    ClientHandshake, Direction, Identity, Nonce, Opener, Sealer, Secret, ServerHandshake, digest, json,
};
use serde_json::Value;

pub(crate) fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/bridge/vectors.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap()
}

fn nonce(hex: &str) -> Nonce {
    let bytes: Vec<u8> =
        (0..32).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
    Nonce::from_bytes(bytes.try_into().unwrap())
}

/// Both ends of the first handshake: of the client, then of the server.
pub(crate) fn connected(it: &Value, handshake: &Value) -> (Keys, Keys) {
    let secret = Secret::parse(text(it, "secret")).unwrap();
    let who = Identity {
        client: Name::try_from(text(handshake, "client")).unwrap(),
        account: Name::try_from(text(handshake, "account")).unwrap(),
    };
    let name = ServerName {
        epoch: PlatformId::try_from(text(it, "epoch")).unwrap(),
        server: Name::try_from("PhantomBridge 1.0.0").unwrap(),
    };
    let (client, hello) = ClientHandshake::start(secret.clone(), who.clone(), nonce(text(it, "nc")));
    let same = |ours: &str, theirs: &str| {
        assert_eq!(
            serde_json::from_str::<Value>(ours).unwrap(),
            serde_json::from_str::<Value>(theirs).unwrap()
        );
    };
    same(&hello, text(handshake, "hello"));
    let server = ServerHandshake::new(secret, name.clone(), nonce(text(it, "ns")));
    let ServerStep::Send(server, challenge) = server.line(text(handshake, "hello").as_bytes()).unwrap()
    else {
        panic!("no challenge")
    };
    same(&challenge, text(handshake, "challenge"));
    let ClientStep::Send(client, auth) = client.line(text(handshake, "challenge").as_bytes()).unwrap() else {
        panic!("no proof")
    };
    same(&auth, text(handshake, "auth"));
    let ServerStep::Proved(server, proved) = server.line(text(handshake, "auth").as_bytes()).unwrap() else {
        panic!("not proved")
    };
    assert_eq!(proved, who);
    let ClientStep::Welcome(client, seen) = client.line(b"{\"t\":\"welcome\"}").unwrap() else {
        panic!("no welcome")
    };
    assert_eq!(seen, name);
    (client, server)
}

#[test]
fn both_sides_make_the_bytes_of_the_recorded_handshakes() {
    let it = vectors();
    for handshake in it["handshakes"].as_array().unwrap() {
        connected(&it, handshake);
    }
}

fn skip(sealer: &mut Sealer, opener: &mut Opener, until: u64) {
    for _ in 1..until {
        let mut line = Vec::new();
        sealer.seal("{}", &mut line).unwrap();
        opener.open(line.strip_suffix(b"\n").unwrap()).unwrap();
    }
}

#[test]
fn frames_are_sealed_and_opened_as_recorded() {
    let it = vectors();
    for frame in it["frames"].as_array().unwrap() {
        let (client, server) = connected(&it, &it["handshakes"][0]);
        let (mut sealer, mut opener) = match text(frame, "direction") {
            "C" => (client.sealer, server.opener),
            _ => (server.sealer, client.opener),
        };
        skip(&mut sealer, &mut opener, frame["n"].as_u64().unwrap());
        let mut line = Vec::new();
        sealer.seal(text(frame, "body"), &mut line).unwrap();
        assert_eq!(std::str::from_utf8(&line).unwrap().strip_suffix('\n').unwrap(), text(frame, "line"));
        assert_eq!(opener.open(text(frame, "line").as_bytes()).unwrap(), text(frame, "body"));
        assert!(json::read(text(frame, "body")).is_ok());
    }
}

#[test]
fn recorded_forgeries_do_not_open() {
    let it = vectors();
    for frame in it["refused_frames"].as_array().unwrap() {
        let (mut client, mut server) = connected(&it, &it["handshakes"][0]);
        skip(&mut client.sealer, &mut server.opener, frame["expected_n"].as_u64().unwrap());
        assert_eq!(text(frame, "direction"), "C");
        assert!(server.opener.open(text(frame, "line").as_bytes()).is_err(), "{}", text(frame, "why"));
    }
}

#[test]
fn only_frames_of_the_right_direction_open() {
    let it = vectors();
    let (mut client, mut server) = connected(&it, &it["handshakes"][0]);
    let mut line = Vec::new();
    client.sealer.seal("{}", &mut line).unwrap();
    let line = line.strip_suffix(b"\n").unwrap();
    assert!(client.opener.open(line).is_err(), "its own frame came back");
    assert!(server.opener.open(line).is_ok());
    assert_ne!(Direction::FromClient, Direction::FromServer);
}

#[test]
fn armed_phantoms_have_the_recorded_digests() {
    for row in vectors()["digests"].as_array().unwrap() {
        let armed: Vec<Arm> = serde_json::from_value(row["phantoms"].clone()).unwrap();
        assert_eq!(digest::digest(&armed), text(row, "digest"));
    }
}

#[test]
fn json_is_taken_and_refused_as_recorded() {
    let it = vectors();
    for line in it["json"]["taken"].as_array().unwrap() {
        assert!(json::read(line.as_str().unwrap()).is_ok(), "{line}");
    }
    for line in it["json"]["refused"].as_array().unwrap() {
        assert!(json::read(line.as_str().unwrap()).is_err(), "{line}");
    }
}

#[test]
fn prices_are_taken_and_refused_as_recorded() {
    let it = vectors();
    for price in it["prices"]["taken"].as_array().unwrap() {
        assert!(Amount::try_from(price.as_str().unwrap()).is_ok(), "{price}");
    }
    for price in it["prices"]["refused"].as_array().unwrap() {
        assert!(Amount::try_from(price.as_str().unwrap()).is_err(), "{price}");
    }
}
