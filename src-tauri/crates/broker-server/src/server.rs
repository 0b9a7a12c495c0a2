//! The listener: who may try, how many at once, and what a failed try costs.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use phantom_bridge::handshake::ServerName;
use phantom_bridge::text::PlatformId;
use phantom_bridge::{HandshakeFault, Secret};
use phantom_model::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::connection::{Ended, HANDSHAKE_TIME, attend, handshake};
use crate::hall::{Arrived, Control, Hall, HallSettings};
use crate::market::Market;
use crate::venue::{Venue, platform};

/// Connections that may be in their handshake at once.
const UNPROVED_MAX: usize = 4;
/// What a failed handshake costs everybody.
const PENALTY: Duration = Duration::from_secs(1);
/// Lines of clients that may wait for the hall.
const ARRIVALS_MAX: usize = 1_024;

/// Where the server listens and who it is.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether it may listen beyond this machine.
    pub beyond_loopback: bool,
    /// What both sides share.
    pub secret: Secret,
    /// How patient it is.
    pub hall: HallSettings,
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// The address is not of this machine alone.
    #[error("{0} can be reached from other machines; this must be switched on by itself")]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// There are no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A server that listens and does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    settings: ServerSettings,
    name: ServerName,
}

/// What a try to connect must pass.
#[derive(Debug, Default)]
struct Gate {
    unproved: AtomicUsize,
    closed_until: Mutex<Option<Instant>>,
}

impl Server {
    /// Listens.
    ///
    /// # Errors
    /// [`ServeFault`]
    pub async fn bind(settings: ServerSettings) -> Result<Self, ServeFault> {
        let address = settings.address;
        if !address.ip().is_loopback() && !settings.beyond_loopback {
            return Err(ServeFault::NotLoopback(address));
        }
        let listener =
            TcpListener::bind(address).await.map_err(|source| ServeFault::Listen { address, source })?;
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)?;
        let epoch = PlatformId::numbered('m', u64::from_be_bytes(bytes));
        Ok(Self { listener, settings, name: ServerName { epoch, server: platform() } })
    }

    /// Where it listens: with port 0 the system has chosen one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or(self.settings.address)
    }
}

/// Serves until a control says stop or the controls are gone with the process. `wall` is the time now.
pub async fn serve(
    server: Server,
    venue: Venue,
    market: Market,
    wall: Timestamp,
    controls: mpsc::Receiver<Control>,
) {
    let Server { listener, settings, name } = server;
    let (arrivals_in, arrivals) = mpsc::channel(ARRIVALS_MAX);
    let hall = Hall::new(venue, market, settings.hall, wall, arrivals, controls);
    let hall = hall.run();
    tokio::pin!(hall);
    let gate = Arc::new(Gate::default());
    // Dropped with this function: no connection outlives the server.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = &mut hall => return,
            accepted = listener.accept() => match accepted {
                Ok((socket, from)) => {
                    let visit = visit(socket, settings.secret.clone(), name.clone(), gate.clone(), arrivals_in.clone());
                    connections.spawn(async move {
                        let ended = visit.await;
                        tracing::debug!(%from, %ended, "a connection has ended");
                    });
                }
                Err(fault) => tracing::warn!(%fault, "a connection was not accepted"),
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn visit(
    socket: TcpStream,
    secret: Secret,
    name: ServerName,
    gate: Arc<Gate>,
    hall: mpsc::Sender<Arrived>,
) -> Ended {
    if let Err(fault) = socket.set_nodelay(true) {
        return fault.into();
    }
    if gate.unproved.fetch_add(1, Ordering::AcqRel) >= UNPROVED_MAX {
        gate.unproved.fetch_sub(1, Ordering::AcqRel);
        return Ended::Closed;
    }
    let proved = tokio::time::timeout(HANDSHAKE_TIME, async {
        gate.open().await;
        handshake(socket, secret, name).await
    })
    .await
    .unwrap_or(Err(Ended::TooSlow));
    gate.unproved.fetch_sub(1, Ordering::AcqRel);
    match proved {
        Ok((reader, write, keys, who)) => match attend(reader, write, keys, who, hall).await {
            Ok(()) => Ended::Closed,
            Err(ended) => ended,
        },
        Err(ended) => {
            let is_other_version = matches!(ended, Ended::Handshake(HandshakeFault::WrongVersion(_)));
            if !is_other_version && !matches!(ended, Ended::Closed) {
                gate.close();
            }
            ended
        }
    }
}

impl Gate {
    /// Waits until tries are taken again.
    async fn open(&self) {
        let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }

    fn close(&self) {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + PENALTY);
    }
}
