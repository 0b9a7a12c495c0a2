//! Crash, restart, reconciliation: what was armed is armed, what left is found, and nothing fires before the
//! broker's own account has been compared and a price was seen twice.

use phantom_compliance::{EvenChange, Protect, StopChange};
use phantom_engine::fact::GapPolicy;
use phantom_engine::{Decision, HaltChange};
use phantom_model::{BreakEven, Link, Offset, OrderStatus, Print, Side};
use phantom_testkit::{buy, price, sell};
use scenario::account::Account;
use scenario::brokers::ByHand;
use scenario::openings::{holding, open_market};
use scenario::story::Story;

/// Long two with a stop and a target; killed, and back.
fn killed(policy: GapPolicy) -> Story<ByHand> {
    let mut story = holding(buy(2).stop("1318.0").target("1325.0"));
    story.come_back(policy);
    story
}

/// The broker has what the journal says.
fn agrees(story: &mut Story<ByHand>) {
    story.answer(Account::holds(&[("GC", 2)]));
}

#[test]
fn r_01_stops_are_armed_exactly_as_they_were_before_anything_may_be_traded() {
    let mut story = killed(GapPolicy::Fire);
    assert_eq!((story.armed(0), story.legs(0).as_str()), (2, "1318.0 1325.0"));
    let early = story.place(buy(1));
    assert_eq!(story.times(&format!("reject {early} reconciling")), 1);
    agrees(&mut story);
    story.hush();
    story.print("1319.0");
    story.print("1319.1");
    story.expect_said("gap closed GC 1319.1");
    story.print("1318.0");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_02_a_kill_between_trigger_and_send_closes_once() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.print("1318.0");
    // Recorded, and nobody knows whether it left.
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    story.come_back(GapPolicy::Fire);
    agrees(&mut story);
    story.hush();
    story.print("1317.0");
    story.print("1317.1");
    story.expect_sent("");
    story.wait_ms(6_000);
    story.account(Account::holds(&[("GC", 2)]));
    assert_eq!(story.status("L0-X1"), OrderStatus::Failed);
    assert_eq!(story.times("failed L0-X1 absent_at_broker"), 1);
    assert_eq!(story.exits_sent("GC"), [("L0-X1".to_owned(), 2), ("L0-X2".to_owned(), 2)]);
}

#[test]
fn r_02_an_exit_that_the_journal_lost_is_found_at_the_broker_and_not_sent_again() {
    let mut story = killed(GapPolicy::Fire);
    story.lose("L0-X1");
    story.hush();
    story.answer(Account::holds(&[]).and_filled("L0-X1", Side::Sell, 2, "1317.9"));
    story.print("1317.0");
    story.print("1317.0");
    story.expect_sent("");
    assert_eq!((story.net("GC"), story.realized("GC").as_str()), (0, "-420.00"));
    assert_eq!(story.times("found L0 stop"), 1);
    assert!(story.book().latches().is_empty() && story.is_flat());
}

#[test]
fn r_02_a_lot_that_was_opened_and_closed_in_what_the_journal_lost_takes_nothing_from_another_lot() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.print("1320.0");
    let entry = story.place(buy(1).stop("1319.0"));
    story.come_back(GapPolicy::Fire);
    story.lose("L1-X1");
    story.answer(Account::holds(&[("GC", 2)]).and_filled(&entry, Side::Buy, 1, "1320.0").and_filled(
        "L1-X1",
        Side::Sell,
        1,
        "1318.9",
    ));
    assert_eq!((story.armed(0), story.net("GC")), (2, 2));
    assert_eq!(story.times("found L1 stop"), 1);
    assert!(story.book().latches().is_empty());
}

#[test]
fn r_02_a_reduction_that_the_journal_lost_keeps_its_id() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.come_back(GapPolicy::Fire);
    story.lose("T2");
    // Somebody closes while the account is on its way: under an id that the lost one cannot have had.
    let close = story.place(sell(1));
    assert_ne!(close, "T2");
    story.answer(Account::holds(&[("GC", 1)]).and_filled("T2", Side::Sell, 1, "1319.0"));
    assert_eq!(story.net("GC"), 1);
    assert!(story.book().latches().is_empty());
}

