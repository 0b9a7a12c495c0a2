//! Rule packs: what a firm and one of its programs allow, as dated data and never as code.
//!
//! A [`Pack`] is one program of one firm, read from TOML and checked as a whole: what exists is
//! complete and consistent, and nothing changes it. Each number in it has the day on which it was
//! checked and the page that it comes from. What a rule computes (a floor, a tier, a limit of the day)
//! is a pure function of the rule and the figures of the account, beside the rule.

pub mod consistency;
pub mod daily_loss;
pub mod fault;
pub mod firm;
pub mod max_loss;
pub mod overlay;
pub mod payout;
pub mod program;
pub(crate) mod reader;
pub mod share;
pub mod size;
pub(crate) mod sources;
pub mod times;

use jiff::civil::Date;

pub use consistency::{
    Comparison, Consistency, ConsistencyBase, ConsistencyEffect, ConsistencyScope, ProfitSoFar,
};
pub use daily_loss::{
    DailyAmount, DailyBasis, DailyLimit, DailyLoss, DailyTier, DayStart, FloorCap, LossSeverity, Obligation,
};
pub use fault::PackFault;
pub use firm::{Contracts, FeeTable, Firm, Hedging, LimitZone, Products, Throttle, Weights};
pub use max_loss::{FloorLock, MaxLoss, MaxLossKind, MaxLossSeverity};
pub use overlay::{Effect, NewsAction, NewsPart, NewsWindow, Overlay, OverlayRule, Release};
pub use payout::{Payout, PayoutPath, WinningDays};
pub use program::{MinHold, Program, Stage, TradeCounting, TradeMax};
pub use share::Share;
pub use size::{Balances, Ladder, Rung, RungTop, SizeRule};
pub use times::{EarlyClose, EarlyCloseOf, Times, Zone};

/// What a pack is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PackKind {
    /// The rules of a program that a firm sells, from the firm's own pages.
    Preset,
    /// Made up to exercise a shape of rule. Its numbers are no firm's.
    Exercise,
}

/// Where facts of a pack come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The page's title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The day on which it was read.
    pub read_on: Date,
}

/// One program of one firm: every rule that an account in it lives under. Immutable; exists only
/// checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pack {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: PackKind,
    pub(crate) version: u32,
    pub(crate) checked_on: Date,
    pub(crate) sources: Vec<Source>,
    pub(crate) firm: Firm,
    pub(crate) program: Program,
    pub(crate) overlays: Vec<Overlay>,
}

impl Pack {
    /// The id, such as `topstep-combine-50k`: small letters, digits and `-`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name as people say it: `Topstep Trading Combine 50K`.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the pack is for.
    #[must_use]
    pub const fn kind(&self) -> PackKind {
        self.kind
    }

    /// Counts the editions of this pack; from 1 on.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The day on which its rules were last compared with their sources. Belongs into every message
    /// that names one of its numbers.
    #[must_use]
    pub const fn checked_on(&self) -> Date {
        self.checked_on
    }

    /// Where its facts come from; at least one.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The rules of the firm, the same for all its programs.
    #[must_use]
    pub const fn firm(&self) -> &Firm {
        &self.firm
    }

    /// The rules of the program.
    #[must_use]
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// Rules of the firm that come and go: news windows, caps for volatile days. Each has its last
    /// day.
    #[must_use]
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }
}
