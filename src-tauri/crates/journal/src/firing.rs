//! What became of every stop and target that fired, from the facts alone.

use std::collections::BTreeMap;
use std::path::Path;

use phantom_engine::fact::{Leg, Purpose};
use phantom_engine::{Fact, FactBody};
use phantom_model::price::Grid;
use phantom_model::{
    ArenaKey, ContractId, FailReason, LotId, Money, OrderId, Price, Side, Timestamp, TradingDay,
};

use crate::contracts::{self, ListedContract};
use crate::reading;
use crate::table::quoted;
use crate::verify::{self, ReadFault};

/// A stop or target that fired, and its exits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Firing {
    /// The lot.
    pub lot: LotId,
    /// The contract, by name.
    pub contract: String,
    /// Which leg.
    pub leg: Leg,
    /// The number of the fact that says so.
    pub seq: u64,
    /// Where the leg stood.
    pub level: String,
    /// The price that fired it.
    pub print: String,
    /// The market's own stamp of that price.
    pub printed_at: Timestamp,
    /// When it was decided.
    pub fired_at: Timestamp,
    /// The side that opened the lot; `None` before an exit was sent.
    pub side: Option<Side>,
    /// The exits that it took, in order.
    pub exits: Vec<FiredExit>,
    /// Contracts filled.
    pub filled: u32,
    /// Their average price, two decimals finer than the contract's.
    pub average: Option<String>,
    /// How much worse than the price that fired it, summed over contracts, in ticks; below zero is better.
    pub slippage_ticks: i64,
    /// The same in money.
    pub slippage: Money,
    /// Gross profit of what its exits closed.
    pub realized: Money,
}

/// One exit of a firing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FiredExit {
    /// The order.
    pub order: OrderId,
    /// Contracts.
    pub qty: u32,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the broker had it.
    pub accepted_at: Option<Timestamp>,
    /// Its executions: when, contracts, price.
    pub fills: Vec<(Timestamp, u32, String)>,
    /// Why the broker refused it.
    pub failed: Option<FailReason>,
}

impl Firing {
    /// When the first exit was sent.
    #[must_use]
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.exits.first().map(|exit| exit.sent_at)
    }

    /// When the broker had the first exit that it took.
    #[must_use]
    pub fn accepted_at(&self) -> Option<Timestamp> {
        self.exits.iter().find_map(|exit| exit.accepted_at)
    }

    /// When the last contract was filled.
    #[must_use]
    pub fn filled_at(&self) -> Option<Timestamp> {
        self.exits.iter().flat_map(|exit| &exit.fills).map(|(at, ..)| *at).next_back()
    }
}

/// What the fact of a firing says.
struct Fired {
    lot: LotId,
    leg: Leg,
    print: Price,
    level: Price,
    printed_at: Timestamp,
}

/// A firing in the making.
struct Open {
    firing: Firing,
    contract: ContractId,
    print: Price,
    /// The side of its exits.
    side: Option<Side>,
    cost_ticks: i128,
    day: String,
}

/// Every firing of a journal, or of one day.
///
/// # Errors
/// [`ReadFault`].
pub fn all(path: &Path, day: Option<TradingDay>) -> Result<Vec<Firing>, ReadFault> {
    let db = verify::open(path)?;
    let contracts = contracts::read(&db).map_err(|fault| ReadFault::Contracts(fault.to_string()))?;
    let mut found = Firings { contracts: &contracts, all: Vec::new(), by_lot: BTreeMap::new() };
    reading::walk(&db, contracts.len(), |it, fact| {
        let contract = it.contract.and_then(|row| u32::try_from(row).ok()).map(ContractId::from_row);
        found.note(it.day, contract, &fact);
    });
    let day = day.map(|day| day.to_string());
    let wanted = found.all.into_iter().filter(|open| day.as_ref().is_none_or(|day| *day == open.day));
    Ok(wanted.map(|open| finished(&contracts, open)).collect())
}

struct Firings<'a> {
    contracts: &'a [ListedContract],
    all: Vec<Open>,
    by_lot: BTreeMap<LotId, usize>,
}

impl Firings<'_> {
    fn note(&mut self, day: &str, contract: Option<ContractId>, fact: &Fact) {
        if let (FactBody::PhantomFired { lot, leg, print, level, printed_at }, Some(contract)) =
            (&fact.body, contract)
        {
            let fired = Fired { lot: *lot, leg: *leg, print: *print, level: *level, printed_at: *printed_at };
            self.by_lot.insert(*lot, self.all.len());
            self.all.push(Open::begun(self.contracts, contract, fact, &fired, day));
            return;
        }
        let Some(lot) = lot_of(&fact.body) else { return };
        let open = self.by_lot.get(&lot).and_then(|&place| self.all.get_mut(place));
        if let Some(open) = open {
            open.note(self.contracts, fact);
        }
    }
}

