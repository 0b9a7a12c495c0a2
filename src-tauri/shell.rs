//! The state behind the commands: the running session, the settings, the password.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use phantom_engine::{HaltChange, Origin, RulesInput};
use phantom_wire::{BrokerChoice, SettingFault, Settings, Sounds, WireFault};
use tokio::sync::RwLockReadGuard;

use crate::error::{of_desk, stopped};
use crate::ninjatrader::{Found, Reach};
use crate::session::{Session, SessionFault};
use crate::settings::{Checked, SettingsFile, Vault, check};
use crate::storage::Storage;
use crate::stream::{Ask, Stage, Standing, StreamHandle};

/// What the commands share. No lock in here is ever held while the engine works.
pub(crate) struct Shell {
    session: RwLock<Arc<Session>>,
    settings: RwLock<Settings>,
    file: SettingsFile,
    reach: Reach,
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
        reach: Reach,
        stream: StreamHandle,
        storage: Storage,
    ) -> Self {
        Self {
            session: RwLock::new(Arc::new(session)),
            settings: RwLock::new(settings),
            file,
            reach,
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

    /// What is heard.
    pub(crate) fn sounds(&self) -> Sounds {
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        settings.sounds.clone().unwrap_or_default()
    }

    pub(crate) fn vault(&self) -> Arc<Vault> {
        Arc::clone(self.reach.vault())
    }

    pub(crate) const fn storage(&self) -> &Storage {
        &self.storage
    }

    pub(crate) const fn file(&self) -> &SettingsFile {
        &self.file
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
        if !is_same_account(&self.settings(), settings) {
            may_leave(standing)?;
        }
        let before = self.settings();
        self.file.save(settings).map_err(|error| not_saved(&error))?;
        // An account that goes on, under other rules or with other prices, has one journal: it is closed
        // before it is opened again.
        let goes_on = is_same_simulated_account(&before, settings);
        if goes_on {
            end(&self.session());
        }
        match Session::start(settings, checked, &self.storage, &self.reach) {
            Ok((session, stage)) => self.install(session, stage, standing.killed),
            Err(fault) => {
                self.go_back(&before, goes_on, standing.killed)?;
                Err(not_started(&fault))
            }
        }
    }

    /// The desk that was wanted does not start: everything is as before.
    fn go_back(&self, before: &Settings, ended: bool, killed: bool) -> Result<(), WireFault> {
        self.file.save(before).map_err(|error| not_saved(&error))?;
        if ended {
            let checked = check(before).map_err(WireFault::SettingsInvalid)?;
            let started = Session::start(before, &checked, &self.storage, &self.reach);
            let (session, stage) = started.map_err(|fault| not_started(&fault))?;
            self.install(session, stage, killed)?;
        }
        Ok(())
    }

    /// Another desk takes over; halted where the one before was.
    fn install(&self, session: Session, stage: Stage, killed: bool) -> Result<(), WireFault> {
        if killed {
            session.desk().halt(HaltChange::Kill, Origin::Rule).map_err(of_desk)?;
        }
        self.swap(session, stage);
        Ok(())
    }

    /// Makes the connection to the broker anew, with what is set and kept now. What is open stays open: it
    /// is the same account, and its journal goes on.
    ///
    /// # Errors
    /// [`WireFault`] when no desk can be started; the running one goes on then.
    pub(crate) async fn reconnect(&self) -> Result<(), WireFault> {
        let settings = self.settings();
        let checked = check(&settings).map_err(WireFault::SettingsInvalid)?;
        let _alone = self.placing.write().await;
        self.change_desk(&settings, &checked).await
    }

    /// The account was found: the desk on it takes over from the one that waited.
    pub(crate) async fn trade_on(&self, found: Found) {
        let _alone = self.placing.write().await;
        if !self.reach.is_current(found.search) {
            return;
        }
        let Some(standing) = self.stream.standing().await else { return };
        // The account has become one of the other kind. What is open on this side is not left alone.
        if !self.session().is_seeking() && may_leave(standing).is_err() {
            return;
        }
        let board = Arc::clone(&found.board);
        match self.start_trading(found, standing.killed).await {
            Ok((session, stage)) => self.swap(session, stage),
            Err(words) => {
                tracing::error!(%words, "the desk on the account could not be started");
                board.stick(words);
            }
        }
    }

    async fn start_trading(&self, found: Found, killed: bool) -> Result<(Session, Stage), String> {
        let settings = self.settings();
        let checked = check(&settings).map_err(|fault| format!("{}: {}", fault.field, fault.message))?;
        let (storage, reach) = (self.storage.clone(), self.reach.clone());
        // The journal of the desk before is closed first, and reading a long one takes its time.
        let started = tauri::async_runtime::spawn_blocking(move || {
            Session::trade(&settings, &checked, &storage, (&reach, found))
        });
        let (session, stage) =
            started.await.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
        if killed {
            session.desk().halt(HaltChange::Kill, Origin::Rule).map_err(|fault| fault.to_string())?;
        }
        Ok((session, stage))
    }

    /// Another session runs from now on; the one before is ended in order.
    fn swap(&self, session: Session, stage: Stage) {
        let old = {
            let mut running = self.session.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *running, Arc::new(session))
        };
        self.stream.tell(Ask::Stage(Box::new(stage)));
        end(&old);
    }
}

