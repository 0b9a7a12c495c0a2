//! What the engine is fed.

use std::sync::Arc;

use phantom_compliance::{ChangeRequest, OrderRequest, Profile, Protect, Refusal, Ticket};
use phantom_model::{
    BrokerReport, ContractId, Link, LotId, MarketRecord, Money, NetQty, OrderId, SignalRef, Timestamp,
    TradingDay,
};
use serde::{Deserialize, Serialize};

use crate::fact::{Absence, GapPolicy};

/// One input. Whatever happens to the desk comes in as one of these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// Buy or sell.
    Place {
        /// The order, read or refused at the edge.
        intake: Intake,
        /// Who asks.
        origin: Origin,
    },
    /// Take a working order out of the market.
    Cancel {
        /// Which one.
        order: OrderId,
        /// Who asks.
        origin: Origin,
    },
    /// Give a working order other terms.
    Change {
        /// Which one.
        order: OrderId,
        /// What is to change, read or refused at the edge.
        change: Result<ChangeRequest, Box<Refusal>>,
        /// Who asks.
        origin: Origin,
    },
    /// Set, move or take away the stop or the target of what is open.
    Protect {
        /// What is to be protected.
        whom: Protected,
        /// What is to change, read or refused at the edge.
        change: Result<Protect, Box<Refusal>>,
        /// Who asks.
        origin: Origin,
    },
    /// Close everything, cancel everything.
    Flatten {
        /// Who asks.
        origin: Origin,
    },
    /// Stop openings, or let them go on.
    Halt {
        /// What changes.
        change: HaltChange,
        /// Who asks.
        origin: Origin,
    },
    /// The broker says something.
    Report(BrokerReport),
    /// The market says something.
    Market(MarketRecord),
    /// The way to the broker has come or gone.
    Link(Link),
    /// Compare with the broker's own account now.
    Reconcile,
    /// A person decides which number of a position is right.
    Decide {
        /// Which position.
        contract: ContractId,
        /// Whose number.
        decision: Decision,
        /// Who decides.
        origin: Origin,
    },
    /// The desk is back after it could see nothing.
    Returned {
        /// Why it was away.
        absence: Absence,
        /// Since when.
        since: Timestamp,
        /// What becomes of a phantom whose price was passed meanwhile.
        policy: GapPolicy,
    },
    /// A person lets a phantom exit whose price was passed while the desk was away.
    ExitPassed {
        /// Its lot.
        lot: LotId,
    },
    /// The journal is not what it was.
    Journal(JournalStanding),
    /// The feed lives. From the first heartbeat on, its absence makes the stops blind.
    FeedAlive,
    /// A trading day has begun.
    TradingDay(TradingDay),
    /// Something about the rules: they are chosen, tightened, or the account is locked.
    Rules(RulesInput),
    /// Time has passed: whatever is due, is done.
    Clock,
}

/// How the journal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JournalStanding {
    /// Facts become durable in good time.
    Sound,
    /// The disk is slow: openings wait for it.
    Slow,
    /// The disk is full: nothing is opened until a person has looked.
    Full,
    /// It takes no more.
    Lost,
    /// It was found damaged at the start: nothing is opened until a person has looked.
    Damaged,
}

/// What the engine is told about the rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RulesInput {
    /// Rules are chosen. What becomes tighter counts at once, what becomes looser from the next session.
    Adopt {
        /// The rules, with the trader's own limits.
        profile: Arc<Profile>,
        /// Whether this is another account than the one so far, even of the same pack.
        fresh: bool,
        /// Who chooses.
        origin: Origin,
    },
    /// There are rules, but they cannot be read: nothing opens.
    Unusable {
        /// What is wrong with them.
        why: Arc<str>,
    },
    /// No limit is to be loosened before the next session, not even for it.
    LockLimits {
        /// Who asks.
        origin: Origin,
    },
    /// There are to be no rules from the next session on; at once where nothing was traded today.
    Lift {
        /// Who chooses.
        origin: Origin,
    },
    /// A person locks the account: it is closed out, and nothing opens. It cannot be taken back.
    LockOut {
        /// Until when; `None` for the next session. A time that has come locks nothing.
        until: Option<Timestamp>,
        /// Who asks.
        origin: Origin,
    },
    /// A payout was taken.
    PaidOut {
        /// How much.
        amount: Money,
        /// Who says so.
        origin: Origin,
    },
    /// What the trader's other accounts hold, by the group of products that hedge one another.
    Elsewhere {
        /// Each group with its net contracts; groups that are missing are flat.
        holdings: Vec<(Arc<str>, NetQty)>,
    },
}

/// Whose number of a position is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The broker's: the position here is adjusted to it.
    TakeBrokers,
    /// Ours: the difference is let be.
    KeepOurs,
}

/// What a change of protection is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protected {
    /// One lot.
    Lot(LotId),
    /// Every open lot of a contract.
    Position(ContractId),
}

/// An order at the engine's door.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intake {
    /// Every field was read.
    Read(OrderRequest),
    /// The ticket could not be read; the order is recorded as rejected.
    Refused(Box<(Ticket, Refusal)>),
}

/// Where a command comes from. A signal and a click take the same way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Origin {
    /// A click in the window.
    Window,
    /// A key.
    Hotkey,
    /// A signal from a file, a program or a strategy.
    Signal(SignalRef),
    /// A rule acting by itself.
    Rule,
}

impl Origin {
    /// Whether a person decided, by a click or a key.
    #[must_use]
    pub const fn is_a_person(self) -> bool {
        match self {
            Self::Window | Self::Hotkey => true,
            Self::Signal(_) | Self::Rule => false,
        }
    }
}

/// A change of what stops openings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum HaltChange {
    /// The kill switch goes on.
    Kill,
    /// A person lifts the kill switch.
    LiftKill,
    /// A person has looked at what ran away: entries are on again.
    SwitchOn,
    /// A person has checked the books: every latch is lifted, of the account and of its contracts.
    LiftLatch,
    /// A person has checked one contract.
    LiftContractLatch(ContractId),
}
