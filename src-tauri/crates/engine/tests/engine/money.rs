//! Money: hand-computed figures, and the identity that ties them to the fills.

use phantom_compliance::{Limits, Minis};
use phantom_model::{Money, Price, Side};
use phantom_testkit::{Draft, World, buy, contract, price, sell};
use proptest::prelude::*;

#[test]
fn partial_exits_consume_the_pieces_of_a_lot_oldest_first() {
    // Bought 2 at 1320.0, 1 at 1320.2, 2 at 1320.1. One tick of one contract is 10.00.
    let mut world = World::new();
    world.place(buy(5));
    for (contracts, at) in [(2, "1320.0"), (1, "1320.2"), (2, "1320.1")] {
        world.fill("T1", contracts, at);
    }
    world.hush();
    // 3 at 1320.5: 2 x 5 ticks + 1 x 3 ticks = 130.00.
    world.place(sell(3));
    world.fill("T2", 3, "1320.5");
    world.expect(
        "submit T2 SELL 3 GC MARKET reduces | fill T2 3@1320.5
         reduced L0 2 by T2 1320.0>1320.5 100.00
         reduced L0 1 by T2 1320.2>1320.5 30.00 | closed T2",
    );
    assert_eq!(world.realized("GC"), "130.00");
    // 1 at 1319.8: 3 ticks down. 1 at 1320.1: nothing.
    world.place(sell(2));
    world.fill("T3", 1, "1319.8");
    assert_eq!(world.realized("GC"), "100.00");
    world.fill("T3", 1, "1320.1");
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (0, "100.00"));
}

#[test]
fn a_short_lot_earns_on_the_way_down() {
    // Sold 1 at 5000.00 and 2 at 5001.00. One tick of 0.25 is 5.00.
    let mut world = World::new();
    world.place(sell(3).on("NQ"));
    world.fill("T1", 1, "5000.00");
    world.fill("T1", 2, "5001.00");
    world.place(buy(2).on("NQ"));
    // 4 ticks x 1 + 8 ticks x 1 = 60.00.
    world.fill("T2", 2, "4999.00");
    assert_eq!(world.realized("NQ"), "60.00");
    world.place(buy(1).on("NQ"));
    // 6 ticks against: -30.00.
    world.fill("T3", 1, "5002.50");
    assert_eq!((world.net("NQ"), world.realized("NQ").as_str()), (0, "30.00"));
}

#[test]
fn fees_are_counted_per_contract_and_side() {
    // 1.24 per contract and side: 3 in, 1 + 2 out = 6 x 1.24.
    let mut world = World::with(Limits::NONE, Money::from_units(12_400));
    world.enter(buy(3), "1320.0");
    world.place(sell(3));
    world.fill("T2", 1, "1320.0");
    world.fill("T2", 2, "1320.0");
    let position = world.book().positions().at(contract("GC"));
    assert_eq!((position.fees.to_string(), position.realized.to_string()), ("7.44".into(), "0.00".into()));
    world.enter(buy(1).on("NQ"), "5000.00");
    assert_eq!(world.book().positions().at(contract("GC")).fees, Money::from_units(74_400));
    assert_eq!(world.book().positions().at(contract("NQ")).fees, Money::from_units(12_400));
}

#[test]
fn a_tick_of_7_8125_dollars_is_kept_to_the_last_digit() {
    let mut world = World::new();
    world.enter(buy(1).on("ZF"), "107.0000000");
    world.enter(buy(2).on("ZF"), "107.0078125");
    world.place(sell(1).on("ZF"));
    world.fill("T3", 1, "107.0078125");
    let realized = || world.book().positions().at(contract("ZF")).realized;
    assert_eq!(realized(), Money::from_units(78_125));
    assert_eq!(world.realized("ZF"), "7.81");
    // 2 x 3 ticks more: 7.8125 + 46.875 = 54.6875, shown to the even cent.
    world.place(sell(2).on("ZF"));
    world.fill("T4", 2, "107.03125");
    assert_eq!(world.book().positions().at(contract("ZF")).realized, Money::from_units(546_875));
    assert_eq!(world.realized("ZF"), "54.69");
}

#[test]
fn realized_profit_does_not_depend_on_what_is_still_open() {
    let close_first = |others: &[Draft]| {
        let mut world = World::new();
        world.enter(buy(2), "1320.0");
        for draft in others {
            world.enter(*draft, "1325.0");
        }
        world.place(sell(2));
        let id = world.newest_order().unwrap();
        world.fill(&id, 2, "1321.0");
        world.realized("GC")
    };
    assert_eq!(close_first(&[]), "200.00");
    assert_eq!(close_first(&[buy(1), buy(7)]), "200.00");
    assert_eq!(close_first(&[sell(3).on("NQ")]), "200.00");
}

