//! Two recorded days of gold with hundreds of made-up signals, checked against the files themselves.
//!
//! The checks know the rules and nothing of the program: where an order is born, which print fills
//! it, which print is the first to reach a stop or a target. All are found by walking through the
//! records once more.

mod market;
mod signals;

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::program::phantom;
use market::{Record, recorded_days};
use signals::MadeUp;

/// The fee of the runs, in hundredths of a dollar.
const FEE_CENTS: i64 = 210;
/// What a tick of gold is worth, in hundredths of a dollar.
const TICK_CENTS: i64 = 1_000;

/// A run and what it ran on.
struct World {
    records: Vec<Record>,
    signals: BTreeMap<String, MadeUp>,
    result: Value,
}

/// Runs made-up signals through the recorded days, twice; `None` where there are no recorded days.
fn world(seed: u64, flags: &[&str]) -> Option<World> {
    let (paths, records) = recorded_days()?;
    let signals = signals::make_up(seed, &records);
    let folder = tempfile::tempdir().unwrap();
    // The order of the lines does not matter: no two signals have the same time.
    let lines: Vec<String> = signals.iter().rev().map(MadeUp::line).collect();
    fs::write(folder.path().join("signals.jsonl"), lines.join("\n")).unwrap();
    let mut arguments = vec!["replay", "--json", "--signals", "signals.jsonl", "--fee-per-side", "2.10"];
    arguments.extend(flags);
    arguments.push("--ticks");
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    let [first, second] = [0, 1].map(|_| phantom(folder.path(), &arguments));
    assert_eq!(first.bytes_to_compare(), second.bytes_to_compare());
    let signals = signals.into_iter().map(|signal| (signal.id.clone(), signal)).collect();
    let result = first.json();
    assert_eq!(result["ticks"], records.len());
    Some(World { records, signals, result })
}

/// Money text in hundredths.
fn cents(value: &Value) -> i64 {
    let text = value.as_str().unwrap();
    assert_eq!(text.rsplit_once('.').unwrap().1.len(), 2, "{text}");
    text.replace('.', "").parse().unwrap()
}

