//! Chance comes from the seed alone, and stays in its range.

use phantom_broker_mock::MockSettings;
use phantom_model::{OrderKind, Side};

use crate::world::World;

/// One order a second for a minute, and what comes of it.
fn story(seed: u64) -> Vec<String> {
    let mut world = World::new(MockSettings::window(seed));
    let mut said = Vec::new();
    for n in 1..60 {
        let millis = i64::from(n) * 1_000;
        said.push(world.submit(millis, n, Side::Buy, 1, OrderKind::Market));
        said.extend((0..100).map(|tenth| world.print(millis + tenth * 10, 1_000, 1)));
    }
    said
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_one_another() {
    assert_eq!(story(7), story(7));
    assert_ne!(story(7), story(8));
}

#[test]
fn delay_and_slippage_of_the_window_stay_in_their_ranges_and_use_them() {
    let mut world = World::new(MockSettings::window(3));
    let (mut delays, mut slips) = (Vec::new(), Vec::new());
    for n in 1..400 {
        let sent = i64::from(n) * 1_000;
        world.submit(sent, n, Side::Buy, 1, OrderKind::Market);
        let filled = (0..=500).map(|wait| (wait, world.print(sent + wait, 1_000, 1)));
        let (wait, report) = filled.filter(|(_, report)| report.contains("fill")).last().unwrap();
        delays.push(wait);
        slips.push(report.ends_with("@1001"));
    }
    assert!(delays.iter().all(|wait| (100..=500).contains(wait)));
    assert!(delays.iter().any(|wait| *wait < 140) && delays.iter().any(|wait| *wait > 460));
    let slipped = slips.iter().filter(|slipped| **slipped).count();
    assert!((120..280).contains(&slipped), "about half of 399: {slipped}");
}
