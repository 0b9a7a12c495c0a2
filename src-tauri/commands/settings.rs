//! Settings, the password, the broker connection.

use std::time::Duration;

use phantom_wire::{BrokerChoice, PasswordAnswer, Settings, WireFault};
use tauri::State;
use tokio::net::TcpStream;

use super::body::Body;
use crate::error::stopped;
use crate::shell::Shell;

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(3);
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
    if password.0.is_empty() || password.0.len() > PASSWORD_BYTES_MAX {
        let words = format!("password: must have 1 to {PASSWORD_BYTES_MAX} bytes");
        return Err(WireFault::BadRequest(words));
    }
    let vault = shell.vault();
    let user = shell.settings().ninjatrader.username;
    // The store may ask its owner, which takes as long as it takes.
    let kept = tauri::async_runtime::spawn_blocking(move || vault.keep(&user, password.0)).await;
    kept.map(|stored| PasswordAnswer { stored }).map_err(|_| stopped())
}

#[tauri::command(rename = "connectBroker")]
pub(crate) async fn connect_broker(shell: State<'_, Shell>) -> Result<(), WireFault> {
    let settings = shell.settings();
    match settings.broker {
        BrokerChoice::Mock => Ok(()),
        BrokerChoice::NinjaTrader => {
            Err(WireFault::NotConnected(knock(&settings.ninjatrader.host, settings.ninjatrader.port).await))
        }
    }
}

/// Tries the way to `NinjaTrader` and says how far it goes: this version cannot speak with it.
async fn knock(host: &str, port: u32) -> String {
    let Ok(port) = u16::try_from(port) else { return format!("{port} is no port") };
    match tokio::time::timeout(CONNECT_MAX, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => format!(
            "something listens at {host}:{port}, but this version does not speak NinjaTrader's bridge \
             protocol yet; choose the simulated market to trade"
        ),
        Ok(Err(error)) => format!("{host}:{port}: {error}"),
        Err(_) => format!("{host}:{port}: no answer within {} seconds", CONNECT_MAX.as_secs()),
    }
}
