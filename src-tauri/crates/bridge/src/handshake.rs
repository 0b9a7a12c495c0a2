//! The handshake of both sides: who proves what to whom, and in which order.
//!
//! The server proves the secret first, the client after it, and nothing that matters is said before.
//! A state is used up by the line that it takes, so that no step can be taken twice.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::body::ByeCode;
use crate::frame::{Direction, Opener, Sealer, SessionKey};
use crate::json;
use crate::mac;
use crate::secret::Secret;
use crate::text::{Name, PlatformId};
use crate::{VERSION, hex};

/// The longest line before `welcome`, in bytes.
pub const HANDSHAKE_LINE_MAX: usize = 1_024;
/// What the session key is derived for.
const KEY_INFO: &[u8] = b"phantom-desk v1";

/// 16 fresh random bytes of one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// These bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// New ones.
    ///
    /// # Errors
    /// When the operating system has no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }
}

/// Who connects, and to which account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The program, for the server's log.
    pub client: Name,
    /// The account, exactly as the platform has it.
    pub account: Name,
}

/// Why a handshake ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HandshakeFault {
    /// A line that is not what this step needs.
    #[error("not the line that this step of the handshake needs")]
    Malformed,
    /// The peer does not have our secret.
    #[error("the other side does not know the secret")]
    WrongSecret,
    /// The peer speaks another version.
    #[error("the other side speaks version {0} of the bridge, this program version {VERSION}")]
    WrongVersion(u32),
    /// The server said no.
    #[error("refused: {0}")]
    Refused(ByeCode),
}

/// Both ends of an authenticated connection.
#[derive(Debug)]
pub struct Keys {
    /// Makes our lines.
    pub sealer: Sealer,
    /// Opens theirs.
    pub opener: Opener,
}

#[derive(Serialize, Deserialize)]
struct Hello {
    v: u32,
    client: Name,
    account: Name,
    nc: String,
}

#[derive(Serialize, Deserialize)]
struct Challenge {
    v: u32,
    epoch: PlatformId,
    ns: String,
    proof: String,
    server: Name,
}

#[derive(Serialize, Deserialize)]
struct Auth {
    proof: String,
}

#[derive(Deserialize)]
struct Bye {
    code: ByeCode,
    v: Option<u32>,
}

/// A handshake line: an object of kind `kind`.
fn line_of(kind: &str, body: impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, T> {
        t: &'a str,
        #[serde(flatten)]
        body: T,
    }
    // Texts and numbers only: there is nothing that could not be written.
    serde_json::to_string(&Line { t: kind, body }).unwrap_or_default()
}

/// The kind of a handshake line and its other members.
fn read_line(line: &[u8]) -> Result<(String, json::Object), HandshakeFault> {
    let text = std::str::from_utf8(line).ok().filter(|text| text.len() <= HANDSHAKE_LINE_MAX);
    let mut object = text.and_then(|text| json::read(text).ok()).ok_or(HandshakeFault::Malformed)?;
    match object.remove("t") {
        Some(serde_json::Value::String(kind)) => Ok((kind, object)),
        Some(_) | None => Err(HandshakeFault::Malformed),
    }
}

fn members<T: serde::de::DeserializeOwned>(object: json::Object) -> Result<T, HandshakeFault> {
    serde_json::from_value(serde_json::Value::Object(object)).map_err(|_| HandshakeFault::Malformed)
}

/// What both sides prove and derive keys from.
struct Transcript {
    secret: Secret,
    who: Identity,
    epoch: PlatformId,
    client_nonce: Nonce,
    server_nonce: Nonce,
}

impl Transcript {
    fn proof(&self, role: &str) -> [u8; 32] {
        let (nc, ns) = (hex::encode(&self.client_nonce.0), hex::encode(&self.server_nonce.0));
        let version = VERSION.to_string();
        let parts = [
            role,
            &version,
            self.epoch.as_str(),
            &nc,
            &ns,
            self.who.client.as_str(),
            self.who.account.as_str(),
        ];
        mac::hmac(self.secret.bytes(), &[parts.join("\0").as_bytes()])
    }

