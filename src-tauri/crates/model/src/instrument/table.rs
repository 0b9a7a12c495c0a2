//! The contract table: every instrument, and the symbols that mean it.
//!
//! A symbol is a whole root or a whole alias, letter for letter. Nothing is ever found by a part of a
//! symbol: `MNQ` is not `NQ`, and `NQM` is nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::row::{BadField, RawInstrument};
use super::{FieldFault, Instrument, Mini, Month};

/// The project's own table.
const BUILT_IN: &str = include_str!("../../data/instruments.toml");

/// The one layout of the table that this code reads.
const SCHEMA_VERSION: u32 = 1;

/// The zone that the times of the table are in, the one that the desk knows.
const TIME_ZONE: &str = "America/Chicago";

/// The file. A section that is not listed here is refused, so that a misspelt row is not lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "some sections only explain the words of the rows to people")]
struct RawTable {
    schema_version: u32,
    as_of: String,
    time_zone: String,
    month_codes: IgnoredAny,
    symbol_formats: IgnoredAny,
    sessions: toml::Table,
    last_trade_rules: IgnoredAny,
    roll_conventions: IgnoredAny,
    topstep: RawTopstep,
    instrument: Vec<RawInstrument>,
}

#[derive(Deserialize)]
struct RawTopstep {
    permitted_roots: Vec<String>,
}

/// Every instrument that the desk knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstrumentTable {
    as_of: Date,
    rows: Vec<Arc<Instrument>>,
    by_symbol: BTreeMap<String, Arc<Instrument>>,
}

/// Why a contract table does not load.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TableError {
    /// Not TOML, or not the fields that a table has. Names the line.
    #[error("the contract table cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A layout that this code does not read.
    #[error("the contract table has layout {found}; this program reads layout {SCHEMA_VERSION}")]
    Layout {
        /// The layout that it says it has.
        found: u32,
    },
    /// Times in a zone that this code does not know.
    #[error("the contract table has times in {0:?}; this program reads {TIME_ZONE}")]
    TimeZone(String),
    /// The day of the facts is no date.
    #[error("the contract table says as_of {0:?}, which is no date")]
    AsOf(String),
    /// A field of a row is not what it must be.
    #[error("instrument {root:?}, {field}: {fault}")]
    Row {
        /// The root of the row, as it is written.
        root: String,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
}

impl InstrumentTable {
    /// The table that comes with the program.
    ///
    /// # Errors
    /// As [`Self::from_toml`]; none with the table that this version was tested with.
    pub fn built_in() -> Result<Self, TableError> {
        Self::from_toml(BUILT_IN)
    }

    /// The table of a TOML text.
    ///
    /// # Errors
    /// The first thing that is wrong, with its instrument and field.
    pub fn from_toml(text: &str) -> Result<Self, TableError> {
        let raw: RawTable = toml::from_str(text)?;
        if raw.schema_version != SCHEMA_VERSION {
            return Err(TableError::Layout { found: raw.schema_version });
        }
        if raw.time_zone != TIME_ZONE {
            return Err(TableError::TimeZone(raw.time_zone));
        }
        let as_of = raw.as_of.parse().map_err(|_| TableError::AsOf(raw.as_of))?;
        let mut table = Self { as_of, rows: Vec::new(), by_symbol: BTreeMap::new() };
        for row in raw.instrument {
            let root = row.root().to_owned();
            let added = row.check().and_then(|instrument| table.add(instrument));
            added.map_err(|bad| bad.in_row(&root))?;
        }
        for row in &table.rows {
            table.check(row, &raw.sessions, &raw.topstep).map_err(|bad| bad.in_row(row.root()))?;
        }
        Ok(table)
    }

    /// The day of the facts.
    #[must_use]
    pub const fn as_of(&self) -> Date {
        self.as_of
    }

