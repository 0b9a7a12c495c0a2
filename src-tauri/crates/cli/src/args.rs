//! The command line: what may be given, what each flag means, and its default.

mod bridge;
mod desk;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use phantom_model::{Money, Span, Ticks};
use rust_decimal::Decimal;

pub(crate) use bridge::{ConformanceOptions, MockBrokerOptions, NinjatraderCommand};
pub(crate) use desk::{DeskOptions, Gap, HostPort};

/// The largest fee: far above any real one, and small enough that no sum of fees leaves its range.
const FEE_PER_SIDE_MAX: i64 = 10_000;

/// The most trading days that are shown: about four years.
const DAYS_MAX: usize = 1_000;

/// Replays recorded trades through the desk, and looks up instruments and sessions.
#[derive(Parser, Debug)]
#[command(name = "phantom", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit status: 0 done (refused orders are part of a result), 2 something given is not right,
1 the result could not be written.
Logs go to standard error when PHANTOM_LOG asks for them: PHANTOM_LOG=info

Example: phantom replay --ticks 'GC 12-13.Last.txt' --signals signals.jsonl")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Replay(ReplayOptions),
    Instruments(InstrumentOptions),
    Calendar(CalendarOptions),
    Desk(DeskOptions),
    Journal(JournalOptions),
    MockBroker(MockBrokerOptions),
    /// Works with a server of the bridge
    #[command(subcommand)]
    Ninjatrader(NinjatraderCommand),
}

/// Runs signals against recorded trades and reports every order, every closed trade and the money.
///
/// Stops and targets are watched as on the live desk: a trade that prints at or through one fires it,
/// and the exit fills at the next print. Nothing is closed at the end of the data.
#[derive(Args, Debug)]
#[expect(clippy::doc_markdown, reason = "these words are printed, where backticks would only disturb")]
#[command(after_help = "\
A line of the signal file is one JSON object. Prices are best written as text; a time needs an offset:

  {\"id\":\"a1\",\"at\":\"2013-10-07T14:00:00Z\",\"action\":\"placeBuy\",\"symbol\":\"GC\",\"qty\":1,
   \"type\":\"LIMIT\",\"price\":\"1319.0\",\"stopPrice\":\"1318.0\",\"takeProfit\":\"1321.0\"}
  {\"id\":\"f1\",\"at\":\"2013-10-07T15:00:00Z\",\"action\":\"flattenAll\"}

Examples:
  phantom replay --ticks 'GC 12-13.Last.txt' --signals signals.jsonl
  phantom replay --ticks 'NQ 12-26.Last.txt' 'ES 12-26.Last.txt' --signals signals.jsonl \\
      --latency-ms 50 --slippage-ticks 1 --fee-per-side 2.10 --json > result.json")]
pub(crate) struct ReplayOptions {
    /// Tick files to replay, merged by time: NinjaTrader text exports in UTC (ticks, tick replay,
    /// minute or day bars). Symbol and expiry come from the name, as in 'GC 12-13.Last.txt'
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub(crate) ticks: Vec<PathBuf>,

    /// Signals to act on, one JSON object per line (see the end of this page). Default: none
    #[arg(long, value_name = "FILE")]
    pub(crate) signals: Option<PathBuf>,

    /// Instrument of the files whose name says no contract, as a root or an alias (GC, ENQ). The
    /// expiry is the front month of the file's first day
    #[arg(long, value_name = "ROOT")]
    pub(crate) symbol: Option<String>,

    /// One-way delay from the desk to the market, for orders and cancels, in milliseconds
    #[arg(long = "latency-ms", value_name = "N", default_value = "0", allow_negative_numbers = true)]
    #[arg(value_parser = latency)]
    pub(crate) latency: Span,

    /// How much worse than the print every market fill is, in ticks
    #[arg(long, value_name = "N", default_value = "0", allow_negative_numbers = true)]
    #[arg(value_parser = slippage)]
    pub(crate) slippage_ticks: Ticks,

    /// When a resting limit order fills
    #[arg(long, value_name = "RULE", value_enum, default_value_t = LimitRule::Through)]
    pub(crate) limit_fill: LimitRule,

    /// Let a print fill no more contracts than it has, oldest order first. Default: whole orders
    #[arg(long)]
    pub(crate) partial_fills: bool,

    /// What every draw of chance comes from; nothing is drawn with these flags, so it changes nothing
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = seed)]
    pub(crate) seed: u64,

    /// Refuse a sell without a position to close. Default: short selling allowed
    #[arg(long)]
    pub(crate) long_only: bool,

    /// Fee for each contract bought or sold, in US dollars with at most four decimals
    #[arg(long, value_name = "D", default_value = "0", allow_negative_numbers = true)]
    #[arg(value_parser = fee)]
    pub(crate) fee_per_side: Money,

    /// Rule pack of a prop firm that every order must pass. Default: none, the input checks only
    #[arg(long, value_name = "ID")]
    pub(crate) profile: Option<String>,

    /// Changes a setting of the rule pack; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "profile")]
    pub(crate) profile_set: Vec<String>,

    /// Write every fact of the run to a new file, one JSON object per line. Never overwrites, and
    /// leaves nothing behind when the run fails
    #[arg(long, value_name = "OUT")]
    pub(crate) journal: Option<PathBuf>,

    /// Print the whole result as one JSON object. Default: a short table and a summary
    #[arg(long)]
    pub(crate) json: bool,
}

