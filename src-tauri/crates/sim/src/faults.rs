//! What can go wrong: the faults that the simulator injects, and those that it cannot yet.

use std::fmt;

/// One fault that the simulator injects. Several may share an id of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// The order works, its acknowledgement is lost.
    AckLost,
    /// The order never reaches the broker.
    RequestLost,
    /// The acknowledgement comes 1 to 120 s late.
    AckDelayed,
    /// The broker refuses an entry.
    Refused,
    /// The broker accepts, then ends the order by itself.
    EndedByBroker,
    /// An acknowledgement comes twice.
    AckAgain,
    /// An acknowledgement overtakes, or is overtaken.
    AckReordered,
    /// One contract at a time, over minutes.
    PartialFills,
    /// The fill beats the cancel, which is refused.
    FillBeatsCancel,
    /// The report of a fill comes after the report that the order is cancelled.
    LateFill,
    /// The answer to a cancel is lost.
    CancelAckLost,
    /// "Unknown order" to the cancel of an order that works.
    CancelDenied,
    /// The order fills while its change is on its way.
    ChangeRace,
    /// The broker changes by cancelling and sending anew under its own id.
    ChangeReplaces,
    /// The exchange takes an execution back, seconds or minutes later.
    Bust,
    /// The exchange changes the price of an execution.
    Correction,
    /// Somebody else trades in the account.
    ForeignTrade,
    /// Somebody closes the position at the broker.
    ManualClose,
    /// Somebody closes a part of it.
    PartialClose,
    /// The broker's positions lag behind its fills.
    PositionsLag,
    /// The question for the account fails, in part or as a whole.
    AccountFails,
    /// The position changes at the broker, and nothing says why.
    Unreported,
    /// The account's lists are cut at a page limit.
    AccountCut,
    /// A report of a fill is lost for good.
    FillLost,
    /// The broker's lists have lost our ids.
    IdsLost,
    /// The broker lists one order of ours twice.
    ListedTwice,
    /// The same execution under a second id.
    TwinExec,
    /// The feed is silent, prints and heartbeats.
    FeedSilent,
    /// More is filled than was ordered.
    Overfill,
    /// The same execution is reported twice.
    ExecAgain,
    /// A market order fills at once and is gone before its acknowledgement.
    FilledAndGone,
    /// An exit is refused.
    ExitRefused,
    /// An exit is accepted and does not fill.
    ExitStuck,
    /// The broker ignores a message.
    Ignored,
    /// A report carries the id of an order that never was.
    WrongId,
    /// The broker's history of live orders comes once more.
    Replay,
    /// The connection is down and says so.
    Disconnected,
    /// We send, and hear nothing.
    Deaf,
    /// Up and down each second.
    Flapping,
    /// Messages take 50 ms to 5 s.
    Slow,
    /// The send queue is full.
    QueueFull,
    /// The price stands still while stamps go on.
    Frozen,
    /// The price jumps through stops.
    Gap,
    /// A single print far off.
    AbsurdPrint,
    /// Bid above ask, or one side only.
    CrossedBook,
    /// Repeated records, and stamps that go back.
    OldPrint,
    /// 50 000 prints a second for ten seconds.
    Flood,
    /// The exchange halts the contract.
    Halt,
    /// The broker says for a while that the contract has rolled away, ends, has ended, or has other terms.
    Relisted,
    /// A thousand lots are stopped by one print.
    MassTrigger,
    /// A cancel, a reduction or a flatten in the instant of the trigger.
    SameInstant,
    /// The price is beyond a stop when the desk comes back.
    BeyondStop,
    /// The price touched a stop while the desk was down, and came back.
    TouchedWhileDown,
    /// The desk dies at any step and comes back from its facts.
    Crash,
}

/// How a fault is told and dosed.
struct Row {
    fault: Fault,
    id: &'static str,
    words: &'static str,
    /// Chance at each opportunity when a seed has it on, in thousandths: from, to.
    per_mille: (u32, u32),
    /// How often `--ci` must have injected it.
    least: u64,
}

