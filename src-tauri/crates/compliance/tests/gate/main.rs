//! The gate from outside: every refusal, their order, and what is never refused.

#![cfg(test)]

mod random_tests;

use phantom_compliance::gate::worst_case;
use phantom_compliance::refusal::PriceFault;
use phantom_compliance::ticket::{Listed, NotListed};
use phantom_compliance::{
    Halt, Limits, Minis, OrderRequest, Permit, PriceField, Refusal, Rules, ShortSelling, Standing, Ticket,
    TicketKind, can_submit,
};
use phantom_model::price::Grid;
use phantom_model::{
    ArenaKey, Bracket, ContractId, ContractStanding, Guard, NetQty, OrderId, OrderKind, Price, Qty, Side,
};
use proptest::prelude::*;

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

fn minis(text: &str) -> Minis {
    let decimal: rust_decimal::Decimal = text.parse().unwrap();
    Minis::from_thousandths(i64::try_from(decimal * rust_decimal::Decimal::ONE_THOUSAND).unwrap())
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

fn market(side: Side, contracts: u32) -> OrderRequest {
    OrderRequest {
        contract: ContractId::from_row(0),
        side,
        qty: Qty::new(contracts).unwrap(),
        kind: OrderKind::Market,
        bracket: Bracket::NONE,
        guard: Guard::NONE,
    }
}

fn reason(limits: &Limits, standing: &Standing<'_>, request: &OrderRequest) -> &'static str {
    match can_submit(limits, standing, ID, request) {
        Ok(Permit::Opening(_)) => "opens",
        Ok(Permit::Reducing(_)) => "reduces",
        Err(refusal) => refusal.reason(),
    }
}

/// An order and the state in which it is judged.
struct Case<'a> {
    ticket: Ticket,
    limits: Limits,
    standing: Standing<'a>,
}

impl Case<'_> {
    fn answer(&self) -> &'static str {
        let list = |symbol: &str| match symbol {
            "GC" => Ok(Listed { contract: ContractId::from_row(0), grid: gold() }),
            _ => Err(NotListed { meant: None }),
        };
        match self.ticket.read(list) {
            Ok(request) => reason(&self.limits, &self.standing, &request),
            Err(refusal) => refusal.reason(),
        }
    }
}

/// Something that is wrong, and how to mend it.
type Wrong = (&'static str, fn(&mut Case<'_>));

/// Mends one thing after the other: each time the next refusal of the published order shows.
fn walk(mut case: Case<'_>, wrongs: &[Wrong], in_the_end: &str) {
    for (reason, mend) in wrongs {
        assert_eq!(case.answer(), *reason);
        mend(&mut case);
    }
    assert_eq!(case.answer(), in_the_end);
}

/// A ticket with everything wrong that a ticket alone can have wrong.
fn scribble(side: Side, qty: &str, stop: &str, target: &str) -> Ticket {
    Ticket {
        symbol: "XX".into(),
        side,
        qty: qty.into(),
        kind: TicketKind::Limit,
        price: None,
        stop: Some(stop.into()),
        target: Some(target.into()),
        guard: Box::default(),
    }
}

const INPUT: [Wrong; 4] = [
    ("unknown_symbol", |case| case.ticket.symbol = "GC".into()),
    ("bad_qty", |case| case.ticket.qty = "6".into()),
    ("missing_price", |case| case.ticket.price = Some("1320.05".into())),
    ("price_off_grid", |case| case.ticket.price = Some("1320.0".into())),
];

