//! What the journal of a lane says, as it is exported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use phantom_journal::{Format, export, verify};
use serde_json::Value;

/// The last thing that is recorded of an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Last {
    Submitted,
    Accepted,
    Ended,
}

/// The records of a journal, folded as far as a kill is concerned, without any of the desk's code.
#[derive(Default)]
pub(crate) struct Records {
    pub(crate) count: u64,
    pub(crate) orders: BTreeMap<String, Last>,
    /// Lots that fired and are still open.
    pub(crate) firing: BTreeSet<String>,
    /// Orders whose cancel was asked for and has no answer.
    pub(crate) cancelling: BTreeSet<String>,
    /// Orders whose answer is overdue: the broker is asked what they are.
    unknown: BTreeSet<String>,
    /// Up to which record the file beside the journal says that everything is on the disk.
    pub(crate) marked: u64,
}

impl Records {
    /// Checks the chain and reads everything.
    pub(crate) fn read(journal: &Path, place: &str) -> Self {
        let verification = verify(journal).unwrap_or_else(|fault| panic!("{place}: {fault}"));
        assert!(verification.damage.is_none(), "{place}: {:?}", verification.damage);
        let mut text = Vec::new();
        export(journal, Format::JsonLines, None, &mut text).unwrap();
        let mut records = Self { marked: mark(journal), ..Self::default() };
        for line in String::from_utf8(text).unwrap().lines() {
            records.take(&serde_json::from_str(line).unwrap());
        }
        records
    }

    fn take(&mut self, fact: &Value) {
        // What tells of the journal itself is no fact.
        let Some(kind) = fact["kind"].as_str() else { return };
        self.count += 1;
        let order = fact["order"].as_str().unwrap_or_default().to_owned();
        match kind {
            "orderSubmitted" => {
                self.orders.insert(order, Last::Submitted);
            }
            "orderUnknown" => {
                self.unknown.insert(order);
            }
            "orderAccepted" => {
                // It works: where that was asked, a cancel of it never came there.
                if self.unknown.remove(&order) {
                    self.cancelling.remove(&order);
                }
                self.orders.insert(order, Last::Accepted);
            }
            "phantomFired" => {
                self.firing.insert(fact["lot"].as_str().unwrap().to_owned());
            }
            // Every lot is one contract.
            "lotReduced" => {
                self.firing.remove(fact["lot"].as_str().unwrap());
            }
            "cancelRequested" => {
                self.cancelling.insert(order);
            }
            "cancelRefused" => {
                self.cancelling.remove(&order);
            }
            // Every order is for one contract, so a fill ends it.
            "orderFilled" | "orderCancelled" | "orderFailed" => {
                self.cancelling.remove(&order);
                self.unknown.remove(&order);
                self.orders.insert(order, Last::Ended);
            }
            _ => {}
        }
    }

    pub(crate) fn has(&self, order: &str) -> bool {
        self.orders.contains_key(order)
    }

    /// Whether nothing is on its way: every exit has ended, and so has every cancel.
    pub(crate) fn is_quiet(&self) -> bool {
        let exits_end = |(order, last): (&String, &Last)| order.starts_with('T') || *last == Last::Ended;
        self.orders.iter().all(exits_end)
            && self.firing.is_empty()
            && self.cancelling.is_empty()
            && self.orders.values().all(|last| *last != Last::Submitted)
    }
}

fn mark(journal: &Path) -> u64 {
    let text = std::fs::read_to_string(journal.with_extension("mark")).unwrap_or_default();
    text.split(' ').next().and_then(|seq| seq.parse().ok()).unwrap_or(0)
}
