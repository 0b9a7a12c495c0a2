//! Reads TOML by hand, so that whatever is wrong is told with its file, its line, and what would be
//! right. A key that nobody asks for is wrong too: a misspelt rule must not be lost.

use std::fmt::Display;

use jiff::civil::{Date, Time};
use phantom_model::Money;
use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::fault::PackFault;
use super::share::Share;

/// A read value, or what is wrong.
pub(crate) type Read<T> = Result<T, PackFault>;

/// The text of a file.
#[derive(Clone, Copy)]
pub(crate) struct Page<'t> {
    /// Its name, for messages.
    pub(crate) file: &'t str,
    /// What it holds.
    pub(crate) text: &'t str,
}

/// A table of a file. What has been taken is gone; what is left at [`Self::finish`] is unknown.
pub(crate) struct Section<'t> {
    place: Place<'t>,
    entries: DeTable<'t>,
    asked: Vec<&'static str>,
}

/// One value of a table or a list.
pub(crate) struct Field<'t> {
    place: Place<'t>,
    value: DeValue<'t>,
}

/// Where something stands.
#[derive(Clone)]
pub(crate) struct Place<'t> {
    page: Page<'t>,
    name: String,
    offset: usize,
}

impl<'t> Page<'t> {
    /// The file as its outermost table.
    pub(crate) fn read(self) -> Read<Section<'t>> {
        let entries = DeTable::parse(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let place = Place { page: self, name: String::new(), offset };
            place.wrong(format!("this is no TOML: {}", error.message()))
        })?;
        let place = Place { page: self, name: String::new(), offset: 0 };
        Ok(Section { place, entries: entries.into_inner(), asked: Vec::new() })
    }
}

impl Place<'_> {
    /// A fault here.
    pub(crate) fn wrong(&self, what: impl Display) -> PackFault {
        let before = self.page.text.get(..self.offset).unwrap_or(self.page.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let what = if self.name.is_empty() { what.to_string() } else { format!("{}: {what}", self.name) };
        PackFault::Wrong { file: self.page.file.to_owned(), line, what }
    }
}

