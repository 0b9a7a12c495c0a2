//! Scenarios of group 3F: the rules before an order, and those that act by themselves.

use std::sync::Arc;

use phantom_compliance::RuleId;
use phantom_engine::{HaltChange, Input, Origin, RulesInput};
use phantom_model::{FailReason, SignalRef};
use phantom_testkit::rules::{adopt, profile};
use phantom_testkit::{Draft, buy, sell};
use scenario::brokers::ByHand;
use scenario::story::Story;

/// A Tuesday morning in Chicago, an ordinary day.
const MORNING: &str = "2026-10-06T15:00:00Z";
const COMBINE: &str = "topstep-combine-50k";
const XFA: &str = "topstep-xfa-50k";

/// A 50K combine whose daily limit is on, gold at 1320.0, no fees.
fn combine() -> Story<ByHand> {
    Story::under(COMBINE, &["daily_loss=on"], MORNING, 0)
}

fn holding(draft: Draft) -> Story<ByHand> {
    let mut story = combine();
    story.enter(draft, "1320.0");
    story.wait_ms(1_000);
    story.print("1320.0");
    story.hush();
    story
}

/// Every way in which nothing may be opened, brought about while two are held.
fn held_back() -> Vec<(&'static str, Story<ByHand>)> {
    let long = || holding(buy(2).stop("1315.0"));
    let mut killed = long();
    killed.halt(HaltChange::Kill);
    let mut unusable = long();
    unusable.rules(RulesInput::Unusable { why: Arc::from("no such file") });
    let mut late = long();
    late.wait_until("2026-10-06T20:30:00Z");
    let mut stale = long();
    stale.wait_ms(300_000);
    let mut offline = long();
    offline.link(phantom_model::Link::Down);
    let mut tight = long();
    tight.feed(adopt(profile(
        COMBINE,
        &["daily_loss=on", "personal_position_max=1", "personal_trade_count=1"],
    )));
    let mut fast = long();
    for row in 0..12 {
        fast.place_by(buy(1).limit("1310.0"), Origin::Signal(SignalRef::new(row)));
    }
    vec![
        ("killed", killed),
        ("rules_unusable", unusable),
        ("no_new_entries", late),
        ("stale_data", stale),
        ("not_connected", offline),
        ("position_limit", tight),
        ("run_away", fast),
    ]
}

#[test]
fn g_01_an_exit_passes_whatever_limit_is_breached() {
    for (reason, mut story) in held_back() {
        assert_eq!(story.verdict(buy(1).stop("1315.0")), Some(reason));
        let left =
            story.net("GC") - story.exits_sent("GC").iter().map(|(_, qty)| i64::from(*qty)).sum::<i64>();
        if left == 0 {
            // The rule closes it out by itself.
            continue;
        }
        assert_eq!(story.verdict(sell(1)), None, "{reason} holds an exit back");
        let exit = story.place(sell(1));
        story.accept(&exit);
        story.fill(&exit, 1, "1319.0");
        assert_eq!(story.net("GC"), 1, "{reason}");
    }
}

#[test]
fn g_01_a_stop_a_flatten_and_a_hand_close_in_a_locked_account() {
    let mut story = holding(buy(3).stop("1315.0"));
    story.rules(RulesInput::LockOut { until: None, origin: Origin::Window });
    story.expect_sent("send F0-C0-X1 SELL 3 GC MARKET");
    story.fail("F0-C0-X1", FailReason::Unspecified);
    story.hush();
    // The lock has sent its next try; what it could not close a person closes.
    assert_eq!(story.net("GC"), 3);
    story.fail("F0-C0-X2", FailReason::Unspecified);
    story.fail("F0-C0-X3", FailReason::Unspecified);
    story.fail("F0-C0-X4", FailReason::Unspecified);
    story.hush();
    let exit = story.place(sell(1));
    story.fill(&exit, 1, "1319.0");
    story.print("1315.0");
    story.fill("L0-X1", 2, "1315.0");
    assert!(story.is_flat());
}

