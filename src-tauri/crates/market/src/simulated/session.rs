//! The tape of one contract: quotes around the path, and the orders that trade against them.

use phantom_model::{ArenaKey, ContractId, MarketRecord, Price, Print, Side, Span, Ticks, Timestamp};

use super::chance::Chance;
use super::path::{BEAT_NANOS, LEVEL_ONE, Path};
use super::shape::{SessionShape, ShapeError};

/// One tick in the units of the middle between bid and ask.
const TICK_Q16: i64 = 1 << 16;
const NANOS_PER_MINUTE: i64 = 60_000_000_000;
/// Times are whole ten-millionths of a second, as in recorded trades.
const STAMP_NANOS: i64 = 100;
/// ln 2, which turns halvings into an exponential gap.
const LN_2_Q16: i64 = 45_426;

/// An order prints once and, one time in three, once more, and so on: 1.5 prints on average.
const MORE_PRINTS_ONE_IN: u32 = 3;
const PRINTS_MAX: u32 = 8;
/// One order in this many takes several price levels at once.
const SWEEP_ONE_IN: u32 = 160;
const SWEEP_LEVELS_MAX: i64 = 8;
/// The market gives way to a sweep by half its levels, this much at most, and comes back in so many
/// beats.
const IMPACT_Q16_MAX: i64 = 4 * TICK_Q16;
const IMPACT_BEATS: i64 = 16;
/// One buyer or seller in this many is followed by another of the kind, whatever the quotes say.
const REPEAT_ONE_IN: u32 = 4;

/// A size doubles with every 10/7 halvings: at most so often, and once more for every fourfold count of
/// trades. Where few trade, nobody trades hundreds.
const SIZE_DOUBLINGS_MIN: i64 = 4;
const DOUBLING_Q16: i64 = 1 << 16;

/// An endless stream of trades of one contract, made from a seed.
pub struct SimulatedSession {
    contract: ContractId,
    shape: SessionShape,
    open: Timestamp,
    chance: Chance,
    path: Path,
    nanos_since_open: i64,
    bid_ticks: i64,
    impact_q16: i64,
    /// The order that is trading, its next print first.
    order: Order,
}

/// What is left to print of an order that arrived.
#[derive(Clone, Copy)]
struct Order {
    side: Side,
    prints_left: u32,
    /// Whether each print takes the next price level.
    sweeps: bool,
    bid: Price,
    ask: Price,
}

impl SimulatedSession {
    /// The session of `contract` that opens at `open`. Sessions of one seed are one market: the same
    /// seed, contract, shape and open give the same trades.
    ///
    /// # Errors
    /// A figure of the shape outside its range.
    pub fn new(
        seed: u64,
        contract: ContractId,
        shape: SessionShape,
        open: Timestamp,
    ) -> Result<Self, ShapeError> {
        shape.check()?;
        let path = Path::new(Chance::new(seed, shape.path.into()), shape.minute_move_ppm);
        // Rows above 32 bits belong to tapes, those below to paths.
        let row = (1 << 32) | u64::from(contract.row());
        let order =
            Order { side: Side::Buy, prints_left: 0, sweeps: false, bid: shape.start, ask: shape.start };
        Ok(Self {
            contract,
            shape,
            open,
            chance: Chance::new(seed, row),
            path,
            nanos_since_open: 0,
            bid_ticks: shape.start.ticks(),
            impact_q16: 0,
            order,
        })
    }

    /// The figures that it was made of.
    #[must_use]
    pub const fn shape(&self) -> &SessionShape {
        &self.shape
    }

    /// The next trade.
    pub fn next_record(&mut self) -> MarketRecord {
        if self.order.prints_left == 0 {
            self.pass_time();
            self.order = self.next_order();
        }
        let size = self.size();
        let order = &mut self.order;
        let (bid, ask) = (order.bid, order.ask);
        let price = match order.side {
            Side::Buy => ask,
            Side::Sell => bid,
        };
        order.prints_left -= 1;
        if order.sweeps {
            match order.side {
                Side::Buy => order.ask = ask + Ticks::new(1),
                Side::Sell => order.bid = bid - Ticks::new(1),
            }
        }
        let at = self.open + Span::from_nanos(self.nanos_since_open);
        MarketRecord { contract: self.contract, at, print: Print::QuotedTrade { price, size, bid, ask } }
    }

    /// Goes on to the moment of the next order. The gap to it is exponential: orders do not wait for
    /// each other.
    fn pass_time(&mut self) {
        // Two orders make three prints on average.
        let mean_nanos = NANOS_PER_MINUTE * 1_000 / 2 * 3
            / (i64::from(self.shape.trades_per_minute) * self.path.activity_milli());
        let halvings_nanos = (mean_nanos * self.chance.halvings_q16()) >> 16;
        let gap_nanos = (halvings_nanos * LN_2_Q16) >> 16;
        self.nanos_since_open += gap_nanos / STAMP_NANOS * STAMP_NANOS;
        let beats = self.path.advance_to(self.nanos_since_open / BEAT_NANOS);
        self.impact_q16 -= self.impact_q16 * beats.min(IMPACT_BEATS) / IMPACT_BEATS;
    }

