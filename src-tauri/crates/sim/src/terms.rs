//! The contracts of the simulated world: four, with unlike ticks and sizes.

use phantom_compliance::Minis;
use phantom_engine::ContractTerms;
use phantom_model::price::Grid;
use phantom_model::{Arena, ArenaKey, ContractId, Money, Price};
use rust_decimal::Decimal;

/// Name, tick size in units of 10^-scale, scale, units of money for one tick, thousandths of a mini,
/// first price in ticks.
const ROWS: [(&str, i64, u32, i64, i64, i64); 4] = [
    ("GC", 1, 1, 100_000, 1_000, 13_200),
    ("NQ", 25, 2, 50_000, 1_000, 16_000),
    ("MGC", 1, 1, 10_000, 100, 13_200),
    ("ZF", 78_125, 7, 78_125, 1_000, 14_400),
];

/// How many contracts there are.
pub const CONTRACTS: usize = ROWS.len();

/// The terms of all contracts, with a fee of 2.10 per contract and side.
#[must_use]
pub fn terms() -> Arena<ContractId, ContractTerms> {
    let mut terms = Arena::new();
    for (_, tick, scale, tick_value, weight, _) in ROWS {
        let Some(grid) = Grid::new(Decimal::new(tick, scale)) else { continue };
        terms.push(ContractTerms {
            grid,
            tick_value: Money::from_units(tick_value),
            weight: Minis::from_thousandths(weight),
            fee_per_side: Money::from_units(21_000),
        });
    }
    terms
}

/// The contract in this place.
#[must_use]
pub fn contract(place: usize) -> ContractId {
    ContractId::from_row(u32::try_from(place).unwrap_or(0))
}

/// Its name.
#[must_use]
pub fn name(contract: ContractId) -> &'static str {
    ROWS.get(contract.row() as usize).map_or("?", |row| row.0)
}

/// Where its price begins, in ticks.
#[must_use]
pub fn first_ticks(contract: ContractId) -> i64 {
    ROWS.get(contract.row() as usize).map_or(0, |row| row.5)
}

/// A price that is not below one tick.
#[must_use]
pub fn price(ticks: i64) -> Option<Price> {
    Price::new(ticks.max(1))
}
