//! The pace of the simulated market.

use phantom_wire::order::{Pause, Speed};
use phantom_wire::{MarketControl, MarketSpeed, WireFault};
use tauri::State;

use super::body::Body;
use crate::settings::rules::pace;
use crate::shell::Shell;

#[tauri::command(rename = "marketControl")]
pub(crate) async fn market_control(
    shell: State<'_, Shell>,
    what: Body<MarketControl>,
) -> Result<(), WireFault> {
    if shell.session().link().is_some() {
        let words = "what: the broker's market goes on by itself; only the simulated one has a pace";
        return Err(WireFault::BadRequest(words.to_owned()));
    }
    match what.0 {
        MarketControl::Pause(Pause { pause }) => shell.session().set_paused(pause),
        MarketControl::Speed(Speed { speed }) => {
            let times = match speed {
                MarketSpeed::Times(0) => {
                    return Err(WireFault::BadRequest("what: a speed is at least 1, or \"max\"".to_owned()));
                }
                MarketSpeed::Times(times) => times,
                MarketSpeed::Max(_) => 0,
            };
            let pace = pace(&shell.settings().mock.source, times)
                .map_err(|message| WireFault::BadRequest(format!("what: {message}")))?;
            shell.session().set_times(pace.times);
        }
    }
    Ok(())
}
