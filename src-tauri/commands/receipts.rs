//! Receipts: of a stop or target that fired, and of a flatten.

use phantom_journal::{FiredExit, Firing, firings};
use phantom_model::{FlattenId, LotId, Span, Timestamp};
use phantom_runtime::{ExitTrace, FlattenReceipt, Listing, TriggerReceipt};
use phantom_wire::{self as wire, ExitFillRow, ExitRow, WireFault};
use tauri::State;

use super::body::Body;
use super::history::{bad, blocking, journal_of};
use super::orders::flatten_answer;
use crate::error::of_desk;
use crate::shell::Shell;
use crate::stream::words::{leg_word, price_text, side_word};

const NANOS_OF_A_MICRO: i64 = 1_000;

/// The receipt of a lot whose stop or target fired: in this run, or before it as the journal has it.
#[tauri::command(rename = "triggerReceipt")]
pub(crate) async fn trigger_receipt(
    shell: State<'_, Shell>,
    lot: Body<LotId>,
) -> Result<wire::TriggerReceipt, WireFault> {
    let (session, lot) = (shell.session(), lot.0);
    let known = session.desk().triggers().await.map_err(of_desk)?;
    if let Some(row) = known.rows().iter().rev().find(|row| row.lot == lot) {
        return Ok(of_desk_receipt(session.listing(), row));
    }
    let journal = journal_of(&session)?;
    let found = blocking(move || Ok(firings(&journal, None)?)).await?;
    let found = found.iter().rev().find(|firing| firing.lot == lot);
    found.map(of_firing).ok_or_else(|| bad(format!("no stop or target of {lot} has fired")))
}

/// The receipts of the flattens of this run, oldest first.
#[tauri::command(rename = "flattenReceipts")]
pub(crate) async fn flatten_receipts(
    shell: State<'_, Shell>,
) -> Result<Vec<wire::FlattenReceipt>, WireFault> {
    let session = shell.session();
    let receipts = session.desk().flatten_receipts().await.map_err(of_desk)?;
    let row = |receipt: &FlattenReceipt| {
        let flatten: FlattenId = receipt.flatten;
        wire::FlattenReceipt {
            flatten: flatten.to_string(),
            began_at: receipt.began_at.map(text),
            answered_at: receipt.answered_at.map(text),
            revisions: receipt.revisions,
            answer: flatten_answer(session.listing(), receipt),
        }
    };
    Ok(receipts.iter().map(row).collect())
}

fn of_desk_receipt(listing: &Listing, it: &TriggerReceipt) -> wire::TriggerReceipt {
    let price = |price| price_text(listing, it.contract, price);
    let exit = |exit: &ExitTrace| ExitRow {
        order_id: exit.order.to_string(),
        qty: exit.qty,
        sent_at: text(exit.sent_at),
        accepted_at: exit.accepted_at.map(text),
        fills: exit.fills.iter().map(|&(at, qty, at_price)| fill(at, qty, price(at_price))).collect(),
        failed: exit.failed.map(|reason| reason.code().to_owned()),
    };
    wire::TriggerReceipt {
        lot: it.lot.to_string(),
        symbol: listing.root(it.contract).to_owned(),
        contract: listing.contract(it.contract).ninjatrader_name(),
        side: Some(side_word(it.side)),
        leg: leg_word(it.leg),
        level: it.level.map(price),
        print: it.print.map(price),
        printed_at: it.printed_at.map(text),
        age_micros: it.age().map(micros),
        decided_at: text(it.decided_at),
        exits: it.exits.iter().map(exit).collect(),
        slippage_ticks: ticks(it.slippage_ticks),
        slippage: it.slippage.cents_text(),
    }
}

fn of_firing(it: &Firing) -> wire::TriggerReceipt {
    let exit = |exit: &FiredExit| ExitRow {
        order_id: exit.order.to_string(),
        qty: exit.qty,
        sent_at: text(exit.sent_at),
        accepted_at: exit.accepted_at.map(text),
        fills: exit.fills.iter().map(|(at, qty, price)| fill(*at, *qty, price.clone())).collect(),
        failed: exit.failed.map(|reason| reason.code().to_owned()),
    };
    wire::TriggerReceipt {
        lot: it.lot.to_string(),
        symbol: it.contract.split(' ').next().unwrap_or_default().to_owned(),
        contract: it.contract.clone(),
        side: it.side.map(side_word),
        leg: leg_word(it.leg),
        level: Some(it.level.clone()),
        print: Some(it.print.clone()),
        printed_at: Some(text(it.printed_at)),
        age_micros: Some(micros(it.fired_at.since(it.printed_at))),
        decided_at: text(it.fired_at),
        exits: it.exits.iter().map(exit).collect(),
        slippage_ticks: ticks(it.slippage_ticks),
        slippage: it.slippage.cents_text(),
    }
}

fn fill(at: Timestamp, qty: u32, price: String) -> ExitFillRow {
    ExitFillRow { at: text(at), qty, price }
}

fn text(at: Timestamp) -> String {
    at.to_string()
}

/// A trade that is stamped later than now has no age.
fn micros(age: Span) -> u32 {
    u32::try_from((age.nanos() / NANOS_OF_A_MICRO).max(0)).unwrap_or(u32::MAX)
}

fn ticks(ticks: i64) -> i32 {
    i32::try_from(ticks).unwrap_or(if ticks < 0 { i32::MIN } else { i32::MAX })
}
