//! The broker's own account beside ours: what it proves, and what it does not.

use phantom_engine::Input;
use phantom_model::{
    BrokerOrderId, BrokerReport, ExecId, FailReason, Link, Listed, ListedFill, ListedOrder, ListedStanding,
    OrderKind, OrderStatus, Qty, Side, SnapshotId,
};
use phantom_testkit::{Account, World, buy, contract, sell};

use crate::differences::confirmed;

fn world() -> World {
    let mut world = World::new();
    world.print("1320.0");
    world
}

fn foreign_order(name: u64) -> ListedOrder {
    ListedOrder {
        order: None,
        broker_order: BrokerOrderId::new(name),
        contract: contract("GC"),
        side: Side::Buy,
        qty: Qty::ONE,
        kind: OrderKind::Market,
        filled: 0,
        standing: ListedStanding::Working,
    }
}

#[test]
fn an_account_that_agrees_says_nothing_however_often() {
    let mut world = world();
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.place(buy(1).limit("1318.0"));
    world.accept("T2");
    world.advance_ms(1);
    world.hush();
    for _ in 0..3 {
        let account = Account::of(&world);
        world.reconcile(&account);
        world.advance_ms(60_000);
    }
    world.expect("");
    world.expect_requests("snapshot | snapshot | snapshot");
}

#[test]
fn an_order_absent_from_a_complete_history_has_failed_and_that_is_proved() {
    let mut world = world();
    world.place(buy(1));
    world.advance_ms(5_000);
    world.hush();
    world.reconcile(&Account::empty());
    world.expect("failed T1 absent_at_broker");
    assert_eq!(world.status("T1"), OrderStatus::Failed);
}

#[test]
fn a_list_that_is_cut_doubted_or_missing_proves_nothing() {
    let cuts: [fn(&mut Account); 6] = [
        |it| it.orders = Listed::Partial(Vec::new()),
        |it| it.orders = Listed::Missing,
        |it| it.fills = Listed::Partial(Vec::new()),
        |it| it.fills = Listed::Missing,
        |it| it.positions = Listed::Partial(Vec::new()),
        |it| it.positions = Listed::Missing,
    ];
    for (n, cut) in cuts.into_iter().enumerate() {
        let mut world = world();
        world.enter(buy(1).stop("1319.0"), "1320.0");
        world.place(buy(1));
        world.advance_ms(5_000);
        world.hush();
        let mut account = Account::empty();
        cut(&mut account);
        world.reconcile(&account);
        assert!(world.said().contains(&"alarm snapshot_incomplete".to_owned()), "cut {n}");
        if n < 4 {
            assert_eq!(world.status("T2"), OrderStatus::Pending, "cut {n}: not read as absent");
        } else {
            assert_eq!(
                world.book().positions().at(contract("GC")).difference,
                None,
                "cut {n}: not read as flat"
            );
        }
        assert_eq!((world.net("GC"), world.armed(0)), (1, 1), "what was known is kept");
    }
}

#[test]
fn an_incomplete_answer_is_asked_for_again_later_and_later() {
    let mut world = world();
    let mut cut = Account::empty();
    cut.fills = Listed::Missing;
    world.reconcile(&cut);
    world.hush();
    let mut asked_at = Vec::new();
    for second in 1..=70 {
        world.advance_ms(1_000);
        if world.asked().contains(&"snapshot".to_owned()) {
            asked_at.push(second);
            world.answer(&cut);
        }
    }
    assert_eq!(asked_at, [1, 3, 7, 15, 31, 61]);
    world.expect("");
}

#[test]
fn an_order_younger_than_the_question_or_older_than_the_history_is_not_absent() {
    let mut world = world();
    world.place(buy(1));
    world.advance_ms(4_999);
    world.feed(Input::Reconcile);
    world.advance_ms(1);
    world.answer(&Account::empty());
    assert_eq!(world.status("T1"), OrderStatus::Pending, "asked before it was overdue");
    world.feed(Input::Reconcile);
    let mut late = Account::empty().snapshot(world.question().unwrap());
    late.since = world.now();
    world.report(BrokerReport::Snapshot(Box::new(late)));
    assert_eq!(world.status("T1"), OrderStatus::Pending, "the history begins after it");
}

