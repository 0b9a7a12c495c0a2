//! `phantom instruments`: what the desk knows of each product.

use std::sync::Arc;

use jiff::civil::Date;
use phantom_model::instrument::{LastTradeRule, RollRule};
use phantom_model::{Contract, Instrument, InstrumentTable, front_contract, next_roll};
use serde::Serialize;

use crate::args::InstrumentOptions;
use crate::fault::Fault;
use crate::output::{json_text, print};
use crate::text_table::{Align, TextTable};
use crate::today::today;

/// Shows all instruments, or one.
///
/// # Errors
/// A symbol that means nothing, a date beyond the contract table, or a broken output.
pub(crate) fn show(options: &InstrumentOptions) -> Result<(), Fault> {
    let table = InstrumentTable::built_in()?;
    let date = options.date.unwrap_or_else(|| today().date());
    let text = if let Some(symbol) = &options.symbol {
        let page = Page::of(find(&table, symbol)?, date)?;
        if options.json { json_text(&page)? } else { page.text() }
    } else {
        let rows = table.iter().map(|it| Row::of(it, date)).collect::<Result<Vec<_>, _>>()?;
        if options.json { json_text(&rows)? } else { list_text(&rows, date) }
    };
    print(&text)
}

/// The instrument of a root or an alias.
///
/// # Errors
/// [`Fault::UnknownSymbol`] with the one that may have been meant.
pub(crate) fn find<'a>(table: &'a InstrumentTable, symbol: &str) -> Result<&'a Arc<Instrument>, Fault> {
    table.resolve(symbol).ok_or_else(|| Fault::UnknownSymbol {
        symbol: symbol.to_owned(),
        meant: table.suggest(symbol).map(|it| it.root().to_owned()),
    })
}

/// One instrument in the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    root: &'a str,
    aliases: &'a [String],
    name: &'a str,
    exchange: &'static str,
    tick_size: String,
    tick_value: String,
    point_value: String,
    front_month: String,
    mini_weight: String,
    topstep_permitted: bool,
}

impl<'a> Row<'a> {
    fn of(it: &'a Arc<Instrument>, date: Date) -> Result<Self, Fault> {
        Ok(Self {
            root: it.root(),
            aliases: it.aliases(),
            name: it.name(),
            exchange: it.exchange().word(),
            tick_size: it.grid().tick_size().to_string(),
            tick_value: it.tick_value().exact_text(),
            point_value: it.point_value().to_string(),
            front_month: front_contract(it, date)?.expiry().to_string(),
            mini_weight: it.mini_weight().to_string(),
            topstep_permitted: it.topstep_permitted(),
        })
    }
}

fn list_text(rows: &[Row<'_>], date: Date) -> String {
    let mut table = TextTable::new([
        ("Root", Align::Left),
        ("Also", Align::Left),
        ("Name", Align::Left),
        ("Exchange", Align::Left),
        ("Tick", Align::Right),
        ("Tick USD", Align::Right),
        ("Point USD", Align::Right),
        ("Front", Align::Left),
        ("Minis", Align::Right),
        ("Topstep", Align::Left),
    ]);
    for row in rows {
        table.push([
            row.root.to_owned(),
            row.aliases.join(" "),
            row.name.to_owned(),
            row.exchange.to_owned(),
            row.tick_size.clone(),
            row.tick_value.clone(),
            row.point_value.clone(),
            row.front_month.clone(),
            row.mini_weight.clone(),
            yes_or_no(row.topstep_permitted).to_owned(),
        ]);
    }
    format!(
        "{table}\nFront month on the trading day {date}. Minis: how much of a position limit one contract uses.\n"
    )
}

/// One instrument in full.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    date: String,
    front_contract: Names,
    listed_months: String,
    active_months: String,
    last_trade_rule: &'static str,
    last_trade_day: String,
    roll_rule: &'static str,
    roll_day: String,
    next_contract: Names,
    next_last_trade_day: String,
    next_roll_day: String,
}

/// How each system writes a contract.
#[derive(Serialize)]
struct Names {
    ninjatrader: String,
    tradovate: String,
    projectx: Option<String>,
}

