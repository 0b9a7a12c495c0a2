//! "Test connection": a look with the settings as they stand in the form. Nothing is sent or kept.

use std::sync::Arc;

use phantom_bridge::Secret;
use phantom_bridge::body::Env;
use phantom_broker_ninjatrader::{ConnectionStory, Stage};
use phantom_wire::{ConnectionFound, ConnectionTest, NinjaTrader};

use super::board::kind_of;
use super::seek::look;
use super::{config, place, words};
use crate::settings::Vault;

/// Looks who is there.
///
/// # Errors
/// In words, what is wrong and what to do.
pub(crate) async fn test(vault: Arc<Vault>, asked: ConnectionTest) -> Result<ConnectionFound, String> {
    let ConnectionTest { host, port, account, username, password } = asked;
    let secret = if let Some(text) = password {
        Some(Secret::parse(&text))
    } else {
        let user = username.clone();
        // The store may ask its owner, which takes as long as it takes.
        let kept = tauri::async_runtime::spawn_blocking(move || vault.secret(&user)).await;
        kept.unwrap_or_default()
    };
    let secret = match secret {
        Some(Ok(secret)) => secret,
        Some(Err(_)) => return Err(words::NOT_A_SECRET.to_owned()),
        None => return Err(words::NO_SECRET.to_owned()),
    };
    let to = NinjaTrader { host, port, account, username };
    let place = place(&to);
    let config = config(&to, (secret, Env::Sim), "look", Vec::new()).map_err(|fault| fault.to_string())?;
    let looked = look(&config).await.map_err(|fault| words::fault(&fault, &place))?;
    Ok(found(&looked.story, &place))
}

fn found(story: &ConnectionStory, place: &str) -> ConnectionFound {
    let text = |it: &Option<phantom_bridge::text::Name>| it.as_ref().map(ToString::to_string);
    // A look never gets as far as orders: where nothing is in their way, that is said.
    let words = match &story.stage {
        Stage::Up | Stage::Reading | Stage::Connecting => "orders could be sent".to_owned(),
        Stage::AwaitsConfirmation => "real money: orders go out once you have typed its name".to_owned(),
        Stage::PlatformDown(_) | Stage::TakingOver { .. } | Stage::Waiting { .. } => {
            words::stage(story, place)
        }
    };
    let account = story.account_status.and_then(words::account_status);
    ConnectionFound {
        server: text(&story.server),
        platform: text(&story.platform),
        account: text(&story.account),
        provider: text(&story.provider),
        kind: story.env.map(kind_of),
        latency_micros: story.latency.map(words::micros),
        words,
        warnings: account.into_iter().chain(story.warnings.iter().map(words::warning)).collect(),
        by_desk: false,
    }
}
