//! How the connection stands, kept for the window over the desks of one search.

use std::time::{Duration, Instant};

use phantom_bridge::body::Env;
use phantom_broker_ninjatrader::{ConnectionStory, Stage};
use phantom_wire::{AccountKind, BrokerLink, ConnectionFound, DeskMode, LinkStage};
use tokio::sync::watch;

use super::words;

/// What the window shows of the connection.
#[derive(Debug)]
pub(crate) struct LinkBoard {
    place: String,
    shown: watch::Sender<Shown>,
}

/// What is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    story: ConnectionStory,
    /// Tries that failed since it stood the last time.
    attempts: u32,
    retry_at: Option<Instant>,
    /// What the other side has told of the account; it stays while the connection is away.
    told: Option<Told>,
    /// Why nothing is tried any more.
    stuck: Option<String>,
    /// Contracts that roll soon.
    rolls: Vec<String>,
}

#[derive(Clone, Debug)]
struct Told {
    account: String,
    provider: Option<String>,
    env: Env,
}

impl LinkBoard {
    /// A connection to this place of which nothing is known.
    pub(crate) fn new(place: String) -> Self {
        Self { place, shown: watch::Sender::new(Shown::default()) }
    }

    /// The connection stands so now.
    pub(crate) fn show(&self, story: ConnectionStory) {
        self.shown.send_modify(|shown| shown.take(story, Instant::now()));
    }

    /// Nothing more is tried before a person has done something.
    pub(crate) fn stick(&self, words: String) {
        self.shown.send_modify(|shown| shown.stuck = Some(words));
    }

    /// These contracts roll soon.
    pub(crate) fn set_rolls(&self, rolls: Vec<String>) {
        self.shown.send_if_modified(|shown| {
            let changed = shown.rolls != rolls;
            shown.rolls = rolls;
            changed
        });
    }

    /// SIM or LIVE, as the other side has told; OFFLINE before it has.
    pub(crate) fn mode(&self) -> DeskMode {
        match self.shown.borrow().told.as_ref().map(|told| told.env) {
            None => DeskMode::Offline,
            Some(Env::Sim) => DeskMode::Sim,
            Some(Env::Live) => DeskMode::Live,
        }
    }

    /// Whether orders can be sent.
    pub(crate) fn is_up(&self) -> bool {
        self.shown.borrow().stage() == LinkStage::Up
    }

    /// Whether nothing goes on by itself before the next try: a person who has changed something need not
    /// wait for it.
    pub(crate) fn waits(&self) -> bool {
        match self.shown.borrow().stage() {
            LinkStage::Waiting | LinkStage::Stuck => true,
            LinkStage::Connecting
            | LinkStage::Reading
            | LinkStage::TakingOver
            | LinkStage::AwaitsConfirmation
            | LinkStage::PlatformDown
            | LinkStage::Up => false,
        }
    }

    /// Whether the other side has not proved that it knows the same secret: another one may be the right one.
    pub(crate) fn is_unproved(&self) -> bool {
        self.waits() || self.shown.borrow().stage() == LinkStage::Connecting
    }

    /// Waits until it is known how the connection ends up: it stands, it waits for a person, or a try has
    /// failed. The words of a failure.
    pub(crate) async fn settled(&self, patience: Duration) -> Result<(), String> {
        let mut shown = self.shown.subscribe();
        let settled = tokio::time::timeout(patience, shown.wait_for(Shown::is_settled)).await;
        match settled {
            Ok(Ok(shown)) => match shown.stage() {
                LinkStage::Up | LinkStage::AwaitsConfirmation => Ok(()),
                LinkStage::Connecting
                | LinkStage::Reading
                | LinkStage::TakingOver
                | LinkStage::Waiting
                | LinkStage::PlatformDown
                | LinkStage::Stuck => Err(shown.words(&self.place)),
            },
            Ok(Err(_)) => Err("the desk has stopped".to_owned()),
            Err(_) => Err(self.shown.borrow().words(&self.place)),
        }
    }

    /// The row of the window.
    pub(crate) fn row(&self, now: Instant) -> BrokerLink {
        let shown = self.shown.borrow();
        let text = |it: &Option<phantom_bridge::text::Name>| it.as_ref().map(ToString::to_string);
        let left = shown.retry_at.map(|at| at.saturating_duration_since(now).as_millis());
        BrokerLink {
            stage: shown.stage(),
            words: shown.words(&self.place),
            place: self.place.clone(),
            attempts: shown.attempts,
            retry_in_ms: left.map(|millis| u32::try_from(millis).unwrap_or(u32::MAX)),
            server: text(&shown.story.server),
            platform: text(&shown.story.platform),
            account: shown.told.as_ref().map(|told| told.account.clone()),
            provider: shown.told.as_ref().and_then(|told| told.provider.clone()),
            kind: shown.told.as_ref().map(|told| kind_of(told.env)),
            latency_micros: shown.story.latency.map(words::micros),
            warnings: shown.warnings(),
        }
    }