#[test]
fn g_02_the_rule_is_by_exposure_and_not_by_side() {
    let mut story = Story::under(COMBINE, &[], MORNING, 0);
    story.enter(sell(2).stop("1325.0"), "1320.0");
    story.print("1320.0");
    story.feed(Input::Halt { change: HaltChange::Kill, origin: Origin::Window });
    assert_eq!(story.verdict(buy(2)), None, "it closes the short");
    assert_eq!(story.verdict(buy(3)), Some("killed"), "it would open the other side");
    assert_eq!(story.verdict(sell(1)), Some("killed"));
}

#[test]
fn g_04_a_locked_flat_account_opens_nothing() {
    let mut story = combine();
    story.rules(RulesInput::LockOut { until: None, origin: Origin::Window });
    for draft in [buy(1), sell(1), buy(1).limit("1319.0"), sell(1).on("NQ")] {
        assert_eq!(story.verdict(draft), Some("locked_out"));
    }
    assert!(story.words(buy(1)).contains("until 2026-10-06 17:00 CT"), "{}", story.words(buy(1)));
}

#[test]
fn g_05_without_a_price_no_entry_is_judged() {
    let mut story = Story::before_rules(MORNING, 0);
    story.feed(adopt(profile(COMBINE, &[])));
    assert_eq!(story.verdict(buy(1)), Some("stale_data"));
    assert_eq!(story.verdict(buy(1).limit("1319.0")), Some("stale_data"));
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1).stop("1315.0")), None);
    // A price that is too old is none.
    story.wait_ms(61_000);
    assert_eq!(story.verdict(buy(1).stop("1315.0")), Some("stale_data"));
}

#[test]
fn g_06_an_entry_is_judged_in_the_state_in_which_it_leaves() {
    // No entry waits at the desk: what is sent was judged in the same step, and its record says in which.
    let mut story = combine();
    let order = story.place(buy(1).stop("1315.0"));
    let history = story.history();
    let place = history.iter().position(|line| *line == format!("judged {order} passes")).unwrap();
    assert!(history[place + 1].starts_with(&format!("submit {order}")), "{history:?}");
    story.halt(HaltChange::Kill);
    let refused = story.place(buy(1).stop("1315.0"));
    assert!(story.history().contains(&format!("judged {refused} killed")));
}

#[test]
fn g_08_open_profit_and_fees_count_towards_the_daily_limit() {
    // Realised -700 and fees 30 with open -280: 1 010 of 1 000. One tick earlier it is 1 000 - 10.
    let mut story = Story::under(COMBINE, &["daily_loss=on"], MORNING, 500);
    story.enter(buy(1), "1320.0");
    story.print("1320.0");
    let exit = story.place(sell(1));
    story.fill(&exit, 1, "1313.0");
    assert_eq!(story.realized("GC"), "-700.00");
    story.print("1313.0");
    story.wait_ms(1_000);
    story.enter(buy(4), "1313.0");
    story.hush();
    story.print("1312.4");
    let account = story.book().account();
    assert!(!account.is_broken(RuleId::DailyLoss), "-700 - 240 - 30 is 970");
    story.print("1312.3");
    assert!(story.book().account().is_broken(RuleId::DailyLoss), "-700 - 280 - 30 is 1 010");
    let lock = story.book().account().lock().unwrap();
    assert_eq!(
        (lock.cause, lock.until.to_string().as_str()),
        (RuleId::DailyLoss, "until 2026-10-06 17:00 CT")
    );
    assert!(story.sent().iter().any(|line| line == "send F0-C0-X1 SELL 4 GC MARKET"));
}

#[test]
fn g_09_a_peak_persists_over_a_restart_and_never_falls() {
    let mut story = Story::under("shape-intraday-trailing", &[], MORNING, 0);
    story.enter(buy(2).stop("1315.0"), "1320.0");
    let first = story.book().account().figures().unwrap().floor;
    story.print("1325.0");
    let raised = *story.book().account().figures().unwrap();
    assert_eq!(raised.floor, first + (phantom_model::Money::from_units(10_000_000)), "1 000 of open profit");
    story.print("1322.0");
    story.restart();
    let after = *story.book().account().figures().unwrap();
    assert_eq!((after.floor, after.peak_equity), (raised.floor, raised.peak_equity));
    story.print("1323.0");
    assert_eq!(story.book().account().figures().unwrap().floor, raised.floor);
}