/// The lot whose exit a fact is about.
fn lot_of(body: &FactBody) -> Option<LotId> {
    if let FactBody::OrderSubmitted { order: OrderId::LotExit { lot, .. }, .. }
    | FactBody::OrderAccepted { order: OrderId::LotExit { lot, .. } }
    | FactBody::OrderFailed { order: OrderId::LotExit { lot, .. }, .. }
    | FactBody::OrderFilled { order: OrderId::LotExit { lot, .. }, .. }
    | FactBody::LotReduced { by: OrderId::LotExit { lot, .. }, .. } = body
    {
        return Some(*lot);
    }
    None
}

impl Open {
    fn begun(
        contracts: &[ListedContract],
        contract: ContractId,
        fact: &Fact,
        fired: &Fired,
        day: &str,
    ) -> Self {
        let Fired { lot, leg, print, level, printed_at } = *fired;
        let listed = contracts.get(contract.row() as usize);
        let text = |price| listed.map(|listed| listed.terms.grid.text(price)).unwrap_or_default();
        let firing = Firing {
            lot,
            contract: listed.map(|listed| listed.name.clone()).unwrap_or_default(),
            leg,
            seq: fact.seq,
            level: text(level),
            print: text(print),
            printed_at,
            fired_at: fact.at,
            side: None,
            exits: Vec::new(),
            filled: 0,
            average: None,
            slippage_ticks: 0,
            slippage: Money::ZERO,
            realized: Money::ZERO,
        };
        Self { firing, contract, print, side: None, cost_ticks: 0, day: day.to_owned() }
    }

    fn note(&mut self, contracts: &[ListedContract], fact: &Fact) {
        let firing = &mut self.firing;
        if let FactBody::OrderSubmitted { order, side, qty, purpose: Purpose::LotExit { .. }, .. } =
            &fact.body
        {
            let (qty, accepted_at, fills, failed) = (qty.contracts(), None, Vec::new(), None);
            firing.exits.push(FiredExit { order: *order, qty, sent_at: fact.at, accepted_at, fills, failed });
            firing.side = Some(side.opposite());
            self.side = Some(*side);
        } else if let FactBody::OrderAccepted { order } = &fact.body {
            if let Some(exit) = firing.exits.iter_mut().find(|exit| exit.order == *order) {
                exit.accepted_at.get_or_insert(fact.at);
            }
        } else if let FactBody::OrderFailed { order, reason } = &fact.body {
            if let Some(exit) = firing.exits.iter_mut().find(|exit| exit.order == *order) {
                exit.failed = Some(*reason);
            }
        } else if let FactBody::OrderFilled { order, qty, price, .. } = &fact.body {
            let worse = self.side.map_or(0, |side| (*price - self.print).count() * side.sign());
            let listed = contracts.get(self.contract.row() as usize);
            let text = listed.map(|listed| listed.terms.grid.text(*price)).unwrap_or_default();
            if let Some(exit) = firing.exits.iter_mut().find(|exit| exit.order == *order) {
                exit.fills.push((fact.at, qty.contracts(), text));
            }
            firing.filled = firing.filled.saturating_add(qty.contracts());
            firing.slippage_ticks += worse * i64::from(qty.contracts());
            self.cost_ticks += i128::from(price.ticks()) * i128::from(qty.contracts());
        } else if let FactBody::LotReduced { realized, .. } = &fact.body {
            firing.realized += *realized;
        }
    }
}

fn finished(contracts: &[ListedContract], open: Open) -> Firing {
    let Open { mut firing, contract, cost_ticks, .. } = open;
    if let Some(ListedContract { terms, .. }) = contracts.get(contract.row() as usize) {
        let grid: &Grid = &terms.grid;
        let mean = grid.mean(cost_ticks, u64::from(firing.filled), 2).filter(|_| firing.filled > 0);
        firing.average = mean.map(|mean| mean.to_string());
        firing.slippage = terms.tick_value * firing.slippage_ticks;
    }
    firing
}

/// Firings as a table for a spreadsheet.
#[must_use]
pub(crate) fn table(firings: &[Firing]) -> String {
    let mut text = String::from(
        "fact,lot,contract,leg,level,fired_by,printed_at,fired_at,sent_at,accepted_at,filled_at,exits,filled,average,slippage_ticks,slippage,realized\n",
    );
    for it in firings {
        let time = |at: Option<Timestamp>| at.map(Timestamp::exact_text).unwrap_or_default();
        let exits: Vec<String> = it.exits.iter().map(|exit| exit.order.to_string()).collect();
        let cells = [
            it.seq.to_string(),
            it.lot.to_string(),
            it.contract.clone(),
            if it.leg == Leg::Stop { "stop" } else { "target" }.to_owned(),
            it.level.clone(),
            it.print.clone(),
            it.printed_at.exact_text(),
            it.fired_at.exact_text(),
            time(it.sent_at()),
            time(it.accepted_at()),
            time(it.filled_at()),
            exits.join(" "),
            it.filled.to_string(),
            it.average.clone().unwrap_or_default(),
            it.slippage_ticks.to_string(),
            it.slippage.exact_text(),
            it.realized.exact_text(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push('\n');
    }
    text
}
