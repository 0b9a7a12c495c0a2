//! What the server is to hold for the desk's phantoms, and the stops that it has placed for them.
//!
//! The desk says what is to stand; here it is compared with what the server was told, and only what differs
//! is told. A stop that only trails is told a few times a second: what counts is where it stands once the
//! desk has been silent for seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use phantom_bridge::body::{Order, OrderRole};
use phantom_bridge::command::{Arm, ById, Disarm};
use phantom_bridge::text::{Amount, Contracts, Id, Words};
use phantom_bridge::{Command, digest};
use phantom_model::{Cover, OrderId, Timestamp};

use super::commands::Pending;
use super::{Does, Session, after};

/// How often armed phantoms are told again when the other side has others.
const REARM: Duration = Duration::from_secs(2);
/// How often a level that moves is told.
const TRAIL: Duration = Duration::from_millis(200);
/// When a cancel that could not be taken now is asked for again.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(250);

/// What the server was told of the phantoms.
#[derive(Debug)]
pub(super) struct Told {
    /// What it has been told to hold, and when; `None` until that is known.
    rows: Option<BTreeMap<Id, (Arm, Timestamp)>>,
    /// The server's own word for what it holds.
    theirs: Option<Words>,
    /// When a difference is looked at next.
    next_look: Timestamp,
    /// When a level that moves is told next.
    next_trail: Timestamp,
}

impl Told {
    pub(super) const fn nothing(now: Timestamp) -> Self {
        Self { rows: None, theirs: None, next_look: now, next_trail: Timestamp::MAX }
    }

    pub(super) const fn next_due(&self) -> Timestamp {
        self.next_trail
    }
}

impl Session {
    /// The desk says what is to stand for its phantoms: all of it.
    pub fn cover(&mut self, now: Timestamp, all: &[Cover]) {
        let arms = all.iter().filter_map(|cover| self.arm_of(cover));
        self.armed = Some(arms.map(|arm| (arm.phantom.clone(), arm)).collect());
        self.tell_armed(now);
    }

    fn arm_of(&self, it: &Cover) -> Option<Arm> {
        let name = self.fixed.names.contract_name(it.contract)?;
        let grid = self.fixed.names.grid(it.contract)?;
        Some(Arm {
            phantom: Id::try_from(it.lot.to_string()).ok()?,
            exit_id: self.fixed.names.client_id(it.exit())?,
            root: name.root.clone(),
            month: name.month,
            year: name.year,
            side: it.side.into(),
            qty: Contracts::new(i64::from(it.qty.contracts()))?,
            stop: Amount::of(grid, it.stop),
            disaster: it.disaster.map(|price| Amount::of(grid, price)),
            env: self.fixed.env,
        })
    }

    /// Tells the server what it does not know yet.
    pub(super) fn tell_armed(&mut self, now: Timestamp) {
        if self.seq.is_none() || self.fixed.does == Does::Look {
            return;
        }
        let Some(wanted) = self.armed.clone() else { return };
        let ours = digest::digest(wanted.values());
        if self.told_armed.rows.is_none()
            && self.told_armed.theirs.as_ref().is_some_and(|it| it.as_str() == ours)
        {
            let as_told = wanted.iter().map(|(name, arm)| (name.clone(), (arm.clone(), now))).collect();
            self.told_armed.rows = Some(as_told);
        }
        // What it holds of earlier times is not known one by one: all that is not wanted goes at once. A desk
        // that dies before it has told each phantom leaves none behind that it has closed.
        let holds_none = self.told_armed.theirs.as_ref().is_some_and(|it| it.as_str() == digest::digest([]));
        if self.told_armed.rows.is_none() && !holds_none {
            let kept = Disarm::all_but(wanted.keys());
            self.command(Command::Disarm(kept), self.protection(now));
        }
        let mut told = self.told_armed.rows.take().unwrap_or_default();
        let gone: Vec<Id> = told.keys().filter(|name| !wanted.contains_key(*name)).cloned().collect();
        for phantom in gone {
            told.remove(&phantom);
            self.command(Command::Disarm(Disarm::one(phantom)), self.protection(now));
        }
        self.told_armed.next_trail = Timestamp::MAX;
        for (name, arm) in wanted {
            let known = told.get(&name);
            if known.is_some_and(|(known, _)| *known == arm) {
                continue;
            }
            // Only its level has moved, and it was told a moment ago.
            let waits_until =
                known.filter(|(known, _)| is_moved(known, &arm)).map(|(_, at)| after(*at, TRAIL));
            if let Some(until) = waits_until.filter(|&until| now < until) {
                self.told_armed.next_trail = self.told_armed.next_trail.min(until);
                continue;
            }
            self.command(Command::Arm(arm.clone()), self.protection(now));
            told.insert(name, (arm, now));
        }
        self.told_armed.rows = Some(told);
    }

