//! A short connection that only looks: what "test connection" in the settings shows.

use std::time::Duration;

use phantom_model::{Span, Timestamp};
use tokio::time::Instant;

use crate::config::ConnectionConfig;
use crate::session::{Fixed, Kept, Out, Session};
use crate::socket;
use crate::story::{ConnectFault, ConnectionStory};

/// How long a look may take after the handshake.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probed {
    /// Server, platform, account, provider, kind and latency; its stage says whether orders could be sent.
    pub story: ConnectionStory,
}

/// Connects, reads the account, measures one question and answer, and leaves. It sends no order and
/// subscribes to nothing, so that contracts are not compared here.
///
/// # Errors
/// [`ConnectFault`], with words that say what to do.
pub async fn probe(config: &ConnectionConfig) -> Result<Probed, ConnectFault> {
    let (mut incoming, mut outgoing, server) = socket::open(config).await?;
    let began = Instant::now();
    let clock = || {
        let elapsed = i64::try_from(began.elapsed().as_nanos()).unwrap_or(i64::MAX);
        Timestamp::default() + Span::from_nanos(elapsed)
    };
    let mut session = Session::new(Fixed::looking(config), Kept::default(), &server, 1, clock());
    session.pass(clock());
    let looked = tokio::time::timeout(PATIENCE, async {
        loop {
            for out in session.take_out() {
                match out {
                    Out::Send { body, .. } => {
                        outgoing.queue(&body, None);
                    }
                    Out::Tell(_) => {}
                    Out::Close(fault) => return Err(fault),
                }
            }
            if session.story().account.is_some() && session.story().latency.is_some() {
                return Ok(Probed { story: session.story().clone() });
            }
            tokio::select! {
                biased;
                bodies = incoming.bodies() => bodies?.into_iter().for_each(|body| session.line(clock(), body)),
                written = outgoing.write(), if !outgoing.is_empty() => written?,
            }
        }
    });
    let probed = looked.await.unwrap_or(Err(ConnectFault::NoAnswer));
    outgoing.queue(&phantom_bridge::ClientBody::Bye(phantom_bridge::ByeCode::Stopping), None);
    outgoing.finish(Duration::from_millis(200)).await;
    probed
}