impl Names {
    fn of(contract: &Contract) -> Self {
        Self {
            ninjatrader: contract.ninjatrader_name(),
            tradovate: contract.tradovate_code(),
            projectx: contract.projectx_id(),
        }
    }
}

impl<'a> Page<'a> {
    fn of(it: &'a Arc<Instrument>, date: Date) -> Result<Self, Fault> {
        let front = front_contract(it, date)?;
        let (roll_day, next) = next_roll(it, date)?;
        Ok(Self {
            row: Row::of(it, date)?,
            date: date.to_string(),
            front_contract: Names::of(&front),
            listed_months: it.listed_months().to_string(),
            active_months: it.active_months().to_string(),
            last_trade_rule: last_trade_words(it.last_trade_rule()),
            last_trade_day: front.last_trade_day().to_string(),
            roll_rule: roll_words(it.roll_rule()),
            roll_day: roll_day.to_string(),
            next_contract: Names::of(&next),
            next_last_trade_day: next.last_trade_day().to_string(),
            next_roll_day: next.roll_day().to_string(),
        })
    }

    fn text(&self) -> String {
        let row = &self.row;
        let mut table = TextTable::new([(row.root, Align::Left), (row.name, Align::Left)]);
        for (name, value) in [
            ("Also", if row.aliases.is_empty() { "-".to_owned() } else { row.aliases.join(" ") }),
            ("Exchange", row.exchange.to_owned()),
            ("Tick", format!("{} = {} USD", row.tick_size, row.tick_value)),
            ("Point", format!("{} USD", row.point_value)),
            ("Minis", format!("{} of a position limit for each contract", row.mini_weight)),
            ("Topstep", yes_or_no(row.topstep_permitted).to_owned()),
            ("Months", format!("{}; traded: {}", self.listed_months, self.active_months)),
            ("Last trade", self.last_trade_rule.to_owned()),
            ("Roll", self.roll_rule.to_owned()),
            ("Front", contract_text(&self.front_contract, &self.last_trade_day, &self.roll_day)),
            ("Next", contract_text(&self.next_contract, &self.next_last_trade_day, &self.next_roll_day)),
        ] {
            table.push([name.to_owned(), value]);
        }
        format!("{table}\nOn the trading day {}.\n", self.date)
    }
}

fn contract_text(names: &Names, last_trade_day: &str, roll_day: &str) -> String {
    let projectx = names.projectx.as_deref().map_or(String::new(), |id| format!(", {id}"));
    format!(
        "{} ({}{projectx}), rolls on {roll_day}, last trades on {last_trade_day}",
        names.ninjatrader, names.tradovate
    )
}

const fn yes_or_no(permitted: bool) -> &'static str {
    if permitted { "yes" } else { "no" }
}

const fn last_trade_words(rule: LastTradeRule) -> &'static str {
    match rule {
        LastTradeRule::ThirdFriday => "third Friday of the contract month, 08:30 Chicago",
        LastTradeRule::CrudeOil => "third business day before the 25th of the month before",
        LastTradeRule::MicroCrudeOil => "fourth business day before the 25th of the month before",
        LastTradeRule::NaturalGas => "third business day before the contract month",
        LastTradeRule::Metals => "third last business day of the contract month",
        LastTradeRule::LongTreasury => "seventh business day before the last one of the contract month",
        LastTradeRule::ShortTreasury => "last business day of the contract month",
        LastTradeRule::FxTwoDays => "second business day before the third Wednesday, 09:16 Chicago",
        LastTradeRule::FxOneDay => "business day before the third Wednesday, 09:16 Chicago",
        LastTradeRule::CryptoLastFriday => "last Friday of the contract month, 16:00 London",
        LastTradeRule::Unverified => {
            "not confirmed; taken as the fourth business day before the 25th of the month before"
        }
    }
}

const fn roll_words(rule: RollRule) -> &'static str {
    match rule {
        RollRule::EquityMonday => "Monday before the third Friday of the contract month",
        RollRule::EnergyVolume => "third business day before the last trade day",
        RollRule::MetalsVolume => "third last business day of the month before",
        RollRule::CryptoVolume => "day after the last trade day",
        RollRule::Treasury => "second last business day of the month before",
        RollRule::Fx => "Monday of the week of the third Wednesday of the contract month",
    }
}
