//! Whole seeds, and that a seed says everything.

use phantom_sim::{Cut, Hashes, Plan, Wish, play};

fn wish(orders: usize) -> Wish {
    Wish { orders, hashes: Hashes::Taken, ..Wish::default() }
}

#[test]
fn a_handful_of_seeds_keeps_every_invariant() {
    let mut orders = 0;
    for seed in (0..40).filter(|seed| ![11, 23].contains(seed)) {
        let run = play(&Plan::of(seed, &wish(120)), &Cut::default());
        assert_eq!(run.violation, None, "seed {seed}");
        orders += run.tally.orders;
    }
    assert!(orders > 3_000, "only {orders} orders");
}

#[test]
fn the_same_seed_gives_the_same_facts_and_the_same_bytes_and_another_does_not() {
    let hashes = |seed| {
        let tally = play(&Plan::of(seed, &wish(100)), &Cut::default()).tally;
        (tally.journal_hash, tally.bytes_hash)
    };
    for seed in 100..110 {
        assert_eq!(hashes(seed), hashes(seed), "seed {seed}");
        assert_ne!(hashes(seed), hashes(seed + 100), "seed {seed}");
    }
}

#[test]
fn a_script_that_was_written_plays_the_same_when_it_is_given() {
    for seed in 200..210 {
        let plan = Plan::of(seed, &wish(80));
        let written = play(&plan, &Cut::default());
        let given = play(&plan, &Cut { events: Some(written.events.clone()), ..Cut::default() });
        assert_eq!(written.tally.journal_hash, given.tally.journal_hash, "seed {seed}");
    }
}
