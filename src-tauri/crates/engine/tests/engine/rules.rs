//! Rules at work, where the engine itself does something with them: the exchange's price limits, sizes by live
//! equity, bars, the clock, the panel.

use phantom_compliance::rule_standing::Hours;
use phantom_compliance::{RuleId, RunAway};
use phantom_engine::rules::Act;
use phantom_engine::rules::panel::Level;
use phantom_engine::{FactBody, RuleFact};
use phantom_model::{FailReason, Money, Side};
use phantom_testkit::{Draft, World, buy, contract, rules, sell};

const COMBINE: &str = "topstep-combine-50k";
/// A Tuesday morning in Chicago, an ordinary day.
const MORNING: &str = "2026-10-06T15:00:00Z";
/// Into the next session.
const SEVEN_HOURS_MS: u32 = 7 * 3_600_000 + 60_000;

fn reason(world: &World, draft: Draft) -> Option<&'static str> {
    world.verdict(draft).map(|refusal| refusal.reason())
}

fn locks(world: &World) -> Vec<RuleId> {
    world.book().account().lockouts().iter().map(|lock| lock.cause).collect()
}

/// Walks a contract from one price to another in steps of forty ticks.
fn walk(world: &mut World, root: &str, from: i64, to: i64, tick: impl Fn(i64) -> String) {
    let mut at = from;
    while at != to {
        at = if at < to { to.min(at + 40) } else { to.max(at - 40) };
        world.print_on(root, &tick(at));
    }
}

fn quarters(ticks: i64) -> String {
    format!("{}.{:02}", ticks / 4, ticks % 4 * 25)
}

fn tenths(ticks: i64) -> String {
    format!("{}.{}", ticks / 10, ticks % 10)
}

/// The exchange halts an index 7 % from the day before; a firm keeps its traders out of the last 2 %.
#[test]
fn entries_stop_five_percent_from_the_session_before_in_equity_indices_alone() {
    let reference = 24_500 * 4;
    let five_percent = reference / 20;
    for away in [five_percent, -five_percent] {
        let mut world = World::under(COMBINE, &[], MORNING);
        world.print_on("NQ", &quarters(reference));
        world.advance_ms(SEVEN_HOURS_MS);
        world.print_on("NQ", &quarters(reference));
        let almost = reference + away - away.signum();
        walk(&mut world, "NQ", reference, almost, quarters);
        assert_eq!(reason(&world, buy(1).on("NQ")), None, "a tick before");
        world.enter(buy(1).on("NQ"), &quarters(almost));
        world.print_on("NQ", &quarters(reference + away));
        assert_eq!(reason(&world, buy(1).on("NQ")), Some("limit_zone"));
        assert_eq!(reason(&world, sell(1).on("NQ")), None, "an exit leaves anywhere");
    }
}

#[test]
fn gold_has_no_such_zone_and_a_first_session_has_none_to_count_from() {
    let mut gold = World::under(COMBINE, &[], MORNING);
    gold.print("1320.0");
    gold.advance_ms(SEVEN_HOURS_MS);
    gold.print("1320.0");
    walk(&mut gold, "GC", 13_200, 14_000, tenths);
    assert_eq!(reason(&gold, buy(1)), None);
    let mut first = World::under(COMBINE, &[], MORNING);
    first.print_on("NQ", "24500.00");
    walk(&mut first, "NQ", 98_000, 104_000, quarters);
    assert_eq!(reason(&first, buy(1).on("NQ")), None);
}

#[test]
fn holding_more_than_live_equity_allows_fails_the_account() {
    let mut world = World::under("shape-live-ladder", &[], MORNING);
    world.print("1320.0");
    assert_eq!(reason(&world, buy(3).stop("1319.0")), Some("scaling_limit"));
    world.enter(buy(2).stop("1319.0"), "1320.0");
    for price in ["1322.0", "1324.0", "1326.0", "1327.6"] {
        world.print(price);
    }
    // 25 000 and 1 520: a third one is allowed from 26 501 on.
    world.enter(buy(1).stop("1327.0"), "1327.6");
    assert_eq!((world.net("GC"), locks(&world)), (3, vec![]));
    world.print("1327.5");
    assert_eq!(locks(&world), [RuleId::LiveSize], "26 490 with three");
}

#[test]
fn a_bar_counts_with_its_worst_price_beside_what_is_open_elsewhere() {
    for (low, expected) in [("1318.6", vec![]), ("1318.4", vec![RuleId::PersonalDailyLoss])] {
        let mut world = World::under(COMBINE, &["personal_daily_loss=500"], MORNING);
        world.print("1320.0");
        world.print_on("NQ", "24500.00");
        world.enter(buy(4), "1320.0");
        world.enter(buy(1).on("NQ"), "24500.00");
        world.print_on("NQ", "24505.00");
        // 100 won in the Nasdaq; 560 or 640 lost in gold while the bar lasted.
        world.bar(["1320.0", "1320.1", low, "1320.0"]);
        assert_eq!(locks(&world), expected, "{low}");
    }
}

