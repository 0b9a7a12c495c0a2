//! A desk that is connected to a broker's side of the bridge, by the adapter that the window uses too.

use std::time::Duration;

use phantom_bridge::body::Env;
use phantom_bridge::text::Name;
use phantom_broker_ninjatrader::{ConnectionConfig, DeskName, Handle, Timing, connect};
use phantom_journal::{Environment, Session};
use phantom_model::Timestamp;
use phantom_runtime::{Clock, MarketClock};

use super::talk::Talk;
use super::{Running, open, start};
use crate::args::{DeskOptions, HostPort};
use crate::fault::Fault;
use crate::secret_file;
use crate::today::now;

/// The first wait before it connects again, and the longest: nobody looks on who could do it sooner.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);
/// What this program calls itself in the log of the other side.
const CLIENT: &str = "phantom";

/// Starts it on the journal of the account. The clock is the machine's, read once and then counted on.
pub(super) fn begin(options: &DeskOptions, there: &HostPort) -> Result<Running, Fault> {
    let secret = secret_file::read(&options.secret_file)?;
    let account = Name::try_from(options.account.as_str())
        .map_err(|source| Fault::BadAccount { account: options.account.clone(), source })?;
    let session = Session {
        environment: Environment::Sim,
        account: options.account.clone(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: format!("broker {}:{}", there.host, there.port),
    };
    let opened = open(options, session)?;
    let seen = opened.returning.map_or(Timestamp::MIN, |returning| returning.since);
    let is_return = opened.returning.is_some();
    let desk = DeskName::new(&opened.name).map_err(|fault| Fault::Market(fault.to_string()))?;
    let config = ConnectionConfig {
        host: there.host.clone(),
        port: there.port,
        account,
        client: Name::cut(CLIENT),
        secret,
        env: Env::Sim,
        desk,
        contracts: opened.listing.iter().map(|(_, it)| it.clone()).collect(),
        watch_all: true,
        timing: Timing { retry_min: RETRY_MIN, retry_max: RETRY_MAX, ..Timing::default() },
    };
    let clock = MarketClock::starting_at(now().max(seen));
    let (broker, connection, handle, brought) = connect(config, move || clock.now(), jitter());
    let (desk, task) = start(opened, broker, clock);
    let listens = desk.clone();
    let listening = tokio::task::spawn_local(async move {
        // It ends with the desk or with the connection, and the one ends the other.
        listens.listen(brought).await.ok();
    });
    let feeds = vec![
        tokio::task::spawn_local(connection.run()),
        listening,
        tokio::task::spawn_local(tell_connection(handle)),
    ];
    Ok(Running { desk, clock, task, feeds, seen, is_return, place: None })
}

/// Numbers from 0 to 1 000 that another desk, started by itself, has others of.
fn jitter() -> impl FnMut() -> u16 + Send + Sync + 'static {
    let mut state = u64::from(std::process::id()) ^ now().nanos().cast_unsigned();
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((state >> 33) % 1_001).unwrap_or(0)
    }
}

/// Says each step of the connection.
async fn tell_connection(handle: Handle) {
    let mut story = handle.story();
    let mut said = None;
    loop {
        let line = Talk::of_connection(&story.borrow_and_update());
        if said.as_ref() != Some(&line) {
            line.say();
            said = Some(line);
        }
        if story.changed().await.is_err() {
            return;
        }
    }
}
