//! Settings, the password, the broker connection.

use std::sync::Arc;
use std::time::{Duration, Instant};

use phantom_wire::{ConnectionFound, ConnectionTest, NinjaTrader, PasswordAnswer, Settings, WireFault};
use tauri::State;

use super::body::Body;
use crate::error::stopped;
use crate::ninjatrader::test::test;
use crate::settings::rules::check_ninjatrader;
use crate::shell::Shell;

/// How long it may take until it is known how a connection ends: the journal is read meanwhile.
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// Longer than any password that a person has.
const PASSWORD_BYTES_MAX: usize = 1_024;

#[tauri::command(rename = "getSettings")]
pub(crate) async fn get_settings(shell: State<'_, Shell>) -> Result<Settings, WireFault> {
    Ok(shell.settings())
}

#[tauri::command(rename = "saveSettings")]
pub(crate) async fn save_settings(
    shell: State<'_, Shell>,
    settings: Body<Settings>,
) -> Result<Settings, WireFault> {
    shell.save(settings.0).await
}

#[tauri::command(rename = "setPassword")]
pub(crate) async fn set_password(
    shell: State<'_, Shell>,
    password: Body<String>,
) -> Result<PasswordAnswer, WireFault> {
    check_password(&password.0)?;
    let vault = shell.vault();
    let settings = shell.settings();
    let user = settings.ninjatrader.username;
    // The store may ask its owner, which takes as long as it takes.
    let kept = tauri::async_runtime::spawn_blocking(move || vault.keep(&user, password.0)).await;
    let stored = kept.map_err(|_| stopped())?;
    if shell.session().link().is_some_and(|link| link.board.is_unproved()) {
        shell.reconnect().await?;
    }
    Ok(PasswordAnswer { stored })
}

/// Tries the connection to the chosen broker, and says how it ends: it stands, it waits for the name of an
/// account with real money to be typed, or what is wrong and what to do.
#[tauri::command(rename = "connectBroker")]
pub(crate) async fn connect_broker(shell: State<'_, Shell>) -> Result<(), WireFault> {
    let Some(link) = shell.session().link().cloned() else { return Ok(()) };
    if link.board.waits() {
        shell.reconnect().await?;
    }
    let board = shell.session().link().map(|link| Arc::clone(&link.board)).ok_or_else(stopped)?;
    board.settled(CONNECT_MAX).await.map_err(WireFault::NotConnected)
}

/// Looks who is there, with the settings as they stand in the form: nothing is saved, sent or subscribed to.
/// While the desk itself is connected there, its own connection tells.
#[tauri::command(rename = "testConnection")]
pub(crate) async fn test_connection(
    shell: State<'_, Shell>,
    to: Body<ConnectionTest>,
) -> Result<ConnectionFound, WireFault> {
    let ConnectionTest { host, port, account, username, password } = &to.0;
    let (host, account, username) = (host.clone(), account.clone(), username.clone());
    let asked = NinjaTrader { host, port: *port, account, username };
    check_ninjatrader(&asked).map_err(WireFault::SettingsInvalid)?;
    if let Some(password) = password {
        check_password(password)?;
    }
    let is_own = shell.settings().ninjatrader == asked && password.is_none();
    if let Some(link) = shell.session().link().filter(|link| is_own && link.board.is_up()) {
        return Ok(link.board.found(Instant::now()));
    }
    test(shell.vault(), to.0).await.map_err(WireFault::NotConnected)
}

/// The name of the account with real money, as a person has typed it: whether it was right. Orders go out
/// from then on, for as long as the desk is on this connection.
#[tauri::command(rename = "confirmLive")]
pub(crate) async fn confirm_live(shell: State<'_, Shell>, typed: Body<String>) -> Result<bool, WireFault> {
    match shell.session().link() {
        Some(link) => Ok(link.confirm_live(typed.0.trim()).await),
        None => Ok(false),
    }
}

fn check_password(password: &str) -> Result<(), WireFault> {
    if password.is_empty() || password.len() > PASSWORD_BYTES_MAX {
        let words = format!("password: must have 1 to {PASSWORD_BYTES_MAX} bytes");
        return Err(WireFault::BadRequest(words));
    }
    Ok(())
}
