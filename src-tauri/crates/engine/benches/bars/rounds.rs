//! Time taken in turns: kernel, ours, kernel, ours, so that a machine that changes its speed changes
//! both alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A round is cut into slices of about this length, and its figure is the median slice: another
/// process that takes the core for some milliseconds spoils a few slices and not the round.
const SLICE: Duration = Duration::from_micros(50);

/// How long everything runs.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// Rounds of each comparison.
    pub(crate) rounds: usize,
    /// Length of one case in one round.
    pub(crate) round: Duration,
    /// Orders of the long session.
    pub(crate) session_orders: u32,
    /// Sessions of that length.
    pub(crate) sessions: usize,
    /// Single operations timed one by one in each round.
    pub(crate) samples_each_round: usize,
}

impl Plan {
    /// The run that is published.
    pub(crate) const FULL: Self = Self {
        rounds: 21,
        round: Duration::from_millis(25),
        session_orders: 1_000_000,
        sessions: 5,
        samples_each_round: 5_000,
    };

    /// A look in passing.
    pub(crate) const QUICK: Self = Self {
        rounds: 5,
        round: Duration::from_millis(5),
        session_orders: 100_000,
        sessions: 3,
        samples_each_round: 1_000,
    };
}

/// One thing to time.
pub(crate) struct Case<'a> {
    /// Operations of one call.
    pub(crate) ops: usize,
    /// Does them.
    pub(crate) run: Box<dyn FnMut() + 'a>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(ops: usize, run: impl FnMut() + 'a) -> Self {
        Self { ops, run: Box::new(run) }
    }

    /// Nanoseconds of one operation: the median slice of one round.
    fn time(&mut self, round: Duration) -> f64 {
        let calls = self.calls_of_a_slice();
        let (mut slices, begin) = (Vec::new(), Instant::now());
        while begin.elapsed() < round {
            slices.push(per_op(elapsed(calls, &mut self.run), calls * self.ops));
        }
        Spread::of(slices).median
    }

    fn calls_of_a_slice(&mut self) -> usize {
        let mut calls = 1;
        while elapsed(calls, &mut self.run) < SLICE {
            calls *= 2;
        }
        calls
    }
}

/// How long these calls take.
fn elapsed(calls: usize, mut run: impl FnMut()) -> Duration {
    let begin = Instant::now();
    (0..calls).for_each(|_| run());
    begin.elapsed()
}

/// Nanoseconds of one of `ops` operations.
#[expect(clippy::cast_precision_loss, reason = "a figure to look at; counts stay far below 2^52")]
pub(crate) fn per_op(time: Duration, ops: usize) -> f64 {
    time.as_nanos() as f64 / ops as f64
}

/// A figure over all rounds.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        Self { median: figures[figures.len() / 2], least: figures[0], most: figures[figures.len() - 1] }
    }
}

/// Times the cases in turn, round by round.
pub(crate) fn interleave<const N: usize>(plan: Plan, mut cases: [Case<'_>; N]) -> [Spread; N] {
    let mut figures: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..plan.rounds {
        for (case, figures) in cases.iter_mut().zip(&mut figures) {
            figures.push(case.time(plan.round));
        }
    }
    figures.map(Spread::of)
}

/// A case that is timed between the rounds of work that is timed otherwise.
pub(crate) struct Beside<'a> {
    case: Case<'a>,
    length: Duration,
    figures: Vec<f64>,
}

impl<'a> Beside<'a> {
    pub(crate) const fn new(plan: Plan, case: Case<'a>) -> Self {
        Self { case, length: plan.round, figures: Vec::new() }
    }

    /// One round of the case.
    pub(crate) fn round(&mut self) {
        self.figures.push(self.case.time(self.length));
    }

    pub(crate) fn spread(self) -> Spread {
        Spread::of(self.figures)
    }
}

/// Single operations, each with two reads of the clock around it.
#[derive(Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    /// Times one operation.
    pub(crate) fn take<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let result = black_box(run());
        self.0.push(begin.elapsed());
        result
    }

    /// What the two reads cost by themselves.
    pub(crate) fn of_the_clock() -> Self {
        let mut samples = Self::default();
        for _ in 0..100_000 {
            samples.take(|| ());
        }
        samples
    }

    /// Nanoseconds that `percent` of the samples do not exceed.
    pub(crate) fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        per_op(self.0[self.0.len() * percent / 100], 1)
    }
}
