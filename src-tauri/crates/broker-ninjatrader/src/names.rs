//! How ids of the desk are written on the wire and read back, and how the platform's texts become the
//! numbers that the desk knows executions and foreign orders by.

use phantom_bridge::command::ContractName;
use phantom_bridge::text::{ExpiryYear, Id, MonthNumber, Root};
use phantom_model::price::Grid;
use phantom_model::{ArenaKey, Contract, ContractId, OrderId};
use sha2::{Digest, Sha256};

use crate::config::DeskName;

/// Names of one desk.
#[derive(Clone, Debug)]
pub struct ClientNames {
    prefix: String,
    contracts: Vec<(Contract, Option<ContractName>)>,
}

impl ClientNames {
    /// The names of a desk with these contracts, in the order of its list.
    #[must_use]
    pub fn new(desk: &DeskName, contracts: Vec<Contract>) -> Self {
        let named = |it: Contract| {
            let name = ContractName::new(it.instrument().ninjatrader_root(), it.expiry());
            (it, name)
        };
        Self { prefix: format!("pd-{desk}-"), contracts: contracts.into_iter().map(named).collect() }
    }

    /// The client id of an order: `pd-5a17c0de-T17`.
    #[must_use]
    pub fn client_id(&self, order: OrderId) -> Option<Id> {
        Id::try_from(format!("{}{order}", self.prefix)).ok()
    }

    /// The order of a client id, stops that the server placed for a lot of ours among them; `None` for an id
    /// of another desk.
    #[must_use]
    pub fn order(&self, client_id: &Id) -> Option<OrderId> {
        client_id.as_str().strip_prefix(&self.prefix)?.parse().ok()
    }

    /// How a contract is named on the wire.
    #[must_use]
    pub fn contract_name(&self, contract: ContractId) -> Option<&ContractName> {
        self.contracts.get(row(contract))?.1.as_ref()
    }

    /// The desk's contract of a name: whole root, month and year, nothing less.
    #[must_use]
    pub fn contract(&self, root: &Root, month: MonthNumber, year: ExpiryYear) -> Option<ContractId> {
        let is_it = |it: &ContractName| (&it.root, it.month, it.year) == (root, month, year);
        let at = self.contracts.iter().position(|(_, name)| name.as_ref().is_some_and(is_it))?;
        Some(ContractId::from_row(u32::try_from(at).ok()?))
    }

    /// The price grid of a contract.
    #[must_use]
    pub fn grid(&self, contract: ContractId) -> Option<&Grid> {
        self.listed(contract).map(|it| it.instrument().grid())
    }

    /// A contract of the desk.
    #[must_use]
    pub fn listed(&self, contract: ContractId) -> Option<&Contract> {
        self.contracts.get(row(contract)).map(|(it, _)| it)
    }

    /// Every contract that the wire can carry.
    pub fn contracts(&self) -> impl Iterator<Item = ContractId> {
        let count = u32::try_from(self.contracts.len()).unwrap_or(u32::MAX);
        (0..count).map(ContractId::from_row).filter(|&it| self.contract_name(it).is_some())
    }
}

fn row(contract: ContractId) -> usize {
    usize::try_from(contract.row()).unwrap_or(usize::MAX)
}

/// The number that the desk knows a text of the platform by: the same after every restart, so that an
/// execution that comes again is known again. The first 64 bits of SHA-256; with a hundred thousand
/// executions the chance of one collision is below one in a billion.
#[must_use]
pub fn stable_number(account: &str, text: &str) -> u64 {
    let whole: [u8; 32] = Sha256::digest(format!("{account}\0{text}").as_bytes()).into();
    whole.first_chunk().map_or(0, |first: &[u8; 8]| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::{FlattenId, InstrumentTable, LotId, StopRole};

    fn names() -> ClientNames {
        let table = InstrumentTable::built_in().unwrap();
        let contracts = ["NQ 12-26", "MNQ 12-26", "GC 02-27"]
            .map(|name| Contract::parse_ninjatrader(&table, name).unwrap());
        ClientNames::new(&DeskName::new("5a17c0de").unwrap(), contracts.into())
    }

    #[test]
    fn every_order_id_survives_the_way_over_the_wire() {
        let contract = ContractId::from_row(4_000_000_000);
        for order in [
            OrderId::Ticket(u32::MAX),
            OrderId::LotExit { lot: LotId::from_row(17), exit: 255 },
            OrderId::LotStop { lot: LotId::from_row(17), role: StopRole::Disaster, nth: 65_535 },
            OrderId::FlattenExit { flatten: FlattenId::from_row(4_000_000_000), contract, exit: 255 },
        ] {
            let id = names().client_id(order).unwrap();
            assert_eq!(names().order(&id), Some(order), "{id}");
        }
    }

    #[test]
    fn ids_of_other_desks_are_not_ours() {
        for id in ["pd-other-T1", "T1", "pd-other-L17-X1.s1", "pd-5a17c0de-T01", "xpd-5a17c0de-T1"] {
            assert_eq!(names().order(&Id::try_from(id).unwrap()), None, "{id}");
        }
    }

    #[test]
    fn a_contract_is_matched_by_its_whole_root_month_and_year() {
        let find = |root: &str, month, year| {
            let (month, year) = (MonthNumber::new(month).unwrap(), ExpiryYear::new(year).unwrap());
            names().contract(&Root::try_from(root).unwrap(), month, year).map(ArenaKey::row)
        };
        assert_eq!((find("NQ", 12, 2026), find("MNQ", 12, 2026)), (Some(0), Some(1)));
        for (root, month, year) in [("N", 12, 2026), ("NQZ6", 12, 2026), ("NQ", 3, 2026), ("NQ", 12, 2027)] {
            assert_eq!(find(root, month, year), None, "{root} {month} {year}");
        }
    }

    #[test]
    fn the_number_of_an_execution_depends_on_its_account_and_text_alone() {
        assert_eq!(stable_number("Sim101", "E1"), stable_number("Sim101", "E1"));
        assert_ne!(stable_number("Sim101", "E1"), stable_number("Sim102", "E1"));
        assert_ne!(stable_number("Sim101", "E1"), stable_number("Sim101", "E2"));
    }
}
