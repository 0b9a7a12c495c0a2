//! A socket to the server: connected, authenticated, and lines both ways.

use std::collections::VecDeque;
use std::time::Duration;

use phantom_bridge::frame::{LINE_BYTES_MAX, Opener, Sealer};
use phantom_bridge::handshake::{ClientStep, HANDSHAKE_LINE_MAX, Keys, ServerName};
use phantom_bridge::{ClientBody, ClientHandshake, Identity, LineBuffer, Nonce, ServerBody};
use phantom_model::OrderId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::config::ConnectionConfig;
use crate::story::ConnectFault;

/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1_024;
/// Bytes that may wait to be written.
pub(crate) const UNWRITTEN_MAX: usize = 1 << 20;

/// The half that is read.
pub(crate) struct Incoming {
    socket: OwnedReadHalf,
    lines: LineBuffer,
    opener: Opener,
    chunk: Vec<u8>,
}

/// The half that is written. It knows which orders have not left yet.
pub(crate) struct Outgoing {
    socket: OwnedWriteHalf,
    sealer: Sealer,
    unwritten: Vec<u8>,
    /// Bytes that were written so far.
    written: u64,
    /// Where the line of each order begins, counted as `written`.
    orders: VecDeque<(u64, OrderId)>,
}

/// Connects and proves the secret.
pub(crate) async fn open(
    config: &ConnectionConfig,
) -> Result<(Incoming, Outgoing, ServerName), ConnectFault> {
    let tried = tokio::time::timeout(config.timing.handshake, connect_and_prove(config)).await;
    tried.unwrap_or(Err(ConnectFault::NoAnswer))
}

async fn connect_and_prove(
    config: &ConnectionConfig,
) -> Result<(Incoming, Outgoing, ServerName), ConnectFault> {
    let address = (config.host.as_str(), config.port);
    let socket = TcpStream::connect(address)
        .await
        .map_err(|fault| ConnectFault::NothingListens(fault.kind().to_string()))?;
    socket.set_nodelay(true).map_err(|_| ConnectFault::Closed)?;
    let (mut read, mut write) = socket.into_split();
    let mut lines = LineBuffer::new(HANDSHAKE_LINE_MAX);
    let mut chunk = vec![0; READ_BYTES];
    let who = Identity { client: config.client.clone(), account: config.account.clone() };
    let nonce = Nonce::random().map_err(|_| ConnectFault::NoRandom)?;
    let (mut waiting, hello) = ClientHandshake::start(config.secret.clone(), who, nonce);
    write_line(&mut write, &hello).await?;
    loop {
        let line = raw_line(&mut read, &mut lines, &mut chunk).await?;
        match waiting.line(&line)? {
            ClientStep::Send(next, line) => {
                waiting = next;
                write_line(&mut write, &line).await?;
            }
            ClientStep::Welcome(Keys { sealer, opener }, server) => {
                lines.set_limit(LINE_BYTES_MAX);
                let incoming = Incoming { socket: read, lines, opener, chunk };
                let (unwritten, orders) = (Vec::new(), VecDeque::new());
                let outgoing = Outgoing { socket: write, sealer, unwritten, written: 0, orders };
                return Ok((incoming, outgoing, server));
            }
        }
    }
}

async fn raw_line(
    read: &mut OwnedReadHalf,
    lines: &mut LineBuffer,
    chunk: &mut [u8],
) -> Result<Vec<u8>, ConnectFault> {
    loop {
        if let Some(line) = lines.next_line().map_err(|_| ConnectFault::NoAnswer)? {
            return Ok(line.to_vec());
        }
        let length = read.read(chunk).await.map_err(|_| ConnectFault::Closed)?;
        if length == 0 {
            return Err(ConnectFault::Closed);
        }
        lines.push(chunk.get(..length).unwrap_or_default());
    }
}

async fn write_line(write: &mut OwnedWriteHalf, line: &str) -> Result<(), ConnectFault> {
    write.write_all(format!("{line}\n").as_bytes()).await.map_err(|_| ConnectFault::Closed)
}

impl Incoming {
    /// Waits for bytes and takes every whole line out of them. Safe to be given up half-way: nothing that
    /// was read is lost.
    pub(crate) async fn bodies(&mut self) -> Result<Vec<ServerBody>, ConnectFault> {
        let mut bodies = self.waiting()?;
        if bodies.is_empty() {
            let length = self.socket.read(&mut self.chunk).await.map_err(|_| ConnectFault::Closed)?;
            if length == 0 {
                return Err(ConnectFault::Closed);
            }
            self.lines.push(self.chunk.get(..length).unwrap_or_default());
            bodies = self.waiting()?;
        }
        Ok(bodies)
    }

    fn waiting(&mut self) -> Result<Vec<ServerBody>, ConnectFault> {
        let mut bodies = Vec::new();
        while let Some(line) =
            self.lines.next_line().map_err(|_| ConnectFault::Protocol("a line too long"))?
        {
            let body =
                self.opener.open(line).map_err(|_| ConnectFault::Protocol("a frame that does not open"))?;
            bodies.push(ServerBody::read(body).map_err(|fault| ConnectFault::Protocol(fault.0))?);
        }
        Ok(bodies)
    }
}

impl Outgoing {
    /// Puts a line into the queue to the socket. `false` when there is no room: the other side does not
    /// read.
    pub(crate) fn queue(&mut self, body: &ClientBody, order: Option<OrderId>) -> bool {
        let begins = self.written + u64::try_from(self.unwritten.len()).unwrap_or(u64::MAX);
        if self.unwritten.len() > UNWRITTEN_MAX
            || self.sealer.seal(&body.write(), &mut self.unwritten).is_err()
        {
            return false;
        }
        self.orders.extend(order.map(|order| (begins, order)));
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.unwritten.is_empty()
    }

    /// Writes what it can. Safe to be given up half-way: either nothing was written or it is counted.
    pub(crate) async fn write(&mut self) -> Result<(), ConnectFault> {
        let length = self.socket.write(&self.unwritten).await.map_err(|_| ConnectFault::Closed)?;
        if length == 0 {
            return Err(ConnectFault::Closed);
        }
        self.unwritten.drain(..length);
        self.written += u64::try_from(length).unwrap_or(u64::MAX);
        while self.orders.front().is_some_and(|(begins, _)| *begins < self.written) {
            self.orders.pop_front();
        }
        Ok(())
    }

    /// At the end: what may still be said at once is said.
    pub(crate) async fn finish(&mut self, patience: Duration) {
        let done =
            tokio::time::timeout(patience, async { while !self.is_empty() && self.write().await.is_ok() {} });
        done.await.ok();
    }

    /// Orders of which not one byte has left.
    pub(crate) fn never_left(&self) -> impl Iterator<Item = OrderId> {
        self.orders.iter().map(|(_, order)| *order)
    }
}