#[test]
fn peaks_are_kept_only_where_a_rule_follows_them() {
    let peaked = |pack: &str, settings: &[&str]| {
        let mut world = World::under(pack, settings, MORNING);
        world.print("1320.0");
        world.enter(buy(1).stop("1319.0"), "1320.0");
        world.print("1321.0");
        world.facts().iter().any(|fact| matches!(&fact.body, FactBody::Rule(rule) if is_peak(rule)))
    };
    assert!(!peaked(COMBINE, &[]), "its floor follows the end of the day");
    assert!(!peaked(COMBINE, &["personal_daily_loss=500"]), "a fixed limit");
    let own = ["personal_daily_loss=500", "personal_daily_loss_trail=unrealised"];
    assert!(peaked(COMBINE, &own), "the trader's own limit follows equity");
}

fn is_peak(rule: &RuleFact) -> bool {
    matches!(rule, RuleFact::Peaked { .. })
}

#[test]
fn the_fourth_exit_of_a_lot_that_is_refused_switches_entries_off() {
    let mut world = World::under(COMBINE, &[], MORNING);
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.print("1318.9");
    for exit in ["L0-X1", "L0-X2"] {
        world.fail_for(exit, FailReason::Unspecified);
        world.advance_ms(2_000);
    }
    assert_eq!(world.book().lots().iter().map(|(_, lot)| lot.exits_sent).collect::<Vec<_>>(), [3]);
    assert_eq!(world.book().account().run_away(), None);
    world.fail_for("L0-X3", FailReason::Unspecified);
    world.advance_ms(5_000);
    assert_eq!(world.book().account().run_away(), Some(RunAway::ExitAttempts));
}

#[test]
fn half_of_the_messages_of_a_second_are_left_to_exits() {
    let mut world = World::under(COMBINE, &[], MORNING);
    world.print("1320.0");
    for price in ["1310.0", "1310.1", "1310.2", "1310.3"] {
        world.place(buy(1).limit(price).stop("1309.0"));
        world.cancelled(&format!("T{}", world.book().orders().len()));
    }
    assert_eq!(reason(&world, buy(1).limit("1310.4").stop("1309.0")), None, "the fifth");
    world.place(buy(1).limit("1310.4").stop("1309.0"));
    world.cancelled("T5");
    assert_eq!(reason(&world, buy(1).limit("1310.5").stop("1309.0")), Some("throttle"));
    world.advance_ms(1_000);
    assert_eq!(reason(&world, buy(1).limit("1310.5").stop("1309.0")), None);
}

#[test]
fn the_clock_is_told_for_people_and_beyond_the_calendar_by_the_hours_of_the_week() {
    let world = World::under(COMBINE, &[], MORNING);
    let hours = |at: &str| world.engine().hours_now(rules::moment(at), contract("GC"));
    assert_eq!(hours(MORNING), Some(Hours::Open));
    assert!(matches!(hours("2026-10-06T21:30:00Z"), Some(Hours::Closed { .. })), "the daily pause");
    assert!(matches!(hours("2026-10-06T20:30:00Z"), Some(Hours::NoNewEntries { .. })), "past 15:10");
    assert_eq!(hours("2031-10-07T15:00:00Z"), Some(Hours::Open), "an ordinary Tuesday, beyond the calendar");
    assert_eq!(World::new().engine().hours_now(rules::moment(MORNING), contract("GC")), None);
}

#[test]
fn nobody_is_closed_out_who_holds_nothing_when_it_is_time_to_be_flat() {
    let mut world = World::under(COMBINE, &[], MORNING);
    world.print("1320.0");
    world.hush();
    world.advance_ms(6 * 3_600_000);
    assert!(world.book().flattens().is_empty(), "{:?}", world.said());
}

#[test]
fn the_panel_tells_whose_rule_it_is_and_how_far_it_has_come() {
    let settings = ["daily_loss=on", "personal_daily_loss=500", "personal_daily_profit=900"];
    let mut world = World::under(COMBINE, &settings, MORNING);
    world.print("1320.0");
    world.enter(buy(2).stop("1317.0"), "1320.0");
    world.print("1318.7");
    let panel = world.engine().panel(world.now(), &[]);
    let row = |rule: RuleId| panel.rules.iter().find(|row| row.rule == rule).unwrap();
    let (firm, own) = (row(RuleId::DailyLoss), row(RuleId::PersonalDailyLoss));
    assert!(firm.firms && row(RuleId::MaxLoss).firms && !own.firms);
    assert!(!row(RuleId::PersonalDailyProfit).firms);
    assert_eq!((own.distance, firm.distance), (dollars(240), dollars(740)));
    assert_eq!(own.act, Act::Lock);
    let order = buy(1).stop("1317.7").request();
    let worst = world.engine().judge(world.now(), &order).worst.unwrap();
    // 10 ticks and four of slippage, on top of what is open at its stop: 600 and 40.
    assert_eq!((worst.loss, worst.equity), (dollars(140), dollars(50_000 - 640 - 140)));
}

