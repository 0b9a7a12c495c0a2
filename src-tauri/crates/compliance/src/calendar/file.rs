//! Reads the calendar from its TOML, and checks that it is whole.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};

use super::hours::{ProductHours, TradingHours, Window};
use super::{Calendar, DayChange, SpecialDay};
use crate::pack::PackFault;
use crate::pack::reader::{Field, Page, Read, Section, read_clock};
use crate::pack::sources::{check_layout, sources};

/// The hour at which a trading day ends.
const DAY_END_HOUR: i8 = 17;

/// A trading day may have this many windows: the grains have two.
const WINDOWS_MAX: usize = 4;

pub(super) fn read(file: &str, text: &str) -> Result<Calendar, PackFault> {
    let mut page = Page { file, text }.read()?;
    check_layout(&mut page)?;
    let zone = page.need("time_zone")?;
    zone.one_of(&[("America/Chicago", ())])?;
    let checked_on = page.need("checked_on")?.date()?;
    let valid_from = page.need("valid_from")?.date()?;
    let through = page.need("valid_through")?;
    let valid_through = through.date()?;
    if valid_through <= valid_from {
        return Err(through.wrong(format!("must be after valid_from, {valid_from}")));
    }
    let sources = sources(&mut page)?;
    let (hours, products) = all_hours(page.need_section("hours")?)?;
    let mut special = BTreeMap::new();
    for day in page.sections("day")? {
        special_day(day, valid_from..=valid_through, &hours, &mut special)?;
    }
    page.finish()?;
    Ok(Calendar { checked_on, sources, valid_from, valid_through, hours, products, special })
}

type Hours = BTreeMap<ProductHours, TradingHours>;
type Products = BTreeMap<String, ProductHours>;

fn all_hours(mut section: Section<'_>) -> Read<(Hours, Products)> {
    let (mut hours, mut products) = (Hours::new(), Products::new());
    for product in ProductHours::ALL {
        let mut kind = section.need_section(product.word())?;
        let windows = windows(kind.need("windows")?)?;
        for root in kind.need("roots")?.list("a list of roots")? {
            let text = root.words()?;
            if let Some(other) = products.insert(text.clone(), product) {
                return Err(root.wrong(format!("{text} is already under {}", other.word())));
            }
        }
        kind.finish()?;
        hours.insert(product, TradingHours { windows });
    }
    section.finish()?;
    Ok((hours, products))
}

fn windows(field: Field<'_>) -> Read<Vec<Window>> {
    let place = field.place().clone();
    let mut windows: Vec<Window> = Vec::new();
    for pair in field.list("a list of windows")? {
        let pair_place = pair.place().clone();
        let ends = pair.list("a pair of times, such as [\"17:00\", \"16:00\"]")?;
        let [open, close] = ends.as_slice() else {
            return Err(pair_place.wrong("must be a pair of times, such as [\"17:00\", \"16:00\"]"));
        };
        let window = Window { open: open.clock()?, close: close.clock()? };
        if window.close.hour() >= DAY_END_HOUR {
            return Err(close.wrong("must be before 17:00, the end of the trading day"));
        }
        let follows =
            windows.last().is_none_or(|last| !window.opens_on_the_evening() && window.open > last.close);
        if !follows || (!window.opens_on_the_evening() && window.open >= window.close) {
            return Err(open.wrong("windows must follow one another, and each must open before it closes"));
        }
        windows.push(window);
    }
    if windows.is_empty() || windows.len() > WINDOWS_MAX {
        return Err(place.wrong(format!("must be 1 to {WINDOWS_MAX} windows")));
    }
    Ok(windows)
}

fn special_day(
    mut section: Section<'_>,
    valid: std::ops::RangeInclusive<Date>,
    hours: &Hours,
    special: &mut BTreeMap<Date, SpecialDay>,
) -> Read<()> {
    let date = section.need("date")?;
    let day = date.date()?;
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return Err(date.wrong("is a weekend: no trading day ends on it"));
    }
    if !valid.contains(&day) {
        return Err(date.wrong(format!("must be from {} to {}", valid.start(), valid.end())));
    }
    if special.contains_key(&day) {
        return Err(date.wrong("is here twice"));
    }
    let name = section.need("name")?.words()?;
    let words = ProductHours::ALL.map(|product| (product.word(), product));
    let projected = match section.take("projected") {
        None => Vec::new(),
        Some(field) => field.list("a list of kinds of products")?,
    };
    let projected = projected.iter().map(|field| field.one_of(&words)).collect::<Read<_>>()?;
    let mut changes = BTreeMap::new();
    for product in ProductHours::ALL {
        if let Some(field) = section.take(product.word()) {
            changes.insert(product, change(&field, product, hours)?);
        }
    }
    if changes.is_empty() {
        return Err(section.wrong("changes nothing: name at least one kind of product"));
    }
    section.finish()?;
    special.insert(day, SpecialDay { name, changes, projected });
    Ok(())
}

/// `closed`, a time, or two times with a hyphen between them; never later than on an ordinary day.
fn change(field: &Field<'_>, product: ProductHours, hours: &Hours) -> Read<DayChange> {
    let right = "\"closed\", a time such as \"12:00\", or two such as \"08:30-12:05\"";
    let change = field.parse(right, |text| match (text, text.split_once('-')) {
        ("closed", _) => Some(DayChange::Closed),
        (_, Some((opens, closes))) => {
            Some(DayChange::Hours { opens: Some(read_clock(opens)?), closes: read_clock(closes)? })
        }
        (_, None) => Some(DayChange::Hours { opens: None, closes: read_clock(text)? }),
    })?;
    let DayChange::Hours { opens, closes } = change else { return Ok(change) };
    let ordinary = hours.get(&product).map_or(&[][..], |hours| &hours.windows);
    let last = ordinary.last().map_or(Time::midnight(), |window| window.close);
    if closes > last {
        return Err(field.wrong(format!("must not close later than always, at {}", last.strftime("%H:%M"))));
    }
    let left = ordinary.iter().filter_map(|window| window.within(opens, closes)).count();
    if left == 0 {
        return Err(field.wrong("leaves nothing open: write \"closed\""));
    }
    Ok(change)
}
