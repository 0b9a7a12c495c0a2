//! Phantoms: which print fires which leg, and what leaves.

use phantom_model::Side;
use phantom_testkit::{Draft, World, buy, contract, sell};

/// A world with one filled lot of two at 1320.0, long or short, that has seen 1320.0.
fn holding(draft: Draft) -> World {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(draft, "1320.0");
    world.hush();
    world
}

fn long() -> World {
    holding(buy(2).stop("1319.2").target("1321.0"))
}

/// The mirror image of [`long`] around 1320.0.
fn short() -> World {
    holding(sell(2).stop("1320.8").target("1319.0"))
}

#[test]
fn the_first_print_at_or_through_a_leg_fires_it() {
    // Long: stop 1319.2, target 1321.0. Short, mirrored: stop 1320.8, target 1319.0.
    for (long_print, short_print, fired) in [
        ("1319.3", "1320.7", None),
        ("1320.9", "1319.1", None),
        ("1319.2", "1320.8", Some("stop")),
        ("1319.1", "1320.9", Some("stop")),
        ("1316.0", "1324.0", Some("stop")),
        ("1321.0", "1319.0", Some("target")),
        ("1321.1", "1318.9", Some("target")),
        ("1324.0", "1316.0", Some("target")),
    ] {
        for (mut world, print, exit) in [(long(), long_print, "SELL"), (short(), short_print, "BUY")] {
            world.print(print);
            match fired {
                Some(leg) => {
                    world.expect(&format!("fired L0 {leg} {print} | submit L0-X1 {exit} 2 GC MARKET"));
                    world.expect_requests("send L0-X1");
                }
                None => world.expect(""),
            }
        }
    }
}

#[test]
fn a_bar_fires_the_stop_first_because_its_order_is_unknown() {
    // Open, high, low, close; long, then the mirror image.
    for (long_bar, short_bar, fired) in [
        // Nothing reached.
        (["1320.0", "1320.9", "1319.3", "1320.0"], ["1320.0", "1320.7", "1319.1", "1320.0"], None),
        // One leg reached inside the bar fires at its own level.
        (
            ["1320.0", "1320.5", "1319.0", "1319.5"],
            ["1320.0", "1321.0", "1319.5", "1320.5"],
            Some(("stop", "1319.2", "1320.8")),
        ),
        (
            ["1320.0", "1321.4", "1319.5", "1321.2"],
            ["1320.0", "1320.5", "1318.6", "1318.8"],
            Some(("target", "1321.0", "1319.0")),
        ),
        // Both reached: the stop wins.
        (
            ["1320.0", "1321.4", "1318.6", "1320.0"],
            ["1320.0", "1321.4", "1318.6", "1320.0"],
            Some(("stop", "1319.2", "1320.8")),
        ),
        // The open is known to be first: beyond the target it fires the target, though the stop is
        // reached later.
        (
            ["1321.2", "1321.4", "1318.6", "1319.0"],
            ["1318.8", "1321.4", "1318.6", "1321.0"],
            Some(("target", "1321.2", "1318.8")),
        ),
        // A gap through the stop fires at the open.
        (
            ["1318.0", "1321.4", "1317.8", "1321.0"],
            ["1322.0", "1322.2", "1318.6", "1319.0"],
            Some(("stop", "1318.0", "1322.0")),
        ),
    ] {
        for (mut world, bar, side) in [(long(), long_bar, Side::Buy), (short(), short_bar, Side::Sell)] {
            world.bar(bar);
            match fired {
                Some((leg, for_long, for_short)) => {
                    let print = if side == Side::Buy { for_long } else { for_short };
                    let exit = side.opposite();
                    world.expect(&format!("fired L0 {leg} {print} | submit L0-X1 {exit} 2 GC MARKET"));
                }
                None => world.expect(""),
            }
        }
    }
}

#[test]
fn a_phantom_with_one_leg_lets_the_other_way_pass() {
    let mut stop_only = holding(buy(2).stop("1319.2"));
    stop_only.print("1325.0");
    stop_only.expect("");
    let mut target_only = holding(buy(2).target("1321.0"));
    target_only.print("1315.0");
    target_only.expect("");
    let mut bare = holding(buy(2));
    bare.print("1325.0");
    bare.print("1320.0");
    bare.print("1315.0");
    bare.expect("");
}

#[test]
fn a_lot_is_armed_from_its_first_partial_fill_and_grows_with_the_others() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(3).stop("1319.2"));
    world.fill("T1", 1, "1320.0");
    assert_eq!(world.armed(0), 1);
    world.fill("T1", 1, "1320.1");
    assert_eq!(world.armed(0), 2);
    world.fill("T1", 1, "1320.1");
    assert_eq!(world.armed(0), 3);
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 3 GC MARKET");
}

