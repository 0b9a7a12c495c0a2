//! The state of record. It changes only by folding facts.

mod account;
mod changes;
mod corrections;
mod fold;
pub mod gap;
mod guards;
mod ladder;
mod levels;
mod lot;
mod order;
mod position;
mod refusals;
mod room;
mod standing;
mod stops;
mod trails;

use std::collections::{BTreeMap, BTreeSet};

use phantom_compliance::{Halt, Minis};
use phantom_model::{
    Arena, ArenaKey, BrokerOrderId, ContractId, ExecId, FlattenId, Guard, LotId, Money, OrderId, Side,
    Timestamp, TradingDay,
};
use serde::{Deserialize, Serialize};

pub use account::{Account, Plan};
pub use changes::Change;
pub use guards::Protection;
pub(crate) use guards::tighter;
pub use ladder::Ladder;
pub use levels::Levels;
pub(crate) use levels::fires;
pub use lot::{Closed, ClosedKey, Lot, LotState, Piece, PieceKey};
pub use order::{Cancelling, FillKey, FillRow, FillState, Order, OrderKey};
pub use position::{Difference, DifferenceStanding, Position};

use crate::config::ContractTerms;
use crate::fact::{Fact, LatchCause};
use crate::input::Origin;

/// Orders, lots, positions, phantoms and flattens, as the facts tell them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Book {
    seq: u64,
    last_at: Timestamp,
    /// When the way to the broker last broke, or the desk came back from an absence: what was sent before may
    /// have been lost by that.
    broke_at: Timestamp,
    orders: Arena<OrderKey, Order>,
    fills: Arena<FillKey, FillRow>,
    pieces: Arena<PieceKey, Piece>,
    lots: Arena<LotId, Lot>,
    positions: Arena<ContractId, Position>,
    flattens: Arena<FlattenId, Flatten>,
    /// The flatten that has not ended; there is at most one.
    flatten_now: Option<FlattenId>,
    tickets: Vec<Entered>,
    live: BTreeSet<OrderKey>,
    /// Those among them that the broker's side has placed.
    stops: BTreeSet<OrderKey>,
    /// Changes that the broker has not answered, by their orders.
    changes: BTreeMap<OrderKey, Change>,
    /// What entries asked for beside their brackets.
    guards: BTreeMap<OrderKey, Guard>,
    /// The lots that have more than their brackets.
    guarded: BTreeMap<LotId, guards::Guarded>,
    worst_total: Minis,
    halt: Halt,
    /// Executions by id, so that each is applied once whatever order it comes for.
    execs: Vec<(ExecId, FillKey)>,
    closed: Arena<ClosedKey, Closed>,
    /// Orders that are not ours, in the order in which they were seen.
    outside: Vec<OrderKey>,
    /// The same by the broker's name, contract and side: a name that comes back with other terms is
    /// another order.
    outside_names: BTreeMap<OutsideName, OrderKey>,
    latches: Vec<LatchCause>,
    blind: bool,
    /// Orders of which an execution was told again with other figures.
    contradicted: BTreeSet<OrderId>,
    day: Option<TradingDay>,
    gap: gap::Gap,
    account: Account,
    /// Profit of everything closed less fees of every fill, over all contracts.
    cash: Money,
}

/// What tells one order that is not ours from another.
pub type OutsideName = (BrokerOrderId, ContractId, Side);

/// What became of the n-th ticket.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
enum Entered {
    Order(OrderKey),
    Rejected,
    /// Given to nobody, unless the broker knows an order of this id.
    LeftOut,
}

/// A flatten and how far it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Flatten {
    /// When it began.
    pub started_at: Timestamp,
    /// Who asked for it: a person, once one has.
    pub origin: Origin,
    /// Orders from this one on are younger than the flatten.
    pub fence: OrderKey,
    /// How far it is.
    pub phase: FlattenPhase,
    /// The exits that it has sent.
    pub exits: Vec<OrderKey>,
    /// Which of its exits were refused, and where each stands on its ladder.
    pub ladder: Ladder,
}

/// How far a flatten is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FlattenPhase {
    /// Waits for the answers to its cancels.
    Cancelling,
    /// Its exits are out.
    Exiting,
    /// It has answered, and watches for late fills.
    Watching {
        /// When it answered.
        since: Timestamp,
        /// What it answered, or what has become of that since.
        flat: bool,
    },
    /// It is over.
    Ended,
}

impl Flatten {
    fn new(started_at: Timestamp, origin: Origin, fence: OrderKey) -> Self {
        let (exits, ladder) = (Vec::new(), Ladder::default());
        Self { started_at, origin, fence, phase: FlattenPhase::Cancelling, exits, ladder }
    }

    /// One that nobody is known to have asked for. Exits of it that the broker knows have a place here.
    pub(super) fn left_out(at: Timestamp, fence: OrderKey) -> Self {
        Self { phase: FlattenPhase::Ended, ..Self::new(at, Origin::Rule, fence) }
    }
}

