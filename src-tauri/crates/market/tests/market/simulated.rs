//! Simulated sessions: the same from the same seed, plausible, and alive.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use phantom_market::{SessionShape, SimulatedMarket, SimulatedSession};
use phantom_model::{InstrumentTable, MarketRecord, Price, Print, Timestamp};
use proptest::prelude::*;

use crate::given::{contract, grid, price, time};

/// The product's own contract table.
static INSTRUMENTS: LazyLock<InstrumentTable> = LazyLock::new(|| InstrumentTable::built_in().unwrap());

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// 08:30 in Chicago.
fn open() -> Timestamp {
    time("2026-11-23T14:30:00Z")
}

fn shape(root: &str) -> SessionShape {
    SessionShape::of_root(root, *INSTRUMENTS.resolve(root).unwrap().grid()).unwrap()
}

fn session(seed: u64, root: &str) -> SimulatedSession {
    SimulatedSession::new(seed, contract(0), shape(root), open()).unwrap()
}

/// Seconds since the open.
fn second(record: &MarketRecord) -> i64 {
    record.at.since(open()).nanos() / NANOS_PER_SECOND
}

/// The trades of the given seconds after the open.
fn trades(session: SimulatedSession, seconds: Range<i64>) -> Vec<MarketRecord> {
    session
        .skip_while(|record| second(record) < seconds.start)
        .take_while(|record| second(record) < seconds.end)
        .collect()
}

/// Trade, bid and ask in ticks.
fn quoted(record: &MarketRecord) -> (Price, u32, Price, Price) {
    match record.print {
        Print::QuotedTrade { price, size, bid, ask } => (price, size, bid, ask),
        Print::Trade { .. } | Print::Bar(_) => panic!("a simulated trade has quotes: {record:?}"),
    }
}

