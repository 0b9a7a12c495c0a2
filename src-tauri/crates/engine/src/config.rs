//! What the engine is told before it starts.

use phantom_compliance::Minis;
use phantom_model::price::Grid;
use phantom_model::qty::ORDER_QTY_MAX;
use phantom_model::{Money, Offset, Price, Qty, Span, Ticks};

/// What the engine must know of a contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContractTerms {
    /// Which prices exist.
    pub grid: Grid,
    /// What one tick of one contract is worth.
    pub tick_value: Money,
    /// The size of one contract in mini-equivalents.
    pub weight: Minis,
    /// Fees per contract and side.
    pub fee_per_side: Money,
}

/// How long the engine waits for answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// After this long without an answer an order is unknown, and the broker is asked.
    pub answer_overdue: Span,
    /// How long an exit waits for the cancel of a resting exit.
    pub cancel_wait: Span,
    /// After this long a lot that still waits to exit raises an alarm.
    pub exit_alarm: Span,
    /// When a flatten answers at the latest.
    pub flatten_answer: Span,
    /// How long after its answer a flatten watches for late fills.
    pub flatten_watch: Span,
    /// How long a difference of positions must stand before it is believed.
    pub difference_settles: Span,
    /// After this long without a heartbeat the feed is dead.
    pub feed_dead: Span,
    /// How often the broker's own account is asked for by itself; `None` for only when something asks.
    pub snapshot_every: Option<Span>,
}

impl Timing {
    /// 5 s, 500 ms, 1 s, 10 s, 30 s; 5 s, 5 s, and no snapshots by itself.
    pub const STANDARD: Self = Self {
        answer_overdue: Span::from_millis(5_000),
        cancel_wait: Span::from_millis(500),
        exit_alarm: Span::from_millis(1_000),
        flatten_answer: Span::from_millis(10_000),
        flatten_watch: Span::from_millis(30_000),
        difference_settles: Span::from_millis(5_000),
        feed_dead: Span::from_millis(5_000),
        snapshot_every: None,
    };

    /// The standard, with a snapshot every 30 s: a desk at a broker.
    pub const LIVE: Self = Self { snapshot_every: Some(Span::from_millis(30_000)), ..Self::STANDARD };
}

/// How far from the last good price a single trade may be before it is suspect: then it counts only once
/// the next one has come within the same distance of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PrintBand {
    ticks: i64,
    basis_points: i64,
}

impl PrintBand {
    /// 20 ticks or 0.5 % of the last good price, whichever is wider.
    pub const STANDARD: Self = Self { ticks: 20, basis_points: 50 };
    /// The narrowest floor, in ticks: below it ordinary trades would be suspect and stops late.
    pub const TICKS_MIN: u32 = 4;
    /// The widest, in hundredths of a percent: the whole price.
    pub const BASIS_POINTS_MAX: u32 = 10_000;

    /// So many ticks, or so many hundredths of a percent of the last good price, whichever is wider.
    /// `None` below [`Self::TICKS_MIN`] or above [`Self::BASIS_POINTS_MAX`].
    #[must_use]
    pub fn new(ticks: u32, basis_points: u32) -> Option<Self> {
        let allowed = ticks >= Self::TICKS_MIN && basis_points <= Self::BASIS_POINTS_MAX;
        allowed.then(|| Self { ticks: i64::from(ticks), basis_points: i64::from(basis_points) })
    }

    /// Whether `price` is within the band of `good` around `centre`.
    #[inline]
    pub(crate) const fn holds(self, good: Price, centre: Price, price: Price) -> bool {
        let distance: Ticks = price.distance(centre);
        let distance = distance.count();
        distance <= self.ticks
            || distance.saturating_mul(10_000) <= good.ticks().abs().saturating_mul(self.basis_points)
    }
}

/// What a trader may set about prints and exits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handling {
    /// Which single trades are suspect.
    pub band: PrintBand,
    /// The largest exit that a flatten sends in one order. A position that would need too many of them
    /// leaves in larger ones.
    pub clip: Qty,
    /// How long a flatten waits for its cancels before its exits leave; zero for at once. Waiting avoids
    /// that a resting order fills beside the exit and turns the position around.
    pub flatten_wait: Span,
    /// How far beyond its stop every phantom has a second, native stop at the broker; `None` for none.
    /// Only a broker that keeps stops for the desk has it.
    pub disaster: Option<Offset>,
}

impl Handling {
    /// The standard band, exits as large as an order may be, half a second for the cancels, and no disaster
    /// stops.
    pub const STANDARD: Self = Self {
        band: PrintBand::STANDARD,
        clip: Qty::MAX,
        flatten_wait: Timing::STANDARD.cancel_wait,
        disaster: None,
    };
}

/// Orders into which a flatten cuts a position at the most: each has a ladder of its own, and the ids of a
/// flatten's exits in a contract must suffice for all rungs of all of them.
const CLIPS_MAX: u64 = 50;

impl Handling {
    /// Contracts of one exit of a flatten that has so many to close.
    pub(crate) fn clip_of(self, left: u64) -> u64 {
        u64::from(self.clip.contracts()).max(left.div_ceil(CLIPS_MAX)).min(u64::from(ORDER_QTY_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_below_its_floor_or_above_the_whole_price_is_refused() {
        assert_eq!(PrintBand::new(20, 50), Some(PrintBand::STANDARD));
        assert!(PrintBand::new(4, 0).is_some() && PrintBand::new(4, 10_000).is_some());
        assert_eq!(PrintBand::new(3, 50), None);
        assert_eq!(PrintBand::new(4, 10_001), None);
    }

    #[test]
    fn a_desk_at_a_broker_asks_for_its_account_twice_a_minute_and_a_replay_never() {
        assert_eq!(Timing::LIVE.snapshot_every, Some(Span::from_millis(30_000)));
        assert_eq!(Timing { snapshot_every: None, ..Timing::LIVE }, Timing::STANDARD);
    }

    #[test]
    fn a_small_clip_grows_before_the_ids_of_a_flatten_run_out() {
        let clips_of = |contracts, left| {
            Handling { clip: Qty::new(contracts).unwrap(), ..Handling::STANDARD }.clip_of(left)
        };
        assert_eq!(clips_of(10, 40), 10);
        assert_eq!(clips_of(1, 50), 1);
        assert_eq!(clips_of(1, 51), 2);
        assert_eq!(clips_of(1, 100_000), 1_000);
        assert_eq!(Handling::STANDARD.clip_of(2_500), 1_000);
    }
}
