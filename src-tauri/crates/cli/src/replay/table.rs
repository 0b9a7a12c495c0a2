//! The result for a person: the last closed trades, why orders were refused, and a summary.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use phantom_model::Timestamp;
use rust_decimal::Decimal;

use super::result::ReplayResult;
use super::rows::{ClosedRow, Disposition};
use crate::text_table::{Align, TextTable};

/// How many closed trades are shown.
const CLOSED_MAX: usize = 20;
/// How many kinds of refusal are shown.
const REFUSALS_MAX: usize = 20;

/// Writes the result and gives the writer back.
///
/// # Errors
/// What the writer says.
pub(crate) fn write<W: Write>(mut out: W, result: &ReplayResult<'_>, elapsed: Duration) -> io::Result<W> {
    write_closed(&mut out, &result.closed)?;
    write_refused(&mut out, result)?;
    write_summary(&mut out, result, elapsed)?;
    Ok(out)
}

fn write_closed(out: &mut impl Write, closed: &[ClosedRow<'_>]) -> io::Result<()> {
    if closed.is_empty() {
        return writeln!(out, "No closed trades.\n");
    }
    let before = closed.len().saturating_sub(CLOSED_MAX);
    match before {
        0 => writeln!(out, "Closed trades\n")?,
        _ => writeln!(out, "The last {CLOSED_MAX} of {} closed trades; --json has all\n", closed.len())?,
    }
    let mut table = TextTable::new([
        ("Signal", Align::Left),
        ("Symbol", Align::Left),
        ("Side", Align::Left),
        ("Qty", Align::Right),
        ("Entered (UTC)", Align::Left),
        ("Entry", Align::Right),
        ("Left (UTC)", Align::Left),
        ("Exit", Align::Right),
        ("By", Align::Left),
        ("P&L USD", Align::Right),
    ]);
    for row in closed.iter().skip(before) {
        table.push([
            row.signal_id.unwrap_or_default().to_owned(),
            row.symbol.to_owned(),
            row.side.to_string(),
            row.qty.to_string(),
            short_time(row.entry_time),
            price(row.entry_price),
            short_time(row.exit_time),
            price(row.exit_price),
            row.exit_reason.word().to_owned(),
            row.realized_pnl.to_string(),
        ]);
    }
    writeln!(out, "{table}")
}

fn price(price: Option<Decimal>) -> String {
    price.map_or_else(String::new, |price| price.to_string())
}

/// To the millisecond: `2013-10-07 14:00:01.027`.
fn short_time(at: Timestamp) -> String {
    at.calendar()
        .map_or_else(|| at.to_string(), |time| format!("{time:.3}").replace('T', " ").replace('Z', ""))
}

/// Refused orders by what was said about them, the commonest first.
fn write_refused(out: &mut impl Write, result: &ReplayResult<'_>) -> io::Result<()> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for order in &result.orders {
        if let (Some(reason), Some(message)) = (order.reason, &order.message) {
            *counts.entry((reason, message)).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return Ok(());
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut table =
        TextTable::new([("Orders", Align::Right), ("Reason", Align::Left), ("What was wrong", Align::Left)]);
    for ((reason, message), count) in counts.iter().take(REFUSALS_MAX) {
        table.push([count.to_string(), (*reason).to_owned(), (*message).to_owned()]);
    }
    writeln!(out, "Refused orders\n\n{table}")?;
    match counts.len().saturating_sub(REFUSALS_MAX) {
        0 => Ok(()),
        more => writeln!(out, "and {more} kinds of refusal more; --json has all\n"),
    }
}

fn write_summary(out: &mut impl Write, result: &ReplayResult<'_>, elapsed: Duration) -> io::Result<()> {
    let refused = result.orders.iter().filter(|order| order.message.is_some()).count();
    let not_reached = result.signals.iter().filter(|(_, row)| *row == Disposition::NotReached).count();
    let open: Vec<String> = result.position.iter().map(|(root, qty)| format!("{root} {qty:+}")).collect();
    let mut table = TextTable::new([("Summary", Align::Left), ("", Align::Left)]);
    for (name, value) in [
        ("Ticks", format!("{} in {elapsed:.2?}, {} a second", result.ticks, rate(result.ticks, elapsed))),
        ("Signals", format!("{}, {not_reached} not reached", result.signals.len())),
        ("Orders", format!("{}, {refused} refused", result.orders.len())),
        ("Closed trades", result.closed.len().to_string()),
        ("Gross P&L", format!("{} USD", result.realized_pnl)),
        ("Fees", format!("{} USD", result.fees)),
        ("Net P&L", format!("{} USD", result.net_pnl)),
        ("Still open", if open.is_empty() { "nothing".to_owned() } else { open.join(", ") }),
    ] {
        table.push([name.to_owned(), value]);
    }
    if let Some(rules) = &result.profile {
        table.push(["Rules".to_owned(), rules.words()]);
    }
    write!(out, "{table}")
}

/// Ticks in a second at this speed.
fn rate(ticks: u64, elapsed: Duration) -> u128 {
    u128::from(ticks) * 1_000_000 / elapsed.as_micros().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_short_and_a_rate_is_whole() {
        assert_eq!(short_time(Timestamp::from_nanos(1_381_154_401_027_600_000)), "2013-10-07 14:00:01.027");
        assert_eq!(rate(1_000, Duration::from_millis(500)), 2_000);
        assert_eq!(rate(1_000, Duration::ZERO), 1_000_000_000);
    }
}