#[test]
fn r_02_a_flatten_that_the_journal_lost_is_found_at_the_broker_and_the_next_one_has_ids_of_its_own() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.come_back(GapPolicy::Fire);
    story.lose("F0-C0-X1");
    story.answer(Account::holds(&[]).and_filled("F0-C0-X1", Side::Sell, 2, "1319.0"));
    assert_eq!(story.net("GC"), 0);
    assert!(story.book().latches().is_empty() && story.is_flat());
    story.hush();
    let again = story.place(buy(1));
    story.accept(&again);
    story.fill(&again, 1, "1319.0");
    story.hush();
    story.flatten();
    story.expect_sent("send F8-C0-X1 SELL 1 GC MARKET");
}

#[test]
fn r_04_a_price_that_gapped_through_the_stop_fires_asks_or_holds_as_the_policy_says() {
    for policy in [GapPolicy::Fire, GapPolicy::Ask, GapPolicy::Hold] {
        let mut story = killed(policy);
        agrees(&mut story);
        story.hush();
        story.print("1316.0");
        story.expect_sent("");
        story.print("1316.1");
        if policy == GapPolicy::Fire {
            story.expect_sent("send L0-X1 SELL 2 GC MARKET");
            continue;
        }
        story.expect_sent("");
        assert_eq!(story.times("passed L0 stop 1316.1"), 1);
        assert_eq!(story.times("alarm passed_while_away L0") > 0, policy == GapPolicy::Ask);
        // It has passed: a further fall is no new cross. Back above it watches as before.
        story.print("1315.0");
        story.expect_sent("");
        story.print("1318.5");
        assert_eq!(story.times("watches L0 1318.5"), 1);
        story.print("1318.0");
        story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    }
}