#[test]
fn what_the_broker_proves_is_adopted_executions_first() {
    // Accepted, filled and cancelled in silence.
    let mut world = world();
    for draft in [buy(1).limit("1318.0"), buy(2).stop("1319.0"), buy(1).limit("1317.0")] {
        world.place(draft);
    }
    let mut broker = world.clone();
    broker.accept("T1");
    broker.fill("T2", 2, "1320.1");
    broker.cancelled("T3");
    world.advance_ms(5_000);
    world.hush();
    let account = Account::of(&broker);
    world.reconcile(&account);
    world.expect("fill T2 2@1320.1 | lot L0 T2 2@1320.1 | accept T1 | cancelled T3");
    assert_eq!(world.armed(0), 2);
    world.reconcile(&account);
    world.expect("");
}

#[test]
fn an_order_that_the_broker_ended_with_more_fills_than_it_told_does_not_end_here() {
    let mut world = world();
    world.place(buy(2).limit("1320.0"));
    world.accept("T1");
    let mut broker = world.clone();
    broker.fill("T1", 1, "1320.0");
    broker.cancelled("T1");
    let mut account = Account::of(&broker);
    account.fills = Listed::Partial(Vec::new());
    world.hush();
    world.reconcile(&account);
    world.expect_requests("snapshot | query T1");
    assert_eq!(world.status("T1"), OrderStatus::Accepted);
}

#[test]
fn an_answer_to_another_question_or_a_late_one_is_no_answer() {
    let mut world = world();
    world.place(buy(1));
    world.advance_ms(5_000);
    world.hush();
    world.feed(Input::Reconcile);
    let other = Account::empty().snapshot(SnapshotId::new(999_999));
    world.report(BrokerReport::Snapshot(Box::new(other)));
    world.expect("alarm wrong_answer");
    let question = world.question().unwrap();
    world.advance_ms(5_500);
    world.hush();
    let late = Account::empty().snapshot(question);
    world.report(BrokerReport::Snapshot(Box::new(late)));
    assert_eq!(world.status("T1"), OrderStatus::Pending);
}

#[test]
fn an_answer_counts_for_five_seconds_and_not_a_moment_longer() {
    for (late_ms, said) in
        [(5_000, "outside X1 BUY 1 GC | latch on GC outside X1"), (5_001, "alarm snapshot_incomplete")]
    {
        let mut world = world();
        world.feed(Input::Reconcile);
        // The desk is given no time: the answer is there before anything that is due is looked at.
        world.stall_ms(late_ms);
        world.hush();
        world.answer(&Account::empty().lists(foreign_order(5)));
        world.expect(said);
    }
}

#[test]
fn no_two_questions_have_the_same_number_so_that_none_gets_the_answer_to_another() {
    let mut world = world();
    world.feed(Input::Reconcile);
    let mut asked = vec![world.question().unwrap()];
    for _ in 0..4 {
        world.hush();
        world.advance_ms(5_000);
        world.advance_ms(30_000);
        asked.push(world.question().unwrap());
    }
    assert!(asked.is_sorted_by(|earlier, later| earlier.number() < later.number()), "{asked:?}");
    world.advance_ms(60_000);
    world.hush();
    let account = Account::empty().lists(foreign_order(5));
    world.report(BrokerReport::Snapshot(Box::new(account.snapshot(*asked.last().unwrap()))));
    world.expect("alarm wrong_answer");
}

#[test]
fn what_the_account_says_of_an_order_that_has_no_answer_yet_is_its_answer() {
    let failed = ListedStanding::Failed(FailReason::Margin);
    for (standing, said) in [
        (ListedStanding::Working, "accept T1"),
        (ListedStanding::Cancelled, "cancelled T1"),
        (failed, "failed T1 broker_margin"),
    ] {
        let mut world = world();
        world.place(buy(1).limit("1318.0"));
        world.advance_ms(1);
        world.hush();
        let account = Account::of(&world).says("T1", standing);
        world.reconcile(&account);
        world.expect(said);
        world.reconcile(&account);
        world.expect("");
    }
}

#[test]
fn an_order_of_somebody_else_is_shown_once_and_latches_its_contract() {
    let mut world = world();
    let account = Account::empty().lists(foreign_order(5));
    world.hush();
    world.reconcile(&account);
    world.expect("outside X1 BUY 1 GC | latch on GC outside X1");
    world.reconcile(&account);
    world.expect("");
    assert!(!world.book().has_live_orders(), "it is not ours to wait for");
}

