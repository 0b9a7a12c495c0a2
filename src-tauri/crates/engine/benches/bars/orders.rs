//! Rows about orders: the whole path, a long session, the gate's verdict, arming and disarming.

use std::hint::black_box;
use std::time::Instant;

use phantom_compliance::OrderRequest;
use phantom_engine::{Book, Fact, FactBody};
use phantom_model::{ArenaKey, Bracket, Guard, LotId, Money, OrderId, OrderKind, Qty, Side, Timestamp};

use crate::desk::{Chance, Desk, NEAREST_TICKS, REFERENCE_TICKS, gold, place, price, two_legs};
use crate::market::{floor_case, floor_walk};
use crate::rounds::{Beside, Case, Plan, Samples, Spread, interleave, per_op};
use crate::table::{Met, Row, spread_text};

const ORDERS_EACH_CALL: usize = 1_000;
const SESSION_TENTHS: u32 = 10;
const SLICE_ORDERS: u32 = 100;

/// A buy that opens with stop and target, then a sell that reduces: the desk is flat again.
fn buy_and_sell(desk: &mut Desk) {
    desk.enter(gold(), Side::Buy, two_legs());
    desk.enter(gold(), Side::Sell, Bracket::NONE);
}

fn assert_flat(desk: &Desk) {
    let position = desk.engine.book().positions().at(gold());
    assert!(position.net.size() == 0 && position.levels.is_empty(), "flat, and nothing is armed");
    assert!(!desk.engine.book().has_live_orders(), "no order works");
    assert!(!desk.engine.book().halt().latched, "no invariant broke");
}

/// Command, gate, order, acceptance, fill, position and facts, in memory.
pub(crate) fn path(plan: Plan, rows: &mut Vec<Row>) {
    let trades = floor_walk();
    let mut desk = Desk::new(1);
    let case = Case::new(ORDERS_EACH_CALL, || {
        // A book for each call, so that no round pays for the growth of another.
        desk = Desk::new(1);
        (0..ORDERS_EACH_CALL / 2).for_each(|_| buy_and_sell(&mut desk));
    });
    let [kernel, ours] = interleave(plan, [floor_case(&trades), case]);
    assert_flat(&desk);
    rows.push(Row {
        work: "command → full gate → order → acceptance → fill → position → facts, mean".to_owned(),
        bar: "≤ 300 ns",
        measured: spread_text(ours),
        kernel: Some((kernel, ours.median)),
        met: Met::when(ours.median <= 300.0),
    });
}

/// The same order by order, each with two reads of the clock around it.
pub(crate) fn path_one_by_one(plan: Plan, rows: &mut Vec<Row>) {
    let trades = floor_walk();
    let (mut samples, mut desk) = (Samples::default(), Desk::new(1));
    desk.engine.reserve(2 * plan.rounds * plan.samples_each_round);
    let mut kernel = Beside::new(plan, floor_case(&trades));
    for _ in 0..plan.rounds {
        kernel.round();
        for _ in 0..plan.samples_each_round {
            samples.take(|| desk.enter(gold(), Side::Buy, two_legs()));
            samples.take(|| desk.enter(gold(), Side::Sell, Bracket::NONE));
        }
    }
    assert_flat(&desk);
    let (p50, p99) = (samples.percentile(50), samples.percentile(99));
    rows.push(Row {
        work: "the same, single orders (two clock reads included)".to_owned(),
        bar: "-",
        measured: format!("p50 {p50} ns, p99 {p99} ns"),
        kernel: Some((kernel.spread(), p50)),
        met: Met::NoBar,
    });
}

/// A long session: its last tenth must cost what its first tenth did.
pub(crate) fn session(plan: Plan, rows: &mut Vec<Row>) {
    let trades = floor_walk();
    let mut kernel = Beside::new(plan, floor_case(&trades));
    let (mut firsts, mut lasts, mut growths, mut means) = (vec![], vec![], vec![], vec![]);
    for _ in 0..plan.sessions {
        kernel.round();
        let tenths = session_tenths(plan);
        let (first, last) = (tenths[0], tenths[tenths.len() - 1]);
        firsts.push(first);
        lasts.push(last);
        growths.push(last / first);
        means.push(tenths.iter().sum::<f64>() / f64::from(SESSION_TENTHS));
    }
    let [first, last, growth, mean] = [firsts, lasts, growths, means].map(Spread::of);
    rows.push(Row {
        work: format!("{} orders in one session: last tenth against the first", plan.session_orders),
        bar: "≤ 1.1x, mean ≤ 300 ns",
        measured: format!(
            "{:.2}x ({:.2}-{:.2}); {:.0} ns → {:.0} ns, mean {:.0} ns",
            growth.median, growth.least, growth.most, first.median, last.median, mean.median
        ),
        kernel: Some((kernel.spread(), mean.median)),
        met: Met::when(growth.median <= 1.1 && mean.median <= 300.0),
    });
}

