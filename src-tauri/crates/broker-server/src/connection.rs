//! One connection: the handshake, then lines in and lines out.

use std::time::Duration;

use phantom_bridge::frame::{LINE_BYTES_MAX, Opener, Sealer};
use phantom_bridge::handshake::{
    HANDSHAKE_LINE_MAX, HandshakeFault, Keys, ServerName, ServerStep, bye, refusal, welcome,
};
use phantom_bridge::{ByeCode, ClientBody, Identity, LineBuffer, Nonce, Secret, ServerBody, ServerHandshake};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

use crate::hall::{Arrived, Door, LINES_MAX};

/// How long a handshake may take.
pub(crate) const HANDSHAKE_TIME: Duration = Duration::from_secs(3);
/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1_024;
/// Lines that are written at once.
const LINES_AT_ONCE: usize = 256;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    #[error("the connection: {0}")]
    Socket(#[from] std::io::Error),
    #[error("the other side has closed")]
    Closed,
    #[error("a line is too long")]
    TooLong,
    #[error("the handshake: {0}")]
    Handshake(#[from] HandshakeFault),
    #[error("the handshake took too long")]
    TooSlow,
    #[error("a line after the handshake: {0}")]
    Frame(#[from] phantom_bridge::FrameFault),
    #[error(transparent)]
    Body(#[from] phantom_bridge::body::NoBody),
    #[error("let go: {0}")]
    Kicked(ByeCode),
    #[error("the server ends")]
    NoHall,
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A socket cut into lines.
pub(crate) struct LineReader {
    socket: OwnedReadHalf,
    lines: LineBuffer,
    chunk: Vec<u8>,
}

impl LineReader {
    fn new(socket: OwnedReadHalf) -> Self {
        Self { socket, lines: LineBuffer::new(HANDSHAKE_LINE_MAX), chunk: vec![0; READ_BYTES] }
    }

    /// The next line, handed to `take`.
    async fn line<T>(&mut self, take: impl FnOnce(&[u8]) -> T) -> Result<T, Ended> {
        loop {
            if let Some(line) = self.lines.next_line().map_err(|_| Ended::TooLong)? {
                return Ok(take(line));
            }
            let length = self.socket.read(&mut self.chunk).await?;
            if length == 0 {
                return Err(Ended::Closed);
            }
            self.lines.push(self.chunk.get(..length).unwrap_or_default());
        }
    }
}

/// Proves and lets prove. The halves of the socket, the keys and who has come.
pub(crate) async fn handshake(
    socket: TcpStream,
    secret: Secret,
    name: ServerName,
) -> Result<(LineReader, OwnedWriteHalf, Keys, Identity), Ended> {
    let (read, mut write) = socket.into_split();
    let mut reader = LineReader::new(read);
    let mut waiting = ServerHandshake::new(secret, name, Nonce::random()?);
    loop {
        let step = reader.line(|line| waiting.line(line)).await?;
        match step {
            Ok(ServerStep::Send(next, line)) => {
                waiting = next;
                write_line(&mut write, &line).await?;
            }
            Ok(ServerStep::Proved(keys, who)) => {
                reader.lines.set_limit(LINE_BYTES_MAX);
                return Ok((reader, write, keys, who));
            }
            Err(fault) => {
                if let Some(line) = refusal(fault) {
                    write_line(&mut write, &line).await?;
                }
                return Err(fault.into());
            }
        }
    }
}

/// A client that has proved the secret: asks the hall, then carries lines both ways until one side ends.
pub(crate) async fn attend(
    reader: LineReader,
    mut write: OwnedWriteHalf,
    keys: Keys,
    who: Identity,
    hall: mpsc::Sender<Arrived>,
) -> Result<(), Ended> {
    let (lines, waiting) = mpsc::channel(LINES_MAX);
    let (kick, kicked) = oneshot::channel();
    let (answer, answered) = oneshot::channel();
    let joins = Arrived::Joins { who, door: Door { lines, kick }, answer };
    hall.send(joins).await.map_err(|_| Ended::NoHall)?;
    let client = match answered.await.map_err(|_| Ended::NoHall)? {
        Ok(client) => client,
        Err(code) => {
            write_line(&mut write, &bye(code)).await?;
            return Err(Ended::Kicked(code));
        }
    };
    let done = carry(client, reader, &mut write, keys, waiting, kicked, &hall, welcome()).await;
    // A hall that has ended needs no word of it.
    hall.send(Arrived::Leaves { client }).await.ok();
    done
}

#[expect(clippy::too_many_arguments, reason = "both halves of a connection and both of the hall")]
async fn carry(
    client: u64,
    reader: LineReader,
    write: &mut OwnedWriteHalf,
    Keys { mut sealer, opener }: Keys,
    waiting: mpsc::Receiver<ServerBody>,
    kicked: oneshot::Receiver<ByeCode>,
    hall: &mpsc::Sender<Arrived>,
    welcome: String,
) -> Result<(), Ended> {
    write_line(write, &welcome).await?;
    let ended = tokio::select! {
        biased;
        code = kicked => code.map_or(Ended::Closed, Ended::Kicked),
        ended = read_on(client, reader, opener, hall) => ended,
        ended = write_on(write, &mut sealer, waiting) => ended,
    };
    let farewell = match &ended {
        Ended::Kicked(code) => Some(*code),
        Ended::TooLong | Ended::Body(_) => Some(ByeCode::Protocol),
        Ended::Socket(_)
        | Ended::Closed
        | Ended::Handshake(_)
        | Ended::TooSlow
        | Ended::Frame(_)
        | Ended::NoHall
        | Ended::Random(_) => None,
    };
    if let Some(code) = farewell {
        let mut line = Vec::new();
        sealer.seal(&ServerBody::Bye(code).write(), &mut line)?;
        // A client that does not read must not hold us up: what does not fit at once is left.
        write.try_write(&line).ok();
    }
    Err(ended)
}

async fn read_on(
    client: u64,
    mut reader: LineReader,
    mut opener: Opener,
    hall: &mpsc::Sender<Arrived>,
) -> Ended {
    loop {
        let body = reader.line(|line| opener.open(line).map(ClientBody::read)).await;
        match body {
            Ok(Ok(Ok(body))) => {
                if hall.send(Arrived::Says { client, body }).await.is_err() {
                    return Ended::NoHall;
                }
            }
            Ok(Ok(Err(fault))) => return fault.into(),
            Ok(Err(fault)) => return fault.into(),
            Err(ended) => return ended,
        }
    }
}

async fn write_on(
    write: &mut OwnedWriteHalf,
    sealer: &mut Sealer,
    mut waiting: mpsc::Receiver<ServerBody>,
) -> Ended {
    let (mut bodies, mut bytes) = (Vec::new(), Vec::new());
    while waiting.recv_many(&mut bodies, LINES_AT_ONCE).await > 0 {
        for body in bodies.drain(..) {
            if let Err(fault) = sealer.seal(&body.write(), &mut bytes) {
                return fault.into();
            }
        }
        if let Err(fault) = write.write_all(&bytes).await {
            return fault.into();
        }
        bytes.clear();
    }
    Ended::Closed
}

async fn write_line(write: &mut OwnedWriteHalf, line: &str) -> Result<(), std::io::Error> {
    write.write_all(format!("{line}\n").as_bytes()).await
}