#[test]
fn a_phantom_armed_by_the_coming_print_is_first_tested_on_the_print_after_it() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1).stop("1319.2"));
    world.fill_by_coming_print("T1", 1, "1319.0");
    world.hush();
    // The print that made the fill, already through the stop.
    world.print("1319.0");
    world.expect("");
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_phantom_armed_by_a_fill_of_unknown_time_is_tested_on_the_next_print() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1).stop("1319.2"));
    world.fill("T1", 1, "1319.0");
    world.hush();
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn only_the_print_of_its_own_contract_ends_the_wait_of_a_fresh_phantom() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1).stop("1319.2"));
    world.fill_by_coming_print("T1", 1, "1319.0");
    world.print_on("NQ", "5000.00");
    world.hush();
    world.print("1319.0");
    world.expect("");
    world.print("1319.1");
    world.expect("fired L0 stop 1319.1 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_lot_that_was_armed_before_is_tested_on_the_very_print_that_makes_it_grow() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(2).stop("1319.2"));
    world.fill("T1", 1, "1320.0");
    world.hush();
    world.fill_by_coming_print("T1", 1, "1319.2");
    world.print("1319.2");
    world.expect(
        "fill T1 1@1319.2 | grew L0 1@1319.2
         fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET",
    );
}

#[test]
fn a_phantom_fires_once_however_long_the_price_stays_there() {
    let mut world = long();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
    for step in 0..100 {
        world.print(["1319.2", "1318.9", "1321.0", "1319.0"][step % 4]);
    }
    world.expect("");
    world.fill("L0-X1", 2, "1319.1");
    world.expect(
        "fill L0-X1 2@1319.1 | reduced L0 2 by L0-X1 1320.0>1319.1 -180.00 | closed T1 | closed L0-X1",
    );
    for step in 0..100 {
        world.print(["1319.2", "1321.0"][step % 2]);
    }
    world.expect("");
    assert!(world.book().positions().at(contract("GC")).levels.is_empty());
}

#[test]
fn an_absurd_print_fires_nothing_until_the_next_one_confirms_it() {
    // 0.5 % of 1320.0 is 6.6: 1313.4 is still good, 1313.3 is absurd.
    let mut world = long();
    world.print("1313.3");
    world.expect("suspect GC 1313.3 after 1320.0");
    assert_eq!(world.engine().last_price(contract("GC")), Some(phantom_testkit::price("GC", "1320.0")));
    world.print("1320.0");
    world.print("1313.3");
    world.expect("suspect GC 1313.3 after 1320.0");
    world.print("1313.2");
    world.expect("fired L0 stop 1313.2 | submit L0-X1 SELL 2 GC MARKET");
    let mut world = long();
    world.print("1313.4");
    world.expect("fired L0 stop 1313.4 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn a_phantom_protects_what_a_partial_reduction_leaves() {
    let mut world = long();
    world.place(sell(1));
    // It shrinks when the reduction leaves, and stays so when it fills.
    assert_eq!(world.armed(0), 1);
    world.fill("T2", 1, "1320.4");
    assert_eq!(world.armed(0), 1);
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn what_a_market_reduction_closes_is_not_closed_again_by_the_phantom() {
    // The reduction is in flight for one of two when the stop is hit.
    let mut world = long();
    world.place(sell(1));
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 1 GC MARKET");
    // For two of two: nothing is left to close.
    let mut world = long();
    world.place(sell(2));
    world.hush();
    world.print("1319.2");
    world.expect("");
    world.fill("T2", 2, "1319.1");
    world.expect("fill T2 2@1319.1 | reduced L0 2 by T2 1320.0>1319.1 -180.00 | closed T1 | closed T2");
}

#[test]
fn a_phantom_protects_again_what_a_failed_or_cancelled_reduction_did_not_close() {
    let ends: [fn(&mut World); 2] = [|world| world.fail("T2"), |world| world.cancelled("T2")];
    for end in ends {
        let mut world = long();
        world.place(sell(2));
        assert_eq!(world.armed(0), 0);
        end(&mut world);
        assert_eq!(world.armed(0), 2);
        world.hush();
        world.print("1319.2");
        world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
    }
    // After a partial fill it is the rest.
    let mut world = long();
    world.place(sell(2).limit("1320.5"));
    world.fill("T2", 1, "1320.5");
    world.cancelled("T2");
    assert_eq!(world.armed(0), 1);
}

#[test]
fn a_resting_reduction_shrinks_the_oldest_phantom_first() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.enter(buy(3).stop("1319.0"), "1320.0");
    world.place(sell(3).limit("1321.0"));
    assert_eq!((world.armed(0), world.armed(1)), (0, 2));
    world.place(sell(1));
    assert_eq!((world.armed(0), world.armed(1)), (0, 1));
    world.fill("T4", 1, "1320.0");
    assert_eq!((world.armed(0), world.armed(1)), (0, 1));
    world.cancelled("T3");
    assert_eq!((world.armed(0), world.armed(1)), (1, 3));
}

#[test]
fn the_rest_of_the_entry_is_cancelled_when_its_lot_fires() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(3).limit("1320.0").stop("1319.2"));
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | cancel T1 | submit L0-X1 SELL 1 GC MARKET");
    // A fill that wins the race against the cancel leaves too.
    world.fill("T1", 1, "1320.0");
    world.expect("fill T1 1@1320.0 | grew L0 1@1320.0 | submit L0-X2 SELL 1 GC MARKET");
    world.fill("L0-X1", 1, "1319.2");
    world.cancelled("T1");
    world.fill("L0-X2", 1, "1319.0");
    world.hush();
    // So does one that comes after the confirmed cancel, when the lot is closed already.
    world.fill("T1", 1, "1320.0");
    world.expect("fill T1 1@1320.0 | alarm late_fill T1 | grew L0 1@1320.0 | submit L0-X3 SELL 1 GC MARKET");
    world.fill("L0-X3", 1, "1318.9");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "-290.00"));
}

