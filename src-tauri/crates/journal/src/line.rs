//! A fact as one line of JSON that a person reads and a program reads back.
//!
//! A record keeps prices in ticks and contracts by number. A line has prices as decimals and contracts by
//! name, and names the contract of every price: in the field `contract` where the fact has one, else in
//! `market`. `words` says a refusal as the trader saw it and `signal` is the name of the signal at its
//! source; both are for people and decide nothing. A line is read back before it is written: a fact whose
//! readable form would not be exactly the fact is written as it is stored, in the field `raw`.

use phantom_compliance::Refusal;
use phantom_engine::{Fact, FactBody};
use phantom_model::price::Grid;
use phantom_model::{ArenaKey, ContractId, Price, SignalRef, Timestamp};
use serde_json::{Map, Value, json};

use crate::body;
use crate::contracts::ListedContract;

/// Fields that hold a price in ticks.
const PRICES: [&str; 12] =
    ["price", "limit", "LIMIT", "stop", "target", "print", "level", "low", "high", "entry", "exit", "best"];
/// What was typed, and what the gate said of it, is kept to the letter.
const TO_THE_LETTER: [&str; 2] = ["ticket", "refusal"];
/// Fields of a line that are not fields of its fact.
const OF_THE_LINE: [&str; 9] = ["seq", "at", "kind", "market", "words", "signal", "raw", "wall", "monoNs"];

/// What a line says beside its fact.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Beside<'a> {
    /// The contract that the fact is about.
    pub(crate) contract: Option<ContractId>,
    /// The name of the signal that caused it.
    pub(crate) signal: Option<&'a str>,
    /// When it was recorded.
    pub(crate) wall_ns: Option<i64>,
    pub(crate) mono_ns: Option<i64>,
}

/// A line that was read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) fact: Fact,
    pub(crate) wall_ns: Option<i64>,
    pub(crate) mono_ns: Option<i64>,
    /// The signal that caused it, and its name.
    pub(crate) signal: Option<(u32, String)>,
}

/// The line of a fact, without its end.
///
/// # Errors
/// None that a fact of ours can cause.
pub(crate) fn write(
    contracts: &[ListedContract],
    fact: &Fact,
    beside: &Beside<'_>,
) -> Result<String, serde_json::Error> {
    let written = body::write(&fact.body)?;
    let mut line = Map::new();
    line.insert("seq".to_owned(), json!(fact.seq));
    line.insert("at".to_owned(), json!(fact.at.exact_text()));
    line.insert("kind".to_owned(), json!(written.kind()));
    let stored: Value = serde_json::from_str(written.fields())?;
    let fields = readable_fields(contracts, &stored, beside.contract);
    if let Some(fields) = fields {
        line.extend(fields);
    } else {
        line.insert("raw".to_owned(), stored);
    }
    let signal = beside.signal.map(|name| json!(name));
    let words = refusal(&fact.body).map(|refusal| json!(format!("{}: {refusal}", refusal.reason())));
    let wall = beside.wall_ns.map(|wall| json!(Timestamp::from_nanos(wall).exact_text()));
    let mono = beside.mono_ns.map(|mono| json!(mono));
    for (name, value) in [("signal", signal), ("words", words), ("wall", wall), ("monoNs", mono)] {
        line.extend(value.map(|value| (name.to_owned(), value)));
    }
    serde_json::to_string(&line)
}