#[test]
fn an_order_that_may_be_ours_without_its_id_is_a_proposal_only() {
    let mut world = world();
    world.place(buy(1));
    world.advance_ms(5_000);
    world.hush();
    let account = Account::empty().lists(foreign_order(5));
    world.reconcile(&account);
    assert!(world.said().contains(&"alarm perhaps_ours T1".to_owned()));
    assert_eq!(world.status("T1"), OrderStatus::Pending);
    world.reconcile(&account);
    world.expect("");
}

#[test]
fn an_execution_under_an_id_of_ours_with_another_side_is_somebody_elses() {
    let mut world = world();
    world.place(buy(1).limit("1318.0"));
    world.accept("T1");
    let mut broker = world.clone();
    broker.fill("T1", 1, "1318.0");
    let mut account = Account::of(&broker).holds("GC", -1);
    let turned = account.fills.told().iter().map(|fill| ListedFill { side: Side::Sell, ..*fill }).collect();
    account.fills = Listed::Complete(turned);
    account.orders = Account::of(&world).orders;
    world.hush();
    world.reconcile(&account);
    world.expect("outside X1 SELL 1 GC | latch on GC outside X1 | fill X1 1@1318.0 | lot L0 X1 1@1318.0");
    assert_eq!((world.net("GC"), world.status("T1")), (-1, OrderStatus::Accepted));
}

#[test]
fn two_orders_under_one_id_are_both_kept_and_a_person_asked() {
    let mut world = world();
    world.place(buy(1).limit("1318.0"));
    world.accept("T1");
    world.advance_ms(1);
    world.hush();
    let order = Some("T1".parse().unwrap());
    let account = Account::of(&world).lists(ListedOrder { order, ..foreign_order(5) });
    world.reconcile(&account);
    world.expect("latch on GC two_orders T1");
    assert_eq!(world.status("T1"), OrderStatus::Accepted);
}

#[test]
fn an_order_that_ended_here_and_works_there_latches() {
    let mut world = world();
    world.place(buy(1).limit("1318.0"));
    world.cancelled("T1");
    world.advance_ms(1);
    world.hush();
    let account = Account::of(&world).says("T1", ListedStanding::Working);
    world.reconcile(&account);
    world.reconcile(&account);
    world.expect("latch on GC revived T1");
}

#[test]
fn nothing_opens_without_a_way_to_the_broker_nor_before_its_account_is_known() {
    let mut world = world();
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.advance_ms(1);
    world.hush();
    world.feed(Input::Link(Link::Down));
    world.feed(Input::Link(Link::Down));
    world.expect("link down");
    world.place(buy(1));
    world.expect("reject T2 not_connected");
    world.feed(Input::Link(Link::Up));
    world.expect("link up");
    world.expect_requests("snapshot");
    world.place(buy(1));
    world.expect("reject T3 reconciling");
    // What somebody closes by hand is never blocked by it; a stop that fires waits for the account.
    world.place(sell(1));
    world.expect("submit T4 SELL 1 GC MARKET reduces");
    world.fail("T4");
    world.print("1319.0");
    world.expect("failed T4 broker_refused | fired L0 stop 1319.0");
    let account = Account::of(&world);
    world.answer(&account);
    world.expect("reconciled | submit L0-X1 SELL 1 GC MARKET");
    world.fill("L0-X1", 1, "1319.0");
    world.hush();
    world.place(buy(1));
    world.expect("submit T5 BUY 1 GC MARKET");
}

#[test]
fn half_an_answer_after_a_reconnect_keeps_openings_blocked() {
    let mut world = world();
    world.feed(Input::Link(Link::Up));
    let mut cut = Account::empty();
    cut.positions = Listed::Missing;
    world.answer(&cut);
    world.hush();
    world.place(buy(1));
    world.expect("reject T1 reconciling");
    world.advance_ms(1_000);
    world.answer(&Account::empty());
    world.expect("reconciled");
}

#[test]
fn a_difference_after_a_reconnect_waits_for_its_second_look() {
    let mut world = world();
    world.feed(Input::Link(Link::Up));
    let account = Account::empty().holds("GC", 2);
    world.answer(&account);
    assert!(world.halts().reconciling);
    world.advance_ms(5_000);
    world.answer(&account);
    assert!(!world.halts().reconciling);
    assert!(world.book().is_latched(contract("GC")));
    world.hush();
    world.place(sell(1).on("NQ"));
    world.expect("submit T1 SELL 1 NQ MARKET");
}

