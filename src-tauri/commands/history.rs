//! What the journal holds: what the last start found, the history, exports.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use phantom_engine::fact::{Absence, GapPolicy, Leg};
use phantom_journal::{Format, History, Wanted, bundle, export};
use phantom_model::{LotId, OrderId, TradingDay};
use phantom_runtime::{Decided, Listing, MissedFill, RecoveryReport};
use phantom_wire::WireFault;
use phantom_wire::recovery::{
    BundleAnswer, DecidedRow, HistoryAnswer, HistoryIndex, HistoryLine, HistoryQuestion, MissedRow,
    PassedPolicy, RecoveryAnswer, WrittenAnswer,
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
    Ok(report.map(|report| recovery_answer(&session, &report)))
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

/// What the history can be filtered by.
#[tauri::command(rename = "historyIndex")]
pub(crate) async fn history_index(shell: State<'_, Shell>) -> Result<HistoryIndex, WireFault> {
    let session = shell.session();
    let path = journal_of(&session)?;
    blocking(move || {
        let history = History::open(&path)?;
        let roots: BTreeSet<_> = history.contracts().filter_map(|name| name.split(' ').next()).collect();
        Ok(HistoryIndex {
            days: history.days()?.iter().map(ToString::to_string).collect(),
            symbols: roots.into_iter().map(str::to_owned).collect(),
        })
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
) -> Result<BundleAnswer, WireFault> {
    let session = shell.session();
    let (journal, day) = (journal_of(&session)?, day_of(&day.0)?);
    let folder = exports_of(&session)?;
    blocking(move || {
        let path = folder.join(format!("dispute-{}", stamp()));
        let done = bundle(&journal, &path, day)?;
        let name = |file: &PathBuf| file.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(BundleAnswer {
            path: path.display().to_string(),
            files: done.files.iter().filter_map(name).collect(),
            facts: small(done.facts),
            firings: small(done.firings),
            records: small(done.verification.records),
            chain: done.verification.chain,
            damage: done.verification.damage.map(|damage| damage.to_string()),
        })
    })
    .await
}

fn recovery_answer(session: &Session, report: &RecoveryReport) -> RecoveryAnswer {
    let listing = session.listing();
    let rows = |decided: &[Decided]| decided.iter().map(|it| row_of(listing, it)).collect();
    let ids = |orders: &[OrderId]| orders.iter().map(ToString::to_string).collect();
    let missed = |it: &MissedFill| MissedRow {
        order_id: it.order.to_string(),
        symbol: listing.root(it.contract).to_owned(),
        qty: it.qty.contracts(),
        price: price_text(listing, it.contract, it.price),
    };
    RecoveryAnswer {
        after_crash: report.returning.absence == Absence::Crashed,
        slept: report.returning.absence == Absence::Slept,
        since: report.returning.since.to_string(),
        returned_at: report.returned_at.to_string(),
        policy: match report.returning.policy {
            GapPolicy::Fire => PassedPolicy::Fire,
            GapPolicy::Ask => PassedPolicy::Ask,
            GapPolicy::Hold => PassedPolicy::Hold,
        },
        done: report.is_done(),
        took_ms: u32::try_from(session.kept().map_or(0, |kept| kept.took.as_millis())).unwrap_or(u32::MAX),
        facts: small(report.facts),
        live_orders: count(report.live_orders),
        open_lots: count(report.open_lots),
        phantoms: count(report.phantoms),
        missed_fills: report.missed_fills.iter().map(missed).collect(),
        ended: ids(&report.ended),
        outside: ids(&report.outside),
        differing: report.differing.iter().map(|&id| listing.root(id).to_owned()).collect(),
        found: rows(&report.found),
        fired: rows(&report.fired),
        passed: rows(&report.passed),
        touched: rows(&report.touched),
        damage: session.kept().and_then(|kept| kept.damage.clone()),
    }
}

fn row_of(listing: &Listing, it: &Decided) -> DecidedRow {
    DecidedRow {
        lot: it.lot.to_string(),
        symbol: listing.root(it.contract).to_owned(),
        is_stop: it.leg == Leg::Stop,
        price: it.print.map(|price| price_text(listing, it.contract, price)),
    }
}

/// The journal's file.
pub(super) fn journal_of(session: &Session) -> Result<PathBuf, WireFault> {
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
pub(super) async fn blocking<T: Send + 'static>(
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

pub(super) fn bad(words: String) -> WireFault {
    WireFault::BadRequest(words)
}

fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
