//! `phantom-sim`: runs seeds, prints what they found, and makes a failing one small.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use phantom_sim::runner::{run_seed, run_seeds, unequal_seeds};
use phantom_sim::shrink::shrink;
use phantom_sim::summary::{failure, page, shortfalls};
use phantom_sim::{Fault, Invariant, Plan, Wish};

/// What a full run must reach.
const CI_SEEDS: u64 = 2_048;
const CI_ORDERS: u64 = 1_000_000;
/// Seeds that a full run plays twice to compare.
const CI_TWICE: u64 = 100;

/// Plays the desk against a broken world, seed after seed, and judges it after every event.
#[derive(Parser, Debug)]
#[command(name = "simulate", max_term_width = 100)]
struct Arguments {
    /// How many seeds
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Only this seed
    #[arg(long, conflicts_with_all = ["seeds", "from", "ci"])]
    seed: Option<u64>,
    /// Only faults with these ids, all of them on: F08,F12
    #[arg(long, value_delimiter = ',')]
    faults: Vec<String>,
    /// Orders that each seed submits
    #[arg(long)]
    orders: Option<usize>,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// The run that every change must pass: 2 048 seeds, a million orders, every fault, same seed twice
    #[arg(long)]
    ci: bool,
}

impl Arguments {
    fn wish(&self) -> Result<Wish, String> {
        let mut wish = Wish::default();
        wish.orders = self.orders.unwrap_or(wish.orders);
        if !self.faults.is_empty() {
            let mut only = Vec::new();
            for id in &self.faults {
                let found: Vec<Fault> = Fault::all().filter(|fault| fault.id() == id).collect();
                if found.is_empty() {
                    return Err(format!("no fault {id} is injected here"));
                }
                only.extend(found);
            }
            wish.only = Some(only);
        }
        Ok(wish)
    }

    /// The one command that plays a seed again.
    fn again(&self, seed: u64) -> String {
        let orders = self.orders.map(|orders| format!(" --orders {orders}")).unwrap_or_default();
        let faults = self.faults.join(",");
        let faults = if faults.is_empty() { faults } else { format!(" --faults {faults}") };
        format!("scripts/simulate --seed {seed}{orders}{faults}")
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wish = match arguments.wish() {
        Ok(wish) => wish,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    match arguments.seed {
        Some(seed) => one(&arguments, seed, &wish),
        None => many(&arguments, &wish),
    }
}

fn one(arguments: &Arguments, seed: u64, wish: &Wish) -> ExitCode {
    let run = run_seed(seed, wish, None);
    println!("seed {seed}: {} orders, {} steps judged", run.tally.orders, run.tally.steps);
    if run.violation.is_none() {
        println!("every invariant holds");
        return ExitCode::SUCCESS;
    }
    tell(arguments, seed, wish);
    ExitCode::FAILURE
}

/// Tells how a seed failed, how to see it again, and what little it takes.
fn tell(arguments: &Arguments, seed: u64, wish: &Wish) {
    let run = run_seed(seed, wish, None);
    let Some(violation) = &run.violation else { return };
    println!("\nseed {seed} fails\n{violation}\nagain: {}\n", arguments.again(seed));
    match shrink(&Plan::of(seed, wish), &run, None) {
        Some(shrunk) => println!("{}", failure(&shrunk)),
        None => println!("the run cannot be cut"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the time that the run takes is what is measured here")]
fn many(arguments: &Arguments, wish: &Wish) -> ExitCode {
    let began = Instant::now();
    let seeds = if arguments.ci { CI_SEEDS } else { arguments.seeds };
    let report = run_seeds(arguments.from, seeds, wish, arguments.threads);
    let mut report = report;
    let unequal = if arguments.ci { unequal_seeds(arguments.from, CI_TWICE, wish) } else { Vec::new() };
    for _ in 0..if arguments.ci { CI_TWICE } else { 0 } {
        report.tally.checks.add(Invariant::I46);
    }
    println!("{}", page(&report, began.elapsed().as_secs()));
    let mut fine = report.failed == 0;
    for (seed, violation) in &report.failures {
        println!("seed {seed}: {violation}\n  again: {}", arguments.again(*seed));
    }
    if let Some((seed, _)) = report.failures.first() {
        tell(arguments, *seed, wish);
    }
    if arguments.ci {
        println!("{CI_TWICE} seeds played twice: {} differ {unequal:?}", unequal.len());
        let short = shortfalls(&report, CI_SEEDS, CI_ORDERS);
        for line in &short {
            println!("not reached: {line}");
        }
        fine &= short.is_empty() && unequal.is_empty();
    }
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
