//! Rules that come and go: news windows and caps for volatile days. They change without notice, so
//! each has its last day and only warns unless it says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use phantom_model::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Whether a rule stops an entry or only says so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Effect {
    /// It says so.
    Warn,
    /// It refuses the entry.
    Block,
}

/// A rule with an end.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Overlay {
    /// Its id within the pack.
    pub id: String,
    /// Its name as people say it.
    pub title: String,
    /// Whether it stops an entry.
    pub effect: Effect,
    /// The day on which it was checked.
    pub checked_on: Date,
    /// The last trading day on which it is applied.
    pub valid_through: Date,
    /// The rule.
    pub rule: OverlayRule,
}

/// What an overlay says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum OverlayRule {
    /// Around releases of economic figures.
    News(NewsWindow),
    /// The most contracts of a product that may be held; zero means none. By root.
    ContractCaps(BTreeMap<String, u32>),
}

/// Windows around releases.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewsWindow {
    /// The releases; may be empty, for the trader to add.
    pub releases: Vec<Release>,
    /// From how long before a release on.
    pub before: Span,
    /// Until how long after it.
    pub after: Span,
    /// What holds within, by product; no product is in two of them.
    pub parts: Vec<NewsPart>,
}

/// One release.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Release {
    /// What is released.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// What holds within a window for some products.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewsPart {
    /// The roots; empty for every product that is in no other part.
    pub roots: BTreeSet<String>,
    /// What holds.
    pub action: NewsAction,
}

/// What holds within a news window.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum NewsAction {
    /// No position may be open.
    MustBeFlat,
    /// No position may be opened or enlarged.
    NoEntries,
    /// At most this many contracts of each product.
    ContractsMax(u32),
}

impl Overlay {
    /// Whether it is applied on a trading day: up to its last one.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.valid_through
    }

    /// The most contracts of a product; `None` when the overlay caps nothing there.
    #[must_use]
    pub fn contract_cap(&self, root: &str) -> Option<u32> {
        match &self.rule {
            OverlayRule::ContractCaps(caps) => caps.get(root).copied(),
            OverlayRule::News(_) => None,
        }
    }
}

impl NewsWindow {
    /// What holds for a product at a moment, and the release it is about; `None` outside every window.
    #[must_use]
    pub fn action_at(&self, root: &str, at: Timestamp) -> Option<(NewsAction, &Release)> {
        let release = self.releases.iter().find(|it| at >= it.at - self.before && at < it.at + self.after)?;
        self.action_for(root).map(|action| (action, release))
    }

    /// What holds for a product within the windows; `None` when nothing does.
    #[must_use]
    pub fn action_for(&self, root: &str) -> Option<NewsAction> {
        let named = self.parts.iter().find(|part| part.roots.contains(root));
        named.or_else(|| self.parts.iter().find(|part| part.roots.is_empty())).map(|part| part.action)
    }

    /// The next moment after `at` at which a window begins or ends; `None` when there is none.
    #[must_use]
    pub fn next_boundary(&self, at: Timestamp) -> Option<Timestamp> {
        let ends = self.releases.iter().flat_map(|it| [it.at - self.before, it.at + self.after]);
        ends.filter(|end| *end > at).min()
    }
}
