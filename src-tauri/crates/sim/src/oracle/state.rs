//! The desk's state against the oracle's own account, after each step.

use phantom_engine::book::{Lot, LotState};
use phantom_engine::fact::Purpose;
use phantom_engine::{Book, Engine, Fact};
use phantom_model::{ArenaKey, ContractId, LotId, OrderId, OrderStatus, Side, Span};

use super::rows::{Cancel, Guard, Track};
use super::{Oracle, WHOLE_EVERY};
use crate::invariants::Invariant;
use crate::terms::{contract, name};
use crate::truth::Exchange;

impl Oracle {
    pub(super) fn compare(&mut self, engine: &Engine, facts: &[Fact], exchange: &Exchange) {
        let book = engine.book();
        for place in 0..self.contracts.len() {
            let contract = contract(place);
            if std::mem::take(&mut self.contracts.at_mut(contract).touched) {
                self.compare_contract(engine, contract);
            }
        }
        // Orders after positions: a lost execution shows in both, and the position is what it costs.
        let mut touched = std::mem::take(&mut self.touched_orders);
        for id in touched.drain(..) {
            self.compare_order(book, id);
        }
        self.touched_orders = touched;
        self.compare_halt(book);
        self.i34_flat_is_flat(exchange);
        if facts.len() >= self.facts_at_whole + WHOLE_EVERY {
            self.facts_at_whole = facts.len();
            let same = self.shadow == *book;
            self.check(Invariant::I37, same, || "the book is not what its facts fold to".to_owned());
            // From here on it is a snapshot, as a file keeps it, that the next facts are folded into.
            let kept = postcard::to_stdvec(&self.shadow).and_then(|bytes| postcard::from_bytes(&bytes));
            self.check(Invariant::I37, kept.is_ok(), || "the book cannot be kept and read back".to_owned());
            if let Ok(kept) = kept {
                self.shadow = kept;
            }
        }
    }

    fn compare_order(&mut self, book: &Book, id: OrderId) {
        let Some(track) = self.orders.get(&id).filter(|it| it.purpose != Purpose::Outside) else { return };
        let (mut status, filled, lot) = (track.status, track.filled, track.lot);
        let open = lot.and_then(|lot| self.lot(lot)).map_or(0, |lot| lot.open);
        if status == OrderStatus::Filled && open == 0 {
            // Nothing that it opened is open: it must have been closed by a fact.
            status = OrderStatus::Closed;
        }
        let row = book.find(id).map(|key| book.orders().at(key));
        let found = row.map(|row| row.status);
        self.check(Invariant::I26, found == Some(status), || format!("{id} is {found:?}, due {status}"));
        let found = row.map(|row| row.filled);
        self.check(Invariant::I03, found == Some(filled), || format!("{id} filled {found:?}, due {filled}"));
    }

    fn compare_contract(&mut self, engine: &Engine, contract: ContractId) {
        let position = engine.book().positions().at(contract);
        let [told, said] = self.contracts.at(contract).listed;
        self.check(Invariant::I30, told == said && said == position.contract, || {
            format!("{contract:?} is {told:?} at the broker, and the desk has {said:?}")
        });
        let row = self.contracts.at(contract);
        let (net, lots) = (row.net, row.lots.len());
        let found = position.net.signed();
        self.check(Invariant::I01, found == net, || {
            format!("{} is {found}, the executions delivered make {net}", name(contract))
        });
        let in_lots: i64 = self
            .open_lots(contract)
            .filter_map(|lot| self.lot(lot))
            .map(|lot| lot.side.sign() * i64::from(lot.open))
            .sum();
        self.check(Invariant::I01, in_lots == net, || {
            format!("{}: lots add up to {in_lots}, the position is {net}", name(contract))
        });
        for side in Side::BOTH {
            let (found, due) = (position.entry_leaves(side), self.entry_leaves(contract, side));
            self.check(Invariant::I29, found == due, || {
                format!(
                    "{side} entries of {} count {found}, those without proof of an end {due}",
                    name(contract)
                )
            });
        }
        let (found, due) = (position.exits_outstanding(), self.exit_leaves(contract));
        self.check(Invariant::I29, found == due, || {
            format!("exits of {} count {found}, those without proof of an end {due}", name(contract))
        });
        let latched = self.halt.latched;
        // A shadow that comes to stand may be one too many beside what was sent, until one is asked back; and an
        // exit that nobody has answered may be out for what a shadow has closed.
        let (shadows, beside) = self.shadow_leaves(contract);
        let fit = |beside: u64| due.saturating_sub(shadows + beside).max(shadows) <= net.unsigned_abs();
        let fits = fit(beside) || fit(beside + self.asked_back_for_a_shadow(contract));
        self.check(Invariant::I10, fits || latched, || {
            format!("exits of {} for {due}, position {net}, and no latch", name(contract))
        });
        // With a thousand lots the look at each of them is for a sample of the steps.
        if lots <= 60 || self.seq.is_multiple_of(61) {
            self.compare_lots(engine, contract, due);
        }
    }

