//! How far a flatten is, step by step, as its facts tell it.

use std::collections::BTreeSet;

use phantom_engine::fact::Purpose;
use phantom_engine::{Book, FactBody};
use phantom_model::{ArenaKey, FlattenId, OrderId, Timestamp};
use phantom_wire::{FlattenProgress, FlattenStage};

/// The newest flatten. It is forgotten when it watches for late fills no more.
#[derive(Debug)]
pub(crate) struct FlattenWatch {
    started: Timestamp,
    flatten: FlattenId,
    /// Cancels that were asked for and have no answer.
    unanswered: BTreeSet<OrderId>,
    /// Exits that may still fill.
    exits: BTreeSet<OrderId>,
    row: FlattenProgress,
}

impl FlattenWatch {
    /// Takes a fact that the book has folded already, and answers the flatten that is watched now.
    pub(crate) fn after(watch: Option<Self>, book: &Book, at: Timestamp, body: &FactBody) -> Option<Self> {
        if let FactBody::FlattenStarted { flatten, .. } = *body {
            return Some(Self::of(flatten, at));
        }
        let mut watch = watch?;
        if matches!(*body, FactBody::FlattenEnded { flatten } if flatten == watch.flatten) {
            return None;
        }
        watch.take(book, at, body);
        Some(watch)
    }

    fn of(flatten: FlattenId, at: Timestamp) -> Self {
        let row = FlattenProgress {
            flatten: format!("F{}", flatten.row()),
            stage: FlattenStage::Cancelling,
            started_at: at.to_string(),
            cancels_asked: 0,
            cancels_answered: 0,
            exits_sent: 0,
            exits_failed: 0,
            contracts_sent: 0,
            contracts_filled: 0,
            last_failure: None,
            cancelled_ms: None,
            exits_ms: None,
            filled_ms: None,
            answered_ms: None,
        };
        Self { started: at, flatten, unanswered: BTreeSet::new(), exits: BTreeSet::new(), row }
    }

    pub(crate) const fn row(&self) -> &FlattenProgress {
        &self.row
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these facts move a flatten on")]
    fn take(&mut self, book: &Book, at: Timestamp, body: &FactBody) {
        let since = millis(at, self.started);
        match *body {
            FactBody::CancelRequested { order } if self.unanswered.insert(order) => {
                self.row.cancels_asked += 1;
            }
            FactBody::CancelRefused { order } => self.answered(order, since),
            FactBody::OrderSubmitted { order, qty, purpose: Purpose::Flatten(of), .. }
                if of == self.flatten =>
            {
                self.exits.insert(order);
                self.row.exits_sent += 1;
                self.row.contracts_sent = self.row.contracts_sent.saturating_add(qty.contracts());
                self.row.exits_ms = self.row.exits_ms.or(Some(since));
            }
            FactBody::OrderFilled { order, qty, .. } => {
                if self.exits.contains(&order) {
                    self.row.contracts_filled = self.row.contracts_filled.saturating_add(qty.contracts());
                    self.row.filled_ms = Some(since);
                }
                let ended = book.find(order).is_some_and(|key| !book.orders().at(key).is_live());
                if ended {
                    self.answered(order, since);
                }
            }
            FactBody::OrderCancelled { order } => self.ended(book, order, None, since),
            FactBody::OrderFailed { order, reason } => {
                self.ended(book, order, Some(reason.code()), since);
            }
            FactBody::FlattenExiting { flatten } if flatten == self.flatten => {
                self.row.stage = FlattenStage::Exiting;
            }
            FactBody::FlattenAnswered { flatten, flat } if flatten == self.flatten => {
                self.row.stage = if flat { FlattenStage::Flat } else { FlattenStage::NotFlat };
                self.row.answered_ms = Some(since);
            }
            // The answer is revised while late fills are watched for.
            FactBody::FlattenReopened { flatten } if flatten == self.flatten => {
                self.row.stage = FlattenStage::NotFlat;
            }
            FactBody::FlattenSettled { flatten } if flatten == self.flatten => {
                self.row.stage = FlattenStage::Flat;
            }
            _ => {}
        }
    }

    fn answered(&mut self, order: OrderId, since: u32) {
        if self.unanswered.remove(&order) {
            self.row.cancels_answered += 1;
            self.row.cancelled_ms = Some(since);
        }
    }

    /// An order is out of the market; what an exit has not filled is no longer on its way.
    fn ended(&mut self, book: &Book, order: OrderId, why: Option<&str>, since: u32) {
        self.answered(order, since);
        if !self.exits.remove(&order) {
            return;
        }
        let left = book.find(order).map_or(0, |key| {
            let row = book.orders().at(key);
            row.qty.contracts().saturating_sub(row.filled)
        });
        self.row.contracts_sent = self.row.contracts_sent.saturating_sub(left);
        self.row.exits_failed += 1;
        self.row.last_failure = why.map(str::to_owned).or(self.row.last_failure.take());
    }
}

fn millis(at: Timestamp, from: Timestamp) -> u32 {
    u32::try_from(at.since(from).nanos() / 1_000_000).unwrap_or(0)
}
