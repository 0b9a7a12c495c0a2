//! The broker's own account, read from its file without any of the desk's code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

/// What the broker was sent, and what it filled.
#[derive(Default)]
pub(crate) struct BrokersAccount {
    sides: BTreeMap<String, i64>,
    /// Order and signed contracts, in order.
    fills: Vec<(String, i64)>,
}

impl BrokersAccount {
    pub(crate) fn read(path: &Path) -> Self {
        let mut account = Self::default();
        let text = fs::read_to_string(path).unwrap_or_default();
        // A line without its end was never written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let terms = &line["sent"]["errand"]["place"];
            if let Some(order) = terms["id"].as_str() {
                let sign = if terms["side"] == "BUY" { 1 } else { -1 };
                account.sides.insert(order.to_owned(), sign);
            }
            if let Some(order) = line["filled"]["order"].as_str() {
                let qty = line["filled"]["qty"].as_i64().unwrap();
                let sign = account.sides[order];
                account.fills.push((order.to_owned(), sign * qty));
            }
        }
        account
    }

    /// Orders that were sent to open: nothing but entries has a ticket in these runs.
    pub(crate) fn openings(&self) -> BTreeSet<String> {
        self.sides.keys().filter(|order| order.starts_with('T')).cloned().collect()
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

    /// No lot is closed twice, and the position never turns.
    pub(crate) fn check(&self, kill: u32) {
        let mut position = 0;
        let mut closed: BTreeMap<&str, i64> = BTreeMap::new();
        for (order, qty) in &self.fills {
            position += qty;
            assert!(position >= 0, "kill {kill}: {order} turned the position");
            if let Some((lot, _)) = order.split_once("-X") {
                let closed = closed.entry(lot).or_default();
                *closed -= qty;
                assert!(*closed <= 1, "kill {kill}: {lot} was closed twice");
            }
        }
    }
}
