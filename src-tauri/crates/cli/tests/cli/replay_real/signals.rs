//! Made-up signals: the same from the same seed, and close enough to the market to trade.

use std::fmt::Write as _;

use super::market::{Record, price};

const COUNT: usize = 600;

/// What a signal is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Entry,
    Reduction,
    Flatten,
}

/// A signal.
pub(crate) struct MadeUp {
    pub(crate) id: String,
    kind: Kind,
    /// As in a tick file.
    pub(crate) at: String,
    at_text: String,
    is_buy: bool,
    qty: u64,
    limit: Option<i64>,
    pub(crate) stop: Option<i64>,
    pub(crate) target: Option<i64>,
}

impl MadeUp {
    /// The signal as a line of a file.
    pub(crate) fn line(&self) -> String {
        let Self { id, at_text, qty, .. } = self;
        let head = format!(r#"{{"id":"{id}","at":"{at_text}""#);
        if self.kind == Kind::Flatten {
            return head + r#","action":"flattenAll"}"#;
        }
        let (action, kind) = (
            if self.is_buy { "placeBuy" } else { "placeSell" },
            if self.limit.is_some() { "LIMIT" } else { "MARKET" },
        );
        let mut line = format!(r#"{head},"action":"{action}","symbol":"GC","qty":{qty},"type":"{kind}""#);
        for (field, ticks) in [("price", self.limit), ("stopPrice", self.stop), ("takeProfit", self.target)] {
            if let Some(ticks) = ticks {
                write!(line, r#","{field}":"{}""#, price(ticks)).unwrap();
            }
        }
        line + "}"
    }
}

/// Numbers by chance, good enough for tests and the same everywhere.
struct Chance(u64);

impl Chance {
    /// Below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// From `least` to `most`.
    fn ticks(&mut self, least: u64, most: u64) -> i64 {
        i64::try_from(least + self.below(most - least + 1)).unwrap()
    }
}

/// Signals at trades picked by chance: a spell of buying, a flatten, a spell of selling, and so on;
/// in between reductions, and orders that must be refused.
pub(crate) fn make_up(seed: u64, records: &[Record]) -> Vec<MadeUp> {
    let mut chance = Chance(seed);
    let count = u64::try_from(records.len()).unwrap();
    let mut places: Vec<u64> = (0..COUNT).map(|_| chance.below(count - 10)).collect();
    places.sort_unstable();
    places.dedup_by_key(|place| &records[usize::try_from(*place).unwrap()].at);
    let mut is_long = seed % 2 == 1;
    let mut signals = vec![];
    for (number, place) in places.into_iter().enumerate() {
        let record = &records[usize::try_from(place).unwrap()];
        let kind = match chance.below(100) {
            _ if number == 0 => Kind::Entry,
            0..5 => Kind::Flatten,
            5..30 => Kind::Reduction,
            _ => Kind::Entry,
        };
        signals.push(one(&mut chance, number, record, kind, is_long));
        if kind == Kind::Flatten {
            is_long = !is_long;
        }
    }
    signals
}

fn one(chance: &mut Chance, number: usize, record: &Record, kind: Kind, is_long: bool) -> MadeUp {
    let is_buy = is_long == (kind == Kind::Entry);
    let side = if is_buy { 1 } else { -1 };
    let limit = match kind {
        Kind::Flatten => None,
        Kind::Entry | Kind::Reduction => {
            (chance.below(4) == 0).then(|| record.ticks - side * chance.ticks(0, 6))
        }
    };
    let reference = limit.unwrap_or(record.ticks);
    let (stop, target) = match kind {
        Kind::Entry if chance.below(8) > 0 => (
            Some(reference - side * chance.ticks(2, 25)),
            (chance.below(4) > 0).then(|| reference + side * chance.ticks(2, 30)),
        ),
        Kind::Entry | Kind::Reduction | Kind::Flatten => (None, None),
    };
    MadeUp {
        id: format!("s{number}"),
        kind,
        at: record.at.clone(),
        at_text: record.at_text().to_owned(),
        is_buy,
        qty: 1 + chance.below(3),
        limit,
        stop,
        target,
    }
}
