//! The first stop of each lot: what was risked when it began, however often the stop has moved since. The
//! result of a position in units of that risk is measured against it.

use std::collections::BTreeMap;

use phantom_engine::book::Position;
use phantom_engine::fact::Purpose;
use phantom_engine::{Book, Fact, FactBody};
use phantom_model::{LotId, Money, Price};

use super::standing::lot_pnl;
use super::view::View;

/// Where the stop of each lot first was. Lots that have closed stay: the exchange may take back what closed
/// them.
#[derive(Default)]
pub(crate) struct FirstStops(BTreeMap<LotId, Price>);

impl FirstStops {
    /// Those that a book still knows: the fixed stop of a lot whose protection nobody has changed, else the
    /// one that its entry came with.
    pub(crate) fn of_book(book: &Book) -> Self {
        let open = book.positions().iter().flat_map(|(_, position)| position.lots.iter().copied());
        let known = |lot: LotId| {
            if book.generation(lot) == 0 {
                return book.protection(lot).bracket.stop;
            }
            match book.orders().at(book.lots().at(lot).order).purpose {
                Purpose::Entry(bracket) => bracket.stop,
                Purpose::Reduction
                | Purpose::LotExit { .. }
                | Purpose::DisasterStop { .. }
                | Purpose::Flatten(_)
                | Purpose::Outside => None,
            }
        };
        Self(open.filter_map(|lot| Some((lot, known(lot)?))).collect())
    }

    /// Takes a fact that the book has folded already.
    pub(crate) fn take(&mut self, book: &Book, fact: &Fact) {
        if let FactBody::LotOpened { lot, .. } | FactBody::ProtectionSet { lot, .. } = fact.body {
            if let Some(stop) = book.bracket(lot).stop {
                self.0.entry(lot).or_insert(stop);
            }
        } else if let FactBody::LotGrew { lot, .. } = fact.body
            && book.generation(lot) == 0
            && let Some(stop) = book.protection(lot).bracket.stop
        {
            // A stop that is a distance has followed the average entry; it is still the first.
            self.0.insert(lot, stop);
        }
    }

    /// What the open contracts would have lost at their first stops. `None` while flat, and where a lot had
    /// no stop or one that did not lose: then there is no such unit.
    pub(crate) fn risk(&self, view: &View, position: &Position) -> Option<Money> {
        let losses = position.lots.iter().map(|&lot| {
            let loss = -lot_pnl(view, lot, *self.0.get(&lot)?);
            (loss > Money::ZERO).then_some(loss)
        });
        let all: Option<Vec<Money>> = losses.collect();
        let all = all.filter(|all| !all.is_empty())?;
        Some(all.into_iter().sum())
    }
}