/// A price of gold in ticks.
fn ticks(value: &Value) -> i64 {
    market::ticks(value.as_str().unwrap())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn sign(row: &Value) -> i64 {
    match text(&row["side"]) {
        "BUY" => 1,
        "SELL" => -1,
        side => panic!("{side}"),
    }
}

impl World {
    fn rows(&self, list: &str) -> &[Value] {
        self.result[list].as_array().unwrap()
    }

    fn order(&self, id: &Value) -> &Value {
        self.rows("orders").iter().find(|order| order["orderId"] == *id).unwrap()
    }

    fn signal_of(&self, row: &Value) -> &MadeUp {
        &self.signals[text(&row["signalId"])]
    }

    /// The record on which a signal acts.
    fn birth(&self, signal: &MadeUp) -> usize {
        self.records.partition_point(|record| record.at < signal.at)
    }

    /// The record that fills an order of a signal that is born on `birth`, if there is one.
    fn filled_at(&self, order: &Value, birth: usize) -> Option<usize> {
        let limit = &order["price"];
        let fills = |record: &Record| limit.is_null() || (record.ticks - ticks(limit)) * sign(order) < 0;
        (birth + 1..self.records.len()).find(|place| fills(&self.records[*place]))
    }

    /// The record that fills the entry of a closed row or of an order.
    fn entered_at(&self, order: &Value) -> usize {
        self.filled_at(order, self.birth(self.signal_of(order))).unwrap()
    }

    /// The first record after the entry that reaches the stop or the target, and which of them.
    fn fired_at(&self, entry: &Value) -> Option<(usize, &'static str)> {
        let MadeUp { stop, target, .. } = *self.signal_of(entry);
        let long = sign(entry);
        (self.entered_at(entry) + 1..self.records.len()).find_map(|place| {
            let now = self.records[place].ticks;
            if stop.is_some_and(|stop| (now - stop) * long <= 0) {
                Some((place, "STOP"))
            } else if target.is_some_and(|target| (now - target) * long >= 0) {
                Some((place, "TARGET"))
            } else {
                None
            }
        })
    }

    /// Whole sums, whatever the flags: money, fees, position.
    fn check_sums(&self) {
        let closed: i64 = self.rows("closed").iter().map(|row| cents(&row["realizedPnl"])).sum();
        assert_eq!(closed, cents(&self.result["realizedPnl"]));
        let filled = |order: &Value| order["filledQty"].as_i64().unwrap();
        let contracts: i64 = self.rows("orders").iter().map(filled).sum();
        assert_eq!(contracts * FEE_CENTS, cents(&self.result["fees"]));
        assert_eq!(
            cents(&self.result["netPnl"]),
            cents(&self.result["realizedPnl"]) - cents(&self.result["fees"])
        );
        for row in self.rows("closed") {
            assert_eq!(cents(&row["fees"]), row["qty"].as_i64().unwrap() * 2 * FEE_CENTS);
        }
        let net: i64 = self.rows("orders").iter().map(|order| filled(order) * sign(order)).sum();
        assert_eq!(self.result["position"]["GC"].as_i64().unwrap_or(0), net);
        let left: i64 = self.rows("closed").iter().map(|row| row["qty"].as_i64().unwrap() * sign(row)).sum();
        let entered = self.rows("orders").iter().filter(|order| order["role"] == "ENTRY");
        assert_eq!(entered.map(|order| filled(order) * sign(order)).sum::<i64>() - left, net);
        assert_eq!(self.result["signals"].as_object().unwrap().len(), self.signals.len());
    }

    /// Every order of a signal filled where the rules say, or not at all because nothing came there.
    fn check_orders(&self) {
        let by_signal = |order: &&Value| order["origin"] == "SIGNAL" && order["status"] != "REJECTED";
        for order in self.rows("orders").iter().filter(by_signal) {
            let birth = self.birth(self.signal_of(order));
            assert_eq!(text(&order["submittedAt"]), self.records[birth].at_text(), "{order}");
            let fill = self.filled_at(order, birth);
            match (text(&order["status"]), fill) {
                ("FILLED" | "CLOSED", Some(fill)) => {
                    let record = &self.records[fill];
                    let price = if order["price"].is_null() { record.ticks } else { ticks(&order["price"]) };
                    assert_eq!(ticks(&order["avgFillPrice"]), price, "{order}");
                    assert_eq!(text(&order["filledAt"]), record.at_text(), "{order}");
                }
                // A flatten or a firing phantom took it out of the market.
                ("CANCELLED", _) | ("ACCEPTED", None) => assert_eq!(order["filledQty"], 0, "{order}"),
                (status, fill) => panic!("{status} with fill {fill:?}: {order}"),
            }
        }
    }

    /// Every row: the money of its prices, and the exit that the prints of the file ask for.
    fn check_closed(&self) {
        for row in self.rows("closed") {
            let (entry, exit) = (self.order(&row["orderId"]), self.order(&row["exitOrderId"]));
            let moved = (ticks(&row["exitPrice"]) - ticks(&row["entryPrice"])) * sign(row);
            assert_eq!(
                cents(&row["realizedPnl"]),
                moved * row["qty"].as_i64().unwrap() * TICK_CENTS,
                "{row}"
            );
            assert_eq!((&row["entryPrice"], &row["entryTime"]), (&entry["avgFillPrice"], &entry["filledAt"]));
            assert_eq!((&row["exitPrice"], &row["exitTime"]), (&exit["avgFillPrice"], &exit["filledAt"]));
            let fired = self.fired_at(entry);
            match text(&row["exitReason"]) {
                reason @ ("STOP" | "TARGET") => {
                    let (place, leg) = fired.unwrap();
                    assert_eq!(leg, reason, "{row}");
                    assert_eq!(text(&exit["submittedAt"]), self.records[place].at_text(), "{row}");
                    let next = &self.records[place + 1];
                    assert_eq!(
                        (ticks(&row["exitPrice"]), text(&row["exitTime"])),
                        (next.ticks, next.at_text())
                    );
                }
                "ORDER" | "FLATTEN" => {
                    let left = self.left_at(exit);
                    assert!(fired.is_none_or(|(place, _)| place >= left), "missed its exit: {row}");
                }
                reason => panic!("{reason}"),
            }
        }
    }

    /// The record that fills an exit that a signal asked for, directly or by a flatten.
    fn left_at(&self, exit: &Value) -> usize {
        self.filled_at(exit, self.birth(self.signal_of(exit))).unwrap()
    }

    /// What is still open has not reached its stop or target, or its exit had no print to fill at.
    fn check_open(&self) {
        for entry in self.rows("orders").iter().filter(|order| order["status"] == "FILLED") {
            if let Some((place, leg)) = self.fired_at(entry) {
                let waits = |order: &&Value| order["origin"] == leg && order["status"] == "ACCEPTED";
                assert_eq!(place + 1, self.records.len(), "{entry}");
                assert!(self.rows("orders").iter().any(|order| waits(&order)), "{entry}");
            }
        }
    }

    /// How many rows of a list have this value in a field.
    fn count(&self, list: &str, field: &str, value: &str) -> usize {
        self.rows(list).iter().filter(|row| row[field] == value).count()
    }
}

#[test]
fn every_exit_of_two_recorded_days_is_explained_by_a_print() {
    let Some(worlds) = (1..=4).map(|seed| world(seed, &[])).collect::<Option<Vec<World>>>() else { return };
    for world in &worlds {
        world.check_sums();
        world.check_orders();
        world.check_closed();
        world.check_open();
        let born = world.rows("orders").iter().map(|order| text(&order["submittedAt"]));
        assert!(born.is_sorted());
    }
    // The runs are worth their time only when all of this happens in them.
    for (list, field, value, least) in [
        ("closed", "exitReason", "STOP", 250),
        ("closed", "exitReason", "TARGET", 100),
        ("closed", "exitReason", "ORDER", 300),
        ("closed", "exitReason", "FLATTEN", 300),
        ("closed", "side", "BUY", 500),
        ("closed", "side", "SELL", 500),
        ("orders", "type", "LIMIT", 500),
        ("orders", "status", "REJECTED", 500),
        ("orders", "status", "CANCELLED", 40),
    ] {
        let count: usize = worlds.iter().map(|world| world.count(list, field, value)).sum();
        assert!(count >= least, "{count} {list} with {field} {value}");
    }
}

#[test]
fn sums_hold_with_latency_slippage_and_partial_fills() {
    for flags in [
        &["--latency-ms", "350", "--slippage-ticks", "2"][..],
        &["--partial-fills"],
        &["--partial-fills", "--latency-ms", "2000", "--limit-fill", "touch"],
        &["--long-only", "--slippage-ticks", "1"],
    ] {
        let Some(world) = world(7, flags) else { return };
        world.check_sums();
        assert!(world.rows("closed").len() > 50);
    }
}
