//! Rows about trades: quiet ones, the whole engine, and the one that fires.

use std::hint::black_box;

use phantom_engine::{Input, Outcome};
use phantom_model::{ArenaKey, ContractId, MarketRecord, Side, Timestamp};

use crate::desk::{Desk, NEAREST_TICKS, REFERENCE_TICKS, gold, one_leg, record, walk_ticks};
use crate::floor::{Floor, FloorTrade, floor_trades};
use crate::memory::resident_bytes;
use crate::rounds::{Beside, Case, Plan, Samples, interleave};
use crate::table::{Met, Row, spread_text};

/// Trades of one call: they fit the first cache.
const TRADES: u32 = 256;
const PHANTOMS: [u32; 5] = [1, 100, 1_000, 10_000, 100_000];

/// The kernel as a case of its own.
pub(crate) fn floor_case(trades: &[FloorTrade]) -> Case<'_> {
    let mut floor = Floor::new(REFERENCE_TICKS - NEAREST_TICKS, REFERENCE_TICKS + NEAREST_TICKS);
    Case::new(trades.len(), move || assert_eq!(floor.run(trades), 0, "the walk fires nothing"))
}

/// The trades of the kernel.
pub(crate) fn floor_walk() -> Vec<FloorTrade> {
    floor_trades(&walk_ticks(TRADES))
}

/// One call for each trade, as the kernel has it, though the entry point itself may be inlined.
#[inline(never)]
pub(crate) fn feed(desk: &mut Desk, at: Timestamp, record: &MarketRecord) {
    desk.engine.apply(at, Input::Market(*record), &mut desk.out);
}

/// Feeds the records through the entry point of the engine and insists that nothing happens.
fn quiet_case<'a>(desk: &'a mut Desk, records: &'a [MarketRecord]) -> Case<'a> {
    Case::new(records.len(), move || {
        let at = desk.next_moment();
        for record in records {
            feed(desk, at, record);
        }
        assert_eq!(black_box(&desk.out), &Outcome::default(), "a quiet trade leaves nothing behind");
    })
}

/// One quiet trade against N armed phantoms.
pub(crate) fn quiet(plan: Plan, rows: &mut Vec<Row>) {
    let records: Vec<_> = walk_ticks(TRADES).into_iter().map(|ticks| record(gold(), ticks)).collect();
    let trades = floor_walk();
    let mut desks = PHANTOMS.map(Desk::armed);
    for desk in &mut desks {
        desk.out.clear();
    }
    let [one, hundred, thousand, ten_thousand, hundred_thousand] = &mut desks;
    let figures = interleave(
        plan,
        [
            floor_case(&trades),
            quiet_case(one, &records),
            quiet_case(hundred, &records),
            quiet_case(thousand, &records),
            quiet_case(ten_thousand, &records),
            quiet_case(hundred_thousand, &records),
        ],
    );
    let last = records.last().map(|record| record.print.last());
    assert!(desks.iter().all(|desk| desk.engine.last_price(gold()) == last), "every trade was marked");
    let [kernel, ours @ ..] = figures;
    let one = ours[0].median;
    for (phantoms, figure) in PHANTOMS.iter().zip(ours) {
        let flat = figure.median <= 1.3 * one;
        let met = figure.median <= 5.0 && figure.median <= 4.0 * kernel.median && flat;
        rows.push(Row {
            work: format!("quiet trade, {phantoms} armed"),
            bar: "≤ 5 ns, ≤ 4x kernel, ≤ 1.3x of N = 1",
            measured: format!("{}, {:.2}x of N = 1", spread_text(figure), figure.median / one),
            kernel: Some((kernel, figure.median)),
            met: Met::when(met),
        });
    }
}

