//! Runs many seeds on a few threads. Each seed lives on one thread; results are merged in the order of
//! the seeds, so that the number of threads changes nothing but the time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use phantom_model::Timestamp;

use crate::invariants::{Invariant, Violation};
use crate::plan::{Hashes, Plan, Wish};
use crate::planted::Planted;
use crate::tally::Tally;
use crate::world::{Cut, Run, play};

/// Seeds whose failure is kept; the count goes on.
const KEPT: usize = 5;

/// What many runs found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Seeds that were run.
    pub seeds: u64,
    /// What they counted together.
    pub tally: Tally,
    /// The first seeds that failed, with what failed.
    pub failures: Vec<(u64, Violation)>,
    /// How many seeds failed.
    pub failed: u64,
}

impl Report {
    fn take(&mut self, seed: u64, run: Run) {
        self.seeds += 1;
        self.tally.merge(&run.tally);
        if let Some(violation) = run.violation {
            self.failed += 1;
            if self.failures.len() < KEPT {
                self.failures.push((seed, violation));
            }
        }
    }

    /// Adds what another part of the same run found.
    pub fn merge(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.tally.merge(&other.tally);
        self.failed += other.failed;
        self.failures.extend(other.failures);
        self.failures.sort_by_key(|(seed, _)| *seed);
        self.failures.truncate(KEPT);
    }
}

/// Runs one seed. A panic of the desk is a violation like any other.
#[must_use]
pub fn run_seed(seed: u64, wish: &Wish, planted: Option<Planted>) -> Run {
    let plan = Plan::of(seed, wish);
    let cut = Cut { planted, ..Cut::default() };
    catch_unwind(AssertUnwindSafe(|| play(&plan, &cut))).unwrap_or_else(|_| Run {
        events: Vec::new(),
        struck: Vec::new(),
        tally: Tally::default(),
        violation: Some(Violation {
            invariant: Invariant::Alive,
            at: Timestamp::default(),
            seen: "the desk panicked".to_owned(),
        }),
        trail: Vec::new(),
    })
}

/// Runs the seeds `from .. from + seeds` on so many threads.
#[must_use]
pub fn run_seeds(from: u64, seeds: u64, wish: &Wish, threads: u64) -> Report {
    let threads = threads.max(1);
    let part = |thread: u64| {
        let mut report = Report::default();
        for seed in (from + thread..from + seeds).step_by(usize::try_from(threads).unwrap_or(1)) {
            report.take(seed, run_seed(seed, wish, None));
        }
        report
    };
    let mut total = Report::default();
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || part(thread))).collect();
        for handle in handles {
            match handle.join() {
                Ok(report) => total.merge(report),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    total
}

/// Runs each seed twice and compares the hashes of its facts and of its messages. The seeds that
/// differ.
#[must_use]
pub fn unequal_seeds(from: u64, seeds: u64, wish: &Wish) -> Vec<u64> {
    let wish = Wish { hashes: Hashes::Taken, ..wish.clone() };
    let hashes = |seed| {
        let tally = run_seed(seed, &wish, None).tally;
        (tally.journal_hash, tally.bytes_hash)
    };
    (from..from + seeds).filter(|&seed| hashes(seed) != hashes(seed)).collect()
}
