//! Facts: what has happened. The order log, the positions and recovery are folds over these.

use phantom_compliance::{OrderRequest, Refusal, Ticket};
use phantom_model::{
    Bracket, ContractId, ExecId, FailReason, FlattenId, Guard, LotId, Money, OrderId, OrderKind, Price, Qty,
    Side, Timestamp,
};

use crate::book::Protection;
use crate::input::{HaltChange, Origin};

/// One fact, numbered without gaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// Counts from 1.
    pub seq: u64,
    /// When it happened, on the market's clock.
    pub at: Timestamp,
    /// What happened.
    pub body: FactBody,
}

/// What an order is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Opens or adds; its lot is watched with this bracket.
    Entry(Bracket),
    /// A reduction that somebody asked for.
    Reduction,
    /// Leaves a lot because its phantom fired.
    LotExit {
        /// The lot.
        lot: LotId,
        /// Which leg fired.
        leg: Leg,
    },
    /// Sent by a flatten.
    Flatten(FlattenId),
}

impl Purpose {
    /// Whether the order may open or add.
    #[must_use]
    pub const fn is_entry(self) -> bool {
        match self {
            Self::Entry(_) => true,
            Self::Reduction | Self::LotExit { .. } | Self::Flatten(_) => false,
        }
    }
}

/// A leg of a phantom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Leg {
    /// The stop-loss.
    Stop,
    /// The take-profit.
    Target,
}

/// An order as it was asked for when it was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Read, then refused by the gate.
    Request(OrderRequest),
    /// Could not be read.
    Ticket(Ticket),
}

/// Why the engine latched: openings blocked, exits alive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LatchCause {
    /// More was filled than ordered.
    Overfill(OrderId),
    /// An exit opened or reversed a position.
    ExitOpened(OrderId),
    /// The broker reports an order that is not ours.
    ForeignOrder(OrderId),
    /// An invariant of the engine does not hold.
    Broken(Invariant),
}

/// Invariants that the engine checks on itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Invariant {
    /// Exits that may still fill exceed the position.
    ExitsWithinPosition,
}

/// Something a person should look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alarm {
    /// A fill came after the order had ended. It counts.
    LateFill(OrderId),
    /// The broker reported a step that is not in the table of the order lifecycle.
    IllegalStep(OrderId),
    /// The same execution was reported again with other figures. The first one counts.
    ContradictingExec(OrderId),
    /// A lot waits to exit for too long.
    ExitSlow(LotId),
    /// Every rung of the exit ladder was refused: the lot is open and unprotected.
    Unprotected(LotId),
    /// Every exit that a flatten sent for the contract was refused.
    FlattenStuck(ContractId),
}