#[test]
fn the_first_refusal_wins_for_an_opening_order() {
    let grid = gold();
    let standing = Standing {
        halt: EVERY_HALT,
        position: NetQty::FLAT,
        contract: ContractStanding::Expired,
        buy_entry_leaves: 1,
        worst_elsewhere: Minis::whole(3),
        ..quiet(&grid)
    };
    let mut wrongs = INPUT.to_vec();
    let rest: [Wrong; 16] = [
        ("price_off_grid", |case| case.ticket.stop = Some("1319.0".into())),
        ("price_off_grid", |case| case.ticket.target = Some("1321.0".into())),
        ("stop_wrong_side", |case| case.ticket.stop = Some("1321.0".into())),
        ("target_wrong_side", |case| case.ticket.target = Some("1319.0".into())),
        ("killed", |case| case.standing.halt.killed = false),
        ("locked_out", |case| case.standing.halt.locked_out = false),
        ("flattening", |case| case.standing.halt.flattening = false),
        ("not_connected", |case| case.standing.halt.not_connected = false),
        ("reconciling", |case| case.standing.halt.reconciling = false),
        ("journal_lost", |case| case.standing.halt.journal_lost = false),
        ("latched", |case| case.standing.halt.latched = false),
        ("opposite_entry_working", |case| case.standing.buy_entry_leaves = 0),
        ("short_selling_off", |case| case.limits.short_selling = ShortSelling::On),
        ("contract_expired", |case| case.standing.contract = ContractStanding::RolledAway),
        ("order_size", |case| case.ticket.qty = "3".into()),
        ("position_limit", |case| case.ticket.qty = "2".into()),
    ];
    wrongs.extend(rest);
    let ticket = scribble(Side::Sell, "0", "1319.03", "1321.07");
    walk(Case { ticket, limits: Limits::NEW_INSTALL, standing }, &wrongs, "opens");
}

#[test]
fn the_first_refusal_wins_for_an_order_that_would_cross_zero() {
    let grid = gold();
    let standing = Standing { halt: EVERY_HALT, position: NetQty::new(5), ..quiet(&grid) };
    let mut wrongs = INPUT.to_vec();
    let rest: [Wrong; 11] = [
        ("stop_wrong_side", |case| case.ticket.stop = None),
        ("target_wrong_side", |case| case.ticket.target = None),
        ("killed", |case| case.standing.halt.killed = false),
        ("locked_out", |case| case.standing.halt.locked_out = false),
        ("flattening", |case| case.standing.halt.flattening = false),
        ("not_connected", |case| case.standing.halt.not_connected = false),
        ("reconciling", |case| case.standing.halt.reconciling = false),
        ("journal_lost", |case| case.standing.halt.journal_lost = false),
        ("latched", |case| case.standing.halt.latched = false),
        ("would_cross_zero", |case| case.standing.exits_outstanding = 1),
        ("would_cross_zero", |case| case.ticket.qty = "4".into()),
    ];
    wrongs.extend(rest);
    let ticket = scribble(Side::Sell, "7", "1319.0", "1321.0");
    // "7" is a fine quantity: only the others of the input are wrong.
    wrongs.remove(1);
    walk(Case { ticket, limits: Limits::NEW_INSTALL, standing }, &wrongs, "reduces");
}

#[test]
fn for_a_reduction_only_the_input_can_be_wrong() {
    let grid = gold();
    let standing = Standing {
        halt: EVERY_HALT,
        position: NetQty::new(9),
        buy_entry_leaves: 7,
        sell_entry_leaves: 7,
        worst_elsewhere: Minis::whole(100),
        ..quiet(&grid)
    };
    let mut wrongs = INPUT.to_vec();
    let rest: [Wrong; 4] = [
        ("stop_wrong_side", |case| case.ticket.stop = Some("1321.0".into())),
        ("target_wrong_side", |case| case.ticket.target = Some("1319.0".into())),
        ("bracket_on_exit", |case| case.ticket.stop = None),
        ("bracket_on_exit", |case| case.ticket.target = None),
    ];
    wrongs.extend(rest);
    let ticket = scribble(Side::Sell, "abc", "1319.0", "1321.0");
    walk(Case { ticket, limits: Limits::NEW_INSTALL, standing }, &wrongs, "reduces");
}

