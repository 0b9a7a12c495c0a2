//! Days of chance: whatever facts an engine makes, they can be written, read back, and follow each other.

use phantom_compliance::{Protect, StopChange, TargetChange};
use phantom_engine::{HaltChange, Input};
use phantom_journal::{StateHash, import, write_lines};
use phantom_model::{BrokerReport, FailReason, Link, OrderId, OrderKind, Qty, Side};
use phantom_testkit::{Account, World, buy, offset, price, sell};

use crate::damage::Dice;
use crate::stories::{contracts, folded, session};

const PRICES: [&str; 7] = ["1318.0", "1318.4", "1319.0", "1319.3", "1320.1", "1321.0", "1317.2"];

/// Anything that may happen next.
pub(crate) fn step(world: &mut World, dice: &mut Dice) {
    let at = PRICES[dice.below(PRICES.len())];
    match dice.below(16) {
        0..=3 => world.print(at),
        4 => world.place(buy(1 + u32::try_from(dice.below(3)).unwrap()).stop("1317.5").target("1320.5")),
        5 => world.place(sell(1 + u32::try_from(dice.below(3)).unwrap())),
        6 => world.place(buy(2).limit("1318.5")),
        7 => world.flatten(),
        8 => world.advance_ms(u32::try_from(dice.below(7_000)).unwrap()),
        9 => {
            world.halt(HaltChange::Kill);
            world.halt(HaltChange::LiftKill);
            world.halt(HaltChange::LiftLatch);
        }
        10 => world.protect_all(Protect {
            stop: StopChange::Trail(offset(6)),
            target: TargetChange::At(price("GC", "1330.0")),
            ..Protect::default()
        }),
        11 => world.foreign_fill(dice.below(4) as u64, Side::BOTH[dice.below(2)], 1, at),
        12 => {
            world.feed(Input::Link(Link::Down));
            world.feed(Input::Link(Link::Up));
            if world.question().is_some() {
                world.answer(&Account::of(world));
            }
        }
        _ => answer(world, dice, at),
    }
}

/// The broker says something about an order that works.
fn answer(world: &mut World, dice: &mut Dice, at: &str) {
    let live: Vec<(OrderId, Qty, OrderKind)> =
        world.book().live_orders().map(|(_, order)| (order.id, order.qty, order.kind)).collect();
    if live.is_empty() {
        return;
    }
    let (order, qty, kind) = live[dice.below(live.len())];
    match (dice.below(7), kind) {
        (0, _) => world.report(BrokerReport::Accepted { order }),
        (1, _) => world.fill(&order.to_string(), 1, at),
        (2, _) => world.fill(&order.to_string(), qty.contracts(), at),
        (3, _) => world.report(BrokerReport::Cancelled { order }),
        (4, _) => world.report(BrokerReport::Failed { order, reason: FailReason::ALL[dice.below(8)] }),
        (5, OrderKind::Limit(_)) => world.change(&order.to_string(), Some(3), Some("1318.2")),
        (_, _) => world.cancel(&order.to_string()),
    }
}

#[test]
fn whatever_an_engine_says_is_written_and_read_back() {
    let mut dice = Dice::new();
    let mut kinds = std::collections::BTreeSet::new();
    for day in 0..12 {
        let mut world = World::new();
        world.print("1319.0");
        for _ in 0..150 {
            step(&mut world, &mut dice);
        }
        let facts = world.facts();
        let mut lines = Vec::new();
        write_lines(&mut lines, &session(), &contracts(), facts, |_| None).unwrap();
        let text = String::from_utf8(lines).unwrap();
        assert!(!text.contains("\"raw\""), "every fact has a readable form");
        kinds.extend(
            text.lines()
                .filter_map(|line| Some(line.split_once("\"kind\":\"")?.1.split_once('"')?.0.to_owned())),
        );
        let folder = tempfile::tempdir().unwrap();
        let imported = import(&mut text.as_bytes(), &folder.path().join("j.db"));
        let imported = imported.unwrap_or_else(|fault| panic!("day {day}: {fault}"));
        assert_eq!(imported.state, StateHash::of(&folded(facts)), "day {day}");
    }
    assert!(kinds.len() > 20, "many kinds of facts: {kinds:?}");
}
