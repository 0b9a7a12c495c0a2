//! What a replay runs on: the contract of each tick file, and the files as one stream.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use phantom_market::{Merged, PriceKind, TickFile, TickFileError, TickFileName};
use phantom_model::{
    ArenaKey, Contract, ContractError, ContractId, Instrument, InstrumentTable, MarketRecord, front_contract,
    trading_day,
};
use phantom_runtime::Listing;

use crate::fault::Fault;
use crate::instruments::find;

/// Everything that is known before the first record is worked on.
pub(crate) struct Setup {
    pub(crate) listing: Listing,
    pub(crate) market: Merged<Lane>,
}

/// A tick file whose first record has been looked at: its date decides which contracts there are.
pub(crate) struct Lane {
    contract: ContractId,
    first: Option<MarketRecord>,
    file: TickFile<File>,
}

/// What a tick file is about, as far as its name tells.
enum Subject {
    Contract(Contract),
    /// The front month of its first day.
    FrontMonth(Arc<Instrument>),
}

impl Setup {
    /// Looks at every file. Names are judged before the first file is opened.
    pub(crate) fn new(ticks: &[PathBuf], symbol: Option<&str>) -> Result<Self, Fault> {
        let table = Arc::new(InstrumentTable::built_in()?);
        let symbol = symbol.map(|symbol| find(&table, symbol)).transpose()?;
        let subject = |path| subject(&table, symbol, path);
        let subjects = ticks.iter().map(|path| subject(path)).collect::<Result<Vec<_>, _>>()?;
        let mut contracts = Vec::new();
        let mut lanes = Vec::new();
        for (path, subject) in ticks.iter().zip(subjects) {
            let (contract, lane) = open(path, subject)?;
            contracts.push(contract);
            lanes.push(lane);
        }
        // Every file has a first record: one without is an error of its own.
        let first_at = lanes.iter().filter_map(|lane| lane.first.map(|record| record.at)).min();
        let listing =
            Listing::new(table, contracts.iter().cloned(), trading_day(first_at.unwrap_or_default()))?;
        for (contract, lane) in contracts.iter().zip(&mut lanes) {
            let root = contract.instrument().root();
            let unknown = |_| Fault::UnknownSymbol { symbol: root.to_owned(), meant: None };
            lane.contract = listing.resolve(root).map_err(unknown)?.contract;
            tracing::info!(file = lane.file.name(), %contract, form = ?lane.file.form(), "tick file");
        }
        Ok(Self { listing, market: Merged::new(lanes) })
    }
}

/// What the file at a path is about: by its name, else by `--symbol`.
fn subject(table: &InstrumentTable, symbol: Option<&Arc<Instrument>>, path: &Path) -> Result<Subject, Fault> {
    let file = || path.display().to_string();
    let by_symbol = |symbol: &Arc<Instrument>| Subject::FrontMonth(Arc::clone(symbol));
    let Some(name) = TickFileName::of_path(path) else {
        return symbol.map(by_symbol).ok_or_else(|| Fault::NoContractInName { file: file() });
    };
    match name.kind {
        PriceKind::Last => {}
        kind @ (PriceKind::Bid | PriceKind::Ask) => return Err(Fault::NoTrades { file: file(), kind }),
    }
    match (Contract::parse_ninjatrader(table, name.contract), symbol) {
        (Ok(contract), _) => Ok(Subject::Contract(contract)),
        (Err(source), None) => Err(Fault::BadContractInName { file: file(), source }),
        (Err(source), Some(symbol)) if is_of_another(&source, table, name.contract, symbol) => {
            Err(Fault::NameAgainstSymbol { file: file(), source, symbol: symbol.root().to_owned() })
        }
        (Err(_), Some(symbol)) => Ok(by_symbol(symbol)),
    }
}

/// Whether a name that says no contract still says another instrument than `symbol`. Its prices would
/// be read on the wrong grid.
fn is_of_another(error: &ContractError, table: &InstrumentTable, name: &str, symbol: &Instrument) -> bool {
    match error {
        ContractError::NotAName(_) | ContractError::UnknownSymbol(_) => false,
        ContractError::NoExpiry(_) | ContractError::NotListed { .. } => {
            let named = name.split(' ').next().and_then(|root| table.resolve(root));
            named.is_some_and(|named| named.root() != symbol.root())
        }
    }
}

fn open(path: &Path, subject: Subject) -> Result<(Contract, Lane), Fault> {
    let grid = match &subject {
        Subject::Contract(contract) => *contract.instrument().grid(),
        Subject::FrontMonth(instrument) => *instrument.grid(),
    };
    // The contract's id is not known yet: the lane puts it into each record.
    let unknown = ContractId::from_row(0);
    let mut file = TickFile::open(path, unknown, grid)?;
    let first = file.next_record()?;
    let contract = match subject {
        Subject::Contract(contract) => contract,
        Subject::FrontMonth(instrument) => {
            front_contract(&instrument, trading_day(first.map_or_else(Default::default, |record| record.at)))?
        }
    };
    Ok((contract, Lane { contract: unknown, first, file }))
}

impl Lane {
    /// How many bytes its lines have taken so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.file.bytes_read()
    }

    /// The size of the file; `None` for a stream.
    pub(crate) const fn total_bytes(&self) -> Option<u64> {
        self.file.total_bytes()
    }
}

impl Iterator for Lane {
    type Item = Result<MarketRecord, TickFileError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.file.next_record(),
        };
        let contract = self.contract;
        next.map(|record| record.map(|record| MarketRecord { contract, ..record })).transpose()
    }
}
