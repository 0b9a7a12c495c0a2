//! The floor: what a quiet trade costs when nothing is left but the decision itself.
//!
//! Two cached thresholds and the last price, one call per trade. Its own few lines, so that it stays
//! what it is while the engine changes.

use std::hint::black_box;

/// A trade as plain integers.
pub(crate) struct FloorTrade {
    price_ticks: i64,
    size: u32,
}

/// The nearest trigger each way, the last price and the volume.
pub(crate) struct Floor {
    fires_at_or_below: i64,
    fires_at_or_above: i64,
    last_ticks: i64,
    volume: u64,
}

impl Floor {
    /// A floor that fires outside the open interval.
    pub(crate) const fn new(fires_at_or_below: i64, fires_at_or_above: i64) -> Self {
        Self { fires_at_or_below, fires_at_or_above, last_ticks: 0, volume: 0 }
    }

    /// Takes one trade and answers whether it fires something.
    #[inline(never)]
    pub(crate) fn fires(&mut self, trade: &FloorTrade) -> bool {
        self.last_ticks = trade.price_ticks;
        self.volume += u64::from(trade.size);
        trade.price_ticks <= self.fires_at_or_below || trade.price_ticks >= self.fires_at_or_above
    }

    /// Takes every trade, one call each. How many fired.
    pub(crate) fn run(&mut self, trades: &[FloorTrade]) -> usize {
        trades.iter().filter(|trade| black_box(&mut *self).fires(trade)).count()
    }
}

/// The same walk that the engine gets, as plain integers.
pub(crate) fn floor_trades(walk_ticks: &[i64]) -> Vec<FloorTrade> {
    walk_ticks.iter().map(|&price_ticks| FloorTrade { price_ticks, size: 1 }).collect()
}
