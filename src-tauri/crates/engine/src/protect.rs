//! The stop and the target of open lots, set, moved or taken away by a person or a signal.
//!
//! A change is one fact, so a lot has its old stop or its new one and never both or neither. It is
//! allowed while openings are stopped, for it reduces risk; it never stands in the way of an exit.

use phantom_compliance::protection::check_protection;
use phantom_compliance::{EvenChange, Protect, Refusal, StopChange, TargetChange};
use phantom_model::{Bracket, ContractStanding, LotId, Price, Ticks, Trail};

use crate::book::{Lot, LotState, Protection, tighter};
use crate::engine::{Engine, Now};
use crate::fact::FactBody;
use crate::input::{Origin, Protected};

impl Engine {
    /// Changes what protects one lot, or each open lot of a contract by itself.
    pub(crate) fn protect(
        &mut self,
        now: &mut Now<'_>,
        whom: Protected,
        change: &Result<Protect, Box<Refusal>>,
        origin: Origin,
    ) {
        let lots: Vec<LotId> = match whom {
            Protected::Lot(lot) => self.book.lots().get(lot).map(|_| lot).into_iter().collect(),
            Protected::Position(contract) => {
                { self.book.positions().get(contract).map(|position| &position.lots).into_iter().flatten() }
                    .copied()
                    .collect()
            }
        };
        for lot in lots {
            let decided = match change {
                Ok(change) => self.decide_protection(lot, change).map_err(Box::new),
                Err(refusal) => Err(refusal.clone()),
            };
            let body = match decided {
                Ok(protection) => {
                    let generation = self.book.generation(lot).saturating_add(1);
                    FactBody::ProtectionSet { lot, generation, protection: Box::new(protection), origin }
                }
                // A lot of a position that is already so is nobody's concern.
                Err(refusal) if whom != Protected::Lot(lot) && *refusal == Refusal::NothingChanges => {
                    continue;
                }
                Err(refusal) => FactBody::ProtectionRejected { lot, refusal, origin },
            };
            self.emit(now, body);
        }
    }

    /// What would protect the lot after the change.
    fn decide_protection(&self, lot: LotId, change: &Protect) -> Result<Protection, Refusal> {
        let row = self.book.lots().at(lot);
        match row.state {
            LotState::Exiting { .. } => return Err(Refusal::LotExiting),
            LotState::Unprotected { .. } => return Err(Refusal::LotUnprotected),
            LotState::Bare | LotState::Armed => {}
        }
        if row.open == 0 {
            return Err(Refusal::NoOpenLot);
        }
        let position = self.book.positions().at(row.contract);
        if position.contract == ContractStanding::OtherTerms && sets_a_price(change) {
            return Err(Refusal::InstrumentChanged);
        }
        let last = self.marks.at(row.contract).last;
        let grid = &self.terms.at(row.contract).grid;
        let old = self.book.protection(lot);
        let after = self.changed_protection(row, &old, change, last)?;
        if after == old {
            return Err(Refusal::NothingChanges);
        }
        // Only what is asked for is judged: a leg that stays may wait for the print that fires it.
        let Bracket { stop, target } = after.levels(row.side);
        let asked = Bracket {
            stop: stop.filter(|_| change.stop != StopChange::Leave),
            target: target.filter(|_| change.target != TargetChange::Leave),
        };
        check_protection(row.side, asked, last, grid)?;
        Ok(after)
    }

    fn changed_protection(
        &self,
        row: &Lot,
        old: &Protection,
        change: &Protect,
        last: Option<Price>,
    ) -> Result<Protection, Refusal> {
        let mut after = *old;
        let entry = self.book.entry_of(row);
        let fix = |after: &mut Protection, stop| {
            after.bracket.stop = stop;
            after.stop_offset = None;
            after.trail = None;
        };
        match change.stop {
            StopChange::Leave => {}
            StopChange::Remove => fix(&mut after, None),
            StopChange::Fix(price) => fix(&mut after, Some(price)),
            StopChange::At(price) => match old.trail {
                Some(trail) => {
                    // The trail goes on from where the stop has been put, and never snaps back.
                    let best = last.map_or(trail.best, |last| tighter(row.side, trail.best, last));
                    let distance = Ticks::new((best - price).count() * row.side.sign());
                    fix(&mut after, None);
                    after.trail = Some(Trail { best, distance });
                }
                None => fix(&mut after, Some(price)),
            },
            StopChange::Away(offset) => {
                fix(&mut after, entry.and_then(|entry| entry.stop(offset)));
                after.stop_offset = Some(offset);
            }
            StopChange::Trail(offset) => {
                let best = last.ok_or(Refusal::NoLastTrade)?;
                fix(&mut after, None);
                after.trail = Some(Trail { best, distance: offset.ticks() });
            }
        }
        match change.target {
            TargetChange::Leave => {}
            TargetChange::Remove => (after.bracket.target, after.target_offset) = (None, None),
            TargetChange::At(price) => (after.bracket.target, after.target_offset) = (Some(price), None),
            TargetChange::Away(offset) => {
                after.bracket.target = entry.and_then(|entry| entry.target(offset));
                after.target_offset = Some(offset);
            }
        }
        match change.even {
            EvenChange::Leave => {}
            EvenChange::Remove => after.break_even = None,
            EvenChange::Set(even) => after.break_even = Some(even),
        }
        Ok(after)
    }
}

/// Whether the change puts a leg somewhere: on terms that are not the desk's it would stand elsewhere.
const fn sets_a_price(change: &Protect) -> bool {
    let stop = !matches!(change.stop, StopChange::Leave | StopChange::Remove);
    let target = !matches!(change.target, TargetChange::Leave | TargetChange::Remove);
    stop || target || matches!(change.even, EvenChange::Set(_))
}
