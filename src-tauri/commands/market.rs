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
