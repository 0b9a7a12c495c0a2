//! What one seed is made of: which faults are on and how often they strike, the limits of the desk,
//! the pace of its market and of its trader.
//!
//! Swarm testing: each seed has a random subset of the faults on. A run with everything on hides
//! what only one fault, left alone, brings to light.

use phantom_compliance::{Limits, Minis, ShortSelling};
use phantom_model::{Offset, Span};

use crate::draw::{Draw, join};
use crate::faults::Fault;
use crate::terms::CONTRACTS;

/// How many seeds of a run are floods, and how many are mass triggers: one each in so many.
const GREAT_EVERY: u64 = 256;

/// What the caller asks of every seed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// Orders that a seed submits before it calms down.
    pub orders: usize,
    /// Only these faults, and all of them on; everything when `None`.
    pub only: Option<Vec<Fault>>,
    /// Faults that strike at the n-th opportunity, counted from 0, whatever chance says.
    pub scripted: Vec<(Fault, u64)>,
    /// Whether facts and messages are hashed.
    pub hashes: Hashes,
}

/// Whether facts and messages are hashed: it costs half the time of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hashes {
    /// They are.
    Taken,
    /// They are not.
    Skipped,
}

impl Default for Wish {
    fn default() -> Self {
        Self { orders: 560, only: None, scripted: Vec::new(), hashes: Hashes::Skipped }
    }
}

/// The one great event of some seeds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Great {
    /// None.
    No,
    /// A flood of prints.
    Flood,
    /// A thousand lots and one print that stops them all.
    MassTrigger,
}

/// What one seed is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Orders to submit before calming down.
    pub orders: usize,
    /// Faults at a chosen opportunity.
    pub scripted: Vec<(Fault, u64)>,
    /// Whether hashes are taken.
    pub hashes: Hashes,
    per_mille: [u32; Fault::COUNT],
    /// Contracts that are traded.
    pub contracts: usize,
    /// The limits of the desk.
    pub limits: Limits,
    /// One way through the connection, in milliseconds: from, to.
    pub delay_ms: (u32, u32),
    /// Whether fills come with the print that makes them, or travel like any report.
    pub fills_in_band: bool,
    /// Whether the feed's heart beats, once a second.
    pub heart_beats: bool,
    /// Mean time between two prints of a contract, in milliseconds.
    pub print_gap_ms: u32,
    /// Mean time between two deeds of the trader, in milliseconds.
    pub deed_gap_ms: u32,
    /// The longest ordinary step of a price, in ticks.
    pub step_ticks: i64,
    /// The largest order that the trader thinks of.
    pub qty_max: u32,
    /// Chance that an entry has a stop and a target, in thousandths.
    pub bracket_per_mille: u32,
    /// Whether entries ask for distances, trailing stops and moves to break-even too.
    pub guarded: bool,
    /// The one great event.
    pub great: Great,
    /// How far beyond its stop every phantom has a second stop at the broker.
    pub disaster: Option<Offset>,
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64, wish: &Wish) -> Self {
        let mut draw = Draw::keyed(seed, 0x706c_616e);
        let scripted = |fault| wish.scripted.iter().any(|(it, _)| *it == fault);
        let great = match (&wish.only, seed % GREAT_EVERY) {
            _ if scripted(Fault::Flood) => Great::Flood,
            _ if scripted(Fault::MassTrigger) => Great::MassTrigger,
            (None, 11) => Great::Flood,
            (None, 23) => Great::MassTrigger,
            (Some(only), _) if only.contains(&Fault::Flood) => Great::Flood,
            (Some(only), _) if only.contains(&Fault::MassTrigger) => Great::MassTrigger,
            (None | Some(_), _) => Great::No,
        };
        let limits = match great {
            Great::MassTrigger => Limits::NONE,
            Great::No | Great::Flood => draw_limits(&mut draw),
        };
        let per_mille = draw_faults(&mut draw, wish.only.as_deref());
        let has =
            |fault: Fault| per_mille.get(fault.place()).is_some_and(|rate| *rate > 0) || scripted(fault);
        let wide =
            Offset::new(Draw::keyed(seed, 0x7769_6465).count(2, 25)).filter(|_| has(Fault::DoubleFill));
        Self {
            seed,
            orders: wish.orders,
            scripted: wish.scripted.clone(),
            hashes: wish.hashes,
            per_mille,
            disaster: wide,
            contracts: usize::try_from(draw.between(1, 3)).unwrap_or(1).min(CONTRACTS),
            limits,
            delay_ms: (draw.count(0, 5), draw.count(5, 300)),
            fills_in_band: draw.happens(400),
            heart_beats: draw.happens(500) || wish.scripted.iter().any(|(it, _)| *it == Fault::FeedSilent),
            print_gap_ms: draw.count(60, 700),
            deed_gap_ms: draw.count(150, 1_200),
            step_ticks: draw.between(1, 4),
            qty_max: draw.count(1, 8),
            bracket_per_mille: draw.count(300, 950),
            guarded: draw.happens(600),
            great,
        }
    }

    /// The chance of a fault at each opportunity, in thousandths; 0 when the seed has it off.
    #[must_use]
    pub fn per_mille(&self, fault: Fault) -> u32 {
        self.per_mille.get(fault.place()).copied().unwrap_or(0)
    }

    /// Whether the broker's side holds stops for the desk's phantoms.
    #[must_use]
    pub fn has_covers(&self) -> bool {
        let is_on = |fault| self.per_mille(fault) > 0 || self.scripted.iter().any(|(it, _)| *it == fault);
        is_on(Fault::DoubleFill) || is_on(Fault::ShadowPlaced)
    }

    /// Whether the fault must strike its n-th opportunity, whatever chance says.
    #[must_use]
    pub fn is_scripted(&self, fault: Fault, nth: u64) -> bool {
        self.scripted.contains(&(fault, nth))
    }

    /// A delay of one way through the connection.
    #[must_use]
    pub fn delay(&self, draw: &mut Draw) -> Span {
        let (low, high) = self.delay_ms;
        Span::from_millis(draw.count(low, high))
    }

    /// Whether the fault strikes an opportunity of this key by chance.
    #[must_use]
    pub fn strikes(&self, fault: Fault, key: u64) -> bool {
        let chance = self.per_mille(fault);
        chance > 0 && {
            let place = u64::try_from(fault.place()).unwrap_or(0);
            Draw::keyed(self.seed, join(key, place)).happens(chance)
        }
    }
}

