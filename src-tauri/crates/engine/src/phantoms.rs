//! Phantoms against the trade stream.

use phantom_model::{Bar, Bracket, ContractId, LotId, MarketRecord, Price, Print, Side, Timestamp};

use crate::book::{LotState, OrderKey, fires};
use crate::engine::{Engine, Now};
use crate::fact::{FactBody, Leg};

impl Engine {
    /// Fires what the print fires, oldest lot first, then lets the stops that move by themselves follow
    /// it: they stand where they were when it came. A lot fires once: the stop and the target go
    /// together at that instant, before any exit leaves.
    #[inline(never)]
    pub(crate) fn fire_phantoms(&mut self, now: &mut Now<'_>, record: &MarketRecord) {
        let MarketRecord { contract, at: printed_at, ref print } = *record;
        let (low, high) = print.range();
        let mut fired = std::mem::take(&mut self.fired);
        let levels = &self.book.positions().at(contract).levels;
        fired.extend(levels.fired_at(low));
        if high != low {
            fired.extend(levels.fired_at(high));
        }
        let moving = levels.is_moving();
        if moving {
            fired.extend(levels.trailing_fired_at(low));
            fired.extend(levels.trailing_fired_at(high));
        }
        fired.sort_unstable();
        fired.dedup();
        for lot in fired.drain(..) {
            if let Some((leg, price)) = self.leg_to_fire(contract, lot, print) {
                self.fire(now, lot, leg, price, printed_at);
            }
        }
        self.fired = fired;
        if moving {
            self.follow(now, contract, (low, high));
        }
        // A lot that waited before may leave now: a younger one has taken its place in the wait.
        if self.book.positions().at(contract).awaiting_exit > 0 {
            self.pursue_waiting(now, contract);
        }
    }

    /// One leg fires; what rests on its lot makes room.
    pub(crate) fn fire(
        &mut self,
        now: &mut Now<'_>,
        lot: LotId,
        leg: Leg,
        print: Price,
        printed_at: Timestamp,
    ) {
        // What rests on it is found while it still counts as a lot that stays.
        let resting = self.resting_on(lot);
        let Bracket { stop, target } = self.book.bracket(lot);
        let level = match leg {
            Leg::Stop => stop,
            Leg::Target => target,
        };
        let level = level.unwrap_or(print);
        self.emit(now, FactBody::PhantomFired { lot, leg, print, level, printed_at });
        self.leave(now, lot, &resting);
    }

    /// The leg that the print fires, and the price that does it; `None` when the lot may not fire now.
    fn leg_to_fire(&self, contract: ContractId, lot: LotId, print: &Print) -> Option<(Leg, Price)> {
        let row = self.book.lots().at(lot);
        if row.state != LotState::Armed || self.fresh.contains(&(contract, lot)) {
            return None;
        }
        // All of it is in exits that are on their way to the market: they decide. Should they fail,
        // the phantom is still armed.
        if self.qty_an_exit_could_close(lot) == 0 {
            return None;
        }
        let reached = self.leg_reached(lot, print)?;
        // It was passed while nobody watched, and is left to a person.
        (self.book.passed_leg(lot) != Some(reached.0)).then_some(reached)
    }

    /// The leg that the print reaches, and the price that does it, whether or not it may fire.
    pub(crate) fn leg_reached(&self, lot: LotId, print: &Print) -> Option<(Leg, Price)> {
        let it = Watched { side: self.book.lots().at(lot).side, bracket: self.book.bracket(lot) };
        match print {
            Print::Trade { price, .. } | Print::QuotedTrade { price, .. } => leg_at(it, *price),
            Print::Bar(bar) => leg_in_bar(it, bar),
        }
    }

    /// A phantom has fired: what is left of the entry must not add to a lot that leaves, and what
    /// rests on it makes room. Nobody else's order is touched.
    fn leave(&mut self, now: &mut Now<'_>, lot: LotId, resting: &[OrderKey]) {
        let entry = self.book.lots().at(lot).order;
        self.request_cancel(now, entry);
        self.pursue_past(now, lot, resting);
        self.alarm_if_waiting(now, lot);
    }
}

/// What of a lot a print is compared with.
#[derive(Clone, Copy)]
struct Watched {
    side: Side,
    bracket: Bracket,
}

fn leg_at(lot: Watched, price: Price) -> Option<(Leg, Price)> {
    let fires = |leg, level: Option<Price>| level.is_some_and(|level| fires(lot.side, leg, level, price));
    if fires(Leg::Stop, lot.bracket.stop) {
        Some((Leg::Stop, price))
    } else if fires(Leg::Target, lot.bracket.target) {
        Some((Leg::Target, price))
    } else {
        None
    }
}

/// The open comes first; after it the order of prices in a bar is not known, so the stop wins.
fn leg_in_bar(lot: Watched, bar: &Bar) -> Option<(Leg, Price)> {
    let reached = |leg, level: Option<Price>| {
        let level = level?;
        let extreme = [bar.low, bar.high].into_iter().find(|&price| fires(lot.side, leg, level, price));
        extreme.map(|_| (leg, level))
    };
    leg_at(lot, bar.open)
        .or_else(|| reached(Leg::Stop, lot.bracket.stop))
        .or_else(|| reached(Leg::Target, lot.bracket.target))
}
