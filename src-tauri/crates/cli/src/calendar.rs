//! `phantom calendar`: the next sessions, their holidays, and when everything must be flat.

use std::sync::Arc;

use jiff::civil::Date;
use phantom_compliance::calendar::{Certainty, DayHours, DayTimes};
use phantom_compliance::{Calendar, Pack, ProductHours, Profile};
use phantom_model::{InstrumentTable, Timestamp, TradingDay, chicago_moment, chicago_time};
use serde::Serialize;

use crate::args::CalendarOptions;
use crate::fault::Fault;
use crate::instruments::find;
use crate::output::{json_text, print};
use crate::text_table::{Align, TextTable};
use crate::today::today;

/// The product whose times are shown when none is named.
const PRODUCT: &str = "ES";

/// Marks what no published calendar says.
const PROJECTED: &str = "?";

/// Shows the next sessions.
///
/// # Errors
/// A pack or a setting that is not right, a symbol that means nothing, or a broken output.
pub(crate) fn show(options: &CalendarOptions) -> Result<(), Fault> {
    let calendar = Calendar::built_in()?;
    let first = options.from.map_or_else(today, day_of);
    let days = std::iter::successors(Some(first), |day| Some(day.next())).take(options.next);
    let firm = options.profile.as_deref().map(|name| Firm::read(&calendar, name, options)).transpose()?;
    let rows: Vec<_> = days.map(|day| Row::of(&calendar, firm.as_ref(), day)).collect();
    let text = if options.json { json_text(&rows)? } else { page(&calendar, firm.as_ref(), &rows) };
    print(&text)
}

/// The trading day of a date: a weekend belongs to Monday.
fn day_of(date: Date) -> TradingDay {
    TradingDay::of(chicago_moment(date.at(12, 0, 0, 0)))
}

/// The profile whose times are shown, and for which product.
struct Firm {
    profile: Profile,
    root: String,
    product: ProductHours,
}

impl Firm {
    fn read(calendar: &Calendar, name: &str, options: &CalendarOptions) -> Result<Self, Fault> {
        let pack = Arc::new(Pack::named(name)?);
        let profile = Profile::with_settings(pack, options.profile_set.iter().map(String::as_str))?;
        let table = InstrumentTable::built_in()?;
        let root = find(&table, options.symbol.as_deref().unwrap_or(PRODUCT))?.root().to_owned();
        let unlisted = || Fault::NoHours { root: root.clone() };
        let product = calendar.hours_of(&root).ok_or_else(unlisted)?;
        Ok(Self { profile, root, product })
    }
}

/// One trading day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    day: String,
    weekday: String,
    holiday: Option<String>,
    in_calendar: bool,
    products: Vec<Hours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firm: Option<FirmTimes>,
}

/// The hours of a kind of product.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hours {
    product: &'static str,
    /// Times of the wall in Chicago: `17:00-16:00`.
    windows: Vec<String>,
    opens: Option<String>,
    closes: Option<String>,
    certainty: &'static str,
    #[serde(skip)]
    cell: String,
}

/// The times of the profile for one product; without any where nothing may be traded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FirmTimes {
    symbol: String,
    entries_from: Option<String>,
    no_new_entries_from: Option<String>,
    flatten_at: Option<String>,
    flat_by: Option<String>,
    certainty: Option<&'static str>,
    #[serde(skip)]
    cells: [String; 3],
}

impl Row {
    fn of(calendar: &Calendar, firm: Option<&Firm>, day: TradingDay) -> Self {
        Self {
            day: day.to_string(),
            weekday: day.date().strftime("%a").to_string(),
            holiday: calendar.holiday(day).map(str::to_owned),
            in_calendar: calendar.covers(day),
            products: ProductHours::ALL.map(|product| Hours::of(product, &calendar.day(product, day))).into(),
            firm: firm.map(|firm| {
                let times = firm.profile.day_times(calendar, firm.product, day);
                FirmTimes::of(&firm.root, times.as_ref())
            }),
        }
    }
}

impl Hours {
    fn of(product: ProductHours, hours: &DayHours<'_>) -> Self {
        let window = |it: &phantom_compliance::calendar::Window| {
            format!("{}-{}", it.open.strftime("%H:%M"), it.close.strftime("%H:%M"))
        };
        let windows: Vec<_> = hours.windows.iter().map(window).collect();
        let cell = match (hours.opens(), hours.closes()) {
            (Some(opens), Some(closes)) if hours.opens_late => format!("{}-{}", wall(opens), wall(closes)),
            (_, Some(closes)) => wall(closes),
            (_, None) => "closed".to_owned(),
        };
        let mark = if hours.certainty == Certainty::Projected { PROJECTED } else { "" };
        Self {
            product: product.word(),
            windows,
            opens: hours.opens().map(utc),
            closes: hours.closes().map(utc),
            certainty: certainty_word(hours.certainty),
            cell: cell + mark,
        }
    }
}

