//! The desk as a whole: what it shows, what it lists, the kill switch.

use phantom_engine::{HaltChange, Origin};
use phantom_model::{Contract, Money};
use phantom_wire::{InstrumentRow, Snapshot, WireFault};
use tauri::State;

use super::body::Body;
use crate::error::{of_desk, stopped};
use crate::shell::Shell;

#[tauri::command]
pub(crate) async fn snapshot(shell: State<'_, Shell>) -> Result<Snapshot, WireFault> {
    shell.stream().snapshot().await.ok_or_else(stopped)
}

#[tauri::command]
pub(crate) async fn instruments(shell: State<'_, Shell>) -> Result<Vec<InstrumentRow>, WireFault> {
    let session = shell.session();
    let rows = session.listing().iter();
    Ok(rows.map(|(id, contract)| instrument_row(contract, session.fee_per_side(id))).collect())
}

#[tauri::command(rename = "setKill")]
pub(crate) async fn set_kill(shell: State<'_, Shell>, on: Body<bool>) -> Result<(), WireFault> {
    let change = if on.0 { HaltChange::Kill } else { HaltChange::LiftKill };
    shell.session().desk().halt(change, Origin::Window).map_err(of_desk)
}

fn instrument_row(contract: &Contract, fee_per_side: Money) -> InstrumentRow {
    let instrument = contract.instrument();
    let root = instrument.root();
    // Traders know this one by its other name; elsewhere the root is the better known.
    let alias = if root == "NQ" { "ENQ" } else { root };
    InstrumentRow {
        symbol: root.to_owned(),
        alias: alias.to_owned(),
        name: instrument.name().to_owned(),
        contract: contract.ninjatrader_name(),
        tick_size: instrument.grid().tick_size().to_string(),
        tick_value: instrument.tick_value().decimal().normalize().to_string(),
        decimals: instrument.grid().decimals(),
        point_value: instrument.point_value().normalize().to_string(),
        fee_per_side: fee_per_side.decimal().normalize().to_string(),
    }
}