impl Book {
    /// An empty book for these contracts.
    #[must_use]
    pub fn new(terms: &Arena<ContractId, ContractTerms>) -> Self {
        let none = Self {
            seq: 0,
            last_at: Timestamp::MIN,
            broke_at: Timestamp::MIN,
            orders: Arena::new(),
            fills: Arena::new(),
            pieces: Arena::new(),
            lots: Arena::new(),
            positions: Arena::new(),
            flattens: Arena::new(),
            flatten_now: None,
            tickets: Vec::new(),
            live: BTreeSet::new(),
            stops: BTreeSet::new(),
            changes: BTreeMap::new(),
            guards: BTreeMap::new(),
            guarded: BTreeMap::new(),
            worst_total: Minis::ZERO,
            halt: Halt::default(),
            execs: Vec::new(),
            closed: Arena::new(),
            outside: Vec::new(),
            outside_names: BTreeMap::new(),
            latches: Vec::new(),
            blind: false,
            contradicted: BTreeSet::new(),
            day: None,
            gap: gap::Gap::default(),
            account: Account::default(),
            cash: Money::ZERO,
        };
        none.with_contracts(terms)
    }

    /// The same book for more contracts, in which nothing has happened.
    #[must_use]
    pub fn with_contracts(mut self, terms: &Arena<ContractId, ContractTerms>) -> Self {
        for (_, terms) in terms.iter().skip(self.positions.len()) {
            self.positions.push(Position::flat(terms.weight));
        }
        self
    }

