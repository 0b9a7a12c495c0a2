//! What is due when. Rebuilt from the book after a restart; asked for on every print, so it must be
//! cheap while nothing waits.

use std::collections::{BTreeSet, VecDeque};

use phantom_model::{LotId, Timestamp};

use crate::book::OrderKey;

/// Something that becomes due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Due {
    /// The answer to a submission or a cancel is overdue.
    Answer(OrderKey),
    /// A lot has waited long enough for the cancels of its resting exits.
    LotWait(LotId),
    /// A marketable limit of the ladder has had its time to fill.
    ExitRests(OrderKey),
    /// A lot waits to exit for too long.
    LotAlarm(LotId),
    /// The flatten under way: its cancels, its answer, or the end of its watch.
    Flatten,
    /// The broker still has not said what became of an order.
    AskAgain(OrderKey),
    /// The broker's own account is to be asked for, or its answer is overdue.
    Snapshot,
    /// The feed's heartbeat is overdue.
    FeedDead,
    /// A time of the clock has come at which the rules do something by themselves.
    Rules,
}

/// The deadlines of one kind, all with the same delay, so that they come due in the order in which
/// they were set.
#[derive(Clone, Debug, Default)]
struct Line(VecDeque<(Timestamp, Due)>);

/// All deadlines.
#[derive(Clone, Debug)]
pub(crate) struct Deadlines {
    answers: Line,
    lot_waits: Line,
    exit_rests: Line,
    lot_alarms: Line,
    /// The flatten has its own three delays and only one is set at a time.
    flatten: Option<Timestamp>,
    /// Each order further and further apart, so they need an order of their own.
    repeats: BTreeSet<(Timestamp, OrderKey)>,
    snapshot: Option<Timestamp>,
    feed: Option<Timestamp>,
    rules: Option<Timestamp>,
    next: Timestamp,
}

impl Deadlines {
    pub(crate) const fn new() -> Self {
        Self {
            answers: Line(VecDeque::new()),
            lot_waits: Line(VecDeque::new()),
            exit_rests: Line(VecDeque::new()),
            lot_alarms: Line(VecDeque::new()),
            flatten: None,
            repeats: BTreeSet::new(),
            snapshot: None,
            feed: None,
            rules: None,
            next: Timestamp::MAX,
        }
    }

    /// The earliest deadline; [`Timestamp::MAX`] when nothing waits.
    pub(crate) const fn next(&self) -> Timestamp {
        self.next
    }

    pub(crate) fn set(&mut self, at: Timestamp, due: Due) {
        match due {
            Due::Answer(_) => self.answers.0.push_back((at, due)),
            Due::LotWait(_) => self.lot_waits.0.push_back((at, due)),
            Due::ExitRests(_) => self.exit_rests.0.push_back((at, due)),
            Due::LotAlarm(_) => self.lot_alarms.0.push_back((at, due)),
            Due::Flatten => {
                self.flatten = Some(at);
                // The new one may be later than the one that it replaces.
                self.find_next();
            }
            Due::AskAgain(order) => {
                self.repeats.insert((at, order));
            }
            Due::Snapshot => {
                self.snapshot = Some(at);
                self.find_next();
            }
            Due::FeedDead => {
                self.feed = Some(at);
                self.find_next();
            }
            Due::Rules => {
                self.rules = Some(at);
                self.find_next();
            }
        }
        self.next = self.next.min(at);
    }

    /// The question about the broker's own account has its answer.
    pub(crate) fn clear_snapshot(&mut self) {
        self.snapshot = None;
        self.find_next();
    }

    /// Takes the earliest deadline at or before `now`, with the time at which it was due.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        if self.next > now {
            return None;
        }
        let at = self.next;
        let due = if self.flatten == Some(at) {
            self.flatten = None;
            Some(Due::Flatten)
        } else if self.snapshot == Some(at) {
            self.snapshot = None;
            Some(Due::Snapshot)
        } else if self.feed == Some(at) {
            self.feed = None;
            Some(Due::FeedDead)
        } else if self.rules == Some(at) {
            self.rules = None;
            Some(Due::Rules)
        } else if self.repeats.first().is_some_and(|(first, _)| *first == at) {
            self.repeats.pop_first().map(|(_, order)| Due::AskAgain(order))
        } else {
            [&mut self.lot_waits, &mut self.exit_rests, &mut self.lot_alarms, &mut self.answers]
                .into_iter()
                .find(|line| line.0.front().is_some_and(|(front, _)| *front == at))
                .and_then(|line| line.0.pop_front())
                .map(|(_, due)| due)
        };
        self.find_next();
        due.map(|due| (at, due))
    }

    /// Drops answers at the head of the line that have come, so that they do not wake anyone.
    pub(crate) fn drop_answered(&mut self, waits: impl Fn(OrderKey) -> bool) {
        let mut dropped = false;
        while let Some((_, Due::Answer(order))) = self.answers.0.front() {
            if waits(*order) {
                break;
            }
            self.answers.0.pop_front();
            dropped = true;
        }
        if dropped {
            self.find_next();
        }
    }

    fn find_next(&mut self) {
        let heads = [&self.answers, &self.lot_waits, &self.exit_rests, &self.lot_alarms]
            .into_iter()
            .filter_map(|line| line.0.front().map(|(at, _)| *at));
        let repeat = self.repeats.first().map(|(at, _)| *at);
        let singles =
            self.flatten.into_iter().chain(self.snapshot).chain(self.feed).chain(self.rules).chain(repeat);
        self.next = heads.chain(singles).min().unwrap_or(Timestamp::MAX);
    }
}