/// The whole engine for trades of three contracts in turn, each with an open position.
pub(crate) fn whole_engine(plan: Plan, rows: &mut Vec<Row>) {
    const CONTRACTS: u32 = 3;
    let mut desk = Desk::new(CONTRACTS);
    for row in 0..CONTRACTS {
        let contract = ContractId::from_row(row);
        desk.arm(contract, 100);
    }
    desk.out.clear();
    let contracts = (0..CONTRACTS).map(ContractId::from_row).cycle();
    let records: Vec<_> = walk_ticks(TRADES)
        .into_iter()
        .zip(contracts)
        .map(|(ticks, contract)| record(contract, ticks))
        .collect();
    let trades = floor_walk();
    let [kernel, ours] = interleave(plan, [floor_case(&trades), quiet_case(&mut desk, &records)]);
    let open = desk.engine.book().positions().iter().filter(|(_, position)| position.net.size() == 100);
    assert_eq!(open.count(), 3, "three positions are open");
    rows.push(Row {
        work: "whole engine per trade, 3 contracts with open positions, 100 phantoms each".to_owned(),
        bar: "≤ 50 ns",
        measured: spread_text(ours),
        kernel: Some((kernel, ours.median)),
        met: Met::when(ours.median <= 50.0),
    });
}

/// From the trade to the exit in the outcome, one of 100 000 fires.
pub(crate) fn trigger(plan: Plan, rows: &mut Vec<Row>) {
    let mut desk = Desk::armed(100_000);
    // As at the start of a session: every sample needs two orders.
    desk.engine.reserve(2 * (plan.rounds * plan.samples_each_round + 1));
    let trades = floor_walk();
    let mut samples = Samples::default();
    let mut kernel = Beside::new(plan, floor_case(&trades));
    for _ in 0..plan.rounds {
        kernel.round();
        for sample in 0..plan.samples_each_round {
            fire_one(&mut desk, &mut samples, u32::from(sample % 2 == 1));
        }
    }
    let (p50, p99) = (samples.percentile(50), samples.percentile(99));
    rows.push(Row {
        work: "trade in → exit request out, 1 of 100 000 fires (two clock reads included)".to_owned(),
        bar: "p50 ≤ 150 ns, p99 ≤ 400 ns",
        measured: format!("p50 {p50} ns, p99 {p99} ns"),
        kernel: Some((kernel.spread(), p50)),
        met: Met::when(p50 <= 150.0 && p99 <= 400.0),
    });
}

/// Fires the nearest phantom of one way, lets its exit fill, and arms its like again.
fn fire_one(desk: &mut Desk, samples: &mut Samples, row: u32) {
    let away = if row == 0 { -NEAREST_TICKS } else { NEAREST_TICKS };
    let input = Input::Market(record(gold(), REFERENCE_TICKS + away));
    let at = desk.next_moment();
    desk.out.clear();
    samples.take(|| desk.engine.apply(at, input, &mut desk.out));
    assert_eq!(desk.fired(), 1, "exactly one phantom fires");
    let exit = desk.sent();
    desk.accept(exit);
    desk.fill(exit, REFERENCE_TICKS + away);
    desk.trade(gold(), REFERENCE_TICKS);
    desk.enter(gold(), Side::Buy, one_leg(row));
}

/// Ten million quiet trades must leave the room of the outcome and the memory of the process alone.
pub(crate) fn no_allocation(rows: &mut Vec<Row>) {
    const WALKS: u64 = 10_000_000 / TRADES as u64;
    let records: Vec<_> = walk_ticks(TRADES).into_iter().map(|ticks| record(gold(), ticks)).collect();
    let mut desk = Desk::armed(1_000);
    desk.out = Outcome::default();
    let before = resident_bytes();
    {
        let mut case = quiet_case(&mut desk, &records);
        (0..WALKS).for_each(|_| (case.run)());
    }
    let grown = resident_bytes().saturating_sub(before);
    let room = desk.out.facts.capacity() + desk.out.requests.capacity();
    rows.push(Row {
        work: "10 M quiet trades: room taken by the outcome, growth of resident memory".to_owned(),
        bar: "none",
        measured: format!("{room} rows, {grown} bytes"),
        kernel: None,
        met: Met::when(room == 0 && grown == 0),
    });
}
