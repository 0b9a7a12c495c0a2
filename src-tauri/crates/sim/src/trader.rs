//! The trader as a script: tickets on both sides, reductions, cancels, flattens, kill switch, lockout,
//! signals, and now and then something that cannot be read.

use phantom_engine::HaltChange;
use phantom_model::{BreakEven, ContractId, ContractStanding, Guard, Offset, Side, Span};

use crate::draw::Draw;
use crate::faults::Fault;
use crate::plan::Plan;
use crate::script::{Deed, Instant, Outage, Scene, Wanted, Wish};

/// What the trader may do.
#[derive(Clone, Copy)]
enum Idea {
    Enter,
    Reduce,
    CancelRecent,
    CancelLive,
    Flatten,
    Kill,
    Look,
    Decide,
    Protect,
    Change,
    BadTicket,
}

/// How often the trader has each idea, by weight.
const IDEAS: [(u32, Idea); 11] = [
    (560, Idea::Enter),
    (190, Idea::Reduce),
    (90, Idea::CancelRecent),
    (60, Idea::CancelLive),
    (16, Idea::Flatten),
    (4, Idea::Kill),
    (60, Idea::Look),
    (30, Idea::Decide),
    (110, Idea::Protect),
    (70, Idea::Change),
    (6, Idea::BadTicket),
];

/// Faults that come as a decision of their own, not with one order.
const DISTURBANCES: [Fault; 17] = [
    Fault::Disconnected,
    Fault::Deaf,
    Fault::Flapping,
    Fault::Slow,
    Fault::QueueFull,
    Fault::Replay,
    Fault::ForeignTrade,
    Fault::ManualClose,
    Fault::PartialClose,
    Fault::Unreported,
    Fault::FeedSilent,
    Fault::Halt,
    Fault::Relisted,
    Fault::SameInstant,
    Fault::Crash,
    Fault::BeyondStop,
    Fault::TouchedWhileDown,
];
/// What can happen while the desk is away.
const DURING_RESTART: [Fault; 2] = [Fault::BeyondStop, Fault::TouchedWhileDown];

/// The trader of one run.
#[derive(Clone, Debug)]
pub struct Trader {
    draw: Draw,
    /// Events that placed an order, newest last.
    recent: Vec<u32>,
    /// What frees openings again, and after how many further deeds.
    to_lift: Vec<(u32, HaltChange)>,
    deeds: u64,
}

