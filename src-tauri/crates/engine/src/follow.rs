//! Stops that move by themselves: those that trail the market, and those that go to the entry.
//!
//! One fact tells of a new extreme for every stop that trails in the contract, so that a rebuilt book
//! has each of them exactly where it was. A break-even happens once in the life of its lot's setting.

use phantom_model::{ContractId, LotId, Price, Side};

use crate::book::{LotState, tighter};
use crate::engine::{Engine, Now};
use crate::fact::FactBody;

impl Engine {
    /// Lets stops follow a print. It has fired what it fires.
    pub(crate) fn follow(&mut self, now: &mut Now<'_>, contract: ContractId, (low, high): (Price, Price)) {
        let levels = &self.book.positions().at(contract).levels;
        if levels.trails_move(low, high) {
            self.emit(now, FactBody::TrailsMoved { contract, low, high });
        }
        let levels = &self.book.positions().at(contract).levels;
        if levels.evens() == 0 {
            return;
        }
        for lot in levels.evens_reached(low, high) {
            let print = match self.book.lots().at(lot).side {
                Side::Buy => high,
                Side::Sell => low,
            };
            self.break_even(now, lot, print);
        }
    }

    /// A lot armed by a fill that this very print made sees only later prints.
    fn break_even(&mut self, now: &mut Now<'_>, lot: LotId, print: Price) {
        let row = self.book.lots().at(lot);
        if row.state != LotState::Armed || self.fresh.contains(&(row.contract, lot)) {
            return;
        }
        let protection = self.book.protection(lot);
        let entry = self.book.entry_of(row);
        let Some(at_entry) = protection.break_even.and_then(|even| entry?.even_stop(even)) else { return };
        let stop = protection.bracket.stop.map_or(at_entry, |stop| tighter(row.side, stop, at_entry));
        let generation = self.book.generation(lot).saturating_add(1);
        self.emit(now, FactBody::BreakEvenReached { lot, generation, stop, print });
    }
}
