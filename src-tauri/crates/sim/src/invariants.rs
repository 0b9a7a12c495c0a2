//! What must hold, whatever happens: the ids and words of the invariants that the oracle checks.

use std::fmt;

/// An invariant that the oracle checks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Invariant {
    /// Position is the sum of distinct executions.
    I01,
    /// An execution is applied once.
    I02,
    /// Filled quantity is the sum of executions; more than ordered latches.
    I03,
    /// What the exchange takes back is undone by facts, never forgotten.
    I04,
    /// Profit is exact.
    I05,
    /// Position limit, worst case.
    I06,
    /// Order limit.
    I07,
    /// Exits fit into the position.
    I10,
    /// One exit for a lot's contracts.
    I11,
    /// No exit without a position to close.
    I12,
    /// No exit turns the position.
    I13,
    /// A double exit is told and repaired once.
    I14,
    /// A phantom fires once.
    I15,
    /// An exit's id follows from what it closes.
    I16,
    /// Protection asked for is never nothing.
    I17,
    /// Protection ends only by a recorded event.
    I18,
    /// Armed quantity is the open quantity.
    I19,
    /// A stop that moves by itself never loosens.
    I20,
    /// Only good prints fire.
    I21,
    /// A disaster stop is strictly worse.
    I22,
    /// Every command is answered.
    I23,
    /// A command is sent once.
    I24,
    /// Nothing leaves without its intent.
    I25,
    /// Only steps of the table.
    I26,
    /// Every end has its proof.
    I27,
    /// Ids are unique.
    I28,
    /// An unconfirmed cancel frees nothing.
    I29,
    /// No report is ignored.
    I30,
    /// The gate's answer can be computed again.
    I31,
    /// No opening while locked out or killed.
    I32,
    /// Exits are never refused.
    I33,
    /// After FLAT everything is flat.
    I34,
    /// Only a person lifts the kill switch.
    I35,
    /// Replay gives the same state.
    I36,
    /// A snapshot and what follows give the same state.
    I37,
    /// Facts are numbered without gaps.
    I38,
    /// The same account twice says nothing the second time.
    I39,
    /// Nothing opens before the account is known.
    I40,
    /// An incomplete answer proves nothing.
    I41,
    /// Differences need two looks or a person.
    I42,
    /// Somebody else's trade opens nothing.
    I44,
    /// Time never goes back.
    I45,
    /// Same seed, same everything.
    I46,
    /// A signal passes the same gate.
    I50,
    /// Once faults end, everything ends.
    G52,
    /// The desk never panics and never spins.
    Alive,
}

