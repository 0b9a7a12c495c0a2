//! The contracts that the desk trades: for each root, exactly one.

use std::collections::BTreeMap;
use std::sync::Arc;

use phantom_compliance::Minis;
use phantom_compliance::ticket::{Listed, NotListed};
use phantom_engine::ContractTerms;
use phantom_model::{
    Arena, Contract, ContractError, ContractId, Instrument, InstrumentTable, Money, NoContract,
    front_contract,
};

/// The traded contracts, in a fixed order.
#[derive(Clone, Debug)]
pub struct Listing {
    table: Arc<InstrumentTable>,
    contracts: Arena<ContractId, Contract>,
    by_root: BTreeMap<String, ContractId>,
}

/// Why a list of contracts cannot be traded.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ListingError {
    /// Two contracts of one root: an order for the root would be ambiguous.
    #[error("{first} and {second} are both given: one run trades one contract of a root")]
    TwoContracts {
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
    /// The front month of an instrument cannot be told.
    #[error(transparent)]
    NoFrontMonth(#[from] NoContract),
    /// A name that stands for no contract.
    #[error(transparent)]
    NoContract(#[from] ContractError),
}

impl Listing {
    /// Lists `given` first, in this order, then the front month on `date` of every other instrument
    /// of the table.
    ///
    /// # Errors
    /// [`ListingError::TwoContracts`] when two of `given` differ only in expiry.
    pub fn new(
        table: Arc<InstrumentTable>,
        given: impl IntoIterator<Item = Contract>,
        date: jiff::civil::Date,
    ) -> Result<Self, ListingError> {
        let mut listing = Self { contracts: Arena::new(), by_root: BTreeMap::new(), table };
        for contract in given {
            listing.add(contract)?;
        }
        let rest: Vec<Arc<Instrument>> = listing
            .table
            .iter()
            .filter(|instrument| !listing.by_root.contains_key(instrument.root()))
            .cloned()
            .collect();
        for instrument in rest {
            listing.add(front_contract(&instrument, date)?)?;
        }
        Ok(listing)
    }

    /// The contracts of a journal in their order, of which each root trades the one that `trades` says. A
    /// contract of an earlier month may be among them: what is open in it is watched as before.
    ///
    /// # Errors
    /// [`ListingError::NoContract`] for a name that stands for nothing.
    pub fn in_order<'a>(
        table: Arc<InstrumentTable>,
        names: impl IntoIterator<Item = &'a str>,
        trades: impl Fn(ContractId, &Contract) -> bool,
    ) -> Result<Self, ListingError> {
        let mut listing = Self { contracts: Arena::new(), by_root: BTreeMap::new(), table };
        for name in names {
            let contract = Contract::parse_ninjatrader(&listing.table, name)?;
            let root = contract.instrument().root().to_owned();
            let id = listing.contracts.push(contract);
            if trades(id, listing.contracts.at(id)) {
                listing.by_root.insert(root, id);
            }
        }
        Ok(listing)
    }

    /// The instruments that the contracts are of.
    #[must_use]
    pub const fn table(&self) -> &Arc<InstrumentTable> {
        &self.table
    }

    fn add(&mut self, contract: Contract) -> Result<(), ListingError> {
        let root = contract.instrument().root().to_owned();
        match self.by_root.get(&root).map(|&id| self.contracts.at(id)) {
            Some(known) if *known == contract => {}
            Some(known) => {
                let (first, second) = (known.ninjatrader_name(), contract.ninjatrader_name());
                return Err(ListingError::TwoContracts { first, second });
            }
            None => {
                let id = self.contracts.push(contract);
                self.by_root.insert(root, id);
            }
        }
        Ok(())
    }

    /// What a symbol, a root or an alias, stands for.
    ///
    /// # Errors
    /// [`NotListed`] with the symbol that may have been meant.
    pub fn resolve(&self, symbol: &str) -> Result<Listed, NotListed> {
        let known = self.table.resolve(symbol).and_then(|instrument| self.by_root.get(instrument.root()));
        match known {
            Some(&contract) => {
                Ok(Listed { contract, grid: *self.contracts.at(contract).instrument().grid() })
            }
            None => Err(NotListed { meant: self.table.suggest(symbol).map(|it| it.root().to_owned()) }),
        }
    }

    /// The contract of an id.
    #[must_use]
    pub fn contract(&self, id: ContractId) -> &Contract {
        self.contracts.at(id)
    }

    /// The root of an id's contract.
    #[must_use]
    pub fn root(&self, id: ContractId) -> &str {
        self.contracts.at(id).instrument().root()
    }

    /// Every contract with its id.
    pub fn iter(&self) -> impl Iterator<Item = (ContractId, &Contract)> {
        self.contracts.iter()
    }

    /// What the engine must know of them, with these fees per contract and side.
    #[must_use]
    pub fn terms(&self, fee_per_side: impl Fn(&Instrument) -> Money) -> Arena<ContractId, ContractTerms> {
        let mut terms = Arena::new();
        for (_, contract) in self.contracts.iter() {
            let instrument = contract.instrument();
            terms.push(ContractTerms {
                grid: *instrument.grid(),
                tick_value: instrument.tick_value(),
                weight: Minis::from_thousandths(i64::from(instrument.mini_weight().thousandths())),
                fee_per_side: fee_per_side(instrument),
            });
        }
        terms
    }
}
