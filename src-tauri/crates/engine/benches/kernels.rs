//! The engine's hot paths one by one, for a look at a change. The bars have their own bench.
//!
//! `cargo bench -p phantom-engine --bench kernels`. The floor is in the same run, so that a figure can
//! be read as a multiple of it.
#![expect(clippy::unwrap_used, reason = "a bench must stop when its stage is wrong")]

#[path = "stage/desk.rs"]
mod desk;
#[path = "stage/floor.rs"]
mod floor;
#[path = "stage/rules.rs"]
mod rules;

use desk::{
    Desk, NEAREST_TICKS, REFERENCE_TICKS, gold, one_leg, place, price, record, terms, two_legs, walk_ticks,
};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use floor::{Floor, floor_trades};
use phantom_compliance::OrderRequest;
use phantom_engine::{Book, Fact, Input, Outcome};
use phantom_model::{ArenaKey, Bracket, ContractId, Guard, MarketRecord, OrderKind, Qty, Side};

/// Trades of one iteration: they fit the first cache.
const TRADES: u32 = 256;
const FACTS: usize = 1_000_000;
/// Orders and phantoms of one iteration, so that the clock is read seldom.
const TURNS: u32 = 100;

fn main() {
    divan::main();
}

/// Two cached thresholds, one call per trade.
#[divan::bench]
fn floor_of_a_quiet_trade(bencher: Bencher) {
    let trades = floor_trades(&walk_ticks(TRADES));
    let mut floor = Floor::new(REFERENCE_TICKS - NEAREST_TICKS, REFERENCE_TICKS + NEAREST_TICKS);
    bencher.counter(ItemsCount::new(TRADES)).bench_local(|| assert_eq!(floor.run(&trades), 0));
}

fn feed_quiet(bencher: Bencher, mut desk: Desk, records: &[MarketRecord]) {
    desk.out.clear();
    bencher.counter(ItemsCount::new(records.len())).bench_local(|| {
        let at = desk.next_moment();
        for record in records {
            desk.engine.apply(at, Input::Market(*record), &mut desk.out);
        }
        assert_eq!(black_box(&desk.out), &Outcome::default(), "a quiet trade leaves nothing behind");
    });
}

/// Through the entry point of the engine, this many phantoms armed.
#[divan::bench(args = [1, 100, 1_000, 10_000, 100_000])]
fn quiet_trade(bencher: Bencher, phantoms: u32) {
    let records: Vec<_> = walk_ticks(TRADES).into_iter().map(|ticks| record(gold(), ticks)).collect();
    feed_quiet(bencher, Desk::armed(phantoms), &records);
}

/// Trades of three contracts in turn, each with an open position and 100 phantoms.
#[divan::bench]
fn whole_engine(bencher: Bencher) {
    let contracts = [0, 1, 2].map(ContractId::from_row);
    let mut desk = Desk::new(3);
    for contract in contracts {
        desk.arm(contract, 100);
    }
    let walk = walk_ticks(TRADES).into_iter().zip(contracts.into_iter().cycle());
    let records: Vec<_> = walk.map(|(ticks, contract)| record(contract, ticks)).collect();
    feed_quiet(bencher, desk, &records);
}

/// One of 100 000 fires, its exit fills, and another takes its place: a trade that fires, the reports
/// of the exit, a trade back, and an entry.
#[divan::bench]
fn fire_and_arm_again(bencher: Bencher) {
    let mut desk = Desk::armed(100_000);
    bencher.counter(ItemsCount::new(TURNS)).bench_local(|| {
        for _ in 0..TURNS {
            desk.trade(gold(), REFERENCE_TICKS - NEAREST_TICKS);
            assert_eq!(desk.fired(), 1, "exactly one phantom fires");
            let exit = desk.sent();
            desk.accept(exit);
            desk.fill(exit, REFERENCE_TICKS - NEAREST_TICKS);
            desk.trade(gold(), REFERENCE_TICKS);
            desk.enter(gold(), Side::Buy, one_leg(0));
        }
    });
}

/// A buy that opens with stop and target and a sell that reduces: two orders from command to fill.
#[divan::bench(args = [0, 100_000])]
fn buy_and_sell(bencher: Bencher, armed: u32) {
    let mut desk = Desk::armed(armed);
    bencher.counter(ItemsCount::new(2 * TURNS)).bench_local(|| {
        for _ in 0..TURNS {
            desk.enter(gold(), Side::Buy, two_legs());
            desk.enter(gold(), Side::Sell, Bracket::NONE);
        }
    });
}

/// The gate's answer while 100 limit orders work.
#[divan::bench]
fn verdict(bencher: Bencher) {
    let mut desk = Desk::new(1);
    for row in 0..100 {
        desk.out.clear();
        let limit = OrderKind::Limit(price(REFERENCE_TICKS - 1 - row));
        desk.feed(place(gold(), Side::Buy, limit, Bracket::NONE));
        let order = desk.sent();
        desk.accept(order);
    }
    let (contract, kind) = (gold(), OrderKind::Market);
    let request = OrderRequest {
        contract,
        side: Side::Buy,
        qty: Qty::ONE,
        kind,
        bracket: two_legs(),
        guard: Guard::NONE,
    };
    bencher.bench_local(|| {
        assert_eq!(desk.engine.verdict(desk.now(), black_box(&request)), Ok(()), "it may leave");
    });
}

/// The same under a whole pack of rules: time, product, sizes, losses, the worst case, prices and rates.
#[divan::bench]
fn verdict_under_rules(bencher: Bencher) {
    let mut desk = Desk::under_rules();
    for row in 0..100 {
        desk.later(2_000);
        let limit = OrderKind::Limit(price(REFERENCE_TICKS - 1 - row));
        desk.feed(place(gold(), Side::Buy, limit, Bracket::NONE));
        let order = desk.sent();
        desk.accept(order);
    }
    desk.later(2_000);
    let (contract, kind) = (gold(), OrderKind::Market);
    let bracket = two_legs();
    let request =
        OrderRequest { contract, side: Side::Buy, qty: Qty::ONE, kind, bracket, guard: Guard::NONE };
    let now = desk.now();
    bencher.bench_local(|| assert_eq!(desk.engine.verdict(now, black_box(&request)), Ok(()), "it may leave"));
}

/// Quiet trades while every rule of a pack watches an open position.
#[divan::bench]
fn quiet_trade_under_rules(bencher: Bencher) {
    let mut desk = Desk::under_rules();
    desk.enter(gold(), Side::Buy, two_legs());
    let records: Vec<_> = walk_ticks(TRADES).into_iter().map(|ticks| record(gold(), ticks)).collect();
    feed_quiet(bencher, desk, &records);
}

/// Recovery: facts to orders, positions and armed phantoms.
#[divan::bench(sample_count = 20)]
fn fold_a_million_facts(bencher: Bencher) {
    let (mut desk, mut facts) = (Desk::new(1), Vec::<Fact>::with_capacity(FACTS));
    while facts.len() < FACTS {
        desk.enter(gold(), Side::Buy, two_legs());
        facts.append(&mut desk.out.facts);
        desk.enter(gold(), Side::Sell, Bracket::NONE);
        facts.append(&mut desk.out.facts);
    }
    let terms = terms(1);
    assert_eq!(&Book::replay(&terms, &facts), desk.engine.book(), "the book comes back as it was");
    bencher.counter(ItemsCount::new(facts.len())).bench_local(|| Book::replay(&terms, &facts));
}