#[test]
fn g_09_what_one_of_two_positions_has_won_or_lost_counts_only_with_the_other_after_a_restart() {
    // Gold is 1 000 up and the index 900 down: 100 in all, in either order of the first two prices.
    for first in ["GC", "NQ"] {
        let mut story = Story::under("shape-intraday-trailing", &[], MORNING, 0);
        story.trade("NQ", "5000.00", 1);
        story.enter(buy(2).stop("1315.0"), "1320.0");
        story.enter(buy(1).on("NQ").stop("4900.00"), "5000.00");
        story.trade("NQ", "4955.00", 1);
        story.print("1325.0");
        let lived = *story.book().account().figures().unwrap();
        story.restart();
        let prices = [("GC", "1325.0"), ("NQ", "4955.00")];
        let (now, then) = if first == "GC" { (prices[0], prices[1]) } else { (prices[1], prices[0]) };
        story.trade(now.0, now.1, 1);
        assert_eq!(*story.book().account().figures().unwrap(), lived, "{first} alone says nothing");
        story.trade(then.0, then.1, 1);
        assert_eq!(*story.book().account().figures().unwrap(), lived);
        story.trade("GC", "1326.0", 1);
        let higher = story.book().account().figures().unwrap();
        assert!(higher.floor > lived.floor, "both are known, and the peak follows again");
        assert!(story.book().account().lock().is_none());
    }
}

#[test]
fn g_10_the_day_rolls_at_five_in_chicago_when_the_market_trades() {
    // Clocks went forward on 8 March: 17:00 in Chicago is 22:00 UTC on Monday, and was 23:00 on Friday.
    for (friday, ends) in
        [("2026-03-06T22:59:00Z", "2026-03-06T23:00:00Z"), ("2026-03-09T21:59:00Z", "2026-03-09T22:00:00Z")]
    {
        let mut story = Story::before_rules(friday, 0);
        story.feed(adopt(profile(COMBINE, &[])));
        story.print("1320.0");
        let day = story.book().account().figures().unwrap().day;
        // The clock alone begins no day.
        story.wait_until(ends);
        story.wait_ms(60_000);
        assert_eq!(story.book().account().figures().unwrap().day, day);
        story.print("1320.0");
        assert!(story.book().account().figures().unwrap().day > day);
    }
}

#[test]
fn g_10_a_half_day_is_flat_fifteen_minutes_before_its_close() {
    // The day after Thanksgiving: equity indices close at 12:15, so everything is flat by 12:00; the desk
    // closes five minutes earlier and takes no entry from then on.
    let mut story = Story::under(COMBINE, &[], "2026-11-27T17:30:00Z", 0);
    story.enter(buy(1).stop("1315.0"), "1320.0");
    story.wait_until("2026-11-27T17:54:59Z");
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1).stop("1315.0")), None);
    story.hush();
    story.wait_until("2026-11-27T17:55:00Z");
    story.expect_sent("send F0-C0-X1 SELL 1 GC MARKET");
    story.print("1320.0");
    story.fill("F0-C0-X1", 1, "1320.0");
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1).stop("1315.0")), Some("no_new_entries"));
}

#[test]
fn g_12_an_entry_that_fills_under_the_lock_is_closed_by_it() {
    let mut story = combine();
    let late = story.place(buy(1).limit("1319.0").stop("1315.0"));
    story.accept(&late);
    story.rules(RulesInput::LockOut { until: None, origin: Origin::Window });
    story.hush();
    // The cancel loses the race, and the flatten of the lock is over long ago.
    story.refuse_cancel(&late);
    story.wait_ms(60_000);
    story.hush();
    story.fill(&late, 1, "1319.0");
    let sent = story.sent();
    assert!(sent.iter().any(|line| line.contains("SELL 1 GC MARKET")), "{sent:?}");
}