/// When a resting limit order fills.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LimitRule {
    /// At a print strictly through its price
    Through,
    /// At a print at or through its price
    Touch,
}

/// Shows the instruments that the desk knows, or one of them in full.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  phantom instruments
  phantom instruments ENQ --date 2026-12-14")]
pub(crate) struct InstrumentOptions {
    /// One instrument, by its root or an alias (NQ, ENQ): months, last trade day, roll
    #[arg(value_name = "SYMBOL")]
    pub(crate) symbol: Option<String>,

    /// The trading day whose front month is shown. Default: today in Chicago
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Date>,

    /// Print JSON: an array of instruments, or one object for SYMBOL
    #[arg(long)]
    pub(crate) json: bool,
}

/// Shows the next sessions of the exchange: early closes, holidays, and when a firm wants you flat.
#[derive(Args, Debug)]
#[expect(clippy::doc_markdown, reason = "these words are printed, where backticks would only disturb")]
#[command(after_help = "\
Examples:
  phantom calendar --next 10
  phantom calendar --next 10 --profile topstep-combine-50k --symbol GC
  phantom calendar --from 2026-11-23 --profile own.toml --profile-set flat_by=14:55 --json")]
pub(crate) struct CalendarOptions {
    /// How many trading days are shown, from 1 to 1000
    #[arg(long, value_name = "N", default_value = "10", allow_negative_numbers = true, value_parser = days)]
    pub(crate) next: usize,

    /// The first trading day that is shown. Default: today in Chicago
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) from: Option<Date>,

    /// Rule pack whose times are shown: its id, or a file of your own (FILE.toml, or FILE.toml#ID)
    #[arg(long, value_name = "ID")]
    pub(crate) profile: Option<String>,

    /// Changes a setting of the rule pack, such as flat_by=14:55; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "profile")]
    pub(crate) profile_set: Vec<String>,

    /// The product whose times are shown, as a root or an alias. Default: ES
    #[arg(long, value_name = "ROOT", requires = "profile")]
    pub(crate) symbol: Option<String>,

    /// Print JSON: an array of trading days, moments in UTC
    #[arg(long)]
    pub(crate) json: bool,
}

/// Looks into a journal of the desk: checks it, writes it out, makes one of what was written out.
///
/// Nothing here changes a journal. A journal that the desk is writing may be looked at.
#[derive(Args, Debug)]
pub(crate) struct JournalOptions {
    #[command(subcommand)]
    pub(crate) action: JournalAction,
}

#[derive(Subcommand, Debug)]
pub(crate) enum JournalAction {
    Verify(JournalFile),
    Show(JournalFile),
    Export(ExportOptions),
    Import(ImportOptions),
    Bundle(BundleOptions),
}

/// Checks every record against the chain of hashes. Exit status 1 names the first that is wrong.
#[derive(Args, Debug)]
pub(crate) struct JournalFile {
    /// The journal
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Print one JSON object. Default: words
    #[arg(long)]
    pub(crate) json: bool,
}

/// Writes every fact to standard output.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  phantom journal export journal-mock-mock.db --format jsonl > journal.jsonl
  phantom journal export journal-mock-mock.db --format csv --day 2026-11-27 > friday.csv")]
pub(crate) struct ExportOptions {
    /// The journal
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Lines of JSON that can be imported again, or a table for a spreadsheet
    #[arg(long, value_name = "FORM", value_enum)]
    pub(crate) format: ExportForm,

    /// Only this trading day. Default: all of them
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) day: Option<Date>,
}

/// The form of an export.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExportForm {
    /// One object of JSON a line
    Jsonl,
    /// A table
    Csv,
}

