//! Recovery: an engine rebuilt from its facts goes on as if nothing had happened, wherever it was cut.

use std::collections::{BTreeMap, BTreeSet};

use phantom_compliance::{Protect, StopChange};
use phantom_engine::fact::Alarm;
use phantom_engine::{Engine, FactBody, HaltChange, Input, Outcome, Request};
use phantom_model::{
    ArenaKey, BrokerReport, ContractId, ExecId, FillReport, FillTiming, LotId, MarketRecord, OrderId, Qty,
    Side, Timestamp, TradingDay,
};
use phantom_testkit::{World, buy, offset, price, sell};

/// What an engine says and asks, without the numbers of the facts.
///
/// A restart may say again that an exit is slow: the person who looks at it now may be another one. And
/// what becomes overdue at one instant has no order.
#[derive(PartialEq, Debug)]
struct Spoken {
    facts: Vec<(Timestamp, FactBody)>,
    requests: Vec<Request>,
    overdue: BTreeSet<OrderId>,
    unanswered: BTreeSet<OrderId>,
}

/// Questions that a restart asks anew go unanswered at times of their own.
const fn may_be_said_again(body: &FactBody) -> bool {
    matches!(
        body,
        FactBody::AlarmRaised {
            alarm: Alarm::ExitSlow(_) | Alarm::StillUnknown(_) | Alarm::SnapshotIncomplete
        }
    )
}

fn spoken(out: Outcome) -> Spoken {
    let (overdue, unanswered) = (BTreeSet::new(), BTreeSet::new());
    let mut spoken = Spoken { facts: Vec::new(), requests: Vec::new(), overdue, unanswered };
    for fact in out.facts {
        if let FactBody::OrderUnknown { order } = fact.body {
            spoken.overdue.insert(order);
        } else if let FactBody::AlarmRaised { alarm: Alarm::CancelUnanswered(order) } = fact.body {
            spoken.unanswered.insert(order);
        } else if !may_be_said_again(&fact.body) {
            spoken.facts.push((fact.at, fact.body));
        }
    }
    spoken.requests = out.requests;
    // A restart asks at once about whatever is unknown, and numbers its questions anew.
    spoken.requests.retain(|it| !matches!(it, Request::Query(_) | Request::Snapshot(_)));
    spoken
}

/// An engine restarted before input number `cut`, and what it says when it sees the last prices again.
fn restarted(world: &World, cut: usize) -> (Engine, Outcome) {
    let mut engine = world.restarted(cut);
    let past = &world.inputs()[..cut];
    let mut prints: BTreeMap<ContractId, MarketRecord> = BTreeMap::new();
    for (_, input) in past {
        if let Input::Market(record) = input {
            prints.insert(record.contract, *record);
        }
    }
    let now = past.last().map_or(Timestamp::MIN, |(at, _)| *at);
    let mut out = Outcome::default();
    for record in prints.into_values() {
        engine.apply(now, Input::Market(record), &mut out);
    }
    (engine, out)
}

/// Cuts what the world was fed at every input, and compares what follows. Answers how many cuts were
/// skipped because the restart itself had something to do.
pub(crate) fn compare_every_cut(world: &World) -> usize {
    let (mut whole, mut skipped) = (world.restarted(0), 0);
    for cut in 0..=world.inputs().len() {
        let (mut engine, first) = restarted(world, cut);
        if spoken(first) == spoken(Outcome::default()) {
            compare_rest(&mut engine, &mut whole.clone(), world, cut);
        } else {
            skipped += 1;
        }
        if let Some((at, input)) = world.inputs().get(cut) {
            whole.apply(*at, input.clone(), &mut Outcome::default());
        }
    }
    skipped
}

fn compare_rest(engine: &mut Engine, whole: &mut Engine, world: &World, cut: usize) {
    for (at, input) in &world.inputs()[cut..] {
        let (mut expected, mut said) = (Outcome::default(), Outcome::default());
        whole.apply(*at, input.clone(), &mut expected);
        engine.apply(*at, input.clone(), &mut said);
        assert_eq!(spoken(said), spoken(expected), "cut {cut}, then {input:?}");
    }
    assert_eq!(engine.unrealized_total(), whole.unrealized_total(), "cut {cut}");
}

