//! Writes the script of a run: market and trader merged by time, a stretch at a time, because how
//! long a run must be is known only once enough orders have been submitted.

use phantom_model::{ArenaKey, ContractId, Guard, Side, Span, Timestamp};

use crate::draw::Draw;
use crate::faults::Fault;
use crate::market::Walk;
use crate::plan::{Great, Plan};
use crate::script::{Deed, Event, Wanted};
use crate::terms::{contract, first_ticks};
use crate::trader::Trader;

/// Prints of a flood: ten seconds at 50 000 a second.
const FLOOD_PRINTS: u32 = 500_000;
/// Lots of a mass trigger.
const MASS_LOTS: u32 = 1_000;
/// Events of one stretch.
const STRETCH: usize = 400;

/// Writes events.
#[derive(Clone, Debug)]
pub struct Author {
    plan: Plan,
    walks: Vec<Walk>,
    trader: Trader,
    next_deed: Timestamp,
    draw: Draw,
    index: u32,
    great: Great,
}

impl Author {
    /// The author of a plan's script.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self {
            walks: (0..plan.contracts).map(|place| Walk::new(plan, contract(place))).collect(),
            trader: Trader::new(plan),
            // The market goes first: a desk without a price can judge no stop.
            next_deed: Timestamp::default() + Span::from_millis(2 * plan.print_gap_ms + 10),
            draw: Draw::keyed(plan.seed, 0x6175_7468),
            index: 0,
            great: plan.great,
            plan: plan.clone(),
        }
    }

    /// Writes the next stretch.
    pub fn write(&mut self, events: &mut Vec<Event>) {
        match std::mem::replace(&mut self.great, Great::No) {
            Great::No => {}
            Great::Flood => self.write_flood(events),
            Great::MassTrigger => self.write_mass_trigger(events),
        }
        for _ in 0..STRETCH {
            self.write_one(events);
        }
    }

    fn write_one(&mut self, events: &mut Vec<Event>) {
        let first = self.walks.iter_mut().min_by_key(|walk| walk.next());
        let Some(walk) = first else { return };
        let at = walk.next();
        if at <= self.next_deed {
            let (deed, fault) = walk.print(&self.plan);
            self.push(events, at, deed, fault);
        } else {
            let place = usize::try_from(self.draw.below(u64::try_from(self.walks.len()).unwrap_or(1)));
            let place = place.unwrap_or(0);
            let ticks = self.walks.get(place).map_or(1, Walk::ticks);
            let (deed, fault) = self.trader.deed(&self.plan, self.index, contract(place), ticks);
            let at = self.next_deed;
            self.next_deed = at + self.trader.pause(&self.plan);
            self.push(events, at, deed, fault);
        }
    }

    fn push(&mut self, events: &mut Vec<Event>, at: Timestamp, deed: Deed, fault: Option<Fault>) {
        events.push(Event { index: self.index, at, deed, fault });
        self.index += 1;
    }

    /// The flood comes in the middle of ordinary life, at the price of its moment.
    fn write_flood(&mut self, events: &mut Vec<Event>) {
        for _ in 0..STRETCH {
            self.write_one(events);
        }
        let Some(walk) = self.walks.first() else { return };
        let (at, ticks) = (self.next_deed.max(walk.next()), walk.ticks());
        let deed = Deed::Flood { contract: contract(0), ticks, prints: FLOOD_PRINTS };
        self.push(events, at, deed, Some(Fault::Flood));
    }

    /// A thousand entries of one contract, each with its stop; then a print below all of them.
    fn write_mass_trigger(&mut self, events: &mut Vec<Event>) {
        let contract = contract(0);
        let first = first_ticks(contract);
        // The desk has compared the broker's account by then.
        let mut at = Timestamp::default() + Span::from_millis(3_000);
        let print = |ticks| Deed::Print { contract, ticks, quotes: None, behind: Span::ZERO };
        self.push(events, at, print(first), None);
        for _ in 0..MASS_LOTS {
            at = at + Span::from_nanos(self.draw.between(1_000, 2_000_000));
            let stop = Some(first - self.draw.between(20, 45));
            let wanted = Wanted {
                contract,
                side: Side::Buy,
                qty: 1,
                limit: None,
                stop,
                target: None,
                guard: Guard::NONE,
                by_signal: false,
            };
            self.push(events, at, Deed::Place(wanted), None);
        }
        // Time for every fill, then one print through all of the stops.
        for step in 1..=40_i64 {
            at = at + Span::from_millis(250);
            self.push(events, at, print(first - step % 3), None);
        }
        at = at + Span::from_millis(250);
        self.push(events, at, print(first - 60), Some(Fault::MassTrigger));
        self.skip_to(at);
    }

    /// Ordinary life goes on after this time.
    fn skip_to(&mut self, at: Timestamp) {
        self.next_deed = at + Span::from_millis(3_000);
        for walk in &mut self.walks {
            walk.begin_after(at);
        }
    }
}

/// The contracts of a plan.
pub fn contracts(plan: &Plan) -> impl Iterator<Item = ContractId> {
    (0..u32::try_from(plan.contracts).unwrap_or(1)).map(ContractId::from_row)
}
