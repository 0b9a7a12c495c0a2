//! The trader changes what protects a lot; and the account, told once more, must say nothing.

use phantom_compliance::{EvenChange, Protect, StopChange, TargetChange};
use phantom_engine::{Input, Origin, Outcome, Protected, Request};
use phantom_model::{BreakEven, BrokerReport, BrokerSnapshot, Link, LotId, Offset, SnapshotId};

use super::World;
use crate::planted::Planted;
use crate::script::Wish;
use crate::tape::Seen;
use crate::terms::{first_ticks, price};

impl World {
    /// Changes what protects the n-th open lot.
    pub(super) fn protect(&mut self, nth: u32, wish: Wish) {
        let Some((lot, contract, side)) = self.oracle.open_lot(nth) else { return };
        let last = self.oracle.last_ticks(contract).unwrap_or_else(|| first_ticks(contract));
        let losing = |ticks: i64| price(last - side.sign() * ticks);
        let stop = |stop: StopChange| Protect { stop, ..Protect::default() };
        let target = |target: TargetChange| Protect { target, ..Protect::default() };
        let change = match wish {
            Wish::Fix(away) => losing(away).map(|price| stop(StopChange::Fix(price))),
            Wish::Drag(away) => losing(away).map(|price| stop(StopChange::At(price))),
            Wish::Away(far) => Offset::new(far).map(|far| stop(StopChange::Away(far))),
            Wish::Trail(far) => Offset::new(far).map(|far| stop(StopChange::Trail(far))),
            Wish::Target(away) => losing(-away).map(|price| target(TargetChange::At(price))),
            Wish::TargetAway(far) => Offset::new(far).map(|far| target(TargetChange::Away(far))),
            Wish::Even(after, plus) => {
                let even = Offset::new(after).and_then(|after| BreakEven::new(after, plus));
                even.map(|even| Protect { even: EvenChange::Set(even), ..Protect::default() })
            }
            Wish::NoStop => Some(stop(StopChange::Remove)),
            Wish::NoTarget => Some(target(TargetChange::Remove)),
        };
        let Some(change) = change else { return };
        self.command(Seen::Protected(lot, Box::new(change)), protection_of(lot, change));
    }

    /// The planted bug of a desk that lets stops trail anew after a restart, from the first price that it
    /// sees.
    pub(super) fn trails_begin_anew(&mut self) {
        let book = self.desk.book();
        let lots = book.positions().iter().flat_map(|(_, position)| &position.lots);
        let trails = lots.filter_map(|&lot| Some((lot, book.protection(lot).trail?.distance.count())));
        for (lot, distance) in trails.collect::<Vec<_>>() {
            let Some(far) = u32::try_from(distance).ok().and_then(Offset::new) else { continue };
            let change = Protect { stop: StopChange::Trail(far), ..Protect::default() };
            self.desk.input(self.desk.now(), protection_of(lot, change));
        }
        self.judge();
    }

    /// The whole account that has come in this step, now and then.
    pub(super) fn account_to_tell_again(&mut self) -> Option<BrokerSnapshot> {
        let told = self.seen.iter().rev().find_map(whole_account)?;
        self.accounts += 1;
        self.accounts.is_multiple_of(ACCOUNTS_EACH).then(|| told.clone())
    }

    /// The account that has just been told is told once more, to a copy of the desk's engine: it must say
    /// nothing the second time.
    pub(super) fn tell_account_again(&mut self, told: &BrokerSnapshot) {
        if self.is_over() {
            return;
        }
        let (mut engine, now) = (self.desk.engine().clone(), self.desk.now());
        let mut out = Outcome::default();
        // The first of the two is the answer to a later question than the one that the desk has had, so it
        // may say more. The second must say nothing.
        for _ in 0..2 {
            engine.apply(now, Input::Reconcile, &mut out);
            let asked = out.requests.iter().rev().find_map(question);
            let Some(answers) = asked else { return };
            out.clear();
            let again = BrokerReport::Snapshot(Box::new(BrokerSnapshot { answers, ..told.clone() }));
            engine.apply(now, Input::Report(again), &mut out);
        }
        if self.planted == Some(Planted::ToldTwice) {
            engine.apply(now, Input::Link(Link::Up), &mut out);
        }
        self.oracle.i39_nothing_new(&out.facts);
    }
}

/// One whole account in so many is told twice: each costs a copy of the engine.
const ACCOUNTS_EACH: u64 = 12;

fn whole_account(seen: &Seen) -> Option<&BrokerSnapshot> {
    let Seen::Delivered(BrokerReport::Snapshot(it)) = seen else { return None };
    let whole = it.orders.all().is_some() && it.fills.all().is_some() && it.positions.all().is_some();
    whole.then_some(&**it)
}

const fn question(request: &Request) -> Option<SnapshotId> {
    match request {
        Request::Snapshot(id) => Some(*id),
        Request::Submit(_)
        | Request::Cancel(_)
        | Request::Change(_)
        | Request::Query(_)
        | Request::NativeClose(_) => None,
    }
}

fn protection_of(lot: LotId, change: Protect) -> Input {
    Input::Protect { whom: Protected::Lot(lot), change: Ok(change), origin: Origin::Window }
}