#[test]
fn a_bracket_is_judged_strictly_by_the_last_trade_or_the_limit() {
    let grid = gold();
    // Last trade 1320.0; a buy, then its mirror image, a sell.
    for (limit, buy_leg, sell_leg, as_stop, as_target) in [
        (None, "1319.9", "1320.1", "opens", "target_wrong_side"),
        (None, "1320.0", "1320.0", "stop_wrong_side", "target_wrong_side"),
        (None, "1320.1", "1319.9", "stop_wrong_side", "opens"),
        (Some("1318.0"), "1317.9", "1318.1", "opens", "target_wrong_side"),
        (Some("1318.0"), "1318.0", "1318.0", "stop_wrong_side", "target_wrong_side"),
        (Some("1318.0"), "1318.1", "1317.9", "stop_wrong_side", "opens"),
    ] {
        for (side, leg) in [(Side::Buy, buy_leg), (Side::Sell, sell_leg)] {
            let kind = limit.map_or(OrderKind::Market, |limit| OrderKind::Limit(price(limit)));
            let with = |bracket| OrderRequest { kind, bracket, ..market(side, 1) };
            let stop = with(Bracket { stop: Some(price(leg)), target: None });
            let target = with(Bracket { stop: None, target: Some(price(leg)) });
            assert_eq!(reason(&Limits::NONE, &quiet(&grid), &stop), as_stop, "{side} stop {leg}");
            assert_eq!(reason(&Limits::NONE, &quiet(&grid), &target), as_target, "{side} target {leg}");
        }
    }
}

#[test]
fn a_bracket_that_cannot_be_judged_is_refused() {
    let grid = gold();
    let standing = Standing { last_trade: None, ..quiet(&grid) };
    let bracket = Bracket { stop: Some(price("1319.0")), target: None };
    let order = OrderRequest { bracket, ..market(Side::Buy, 1) };
    let refusal = can_submit(&Limits::NONE, &standing, ID, &order).unwrap_err();
    assert_eq!(refusal.to_string(), "stop 1319.0 cannot be checked: nothing has traded yet");
    let by_its_limit = OrderRequest { kind: OrderKind::Limit(price("1320.0")), ..order };
    assert_eq!(reason(&Limits::NONE, &standing, &by_its_limit), "opens");
}

#[test]
fn direction_is_judged_by_the_position_less_the_exits_that_are_out() {
    let grid = gold();
    for (position, outstanding, side, contracts, answer) in [
        (0, 0, Side::Buy, 1, "opens"),
        (0, 0, Side::Sell, 1, "opens"),
        (3, 0, Side::Buy, 1, "opens"),
        (3, 3, Side::Buy, 1, "opens"),
        (3, 0, Side::Sell, 3, "reduces"),
        (3, 0, Side::Sell, 4, "would_cross_zero"),
        (3, 1, Side::Sell, 2, "reduces"),
        (3, 1, Side::Sell, 3, "would_cross_zero"),
        (3, 3, Side::Sell, 1, "would_cross_zero"),
        (3, 9, Side::Sell, 1, "would_cross_zero"),
        (-3, 0, Side::Sell, 1, "opens"),
        (-3, 0, Side::Buy, 3, "reduces"),
        (-3, 0, Side::Buy, 4, "would_cross_zero"),
        (-3, 2, Side::Buy, 1, "reduces"),
    ] {
        let standing =
            Standing { position: NetQty::new(position), exits_outstanding: outstanding, ..quiet(&grid) };
        let said = reason(&Limits::NONE, &standing, &market(side, contracts));
        assert_eq!(said, answer, "{side} {contracts} of {position} less {outstanding}");
    }
}

#[test]
fn a_live_entry_on_the_other_side_blocks_an_opening_and_one_on_the_same_side_does_not() {
    let grid = gold();
    let working = |buys, sells| Standing { buy_entry_leaves: buys, sell_entry_leaves: sells, ..quiet(&grid) };
    for (standing, side, answer) in [
        (working(1, 0), Side::Sell, "opposite_entry_working"),
        (working(0, 1), Side::Buy, "opposite_entry_working"),
        (working(1, 0), Side::Buy, "opens"),
        (working(0, 1), Side::Sell, "opens"),
    ] {
        assert_eq!(reason(&Limits::NONE, &standing, &market(side, 1)), answer);
    }
}

