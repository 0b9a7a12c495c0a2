//! What happened, in the order in which it happened: the oracle's only source besides the truth.
//!
//! The journal writes facts to it, the link writes what it hands over in either direction and what
//! really happened at the exchange, the world writes what was asked. Single-threaded by design: one
//! run lives on one thread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use phantom_broker::{Message, SendEnd};
use phantom_compliance::{OrderRequest, Protect};
use phantom_engine::{Fact, FactBody, HaltChange};
use phantom_model::{BrokerReport, ContractId, FlattenId, Link, LotId, MarketRecord, OrderId, Timestamp};
use phantom_runtime::{Journal, JournalHealth};

use crate::draw::join;
use crate::plan::Hashes;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Seen {
    /// A ticket came to the desk. What the desk answers follows.
    Placed {
        /// What it asks for.
        request: OrderRequest,
        /// Whether a signal asks, or a person.
        by_signal: bool,
    },
    /// A ticket that could not be read came to the desk.
    PlacedUnreadable,
    /// A cancel was asked for.
    CancelAsked(OrderId),
    /// Flatten all was pressed.
    FlattenPressed,
    /// Openings were stopped, or freed.
    HaltAsked(HaltChange),
    /// An order was to be changed.
    ChangeAsked(OrderId),
    /// What protects a lot was to be changed.
    Protected(LotId, Box<Protect>),
    /// The way to the broker came or went, and the desk was told.
    LinkSaid(Link),
    /// A person decided whose number of a position is right.
    Decided(ContractId),
    /// The feed's heart beat.
    HeartBeat,
    /// The market made this record; the engine sees it next, after what it fills in band.
    Printed(MarketRecord),
    /// The connection handed this report over.
    Delivered(BrokerReport),
    /// A fact was journaled, in this place of the journal.
    Recorded(usize),
    /// A message was handed to the connection, and so it ended.
    Sent {
        /// When.
        at: Timestamp,
        /// The message.
        message: Message,
        /// How the send ended.
        end: SendEnd,
    },
    /// The exchange filled something.
    TruthFilled(TruthFill),
    /// The broker has said something about this contract that was not so: an end before a fill that
    /// had happened, more than was ordered.
    Lied(ContractId),
    /// The desk was rebuilt from its facts.
    Restarted,
}

/// A fill at the exchange, whoever gets to know of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TruthFill {
    /// The order.
    pub order: OrderId,
    /// Its contract.
    pub contract: ContractId,
    /// Whether it left us as an exit.
    pub is_exit: bool,
    /// The account's position before and after.
    pub position: (i64, i64),
}

#[derive(Debug, Default)]
struct Roll {
    seen: Vec<Seen>,
    /// The event of the script under way.
    event: u32,
    orders: BTreeMap<OrderId, u64>,
    lots: BTreeMap<LotId, LotRow>,
    flattens: BTreeMap<FlattenId, u64>,
}

#[derive(Clone, Copy, Debug)]
struct LotRow {
    key: u64,
    opened: u32,
}

/// A hold on the one tape of a run.
#[derive(Clone, Debug, Default)]
pub struct Tape(Rc<RefCell<Roll>>);

impl Tape {
    /// Writes what happened.
    pub fn push(&self, seen: Seen) {
        self.0.borrow_mut().seen.push(seen);
    }

    /// Exchanges what is on the tape for an empty list with room.
    pub fn swap(&self, seen: &mut Vec<Seen>) {
        std::mem::swap(&mut self.0.borrow_mut().seen, seen);
    }

    /// Whether nothing has happened since the last look.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.borrow().seen.is_empty()
    }

    /// The script has come to this event.
    pub fn begin_event(&self, index: u32) {
        self.0.borrow_mut().event = index;
    }

    /// A key for what is drawn about an order. It hangs on the event that caused the order, not on
    /// its id, so that it is the same in a run from which other events were cut.
    #[must_use]
    pub fn key_of(&self, order: OrderId) -> u64 {
        let roll = self.0.borrow();
        if let OrderId::LotStop { lot, nth, .. } = order {
            return join(roll.lots.get(&lot).map_or(0, |row| row.key), 0x7374_0000 + u64::from(nth));
        }
        roll.orders.get(&order).copied().unwrap_or(0)
    }

    /// All contracts that a lot ever had.
    #[must_use]
    pub fn ever_opened(&self, lot: LotId) -> u32 {
        self.0.borrow().lots.get(&lot).map_or(0, |row| row.opened)
    }

    fn record(&self, place: usize, fact: &Fact) {
        let mut roll = self.0.borrow_mut();
        roll.seen.push(Seen::Recorded(place));
        let event = u64::from(roll.event);
        if let FactBody::OrderSubmitted { order, .. } = &fact.body {
            let key = match *order {
                OrderId::Ticket(_) => join(0x7469, event),
                OrderId::LotExit { lot, exit } => {
                    join(roll.lots.get(&lot).map_or(0, |row| row.key), u64::from(exit))
                }
                OrderId::LotStop { .. } => 0,
                OrderId::Outside(n) => join(0x6f75, u64::from(n)),
                OrderId::FlattenExit { flatten, contract, exit } => {
                    let flatten = roll.flattens.get(&flatten).copied().unwrap_or(0);
                    join(join(flatten, u64::from(phantom_model::ArenaKey::row(contract))), u64::from(exit))
                }
            };
            roll.orders.insert(*order, key);
        } else if let FactBody::LotOpened { lot, order, qty, .. } = &fact.body {
            let key = join(0x6c6f, roll.orders.get(order).copied().unwrap_or(0));
            roll.lots.insert(*lot, LotRow { key, opened: *qty });
        } else if let FactBody::LotGrew { lot, qty, .. } = &fact.body {
            if let Some(row) = roll.lots.get_mut(lot) {
                row.opened += qty;
            }
        } else if let FactBody::FlattenStarted { flatten, .. } = &fact.body {
            roll.flattens.insert(*flatten, join(0x666c, event));
        }
    }
}

/// The journal of a run: facts in memory, noted on the tape as they come.
#[derive(Debug)]
pub struct TapedJournal {
    facts: Vec<Fact>,
    tape: Tape,
    hash: Hash,
    hashes: Hashes,
}

impl TapedJournal {
    /// An empty journal.
    #[must_use]
    pub const fn new(tape: Tape, hashes: Hashes) -> Self {
        Self { facts: Vec::new(), tape, hash: Hash::new(), hashes }
    }

    /// Every fact so far.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The hash of all facts so far.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }
}

impl Journal for TapedJournal {
    fn append(&mut self, facts: &[Fact]) {
        for fact in facts {
            if self.hashes == Hashes::Taken {
                self.hash.take(fact);
            }
            self.tape.record(self.facts.len(), fact);
            self.facts.push(fact.clone());
        }
    }

    fn durable(&self) -> u64 {
        self.facts.last().map_or(0, |fact| fact.seq)
    }

    fn health(&self) -> JournalHealth {
        JournalHealth::Sound
    }
}

/// A hash over the written form of values (FNV-1a, 64 bits): the same on every machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hash(u64);

impl Hash {
    /// The hash of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes one value, every field of it.
    pub fn take(&mut self, value: &impl std::fmt::Debug) {
        // Writing to a number cannot fail.
        let written = std::fmt::Write::write_fmt(self, format_args!("{value:?};"));
        debug_assert!(written.is_ok());
    }

    /// The hash as a number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl Default for Hash {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Write for Hash {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}
