//! A simulated session of each instrument that has prices, and of those that are asked for later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use phantom_market::{SessionShape, ShapeError, SimulatedMarket, SimulatedSession};
use phantom_model::{ContractId, MarketRecord, Price, Timestamp};
use phantom_runtime::Listing;

/// Where the draws come from, and where prices were before.
pub(crate) struct Ground {
    pub(crate) listing: Arc<Listing>,
    pub(crate) seed: u64,
    /// The last price of each contract in an earlier run, by its name.
    pub(crate) last: BTreeMap<String, Price>,
}

/// A market that contracts can join.
pub(crate) struct SimulatedPrices {
    ground: Ground,
    fed: BTreeSet<ContractId>,
    market: SimulatedMarket,
}

impl SimulatedPrices {
    /// The sessions of `wanted`, all from `starts` on. An instrument that nothing is known of has none.
    ///
    /// # Errors
    /// [`ShapeError`] when an earlier price is none that a session can start at.
    pub(crate) fn new(
        ground: Ground,
        wanted: impl IntoIterator<Item = ContractId>,
        starts: Timestamp,
    ) -> Result<Self, ShapeError> {
        let mut prices = Self { ground, fed: BTreeSet::new(), market: SimulatedMarket::new([]) };
        let mut sessions = Vec::new();
        for contract in wanted {
            sessions.extend(prices.session(contract, starts)?);
        }
        prices.market = SimulatedMarket::new(sessions);
        Ok(prices)
    }

    /// The contracts with prices.
    pub(crate) fn fed(&self) -> impl Iterator<Item = ContractId> {
        self.fed.iter().copied()
    }

    /// A contract has prices from now on: whether it had none before and can have some.
    ///
    /// # Errors
    /// As for [`SimulatedPrices::new`]; then it goes on without.
    pub(crate) fn join(&mut self, contract: ContractId, at: Timestamp) -> Result<bool, ShapeError> {
        if self.fed.contains(&contract) {
            return Ok(false);
        }
        let session = self.session(contract, at)?;
        let joins = session.is_some();
        if let Some(session) = session {
            self.market.join(session);
        }
        Ok(joins)
    }

    /// The next record; `None` without any session.
    pub(crate) fn next_record(&mut self) -> Option<MarketRecord> {
        self.market.next()
    }

    fn session(
        &mut self,
        contract: ContractId,
        open: Timestamp,
    ) -> Result<Option<SimulatedSession>, ShapeError> {
        let Ground { listing, seed, last } = &self.ground;
        let listed = listing.contract(contract);
        let instrument = listed.instrument();
        let Some(shape) = SessionShape::of_root(instrument.root(), *instrument.grid()) else {
            return Ok(None);
        };
        let start = last.get(&listed.ninjatrader_name()).copied().unwrap_or(shape.start);
        let session = SimulatedSession::new(*seed, contract, SessionShape { start, ..shape }, open)?;
        self.fed.insert(contract);
        Ok(Some(session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Source;
    use phantom_model::Span;

    const MONDAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

    fn ground(last: &[(&str, Price)]) -> Ground {
        let listing = Arc::new(Source::listing_on(MONDAY).unwrap());
        let last = last.iter().map(|&(name, price)| (name.to_owned(), price)).collect();
        Ground { listing, seed: 7, last }
    }

    fn id(ground: &Ground, symbol: &str) -> ContractId {
        ground.listing.resolve(symbol).unwrap().contract
    }

    #[test]
    fn a_market_of_some_contracts_has_the_same_prices_of_them() {
        let starts = SimulatedMarket::opens_on(MONDAY);
        let gold = id(&ground(&[]), "GC");
        let of_gold = |wanted: &[ContractId]| -> Vec<MarketRecord> {
            let mut prices = SimulatedPrices::new(ground(&[]), wanted.iter().copied(), starts).unwrap();
            let records = std::iter::from_fn(|| prices.next_record());
            records.filter(|it| it.contract == gold).take(50).collect()
        };
        assert_eq!(of_gold(&[gold]), of_gold(&[id(&ground(&[]), "ES"), gold]));
    }

    #[test]
    fn a_contract_joins_once_and_goes_on_from_its_last_price() {
        let name = ground(&[]).listing.contract(id(&ground(&[]), "GC")).ninjatrader_name();
        let ground = ground(&[(&name, Price::new(38_000).unwrap())]);
        let (es, gold) = (id(&ground, "ES"), id(&ground, "GC"));
        let starts = SimulatedMarket::opens_on(MONDAY);
        let mut prices = SimulatedPrices::new(ground, [es], starts).unwrap();
        let first = prices.next_record().unwrap();
        let later = first.at + Span::from_millis(5_000);
        assert_eq!((prices.join(gold, later), prices.join(gold, later)), (Ok(true), Ok(false)));
        assert_eq!(prices.fed().collect::<BTreeSet<_>>(), BTreeSet::from([es, gold]));
        let records: Vec<MarketRecord> = std::iter::from_fn(|| prices.next_record()).take(5_000).collect();
        assert!(records.is_sorted_by_key(|it| it.at));
        let first_of_gold = records.iter().find(|it| it.contract == gold).unwrap();
        assert!(first_of_gold.at >= later, "none from before it was asked for");
        assert!((first_of_gold.print.last().ticks() - 38_000).abs() < 20, "{first_of_gold:?}");
    }

    #[test]
    fn without_any_session_there_is_no_price() {
        let mut prices = SimulatedPrices::new(ground(&[]), [], SimulatedMarket::opens_on(MONDAY)).unwrap();
        assert_eq!(prices.next_record(), None);
    }
}