#[test]
fn g_13_trades_are_counted_as_the_rule_counts_them_and_exits_are_never_stopped() {
    for (counting, used) in [("entries", 1), ("entries_and_exits", 4)] {
        let settings =
            ["personal_trade_count=4", &format!("personal_trade_counting={counting}")].map(str::to_owned);
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let mut story = Story::under(COMBINE, &settings, MORNING, 0);
        story.enter(buy(5).stop("1318.0"), "1320.0");
        for qty in [2, 2, 1] {
            story.wait_ms(1_000);
            story.print("1320.0");
            let exit = story.place(sell(qty));
            story.fill(&exit, qty, "1320.0");
        }
        assert!(story.is_flat());
        let panel = story.core().engine().panel(story.core().now(), &[]);
        let trades = panel.trades.unwrap();
        assert_eq!((trades.used, trades.as_the_firm_counts), (used, 4), "seen before the next entry");
        let refused = (used == 4).then_some("trade_count");
        assert_eq!(story.verdict(buy(1).stop("1315.0")), refused);
    }
}

#[test]
fn g_14_rules_that_cannot_be_read_open_nothing() {
    let mut story = Story::before_rules(MORNING, 0);
    story.print("1320.0");
    story.rules(RulesInput::Unusable { why: Arc::from("my.toml:3: max_minis is missing") });
    assert_eq!(story.verdict(buy(1)), Some("rules_unusable"));
    assert!(story.words(buy(1)).contains("my.toml:3"));
    story.restart();
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1)), Some("rules_unusable"), "after a restart too");
    story.feed(adopt(profile(COMBINE, &[])));
    assert_eq!(story.verdict(buy(1)), None);
}

#[test]
fn g_16_there_is_no_way_past_the_gate() {
    // That an order without the gate's approval does not compile is shown beside `Approved`. Here: a lock
    // ends by no input that a person or a program has.
    let mut story = combine();
    story.rules(RulesInput::LockOut { until: None, origin: Origin::Window });
    story.print("1320.0");
    story.halt(HaltChange::LiftKill);
    story.halt(HaltChange::LiftLatch);
    story.halt(HaltChange::SwitchOn);
    story.feed(adopt(profile(XFA, &[])));
    story.rules(RulesInput::Unusable { why: Arc::from("spoiled on purpose") });
    story.feed(adopt(profile(COMBINE, &["daily_loss=on"])));
    story.rules(RulesInput::Adopt { profile: profile(COMBINE, &[]), fresh: true, origin: Origin::Window });
    story.flatten();
    story.restart();
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1)), Some("locked_out"));
    // The clock may say what it wants: only the market's next session ends it.
    story.wait_until("2026-10-08T01:00:00Z");
    assert_eq!(story.verdict(buy(1)), Some("locked_out"));
    story.record(
        "GC",
        phantom_model::Print::Trade { price: phantom_testkit::price("GC", "1320.0"), size: 1 },
        86_400_000,
    );
    assert_ne!(story.verdict(buy(1)), Some("locked_out"), "a trade stamped after 17:00 of that day");
}

#[test]
fn g_17_a_loop_is_throttled_and_switched_off_and_exits_go_on() {
    let mut story = holding(buy(1).stop("1315.0"));
    let mut reasons = Vec::new();
    for row in 0..100 {
        reasons.extend(story.verdict(buy(1).limit("1310.0")));
        story.place_by(buy(1).limit("1310.0").stop("1308.0"), Origin::Signal(SignalRef::new(row)));
        story.wait_ms(10);
    }
    assert!(story.book().account().run_away().is_some(), "{reasons:?}");
    let entries = story.book().orders().iter().filter(|(_, order)| order.purpose.is_entry()).count();
    assert!(entries < 8, "{entries} entries left");
    assert_eq!(story.verdict(sell(1)), None, "exits are unaffected");
    story.wait_ms(5_000);
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1).stop("1315.0")), Some("run_away"), "until a person has looked");
    story.halt(HaltChange::SwitchOn);
    story.wait_ms(60_000);
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1).stop("1315.0")), None);
}

