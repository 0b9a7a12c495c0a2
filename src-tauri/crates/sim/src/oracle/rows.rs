//! What the oracle keeps of orders, lots and contracts.

use std::collections::BTreeSet;

use phantom_engine::fact::{Leg, Purpose};
use phantom_model::{
    ContractId, ContractStanding, ExecId, Guard as Asks, LotId, OrderId, OrderKind, OrderStatus, Price, Side,
    Timestamp,
};

use super::protection::Shield;

/// How a cancel stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cancel {
    No,
    Asked(Timestamp),
    Refused,
}

/// An order, as recorded and as the broker has told since.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) contract: ContractId,
    pub(super) side: Side,
    pub(super) qty: u32,
    pub(super) kind: OrderKind,
    pub(super) purpose: Purpose,
    /// What the lot of an entry is guarded by beside its bracket.
    pub(super) asks: Asks,
    /// Where the reports have brought it.
    pub(super) status: OrderStatus,
    pub(super) filled: u32,
    /// Contracts that the exchange took back: they do not fill again.
    pub(super) busted: u32,
    /// Its executions: quantity, price, the broker's own time.
    pub(super) execs: Vec<(ExecId, u32, Price, Option<Timestamp>)>,
    /// Its quantity and kind as it was submitted: a later try to send it sends these.
    pub(super) submitted_as: (u32, OrderKind),
    /// Its quantity before a change that the broker has not answered.
    pub(super) before_change: Option<u32>,
    pub(super) unknown: bool,
    /// When the broker was last asked about it.
    pub(super) asked_at: Timestamp,
    pub(super) cancel: Cancel,
    pub(super) submitted_at: Timestamp,
    pub(super) lot: Option<LotId>,
    /// Sends of the order itself that surely failed.
    pub(super) not_sent: u32,
    /// Sends of its cancel that surely failed.
    pub(super) cancel_not_sent: u32,
    /// Sends of a change of it that surely failed.
    pub(super) change_not_sent: u32,
    /// Whether it has left, or may have.
    pub(super) left: bool,
    /// Called failed because it never left: it must not leave any more.
    pub(super) withdrawn: bool,
}

impl Track {
    /// Every send surely failed, or it was asked back before the first.
    pub(super) fn never_left(&self) -> bool {
        !self.left && (self.not_sent > 0 || self.cancel != Cancel::No)
    }

    pub(super) const fn leaves(&self) -> u32 {
        if self.status.is_live() { self.qty.saturating_sub(self.filled + self.busted) } else { 0 }
    }

    pub(super) const fn is_entry(&self) -> bool {
        match self.purpose {
            Purpose::Entry(_) => true,
            Purpose::Reduction
            | Purpose::LotExit { .. }
            | Purpose::DisasterStop { .. }
            | Purpose::Flatten(_)
            | Purpose::Outside => false,
        }
    }

    /// An exit that counts against the position: every one but a disaster stop.
    pub(super) const fn is_counted_exit(&self) -> bool {
        match self.purpose {
            Purpose::Reduction | Purpose::LotExit { .. } | Purpose::Flatten(_) => true,
            Purpose::Entry(_) | Purpose::DisasterStop { .. } | Purpose::Outside => false,
        }
    }

    /// Not ours.
    pub(super) fn is_outside(&self) -> bool {
        self.purpose == Purpose::Outside
    }

    /// A reduction of any kind but a lot's own exit.
    pub(super) const fn is_reduction(&self) -> bool {
        match self.purpose {
            Purpose::Reduction | Purpose::Flatten(_) => true,
            Purpose::Entry(_) | Purpose::LotExit { .. } | Purpose::DisasterStop { .. } | Purpose::Outside => {
                false
            }
        }
    }
}

/// How a lot is protected, from its facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guard {
    Bare,
    Armed,
    Exiting(Leg),
    Unprotected(Leg),
}

/// A lot, from its facts.
#[derive(Clone, Debug)]
pub(super) struct LotTrack {
    pub(super) order: OrderId,
    pub(super) contract: ContractId,
    pub(super) side: Side,
    pub(super) open: u32,
    /// Contracts and entry price, oldest first.
    pub(super) pieces: Vec<(u32, Price)>,
    /// What protects it.
    pub(super) shield: Shield,
    /// Changes of its protection so far.
    pub(super) generation: u32,
    pub(super) guard: Guard,
    /// The number of its last exit.
    pub(super) exits: u8,
    /// Exits of its own that may still fill.
    pub(super) live_exits: Vec<OrderId>,
    /// Opened by a fill that the print made which the engine sees next.
    pub(super) fresh: bool,
}

/// A contract, from reports and facts.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four things that can hold together")]
pub(super) struct ContractTrack {
    /// The sum of distinct executions delivered.
    pub(super) net: i64,
    /// Open lots.
    pub(super) lots: BTreeSet<LotId>,
    /// Orders that may still fill.
    pub(super) live: BTreeSet<OrderId>,
    /// The last good price, judged here once more.
    pub(super) last: Option<i64>,
    pub(super) suspect: Option<i64>,
    /// Where the broker's own number was not ours: ours, the broker's, whether it was seen twice.
    pub(super) difference: Option<Difference>,
    /// A person has decided that ours is right, whatever the broker says.
    pub(super) kept: bool,
    /// Openings in it are blocked until a person has looked.
    pub(super) latched: bool,
    /// How the broker has last said that it stands, and what the desk says.
    pub(super) listed: [ContractStanding; 2],
    /// The broker has lied about this contract.
    pub(super) lied: bool,
    /// Something of it changed since the last look.
    pub(super) touched: bool,
}

/// A report about an order that is not ours, and whether the desk has said so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Foreign {
    No,
    Unsaid,
    Said,
}

impl Foreign {
    pub(super) const fn told(&mut self) {
        if matches!(self, Self::Unsaid) {
            *self = Self::Said;
        }
    }
}

/// Where the broker's own number was not ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Difference {
    pub(super) ours: i64,
    pub(super) broker: i64,
    pub(super) since: Timestamp,
    pub(super) confirmed: bool,
}

impl ContractTrack {
    /// Contracts that no exit may touch: a confirmed number of the broker is smaller than ours.
    pub(super) fn withheld(&self) -> u64 {
        let Some(it) = self.difference.filter(|it| it.confirmed) else { return 0 };
        let theirs = self.net + it.broker - it.ours;
        let same_side = (theirs > 0) == (self.net > 0) && theirs != 0;
        let closable = if same_side { theirs.unsigned_abs() } else { 0 };
        self.net.unsigned_abs().saturating_sub(closable)
    }

    /// Contracts that exits may close altogether.
    pub(super) fn closable(&self) -> u64 {
        self.net.unsigned_abs() - self.withheld()
    }
}

/// What an unfinished batch of facts still has to bring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allotment {
    pub(super) order: OrderId,
    pub(super) price: Price,
    pub(super) left: u32,
}