    fn is_proof(&self, role: &str, given: &str) -> bool {
        hex::decode::<32>(given.as_bytes()).is_some_and(|given| self.proof(role).ct_eq(&given).into())
    }

    fn key(&self) -> SessionKey {
        let mut salt = [0; 32];
        let both = self.client_nonce.0.iter().chain(&self.server_nonce.0);
        salt.iter_mut().zip(both).for_each(|(to, from)| *to = *from);
        SessionKey(Zeroizing::new(mac::hkdf_32(&salt, self.secret.bytes(), KEY_INFO)))
    }

    fn keys(&self, sends: Direction, receives: Direction) -> Keys {
        let key = self.key();
        Keys { sealer: Sealer::new(&key, sends), opener: Opener::new(&key, receives) }
    }
}

/// The client's side of a handshake.
pub struct ClientHandshake {
    secret: Secret,
    who: Identity,
    nonce: Nonce,
    waiting: ClientWaits,
}

enum ClientWaits {
    ForChallenge,
    ForWelcome { keys: Box<Keys>, server: ServerName },
}

/// How the server presents itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerName {
    /// New at each start of the server.
    pub epoch: PlatformId,
    /// Name and version.
    pub server: Name,
}

/// What a line of the server leads to.
#[derive(Debug)]
pub enum ClientStep {
    /// Send this line and wait for the next one.
    Send(ClientHandshake, String),
    /// The connection is authenticated.
    Welcome(Keys, ServerName),
}

impl ClientHandshake {
    /// Begins: the line to send first.
    #[must_use]
    pub fn start(secret: Secret, who: Identity, nonce: Nonce) -> (Self, String) {
        let Identity { client, account } = who.clone();
        let hello = line_of("hello", Hello { v: VERSION, client, account, nc: hex::encode(&nonce.0) });
        (Self { secret, who, nonce, waiting: ClientWaits::ForChallenge }, hello)
    }

    /// Takes a line of the server, without its end.
    ///
    /// # Errors
    /// [`HandshakeFault`]; the connection is closed then.
    pub fn line(self, line: &[u8]) -> Result<ClientStep, HandshakeFault> {
        let (kind, object) = read_line(line)?;
        match (kind.as_str(), self.waiting) {
            ("bye", _) => {
                let bye: Bye = members(object)?;
                Err(match (bye.code, bye.v) {
                    (ByeCode::BadVersion, Some(theirs)) => HandshakeFault::WrongVersion(theirs),
                    (code, _) => HandshakeFault::Refused(code),
                })
            }
            ("challenge", ClientWaits::ForChallenge) => {
                let Challenge { v, epoch, ns, proof, server } = members(object)?;
                if v != VERSION {
                    return Err(HandshakeFault::WrongVersion(v));
                }
                let server_nonce = Nonce(hex::decode(ns.as_bytes()).ok_or(HandshakeFault::Malformed)?);
                let transcript = Transcript {
                    secret: self.secret.clone(),
                    who: self.who.clone(),
                    epoch: epoch.clone(),
                    client_nonce: self.nonce,
                    server_nonce,
                };
                if !transcript.is_proof("server", &proof) {
                    return Err(HandshakeFault::WrongSecret);
                }
                let ours = line_of("auth", Auth { proof: hex::encode(&transcript.proof("client")) });
                let keys = Box::new(transcript.keys(Direction::FromClient, Direction::FromServer));
                let server = ServerName { epoch, server };
                Ok(ClientStep::Send(Self { waiting: ClientWaits::ForWelcome { keys, server }, ..self }, ours))
            }
            ("welcome", ClientWaits::ForWelcome { keys, server }) => Ok(ClientStep::Welcome(*keys, server)),
            (_, ClientWaits::ForChallenge | ClientWaits::ForWelcome { .. }) => Err(HandshakeFault::Malformed),
        }
    }
}

impl fmt::Debug for ClientHandshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientHandshake").field("who", &self.who).finish_non_exhaustive()
    }
}

