//! The bars that concern the engine, measured beside the kernel of the same run.
//!
//! `cargo bench -p phantom-engine --bench bars`, with `-- --quick` for a look in passing. Prints one
//! table. Every row asserts that the work which it times was done.
#![expect(
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "figures to look at, a clock to measure with, and a bench that must stop when its stage is wrong"
)]

#[path = "stage/desk.rs"]
mod desk;
#[path = "stage/floor.rs"]
mod floor;
#[path = "bars/market.rs"]
mod market;
#[path = "bars/memory.rs"]
mod memory;
#[path = "bars/orders.rs"]
mod orders;
#[path = "bars/recovery.rs"]
mod recovery;
#[path = "bars/rounds.rs"]
mod rounds;
#[path = "bars/table.rs"]
mod table;
#[path = "bars/trails.rs"]
mod trails;

use std::mem::size_of;

use phantom_engine::book::{FillRow, Lot, Order, Piece};
use phantom_engine::{Fact, Input};
use rounds::{Plan, Samples};

fn main() {
    let asked = |word| std::env::args().any(|argument| argument == word);
    // A test run of all targets starts this too; without optimisation its figures say nothing.
    if !asked("--bench") || memory::measure_if_asked() {
        return;
    }
    let plan = if asked("--quick") { Plan::QUICK } else { Plan::FULL };
    println!("{} rounds of {} ms; median (min-max)\n", plan.rounds, plan.round.as_millis());
    println!("{}", table::markdown(&rows(plan)));
    let mut clock = Samples::of_the_clock();
    println!("two reads of the clock: p50 {} ns, p99 {} ns", clock.percentile(50), clock.percentile(99));
    println!(
        "bytes: Input {}, Fact {}, Order {}, FillRow {}, Lot {}, Piece {}",
        size_of::<Input>(),
        size_of::<Fact>(),
        size_of::<Order>(),
        size_of::<FillRow>(),
        size_of::<Lot>(),
        size_of::<Piece>(),
    );
}

fn rows(plan: Plan) -> Vec<table::Row> {
    let mut rows = Vec::new();
    memory::armed(&mut rows);
    market::no_allocation(&mut rows);
    market::quiet(plan, &mut rows);
    market::whole_engine(plan, &mut rows);
    trails::walk(plan, &mut rows);
    market::trigger(plan, &mut rows);
    orders::path(plan, &mut rows);
    orders::path_one_by_one(plan, &mut rows);
    orders::session(plan, &mut rows);
    orders::verdict(plan, &mut rows);
    orders::arm_and_disarm(plan, &mut rows);
    recovery::fold(plan, &mut rows);
    rows
}