    fn next_order(&mut self) -> Order {
        let middle_q16 = self.middle_q16();
        let spread_ticks = i64::from(self.shape.spread_ticks) + i64::from(self.path.is_wild());
        self.bid_ticks = bid_around(middle_q16, self.bid_ticks, spread_ticks);
        let above_bid_q16 = middle_q16 - self.bid_ticks * TICK_Q16;
        let side = self.next_side(above_bid_q16, spread_ticks);
        let sweeps = self.chance.one_in(SWEEP_ONE_IN);
        let prints_left = if sweeps { 1 + self.sweep(side) } else { self.prints() };
        let bid = self.price(self.bid_ticks);
        Order { side, prints_left, sweeps, bid, ask: self.price(self.bid_ticks + spread_ticks) }
    }

    /// The path in ticks, with what sweeps have done to it.
    fn middle_q16(&self) -> i64 {
        let ticks_q32 = self.shape.start.ticks() * self.path.level_q32();
        ticks_q32 / (LEVEL_ONE / TICK_Q16) + self.impact_q16
    }

    /// Buyers come more often when the middle is near the ask, a quarter of the time at least.
    fn next_side(&mut self, above_bid_q16: i64, spread_ticks: i64) -> Side {
        if self.chance.one_in(REPEAT_ONE_IN) {
            return self.order.side;
        }
        let buyers_of_256 = 64 + 128 * above_bid_q16 / (spread_ticks * TICK_Q16);
        if i64::from(self.chance.below(256)) < buyers_of_256 { Side::Buy } else { Side::Sell }
    }

    /// How many levels beyond the first a sweep takes: few where a minute moves few ticks.
    fn sweep(&mut self, side: Side) -> u32 {
        let minute_ticks = self.shape.start.ticks() * i64::from(self.shape.minute_move_ppm) / 1_000_000;
        let levels_max = (minute_ticks / 4).clamp(1, SWEEP_LEVELS_MAX);
        let levels = 1 + self.chance.below(u32::try_from(levels_max).unwrap_or(1));
        let impact_q16 = self.impact_q16 + side.sign() * i64::from(levels) * TICK_Q16 / 2;
        self.impact_q16 = impact_q16.clamp(-IMPACT_Q16_MAX, IMPACT_Q16_MAX);
        levels
    }

    fn prints(&mut self) -> u32 {
        let mut prints = 1;
        while prints < PRINTS_MAX && self.chance.one_in(MORE_PRINTS_ONE_IN) {
            prints += 1;
        }
        prints
    }

    /// Contracts of one print: one mostly, with a tail that falls off slowly.
    fn size(&mut self) -> u32 {
        let busy = self.shape.trades_per_minute.checked_ilog2().unwrap_or(0) / 2;
        let doublings_max = SIZE_DOUBLINGS_MIN + i64::from(busy);
        let doublings_q16 = (self.chance.halvings_q16() * 7 / 10).min(doublings_max * DOUBLING_Q16);
        let (whole, part) = (doublings_q16 / DOUBLING_Q16, doublings_q16 % DOUBLING_Q16);
        let tail = ((DOUBLING_Q16 + part) << whole) / DOUBLING_Q16;
        let ordinary = 1 + self.chance.below(self.shape.ordinary_size);
        ordinary * u32::try_from(tail).unwrap_or(1)
    }

    fn price(&self, ticks: i64) -> Price {
        Price::new(ticks).unwrap_or(self.shape.start)
    }
}

impl Iterator for SimulatedSession {
    type Item = MarketRecord;

    /// Never `None`.
    fn next(&mut self) -> Option<MarketRecord> {
        Some(self.next_record())
    }
}

/// The bid after the middle came to `middle_q16`. Quotes stay where they are while the middle is
/// between them, which is why trades bounce between two prices.
fn bid_around(middle_q16: i64, bid_ticks: i64, spread_ticks: i64) -> i64 {
    let floor = middle_q16.div_euclid(TICK_Q16);
    let ceiling = -(-middle_q16).div_euclid(TICK_Q16);
    if floor < bid_ticks {
        floor
    } else if ceiling > bid_ticks + spread_ticks {
        ceiling - spread_ticks
    } else {
        bid_ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_until_the_middle_leaves_them() {
        let tick = |quarters: i64| quarters * TICK_Q16 / 4;
        for (middle, spread, bid) in [
            (tick(400), 1, 100),
            (tick(402), 1, 100),
            (tick(404), 1, 100),
            (tick(405), 1, 101),
            (tick(399), 1, 99),
            (tick(391), 1, 97),
            (tick(408), 2, 100),
            (tick(409), 2, 101),
        ] {
            assert_eq!(bid_around(middle, 100, spread), bid, "{middle} {spread}");
        }
    }
}