const fn row(fault: Fault, id: &'static str, words: &'static str, per_mille: (u32, u32), least: u64) -> Row {
    Row { fault, id, words, per_mille, least }
}

/// How often `--ci` must have injected an ordinary fault, and one of the two great ones.
const OFTEN: u64 = 1_000;
const GREAT: u64 = 5;

const ROWS: [Row; 54] = [
    row(Fault::AckLost, "F01", "accepted, acknowledgement lost", (10, 200), OFTEN),
    row(Fault::RequestLost, "F02", "request lost before the broker", (5, 50), OFTEN),
    row(Fault::AckDelayed, "F03", "acknowledgement 1 to 120 s late", (10, 150), OFTEN),
    row(Fault::Refused, "F04", "refused: margin, price, closed, permission, rate", (10, 300), OFTEN),
    row(Fault::EndedByBroker, "F05", "refused or cancelled by the broker after acceptance", (10, 150), OFTEN),
    row(Fault::AckAgain, "F06", "acknowledgement twice", (20, 400), OFTEN),
    row(Fault::AckReordered, "F06", "acknowledgement overtaken by what follows", (20, 400), OFTEN),
    row(Fault::PartialFills, "F07", "partial fills, one contract at a time", (50, 700), OFTEN),
    row(Fault::FillBeatsCancel, "F08", "fill while the cancel is pending", (50, 600), OFTEN),
    row(Fault::LateFill, "F08", "fill reported after the cancel", (50, 400), OFTEN),
    row(Fault::CancelAckLost, "F09", "cancel answer lost", (50, 400), OFTEN),
    row(Fault::CancelDenied, "F09", "cancel refused, order unknown, yet it works", (50, 400), OFTEN),
    row(Fault::ChangeRace, "F10", "modify races a fill", (100, 600), OFTEN),
    row(Fault::ChangeReplaces, "F11", "modify is cancel and a new broker id", (100, 700), OFTEN),
    row(Fault::Bust, "F14", "execution taken back", (3, 40), OFTEN),
    row(Fault::Correction, "F14", "execution at another price after all", (3, 60), OFTEN),
    row(Fault::ForeignTrade, "F15", "trade that is not ours", (3, 20), OFTEN),
    row(Fault::ManualClose, "F55", "position closed at the broker while armed", (3, 20), OFTEN),
    row(Fault::PartialClose, "F56", "a part of it closed at the broker", (3, 20), OFTEN),
    row(Fault::PositionsLag, "F21", "broker's positions lag behind its fills", (20, 400), OFTEN),
    row(Fault::AccountFails, "F22", "account fails, or half of it comes", (20, 400), OFTEN),
    row(Fault::Unreported, "F23", "position changed, and nothing says why", (3, 15), OFTEN),
    row(Fault::AccountCut, "F24", "lists cut at a page limit", (20, 400), OFTEN),
    row(Fault::FillLost, "F26", "gap in the reports: a fill is lost", (5, 60), OFTEN),
    row(Fault::IdsLost, "F27", "broker's lists have lost our ids", (5, 60), OFTEN),
    row(Fault::ListedTwice, "F28", "one order listed twice", (5, 60), OFTEN),
    row(Fault::TwinExec, "F13", "the same execution under a second id", (3, 40), OFTEN),
    row(Fault::FeedSilent, "F40", "feed silent, no heartbeat", (3, 15), OFTEN),
    row(Fault::Overfill, "F12", "more filled than ordered", (2, 40), OFTEN),
    row(Fault::ExecAgain, "F13", "the same execution twice", (20, 500), OFTEN),
    row(Fault::FilledAndGone, "F16", "filled and gone before the acknowledgement", (50, 500), OFTEN),
    row(Fault::ExitRefused, "F17", "exit refused at the trigger", (20, 400), OFTEN),
    row(Fault::ExitStuck, "F18", "exit accepted, does not fill for a while", (10, 150), OFTEN),
    row(Fault::Ignored, "F19", "broker ignores a message", (5, 20), OFTEN),
    row(Fault::WrongId, "F20", "report for an id that never was", (2, 40), OFTEN),
    row(Fault::Replay, "F25", "history replayed after a reconnect", (10, 40), OFTEN),
    row(Fault::Disconnected, "F30", "connection down, and known to be", (5, 30), OFTEN),
    row(Fault::Deaf, "F32", "we send and hear nothing", (5, 30), OFTEN),
    row(Fault::Flapping, "F33", "connection up and down each second", (5, 30), OFTEN),
    row(Fault::Slow, "F34", "messages take 50 ms to 5 s", (5, 30), OFTEN),
    row(Fault::QueueFull, "F35", "send queue full", (5, 30), OFTEN),
    row(Fault::Frozen, "F41", "frozen price with fresh stamps", (5, 20), OFTEN),
    row(Fault::Gap, "F42", "gap through the stop", (5, 40), OFTEN),
    row(Fault::AbsurdPrint, "F43", "absurd print", (5, 60), OFTEN),
    row(Fault::CrossedBook, "F44", "crossed or one-sided book", (10, 300), OFTEN),
    row(Fault::OldPrint, "F45", "repeated record, or a stamp that goes back", (10, 200), OFTEN),
    row(Fault::Flood, "F46", "50 000 prints a second for ten seconds", (0, 0), GREAT),
    row(Fault::Halt, "F47", "contract halted", (5, 20), OFTEN),
    row(Fault::Relisted, "F48", "contract rolled, ended, or mapped to other terms", (5, 30), OFTEN),
    row(Fault::MassTrigger, "F51", "1 000 lots stopped by one print", (0, 0), GREAT),
    row(Fault::SameInstant, "F52", "command in the instant of a trigger", (50, 300), OFTEN),
    row(Fault::BeyondStop, "F53", "price beyond a stop after a restart", (500, 900), OFTEN),
    row(Fault::TouchedWhileDown, "F54", "stop touched while down, price back", (700, 1_000), OFTEN),
    row(Fault::Crash, "F60", "desk killed between two steps, back from its facts", (8, 50), OFTEN),
];

