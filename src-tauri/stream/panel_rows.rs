//! Positions, working orders, phantoms and prices as rows of their panels.

use phantom_engine::Book;
use phantom_engine::book::{Cancelling, Lot, LotState, Order, OrderKey, Position};
use phantom_engine::fact::Purpose;
use phantom_model::{ContractId, LotId, Money, Price, Side, Timestamp};
use phantom_runtime::Listing;
use phantom_wire::{PhantomRow, PhantomState, PositionRow, QuoteRow, WorkingRow};

use super::standing::lot_pnl;
use super::view::View;
use super::words::{contracts, leg_word, mean_text, price_text, side_word, type_word};
use crate::market::feed::Quote;

/// The row of a contract that has been traded.
pub(crate) fn position_row(view: &View, contract: ContractId, quote: Option<Quote>) -> PositionRow {
    let position = view.book().positions().at(contract);
    let last = view.last_price(contract);
    let net = position.net;
    let open_cost_ticks = position.open_cost_ticks.saturating_mul(net.signed().signum());
    PositionRow {
        symbol: view.listing().root(contract).to_owned(),
        contract: view.listing().contract(contract).ninjatrader_name(),
        qty: contracts(net),
        avg_price: mean_text(view.listing(), contract, open_cost_ticks, net.size()),
        last_price: last.map(|last| price_text(view.listing(), contract, last)),
        unrealized_pnl: last.map(|_| unrealized(view, contract).cents_text()),
        liquidation_pnl: liquidation(view, contract, quote).map(Money::cents_text),
        first_risk: view.first_stops().risk(view, position).map(Money::cents_text),
        opened_at: position.lots.iter().map(|&lot| view.book().lots().at(lot).opened_at).min().map(time_text),
        realized_pnl: position.realized.cents_text(),
        fees: position.fees.cents_text(),
        protected_qty: protected_qty(view, position),
    }
}

/// Open profit at the last good price; nothing before the first.
pub(crate) fn unrealized(view: &View, contract: ContractId) -> Money {
    let position = view.book().positions().at(contract);
    view.last_price(contract).map_or(Money::ZERO, |last| open_profit(view, contract, position, last))
}

/// Open profit if the position were closed at once: a long one at the bid, a short one at the ask.
fn liquidation(view: &View, contract: ContractId, quote: Option<Quote>) -> Option<Money> {
    let position = view.book().positions().at(contract);
    let quote = quote?;
    let price = match position.net.side()? {
        Side::Buy => quote.bid?,
        Side::Sell => quote.ask?,
    };
    Some(open_profit(view, contract, position, price))
}

fn open_profit(view: &View, contract: ContractId, position: &Position, price: Price) -> Money {
    let ticks = price.ticks().saturating_mul(position.net.signed()).saturating_sub(position.open_cost_ticks);
    view.listing().contract(contract).instrument().tick_value() * ticks
}

fn time_text(at: Timestamp) -> String {
    at.to_string()
}

/// Contracts that an armed stop watches or whose exit is on its way; never more than the position.
fn protected_qty(view: &View, position: &Position) -> u32 {
    let book = view.book();
    let watched: u64 = position
        .lots
        .iter()
        .map(|&lot| u64::from(protected(book.lots().at(lot), book.bracket(lot).stop.is_some())))
        .sum();
    u32::try_from(watched.min(position.net.size())).unwrap_or(u32::MAX)
}

const fn protected(lot: &Lot, has_stop: bool) -> u32 {
    match lot.state {
        LotState::Armed if has_stop => lot.open,
        LotState::Exiting { .. } => lot.open,
        LotState::Armed | LotState::Bare | LotState::Unprotected { .. } => 0,
    }
}