const ROWS: [(Invariant, &str, &str); 46] = [
    (Invariant::I01, "I01", "the position is the sum of all distinct executions delivered"),
    (Invariant::I02, "I02", "an execution is applied at most once, and only one that was delivered"),
    (Invariant::I03, "I03", "an order's filled quantity is the sum of its executions; an overfill latches"),
    (Invariant::I04, "I04", "a bust or a correction is a new fact; what it undoes is undone by facts"),
    (Invariant::I05, "I05", "profit is exact: each row is (exit - entry) x quantity x tick value"),
    (Invariant::I06, "I06", "an opening order leaves only if the worst case stays within the position limit"),
    (Invariant::I07, "I07", "no opening order is larger than the order limit"),
    (Invariant::I10, "I10", "exits that may still fill never exceed the position when one more leaves"),
    (Invariant::I11, "I11", "exits of a lot in flight never exceed what is open of it"),
    (Invariant::I12, "I12", "no exit leaves when there is no position, or on the position's own side"),
    (Invariant::I13, "I13", "no exit makes a flat account non-flat or turns a position"),
    (
        Invariant::I14,
        "I14",
        "an exit and a stop at the broker that both fill: told, latched, repaired once when the broker agrees",
    ),
    (Invariant::I15, "I15", "a phantom fires at most once"),
    (Invariant::I16, "I16", "the id of an exit follows from what it closes and is never used again"),
    (
        Invariant::I17,
        "I17",
        "a lot with protection is armed, exiting, or unprotected with an alarm; armed means it fires",
    ),
    (Invariant::I18, "I18", "protection disappears only through a recorded event"),
    (Invariant::I19, "I19", "armed quantity is the open quantity less what exits will close"),
    (
        Invariant::I20,
        "I20",
        "a trailing stop is exactly where the best trade puts it, break-even comes once: neither loosens",
    ),
    (Invariant::I21, "I21", "a phantom fires only at a good print that reaches its price"),
    (
        Invariant::I22,
        "I22",
        "what the broker's side holds is a true copy of the phantoms; a disaster stop is strictly worse",
    ),
    (Invariant::I23, "I23", "every command is answered or marked unknown by its deadline"),
    (Invariant::I24, "I24", "an order is sent once; only a send that surely failed is repeated"),
    (Invariant::I25, "I25", "nothing leaves that was not recorded before, exactly as it was recorded"),
    (Invariant::I26, "I26", "orders take only the steps of the published table"),
    (Invariant::I27, "I27", "an order ends only by proof: a report, or every try to send it failed"),
    (Invariant::I28, "I28", "order ids are unique"),
    (Invariant::I29, "I29", "an order counts against every budget until its end is proved"),
    (Invariant::I30, "I30", "a report about an order that is not ours raises an alarm"),
    (Invariant::I31, "I31", "the gate computed again gives the same answer"),
    (Invariant::I32, "I32", "no opening order leaves while killed, locked out, flattening or latched"),
    (Invariant::I33, "I33", "an order that only closes what may be closed is never refused"),
    (
        Invariant::I34,
        "I34",
        "after FLAT: positions zero at the broker, nothing of ours works, nothing is armed",
    ),
    (Invariant::I35, "I35", "kill switch, lockout and latch end only by their own command"),
    (Invariant::I36, "I36", "the book rebuilt from its facts is the book"),
    (Invariant::I37, "I37", "a snapshot of an earlier book and the facts since are the book"),
    (Invariant::I38, "I38", "facts are numbered without gaps"),
    (Invariant::I39, "I39", "the broker's account told twice says nothing the second time"),
    (
        Invariant::I40,
        "I40",
        "nothing opens, and no stop or flatten exits, between the link's return and the broker's account",
    ),
    (Invariant::I41, "I41", "a failed, cut or stale answer is never read as flat, no orders or not found"),
    (
        Invariant::I42,
        "I42",
        "a difference of positions counts after two looks 5 s apart, and a person decides",
    ),
    (Invariant::I44, "I44", "a trade that is not ours causes no opening order"),
    (Invariant::I45, "I45", "facts never go back in time"),
    (Invariant::I46, "I46", "the same seed gives the same facts and the same bytes"),
    (Invariant::I50, "I50", "a signal passes the same gate as a click"),
    (Invariant::G52, "G52", "once faults end, every order ends, every fired lot closes, flatten ends FLAT"),
    (Invariant::Alive, "alive", "the desk neither panics nor spins"),
];

impl Invariant {
    /// How many there are.
    pub const COUNT: usize = ROWS.len();

    /// Every invariant.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.0)
    }

    /// Its place in the list.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }

    /// Its id: `I10`.
    #[must_use]
    pub fn id(self) -> &'static str {
        ROWS.get(self.place()).map_or("", |row| row.1)
    }

    /// What it says.
    #[must_use]
    pub fn words(self) -> &'static str {
        ROWS.get(self.place()).map_or("", |row| row.2)
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id(), self.words())
    }
}

/// How often each invariant was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckCounts([u64; Invariant::COUNT]);

impl Default for CheckCounts {
    fn default() -> Self {
        Self([0; Invariant::COUNT])
    }
}

impl CheckCounts {
    /// One more check.
    pub fn add(&mut self, invariant: Invariant) {
        if let Some(count) = self.0.get_mut(invariant.place()) {
            *count += 1;
        }
    }

    /// How often.
    #[must_use]
    pub fn of(&self, invariant: Invariant) -> u64 {
        self.0.get(invariant.place()).copied().unwrap_or(0)
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(&other.0) {
            *count += more;
        }
    }
}

/// An invariant that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which one.
    pub invariant: Invariant,
    /// When, in the world's time.
    pub at: phantom_model::Timestamp,
    /// What was seen.
    pub seen: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.at.nanos() / 1_000_000;
        write!(f, "{}\n  at {}.{:03} s: {}", self.invariant, millis / 1_000, millis % 1_000, self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_invariant_stands_in_its_own_row() {
        for (place, invariant) in Invariant::all().enumerate() {
            assert_eq!(invariant.place(), place, "{invariant}");
        }
    }
}
