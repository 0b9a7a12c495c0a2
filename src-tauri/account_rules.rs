//! What the rules of the account make of its contracts: fees, sizes, and what the engine must know beside
//! the profile.

use phantom_compliance::pack::{FeeTable, PackFault};
use phantom_compliance::{Calendar, Profile};
use phantom_engine::rules::BeyondCalendar;
use phantom_engine::{ContractTerms, RuleBook};
use phantom_model::{Arena, ContractId, Instrument, Money};
use phantom_runtime::Listing;

/// Fees per contract and side: half of what Topstep's broker takes for both sides, where it is known.
fn fee_per_side(instrument: &Instrument) -> Money {
    instrument.topstepx_fee_round_turn().map_or(Money::ZERO, |both| Money::from_units(both.units() / 2))
}

/// The terms of every contract: sizes and fees as the rules have them, where there are rules.
pub(crate) fn terms_under(listing: &Listing, profile: Option<&Profile>) -> Arena<ContractId, ContractTerms> {
    let Some(profile) = profile else { return listing.terms(fee_per_side) };
    let firm = profile.pack().firm();
    let fee = |instrument: &Instrument| match &firm.fees {
        FeeTable::None => fee_per_side(instrument),
        FeeTable::TopstepX | FeeTable::PerSide(_) | FeeTable::ByRoot(_) => {
            firm.fees.per_side(instrument).unwrap_or_else(|| fee_per_side(instrument))
        }
    };
    let mut terms = listing.terms(fee);
    for (id, contract) in listing.iter() {
        terms.at_mut(id).weight = firm.weights.of(contract.instrument());
    }
    terms
}

/// What the engine must know beside the profile. Beyond the calendar nothing opens.
pub(crate) fn rule_book(listing: &Listing) -> Result<RuleBook, PackFault> {
    let contracts = listing.iter().map(|(_, contract)| contract.clone());
    Ok(RuleBook::new(Calendar::built_in()?, contracts, BeyondCalendar::NothingOpens))
}
