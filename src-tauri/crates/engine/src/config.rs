//! What the engine is told before it starts.

use phantom_compliance::Minis;
use phantom_model::price::Grid;
use phantom_model::{Money, Span};

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
    /// How long an exit waits for the cancel of a resting exit, and a flatten for its cancels.
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