/// Whether nothing keeps the desk on its account.
fn may_leave(standing: Standing) -> Result<(), WireFault> {
    if standing.locked_out {
        let words = "the account is locked: no other broker, market or rules before the lock ends";
        return Err(WireFault::PositionsOpen(words.to_owned()));
    }
    if standing.is_anything_open {
        let words = "a position is open or an order works: close and cancel everything first";
        return Err(WireFault::PositionsOpen(words.to_owned()));
    }
    Ok(())
}

/// Whether both are one account of `NinjaTrader` under the same rules: then the desk goes on with what is
/// open, whatever else of the connection is another.
fn is_same_account(old: &Settings, new: &Settings) -> bool {
    let is_there = |it: &Settings| it.broker == BrokerChoice::NinjaTrader;
    is_there(old)
        && is_there(new)
        && old.ninjatrader.account == new.ninjatrader.account
        && pack(old) == pack(new)
}

fn pack(settings: &Settings) -> Option<&str> {
    settings.rules.as_ref().map(|rules| rules.pack.as_str())
}

/// Whether the difference is more than limits, speed, settings of the same rules, and what a ticket
/// starts with.
fn needs_another_desk(old: &Settings, new: &Settings) -> bool {
    let is_elsewhere = match new.broker {
        BrokerChoice::Mock => !is_same_simulated_account(old, new) || old.mock.symbols != new.mock.symbols,
        BrokerChoice::NinjaTrader => old.ninjatrader != new.ninjatrader,
    };
    old.broker != new.broker || is_elsewhere || pack(old) != pack(new)
}

/// Whether the simulated account is the same; how fast its market runs, and what has prices in it, is no
/// difference.
fn is_same_simulated_account(old: &Settings, new: &Settings) -> bool {
    let mut market = new.mock.clone();
    market.speed = old.mock.speed;
    market.symbols.clone_from(&old.mock.symbols);
    old.broker == BrokerChoice::Mock && new.broker == BrokerChoice::Mock && old.mock == market
}

/// Ends a desk in order. One that has ended already is let be.
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
        | SessionFault::Name(_)
        | SessionFault::StillClosing => WireFault::Stopped(fault.to_string()),
    }
}

fn not_saved(error: &io::Error) -> WireFault {
    let message = format!("the settings could not be written, and nothing has changed: {error}");
    WireFault::SettingsInvalid(SettingFault { field: "file".to_owned(), message })
}
