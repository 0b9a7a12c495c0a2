//! What the journal holds: what the last start found, the history, exports.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use phantom_journal::{Format, History, Wanted, bundle, export};
use phantom_model::{LotId, TradingDay};
use phantom_runtime::Decided;
use phantom_wire::WireFault;
use phantom_wire::recovery::{
    DecidedRow, HistoryAnswer, HistoryLine, HistoryQuestion, RecoveryAnswer, WrittenAnswer,
};
use tauri::State;

use super::body::Body;
use crate::error::of_desk;
use crate::session::Session;
use crate::shell::Shell;
use crate::stream::words::price_text;

/// Facts of one page.
const PAGE: u32 = 200;

#[tauri::command]
pub(crate) async fn recovery(shell: State<'_, Shell>) -> Result<Option<RecoveryAnswer>, WireFault> {
    let session = shell.session();
    let report = session.desk().recovery().await.map_err(of_desk)?;
    Ok(report.map(|report| {
        let rows = |decided: &[Decided]| decided.iter().map(|it| row_of(&session, it)).collect();
        let ids = |orders: &[phantom_model::OrderId]| orders.iter().map(ToString::to_string).collect();
        RecoveryAnswer {
            after_crash: report.returning.absence == phantom_engine::fact::Absence::Crashed,
            done: report.is_done(),
            took_ms: u32::try_from(session.kept().map_or(0, |kept| kept.took.as_millis()))
                .unwrap_or(u32::MAX),
            facts: u32::try_from(report.facts).unwrap_or(u32::MAX),
            live_orders: count(report.live_orders),
            open_lots: count(report.open_lots),
            phantoms: count(report.phantoms),
            missed_fills: count(report.missed_fills.len()),
            ended: ids(&report.ended),
            outside: ids(&report.outside),
            differing: report.differing.iter().map(|&id| session.listing().root(id).to_owned()).collect(),
            found: rows(&report.found),
            fired: rows(&report.fired),
            passed: rows(&report.passed),
            touched: rows(&report.touched),
            damage: session.kept().and_then(|kept| kept.damage.clone()),
        }
    }))
}

#[tauri::command(rename = "exitPassed")]
pub(crate) async fn exit_passed(shell: State<'_, Shell>, lot: Body<LotId>) -> Result<(), WireFault> {
    shell.session().desk().exit_passed(lot.0).map_err(of_desk)
}

#[tauri::command]
pub(crate) async fn history(
    shell: State<'_, Shell>,
    wanted: Body<HistoryQuestion>,
) -> Result<HistoryAnswer, WireFault> {
    let session = shell.session();
    let path = journal_of(&session)?;
    let HistoryQuestion { text, symbol, kinds, day, before } = wanted.0;
    let contract = match symbol.as_str() {
        "" => None,
        symbol => {
            let listed = session.listing().resolve(symbol);
            let listed = listed.map_err(|_| bad(format!("{symbol:?} is no instrument")))?;
            Some(session.listing().contract(listed.contract).ninjatrader_name())
        }
    };
    let wanted = Wanted { day: day_of(&day)?, contract, kinds, text, before: before.map(u64::from) };
    blocking(move || {
        let page = History::open(&path)?.page(&wanted, PAGE)?;
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let rows = page.rows.into_iter().map(|row| HistoryLine {
            seq: small(row.seq),
            at: row.at.to_string(),
            day: row.day,
            kind: row.kind,
            about: row.about,
            contract: row.contract,
            cause: row.cause,
            words: row.words,
            line: row.line,
        });
        Ok(HistoryAnswer { rows: rows.collect(), older: page.older.map(small) })
    })
    .await
}

#[tauri::command(rename = "exportHistory")]
pub(crate) async fn export_history(
    shell: State<'_, Shell>,
    day: Body<String>,
) -> Result<WrittenAnswer, WireFault> {
    let session = shell.session();
    let (journal, day) = (journal_of(&session)?, day_of(&day.0)?);
    let folder = exports_of(&session)?;
    blocking(move || {
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("history-{}.csv", stamp()));
        let done = export(&journal, Format::Csv, day, &mut BufWriter::new(File::create_new(&path)?))?;
        Ok(written(&path, done.facts))
    })
    .await
}

#[tauri::command(rename = "disputeBundle")]
pub(crate) async fn dispute_bundle(
    shell: State<'_, Shell>,
    day: Body<String>,
) -> Result<WrittenAnswer, WireFault> {
    let session = shell.session();
    let (journal, day) = (journal_of(&session)?, day_of(&day.0)?);
    let folder = exports_of(&session)?;
    blocking(move || {
        let path = folder.join(format!("dispute-{}", stamp()));
        let done = bundle(&journal, &path, day)?;
        Ok(written(&path, done.facts))
    })
    .await
}

fn row_of(session: &Session, it: &Decided) -> DecidedRow {
    let contract = session.kept().and_then(|kept| kept.contract_of(it.lot));
    DecidedRow {
        lot: it.lot.to_string(),
        symbol: contract.map_or_else(String::new, |id| session.listing().root(id).to_owned()),
        is_stop: it.leg == phantom_engine::fact::Leg::Stop,
        price: contract.zip(it.print).map(|(id, price)| price_text(session.listing(), id, price)),
    }
}

fn journal_of(session: &Session) -> Result<PathBuf, WireFault> {
    let kept = session.kept().ok_or_else(|| bad("this market is not recorded".to_owned()))?;
    Ok(kept.journal.clone())
}

fn exports_of(session: &Session) -> Result<PathBuf, WireFault> {
    let journal = journal_of(session)?;
    Ok(journal.parent().unwrap_or(std::path::Path::new(".")).join("exports"))
}

fn day_of(text: &str) -> Result<Option<TradingDay>, WireFault> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| bad(format!("{text:?} is no day such as 2026-11-23")))
}

/// Reading a long history takes a while: not on the thread that answers the window.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
) -> Result<T, WireFault> {
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(fault)) => Err(WireFault::Stopped(fault.to_string())),
        Err(fault) => Err(WireFault::Stopped(fault.to_string())),
    }
}

fn written(path: &Path, facts: u64) -> WrittenAnswer {
    WrittenAnswer { path: path.display().to_string(), facts: u32::try_from(facts).unwrap_or(u32::MAX) }
}

/// The moment as a part of a file's name.
fn stamp() -> String {
    jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3f").to_string()
}

fn bad(words: String) -> WireFault {
    WireFault::BadRequest(words)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
