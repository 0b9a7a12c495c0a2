//! The history of an account, a page at a time: search, and filters by day, contract and kind.

use std::path::Path;

use phantom_engine::Fact;
use phantom_model::{ArenaKey, ContractId, Timestamp, TradingDay};
use rusqlite::{Connection, Row, ToSql};

use crate::contracts::{self, ListedContract};
use crate::line::{self, Beside};
use crate::names::SignalNames;
use crate::reading;
use crate::verify::{self, ReadFault};

/// A journal that is only read, beside the one that writes it or without one.
pub struct History {
    db: Connection,
    contracts: Vec<ListedContract>,
    signals: SignalNames,
}

/// What is looked for. Everything that is `None` or empty is not asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Of this trading day.
    pub day: Option<TradingDay>,
    /// About the contract of this name.
    pub contract: Option<String>,
    /// Of one of these kinds, such as `orderFilled`.
    pub kinds: Vec<String>,
    /// With this text in what it is about, its cause or its fields; letters of either case.
    pub text: String,
    /// Older than this fact.
    pub before: Option<u64>,
}

/// Facts, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// The facts.
    pub rows: Vec<HistoryRow>,
    /// Where the next page begins, for [`Wanted::before`]; `None` when this was the last.
    pub older: Option<u64>,
}

/// A fact as the history shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryRow {
    /// Its number.
    pub seq: u64,
    /// When it happened, on the market's clock.
    pub at: Timestamp,
    /// When it was recorded, on the wall's clock.
    pub recorded: Option<Timestamp>,
    /// The trading day.
    pub day: String,
    /// What happened.
    pub kind: String,
    /// The order, lot or flatten that it is about.
    pub about: Option<String>,
    /// The name of the contract that it is about.
    pub contract: Option<String>,
    /// Who or what caused it.
    pub cause: Option<String>,
    /// The refusal that it tells of, in words.
    pub words: Option<String>,
    /// The fact itself as a line of JSON, prices as decimals.
    pub line: String,
}

/// The most rows that a page has.
pub const PAGE_MAX: u32 = 1_000;

impl History {
    /// Opens a journal to read.
    ///
    /// # Errors
    /// [`ReadFault`].
    pub fn open(path: &Path) -> Result<Self, ReadFault> {
        let db = verify::open(path)?;
        let contracts = contracts::read(&db).map_err(|fault| ReadFault::Contracts(fault.to_string()))?;
        let signals = SignalNames::read(&db)?;
        Ok(Self { db, contracts, signals })
    }

    /// The trading days that there are, newest first.
    ///
    /// # Errors
    /// [`ReadFault`].
    pub fn days(&self) -> Result<Vec<TradingDay>, ReadFault> {
        let mut statement = self.db.prepare(
            // One step of the index a day, however many facts it has.
            "WITH RECURSIVE days (day) AS (
                 SELECT max(day) FROM event
                 UNION ALL
                 SELECT (SELECT max(day) FROM event WHERE day < days.day) FROM days WHERE days.day IS NOT NULL
             ) SELECT day FROM days WHERE day IS NOT NULL",
        )?;
        let days = statement.query_map([], |row| row.get::<_, String>(0))?;
        let days = days.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(days.iter().filter_map(|day| day.parse().ok()).collect())
    }

    /// The names of the contracts that facts are about.
    pub fn contracts(&self) -> impl Iterator<Item = &str> {
        self.contracts.iter().map(|contract| contract.name.as_str())
    }

    /// A page of at most `rows` facts, and at most [`PAGE_MAX`].
    ///
    /// # Errors
    /// [`ReadFault`].
    pub fn page(&self, wanted: &Wanted, rows: u32) -> Result<Page, ReadFault> {
        let contract = match &wanted.contract {
            None => None,
            Some(name) => match self.contracts.iter().position(|contract| contract.name == *name) {
                Some(place) => i64::try_from(place).ok(),
                None => return Ok(Page::default()),
            },
        };
        let rows = rows.clamp(1, PAGE_MAX);
        let like = format!("%{}%", escaped(&wanted.text));
        let day = wanted.day.map(|day| day.to_string());
        let before = wanted.before.map_or(i64::MAX, u64::cast_signed);
        let limit = i64::from(rows) + 1;
        let mut asked: Vec<&dyn ToSql> = vec![&before, &day, &contract, &like, &limit];
        asked.extend(wanted.kinds.iter().map(|kind| kind as &dyn ToSql));
        let mut statement = self.db.prepare_cached(&query(wanted))?;
        let found = statement.query_map(&*asked, |row| self.row(row))?;
        let mut page = Page { rows: found.collect::<rusqlite::Result<_>>()?, older: None };
        if page.rows.len() > rows as usize {
            page.rows.truncate(rows as usize);
            page.older = page.rows.last().map(|row| row.seq);
        }
        Ok(page)
    }

    fn row(&self, row: &Row<'_>) -> rusqlite::Result<HistoryRow> {
        let it = reading::columns(row)?;
        let contract = it.contract.and_then(|row| u32::try_from(row).ok()).map(ContractId::from_row);
        let name = contract.and_then(|contract| self.contracts.get(contract.row() as usize));
        let fact = reading::fact(&mut String::new(), &it);
        let line = fact.as_ref().map_or_else(
            |why| Ok(format!("this version cannot read it: {why}")),
            |fact| self.line(fact, it.run, contract),
        );
        Ok(HistoryRow {
            seq: it.seq.cast_unsigned(),
            at: Timestamp::from_nanos(it.at_ns),
            recorded: it.wall_ns.map(Timestamp::from_nanos),
            day: it.day.to_owned(),
            kind: it.kind.to_owned(),
            about: it.entity.map(str::to_owned),
            contract: name.map(|contract| contract.name.clone()),
            cause: it.cause.map(str::to_owned),
            words: fact.as_ref().ok().and_then(|fact| line::words(&fact.body)),
            line: line.unwrap_or_default(),
        })
    }

    fn line(&self, fact: &Fact, run: i64, contract: Option<ContractId>) -> serde_json::Result<String> {
        let signal = self.signals.of(run, &fact.body);
        line::write(&self.contracts, fact, &Beside { contract, signal, wall_ns: None, mono_ns: None })
    }
}

fn query(wanted: &Wanted) -> String {
    let mut conditions = vec!["seq < ?1"];
    // Asked for only where wanted: an index is used where there is one.
    let optional = [
        (wanted.day.is_some(), "day = ?2"),
        (wanted.contract.is_some(), "contract = ?3"),
        (
            !wanted.text.is_empty(),
            "(body LIKE ?4 ESCAPE '\\' OR entity LIKE ?4 ESCAPE '\\' OR cause LIKE ?4 ESCAPE '\\' OR kind LIKE ?4 ESCAPE '\\')",
        ),
    ];
    conditions
        .extend(optional.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, condition)| condition));
    let kinds: Vec<String> = (0..wanted.kinds.len()).map(|place| format!("?{}", place + 6)).collect();
    let kinds = format!("kind IN ({})", kinds.join(", "));
    if !wanted.kinds.is_empty() {
        conditions.push(&kinds);
    }
    let (columns, conditions) = (reading::COLUMNS, conditions.join(" AND "));
    // The parameters are always all there: those that are not asked for are named beside the limit.
    format!(
        "SELECT {columns} FROM event WHERE {conditions} ORDER BY seq DESC
         LIMIT max(?5, 0 * coalesce(length(?2), ?3, length(?4), 0))"
    )
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