impl Trader {
    /// The trader of a seed.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self { draw: Draw::keyed(plan.seed, 0x7472_6164), recent: Vec::new(), to_lift: Vec::new(), deeds: 0 }
    }

    /// The pause before the next deed.
    pub fn pause(&mut self, plan: &Plan) -> Span {
        Span::from_nanos(self.draw.between(0, 2 * i64::from(plan.deed_gap_ms) * 1_000_000))
    }

    /// The next deed, and the fault that it is. `index` is the place that it will have in the list;
    /// `ticks` is the price of a contract now.
    pub fn deed(
        &mut self,
        plan: &Plan,
        index: u32,
        contract: ContractId,
        ticks: i64,
    ) -> (Deed, Option<Fault>) {
        if let Some(change) = self.due_lift() {
            return (Deed::Halt(change), None);
        }
        if let Some(fault) = self.disturbance(plan) {
            return (self.disturb(fault, contract), Some(fault));
        }
        let idea = self.draw.weighted(&IDEAS).unwrap_or(Idea::Enter);
        (self.carry_out(plan, idea, index, contract, ticks), None)
    }

    fn due_lift(&mut self) -> Option<HaltChange> {
        for (deeds, _) in &mut self.to_lift {
            *deeds = deeds.saturating_sub(1);
        }
        let due = self.to_lift.iter().position(|(deeds, _)| *deeds == 0)?;
        Some(self.to_lift.swap_remove(due).1)
    }

    fn carry_out(&mut self, plan: &Plan, idea: Idea, index: u32, contract: ContractId, ticks: i64) -> Deed {
        match idea {
            Idea::Enter => {
                self.recent.push(index);
                Deed::Place(self.ticket(plan, contract, ticks))
            }
            Idea::Reduce => {
                self.recent.push(index);
                let limit_away = self.draw.happens(400).then(|| self.draw.between(-3, 15));
                Deed::Reduce { contract, qty: self.draw.count(1, plan.qty_max), limit_away }
            }
            Idea::CancelRecent => {
                let back = usize::try_from(self.draw.below(6)).unwrap_or(0);
                let of = self.recent.len().checked_sub(back + 1).and_then(|place| self.recent.get(place));
                of.map_or(Deed::CancelLive(0), |&index| Deed::CancelOf(index))
            }
            Idea::CancelLive => Deed::CancelLive(self.draw.count(0, 9)),
            Idea::Flatten => Deed::Flatten,
            Idea::Kill => self.halt_for_a_while(HaltChange::Kill, HaltChange::LiftKill),
            Idea::Look => Deed::Halt(HaltChange::LiftLatch),
            Idea::Decide => Deed::Decide(!self.draw.happens(100)),
            Idea::Protect => Deed::Protect { nth: self.draw.count(0, 9), wish: self.wish() },
            Idea::Change => Deed::Change {
                nth: self.draw.count(0, 5),
                more: self.draw.between(-2, 3),
                ticks: self.draw.between(-6, 6),
            },
            Idea::BadTicket => Deed::BadTicket,
        }
    }

    fn wish(&mut self) -> Wish {
        let draw = &mut self.draw;
        match draw.count(0, 15) {
            0..=3 => Wish::Fix(draw.between(-2, 30)),
            4..=5 => Wish::Drag(draw.between(-2, 30)),
            6 => Wish::Away(draw.count(1, 30)),
            7..=9 => Wish::Trail(draw.count(1, 20)),
            10 => Wish::Target(draw.between(-2, 30)),
            11 => Wish::TargetAway(draw.count(1, 30)),
            12..=13 => {
                let after = draw.count(1, 12);
                Wish::Even(after, draw.count(0, after - 1))
            }
            14 => Wish::NoStop,
            _ => Wish::NoTarget,
        }
    }

    /// What an entry asks for beside its two prices; a leg has a price or a distance.
    fn guard(draw: &mut Draw, stop: &mut Option<i64>, target: &mut Option<i64>) -> Guard {
        let away = |draw: &mut Draw, leg: &mut Option<i64>| {
            let taken = leg.is_some() && draw.happens(250);
            let far = Offset::new(draw.count(2, 35));
            if taken {
                *leg = None;
            }
            far.filter(|_| taken)
        };
        let (stop, target) = (away(draw, stop), away(draw, target));
        let trail = if draw.happens(250) { Offset::new(draw.count(2, 25)) } else { None };
        let after = draw.count(1, 15);
        let plus = draw.count(0, after - 1);
        let even = Offset::new(after).and_then(|after| BreakEven::new(after, plus));
        Guard { stop, target, trail, break_even: even.filter(|_| draw.happens(250)) }
    }

    fn halt_for_a_while(&mut self, halt: HaltChange, lift: HaltChange) -> Deed {
        self.to_lift.push((self.draw.count(2, 12), lift));
        Deed::Halt(halt)
    }

    fn ticket(&mut self, plan: &Plan, contract: ContractId, ticks: i64) -> Wanted {
        let draw = &mut self.draw;
        let side = if draw.happens(500) { Side::Buy } else { Side::Sell };
        let sign = side.sign();
        let limit = draw.happens(400).then(|| ticks - sign * draw.between(-4, 25));
        let reference = limit.unwrap_or(ticks);
        // Now and then on the wrong side, which the gate must see.
        let mut away = |sign: i64| {
            let wrong = draw.happens(15);
            reference + sign * draw.between(2, 35) * if wrong { -1 } else { 1 }
        };
        let (stop, target) = (away(-sign), away(sign));
        let has = |draw: &mut Draw| draw.happens(plan.bracket_per_mille);
        let qty = draw.count(1, plan.qty_max);
        let (mut stop, mut target) = (has(draw).then_some(stop), has(draw).then_some(target));
        let by_signal = draw.happens(200);
        let guard = if plan.guarded { Self::guard(draw, &mut stop, &mut target) } else { Guard::NONE };
        Wanted { contract, side, qty, limit, stop, target, guard, by_signal }
    }

    /// A fault that comes as a decision of its own, not with one order.
    fn disturbance(&mut self, plan: &Plan) -> Option<Fault> {
        let nth = self.deeds;
        self.deeds += 1;
        let scripted = plan.scripted.iter().find(|(fault, at)| *at == nth && DISTURBANCES.contains(fault));
        if let Some((fault, _)) = scripted {
            return Some(*fault);
        }
        let first = DISTURBANCES.into_iter().filter(|fault| !DURING_RESTART.contains(fault));
        let fault = first.into_iter().find(|&fault| self.draw.happens(plan.per_mille(fault)))?;
        let scene = DURING_RESTART.into_iter().find(|&scene| self.draw.happens(plan.per_mille(scene)));
        Some(if fault == Fault::Crash { scene.unwrap_or(fault) } else { fault })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most faults are not disturbances; they plan nothing here"
    )]
    fn disturb(&mut self, fault: Fault, contract: ContractId) -> Deed {
        let draw = &mut self.draw;
        let span = Span::from_millis(draw.count(200, 9_000));
        match fault {
            Fault::Disconnected => Deed::Outage(Outage::Disconnected, span),
            Fault::Deaf => Deed::Outage(Outage::Deaf, span),
            Fault::Flapping => Deed::Outage(Outage::Flapping, Span::from_millis(draw.count(3_000, 9_000))),
            Fault::Slow => Deed::Outage(Outage::Slow, span),
            Fault::QueueFull => Deed::Outage(Outage::QueueFull, span),
            Fault::Replay => Deed::Replay,
            Fault::ForeignTrade | Fault::Unreported => Deed::ForeignTrade {
                contract,
                side: if draw.happens(500) { Side::Buy } else { Side::Sell },
                qty: draw.count(1, 3),
                told: fault == Fault::ForeignTrade,
            },
            Fault::ManualClose => Deed::CloseAtBroker(contract, None),
            Fault::PartialClose => Deed::CloseAtBroker(contract, Some(1)),
            Fault::FeedSilent => Deed::FeedSilence(Span::from_millis(draw.count(3_000, 15_000))),
            Fault::Halt => Deed::ExchangeHalt(contract, span),
            Fault::Relisted => {
                use ContractStanding::{Expired, LastDay, OtherTerms, RolledAway};
                let ways = [(1, RolledAway), (1, LastDay), (3, Expired), (3, OtherTerms)];
                Deed::Relist(contract, draw.weighted(&ways).unwrap_or(OtherTerms), span)
            }
            Fault::SameInstant => Deed::SameInstant {
                nth: draw.count(0, 9),
                command: draw
                    .weighted(&[
                        (4, Instant::Reduce),
                        (4, Instant::ReduceAtLimit),
                        (1, Instant::Flatten),
                        (4, Instant::MoveStop),
                        (4, Instant::TargetInOneBar),
                    ])
                    .unwrap_or(Instant::Reduce),
                command_first: draw.happens(500),
            },
            Fault::BeyondStop => self.restart(Scene::BeyondStop),
            Fault::TouchedWhileDown => self.restart(Scene::TouchedWhileDown),
            _ => {
                let scene = if draw.happens(400) { Scene::DiesBeforeSending } else { Scene::Plain };
                self.restart(scene)
            }
        }
    }

    fn restart(&mut self, scene: Scene) -> Deed {
        let down = Span::from_millis(self.draw.count(10, 8_000));
        Deed::Restart { down, scene, nth: self.draw.count(0, 9) }
    }
}
