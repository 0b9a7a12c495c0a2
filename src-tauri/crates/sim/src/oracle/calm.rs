//! Once faults have ended: everything ends.

use phantom_engine::Engine;

use super::Oracle;
use super::rows::Guard;
use crate::invariants::Invariant;
use crate::terms::{contract, name};
use crate::truth::Exchange;

impl Oracle {
    /// Faults have ended and a minute has passed: nothing is unknown, every fired lot is closed or
    /// given up with an alarm, and the desk's position is the exchange's.
    pub fn g52_quiet_after_faults(&mut self, engine: &Engine, exchange: &Exchange) {
        if self.adrift {
            return;
        }
        let unknown: Vec<_> = self
            .orders
            .iter()
            .filter(|(_, order)| order.unknown && order.status.is_live())
            .map(|(id, _)| *id)
            .collect();
        self.check(Invariant::G52, unknown.is_empty(), || format!("still unknown: {unknown:?}"));
        let leaving = self.lots.iter().enumerate();
        let leaving: Vec<_> = leaving
            .filter(|(_, lot)| lot.open > 0 && matches!(lot.guard, Guard::Exiting(_)))
            .map(|(place, lot)| (place, lot.open))
            .collect();
        self.check(Invariant::G52, leaving.is_empty(), || {
            format!("lots that fired and are still open: {leaving:?}")
        });
        for place in 0..self.contracts.len() {
            let contract = contract(place);
            let (ours, theirs) =
                (engine.book().positions().at(contract).net.signed(), exchange.position(contract));
            let agrees = ours == theirs || self.contracts.at(contract).kept;
            self.check(Invariant::G52, agrees, || {
                format!("{}: the desk holds {ours}, the exchange {theirs}", name(contract))
            });
        }
    }

    /// A flatten was pressed with faults off: it must end FLAT, with every order at its end.
    pub fn g52_flatten_ends_flat(&mut self, exchange: &Exchange) {
        if self.adrift {
            return;
        }
        let flat = self.flatten.last_flat;
        self.check(Invariant::G52, flat == Some(true), || format!("the last flatten answered {flat:?}"));
        let live: Vec<_> = self.contracts.iter().flat_map(|(_, row)| row.live.iter().copied()).collect();
        self.check(Invariant::G52, live.is_empty(), || format!("orders that have not ended: {live:?}"));
        let open: Vec<_> = exchange.open_positions().filter(|(it, _)| !self.contracts.at(*it).kept).collect();
        self.check(Invariant::G52, open.is_empty(), || format!("the exchange still holds {open:?}"));
    }
}