/// Nanoseconds of an order in each tenth of one session: the median slice of 100 orders.
fn session_tenths(plan: Plan) -> Vec<f64> {
    let mut desk = Desk::new(1);
    desk.engine.reserve(plan.session_orders as usize);
    let orders = plan.session_orders / SESSION_TENTHS;
    let mut slice = |_| {
        let begin = Instant::now();
        (0..SLICE_ORDERS / 2).for_each(|_| buy_and_sell(&mut desk));
        per_op(begin.elapsed(), SLICE_ORDERS as usize)
    };
    let tenth = |_| Spread::of((0..orders / SLICE_ORDERS).map(&mut slice).collect()).median;
    let tenths = (0..SESSION_TENTHS).map(tenth).collect();
    assert_flat(&desk);
    assert_eq!(desk.engine.book().orders().len(), plan.session_orders as usize, "every order is in the book");
    tenths
}

/// The gate's answer while 100 orders work.
pub(crate) fn verdict(plan: Plan, rows: &mut Vec<Row>) {
    let mut desk = Desk::new(1);
    for row in 0..100 {
        desk.out.clear();
        let limit = OrderKind::Limit(price(REFERENCE_TICKS - 1 - row));
        desk.feed(place(gold(), Side::Buy, limit, Bracket::NONE));
        let order = desk.sent();
        desk.accept(order);
    }
    assert_eq!(desk.engine.book().live_orders().count(), 100, "100 orders work");
    let request = OrderRequest {
        contract: gold(),
        side: Side::Buy,
        qty: Qty::ONE,
        kind: OrderKind::Market,
        bracket: two_legs(),
        guard: Guard::NONE,
    };
    let trades = floor_walk();
    let mut samples = Samples::default();
    let mut kernel = Beside::new(plan, floor_case(&trades));
    for _ in 0..plan.rounds {
        kernel.round();
        for _ in 0..plan.samples_each_round {
            let verdict = samples.take(|| desk.engine.verdict(desk.now(), black_box(&request)));
            assert_eq!(verdict, Ok(()), "the order may leave");
        }
    }
    let (p50, p99) = (samples.percentile(50), samples.percentile(99));
    rows.push(Row {
        work: "gate verdict with 100 open orders (two clock reads included)".to_owned(),
        bar: "p50 ≤ 200 ns, p99 ≤ 2 µs",
        measured: format!("p50 {p50} ns, p99 {p99} ns"),
        kernel: Some((kernel.spread(), p50)),
        met: Met::when(p50 <= 200.0 && p99 <= 2_000.0),
    });
}

/// One phantom more and one less while 100 000 are armed.
///
/// Measured where arming happens: two facts folded into the book, the lot that opens (its row, its
/// piece, its level, the nearest price) and the same lot reduced to nothing. The second row has the
/// whole way: an entry and the reduction that closes the oldest lot, two orders from command to fill.
pub(crate) fn arm_and_disarm(plan: Plan, rows: &mut Vec<Row>) {
    let trades = floor_walk();
    let mut desk = Desk::armed(100_000);
    let mut book = desk.engine.book().clone();
    let mut chance = Chance::new();
    let entries: Vec<OrderId> = (0..256)
        .map(|_| {
            let far = NEAREST_TICKS + i64::from(chance.below(50_000));
            let bracket = Bracket { stop: Some(price(REFERENCE_TICKS - far)), target: None };
            let order = desk.enter(gold(), Side::Buy, bracket);
            // The copy of the book learns of the order, and not of its fill.
            desk.out.facts.iter().take(2).for_each(|fact| book.fold(fact));
            order
        })
        .collect();
    let armed = book.positions().at(gold()).levels.len();
    let fold =
        Case::new(entries.len(), || entries.iter().for_each(|&order| arm_then_disarm(&mut book, order)));
    let pairs = Case::new(256, || (0..256).for_each(|_| buy_and_sell(&mut desk)));
    let [kernel, ours, whole] = interleave(plan, [floor_case(&trades), fold, pairs]);
    assert_eq!(book.positions().at(gold()).levels.len(), armed, "as many are armed as before");
    rows.push(Row {
        work: "arm + disarm one phantom at 100 000 armed: both facts folded".to_owned(),
        bar: "≤ 500 ns",
        measured: spread_text(ours),
        kernel: Some((kernel, ours.median)),
        met: Met::when(ours.median <= 500.0),
    });
    rows.push(Row {
        work: "the same through the entry point: two whole orders".to_owned(),
        bar: "-",
        measured: spread_text(whole),
        kernel: Some((kernel, whole.median)),
        met: Met::NoBar,
    });
}

fn arm_then_disarm(book: &mut Book, order: OrderId) {
    let lot = LotId::from_row(u32::try_from(book.lots().len()).unwrap());
    let price = price(REFERENCE_TICKS);
    let mut fold = |body| {
        let fact = Fact { seq: book.seq() + 1, at: Timestamp::from_nanos(0), body };
        book.fold(&fact);
    };
    fold(FactBody::LotOpened { lot, order, qty: 1, price });
    fold(FactBody::LotReduced { lot, by: order, qty: 1, entry: price, exit: price, realized: Money::ZERO });
}
