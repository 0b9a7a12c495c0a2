//! Facts to write: a day on which nearly everything happens, and as many rounds of it as a test wants.

use phantom_compliance::{EvenChange, Protect, StopChange};
use phantom_engine::{Book, Fact, HaltChange, Input};
use phantom_journal::{Environment, ListedContract, Opened, Session, Store};
use phantom_model::{Arena, BreakEven, Link, Money, Side};
use phantom_runtime::{Journal as _, JournalHealth};
use phantom_testkit::{Account, World, buy, offset, root, sell, terms};

pub(crate) fn session() -> Session {
    Session {
        environment: Environment::Mock,
        account: "test".to_owned(),
        build: "0.1.0".to_owned(),
        configuration: "none".to_owned(),
    }
}

/// The contracts of the test world, in its order.
pub(crate) fn contracts() -> Vec<ListedContract> {
    let rows = terms(Money::from_units(21_000));
    rows.iter()
        .map(|(id, terms)| ListedContract { name: format!("{} 12-26", root(id)), terms: terms.clone() })
        .collect()
}

/// What facts fold into.
pub(crate) fn folded(facts: &[Fact]) -> Book {
    let mut terms = Arena::new();
    for contract in contracts() {
        terms.push(contract.terms);
    }
    Book::replay(&terms, facts)
}

/// A day with every kind of trouble: refusals, fills in parts, stops of every kind, a flatten, busts, a
/// stranger's order, a difference with the broker, latches and alarms.
pub(crate) fn day() -> Vec<Fact> {
    let mut world = World::new();
    trade(&mut world);
    trouble(&mut world);
    world.facts().to_vec()
}

/// A day and the morning after it.
pub(crate) fn two_days() -> Vec<Fact> {
    let mut world = World::new();
    trade(&mut world);
    world.advance_ms(24 * 60 * 60 * 1_000);
    world.print("1316.5");
    world.place(buy(1).stop("1315.0"));
    world.place(buy(1).limit("1310.0"));
    world.facts().to_vec()
}

fn trade(world: &mut World) {
    world.feed(Input::Link(Link::Up));
    world.answer(&Account::empty());
    world.print("1319.0");
    world.place(buy(2).stop("1317.0").target("1322.0"));
    world.accept("T1");
    world.fill("T1", 1, "1319.1");
    world.fill("T1", 1, "1319.0");
    let even = EvenChange::Set(BreakEven::new(offset(8), 2).unwrap());
    world.protect(0, Protect { stop: StopChange::Trail(offset(12)), even, ..Protect::default() });
    world.print("1320.0");
    // Refused: it would cross zero.
    world.place(sell(5));
    world.place(buy(1).limit("1310.0"));
    world.accept("T3");
    world.change("T3", Some(2), Some("1311.0"));
    world.report(phantom_model::BrokerReport::Changed {
        order: "T3".parse().unwrap(),
        qty: phantom_model::Qty::new(2).unwrap(),
        limit: phantom_testkit::price("GC", "1311.0"),
    });
    world.cancel("T3");
    world.cancelled("T3");
    world.print("1316.5");
    world.accept("L0-X1");
    world.fill("L0-X1", 2, "1316.4");
}

fn trouble(world: &mut World) {
    world.print("1316.5");
    world.place(sell(3).stop("1318.0"));
    world.fill("T4", 3, "1316.3");
    world.fill_again_at("1316.2");
    world.bust(4);
    world.correct(1, 1, "1319.2");
    world.foreign_fill(77, Side::Buy, 1, "1316.0");
    world.reconcile(&Account::of(world).holds("GC", 4));
    world.advance_ms(6_000);
    world.halt(HaltChange::Kill);
    world.place(buy(1));
    world.halt(HaltChange::LiftKill);
    world.halt(HaltChange::LiftLatch);
    world.flatten();
    world.advance_ms(45_000);
}

/// Opens, and expects it to go well.
pub(crate) fn open(store: &Store) -> Opened {
    store.open(&session(), &contracts(), || ()).unwrap()
}

/// Waits until everything that was appended is on the disk, or the journal is lost.
pub(crate) fn settle(opened: &Opened, seq: u64) {
    while opened.writer.durable() < seq && opened.writer.health() != JournalHealth::Lost {
        std::thread::yield_now();
    }
}