#[test]
fn mll_t2_a_breach_stands_although_the_fills_come_back_above_the_floor() {
    // The floor is 48 000, the equity touches 47 750, and the exit leaves 48 050.
    let mut story = Story::under(COMBINE, &[], MORNING, 0);
    story.enter(buy(5), "1320.0");
    story.hush();
    story.print("1316.1");
    assert!(!story.book().halt().locked_out, "48 050 is above the floor");
    story.print("1315.5");
    story.expect_sent("send F0-C0-X1 SELL 5 GC MARKET");
    story.fill("F0-C0-X1", 5, "1316.1");
    assert_eq!(story.book().balance().to_string(), "48050.00");
    let lock = story.book().account().lock().unwrap();
    assert_eq!((lock.cause, lock.until), (RuleId::MaxLoss, phantom_compliance::Until::Ever));
    // Not even the next session ends it.
    story.wait_until("2026-10-07T15:00:00Z");
    story.print("1316.0");
    assert_eq!(story.verdict(buy(1).stop("1315.0")), Some("locked_out"));
}

#[test]
fn mll_t2_touching_the_floor_is_a_breach() {
    let mut story = Story::under(COMBINE, &[], MORNING, 0);
    story.enter(buy(5), "1320.0");
    story.print("1316.0");
    assert!(story.book().account().is_broken(RuleId::MaxLoss), "48 000 is the floor");
}

#[test]
fn mll_t2_the_floor_follows_the_end_of_the_day_and_locks_at_the_start() {
    let mut story = Story::under(COMBINE, &[], MORNING, 0);
    let mut floor_after = |gain: i64, next_day: &str| {
        story.wait_ms(1_000);
        story.print("1320.0");
        story.enter(buy(1).stop("1319.0"), "1320.0");
        let exit = story.place(sell(1));
        let at = format!("{}.0", 1_320 + gain);
        story.fill(&exit, 1, &at);
        story.wait_until(next_day);
        story.print("1320.0");
        story.book().account().figures().unwrap().floor.to_string()
    };
    assert_eq!(floor_after(5, "2026-10-07T15:00:00Z"), "48500.00");
    assert_eq!(floor_after(-5, "2026-10-08T15:00:00Z"), "48500.00");
    assert_eq!(floor_after(25, "2026-10-09T15:00:00Z"), "50000.00");
    assert_eq!(floor_after(9, "2026-10-13T15:00:00Z"), "50000.00", "locked for good");
}

#[test]
fn xfa_the_scaling_plan_rises_with_the_next_session_only() {
    let mut story = Story::under(XFA, &[], MORNING, 0);
    assert_eq!(story.verdict(buy(3).stop("1319.0")), Some("scaling_limit"));
    let words = story.words(buy(3).stop("1319.0"));
    assert!(words.contains("2 more") && words.contains("checked 2026-10-03, balance 0.00"), "{words}");
    story.enter(buy(2).stop("1315.0"), "1320.0");
    let exit = story.place(sell(2));
    story.fill(&exit, 2, "1328.0");
    story.wait_ms(1_000);
    story.print("1325.0");
    story.print("1328.0");
    assert_eq!(story.book().balance().to_string(), "1600.00");
    assert_eq!(story.verdict(buy(3).stop("1327.0")), Some("scaling_limit"), "not within the session");
    story.wait_until("2026-10-07T15:00:00Z");
    story.print("1328.0");
    assert_eq!(story.verdict(buy(3).stop("1327.0")), None);
    assert_eq!(story.verdict(buy(4).stop("1327.0")), Some("scaling_limit"));
}