/// The server's side of a handshake.
pub struct ServerHandshake {
    secret: Secret,
    name: ServerName,
    nonce: Nonce,
    waiting: ServerWaits,
}

enum ServerWaits {
    ForHello,
    ForAuth(Transcript),
}

/// What a line of the client leads to.
#[derive(Debug)]
pub enum ServerStep {
    /// Send this line and wait for the next one.
    Send(ServerHandshake, String),
    /// The client has proved the secret. The server looks whether the account is there and free, and
    /// answers with [`welcome`] or [`bye`].
    Proved(Keys, Identity),
}

impl ServerHandshake {
    /// Waits for a client.
    #[must_use]
    pub const fn new(secret: Secret, name: ServerName, nonce: Nonce) -> Self {
        Self { secret, name, nonce, waiting: ServerWaits::ForHello }
    }

    /// Takes a line of the client, without its end.
    ///
    /// # Errors
    /// [`HandshakeFault`]; the server says so where [`refusal`] has a line for it, and closes.
    pub fn line(self, line: &[u8]) -> Result<ServerStep, HandshakeFault> {
        let (kind, object) = read_line(line)?;
        match (kind.as_str(), self.waiting) {
            ("hello", ServerWaits::ForHello) => {
                let other = object.get("v").and_then(serde_json::Value::as_u64);
                if let Some(v) = other.filter(|v| *v != u64::from(VERSION)) {
                    return Err(HandshakeFault::WrongVersion(u32::try_from(v).unwrap_or(u32::MAX)));
                }
                let Hello { client, account, nc, .. } = members(object)?;
                let transcript = Transcript {
                    secret: self.secret.clone(),
                    who: Identity { client, account },
                    epoch: self.name.epoch.clone(),
                    client_nonce: Nonce(hex::decode(nc.as_bytes()).ok_or(HandshakeFault::Malformed)?),
                    server_nonce: self.nonce,
                };
                let challenge = line_of(
                    "challenge",
                    Challenge {
                        v: VERSION,
                        epoch: self.name.epoch.clone(),
                        ns: hex::encode(&self.nonce.0),
                        proof: hex::encode(&transcript.proof("server")),
                        server: self.name.server.clone(),
                    },
                );
                let next = Self { waiting: ServerWaits::ForAuth(transcript), ..self };
                Ok(ServerStep::Send(next, challenge))
            }
            ("auth", ServerWaits::ForAuth(transcript)) => {
                let Auth { proof } = members(object)?;
                if !transcript.is_proof("client", &proof) {
                    return Err(HandshakeFault::WrongSecret);
                }
                let keys = transcript.keys(Direction::FromServer, Direction::FromClient);
                Ok(ServerStep::Proved(keys, transcript.who))
            }
            (_, ServerWaits::ForHello | ServerWaits::ForAuth(_)) => Err(HandshakeFault::Malformed),
        }
    }
}

impl fmt::Debug for ServerHandshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandshake").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The server's last line of a handshake that went well.
#[must_use]
pub fn welcome() -> String {
    "{\"t\":\"welcome\"}".to_owned()
}

/// The server's line that refuses a client.
#[must_use]
pub fn bye(code: ByeCode) -> String {
    #[derive(Serialize)]
    struct Line {
        code: ByeCode,
        #[serde(skip_serializing_if = "Option::is_none")]
        v: Option<u32>,
    }
    line_of("bye", Line { code, v: (code == ByeCode::BadVersion).then_some(VERSION) })
}

/// The line with which a server ends a handshake that failed; `None` when it just closes.
#[must_use]
pub fn refusal(fault: HandshakeFault) -> Option<String> {
    match fault {
        HandshakeFault::WrongVersion(_) => Some(bye(ByeCode::BadVersion)),
        HandshakeFault::WrongSecret => Some(bye(ByeCode::BadAuth)),
        HandshakeFault::Refused(code) => Some(bye(code)),
        HandshakeFault::Malformed => None,
    }
}
