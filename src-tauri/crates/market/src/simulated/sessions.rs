//! How each instrument of the product trades: price level, liveliness, spread.
//!
//! Round figures of an ordinary day, to look right and not to forecast. Levels are text because an
//! underlying's contracts have different ticks; every level is on the grid of all of them.

use phantom_model::price::Grid;

use super::shape::SessionShape;

/// What contracts of different sizes are about.
struct Underlying {
    name: &'static str,
    level: &'static str,
    minute_move_ppm: u32,
}

/// How the contracts of one root trade.
struct Tape {
    root: &'static str,
    underlying: &'static str,
    trades_per_minute: u32,
    spread_ticks: u32,
    ordinary_size: u32,
}

const fn underlying(name: &'static str, level: &'static str, minute_move_ppm: u32) -> Underlying {
    Underlying { name, level, minute_move_ppm }
}

const fn tape(
    root: &'static str,
    underlying: &'static str,
    [trades_per_minute, spread_ticks, ordinary_size]: [u32; 3],
) -> Tape {
    Tape { root, underlying, trades_per_minute, spread_ticks, ordinary_size }
}

/// Name, price level, a minute's move in millionths.
const UNDERLYINGS: [Underlying; 23] = [
    underlying("S&P 500", "6700.00", 270),
    underlying("Nasdaq-100", "24500.00", 370),
    underlying("Dow", "47000", 240),
    underlying("Russell 2000", "2450.0", 400),
    underlying("crude oil", "60.00", 590),
    underlying("natural gas", "4.500", 1_000),
    underlying("gold", "4100.0", 340),
    underlying("silver", "50.000", 600),
    underlying("copper", "5.0000", 420),
    underlying("2-year note", "104.25", 33),
    underlying("5-year note", "109.25", 65),
    underlying("10-year note", "112.75", 100),
    underlying("ultra 10-year note", "115.50", 130),
    underlying("bond", "117.50", 190),
    underlying("ultra bond", "121.00", 240),
    underlying("euro", "1.1600", 127),
    underlying("yen", "0.0065", 170),
    underlying("Australian dollar", "0.6500", 170),
    underlying("pound", "1.3100", 135),
    underlying("Canadian dollar", "0.7150", 100),
    underlying("Swiss franc", "1.2500", 150),
    underlying("bitcoin", "95000", 850),
    underlying("ether", "3200.0", 1_190),
];

/// Root, underlying, then trades per minute, spread in ticks, ordinary size in contracts.
const TAPES: [Tape; 37] = [
    tape("ES", "S&P 500", [1_200, 1, 3]),
    tape("MES", "S&P 500", [850, 1, 3]),
    tape("NQ", "Nasdaq-100", [1_500, 1, 1]),
    tape("MNQ", "Nasdaq-100", [880, 1, 2]),
    tape("YM", "Dow", [250, 2, 1]),
    tape("MYM", "Dow", [260, 2, 2]),
    tape("RTY", "Russell 2000", [300, 1, 1]),
    tape("M2K", "Russell 2000", [240, 1, 2]),
    tape("CL", "crude oil", [500, 1, 2]),
    tape("MCL", "crude oil", [260, 1, 2]),
    tape("QM", "crude oil", [20, 1, 1]),
    tape("NG", "natural gas", [240, 1, 2]),
    tape("MNG", "natural gas", [50, 1, 2]),
    tape("QG", "natural gas", [12, 1, 1]),
    tape("GC", "gold", [900, 1, 2]),
    tape("MGC", "gold", [800, 1, 2]),
    tape("SI", "silver", [300, 1, 1]),
    tape("SIL", "silver", [200, 1, 1]),
    tape("HG", "copper", [150, 1, 1]),
    tape("MHG", "copper", [30, 1, 1]),
    tape("ZT", "2-year note", [120, 1, 20]),
    tape("ZF", "5-year note", [240, 1, 10]),
    tape("ZN", "10-year note", [350, 1, 15]),
    tape("TN", "ultra 10-year note", [150, 1, 6]),
    tape("ZB", "bond", [150, 1, 5]),
    tape("UB", "ultra bond", [90, 1, 3]),
    tape("6E", "euro", [300, 1, 3]),
    tape("M6E", "euro", [60, 1, 3]),
    tape("E7", "euro", [12, 1, 1]),
    tape("6J", "yen", [200, 1, 3]),
    tape("6A", "Australian dollar", [150, 1, 3]),
    tape("6B", "pound", [150, 1, 2]),
    tape("6C", "Canadian dollar", [120, 1, 3]),
    tape("6S", "Swiss franc", [60, 1, 1]),
    tape("BTC", "bitcoin", [40, 2, 1]),
    tape("MBT", "bitcoin", [150, 2, 2]),
    tape("MET", "ether", [100, 2, 2]),
];

/// The session of `root` on its grid.
pub(crate) fn shape(root: &str, grid: Grid) -> Option<SessionShape> {
    let tape = TAPES.iter().find(|tape| tape.root == root)?;
    let (path, underlying) =
        (0..).zip(&UNDERLYINGS).find(|(_, underlying)| underlying.name == tape.underlying)?;
    Some(SessionShape {
        path,
        start: grid.parse(underlying.level.as_bytes()).ok()?,
        trades_per_minute: tape.trades_per_minute,
        minute_move_ppm: underlying.minute_move_ppm,
        spread_ticks: tape.spread_ticks,
        ordinary_size: tape.ordinary_size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_root_and_each_underlying_stands_once_and_no_underlying_is_without_a_root() {
        let mut roots: Vec<_> = TAPES.iter().map(|tape| tape.root).collect();
        roots.sort_unstable();
        roots.dedup();
        assert_eq!(roots.len(), TAPES.len());
        let mut used: Vec<_> = TAPES.iter().map(|tape| tape.underlying).collect();
        used.sort_unstable();
        used.dedup();
        let mut named: Vec<_> = UNDERLYINGS.iter().map(|underlying| underlying.name).collect();
        named.sort_unstable();
        assert_eq!(named, used);
    }
}
