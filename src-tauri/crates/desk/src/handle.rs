//! How the rest of the program speaks with the desk.

use std::sync::Arc;

use phantom_compliance::{ChangeTicket, Limits, ProtectTicket, Refusal, Ticket};
use phantom_engine::{
    Book, Decision, Fact, HaltChange, Handling, Origin, Panel, Protected, RulesInput, Verdict,
};
use phantom_model::{
    BrokerReport, ContractId, Link, LotId, MarketRecord, Money, OrderId, Price, Span, Timestamp, TradingDay,
};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::changes::{ChangeAnswer, ProtectAnswer};
use crate::receipt::{CancelAnswer, Effect, FlattenReceipt, PlaceAnswer};
use crate::recovery::RecoveryReport;
use crate::trigger::TriggerReceipts;

/// Commands that may wait. A person and a few strategies never fill it; when something does, the
/// command is refused at once instead of trading late.
pub const COMMANDS_MAX: usize = 256;
/// Records that may wait: about a second of the busiest market. A feed that is faster waits.
pub const RECORDS_MAX: usize = 16_384;
/// Broker reports that may wait. The connection waits when it is full; nothing is dropped.
pub const REPORTS_MAX: usize = 4_096;
/// Batches of facts that a slow listener may be behind before it must take a new snapshot.
pub const BATCHES_MAX: usize = 1_024;

/// Why the desk did not take a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeskFault {
    /// Too many commands wait.
    #[error("the desk is busy: too many commands wait")]
    Busy,
    /// The desk has stopped.
    #[error("the desk has stopped")]
    Stopped,
}

/// A command with the way back for its answer.
pub(crate) enum Command {
    Place { ticket: Ticket, origin: Origin, answer: oneshot::Sender<PlaceAnswer> },
    Cancel { order: OrderId, origin: Origin, answer: oneshot::Sender<CancelAnswer> },
    Change { order: OrderId, ticket: ChangeTicket, origin: Origin, answer: oneshot::Sender<ChangeAnswer> },
    Protect { whom: Protected, ticket: ProtectTicket, origin: Origin, answer: oneshot::Sender<ProtectAnswer> },
    Flatten { origin: Origin, answer: oneshot::Sender<FlattenReceipt> },
    Halt { change: HaltChange, origin: Origin },
    SetLimits(Limits),
    Link(Link),
    Reconcile,
    Decide { contract: ContractId, decision: Decision, origin: Origin },
    FeedAlive,
    Slept { blind: Span },
    End,
    ExitPassed { lot: LotId },
    Recovery { answer: oneshot::Sender<Option<RecoveryReport>> },
    Triggers { answer: oneshot::Sender<TriggerReceipts> },
    Receipts { answer: oneshot::Sender<Vec<FlattenReceipt>> },
    SetHandling(Handling),
    Rules(RulesInput),
    Verdict { ticket: Ticket, answer: oneshot::Sender<Result<Effect, Refusal>> },
    Judge { ticket: Ticket, answer: oneshot::Sender<Result<Verdict, Refusal>> },
    Panel { contracts: Vec<ContractId>, answer: oneshot::Sender<Panel> },
    Marks { answer: oneshot::Sender<Marks> },
    Snapshot { answer: oneshot::Sender<Snapshot> },
}

/// The market as the engine believes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marks {
    /// The market's time.
    pub at: Timestamp,
    /// Last good price of each contract, in the order of the contract list.
    pub last: Vec<Option<Price>>,
}

/// Profit and fees of the trading day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayMoney {
    /// Which day; `None` before one was told.
    pub day: Option<TradingDay>,
    /// Gross profit of what was closed in it.
    pub realized: Money,
    /// Open profit at the last good prices, whenever it was opened.
    pub unrealized: Money,
    /// Fees of every fill in it.
    pub fees: Money,
}

/// The desk at one moment, with a subscription that goes on from exactly there.
#[derive(Debug)]
pub struct Snapshot {
    /// The state of record; `book.seq()` is the number of its last fact.
    pub book: Book,
    /// The market's time.
    pub at: Timestamp,
    /// Last good price and open profit of each contract, in the order of the contract list.
    pub marks: Vec<(Option<Price>, Money)>,
    /// Profit and fees of the trading day.
    pub money: DayMoney,
    /// Every later batch of facts. Falling behind by [`BATCHES_MAX`] batches asks for a new snapshot.
    pub later: broadcast::Receiver<Arc<[Fact]>>,
}