    /// What a test of the connection shows while the desk itself is connected.
    pub(crate) fn found(&self, now: Instant) -> ConnectionFound {
        let row = self.row(now);
        ConnectionFound {
            server: row.server,
            platform: row.platform,
            account: row.account,
            provider: row.provider,
            kind: row.kind,
            latency_micros: row.latency_micros,
            words: row.words,
            warnings: row.warnings,
            by_desk: true,
        }
    }
}

impl Shown {
    fn take(&mut self, story: ConnectionStory, now: Instant) {
        self.retry_at = None;
        match &story.stage {
            Stage::Waiting { retry_in, .. } => {
                self.attempts = self.attempts.saturating_add(1);
                self.retry_at = now.checked_add(*retry_in);
            }
            Stage::Up => self.attempts = 0,
            Stage::Connecting
            | Stage::Reading
            | Stage::TakingOver { .. }
            | Stage::AwaitsConfirmation
            | Stage::PlatformDown(_) => {}
        }
        if let Some((account, env)) = story.account.as_ref().zip(story.env) {
            let provider = story.provider.as_ref().map(ToString::to_string);
            self.told = Some(Told { account: account.to_string(), provider, env });
        }
        self.story = story;
    }

    fn stage(&self) -> LinkStage {
        if self.stuck.is_some() {
            return LinkStage::Stuck;
        }
        match self.story.stage {
            Stage::Connecting => LinkStage::Connecting,
            Stage::Waiting { .. } => LinkStage::Waiting,
            Stage::Reading => LinkStage::Reading,
            Stage::TakingOver { .. } => LinkStage::TakingOver,
            Stage::AwaitsConfirmation => LinkStage::AwaitsConfirmation,
            Stage::PlatformDown(_) => LinkStage::PlatformDown,
            Stage::Up => LinkStage::Up,
        }
    }

    fn is_settled(&self) -> bool {
        match self.stage() {
            LinkStage::Connecting | LinkStage::Reading | LinkStage::TakingOver => false,
            LinkStage::Waiting
            | LinkStage::AwaitsConfirmation
            | LinkStage::PlatformDown
            | LinkStage::Up
            | LinkStage::Stuck => true,
        }
    }

    fn words(&self, place: &str) -> String {
        self.stuck.clone().unwrap_or_else(|| words::stage(&self.story, place))
    }

    fn warnings(&self) -> Vec<String> {
        let account = self.story.account_status.and_then(words::account_status);
        let connection = self.story.warnings.iter().map(words::warning);
        account.into_iter().chain(connection).chain(self.rolls.iter().cloned()).collect()
    }
}

pub(crate) const fn kind_of(env: Env) -> AccountKind {
    match env {
        Env::Sim => AccountKind::Sim,
        Env::Live => AccountKind::Live,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_bridge::text::Name;
    use phantom_broker_ninjatrader::ConnectFault;

    fn waiting() -> ConnectionStory {
        let stage = Stage::Waiting { fault: ConnectFault::Busy, retry_in: Duration::from_secs(4) };
        ConnectionStory { stage, ..ConnectionStory::default() }
    }

    fn up(env: Env) -> ConnectionStory {
        ConnectionStory {
            stage: Stage::Up,
            account: Some(Name::cut("Sim101")),
            env: Some(env),
            ..ConnectionStory::default()
        }
    }

    #[test]
    fn what_the_other_side_has_told_of_the_account_stays_while_the_connection_is_away() {
        let board = LinkBoard::new("127.0.0.1:1".to_owned());
        assert_eq!(board.mode(), DeskMode::Offline);
        board.show(up(Env::Live));
        assert_eq!((board.mode(), board.is_up()), (DeskMode::Live, true));
        board.show(waiting());
        assert_eq!((board.mode(), board.is_up()), (DeskMode::Live, false));
        let row = board.row(Instant::now());
        assert_eq!((row.account.as_deref(), row.kind), (Some("Sim101"), Some(AccountKind::Live)));
    }

    #[test]
    fn tries_are_counted_until_it_stands_and_the_next_one_is_announced() {
        let board = LinkBoard::new("127.0.0.1:1".to_owned());
        for tries in 1..=3 {
            board.show(ConnectionStory::default());
            board.show(waiting());
            let row = board.row(Instant::now());
            assert_eq!((row.attempts, row.stage), (tries, LinkStage::Waiting));
            assert!(row.retry_in_ms.is_some_and(|millis| (3_000..=4_000).contains(&millis)));
        }
        board.show(up(Env::Sim));
        let row = board.row(Instant::now());
        assert_eq!((row.attempts, row.retry_in_ms), (0, None));
    }

    #[tokio::test]
    async fn a_try_ends_with_the_words_of_what_is_wrong_or_with_a_connection() {
        let board = LinkBoard::new("127.0.0.1:1".to_owned());
        let patience = Duration::from_mins(1);
        board.show(waiting());
        assert!(board.settled(patience).await.unwrap_err().contains("another desk"));
        board.stick("no password".to_owned());
        assert_eq!(board.settled(patience).await.unwrap_err(), "no password");
        let board = LinkBoard::new("127.0.0.1:1".to_owned());
        board.show(up(Env::Sim));
        assert_eq!(board.settled(patience).await, Ok(()));
    }
}
