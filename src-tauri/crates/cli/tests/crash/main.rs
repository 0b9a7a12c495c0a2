//! The real desk and the mock broker, each in a process of its own with the bridge between them, are killed
//! again and again, at moments that nobody chose and in the middle of things, and come back.
//!
//! After every kill: the journal verifies; every order that was acknowledged is in it, and everything that
//! the broker was sent to open; no lot was closed twice, and the position never turned. At every start each
//! open lot is watched or exits. At the end the book agrees with the broker's own, which knows nothing of the
//! journal. `PHANTOM_KILLS` says how many kills, `PHANTOM_LANES` how many desks at once:
//! `scripts/crash-test --kills N`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
#![expect(clippy::disallowed_methods, reason = "real programs are killed after real time")]

mod aim;
mod broker;
mod desk;
mod end;
mod lane;
mod records;
mod signals;
mod tape;
mod windows;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use lane::Shown;
use windows::Window;

/// Kills of an ordinary run of the tests.
const KILLS: u32 = 8;
/// From so many kills on each window must have been met.
const KILLS_FOR_EVERY_WINDOW: u32 = 100;
/// Desks at once: while one waits for the disk or for its broker, another works.
const LANES: u32 = 4;
/// The most kills of one desk. Its whole journal is read after each: a longer one costs more than it shows.
const KILLS_OF_ONE: u32 = 50;

#[test]
fn nothing_is_lost_and_nothing_is_closed_twice_however_often_desk_and_broker_are_killed() {
    let kills = number("PHANTOM_KILLS", KILLS);
    let lanes = number("PHANTOM_LANES", LANES).min(kills);
    let began = Instant::now();
    let shares = Arc::new(Mutex::new((1..).zip(shares(kills, lanes))));
    let lanes: Vec<_> = (1..=lanes)
        .map(|_| {
            let shares = Arc::clone(&shares);
            let next = move || shares.lock().unwrap().next();
            thread::spawn(move || {
                std::iter::from_fn(next).map(|(number, kills)| lane::run(number, kills)).collect::<Vec<_>>()
            })
        })
        .collect();
    // All of them end before one that has failed is told of: each ends its own processes.
    let ended: Vec<_> = lanes.into_iter().map(thread::JoinHandle::join).collect();
    let shown = together(ended.into_iter().flat_map(Result::unwrap).collect());
    println!("{}", summary(kills, &shown, began.elapsed()));
    assert!(kills < KILLS || shown.crashes_told > 0, "no start told of a crash");
    assert!(kills < KILLS || !shown.acknowledged.is_empty(), "nothing was traded");
    if kills >= KILLS_FOR_EVERY_WINDOW {
        assert!(shown.exits > 0, "no phantom fired");
        let missed = Window::ALL.into_iter().find(|window| !shown.hits.contains_key(window));
        assert_eq!(missed, None, "no kill came there");
    }
}

/// How many kills each desk gets, one after the other: as many desks for each lane, and all but one alike.
fn shares(kills: u32, lanes: u32) -> std::vec::IntoIter<u32> {
    let desks = lanes * kills.div_ceil(lanes * KILLS_OF_ONE);
    let share = |desk: u32| kills / desks + u32::from(desk < kills % desks);
    (0..desks).map(share).collect::<Vec<u32>>().into_iter()
}

fn number(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// The lanes as one. Orders of two desks are told apart by their lane.
fn together(lanes: Vec<Shown>) -> Shown {
    let mut all = Shown::default();
    for (number, lane) in lanes.into_iter().enumerate() {
        all.desk_kills += lane.desk_kills;
        all.broker_kills += lane.broker_kills;
        all.acknowledged.extend(lane.acknowledged.iter().map(|order| format!("{number}-{order}")));
        all.recoveries_ms.extend(lane.recoveries_ms);
        all.fired += lane.fired;
        all.found += lane.found;
        all.crashes_told += lane.crashes_told;
        all.facts += lane.facts;
        all.fills += lane.fills;
        all.exits += lane.exits;
        for (window, hits) in lane.hits {
            *all.hits.entry(window).or_default() += hits;
        }
    }
    all
}

fn summary(kills: u32, shown: &Shown, took: Duration) -> String {
    let slowest = shown.recoveries_ms.iter().max().copied().unwrap_or_default();
    let mut lines = vec![
        format!(
            "kill test: {kills} rounds in {} s, {} kills of the desk, {} of the broker",
            took.as_secs(),
            shown.desk_kills,
            shown.broker_kills
        ),
        format!(
            "{} facts, {} acknowledged orders, {} fills at the broker, {} by exits of phantoms; {} exits found again at \
             the broker, {} phantoms fired after a return",
            shown.facts,
            shown.acknowledged.len(),
            shown.fills,
            shown.exits,
            shown.found,
            shown.fired
        ),
        "0 acknowledged intents lost, 0 openings beside the journal, 0 phantoms lost, 0 duplicate exits, 0 chain \
         gaps"
            .to_owned(),
        format!("journal read, at the slowest, in {slowest} ms"),
        "kills that came in the middle of:".to_owned(),
    ];
    for window in Window::ALL {
        let hits = shown.hits.get(&window).copied().unwrap_or_default();
        lines.push(format!("  {window:<40}{hits:>5}"));
    }
    lines.join("\n")
}
