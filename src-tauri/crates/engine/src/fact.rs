//! Facts: what has happened. The order log, the positions and recovery are folds over these.

use phantom_compliance::{OrderRequest, Refusal, Ticket};
use phantom_model::{
    Bracket, BrokerOrderId, ContractId, ContractStanding, ExecId, FailReason, FlattenId, Guard, Link, LotId,
    Money, NetQty, OrderId, OrderKind, Price, Qty, Side, Timestamp, TradingDay,
};
use serde::{Deserialize, Serialize};

pub use crate::absence::{Absence, GapPolicy};
pub use crate::alarm::{Alarm, Invariant, LatchCause};
use crate::book::Protection;
use crate::input::{HaltChange, Origin};
use crate::rule_fact::RuleFact;

/// One fact, numbered without gaps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fact {
    /// Counts from 1.
    pub seq: u64,
    /// When it happened, on the market's clock.
    pub at: Timestamp,
    /// What happened.
    pub body: FactBody,
}

/// What an order is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
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
    /// Not ours: somebody else's order, or what a person's adjustment stands for. It is never sent,
    /// cancelled or counted as live.
    Outside,
}

impl Purpose {
    /// Whether the order may open or add.
    #[must_use]
    pub const fn is_entry(self) -> bool {
        match self {
            Self::Entry(_) => true,
            Self::Reduction | Self::LotExit { .. } | Self::Flatten(_) | Self::Outside => false,
        }
    }
}

/// A leg of a phantom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Leg {
    /// The stop-loss.
    Stop,
    /// The take-profit.
    Target,
}

/// An order as it was asked for when it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Asked {
    /// Read, then refused by the gate.
    Request(OrderRequest),
    /// Could not be read.
    Ticket(Ticket),
}

