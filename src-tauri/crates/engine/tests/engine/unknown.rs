//! Overdue answers: time proves nothing.

use phantom_compliance::{Limits, Minis};
use phantom_engine::{FactBody, Input, Outcome, Request};
use phantom_model::{Link, MarketRecord, Money, OrderId, OrderStatus, Print, Span, Timestamp};
use phantom_testkit::{World, buy, contract, price, sell};

fn limited() -> World {
    let limits = Limits { position_max: Some(Minis::whole(3)), ..Limits::NONE };
    let mut world = World::with(limits, Money::ZERO);
    world.print("1320.0");
    world
}

#[test]
fn an_order_without_an_answer_is_unknown_after_five_seconds_and_asked_about_at_once() {
    let mut world = limited();
    world.place(buy(1));
    world.hush();
    world.advance_ms(4_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("unknown T1");
    world.expect_requests("query T1");
}

#[test]
fn an_unknown_order_is_asked_about_five_times_more_ever_later_and_then_a_person_is_told() {
    let mut world = limited();
    world.place(buy(1));
    world.advance_ms(5_000);
    world.hush();
    let mut asked_at = Vec::new();
    for second in 1..=100 {
        world.advance_ms(1_000);
        if world.asked().contains(&"query T1".to_owned()) {
            asked_at.push(second);
        }
    }
    assert_eq!(asked_at, [2, 6, 14, 30, 60], "seconds after it became unknown");
    let alarms = world.said().iter().filter(|line| *line == "alarm still_unknown T1").count();
    assert_eq!(alarms, 1);
    assert_eq!(world.status("T1"), OrderStatus::Pending, "time proves nothing");
}

#[test]
fn a_restart_asks_at_once_about_an_order_that_was_unknown() {
    let mut world = limited();
    world.place(buy(1));
    world.advance_ms(8_000);
    let mut engine = world.restarted(world.inputs().len());
    let mut out = Outcome::default();
    engine.apply(world.now(), Input::Clock, &mut out);
    assert!(out.requests.contains(&Request::Query(OrderId::Ticket(1))), "{out:?}");
}

#[test]
fn an_answer_in_time_leaves_nothing_overdue() {
    let mut world = limited();
    world.place(buy(1).limit("1318.0"));
    world.place(buy(1));
    world.accept("T1");
    world.fill("T2", 1, "1320.0");
    world.hush();
    world.advance_ms(60_000);
    world.expect("");
}

#[test]
fn an_unknown_order_counts_fully_against_the_limits_and_is_never_sent_again() {
    let mut world = limited();
    world.place(buy(2));
    world.advance_ms(5_000);
    world.hush();
    let refusal = world.verdict(buy(2)).unwrap();
    assert_eq!(refusal.to_string(), "2 of 3 contracts in use; 1 more");
    world.place(buy(1));
    world.expect("submit T2 BUY 1 GC MARKET");
    world.expect_requests("send T2");
}

#[test]
fn only_a_report_takes_an_order_out_of_unknown() {
    type Answer = fn(&mut World);
    let answers: [(Answer, &str); 5] = [
        (|world| world.accept("T1"), "accept T1"),
        (|world| world.fill("T1", 1, "1320.0"), "fill T1 1@1320.0 | lot L0 T1 1@1320.0"),
        (|world| world.fill("T1", 2, "1320.0"), "fill T1 2@1320.0 | lot L0 T1 2@1320.0"),
        (|world| world.cancelled("T1"), "cancelled T1"),
        (|world| world.fail("T1"), "failed T1 broker_refused"),
    ];
    for (answer, facts) in answers {
        let mut world = limited();
        world.place(buy(2));
        world.advance_ms(5_000);
        world.hush();
        answer(&mut world);
        world.expect(facts);
        let key = world.book().find("T1".parse().unwrap()).unwrap();
        assert!(!world.book().orders().at(key).unknown, "{facts}");
    }
}

#[test]
fn a_refused_cancel_does_not_answer_an_overdue_submission() {
    let mut world = limited();
    world.place(buy(2).limit("1318.0"));
    world.advance_ms(5_000);
    world.cancel("T1");
    world.hush();
    // "No such order": it may be on its way still.
    world.refuse_cancel("T1");
    world.expect("uncancelled T1");
    world.expect_requests("query T1");
    let key = world.book().find("T1".parse().unwrap()).unwrap();
    assert!(world.book().orders().at(key).unknown);
}

#[test]
fn a_repeated_acknowledgement_takes_a_working_order_out_of_unknown() {
    let mut world = limited();
    world.place(buy(1).limit("1318.0"));
    world.accept("T1");
    world.cancel("T1");
    world.advance_ms(5_000);
    world.hush();
    // The broker says that it works: the cancel was lost, and may be asked for again.
    world.accept("T1");
    world.expect("accept T1");
    world.cancel("T1");
    world.expect("cancel T1");
    world.expect_requests("cancel T1");
    world.advance_ms(5_000);
    world.expect("unknown T1 | alarm cancel_unanswered T1");
    world.cancelled("T1");
    world.expect("cancelled T1");
}

#[test]
fn a_cancel_without_an_answer_is_overdue_five_seconds_after_it_was_asked() {
    let mut world = limited();
    world.place(buy(1).limit("1318.0"));
    world.accept("T1");
    world.advance_ms(60_000);
    world.cancel("T1");
    world.hush();
    world.advance_ms(4_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("unknown T1 | alarm cancel_unanswered T1");
    world.expect_requests("query T1");
}

#[test]
fn the_answer_to_a_cancel_is_not_overdue_because_an_older_order_has_none() {
    let mut world = limited();
    world.place(buy(1).limit("1317.0"));
    world.place(buy(1).limit("1318.0"));
    world.accept("T2");
    world.advance_ms(4_000);
    world.cancel("T2");
    world.hush();
    // Five seconds after the submissions: only T1 owes an answer for that long.
    world.advance_ms(1_000);
    world.expect("unknown T1");
    world.advance_ms(3_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("unknown T2 | alarm cancel_unanswered T2");
}

#[test]
fn a_pending_order_whose_cancel_was_refused_is_asked_about_again() {
    let mut world = limited();
    world.place(buy(1).limit("1318.0"));
    world.advance_ms(1_000);
    world.cancel("T1");
    world.refuse_cancel("T1");
    world.expect_requests("send T1 | cancel T1 | query T1");
    world.hush();
    world.advance_ms(4_000);
    world.expect("unknown T1");
    world.expect_requests("query T1");
}

#[test]
fn an_exit_without_an_answer_counts_until_it_is_proved_dead() {
    let mut world = limited();
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.print("1319.2");
    world.hush();
    world.advance_ms(5_000);
    world.expect("unknown L0-X1");
    world.expect_requests("query L0-X1");
    world.place(sell(1));
    world.expect("reject T2 would_cross_zero");
    world.fail("L0-X1");
    world.expect("failed L0-X1 broker_refused | submit L0-X2 SELL 2 GC MARKET");
}

#[test]
fn a_cancel_that_waits_for_its_answer_is_not_asked_for_again() {
    let mut world = limited();
    world.place(buy(1).limit("1318.0"));
    world.accept("T1");
    world.cancel("T1");
    world.hush();
    world.cancel("T1");
    world.expect("");
    // A refused one may be: the trader decides.
    world.refuse_cancel("T1");
    world.hush();
    world.cancel("T1");
    world.expect("cancel T1");
}

#[test]
fn an_answer_that_has_come_wakes_nobody() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1));
    assert_ne!(world.engine().next_due(), Timestamp::MAX);
    world.accept("T1");
    assert_eq!(world.engine().next_due(), Timestamp::MAX);
}

#[test]
fn what_is_due_is_done_before_a_print_is_looked_at() {
    let mut world = limited();
    world.place(buy(1));
    let mut engine = world.restarted(world.inputs().len());
    let at = world.now() + Span::from_millis(6_000);
    let print = Print::Trade { price: price("GC", "1320.0"), size: 1 };
    let mut out = Outcome::default();
    engine.apply(at, Input::Market(MarketRecord { contract: contract("GC"), at, print }), &mut out);
    let order = OrderId::Ticket(1);
    assert!(out.facts.iter().any(|fact| fact.body == FactBody::OrderUnknown { order }));
    assert!(out.requests.contains(&Request::Query(order)));
}

#[test]
fn a_fill_of_an_id_that_was_never_given_is_no_exit_that_the_journal_lost() {
    let mut world = limited();
    world.enter(buy(1), "1320.0");
    world.feed(Input::Link(Link::Down));
    world.feed(Input::Link(Link::Up));
    world.hush();
    world.fill("T9", 1, "1320.0");
    assert!(world.halts().latched, "nobody has sent it, and nothing excuses it");
}