/// Makes a journal of lines that were exported, or that a replay has written.
#[derive(Args, Debug)]
pub(crate) struct ImportOptions {
    /// The lines
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The journal to make. Never overwrites, and leaves nothing behind when a line is wrong
    #[arg(long, value_name = "NEW")]
    pub(crate) into: PathBuf,
}

/// Writes a folder for a dispute: timeline, receipts of stops and targets, the result of the check,
/// versions.
#[derive(Args, Debug)]
pub(crate) struct BundleOptions {
    /// The journal
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Only this trading day. Default: all of them
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) day: Option<Date>,
}

/// Why the value of a flag is not taken. The command line reader names the flag and the value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
enum BadValue {
    #[error("it must be a whole number of milliseconds from 0 to {}", u32::MAX)]
    Latency,
    #[error("it must be a whole number of ticks from 0 to {}", u32::MAX)]
    Slippage,
    #[error("it must be a whole number from 0 to {}", u64::MAX)]
    Seed,
    #[error("it must be an amount from 0 to {FEE_PER_SIDE_MAX} with at most four decimals, such as 2.10")]
    Fee,
    #[error("it must be a date such as 2026-11-23")]
    Date,
    #[error("it must be a whole number of days from 1 to {DAYS_MAX}")]
    Days,
}

fn latency(text: &str) -> Result<Span, BadValue> {
    whole(text).and_then(|n| u32::try_from(n).ok()).map(Span::from_millis).ok_or(BadValue::Latency)
}

fn slippage(text: &str) -> Result<Ticks, BadValue> {
    let count = whole(text).and_then(|n| u32::try_from(n).ok()).ok_or(BadValue::Slippage)?;
    Ok(Ticks::new(i64::from(count)))
}

fn seed(text: &str) -> Result<u64, BadValue> {
    whole(text).ok_or(BadValue::Seed)
}

/// Digits and nothing else: no sign.
fn whole(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn fee(text: &str) -> Result<Money, BadValue> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let dollars = Decimal::from_str_exact(text).ok().filter(|_| is_plain);
    dollars
        .filter(|dollars| *dollars <= Decimal::from(FEE_PER_SIDE_MAX))
        .and_then(Money::from_decimal)
        .ok_or(BadValue::Fee)
}

fn days(text: &str) -> Result<usize, BadValue> {
    let count = whole(text).and_then(|n| usize::try_from(n).ok());
    count.filter(|count| (1..=DAYS_MAX).contains(count)).ok_or(BadValue::Days)
}

fn date(text: &str) -> Result<Date, BadValue> {
    let is_plain = text.len() == "YYYY-MM-DD".len() && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    text.parse().ok().filter(|_| is_plain).ok_or(BadValue::Date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_fee_is_plain_and_not_below_zero() {
        for (text, units) in [("0", 0), ("2.1", 21_000), ("0.0001", 1), ("10000", 100_000_000), (".5", 5_000)]
        {
            assert_eq!(fee(text), Ok(Money::from_units(units)), "{text}");
        }
        for text in ["", ".", "-1", "+1", "0.00001", "10000.0001", "1e2", "1_0", "two", "1,5"] {
            assert_eq!(fee(text), Err(BadValue::Fee), "{text:?}");
        }
    }

    #[test]
    fn counts_are_whole_and_not_below_zero() {
        assert_eq!(latency("1500"), Ok(Span::from_millis(1_500)));
        assert_eq!(slippage("4294967295"), Ok(Ticks::new(4_294_967_295)));
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        for text in ["", "-1", "+1", "1.5", "1e3", "4294967296", "x"] {
            assert_eq!(latency(text), Err(BadValue::Latency), "{text:?}");
            assert_eq!(slippage(text), Err(BadValue::Slippage), "{text:?}");
        }
        assert_eq!(seed("18446744073709551616"), Err(BadValue::Seed));
    }

    #[test]
    fn days_are_counted_from_one() {
        assert_eq!((days("1"), days("1000")), (Ok(1), Ok(1_000)));
        for text in ["0", "-1", "1001", "ten", ""] {
            assert_eq!(days(text), Err(BadValue::Days), "{text:?}");
        }
    }

    #[test]
    fn a_date_has_one_spelling() {
        assert_eq!(date("2026-11-23"), Ok(Date::constant(2026, 11, 23)));
        for text in ["", "20261123", "2026-11-31", "2026-W47-1", "23.11.2026", "2026-11-23T00:00:00"] {
            assert_eq!(date(text), Err(BadValue::Date), "{text:?}");
        }
    }
}