/// What has happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FactBody {
    /// The gate said no. Nothing of it reaches the broker.
    OrderRejected {
        /// The id of the refused order.
        order: OrderId,
        /// What was asked, and the refusal.
        #[serde(with = "refused")]
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
        #[serde(rename = "type")]
        kind: OrderKind,
        /// What it is for.
        purpose: Purpose,
        /// What the lot of an entry is guarded by beside its bracket.
        #[serde(default, skip_serializing_if = "Guard::is_none")]
        guard: Guard,
        /// Who caused it; `None` for a phantom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
        /// The broker's own time of it, where it gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        broker_time: Option<Timestamp>,
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
        /// Where the leg stood.
        level: Price,
        /// The market's own stamp of that price: older than the decision by the age of the print.
        printed_at: Timestamp,
    },
    /// The desk is back: from `since` until now it could see nothing. No phantom that was armed then fires
    /// before the broker's own account has been compared and a price has been seen twice.
    Returned {
        /// Why it was away.
        absence: Absence,
        /// Since when.
        since: Timestamp,
        /// What becomes of a phantom whose price was passed meanwhile.
        policy: GapPolicy,
    },
    /// An exit of the lot that the journal does not have is known to the broker: its phantom had fired, and
    /// the desk ended before that was recorded.
    ExitFound {
        /// Its lot.
        lot: LotId,
        /// Which leg fired, as far as the exit's price tells.
        leg: Leg,
    },
    /// While the desk could not act, a price reached a leg. It is told, and fires nothing by itself.
    PhantomTouched {
        /// Its lot.
        lot: LotId,
        /// Which leg.
        leg: Leg,
        /// The price.
        print: Price,
    },
    /// The first price after an absence is beyond a leg, and the policy leaves that to a person: the leg
    /// fires nothing until the price has come back, or the person lets it exit.
    PhantomPassed {
        /// Its lot.
        lot: LotId,
        /// Which leg.
        leg: Leg,
        /// The price.
        print: Price,
    },
    /// A leg that was passed watches again: the price has come back.
    PhantomWatches {
        /// Its lot.
        lot: LotId,
        /// The price.
        print: Price,
    },
    /// The first price after an absence has been judged: every phantom of the contract of which nothing
    /// else is told watches as before.
    GapClosed {
        /// Where.
        contract: ContractId,
        /// The price.
        print: Price,
    },
    /// The journal takes no more. Facts from here on are not recorded: openings are blocked, exits go on.
    JournalLost,
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
    /// A late fill has opened again what the flatten had called closed: its receipt is open again.
    FlattenReopened {
        /// Which one.
        flatten: FlattenId,
    },
    /// Everything that the flatten covers is closed, later than its answer said: its receipt is revised.
    FlattenSettled {
        /// Which one.
        flatten: FlattenId,
    },
    /// The flatten watches for late fills no more.
    FlattenEnded {
        /// Which one.
        flatten: FlattenId,
    },
    /// An order that is not ours was seen at the broker.
    OutsideOrderSeen {
        /// The id that it has here.
        order: OrderId,
        /// The broker's name for it.
        broker_order: BrokerOrderId,
        /// What it trades.
        contract: ContractId,
        /// Buy or sell.
        side: Side,
        /// How many contracts.
        qty: Qty,
    },
    /// A person took the broker's number of a position: so many contracts came or went, nobody knows how.
    PositionAdjusted {
        /// The order that stands for it here.
        order: OrderId,
        /// Which position.
        contract: ContractId,
        /// Which way it changed.
        side: Side,
        /// How many contracts.
        qty: Qty,
        /// The price from which what it opens counts: the last good one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Price>,
        /// Who decided.
        origin: Origin,
    },
    /// The exchange took an execution back.
    FillBusted {
        /// Its order.
        order: OrderId,
        /// Which execution.
        exec: ExecId,
    },
    /// The exchange changed the figures of an execution.
    FillCorrected {
        /// Its order.
        order: OrderId,
        /// Which execution.
        exec: ExecId,
        /// The contracts that it was really for.
        qty: Qty,
        /// The price that it was really at.
        price: Price,
        /// What it really cost.
        fee: Money,
    },
    /// An execution that does not count: it seems to be one that has come before, under another id.
    FillDoubted {
        /// Its order.
        order: OrderId,
        /// Its id.
        exec: ExecId,
        /// Contracts.
        qty: Qty,
        /// Price.
        price: Price,
    },
    /// Contracts of a lot are gone without a trade that closed them.
    LotUnwound {
        /// Which lot.
        lot: LotId,
        /// Contracts.
        qty: u32,
        /// Entry price of these contracts.
        entry: Price,
    },
    /// What an exit had closed of a lot is open again.
    ReductionUndone {
        /// Which lot.
        lot: LotId,
        /// The order that had closed it.
        by: OrderId,
        /// Contracts.
        qty: u32,
        /// Entry price of these contracts.
        entry: Price,
        /// Exit price of these contracts.
        exit: Price,
        /// The profit that had been counted and is taken back.
        realized: Money,
    },
    /// Openings in one contract blocked, exits alive, until a person has looked.
    ContractLatched {
        /// Which contract.
        contract: ContractId,
        /// Why.
        cause: LatchCause,
    },
    /// The way to the broker is there, or is not. Once it is, openings wait for [`FactBody::Reconciled`].
    LinkChanged {
        /// How it is.
        link: Link,
    },
    /// The broker's own account is complete and has been compared: openings are free again.
    Reconciled,
    /// The broker's number of a position is not ours. It may lag; the second look decides.
    PositionDiffers {
        /// Which position.
        contract: ContractId,
        /// What fills prove.
        ours: NetQty,
        /// What the broker says.
        broker: NetQty,
    },
    /// The second look said the same: a person decides. Until then exits take the smaller number.
    DifferenceConfirmed {
        /// Which position.
        contract: ContractId,
    },
    /// A person has decided that fills are right.
    DifferenceDismissed {
        /// Which position.
        contract: ContractId,
        /// Who decided.
        origin: Origin,
    },
    /// The broker's number and ours are the same again.
    DifferenceGone {
        /// Which position.
        contract: ContractId,
    },
    /// No heartbeat of the feed for too long: stops and targets are blind.
    FeedLost,
    /// The feed's heart beats again.
    FeedBack,
    /// A contract stands otherwise than before.
    ContractStands {
        /// Which one.
        contract: ContractId,
        /// How it stands now.
        standing: ContractStanding,
    },
    /// A trading day begins: profit and fees of the day count from here.
    DayStarted {
        /// Which day.
        day: TradingDay,
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
    /// Something about the rules has happened.
    Rule(Box<RuleFact>),
    /// The market went further than before: the stops that trail follow.
    TrailsMoved {
        /// Where.
        contract: ContractId,
        /// The lowest price of the print.
        low: Price,
        /// The highest.
        high: Price,
    },
    /// A suspect print: too far off to count unless the next one confirms it. It fired nothing and moved
    /// nothing.
    PrintDoubted {
        /// Where.
        contract: ContractId,
        /// Its price.
        price: Price,
        /// The last good price.
        last: Price,
    },
}

/// How a refused order is written: what was asked and the refusal by their names.
mod refused {
    use phantom_compliance::Refusal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Asked;

    #[derive(Serialize)]
    struct Written<'a> {
        asked: &'a Asked,
        refusal: &'a Refusal,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Read {
        asked: Asked,
        refusal: Refusal,
    }

    pub(super) fn serialize<S: Serializer>(what: &(Asked, Refusal), to: S) -> Result<S::Ok, S::Error> {
        Written { asked: &what.0, refusal: &what.1 }.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Box<(Asked, Refusal)>, D::Error> {
        let Read { asked, refusal } = Read::deserialize(from)?;
        Ok(Box::new((asked, refusal)))
    }
}