fn dollars(whole: i64) -> Money {
    Money::from_units(whole * 10_000)
}

#[test]
fn a_desk_that_acts_before_the_firm_does_it_once_and_still_tells_when_the_line_is_reached() {
    let mut world = World::under(COMBINE, &["daily_loss=on", "act_at=0.9"], MORNING);
    world.print("1320.0");
    world.enter(buy(3).stop("1315.0"), "1320.0");
    let level = |world: &World| {
        let panel = world.engine().panel(world.now(), &[]);
        panel.rules.iter().find(|row| row.rule == RuleId::DailyLoss).unwrap().level
    };
    let broken = |world: &World| world.book().account().is_broken(RuleId::DailyLoss);
    world.print("1317.1");
    assert_eq!((locks(&world), level(&world)), (vec![], Level::Warned(2)), "870 of 1 000");
    world.print("1317.0");
    assert_eq!((locks(&world), level(&world)), (vec![RuleId::DailyLoss], Level::Reached));
    assert!(!broken(&world), "900 is not the firm's line");
    world.print("1316.9");
    assert_eq!((locks(&world).len(), broken(&world)), (1, false));
    world.print("1316.6");
    // The firm's own lock comes beside.
    assert_eq!((locks(&world).len(), broken(&world)), (2, true), "1 020");
}

const RELEASE_MORNING: &str = "2026-12-10T13:20:00Z";
const TO_ITS_WINDOW_MS: u32 = 8 * 60_000;

fn before_a_release(settings: &[&str]) -> World {
    let mut world = World::under("shape-news", settings, RELEASE_MORNING);
    world.print("1320.0");
    world.print_on("NQ", "24500.00");
    world
}

#[test]
fn what_must_be_flat_around_a_release_is_closed_two_minutes_before() {
    let mut world = before_a_release(&[]);
    world.enter(buy(1).on("NQ"), "24500.00");
    world.hush();
    world.advance_ms(TO_ITS_WINDOW_MS - 1);
    assert!(world.book().flattens().is_empty());
    world.advance_ms(1);
    assert_eq!(world.book().flattens().len(), 1, "{:?}", world.said());
}

#[test]
fn a_release_that_only_takes_no_entries_closes_nothing() {
    let mut world = before_a_release(&[]);
    world.enter(buy(1).stop("1315.0"), "1320.0");
    world.advance_ms(TO_ITS_WINDOW_MS);
    world.print("1320.0");
    world.print_on("NQ", "24500.00");
    assert!(world.book().flattens().is_empty(), "{:?}", world.said());
    assert_eq!(reason(&world, buy(1).stop("1315.0")), Some("news_window"));
    assert_eq!(reason(&world, buy(1).on("NQ")), Some("news_window"));
    world.advance_ms(4 * 60_000);
    world.print("1320.0");
    assert_eq!(reason(&world, buy(1).stop("1315.0")), None);
}

#[test]
fn a_release_that_is_set_to_warn_stops_and_closes_nothing() {
    let mut world = before_a_release(&["overlay.releases=warn"]);
    world.enter(buy(1).on("NQ"), "24500.00");
    world.advance_ms(TO_ITS_WINDOW_MS);
    world.print_on("NQ", "24500.00");
    assert!(world.book().flattens().is_empty());
    assert_eq!(reason(&world, buy(1).on("NQ")), None);
}

#[test]
fn at_the_time_to_be_flat_whatever_is_open_or_may_open_is_closed_out_and_nothing_else_is() {
    let closed_out = |prepare: fn(&mut World)| {
        let mut world = World::under(COMBINE, &[], MORNING);
        world.print("1320.0");
        prepare(&mut world);
        // 15:11 in Chicago.
        world.advance_ms(5 * 3_600_000 + 11 * 60_000);
        world.book().flattens().len()
    };
    assert_eq!(closed_out(|_| {}), 0);
    assert_eq!(closed_out(|world| world.enter(buy(1).stop("1310.0"), "1320.0")), 1);
    assert_eq!(closed_out(|world| world.place(buy(1).limit("1319.0"))), 1);
    assert_eq!(closed_out(|world| world.place(sell(1).limit("1321.0"))), 1);
    assert_eq!(
        closed_out(|world| {
            world.enter(buy(1).stop("1319.0"), "1320.0");
            world.print("1319.0");
            // Somebody has closed it at the broker; our exit has no answer.
            world.foreign_fill(9, Side::Sell, 1, "1319.0");
        }),
        1
    );
}
