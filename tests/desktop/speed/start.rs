//! From the start of the process to a window whose Buy can be pressed. What is told is an upper bound: the
//! page is looked at through the driver, which needs its own time to find it.

use desktop::{Program, Start};

use crate::million;

/// Starts that are measured.
const STARTS: usize = 7;

pub(crate) async fn measure() {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let program = Program::start(&Start::quick()).await;
        took.push(usable_after_ms(&program).await);
        program.end();
    }
    say("an empty journal", &mut took);
    let mut program = Program::start(&Start::quick()).await;
    usable_after_ms(&program).await;
    let facts = program.ended_and_started_again(million::fill).await;
    program = facts.0;
    let mut took = vec![usable_after_ms(&program).await];
    for _ in 1..STARTS {
        program = program.killed_and_started_again().await;
        took.push(usable_after_ms(&program).await);
    }
    program.end();
    say(&format!("a journal of {} facts", facts.1), &mut took);
}

async fn usable_after_ms(program: &Program) -> u64 {
    program.wait_for_words("status", "Gate", "Buy: allowed").await;
    program.age_ms()
}

fn say(with: &str, took: &mut [u64]) {
    took.sort_unstable();
    let at = |place: usize| took.get(place).copied().unwrap_or(0);
    println!(
        "  start to usable window with {with}: median {} ms, slowest {} ms of {}",
        at(took.len() / 2),
        at(took.len() - 1),
        took.len()
    );
}
