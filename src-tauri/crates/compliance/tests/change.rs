//! The gate for changes of working orders, and for orders whose stops are distances: what raises risk,
//! and what is never refused.

#![cfg(test)]

use phantom_compliance::{
    ChangeRequest, ChangeTicket, Halt, Limits, Minis, OrderRequest, Permit, Refusal, Rules, ShortSelling,
    Standing, WorkingAim, WorkingOrder, can_change, can_submit,
};
use phantom_model::price::Grid;
use phantom_model::{
    ArenaKey, Bracket, ContractId, ContractStanding, Guard, NetQty, Offset, OrderId, OrderKind, Price, Qty,
    Side,
};

const EVERY_HALT: Halt = Halt {
    killed: true,
    locked_out: true,
    flattening: true,
    not_connected: true,
    reconciling: true,
    journal_lost: true,
    latched: true,
};
const ID: OrderId = OrderId::Ticket(1);

fn gold() -> Grid {
    Grid::new("0.1".parse().unwrap()).unwrap()
}

fn price(text: &str) -> Price {
    gold().parse(text.as_bytes()).unwrap()
}

/// Flat, nothing working, last trade 1320.0.
fn quiet(grid: &Grid) -> Standing<'_> {
    Standing {
        halt: Halt::default(),
        position: NetQty::FLAT,
        exits_outstanding: 0,
        buy_entry_leaves: 0,
        sell_entry_leaves: 0,
        worst_elsewhere: Minis::ZERO,
        weight: Minis::whole(1),
        contract: ContractStanding::Current,
        last_trade: Some(price("1320.0")),
        grid,
        lock: None,
        rules: Rules::None,
    }
}

/// A working entry of 2 at 1319.0 with 1 filled, and its position.
fn working(aim: WorkingAim) -> WorkingOrder {
    let contract = ContractId::from_row(0);
    let (side, qty) = match aim {
        WorkingAim::Opens(_) => (Side::Buy, Qty::new(2).unwrap()),
        WorkingAim::Closes => (Side::Sell, Qty::new(2).unwrap()),
    };
    WorkingOrder { id: ID, contract, side, qty, filled: 1, kind: OrderKind::Limit(price("1319.0")), aim }
}

fn change_reason(
    limits: &Limits,
    standing: &Standing<'_>,
    order: &WorkingOrder,
    contracts: Option<u32>,
    limit: Option<&str>,
) -> &'static str {
    let qty = contracts.map(|contracts| Qty::new(contracts).unwrap());
    let change = ChangeRequest { qty, limit: limit.map(price) };
    can_change(limits, standing, order, &change).map_or_else(|refusal| refusal.reason(), |_| "changes")
}

#[test]
fn the_growing_part_of_an_entry_is_judged_as_a_new_order_would_be() {
    let grid = gold();
    let entry = working(WorkingAim::Opens(Bracket::NONE));
    let long = Standing { position: NetQty::new(1), buy_entry_leaves: 1, ..quiet(&grid) };
    let killed = Standing { halt: EVERY_HALT, ..long };
    let short = Standing { position: NetQty::new(-1), ..long };
    let against = Standing { sell_entry_leaves: 1, ..long };
    let (none, new_install) = (&Limits::NONE, &Limits::NEW_INSTALL);
    let small_orders = Limits { order_max: Some(Minis::whole(3)), ..Limits::NONE };
    for (limits, standing, contracts, limit, expected) in [
        (none, &long, Some(9), None, "changes"),
        (none, &long, None, Some("1319.5"), "changes"),
        (none, &long, None, None, "nothing_changes"),
        (none, &long, Some(2), Some("1319.0"), "nothing_changes"),
        (none, &long, Some(1), None, "already_filled"),
        // What raises risk.
        (none, &killed, Some(3), None, "killed"),
        (none, &killed, None, Some("1319.1"), "killed"),
        (none, &killed, Some(3), Some("1318.0"), "killed"),
        (none, &against, Some(3), None, "opposite_entry_working"),
        (none, &short, Some(3), None, "would_cross_zero"),
        (&small_orders, &long, Some(3), None, "changes"),
        (&small_orders, &long, Some(4), None, "order_size"),
        // One is open and one more may fill: three of five are free beside the two.
        (new_install, &long, Some(5), None, "changes"),
        (new_install, &long, Some(6), None, "order_size"),
    ] {
        assert_eq!(
            change_reason(limits, standing, &entry, contracts, limit),
            expected,
            "{contracts:?} {limit:?}"
        );
    }
    let elsewhere = Standing { worst_elsewhere: Minis::whole(2), ..long };
    assert_eq!(change_reason(new_install, &elsewhere, &entry, Some(3), None), "changes");
    assert_eq!(change_reason(new_install, &elsewhere, &entry, Some(4), None), "position_limit");
}

