//! Handshakes and lines that a server must not take.

use phantom_bridge::{ClientHandshake, Nonce, Secret};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::wire::{Failure, PATIENCE, Target, Wire, identity};
use super::words::at;

const PING: &str = r#"{"t":"ping","n":1,"seq":0,"ts":0,"digest":"e3b0c44298fc1c14"}"#;

/// Tries a handshake that must be refused. The code of the server's last word, if it had one.
pub(super) async fn handshake(target: &Target, kind: &str) -> Result<Option<String>, Failure> {
    match kind {
        "wrong_version" => {
            say(target, &json!({"t":"hello","v":9,"client":"x","account":"x","nc":"0".repeat(32)})).await
        }
        "no_nonce" => say(target, &json!({"t":"hello","v":1,"client":"x","account":target.account})).await,
        "long_line" => {
            let mut wire = Wire::connect(target).await?;
            wire.write(format!("{{\"t\":\"hello\",\"v\":1,\"client\":\"{}\"", "x".repeat(2_000)).as_bytes())
                .await?;
            wire.must_close().await
        }
        "wrong_secret" => {
            let random = Secret::random().map_err(|fault| fault.to_string())?;
            prove(target, &random, "client").await
        }
        // The right secret, and a proof that is not for this connection.
        "replayed_proof" => prove(target, &target.secret, "old").await,
        "unknown_account" => {
            let other = Target { account: "no such account".into(), ..target.clone() };
            end_of(&other).await
        }
        "again" => end_of(target).await,
        other => Err(format!("no such handshake: {other}")),
    }
}

async fn say(target: &Target, hello: &Value) -> Result<Option<String>, Failure> {
    let mut wire = Wire::connect(target).await?;
    wire.write(format!("{hello}\n").as_bytes()).await?;
    wire.must_close().await
}

/// A handshake that goes well up to the answer to its proof.
async fn end_of(target: &Target) -> Result<Option<String>, Failure> {
    match Wire::open(target).await {
        Ok(_) => Err("welcomed".to_owned()),
        Err(said) if said.contains("no such account") => Ok(Some("unknown_account".into())),
        Err(said) if said.contains("another desk") => Ok(Some("busy".into())),
        Err(said) => Err(said),
    }
}

/// Says hello, and then a proof that does not belong to this challenge.
async fn prove(target: &Target, secret: &Secret, how: &str) -> Result<Option<String>, Failure> {
    let mut wire = Wire::connect(target).await?;
    let nonce = Nonce::random().map_err(|fault| fault.to_string())?;
    let (_, hello) = ClientHandshake::start(secret.clone(), identity(&target.account)?, nonce);
    wire.write(format!("{hello}\n").as_bytes()).await?;
    let line = wire.raw_line(Instant::now() + PATIENCE).await?.ok_or("closed before the challenge")?;
    let challenge: Value = serde_json::from_slice(&line).map_err(|fault| fault.to_string())?;
    let proof = match how {
        // The server's own proof, said back to it.
        "old" => at(&challenge, "/proof").as_str().unwrap_or_default().to_owned(),
        _ => "0".repeat(64),
    };
    wire.write(format!("{{\"t\":\"auth\",\"proof\":\"{proof}\"}}\n").as_bytes()).await?;
    wire.must_close().await
}

/// Says a line after the handshake that must end the connection.
pub(super) async fn line(wire: &mut Wire, kind: &str) -> Result<(), Failure> {
    let genuine = wire.seal(PING)?;
    let text = String::from_utf8_lossy(&genuine).into_owned();
    let bytes: Vec<u8> = match kind {
        "bad_mac" => {
            let mut parts: Vec<String> = text.splitn(3, ' ').map(str::to_owned).collect();
            if let Some(mac) = parts.get_mut(1) {
                *mac = "0".repeat(32);
            }
            parts.join(" ").into_bytes()
        }
        "replayed" => [genuine.as_slice(), genuine.as_slice()].concat(),
        "skipped" => wire.seal(PING)?,
        "reflected" => [wire.last_received.as_slice(), b"\n"].concat(),
        "altered" => text.replacen("\"n\":1", "\"n\":2", 1).into_bytes(),
        "long_line" => [vec![b'1'; 70_000], b"\n".to_vec()].concat(),
        "plain" => format!("{PING}\n").into_bytes(),
        "not_json" | "deep" | "wide" | "fraction" | "unknown_kind" => {
            wire.write(&genuine).await?;
            wire.seal(&body(kind))?
        }
        other => return Err(format!("no such line: {other}")),
    };
    wire.write(&bytes).await?;
    wire.must_close().await.map(|_| ())
}

fn body(kind: &str) -> String {
    match kind {
        "deep" => format!("{{\"t\":\"ping\",\"d\":{}1{}}}", "{\"a\":".repeat(16), "}".repeat(16)),
        "wide" => {
            let members: Vec<String> = (0..65).map(|n| format!("\"m{n}\":1")).collect();
            format!("{{\"t\":\"ping\",\"d\":{{{}}}}}", members.join(","))
        }
        "fraction" => PING.replacen("\"n\":1", "\"n\":1.5", 1),
        "unknown_kind" => "{\"t\":\"order\"}".to_owned(),
        _ => "ping".to_owned(),
    }
}
