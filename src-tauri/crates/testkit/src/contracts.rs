//! The contracts of the test world.
//!
//! | root | tick | one tick is | size |
//! | --- | --- | --- | --- |
//! | `GC` | 0.1 | 10 USD | 1 |
//! | `NQ` | 0.25 | 5 USD | 1 |
//! | `MGC` | 0.1 | 1 USD | 0.1 |
//! | `ZF` | 0.0078125 | 7.8125 USD | 1 |

use phantom_compliance::Minis;
use phantom_engine::ContractTerms;
use phantom_model::price::Grid;
use phantom_model::{Arena, ArenaKey, ContractId, Money, Price};

/// Root, tick size, units of money for one tick, thousandths of a mini.
const ROWS: [(&str, &str, i64, i64); 4] = [
    ("GC", "0.1", 100_000, 1_000),
    ("NQ", "0.25", 50_000, 1_000),
    ("MGC", "0.1", 10_000, 100),
    ("ZF", "0.0078125", 78_125, 1_000),
];

/// The contract of a root.
#[must_use]
pub fn contract(root: &str) -> ContractId {
    let row = ROWS.iter().position(|(name, ..)| *name == root);
    ContractId::from_row(row.and_then(|row| u32::try_from(row).ok()).unwrap())
}

/// The root of a contract.
#[must_use]
pub fn root(contract: ContractId) -> &'static str {
    ROWS.get(contract.row() as usize).unwrap().0
}

/// Every contract, with its root, in the order of their ids.
pub fn roots() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|(root, ..)| *root)
}

/// The tick grid of a root.
#[must_use]
pub fn grid(root: &str) -> Grid {
    let (_, tick, ..) = ROWS.iter().find(|(name, ..)| *name == root).unwrap();
    Grid::new(tick.parse().unwrap()).unwrap()
}

/// A price of a root, from its text.
#[must_use]
pub fn price(root: &str, text: &str) -> Price {
    match grid(root).parse(text.as_bytes()) {
        Ok(price) => price,
        Err(error) => panic!("{text} is no price of {root}: {error}"),
    }
}

/// The terms of all four, with the same fee per contract and side.
#[must_use]
pub fn terms(fee_per_side: Money) -> Arena<ContractId, ContractTerms> {
    let mut terms = Arena::new();
    for (root, _, tick_value_units, weight_thousandths) in ROWS {
        terms.push(ContractTerms {
            grid: grid(root),
            tick_value: Money::from_units(tick_value_units),
            weight: Minis::from_thousandths(weight_thousandths),
            fee_per_side,
        });
    }
    terms
}
