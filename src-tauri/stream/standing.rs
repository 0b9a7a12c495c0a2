//! How the desk stands: protection, differences, latches.

use phantom_compliance::{Limits, Minis};
use phantom_engine::book::{DifferenceStanding, LotState};
use phantom_engine::fact::LatchCause;
use phantom_model::{ContractId, LotId, Money, NetQty, Price};
use phantom_wire::{DifferenceRow, DifferenceState, LatchRow, LimitUse, ProtectionLine};

use super::alarm_row::latch_words;
use super::view::View;
use super::words::contracts;

/// What protects what is open, over the whole account.
pub(crate) fn protection(view: &View) -> ProtectionLine {
    let book = view.book();
    let mut line = ProtectionLine { blind: book.is_blind(), ..ProtectionLine::default() };
    let mut stops = Money::ZERO;
    let mut any = false;
    for (_, position) in book.positions().iter() {
        for &id in &position.lots {
            let lot = book.lots().at(id);
            line.open_contracts += lot.open;
            let stop = book.bracket(id).stop;
            match (lot.state, stop) {
                (LotState::Armed, Some(stop)) => {
                    line.in_app_contracts += lot.open;
                    stops += lot_pnl(view, id, stop);
                    any = true;
                }
                (LotState::Exiting { .. }, _) => line.exiting_contracts += lot.open,
                (LotState::Unprotected { .. }, _) => {
                    line.given_up_contracts += lot.open;
                    line.unprotected_contracts += lot.open;
                }
                (LotState::Armed | LotState::Bare, _) => line.unprotected_contracts += lot.open,
            }
        }
    }
    line.stops_fill_pnl = any.then(|| stops.cents_text());
    line
}

/// What the open contracts of a lot make at a price.
pub(crate) fn lot_pnl(view: &View, id: LotId, price: Price) -> Money {
    let lot = view.book().lots().at(id);
    let worth = price.ticks().saturating_mul(i64::from(lot.open));
    let ticks = worth.saturating_sub(view.book().open_cost_ticks(id)).saturating_mul(lot.side.sign());
    view.listing().contract(lot.contract).instrument().tick_value() * ticks
}

/// The worst case of the account against its limit; `None` without one.
pub(crate) fn position_limit(view: &View, limits: &Limits) -> Option<LimitUse> {
    Some(limit_use(view.book().worst_total(), limits.position_max?))
}

/// So much of a size limit.
pub(crate) fn limit_use(used: Minis, limit: Minis) -> LimitUse {
    let left = (limit - used).max(Minis::ZERO);
    let percent = used.thousandths().saturating_mul(100).checked_div(limit.thousandths()).unwrap_or(100);
    LimitUse {
        used: used.to_string(),
        limit: limit.to_string(),
        left: left.to_string(),
        percent: u32::try_from(percent.clamp(0, 100)).unwrap_or(100),
    }
}

/// Where the broker's own number is not ours. Fills since then have moved both numbers alike.
pub(crate) fn differences(view: &View) -> Vec<DifferenceRow> {
    let rows = view.book().positions().iter().filter_map(|(contract, position)| {
        let difference = position.difference?;
        let broker = NetQty::new(position.net.signed().saturating_add(difference.contracts()));
        Some(DifferenceRow {
            symbol: view.listing().root(contract).to_owned(),
            contract: view.listing().contract(contract).ninjatrader_name(),
            ours: contracts(position.net),
            broker: contracts(broker),
            state: match difference.standing {
                DifferenceStanding::Suspected => DifferenceState::Suspected,
                DifferenceStanding::Confirmed => DifferenceState::Confirmed,
                DifferenceStanding::Dismissed => DifferenceState::Dismissed,
            },
            since: difference.since.to_string(),
        })
    });
    rows.collect()
}

/// Why entries are stopped until a person has looked: the account's causes, then each contract's.
pub(crate) fn latches(view: &View) -> Vec<LatchRow> {
    let row = |contract: Option<ContractId>, cause: LatchCause| {
        let (reason, order) = latch_words(cause);
        LatchRow {
            symbol: contract.map(|contract| view.listing().root(contract).to_owned()),
            reason: reason.to_owned(),
            order_id: order.map(|order| order.to_string()),
        }
    };
    let account = view.book().latches().iter().map(|&cause| row(None, cause));
    let each = view
        .book()
        .positions()
        .iter()
        .flat_map(|(contract, position)| position.latches.iter().map(move |&cause| (contract, cause)));
    account.chain(each.map(|(contract, cause)| row(Some(contract), cause))).collect()
}
