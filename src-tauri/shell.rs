//! The state behind the commands: the running session, the settings, the password.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use phantom_engine::{HaltChange, Origin, RulesInput};
use phantom_wire::{SettingFault, Settings, WireFault};
use tokio::sync::RwLockReadGuard;

use crate::error::{of_desk, stopped};
use crate::session::{Session, SessionFault};
use crate::settings::{Checked, SettingsFile, Vault, check};
use crate::storage::Storage;
use crate::stream::{Ask, Stage, StreamHandle};

/// What the commands share. No lock in here is ever held while the engine works.
pub(crate) struct Shell {
    session: RwLock<Arc<Session>>,
    settings: RwLock<Settings>,
    file: SettingsFile,
    vault: Arc<Vault>,
    stream: StreamHandle,
    storage: Storage,
    /// Read by orders on their way, written by whoever changes the desk under them.
    placing: tokio::sync::RwLock<()>,
}

impl Shell {
    pub(crate) fn new(
        session: Session,
        settings: Settings,
        file: SettingsFile,
        vault: Vault,
        stream: StreamHandle,
        storage: Storage,
    ) -> Self {
        Self {
            session: RwLock::new(Arc::new(session)),
            settings: RwLock::new(settings),
            file,
            vault: Arc::new(vault),
            stream,
            storage,
            placing: tokio::sync::RwLock::new(()),
        }
    }

    /// The running session.
    pub(crate) fn session(&self) -> Arc<Session> {
        Arc::clone(&self.session.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the desk in order, and waits until its journal is closed.
    pub(crate) fn close(&self) {
        if let Err(fault) = self.session().desk().end() {
            tracing::warn!(%fault, "the desk could not be ended in order");
        }
        self.storage.wait_until_closed();
    }

    /// The settings that hold.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn vault(&self) -> Arc<Vault> {
        Arc::clone(&self.vault)
    }

    pub(crate) const fn stream(&self) -> &StreamHandle {
        &self.stream
    }

    /// Held while an order is on its way to its answer.
    pub(crate) async fn placing(&self) -> RwLockReadGuard<'_, ()> {
        self.placing.read().await
    }

    /// Checks, keeps and applies settings. A change of broker or market starts another desk, which
    /// needs that nothing is open.
    ///
    /// # Errors
    /// [`WireFault`]; nothing has changed then.
    pub(crate) async fn save(&self, settings: Settings) -> Result<Settings, WireFault> {
        let checked = check(&settings).map_err(WireFault::SettingsInvalid)?;
        let _alone = self.placing.write().await;
        if needs_another_desk(&self.settings(), &settings) {
            self.change_desk(&settings, &checked).await?;
        } else {
            self.file.save(&settings).map_err(|error| not_saved(&error))?;
            let session = self.session();
            session.set_limits(checked.limits).map_err(of_desk)?;
            session.desk().set_handling(checked.handling).map_err(of_desk)?;
            if let Some(profile) = checked.profile.filter(|_| settings.rules != self.settings().rules) {
                // The same account: what is tighter counts at once, what is looser from the next session.
                let adopt = RulesInput::Adopt { profile, fresh: false, origin: Origin::Window };
                session.desk().rules(adopt).map_err(of_desk)?;
            }
            if settings.mock.speed != self.settings().mock.speed {
                session.set_times(checked.pace.times);
            }
        }
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings.clone();
        tracing::info!(broker = ?settings.broker, source = ?settings.mock.source, "settings saved");
        Ok(settings)
    }

    async fn change_desk(&self, settings: &Settings, checked: &Checked) -> Result<(), WireFault> {
        let standing = self.stream.standing().await.ok_or_else(stopped)?;
        if standing.locked_out {
            let words = "the account is locked: no other broker, market or rules before the lock ends";
            return Err(WireFault::PositionsOpen(words.to_owned()));
        }
        if standing.is_anything_open {
            let words = "a position is open or an order works: close and cancel everything first";
            return Err(WireFault::PositionsOpen(words.to_owned()));
        }
        let before = self.settings();
        self.file.save(settings).map_err(|error| not_saved(&error))?;
        // An account that goes on under other rules has one journal: it is closed before it is opened again.
        let goes_on = is_same_market(&before, settings);
        if goes_on {
            end(&self.session());
        }
        let started = Session::start(settings, checked, &self.storage);
        if let Err(fault) = &started {
            self.go_back(&before, goes_on, standing.killed)?;
            return Err(not_started(fault));
        }
        let (session, stage) = started.map_err(|fault| not_started(&fault))?;
        let old = self.install(session, stage, standing.killed)?;
        if !goes_on {
            end(&old);
        }
        Ok(())
    }

    /// Another desk runs from now on; the one before is handed back.
    fn install(&self, session: Session, stage: Stage, killed: bool) -> Result<Arc<Session>, WireFault> {
        if killed {
            session.desk().halt(HaltChange::Kill, Origin::Rule).map_err(of_desk)?;
        }
        let mut running = self.session.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *running, Arc::new(session));
        drop(running);
        self.stream.tell(Ask::Stage(Box::new(stage)));
        Ok(old)
    }

    /// The desk that was wanted does not start: everything is as before.
    fn go_back(&self, before: &Settings, ended: bool, killed: bool) -> Result<(), WireFault> {
        self.file.save(before).map_err(|error| not_saved(&error))?;
        if ended {
            let checked = check(before).map_err(WireFault::SettingsInvalid)?;
            let started = Session::start(before, &checked, &self.storage);
            let (session, stage) = started.map_err(|fault| not_started(&fault))?;
            self.install(session, stage, killed)?;
        }
        Ok(())
    }
}

/// Whether the difference is more than limits, speed, settings of the same rules, and what a ticket
/// starts with.
fn needs_another_desk(old: &Settings, new: &Settings) -> bool {
    let pack = |settings: &Settings| settings.rules.as_ref().map(|rules| rules.pack.clone());
    !is_same_market(old, new) || pack(old) != pack(new)
}

/// Whether the account and its market are the same; how fast it runs is no difference.
fn is_same_market(old: &Settings, new: &Settings) -> bool {
    let mut market = new.mock.clone();
    market.speed = old.mock.speed;
    old.broker == new.broker && old.mock == market
}

/// Nothing is open on it; its journal is closed in order.
fn end(session: &Session) {
    if let Err(fault) = session.desk().end() {
        tracing::warn!(%fault, "the desk before could not be ended in order");
    }
}

fn not_started(fault: &SessionFault) -> WireFault {
    match fault {
        SessionFault::Market(fault) => WireFault::MarketFile(fault.to_string()),
        SessionFault::Thread(_)
        | SessionFault::Calendar(_)
        | SessionFault::Desk(_)
        | SessionFault::Start(_)
        | SessionFault::Account(_)
        | SessionFault::StillClosing => WireFault::Stopped(fault.to_string()),
    }
}

fn not_saved(error: &io::Error) -> WireFault {
    let message = format!("the settings could not be written, and nothing has changed: {error}");
    WireFault::SettingsInvalid(SettingFault { field: "file".to_owned(), message })
}
