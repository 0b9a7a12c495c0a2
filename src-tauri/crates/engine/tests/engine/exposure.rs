//! The worst case of an account, to the cent: all that works fills, and everything leaves at its stop. Gold
//! moves in ticks of 10 USD and the Nasdaq in ticks of 5; each fill at the market is taken to slip by two
//! ticks, and what has no stop to lose twenty more. A side costs 2.10.

use phantom_model::Money;
use phantom_testkit::{Draft, World, buy, sell};

fn world() -> World {
    let fee = Money::from_units(21_000);
    let mut world = World::under_with_fees("topstep-combine-50k", &[], "2026-10-06T15:00:00Z", fee);
    world.print("1320.0");
    world.print_on("NQ", "24500.00");
    world
}

fn worst(world: &World) -> String {
    world.engine().panel(world.now(), &[]).worst_equity.exact_text()
}

/// The worst case with an order that works.
fn working(draft: Draft) -> (World, String) {
    let mut world = world();
    let order = world.book().next_ticket().to_string();
    world.place(draft);
    world.accept(&order);
    let worst = worst(&world);
    (world, worst)
}

#[test]
fn nothing_open_and_nothing_working_is_the_balance() {
    assert_eq!(worst(&world()), "50000.00");
}

#[test]
fn a_lot_leaves_at_its_stop_with_slippage_and_the_fee_of_its_exit() {
    for draft in [buy(2).stop("1318.0"), sell(2).stop("1322.0")] {
        let mut world = world();
        world.enter(draft, "1320.0");
        // 400 to the stop, 40 of slippage, four fees.
        assert_eq!(worst(&world), "49551.60");
        world.print("1320.5");
        assert_eq!(worst(&world), "49551.60", "the last trade is no part of it");
    }
}

#[test]
fn a_stop_that_has_locked_a_profit_in_counts_it() {
    let mut world = world();
    world.enter(buy(1).trail(20), "1320.0");
    world.print("1322.0");
    world.print("1324.0");
    // 200 at 1322.0, 20 of slippage, two fees.
    assert_eq!(worst(&world), "50175.80");
}

#[test]
fn a_lot_without_a_stop_is_taken_to_run_on_from_the_last_trade() {
    for (draft, at, expected) in [
        (buy(3), "1321.0", "49627.40"),
        (buy(3), "1319.0", "49027.40"),
        (sell(3), "1321.0", "49027.40"),
        (sell(3), "1319.0", "49627.40"),
    ] {
        let mut world = world();
        world.enter(draft, "1320.0");
        world.print(at);
        // 300 won or lost, 600 more, 60 of slippage, six fees.
        assert_eq!(worst(&world), expected, "{at}");
    }
}

#[test]
fn a_lot_whose_exit_is_out_leaves_at_the_last_trade() {
    let mut world = world();
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.print("1318.5");
    // 300 lost, 40 of slippage, four fees.
    assert_eq!(worst(&world), "49651.60");
}

#[test]
fn an_entry_that_works_fills_at_its_limit_and_leaves_at_its_stop() {
    // 60 ticks for two, two of slippage each, and four fees.
    assert_eq!(working(buy(2).limit("1319.0").stop("1313.0")).1, "48751.60");
    assert_eq!(working(sell(2).limit("1321.0").stop("1327.0")).1, "48751.60");
    // Without a stop 20 ticks.
    assert_eq!(working(sell(1).limit("1325.0")).1, "49775.80");
    // What follows the market, or the fill, is as far away as it says; of two the nearer one.
    assert_eq!(working(buy(1).limit("1319.0").trail(9)).1, "49885.80");
    assert_eq!(working(buy(1).limit("1319.0").stop_ticks(30).trail(9)).1, "49885.80");
    assert_eq!(working(sell(1).limit("1321.0").stop_ticks(15)).1, "49825.80");
}

#[test]
fn an_entry_at_the_market_fills_two_ticks_from_the_last_trade() {
    // 20 ticks for two, four of slippage each, and four fees.
    let (mut long, before) = working(buy(2).stop("1318.0"));
    assert_eq!(before, "49511.60");
    long.print("1321.0");
    assert_eq!(worst(&long), "49311.60");
    let (mut short, before) = working(sell(2).stop("1322.0"));
    assert_eq!(before, "49511.60");
    short.print("1321.0");
    assert_eq!(worst(&short), "49711.60");
    assert_eq!(working(sell(2).stop_ticks(15)).1, "49611.60");
}

#[test]
fn what_is_open_in_several_contracts_is_added_up() {
    let mut world = world();
    world.enter(buy(1), "1320.0");
    world.enter(buy(1).on("NQ"), "24500.00");
    // 200 and 20 in gold, 100 and 10 in the Nasdaq, four fees.
    assert_eq!(worst(&world), "49661.60");
    world.print_on("NQ", "24501.00");
    assert_eq!(worst(&world), "49681.60");
    world.enter(sell(1).on("NQ"), "24501.00");
    // That closed what was open in the Nasdaq: 20 won, its two fees paid.
    assert_eq!(worst(&world), "49791.60");
}