/// The fields of a fact for people: prices as decimals, contracts by name. `None` where the way back would
/// not lead to the same fields.
pub(crate) fn readable_fields(
    contracts: &[ListedContract],
    stored: &Value,
    contract: Option<ContractId>,
) -> Option<Map<String, Value>> {
    let names = Names { contracts, grid: contract.and_then(|contract| grid(contracts, contract)) };
    let mut readable = stored.clone();
    names.to_people(&mut readable, "");
    let mut fields = match readable {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    if fields.keys().any(|name| OF_THE_LINE.contains(&name.as_str())) {
        return None;
    }
    let has_own = fields.contains_key("contract");
    let market = contract.and_then(|contract| contracts.get(contract.row() as usize));
    let mut back = if fields.is_empty() { Value::Null } else { Value::Object(fields.clone()) };
    Names { contracts, grid: names.grid }.to_store(&mut back, "");
    if back != *stored {
        return None;
    }
    if let Some(market) = market.filter(|_| !has_own) {
        fields.insert("market".to_owned(), json!(market.name));
    }
    Some(fields)
}

/// Reads a line.
///
/// # Errors
/// In words, what is wrong with it.
pub(crate) fn read(contracts: &[ListedContract], line: Map<String, Value>) -> Result<Read, String> {
    let mut line = line;
    let mut take = |name: &str| line.shift_remove(name);
    let seq = take("seq").as_ref().and_then(Value::as_u64).ok_or("it has no whole number seq")?;
    let at: Timestamp = text(take("at"), "at")?.parse().map_err(|fault| format!("at: {fault}"))?;
    let kind = text(take("kind"), "kind")?;
    let market = take("market").map(|name| text(Some(name), "market")).transpose()?;
    let signal = take("signal").map(|name| text(Some(name), "signal")).transpose()?;
    let wall = take("wall").map(|wall| text(Some(wall), "wall")).transpose()?;
    let wall =
        wall.map(|wall| wall.parse::<Timestamp>().map_err(|fault| format!("wall: {fault}"))).transpose()?;
    let mono_ns = take("monoNs").map(|mono| mono.as_i64().ok_or("monoNs is no whole number")).transpose()?;
    take("words");
    let stored = match take("raw") {
        Some(raw) if line.is_empty() => raw,
        Some(_) => return Err("it has fields beside raw".to_owned()),
        None => stored_fields(contracts, line, market)?,
    };
    let text = serde_json::to_string(&stored).map_err(|fault| fault.to_string())?;
    let body = body::read(&mut String::new(), &kind, &text).map_err(|fault| fault.to_string())?;
    let signal = signal.and_then(|name| Some((signal_place(&stored)?, name)));
    let wall_ns = wall.map(Timestamp::nanos);
    Ok(Read { fact: Fact { seq, at, body }, wall_ns, mono_ns, signal })
}

fn stored_fields(
    contracts: &[ListedContract],
    fields: Map<String, Value>,
    market: Option<String>,
) -> Result<Value, String> {
    let market = match (market, fields.get("contract")) {
        (Some(name), _) => Some(name),
        (None, Some(Value::String(name))) => Some(name.clone()),
        (None, _) => None,
    };
    let market = market.map(|name| find(contracts, &name).ok_or_else(|| format!("{name:?} is not listed")));
    let grid = market.transpose()?.and_then(|contract| grid(contracts, contract));
    let names = Names { contracts, grid };
    let mut stored = if fields.is_empty() { Value::Null } else { Value::Object(fields) };
    names.to_store(&mut stored, "");
    Ok(stored)
}

/// The place of the signal in a field `origin`.
pub(crate) fn signal_place(stored: &Value) -> Option<u32> {
    let signal: SignalRef = stored.get("origin")?.get("signal")?.as_str()?.parse().ok()?;
    Some(signal.place())
}

fn text(value: Option<Value>, name: &str) -> Result<String, String> {
    match value {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("it has no text {name}")),
    }
}

fn refusal(body: &FactBody) -> Option<&Refusal> {
    if let FactBody::OrderRejected { what, .. } = body {
        return Some(&what.1);
    }
    if let FactBody::ChangeRejected { refusal, .. } | FactBody::ProtectionRejected { refusal, .. } = body {
        return Some(refusal);
    }
    None
}

/// The refusal that a fact is about, in words.
pub(crate) fn words(body: &FactBody) -> Option<String> {
    refusal(body).map(|refusal| format!("{}: {refusal}", refusal.reason()))
}

fn grid(contracts: &[ListedContract], contract: ContractId) -> Option<Grid> {
    contracts.get(contract.row() as usize).map(|contract| contract.terms.grid)
}

fn find(contracts: &[ListedContract], name: &str) -> Option<ContractId> {
    let row = contracts.iter().position(|contract| contract.name == name)?;
    u32::try_from(row).ok().map(ContractId::from_row)
}

/// The two ways between a stored and a readable value.
struct Names<'a> {
    contracts: &'a [ListedContract],
    grid: Option<Grid>,
}

impl Names<'_> {
    fn to_people(&self, value: &mut Value, field: &str) {
        self.each(value, field, &|it, value, field| it.one_to_people(value, field));
    }

    fn to_store(&self, value: &mut Value, field: &str) {
        self.each(value, field, &|it, value, field| it.one_to_store(value, field));
    }

    fn each(&self, value: &mut Value, field: &str, one: &dyn Fn(&Self, &mut Value, &str)) {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter_mut().filter(|(name, _)| !TO_THE_LETTER.contains(&name.as_str()));
                fields.for_each(|(name, value)| self.each(value, name, one));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.each(value, field, one)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => one(self, value, field),
        }
    }

    fn one_to_people(&self, value: &mut Value, field: &str) {
        let readable = match value {
            Value::Number(ticks) if PRICES.contains(&field) => {
                let price = ticks.as_i64().and_then(Price::new);
                self.grid.zip(price).map(|(grid, price)| grid.text(price))
            }
            Value::String(id) => {
                let contract = id.parse::<ContractId>().ok();
                let contract = contract.and_then(|contract| self.contracts.get(contract.row() as usize));
                contract.map(|contract| contract.name.clone())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        };
        if let Some(readable) = readable {
            *value = json!(readable);
        }
    }

    fn one_to_store(&self, value: &mut Value, field: &str) {
        let Value::String(text) = &*value else { return };
        let price = self.grid.filter(|_| PRICES.contains(&field));
        let price = price.and_then(|grid| grid.parse(text.as_bytes()).ok());
        if let Some(price) = price {
            *value = json!(price.ticks());
        } else if let Some(contract) = find(self.contracts, text) {
            *value = json!(contract.to_string());
        }
    }
}