#[test]
fn a_late_fill_of_an_unfired_lot_arms_it_again() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(2).limit("1320.0").stop("1319.2"));
    world.fill("T1", 1, "1320.0");
    world.cancelled("T1");
    world.place(sell(1));
    world.fill("T2", 1, "1320.2");
    assert_eq!(world.net("GC"), 0);
    world.fill("T1", 1, "1320.0");
    world.hush();
    world.print("1319.2");
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn several_lots_leave_on_one_print_oldest_first() {
    let mut world = World::new();
    world.print("1320.0");
    // Their levels are in another order than their age, and one of them stays.
    for stop in ["1319.0", "1319.4", "1318.0", "1319.2"] {
        world.enter(buy(1).stop(stop), "1320.0");
    }
    world.hush();
    world.print("1319.0");
    world.expect(
        "fired L0 stop 1319.0 | submit L0-X1 SELL 1 GC MARKET
         fired L1 stop 1319.0 | submit L1-X1 SELL 1 GC MARKET
         fired L3 stop 1319.0 | submit L3-X1 SELL 1 GC MARKET",
    );
    assert_eq!(world.armed(2), 1);
}

#[test]
fn a_bar_fires_stops_and_targets_of_several_lots_oldest_first() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).target("1320.6"), "1320.0");
    world.enter(buy(1).stop("1319.4"), "1320.0");
    world.enter(buy(1).stop("1319.4").target("1320.6"), "1320.0");
    world.hush();
    world.bar(["1320.0", "1320.8", "1319.2", "1320.0"]);
    world.expect(
        "fired L0 target 1320.6 | submit L0-X1 SELL 1 GC MARKET
         fired L1 stop 1319.4 | submit L1-X1 SELL 1 GC MARKET
         fired L2 stop 1319.4 | submit L2-X1 SELL 1 GC MARKET",
    );
}

#[test]
fn a_print_of_one_contract_leaves_the_phantoms_of_another_alone() {
    let mut world = World::new();
    world.print("1320.0");
    world.print_on("MGC", "1320.0");
    world.enter(buy(1).stop("1319.2"), "1320.0");
    world.enter(buy(3).on("MGC").stop("1319.2"), "1320.0");
    world.hush();
    world.print_on("MGC", "1319.0");
    world.expect("fired L1 stop 1319.0 | submit L1-X1 SELL 3 MGC MARKET");
    world.print("1319.0");
    world.expect("fired L0 stop 1319.0 | submit L0-X1 SELL 1 GC MARKET");
}

#[test]
fn a_quoted_trade_fires_by_its_price_and_not_by_its_quotes() {
    use phantom_engine::Input;
    use phantom_model::{MarketRecord, Print, Timestamp};
    use phantom_testkit::price;
    let mut world = long();
    let quoted = |at: &str| {
        let (bid, ask) = (price("GC", "1319.0"), price("GC", "1321.5"));
        let print = Print::QuotedTrade { price: price("GC", at), size: 1, bid, ask };
        Input::Market(MarketRecord { contract: contract("GC"), at: Timestamp::default(), print })
    };
    world.feed(quoted("1320.0"));
    world.expect("");
    world.feed(quoted("1319.2"));
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn a_bar_is_never_absurd_however_wide_it_is() {
    let mut world = long();
    world.bar(["1320.0", "1320.4", "1310.0", "1310.5"]);
    world.expect("fired L0 stop 1319.2 | submit L0-X1 SELL 2 GC MARKET");
    assert_eq!(world.engine().last_price(contract("GC")), Some(phantom_testkit::price("GC", "1310.5")));
}