#[test]
fn a_restart_in_the_middle_of_a_comparison_asks_again() {
    let mut world = world();
    world.feed(Input::Link(Link::Up));
    let mut engine = world.restarted(world.inputs().len());
    let mut out = phantom_engine::Outcome::default();
    engine.apply(world.now(), Input::Clock, &mut out);
    assert!(matches!(out.requests[..], [phantom_engine::Request::Snapshot(_)]), "{out:?}");
    assert!(engine.book().halt().reconciling);
}

#[test]
fn the_rest_of_a_market_exit_that_the_exchange_lets_rest_is_asked_back_once() {
    for (draft, stop, exit) in [
        (buy(10).stop("1319.0"), "1319.0", "submit L0-X2 SELL 2 GC MARKET"),
        (sell(10).stop("1321.0"), "1321.0", "submit L0-X2 BUY 2 GC MARKET"),
    ] {
        let mut world = world();
        world.enter(draft, "1320.0");
        world.print(stop);
        world.accept("L0-X1");
        world.fill("L0-X1", 8, stop);
        world.advance_ms(1);
        world.hush();
        let account = Account::of(&world);
        world.reconcile(&account);
        world.expect("");
        let account = account.on_terms("L0-X1", 10, stop);
        world.reconcile(&account);
        world.expect("cancel L0-X1");
        world.reconcile(&account);
        world.expect("");
        world.cancelled("L0-X1");
        world.expect(&format!("cancelled L0-X1 | {exit}"));
    }
}

#[test]
fn the_rest_of_an_entry_that_rests_is_not_asked_back() {
    let mut world = world();
    world.place(buy(10));
    world.fill("T1", 8, "1320.0");
    world.advance_ms(1);
    world.hush();
    let account = Account::of(&world).on_terms("T1", 10, "1320.5");
    world.reconcile(&account);
    world.expect("");
}

#[test]
fn a_number_that_changes_frees_what_the_one_before_it_held_back() {
    let mut world = confirmed(0);
    world.hush();
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0");
    world.advance_ms(1);
    let account = Account::of(&world).holds("GC", 2);
    world.reconcile(&account);
    // Seen once, it proves nothing: the fired lot goes by fills again.
    world.expect("differs GC 3 broker 2 | submit L0-X1 SELL 3 GC MARKET");
}

#[test]
fn an_account_that_lists_an_order_as_working_answers_for_a_refused_cancel() {
    let mut world = world();
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.place(sell(1).limit("1322.0"));
    world.accept("T2");
    world.print("1319.0");
    world.advance_ms(1);
    world.hush();
    world.refuse_cancel("T2");
    world.expect("uncancelled T2");
    // The question about it is lost; the account says that it works, and the lot still waits for it.
    world.advance_ms(1_000);
    world.hush();
    let account = Account::of(&world);
    world.reconcile(&account);
    world.expect("accept T2 | cancel T2");
}

#[test]
fn a_cancel_that_a_list_itself_causes_is_not_answered_by_the_same_list() {
    let mut world = world();
    world.enter(buy(3).stop("1319.2"), "1320.0");
    world.print("1319.2");
    world.cancelled("L0-X1");
    world.advance_ms(10_000);
    world.hush();
    // The first exit has filled one after all, so that its replacement is too large; the replacement works.
    let mut account = Account::of(&world).holds("GC", 2);
    let (order, broker_order) = ("L0-X1".parse().ok(), BrokerOrderId::new(78));
    let (contract, side, qty) = (contract("GC"), Side::Sell, Qty::ONE);
    let (exec, price, broker_time) = (ExecId::new(501), phantom_testkit::price("GC", "1319.1"), None);
    let mut fills = account.fills.told().to_vec();
    fills.push(ListedFill { order, broker_order, contract, side, exec, qty, price, broker_time });
    account.fills = Listed::Complete(fills);
    world.reconcile(&account);
    let said = world.said();
    let place =
        |line: &str| said.iter().position(|it| it == line).unwrap_or_else(|| panic!("{line}: {said:?}"));
    assert!(place("cancel L0-X2") < place("accept L0-X2"));
    let row = world.book().orders().at(world.book().find("L0-X2".parse().unwrap()).unwrap());
    assert_eq!(row.cancelling, phantom_engine::book::Cancelling::Asked);
}
