//! Changes of working orders: what they count for, and what they race.

use phantom_compliance::{Limits, Minis};
use phantom_engine::HaltChange;
use phantom_model::{Money, OrderStatus};
use phantom_testkit::{World, buy, contract, sell};

fn resting(contracts: u32) -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(contracts).limit("1319.0"));
    world.accept("T1");
    world.hush();
    world
}

fn buys_out(world: &World) -> u64 {
    world.book().positions().at(contract("GC")).buy_entry_leaves
}

#[test]
fn a_change_goes_out_and_holds_when_the_broker_says_so() {
    let mut world = resting(2);
    world.change("T1", Some(3), Some("1319.5"));
    world.expect("change T1 3@1319.5");
    world.expect_requests("change T1");
    world.changed("T1", 3, "1319.5");
    world.expect("changed T1 3@1319.5");
    world.fill("T1", 3, "1319.5");
    assert_eq!(world.status("T1"), OrderStatus::Filled);
}

#[test]
fn an_unconfirmed_change_counts_with_the_larger_quantity_whichever_way_it_goes() {
    for (from, to, meanwhile, refused) in [(2, 5, 5, 2), (5, 2, 5, 5)] {
        let mut world = resting(from);
        world.change("T1", Some(to), None);
        assert_eq!(buys_out(&world), meanwhile, "{from} to {to}");
        let mut other = world.clone();
        world.changed("T1", to, "1319.0");
        assert_eq!(buys_out(&world), u64::from(to), "{from} to {to}, done");
        other.refuse_change("T1");
        assert_eq!(buys_out(&other), refused, "{from} to {to}, refused");
    }
}

#[test]
fn a_fill_that_wins_the_race_leaves_what_the_new_quantity_has_beyond_it() {
    let mut world = resting(5);
    world.change("T1", Some(3), None);
    world.fill("T1", 2, "1319.0");
    world.changed("T1", 3, "1319.0");
    assert_eq!((world.leaves("T1"), world.status("T1")), (1, OrderStatus::PartiallyFilled));
}

#[test]
fn a_quantity_below_what_is_filled_leaves_nothing_and_never_less() {
    let mut world = resting(5);
    world.change("T1", Some(3), None);
    world.fill("T1", 4, "1319.0");
    world.hush();
    world.changed("T1", 3, "1319.0");
    world.expect("changed T1 3@1319.0");
    assert_eq!((world.leaves("T1"), world.status("T1")), (0, OrderStatus::Filled));
    assert_eq!((buys_out(&world), world.net("GC")), (0, 4));
    assert!(!world.halts().latched);
}

#[test]
fn fills_of_a_growth_that_is_not_confirmed_yet_are_no_overfill() {
    let mut world = resting(2);
    world.change("T1", Some(5), None);
    world.fill("T1", 2, "1319.0");
    assert_eq!(world.status("T1"), OrderStatus::PartiallyFilled, "three more may come");
    world.fill("T1", 2, "1319.0");
    assert!(!world.halts().latched);
    world.changed("T1", 5, "1319.0");
    assert_eq!(world.leaves("T1"), 1);
}

#[test]
fn a_refused_growth_of_a_filled_order_is_a_filled_order() {
    let mut world = resting(2);
    world.change("T1", Some(5), None);
    world.fill("T1", 2, "1319.0");
    world.hush();
    world.refuse_change("T1");
    world.expect("unchanged T1");
    world.expect_requests("");
    assert_eq!((world.status("T1"), buys_out(&world)), (OrderStatus::Filled, 0));
}

#[test]
fn a_refused_change_is_asked_about() {
    let mut world = resting(2);
    world.change("T1", None, Some("1319.5"));
    world.hush();
    world.refuse_change("T1");
    world.expect("unchanged T1");
    world.expect_requests("query T1");
    world.refuse_change("T1");
    world.expect("");
    world.change("T1", None, Some("1319.5"));
    world.expect("change T1 2@1319.5");
}

