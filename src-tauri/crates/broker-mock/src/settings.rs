//! How the mock market treats orders.

use phantom_model::{FailReason, Span, Ticks};

/// The settings of a mock broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MockSettings {
    /// What every draw comes from.
    pub seed: u64,
    /// One way from us to the market, in nanoseconds; drawn for each message.
    pub delay_nanos: Range,
    /// How many ticks a market fill is worse than the print; drawn for each fill.
    pub slippage_ticks: Range,
    /// When a resting limit order fills.
    pub limit_fill: LimitFill,
    /// How much of an order one print fills.
    pub fill_size: FillSize,
    /// Which submissions the broker refuses.
    pub refusals: Refusals,
}

/// A range to draw from, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    min: u64,
    max: u64,
}

/// When a resting limit order fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LimitFill {
    /// A print strictly through it.
    Through,
    /// A print at it or through it.
    Touch,
}

/// How much of an order one print fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FillSize {
    /// All of it, whatever was printed.
    Whole,
    /// All orders at the market share the printed size, oldest first.
    Printed,
}

/// Which submissions the broker refuses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusals {
    /// None.
    None,
    /// Each with this chance, for this reason.
    Chance {
        /// In thousandths.
        per_mille: u16,
        /// The reason given.
        reason: FailReason,
    },
}

impl Range {
    /// Always nothing.
    pub const ZERO: Self = Self::always(0);

    /// Always the same.
    #[must_use]
    pub const fn always(value: u64) -> Self {
        Self { min: value, max: value }
    }

    /// Anything from `a` to `b`, in whichever order they are given.
    #[must_use]
    pub const fn between(a: u64, b: u64) -> Self {
        if a <= b { Self { min: a, max: b } } else { Self { min: b, max: a } }
    }

    /// A delay that is always the same.
    #[must_use]
    pub fn span(span: Span) -> Self {
        Self::always(span.nanos().unsigned_abs())
    }

    /// A slippage that is always the same.
    #[must_use]
    pub const fn ticks(ticks: Ticks) -> Self {
        Self::always(ticks.count().unsigned_abs())
    }

    /// The lower end.
    #[must_use]
    pub const fn min(&self) -> u64 {
        self.min
    }

    /// The upper end.
    #[must_use]
    pub const fn max(&self) -> u64 {
        self.max
    }
}

impl MockSettings {
    /// A market without friction: no delay, no slippage, whole fills, limits filled through.
    #[must_use]
    pub const fn frictionless(seed: u64) -> Self {
        Self {
            seed,
            delay_nanos: Range::ZERO,
            slippage_ticks: Range::ZERO,
            limit_fill: LimitFill::Through,
            fill_size: FillSize::Whole,
            refusals: Refusals::None,
        }
    }

    /// What the window starts with: 100 to 500 ms of delay, 0 or 1 tick of slippage.
    #[must_use]
    pub const fn window(seed: u64) -> Self {
        Self {
            delay_nanos: Range::between(100_000_000, 500_000_000),
            slippage_ticks: Range::between(0, 1),
            ..Self::frictionless(seed)
        }
    }
}
