//! The contracts of a desk.

use std::sync::Arc;

use phantom_model::{Contract, InstrumentTable};
use phantom_runtime::Listing;

fn table() -> Arc<InstrumentTable> {
    Arc::new(InstrumentTable::built_in().unwrap())
}

fn named(names: &[&str]) -> Result<Listing, phantom_runtime::ListingError> {
    let table = table();
    let given: Vec<Contract> =
        names.iter().map(|name| Contract::parse_ninjatrader(&table, name).unwrap()).collect();
    Listing::new(table, given, jiff::civil::date(2013, 10, 7))
}

#[test]
fn a_symbol_is_a_whole_root_or_alias() {
    let listing = named(&["NQ 12-13"]).unwrap();
    let name = |symbol: &str| {
        listing.resolve(symbol).map(|it| listing.contract(it.contract).ninjatrader_name()).ok()
    };
    assert_eq!(name("NQ").as_deref(), Some("NQ 12-13"));
    assert_eq!(name("ENQ"), name("NQ"));
    assert_eq!(name("MNQ").as_deref(), Some("MNQ 12-13"));
    assert_eq!(name("GC").as_deref(), Some("GC 12-13"), "others trade their front month");
    for unknown in ["", "N", "NQX", "NQZ3", "NQ 12-13", "ENQQ"] {
        assert_eq!(name(unknown), None, "{unknown:?}");
    }
    assert_eq!(listing.resolve("nq").unwrap_err().meant.as_deref(), Some("NQ"));
}

#[test]
fn one_root_has_one_contract() {
    assert!(named(&["GC 12-13", "GC 12-13"]).is_ok());
    let error = named(&["GC 12-13", "GC 02-14"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "GC 12-13 and GC 02-14 are both given: one run trades one contract of a root"
    );
}
