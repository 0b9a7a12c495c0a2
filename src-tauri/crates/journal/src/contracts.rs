//! The contracts that a journal speaks of, in the order of their ids.
//!
//! A fact names a contract by its row. The journal keeps which contract that row is, for good: contracts
//! are only ever added, so that an old fact means the same for ever.

use phantom_compliance::Minis;
use phantom_engine::ContractTerms;
use phantom_model::price::Grid;
use phantom_model::{Arena, ContractId, Money};
use rusqlite::{Connection, Row, params};
use rust_decimal::Decimal;

use crate::chain::{self, Digest};
use crate::fault::{ContractFault, OpenFault};

/// A contract and what the engine must know of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedContract {
    /// The desk's own spelling: `NQ 12-26`.
    pub name: String,
    /// What the engine must know.
    pub terms: ContractTerms,
}

/// The contracts of a journal as the engine takes them.
pub(crate) fn terms(contracts: &[ListedContract]) -> Arena<ContractId, ContractTerms> {
    let mut terms = Arena::new();
    for contract in contracts {
        terms.push(contract.terms.clone());
    }
    terms
}

/// A hash over contracts and their order.
pub(crate) fn digest(contracts: &[ListedContract]) -> Digest {
    let mut hash = chain::Hash::new();
    for ListedContract { name, terms } in contracts {
        hash.text(name);
        for word in words(terms) {
            hash.text(&word);
        }
    }
    hash.end()
}

/// Size and value of a tick, weight and fee.
fn words(terms: &ContractTerms) -> [String; 4] {
    [
        terms.grid.tick_size().to_string(),
        terms.tick_value.exact_text(),
        terms.weight.to_string(),
        terms.fee_per_side.exact_text(),
    ]
}

/// Those of the journal first, in their order, then those that are new. What may change of a contract that
/// is known (its weight and fees) is taken from `wanted`.
pub(crate) fn merged(
    known: Vec<ListedContract>,
    wanted: &[ListedContract],
) -> Result<Vec<ListedContract>, OpenFault> {
    let mut all = known;
    for contract in wanted {
        match all.iter_mut().find(|known| known.name == contract.name) {
            None => all.push(contract.clone()),
            Some(known) if same_market(known, contract) => known.terms = contract.terms.clone(),
            Some(_) => return Err(OpenFault::ContractChanged { name: contract.name.clone() }),
        }
    }
    Ok(all)
}

/// A price in ticks means the same money in both.
fn same_market(one: &ListedContract, other: &ListedContract) -> bool {
    one.terms.grid == other.terms.grid && one.terms.tick_value == other.terms.tick_value
}

/// All contracts of a journal.
pub(crate) fn read(db: &Connection) -> Result<Vec<ListedContract>, ContractFault> {
    let mut statement = db.prepare(
        "SELECT id, name, tick_size, tick_value, weight, fee_per_side, hash FROM contract ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut contracts = Vec::new();
    while let Some(row) = rows.next()? {
        let place = i64::try_from(contracts.len()).unwrap_or(i64::MAX);
        contracts.push(read_one(row, place)?);
    }
    Ok(contracts)
}

fn read_one(row: &Row<'_>, place: i64) -> Result<ListedContract, ContractFault> {
    let broken = || ContractFault::Broken { place };
    let id: i64 = row.get(0)?;
    let name: String = row.get(1)?;
    let [tick_size, tick_value, weight, fee]: [String; 4] =
        [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
    let hash: Vec<u8> = row.get(6)?;
    if id != place || hash != hash_of(place, &name, &[&tick_size, &tick_value, &weight, &fee]) {
        return Err(broken());
    }
    let grid = tick_size.parse::<Decimal>().ok().and_then(Grid::new).ok_or_else(broken)?;
    let money = |text: &str| text.parse::<Money>().map_err(|_| broken());
    let terms = ContractTerms {
        grid,
        tick_value: money(&tick_value)?,
        weight: weight.parse::<Minis>().map_err(|_| broken())?,
        fee_per_side: money(&fee)?,
    };
    Ok(ListedContract { name, terms })
}

/// Writes those that are new or have other terms.
pub(crate) fn write(db: &Connection, contracts: &[ListedContract]) -> rusqlite::Result<()> {
    let mut statement = db.prepare(
        "INSERT INTO contract (id, name, tick_size, tick_value, weight, fee_per_side, decimals, tick_units, scale, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?10, ?9)
         ON CONFLICT (id) DO UPDATE SET weight = ?5, fee_per_side = ?6, hash = ?9 WHERE hash <> ?9",
    )?;
    for (place, ListedContract { name, terms }) in contracts.iter().enumerate() {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let tick_size = terms.grid.tick_size();
        let words = words(terms);
        let [size, value, weight, fee] = &words;
        let hash = hash_of(place, name, &[size, value, weight, fee]);
        let units = i64::try_from(tick_size.mantissa()).unwrap_or(i64::MAX);
        let (decimals, scale) = (tick_size.scale(), 10_i64.saturating_pow(tick_size.scale()));
        statement.execute(params![place, name, size, value, weight, fee, decimals, units, hash, scale])?;
    }
    Ok(())
}

fn hash_of(place: i64, name: &str, words: &[&str; 4]) -> Vec<u8> {
    let mut hash = chain::Hash::new();
    hash.number(place);
    hash.text(name);
    for word in words {
        hash.text(word);
    }
    hash.end().to_vec()
}