/// A cheap handle to a running desk.
#[derive(Clone, Debug)]
pub struct DeskHandle {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) records: mpsc::Sender<MarketRecord>,
    pub(crate) reports: mpsc::Sender<BrokerReport>,
}

impl DeskHandle {
    /// Places an order and waits for its answer: at most five seconds.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command; the order was not sent then.
    pub async fn place(&self, ticket: Ticket, origin: Origin) -> Result<PlaceAnswer, DeskFault> {
        self.ask(|answer| Command::Place { ticket, origin, answer }).await
    }

    /// Closes and cancels everything, and waits for the receipt: at most ten seconds.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub async fn flatten_all(&self, origin: Origin) -> Result<FlattenReceipt, DeskFault> {
        self.ask(|answer| Command::Flatten { origin, answer }).await
    }

    /// Asks for an order to be taken out of the market. The answer says whether there was something to
    /// ask for; what comes of it is told by facts.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub async fn cancel(&self, order: OrderId, origin: Origin) -> Result<CancelAnswer, DeskFault> {
        self.ask(|answer| Command::Cancel { order, origin, answer }).await
    }

    /// Asks for other terms of a working order. The answer says whether they go out; what the broker
    /// makes of them is told by facts.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub async fn change(
        &self,
        order: OrderId,
        ticket: ChangeTicket,
        origin: Origin,
    ) -> Result<ChangeAnswer, DeskFault> {
        self.ask(|answer| Command::Change { order, ticket, origin, answer }).await
    }

    /// Sets, moves or takes away the stop or the target of a lot, or of every lot of a position. The
    /// answer tells for each lot what protects it now.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub async fn protect(
        &self,
        whom: Protected,
        ticket: ProtectTicket,
        origin: Origin,
    ) -> Result<ProtectAnswer, DeskFault> {
        self.ask(|answer| Command::Protect { whom, ticket, origin, answer }).await
    }

    /// Stops openings or frees them.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn halt(&self, change: HaltChange, origin: Origin) -> Result<(), DeskFault> {
        self.tell(Command::Halt { change, origin })
    }

    /// Changes what the trader allows; it holds from the next order on.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn set_limits(&self, limits: Limits) -> Result<(), DeskFault> {
        self.tell(Command::SetLimits(limits))
    }

    /// The way to the broker has come or gone.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take it.
    pub fn link(&self, link: Link) -> Result<(), DeskFault> {
        self.tell(Command::Link(link))
    }

    /// Compares with the broker's own account now.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn reconcile(&self) -> Result<(), DeskFault> {
        self.tell(Command::Reconcile)
    }

    /// A person decides whose number of a position is right.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn decide(&self, contract: ContractId, decision: Decision, origin: Origin) -> Result<(), DeskFault> {
        self.tell(Command::Decide { contract, decision, origin })
    }

    /// A heartbeat of the feed. After the first one, five seconds without another make the stops blind.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take it.
    pub fn feed_alive(&self) -> Result<(), DeskFault> {
        self.tell(Command::FeedAlive)
    }

    /// The computer slept, or gave the program no time, for so long: everything is looked at again before
    /// a phantom fires.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take it.
    pub fn slept(&self, blind: Span) -> Result<(), DeskFault> {
        self.tell(Command::Slept { blind })
    }

    /// Ends the desk in order, whoever still has a handle.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn end(&self) -> Result<(), DeskFault> {
        self.tell(Command::End)
    }

    /// A person lets a lot exit whose price was passed while the desk was away.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn exit_passed(&self, lot: LotId) -> Result<(), DeskFault> {
        self.tell(Command::ExitPassed { lot })
    }

    /// What the last return found, and what was decided; `None` when the desk was never away.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn recovery(&self) -> Result<Option<RecoveryReport>, DeskFault> {
        self.ask(|answer| Command::Recovery { answer }).await
    }

    /// The receipts of the phantoms that have fired in this run.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn triggers(&self) -> Result<TriggerReceipts, DeskFault> {
        self.ask(|answer| Command::Triggers { answer }).await
    }

    /// The receipts of the flattens that have answered since the desk runs, oldest first. The last one is
    /// as it stands now: a late fill opens it again, and it is settled when that is closed too.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn flatten_receipts(&self) -> Result<Vec<FlattenReceipt>, DeskFault> {
        self.ask(|answer| Command::Receipts { answer }).await
    }

    /// Changes which prints are suspect and how large the exits of a flatten are; it holds from the next
    /// print and exit on.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn set_handling(&self, handling: Handling) -> Result<(), DeskFault> {
        self.tell(Command::SetHandling(handling))
    }

    /// What the gate would say to this ticket now, and what the order would do. Nothing is sent.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn verdict(&self, ticket: Ticket) -> Result<Result<Effect, Refusal>, DeskFault> {
        self.ask(|answer| Command::Verdict { ticket, answer }).await
    }

    /// The same with everything to see before the click: warnings, what the order can lose beside all
    /// that works, what is left of each limit then, and the contracts that are still allowed on each side.
    /// A ticket that cannot be read has its refusal instead.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn judge(&self, ticket: Ticket) -> Result<Result<Verdict, Refusal>, DeskFault> {
        self.ask(|answer| Command::Judge { ticket, answer }).await
    }

    /// The rules as a person reads them, with what may still be opened in these contracts.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn panel(&self, contracts: Vec<ContractId>) -> Result<Panel, DeskFault> {
        self.ask(|answer| Command::Panel { contracts, answer }).await
    }

    /// Something about the rules: they are chosen, the limits or the account are locked. What became of
    /// it is told by facts.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the command.
    pub fn rules(&self, input: RulesInput) -> Result<(), DeskFault> {
        self.tell(Command::Rules(input))
    }

    /// The last good prices.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn marks(&self) -> Result<Marks, DeskFault> {
        self.ask(|answer| Command::Marks { answer }).await
    }

    /// The desk as it is, and everything from there on.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take the question.
    pub async fn snapshot(&self) -> Result<Snapshot, DeskFault> {
        self.ask(|answer| Command::Snapshot { answer }).await
    }

    /// Feeds a record of the market; waits while the desk is behind.
    ///
    /// # Errors
    /// [`DeskFault::Stopped`] when the desk has stopped.
    pub async fn feed(&self, record: MarketRecord) -> Result<(), DeskFault> {
        self.records.send(record).await.map_err(|_| DeskFault::Stopped)
    }

    /// Feeds a report of a broker connection; waits while the desk is behind.
    ///
    /// # Errors
    /// [`DeskFault::Stopped`] when the desk has stopped.
    pub async fn report(&self, report: BrokerReport) -> Result<(), DeskFault> {
        self.reports.send(report).await.map_err(|_| DeskFault::Stopped)
    }

    /// Waits for room instead of being refused.
    pub(crate) async fn tell_in_time(&self, command: Command) -> Result<(), DeskFault> {
        self.commands.send(command).await.map_err(|_| DeskFault::Stopped)
    }

    /// A handle that does not keep the desk alive.
    #[must_use]
    pub fn weak(&self) -> WeakDesk {
        WeakDesk { commands: self.commands.downgrade() }
    }

    fn tell(&self, command: Command) -> Result<(), DeskFault> {
        self.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => DeskFault::Busy,
            mpsc::error::TrySendError::Closed(_) => DeskFault::Stopped,
        })
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, DeskFault> {
        let (answer, answered) = oneshot::channel();
        self.tell(command(answer))?;
        answered.await.map_err(|_| DeskFault::Stopped)
    }
}

/// A handle that tells a desk that the computer slept, and does not keep it alive.
#[derive(Clone, Debug)]
pub struct WeakDesk {
    commands: mpsc::WeakSender<Command>,
}

impl WeakDesk {
    /// As [`DeskHandle::slept`]; [`DeskFault::Stopped`] when the desk has gone.
    ///
    /// # Errors
    /// [`DeskFault`] when the desk did not take it.
    pub fn slept(&self, blind: Span) -> Result<(), DeskFault> {
        let commands = self.commands.upgrade().ok_or(DeskFault::Stopped)?;
        commands.try_send(Command::Slept { blind }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => DeskFault::Busy,
            mpsc::error::TrySendError::Closed(_) => DeskFault::Stopped,
        })
    }

    /// Whether the desk is still there.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.commands.upgrade().is_some()
    }
}