#[test]
fn the_worst_case_in_mini_equivalents_is_what_the_limit_holds_against() {
    // Limit 5. Weight, position, live entries on the same side, worst case elsewhere, contracts asked.
    for (weight, position, leaves, elsewhere, contracts, answer) in [
        ("1", 0, 0, "0", 5, "opens"),
        ("1", 2, 2, "0", 1, "opens"),
        ("1", 2, 2, "0", 2, "4 of 5 contracts in use; 1 more"),
        ("1", 5, 0, "0", 1, "5 of 5 contracts in use; 0 more"),
        ("1", 0, 0, "4.5", 1, "4.5 of 5 contracts in use; 0 more"),
        ("1", 7, 0, "0", 1, "7 of 5 contracts in use; 0 more"),
        // Micros of a tenth.
        ("0.1", 0, 0, "0", 50, "opens"),
        ("0.1", 49, 0, "0", 1, "opens"),
        ("0.1", 49, 0, "0", 2, "4.9 of 5 contracts in use; 1 more"),
        ("0.1", 0, 0, "4", 10, "opens"),
        ("0.1", 0, 3, "4", 8, "4.3 of 5 contracts in use; 7 more"),
        ("0.1", 0, 50, "0", 1, "5 of 5 contracts in use; 0 more"),
        // A weight that does not divide what is left.
        ("0.2", 0, 0, "4.7", 2, "4.7 of 5 contracts in use; 1 more"),
    ] {
        let grid = gold();
        let limits = Limits { order_max: None, ..Limits::NEW_INSTALL };
        let standing = Standing {
            position: NetQty::new(position),
            buy_entry_leaves: leaves,
            worst_elsewhere: minis(elsewhere),
            weight: minis(weight),
            ..quiet(&grid)
        };
        let said = match can_submit(&limits, &standing, ID, &market(Side::Buy, contracts)) {
            Ok(_) => "opens".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        assert_eq!(said, answer, "{contracts} of {weight}");
    }
}

#[test]
fn exits_that_are_out_free_no_room_for_openings() {
    let grid = gold();
    let standing = Standing { position: NetQty::new(5), exits_outstanding: 5, ..quiet(&grid) };
    assert_eq!(reason(&Limits::NEW_INSTALL, &standing, &market(Side::Buy, 1)), "position_limit");
}

#[test]
fn one_order_may_be_as_large_as_its_limit_and_no_larger() {
    let grid = gold();
    for (weight, contracts, answer) in [
        ("1", 5, "opens"),
        ("1", 6, "order of 6 minis is over the limit of 5 for one order"),
        ("0.1", 50, "opens"),
        ("0.1", 51, "order of 5.1 minis is over the limit of 5 for one order"),
    ] {
        let standing = Standing { weight: minis(weight), ..quiet(&grid) };
        let said = match can_submit(&Limits::NEW_INSTALL, &standing, ID, &market(Side::Buy, contracts)) {
            Ok(_) => "opens".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        assert_eq!(said, answer);
    }
}

/// A refusal, its code, its message.
type Said = (Refusal, &'static str, &'static str);

fn refusals_of_the_input() -> Vec<Said> {
    let decimal = |text: &str| text.parse().unwrap();
    let off_grid = |field, given: &str, fault| Refusal::PriceOffGrid { field, given: given.into(), fault };
    let between = PriceFault::Between { below: decimal("1319.0"), above: decimal("1319.1") };
    vec![
        (
            Refusal::UnknownSymbol { symbol: "GD".into(), meant: Some("GC".into()) },
            "unknown_symbol",
            r#"no instrument "GD"; did you mean GC?"#,
        ),
        (
            Refusal::UnknownSymbol { symbol: "QQQ".into(), meant: None },
            "unknown_symbol",
            r#"no instrument "QQQ""#,
        ),
        (
            Refusal::BadQty { given: "1.5".into() },
            "bad_qty",
            r#"quantity "1.5" is not a whole number from 1 to 1000"#,
        ),
        (Refusal::MissingPrice, "missing_price", "a limit order needs a price"),
        (
            off_grid(PriceField::Limit, "1319.05", between),
            "price_off_grid",
            "limit price 1319.05 is off the tick grid: 1319.0 or 1319.1",
        ),
        (
            off_grid(PriceField::Stop, "low", PriceFault::NotANumber),
            "price_off_grid",
            r#"stop "low" is not a price"#,
        ),
        (
            off_grid(PriceField::Target, "1e20", PriceFault::OutOfRange),
            "price_off_grid",
            "target 1e20 is out of range",
        ),
        (
            Refusal::StopWrongSide {
                side: Side::Buy,
                stop: decimal("1320.0"),
                reference: Some(decimal("1320.0")),
            },
            "stop_wrong_side",
            "stop 1320.0 of a BUY must be below 1320.0",
        ),
        (
            Refusal::StopWrongSide {
                side: Side::Sell,
                stop: decimal("1319.0"),
                reference: Some(decimal("1320.0")),
            },
            "stop_wrong_side",
            "stop 1319.0 of a SELL must be above 1320.0",
        ),
        (
            Refusal::TargetWrongSide {
                side: Side::Buy,
                target: decimal("1319.0"),
                reference: Some(decimal("1320.0")),
            },
            "target_wrong_side",
            "target 1319.0 of a BUY must be above 1320.0",
        ),
        (
            Refusal::TargetWrongSide { side: Side::Sell, target: decimal("1321.0"), reference: None },
            "target_wrong_side",
            "target 1321.0 cannot be checked: nothing has traded yet",
        ),
    ]
}

fn refusals_of_the_state() -> Vec<Said> {
    vec![
        (
            Refusal::BracketOnExit,
            "bracket_on_exit",
            "this order only closes: send it without stop and target",
        ),
        (
            Refusal::ContractExpired,
            "contract_expired",
            "this contract trades no more; choose a later one; exits still go out",
        ),
        (
            Refusal::InstrumentChanged,
            "instrument_changed",
            "the broker's tick size or point value of this contract is not the desk's: \
             no price of it can be trusted; exits still work",
        ),
        (Refusal::Killed, "killed", "the kill switch is on; exits still work"),
        (Refusal::LockedOut(None), "locked_out", "the account is locked by a rule; exits still work"),
        (Refusal::Flattening, "flattening", "flatten all is under way; wait for its answer"),
        (Refusal::NotConnected, "not_connected", "the broker cannot be reached"),
        (Refusal::Reconciling, "reconciling", "the broker's own account is being compared; wait for it"),
        (
            Refusal::JournalLost,
            "journal_lost",
            "the journal takes no more, so nothing is opened; exits still work; start again for a new one",
        ),
        (Refusal::Latched, "latched", "openings are blocked until the books are checked; exits still work"),
        (
            Refusal::WouldCrossZero { position: NetQty::new(-3), wanted: 4, left: 2 },
            "would_cross_zero",
            "position is -3: 4 would cross zero, up to 2 can be closed; close first, then open the other side",
        ),
        (
            Refusal::OppositeEntryWorking { working: Side::Buy },
            "opposite_entry_working",
            "a BUY entry may still fill; cancel it first",
        ),
        (
            Refusal::ShortSellingOff,
            "short_selling_off",
            "short selling is off: a sell needs a position to close; switch it on to go short",
        ),
        (
            Refusal::OrderSize { wanted: minis("5.1"), limit: minis("5") },
            "order_size",
            "order of 5.1 minis is over the limit of 5 for one order",
        ),
        (
            Refusal::PositionLimit { in_use: minis("5"), limit: minis("5"), contracts_more: 0 },
            "position_limit",
            "5 of 5 contracts in use; 0 more",
        ),
    ]
}

#[test]
fn every_refusal_has_its_code_and_says_what_would_be_allowed() {
    for (refusal, code, message) in refusals_of_the_input().into_iter().chain(refusals_of_the_state()) {
        assert_eq!((refusal.reason(), refusal.to_string().as_str()), (code, message));
    }
}

#[test]
fn the_worst_case_is_the_larger_of_all_longs_and_all_shorts() {
    for (position, buys, sells, worst) in [
        (0, 0, 0, "0"),
        (0, 3, 2, "3"),
        (0, 2, 3, "3"),
        (4, 0, 0, "4"),
        (4, 2, 0, "6"),
        (4, 0, 9, "5"),
        (4, 0, 7, "4"),
        (-4, 0, 2, "6"),
        (-4, 9, 0, "5"),
        (-4, 9, 3, "7"),
    ] {
        assert_eq!(worst_case(NetQty::new(position), buys, sells, minis("1")), minis(worst));
    }
    assert_eq!(worst_case(NetQty::new(-12), 0, 3, minis("0.1")), minis("1.5"));
}
