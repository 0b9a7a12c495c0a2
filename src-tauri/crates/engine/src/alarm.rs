//! What a person should look at: alarms, and the latches that stop openings until somebody has.

use phantom_compliance::{RuleId, RunAway};
use phantom_model::{ContractId, ContractStanding, ExecId, LotId, NetQty, OrderId};
use serde::{Deserialize, Serialize};

/// Why the engine latched: openings blocked, exits alive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum LatchCause {
    /// More was filled than ordered.
    Overfill(OrderId),
    /// An exit opened or reversed a position.
    ExitOpened(OrderId),
    /// The broker reports an order under an id of ours that is not in the book.
    ForeignOrder(OrderId),
    /// An order that is not ours works or was filled in the contract.
    OutsideOrder(OrderId),
    /// The broker's own number of a position is not ours.
    Mismatch(ContractId),
    /// An execution was taken back or changed after what it opened had been closed.
    Undone(OrderId),
    /// The broker lists two orders under one id of ours.
    TwoOrders(OrderId),
    /// The broker lists an order as working that has ended in the book.
    Revived(OrderId),
    /// The same execution may have come under two ids; it was counted once.
    TwinExec(OrderId),
    /// The disk is full: what is opened now may not be recorded.
    DiskFull,
    /// The journal was damaged: what its end said is not known.
    JournalDamaged,
    /// An invariant of the engine does not hold.
    Broken(Invariant),
}

/// Invariants that the engine checks on itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Invariant {
    /// Exits that may still fill exceed the position.
    ExitsWithinPosition,
    /// The open lots of a contract do not add up to its position.
    LotsMatchPosition,
    /// More contracts wait for their exit than are open.
    WaitingWithinPosition,
}

/// Something a person should look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
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
    /// The broker's own number of a position is not ours, twice and steadily.
    Mismatch {
        /// Which position.
        contract: ContractId,
        /// What fills prove.
        ours: NetQty,
        /// What the broker says.
        broker: NetQty,
    },
    /// A person took the broker's number, but without a price nothing can be opened for it.
    NoPriceToAdjust(ContractId),
    /// The exchange took back an execution of the order.
    Busted(OrderId),
    /// The exchange changed the figures of an execution of the order.
    Corrected(OrderId),
    /// The exchange speaks of an execution that never came.
    UnknownExec(ExecId),
    /// The same execution may have come under two ids.
    TwinExec(OrderId),
    /// A cancel is without an answer for too long: the order may still fill, and counts as if it will.
    CancelUnanswered(OrderId),
    /// Asked several times, and the broker still does not say what became of the order.
    StillUnknown(OrderId),
    /// The broker lists an order without our id that may be this one of ours.
    PerhapsOurs(OrderId),
    /// The broker answered a question that nobody had asked.
    WrongAnswer,
    /// The broker's own account is incomplete; it is asked for again.
    SnapshotIncomplete,
    /// The feed is dead: stops and targets see nothing.
    StopsBlind,
    /// The price of a phantom was passed while the desk was away: a person decides.
    PassedWhileAway(LotId),
    /// The broker's own account does not come: after an absence stops go by what the journal proves.
    StopsUnconfirmed(ContractId),
    /// The journal takes no more.
    JournalLost,
    /// The disk is slow: openings wait for it, exits do not.
    SlowDisk,
    /// So much of a limit is used.
    RuleNear {
        /// Of which rule.
        rule: RuleId,
        /// How much, in percent.
        percent: u32,
    },
    /// A rule is reached.
    RuleBroken(RuleId),
    /// Something is open, or may be opened, in a contract that should be left.
    ContractStands {
        /// Which one.
        contract: ContractId,
        /// How it stands.
        standing: ContractStanding,
    },
    /// Orders ran away: entries are switched off.
    RanAway(RunAway),
}
