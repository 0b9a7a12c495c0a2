//! Makes a failing run small: cuts events and faults away as long as the same invariant still fails.

use std::collections::BTreeSet;

use crate::invariants::{Invariant, Violation};
use crate::plan::Plan;
use crate::planted::Planted;
use crate::script::Event;
use crate::strikes::Strike;
use crate::world::{Cut, Run, Trail, play};

/// How many runs a shrink may take.
const RUNS_MAX: u32 = 2_000;

/// A failing run, cut to what it takes to fail.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// What is still played.
    pub events: Vec<Event>,
    /// The faults that still strike.
    pub strikes: Vec<Strike>,
    /// What still fails.
    pub violation: Violation,
    /// What was seen on the way there, in words.
    pub trail: Vec<String>,
    /// How many runs it took.
    pub runs: u32,
}

struct Shrinker<'a> {
    plan: &'a Plan,
    planted: Option<Planted>,
    invariant: Invariant,
    runs: u32,
}

impl Shrinker<'_> {
    fn cut(&self, events: &[Event], strikes: &[Strike]) -> Cut {
        let allowed: BTreeSet<Strike> = strikes.iter().copied().collect();
        Cut {
            events: Some(events.to_vec()),
            allowed: Some(allowed),
            planted: self.planted,
            trail: Trail::Lost,
        }
    }

    fn fails(&mut self, events: &[Event], strikes: &[Strike]) -> bool {
        self.runs += 1;
        let run = play(self.plan, &self.cut(events, strikes));
        run.violation.is_some_and(|violation| violation.invariant == self.invariant)
    }

    /// Takes parts away, larger ones first, as long as what is left still fails.
    fn minimise<T: Clone>(&mut self, items: Vec<T>, fails: impl Fn(&mut Self, &[T]) -> bool) -> Vec<T> {
        let mut items = items;
        let mut size = items.len().div_ceil(2);
        while size > 0 && self.runs < RUNS_MAX {
            let mut start = 0;
            let mut cut_some = false;
            while start < items.len() && self.runs < RUNS_MAX {
                let end = (start + size).min(items.len());
                let kept: Vec<T> = items.iter().take(start).chain(items.iter().skip(end)).cloned().collect();
                if fails(self, &kept) {
                    items = kept;
                    cut_some = true;
                } else {
                    start = end;
                }
            }
            if size == 1 && !cut_some {
                break;
            }
            size = if size == 1 { 1 } else { size.div_ceil(2) };
        }
        items
    }
}

/// Cuts a failing run; `None` when it does not fail, or not again.
#[must_use]
pub fn shrink(plan: &Plan, run: &Run, planted: Option<Planted>) -> Option<Shrunk> {
    let violation = run.violation.clone()?;
    let mut it = Shrinker { plan, planted, invariant: violation.invariant, runs: 0 };
    let events = run.events.clone();
    let strikes = run.struck.clone();
    if !it.fails(&events, &strikes) {
        return None;
    }
    let events = it.minimise(events, |it, events| it.fails(events, &strikes));
    let strikes = it.minimise(strikes, |it, strikes| it.fails(&events, strikes));
    let events = it.minimise(events, |it, events| it.fails(events, &strikes));
    let last = play(plan, &Cut { trail: Trail::Kept, ..it.cut(&events, &strikes) });
    let strikes = last.struck.clone();
    Some(Shrunk { events, strikes, violation: last.violation?, trail: last.trail, runs: it.runs })
}