fn survives_every_cut(story: impl FnOnce(&mut World)) {
    let mut world = World::new();
    story(&mut world);
    assert_eq!(compare_every_cut(&world), 0, "a restart that had something to do by itself");
}

#[test]
fn a_bracketed_trade_with_partial_fills_and_reductions_survives_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.place(buy(3).limit("1320.0").stop("1319.2").target("1322.0"));
        world.accept("T1");
        world.fill("T1", 1, "1320.0");
        world.advance_ms(1_000);
        world.print("1320.1");
        world.fill("T1", 1, "1320.0");
        world.place(sell(1).limit("1321.0"));
        world.accept("T2");
        world.fill("T1", 1, "1320.0");
        world.print("1320.9");
        world.fill("T2", 1, "1321.0");
        world.cancel("T1");
        world.place(sell(1));
        world.fail("T3");
        world.print("1322.0");
        world.fill("L0-X1", 1, "1321.9");
        world.fill_again();
        world.advance_ms(10);
        world.fill("L0-X1", 1, "1321.8");
        world.print("1319.0");
    });
}

#[test]
fn the_ladder_of_a_refused_exit_survives_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.enter(buy(2).stop("1319.2"), "1320.0");
        world.print("1319.2");
        world.advance_ms(100);
        world.fail("L0-X1");
        world.advance_ms(100);
        world.fail("L0-X2");
        world.advance_ms(100);
        world.accept("L0-X3");
        world.fill("L0-X3", 1, "1317.2");
        // It rests: after half a second its cancel is asked for.
        world.advance_ms(1_000);
        world.cancelled("L0-X3");
        world.advance_ms(100);
        world.fail("L0-X4");
        world.print("1318.9");
        world.place(sell(1));
        world.fill("T2", 1, "1318.9");
    });
}

#[test]
fn two_lots_that_wait_for_the_same_cancel_survive_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.enter(buy(2).stop("1319.2"), "1320.0");
        world.enter(buy(2).stop("1319.5"), "1320.0");
        world.place(sell(3).limit("1322.0"));
        world.accept("T3");
        // The younger lot waits first.
        world.print("1319.5");
        world.advance_ms(300);
        world.print("1319.2");
        world.advance_ms(300);
        world.print("1319.3");
        world.advance_ms(600);
        world.fill("L1-X1", 1, "1319.4");
        world.fill("T3", 1, "1322.0");
        world.advance_ms(4_000);
        world.cancelled("T3");
        world.advance_ms(100);
        world.fill("L0-X1", 1, "1319.1");
        world.fill("L1-X2", 1, "1319.1");
        world.advance_ms(1_000);
    });
}

#[test]
fn a_flatten_that_waits_answers_not_flat_and_watches_survives_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.print_on("NQ", "5000.00");
        world.enter(buy(2).stop("1319.2"), "1320.0");
        world.enter(sell(1).on("NQ"), "5000.00");
        world.place(buy(2).limit("1318.0").stop("1317.0"));
        world.accept("T3");
        world.flatten();
        world.advance_ms(200);
        world.print("1320.1");
        world.advance_ms(400);
        world.flatten();
        world.fill("F0-C0-X1", 1, "1320.0");
        world.fill("F0-C1-X1", 1, "5000.00");
        world.advance_ms(9_600);
        world.fill("F0-C0-X1", 1, "1320.0");
        world.cancelled("T3");
        world.place(buy(1).stop("1319.0"));
        world.fill("T4", 1, "1320.0");
        world.advance_ms(8_000);
        world.fill("T3", 1, "1318.0");
        world.cancelled("T3");
        world.fill("F0-C0-X2", 1, "1318.1");
        world.advance_ms(30_000);
        world.print("1319.0");
        world.fill("L2-X1", 1, "1319.0");
    });
}