#[test]
fn xfa_the_first_payout_moves_the_floor_to_zero() {
    let mut story = Story::under(XFA, &["eod_balance=1000"], MORNING, 0);
    assert_eq!(story.book().account().figures().unwrap().floor.to_string(), "-1000.00");
    let amount = phantom_model::Money::from_units(5_000_000);
    story.rules(RulesInput::PaidOut { amount, origin: Origin::Window });
    assert_eq!(story.book().account().figures().unwrap().floor.to_string(), "0.00");
    assert_eq!(story.book().balance().to_string(), "500.00");
    assert!(!story.book().halt().locked_out, "money that is paid out is no loss");
}

#[test]
fn limits_are_tightened_at_once_and_loosened_from_the_next_session() {
    let mut story = Story::under(COMBINE, &["personal_position_max=4"], MORNING, 0);
    story.feed(adopt(profile(COMBINE, &["personal_position_max=2"])));
    assert_eq!(story.verdict(buy(3).stop("1319.0")), Some("position_limit"));
    story.feed(adopt(profile(COMBINE, &[])));
    assert_eq!(story.verdict(buy(3).stop("1319.0")), Some("position_limit"), "not today");
    story.restart();
    story.print("1320.0");
    assert_eq!(story.verdict(buy(3).stop("1319.0")), Some("position_limit"), "nor after a restart");
    story.wait_until("2026-10-07T15:00:00Z");
    story.print("1320.0");
    assert_eq!(story.verdict(buy(3).stop("1319.0")), None);
}

#[test]
fn locked_limits_cannot_be_loosened_even_for_the_next_session() {
    let mut story = Story::under(COMBINE, &["personal_position_max=2"], MORNING, 0);
    story.rules(RulesInput::LockLimits { origin: Origin::Window });
    story.hush();
    story.feed(adopt(profile(COMBINE, &[])));
    story.expect_said("rules declined: limits_locked");
    story.wait_until("2026-10-07T15:00:00Z");
    story.print("1320.0");
    assert_eq!(story.verdict(buy(3).stop("1319.0")), Some("position_limit"));
}

#[test]
fn an_order_that_can_end_the_account_is_said_before_it_goes() {
    let story = combine();
    // Five contracts with 41 ticks to the stop: 2 050 and slippage of 2 000.
    assert_eq!(story.verdict(buy(5).stop("1315.9")), Some("worst_case_loss"));
    let words = story.words(buy(5).stop("1315.9"));
    assert!(words.starts_with("this order can end the account") && words.contains("2000.00"), "{words}");
    assert_eq!(story.verdict(buy(5).stop("1317.0")), None);
}

#[test]
fn what_works_counts_in_the_worst_case_of_the_next_order() {
    let mut story = combine();
    let first = story.place(buy(2).limit("1319.0").stop("1313.0"));
    story.accept(&first);
    story.wait_ms(1_000);
    story.print("1320.0");
    // 60 ticks for two are 1 200, 62 with slippage 1 240; 760 are left.
    assert_eq!(story.verdict(buy(2).stop("1316.8")), None, "36 ticks for two");
    assert_eq!(story.verdict(buy(2).stop("1316.5")), Some("worst_case_loss"), "39 ticks for two");
}

#[test]
fn day_orders_end_with_the_session() {
    let mut story = Story::under("shape-static", &[], MORNING, 0);
    let order = story.place(buy(1).limit("1310.0").stop("1308.0"));
    story.accept(&order);
    story.hush();
    story.wait_until("2026-10-06T21:00:00Z");
    let sent = story.sent();
    assert!(sent.contains(&format!("cancel {order}")), "{sent:?}");
}

#[test]
fn hedging_accounts_against_each_other_is_refused() {
    let mut story = combine();
    let holdings = vec![(Arc::from("GC"), phantom_model::NetQty::new(-1))];
    story.rules(RulesInput::Elsewhere { holdings });
    assert_eq!(story.verdict(buy(1).stop("1319.0")), Some("hedge"));
    assert_eq!(story.verdict(buy(1).on("MGC")), Some("hedge"), "micro gold hedges gold");
    assert_eq!(story.verdict(sell(1).stop("1321.0")), None);
}
