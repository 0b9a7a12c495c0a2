//! The broker's own books: an append-only file of orders, executions and armed phantoms, one JSON object
//! per line. It is independent of every desk's journal and survives a kill.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use phantom_bridge::body::{Execution, Order};
use phantom_bridge::command::Arm;
use phantom_bridge::text::Id;
use serde::{Deserialize, Serialize};

/// The name of the file in its folder.
const FILE: &str = "broker-account.jsonl";

/// One line of the books. A later line about the same thing replaces an earlier one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// An order as it now stands.
    Order(Order),
    /// An execution.
    Execution(Execution),
    /// A phantom that is protected.
    Armed(Arm),
    /// A phantom that is protected no more.
    Disarmed(Id),
}

/// Why the books cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum BooksFault {
    /// The file cannot be read or written.
    #[error("{file}: {source}")]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line in the middle of the file is no entry.
    #[error("{file}, line {line}: no entry of the broker's books")]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// Which line.
        line: usize,
    },
    /// An entry that cannot be written as text.
    #[error("an entry cannot be written: {0}")]
    Entry(#[from] serde_json::Error),
}

/// Everything that the books say of the past.
#[derive(Debug, Default)]
pub(crate) struct Past {
    pub(crate) orders: Vec<Order>,
    pub(crate) executions: Vec<Execution>,
    pub(crate) armed: Vec<PastArm>,
}

/// A phantom that was protected, and how many of its contracts were closed before.
#[derive(Debug)]
pub(crate) struct PastArm {
    pub(crate) arm: Arm,
    pub(crate) done_before: i64,
}

/// The books.
#[derive(Debug, Default)]
pub struct Books {
    file: Option<(File, PathBuf)>,
    past: Past,
}

impl Books {
    /// Books that are forgotten with the program.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// The books in a folder, which is made when it is not there.
    ///
    /// # Errors
    /// [`BooksFault`]. A last line that was cut by a kill is no damage: it was never acted on.
    pub fn open(folder: &Path) -> Result<Self, BooksFault> {
        let path = folder.join(FILE);
        let fault = |source| BooksFault::File { file: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(fault)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(fault)?;
        let (past, whole) = read(&mut file, &path)?;
        file.set_len(whole).map_err(fault)?;
        Ok(Self { file: Some((file, path)), past })
    }

    /// What they say of the past, once.
    pub(crate) fn past(&mut self) -> Past {
        std::mem::take(&mut self.past)
    }

    /// Writes an entry and waits until it is on the disk.
    pub(crate) fn write(&mut self, entry: &Entry) -> Result<(), BooksFault> {
        let Some((file, path)) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        file.write_all(&line)
            .and_then(|()| file.sync_data())
            .map_err(|source| BooksFault::File { file: path.clone(), source })
    }

    /// Writes an entry that a later one or the market can prove again; a fault is told in the log.
    pub(crate) fn note(&mut self, entry: &Entry) {
        let Some((file, path)) = &mut self.file else { return };
        let written = serde_json::to_vec(entry).map_err(std::io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            file.write_all(&line)
        });
        if let Err(fault) = written {
            tracing::error!(file = %path.display(), %fault, "the broker's books could not be written");
        }
    }
}

/// The entries, and how many bytes of the file are whole lines.
fn read(file: &mut File, path: &Path) -> Result<(Past, u64), BooksFault> {
    let fault = |source| BooksFault::File { file: path.to_owned(), source };
    let mut reader = BufReader::new(file);
    let (mut lines, mut whole, mut number) = (Vec::new(), 0_u64, 0);
    let mut text = String::new();
    loop {
        text.clear();
        let length = reader.read_line(&mut text).map_err(fault)?;
        if length == 0 || !text.ends_with('\n') {
            break;
        }
        number += 1;
        let entry: Entry = serde_json::from_str(&text)
            .map_err(|_| BooksFault::Damaged { file: path.to_owned(), line: number })?;
        lines.push(entry);
        whole += u64::try_from(length).unwrap_or(u64::MAX);
    }
    Ok((past_of(lines), whole))
}

