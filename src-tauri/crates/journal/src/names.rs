//! The names that signals have at their source.

use std::collections::BTreeMap;

use phantom_engine::FactBody;
use rusqlite::Connection;
use serde_json::Value;

use crate::{body, line};

/// Names by run and place.
pub(crate) struct SignalNames(BTreeMap<(i64, u32), String>);

impl SignalNames {
    pub(crate) fn read(db: &Connection) -> rusqlite::Result<Self> {
        let mut statement = db.prepare("SELECT run, place, name FROM signal")?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        rows.collect::<rusqlite::Result<_>>().map(Self)
    }

    /// The name of the signal that caused a fact.
    pub(crate) fn of(&self, run: i64, fact: &FactBody) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        let written = body::write(fact).ok()?;
        let stored: Value = serde_json::from_str(written.fields()).ok()?;
        self.0.get(&(run, line::signal_place(&stored)?)).map(String::as_str)
    }
}
