//! Where prices come from: a simulated session of every instrument, or one tick file.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use phantom_market::{PriceKind, ShapeError, SimulatedMarket, TickFile, TickFileError, TickFileName};
use phantom_model::{
    ArenaKey, Contract, ContractError, ContractId, InstrumentTable, MarketRecord, NoContract, TableError,
    Timestamp, front_contract, trading_day,
};
use phantom_runtime::{Listing, ListingError};
use phantom_station::MarketPlace;
use phantom_wire::MarketSource;

use super::simulated::{Ground, SimulatedPrices};

/// Why a market cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MarketFault {
    #[error(transparent)]
    File(#[from] TickFileError),
    #[error("{file}: the file holds {kind:?} prices; the desk needs trades, a file named Last")]
    NoTrades { file: String, kind: PriceKind },
    #[error("{file}: its name says a contract that cannot be: {source}")]
    Name { file: String, source: ContractError },
    #[error("{file}: its name says no contract, and {symbol:?}, the default symbol, is no instrument")]
    NoContract { file: String, symbol: String },
    #[error("a simulated market has no file")]
    NoFile,
    #[error("{file}: the file holds no trade")]
    Empty { file: String },
    #[error(transparent)]
    NoFrontMonth(#[from] NoContract),
    #[error(transparent)]
    Listing(#[from] ListingError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

/// A market that is ready to run.
pub(crate) struct Source {
    pub(crate) listing: Arc<Listing>,
    /// The contracts that it has prices of.
    pub(crate) fed: Vec<ContractId>,
    /// What the market's clock shows at the start.
    pub(crate) starts: Timestamp,
    pub(crate) records: Records,
}

/// The records themselves.
pub(crate) enum Records {
    Simulated(Box<SimulatedPrices>),
    None,
    File { first: Option<MarketRecord>, contract: ContractId, file: Box<TickFile<File>> },
}

impl Source {
    /// The market of a tick file.
    pub(crate) fn open(source: &MarketSource, default_symbol: &str) -> Result<Self, MarketFault> {
        let table = Arc::new(InstrumentTable::built_in()?);
        match source {
            MarketSource::Simulated {} => Err(MarketFault::NoFile),
            MarketSource::File { path } => Self::file(table, Path::new(path), default_symbol),
        }
    }

    /// The contracts that are traded on a day.
    pub(crate) fn listing_on(today: jiff::civil::Date) -> Result<Listing, MarketFault> {
        let table = Arc::new(InstrumentTable::built_in()?);
        Ok(Listing::new(table, [], today)?)
    }

    /// No prices at all: what there is while a broker cannot be reached. `now` is the wall's clock.
    pub(crate) fn silent(now: Timestamp) -> Result<Self, MarketFault> {
        let table = Arc::new(InstrumentTable::built_in()?);
        let listing = Arc::new(Listing::new(table, [], trading_day(now))?);
        Ok(Self { listing, fed: Vec::new(), starts: now, records: Records::None })
    }

    /// A simulated session of every contract that is traded, or of `only` these: from where the market was,
    /// and not before `not_before`. It stood still while nobody ran it.
    pub(crate) fn simulated(
        listing: Arc<Listing>,
        only: Option<&BTreeSet<ContractId>>,
        seed: u64,
        today: jiff::civil::Date,
        not_before: Timestamp,
        was: &MarketPlace,
    ) -> Result<Self, MarketFault> {
        let starts = SimulatedMarket::opens_on(today).max(not_before).max(was.at.unwrap_or(Timestamp::MIN));
        let wanted: Vec<ContractId> =
            listing.iter().map(|(id, _)| id).filter(|id| only.is_none_or(|only| only.contains(id))).collect();
        let ground = Ground { listing: Arc::clone(&listing), seed, last: was.last.clone() };
        let prices = SimulatedPrices::new(ground, wanted, starts)?;
        let fed = prices.fed().collect();
        Ok(Self { listing, fed, starts, records: Records::Simulated(Box::new(prices)) })
    }

    fn file(table: Arc<InstrumentTable>, path: &Path, symbol: &str) -> Result<Self, MarketFault> {
        let named = named_contract(&table, path)?;
        let name = || path.display().to_string();
        let unknown = || MarketFault::NoContract { file: name(), symbol: symbol.to_owned() };
        let instrument = match &named {
            Some(contract) => Arc::clone(contract.instrument()),
            None => Arc::clone(table.resolve(symbol).ok_or_else(unknown)?),
        };
        // The contract's id is not known before its month is: it is put into each record later.
        let mut file = TickFile::open(path, ContractId::from_row(0), *instrument.grid())?;
        let first = file.next_record()?.ok_or_else(|| MarketFault::Empty { file: name() })?;
        let day = trading_day(first.at);
        let contract = match named {
            Some(contract) => contract,
            None => front_contract(&instrument, day)?,
        };
        let listing = Arc::new(Listing::new(table, [contract], day)?);
        let contract = listing.resolve(instrument.root()).map_err(|_| unknown())?.contract;
        let records = Records::File { first: Some(first), contract, file: Box::new(file) };
        Ok(Self { listing, fed: vec![contract], starts: first.at, records })
    }
}

impl Records {
    /// A contract is to have prices, from `at` on: whether it has some now that had none.
    pub(crate) fn join(&mut self, contract: ContractId, at: Timestamp) -> bool {
        match self {
            Self::Simulated(prices) => prices.join(contract, at).unwrap_or_else(|fault| {
                tracing::warn!(%fault, "a contract stays without prices");
                false
            }),
            Self::None | Self::File { .. } => false,
        }
    }

    /// The next record; `None` at the end.
    pub(crate) fn next_record(&mut self) -> Result<Option<MarketRecord>, TickFileError> {
        match self {
            Self::Simulated(prices) => Ok(prices.next_record()),
            Self::None => Ok(None),
            Self::File { first, contract, file } => {
                let next = match first.take() {
                    Some(first) => Some(first),
                    None => file.next_record()?,
                };
                Ok(next.map(|record| MarketRecord { contract: *contract, ..record }))
            }
        }
    }
}

/// The contract that a file's name says; `None` when it says none.
fn named_contract(table: &InstrumentTable, path: &Path) -> Result<Option<Contract>, MarketFault> {
    let Some(name) = TickFileName::of_path(path) else { return Ok(None) };
    let file = || path.display().to_string();
    match name.kind {
        PriceKind::Last => {}
        kind @ (PriceKind::Bid | PriceKind::Ask) => return Err(MarketFault::NoTrades { file: file(), kind }),
    }
    match Contract::parse_ninjatrader(table, name.contract) {
        Ok(contract) => Ok(Some(contract)),
        Err(ContractError::NotAName(_)) => Ok(None),
        Err(
            source @ (ContractError::UnknownSymbol(_)
            | ContractError::NoExpiry(_)
            | ContractError::NotListed { .. }),
        ) => Err(MarketFault::Name { file: file(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const MONDAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

    fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> MarketSource {
        let path = folder.path().join(name);
        File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        MarketSource::File { path: path.display().to_string() }
    }

    #[test]
    fn a_simulated_market_opens_at_half_past_eight_and_has_prices_of_every_instrument() {
        let listing = Arc::new(Source::listing_on(MONDAY).unwrap());
        let nowhere = MarketPlace::default();
        let mut source = Source::simulated(listing, None, 7, MONDAY, Timestamp::MIN, &nowhere).unwrap();
        assert_eq!(source.starts.to_string(), "2026-11-23T14:30:00.0000000Z");
        assert_eq!(source.fed.len(), source.listing.iter().count());
        let record = source.records.next_record().unwrap().unwrap();
        assert!(record.at >= source.starts);
    }

    #[test]
    fn a_simulated_market_of_some_contracts_feeds_no_others() {
        let listing = Arc::new(Source::listing_on(MONDAY).unwrap());
        let only = BTreeSet::from([listing.resolve("GC").unwrap().contract]);
        let nowhere = MarketPlace::default();
        let source = Source::simulated(listing, Some(&only), 7, MONDAY, Timestamp::MIN, &nowhere).unwrap();
        assert_eq!(source.fed, only.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_tick_file_says_its_contract_and_starts_the_clock() {
        let folder = tempfile::tempdir().unwrap();
        let ticks = "20131007 140001 0276000;1320.1;2\n20131007 140002 0000000;1320.2;1\n";
        for (name, symbol) in [("GC 12-13.Last.txt", "ES"), ("gold.txt", "GC")] {
            let mut source = Source::open(&file(&folder, name, ticks), symbol).unwrap();
            assert_eq!(source.starts.to_string(), "2013-10-07T14:00:01.0276000Z");
            let contract = source.listing.contract(source.fed[0]).to_string();
            assert_eq!(contract, "GC 12-13", "{name}");
            let mut prices = Vec::new();
            while let Some(record) = source.records.next_record().unwrap() {
                assert_eq!(record.contract, source.fed[0]);
                prices.push(record.print.last().ticks());
            }
            assert_eq!(prices, [13_201, 13_202]);
        }
    }

    #[test]
    fn a_file_that_cannot_be_a_market_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let missing =
            MarketSource::File { path: folder.path().join("GC 02-14.Last.txt").display().to_string() };
        for (source, words) in [
            (missing, "cannot be opened"),
            (file(&folder, "GC 12-13.Bid.txt", "20131007 140001;1320.1;2\n"), "needs trades"),
            (file(&folder, "ES 11-13.Last.txt", "20131007 140001;1320.1;2\n"), "its months are"),
            (file(&folder, "what.txt", "20131007 140001;1320.1;2\n"), "no instrument"),
            (file(&folder, "GC 12-13.empty.Last.txt", ""), "no record"),
            (file(&folder, "GC 12-13.Last.txt", "hello\n"), "1 field"),
        ] {
            let Err(fault) = Source::open(&source, "WHAT") else { panic!("{words}") };
            assert!(fault.to_string().contains(words), "{fault}");
        }
    }
}
