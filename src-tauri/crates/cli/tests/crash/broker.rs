//! The mock broker in its own process, and its own books, which know nothing of the desk's journal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// One way to its market: orders and cancels stay on their way for so long.
const LATENCY_MS: &str = "15";

/// A broker that listens.
pub(crate) struct Broker {
    child: Child,
    folder: PathBuf,
    ticks: PathBuf,
    address: String,
}

impl Broker {
    /// Starts it on a port that the system chooses.
    pub(crate) fn start(folder: &Path, ticks: &Path) -> Self {
        let (child, address) = listen(folder, ticks, "127.0.0.1:0");
        Self { child, folder: folder.to_owned(), ticks: ticks.to_owned(), address }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on its books, where it listened before.
    pub(crate) fn start_again(&mut self) {
        self.child = listen(&self.folder, &self.ticks, &self.address).0;
    }

    pub(crate) fn books(&self) -> PathBuf {
        self.folder.join("books/broker-account.jsonl")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have been killed already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn listen(folder: &Path, ticks: &Path, address: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_phantom"))
        .current_dir(folder)
        .args(["mock-broker", "--listen", address, "--secret-file", "secret", "--state", "books"])
        .args(["--latency-ms", LATENCY_MS, "--ticks"])
        .arg(ticks)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.strip_prefix("listening on ").and_then(|rest| rest.split(',').next());
    (child, address.unwrap_or_else(|| panic!("no address in {said:?}")).to_owned())
}

/// What the broker knows of the orders of one desk, by the ids of the desk.
#[derive(Default)]
pub(crate) struct Books {
    /// Every order that ever came, with the state that it was told last.
    pub(crate) orders: BTreeMap<String, String>,
    /// Order and signed contracts, in their order.
    fills: Vec<(String, i64)>,
}

impl Books {
    /// Reads the file. A last line without its end was never written.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let (mut books, mut seen) = (Self::default(), BTreeSet::new());
        for line in whole.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if let Some(id) = order_id(&line["order"]) {
                books.orders.insert(id, line["order"]["state"].as_str().unwrap().to_owned());
            }
            let fill = &line["execution"];
            if let Some(id) = order_id(fill)
                && seen.insert(fill["exec_id"].as_str().unwrap().to_owned())
            {
                let sign = if fill["side"] == "buy" { 1 } else { -1 };
                books.fills.push((id, sign * fill["qty"].as_i64().unwrap()));
            }
        }
        books
    }

    pub(crate) fn has(&self, order: &str) -> bool {
        self.orders.contains_key(order)
    }

    /// Orders that were sent to open: nothing but entries has a ticket in these runs.
    pub(crate) fn openings(&self) -> impl Iterator<Item = &String> {
        self.orders.keys().filter(|order| order.starts_with('T'))
    }

    pub(crate) fn position(&self) -> i64 {
        self.fills.iter().map(|(_, qty)| qty).sum()
    }

    pub(crate) fn fills(&self) -> usize {
        self.fills.len()
    }

    pub(crate) fn exits(&self) -> usize {
        self.fills.iter().filter(|(order, _)| order.starts_with('L')).count()
    }

    /// No lot is closed twice, and the position never turns. Every lot is one contract.
    pub(crate) fn check(&self, place: &str) {
        let mut position = 0;
        let mut closed: BTreeMap<&str, i64> = BTreeMap::new();
        for (order, qty) in &self.fills {
            position += qty;
            assert!(position >= 0, "{place}: {order} turned the position");
            if let Some((lot, _)) = order.split_once("-X").filter(|_| order.starts_with('L')) {
                let closed = closed.entry(lot).or_default();
                *closed -= qty;
                assert!(*closed <= 1, "{place}: {lot} was closed twice");
            }
        }
    }
}

/// The desk's own id: `pd-<journal>-T17` is `T17`.
fn order_id(row: &Value) -> Option<String> {
    let id = row["client_id"].as_str()?;
    Some(id.splitn(3, '-').nth(2).unwrap_or_else(|| panic!("{id} is no id of a desk")).to_owned())
}
