//! Values of the trade as text.

use phantom_engine::fact::Leg;
use phantom_model::{ContractId, NetQty, OrderKind, Price, Side};
use phantom_runtime::Listing;
use phantom_wire as wire;

/// A price with its instrument's decimals.
pub(crate) fn price_text(listing: &Listing, contract: ContractId, price: Price) -> String {
    listing.contract(contract).instrument().grid().text(price)
}

/// The mean of a sum of price x quantity in ticks, to a hundredth of a tick.
pub(crate) fn mean_text(
    listing: &Listing,
    contract: ContractId,
    cost_ticks: i64,
    qty: u64,
) -> Option<String> {
    let grid = listing.contract(contract).instrument().grid();
    let whole = i128::from(cost_ticks).checked_rem(i128::from(qty))? == 0;
    // A mean on the grid is written like any price.
    let decimals_more = if whole { 0 } else { 2 };
    grid.mean(cost_ticks.into(), qty, decimals_more).map(|mean| mean.to_string())
}

/// The side on the wire.
pub(crate) const fn side_word(side: Side) -> wire::Side {
    match side {
        Side::Buy => wire::Side::Buy,
        Side::Sell => wire::Side::Sell,
    }
}

/// The type of an order on the wire.
pub(crate) const fn type_word(kind: OrderKind) -> wire::OrderType {
    match kind {
        OrderKind::Market => wire::OrderType::Market,
        OrderKind::Limit(_) => wire::OrderType::Limit,
    }
}

/// The leg on the wire.
pub(crate) const fn leg_word(leg: Leg) -> wire::LegWord {
    match leg {
        Leg::Stop => wire::LegWord::Stop,
        Leg::Target => wire::LegWord::Target,
    }
}

/// A position as a whole number. No account gets beyond 32 bits of contracts.
pub(crate) fn contracts(net: NetQty) -> i32 {
    i32::try_from(net.signed()).unwrap_or(if net.signed() < 0 { i32::MIN } else { i32::MAX })
}
