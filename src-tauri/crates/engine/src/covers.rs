//! What the broker's side is to hold for the desk's phantoms: a true copy of every stop that is armed.

use phantom_model::{ContractId, Cover, LotId, Price, Qty, Side};

use crate::book::{LotState, Order};
use crate::engine::Engine;
use crate::fact::{Leg, Purpose};

impl Engine {
    /// One row for each lot with a stop that something would still have to close, oldest first. A lot whose
    /// exit is out is left out for what that exit closes, and is back if it is refused. A stop that was
    /// passed while nobody watched, and that waits for a person, is left out too.
    #[must_use]
    pub fn covers(&self) -> Vec<Cover> {
        let mut covers = Vec::new();
        for (contract, position) in self.book.positions().iter() {
            if !position.lots.is_empty() {
                self.cover_contract(contract, &mut covers);
            }
        }
        covers
    }

    fn cover_contract(&self, contract: ContractId, covers: &mut Vec<Cover>) {
        let mut leaving = self.leaving_at_market(contract);
        for lot in self.lots_by_turn(contract) {
            let row = self.book.lots().at(lot);
            let taken = row.uncommitted().min(leaving);
            leaving -= taken;
            // What a shadow may still close is to be covered all the same.
            let watched = row.uncommitted().saturating_sub(taken) + self.shadowed(lot);
            let Some(qty) = Qty::new(watched.min(row.open)) else { continue };
            let Some(stop) = self.stop_to_cover(lot) else { continue };
            let disaster = self.disaster(row.side, stop);
            covers.push(Cover { lot, contract, side: row.side.opposite(), qty, stop, disaster });
        }
        covers.sort_by_key(|cover| cover.lot);
    }

    /// Contracts of reductions that are at the market: they take lots in their turn.
    fn leaving_at_market(&self, contract: ContractId) -> u32 {
        let reductions = self.book.positions().at(contract).reductions.iter();
        let at_market = reductions.map(|&key| self.book.orders().at(key)).filter(|order| !order.rests());
        at_market.map(Order::leaves).sum()
    }

    /// Contracts of a lot that shadows may still close.
    pub(crate) fn shadowed(&self, lot: LotId) -> u32 {
        let stops = self.book.stops().map(|key| self.book.orders().at(key));
        let own = stops.filter(|it| matches!(it.purpose, Purpose::LotExit { lot: own, .. } if own == lot));
        own.map(Order::leaves).sum()
    }

    fn stop_to_cover(&self, lot: LotId) -> Option<Price> {
        match self.book.lots().at(lot).state {
            LotState::Bare => None,
            LotState::Armed if self.book.passed_leg(lot) == Some(Leg::Stop) => None,
            LotState::Armed | LotState::Exiting { .. } | LotState::Unprotected { .. } => {
                self.book.bracket(lot).stop
            }
        }
    }

    /// So far beyond the stop that it is strictly worse.
    fn disaster(&self, side: Side, stop: Price) -> Option<Price> {
        let beyond = self.handling.disaster?.ticks().count();
        Price::new(stop.ticks() - beyond * side.sign()).filter(|&wide| wide != stop)
    }
}
