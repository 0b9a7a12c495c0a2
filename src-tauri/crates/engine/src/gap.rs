//! After an absence: what a phantom does whose price was passed while nobody watched.
//!
//! Nothing of a contract fires before the broker's own account has been compared and a price has been
//! seen twice: the first one has nothing to be judged by. A leg that is passed then fires, or is left to a
//! person, as the policy says. One that was touched and came back is told, and fires nothing.

use phantom_model::{ContractId, LotId, MarketRecord, Print, Span, Timestamp};

use crate::book::{Book, LotState};
use crate::engine::{Engine, Now};
use crate::fact::{Absence, Alarm, FactBody, GapPolicy};
use crate::marks::Judged;

/// How long stops wait for the broker's own account after an absence. Then they go by what the journal
/// proves: an exit that it lost is sent under the id that it had, which the broker knows.
const ACCOUNT_WAIT: Span = Span::from_millis(30_000);

/// A contract whose phantoms are not all as they were before an absence. Not of record: the book tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Away {
    contract: ContractId,
    /// Whether a price has been seen that the next one can be judged by.
    is_referenced: bool,
    /// Whether the first price has been judged: what is left is legs that were passed.
    is_judged: bool,
}

/// The contracts that the book has in a gap.
pub(crate) fn contracts_away(book: &Book) -> Vec<Away> {
    let mut away: Vec<Away> = Vec::new();
    let unjudged = book.unjudged().map(|lot| (lot, false));
    for (lot, is_judged) in unjudged.chain(book.passed().map(|(lot, _)| (lot, true))) {
        let contract = book.lots().at(lot).contract;
        if !away.iter().any(|it| it.contract == contract) {
            away.push(Away { contract, is_referenced: is_judged, is_judged });
        }
    }
    away
}

impl Engine {
    /// The desk is back.
    pub(crate) fn returned(
        &mut self,
        now: &mut Now<'_>,
        absence: Absence,
        since: Timestamp,
        policy: GapPolicy,
    ) {
        self.emit(now, FactBody::Returned { absence, since, policy });
        self.doubt_old_prints(now.at);
        self.away = contracts_away(&self.book);
        for away in &mut self.away {
            // After a sleep there is a price from before it.
            away.is_referenced |= self.marks.at(away.contract).last.is_some();
        }
    }

    /// Whether no phantom of the contract may fire yet.
    #[inline]
    pub(crate) fn is_away(&self, contract: ContractId) -> bool {
        !self.away.is_empty() && self.away.iter().any(|it| it.contract == contract && !it.is_judged)
    }

    /// A print of any contract while some are in a gap.
    #[inline(never)]
    pub(crate) fn watch_gap(&mut self, now: &mut Now<'_>, record: &MarketRecord, judged: Judged) {
        let contract = record.contract;
        let Some(place) = self.away.iter().position(|it| it.contract == contract) else { return };
        let Some(it) = self.away.get_mut(place) else { return };
        if judged != Judged::Good {
            return;
        }
        let is_fresh = record.at >= self.stale_before;
        let (is_judged, was_referenced) = (it.is_judged, it.is_referenced);
        it.is_referenced |= is_fresh;
        if is_judged {
            if is_fresh {
                self.watch_again(now, contract, &record.print);
            }
        } else if is_fresh && was_referenced && self.position_is_fresh(now, contract) {
            self.close_gap(now, record);
        } else if was_referenced || !is_fresh {
            self.note_touched(now, contract, &record.print);
        }
        if self.away.iter().any(|it| it.contract == contract && it.is_judged)
            && !self.book.passed().any(|(lot, _)| self.book.lots().at(lot).contract == contract)
        {
            self.away.retain(|it| it.contract != contract);
        }
    }

    /// Whether the position is what the broker says too, or the broker has had long enough to say so.
    fn position_is_fresh(&mut self, now: &mut Now<'_>, contract: ContractId) -> bool {
        let halt = self.book.halt();
        if halt.not_connected {
            return false;
        }
        let returned_at = self.book.returned().map_or(Timestamp::MIN, |(at, _)| at);
        if halt.reconciling && now.at < returned_at + ACCOUNT_WAIT {
            return false;
        }
        if halt.reconciling {
            self.alarm(now, Alarm::StopsUnconfirmed(contract));
        }
        true
    }

    fn unjudged_in(&self, contract: ContractId) -> Vec<LotId> {
        self.book.unjudged().filter(|&lot| self.book.lots().at(lot).contract == contract).collect()
    }

    /// Prices that came while nothing could fire are told once for each leg that they reach.
    fn note_touched(&mut self, now: &mut Now<'_>, contract: ContractId, print: &Print) {
        for lot in self.unjudged_in(contract) {
            if let Some((leg, price)) = self.leg_reached(lot, print)
                && !self.book.is_touched(lot, leg)
            {
                self.emit(now, FactBody::PhantomTouched { lot, leg, print: price });
            }
        }
    }

    /// The first price that counts.
    fn close_gap(&mut self, now: &mut Now<'_>, record: &MarketRecord) {
        let contract = record.contract;
        let policy = self.book.returned().map_or(GapPolicy::default(), |(_, policy)| policy);
        if policy != GapPolicy::Fire {
            for lot in self.unjudged_in(contract) {
                let Some((leg, print)) = self.leg_reached(lot, &record.print) else { continue };
                self.emit(now, FactBody::PhantomPassed { lot, leg, print });
                if policy == GapPolicy::Ask {
                    self.alarm(now, Alarm::PassedWhileAway(lot));
                }
            }
        }
        self.emit(now, FactBody::GapClosed { contract, print: record.print.last() });
        for it in self.away.iter_mut().filter(|it| it.contract == contract) {
            it.is_judged = true;
        }
        self.fire_phantoms(now, record);
    }

    /// Legs that were passed watch again once a price is on their good side.
    fn watch_again(&mut self, now: &mut Now<'_>, contract: ContractId, print: &Print) {
        let passed: Vec<_> =
            self.book.passed().filter(|&(lot, _)| self.book.lots().at(lot).contract == contract).collect();
        for (lot, leg) in passed {
            if self.leg_reached(lot, print).is_none_or(|(reached, _)| reached != leg) {
                self.emit(now, FactBody::PhantomWatches { lot, print: print.last() });
            }
        }
    }

    /// A person lets a lot exit whose leg was passed.
    pub(crate) fn exit_passed(&mut self, now: &mut Now<'_>, lot: LotId) {
        let Some(row) = self.book.lots().get(lot) else { return };
        let (state, contract) = (row.state, row.contract);
        let Some(leg) = self.book.passed_leg(lot).filter(|_| state == LotState::Armed) else { return };
        let Some(print) = self.marks.at(contract).last else { return };
        if self.qty_an_exit_could_close(lot) > 0 {
            self.fire(now, lot, leg, print, now.at);
        }
    }
}