fn check_plausible(shape: &SessionShape, records: &[MarketRecord]) {
    let (lowest, highest) = shape.bounds();
    assert!(lowest.ticks() > 0);
    assert!(records.is_sorted_by_key(|record| record.at));
    for record in records {
        let (price, size, bid, ask) = quoted(record);
        assert!(lowest <= bid && bid < ask && ask <= highest, "{record:?}");
        assert!(price == bid || price == ask, "{record:?}");
        assert!(size >= 1, "{record:?}");
        assert_eq!(record.at.nanos() % 100, 0, "{record:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_trades_and_another_seed_others() {
    let thousand = |seed, root| session(seed, root).take(1_000).collect::<Vec<_>>();
    assert_eq!(thousand(1, "NQ"), thousand(1, "NQ"));
    assert_ne!(thousand(1, "NQ"), thousand(2, "NQ"));
    assert_ne!(thousand(u64::MAX, "NQ"), thousand(u64::MAX / 2, "NQ"));
    let other = SimulatedSession::new(1, contract(1), shape("NQ"), open()).unwrap();
    assert_ne!(
        other.take(1_000).map(|record| record.at).collect::<Vec<_>>(),
        thousand(1, "NQ").iter().map(|record| record.at).collect::<Vec<_>>()
    );
}

#[test]
fn a_session_stays_what_it_was() {
    // Written down from a run. A journal names a simulated day by its seed, so a change here makes old
    // journals tell of prices that never were.
    let figures = |record: MarketRecord| {
        let (price, size, ..) = quoted(&record);
        (record.at.since(open()).nanos(), price.ticks(), size)
    };
    let first: Vec<_> = session(1, "GC").take(4).map(figures).collect();
    assert_eq!(
        first,
        [
            (16_200_400, 41_000, 5),
            (32_295_100, 41_000, 2),
            (156_182_800, 41_001, 2),
            (246_849_800, 41_002, 30)
        ]
    );
    let digest = session(1, "GC").take(20_000).map(figures).fold(0_i64, |sum, (nanos, ticks, size)| {
        let figure = nanos.wrapping_mul(31).wrapping_add(ticks).wrapping_mul(31).wrapping_add(size.into());
        sum.wrapping_mul(1_000_003).wrapping_add(figure)
    });
    assert_eq!(digest, 2_495_285_539_371_294_282);
}

#[test]
fn every_instrument_of_the_product_trades_for_an_hour() {
    assert!(INSTRUMENTS.iter().len() >= 30);
    for root in INSTRUMENTS.iter().map(|instrument| instrument.root()) {
        let shape = shape(root);
        let records = trades(session(7, root), 0..3_600);
        check_plausible(&shape, &records);
        // The open makes an hour about twice as busy as an ordinary one.
        let (count, ordinary) = (records.len(), shape.trades_per_minute as usize * 60);
        assert!(count > ordinary * 4 / 5 && count < ordinary * 6, "{root}: {count} of {ordinary}");
        let prices = records.iter().map(|record| record.print.last());
        assert!(prices.clone().max() > prices.clone().min(), "{root} does not move");
    }
}

#[test]
fn a_root_without_a_session_or_a_foreign_grid_has_no_shape() {
    assert_eq!(SessionShape::of_root("ENQ", grid("0.25")), None);
    assert_eq!(SessionShape::of_root("", grid("0.25")), None);
    assert_eq!(SessionShape::of_root("GC", grid("3")), None);
    assert_eq!(SessionShape::of_root("GC", grid("0.1")).unwrap().start, price(41_000));
}

#[test]
fn the_liveliest_instruments_are_nasdaq_s_and_p_and_gold() {
    let mut roots: Vec<&str> = INSTRUMENTS.iter().map(|instrument| instrument.root()).collect();
    roots.sort_unstable_by_key(|root| Reverse(shape(root).trades_per_minute));
    assert_eq!(roots[..3], ["NQ", "ES", "GC"]);
}

#[test]
fn prices_are_plausible_for_a_whole_day() {
    for (seed, root) in [(1, "NQ"), (2, "CL"), (3, "ZT"), (4, "QG"), (5, "MET")] {
        let shape = shape(root);
        check_plausible(&shape, &trades(session(seed, root), 0..8 * 3_600));
    }
}

#[test]
fn the_open_is_busier_than_later() {
    for root in ["CL", "ZN", "MHG"] {
        for seed in 1..=3 {
            let opening = trades(session(seed, root), 0..300).len();
            // Five minutes of the second hour, on average.
            let later = trades(session(seed, root), 3_600..7_200).len() / 12;
            assert!(opening > later * 3 / 2, "{root} {seed}: {opening} against {later}");
        }
    }
}

/// The moves of the last price over spans of ten seconds within the given seconds after the open.
fn ten_second_moves(session: SimulatedSession, seconds: Range<i64>) -> Vec<i64> {
    let mut closes = vec![];
    let mut last = session.shape().start.ticks();
    for record in session {
        while closes.len() < usize::try_from(second(&record).min(seconds.end) / 10).unwrap() {
            closes.push(last);
        }
        if second(&record) >= seconds.end {
            break;
        }
        last = record.print.last().ticks();
    }
    let first = usize::try_from(seconds.start / 10).unwrap();
    closes[first..].windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn the_open_moves_more_than_later() {
    for root in ["6J", "6E"] {
        let moved = |seconds: Range<i64>| -> i64 {
            (1..=6)
                .flat_map(|seed| ten_second_moves(session(seed, root), seconds.clone()))
                .map(i64::abs)
                .sum()
        };
        let (opening, later) = (moved(0..300), moved(3_600..7_200) / 12);
        assert!(opening * 2 > later * 3, "{root}: {opening} against {later}");
    }
}

#[test]
fn lively_spells_follow_lively_spells() {
    for (seed, root) in [(1, "GC"), (2, "CL"), (3, "6E"), (4, "YM")] {
        let sizes: Vec<i64> = ten_second_moves(session(seed, root), 3_600..8 * 3_600)
            .iter()
            .map(|ticks| ticks.abs() * 1_000)
            .collect();
        let count = i64::try_from(sizes.len()).unwrap();
        assert!(count > 2_000);
        let mean = sizes.iter().sum::<i64>() / count;
        let covariance = |lag: usize| {
            let pairs = sizes.iter().zip(&sizes[lag..]);
            pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<i64>() / count
        };
        // Chance alone gives about 2 %.
        for lag in [1, 3, 6] {
            let percent = covariance(lag) * 100 / covariance(0);
            assert!(percent >= 6, "{root} lag {lag}: {percent} %");
        }
    }
}

#[test]
fn most_trades_move_by_a_tick_or_not_at_all_and_bounce_between_bid_and_ask() {
    for root in ["NQ", "ES", "GC", "ZN"] {
        let records = trades(session(1, root), 3_600..5_400);
        let moves: Vec<i64> =
            records.windows(2).map(|pair| (pair[1].print.last() - pair[0].print.last()).count()).collect();
        let small = moves.iter().filter(|ticks| ticks.abs() <= 1).count();
        assert!(small * 100 > moves.len() * 70, "{root}: {small} of {}", moves.len());
        let turns = moves.windows(2).filter(|pair| pair[0] * pair[1] < 0).count();
        let runs = moves.windows(2).filter(|pair| pair[0] * pair[1] > 0).count();
        assert!(turns > runs, "{root}: {turns} turns, {runs} runs");
    }
}

#[test]
fn some_orders_sweep_several_levels_at_one_moment() {
    let records = trades(session(1, "GC"), 0..3_600);
    let sweeps = records
        .windows(3)
        .filter(|three| {
            let ticks = [0, 1, 2].map(|place| three[place].print.last().ticks());
            three[0].at == three[2].at
                && (ticks[1] - ticks[0]).abs() == 1
                && ticks[2] - ticks[1] == ticks[1] - ticks[0]
        })
        .count();
    assert!(sweeps > 50 && sweeps * 20 < records.len(), "{sweeps} of {}", records.len());
}

#[test]
fn sizes_are_small_mostly_and_large_now_and_then() {
    let sizes: Vec<u32> =
        trades(session(1, "NQ"), 0..3_600).iter().map(|record| record.print.size()).collect();
    let share_milli = |least: u32| sizes.iter().filter(|size| **size >= least).count() * 1_000 / sizes.len();
    assert!((300..450).contains(&share_milli(2)), "{}", share_milli(2));
    assert!((20..60).contains(&share_milli(10)), "{}", share_milli(10));
    assert!(sizes.iter().any(|size| *size >= 100));
}

#[test]
fn a_mini_and_its_micro_stay_together() {
    // The tolerance, in ten-thousandths of the start, is a sweep on both and what a second may bring.
    // One tick of QG is 11 of them.
    for (mini, micro, tolerance) in
        [("NQ", "MNQ", 10), ("GC", "MGC", 10), ("CL", "QM", 20), ("6E", "M6E", 10), ("NG", "QG", 40)]
    {
        let roots = [mini, micro];
        let starts = roots.map(|root| shape(root).start.ticks());
        let market = SimulatedMarket::new(
            [(0, mini), (1, micro)]
                .map(|(row, root)| SimulatedSession::new(5, contract(row), shape(root), open()).unwrap()),
        );
        let mut last = [(open(), 10_000); 2];
        let (mut levels, mut compared) = (vec![], 0);
        for record in market.take_while(|record| second(record) < 3_600) {
            let row = usize::from(record.contract == contract(1));
            last[row] = (record.at, record.print.last().ticks() * 10_000 / starts[row]);
            let [(mini_at, mini_level), (micro_at, micro_level)] = last;
            if mini_at.since(micro_at).max(micro_at.since(mini_at)).nanos() < NANOS_PER_SECOND {
                assert!(
                    (mini_level - micro_level).abs() <= tolerance,
                    "{roots:?} at {}: {last:?}",
                    record.at
                );
                compared += 1;
            }
            levels.push(mini_level);
        }
        let range = levels.iter().max().unwrap() - levels.iter().min().unwrap();
        assert!(compared > 200 && range > tolerance, "{roots:?}: {compared} in a range of {range}");
    }
}

#[test]
fn a_market_is_its_sessions_in_time_order() {
    let sessions = || {
        [("NQ", 0), ("MNQ", 1), ("GC", 2)]
            .map(|(root, row)| SimulatedSession::new(9, contract(row), shape(root), open()).unwrap())
    };
    let merged: Vec<MarketRecord> = SimulatedMarket::new(sessions()).take(20_000).collect();
    assert!(merged.is_sorted_by_key(|record| record.at));
    for (session, row) in sessions().into_iter().zip(0..) {
        let alone: Vec<_> =
            merged.iter().filter(|record| record.contract == contract(row)).copied().collect();
        assert!(alone.len() > 3_000);
        assert_eq!(session.take(alone.len()).collect::<Vec<_>>(), alone);
    }
    assert_eq!(SimulatedMarket::new([]).next(), None);
}

#[test]
fn a_figure_out_of_range_makes_no_session() {
    let good = shape("GC");
    for (shape, message) in [
        (
            SessionShape { start: price(399), ..good },
            "start price in ticks 399 of a simulated session is outside 400 to 100000000",
        ),
        (
            SessionShape { trades_per_minute: 0, ..good },
            "count of trades per minute 0 of a simulated session is outside 1 to 60000",
        ),
        (
            SessionShape { minute_move_ppm: 5_001, ..good },
            "minute's move in millionths 5001 of a simulated session is outside 1 to 5000",
        ),
        (
            SessionShape { spread_ticks: 5, ..good },
            "spread in ticks 5 of a simulated session is outside 1 to 4",
        ),
        (
            SessionShape { ordinary_size: 0, ..good },
            "ordinary size in contracts 0 of a simulated session is outside 1 to 100",
        ),
    ] {
        let error = SimulatedSession::new(1, contract(0), shape, open()).err().unwrap();
        assert_eq!(error.to_string(), message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_shape_stays_within_its_bounds(
        seed: u64,
        path: u32,
        start in prop_oneof![400_i64..1_000, 400_i64..=100_000_000],
        trades_per_minute in 1_u32..=60_000,
        minute_move_ppm in prop_oneof![1_u32..=5_000, Just(5_000)],
        spread_ticks in 1_u32..=4,
        ordinary_size in 1_u32..=100,
    ) {
        let start = price(start);
        let shape =
            SessionShape { path, start, trades_per_minute, minute_move_ppm, spread_ticks, ordinary_size };
        let session = SimulatedSession::new(seed, contract(0), shape, open()).unwrap();
        let records: Vec<MarketRecord> =
            session.take(3_000).take_while(|record| second(record) < 2 * 3_600).collect();
        check_plausible(&shape, &records);
    }
}