#[test]
fn an_overdue_change_makes_the_order_unknown_and_is_asked_about() {
    let mut world = resting(2);
    world.change("T1", Some(3), None);
    world.hush();
    world.advance_ms(4_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("unknown T1");
    world.expect_requests("query T1");
    world.advance_ms(1_999);
    world.expect("");
    world.expect_requests("");
    world.advance_ms(1);
    world.expect_requests("query T1 | snapshot");
    assert_eq!(buys_out(&world), 3, "it counts on with the larger quantity");
    world.change("T1", Some(4), None);
    world.expect("reject_change T1 change_under_way");
}

#[test]
fn an_order_that_is_unknown_is_not_changed() {
    let mut world = World::new();
    world.place(buy(2).limit("1319.0"));
    world.advance_ms(5_000);
    world.hush();
    world.change("T1", Some(3), None);
    world.expect("reject_change T1 order_unknown");
}

#[test]
fn the_answer_to_the_question_tells_whether_a_lost_change_holds() {
    let mut world = resting(2);
    world.change("T1", Some(3), None);
    world.advance_ms(5_000);
    let mut lost = world.clone();
    world.changed("T1", 3, "1319.0");
    world.accept("T1");
    assert_eq!(world.leaves("T1"), 3);
    // Without a word about the terms they are the old ones, and may be asked for again.
    lost.accept("T1");
    assert_eq!(lost.leaves("T1"), 2);
    lost.hush();
    lost.change("T1", Some(3), None);
    lost.expect("change T1 3@1319.0");
}

#[test]
fn what_cannot_be_changed_is_refused_with_its_reason() {
    type Story = fn(&mut World);
    let stories: [(&str, Story); 8] = [
        ("cancel_under_way", |world| {
            world.cancel("T1");
            world.hush();
            world.change("T1", Some(3), None);
        }),
        ("change_under_way", |world| {
            world.change("T1", Some(3), None);
            world.hush();
            world.change("T1", Some(4), None);
        }),
        ("not_working", |world| {
            world.cancelled("T1");
            world.hush();
            world.change("T1", Some(3), None);
        }),
        ("nothing_changes", |world| world.change("T1", Some(2), Some("1319.0"))),
        ("already_filled", |world| {
            world.fill("T1", 1, "1319.0");
            world.hush();
            world.change("T1", Some(1), None);
        }),
        ("killed", |world| {
            world.halt(HaltChange::Kill);
            world.hush();
            world.change("T1", Some(3), None);
        }),
        ("killed", |world| {
            world.halt(HaltChange::Kill);
            world.hush();
            world.change("T1", None, Some("1319.1"));
        }),
        ("position_limit", |world| {
            let five = Some(Minis::whole(5));
            world.set_limits(Limits { position_max: five, ..Limits::NONE });
            world.change("T1", Some(6), None);
        }),
    ];
    for (reason, story) in stories {
        let mut world = resting(2);
        story(&mut world);
        world.expect(&format!("reject_change T1 {reason}"));
    }
}

#[test]
fn what_only_shrinks_or_steps_back_passes_while_openings_are_stopped() {
    for (contracts, limit) in [(Some(1), None), (None, Some("1318.0")), (Some(1), Some("1318.5"))] {
        let mut world = resting(2);
        world.halt(HaltChange::Kill);
        world.hush();
        world.change("T1", contracts, limit);
        world.expect_requests("change T1");
    }
}

#[test]
fn a_resting_reduction_grows_within_what_is_left_to_close_and_no_rule_for_openings_asks() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(5).stop("1318.0"), "1320.0");
    world.place(sell(2).limit("1322.0"));
    world.accept("T2");
    world.halt(HaltChange::Kill);
    world.hush();
    world.change("T2", Some(6), None);
    world.expect("reject_change T2 would_cross_zero");
    world.change("T2", Some(4), Some("1321.0"));
    world.expect("change T2 4@1321.0");
    assert_eq!(world.armed(0), 1, "while it is unconfirmed the larger quantity works on the lot");
    world.changed("T2", 4, "1321.0");
    world.hush();
    world.change("T2", Some(1), None);
    world.place(sell(2));
    world.expect("change T2 1@1321.0 | reject T3 killed");
    world.changed("T2", 1, "1321.0");
    assert_eq!(world.armed(0), 4);
}

#[test]
fn the_desks_own_exits_are_not_changed() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.print("1319.0");
    world.fail("L0-X1");
    world.fail("L0-X2");
    world.hush();
    world.change("L0-X3", None, Some("1318.0"));
    world.expect("reject_change L0-X3 own_exit");
}

#[test]
fn a_cancel_overtakes_a_change_and_the_old_quantity_is_what_is_told() {
    let mut world = resting(2);
    world.change("T1", Some(5), None);
    world.cancel("T1");
    world.expect_requests("change T1 | cancel T1");
    world.cancelled("T1");
    assert_eq!(buys_out(&world), 0);
    let key = world.book().find("T1".parse().unwrap()).unwrap();
    assert_eq!(world.book().orders().at(key).qty.contracts(), 2);
    world.hush();
    world.changed("T1", 5, "1319.0");
    world.expect("");
}

#[test]
fn a_change_keeps_a_fixed_bracket_on_its_sides_of_the_limit() {
    let mut world = World::with(Limits::NONE, Money::ZERO);
    world.print("1320.0");
    world.place(buy(1).limit("1319.0").stop("1318.5").target("1321.0"));
    world.accept("T1");
    world.hush();
    world.change("T1", None, Some("1318.5"));
    world.change("T1", None, Some("1321.0"));
    world.expect("reject_change T1 stop_wrong_side | reject_change T1 target_wrong_side");
}