impl<'t> Section<'t> {
    /// Where the table stands.
    pub(crate) fn place(&self) -> &Place<'t> {
        &self.place
    }

    /// A fault of the table as a whole.
    pub(crate) fn wrong(&self, what: impl Display) -> PackFault {
        self.place.wrong(what)
    }

    /// The value of a key; `None` when there is none.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Field<'t>> {
        self.asked.push(key);
        let (key, value) = self.entries.remove_entry(key)?;
        Some(self.field(&key, value))
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&mut self, key: &'static str) -> Read<Field<'t>> {
        if let Some(field) = self.take(key) {
            return Ok(field);
        }
        // A misspelt key is among those that are left.
        let left: Vec<_> = self.entries.keys().map(|key| key.get_ref().as_ref()).collect();
        let among = if left.is_empty() { String::new() } else { format!(" among {}", left.join(", ")) };
        Err(self.wrong(format!("{key} is missing{among}")))
    }

    /// The value of a key as a table; an empty one where there is none is not made up.
    pub(crate) fn need_section(&mut self, key: &'static str) -> Read<Section<'t>> {
        self.need(key)?.section()
    }

    /// The tables of a key; none when the key is not there.
    pub(crate) fn sections(&mut self, key: &'static str) -> Read<Vec<Section<'t>>> {
        self.take(key).map_or_else(|| Ok(Vec::new()), Field::sections)
    }

    /// Every entry that is left, in the order of the file: for tables whose keys are names.
    pub(crate) fn rest(mut self) -> Vec<(String, Field<'t>)> {
        let entries = std::mem::take(&mut self.entries);
        let mut fields: Vec<_> = entries
            .into_iter()
            .map(|(key, value)| (key.get_ref().to_string(), self.field(&key, value)))
            .collect();
        fields.sort_by_key(|(_, field)| field.place.offset);
        fields
    }

    /// That nothing is left which nobody asked for.
    pub(crate) fn finish(self) -> Read<()> {
        let first = self.entries.iter().min_by_key(|(key, _)| key.span().start);
        let Some((key, _)) = first else { return Ok(()) };
        let place = Place { offset: key.span().start, ..self.place.clone() };
        Err(place.wrong(format!(
            "{:?} is not known here; there are: {}",
            key.get_ref(),
            self.asked.join(", ")
        )))
    }

    fn field<K: AsRef<str>>(&self, key: &Spanned<K>, value: Spanned<DeValue<'t>>) -> Field<'t> {
        let key_name = key.get_ref().as_ref();
        let outer = &self.place.name;
        let name = if outer.is_empty() { key_name.to_owned() } else { format!("{outer}.{key_name}") };
        // A table in its own brackets and a value on a later line both start at their value.
        let place = Place { page: self.place.page, name, offset: value.span().start };
        Field { place, value: value.into_inner() }
    }
}

impl<'t> Field<'t> {
    /// Where the value stands.
    pub(crate) fn place(&self) -> &Place<'t> {
        &self.place
    }

    /// A fault of the value.
    pub(crate) fn wrong(&self, what: impl Display) -> PackFault {
        self.place.wrong(what)
    }

    /// The value as a table.
    pub(crate) fn section(self) -> Read<Section<'t>> {
        let Self { place, value } = self;
        let DeValue::Table(entries) = value else { return Err(place.wrong("must be a table")) };
        Ok(Section { place, entries, asked: Vec::new() })
    }

    /// The value as a list of tables.
    pub(crate) fn sections(self) -> Read<Vec<Section<'t>>> {
        self.list("a list of tables")?.into_iter().map(Self::section).collect()
    }

    /// The value as a list; each entry has its own place.
    pub(crate) fn list(self, what: &str) -> Read<Vec<Self>> {
        let Self { place, value } = self;
        let DeValue::Array(entries) = value else { return Err(place.wrong(format!("must be {what}"))) };
        Ok(fields_of(&place, entries))
    }

    /// The value as text.
    pub(crate) fn text(&self) -> Read<&str> {
        match &self.value {
            DeValue::String(text) => Ok(text),
            DeValue::Integer(_) | DeValue::Float(_) => Err(self.wrong("must be text: put it in quotes")),
            DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                Err(self.wrong("must be text in quotes"))
            }
        }
    }

    /// The value as text that is not blank.
    pub(crate) fn words(&self) -> Read<String> {
        let text = self.text()?.trim();
        if text.is_empty() { Err(self.wrong("is empty")) } else { Ok(text.to_owned()) }
    }

    /// The value as text that means something; `right` says what would.
    pub(crate) fn parse<T>(&self, right: &str, read: impl FnOnce(&str) -> Option<T>) -> Read<T> {
        let text = self.text()?;
        read(text).ok_or_else(|| self.wrong(format!("{text:?} is not {right}")))
    }

    /// One of the words of a list.
    pub(crate) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Read<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        found.ok_or_else(|| {
            let known: Vec<_> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            self.wrong(format!("{text:?} is not known here; there are: {}", known.join(", ")))
        })
    }

    /// An id: small letters, digits and hyphens.
    pub(crate) fn id(&self) -> Read<String> {
        self.parse("an id of small letters, digits and -", |text| {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            (!text.is_empty() && text.len() <= 40 && text.bytes().all(fits)).then(|| text.to_owned())
        })
    }

    /// An amount of US dollars, of any sign.
    pub(crate) fn money(&self) -> Read<Money> {
        self.parse("an amount of US dollars with at most four decimals, such as \"2000\"", read_money)
    }

    /// An amount of US dollars above zero.
    pub(crate) fn positive_money(&self) -> Read<Money> {
        let money = self.money()?;
        if money > Money::ZERO { Ok(money) } else { Err(self.wrong("must be above zero")) }
    }

    /// A share above zero, as a decimal of the whole.
    pub(crate) fn share(&self) -> Read<Share> {
        self.parse("a share such as \"0.55\" with at most four decimals", |text| {
            Share::from_decimal(plain_decimal(text)?)
        })
    }

    /// A share above zero and not above the whole.
    pub(crate) fn part(&self) -> Read<Share> {
        let share = self.share()?;
        if share <= Share::WHOLE { Ok(share) } else { Err(self.wrong("must not be above 1")) }
    }

    /// A day.
    pub(crate) fn date(&self) -> Read<Date> {
        self.parse("a date such as \"2026-11-27\"", read_date)
    }

    /// A time of the day.
    pub(crate) fn clock(&self) -> Read<Time> {
        self.parse("a time such as \"15:10\"", read_clock)
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&self, least: u32, most: u32) -> Read<u32> {
        let right = format!("must be a whole number from {least} to {most}");
        let DeValue::Integer(number) = &self.value else { return Err(self.wrong(right)) };
        let number = u32::from_str_radix(number.as_str(), number.radix()).ok();
        number.filter(|it| (least..=most).contains(it)).ok_or_else(|| self.wrong(right))
    }
}

fn fields_of<'t>(place: &Place<'t>, entries: DeArray<'t>) -> Vec<Field<'t>> {
    let field = |(index, value): (usize, Spanned<DeValue<'t>>)| {
        let name = format!("{}[{index}]", place.name);
        Field {
            place: Place { page: place.page, name, offset: value.span().start },
            value: value.into_inner(),
        }
    };
    entries.into_iter().enumerate().map(field).collect()
}

/// Digits, at most one point, at most one minus before them; nothing else that a decimal could be.
pub(crate) fn plain_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.ends_with(|last: char| last.is_ascii_digit());
    Decimal::from_str_exact(text).ok().filter(|_| plain)
}

/// The largest amount that a rule can hold, either way: far above any account, and small enough that
/// no sum of rules leaves its range.
const MONEY_MAX: i64 = 1_000_000_000;

/// An amount of US dollars as it is written.
pub(crate) fn read_money(text: &str) -> Option<Money> {
    let dollars = plain_decimal(text).filter(|dollars| dollars.abs() <= Decimal::from(MONEY_MAX))?;
    Money::from_decimal(dollars)
}

/// A date in its one spelling.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let plain = text.len() == "YYYY-MM-DD".len() && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    text.parse().ok().filter(|_| plain)
}

/// A time in its one spelling.
pub(crate) fn read_clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}
