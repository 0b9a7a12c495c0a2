//! The market of one contract as a script: a random walk with bursts and gaps, absurd prints,
//! crossed books, repeated records and stamps that go back, a frozen price.

use phantom_model::{ArenaKey, ContractId, Span, Timestamp};

use crate::draw::{Draw, join};
use crate::faults::Fault;
use crate::plan::Plan;
use crate::script::Deed;
use crate::terms::first_ticks;

/// The walk of one contract's price.
#[derive(Clone, Debug)]
pub struct Walk {
    contract: ContractId,
    draw: Draw,
    ticks: i64,
    next: Timestamp,
    /// Prints of a burst still to come.
    burst: u32,
    frozen_until: Timestamp,
    prints: u64,
}

impl Walk {
    /// The walk of a contract under a seed.
    #[must_use]
    pub fn new(plan: &Plan, contract: ContractId) -> Self {
        let key = join(0x7761_6c6b, u64::from(contract.row()));
        Self {
            contract,
            draw: Draw::keyed(plan.seed, key),
            ticks: first_ticks(contract),
            next: Timestamp::default(),
            burst: 0,
            frozen_until: Timestamp::MIN,
            prints: 0,
        }
    }

    /// When it prints next.
    #[must_use]
    pub const fn next(&self) -> Timestamp {
        self.next
    }

    /// Prints nothing before this time, and a little after it.
    pub fn begin_after(&mut self, at: Timestamp) {
        self.next = self.next.max(at + Span::from_millis(100));
    }

    /// The price now, in ticks.
    #[must_use]
    pub const fn ticks(&self) -> i64 {
        self.ticks
    }

    /// The next print, and what is wrong with it.
    pub fn print(&mut self, plan: &Plan) -> (Deed, Option<Fault>) {
        let at = self.next;
        self.next = at + self.pause(plan);
        let nth = self.prints;
        self.prints += 1;
        let hit =
            |draw: &mut Draw, fault| draw.happens(plan.per_mille(fault)) || plan.is_scripted(fault, nth);
        if at < self.frozen_until {
            return (self.trade(None, Span::ZERO), None);
        }
        if hit(&mut self.draw, Fault::Frozen) {
            self.frozen_until = at + Span::from_millis(self.draw.count(2_000, 20_000));
            return (self.trade(None, Span::ZERO), Some(Fault::Frozen));
        }
        if hit(&mut self.draw, Fault::AbsurdPrint) {
            let far = self.draw.weighted(&[
                (2, self.ticks / 10),
                (2, self.ticks * 10),
                (3, 1),
                (3, self.ticks + 90),
            ]);
            let ticks = far.unwrap_or(1);
            let deed = Deed::Print { contract: self.contract, ticks, quotes: None, behind: Span::ZERO };
            return (deed, Some(Fault::AbsurdPrint));
        }
        let gap = hit(&mut self.draw, Fault::Gap);
        let step = if gap {
            let far = self.draw.between(15, 60);
            if self.draw.happens(500) { far } else { -far }
        } else {
            self.draw.between(-plan.step_ticks, plan.step_ticks)
        };
        self.ticks = (self.ticks + step).clamp(5_000, 40_000);
        if gap {
            return (self.trade(None, Span::ZERO), Some(Fault::Gap));
        }
        if hit(&mut self.draw, Fault::CrossedBook) {
            let quotes = if self.draw.happens(500) {
                (self.ticks + 3, self.ticks - 3)
            } else {
                (self.ticks - 1, i64::from(i32::MAX))
            };
            return (self.trade(Some(quotes), Span::ZERO), Some(Fault::CrossedBook));
        }
        if hit(&mut self.draw, Fault::OldPrint) {
            let behind = Span::from_millis(self.draw.count(0, 2_000));
            return (self.trade(None, behind), Some(Fault::OldPrint));
        }
        if self.draw.happens(20) {
            let (low, high) = (self.draw.between(0, 12), self.draw.between(0, 12));
            let open = self.ticks + self.draw.between(-low, high);
            let ohlc = [open, self.ticks - low, self.ticks + high, self.ticks];
            return (Deed::Bar { contract: self.contract, ohlc }, None);
        }
        let quotes = self.draw.happens(300).then_some((self.ticks - 1, self.ticks + 1));
        (self.trade(quotes, Span::ZERO), None)
    }

    /// A trade at the price as it is.
    #[must_use]
    pub const fn trade(&self, quotes: Option<(i64, i64)>, behind: Span) -> Deed {
        Deed::Print { contract: self.contract, ticks: self.ticks, quotes, behind }
    }

    fn pause(&mut self, plan: &Plan) -> Span {
        if self.burst > 0 {
            self.burst -= 1;
            return Span::from_nanos(self.draw.between(1_000, 400_000));
        }
        if self.draw.happens(15) {
            self.burst = self.draw.count(5, 40);
        }
        Span::from_nanos(self.draw.between(1, 2 * i64::from(plan.print_gap_ms) * 1_000_000))
    }
}
