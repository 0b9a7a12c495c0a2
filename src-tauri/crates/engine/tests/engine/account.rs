//! What the rules count of an account: orders in a second and a minute, refusals, days, and whose figures they
//! are.

use std::sync::Arc;

use phantom_compliance::{Profile, RunAway};
use phantom_engine::rule_fact::Figures;
use phantom_engine::{FactBody, Input, Intake, Origin, RuleFact, RulesInput};
use phantom_model::{Money, SignalRef, Span, Timestamp, TradingDay};
use phantom_testkit::rules::profile;
use phantom_testkit::{Draft, World, buy, sell};

const COMBINE: &str = "topstep-combine-50k";
/// A Tuesday morning in Chicago, an ordinary day.
const MORNING: &str = "2026-10-06T15:00:00Z";

fn world() -> World {
    let mut world = World::under(COMBINE, &[], MORNING);
    world.print("1320.0");
    world
}

fn messages(world: &World, at: Timestamp) -> (u32, u32) {
    world.book().account().messages(at)
}

fn run_away(world: &World) -> Option<RunAway> {
    world.book().account().run_away()
}

/// Places limit orders far below, each of other terms, at these distances in milliseconds.
fn place_each_after(world: &mut World, distances_ms: &[u32]) {
    const PRICES: [&str; 12] = [
        "1310.0", "1310.1", "1310.2", "1310.3", "1310.4", "1310.5", "1310.6", "1310.7", "1310.8", "1310.9",
        "1311.0", "1311.1",
    ];
    for (price, distance) in PRICES.into_iter().zip(distances_ms) {
        world.advance_ms(*distance);
        world.place(buy(1).limit(price).stop("1309.0"));
    }
}

fn signals(world: &mut World, draft: Draft) {
    let origin = Origin::Signal(SignalRef::new(0));
    world.feed(Input::Place { intake: Intake::Read(draft.request()), origin });
}

#[test]
fn messages_are_counted_within_a_second_and_within_a_minute() {
    let mut world = world();
    let began = world.now();
    place_each_after(&mut world, &[0, 500]);
    for (after_ms, expected) in [
        (500, (2, 2)),
        (999, (2, 2)),
        (1_000, (1, 2)),
        (1_499, (1, 2)),
        (1_500, (0, 2)),
        (59_999, (0, 2)),
        (60_000, (0, 1)),
        (60_500, (0, 0)),
    ] {
        assert_eq!(messages(&world, began + Span::from_millis(after_ms)), expected, "{after_ms} ms");
    }
}

#[test]
fn without_rules_nothing_is_counted() {
    let mut world = World::new();
    world.print("1320.0");
    place_each_after(&mut world, &[0; 12]);
    assert_eq!((messages(&world, world.now()), run_away(&world)), ((0, 0), None));
    assert_eq!(world.book().account().runs_away(world.now()), None);
}

#[test]
fn ten_orders_in_a_second_are_fast_and_eleven_run_away() {
    let mut world = world();
    place_each_after(&mut world, &[1; 10]);
    assert_eq!(run_away(&world), None);
    world.advance_ms(1);
    world.place(sell(1));
    assert_eq!(run_away(&world), Some(RunAway::Commands));
}

#[test]
fn an_order_of_a_whole_second_ago_does_not_count_any_more() {
    for (last, expected) in [(991, None), (990, Some(RunAway::Commands))] {
        let mut world = world();
        place_each_after(&mut world, &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, last]);
        assert_eq!(run_away(&world), expected, "{last} ms later");
    }
}

#[test]
fn five_refusals_of_a_program_within_ten_seconds_run_away() {
    for (last, expected) in [(7_000, Some(RunAway::Refusals)), (7_001, None)] {
        let mut world = world();
        for distance in [0, 1_000, 1_000, 1_000, last] {
            world.advance_ms(distance);
            signals(&mut world, buy(9));
        }
        assert_eq!(run_away(&world), expected, "{last} ms later");
    }
}

#[test]
fn refusals_of_a_person_and_those_before_an_order_that_was_taken_do_not_add_up() {
    let mut person = world();
    (0..6).for_each(|_| {
        person.advance_ms(300);
        person.place(buy(9));
    });
    assert_eq!(run_away(&person), None);
    let mut world = world();
    (0..4).for_each(|_| signals(&mut world, buy(9)));
    signals(&mut world, buy(1).stop("1319.0"));
    world.accept("T5");
    (0..4).for_each(|_| signals(&mut world, buy(9)));
    assert_eq!(run_away(&world), None);
    signals(&mut world, buy(9));
    assert_eq!(run_away(&world), Some(RunAway::Refusals));
}

fn figures(world: &World) -> Figures {
    *world.book().account().figures().unwrap()
}

fn choose(world: &mut World, profile: Arc<Profile>, fresh: bool) {
    world.feed(Input::Rules(RulesInput::Adopt { profile, fresh, origin: Origin::Window }));
}

fn last_rule(world: &World) -> &RuleFact {
    let rules = world.facts().iter().rev();
    let mut rules =
        rules.filter_map(|fact| if let FactBody::Rule(rule) = &fact.body { Some(rule) } else { None });
    rules.next().unwrap()
}

#[test]
fn another_account_has_the_next_number_also_under_the_same_rules() {
    let mut world = world();
    assert_eq!(figures(&world).account.number(), 0);
    choose(&mut world, profile(COMBINE, &[]), true);
    assert_eq!(figures(&world).account.number(), 1);
    choose(&mut world, profile("shape-static", &[]), false);
    assert_eq!(figures(&world).account.number(), 2);
}

#[test]
fn the_same_rules_once_more_are_declined_and_other_limits_are_not() {
    let mut world = world();
    choose(&mut world, profile(COMBINE, &[]), false);
    assert!(matches!(last_rule(&world), RuleFact::Declined { .. }), "{:?}", last_rule(&world));
    choose(&mut world, profile(COMBINE, &["personal_daily_loss=500"]), false);
    assert!(matches!(last_rule(&world), RuleFact::Adopted { fresh: false, .. }), "{:?}", last_rule(&world));
    assert_eq!(figures(&world).account.number(), 0, "the same account");
}

#[test]
fn a_new_day_begins_with_what_the_one_before_has_come_to() {
    let mut world = world();
    world.enter(buy(2).stop("1315.0"), "1320.0");
    world.print("1325.0");
    world.place(sell(2));
    world.fill("T2", 2, "1325.0");
    let before = figures(&world);
    assert_eq!((before.trading_days, before.eod_balance.exact_text().as_str()), (0, "50000.00"));
    // Seven hours later the next session has begun.
    world.advance_ms(7 * 3_600_000 + 60_000);
    world.print("1325.0");
    let balance = Money::from_units(510_000_000);
    let after = figures(&world);
    let balances = [
        after.eod_balance,
        after.peak_eod_balance,
        after.day_start_equity,
        after.day_peak_balance,
        after.day_peak_equity,
    ];
    assert_eq!(balances, [balance; 5]);
    assert_eq!((after.best_day.exact_text().as_str(), after.trading_days), ("1000.00", 1));
    assert_eq!(after.day, TradingDay::of(world.now()));
    assert!(after.day_ends > world.now() && after.day != before.day);
    assert!(after.floor > before.floor, "the floor follows the balance of the evening");
    // A day without a trade is none of the trading days, and no better one.
    world.advance_ms(24 * 3_600_000);
    world.print("1320.0");
    let quiet = figures(&world);
    assert_eq!((quiet.trading_days, quiet.best_day, quiet.peak_eod_balance), (1, after.best_day, balance));
}
