//! What a person, a feed and a link do besides orders: decisions, heartbeats, edges of the link, and
//! trades of others at the broker.

use phantom_engine::book::DifferenceStanding;
use phantom_engine::{Decision, Input, Origin};
use phantom_model::{ContractId, Link, Qty, Side, Span, Timestamp};

use super::World;
use crate::faults::Fault;
use crate::script::Outage;
use crate::tape::Seen;

/// How often a feed's heart beats.
const BEAT: Span = Span::from_millis(1_000);

impl World {
    /// The next thing that the world does by itself.
    pub(super) fn next_edge(&self) -> Timestamp {
        let beat = if self.plan.heart_beats { self.next_beat } else { Timestamp::MAX };
        self.edges.front().map_or(beat, |(at, _)| beat.min(*at))
    }

    /// Does what is due now.
    pub(super) fn do_edge(&mut self, at: Timestamp) {
        while let Some((due, link)) = self.edges.front().copied().filter(|(due, _)| *due <= at) {
            self.edges.pop_front();
            self.say_link(due.max(self.desk.now()), link);
        }
        if self.plan.heart_beats && self.next_beat <= at {
            if self.next_beat >= self.silent_until {
                self.tape.push(Seen::HeartBeat);
                self.desk.input(at, Input::FeedAlive);
                self.judge();
            }
            self.next_beat = at + BEAT;
        }
    }

    /// The desk is told that the way to the broker has come or gone.
    pub(super) fn say_link(&mut self, at: Timestamp, link: Link) {
        if self.is_over() {
            return;
        }
        self.tape.push(Seen::LinkSaid(link));
        self.desk.input(at, Input::Link(link));
        self.judge();
    }

    pub(super) fn break_link(&mut self, outage: Outage, span: Span) {
        if self.desk.broker().is_desk_away() {
            // It cannot get worse.
            return;
        }
        let now = self.desk.now();
        self.desk.broker_mut().break_for(outage, span);
        match outage {
            Outage::Disconnected => self.edges = [(now, Link::Down), (now + span, Link::Up)].into(),
            Outage::Flapping => {
                let seconds = span.nanos() / 1_000_000_000;
                let edge = |second: i64| {
                    let at = now + Span::from_nanos(second * 1_000_000_000);
                    (at, if second % 2 == 0 { Link::Down } else { Link::Up })
                };
                self.edges = (0..=seconds).map(edge).collect();
                self.edges.push_back((now + span + BEAT, Link::Up));
            }
            Outage::Deaf | Outage::Slow | Outage::QueueFull => {}
        }
        self.do_edge(now);
    }

    /// A person looks at every confirmed difference and decides.
    pub(super) fn decide(&mut self, brokers: bool) {
        let decision = if brokers { Decision::TakeBrokers } else { Decision::KeepOurs };
        let positions = self.desk.book().positions().iter();
        let open: Vec<ContractId> = positions
            .filter(|(_, it)| it.difference.is_some_and(|it| it.standing == DifferenceStanding::Confirmed))
            .map(|(contract, _)| contract)
            .collect();
        for contract in open {
            if self.is_over() {
                return;
            }
            let input = Input::Decide { contract, decision, origin: Origin::Window };
            self.command(Seen::Decided(contract), input);
        }
    }

    pub(super) fn trade_by_others(&mut self, contract: ContractId, side: Side, qty: u32, told: bool) {
        let Some(qty) = Qty::new(qty) else { return };
        let traded = self.desk.broker_mut().trade_by_others(contract, side, qty, told);
        if traded {
            let fault = if told { Fault::ForeignTrade } else { Fault::Unreported };
            self.desk.broker_mut().strikes_mut().count(fault);
        }
    }

    /// Somebody closes so much of the position at the broker; all of it for `None`.
    pub(super) fn close_at_broker(&mut self, contract: ContractId, qty: Option<u32>) {
        let held = self.desk.broker().exchange().position(contract);
        let all = u32::try_from(held.unsigned_abs()).unwrap_or(u32::MAX);
        let side = if held > 0 { Side::Sell } else { Side::Buy };
        let Some(part) = Qty::new(qty.unwrap_or(all).min(all)) else { return };
        if self.desk.broker_mut().trade_by_others(contract, side, part, true) {
            let fault = if qty.is_none() { Fault::ManualClose } else { Fault::PartialClose };
            self.desk.broker_mut().strikes_mut().count(fault);
        }
    }

    pub(super) fn silence_feed(&mut self, span: Span) {
        self.silent_until = self.desk.now() + span;
        if self.plan.heart_beats {
            self.desk.broker_mut().strikes_mut().count(Fault::FeedSilent);
        }
    }
}
