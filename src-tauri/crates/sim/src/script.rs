//! The decisions of one run as a list: what the market prints, what the trader does, when the link
//! breaks. A run is a function of its plan and this list, so the list can be cut and run again.

use std::fmt;

use phantom_engine::HaltChange;
use phantom_model::{ContractId, ContractStanding, Guard, Side, Span, Timestamp};

use crate::faults::Fault;
use crate::terms::name;

/// One decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its place in the uncut list. Draws hang on it, so it stays when others are cut.
    pub index: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub deed: Deed,
    /// The fault that it is.
    pub fault: Option<Fault>,
}

/// What is decided. Prices are in ticks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// A trade.
    Print {
        /// In which contract.
        contract: ContractId,
        /// Its price.
        ticks: i64,
        /// Bid and ask beside it.
        quotes: Option<(i64, i64)>,
        /// How far the stamp lags behind.
        behind: Span,
    },
    /// A bar from one price by way of two others to a last one.
    Bar {
        /// In which contract.
        contract: ContractId,
        /// Open, high, low, close.
        ohlc: [i64; 4],
    },
    /// So many trades, 20 microseconds apart, around one price.
    Flood {
        /// In which contract.
        contract: ContractId,
        /// The middle.
        ticks: i64,
        /// How many.
        prints: u32,
    },
    /// A ticket, as the trader thinks of it.
    Place(Wanted),
    /// Closes some of what is open, at the market or at a limit so many ticks on the winning side.
    Reduce {
        /// In which contract.
        contract: ContractId,
        /// How many contracts; never more than there are.
        qty: u32,
        /// Ticks away from the last price; `None` for the market.
        limit_away: Option<i64>,
    },
    /// Changes the n-th order that lives: so many contracts more or less, so many ticks further.
    Change {
        /// Which order.
        nth: u32,
        /// Contracts more, or less.
        more: i64,
        /// Ticks that its limit moves.
        ticks: i64,
    },
    /// What protects the n-th open lot is changed.
    Protect {
        /// Which lot.
        nth: u32,
        /// How.
        wish: Wish,
    },
    /// A ticket that cannot be read.
    BadTicket,
    /// Cancels the order that an earlier event placed.
    CancelOf(u32),
    /// Cancels the n-th order that lives.
    CancelLive(u32),
    /// Flatten all.
    Flatten,
    /// Stops openings, or frees them.
    Halt(HaltChange),
    /// The connection misbehaves for a while.
    Outage(Outage, Span),
    /// Somebody else trades so many contracts at the broker, and the broker tells.
    ForeignTrade {
        /// In which contract.
        contract: ContractId,
        /// Bought or sold.
        side: Side,
        /// How many contracts.
        qty: u32,
        /// Whether the broker ever tells.
        told: bool,
    },
    /// Somebody closes so much of what is open at the broker; all of it for `None`.
    CloseAtBroker(ContractId, Option<u32>),
    /// The feed shows nothing and beats no more for a while.
    FeedSilence(Span),
    /// A person looks at every difference of positions and decides: the broker's number, or ours.
    Decide(bool),
    /// The broker tells its history of every live order once more.
    Replay,
    /// The broker says for so long that a contract stands so.
    Relist(ContractId, ContractStanding, Span),
    /// The exchange halts a contract for a while.
    ExchangeHalt(ContractId, Span),
    /// The price reaches the stop of the n-th armed lot, and a command comes in the same instant.
    SameInstant {
        /// Which armed lot.
        nth: u32,
        /// The command.
        command: Instant,
        /// Whether the command comes before the print.
        command_first: bool,
    },
    /// The desk dies and comes back after this long.
    Restart {
        /// How long it is gone.
        down: Span,
        /// What happens meanwhile.
        scene: Scene,
        /// To which armed lot.
        nth: u32,
    },
}

/// A ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// In which contract.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// How many contracts.
    pub qty: u32,
    /// The limit; `None` for the market.
    pub limit: Option<i64>,
    /// The stop-loss.
    pub stop: Option<i64>,
    /// The take-profit.
    pub target: Option<i64>,
    /// What else its lot asks for.
    pub guard: Guard,
    /// Whether a signal asks for it, or a click.
    pub by_signal: bool,
}

/// A change of what protects a lot. In ticks; what is below zero is through the market and must be refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// The stop moves so far to the losing side of the last price, and stays there.
    Fix(i64),
    /// The stop moves there; one that trails goes on from there.
    Drag(i64),
    /// The stop so far on the losing side of the average entry.
    Away(u32),
    /// The stop trails at this distance.
    Trail(u32),
    /// The target moves so far to the winning side of the last price.
    Target(i64),
    /// The target so far on the winning side of the average entry.
    TargetAway(u32),
    /// The stop goes to the entry after so many ticks, and so many further.
    Even(u32, u32),
    /// No stop.
    NoStop,
    /// No target.
    NoTarget,
}

/// How the connection misbehaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outage {
    /// Nothing passes either way, and sends fail for sure.
    Disconnected,
    /// Sends leave, nothing comes back until it ends.
    Deaf,
    /// Disconnected every other second.
    Flapping,
    /// Everything takes 50 ms to 5 s.
    Slow,
    /// Sends fail for sure, reports come.
    QueueFull,
}