    fn open_lots(&self, contract: ContractId) -> impl Iterator<Item = LotId> {
        self.contracts.at(contract).lots.iter().copied()
    }

    fn compare_lots(&mut self, engine: &Engine, contract: ContractId, exits: u64) {
        let reductions = self.live(contract).any(Track::is_reduction);
        let net = self.contracts.at(contract).net;
        let mut armed_total = 0;
        for id in self.open_lots(contract).collect::<Vec<_>>() {
            let Some(lot) = self.lot(id) else { continue };
            let (open, guard, side, exiting) = (lot.open, lot.guard, lot.side, self.lot_exit_leaves(lot));
            let Some(row) = engine.book().lots().get(id) else {
                self.broken(Invariant::I18, || format!("lot {id:?} is gone"));
                return;
            };
            let same = row.open == open && same_guard(row, guard);
            self.check(Invariant::I18, same, || {
                format!("lot {id:?} is {:?} with {}, due {guard:?} with {open}", row.state, row.open)
            });
            self.i20_stops_are_where_they_belong(id, engine.book().bracket(id));
            let armed = engine.armed_qty(id);
            armed_total += u64::from(armed);
            let most = open.saturating_sub(exiting);
            let right = if reductions { armed <= most } else { armed == most };
            self.check(Invariant::I19, right, || {
                format!("lot {id:?} is armed for {armed}; open {open}, exits of its own {exiting}")
            });
            if matches!(guard, Guard::Exiting(_)) && most > 0 {
                self.i17_fired_lots_leave(id, side, net, exits);
            }
        }
        self.i22_copies_are_true(engine, contract);
        let latched = self.halt.latched;
        let lied = self.contracts.at(contract).lied;
        let out = if lied { 0 } else { exits.saturating_sub(self.beyond_their_lots(contract)) };
        // With more exits out than the position, which I10 judges, nothing tells which lots they leave.
        let crowded = exits > net.unsigned_abs();
        let fits = armed_total.saturating_add(out) <= net.unsigned_abs() || latched || crowded;
        self.check(Invariant::I19, fits, || {
            format!("{}: armed {armed_total} and exits {exits} exceed the position {net}", name(contract))
        });
    }

    /// A fired lot with contracts that no exit of its own will close: something else closes them, or
    /// stands in the way and has been asked to go. Each waits for a way, and for the broker's own account after
    /// that: three answers in vain take 18 s.
    fn i17_fired_lots_leave(&mut self, lot: LotId, side: Side, net: i64, exits: u64) {
        let turned = net == 0 || (net > 0) != (side == Side::Buy);
        let Some(row) = self.lot(lot) else { return };
        let contract = row.contract;
        let nothing_left = exits >= self.contracts.at(contract).closable();
        let reduction = self.live(contract).any(Track::is_reduction);
        let no_way = self.may_have_no_way();
        self.check(Invariant::I17, turned || nothing_left || reduction || no_way, || {
            format!("lot {lot:?} has fired and nothing is on its way for it")
        });
    }

    /// Whether exits may wait: there is no way to the broker, or its own account has not been compared whole
    /// since there is one.
    pub(super) fn may_have_no_way(&self) -> bool {
        let until = self.up_at + Span::from_millis(18_000);
        self.halt.not_connected || (self.halt.reconciling && self.now < until)
    }