fn past_of(entries: Vec<Entry>) -> Past {
    let (mut past, mut place, mut execution) = (Past::default(), BTreeMap::new(), BTreeMap::new());
    for entry in entries {
        match entry {
            Entry::Order(order) => {
                let at = *place.entry(order.broker_id.clone()).or_insert(past.orders.len());
                match past.orders.get_mut(at) {
                    Some(known) => *known = order,
                    None => past.orders.push(order),
                }
            }
            Entry::Execution(it) => {
                let at = *execution.entry(it.exec_id.clone()).or_insert(past.executions.len());
                match past.executions.get_mut(at) {
                    Some(known) => *known = it,
                    None => past.executions.push(it),
                }
            }
            Entry::Armed(arm) => {
                let done_before = exited(&past.orders, &arm.exit_id);
                past.armed.retain(|it| it.arm.phantom != arm.phantom);
                past.armed.push(PastArm { arm, done_before });
            }
            Entry::Disarmed(phantom) => past.armed.retain(|it| it.arm.phantom != phantom),
        }
    }
    past
}

/// Contracts that the exits of a phantom and its stops have filled.
pub(crate) fn exited<'a>(orders: impl IntoIterator<Item = &'a Order>, exit_id: &Id) -> i64 {
    orders.into_iter().filter(|order| closes(order, exit_id)).map(|order| order.filled.get()).sum()
}

/// Whether an order is an exit or a stop of the phantom whose first exit has this id: the exits that follow
/// it differ in the number at the end, and stops have a dot and a number of their own after that.
pub(crate) fn closes(order: &Order, exit_id: &Id) -> bool {
    let stem = |id: &str| id.trim_end_matches(|it: char| it.is_ascii_digit()).len();
    let Some(id) = order.client_id.as_ref().map(Id::as_str) else { return false };
    let id = match order.role {
        Some(_) => id.rsplit_once('.').map_or(id, |(exit, _)| exit),
        None => id,
    };
    id.get(..stem(id)) == exit_id.as_str().get(..stem(exit_id.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disarmed(id: &str) -> Entry {
        Entry::Disarmed(Id::try_from(id).unwrap())
    }

    #[test]
    fn what_closes_a_phantom_is_told_by_its_id_but_for_the_number_at_the_end() {
        let exit_id = Id::try_from("pd-d1-L17-X1").unwrap();
        let line = |id: &str, role: &str, filled: u32| {
            let head =
                r#"{"broker_id":"M1","root":"NQ","month":12,"year":2026,"side":"sell","type":"market""#;
            let row = format!(
                r#"{head},"qty":3,"tif":"day","state":"working","client_id":"{id}","filled":{filled}{role}}}"#
            );
            serde_json::from_str::<Order>(&row).unwrap()
        };
        let orders = [
            line("pd-d1-L17-X1", "", 1),
            line("pd-d1-L17-X12", "", 1),
            line("pd-d1-L17-X1.s2", r#","role":"shadow""#, 1),
            line("pd-d1-L1-X1", "", 1),
            line("pd-d1-L17-Y1", "", 1),
            line("pd-d1-T17", "", 1),
        ];
        let its: Vec<bool> = orders.iter().map(|order| closes(order, &exit_id)).collect();
        assert_eq!(its, [true, true, true, false, false, false]);
        assert_eq!(exited(&orders, &exit_id), 3);
    }

    #[test]
    fn a_line_that_a_kill_has_cut_was_never_acted_on_and_the_books_go_on_after_the_last_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        Books::open(folder.path()).unwrap().write(&disarmed("L1")).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [whole.as_slice(), b"{\"order\":{\"cl"].concat()).unwrap();
        Books::open(folder.path()).unwrap().write(&disarmed("L2")).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "{\"disarmed\":\"L1\"}\n{\"disarmed\":\"L2\"}\n");
    }

    #[test]
    fn damage_in_the_middle_is_named_and_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "{\"disarmed\":\"L1\"}\nrubbish\n{\"disarmed\":\"L2\"}\n").unwrap();
        let told = Books::open(folder.path()).unwrap_err();
        assert!(matches!(told, BooksFault::Damaged { line: 2, .. }), "{told}");
    }
}