#[test]
fn what_shrinks_or_steps_back_is_refused_by_no_rule_for_openings() {
    let grid = gold();
    let order = WorkingOrder { qty: Qty::new(4).unwrap(), ..working(WorkingAim::Opens(Bracket::NONE)) };
    let nothing = Limits {
        short_selling: ShortSelling::Off,
        order_max: Some(Minis::ZERO),
        position_max: Some(Minis::ZERO),
    };
    let worst = Standing {
        halt: EVERY_HALT,
        position: NetQty::new(-9),
        sell_entry_leaves: 3,
        worst_elsewhere: Minis::whole(99),
        ..quiet(&grid)
    };
    for (contracts, limit) in [(Some(3), None), (None, Some("1318.9")), (Some(2), Some("1318.0"))] {
        assert_eq!(change_reason(&nothing, &worst, &order, contracts, limit), "changes");
    }
}

#[test]
fn a_reduction_grows_by_what_is_left_to_close() {
    let grid = gold();
    let exit = working(WorkingAim::Closes);
    let standing = |position, exits_outstanding| Standing {
        halt: EVERY_HALT,
        position: NetQty::new(position),
        exits_outstanding,
        ..quiet(&grid)
    };
    let nothing = Limits {
        short_selling: ShortSelling::Off,
        order_max: Some(Minis::ZERO),
        position_max: Some(Minis::ZERO),
    };
    for (position, outstanding, contracts, limit, expected) in [
        (5, 1, Some(6), None, "changes"),
        (5, 1, Some(7), None, "would_cross_zero"),
        (5, 5, Some(3), None, "would_cross_zero"),
        (5, 5, None, Some("1318.0"), "changes"),
        (0, 1, None, Some("1318.0"), "changes"),
        (-5, 0, Some(3), None, "would_cross_zero"),
    ] {
        let standing = standing(position, outstanding);
        assert_eq!(change_reason(&nothing, &standing, &exit, contracts, limit), expected, "{position}");
    }
}

#[test]
fn only_a_limit_order_changes_and_its_fixed_bracket_stays_on_its_sides() {
    let grid = gold();
    let standing = quiet(&grid);
    let market = WorkingOrder { kind: OrderKind::Market, ..working(WorkingAim::Opens(Bracket::NONE)) };
    assert_eq!(change_reason(&Limits::NONE, &standing, &market, Some(3), None), "not_a_limit_order");
    let bracket = Bracket { stop: Some(price("1318.5")), target: Some(price("1320.0")) };
    let order = working(WorkingAim::Opens(bracket));
    for (limit, expected) in [
        ("1318.6", "changes"),
        ("1318.5", "stop_wrong_side"),
        ("1319.9", "changes"),
        ("1320.0", "target_wrong_side"),
    ] {
        assert_eq!(change_reason(&Limits::NONE, &standing, &order, None, Some(limit)), expected);
    }
}

#[test]
fn a_change_is_read_onto_the_grid_and_what_is_empty_stays() {
    let read = |qty: &str, price: &str| {
        let ticket = ChangeTicket { qty: Some(qty.into()), price: Some(price.into()) };
        ticket.read(&gold()).map_err(|refusal| refusal.reason())
    };
    let change = read("3", "").unwrap();
    assert_eq!((change.qty, change.limit), (Qty::new(3), None));
    assert_eq!(read(" ", "1319.0").unwrap().limit, Some(price("1319.0")));
    assert_eq!(read("0", "1319.0"), Err("bad_qty"));
    assert_eq!(read("3", "1319.05"), Err("price_off_grid"));
}

#[test]
fn distances_need_no_last_trade_and_are_refused_on_a_reduction() {
    let grid = gold();
    let order = OrderRequest {
        contract: ContractId::from_row(0),
        side: Side::Buy,
        qty: Qty::ONE,
        kind: OrderKind::Market,
        bracket: Bracket::NONE,
        guard: Guard { stop: Offset::new(8), ..Guard::NONE },
    };
    let untraded = Standing { last_trade: None, ..quiet(&grid) };
    assert!(matches!(can_submit(&Limits::NONE, &untraded, ID, &order), Ok(Permit::Opening(_))));
    let short = Standing { position: NetQty::new(-1), ..quiet(&grid) };
    assert_eq!(can_submit(&Limits::NONE, &short, ID, &order), Err(Refusal::BracketOnExit));
}