/// A command in the instant of a trigger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Instant {
    /// Closes one contract at the market.
    Reduce,
    /// Closes one contract at a limit on the winning side.
    ReduceAtLimit,
    /// Flatten all.
    Flatten,
    /// The stop is moved away.
    MoveStop,
    /// The target is reached too: one bar with both.
    TargetInOneBar,
}

/// What happens around a restart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    /// Nothing in particular.
    Plain,
    /// A lot fires and the desk dies after the facts are recorded, before anything is sent.
    DiesBeforeSending,
    /// The price passes the lot's stop and stays there.
    BeyondStop,
    /// The price touches the lot's stop and comes back.
    TouchedWhileDown,
}

impl Deed {
    /// Whether it is the market's doing.
    #[must_use]
    pub const fn is_market(&self) -> bool {
        match self {
            Self::Print { .. } | Self::Bar { .. } | Self::Flood { .. } => true,
            Self::Place(_)
            | Self::Reduce { .. }
            | Self::Change { .. }
            | Self::Protect { .. }
            | Self::BadTicket
            | Self::CancelOf(_)
            | Self::CancelLive(_)
            | Self::Flatten
            | Self::Halt(_)
            | Self::Outage(..)
            | Self::ForeignTrade { .. }
            | Self::CloseAtBroker(..)
            | Self::FeedSilence(_)
            | Self::Decide(_)
            | Self::Replay
            | Self::Relist(..)
            | Self::ExchangeHalt(..)
            | Self::SameInstant { .. }
            | Self::Restart { .. } => false,
        }
    }
}

fn seconds(span: Span) -> String {
    format!("{}.{:03} s", span.nanos() / 1_000_000_000, span.nanos() / 1_000_000 % 1_000)
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.since(Timestamp::default());
        write!(f, "{:>12}  #{:<5} {}", seconds(at), self.index, self.deed)?;
        self.fault.map_or(Ok(()), |fault| write!(f, "   [{fault}]"))
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Print { contract, ticks, quotes, behind } => {
                write!(f, "print {} {ticks}", name(*contract))?;
                if let Some((bid, ask)) = quotes {
                    write!(f, " bid {bid} ask {ask}")?;
                }
                if *behind > Span::ZERO { write!(f, " stamped {} ago", seconds(*behind)) } else { Ok(()) }
            }
            Self::Bar { contract, ohlc } => write!(f, "bar {} {ohlc:?}", name(*contract)),
            Self::Flood { contract, ticks, prints } => {
                write!(f, "flood of {prints} prints {} around {ticks}", name(*contract))
            }
            Self::Place(wanted) => write!(f, "{wanted}"),
            Self::Reduce { contract, qty, limit_away } => {
                write!(f, "reduce {} by {qty}", name(*contract))?;
                limit_away.map_or(Ok(()), |away| write!(f, " at a limit {away} ticks away"))
            }
            Self::Change { nth, more, ticks } => {
                write!(f, "the live order in place {nth} changes by {more} contracts and {ticks} ticks")
            }
            Self::Protect { nth, wish } => write!(f, "what protects open lot {nth} changes: {wish:?}"),
            Self::BadTicket => f.write_str("a ticket that cannot be read"),
            Self::CancelOf(index) => write!(f, "cancel the order of #{index}"),
            Self::CancelLive(nth) => write!(f, "cancel the live order in place {nth}"),
            Self::Flatten => f.write_str("flatten all"),
            Self::Halt(change) => write!(f, "{change:?}"),
            Self::Outage(outage, span) => write!(f, "link: {outage:?} for {}", seconds(*span)),
            Self::ForeignTrade { contract, side, qty, told } => {
                let how = if *told { "" } else { ", and nobody tells" };
                write!(f, "somebody trades {side} {qty} {}{how}", name(*contract))
            }
            Self::CloseAtBroker(contract, qty) => match qty {
                Some(qty) => write!(f, "{qty} {} closed at the broker", name(*contract)),
                None => write!(f, "{} closed at the broker", name(*contract)),
            },
            Self::FeedSilence(span) => write!(f, "feed silent for {}", seconds(*span)),
            Self::Decide(true) => f.write_str("a person takes the broker's numbers"),
            Self::Decide(false) => f.write_str("a person keeps ours"),
            Self::Replay => f.write_str("the broker replays its history"),
            Self::Relist(contract, standing, span) => {
                write!(f, "the broker lists {} as {standing:?} for {}", name(*contract), seconds(*span))
            }
            Self::ExchangeHalt(contract, span) => {
                write!(f, "exchange halts {} for {}", name(*contract), seconds(*span))
            }
            Self::SameInstant { nth, command, command_first } => {
                let order = if *command_first { "after" } else { "before" };
                write!(f, "the stop of armed lot {nth} is printed just {order} {command:?}")
            }
            Self::Restart { down, scene, nth } => {
                write!(f, "restart after {}: {scene:?}, armed lot {nth}", seconds(*down))
            }
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.side, self.qty, name(self.contract))?;
        match self.limit {
            Some(limit) => write!(f, " LIMIT {limit}")?,
            None => f.write_str(" MARKET")?,
        }
        for (word, price) in [("stop", self.stop), ("target", self.target)] {
            if let Some(price) = price {
                write!(f, " {word} {price}")?;
            }
        }
        if !self.guard.is_none() {
            write!(f, " {:?}", self.guard)?;
        }
        if self.by_signal { f.write_str(" by signal") } else { Ok(()) }
    }
}
