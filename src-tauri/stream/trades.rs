//! Closed trades: one row for each execution that closed something of a lot.

use std::collections::BTreeSet;

use phantom_engine::fact::{Leg, Purpose};
use phantom_engine::{Book, Fact, FactBody};
use phantom_model::{ArenaKey, FlattenId, LotId, Money, OrderId, Price};
use phantom_runtime::Listing;
use phantom_wire::{TradeBy, TradeRow};

use super::words::{price_text, side_word};

/// The row of a fact that the book has folded already, with the flattens that a rule asked for; `None`
/// for what closes nothing.
pub(crate) fn trade_of(
    listing: &Listing,
    book: &Book,
    by_rule: &BTreeSet<FlattenId>,
    fact: &Fact,
) -> Option<TradeRow> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else closes or undoes a trade")]
    let (closed, undone) = match fact.body {
        FactBody::LotReduced { lot, by, qty, entry, exit, realized } => {
            (Closed { lot, by, qty, entry, exit, realized }, false)
        }
        FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => {
            (Closed { lot, by, qty, entry, exit, realized: -realized }, true)
        }
        _ => return None,
    };
    let row = book.lots().get(closed.lot)?;
    let text = |price: Price| price_text(listing, row.contract, price);
    Some(TradeRow {
        // The view counts the rows.
        n: 0,
        lot: format!("L{}", closed.lot.row()),
        symbol: listing.root(row.contract).to_owned(),
        side: side_word(row.side),
        qty: closed.qty,
        entry_price: text(closed.entry),
        exit_price: text(closed.exit),
        entered_at: row.opened_at.to_string(),
        exited_at: fact.at.to_string(),
        by: closed_by(book, by_rule, closed.by),
        entry_order_id: book.orders().at(row.order).id.to_string(),
        exit_order_id: closed.by.to_string(),
        realized_pnl: closed.realized.cents_text(),
        undone,
    })
}

struct Closed {
    lot: LotId,
    by: OrderId,
    qty: u32,
    entry: Price,
    exit: Price,
    realized: Money,
}

/// What closed it: the purpose of the order, or an order that opened something on the other side.
fn closed_by(book: &Book, by_rule: &BTreeSet<FlattenId>, order: OrderId) -> TradeBy {
    let purpose = book.find(order).map(|key| book.orders().at(key).purpose);
    match purpose {
        Some(Purpose::LotExit { leg: Leg::Stop, .. } | Purpose::DisasterStop { .. }) => TradeBy::Stop,
        Some(Purpose::LotExit { leg: Leg::Target, .. }) => TradeBy::Target,
        Some(Purpose::Flatten(flatten)) if by_rule.contains(&flatten) => TradeBy::Lockout,
        Some(Purpose::Flatten(_)) => TradeBy::Flatten,
        Some(Purpose::Reduction | Purpose::Entry(_)) => TradeBy::Order,
        Some(Purpose::Outside) | None => TradeBy::Outside,
    }
}