#[test]
fn a_fill_that_turns_the_position_closes_at_one_price_and_opens_at_the_same() {
    // A late fill of an old sell order, larger than what is held.
    let mut world = World::new();
    world.place(sell(3).limit("1321.0"));
    world.cancelled("T1");
    world.enter(buy(1), "1320.0");
    world.hush();
    world.fill("T1", 3, "1321.0");
    world.expect(
        "fill T1 3@1321.0 | alarm late_fill T1
         reduced L0 1 by T1 1320.0>1321.0 100.00 | closed T2 | lot L1 T1 2@1321.0",
    );
    assert_eq!((world.net("GC"), world.realized("GC").as_str()), (-2, "100.00"));
}

#[test]
fn open_profit_follows_the_last_good_price_and_every_fill() {
    let mut world = World::new();
    world.enter(buy(2), "1320.0");
    let open = |world: &World| world.engine().unrealized(contract("GC")).to_string();
    assert_eq!(open(&world), "0.00");
    world.print("1320.3");
    assert_eq!(open(&world), "60.00");
    world.enter(buy(1), "1320.5");
    assert_eq!(open(&world), "40.00");
    world.place(sell(2));
    world.fill("T3", 2, "1320.3");
    assert_eq!((open(&world).as_str(), world.realized("GC").as_str()), ("-20.00", "60.00"));
    world.print_on("NQ", "5000.00");
    world.enter(sell(1).on("NQ"), "5001.00");
    assert_eq!(world.engine().unrealized_total().to_string(), "0.00");
}

/// One fill of an order of its own.
#[derive(Clone, Copy, Debug)]
struct Trade {
    side: Side,
    contracts: u32,
    ticks: i64,
}

fn trades() -> impl Strategy<Value = Vec<Trade>> {
    let trade = (prop::bool::ANY, 1_u32..6, -40_i64..40).prop_map(|(buys, contracts, ticks)| Trade {
        side: if buys { Side::Buy } else { Side::Sell },
        contracts,
        ticks,
    });
    prop::collection::vec(trade, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    /// Every contract that was bought costs its price, every contract that was sold brings it, and
    /// what is open is worth the last price: that is the profit, however lots were consumed.
    #[test]
    fn realized_and_open_profit_are_the_cash_of_all_fills_at_the_last_price(
        trades in trades(), last in -40_i64..40,
    ) {
        let base = price("ZF", "107.0000000").ticks();
        let at = |ticks: i64| Price::new(base + ticks).unwrap();
        let text = |ticks| phantom_testkit::grid("ZF").text(at(ticks));
        let mut world = World::new();
        let (mut cash_ticks, mut net) = (0_i64, 0_i64);
        for trade in trades {
            world.place(Draft::new(trade.side, trade.contracts).on("ZF"));
            let id = world.newest_order();
            // What would cross zero is refused and trades nothing.
            let Some(id) = id.filter(|_| world.said().iter().all(|line| !line.starts_with("reject"))) else {
                continue;
            };
            world.fill(&id, trade.contracts, &text(trade.ticks));
            cash_ticks -= trade.side.sign() * i64::from(trade.contracts) * at(trade.ticks).ticks();
            net += trade.side.sign() * i64::from(trade.contracts);
        }
        world.print_on("ZF", &text(last));
        prop_assert_eq!(world.net("ZF"), net);
        let profit = Money::from_units(78_125) * (cash_ticks + net * at(last).ticks());
        let realized = world.book().positions().at(contract("ZF")).realized;
        prop_assert_eq!(realized + world.engine().unrealized(contract("ZF")), profit);
    }
}

#[test]
fn what_a_lot_has_cost_counts_the_contracts_that_are_open() {
    let mut world = World::new();
    world.place(buy(3));
    world.fill("T1", 2, "1320.0");
    world.fill("T1", 1, "1320.2");
    let lot = phantom_model::ArenaKey::from_row(0);
    assert_eq!(world.book().open_cost_ticks(lot), 2 * 13_200 + 13_202);
    world.place(sell(2));
    world.fill("T2", 2, "1320.5");
    assert_eq!(world.book().open_cost_ticks(lot), 13_202);
}

#[test]
fn the_position_limit_is_one_for_all_contracts() {
    // An NQ counts one mini as a GC does.
    let limits = Limits { position_max: Some(Minis::whole(5)), ..Limits::NONE };
    let mut world = World::with(limits, Money::ZERO);
    world.print("1320.0");
    world.print_on("NQ", "5000.00");
    world.enter(buy(3), "1320.0");
    let reason = |contracts| world.verdict(buy(contracts).on("NQ")).map(|refusal| refusal.reason());
    assert_eq!(reason(2), None);
    assert_eq!(reason(3), Some("position_limit"));
}
