//! The desk dies and comes back from its facts.

use phantom_engine::{Book, Engine, Timing};
use phantom_model::{Link as Way, MarketRecord, Price, Print, Span};
use phantom_runtime::Core;

use super::{World, handling};
use crate::faults::Fault;
use crate::link::Link;
use crate::planted::Planted;
use crate::script::Scene;
use crate::strikes::Strikes;
use crate::tape::{Seen, TapedJournal};
use crate::terms::{price, terms};

impl World {
    pub(super) fn restart(&mut self, down: Span, scene: Scene, nth: u32) {
        let aim = self.oracle.armed_lot(nth).and_then(|(lot, contract, side, bracket)| {
            let stop = bracket.stop?;
            let beyond = price(stop.ticks() - 3 * side.sign())?;
            Some((lot, contract, beyond, stop))
        });
        if let (Scene::DiesBeforeSending, Some((_, contract, beyond, _))) = (scene, aim) {
            // What fires now is recorded, and nothing of it leaves.
            self.desk.broker_mut().let_sends_vanish(true);
            let print = Print::Trade { price: beyond, size: 1 };
            self.show(MarketRecord { contract, at: self.desk.now(), print });
            self.desk.broker_mut().let_sends_vanish(false);
        }
        if self.is_over() {
            return;
        }
        let up = self.desk.now() + down;
        self.desk.broker_mut().desk_is_away(down);
        self.pass_while_down(up);
        let last = aim.and_then(|(_, contract, ..)| self.desk.broker().exchange().last(contract));
        match (scene, aim) {
            (Scene::TouchedWhileDown, Some((lot, contract, _, stop))) if !self.oracle.has_fired(lot) => {
                self.trade_while_down(contract, stop);
                if let Some(back) = last {
                    self.trade_while_down(contract, back);
                }
                self.desk.broker_mut().strikes_mut().count(Fault::TouchedWhileDown);
            }
            (Scene::BeyondStop, Some((_, contract, beyond, _))) => self.trade_while_down(contract, beyond),
            (Scene::TouchedWhileDown | Scene::BeyondStop | Scene::Plain | Scene::DiesBeforeSending, _) => {}
        }
        self.come_back();
        let link = if self.desk.broker().is_cut() { Way::Down } else { Way::Up };
        self.say_link(up, link);
        self.run_until(up);
        self.forgets_trails = self.planted == Some(Planted::TrailBeginsAnew);
        if let (Scene::BeyondStop, Some((lot, contract, beyond, _))) = (scene, aim)
            && !self.is_over()
            && !self.oracle.has_fired(lot)
        {
            let print = Print::Trade { price: beyond, size: 1 };
            self.show(MarketRecord { contract, at: up, print });
            if self.oracle.has_fired(lot) {
                self.desk.broker_mut().strikes_mut().count(Fault::BeyondStop);
            }
        }
    }

    /// The broker's life goes on; what it reports waits for the desk.
    fn pass_while_down(&mut self, up: phantom_model::Timestamp) {
        phantom_broker::Broker::advance(self.desk.broker_mut(), up);
    }

    /// A trade that the exchange sees and the desk does not.
    fn trade_while_down(&mut self, contract: phantom_model::ContractId, price: Price) {
        let at = self.desk.broker().time();
        let record = MarketRecord { contract, at, print: Print::Trade { price, size: 1 } };
        self.desk.broker_mut().show_unseen(&record);
    }

    /// A new desk on the facts of the old one. Nothing else survives: no deadline, no price, no retry.
    fn come_back(&mut self) {
        let link = Link::new(&self.plan, self.tape.clone(), Strikes::new(None), None);
        let link = std::mem::replace(self.desk.broker_mut(), link);
        let journal = TapedJournal::new(self.tape.clone(), self.plan.hashes);
        let journal = std::mem::replace(self.desk.journal_mut(), journal);
        let mut kept = journal.facts();
        if self.planted == Some(Planted::LostTail) {
            kept = kept.get(..kept.len().saturating_sub(2)).unwrap_or_default();
        }
        let terms = terms();
        let book = Book::replay(&terms, kept);
        self.oracle.i36_restart_changes_nothing(&book);
        let mut engine = Engine::with_book(terms, self.plan.limits, Timing::LIVE, book);
        engine.set_handling(handling(&self.plan));
        let up = link.time();
        self.desk = Core::new(engine, link, journal).starting_at(up);
        self.restarts += 1;
        self.desk.broker_mut().strikes_mut().count(Fault::Crash);
        self.tape.push(Seen::Restarted);
    }
}