impl FirmTimes {
    fn of(root: &str, times: Option<&DayTimes<'_>>) -> Self {
        let mark = if times.is_some_and(|it| it.certainty == Certainty::Projected) { PROJECTED } else { "" };
        let cell =
            |at: Option<Timestamp>, none: &str| at.map_or_else(|| none.to_owned(), |at| wall(at) + mark);
        let none = if times.is_some() { "none" } else { "closed" };
        let (end, flatten, flat) = (
            times.map(|it| it.no_new_entries_from),
            times.and_then(|it| it.flatten_at),
            times.and_then(|it| it.flat_by),
        );
        Self {
            symbol: root.to_owned(),
            entries_from: times.map(|it| utc(it.entries_from)),
            no_new_entries_from: end.map(utc),
            flatten_at: flatten.map(utc),
            flat_by: flat.map(utc),
            certainty: times.map(|it| certainty_word(it.certainty)),
            cells: [cell(end, none), cell(flatten, none), cell(flat, none)],
        }
    }
}

fn wall(at: Timestamp) -> String {
    chicago_time(at).strftime("%H:%M").to_string()
}

fn utc(at: Timestamp) -> String {
    at.to_string()
}

const fn certainty_word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Published => "published",
        Certainty::Projected => "projected",
        Certainty::OutsideCalendar => "calendar_unverified",
    }
}

fn page(calendar: &Calendar, firm: Option<&Firm>, rows: &[Row]) -> String {
    let table = firm.map_or_else(|| hours_table(rows), |firm| firm_table(firm, rows));
    let is_marked = table.contains(PROJECTED);
    let mut lines =
        vec![table, "Times in Chicago, on the day itself; a session opens on the evening before.".to_owned()];
    if is_marked {
        lines.push(format!("{PROJECTED} is projected by the rule of earlier years, or sources differ."));
    }
    if rows.iter().any(|row| !row.in_calendar) {
        lines.push(
            "- is not in the calendar: weekly hours only, and a live desk takes no entries.".to_owned(),
        );
    }
    lines.push(format!(
        "Calendar checked {}, valid {} to {}.",
        calendar.checked_on(),
        calendar.valid_from(),
        calendar.valid_through()
    ));
    lines.join("\n") + "\n"
}

/// Closing times by kind of product.
fn hours_table(rows: &[Row]) -> String {
    let [equity, energy, rates, fx, crypto, grains, livestock] = ProductHours::ALL.map(ProductHours::name);
    let mut table = TextTable::new([
        ("Day", Align::Left),
        ("", Align::Left),
        (equity, Align::Left),
        (energy, Align::Left),
        (rates, Align::Left),
        (fx, Align::Left),
        (crypto, Align::Left),
        (grains, Align::Left),
        (livestock, Align::Left),
        ("Holiday", Align::Left),
    ]);
    for row in rows {
        let mut cells: [String; 10] = Default::default();
        let hours = row.products.iter().map(|it| it.cell.clone());
        let all = [row.day.clone(), row.weekday.clone()].into_iter().chain(hours).chain([note(row)]);
        for (cell, text) in cells.iter_mut().zip(all) {
            *cell = text;
        }
        table.push(cells);
    }
    format!("Closes\n\n{table}")
}

/// The times of a profile for one product.
fn firm_table(firm: &Firm, rows: &[Row]) -> String {
    let mut table = TextTable::new([
        ("Day", Align::Left),
        ("", Align::Left),
        (firm.product.name(), Align::Left),
        ("No new entries", Align::Left),
        ("Desk flattens", Align::Left),
        ("Flat by", Align::Left),
        ("Holiday", Align::Left),
    ]);
    for row in rows {
        let Some(times) = &row.firm else { continue };
        let hours = row.products.iter().find(|it| it.product == firm.product.word());
        let close = hours.map_or_else(String::new, |hours| hours.cell.clone());
        let [end, flatten, flat] = times.cells.clone();
        table.push([row.day.clone(), row.weekday.clone(), close, end, flatten, flat, note(row)]);
    }
    let pack = firm.profile.pack();
    format!("{} for {}, rules checked {}\n\n{table}", pack.title(), firm.root, pack.checked_on())
}

fn note(row: &Row) -> String {
    match (&row.holiday, row.in_calendar) {
        (Some(name), _) => name.clone(),
        (None, false) => "-".to_owned(),
        (None, true) => String::new(),
    }
}