/// Faults of the catalogue that nothing here injects yet, and what they come with.
pub const ABSENT: [(&str, &str, &str); 2] = [
    ("F50", "phantom and disaster stop both fill", "disaster stop"),
    ("F57", "bridge materialised stops", "bridge"),
];

impl Fault {
    /// How many there are.
    pub const COUNT: usize = ROWS.len();

    /// Every fault, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.fault)
    }

    /// Its place in the list.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.get(self.place())
    }

    /// Its id in the catalogue of faults: `F08`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().map_or("", |row| row.id)
    }

    /// What happens, in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.row().map_or("", |row| row.words)
    }

    /// Its chance at each opportunity when a seed has it on, in thousandths: from, to.
    #[must_use]
    pub fn per_mille(self) -> (u32, u32) {
        self.row().map_or((0, 0), |row| row.per_mille)
    }

    /// How often a full run must have injected it.
    #[must_use]
    pub fn least(self) -> u64 {
        self.row().map_or(0, |row| row.least)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id(), self.words())
    }
}

/// How often something of each fault happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultCounts([u64; Fault::COUNT]);

impl Default for FaultCounts {
    fn default() -> Self {
        Self([0; Fault::COUNT])
    }
}

impl FaultCounts {
    /// One more.
    pub fn add(&mut self, fault: Fault) {
        if let Some(count) = self.0.get_mut(fault.place()) {
            *count += 1;
        }
    }

    /// How often.
    #[must_use]
    pub fn of(&self, fault: Fault) -> u64 {
        self.0.get(fault.place()).copied().unwrap_or(0)
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(&other.0) {
            *count += more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_stands_in_its_own_row() {
        for (place, fault) in Fault::all().enumerate() {
            assert_eq!(fault.place(), place, "{fault}");
        }
    }
}
