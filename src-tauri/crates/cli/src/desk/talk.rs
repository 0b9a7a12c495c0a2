//! What a headless desk says: one JSON object per line.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use phantom_broker_ninjatrader::{ConnectionStory, Stage};
use phantom_engine::book::LotState;
use phantom_engine::fact::{Absence, Leg};
use phantom_journal::NotedState;
use phantom_model::Price;
use phantom_runtime::{Decided, DeskHandle, PlaceAnswer, RecoveryReport};
use phantom_station::OpenedDesk;
use serde::Serialize;

/// How often a report that still grows is looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(5);

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Talk {
    /// The journal has been read, and the desk begins.
    Started {
        after: Option<Absence>,
        facts: u64,
        live_orders: usize,
        open_lots: usize,
        /// Lots whose stop or target is armed.
        phantoms: usize,
        /// Lots that are watched no more: they have fired, or all of them is on its way out.
        exiting: usize,
        took_ms: u64,
        /// Records lead to another book than the one that was noted at the end of an earlier run.
        #[serde(skip_serializing_if = "Option::is_none")]
        book_differs: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        damage: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        not_armed_here: Vec<String>,
    },
    /// How the connection to the broker stands.
    Connection {
        stage: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_in_ms: Option<u64>,
    },
    /// The account has been compared, and every phantom judged by a price.
    Recovered {
        missed_fills: usize,
        ended: Vec<String>,
        outside: Vec<String>,
        differing: usize,
        found: Vec<Row>,
        fired: Vec<Row>,
        passed: Vec<Row>,
        touched: Vec<Row>,
    },
    /// A signal was answered.
    Answered {
        signal: String,
        order: String,
        status: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A flatten was answered.
    Flattened { signal: String, flat: bool },
    /// The time of a signal had passed before the desk was there.
    Late { signal: String },
    /// The journal is whole, and the desk has ended.
    Ended { facts: u64 },
}

/// What was decided about one phantom.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Row {
    lot: String,
    leg: Leg,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticks: Option<i64>,
}

impl Talk {
    /// How the desk starts.
    pub(crate) fn of(opened: &OpenedDesk) -> Self {
        let book = opened.engine.book();
        let lots = || book.positions().iter().flat_map(|(_, position)| position.lots.iter());
        let is_armed = |lot| book.lots().at(lot).state == LotState::Armed;
        let armed = lots().filter(|&&lot| is_armed(lot) && opened.engine.armed_qty(lot) > 0);
        let exiting = lots().filter(|&&lot| match book.lots().at(lot).state {
            LotState::Exiting { .. } => true,
            // A flatten, or a reduction of the trader's, takes all of it.
            LotState::Armed => opened.engine.armed_qty(lot) == 0,
            LotState::Bare | LotState::Unprotected { .. } => false,
        });
        Self::Started {
            after: opened.returning.map(|returning| returning.absence),
            facts: book.seq(),
            live_orders: book.live_orders().count(),
            open_lots: lots().count(),
            phantoms: armed.count(),
            exiting: exiting.count(),
            book_differs: book_differs(opened.noted),
            took_ms: u64::try_from(opened.took.as_millis()).unwrap_or(u64::MAX),
            damage: opened.damage.as_ref().map(ToString::to_string),
            not_armed_here: opened.others.clone(),
        }
    }

    /// How the connection stands.
    pub(crate) fn of_connection(story: &ConnectionStory) -> Self {
        let stage = match &story.stage {
            Stage::Connecting => "connecting",
            Stage::Waiting { fault, retry_in } => {
                let retry_in_ms = Some(u64::try_from(retry_in.as_millis()).unwrap_or(u64::MAX));
                return Self::Connection { stage: "waiting", fault: Some(fault.to_string()), retry_in_ms };
            }
            Stage::Reading => "reading",
            Stage::TakingOver { .. } => "takingOver",
            Stage::AwaitsConfirmation => "awaitsConfirmation",
            Stage::PlatformDown(_) => "platformDown",
            Stage::Up => "up",
        };
        Self::Connection { stage, fault: None, retry_in_ms: None }
    }

    /// The answer to an order.
    pub(crate) fn placed(signal: String, answer: &PlaceAnswer) -> Self {
        let refused = answer.refusal.as_ref().map(|refusal| refusal.reason().to_owned());
        let failed = answer.failed.map(|reason| reason.code().to_owned());
        Self::Answered {
            signal,
            order: answer.order.to_string(),
            status: answer.status.word().to_owned(),
            reason: refused.or(failed),
        }
    }

    /// Says it. Nobody may be listening: then there is nobody to tell.
    pub(crate) fn say(&self) {
        let Ok(mut line) = serde_json::to_string(self) else { return };
        line.push('\n');
        let mut out = io::stdout().lock();
        if let Err(fault) = out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
            tracing::warn!(%fault, "nobody listens");
        }
    }
}

/// What is said of a book that is not the one that was noted.
fn book_differs(noted: NotedState) -> Option<String> {
    match noted {
        NotedState::None | NotedState::Same(_) => None,
        NotedState::Differs(seq) => Some(format!(
            "the records up to {seq} are whole and lead to another book than the one that was noted then; \
             what they lead to now is what counts: compare positions and stops with the broker"
        )),
    }
}

fn rows(decided: &[Decided]) -> Vec<Row> {
    let row = |it: &Decided| Row { lot: it.lot.to_string(), leg: it.leg, ticks: it.print.map(Price::ticks) };
    decided.iter().map(row).collect()
}

/// Waits until everything has been decided after a return, and says what.
pub(crate) async fn tell_recovery(desk: DeskHandle, is_return: bool) {
    if !is_return {
        return;
    }
    loop {
        match desk.recovery().await {
            Ok(Some(report)) if report.is_done() => {
                told(&report).say();
                return;
            }
            Ok(_) => tokio::time::sleep(LOOKS_EVERY).await,
            Err(_) => return,
        }
    }
}

fn told(report: &RecoveryReport) -> Talk {
    Talk::Recovered {
        missed_fills: report.missed_fills.len(),
        ended: report.ended.iter().map(ToString::to_string).collect(),
        outside: report.outside.iter().map(ToString::to_string).collect(),
        differing: report.differing.len(),
        found: rows(&report.found),
        fired: rows(&report.fired),
        passed: rows(&report.passed),
        touched: rows(&report.touched),
    }
}

/// Waits until the desk is to end: after so many seconds, or when standing input says anything.
pub(crate) async fn end_of(seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        return;
    }
    let (told, ended) = tokio::sync::oneshot::channel();
    // A read cannot be taken back, so it has a thread that ends with the program.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        told.send(read.is_ok()).ok();
    });
    ended.await.ok();
}