/// The row of an order that may still fill.
pub(crate) fn working_row(listing: &Listing, book: &Book, key: OrderKey) -> WorkingRow {
    let order = book.orders().at(key);
    let text = |price: Price| price_text(listing, order.contract, price);
    let change = book.change_of(key);
    let (qty, limit) = (order.qty.contracts(), order.kind.limit());
    WorkingRow {
        order_id: order.id.to_string(),
        symbol: listing.root(order.contract).to_owned(),
        side: side_word(order.side),
        qty,
        filled: order.filled,
        r#type: type_word(order.kind),
        price: limit.map(text),
        status: order.status.word().to_owned(),
        unknown: order.unknown,
        submitted_at: order.submitted_at.to_string(),
        cancelling: order.cancelling == Cancelling::Asked,
        changing: change.is_some(),
        new_qty: change.map(|change| change.new_qty.contracts()),
        new_price: change.map(|change| text(change.new_limit)),
        reduces: !order.purpose.is_entry(),
        changeable: limit.is_some() && is_a_traders(order),
    }
}

/// Whether a person or a signal asked for the order, and not the desk by itself.
const fn is_a_traders(order: &Order) -> bool {
    match order.purpose {
        Purpose::Entry(_) | Purpose::Reduction => true,
        Purpose::LotExit { .. } | Purpose::DisasterStop { .. } | Purpose::Flatten(_) | Purpose::Outside => {
            false
        }
    }
}

/// The row of an open lot that has, or had, a phantom.
pub(crate) fn phantom_row(view: &View, id: LotId) -> Option<PhantomRow> {
    let lot = view.book().lots().at(id);
    let state = match lot.state {
        LotState::Bare => return None,
        LotState::Armed => PhantomState::Armed,
        LotState::Exiting { .. } => PhantomState::Exiting,
        LotState::Unprotected { .. } => PhantomState::Unprotected,
    };
    let entry = view.book().orders().at(lot.order);
    let protection = view.book().protection(id);
    let bracket = protection.levels(lot.side);
    let text = |price: Price| price_text(view.listing(), lot.contract, price);
    let last = view.last_price(lot.contract);
    let losing = |stop: Price| distance(lot.side, last.map(|last| (last - stop).count()));
    let winning = |target: Price| distance(lot.side, last.map(|last| (target - last).count()));
    Some(PhantomRow {
        lot: format!("L{}", phantom_model::ArenaKey::row(id)),
        symbol: view.listing().root(lot.contract).to_owned(),
        side: side_word(lot.side),
        qty: lot.open,
        entry_price: mean_text(view.listing(), lot.contract, entry.cost_ticks, entry.filled.into())?,
        stop_price: bracket.stop.map(text),
        take_profit: bracket.target.map(text),
        trailing: protection.trail.is_some(),
        trail_ticks: protection.trail.and_then(|trail| u32::try_from(trail.distance.count()).ok()),
        break_even: protection.break_even.is_some(),
        stop_pnl: bracket.stop.map(|stop| lot_pnl(view, id, stop).cents_text()),
        target_pnl: bracket.target.map(|target| lot_pnl(view, id, target).cents_text()),
        opened_at: lot.opened_at.to_string(),
        state,
        stop_distance_ticks: bracket.stop.and_then(losing),
        target_distance_ticks: bracket.target.and_then(winning),
        passed: view.book().passed_leg(id).filter(|_| state == PhantomState::Armed).map(leg_word),
    })
}

/// Ticks that the price may still go; the sign is turned for a short lot.
fn distance(side: Side, ticks: Option<i64>) -> Option<i32> {
    i32::try_from(ticks?.saturating_mul(side.sign())).ok()
}

/// The row of an instrument with a feed.
pub(crate) fn quote_row(listing: &Listing, contract: ContractId, quote: Option<Quote>) -> QuoteRow {
    let text = |price: Price| price_text(listing, contract, price);
    QuoteRow {
        symbol: listing.root(contract).to_owned(),
        last: quote.map(|quote| text(quote.last)),
        bid: quote.and_then(|quote| quote.bid).map(text),
        ask: quote.and_then(|quote| quote.ask).map(text),
        at: quote.map(|quote| quote.at.to_string()),
    }
}
