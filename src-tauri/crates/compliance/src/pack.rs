//! Rule packs: what a firm and one of its programs allow, as dated data and never as code.
//!
//! A [`Pack`] is one program of one firm, read from TOML and checked as a whole: what exists is
//! complete and consistent, and nothing changes it. Each number in it has the day on which it was
//! checked and the page that it comes from. What a rule computes (a floor, a tier, a limit of the day)
//! is a pure function of the rule and the figures of the account, beside the rule.

pub mod consistency;
pub mod daily_loss;
pub mod fault;
pub(crate) mod file;
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

use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

/// The packs that come with the program: the names of the files, and what they hold.
const SHIPPED: [(&str, &str); 3] = [
    ("topstep.toml", include_str!("../data/packs/topstep.toml")),
    ("shapes.toml", include_str!("../data/packs/shapes.toml")),
    ("shapes-plain.toml", include_str!("../data/packs/shapes-plain.toml")),
];

/// Far above any pack.
const FILE_MAX_BYTES: u64 = 1_000_000;

/// What a pack is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum PackKind {
    /// The rules of a program that a firm sells, from the firm's own pages.
    Preset,
    /// Made up to exercise a shape of rule. Its numbers are no firm's.
    Exercise,
}

/// Where facts of a pack come from.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// Every pack of a TOML text, in its order; `file` is its name for messages.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and what would be right.
    pub fn from_toml(file: &str, text: &str) -> Result<Vec<Self>, PackFault> {
        file::read(file, text)
    }

    /// Every pack of a trader's own file, in its order.
    ///
    /// # Errors
    /// The file cannot be read or is longer than any pack; else as [`Self::from_toml`].
    pub fn load(path: &Path) -> Result<Vec<Self>, PackFault> {
        let file = path.display().to_string();
        let unreadable = |why: String| PackFault::Unreadable { file: file.clone(), why };
        let length = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
        if length > FILE_MAX_BYTES {
            return Err(unreadable(format!("it has {length} bytes, a rule pack at most {FILE_MAX_BYTES}")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        Self::from_toml(&file, &text)
    }

    /// Every pack that comes with the program: first the presets, then the exercises.
    ///
    /// # Errors
    /// None with the packs that this version was tested with.
    pub fn shipped() -> Result<Vec<Self>, PackFault> {
        let mut packs = Vec::new();
        for (file, text) in SHIPPED {
            packs.extend(Self::from_toml(file, text)?);
        }
        Ok(packs)
    }

    /// The pack that a trader names: the id of a shipped one, or the path of a file (it ends with
    /// `.toml`) that holds one program. Of a file with several, `FILE#ID` is one.
    ///
    /// # Errors
    /// No pack of that name, with those that there are; else as [`Self::load`].
    pub fn named(name: &str) -> Result<Self, PackFault> {
        let is_file = Path::new(name).extension().is_some_and(|extension| extension == "toml");
        let (packs, id) = match name.rsplit_once('#') {
            Some((path, id)) => (Self::load(Path::new(path))?, Some(id)),
            None if is_file => (Self::load(Path::new(name))?, None),
            None => (Self::shipped()?, Some(name)),
        };
        let ids = || packs.iter().map(|pack| pack.id.clone()).collect();
        match (packs.as_slice(), id) {
            (_, Some(id)) => {
                let found = packs.iter().find(|pack| pack.id == id).cloned();
                found.ok_or_else(|| PackFault::NoPack { id: id.to_owned(), known: ids() })
            }
            ([only], None) => Ok(only.clone()),
            (_, None) => Err(PackFault::Several { file: name.to_owned(), ids: ids() }),
        }
    }

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
