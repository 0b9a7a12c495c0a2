//! Handshakes that must not succeed, and what they give away.

use phantom_bridge::handshake::{ClientStep, HandshakeFault, ServerName, ServerStep, bye, refusal};
use phantom_bridge::text::{Name, PlatformId};
use phantom_bridge::{ByeCode, ClientHandshake, Identity, Nonce, Secret, ServerHandshake};

const OURS: [u8; 32] = [1; 32];

fn client(secret: [u8; 32], account: &str) -> (ClientHandshake, String) {
    let who = Identity { client: Name::try_from("desk").unwrap(), account: Name::try_from(account).unwrap() };
    ClientHandshake::start(Secret::from_bytes(secret), who, Nonce::from_bytes([3; 16]))
}

fn server(secret: [u8; 32]) -> ServerHandshake {
    let name = ServerName {
        epoch: PlatformId::try_from("e1").unwrap(),
        server: Name::try_from("server 1").unwrap(),
    };
    ServerHandshake::new(Secret::from_bytes(secret), name, Nonce::from_bytes([4; 16]))
}

fn challenge(server: ServerHandshake, hello: &str) -> (ServerHandshake, String) {
    match server.line(hello.as_bytes()).unwrap() {
        ServerStep::Send(server, line) => (server, line),
        ServerStep::Proved(..) => panic!("proved by hello alone"),
    }
}

#[test]
fn a_server_without_the_secret_gets_no_proof_out_of_the_client() {
    let (client, hello) = client(OURS, "Sim101");
    let (_, line) = challenge(server([2; 32]), &hello);
    assert_eq!(client.line(line.as_bytes()).unwrap_err(), HandshakeFault::WrongSecret);
}

#[test]
fn a_client_without_the_secret_is_told_bad_auth_and_no_account() {
    let (_, hello) = client(OURS, "Sim101");
    let (server, _) = challenge(server([2; 32]), &hello);
    let auth = format!("{{\"t\":\"auth\",\"proof\":\"{}\"}}", "0".repeat(64));
    let fault = server.line(auth.as_bytes()).unwrap_err();
    assert_eq!(fault, HandshakeFault::WrongSecret);
    assert_eq!(refusal(fault).unwrap(), "{\"t\":\"bye\",\"code\":\"bad_auth\"}");
}

#[test]
fn the_proof_of_the_server_is_no_proof_of_a_client() {
    let (_, hello) = client(OURS, "Sim101");
    let (server, line) = challenge(server(OURS), &hello);
    let challenge: serde_json::Value = serde_json::from_str(&line).unwrap();
    let auth = format!("{{\"t\":\"auth\",\"proof\":{}}}", challenge["proof"]);
    assert_eq!(server.line(auth.as_bytes()).unwrap_err(), HandshakeFault::WrongSecret);
}

#[test]
fn a_proof_is_for_one_account_and_one_pair_of_nonces() {
    let (for_sim, hello_sim) = client(OURS, "Sim101");
    let (_, challenge_sim) = challenge(server(OURS), &hello_sim);
    let (for_live, _) = client(OURS, "Live1");
    assert_eq!(for_live.line(challenge_sim.as_bytes()).unwrap_err(), HandshakeFault::WrongSecret);
    let ClientStep::Send(_, auth) = for_sim.line(challenge_sim.as_bytes()).unwrap() else {
        panic!("no proof")
    };
    // Recorded, and said again to the next connection, which has a nonce of its own.
    let name = ServerName {
        epoch: PlatformId::try_from("e1").unwrap(),
        server: Name::try_from("server 1").unwrap(),
    };
    let next = ServerHandshake::new(Secret::from_bytes(OURS), name, Nonce::from_bytes([5; 16]));
    let (next, _) = challenge(next, &hello_sim);
    assert_eq!(next.line(auth.as_bytes()).unwrap_err(), HandshakeFault::WrongSecret);
}

#[test]
fn another_version_is_named_on_both_sides() {
    let hello = "{\"t\":\"hello\",\"v\":2,\"client\":\"desk\",\"account\":\"Sim101\",\"nc\":\"\"}";
    let fault = server(OURS).line(hello.as_bytes()).unwrap_err();
    assert_eq!(fault, HandshakeFault::WrongVersion(2));
    assert_eq!(refusal(fault).unwrap(), "{\"t\":\"bye\",\"code\":\"bad_version\",\"v\":1}");
    let (client, _) = client(OURS, "Sim101");
    let told = client.line(b"{\"t\":\"bye\",\"code\":\"bad_version\",\"v\":7}").unwrap_err();
    assert_eq!(told, HandshakeFault::WrongVersion(7));
}

#[test]
fn a_refusal_reaches_the_client_with_its_code() {
    for code in [ByeCode::BadAuth, ByeCode::UnknownAccount, ByeCode::Busy, ByeCode::Stopping] {
        let (client, _) = client(OURS, "Sim101");
        assert_eq!(client.line(bye(code).as_bytes()).unwrap_err(), HandshakeFault::Refused(code));
    }
}

#[test]
fn lines_out_of_their_order_or_shape_end_the_handshake() {
    let long = format!("{{\"t\":\"hello\",\"v\":1,\"client\":\"{}\"}}", "x".repeat(1_024));
    for line in
        ["", "{}", "{\"t\":\"auth\",\"proof\":\"\"}", "{\"t\":\"hello\",\"v\":1}", "GET / HTTP/1.1", &long]
    {
        assert_eq!(server(OURS).line(line.as_bytes()).unwrap_err(), HandshakeFault::Malformed, "{line}");
        assert_eq!(refusal(HandshakeFault::Malformed), None);
    }
    // Welcome before any proof.
    for line in ["{\"t\":\"welcome\"}", "{\"t\":\"challenge\",\"v\":1}"] {
        let (client, _) = client(OURS, "Sim101");
        assert_eq!(client.line(line.as_bytes()).unwrap_err(), HandshakeFault::Malformed);
    }
}

#[test]
fn nothing_that_can_be_printed_shows_a_key() {
    let (client, hello) = client([0xab; 32], "Sim101");
    let (server, _) = challenge(server([0xab; 32]), &hello);
    let printed = format!("{client:?} {server:?} {:?}", Secret::from_bytes([0xab; 32]));
    for shape in ["abab", "171, 171"] {
        assert!(!printed.contains(shape), "{printed}");
    }
}