/// What has happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FactBody {
    /// The gate said no. Nothing of it reaches the broker.
    OrderRejected {
        /// The id of the refused order.
        order: OrderId,
        /// What was asked, and the refusal.
        what: Box<(Asked, Refusal)>,
        /// Who asked.
        origin: Origin,
    },
    /// An order is recorded and goes out: PENDING.
    OrderSubmitted {
        /// Its id.
        order: OrderId,
        /// What it trades.
        contract: ContractId,
        /// Buy or sell.
        side: Side,
        /// How many contracts.
        qty: Qty,
        /// Market or limit.
        kind: OrderKind,
        /// What it is for.
        purpose: Purpose,
        /// What the lot of an entry is guarded by beside its bracket.
        guard: Guard,
        /// Who caused it; `None` for a phantom.
        origin: Option<Origin>,
    },
    /// The broker has it.
    OrderAccepted {
        /// Which order.
        order: OrderId,
    },
    /// An execution, applied once.
    OrderFilled {
        /// Which order.
        order: OrderId,
        /// The broker's id of the execution.
        exec: ExecId,
        /// Contracts.
        qty: Qty,
        /// Price.
        price: Price,
        /// Fees of this execution.
        fee: Money,
    },
    /// The broker took it out of the market.
    OrderCancelled {
        /// Which order.
        order: OrderId,
    },
    /// The broker refused it, or it never got there.
    OrderFailed {
        /// Which order.
        order: OrderId,
        /// Why.
        reason: FailReason,
    },
    /// Filled, and nothing that it opened is open.
    OrderClosed {
        /// Which order.
        order: OrderId,
    },
    /// The answer is overdue; the broker is asked. The order counts fully until there is proof.
    OrderUnknown {
        /// Which order.
        order: OrderId,
    },
    /// A cancel goes out.
    CancelRequested {
        /// Which order.
        order: OrderId,
    },
    /// The broker did not cancel.
    CancelRefused {
        /// Which order.
        order: OrderId,
    },
    /// A fill opened a lot; its phantom, if it has a bracket, is armed for the same quantity.
    LotOpened {
        /// Its id.
        lot: LotId,
        /// The order that opened it.
        order: OrderId,
        /// Contracts.
        qty: u32,
        /// Entry price of these contracts.
        price: Price,
    },
    /// A further fill of the same order.
    LotGrew {
        /// Which lot.
        lot: LotId,
        /// Contracts added.
        qty: u32,
        /// Entry price of these contracts.
        price: Price,
    },
    /// An exit consumed some of a lot at one entry price.
    LotReduced {
        /// Which lot.
        lot: LotId,
        /// The order that did it.
        by: OrderId,
        /// Contracts.
        qty: u32,
        /// Entry price of these contracts.
        entry: Price,
        /// Exit price of these contracts.
        exit: Price,
        /// Gross profit of these contracts.
        realized: Money,
    },
    /// A phantom fired. It can do so once.
    PhantomFired {
        /// Its lot.
        lot: LotId,
        /// Which leg.
        leg: Leg,
        /// The price that fired it.
        print: Price,
    },
    /// A fired lot waits until a resting exit of its own is out of the market.
    ExitWaiting {
        /// Which lot.
        lot: LotId,
    },
    /// Every rung of the ladder was refused.
    LotUnprotected {
        /// Which lot.
        lot: LotId,
    },
    /// Flatten all begins: openings are blocked.
    FlattenStarted {
        /// Its id.
        flatten: FlattenId,
        /// Who asked.
        origin: Origin,
    },
    /// Flatten all was asked again while one is under way: the same one answers.
    FlattenJoined {
        /// Which one.
        flatten: FlattenId,
        /// Who asked.
        origin: Origin,
    },
    /// The flatten has its cancels, or has waited long enough: exits go out.
    FlattenExiting {
        /// Which one.
        flatten: FlattenId,
    },
    /// The flatten answers: openings are free again.
    FlattenAnswered {
        /// Which one.
        flatten: FlattenId,
        /// Whether everything is flat.
        flat: bool,
    },
    /// The flatten watches for late fills no more.
    FlattenEnded {
        /// Which one.
        flatten: FlattenId,
    },
    /// Openings are stopped or freed.
    Halted {
        /// What changed.
        change: HaltChange,
        /// Who did it.
        origin: Origin,
    },
    /// Openings blocked, exits alive, until a person has looked.
    Latched {
        /// Why.
        cause: LatchCause,
    },
    /// Something to look at.
    AlarmRaised {
        /// What.
        alarm: Alarm,
    },
    /// New terms go out for a working order. Until the answer it counts with the larger quantity.
    ChangeAsked {
        /// Which order.
        order: OrderId,
        /// Contracts of the whole order, what is filled included.
        qty: Qty,
        /// The limit price.
        limit: Price,
        /// Who asked.
        origin: Origin,
    },
    /// The order works on these terms.
    OrderChanged {
        /// Which order.
        order: OrderId,
        /// Contracts of the whole order, what is filled included.
        qty: Qty,
        /// The limit price.
        limit: Price,
    },
    /// The broker did not change the order: the old terms hold.
    ChangeRefused {
        /// Which order.
        order: OrderId,
    },
    /// Our gate said no to a change. Nothing of it reaches the broker.
    ChangeRejected {
        /// Which order.
        order: OrderId,
        /// Why.
        refusal: Box<Refusal>,
        /// Who asked.
        origin: Origin,
    },
    /// The stop, the target, or what moves them, has been changed: this is what protects the lot now.
    ProtectionSet {
        /// Which lot.
        lot: LotId,
        /// Counts the changes of the lot's protection from 1: a later stop has a higher number.
        generation: u32,
        /// All of it.
        protection: Box<Protection>,
        /// Who asked.
        origin: Origin,
    },
    /// A change of a stop or target was refused: everything stays as it was.
    ProtectionRejected {
        /// Which lot.
        lot: LotId,
        /// Why.
        refusal: Box<Refusal>,
        /// Who asked.
        origin: Origin,
    },
    /// A trade has gone far enough: the stop is at the entry, once and for all.
    BreakEvenReached {
        /// Which lot.
        lot: LotId,
        /// The number of this change of its protection.
        generation: u32,
        /// Where the fixed stop is now: never looser than it was.
        stop: Price,
        /// The price that did it.
        print: Price,
    },
    /// The market went further than before: the stops that trail follow.
    TrailsMoved {
        /// Where.
        contract: ContractId,
        /// The lowest price of the print.
        low: Price,
        /// The highest.
        high: Price,
    },
}