#[test]
fn a_flatten_whose_exits_are_refused_survives_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.enter(buy(2).stop("1319.2"), "1320.0");
        world.flatten();
        world.advance_ms(10);
        world.fail("F0-C0-X1");
        world.advance_ms(10);
        world.fail("F0-C0-X2");
        world.advance_ms(600);
        world.cancelled("F0-C0-X3");
        world.advance_ms(10);
        world.fail("F0-C0-X4");
        world.advance_ms(20_000);
        world.print("1319.2");
        world.flatten();
        world.fill("L0-X1", 2, "1319.1");
        world.advance_ms(40_000);
    });
}

#[test]
fn overdue_answers_survive_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.place(buy(1).limit("1319.0"));
        world.place(buy(1).limit("1318.0"));
        world.accept("T2");
        world.advance_ms(4_000);
        world.print("1320.1");
        world.cancel("T2");
        world.advance_ms(1_500);
        world.print("1320.0");
        world.accept("T1");
        world.cancel("T1");
        world.refuse_cancel("T1");
        world.advance_ms(4_000);
        world.cancelled("T2");
        world.cancel("T1");
        world.advance_ms(6_000);
        world.cancelled("T1");
    });
}

#[test]
fn halts_latches_and_late_fills_survive_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.enter(buy(2).stop("1319.2"), "1320.0");
        world.halt(HaltChange::Kill);
        world.place(buy(1));
        world.halt(HaltChange::LiftKill);
        world.place(buy(2).limit("1319.5").stop("1319.0"));
        world.cancel("T3");
        world.cancelled("T3");
        world.fill("T3", 1, "1319.5");
        world.print("1319.2");
        world.fail("L0-X1");
        world.fill("L0-X1", 2, "1319.2");
        world.fill("L0-X2", 2, "1319.1");
        world.print("1319.0");
        world.halt(HaltChange::LiftLatch);
        world.place(buy(1));
        world.advance_ms(6_000);
    });
}

#[test]
fn busts_corrections_and_foreign_fills_survive_every_cut() {
    survives_every_cut(|world| {
        world.feed(Input::TradingDay(TradingDay::of(world.now())));
        world.print("1320.0");
        world.enter(buy(3).stop("1319.2").target("1322.0"), "1320.0");
        world.place(sell(1));
        world.fill("T2", 1, "1320.5");
        world.correct(2, 1, "1320.4");
        world.bust(2);
        world.foreign_fill(7, Side::Sell, 1, "1320.2");
        world.halt(HaltChange::LiftLatch);
        world.place(sell(1).limit("1321.0"));
        world.accept("T3");
        world.correct(1, 2, "1320.1");
        world.advance_ms(100);
        world.cancelled("T3");
        world.print("1319.2");
        world.fill("L0-X1", 1, "1319.1");
        world.bust(4);
        world.fill("L0-X2", 1, "1319.0");
        world.bust(1);
        world.foreign_fill(8, Side::Buy, 2, "1319.5");
        world.print("1319.0");
    });
}

#[test]
fn a_fill_that_waited_for_the_desk_is_known_before_what_became_due_meanwhile() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2), "1320.0");
    world.place(sell(1).limit("1322.0"));
    world.accept("T2");
    world.flatten();
    let mut engine = world.restarted(usize::MAX);
    let (exec, qty, timing) = (ExecId::new(99), Qty::ONE, FillTiming::Unknown);
    let order = "T2".parse().unwrap();
    let fill = FillReport { order, exec, qty, price: price("GC", "1322.0"), timing, broker_time: None };
    let mut out = Outcome::default();
    // The flatten's wait for its cancels is long over.
    engine.apply(Timestamp::from_nanos(3_000_000_000), Input::Report(BrokerReport::Filled(fill)), &mut out);
    let exits: Vec<u32> = out
        .requests
        .iter()
        .filter_map(|request| match request {
            Request::Submit(order) => Some(order.qty().contracts()),
            Request::NativeClose(_)
            | Request::Cancel(_)
            | Request::Change(_)
            | Request::Query(_)
            | Request::Snapshot(_) => None,
        })
        .collect();
    assert_eq!(exits, [1], "one of the two is closed already");
}