#[test]
fn r_04_a_person_lets_a_passed_stop_exit_and_the_target_still_counts() {
    let mut story = killed(GapPolicy::Ask);
    agrees(&mut story);
    story.print("1316.0");
    story.print("1316.1");
    story.hush();
    story.exit_passed(0);
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
    story.exit_passed(0);
    story.expect_sent("");

    let mut story = killed(GapPolicy::Hold);
    agrees(&mut story);
    story.print("1316.0");
    story.print("1316.1");
    story.hush();
    story.print("1320.0");
    story.print("1325.0");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_04_a_stop_that_is_set_anew_has_not_been_passed() {
    let mut story = killed(GapPolicy::Ask);
    agrees(&mut story);
    story.print("1316.0");
    story.print("1316.1");
    story.protect(0, Protect { stop: StopChange::Fix(price("GC", "1315.0")), ..Protect::default() });
    story.hush();
    story.print("1315.0");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_04_what_is_leaving_already_is_not_let_exit_once_more() {
    let mut story = killed(GapPolicy::Ask);
    agrees(&mut story);
    story.print("1316.0");
    story.print("1316.1");
    let close = story.place(sell(2));
    story.accept(&close);
    story.hush();
    story.exit_passed(0);
    story.expect_said("");
    story.fill(&close, 1, "1316.1");
    story.cancelled(&close);
    story.hush();
    story.exit_passed(0);
    story.expect_sent("send L0-X1 SELL 1 GC MARKET");
}

#[test]
fn r_04_one_absurd_price_after_a_start_fires_nothing() {
    let mut story = killed(GapPolicy::Fire);
    agrees(&mut story);
    story.hush();
    // The first price has nothing to be judged by; the next shows that it was wrong.
    story.print("1200.0");
    story.print("1320.0");
    story.print("1320.1");
    story.expect_sent("");
    story.print("1318.0");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_05_a_position_that_was_closed_elsewhere_leaves_no_stop() {
    let mut story = killed(GapPolicy::Fire);
    story.answer(Account::holds(&[]).and_traded(5, Side::Sell, 2, "1319.0"));
    story.hush();
    assert_eq!(story.net("GC"), 0);
    story.print("1317.0");
    story.print("1317.0");
    story.expect_sent("");
}

#[test]
fn r_06_a_position_that_was_opened_elsewhere_is_shown_and_can_be_protected() {
    let mut story = open_market();
    story.come_back(GapPolicy::Fire);
    story.answer(Account::holds(&[("GC", 3)]).and_traded(5, Side::Buy, 3, "1319.0"));
    assert_eq!((story.net("GC"), story.legs(0).as_str()), (3, "- -"));
    story.print("1320.0");
    story.print("1320.0");
    let stop = Protect { stop: StopChange::Fix(price("GC", "1318.0")), ..Protect::default() };
    story.protect(0, stop);
    story.hush();
    story.print("1318.0");
    story.expect_sent("send L0-X1 SELL 3 GC MARKET");
}

#[test]
fn r_08_old_fills_that_come_again_change_nothing() {
    let mut story = open_market();
    let entry = story.place(buy(2).stop("1318.0"));
    story.accept(&entry);
    story.fill(&entry, 2, "1320.0");
    story.come_back(GapPolicy::Fire);
    agrees(&mut story);
    story.fill_again();
    assert_eq!(story.net("GC"), 2);
}

#[test]
fn r_09_a_position_that_agrees_causes_nothing() {
    let mut story = killed(GapPolicy::Fire);
    story.hush();
    agrees(&mut story);
    story.expect_said("reconciled");
    story.account(Account::holds(&[("GC", 2)]));
    story.expect_said("");
}

#[test]
fn r_10_a_working_order_without_fills_is_kept() {
    let mut story = open_market();
    let order = story.place(buy(1).limit("1315.0"));
    story.accept(&order);
    story.come_back(GapPolicy::Fire);
    story.answer(Account::holds(&[]).and_rests(&order, Side::Buy, 1, 0, "1315.0"));
    assert_eq!(story.status(&order), OrderStatus::Accepted);
    story.fill(&order, 1, "1315.0");
    assert_eq!(story.net("GC"), 1);
}

#[test]
fn r_12_without_a_broker_nothing_leaves_and_no_stop_acts() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.come_back(GapPolicy::Fire);
    story.link(Link::Down);
    story.hush();
    for at in ["1319.0", "1317.0", "1316.9"] {
        story.print(at);
    }
    story.wait_ms(60_000);
    story.print("1316.8");
    let refused = story.place(buy(1));
    assert_eq!(story.times(&format!("reject {refused} not_connected")), 1);
    story.expect_sent("");
    assert_eq!(story.times("touched L0 stop 1317.0"), 1);
    story.link(Link::Up);
    agrees(&mut story);
    story.hush();
    story.print("1316.8");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_12_a_broker_that_never_lists_its_account_does_not_disarm_the_stops_for_ever() {
    let mut story = killed(GapPolicy::Fire);
    story.hush();
    story.print("1317.0");
    story.print("1317.0");
    story.wait_ms(31_000);
    story.sent();
    story.print("1317.0");
    assert!(story.sent().contains(&"send L0-X1 SELL 2 GC MARKET".to_owned()));
    assert_eq!(story.times("alarm stops_unconfirmed GC"), 1);
}

#[test]
fn r_17_what_asked_for_an_order_may_die_and_its_stop_lives() {
    // A signal's source is gone; nobody but the desk watches the stop, and a person can still cancel.
    let mut story = open_market();
    let rest = story
        .place_by(buy(1).limit("1315.0"), phantom_engine::Origin::Signal(phantom_model::SignalRef::new(1)));
    story.accept(&rest);
    let entry = story
        .place_by(buy(1).stop("1318.0"), phantom_engine::Origin::Signal(phantom_model::SignalRef::new(2)));
    story.accept(&entry);
    story.fill(&entry, 1, "1320.0");
    story.hush();
    story.cancel(&rest);
    story.print("1318.0");
    story.expect_sent(&format!("cancel {rest} | send L0-X1 SELL 1 GC MARKET"));
}

#[test]
fn r_18_after_a_sleep_old_trades_fire_nothing_and_the_first_fresh_one_decides() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.wait_ms(3_600_000);
    story.wake(GapPolicy::Fire);
    story.hush();
    // The feed catches up with what it had while the lid was closed.
    story.record("GC", Print::Trade { price: price("GC", "1317.0"), size: 1 }, 600_000);
    story.expect_sent("");
    assert_eq!(story.times("touched L0 stop 1317.0"), 1);
    agrees(&mut story);
    story.print("1319.5");
    story.print("1319.5");
    // It came back: told, not fired.
    story.expect_sent("");
    story.print("1318.0");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_18_the_first_fresh_trade_after_a_sleep_is_judged_by_the_price_from_before_it() {
    let mut story = holding(buy(2).stop("1318.0"));
    story.wait_ms(60_000);
    story.wake(GapPolicy::Fire);
    agrees(&mut story);
    story.hush();
    story.print("1317.9");
    story.expect_sent("send L0-X1 SELL 2 GC MARKET");
}

#[test]
fn r_20_an_order_that_was_cancelled_here_and_filled_there_counts() {
    let mut story = open_market();
    let order = story.place(buy(1).limit("1319.0"));
    story.accept(&order);
    story.cancel(&order);
    story.cancelled(&order);
    story.come_back(GapPolicy::Fire);
    story.fill(&order, 1, "1319.0");
    assert_eq!((story.net("GC"), story.status(&order)), (1, OrderStatus::Filled));
    assert_eq!(story.times(&format!("alarm late_fill {order}")), 1);
}

#[test]
fn r_21_a_fill_that_comes_live_and_with_the_account_is_booked_once() {
    let mut story = killed(GapPolicy::Fire);
    let with_fill = Account::holds(&[("GC", 2)]);
    story.answer(with_fill);
    story.fill_again();
    story.account(Account::holds(&[("GC", 2)]));
    assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
}

#[test]
fn r_22_nothing_opens_while_what_was_asked_before_is_not_known() {
    let mut story = open_market();
    let order = story.place(buy(1).limit("1315.0"));
    story.accept(&order);
    story.cancel(&order);
    story.come_back(GapPolicy::Fire);
    story.wait_ms(40_000);
    let refused = story.place(buy(1));
    assert_eq!(story.times(&format!("reject {refused} reconciling")), 1);
}

#[test]
fn r_24_a_list_without_the_position_disarms_nothing_by_itself() {
    let mut story = killed(GapPolicy::Fire);
    story.answer(Account::holds(&[]));
    assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
    // Seen twice, five seconds apart: then a person decides, and until then no exit goes by our number alone.
    story.wait_ms(6_000);
    story.answer(Account::holds(&[]));
    assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
    assert_eq!(story.times("confirmed GC"), 1);
    story.decide("GC", Decision::TakeBrokers);
    assert_eq!(story.net("GC"), 0);
    story.halt(HaltChange::LiftLatch);
}

#[test]
fn r_25_targets_break_even_and_the_peak_survive() {
    let mut story = holding(buy(3).stop("1318.0"));
    let even = BreakEven::new(Offset::new(10).unwrap(), 0).unwrap();
    story.protect(0, Protect { even: EvenChange::Set(even), ..Protect::default() });
    let target = story.place(sell(1).limit("1322.0"));
    story.accept(&target);
    story.fill(&target, 1, "1322.0");
    story.print("1322.0");
    assert_eq!(story.legs(0), "1320.0 -");
    story.protect(0, Protect { stop: StopChange::Trail(Offset::new(15).unwrap()), ..Protect::default() });
    story.print("1323.0");
    story.print("1322.5");
    let before = (story.armed(0), story.legs(0));
    story.come_back(GapPolicy::Fire);
    assert_eq!((story.armed(0), story.legs(0)), before);
    assert_eq!(before, (2, "1321.5 -".to_owned()));
}