    fn compare_halt(&mut self, book: &Book) {
        let wrong = self.contracts.iter().find(|(contract, row)| row.latched != book.is_latched(*contract));
        if let Some((contract, due)) = wrong.map(|(contract, row)| (contract, row.latched)) {
            self.broken(Invariant::I35, || format!("{} latched {}, due {due}", name(contract), !due));
            return;
        }
        let (due, found) = (self.halt, book.halt());
        self.check(Invariant::I35, due == found, || format!("halts are {found:?}, due {due:?}"));
    }

    /// Whoever owes an answer past its deadline is marked unknown; a flatten has answered.
    pub(super) fn i23_answers_in_time(&mut self, engine: &Engine) {
        let now = self.now;
        while let Some(&(due, id)) = self.owed.front() {
            if due >= now || due >= engine.next_due() {
                break;
            }
            self.owed.pop_front();
            let Some(track) = self.orders.get(&id) else { continue };
            let owes = match (track.status, track.cancel) {
                (OrderStatus::Pending, _) => Some(track.submitted_at),
                (OrderStatus::Accepted | OrderStatus::PartiallyFilled, Cancel::Asked(at)) => Some(at),
                _ => None,
            };
            let unknown = track.unknown || track.asked_at >= due;
            let overdue = owes.is_some_and(|since| since + self.timing.answer_overdue <= due);
            self.check(Invariant::I23, !overdue || unknown, || {
                format!("the answer for {id} is overdue, and it is not marked unknown")
            });
        }
        if let Some(since) = self.flatten.since {
            let in_time = now <= (since + self.timing.flatten_answer).max(self.back_at);
            self.check(Invariant::I23, in_time, || "a flatten has not answered in time".to_owned());
        }
    }

    /// What the same account led to when it was told a second time.
    pub fn i39_nothing_new(&mut self, facts: &[Fact]) {
        self.check(Invariant::I39, facts.is_empty(), || {
            format!("told twice, the account leads to {facts:?}")
        });
    }

    /// The desk has come back from its facts: its book must be what it was.
    pub fn i36_restart_changes_nothing(&mut self, book: &Book) {
        let same = self.shadow == *book;
        let seq = self.seq;
        self.check(Invariant::I36, same, || {
            format!("the book before the restart ends with fact {seq}, the one after with {}", book.seq())
        });
    }

    /// The stop or target price of the n-th armed lot, for events that aim at it.
    #[must_use]
    pub fn armed_lot(&self, nth: u32) -> Option<(LotId, ContractId, Side, phantom_model::Bracket)> {
        let open = self.contracts.iter().flat_map(|(_, row)| row.lots.iter());
        let armed: Vec<_> = open
            .filter_map(|&id| self.lot(id).map(|lot| (id, lot)))
            .filter(|(_, lot)| lot.guard == Guard::Armed && lot.shield.levels(lot.side).stop.is_some())
            .collect();
        let place = (nth as usize).checked_rem(armed.len())?;
        armed.get(place).map(|(id, lot)| (*id, lot.contract, lot.side, lot.shield.levels(lot.side)))
    }

    /// Whether a lot has fired.
    #[must_use]
    pub fn has_fired(&self, lot: LotId) -> bool {
        self.lots
            .get(lot.row() as usize)
            .is_some_and(|lot| matches!(lot.guard, Guard::Exiting(_) | Guard::Unprotected(_)))
    }

    /// The last good price of a contract, in ticks.
    #[must_use]
    pub fn last_ticks(&self, contract: ContractId) -> Option<i64> {
        self.contracts.at(contract).last
    }
}

fn same_guard(row: &Lot, guard: Guard) -> bool {
    match (row.state, guard) {
        (LotState::Bare, Guard::Bare) | (LotState::Armed, Guard::Armed) => true,
        (LotState::Exiting { leg, .. }, Guard::Exiting(due))
        | (LotState::Unprotected { leg }, Guard::Unprotected(due)) => leg == due,
        (
            LotState::Bare | LotState::Armed | LotState::Exiting { .. } | LotState::Unprotected { .. },
            Guard::Bare | Guard::Armed | Guard::Exiting(_) | Guard::Unprotected(_),
        ) => false,
    }
}
