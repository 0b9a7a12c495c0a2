//! What comes after a flatten has answered: its watch for late fills, and its receipt.

use phantom_engine::Handling;
use phantom_model::{Qty, Span};
use phantom_testkit::{World, buy, sell};

use super::flatten::{long, open_market};

#[test]
fn a_new_press_after_the_answer_takes_over_the_watch() {
    let mut world = long();
    world.flatten();
    world.fill("F0-C0-X1", 2, "1319.9");
    world.enter(buy(1), "1320.0");
    world.hush();
    world.flatten();
    world.expect("ended F0 | flatten F1 | exiting F1 | submit F1-C0-X1 SELL 1 GC MARKET");
    world.fill("F1-C0-X1", 1, "1320.0");
    world.hush();
    world.advance_ms(29_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("ended F1");
}

#[test]
fn a_late_fill_after_the_answer_is_closed_while_the_watch_lasts() {
    let mut world = open_market();
    world.place(buy(2).limit("1319.0").stop("1318.0"));
    world.accept("T1");
    world.flatten();
    world.cancelled("T1");
    world.expect(
        "submit T1 BUY 2 GC LIMIT 1319.0 stop 1318.0 | accept T1
         flatten F0 | cancel T1 | cancelled T1 | exiting F0 | answer F0 FLAT",
    );
    world.advance_ms(8_000);
    world.fill("T1", 2, "1319.0");
    world.expect(
        "fill T1 2@1319.0 | alarm late_fill T1 | lot L0 T1 2@1319.0
         reopened F0 | submit F0-C0-X1 SELL 2 GC MARKET",
    );
    world.fill("F0-C0-X1", 2, "1318.9");
    world.hush();
    world.advance_ms(21_999);
    world.expect("");
    world.advance_ms(1);
    world.expect("ended F0");
}

#[test]
fn a_late_fill_after_the_watch_is_an_ordinary_lot() {
    let mut world = open_market();
    world.place(buy(2).limit("1319.0").stop("1318.0"));
    world.flatten();
    world.cancelled("T1");
    world.advance_ms(30_000);
    world.hush();
    world.fill("T1", 2, "1319.0");
    world.expect("fill T1 2@1319.0 | alarm late_fill T1 | lot L0 T1 2@1319.0");
    assert_eq!(world.armed(0), 2);
}

#[test]
fn what_is_opened_after_the_answer_is_none_of_the_watchs_business() {
    let mut world = long();
    world.flatten();
    world.fill("F0-C0-X1", 2, "1319.9");
    world.hush();
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.advance_ms(60_000);
    world.expect("submit T2 BUY 1 GC MARKET stop 1319.0 | accept T2 | fill T2 1@1320.0 | lot L1 T2 1@1320.0 | ended F0");
    assert_eq!((world.net("GC"), world.armed(1)), (1, 1));
}

#[test]
fn the_watch_closes_a_late_fill_and_leaves_the_new_position_alone() {
    let mut world = open_market();
    world.place(buy(1).limit("1319.0").stop("1318.0"));
    world.flatten();
    world.cancelled("T1");
    world.enter(buy(1).stop("1319.5"), "1320.0");
    world.hush();
    world.fill("T1", 1, "1319.0");
    world.expect(
        "fill T1 1@1319.0 | alarm late_fill T1 | lot L1 T1 1@1319.0
         reopened F0 | submit F0-C0-X1 SELL 1 GC MARKET",
    );
    assert_eq!((world.armed(0), world.armed(1)), (1, 0));
    world.fill("F0-C0-X1", 1, "1320.0");
    world.expect(
        "fill F0-C0-X1 1@1320.0 | reduced L1 1 by F0-C0-X1 1319.0>1320.0 100.00
         closed T1 | closed F0-C0-X1 | settled F0",
    );
    assert_eq!((world.net("GC"), world.armed(0)), (1, 1));
}

#[test]
fn an_entry_that_a_late_fill_revives_is_cancelled_again() {
    let mut world = long();
    world.place(buy(3).limit("1318.0"));
    world.flatten();
    world.cancelled("T2");
    world.hush();
    world.fill("T2", 1, "1318.0");
    world.expect(
        "fill T2 1@1318.0 | alarm late_fill T2 | lot L1 T2 1@1318.0
         cancel T2 | submit F0-C0-X2 SELL 1 GC MARKET",
    );
    world.fill("F0-C0-X1", 2, "1319.9");
    world.fill("F0-C0-X2", 1, "1317.9");
    world.hush();
    world.cancelled("T2");
    world.expect("cancelled T2 | answer F0 FLAT");
}

#[test]
fn an_older_entry_that_is_revived_while_the_flatten_watches_is_cancelled_again() {
    let mut world = open_market();
    world.place(buy(3).limit("1319.0"));
    world.flatten();
    world.cancelled("T1");
    world.place(buy(1).limit("1318.0"));
    world.hush();
    world.fill("T1", 1, "1319.0");
    // What was placed after the answer is left alone.
    world.expect(
        "fill T1 1@1319.0 | alarm late_fill T1 | lot L0 T1 1@1319.0
         cancel T1 | reopened F0 | submit F0-C0-X1 SELL 1 GC MARKET",
    );
}

#[test]
fn what_is_closed_after_not_flat_settles_the_receipt_and_a_later_fill_opens_it_again() {
    let mut world = open_market();
    world.enter(buy(2), "1320.0");
    world.place(buy(1).limit("1318.0"));
    world.flatten();
    world.cancelled("T2");
    world.advance_ms(10_000);
    world.hush();
    world.fill("F0-C0-X1", 1, "1319.5");
    assert!(!world.said().contains(&"settled F0".to_owned()), "one contract is still open");
    world.fill("F0-C0-X1", 1, "1319.5");
    assert_eq!(world.said().last().map(String::as_str), Some("settled F0"));
    world.fill("T2", 1, "1318.0");
    world.expect(
        "fill T2 1@1318.0 | alarm late_fill T2 | lot L1 T2 1@1318.0
         reopened F0 | submit F0-C0-X2 SELL 1 GC MARKET",
    );
    world.fill("F0-C0-X2", 1, "1318.0");
    assert_eq!(world.said().last().map(String::as_str), Some("settled F0"));
    world.advance_ms(30_000);
    assert_eq!(world.said().last().map(String::as_str), Some("ended F0"));
}

#[test]
fn a_flatten_leaves_in_orders_no_larger_than_the_clip() {
    let mut world = open_market();
    for _ in 0..2 {
        world.enter(buy(20), "1320.0");
    }
    world.engine_mut().set_handling(Handling { clip: Qty::new(15).unwrap(), ..Handling::STANDARD });
    world.hush();
    world.flatten();
    world.expect(
        "flatten F0 | exiting F0 | submit F0-C0-X1 SELL 15 GC MARKET
         submit F0-C0-X2 SELL 15 GC MARKET | submit F0-C0-X3 SELL 10 GC MARKET",
    );
}

#[test]
fn a_flatten_waits_for_its_cancels_as_long_as_is_set() {
    for wait_ms in [0, 200] {
        let mut world = open_market();
        let flatten_wait = Span::from_millis(wait_ms);
        world.engine_mut().set_handling(Handling { flatten_wait, ..Handling::STANDARD });
        world.enter(buy(2), "1320.0");
        world.place(buy(1).limit("1319.0"));
        world.hush();
        world.flatten();
        let exits = |world: &mut World| world.said().iter().any(|line| line == "exiting F0");
        if wait_ms > 0 {
            world.advance_ms(wait_ms - 1);
            assert!(!exits(&mut world), "the cancel may still be answered");
            world.advance_ms(1);
        }
        assert!(exits(&mut world), "{wait_ms} ms");
    }
}

#[test]
fn the_watch_closes_a_late_fill_once_whatever_is_reported_meanwhile() {
    let mut world = open_market();
    world.place(buy(1).limit("1319.0"));
    world.flatten();
    world.cancelled("T1");
    world.enter(buy(1), "1320.0");
    world.place(buy(1).limit("1318.0"));
    world.fill("T1", 1, "1319.0");
    world.hush();
    world.cancelled("T3");
    world.expect("cancelled T3");
}

#[test]
fn a_resting_exit_of_the_new_position_does_not_keep_a_late_fill_open() {
    let mut world = open_market();
    world.place(buy(1).limit("1319.0"));
    world.flatten();
    world.cancelled("T1");
    world.enter(buy(1), "1320.0");
    world.place(sell(1).limit("1325.0"));
    world.hush();
    world.fill("T1", 1, "1319.0");
    world.expect(
        "fill T1 1@1319.0 | alarm late_fill T1 | lot L1 T1 1@1319.0
         reopened F0 | submit F0-C0-X1 SELL 1 GC MARKET",
    );
    world.fill("F0-C0-X1", 1, "1319.5");
    world.expect(
        "fill F0-C0-X1 1@1319.5 | reduced L1 1 by F0-C0-X1 1319.0>1319.5 50.00
         closed T1 | closed F0-C0-X1 | settled F0",
    );
    assert_eq!(world.net("GC"), 1);
}