    /// The instruments, in the order of the file.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Instrument>> {
        self.rows.iter()
    }

    /// The instrument of a symbol: a whole root or a whole alias, capitals and all.
    #[must_use]
    pub fn resolve(&self, symbol: &str) -> Option<&Arc<Instrument>> {
        self.by_symbol.get(symbol)
    }

    /// The instrument that a text [`Self::resolve`] does not know may have meant: small letters,
    /// blanks around it, a contract in place of a root. For messages only, never for orders.
    #[must_use]
    pub fn suggest(&self, symbol: &str) -> Option<&Arc<Instrument>> {
        let tidy = symbol.trim().to_ascii_uppercase();
        self.resolve(&tidy).or_else(|| self.resolve(root_of_contract(&tidy)?))
    }

    fn add(&mut self, instrument: Instrument) -> Result<(), BadField> {
        let instrument = Arc::new(instrument);
        let aliases = instrument.aliases.iter().map(|alias| ("aliases", alias));
        for (field, symbol) in [("root", &instrument.root)].into_iter().chain(aliases) {
            if let Some(owner) = self.by_symbol.insert(symbol.clone(), Arc::clone(&instrument)) {
                let fault = FieldFault::Taken { symbol: symbol.clone(), owner: owner.root.clone() };
                return Err(BadField { field, fault });
            }
        }
        self.rows.push(instrument);
        Ok(())
    }

    /// How a row stands to the rest of the file.
    fn check(&self, row: &Instrument, sessions: &toml::Table, topstep: &RawTopstep) -> Result<(), BadField> {
        if !sessions.contains_key(&row.session) {
            return Err(unknown("session", &row.session));
        }
        self.root_row("hedge_group", &row.hedge_group)?;
        if let Some(mini) = &row.mini {
            self.check_micro(row, mini)?;
        }
        if topstep.permitted_roots.contains(&row.root) != row.topstep_permitted {
            return Err(BadField { field: "topstep_permitted", fault: FieldFault::Permission });
        }
        let twin = self.rows.iter().find(|other| other.root != row.root && other.projectx == row.projectx);
        match (&row.projectx, twin) {
            (Some(projectx), Some(twin)) => Err(BadField {
                field: "projectx",
                fault: FieldFault::Taken { symbol: projectx.clone(), owner: twin.root.clone() },
            }),
            (Some(_) | None, None) | (None, Some(_)) => Ok(()),
        }
    }

    /// A micro is the stated part of its mini, and hedges what its mini hedges.
    fn check_micro(&self, row: &Instrument, mini: &Mini) -> Result<(), BadField> {
        let larger = self.root_row("micro_of", &mini.root)?;
        if larger.hedge_group != row.hedge_group {
            return Err(unknown("hedge_group", &row.hedge_group));
        }
        if row.point_value.checked_mul(Decimal::from(mini.micros)) == Some(larger.point_value) {
            return Ok(());
        }
        let expected = larger.point_value.checked_div(row.point_value).unwrap_or_default();
        Err(BadField { field: "micros_per_mini", fault: FieldFault::MicroRatio { expected } })
    }

    /// The row that a field names by its root.
    fn root_row(&self, field: &'static str, root: &str) -> Result<&Instrument, BadField> {
        self.rows.iter().find(|row| row.root == root).map(AsRef::as_ref).ok_or_else(|| unknown(field, root))
    }
}

impl BadField {
    fn in_row(self, root: &str) -> TableError {
        TableError::Row { root: root.to_owned(), field: self.field, fault: self.fault }
    }
}

fn unknown(field: &'static str, word: &str) -> BadField {
    BadField { field, fault: FieldFault::Unknown(word.to_owned()) }
}

/// The root in a contract such as `NQ 12-26`, `NQZ6` or `NQZ26`, whether or not there is one of that
/// name.
fn root_of_contract(text: &str) -> Option<&str> {
    if let Some((root, _expiry)) = text.split_once(' ') {
        return Some(root);
    }
    let code = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_year = (1..=2).contains(&(text.len() - code.len()));
    code.strip_suffix(|letter| Month::from_letter(letter).is_some()).filter(|_| is_year)
}

#[cfg(test)]
mod tests;