    /// Rebuilds a book from its facts.
    #[must_use]
    pub fn replay<'a>(
        terms: &Arena<ContractId, ContractTerms>,
        facts: impl IntoIterator<Item = &'a Fact>,
    ) -> Self {
        let mut book = Self::new(terms);
        for fact in facts {
            book.fold(fact);
        }
        book
    }

    /// The number of the last fact.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// When the last fact happened; [`Timestamp::MIN`] before the first.
    #[must_use]
    pub const fn last_at(&self) -> Timestamp {
        self.last_at
    }

    /// Whether openings are stopped.
    #[must_use]
    pub const fn halt(&self) -> Halt {
        self.halt
    }

    /// All orders that were submitted, oldest first.
    #[must_use]
    pub const fn orders(&self) -> &Arena<OrderKey, Order> {
        &self.orders
    }

    /// All lots, oldest first, closed ones included.
    #[must_use]
    pub const fn lots(&self) -> &Arena<LotId, Lot> {
        &self.lots
    }

    /// The position of each contract.
    #[must_use]
    pub const fn positions(&self) -> &Arena<ContractId, Position> {
        &self.positions
    }

    /// All flattens, oldest first.
    #[must_use]
    pub const fn flattens(&self) -> &Arena<FlattenId, Flatten> {
        &self.flattens
    }

    /// Executions, each once.
    #[must_use]
    pub const fn fills(&self) -> &Arena<FillKey, FillRow> {
        &self.fills
    }

    /// Sum over the open contracts of a lot of their entry prices, in ticks.
    #[must_use]
    pub fn open_cost_ticks(&self, lot: LotId) -> i64 {
        let Some(lot) = self.lots.get(lot) else { return 0 };
        std::iter::successors(Some(lot.first_piece), |&key| self.pieces.at(key).next)
            .map(|key| self.pieces.at(key))
            .fold(0_i64, |sum, piece| {
                sum.saturating_add(piece.price.ticks().saturating_mul(i64::from(piece.open)))
            })
    }

    pub(crate) const fn pieces(&self) -> &Arena<PieceKey, Piece> {
        &self.pieces
    }

    /// Orders that may still fill in the ordinary way, oldest first.
    pub fn live_orders(&self) -> impl Iterator<Item = (OrderKey, &Order)> {
        self.live.iter().map(|&key| (key, self.orders.at(key)))
    }

    /// Stops that the broker's side has placed and that may still fill, oldest first.
    pub fn stops(&self) -> impl Iterator<Item = OrderKey> {
        self.stops.iter().copied()
    }

    /// Whether there are any.
    pub(crate) fn has_stops(&self) -> bool {
        !self.stops.is_empty()
    }

    /// The exits of a lot, stops of the broker's side among them, newest first.
    pub(crate) fn exits_of(&self, lot: &Lot) -> impl Iterator<Item = &Order> {
        let newest = lot.last_exit.map(|key| self.orders.at(key));
        std::iter::successors(newest, |order| order.earlier_exit.map(|key| self.orders.at(key)))
    }

    /// Whether any order may still fill in the ordinary way.
    #[must_use]
    pub fn has_live_orders(&self) -> bool {
        !self.live.is_empty()
    }

    /// The worst case of the whole account.
    #[must_use]
    pub const fn worst_total(&self) -> Minis {
        self.worst_total
    }

    /// The order of an id that may come from outside.
    #[must_use]
    pub fn find(&self, id: OrderId) -> Option<OrderKey> {
        match id {
            OrderId::Ticket(n) => match self.tickets.get(n.checked_sub(1)? as usize)? {
                Entered::Order(key) => Some(*key),
                Entered::Rejected | Entered::LeftOut => None,
            },
            OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, .. } => {
                let mut next = self.lots.get(lot)?.last_exit;
                while let Some(key) = next {
                    let order = self.orders.at(key);
                    if order.id == id {
                        return Some(key);
                    }
                    next = order.earlier_exit;
                }
                None
            }
            OrderId::FlattenExit { flatten, .. } => {
                let exits = &self.flattens.get(flatten)?.exits;
                exits.iter().copied().find(|&key| self.orders.at(key).id == id)
            }
            OrderId::Outside(n) => self.outside.get(n.checked_sub(1)? as usize).copied(),
        }
    }

    /// Whether the id is one that an order of ours may have which the journal has lost: only what closes
    /// leaves before it is durable.
    pub(crate) fn may_be_lost(&self, id: OrderId) -> bool {
        match id {
            OrderId::Ticket(n) => {
                let place = n.checked_sub(1).map(|place| place as usize);
                place.and_then(|place| self.tickets.get(place)) == Some(&Entered::LeftOut)
            }
            OrderId::LotExit { lot, exit } => {
                self.lots.get(lot).is_some_and(|row| row.open > 0 && exit > row.exits_sent)
            }
            OrderId::FlattenExit { flatten, .. } => self.flattens.get(flatten).is_some(),
            OrderId::LotStop { .. } | OrderId::Outside(_) => false,
        }
    }

    /// The id that the next ticket gets.
    #[must_use]
    pub fn next_ticket(&self) -> OrderId {
        OrderId::Ticket(u32::try_from(self.tickets.len()).map_or(u32::MAX, |n| n.saturating_add(1)))
    }

    /// The flatten that has not answered yet, or still watches for late fills.
    #[must_use]
    pub fn last_flatten(&self) -> Option<(FlattenId, &Flatten)> {
        self.flatten_now.map(|flatten| (flatten, self.flattens.at(flatten)))
    }

    /// The execution of an id.
    #[must_use]
    pub fn find_fill(&self, exec: ExecId) -> Option<FillKey> {
        // Ids mostly grow: the newest is compared first.
        if self.execs.last().is_none_or(|(newest, _)| *newest < exec) {
            return None;
        }
        let place = self.execs.binary_search_by_key(&exec, |(id, _)| *id).ok()?;
        self.execs.get(place).map(|(_, fill)| *fill)
    }

    /// What was closed, oldest first.
    #[must_use]
    pub const fn closed(&self) -> &Arena<ClosedKey, Closed> {
        &self.closed
    }

    /// An order that is not ours, by the broker's name for it and its terms.
    #[must_use]
    pub fn find_outside(&self, name: OutsideName) -> Option<OrderKey> {
        self.outside_names.get(&name).copied()
    }

    /// The id that the next order gets that is not ours.
    #[must_use]
    pub fn next_outside(&self) -> OrderId {
        OrderId::Outside(u32::try_from(self.outside.len()).map_or(u32::MAX, |n| n.saturating_add(1)))
    }

    /// Why the account is latched; empty when it is not.
    #[must_use]
    pub fn latches(&self) -> &[LatchCause] {
        &self.latches
    }

    /// Whether the feed is dead, so that stops and targets see nothing.
    #[must_use]
    pub const fn is_blind(&self) -> bool {
        self.blind
    }

    /// Whether somebody has been told that an execution of the order came again with other figures.
    pub(crate) fn is_contradicted(&self, order: OrderId) -> bool {
        self.contradicted.contains(&order)
    }

    /// The trading day; `None` before one was told.
    #[must_use]
    pub const fn day(&self) -> Option<TradingDay> {
        self.day
    }

    /// Executions of one order, newest first.
    pub fn fills_of(&self, order: &Order) -> impl Iterator<Item = &FillRow> {
        std::iter::successors(order.last_fill, |&key| self.fills.at(key).earlier)
            .map(|key| self.fills.at(key))
    }
}

impl Flatten {
    /// Whether it has still to answer.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        match self.phase {
            FlattenPhase::Cancelling | FlattenPhase::Exiting => true,
            FlattenPhase::Watching { .. } | FlattenPhase::Ended => false,
        }
    }

    /// Whether an order is older than the flatten, so that its late fills are the flatten's to close.
    #[must_use]
    pub fn covers(&self, order: OrderKey) -> bool {
        order.row() < self.fence.row()
    }
}