fn draw_faults(draw: &mut Draw, only: Option<&[Fault]>) -> [u32; Fault::COUNT] {
    let mut rates = [0; Fault::COUNT];
    // How wild the seed is altogether: from nothing at all to half of everything.
    let on = draw.count(0, 500);
    for fault in Fault::all() {
        let is_on = match only {
            Some(only) => only.contains(&fault),
            None => draw.happens(on),
        };
        let (low, high) = fault.per_mille();
        let rate = draw.count(low, high);
        if let Some(place) = rates.get_mut(fault.place()).filter(|_| is_on) {
            *place = rate;
        }
    }
    rates
}

fn draw_limits(draw: &mut Draw) -> Limits {
    let minis = |draw: &mut Draw, low, high| Some(Minis::whole(draw.count(low, high)));
    Limits {
        short_selling: if draw.happens(850) { ShortSelling::On } else { ShortSelling::Off },
        order_max: if draw.happens(700) { minis(draw, 2, 10) } else { None },
        position_max: minis(draw, 5, 40),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_a_function_of_its_seed_and_seeds_differ() {
        let wish = Wish::default();
        assert_eq!(Plan::of(5, &wish), Plan::of(5, &wish));
        assert_ne!(Plan::of(5, &wish).per_mille, Plan::of(6, &wish).per_mille);
    }

    #[test]
    fn only_the_faults_that_were_asked_for_are_on() {
        let wish = Wish { only: Some(vec![Fault::Overfill]), ..Wish::default() };
        let plan = Plan::of(1, &wish);
        for fault in Fault::all() {
            assert_eq!(plan.per_mille(fault) > 0, fault == Fault::Overfill, "{fault}");
        }
    }
}
