//! Prints and what they fire, judged once more: which print is good, which lots it must fire, and
//! that nothing else fires anything.

use phantom_engine::fact::Leg;
use phantom_model::{Bar, Bracket, ContractId, LotId, MarketRecord, OrderKind, Price, Print, Side};

use super::Oracle;
use super::rows::{Guard, LotTrack};
use crate::invariants::Invariant;

/// Whether `price` is within 0.5 % of the last good price, or 20 ticks, of `centre`.
const fn near(last: i64, centre: i64, price: i64) -> bool {
    let distance = (price - centre).abs();
    distance <= 20 || distance * 200 <= last.abs()
}

/// Whether a price reaches a leg of a lot.
fn reaches(side: Side, leg: Leg, level: Option<Price>, price: Price) -> bool {
    let falling = (side == Side::Buy) == (leg == Leg::Stop);
    level.is_some_and(|level| if falling { price <= level } else { price >= level })
}

const fn level(bracket: Bracket, leg: Leg) -> Option<Price> {
    match leg {
        Leg::Stop => bracket.stop,
        Leg::Target => bracket.target,
    }
}

/// The leg that a print fires, and the price that does it. In a bar the open comes first; after it
/// the order is not known, and the stop wins.
fn fires(lot: &LotTrack, print: &Print) -> Option<(Leg, Price)> {
    let bracket = lot.shield.levels(lot.side);
    let at = |price: Price| {
        [Leg::Stop, Leg::Target]
            .into_iter()
            .find(|&leg| reaches(lot.side, leg, level(bracket, leg), price))
            .map(|leg| (leg, price))
    };
    match print {
        Print::Trade { price, .. } | Print::QuotedTrade { price, .. } => at(*price),
        Print::Bar(Bar { open, high, low, .. }) => at(*open).or_else(|| {
            [Leg::Stop, Leg::Target].into_iter().find_map(|leg| {
                let price = level(bracket, leg)?;
                let reached = [low, high].into_iter().any(|&end| reaches(lot.side, leg, Some(price), end));
                reached.then_some((leg, price))
            })
        }),
    }
}

impl Oracle {
    /// A print comes: is it one that counts?
    pub(super) fn printed(&mut self, record: MarketRecord) {
        self.end_of_batch();
        let track = self.contracts.at_mut(record.contract);
        let price = record.print.last().ticks();
        let is_bar = matches!(record.print, Print::Bar(_));
        let good = match (track.last, track.suspect) {
            _ if is_bar => true,
            (None, _) => true,
            (Some(last), _) if near(last, last, price) => true,
            (Some(last), Some(suspect)) => near(last, suspect, price),
            (Some(_), None) => false,
        };
        if good {
            (track.last, track.suspect) = (Some(price), None);
        } else {
            track.suspect = Some(price);
        }
        // A feed or a link that comes back may show an old price first.
        let fires = good && record.at >= self.stale_before;
        self.print = Some((record, fires));
    }

    /// The desk calls a print suspect: it is the one that was just shown, and it does not count.
    pub(super) fn print_doubted(&mut self, contract: ContractId, price: Price, last: Price) {
        let track = self.contracts.at(contract);
        let (suspect, good) = (track.suspect, track.last);
        let right = suspect == Some(price.ticks()) && good == Some(last.ticks()) && self.print.is_some();
        self.check(Invariant::I21, right, || {
            format!("{price:?} after {last:?} is called suspect; suspect {suspect:?}, last good {good:?}")
        });
    }

    pub(super) fn phantom_fired(&mut self, lot: LotId, leg: Leg, price: Price) {
        let Some(row) = self.lot(lot) else { return };
        let (guard, contract, open) = (row.guard, row.contract, row.open);
        let fresh = row.fresh;
        let due = self
            .print
            .filter(|(print, good)| print.contract == contract && *good)
            .and_then(|(record, _)| fires(row, &record.print));
        self.check(Invariant::I15, guard == Guard::Armed, || format!("lot {lot:?} fires while {guard:?}"));
        self.check(Invariant::I21, due == Some((leg, price)) && !fresh && open > 0, || {
            format!(
                "lot {lot:?} fired {leg:?} at {price:?}; the print allows {due:?}, fresh {fresh}, open {open}"
            )
        });
        if let Some(row) = self.lot_mut(lot) {
            row.guard = Guard::Exiting(leg);
        }
        self.fired += 1;
        self.contracts.at_mut(contract).touched = true;
    }

    /// After a good print no lot that it reaches is still armed, unless exits at the market are on
    /// their way for all of it.
    pub(super) fn phantoms_have_fired(&mut self) {
        let Some((record, good)) = self.print else { return };
        let contract = record.contract;
        if good {
            let missed: u64 = self
                .armed_lots(contract)
                .filter(|(_, lot)| !lot.fresh && fires(lot, &record.print).is_some())
                .map(|(_, lot)| u64::from(lot.open.saturating_sub(self.lot_exit_leaves(lot))))
                .sum();
            let covered = if missed == 0 { 0 } else { self.at_market(contract) };
            self.check(Invariant::I17, missed <= covered, || {
                let print = record.print.last();
                format!("the print {print:?} reached armed lots with {missed} contracts that did not fire; exits at the market cover {covered}")
            });
            self.shields_follow(&record);
        }
        for lot in self.contracts.at(contract).lots.clone() {
            if let Some(row) = self.lot_mut(lot) {
                row.fresh = false;
            }
        }
    }

    pub(super) fn armed_lots(&self, contract: ContractId) -> impl Iterator<Item = (LotId, &LotTrack)> {
        let lots = self.contracts.at(contract).lots.iter();
        lots.filter_map(|&id| self.lot(id).map(|lot| (id, lot))).filter(|(_, lot)| lot.guard == Guard::Armed)
    }

    /// Contracts of reductions that go to the market.
    fn at_market(&self, contract: ContractId) -> u64 {
        let reductions = self.live(contract).filter(|order| order.is_reduction());
        reductions
            .filter(|order| order.kind == OrderKind::Market)
            .map(|order| u64::from(order.leaves()))
            .sum()
    }
}
