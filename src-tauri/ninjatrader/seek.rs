//! Looks who is there: the desk has no way to the market meanwhile.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_broker_ninjatrader::{
    Backoff, ConnectFault, ConnectionConfig, ConnectionStory, Probed, Stage, Timing, probe,
};
use phantom_journal::{Environment, Session as Owner, Store};
use phantom_wire::NinjaTrader;
use tokio::sync::watch;

use super::board::LinkBoard;
use super::{Found, Reach, config, jitter, words};
use crate::market::Pace;

/// The name of a desk that only looks.
const LOOKER: &str = "look";

/// A search for the account that the settings name.
pub(crate) struct Search {
    pub(crate) to: NinjaTrader,
    pub(crate) reach: Reach,
    pub(crate) number: u64,
    pub(crate) board: Arc<LinkBoard>,
    /// Where journals of earlier runs lie.
    pub(crate) folder: PathBuf,
}

impl Search {
    /// Looks until the account is found, a person must do something, or nobody wants it any more.
    pub(crate) async fn run(self, mut wanted: watch::Receiver<Pace>) {
        tokio::select! {
            biased;
            () = gone(&mut wanted) => {}
            () = self.look() => {}
        }
    }

    async fn look(self) {
        let Some(secret) = self.secret().await else { return };
        let found = match self.known_env() {
            Some(env) => env,
            None => match self.ask(secret.clone()).await {
                Some(env) => env,
                None => return,
            },
        };
        let Self { reach, number, board, .. } = self;
        reach.clone().tell(Found { search: number, env: found, secret, board });
    }

    /// The secret that is kept. The store may ask its owner, which takes as long as it takes.
    async fn secret(&self) -> Option<Secret> {
        let (vault, user) = (Arc::clone(self.reach.vault()), self.to.username.clone());
        let kept = tokio::task::spawn_blocking(move || vault.secret(&user)).await;
        match kept {
            Ok(Some(Ok(secret))) => return Some(secret),
            Ok(Some(Err(_))) => self.board.stick(words::NOT_A_SECRET.to_owned()),
            Ok(None) | Err(_) => self.board.stick(words::NO_SECRET.to_owned()),
        }
        None
    }

    /// The kind of account whose journal lies here, where there is exactly one of its name: the desk begins
    /// with what is open in it. Another kind is refused by the connection and told.
    fn known_env(&self) -> Option<Env> {
        let store = Store::new(&self.folder);
        let is_there = |environment| {
            let (build, configuration) = (String::new(), String::new());
            let owner = Owner { environment, account: self.to.account.clone(), build, configuration };
            store.path(&owner).exists()
        };
        match (is_there(Environment::Sim), is_there(Environment::Live)) {
            (true, false) => Some(Env::Sim),
            (false, true) => Some(Env::Live),
            (true, true) | (false, false) => None,
        }
    }

    /// Asks the other side until it tells what kind of account it is.
    async fn ask(&self, secret: Secret) -> Option<Env> {
        let timing = Timing::default();
        let mut backoff = Backoff::new(timing.retry_min, timing.retry_max);
        let Ok(config) = config(&self.to, (secret, Env::Sim), LOOKER, Vec::new()) else { return None };
        loop {
            self.board.show(ConnectionStory::default());
            let fault = match look(&config).await {
                Ok(Probed { story }) => match story.env {
                    Some(env) => return Some(env),
                    None => ConnectFault::NoAnswer,
                },
                Err(fault) => fault,
            };
            let retry_in = backoff.next(jitter());
            self.show_fault(fault, retry_in);
            tokio::time::sleep(retry_in).await;
        }
    }

    fn show_fault(&self, fault: ConnectFault, retry_in: Duration) {
        let stage = Stage::Waiting { fault, retry_in };
        self.board.show(ConnectionStory { stage, ..ConnectionStory::default() });
    }
}

/// A look at the account, of whichever kind it is.
///
/// # Errors
/// Why there is none.
pub(crate) async fn look(config: &ConnectionConfig) -> Result<Probed, ConnectFault> {
    match probe(config).await {
        Err(ConnectFault::WrongEnv { is, .. }) => {
            let env = if is == Env::Live.word() { Env::Live } else { Env::Sim };
            probe(&ConnectionConfig { env, ..config.clone() }).await
        }
        looked => looked,
    }
}

/// Until the desk that wanted it is replaced.
async fn gone(wanted: &mut watch::Receiver<Pace>) {
    while wanted.changed().await.is_ok() {}
}