    /// Levels that wait to be told, and cancels that wait to be asked for again.
    pub(super) fn pass_covers(&mut self, now: Timestamp) {
        if now >= self.told_armed.next_trail {
            self.tell_armed(now);
        }
        let due: Vec<Id> =
            self.shadows.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.take_back(now, id);
        }
        let due: Vec<OrderId> =
            self.cancel_again.iter().filter(|(_, at)| **at <= now).map(|(order, _)| *order).collect();
        for order in due {
            self.cancel_again.remove(&order);
            if let Some(client_id) = self.fixed.names.client_id(order) {
                self.command(Command::Cancel(ById { client_id }), Pending::Cancel(order));
            }
        }
    }

    pub(super) fn covers_due(&self) -> Timestamp {
        let shadows = self.shadows.values().copied();
        let cancels = self.cancel_again.values().copied();
        shadows.chain(cancels).min().unwrap_or(Timestamp::MAX).min(self.told_armed.next_due())
    }

    /// What is armed there must be what is wanted here: all of it is told again.
    pub(super) fn compare_armed(&mut self, now: Timestamp, theirs: &Words) {
        self.told_armed.theirs = Some(theirs.clone());
        if self.armed.is_none() || self.fixed.does == Does::Look {
            return;
        }
        let told = self.told_armed.rows.iter().flatten().map(|(_, (arm, _))| arm);
        let is_as_told = self.told_armed.rows.is_some() && digest::digest(told) == theirs.as_str();
        let under_way =
            self.pending.values().any(|it| matches!(it, Pending::Protection(until) if now < *until));
        if is_as_told || under_way || self.seq.is_none() || now < self.told_armed.next_look {
            return;
        }
        self.told_armed.next_look = after(now, REARM);
        // A phantom that is armed anew keeps its stops.
        self.told_armed.rows = None;
        self.tell_armed(now);
    }

    /// A stop that the server placed for a phantom. This program watches again: it is asked back, and
    /// nothing else is sent before its end is proved.
    pub(super) fn shadow(&mut self, now: Timestamp, order: &Order) {
        let Some(id) = order.client_id.clone().filter(|_| order.role == Some(OrderRole::Shadow)) else {
            return;
        };
        if order.state.is_terminal() {
            self.shadows.remove(&id);
        } else if self.fixed.does == Does::Trade && !self.shadows.contains_key(&id) {
            self.take_back(now, id);
        }
    }

    /// What the answer to a command about phantoms is waited for with.
    fn protection(&self, now: Timestamp) -> Pending {
        Pending::Protection(after(now, self.fixed.timing.answer))
    }

    fn take_back(&mut self, now: Timestamp, id: Id) {
        let again = after(now, self.fixed.timing.answer);
        self.shadows.insert(id.clone(), again);
        self.command(Command::Cancel(ById { client_id: id.clone() }), Pending::Shadow(id));
    }
}

/// Whether nothing but the levels differs.
fn is_moved(before: &Arm, now: &Arm) -> bool {
    let levels = Arm { stop: now.stop.clone(), disaster: now.disaster.clone(), ..before.clone() };
    before.disaster.is_some() == now.disaster.is_some() && levels == *now
}
