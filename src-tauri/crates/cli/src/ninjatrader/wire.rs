//! A bare client of the bridge: it says what a case wants said, right or wrong, and keeps what comes back.

use std::time::Duration;

use phantom_bridge::frame::LINE_BYTES_MAX;
use phantom_bridge::handshake::{ClientStep, HANDSHAKE_LINE_MAX, Keys};
use phantom_bridge::text::Name;
use phantom_bridge::{ClientHandshake, Identity, LineBuffer, Nonce, Opener, Sealer, Secret};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::words::at;

/// How long anything may take that must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);
const BEAT: Duration = Duration::from_secs(1);

/// Where the server is and what it shares with us.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) account: String,
    pub(super) secret: Secret,
}

/// Why a step did not go as it should, in words.
pub(super) type Failure = String;

/// A socket before or after the handshake.
pub(super) struct Wire {
    socket: TcpStream,
    lines: LineBuffer,
    keys: Option<(Sealer, Opener)>,
    beats: i64,
    next_beat: Instant,
    pub(super) beating: bool,
    pub(super) server_beats: i64,
    pub(super) pongs: Vec<i64>,
    pub(super) last_line: Vec<u8>,
    pub(super) last_received: Vec<u8>,
}

impl Wire {
    pub(super) async fn connect(target: &Target) -> Result<Self, Failure> {
        let connected = TcpStream::connect((target.host.as_str(), target.port)).await;
        let socket = connected.map_err(|fault| format!("nothing listens: {fault}"))?;
        socket.set_nodelay(true).map_err(|fault| fault.to_string())?;
        Ok(Self {
            socket,
            lines: LineBuffer::new(HANDSHAKE_LINE_MAX),
            keys: None,
            beats: 0,
            next_beat: Instant::now() + BEAT,
            beating: true,
            server_beats: 0,
            pongs: Vec::new(),
            last_line: Vec::new(),
            last_received: Vec::new(),
        })
    }

    /// Connects and proves the secret.
    pub(super) async fn open(target: &Target) -> Result<Self, Failure> {
        let mut wire = Self::connect(target).await?;
        let who = identity(&target.account)?;
        let nonce = Nonce::random().map_err(|fault| fault.to_string())?;
        let (mut waiting, hello) = ClientHandshake::start(target.secret.clone(), who, nonce);
        wire.write(format!("{hello}\n").as_bytes()).await?;
        let until = Instant::now() + PATIENCE;
        loop {
            let line = wire.raw_line(until).await?.ok_or("closed during the handshake")?;
            match waiting.line(&line).map_err(|fault| fault.to_string())? {
                ClientStep::Send(next, line) => {
                    waiting = next;
                    wire.write(format!("{line}\n").as_bytes()).await?;
                }
                ClientStep::Welcome(Keys { sealer, opener }, _) => {
                    wire.lines.set_limit(LINE_BYTES_MAX);
                    wire.keys = Some((sealer, opener));
                    return Ok(wire);
                }
            }
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.socket.write_all(bytes).await.map_err(|fault| format!("cannot write: {fault}"))
    }

    /// The line of a body, sealed and not sent.
    pub(super) fn seal(&mut self, body: &str) -> Result<Vec<u8>, Failure> {
        let (sealer, _) = self.keys.as_mut().ok_or("not welcomed yet")?;
        let mut line = Vec::new();
        sealer.seal(body, &mut line).map_err(|fault| fault.to_string())?;
        Ok(line)
    }

    pub(super) async fn say(&mut self, body: &Value) -> Result<(), Failure> {
        let line = self.seal(&body.to_string())?;
        self.write(&line).await?;
        self.last_line = line;
        Ok(())
    }

    /// The next raw line; `None` when the server has closed.
    pub(super) async fn raw_line(&mut self, until: Instant) -> Result<Option<Vec<u8>>, Failure> {
        let mut chunk = vec![0; 16 * 1_024];
        loop {
            if let Some(line) = self.lines.next_line().map_err(|fault| fault.to_string())? {
                return Ok(Some(line.to_vec()));
            }
            let read = timeout_at(until, self.socket.read(&mut chunk)).await;
            match read.map_err(|_| "nothing came in time".to_owned())? {
                Ok(0) | Err(_) => return Ok(None),
                Ok(length) => self.lines.push(chunk.get(..length).unwrap_or_default()),
            }
        }
    }

    /// The next body that is no heartbeat; heartbeats are answered and sent meanwhile. `None` when the
    /// server has closed.
    pub(super) async fn body(&mut self, until: Instant) -> Result<Option<Value>, Failure> {
        loop {
            let wait = if self.beating { self.next_beat.min(until) } else { until };
            let line = match self.raw_line(wait).await {
                Ok(Some(line)) => line,
                Ok(None) => return Ok(None),
                Err(_) if self.beating && Instant::now() >= self.next_beat => {
                    self.beat().await?;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let (_, opener) = self.keys.as_mut().ok_or("not welcomed yet")?;
            let text = opener.open(&line).map_err(|fault| format!("a frame of the server: {fault}"))?;
            let body: Value = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
            phantom_bridge::ServerBody::read(text).map_err(|fault| format!("{fault}: {text}"))?;
            self.last_received = line;
            match at(&body, "/t").as_str() {
                Some("ping") => {
                    self.server_beats += 1;
                    if self.beating {
                        let pong = json!({"t":"pong","n":at(&body, "/n"),"seq":at(&body, "/seq"),"ts":0,"digest":at(&body, "/digest")});
                        self.say(&pong).await?;
                    } else {
                        return Ok(Some(body));
                    }
                }
                Some("pong") => self.pongs.extend(at(&body, "/n").as_i64()),
                Some(_) | None => return Ok(Some(body)),
            }
        }
    }

    /// Says that we live. The number of the heartbeat.
    pub(super) async fn beat(&mut self) -> Result<i64, Failure> {
        self.beats += 1;
        self.next_beat = Instant::now() + BEAT;
        let n = self.beats;
        self.say(&json!({"t":"ping","n":n,"seq":0,"ts":0,"digest":"e3b0c44298fc1c14"})).await?;
        Ok(n)
    }

    /// The server must close now; what it says before is passed over, except its last word.
    pub(super) async fn must_close(&mut self) -> Result<Option<String>, Failure> {
        let until = Instant::now() + PATIENCE;
        let mut last = None;
        loop {
            let Some(line) = self.raw_line(until).await.map_err(|_| "the server did not close")? else {
                return Ok(last);
            };
            let text = String::from_utf8_lossy(&line).into_owned();
            let json = text.find('{').and_then(|at| text.get(at..)).unwrap_or_default();
            let body: Value = serde_json::from_str(json).unwrap_or(Value::Null);
            if *at(&body, "/t") == "bye" {
                last = at(&body, "/code").as_str().map(str::to_owned);
            }
        }
    }
}

pub(super) fn identity(account: &str) -> Result<Identity, Failure> {
    let account = Name::try_from(account).map_err(|fault| fault.to_string())?;
    Ok(Identity { client: Name::cut("phantom conformance"), account })
}
