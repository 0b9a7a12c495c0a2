//! What is printed: a figure, its bar, and how busy the machine was.

use std::fs;

use serde_json::Value;

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) bar: &'static str,
    pub(crate) measured: String,
    pub(crate) load: String,
}

/// The load average of the last minute, at the beginning and at the end of a measurement.
pub(crate) struct Load(String);

impl Load {
    pub(crate) fn at_start() -> Self {
        Self(now())
    }

    /// The line of a measurement that began here and ends now.
    pub(crate) fn figure(&self, what: impl Into<String>, bar: &'static str, measured: String) -> Figure {
        let figure = Figure { what: what.into(), bar, measured, load: format!("{} → {}", self.0, now()) };
        // At once too: a later part may take minutes.
        println!("{}: {} (bar {}, load {})", figure.what, figure.measured, figure.bar, figure.load);
        figure
    }
}

fn now() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

/// As Markdown, for the documents.
pub(crate) fn print(figures: &[Figure]) {
    println!("\n| what | bar | measured | load average |\n| --- | --- | --- | --- |");
    for Figure { what, bar, measured, load } in figures {
        println!("| {what} | {bar} | {measured} | {load} |");
    }
}

/// The whole numbers of a list that the page answered.
pub(crate) fn numbers(list: &Value) -> Vec<u64> {
    let list = list.as_array().unwrap_or_else(|| panic!("no figures: {list}"));
    list.iter().filter_map(Value::as_u64).collect()
}

/// The value below which so many of a thousand lie.
pub(crate) fn at(sorted: &[u64], of_thousand: usize) -> u64 {
    let place = (sorted.len() * of_thousand / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or(0)
}

/// Median, 95 and 99 of 100, and the most.
pub(crate) fn quantiles(mut values: Vec<u64>) -> String {
    values.sort_unstable();
    let [half, most, nearly, all] = [500, 950, 990, 1_000].map(|share| at(&values, share));
    format!("p50 {half}, p95 {most}, p99 {nearly}, max {all} ms of {}", values.len())
}