#[test]
fn stops_that_were_moved_and_that_move_by_themselves_survive_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.enter(buy(1).trail(10).even(8, 1), "1320.0");
        world.place(buy(3).stop_ticks(12).target_ticks(30));
        world.fill("T2", 1, "1320.1");
        world.print("1320.3");
        world.fill("T2", 2, "1320.4");
        world.print("1320.6");
        world.protect(1, protection(StopChange::Trail(offset(9))));
        world.print("1320.9");
        world.protect(0, protection(StopChange::At(price("GC", "1320.2"))));
        world.print("1320.5");
        world.print("1321.2");
        world.protect_all(protection(StopChange::Fix(price("GC", "1320.3"))));
        world.enter(buy(1).trail(4), "1321.2");
        world.print("1321.4");
        world.print("1321.0");
        world.fill("L2-X1", 1, "1321.0");
        world.print("1320.3");
        world.fill("L0-X1", 1, "1320.3");
        world.fill("L1-X1", 3, "1320.2");
    });
}

fn protection(stop: StopChange) -> Protect {
    Protect { stop, ..Protect::default() }
}

#[test]
fn a_stop_that_trails_is_never_looser_after_a_restart() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).trail(10), "1320.0");
    for trade in ["1321.0", "1320.5", "1322.3", "1321.9"] {
        world.print(trade);
        let rebuilt = world.restarted(world.inputs().len());
        let stop = |book: &phantom_engine::Book| book.bracket(LotId::from_row(0)).stop.unwrap();
        assert_eq!(stop(rebuilt.book()), stop(world.book()), "after {trade}");
    }
    assert_eq!(world.legs(0), "1321.3 -");
}

#[test]
fn changes_trails_busts_and_foreign_fills_together_survive_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.place(buy(4).limit("1320.0").trail(10).target_ticks(40));
        world.accept("T1");
        world.change("T1", Some(5), None);
        world.fill("T1", 2, "1320.0");
        world.print("1320.8");
        world.advance_ms(2_000);
        world.changed("T1", 5, "1320.0");
        world.fill("T1", 2, "1319.9");
        world.bust(2);
        world.change("T1", Some(6), Some("1320.1"));
        world.print("1321.2");
        world.advance_ms(6_000);
        world.fill("T1", 1, "1320.1");
        world.changed("T1", 6, "1320.1");
        world.accept("T1");
        world.correct(1, 1, "1320.2");
        world.place(sell(1).limit("1322.0"));
        world.accept("T2");
        world.change("T2", Some(2), None);
        world.foreign_fill(7, Side::Sell, 1, "1321.1");
        world.print("1321.5");
        world.print("1320.4");
        world.advance_ms(700);
        world.cancelled("T2");
        world.fill("L0-X1", 1, "1320.3");
    });
}

#[test]
fn changes_that_wait_for_their_answers_survive_every_cut() {
    survives_every_cut(|world| {
        world.print("1320.0");
        world.place(buy(3).limit("1319.0"));
        world.accept("T1");
        world.change("T1", Some(5), None);
        world.advance_ms(2_000);
        world.fill("T1", 3, "1319.0");
        world.advance_ms(3_500);
        world.changed("T1", 5, "1319.0");
        world.accept("T1");
        world.place(sell(2).limit("1322.0"));
        world.accept("T2");
        world.change("T2", Some(3), Some("1321.5"));
        world.advance_ms(100);
        world.refuse_change("T2");
        world.change("T2", Some(1), None);
        world.cancel("T2");
        world.advance_ms(6_000);
        world.cancelled("T2");
        world.change("T1", Some(4), None);
        world.fill("T1", 1, "1319.0");
        world.changed("T1", 4, "1319.0");
        world.advance_ms(6_000);
    });
}
