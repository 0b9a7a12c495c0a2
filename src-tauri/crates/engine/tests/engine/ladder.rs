//! The exit ladder: what follows when the broker refuses an exit, or lets it rest.

use phantom_testkit::{World, buy, sell};

use crate::exits::holding;

/// Refuses every exit of a lot of two, rung by rung, and says what was sent.
fn climb(mut world: World, rungs: &[(&str, &str)]) -> World {
    for (exit, next) in rungs {
        world.fail(exit);
        world.expect(&format!("failed {exit} broker_refused | {next}"));
    }
    world
}

#[test]
fn a_refused_exit_climbs_the_ladder_and_ends_with_an_alarm() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.hush();
    // A marketable limit goes twenty ticks through the last trade.
    let mut world = climb(
        world,
        &[
            ("L0-X1", "submit L0-X2 SELL 2 GC MARKET"),
            ("L0-X2", "submit L0-X3 SELL 2 GC LIMIT 1317.2"),
            ("L0-X3", "submit L0-X4 SELL 2 GC MARKET"),
            ("L0-X4", "unprotected L0 | alarm unprotected L0"),
        ],
    );
    world.expect_requests("send L0-X2 | send L0-X3 | native L0-X4");
    world.print("1318.0");
    world.advance_ms(60_000);
    world.expect("");
    // The one-click exit still works.
    world.place(sell(2));
    world.fill("T2", 2, "1318.0");
    world.expect(
        "submit T2 SELL 2 GC MARKET reduces
         fill T2 2@1318.0 | reduced L0 2 by T2 1320.0>1318.0 -400.00 | closed T1 | closed T2",
    );
}

#[test]
fn the_ladder_of_a_short_lot_buys_through_the_last_trade() {
    let mut world = holding(sell(1).stop("1320.8"));
    world.print("1321.0");
    world.hush();
    climb(
        world,
        &[
            ("L0-X1", "submit L0-X2 BUY 1 GC MARKET"),
            ("L0-X2", "submit L0-X3 BUY 1 GC LIMIT 1323.0"),
            ("L0-X3", "submit L0-X4 BUY 1 GC MARKET"),
        ],
    );
}

#[test]
fn a_marketable_limit_that_rests_makes_room_for_the_native_close() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.fail("L0-X1");
    world.fail("L0-X2");
    world.accept("L0-X3");
    world.fill("L0-X3", 1, "1317.2");
    world.hush();
    world.advance_ms(499);
    world.expect("");
    world.advance_ms(1);
    world.expect("cancel L0-X3");
    world.cancelled("L0-X3");
    world.expect("cancelled L0-X3 | submit L0-X4 SELL 1 GC MARKET");
    world.expect_requests("cancel L0-X3 | native L0-X4");
}

#[test]
fn a_resting_exit_of_the_ladder_that_is_not_given_back_raises_the_alarm() {
    for given_back in [false, true] {
        let mut world = holding(buy(2).stop("1319.2"));
        world.print("1319.2");
        world.fail("L0-X1");
        world.fail("L0-X2");
        world.advance_ms(500);
        if given_back {
            world.cancelled("L0-X3");
        }
        world.hush();
        world.advance_ms(999);
        world.expect("");
        world.advance_ms(1);
        world.expect(if given_back { "" } else { "alarm exit_slow L0" });
    }
}

#[test]
fn an_exit_that_the_broker_takes_out_of_the_market_climbs_like_a_refused_one() {
    let mut world = holding(buy(2).stop("1319.2"));
    world.print("1319.2");
    world.accept("L0-X1");
    world.fill("L0-X1", 1, "1319.1");
    world.hush();
    world.cancelled("L0-X1");
    world.expect("cancelled L0-X1 | submit L0-X2 SELL 1 GC MARKET");
}
