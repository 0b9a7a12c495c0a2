//! Which print fills what, and at which price.

use phantom_broker_mock::{FillSize, LimitFill, MockSettings, Range};
use phantom_model::{Bar, MarketRecord, OrderKind, Print, Side};

use crate::world::{World, at, gold, price};
use phantom_broker::Broker;

const SMOOTH: MockSettings = MockSettings::frictionless(1);

#[test]
fn a_market_order_fills_on_the_next_print_at_its_price() {
    let mut world = World::new(SMOOTH);
    assert_eq!(world.submit(0, 1, Side::Buy, 2, OrderKind::Market), "ok T1");
    assert_eq!(world.print(0, 100, 1), "fill T1 2@100", "the stamp may be equal");
    assert_eq!(world.print(1, 101, 1), "", "filled once");
}

#[test]
fn slippage_is_against_the_trader_on_market_fills_only() {
    let mut world = World::new(MockSettings { slippage_ticks: Range::always(2), ..SMOOTH });
    world.submit(0, 1, Side::Buy, 1, OrderKind::Market);
    world.submit(0, 2, Side::Sell, 1, OrderKind::Market);
    world.submit(0, 3, Side::Sell, 1, OrderKind::Limit(price(99)));
    assert_eq!(world.print(1, 100, 1), "fill T1 1@102, fill T2 1@98, fill T3 1@99");
}

#[test]
fn a_limit_fills_at_its_limit_once_the_rule_is_met() {
    for (rule, side, limit, prints, filled_by) in [
        (LimitFill::Through, Side::Buy, 100, [101, 100, 99], Some(2)),
        (LimitFill::Touch, Side::Buy, 100, [101, 100, 99], Some(1)),
        (LimitFill::Through, Side::Sell, 100, [99, 100, 101], Some(2)),
        (LimitFill::Touch, Side::Sell, 100, [99, 100, 101], Some(1)),
        // Marketable when it arrives: still at its limit.
        (LimitFill::Through, Side::Buy, 110, [100, 100, 100], Some(0)),
        (LimitFill::Through, Side::Buy, 90, [91, 90, 91], None),
    ] {
        let mut world = World::new(MockSettings { limit_fill: rule, ..SMOOTH });
        world.submit(0, 1, side, 1, OrderKind::Limit(price(limit)));
        let reports: Vec<String> =
            prints.iter().zip(1..).map(|(&ticks, n)| world.print(n, ticks, 1)).collect();
        let fill = format!("fill T1 1@{limit}");
        let expected: Vec<&str> =
            (0..3).map(|n| if Some(n) == filled_by { fill.as_str() } else { "" }).collect();
        assert_eq!(reports, expected, "{rule:?} {side} {limit} {prints:?}");
    }
}

#[test]
fn with_partial_fills_orders_share_the_printed_size_oldest_first() {
    let mut world = World::new(MockSettings { fill_size: FillSize::Printed, ..SMOOTH });
    world.submit(0, 1, Side::Buy, 3, OrderKind::Market);
    world.submit(0, 2, Side::Sell, 2, OrderKind::Limit(price(99)));
    world.submit(0, 3, Side::Buy, 2, OrderKind::Market);
    assert_eq!(world.print(1, 100, 2), "fill T1 2@100");
    assert_eq!(world.print(2, 101, 2), "fill T1 1@101, fill T2 1@99");
    assert_eq!(world.print(3, 98, 2), "fill T3 2@98", "not through the limit of the older one");
    assert_eq!(world.print(4, 102, 9), "fill T2 1@99");
}

#[test]
fn a_bar_fills_market_orders_at_its_open_and_limits_inside_its_range() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 1, OrderKind::Market);
    world.submit(0, 2, Side::Buy, 1, OrderKind::Limit(price(96)));
    world.submit(0, 3, Side::Sell, 1, OrderKind::Limit(price(105)));
    let bar = Bar { open: price(100), high: price(105), low: price(95), close: price(101), volume: 0 };
    world.broker.show(&MarketRecord { contract: gold(), at: at(1), print: Print::Bar(bar) });
    assert_eq!(world.advance(1), "fill T1 1@100, fill T2 1@96");
}

#[test]
fn fills_move_the_brokers_own_position() {
    let mut world = World::new(SMOOTH);
    world.submit(0, 1, Side::Buy, 3, OrderKind::Market);
    world.print(1, 100, 1);
    world.submit(1, 2, Side::Sell, 5, OrderKind::Market);
    world.print(2, 100, 1);
    assert_eq!(world.broker.position(gold()).signed(), -2);
}
