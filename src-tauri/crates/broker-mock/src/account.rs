//! The mock broker's own account on a disk: what a real broker still knows after our program was killed.
//!
//! A file of lines, only ever added to, that knows nothing of the desk's journal: what the broker was sent,
//! what it refused, what it filled. A line that is cut off at the end was never written: the broker had not
//! heard of it. Contracts are named, so that a list in another order means the same.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use phantom_broker::{Broker, Message, SendEnd};
use phantom_compliance::NewOrder;
use phantom_model::{
    ArenaKey, BrokerReport, ContractId, ExecId, FailReason, MarketRecord, OrderId, Price, Qty, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::broker::{Arrival, MockBroker};
use crate::settings::MockSettings;

/// Something that happened at the broker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Line {
    /// The contracts that the lines from here on speak of, by their rows.
    Contracts(Vec<String>),
    /// A message is on its way and arrives then.
    Sent { arrives: Timestamp, errand: Arrival },
    /// The message that was sent first of those on their way has arrived, and was refused or not.
    Arrived {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<FailReason>,
    },
    /// An execution.
    Filled { order: OrderId, exec: ExecId, qty: Qty, price: Price },
}

/// Why the account cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    /// The file system says no.
    #[error("the mock broker's account {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line in the middle is no line of such a file, or speaks of a contract that nobody trades now.
    #[error("the mock broker's account {path}, line {line}: {why}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// A mock broker whose account survives the program.
#[derive(Debug)]
pub struct KeptBroker {
    broker: MockBroker,
    file: File,
    path: PathBuf,
    text: String,
}

impl KeptBroker {
    /// The broker of this file, as it was when it last heard of anything; a new one where there is no file.
    /// `contracts` are the names of the traded contracts, by their ids.
    ///
    /// # Errors
    /// [`AccountFault`]: the account is never begun anew over one that cannot be read.
    pub fn open(path: &Path, settings: MockSettings, contracts: &[String]) -> Result<Self, AccountFault> {
        let fault = |source| AccountFault::File { path: path.to_owned(), source };
        let mut broker = MockBroker::new(settings);
        let whole_bytes = read(path, &mut broker, contracts)?;
        let mut file =
            OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(fault)?;
        // What was cut off must not run into what comes next.
        file.set_len(whole_bytes).map_err(fault)?;
        file.seek(SeekFrom::End(0)).map_err(fault)?;
        broker.keep_lines();
        let mut kept = Self { broker, file, path: path.to_owned(), text: String::new() };
        kept.write_line(&Line::Contracts(contracts.to_vec())).map_err(fault)?;
        Ok(kept)
    }

    /// The broker itself.
    #[must_use]
    pub const fn broker(&self) -> &MockBroker {
        &self.broker
    }

    /// Lets executions count on from here: an execution id that the desk has seen is never given again,
    /// even if the account was thrown away and its journal was not.
    #[must_use]
    pub fn numbering_after(mut self, exec: Option<ExecId>) -> Self {
        self.broker.number_after(exec);
        self
    }

    fn write_line(&mut self, line: &Line) -> io::Result<()> {
        self.text.clear();
        self.text.push_str(&serde_json::to_string(line)?);
        self.text.push('\n');
        // One write for a line, so that a kill leaves whole lines behind.
        self.file.write_all(self.text.as_bytes())
    }

    fn write(&mut self) {
        for line in self.broker.take_lines() {
            if let Err(fault) = self.write_line(&line) {
                // The broker lives on; after a restart it will know less than it should, and say so.
                tracing::error!(%fault, path = %self.path.display(), "the mock broker cannot keep its account");
            }
        }
    }
}

impl Broker for KeptBroker {
    fn send(&mut self, at: Timestamp, message: Message) -> SendEnd {
        let end = self.broker.send(at, message);
        self.write();
        end
    }

    fn next_report(&mut self) -> Option<BrokerReport> {
        self.broker.next_report()
    }

    fn next_due(&self) -> Timestamp {
        self.broker.next_due()
    }

    fn advance(&mut self, now: Timestamp) {
        self.broker.advance(now);
        self.write();
    }

    fn show(&mut self, record: &MarketRecord) {
        self.broker.show(record);
        self.write();
    }
}

/// Lets the broker live through a file again. How many bytes of it are whole lines.
fn read(path: &Path, broker: &mut MockBroker, contracts: &[String]) -> Result<u64, AccountFault> {
    let file_fault = |source| AccountFault::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(source) => return Err(file_fault(source)),
    };
    let mut lines = BufReader::new(file);
    let (mut text, mut whole_bytes, mut number) = (String::new(), 0_u64, 0_usize);
    let mut ids = BTreeMap::new();
    loop {
        text.clear();
        let bytes = lines.read_line(&mut text).map_err(file_fault)?;
        if !text.ends_with('\n') {
            return Ok(whole_bytes);
        }
        number += 1;
        let fault = |why| AccountFault::Line { path: path.to_owned(), line: number, why };
        let line = serde_json::from_str(&text).map_err(|error| fault(error.to_string()))?;
        match line {
            Line::Contracts(names) => ids = ids_of(&names, contracts),
            Line::Sent { arrives, errand } => {
                broker.relive_sent(arrives, translated(errand, &ids).map_err(fault)?);
            }
            Line::Arrived { refused } => broker.relive_arrived(refused),
            Line::Filled { order, exec, qty, price } => broker.relive_filled(order, exec, qty, price),
        }
        whole_bytes += u64::try_from(bytes).unwrap_or(0);
    }
}

/// What the rows of a file are among the contracts of now.
fn ids_of(names: &[String], contracts: &[String]) -> BTreeMap<ContractId, Option<ContractId>> {
    let row = |place: usize| ContractId::from_row(u32::try_from(place).unwrap_or(u32::MAX));
    let now = |name: &String| contracts.iter().position(|contract| contract == name).map(row);
    names.iter().enumerate().map(|(place, name)| (row(place), now(name))).collect()
}

fn translated(errand: Arrival, ids: &BTreeMap<ContractId, Option<ContractId>>) -> Result<Arrival, String> {
    let place = |order: NewOrder| match ids.get(&order.contract) {
        Some(Some(contract)) => Ok(NewOrder { contract: *contract, ..order }),
        Some(None) | None => Err(format!("{} trades a contract that is not in the list", order.id)),
    };
    Ok(match errand {
        Arrival::Place(order) => Arrival::Place(place(order)?),
        Arrival::Close(exit) => Arrival::Close(place(exit)?),
        Arrival::Cancel(_) | Arrival::Change { .. } | Arrival::Query(_) | Arrival::Snapshot(_) => errand,
    })
}
